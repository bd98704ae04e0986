//! How a run ended: every trace says so in its last record.

use crate::base::TaskId;
use crate::state::failure::Failure;
use std::sync::Arc;

/// How a run ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// The driver came to its end.
    Finished,
    /// The driver raised an exception that it did not catch.
    ProgramFailed {
        /// What it raised.
        failure: Arc<Failure>,
        /// The line.
        line: u32,
    },
    /// The program uses something that is not simulated.
    Unsupported {
        /// What.
        message: String,
        /// What to write instead.
        help: String,
        /// The line.
        line: u32,
    },
    /// Tasks wait for resources that no node has.
    Infeasible {
        /// The first of them.
        task: TaskId,
        /// What it asks for and what there is.
        message: String,
    },
    /// Nothing can happen any more although the driver waits.
    Deadlock {
        /// Who waits for what.
        message: String,
    },
    /// The program asks the same again and again while no virtual time passes.
    Livelock {
        /// What it repeats.
        message: String,
        /// The line.
        line: u32,
    },
    /// A limit was reached.
    LimitReached {
        /// Which one.
        message: String,
    },
    /// The driver's node died.
    DriverDied,
}

impl Outcome {
    /// One word for it, as `expect` names it.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Finished => "finished",
            Outcome::ProgramFailed { .. } | Outcome::DriverDied => "failed",
            Outcome::Unsupported { .. } => "unsupported",
            Outcome::Infeasible { .. } => "infeasible",
            Outcome::Deadlock { .. } => "deadlock",
            Outcome::Livelock { .. } => "livelock",
            Outcome::LimitReached { .. } => "limit",
        }
    }
}
