//! What a scenario says in its own words at a stop of the story.

use std::sync::Arc;

/// Words for one stop; what is absent is made from the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The stop, counted from 1 as pictures count them.
    pub stop: u32,
    /// What happened.
    pub say: Option<Arc<str>>,
    /// Why.
    pub why: Option<Arc<str>>,
    /// Something to know besides; empty for nothing.
    pub aside: Option<Arc<str>>,
}
