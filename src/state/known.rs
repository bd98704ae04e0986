//! Look-ups for `admit`: each finds a row or says in words what is missing.

use crate::base::id::Id;
use crate::base::{ActorId, NodeId, ObjectId, TaskId, WorkerId};
use crate::model::{Caller, Resources};
use crate::state::State;
use crate::state::admit::MOST_WORKERS;
use crate::state::call::Call;
use crate::state::rows::{ActorRow, NodeRow, ObjectRow, TaskRow, TaskStatus, WorkerRow};

/// Fine, or why not.
pub(super) type Verdict = Result<(), String>;

impl State {
    /// Whether the store has room for a copy, or a file was made for it.
    pub(super) fn room(&self, object: ObjectId, node: NodeId, size: u64) -> Verdict {
        let row = self.living_node(node)?;
        let all =
            row.store_used.checked_add(row.fallback_used).and_then(|all| all.checked_add(size));
        let most = row.store_capacity.filter(|_| !row.fallback.contains(&object));
        let fits =
            all.is_some() && most.is_none_or(|most| row.store_used.saturating_add(size) <= most);
        require(fits, || format!("the store of node {node} has no room for {size} bytes"))
    }

    pub(super) fn room_for_workers(&self, more: u64) -> Verdict {
        require(self.workers.len() as u64 + more <= MOST_WORKERS, || {
            format!("the cluster gets more than {MOST_WORKERS} workers")
        })
    }

    pub(super) fn next_actor(&self, actor: ActorId) -> Verdict {
        require(actor == self.actors.next_id(), || {
            format!("the next actor has the number {}, not {actor}", self.actors.len())
        })
    }

    pub(super) fn next_object(&self, object: ObjectId) -> Verdict {
        require(object.index() == self.objects.len(), || {
            format!("the next object has the number {}, not {object}", self.objects.len())
        })
    }

    pub(super) fn running_caller(&self, caller: Caller) -> Verdict {
        let Caller::Task(task) = caller else { return Ok(()) };
        let row = self.known_task(task)?;
        let runs = matches!(row.status, TaskStatus::Running { .. });
        require(runs, || not(task, row, "act"))
    }

    pub(super) fn outstanding_call(&self, caller: Caller) -> Result<&Call, String> {
        let call = self.calls.get(&caller);
        call.map(|call| &**call).ok_or_else(|| "the caller has no call to return from".to_owned())
    }

    pub(super) fn waiting_task(&self, task: TaskId) -> Result<&TaskRow, String> {
        let row = self.known_task(task)?;
        let waits = matches!(
            row.status,
            TaskStatus::PendingArgsAvail | TaskStatus::PendingNodeAssignment { .. }
        );
        if waits { Ok(row) } else { Err(not(task, row, "be placed")) }
    }

    pub(super) fn known_task(&self, task: TaskId) -> Result<&TaskRow, String> {
        self.tasks.get(task).ok_or_else(|| format!("there is no task {task}"))
    }

    pub(super) fn known_object(&self, object: ObjectId) -> Result<&ObjectRow, String> {
        self.objects.get(object).ok_or_else(|| format!("there is no object {object}"))
    }

    pub(super) fn known_actor(&self, actor: ActorId) -> Result<&ActorRow, String> {
        self.actors.get(actor).ok_or_else(|| format!("there is no actor {actor}"))
    }

    pub(super) fn known_worker(&self, worker: WorkerId) -> Result<&WorkerRow, String> {
        self.workers.get(worker).ok_or_else(|| format!("there is no worker {worker}"))
    }

    pub(super) fn known_node(&self, node: NodeId) -> Result<&NodeRow, String> {
        self.nodes.get(node).ok_or_else(|| format!("there is no node {node}"))
    }

    pub(super) fn living_node(&self, node: NodeId) -> Result<&NodeRow, String> {
        let row = self.known_node(node)?;
        if row.alive { Ok(row) } else { Err(format!("node {node} is dead")) }
    }
}

pub(super) fn not(task: TaskId, row: &TaskRow, what: &str) -> String {
    format!("task {task} is {} and cannot {what}", row.status.ray_name())
}

pub(super) fn require(holds: bool, otherwise: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(otherwise()) }
}

pub(super) fn known_resources(wanted: &Resources, known: usize) -> Verdict {
    let odd = wanted.iter().find(|(id, amount)| id.index() >= known || amount.units() < 0);
    require(odd.is_none(), || "an amount is negative or of an unknown resource".to_owned())
}
