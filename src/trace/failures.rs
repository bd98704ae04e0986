//! Failures in a trace, both ways: a chain is written flat.

use crate::base::TaskId;
use crate::state::{Failure, FailureKind};
use crate::trace::decode::need;
use crate::trace::mirror::{FailureMirror, FailureWord, Line};
use std::sync::Arc;

/// Failures in one chain: what a chain this long tells, no shorter one would; and dropping it recurses.
const LONGEST_CHAIN: usize = 1_000;

/// The chain from the failure itself to its root, flat: a deep chain would be a deep nesting otherwise.
pub(super) fn failure_mirrors(failure: &Failure) -> Vec<FailureMirror> {
    let chain = std::iter::successors(Some(failure), |failure| failure.cause.as_deref());
    chain.map(failure_mirror).collect()
}

fn failure_mirror(failure: &Failure) -> FailureMirror {
    let (kind, class, traceback) = match &failure.kind {
        FailureKind::Exception { class, traceback } => {
            (FailureWord::Exception, class.clone(), traceback.clone())
        }
        FailureKind::WorkerCrashed => bare(FailureWord::WorkerCrashed),
        FailureKind::ActorDied => bare(FailureWord::ActorDied),
        FailureKind::ObjectLost => bare(FailureWord::ObjectLost),
        FailureKind::OwnerDied => bare(FailureWord::OwnerDied),
        FailureKind::TaskCancelled => bare(FailureWord::TaskCancelled),
        FailureKind::TaskUnschedulable => bare(FailureWord::TaskUnschedulable),
        FailureKind::ActorUnschedulable => bare(FailureWord::ActorUnschedulable),
        FailureKind::TaskGroupRemoved => bare(FailureWord::TaskGroupRemoved),
        FailureKind::ActorGroupRemoved => bare(FailureWord::ActorGroupRemoved),
        FailureKind::GetTimeout => bare(FailureWord::GetTimeout),
        FailureKind::ObjectStoreFull => bare(FailureWord::ObjectStoreFull),
    };
    let task = failure.task.map(|task| task.number());
    FailureMirror { kind, class, message: failure.message.clone(), task, traceback }
}

fn bare(word: FailureWord) -> (FailureWord, String, Vec<String>) {
    (word, String::new(), Vec::new())
}

/// The failure of a line, with what led to it.
pub(super) fn failure(l: &mut Line) -> Result<Arc<Failure>, String> {
    let chain = need(l.failure.take(), "failure")?;
    if chain.len() > LONGEST_CHAIN {
        return Err(format!("a chain of {} failures is too long", chain.len()));
    }
    let mut cause = None;
    for mirror in chain.into_iter().rev() {
        cause = Some(Arc::new(one_failure(mirror, cause)?));
    }
    cause.ok_or_else(|| "`failure` is empty".to_owned())
}

fn one_failure(mirror: FailureMirror, cause: Option<Arc<Failure>>) -> Result<Failure, String> {
    let FailureMirror { kind, class, message, task, traceback } = mirror;
    let plain = class.is_empty() && traceback.is_empty();
    let kind = match kind {
        FailureWord::Exception => FailureKind::Exception { class, traceback },
        other if !plain => return Err(format!("{other:?} has neither class nor traceback")),
        FailureWord::WorkerCrashed => FailureKind::WorkerCrashed,
        FailureWord::ActorDied => FailureKind::ActorDied,
        FailureWord::ObjectLost => FailureKind::ObjectLost,
        FailureWord::OwnerDied => FailureKind::OwnerDied,
        FailureWord::TaskCancelled => FailureKind::TaskCancelled,
        FailureWord::TaskUnschedulable => FailureKind::TaskUnschedulable,
        FailureWord::ActorUnschedulable => FailureKind::ActorUnschedulable,
        FailureWord::TaskGroupRemoved => FailureKind::TaskGroupRemoved,
        FailureWord::ActorGroupRemoved => FailureKind::ActorGroupRemoved,
        FailureWord::GetTimeout => FailureKind::GetTimeout,
        FailureWord::ObjectStoreFull => FailureKind::ObjectStoreFull,
    };
    Ok(Failure { kind, message, task: task.map(TaskId::new), cause })
}
