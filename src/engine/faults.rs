//! What breaks: nodes and workers, when the scenario says so.

use crate::base::{NodeId, ObjectId, Span, TaskId, TransferId, WorkerId};
use crate::engine::core::{Engine, Waiter};
use crate::engine::processes::After;
use crate::engine::stores::StoreSide;
use crate::engine::timers::Timer;
use crate::model::{Caller, FaultKind, TaskKind};
use crate::state::{ActorStatus, Event, Failure, FailureKind, Outcome, TaskStatus};
use crate::trace::Record;
use std::sync::Arc;

/// What is said of a worker that is gone.
struct Epitaph {
    task: &'static str,
    actor: &'static str,
}

const CRASH: Epitaph = Epitaph {
    task: "The worker died unexpectedly while executing this task.",
    actor: "The actor died because its worker process died.",
};

const ORPHAN: Epitaph =
    Epitaph { task: "The node died.", actor: "The actor died because its node has died." };

impl Engine<'_> {
    /// The fault with that number happens.
    pub fn strike(&mut self, number: u32) {
        self.cause = Record::NO_CAUSE;
        match self.model.faults[number as usize].kind.clone() {
            FaultKind::AddNode(node) => {
                self.network.add_node(node.bandwidth);
                self.stores.push(StoreSide::default());
                self.outboxes.push(std::collections::VecDeque::new());
                let joined = self.state.nodes.next_id();
                let record = self.record(Event::NodeAdded(Arc::from(node)));
                self.raylet_joined(joined);
                self.queues.nodes_changed();
                self.freed_record = record;
                self.wake_groups();
            }
            FaultKind::KillNode(node) if self.leasing.on && node != self.model.cluster.head() => {
                self.kill_raylet(node);
            }
            FaultKind::KillNode(node) if self.state.ledger.is_alive(node) => self.kill_node(node),
            FaultKind::KillWorker(node) if self.state.ledger.is_alive(node) => {
                self.kill_worker(node);
            }
            FaultKind::KillNode(_) | FaultKind::KillWorker(_) => {}
        }
    }

    /// Everything on the node ends; what was lost is made again if somebody needs it.
    fn kill_node(&mut self, node: NodeId) {
        let mut again = Vec::new();
        for task in self.tasks_on(node) {
            // The death of its owner on the same node may have ended it.
            if self.state.tasks[task].status.worker().is_none() {
                continue;
            }
            again.extend(self.crash(task, "The node died."));
        }
        for actor in self.actors.ids() {
            if let ActorStatus::Alive { worker } = self.state.actors[actor].status
                && self.state.node_of(worker) == node
            {
                self.actor_worker_died(actor, "The actor died because its node has died.");
            }
        }
        let mut waiters = Vec::new();
        for transfer in self.transfers_of(node) {
            let to = self.state.transfers[transfer].map(|row| row.to);
            let object = self.state.transfers[transfer].map(|row| row.object);
            let waiting = self.cancel_transfer(transfer);
            waiters.extend(waiting.into_iter().map(|waiter| (waiter, to, object)));
        }
        let store = std::mem::take(&mut self.stores[node]);
        self.stalled -= store.stalled().count();
        let record = self.record(Event::NodeDied { node });
        self.queues.nodes_changed();
        if node == self.model.cluster.head() {
            // With the driver the run is over: nothing is made good any more.
            self.outcome.get_or_insert(Outcome::DriverDied);
            return;
        }
        self.cause = record;
        self.freed_record = record;
        self.dirty = true;
        self.recount_primaries();
        self.reschedule_groups();
        self.lose_objects();
        for task in again {
            self.retry(task);
        }
        // Requests come last: placed tasks get the room back that their copies had.
        waiters.sort_by_key(|(waiter, _, _)| matches!(waiter, Waiter::Lease(_)));
        for (waiter, to, object) in waiters {
            if let (Some(to), Some(object)) = (to, object) {
                self.fetch_elsewhere(waiter, object, to);
            }
        }
    }

    /// A copy that came from the dead node is fetched from another one, if there is one; else its
    /// object is lost, and whoever waits was told so.
    fn fetch_elsewhere(&mut self, waiter: Waiter, object: ObjectId, to: NodeId) {
        let alive = self.state.ledger.is_alive(to);
        let exists = self.state.objects[object].is_somewhere();
        match waiter {
            Waiter::Lease(lease) => self.lease_copy_came(lease, to),
            Waiter::Call(caller) => self.continue_call(caller),
            Waiter::Task(task, turn) => {
                let status = self.state.tasks[task].status;
                let waits = self.tasks[task].turn == turn
                    && matches!(status, TaskStatus::PendingArgsFetch { .. });
                if alive && exists && waits {
                    self.refetch(task, object, to);
                }
            }
        }
    }

    /// A placed task lost a copy on its way: another one comes, if there still is room for what the task misses.
    fn refetch(&mut self, task: TaskId, object: ObjectId, to: NodeId) {
        let bytes = self.missing_bytes(&self.state.tasks[task].spec.args, to);
        if self.make_room(to, bytes) {
            self.fetch(object, to, Waiter::Task(task, self.tasks[task].turn));
        } else {
            // Whatever else it waits for is asked for again when there is room.
            self.tasks[task].turn += 1;
            self.stall_fetch(Waiter::Task(task, self.tasks[task].turn), to, bytes);
        }
    }

    /// Tasks on a worker of that node, without actors' calls: those end with their actor.
    fn tasks_on(&self, node: NodeId) -> Vec<TaskId> {
        let here = |row: &crate::state::TaskRow| {
            let on = row.status.worker().map(|worker| self.state.node_of(worker));
            on == Some(node) && !matches!(row.spec.kind, TaskKind::ActorCall(_))
        };
        let rows = self.state.tasks.enumerate();
        rows.filter(|(_, row)| here(row)).map(|(task, _)| task).collect()
    }

    fn transfers_of(&self, node: NodeId) -> Vec<TransferId> {
        let rows = self.state.transfers.enumerate();
        let touching = rows.filter(|(_, row)| {
            row.is_some_and(|transfer| transfer.from == node || transfer.to == node)
        });
        touching.map(|(transfer, _)| transfer).collect()
    }

    /// The attempt ends because its worker is gone. Says whether it is to be tried again.
    pub fn crash(&mut self, task: TaskId, message: &str) -> Option<TaskId> {
        let failure = Arc::new(Failure::new(FailureKind::WorkerCrashed, message).in_task(task));
        let row = &self.state.tasks[task];
        let retries = row.spec.max_retries;
        if retries >= 0 && i64::from(row.attempt) >= i64::from(retries) {
            self.fail_for_good(task, failure);
            return None;
        }
        self.end_attempt(task, failure);
        self.orphan_children(task);
        Some(task)
    }

    /// The worker of the node's longest running task dies.
    fn kill_worker(&mut self, node: NodeId) {
        let busy: Vec<(WorkerId, TaskId)> = self
            .state
            .workers
            .enumerate()
            .filter(|(_, worker)| worker.node == node && worker.alive)
            .filter_map(|(id, worker)| Some((id, worker.task?)))
            .collect();
        let running =
            busy.into_iter().filter(|(_, task)| self.state.tasks[*task].status.worker().is_some());
        let Some((worker, task)) =
            running.min_by_key(|(worker, task)| (self.state.tasks[*task].since, *worker))
        else {
            return;
        };
        self.worker_crashed(worker, task);
    }

    /// The process of that worker ends. Its raylet sees that at once, with the control plane a moment later.
    fn worker_crashed(&mut self, worker: WorkerId, task: TaskId) {
        if !self.leasing.on {
            return self.worker_ended(worker, &CRASH);
        }
        // Nothing that the process waited for matters any more.
        self.tasks[task].turn += 1;
        let turn = self.tasks[task].turn;
        self.forget_process(task);
        let notice = self.cost(self.model.parameters.crash_notice_time);
        self.timers.plan(self.now + notice, Timer::WorkerLost { task, turn });
    }

    /// The raylet sees that the worker is dead on which the task ran.
    pub fn worker_lost(&mut self, task: TaskId, turn: u32) {
        if self.tasks[task].turn == turn
            && let Some(worker) = self.state.tasks[task].status.worker()
        {
            self.cause = self.tasks[task].record;
            self.worker_ended(worker, &CRASH);
        }
    }

    /// A worker is gone: its task fails, or its actor dies.
    fn worker_ended(&mut self, worker: WorkerId, why: &Epitaph) {
        let row = &self.state.workers[worker];
        let node = row.node;
        if let Some(actor) = row.actor {
            self.actor_worker_died(actor, why.actor);
        } else {
            let on =
                row.task.filter(|task| self.state.tasks[*task].status.worker() == Some(worker));
            let again = on.and_then(|task| self.crash(task, why.task));
            self.record(Event::WorkerDied { worker });
            if let Some(task) = again {
                self.retry(task);
            }
        }
        if self.leasing.on && self.state.nodes[node].raylet {
            self.resources_changed(node);
            self.dispatch(node);
        }
    }

    /// A body ended its own process (`os._exit`), and its worker with it.
    pub fn exited(&mut self, caller: Caller) -> After {
        match caller {
            Caller::Driver => {
                self.outcome.get_or_insert(Outcome::Finished);
            }
            Caller::Task(task) => {
                self.cause = self.tasks[task].record;
                if let Some(worker) = self.state.tasks[task].status.worker() {
                    self.worker_crashed(worker, task);
                }
            }
        }
        After::Ended
    }

    /// The raylet is killed. Its workers live until they look for it; the GCS asks a few times more.
    fn kill_raylet(&mut self, node: NodeId) {
        if !self.state.ledger.is_alive(node) || !self.state.nodes[node].raylet {
            return;
        }
        self.record(Event::RayletKilled { node });
        self.raylet_is_gone(node);
        // The store is a part of the raylet's process.
        for transfer in self.transfers_of(node) {
            self.network.stop(transfer);
        }
        let watch = self.model.parameters.raylet_watch_period;
        for worker in self.state.workers.ids() {
            let row = &self.state.workers[worker];
            if row.node == node && row.alive {
                let at = self.now + self.leasing.moment(watch);
                self.timers.plan(at, Timer::WorkerGone(worker));
            }
        }
        let parameters = &self.model.parameters;
        let (period, times) =
            (parameters.health_check_period_ms, parameters.health_check_failure_threshold);
        let whole = Span::from_nanos(period.as_nanos().saturating_mul(u64::from(times)));
        let part = self.leasing.moment(Span::from_nanos(period.as_nanos() / 4));
        let at = self.now + Span::from_nanos(whole.as_nanos().saturating_sub(part.as_nanos()));
        self.timers.plan(at, Timer::NodeLost(node));
    }

    /// A worker of a killed node sees that its raylet is gone, and ends.
    pub fn worker_gone(&mut self, worker: WorkerId) {
        let row = &self.state.workers[worker];
        if !row.alive {
            return;
        }
        self.cause = Record::NO_CAUSE;
        self.worker_ended(worker, &ORPHAN);
    }

    /// The GCS gives the node up: only now its objects count as lost.
    pub fn node_lost(&mut self, node: NodeId) {
        if self.state.ledger.is_alive(node) {
            self.cause = Record::NO_CAUSE;
            self.kill_node(node);
            self.leasing.forget_node(node, &self.state.ledger);
            for other in self.state.nodes.ids() {
                self.dispatch(other);
            }
        }
    }
}
