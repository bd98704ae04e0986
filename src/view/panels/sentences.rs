//! The sentence of any record, for lists of records: made when first seen, then kept.
//!
//! A sentence wants the state before its record. Rows that follow each other share one state that moves on with
//! them; a frame does so much work and no more, and what is not told yet comes in the next ones.

use crate::view::look::Look;
use rayscope::chart::short;
use rayscope::replay::History;
use rayscope::state::State;
use std::collections::BTreeMap;

/// Sentences that were made.
#[derive(Default)]
pub struct Sentences {
    key: Option<(usize, usize)>,
    told: BTreeMap<u32, String>,
    /// A state, and the step that it is at.
    at: Option<(State, usize)>,
    /// Records that may still be applied in this frame.
    left: usize,
}

/// Records applied in a frame: a few milliseconds.
const MOST_APPLIED: usize = 20_000;
/// Sentences kept.
const MOST_KEPT: usize = 4_000;

impl Sentences {
    /// A new frame begins.
    pub fn begin(&mut self, look: &Look) {
        if self.key != Some(look.run.key()) {
            *self = Sentences { key: Some(look.run.key()), ..Sentences::default() };
        }
        self.left = MOST_APPLIED;
        if self.told.len() > MOST_KEPT {
            self.told.clear();
        }
    }

    /// The sentence of a record; `None` if this frame has done enough. Ask in the order of the records.
    pub fn of(&mut self, history: &History, index: usize) -> Option<&str> {
        let number = u32::try_from(index).ok()?;
        if !self.told.contains_key(&number) {
            let text = self.tell(history, index)?;
            self.told.insert(number, text);
        }
        self.told.get(&number).map(String::as_str)
    }

    fn tell(&mut self, history: &History, index: usize) -> Option<String> {
        let record = history.records().get(index)?;
        let from_anew = history.cost_of(index) + 1;
        let cost = match &self.at {
            Some((_, step)) if *step <= index => (index - step).min(from_anew),
            _ => from_anew,
        };
        // The first one of a frame is always told, however far it is from a checkpoint.
        if cost > self.left && self.left < MOST_APPLIED {
            return None;
        }
        self.left = self.left.saturating_sub(cost);
        let (state, step) = match self.at.take() {
            Some((mut state, step)) => {
                history.seek(&mut state, step, index);
                (state, index)
            }
            None => (history.state_at(index), index),
        };
        let text = short(&state, &record.event, history.names());
        self.at = Some((state, step));
        Some(text)
    }
}
