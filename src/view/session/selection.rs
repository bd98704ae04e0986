//! What is selected, what was selected before, and how the selection moves along dependencies.

use crate::view::command::{Direction, Way};
use crate::view::session::{Session, walk};
use rayscope::replay::Entity;

/// More than so many are not remembered.
const MOST: usize = 200;

/// What was selected, in order, and where in it one stands.
#[derive(Default, Debug)]
pub struct Trail {
    past: Vec<Entity>,
    /// How many of `past` come before the one that is selected, or `None` if nothing is.
    at: Option<usize>,
}

impl Trail {
    /// What is selected.
    pub fn now(&self) -> Option<Entity> {
        self.at.and_then(|at| self.past.get(at)).copied()
    }

    fn select(&mut self, entity: Option<Entity>) {
        let Some(entity) = entity else { return self.at = None };
        if self.now() == Some(entity) {
            return;
        }
        let keep = self.at.map_or(self.past.len(), |at| at + 1);
        self.past.truncate(keep);
        if self.past.last() != Some(&entity) {
            self.past.push(entity);
        }
        if self.past.len() > MOST {
            self.past.remove(0);
        }
        self.at = self.past.len().checked_sub(1);
    }

    /// Selects what was selected before, or after; from nothing, back is the last one.
    pub fn go(&mut self, way: Way) {
        let last = self.past.len().checked_sub(1);
        self.at = match (way, self.at) {
            (Way::Back, None) => last,
            (Way::Back, Some(at)) => Some(at.saturating_sub(1)),
            (Way::On, None) => None,
            (Way::On, Some(at)) => last.map(|last| (at + 1).min(last)),
        };
    }

    /// Forgets everything: another run has other things.
    pub fn clear(&mut self) {
        *self = Trail::default();
    }
}

impl Session {
    pub(super) fn select(&mut self, entity: Option<Entity>) {
        self.trail.select(entity);
    }

    pub(super) fn follow(&mut self, way: Way) {
        let (Some(shown), Some(entity)) = (&self.shown, self.selection()) else { return };
        let last = self.runs[shown.run].history.last_state();
        let found = match way {
            Way::Back => walk::needs(last, entity),
            Way::On => walk::needed_by(last, entity),
        };
        match found {
            Some(found) => self.select(Some(found)),
            None if way == Way::Back => self.say("It needs nothing that a task made"),
            None => self.say("Nothing needs it"),
        }
    }

    pub(super) fn walk(&mut self, direction: Direction) {
        let Some(shown) = &self.shown else { return };
        let next = walk::step(shown.playback.state(), self.selection(), direction);
        if let Some(next) = next {
            self.select(Some(next));
        }
    }
}
