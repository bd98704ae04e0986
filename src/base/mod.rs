//! Words that everything else is said in: time, amounts, ids, chance.

pub mod amount;
pub mod cow;
pub mod decimal;
pub mod id;
pub mod rng;
pub mod time;
pub mod units;

pub use amount::Amount;
pub use id::{
    ActorId, GroupId, IdVec, LeaseId, NodeId, ObjectId, ResourceId, ShapeId, TaskId, TransferId,
    WorkerId,
};
pub use time::{Instant, Interval, Span};
