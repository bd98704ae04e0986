//! What can go wrong inside a simulated run, as data: it travels to whoever asks for the result.

use crate::base::TaskId;
use std::fmt;
use std::sync::Arc;

/// A failure of a task, an actor, an object or a call, in Ray's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// The sentence that Ray would print.
    pub message: String,
    /// The task in which it began, if it is one.
    pub task: Option<TaskId>,
    /// The failure that led to it, for a task that failed because its argument had.
    pub cause: Option<Arc<Failure>>,
}

/// The kinds, by the class that `ray.exceptions` gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The body raised: `RayTaskError`, an instance of the exception's own class too.
    Exception {
        /// The exception's class, `ValueError` for example.
        class: String,
        /// The traceback's lines, innermost last.
        traceback: Vec<String>,
    },
    /// `WorkerCrashedError`.
    WorkerCrashed,
    /// `ActorDiedError`.
    ActorDied,
    /// `ObjectLostError`: no copy, and no way to make it again.
    ObjectLost,
    /// `OwnerDiedError`.
    OwnerDied,
    /// `TaskCancelledError`.
    TaskCancelled,
    /// `TaskUnschedulableError`.
    TaskUnschedulable,
    /// `ActorUnschedulableError`.
    ActorUnschedulable,
    /// `TaskPlacementGroupRemoved`.
    TaskGroupRemoved,
    /// `ActorPlacementGroupRemoved`.
    ActorGroupRemoved,
    /// `GetTimeoutError`.
    GetTimeout,
    /// `ObjectStoreFullError`.
    ObjectStoreFull,
}

impl FailureKind {
    /// The class's name in `ray.exceptions`.
    pub fn ray_class(&self) -> &str {
        match self {
            FailureKind::Exception { .. } => "RayTaskError",
            FailureKind::WorkerCrashed => "WorkerCrashedError",
            FailureKind::ActorDied => "ActorDiedError",
            FailureKind::ObjectLost => "ObjectLostError",
            FailureKind::OwnerDied => "OwnerDiedError",
            FailureKind::TaskCancelled => "TaskCancelledError",
            FailureKind::TaskUnschedulable => "TaskUnschedulableError",
            FailureKind::ActorUnschedulable => "ActorUnschedulableError",
            FailureKind::TaskGroupRemoved => "TaskPlacementGroupRemoved",
            FailureKind::ActorGroupRemoved => "ActorPlacementGroupRemoved",
            FailureKind::GetTimeout => "GetTimeoutError",
            FailureKind::ObjectStoreFull => "ObjectStoreFullError",
        }
    }
}

impl Failure {
    /// One without a task or a cause.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure { kind, message: message.into(), task: None, cause: None }
    }

    /// The same, told of the task in which it began.
    pub fn in_task(mut self, task: TaskId) -> Failure {
        self.task = Some(task);
        self
    }

    /// The failure at the beginning of the chain.
    pub fn root(&self) -> &Failure {
        self.cause.as_deref().map_or(self, Failure::root)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            FailureKind::Exception { class, .. } => write!(f, "{class}: {}", self.message),
            kind => write!(f, "{}: {}", kind.ray_class(), self.message),
        }
    }
}
