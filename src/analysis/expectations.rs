//! What a scenario expects against what its run did.
//!
//! How each expectation is meant: `makespan` is the time of the last record. `stdout` finds each line in order, others
//! may lie between. `order` `a < b`: when the last attempt of each `b` started, each `a` had finished at least once.
//! `placement`: the node of the last attempt. `waits`: the calls of `ray.wait` in the order in which they were made,
//! without refused ones, which return nothing. A run that does not finish is a miss unless `outcome` says so.

use crate::base::units::show_bytes;
use crate::base::{NodeId, TaskId};
use crate::model::Caller;
use crate::scenario::Expect;
use crate::scenario::expect::{Bounds, Expected, OUTCOMES, Order, Placement, WaitResult};
use crate::state::{CallKind, CallResult, Event, Outcome, State};
use crate::trace::Trace;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Something that was expected and is not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// The line of the scenario that expects it; `None` for what every scenario expects.
    pub line: Option<usize>,
    /// What is different.
    pub message: String,
}

/// A task as expectations see it.
struct Seen {
    label: String,
    function: Arc<str>,
    /// The record at which it first finished.
    finished: Option<usize>,
    /// The record at which it last started.
    started: Option<usize>,
    node: Option<NodeId>,
}

impl Seen {
    fn is_called(&self, name: &str) -> bool {
        self.label == name || *self.function == *name
    }
}

/// A call of `ray.wait` that was not refused.
struct Waited {
    refs: usize,
    /// Positions that were ready; `None` while it has not returned, or if it raised.
    ready: Option<Vec<usize>>,
}

/// What a run did, as far as scenarios can expect something of it.
struct Facts {
    makespan: u64,
    bytes_moved: u64,
    bytes_spilled: u64,
    tasks: Vec<Seen>,
    waits: Vec<Waited>,
    output: Vec<String>,
    node_names: Vec<String>,
    outcome: Option<Arc<Outcome>>,
}

/// Everything that `expect` says and the run did not do, in the order of the format's documentation.
pub fn misses(expect: &Expect, trace: &Trace) -> Vec<Miss> {
    let facts = Facts::of(trace);
    let mut found = Vec::new();
    within(&mut found, "makespan", &expect.makespan, facts.makespan, exact_time);
    within(&mut found, "bytes_moved", &expect.bytes_moved, facts.bytes_moved, show_bytes);
    within(&mut found, "spilled", &expect.spilled, facts.bytes_spilled, show_bytes);
    facts.check_output(&expect.stdout, &mut found);
    for order in &expect.order {
        facts.check_order(order, &mut found);
    }
    for placement in &expect.placement {
        facts.check_placement(placement, &mut found);
    }
    if let Some(waits) = &expect.waits {
        facts.check_waits(waits, &mut found);
    }
    facts.check_ending(expect, &mut found);
    found
}

/// Nanoseconds as seconds with all digits that they have.
pub fn exact_time(nanos: u64) -> String {
    let (whole, part) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let digits = format!("{part:09}");
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() { format!("{whole} s") } else { format!("{whole}.{digits} s") }
}

/// Why the run ended as it did; empty for one that finished.
pub fn ending(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Finished => String::new(),
        Outcome::ProgramFailed { failure, .. } => failure.to_string(),
        Outcome::Unsupported { message, .. }
        | Outcome::Infeasible { message, .. }
        | Outcome::Deadlock { message }
        | Outcome::Livelock { message, .. }
        | Outcome::LimitReached { message } => message.clone(),
        Outcome::DriverDied => "the driver died with its node".to_owned(),
    }
}

fn within(
    found: &mut Vec<Miss>,
    what: &str,
    expected: &Option<Expected<Bounds>>,
    value: u64,
    show: fn(u64) -> String,
) {
    let Some(Expected { value: bounds, line, .. }) = expected else { return };
    if (bounds.min..=bounds.max).contains(&value) {
        return;
    }
    let (shown, text) = (show(value), &bounds.text);
    found.push(Miss { line: Some(*line), message: format!("{what}: {shown}, expected {text}") });
}

impl Facts {
    fn of(trace: &Trace) -> Facts {
        let mut state = trace.initial_state();
        let mut facts = Facts {
            makespan: trace.end().as_nanos(),
            bytes_moved: 0,
            bytes_spilled: 0,
            tasks: Vec::new(),
            waits: Vec::new(),
            output: Vec::new(),
            node_names: Vec::new(),
            outcome: trace.outcome().cloned(),
        };
        let mut open = BTreeMap::new();
        for (number, record) in trace.records.iter().enumerate() {
            facts.see(number, &record.event, &state, &mut open);
            state.apply(record.at, &record.event);
        }
        facts.bytes_moved = state.totals.bytes_moved;
        facts.bytes_spilled = state.totals.bytes_spilled;
        facts.node_names = state.nodes.iter().map(|node| node.name.to_string()).collect();
        facts
    }

    /// `open` says which wait each caller is in.
    fn see(
        &mut self,
        number: usize,
        event: &Event,
        before: &State,
        open: &mut BTreeMap<Caller, usize>,
    ) {
        let index = |task: &TaskId| task.number() as usize;
        match event {
            Event::TaskSubmitted(spec) => {
                let (label, function) = (spec.label().to_owned(), spec.function.clone());
                let (finished, started, node) = (None, None, None);
                self.tasks.push(Seen { label, function, finished, started, node });
            }
            Event::TaskPlaced { task, worker, .. } => {
                self.tasks[index(task)].node = Some(before.node_of(*worker));
            }
            Event::TaskStarted { task } => self.tasks[index(task)].started = Some(number),
            Event::TaskFinished { task } => {
                self.tasks[index(task)].finished.get_or_insert(number);
            }
            Event::LinePrinted(printed) => {
                self.output.extend(printed.text.split('\n').map(str::to_owned));
            }
            Event::CallMade(call) => {
                if let CallKind::Wait { .. } = call.kind {
                    open.insert(call.caller, self.waits.len());
                    self.waits.push(Waited { refs: call.refs.len(), ready: None });
                }
            }
            Event::CallReturned { caller, result } => {
                if let (Some(at), CallResult::Waited(ready)) = (open.remove(caller), &**result) {
                    let ready = ready.iter().map(|position| *position as usize).collect();
                    self.waits[at].ready = Some(ready);
                }
            }
            _ => {}
        }
    }

    fn check_output(&self, lines: &[Expected<String>], found: &mut Vec<Miss>) {
        let mut next = 0;
        for Expected { value, line, .. } in lines {
            match self.output[next..].iter().position(|printed| printed == value) {
                Some(at) => next += at + 1,
                None => {
                    let where_from = match self.output[..next].last() {
                        Some(before) => format!("after {before:?}"),
                        None => "at all".to_owned(),
                    };
                    let after = self.output[next..].first();
                    let came = after.map_or("nothing".to_owned(), |text| format!("{text:?}"));
                    let message =
                        format!("stdout: {value:?} was not printed {where_from}; next came {came}");
                    found.push(Miss { line: Some(*line), message });
                }
            }
        }
    }

    fn called(&self, name: &str) -> Vec<&Seen> {
        self.tasks.iter().filter(|task| task.is_called(name)).collect()
    }

    fn check_order(&self, expected: &Expected<Order>, found: &mut Vec<Miss>) {
        let Order { first, then } = &expected.value;
        let mut miss = |what: String| {
            let message = format!("order {first} < {then}: {what}");
            found.push(Miss { line: Some(expected.line), message });
        };
        let (firsts, thens) = (self.called(first), self.called(then));
        for (name, list) in [(first, &firsts), (then, &thens)] {
            if list.is_empty() {
                return miss(format!("no task is called {name}"));
            }
        }
        if firsts.iter().any(|task| task.finished.is_none()) {
            return miss(format!("{first} never finished"));
        }
        let last = firsts.iter().filter_map(|task| task.finished).max();
        for task in thens {
            match (task.started, last) {
                (None, _) => return miss(format!("{} never started", task.label)),
                (Some(start), Some(last)) if start < last => {
                    return miss(format!("{} had started before", task.label));
                }
                _ => {}
            }
        }
    }

    fn check_placement(&self, expected: &Expected<Placement>, found: &mut Vec<Miss>) {
        let Placement { task: name, nodes } = &expected.value;
        let mut miss = |what: String| {
            let message = format!("placement of {name}: {what}");
            found.push(Miss { line: Some(expected.line), message });
        };
        let tasks = self.called(name);
        if tasks.is_empty() {
            return miss("no task is called that".to_owned());
        }
        let node_name =
            |node: NodeId| self.node_names.get(node.number() as usize).map_or("?", String::as_str);
        let wanted: Vec<&str> = nodes.iter().map(|node| node_name(*node)).collect();
        for task in tasks {
            match task.node {
                Some(node) if nodes.contains(&node) => {}
                Some(node) => {
                    let wanted = wanted.join(" or ");
                    return miss(format!("it ran on {}, expected {wanted}", node_name(node)));
                }
                None => return miss("it never had a node".to_owned()),
            }
        }
    }

    fn check_waits(&self, expected: &Expected<Vec<Expected<WaitResult>>>, found: &mut Vec<Miss>) {
        for (number, (expected, waited)) in expected.value.iter().zip(&self.waits).enumerate() {
            let number = number + 1;
            let line = Some(expected.line);
            let WaitResult { ready, remaining } = &expected.value;
            let Some(was_ready) = &waited.ready else {
                let message = format!("waits: call {number} of ray.wait did not return");
                found.push(Miss { line, message });
                continue;
            };
            let left: Vec<usize> = (0..waited.refs).filter(|at| !was_ready.contains(at)).collect();
            if was_ready != ready || left != *remaining {
                let message = format!(
                    "waits: call {number} returned {was_ready:?} ready and {left:?} remaining, \
                     expected {ready:?} and {remaining:?}"
                );
                found.push(Miss { line, message });
            }
        }
        let (wanted, made) = (expected.value.len(), self.waits.len());
        if wanted != made {
            let message = format!("waits: ray.wait was called {made} times, expected {wanted}");
            found.push(Miss { line: Some(expected.line), message });
        }
    }

    fn check_ending(&self, expect: &Expect, found: &mut Vec<Miss>) {
        let ended = self.outcome.as_deref();
        let word = ended.map_or("unfinished", Outcome::word);
        let why = ended.map(ending).unwrap_or_default();
        let because = if why.is_empty() { String::new() } else { format!(" ({why})") };
        let wanted = expect.outcome.as_ref();
        let wanted_word = wanted.map_or("finished", |expected| {
            let named = OUTCOMES.iter().find(|(_, outcome)| *outcome == expected.value);
            named.map_or("", |(word, _)| word)
        });
        if word != wanted_word {
            let line = wanted.map(|expected| expected.line);
            let message = format!("outcome: {word}{because}, expected {wanted_word}");
            found.push(Miss { line, message });
        }
        if let Some(Expected { value, line, .. }) = &expect.error
            && !why.contains(value.as_str())
        {
            let message = format!("error: {why:?} does not contain {value:?}");
            found.push(Miss { line: Some(*line), message });
        }
    }
}

#[cfg(test)]
#[path = "expectations_tests.rs"]
mod tests;
