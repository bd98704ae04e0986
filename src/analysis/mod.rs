//! What a finished run was like: pure functions of its trace.

mod bounds;
pub mod compare;
mod concern;
pub mod expectations;
pub mod explain;
pub mod find;
pub mod golden;
pub mod held;
mod lease_life;
mod lease_path;
mod lease_placement;
mod lease_reasons;
mod lease_tally;
mod leased;
pub mod path;
pub mod placement;
pub mod report;
mod tally;
mod wording;
pub mod words;

pub use bounds::{Chains, longest_chains};
pub use compare::{Comparison, Metric, Unit, compare};
pub use explain::{Explanation, explain, explain_at};
pub use find::{NotFound, find_task};
pub use path::{RealisedPath, Segment, SegmentKind};
pub use report::{Attempt, CallRow, FunctionUse, Metrics, NodeUse, Report, Waits};
