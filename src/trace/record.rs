//! A trace in memory: a header that says what was run, and everything that happened.

use crate::base::{Instant, ObjectId};
use crate::model::{Cluster, Parameters, Words};
use crate::state::{Event, Outcome, State};
use std::sync::Arc;

/// One event, when it happened, and which earlier record led to it.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// When.
    pub at: Instant,
    /// What.
    pub event: Event,
    /// The index of the record that made this one happen; [`Record::NO_CAUSE`] for the driver's own doing.
    pub cause: u32,
}

impl Record {
    /// Nothing in the trace made it happen.
    pub const NO_CAUSE: u32 = u32::MAX;

    /// The index of the causing record.
    pub fn cause(&self) -> Option<usize> {
        (self.cause != Record::NO_CAUSE).then_some(self.cause as usize)
    }
}

/// What was run, with everything that the outcome depends on.
#[derive(Clone, PartialEq, Debug)]
pub struct Header {
    /// The scenario's name.
    pub name: String,
    /// The cluster at the start.
    pub cluster: Cluster,
    /// The placement policy.
    pub policy: String,
    /// The seed.
    pub seed: u64,
    /// Costs and thresholds.
    pub parameters: Parameters,
    /// The program, if it was one.
    pub program: Option<crate::model::Program>,
    /// Names of the first objects, for people.
    pub object_names: Vec<Option<Arc<str>>>,
    /// What the scenario says at stops of the story in its own words.
    pub captions: Vec<Words>,
}

/// The record of one run.
#[derive(Clone, PartialEq, Debug)]
pub struct Trace {
    /// What was run.
    pub header: Header,
    /// Everything that happened, in order; times never decrease.
    pub records: Vec<Record>,
}

impl Trace {
    /// The state before the first record.
    pub fn initial_state(&self) -> State {
        State::initial(&self.header.cluster)
    }

    /// How the run ended. Every whole trace says so in its last record.
    pub fn outcome(&self) -> Option<&Arc<Outcome>> {
        match &self.records.last()?.event {
            Event::RunEnded(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// When the last thing happened.
    pub fn end(&self) -> Instant {
        self.records.last().map_or(Instant::ZERO, |record| record.at)
    }

    /// The name of an object for people: its own, or its maker's with a number.
    pub fn object_name(&self, object: ObjectId) -> Option<&str> {
        self.header.object_names.get(object.number() as usize)?.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_small() {
        assert_eq!(std::mem::size_of::<Record>(), 40);
    }
}
