//! The record of a run: what the engine leaves, and all that anything after it may read.

pub mod record;

pub use record::{Header, Record, Trace};
