//! The record of a run: what the engine leaves, and all that anything after it may read.

pub mod codec;
pub mod decode;
pub mod diff;
pub mod encode;
mod failures;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod fixture_draw;
mod groups;
mod lease_codec;
pub mod lease_words;
mod mirror;
pub mod names;
pub mod problem;
pub mod record;
pub mod spill_words;

pub use codec::{digest, read, write};
pub use diff::{Divergence, first_divergence};
pub use names::Names;
pub use problem::TraceProblem;
pub use record::{Header, Record, Trace};
