//! The state at any step of a finished run: the nearest checkpoint before it, and a few applies.
//!
//! A step is how many records were applied: 0 is before the first, `len()` after the last. Going back is
//! asking for an earlier step; nothing is ever undone.

use crate::base::{Instant, LeaseId};
use crate::replay::index::{Entity, Index};
use crate::replay::story::{self, Stop};
use crate::state::State;
use crate::trace::{Names, Record, Trace};
use std::sync::OnceLock;

/// Records between checkpoints in a short trace: below this, a checkpoint saves nothing that is felt.
const LEAST_STRIDE: usize = 1_024;
/// Checkpoints in a long trace. Each holds the rows that changed since the one before; so many keep a
/// step within some ten thousand applies of a checkpoint in a trace of ten million records.
const MOST_CHECKPOINTS: usize = 512;

/// A trace that can be asked for the state at any step.
#[derive(Debug)]
pub struct History {
    trace: Trace,
    stride: usize,
    /// The states at steps 0, stride, 2 * stride, ...
    checkpoints: Vec<State>,
    last: State,
    names: OnceLock<Names>,
    index: Index,
    story: OnceLock<Vec<Stop>>,
}

impl History {
    /// Folds the trace once. The trace comes from the engine or from `trace::read`, so its events follow.
    pub fn new(trace: Trace) -> History {
        let stride = trace.records.len().div_ceil(MOST_CHECKPOINTS).max(LEAST_STRIDE);
        History::with_stride(trace, stride)
    }

    /// The same with a checkpoint every `stride` records.
    pub(crate) fn with_stride(trace: Trace, stride: usize) -> History {
        let mut state = trace.initial_state();
        let mut checkpoints = Vec::with_capacity(trace.records.len() / stride + 1);
        for (step, record) in trace.records.iter().enumerate() {
            if step % stride == 0 {
                checkpoints.push(state.clone());
            }
            state.apply(record.at, &record.event);
        }
        if checkpoints.is_empty() {
            checkpoints.push(state.clone());
        }
        History {
            trace,
            stride,
            checkpoints,
            last: state,
            names: OnceLock::new(),
            index: Index::default(),
            story: OnceLock::new(),
        }
    }

    /// The trace itself.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// All records.
    pub fn records(&self) -> &[Record] {
        &self.trace.records
    }

    /// The last step: the number of records.
    pub fn len(&self) -> usize {
        self.trace.records.len()
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.trace.records.is_empty()
    }

    /// The names of everything in the trace, made when first asked for.
    pub fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(&self.trace))
    }

    /// The state after the last record.
    pub fn last_state(&self) -> &State {
        &self.last
    }

    /// The state after `step` records; a step beyond the end is the end.
    pub fn state_at(&self, step: usize) -> State {
        let step = step.min(self.len());
        if step == self.len() {
            return self.last.clone();
        }
        let from = (step / self.stride).min(self.checkpoints.len() - 1);
        let mut state = self.checkpoints[from].clone();
        self.advance(&mut state, from * self.stride, step);
        state
    }

    /// Makes `state`, which is at step `from`, that of step `to`, by the cheaper of two ways: on from where it
    /// is, or from a checkpoint.
    pub fn seek(&self, state: &mut State, from: usize, to: usize) {
        let to = to.min(self.len());
        match to.checked_sub(from) {
            // One step on is one apply; only a longer way is better begun at a checkpoint.
            Some(ahead) if ahead <= self.cost_of(to).max(1) => self.advance(state, from, to),
            _ => *state = self.state_at(to),
        }
    }

    /// Applies the records from step `from` up to step `to` to `state`, which is at `from`.
    pub(crate) fn advance(&self, state: &mut State, from: usize, to: usize) {
        for record in &self.trace.records[from..to] {
            state.apply(record.at, &record.event);
        }
    }

    /// How many applies [`History::state_at`] needs for a step.
    pub fn cost_of(&self, step: usize) -> usize {
        if step >= self.len() { 0 } else { step % self.stride }
    }

    /// The step at which everything up to and including `at` has happened.
    pub fn step_at(&self, at: Instant) -> usize {
        self.trace.records.partition_point(|record| record.at <= at)
    }

    /// The step at which everything before `at` has happened, and nothing at it.
    pub fn step_before(&self, at: Instant) -> usize {
        self.trace.records.partition_point(|record| record.at < at)
    }

    /// The time at a step: that of the last record applied.
    pub fn instant_of(&self, step: usize) -> Instant {
        let last = step.min(self.len()).checked_sub(1);
        last.map_or(Instant::ZERO, |index| self.trace.records[index].at)
    }

    /// When the run ended.
    pub fn end(&self) -> Instant {
        self.trace.end()
    }

    /// The indices of the records in which something happens to `entity`, ascending.
    pub fn records_of(&self, entity: Entity) -> &[u32] {
        self.index.records_of(self, entity)
    }

    /// The indices of the records of a lease, ascending.
    pub fn records_of_lease(&self, lease: LeaseId) -> &[u32] {
        self.index.records_of_lease(self, lease)
    }

    /// The first step after `step` whose record concerns `entity`.
    pub fn next_of(&self, step: usize, entity: Entity) -> Option<usize> {
        after(self.records_of(entity), step)
    }

    /// The last step before `step` whose record concerns `entity`.
    pub fn previous_of(&self, step: usize, entity: Entity) -> Option<usize> {
        before(self.records_of(entity), step)
    }

    /// The stops of the story, in order; made when first asked for.
    pub fn story(&self) -> &[Stop] {
        self.story.get_or_init(|| story::stops(self))
    }

    /// How many stops of the story are passed at `step`.
    pub fn stops_passed(&self, step: usize) -> usize {
        self.story().partition_point(|stop| stop.step as usize <= step)
    }
}

/// A record is seen at the step after it: the first of `records` that is not applied at `step`.
fn after(records: &[u32], step: usize) -> Option<usize> {
    let at = records.partition_point(|record| (*record as usize) < step);
    records.get(at).map(|record| *record as usize + 1)
}

fn before(records: &[u32], step: usize) -> Option<usize> {
    let at = records.partition_point(|record| (*record as usize) + 1 < step);
    at.checked_sub(1).map(|at| records[at] as usize + 1)
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
