//! One sentence for each event, as a teacher would say it over the drawing. `why` holds the numbers behind it.

use crate::base::units::show_bytes;
use crate::base::{NodeId, ObjectId, TaskId, TransferId, WorkerId};
use crate::chart::{groups, leases};
use crate::model::{Caller, TaskKind};
use crate::state::{Call, CallKind, CallResult, Choice, Event, Outcome, Printed};
use crate::state::{State, Transfer};
use crate::trace::{Names, lease_words, spill_words};

/// Names in a sentence before it says how many more there are.
pub(super) const MOST_NAMED: usize = 3;

/// What happened, in a sentence; `before` is the state to which the event happens.
pub fn short(before: &State, event: &Event, names: &Names) -> String {
    let task_is = |task: &TaskId, what: &str| format!("{} {what}", names.task(*task));
    let object_is = |object: &ObjectId, what: &str| format!("{} {what}", names.token(*object));
    match event {
        Event::InputLoaded { object, node, size: _ } => {
            object_is(object, &format!("is in the store of {} from the start", names.node(*node)))
        }
        Event::ResourceNamed { name } => groups::resource_named(name),
        Event::TaskSubmitted(spec) => submitted(&names.task(spec.id), spec.owner, names),
        Event::TaskReady { task, home, by_locality: _ } => queues(*task, *home, names),
        Event::TaskPlaced { task, worker, choice } => placed(before, *task, *worker, choice, names),
        Event::TaskStalled { task, bytes } => task_is(
            task,
            &format!("waits: the object store has no room for {}", show_bytes(*bytes)),
        ),
        Event::RoomFound { task } => task_is(task, "goes on: the object store has room again"),
        Event::TaskStarted { task } => runs(before, *task, names),
        Event::TaskFinished { task } => finished(before, *task, names),
        Event::TaskFailed { task, failure } => task_is(task, &format!("fails: {failure}")),
        Event::TaskReturned { task } => {
            task_is(task, "gives its worker back: an argument was lost")
        }
        Event::TaskResubmitted { task, to_rebuild: true } => task_is(task, "is made again"),
        Event::TaskResubmitted { task, to_rebuild: false } => task_is(task, "is tried again"),
        Event::ActorCreated { actor, creation: _ } => {
            format!("The actor {} is created", actor.class)
        }
        Event::ActorStarted { actor } => format!("The actor {} is up", class(before, *actor)),
        Event::ActorDied { actor, restarts: false } => {
            format!("The actor {} dies", class(before, *actor))
        }
        Event::ActorDied { actor, restarts: true } => {
            format!("The actor {} dies and is started again", class(before, *actor))
        }
        Event::GroupCreated(spec) => groups::created(before, spec, names),
        Event::GroupPlaced { group, nodes } => groups::placed(*group, nodes, names),
        Event::GroupRemoved { group } => groups::removed(*group, names),
        Event::ObjectPut { object, owner, size } => put(*object, *owner, *size, names),
        Event::ItemPromised { task, object } => {
            object_is(object, &format!("is to be the next item of {}", names.task(*task)))
        }
        Event::ObjectCreated { object, node, size: _ } => {
            object_is(object, &format!("is stored on {}", names.node(*node)))
        }
        Event::ObjectInlined { object, size: _ } => {
            object_is(object, "travels to its owner with the reply: it is small")
        }
        Event::ObjectFailed { object, failure: _ } => object_is(object, "will never exist"),
        Event::TransferStarted { from, to, .. } if from == to => spilled(event, names),
        Event::TransferStarted { transfer: _, object, from, to } => {
            copied(*object, *from, *to, names)
        }
        Event::TransferFinished { transfer } => arrival(before, *transfer, "has arrived on", names),
        Event::TransferCancelled { transfer } => {
            arrival(before, *transfer, "is no longer copied to", names)
        }
        Event::CopyEvicted { object, node } => evicted(before, *object, *node, names),
        Event::SpillStarted { .. }
        | Event::ObjectSpilled { .. }
        | Event::FallbackAllocated { .. } => spilled(event, names),
        Event::ReferenceReleased { object } => object_is(object, "has one reference less"),
        Event::ReferenceAdded { object } => object_is(object, "has one reference more"),
        Event::ObjectFreed { object } => {
            object_is(object, "is freed: nobody refers to it any more")
        }
        Event::ObjectLost { object } => object_is(object, "is lost: its last copy is gone"),
        Event::CallMade(call) => called(call, names, "calls"),
        Event::CallBlocked { caller } => blocked(before, *caller, names),
        Event::CallReturned { caller, result } => returned(before, *caller, result, names),
        Event::WaitRefused(refusal) => format!("ray.wait raises {}", refusal.class),
        Event::Slept { caller, line: _, until } => {
            format!("{} is busy until {until}", capital(&names.caller(*caller)))
        }
        Event::LinePrinted(printed) => prints(printed, names),
        Event::Lease { lease, step } => {
            first_upper(&lease_words::sentence(before, *lease, step, names))
        }
        Event::WorkerStarting { node } => {
            format!("{} begins to start a worker", capital(&names.node(*node)))
        }
        Event::RayletKilled { node } => {
            format!("The raylet of {} is killed; nobody knows yet", names.node(*node))
        }
        Event::WorkerStarted { node } => format!("A new worker starts on {}", names.node(*node)),
        Event::WorkerDied { worker } => worker_dies(before, *worker, names),
        Event::NodeDied { node } => {
            format!("{} is gone, with its workers and its store", capital(&names.node(*node)))
        }
        Event::NodeAdded(node) => format!("{} joins the cluster", capital(&node.name)),
        Event::RunEnded(outcome) => ending(outcome, names),
    }
}

fn submitted(task: &str, owner: Caller, names: &Names) -> String {
    let by = match owner {
        Caller::Driver => String::new(),
        Caller::Task(task) => format!(" by {}", names.task(task)),
    };
    format!("{} was submitted{by}; its id came back at once", capital(task))
}

fn queues(task: TaskId, home: NodeId, names: &Names) -> String {
    let (task, node) = (names.task(task), names.node(home));
    format!("{task} has all its arguments and queues at {node}'s scheduler")
}

fn runs(before: &State, task: TaskId, names: &Names) -> String {
    let worker = before.tasks.get(task).and_then(|row| row.status.worker());
    let place = worker.map(|worker| format!(" on {}", names.node(before.node_of(worker))));
    format!("{} runs{}", names.task(task), place.unwrap_or_default())
}

fn put(object: ObjectId, owner: Caller, size: u64, names: &Names) -> String {
    let (who, object) = (capital(&names.caller(owner)), names.token(object));
    format!("{who} puts {object} ({}) into the object store", show_bytes(size))
}

fn copied(object: ObjectId, from: NodeId, to: NodeId, names: &Names) -> String {
    let (from, to) = (names.node(from), names.node(to));
    format!("{} is copied from {from} to {to}", names.token(object))
}

fn spilled(event: &Event, names: &Names) -> String {
    first_upper(&spill_words::sentence(event, names).unwrap_or_default())
}

fn evicted(before: &State, object: ObjectId, node: NodeId, names: &Names) -> String {
    let spilled = before.objects.get(object).is_some_and(|row| row.spilled.is_some());
    let copy = if spilled { "copy in the store of" } else { "second copy on" };
    let (object, node) = (names.token(object), names.node(node));
    format!("{object} makes room: its {copy} {node} is dropped")
}

fn blocked(before: &State, caller: Caller, names: &Names) -> String {
    match before.calls.get(&caller) {
        Some(call) => called(call, names, "waits in"),
        None => format!("{} waits", capital(&names.caller(caller))),
    }
}

fn prints(printed: &Printed, names: &Names) -> String {
    let first = printed.text.lines().next().unwrap_or("");
    format!("{} prints: {first}", capital(&names.caller(printed.caller)))
}

fn worker_dies(before: &State, worker: WorkerId, names: &Names) -> String {
    match before.workers.get(worker) {
        Some(row) => format!("A worker on {} dies", names.node(row.node)),
        None => "A worker dies".to_owned(),
    }
}

fn placed(
    before: &State,
    task: TaskId,
    worker: WorkerId,
    choice: &Choice,
    names: &Names,
) -> String {
    if before.workers.get(worker).is_some_and(|row| row.lease.is_some()) {
        return leases::placed(before, task, worker, choice.rule, names);
    }
    let on = before.workers.get(worker).map(|row| row.node);
    let home = before.tasks.get(task).and_then(|row| match row.status {
        crate::state::TaskStatus::PendingNodeAssignment { home, .. } => Some(home),
        _ => None,
    });
    let calls =
        before.tasks.get(task).is_some_and(|row| matches!(row.spec.kind, TaskKind::ActorCall(_)));
    let task = names.task(task);
    match (home, on) {
        (_, Some(on)) if calls => format!("{task} goes to its actor on {}", names.node(on)),
        (Some(home), Some(on)) if home == on => {
            format!("{}'s scheduler picks a local worker for {task}", capital(&names.node(on)))
        }
        (Some(home), Some(on)) => {
            let (home, on) = (names.node(home), names.node(on));
            format!("{}'s scheduler picks a worker on {on} for {task}", capital(&home))
        }
        (None, Some(on)) => format!("{task} gets a worker on {}", names.node(on)),
        (_, None) => format!("{task} gets a worker"),
    }
}

fn finished(before: &State, task: TaskId, names: &Names) -> String {
    let Some(row) = before.tasks.get(task) else { return format!("{} ends", names.task(task)) };
    let place = before.task_node(task).map_or("its node".into(), |node| names.node(node));
    let results: Vec<ObjectId> = row.spec.return_ids().collect();
    let task = names.task(task);
    if results.is_empty() {
        return format!("{task} has finished");
    }
    let list = Names::list(MOST_NAMED, results.len(), |n| names.token(results[n]));
    let is = if results.len() == 1 { "is" } else { "are" };
    format!("{task} has finished; {list} {is} stored on {place}")
}

fn arrival(before: &State, transfer: TransferId, what: &str, names: &Names) -> String {
    match before.transfers.get(transfer).copied().flatten() {
        Some(Transfer { object, from, to, .. }) if from == to => {
            format!("{} {what} {} again, from its disk", names.token(object), names.node(to))
        }
        Some(Transfer { object, to, .. }) => {
            format!("{} {what} {}", names.token(object), names.node(to))
        }
        None => "A copy ends".to_owned(),
    }
}

pub(super) fn called(call: &Call, names: &Names, how: &str) -> String {
    let who = capital(&names.caller(call.caller));
    let refs = Names::list(MOST_NAMED, call.refs.len(), |n| names.token(call.refs[n]));
    match call.kind {
        CallKind::Get => format!("{who} {how} ray.get for {refs}"),
        CallKind::Next => format!("{who} {how} next() for {refs}"),
        CallKind::Wait { num_returns, .. } => {
            let of = call.refs.len();
            format!("{who} {how} ray.wait for {num_returns} of {of} objects: {refs}")
        }
    }
}

pub(super) fn returned(
    before: &State,
    caller: Caller,
    result: &CallResult,
    names: &Names,
) -> String {
    let call = before.calls.get(&caller);
    let name = call.map_or("ray.get", |call| call.kind.name());
    let refs = call.map_or(&[][..], |call| &call.refs);
    match result {
        CallResult::Got => {
            let values = Names::list(MOST_NAMED, refs.len(), |n| names.token(refs[n]));
            format!("{name} returns {values}")
        }
        CallResult::Waited(ready) => {
            let left = refs.len().saturating_sub(ready.len());
            format!("{name} returns {} ready and {left} remaining", ready.len())
        }
        CallResult::Raised(_) if call.is_some_and(|call| call.kind == CallKind::Next) => {
            "next finds the generator at its end".to_owned()
        }
        CallResult::Raised(failure) => format!("{name} raises {failure}"),
    }
}

pub(super) fn ending(outcome: &Outcome, names: &Names) -> String {
    match outcome {
        Outcome::Finished => "And we're done!".to_owned(),
        Outcome::ProgramFailed { failure, line } => {
            format!("The program ends at line {line} with {failure}")
        }
        Outcome::Unsupported { message, line, .. } => {
            format!("The program ends at line {line}: {message}")
        }
        Outcome::Infeasible { task, message } => {
            format!("{} can never run: {message}", names.task(*task))
        }
        Outcome::Deadlock { message } => format!("Nothing can happen any more: {message}"),
        Outcome::Livelock { message, line } => {
            format!("The program goes round for ever at line {line}: {message}")
        }
        Outcome::LimitReached { message } => format!("A limit ends the run: {message}"),
        Outcome::DriverDied => "The driver's node died, and the run with it".to_owned(),
    }
}

fn class(before: &State, actor: crate::base::ActorId) -> &str {
    before.actors.get(actor).map_or("", |row| &row.spec.class)
}

/// Small numbers as words.
pub(crate) fn counted(count: usize) -> String {
    const WORDS: [&str; 10] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(count).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

/// The sentence with a capital, unless it begins with an identifier.
fn first_upper(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or("");
    match ["a", "the", "node", "worker"].contains(&first) {
        true => text.get(..1).unwrap_or("").to_ascii_uppercase() + text.get(1..).unwrap_or(""),
        false => text.to_owned(),
    }
}

/// With a capital, unless it is an identifier.
pub(crate) fn capital(text: &str) -> String {
    let identifier = text.contains(['_', '#', '\'', '.']);
    match text.chars().next() {
        Some(first) if !identifier && first.is_ascii_lowercase() && text.contains(' ') => {
            first.to_ascii_uppercase().to_string() + &text[1..]
        }
        Some(first) if !identifier && is_number_word(text) => {
            first.to_ascii_uppercase().to_string() + &text[1..]
        }
        _ => text.to_owned(),
    }
}

fn is_number_word(text: &str) -> bool {
    (0..10).any(|n| counted(n) == text)
}

#[cfg(test)]
#[path = "captions_tests.rs"]
mod tests;
