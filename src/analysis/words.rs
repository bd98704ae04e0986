//! Small pieces of sentences that several reports share.

use crate::base::units::show_bytes;
use crate::base::{Amount, Instant, Span};
use crate::model::Resources;
use crate::model::labels::selector_text;
use crate::policy::Verdict;
use crate::state::{Choice, Event, Outcome, Rule, State};
use crate::trace::{Names, lease_words, spill_words};

/// Why a task was placed where it is, in a few words.
pub fn short_reason(choice: &Choice, threshold: u32) -> String {
    let half = percent(threshold);
    let reason = match choice.rule {
        Rule::Locality => "holds most argument bytes".to_owned(),
        Rule::LocalPreferred if choice.score == 0 => format!("caller's own node, below {half}"),
        Rule::LocalPreferred => "caller's own node, none scored lower".to_owned(),
        Rule::LowestScore if choice.score == 0 => format!("first node below {half} with room"),
        Rule::LowestScore => format!("lowest score, {}", percent(choice.score)),
        Rule::TopK => "drawn among the best".to_owned(),
        Rule::Spread => "next in turn".to_owned(),
        Rule::NodeAffinity => "it asked for this node".to_owned(),
        Rule::LeaseReused => "its owner held a lease".to_owned(),
        Rule::ActorHome => "its actor lives there".to_owned(),
        Rule::Fullest => "fullest node with room".to_owned(),
        Rule::Emptiest => format!("least used, {}", percent(choice.score)),
        Rule::Random => "drawn at random".to_owned(),
        Rule::EarliestFinish => "finishes there first".to_owned(),
    };
    if choice.rule != Rule::ActorHome && choice.available == 1 && choice.feasible > 1 {
        format!("only node with room ({reason})")
    } else {
        reason
    }
}

/// What a policy thought of a node.
pub fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Available => "has room".to_owned(),
        Verdict::Dead => "it is dead".to_owned(),
        Verdict::NotAsked => "the task insists on another node".to_owned(),
        Verdict::Infeasible { resource, .. } if selector_text(resource).is_some() => {
            format!("never: its labels do not match {}", selector_text(resource).unwrap_or(""))
        }
        Verdict::Infeasible { resource, asked, total } => {
            let (asked, total) = (amount(resource, *asked), amount(resource, *total));
            format!("never: {resource} {asked} asked, {total} in all")
        }
        Verdict::Busy { resource, asked, free } => {
            let free = amount(resource, (*free).max(Amount::ZERO));
            format!("full: {resource} {} asked, {free} free", amount(resource, *asked))
        }
    }
}

fn amount(resource: &str, amount: Amount) -> String {
    if resource == "memory" { show_bytes(amount.floor()) } else { amount.to_string() }
}

/// What a task asks of a node: `1 CPU, 2 GPU`.
pub fn demand(state: &State, demand: &Resources) -> String {
    let name = |id| state.resource_names.get(id).map_or("?", |name| &**name);
    let parts: Vec<String> = demand
        .iter()
        .map(|(id, n)| match name(id) {
            "memory" => format!("{} of memory", show_bytes(n.floor())),
            name => match selector_text(name) {
                Some(selector) => format!("a node with {selector}"),
                None => format!("{n} {name}"),
            },
        })
        .collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

/// Millionths as people read them.
pub fn percent(millionths: u32) -> String {
    let text = format!("{:.1}", f64::from(millionths) / 10_000.0);
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

/// `from–to s`.
pub fn between(from: Instant, to: Instant) -> String {
    format!("{:.3}–{:.3} s", from.as_secs(), to.as_secs())
}

/// A count with its noun.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A length of time as people read it, never with more than four digits or so.
pub fn span(span: Span) -> String {
    span.to_string()
}

/// What happened, in a few words. `before` is the state to which it happens.
pub fn event(before: &State, event: &Event, names: &Names) -> String {
    let node = |id| names.node(id).into_owned();
    match event {
        Event::TaskSubmitted(spec) => format!("{} was submitted", names.task(spec.id)),
        Event::TaskReady { task, home, .. } => {
            format!("{} was ready, at the raylet of {}", names.task(*task), node(*home))
        }
        Event::TaskPlaced { task, worker, choice } => {
            let place = before.workers.get(*worker).map_or("a new worker".into(), |w| node(w.node));
            let reason = short_reason(choice, 500_000);
            format!("{} was placed on {place} ({reason})", names.task(*task))
        }
        Event::TaskStalled { task, bytes } => {
            format!("{} waited for {} in the store", names.task(*task), show_bytes(*bytes))
        }
        Event::RoomFound { task } => format!("the store had room for {}", names.task(*task)),
        Event::TaskStarted { task } => format!("{} started", names.task(*task)),
        Event::TaskFinished { task } => format!("{} finished", names.task(*task)),
        Event::TaskFailed { task, failure } => format!("{} failed: {failure}", names.task(*task)),
        Event::TaskReturned { task } => format!("{} lost an argument", names.task(*task)),
        Event::TaskResubmitted { task, .. } => format!("{} was submitted again", names.task(*task)),
        Event::ObjectCreated { object, node: at, size } => {
            format!("{} ({}) was stored on {}", names.object(*object), show_bytes(*size), node(*at))
        }
        Event::ObjectPut { object, size, .. } => {
            format!("{} ({}) was put", names.object(*object), show_bytes(*size))
        }
        Event::Lease { lease, step } => lease_words::sentence(before, *lease, step, names),
        Event::ObjectInlined { object, size } => {
            format!("{} ({}) went to its owner", names.object(*object), show_bytes(*size))
        }
        Event::WorkerStarting { node: at } => format!("a worker began to start on {}", node(*at)),
        Event::RayletKilled { node: at } => format!("the raylet of {} was killed", node(*at)),
        Event::TransferStarted { object, from, to, .. } if from != to => {
            format!(
                "a copy of {} from {} to {} began",
                names.object(*object),
                node(*from),
                node(*to)
            )
        }
        Event::TransferFinished { .. } => "a copy arrived".to_owned(),
        Event::CallMade(call) => format!("{} called", names.caller(call.caller)),
        Event::CallReturned { caller, .. } => format!("{}'s call returned", names.caller(*caller)),
        Event::Slept { caller, until, .. } => {
            format!("{} slept until {until}", names.caller(*caller))
        }
        Event::LinePrinted(printed) => format!("{} was printed", quoted(&printed.text)),
        Event::CopyEvicted { object, node: at } => {
            format!("{} was evicted from {}", names.object(*object), node(*at))
        }
        Event::ItemPromised { object, .. } => format!("{} got a reference", names.object(*object)),
        Event::GroupCreated(spec) => format!("{} was created", names.group(spec.id)),
        Event::GroupPlaced { group, nodes } => {
            let list = Names::list(3, nodes.len(), |n| node(nodes[n]));
            format!("{} was placed on {list}", names.group(*group))
        }
        Event::GroupRemoved { group } => format!("{} was removed", names.group(*group)),
        Event::NodeDied { node: at } => format!("{} died", node(*at)),
        Event::NodeAdded(added) => format!("{} joined", added.name),
        Event::RunEnded(outcome) => format!("the run ended: {}", outcome.word()),
        other => spill_words::sentence(other, names).unwrap_or_else(|| variant(other)),
    }
}

fn quoted(text: &str) -> String {
    let first: String = text.lines().next().unwrap_or("").chars().take(60).collect();
    format!("\"{first}\"")
}

/// The event's own name, for those that need no sentence here.
fn variant(event: &Event) -> String {
    let text = format!("{event:?}");
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("something").to_owned()
}

/// The outcome in a sentence; `None` for a run that finished.
pub fn outcome(outcome: &Outcome) -> Option<String> {
    Some(match outcome {
        Outcome::Finished => return None,
        Outcome::ProgramFailed { failure, line: _ } => failure.to_string(),
        Outcome::Unsupported { message, help: _, line } => {
            format!("not supported (line {line}): {message}")
        }
        Outcome::Infeasible { task: _, message } => format!("infeasible: {message}"),
        Outcome::Deadlock { message } => format!("deadlock: {message}"),
        Outcome::Livelock { message, line } => format!("livelock (line {line}): {message}"),
        Outcome::LimitReached { message } => format!("limit: {message}"),
        Outcome::DriverDied => "the driver died with its node".to_owned(),
    })
}
