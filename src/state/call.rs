//! What a process asked of the cluster and what it printed, as the events carry it.

use crate::base::{Instant, ObjectId};
use crate::model::Caller;
use crate::state::failure::Failure;
use std::sync::Arc;

/// A `ray.get`, a `ray.wait` or a `next()` of a generator.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// Who called.
    pub caller: Caller,
    /// Which of the three.
    pub kind: CallKind,
    /// What for, in the order given.
    pub refs: Arc<[ObjectId]>,
    /// When it gives up.
    pub deadline: Option<Instant>,
    /// The program's line.
    pub line: u32,
    /// When it was called.
    pub at: Instant,
}

/// `ray.get`, `ray.wait` or `next()`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallKind {
    /// `ray.get`.
    Get,
    /// `ray.wait`.
    Wait {
        /// How many at most.
        num_returns: u32,
        /// Whether a remote object counts only once it was copied here.
        fetch_local: bool,
    },
    /// `next()` of a generator: its one reference is the item's.
    Next,
}

impl CallKind {
    /// What the program called.
    pub fn name(self) -> &'static str {
        match self {
            CallKind::Get => "ray.get",
            CallKind::Wait { .. } => "ray.wait",
            CallKind::Next => "next",
        }
    }
}

/// What a call returned.
#[derive(Clone, PartialEq, Debug)]
pub enum CallResult {
    /// All values.
    Got,
    /// The positions of those that are ready, ascending.
    Waited(Box<[u32]>),
    /// It raised.
    Raised(Arc<Failure>),
}

/// A `ray.wait` whose arguments were refused.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    /// Who called.
    pub caller: Caller,
    /// The program's line.
    pub line: u32,
    /// Length of the list.
    pub refs: u32,
    /// The exception's class.
    pub class: String,
    /// Its text.
    pub message: String,
}

/// A printed line.
#[derive(Clone, PartialEq, Debug)]
pub struct Printed {
    /// Who printed.
    pub caller: Caller,
    /// The program's line.
    pub line: u32,
    /// When.
    pub at: Instant,
    /// The text; may contain newlines.
    pub text: String,
}
