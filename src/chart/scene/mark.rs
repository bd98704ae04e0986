//! Which mark a task, an object or a worker bears in a state.

use crate::base::{NodeId, ObjectId, TaskId, WorkerId};
use crate::chart::scene::Mark;
use crate::state::{CopyKind, ObjectStatus, State, TaskStatus};

/// A task's mark.
pub fn of_task(state: &State, task: TaskId) -> Mark {
    let Some(row) = state.tasks.get(task) else { return Mark::Absent };
    match row.status {
        TaskStatus::PendingArgsAvail => Mark::WaitsForArguments,
        TaskStatus::PendingNodeAssignment { .. } => Mark::WaitsForSlot,
        TaskStatus::PendingArgsFetch { .. } => Mark::Fetching,
        TaskStatus::PendingObjStoreMemAvail { .. } => Mark::WaitsForStore,
        TaskStatus::Running { .. } => Mark::Running,
        TaskStatus::RunningInRayGet { .. } | TaskStatus::RunningInRayWait { .. } => Mark::Blocked,
        TaskStatus::Finished { .. } => Mark::Done,
        TaskStatus::Failed { .. } => Mark::Failed,
    }
}

/// An object's mark, wherever its copies are.
pub fn of_object(state: &State, object: ObjectId) -> Mark {
    let Some(row) = state.objects.get(object) else { return Mark::Absent };
    match row.status {
        ObjectStatus::Pending => Mark::Absent,
        ObjectStatus::Ready => Mark::Plain,
        ObjectStatus::Failed(_) => Mark::Failed,
        ObjectStatus::Freed | ObjectStatus::Lost => Mark::Gone,
    }
}

/// The mark of the copy of an object in a node's store; `None` if there is none.
pub fn of_copy(state: &State, object: ObjectId, node: NodeId) -> Option<Mark> {
    let copy = state.objects.get(object)?.copy_on(node)?;
    Some(match copy.kind {
        CopyKind::Primary => Mark::Primary,
        CopyKind::Secondary => Mark::Secondary,
        CopyKind::Arriving(_) => Mark::Arriving,
    })
}

/// A worker's mark: that of the task on it, or whether it is free or gone.
pub fn of_worker(state: &State, worker: WorkerId) -> Mark {
    match state.workers.get(worker) {
        None => Mark::Absent,
        Some(row) if !row.alive => Mark::Gone,
        Some(row) => match row.task {
            Some(task) if state.tasks.get(task).and_then(|t| t.status.worker()) == Some(worker) => {
                of_task(state, task)
            }
            _ => Mark::Idle,
        },
    }
}
