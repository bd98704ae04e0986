//! The story under a control plane: nothing happens at once, and much happens to leases. What follows each other
//! closely is one picture; of what happens to leases each kind is told when it happens first.

use crate::base::{Span, TaskId};
use crate::model::Caller;
use crate::replay::story::{Beat, Stop, Teller};
use crate::state::{Event, LeaseEnd, LeaseStep, Return, Rule};
use crate::trace::Record;

/// Under a control plane things of one kind that follow each other so closely are told in one picture.
const NEAR: Span = Span::from_millis(10);

/// Whether the last submission that the stop tells is that owner's.
pub(super) fn submits(records: &[Record], stop: &Stop, owner: Caller) -> bool {
    let told = &records[stop.from as usize..stop.step as usize];
    told.iter().rev().find_map(|record| match &record.event {
        Event::TaskSubmitted(spec) => Some(spec.owner == owner),
        _ => None,
    }) == Some(true)
}

impl Teller<'_> {
    /// The stop told last, if it was told at this instant; under a control plane, shortly before.
    pub(super) fn last_near(&mut self) -> Option<&mut Stop> {
        let near = self.stops.last().and_then(|stop| (stop.step as usize).checked_sub(1));
        let near = near.is_some_and(|last| self.at.since(self.records[last].at) <= NEAR);
        if self.leased && near { self.stops.last_mut() } else { self.last_now() }
    }

    /// Told with whatever was told last.
    pub(super) fn extend(&mut self, index: usize) {
        if let Some(last) = self.stops.last_mut() {
            last.step = last.step.max(index as u32 + 1);
        }
    }

    /// A worker that is used again belongs to the end of the task before.
    pub(super) fn leased_placed(&mut self, index: usize, by: Rule) {
        match self.last_near() {
            Some(last) if last.beat == Beat::Finished && by == Rule::LeaseReused => {
                last.step = index as u32 + 1;
            }
            _ => self.join(index, Beat::Placed),
        }
    }

    pub(super) fn reads_nothing(&self, task: TaskId) -> bool {
        let is_stored = |object| self.state.objects.get(object).is_some_and(|row| !row.inline);
        let row = self.state.tasks.get(task);
        !row.is_some_and(|row| row.spec.args.iter().any(|object| is_stored(*object)))
    }

    /// What is worth a picture when it happens first: a node that only looked full, a request that is sent on,
    /// one that was made for nothing, a lease that is too old.
    pub(super) fn lease(&mut self, index: usize, step: &LeaseStep) {
        let kind = match step {
            LeaseStep::Queued { ghost: Some(_) } => 0,
            LeaseStep::Redirected { .. } => 1,
            LeaseStep::Ended(LeaseEnd::NotNeeded) => 2,
            LeaseStep::Returned { why: Return::Expired { .. }, .. } => 3,
            LeaseStep::Requested { .. } => return self.asked(index),
            LeaseStep::Queued { ghost: None }
            | LeaseStep::Granted { .. }
            | LeaseStep::Ended(_)
            | LeaseStep::Returned { .. } => return,
        };
        if !self.steps_told[kind] {
            self.steps_told[kind] = true;
            self.push(index, index, Beat::Told);
        }
    }

    /// Asking for a worker belongs to the submission that it follows.
    fn asked(&mut self, index: usize) {
        if let Some(last) = self.last_near()
            && last.beat == Beat::Submitted
        {
            last.step = index as u32 + 1;
        }
    }
}
