//! The one fold: the only code that changes a state. The engine and the replay both use it.

use crate::base::{Instant, NodeId, ObjectId, TaskId, WorkerId};
use crate::model::{Caller, TaskKind, TaskSpec};
use crate::state::State;
use crate::state::call::CallKind;
use crate::state::copies::new_object;
use crate::state::event::{Event, Rule};
use crate::state::rows::{
    ActorRow, ActorStatus, CopyKind, Creator, Holding, ObjectStatus, TaskRow, TaskStatus,
};
use crate::state::totals::Transfer;
use std::sync::Arc;

impl State {
    /// Makes `event` true at `at`. Panics on an event that cannot follow from this state: that is a defect of
    /// whoever recorded it; a trace from a file is checked by `trace::codec` and `replay::History` first.
    pub fn apply(&mut self, at: Instant, event: &Event) {
        self.now = at;
        match event {
            Event::InputLoaded { object, node, size } => self.load_input(*object, *node, *size),
            Event::ResourceNamed { name } => self.name_resource(name),
            Event::TaskSubmitted(spec) => self.submit(spec),
            Event::TaskReady { task, home, by_locality } => {
                let (home, by_locality) = (*home, *by_locality);
                self.set_status(*task, TaskStatus::PendingNodeAssignment { home, by_locality });
            }
            Event::TaskPlaced { task, worker, choice } => {
                if choice.rule == Rule::Spread {
                    self.advance_spread_cursor(*task, *worker);
                }
                self.place(*task, *worker);
            }
            Event::TaskStalled { task, bytes: _ } => {
                let worker = self.worker_of(*task);
                self.set_status(*task, TaskStatus::PendingObjStoreMemAvail { worker });
            }
            Event::RoomFound { task } => {
                let worker = self.worker_of(*task);
                self.set_status(*task, TaskStatus::PendingArgsFetch { worker });
            }
            Event::TaskStarted { task } => {
                let worker = self.worker_of(*task);
                self.set_status(*task, TaskStatus::Running { worker });
            }
            Event::TaskFinished { task } => self.finish(*task),
            Event::TaskFailed { task, failure: _ } => self.fail(*task),
            Event::TaskReturned { task } => {
                if let Some(worker) = self.tasks[*task].status.worker() {
                    self.release(*task, worker, false);
                }
                self.set_status(*task, TaskStatus::PendingArgsAvail);
            }
            Event::TaskResubmitted { task, to_rebuild } => self.resubmit(*task, *to_rebuild),
            Event::ActorCreated { actor, creation } => {
                self.actors.push(ActorRow {
                    spec: actor.clone(),
                    creation: *creation,
                    status: ActorStatus::PendingCreation,
                    restarts: 0,
                });
            }
            Event::ActorStarted { actor } => {
                let creation = self.actors[*actor].creation;
                let worker = self.worker_of(creation);
                self.actors[*actor].status = ActorStatus::Alive { worker };
                self.workers[worker].actor = Some(*actor);
            }
            Event::ActorDied { actor, restarts } => self.actor_died(*actor, *restarts),
            Event::GroupCreated(spec) => self.create_group(spec),
            Event::GroupPlaced { group, nodes } => self.place_group(*group, nodes),
            Event::GroupRemoved { group } => self.remove_group(*group),
            Event::ObjectPut { object, owner, size } => self.put(*object, *owner, *size),
            Event::ItemPromised { task, object } => self.promise(*task, *object),
            Event::ObjectCreated { object, node, size } => self.create(*object, *node, *size),
            Event::ObjectInlined { object, size } => {
                let row = self.objects.get_mut(*object);
                (row.status, row.size, row.inline) = (ObjectStatus::Ready, *size, true);
            }
            Event::ObjectFailed { object, failure } => {
                self.objects.get_mut(*object).status = ObjectStatus::Failed(failure.clone());
            }
            Event::TransferStarted { transfer, object, from, to } => {
                let (transfer, object, from, to) = (*transfer, *object, *from, *to);
                if transfer == self.transfers.next_id() {
                    self.transfers.push(None);
                }
                self.transfers[transfer] = Some(Transfer { object, from, to, since: at });
                self.add_copy(object, to, CopyKind::Arriving(transfer));
            }
            Event::TransferFinished { transfer } => self.arrive(*transfer),
            Event::TransferCancelled { transfer } => {
                let done = self.transfers[*transfer].take().expect("a transfer ends once");
                self.drop_copy(done.object, done.to);
            }
            Event::CopyEvicted { object, node } => {
                self.drop_copy(*object, *node);
                self.totals.evictions += 1;
            }
            Event::SpillStarted { node: _, objects: _, bytes: _ } => {}
            Event::ObjectSpilled { object, node } => self.spill(*object, *node),
            Event::FallbackAllocated { object, node } => {
                self.nodes[*node].fallback.insert(*object);
                self.totals.fallbacks += 1;
            }
            Event::ReferenceReleased { object } => self.objects.get_mut(*object).references -= 1,
            Event::ReferenceAdded { object } => self.objects.get_mut(*object).references += 1,
            Event::ObjectFreed { object } => {
                self.drop_all_copies(*object);
                self.objects.get_mut(*object).status = ObjectStatus::Freed;
            }
            Event::ObjectLost { object } => {
                self.objects.get_mut(*object).status = ObjectStatus::Lost;
            }
            Event::CallMade(call) => {
                self.note_line(call.caller, call.line);
                self.calls.insert(call.caller, call.clone());
            }
            Event::CallBlocked { caller } => self.block(*caller),
            Event::CallReturned { caller, result: _ } => self.unblock(*caller),
            Event::WaitRefused(refusal) => self.note_line(refusal.caller, refusal.line),
            Event::Slept { caller, line, until: _ } => self.note_line(*caller, *line),
            Event::LinePrinted(printed) => {
                self.note_line(printed.caller, printed.line);
                self.output.push(printed.clone());
            }
            Event::Lease { lease, step } => self.step_lease(*lease, *step),
            Event::WorkerStarting { node } => self.nodes[*node].starting += 1,
            Event::WorkerStarted { node } => {
                let row = &mut self.nodes[*node];
                row.starting = row.starting.saturating_sub(1);
                self.add_worker(*node);
            }
            Event::WorkerDied { worker } => self.worker_died(*worker),
            Event::RayletKilled { node } => self.nodes[*node].raylet = false,
            Event::NodeDied { node } => self.node_died(*node),
            Event::NodeAdded(node) => {
                self.add_node(node);
            }
            Event::RunEnded(outcome) => self.outcome = Some(outcome.clone()),
        }
    }

    pub(super) fn note_line(&mut self, caller: Caller, line: u32) {
        if caller == Caller::Driver {
            self.driver_line = line;
        }
    }

    fn set_status(&mut self, task: TaskId, status: TaskStatus) {
        let now = self.now;
        let row = self.tasks.get_mut(task);
        row.status = status;
        row.since = now;
    }

    fn worker_of(&self, task: TaskId) -> WorkerId {
        self.tasks[task].status.worker().expect("the task is on a worker")
    }

    fn submit(&mut self, spec: &Arc<TaskSpec>) {
        self.note_line(spec.owner, spec.line);
        self.totals.submitted += 1;
        for arg in &spec.args {
            self.objects.get_mut(*arg).references += 1;
        }
        for size in &spec.returns {
            let held = u32::from(spec.results_held);
            self.objects.push(new_object(Creator::Task(spec.id), *size, held));
        }
        self.tasks.push(TaskRow {
            spec: spec.clone(),
            status: TaskStatus::PendingArgsAvail,
            attempt: 0,
            since: self.now,
            holds: Holding::Nothing,
        });
    }

    fn place(&mut self, task: TaskId, worker: WorkerId) {
        let now = self.now;
        let row = self.tasks.get_mut(task);
        row.status = TaskStatus::PendingArgsFetch { worker };
        row.since = now;
        self.totals.running += 1;
        self.workers[worker].task = Some(task);
        if matches!(row.spec.kind, TaskKind::ActorCall(_)) {
            return;
        }
        row.holds = Holding::Demand;
        if self.workers[worker].lease.is_some() {
            // What the lease took is the task's as long as it runs.
            return;
        }
        let node = self.workers[worker].node;
        let demand = self.takes(task).clone();
        self.ledger.take(node, &demand);
        self.leave_idle(node, worker);
    }

    fn advance_spread_cursor(&mut self, task: TaskId, worker: WorkerId) {
        if let TaskStatus::PendingNodeAssignment { home, .. } = self.tasks[task].status {
            let after = self.workers[worker].node.number() + 1;
            self.nodes[home].spread_cursor = after % self.nodes.len() as u32;
        }
    }

    fn finish(&mut self, task: TaskId) {
        let worker = self.worker_of(task);
        self.release(task, worker, true);
        self.set_status(task, TaskStatus::Finished { worker });
        self.totals.finished += 1;
        self.drop_argument_references(task);
    }

    fn fail(&mut self, task: TaskId) {
        let worker = self.tasks[task].status.worker();
        if let Some(worker) = worker {
            self.release(task, worker, false);
        }
        self.calls.remove(&Caller::Task(task));
        self.set_status(task, TaskStatus::Failed { worker });
        self.totals.failed += 1;
        self.drop_argument_references(task);
    }

    /// Tries again: the references to the arguments come back, so that they stay while it waits.
    fn resubmit(&mut self, task: TaskId, to_rebuild: bool) {
        let spec = self.tasks[task].spec.clone();
        for arg in &spec.args {
            self.objects.get_mut(*arg).references += 1;
        }
        for object in spec.return_ids() {
            let row = self.objects.get_mut(object);
            let wanted = row.status == ObjectStatus::Freed && row.references > 0;
            if row.status == ObjectStatus::Lost || wanted {
                row.status = ObjectStatus::Pending;
            }
        }
        if let TaskKind::ActorCreation(actor) = spec.kind {
            self.actors[actor].status = ActorStatus::Restarting;
        }
        self.tasks.get_mut(task).attempt += 1;
        self.totals.reconstructions += u32::from(to_rebuild);
        self.set_status(task, TaskStatus::PendingArgsAvail);
    }

    fn drop_argument_references(&mut self, task: TaskId) {
        for arg in &self.tasks[task].spec.args {
            self.objects.get_mut(*arg).references -= 1;
        }
    }

    /// The worker's resources go back; the worker is idle again, unless it is or becomes an actor.
    fn release(&mut self, task: TaskId, worker: WorkerId, succeeded: bool) {
        self.totals.running -= 1;
        let node = self.workers[worker].node;
        let row = self.tasks.get_mut(task);
        let holds = std::mem::replace(&mut row.holds, Holding::Nothing);
        let spec = row.spec.clone();
        let takes = self.takes(task).clone();
        let lent = self.lent(&takes);
        let held = self.workers[worker].lease.as_mut();
        match (holds, held) {
            (Holding::Nothing, _) => {}
            (Holding::Demand, Some(_)) => {}
            (Holding::Retaken, Some(held)) => held.retaken = true,
            (Holding::AllButCpu, Some(held)) => {
                held.retaken = true;
                self.ledger.take(node, &lent);
            }
            (Holding::Demand | Holding::Retaken, None) => {
                self.ledger.give_back(node, &takes);
            }
            (Holding::AllButCpu, None) => {
                self.ledger.give_back(node, &takes);
                self.ledger.take(node, &lent);
            }
        }
        match spec.kind {
            TaskKind::ActorCall(_) => {}
            TaskKind::ActorCreation(actor) if succeeded => {
                // An actor's worker is its own: what the lease took goes, what the actor keeps is taken.
                if let Some(held) = self.workers[worker].lease.take() {
                    self.ledger.give_back(node, &held.shape.demand);
                }
                self.ledger.take(node, &self.actors[actor].spec.lifetime);
            }
            TaskKind::Normal | TaskKind::ActorCreation(_) => {
                let row = &mut self.workers[worker];
                row.task = None;
                if row.alive && row.lease.is_none() {
                    self.nodes[node].idle.push_back(worker);
                }
            }
        }
    }

    fn actor_died(&mut self, actor: crate::base::ActorId, restarts: bool) {
        if let ActorStatus::Alive { worker } = self.actors[actor].status {
            let node = self.workers[worker].node;
            self.ledger.give_back(node, &self.actors[actor].spec.lifetime);
            let row = &mut self.workers[worker];
            (row.actor, row.task, row.alive) = (None, None, false);
        }
        let row = &mut self.actors[actor];
        row.status = if restarts { ActorStatus::Restarting } else { ActorStatus::Dead };
        row.restarts += u32::from(restarts);
    }

    fn block(&mut self, caller: Caller) {
        let Caller::Task(task) = caller else { return };
        let worker = self.worker_of(task);
        let status = match self.calls[&caller].kind {
            CallKind::Get => TaskStatus::RunningInRayGet { worker },
            // `next` is a `ray.wait` for one item inside (object_ref_generator.py).
            CallKind::Wait { .. } | CallKind::Next => TaskStatus::RunningInRayWait { worker },
        };
        self.set_status(task, status);
        let row = self.tasks.get_mut(task);
        if matches!(row.holds, Holding::Demand | Holding::Retaken) {
            row.holds = Holding::AllButCpu;
            let lent = self.lent(self.takes(task));
            self.ledger.give_back(self.workers[worker].node, &lent);
        }
    }

    /// A blocked worker takes its CPU back at once, as Ray's do, even when it was given to another.
    fn unblock(&mut self, caller: Caller) {
        self.calls.remove(&caller);
        let Caller::Task(task) = caller else { return };
        if !self.tasks[task].status.is_blocked() {
            return;
        }
        let worker = self.worker_of(task);
        self.set_status(task, TaskStatus::Running { worker });
        let row = self.tasks.get_mut(task);
        if row.holds == Holding::AllButCpu {
            row.holds = Holding::Retaken;
            let lent = self.lent(self.takes(task));
            self.ledger.take(self.workers[worker].node, &lent);
        }
    }

    fn worker_died(&mut self, worker: WorkerId) {
        let row = &mut self.workers[worker];
        row.alive = false;
        row.task = None;
        let node = row.node;
        let held = row.lease.take();
        self.nodes[node].idle.retain(|idle| *idle != worker);
        if let Some(held) = held {
            self.ledger.give_back(node, &held.shape.demand);
        }
    }

    /// Tasks, actors and transfers of the node have ended by events of their own before this one.
    fn node_died(&mut self, node: NodeId) {
        for worker in self.workers.iter_mut().filter(|worker| worker.node == node) {
            worker.alive = false;
            worker.task = None;
            worker.lease = None;
        }
        let held: Vec<ObjectId> = self
            .objects
            .enumerate()
            .filter(|(_, row)| row.copy_on(node).is_some())
            .map(|(object, _)| object)
            .collect();
        for object in held {
            let was_primary = self.objects[object]
                .copy_on(node)
                .is_some_and(|copy| copy.kind == CopyKind::Primary);
            self.drop_copy(object, node);
            if was_primary {
                self.promote_a_copy(object);
            }
        }
        self.lose_disk(node);
        self.uproot_groups(node);
        self.ledger.remove_node(node);
        let row = &mut self.nodes[node];
        (row.alive, row.raylet, row.starting) = (false, false, 0);
        row.idle.clear();
    }
}
