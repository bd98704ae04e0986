//! Where in the program everybody is: the driver, and the bodies of the tasks that run.

use rayscope::base::TaskId;
use rayscope::model::Caller;
use rayscope::replay::{Entity, History};
use rayscope::state::{Event, Outcome, State};
use std::collections::BTreeMap;

/// The line of a record and who was there; `None` for records without a line.
pub fn line_of(event: &Event) -> Option<(Caller, u32)> {
    let place = match event {
        Event::TaskSubmitted(spec) => (spec.owner, spec.line),
        Event::CallMade(call) => (call.caller, call.line),
        Event::WaitRefused(refusal) => (refusal.caller, refusal.line),
        Event::Slept { caller, line, until: _ } => (*caller, *line),
        Event::LinePrinted(printed) => (printed.caller, printed.line),
        Event::RunEnded(outcome) => match &**outcome {
            Outcome::ProgramFailed { line, .. }
            | Outcome::Unsupported { line, .. }
            | Outcome::Livelock { line, .. } => (Caller::Driver, *line),
            Outcome::Finished
            | Outcome::Infeasible { .. }
            | Outcome::Deadlock { .. }
            | Outcome::LimitReached { .. }
            | Outcome::DriverDied => return None,
        },
        _ => return None,
    };
    (place.1 > 0).then_some(place)
}

/// The driver's line at a step; 0 before its first record. A submission does not move the state's line, so the
/// last records are looked at first.
pub fn driver_line(history: &History, state: &State, step: usize) -> u32 {
    const LOOK_BACK: usize = 64;
    let told = &history.records()[step.saturating_sub(LOOK_BACK)..step.min(history.len())];
    let mut lines = told.iter().rev().filter_map(|record| line_of(&record.event));
    let last = lines.find(|(caller, _)| *caller == Caller::Driver);
    last.map_or(state.driver_line, |(_, line)| line)
}

/// The tasks whose bodies are at one line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bodies {
    /// The first of them.
    pub first: Option<TaskId>,
    /// How many they are.
    pub count: usize,
}

/// So many running tasks are looked up.
const MOST_BODIES: usize = 256;

/// Where the bodies of running tasks are, by line.
pub fn bodies(history: &History, state: &State, step: usize) -> BTreeMap<u32, Bodies> {
    let mut found: BTreeMap<u32, Bodies> = BTreeMap::new();
    let on_workers = state.workers.iter().filter(|row| row.alive).filter_map(|row| row.task);
    let running = on_workers.filter(|task| runs(state, *task));
    for task in running.take(MOST_BODIES) {
        if let Some(line) = body_line(history, step, task) {
            let bodies = found.entry(line).or_default();
            bodies.first.get_or_insert(task);
            bodies.count += 1;
        }
    }
    found
}

fn runs(state: &State, task: TaskId) -> bool {
    use rayscope::state::TaskStatus as Is;
    let status = state.tasks.get(task).map(|row| row.status);
    matches!(
        status,
        Some(Is::Running { .. } | Is::RunningInRayGet { .. } | Is::RunningInRayWait { .. })
    )
}

/// The line of the last record that the task's body made.
fn body_line(history: &History, step: usize, task: TaskId) -> Option<u32> {
    const LOOK_BACK: usize = 16;
    let records = history.records_of(Entity::Task(task));
    let seen = records.partition_point(|record| (*record as usize) < step);
    let last = records[..seen].iter().rev().take(LOOK_BACK);
    let mut events = last.map(|record| &history.records()[*record as usize].event);
    let here = |event: &Event| match (event, line_of(event)) {
        (Event::TaskSubmitted(_), _) => None,
        (_, Some((Caller::Task(who), line))) if who == task => Some(line),
        _ => None,
    };
    events.find_map(here)
}

/// The step after the next record at that line, going on from the beginning when there is none after `step`.
pub fn next_at(history: &History, step: usize, line: u32) -> Option<usize> {
    let records = history.records();
    let at = |event: &Event| line_of(event).is_some_and(|(_, there)| there == line);
    let after = records[step.min(records.len())..].iter().position(|record| at(&record.event));
    let found = after.map(|ahead| step + ahead);
    found.or_else(|| records.iter().position(|record| at(&record.event))).map(|index| index + 1)
}
