//! How many tasks of each function wait, run, are done or failed at any step: found by halving, not by counting.

use crate::base::id::Id;
use crate::chart::functions::Functions;
use crate::chart::scene::Mark;
use crate::replay::History;
use crate::state::Event;

/// Counts of a function's tasks at a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Submitted and not on a worker.
    pub waiting: u32,
    /// On a worker.
    pub busy: u32,
    /// Finished.
    pub done: u32,
    /// Failed, for good or until the retry.
    pub failed: u32,
}

impl Tally {
    /// One mark for all of them: what most needs to be seen.
    pub fn mark(self) -> Mark {
        match self {
            Tally { failed: 1.., .. } => Mark::Failed,
            Tally { busy: 1.., .. } => Mark::Running,
            Tally { waiting: 1.., .. } => Mark::WaitsForSlot,
            Tally { done: 1.., .. } => Mark::Done,
            Tally { waiting: 0, busy: 0, done: 0, failed: 0 } => Mark::Absent,
        }
    }

    /// All of them.
    pub fn total(self) -> u32 {
        self.waiting + self.busy + self.done + self.failed
    }
}

/// Where a task stands, as far as a tally knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Unknown,
    Waiting,
    Busy,
    Done,
    Failed,
}

/// When tasks of a function entered and left each phase: the steps at which it is seen, ascending.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Steps {
    entered: [Vec<u32>; 4],
    left: [Vec<u32>; 4],
}

impl Steps {
    /// One pass: those of each group of functions; `group` says which group a function belongs to.
    pub fn of(
        history: &History,
        functions: &Functions,
        groups: usize,
        group: impl Fn(u32) -> usize,
    ) -> Vec<Steps> {
        let mut steps = vec![Steps::default(); groups];
        let mut phases = vec![Phase::Unknown; history.last_state().tasks.len()];
        for (index, record) in history.records().iter().enumerate() {
            let (task, phase) = match &record.event {
                Event::TaskSubmitted(spec) => (spec.id, Phase::Waiting),
                Event::TaskReturned { task } | Event::TaskResubmitted { task, .. } => {
                    (*task, Phase::Waiting)
                }
                Event::TaskPlaced { task, .. } => (*task, Phase::Busy),
                Event::TaskFinished { task } => (*task, Phase::Done),
                Event::TaskFailed { task, .. } => (*task, Phase::Failed),
                _ => continue,
            };
            let before = std::mem::replace(&mut phases[task.index()], phase);
            steps[group(functions.number(task))].note(index as u32 + 1, before, phase);
        }
        steps
    }

    fn note(&mut self, step: u32, before: Phase, after: Phase) {
        if let Some(place) = place(before) {
            self.left[place].push(step);
        }
        if let Some(place) = place(after) {
            self.entered[place].push(step);
        }
    }

    pub fn at(&self, step: usize) -> Tally {
        let until = |list: &[u32]| list.partition_point(|known| *known as usize <= step) as u32;
        let count = |place: usize| until(&self.entered[place]) - until(&self.left[place]);
        Tally { waiting: count(0), busy: count(1), done: count(2), failed: count(3) }
    }
}

fn place(phase: Phase) -> Option<usize> {
    match phase {
        Phase::Unknown => None,
        Phase::Waiting => Some(0),
        Phase::Busy => Some(1),
        Phase::Done => Some(2),
        Phase::Failed => Some(3),
    }
}
