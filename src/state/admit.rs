//! Whether an event can follow from a state. Asked of traces that come from a file, before `apply`, which
//! takes that for granted. What is refused here would make `apply` panic or break what `check` holds.

use crate::base::id::Id;
use crate::base::{ActorId, Instant, NodeId, ObjectId, TaskId, TransferId, WorkerId};
use crate::model::cluster::CPU;
use crate::model::{Caller, Node, TaskKind, TaskSpec};
use crate::state::call::CallResult;
use crate::state::event::Event;
use crate::state::known::{Verdict, known_resources, not, require};
use crate::state::rows::{ActorStatus, CopyKind, Creator, ObjectStatus, TaskRow, TaskStatus};
use crate::state::totals::Transfer;
use crate::state::{MOST_PRESTARTED, State};
use smallvec::SmallVec;

/// Workers that a cluster from a file may have. It keeps a line of a hundred bytes from asking for gigabytes.
pub const MOST_WORKERS: u64 = 1 << 22;

impl State {
    /// Whether `apply(at, event)` is legal here; if not, why, in words.
    pub fn admits(&self, at: Instant, event: &Event) -> Result<(), String> {
        self.still_runs(at, event)?;
        match event {
            Event::InputLoaded { object, node, size } => self.admit_input(*object, *node, *size),
            Event::ResourceNamed { name } => self.admit_name(name),
            Event::TaskSubmitted(spec) => self.admit_submission(spec),
            Event::TaskReady { task, home, by_locality: _ } => self.admit_ready(*task, *home),
            Event::TaskPlaced { task, worker, choice: _ } => self.admit_placement(*task, *worker),
            Event::TaskStalled { task, bytes: _ } => self.admit_stall(*task),
            Event::RoomFound { task } => self.admit_room(*task),
            Event::TaskStarted { task } => self.admit_start(*task),
            Event::TaskFinished { task } => self.admit_finish(*task),
            Event::TaskFailed { task, failure: _ } => self.admit_failure(*task),
            Event::TaskReturned { task } => self.admit_return_of(*task),
            Event::TaskResubmitted { task, to_rebuild: _ } => self.admit_resubmission(*task),
            Event::ActorCreated { actor, creation: _ } => self.next_actor(actor.id),
            Event::ActorStarted { actor } => self.admit_actor_start(*actor),
            Event::ActorDied { actor, restarts: _ } => self.admit_actor_death(*actor),
            Event::GroupCreated(spec) => self.admit_group(spec),
            Event::GroupPlaced { group, nodes } => self.admit_group_placement(*group, nodes),
            Event::GroupRemoved { group } => self.admit_group_removal(*group),
            Event::ObjectPut { object, owner, size } => self.admit_put(*object, *owner, *size),
            Event::ItemPromised { task, object } => self.admit_item(*task, *object),
            Event::ObjectCreated { object, node, size } => {
                self.admit_creation(*object, *node, *size)
            }
            Event::ObjectInlined { object, size: _ } => self.admit_inlined(*object),
            Event::ObjectFailed { object, failure: _ } | Event::ObjectLost { object } => {
                self.known_object(*object).map(drop)
            }
            Event::TransferStarted { transfer, object, from, to } => {
                self.admit_transfer(*transfer, *object, *from, *to)
            }
            Event::TransferFinished { transfer } => self.admit_arrival(*transfer),
            Event::TransferCancelled { transfer } => self.arriving(*transfer).map(drop),
            Event::CopyEvicted { object, node } => self.admit_eviction(*object, *node),
            Event::SpillStarted { node, objects: _, bytes: _ } => self.living_node(*node).map(drop),
            Event::ObjectSpilled { object, node } => self.admit_spill(*object, *node),
            Event::FallbackAllocated { object, node } => self.admit_fallback(*object, *node),
            Event::ReferenceReleased { object } => {
                let row = self.known_object(*object)?;
                require(row.references > 0, || format!("object {object} has no references left"))
            }
            Event::ReferenceAdded { object } => {
                let row = self.known_object(*object)?;
                require(row.references < u32::MAX, || format!("object {object} has too many"))
            }
            Event::ObjectFreed { object } => self.admit_freeing(*object),
            Event::CallMade(call) => {
                self.running_caller(call.caller)?;
                let outstanding = self.calls.contains_key(&call.caller);
                require(!outstanding, || "the caller's last call has not returned".to_owned())?;
                call.refs.iter().try_for_each(|object| self.known_object(*object).map(drop))
            }
            Event::CallBlocked { caller } => {
                self.outstanding_call(*caller)?;
                self.running_caller(*caller)
            }
            Event::CallReturned { caller, result } => self.admit_return(*caller, result),
            Event::WaitRefused(refusal) => self.running_caller(refusal.caller),
            Event::Slept { caller, line: _, until } => {
                self.running_caller(*caller)?;
                require(*until >= at, || "it sleeps until a time that has passed".to_owned())
            }
            Event::LinePrinted(printed) => self.running_caller(printed.caller),
            Event::Lease { lease, step } => self.admit_lease(*lease, *step),
            Event::WorkerStarting { node } => {
                let row = self.living_node(*node)?;
                self.room_for_workers(u64::from(row.starting) + 1)
            }
            Event::WorkerStarted { node } => {
                self.living_node(*node)?;
                self.room_for_workers(1)
            }
            Event::WorkerDied { worker } => self.known_worker(*worker).map(drop),
            Event::RayletKilled { node } => self.living_node(*node).map(drop),
            Event::NodeDied { node } => self.admit_node_death(*node),
            Event::NodeAdded(node) => self.room_for_workers(prestarted(node)),
            Event::RunEnded(_) => Ok(()),
        }
    }

    /// Whether anything can happen at that time.
    fn still_runs(&self, at: Instant, event: &Event) -> Verdict {
        require(at >= self.now, || {
            format!("time runs backwards, from {} ns to {} ns", self.now.as_nanos(), at.as_nanos())
        })?;
        require(self.outcome.is_none(), || "the run has ended already".to_owned())?;
        let with_driver = self.nodes.is_empty() || self.ledger.is_alive(NodeId::new(0));
        require(with_driver || matches!(event, Event::RunEnded(_)), || {
            "the driver's node has died, and the run can only end".to_owned()
        })
    }

    fn admit_name(&self, name: &str) -> Verdict {
        let known = self.resource_names.iter().any(|known| **known == *name);
        require(!known, || format!("resource `{name}` is known already"))
    }

    fn admit_ready(&self, task: TaskId, home: NodeId) -> Verdict {
        self.known_node(home)?;
        self.waiting_task(task).map(drop)
    }

    fn admit_put(&self, object: ObjectId, owner: Caller, size: u64) -> Verdict {
        self.next_object(object)?;
        self.running_caller(owner)?;
        require(!self.nodes.is_empty(), || "the cluster has no node".to_owned())?;
        self.room(object, self.caller_node(owner), size)
    }

    fn admit_item(&self, task: TaskId, object: ObjectId) -> Verdict {
        self.known_task(task)?;
        let Some(row) = self.objects.get(object) else { return self.next_object(object) };
        let gone = matches!(row.status, ObjectStatus::Lost | ObjectStatus::Freed);
        require(gone && row.creator == Creator::Task(task), || {
            format!("object {object} is no lost item of task {task}")
        })
    }

    fn admit_creation(&self, object: ObjectId, node: NodeId, size: u64) -> Verdict {
        let row = self.known_object(object)?;
        let absent = row.copies.is_empty() && row.spilled.is_none() && !row.inline;
        require(absent, || format!("object {object} has copies already"))?;
        self.room(object, node, size)
    }

    fn admit_inlined(&self, object: ObjectId) -> Verdict {
        let row = self.known_object(object)?;
        let absent = row.copies.is_empty() && row.spilled.is_none();
        let absent = absent && row.status == ObjectStatus::Pending;
        require(absent, || format!("object {object} exists already"))
    }

    fn admit_arrival(&self, transfer: TransferId) -> Verdict {
        let row = self.known_object(self.arriving(transfer)?.object)?;
        let sums = [self.totals.bytes_moved, self.totals.bytes_restored];
        let sum = sums.iter().all(|sum| sum.checked_add(row.size).is_some());
        require(sum, || "more bytes were moved than can be counted".to_owned())
    }

    fn admit_eviction(&self, object: ObjectId, node: NodeId) -> Verdict {
        let copy = self.known_object(object)?.copy_on(node);
        require(copy.is_some_and(|copy| copy.kind == CopyKind::Secondary), || {
            format!("object {object} has no secondary copy on node {node}")
        })
    }

    fn admit_input(&self, object: ObjectId, node: NodeId, size: u64) -> Verdict {
        self.room(object, node, size)?;
        if object.index() == self.objects.len() {
            return Ok(());
        }
        let row = self.known_object(object)?;
        let again = row.creator == Creator::Input && row.size == size;
        require(again && row.copy_on(node).is_none(), || {
            format!("object {object} is not an input of {size} bytes that node {node} has not got")
        })
    }

    fn admit_submission(&self, spec: &TaskSpec) -> Verdict {
        require(spec.id.index() == self.tasks.len(), || {
            format!("the next task has the number {}, not {}", self.tasks.len(), spec.id)
        })?;
        self.running_caller(spec.owner)?;
        if !spec.returns.is_empty() {
            self.next_object(spec.first_return)?;
        }
        spec.args.iter().try_for_each(|arg| self.known_object(*arg).map(drop))?;
        known_resources(&spec.shape.demand, self.resource_names.len())?;
        match spec.kind {
            TaskKind::Normal => Ok(()),
            TaskKind::ActorCall(actor) => self.known_actor(actor).map(drop),
            // The actor's own event may come after that of the task that creates it.
            TaskKind::ActorCreation(actor) => {
                require(actor <= self.actors.next_id(), || format!("there is no actor {actor}"))
            }
        }
    }

    fn admit_placement(&self, task: TaskId, worker: WorkerId) -> Verdict {
        let row = self.waiting_task(task)?;
        let on = self.known_worker(worker)?;
        require(on.alive, || format!("worker {worker} is dead"))?;
        if let TaskKind::ActorCall(actor) = row.spec.kind {
            return require(on.actor == Some(actor), || {
                format!("worker {worker} is not actor {actor}")
            });
        }
        if let Some(held) = &on.lease {
            let fits = held.shape.demand == *self.takes(task) && on.task.is_none();
            return require(fits, || format!("worker {worker} is on lease for other tasks"));
        }
        require(self.nodes[on.node].idle.contains(&worker), || {
            format!("worker {worker} of node {} is not idle", on.node)
        })?;
        self.takes_what_is_known(task)?;
        let demand = &row.spec.shape.demand;
        known_resources(demand, self.ledger.resources())?;
        require(self.ledger.is_available(on.node, demand), || {
            format!("node {} has no room for task {task}", on.node)
        })
    }

    fn admit_stall(&self, task: TaskId) -> Verdict {
        let row = self.known_task(task)?;
        require(row.status.worker().is_some() && !row.status.is_blocked(), || not(task, row, "run"))
    }

    fn admit_room(&self, task: TaskId) -> Verdict {
        let row = self.known_task(task)?;
        let stalled = matches!(row.status, TaskStatus::PendingObjStoreMemAvail { .. });
        require(stalled, || not(task, row, "find room"))
    }

    /// Before it runs, and an actor's own worker is not given back: the actor keeps it.
    fn admit_return_of(&self, task: TaskId) -> Verdict {
        let row = self.known_task(task)?;
        let early = matches!(
            row.status,
            TaskStatus::PendingNodeAssignment { .. }
                | TaskStatus::PendingArgsFetch { .. }
                | TaskStatus::PendingObjStoreMemAvail { .. }
        );
        require(early, || not(task, row, "be returned"))
    }

    fn admit_start(&self, task: TaskId) -> Verdict {
        let row = self.known_task(task)?;
        let (TaskStatus::PendingArgsFetch { worker }
        | TaskStatus::PendingObjStoreMemAvail { worker }) = row.status
        else {
            return Err(not(task, row, "start"));
        };
        let node = self.node_of(worker);
        let missing = row.spec.args.iter().find(|arg| !self.objects[**arg].is_readable_on(node));
        require(missing.is_none(), || {
            format!("task {task} starts before all its arguments are on node {node}")
        })
    }

    fn admit_finish(&self, task: TaskId) -> Verdict {
        let row = self.known_task(task)?;
        match row.status {
            TaskStatus::Running { .. } | TaskStatus::PendingObjStoreMemAvail { .. } => {}
            TaskStatus::PendingArgsAvail
            | TaskStatus::PendingNodeAssignment { .. }
            | TaskStatus::PendingArgsFetch { .. }
            | TaskStatus::RunningInRayGet { .. }
            | TaskStatus::RunningInRayWait { .. }
            | TaskStatus::Finished { .. }
            | TaskStatus::Failed { .. } => return Err(not(task, row, "finish")),
        }
        if let TaskKind::ActorCreation(actor) = row.spec.kind {
            let lifetime = &self.known_actor(actor)?.spec.lifetime;
            known_resources(lifetime, self.ledger.resources())?;
        }
        self.can_drop_arguments(row)
    }

    fn admit_failure(&self, task: TaskId) -> Verdict {
        let row = self.known_task(task)?;
        require(!row.status.is_done(), || not(task, row, "fail"))?;
        if let TaskKind::ActorCreation(actor) = row.spec.kind
            && let Some(actor) = self.actors.get(actor)
        {
            let lives = matches!(actor.status, ActorStatus::Alive { .. });
            require(!lives, || format!("task {task} fails, but its actor lives"))?;
        }
        self.can_drop_arguments(row)
    }

    fn admit_resubmission(&self, task: TaskId) -> Verdict {
        let row = self.known_task(task)?;
        require(row.status.is_done(), || not(task, row, "be tried again"))?;
        match row.spec.kind {
            TaskKind::ActorCreation(actor) => self.known_actor(actor).map(drop),
            TaskKind::Normal | TaskKind::ActorCall(_) => Ok(()),
        }
    }

    /// Every argument has a reference for each time that the task names it.
    fn can_drop_arguments(&self, row: &TaskRow) -> Verdict {
        let mut args: SmallVec<[ObjectId; 4]> = row.spec.args.clone();
        args.sort_unstable();
        for same in args.chunk_by(|a, b| a == b) {
            let (object, held) = (same[0], self.known_object(same[0])?.references);
            require(held as usize >= same.len(), || {
                format!("object {object} has fewer references than task {} holds", row.spec.id)
            })?;
        }
        Ok(())
    }

    fn admit_actor_start(&self, actor: ActorId) -> Verdict {
        let row = self.known_actor(actor)?;
        known_resources(&row.spec.lifetime, self.ledger.resources())?;
        let creation = self.known_task(row.creation)?;
        let makes_it = creation.spec.kind == TaskKind::ActorCreation(actor);
        require(makes_it && creation.status.worker().is_some(), || {
            format!("the constructor of actor {actor} is not on a worker")
        })
    }

    fn admit_actor_death(&self, actor: ActorId) -> Verdict {
        let row = self.known_actor(actor)?;
        let lives = matches!(row.status, ActorStatus::Alive { .. });
        // A living actor gives back what it took when its constructor finished.
        let complete = !lives || self.known_task(row.creation)?.status.is_done();
        require(complete, || format!("the constructor of actor {actor} has not finished"))
    }

    fn admit_transfer(
        &self,
        transfer: TransferId,
        object: ObjectId,
        from: NodeId,
        to: NodeId,
    ) -> Verdict {
        let unused = self.transfers.get(transfer).is_none_or(Option::is_none);
        require(unused && transfer <= self.transfers.next_id(), || {
            format!("{transfer} is not the number of a new transfer")
        })?;
        let row = self.known_object(object)?;
        require(!row.inline, || format!("object {object} travels inline and is not copied"))?;
        let there = row.is_on(from) || row.spilled == Some(from);
        require(there, || format!("object {object} is not on node {from}"))?;
        require(row.copy_on(to).is_none(), || format!("object {object} is on node {to} already"))?;
        self.room(object, to, row.size)
    }

    fn arriving(&self, transfer: TransferId) -> Result<Transfer, String> {
        let under_way = self.transfers.get(transfer).copied().flatten();
        let found = under_way.ok_or_else(|| format!("transfer {transfer} is not under way"))?;
        let copy = self.known_object(found.object)?.copy_on(found.to);
        require(copy.is_some_and(|copy| copy.kind == CopyKind::Arriving(transfer)), || {
            format!("what transfer {transfer} brought is gone")
        })?;
        Ok(found)
    }

    fn admit_freeing(&self, object: ObjectId) -> Verdict {
        let row = self.known_object(object)?;
        let arrives = row.copies.iter().any(|copy| matches!(copy.kind, CopyKind::Arriving(_)));
        require(!arrives, || format!("object {object} is freed while a copy is under way"))
    }

    fn admit_return(&self, caller: Caller, result: &CallResult) -> Verdict {
        let call = self.outstanding_call(caller)?;
        match result {
            CallResult::Got | CallResult::Raised(_) => Ok(()),
            CallResult::Waited(ready) => {
                let inside = ready.iter().all(|at| (*at as usize) < call.refs.len());
                require(inside, || "a position is beyond the end of the call's list".to_owned())
            }
        }
    }

    /// Tasks, actors and transfers of the node have ended by events of their own; only with the driver's node
    /// everything ends at once.
    fn admit_node_death(&self, node: NodeId) -> Verdict {
        self.living_node(node)?;
        if node.index() == 0 {
            return Ok(());
        }
        let arrives = self.transfers.iter().flatten().any(|transfer| transfer.to == node);
        require(!arrives, || format!("node {node} dies while a copy is under way to it"))?;
        let busy = self.workers.iter().filter(|row| row.node == node).filter_map(|row| row.task);
        let busy = busy.filter_map(|task| self.tasks.get(task));
        let still = busy.filter(|row| row.status.worker().is_some()).count();
        require(still == 0, || format!("node {node} dies with {still} tasks on it"))
    }
}

/// How many workers `State::add_node` starts at once.
pub fn prestarted(node: &Node) -> u64 {
    if node.cold { 0 } else { node.resources.get(CPU).floor().min(MOST_PRESTARTED) }
}
