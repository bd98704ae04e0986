//! The owner's side (normal_task_submitter.cc): queues by scheduling key, requests for workers, and what is done with
//! a worker that is free.

use crate::base::{Instant, LeaseId, NodeId, Span, TaskId, WorkerId};
use crate::engine::core::Engine;
use crate::engine::leases::views::next_beat;
use crate::engine::leases::{For, KeySide, LeaseSide, Message};
use crate::model::{Caller, TaskKind, TaskSpec};
use crate::state::{Choice, Event, Failure, LeaseEnd, LeaseStep, Return, Rule, TaskStatus};
use std::collections::VecDeque;
use std::sync::Arc;

const NO_CHOICE: Choice = Choice { rule: Rule::LeaseReused, score: 0, feasible: 0, available: 0 };

impl Engine<'_> {
    /// A task is ready: it queues at its owner, who asks for a worker if that is needed.
    pub fn queue_at_owner(&mut self, task: TaskId) {
        let spec = self.state.tasks[task].spec.clone();
        let turn = self.tasks[task].turn;
        match spec.kind {
            TaskKind::Normal => {
                let key = self.key_of(&spec);
                self.leasing.keys[key as usize].queue.push_back((task, turn));
                self.request_leases(key);
            }
            TaskKind::ActorCreation(_) => self.tell_gcs(spec.owner, Message::Actor(task, turn)),
            TaskKind::ActorCall(actor) => self.pump_actor(actor),
        }
    }

    fn key_of(&mut self, spec: &TaskSpec) -> u32 {
        let key = self.state.scheduling_key(spec);
        if let Some(known) = self.leasing.ids.get(&key) {
            return *known;
        }
        let number = match self.leasing.free_keys.pop() {
            Some(number) => {
                self.leasing.keys[number as usize].key = key.clone();
                number
            }
            None => {
                let (queue, pending) = (VecDeque::new(), Vec::new());
                self.leasing.keys.push(KeySide { key: key.clone(), held: 0, queue, pending });
                self.leasing.keys.len() as u32 - 1
            }
        };
        self.leasing.ids.insert(key, number);
        number
    }

    /// The first queued task that is still meant.
    fn head_of(&mut self, key: u32) -> Option<TaskId> {
        loop {
            let (task, turn) = *self.leasing.keys[key as usize].queue.front()?;
            let waits =
                matches!(self.state.tasks[task].status, TaskStatus::PendingNodeAssignment { .. });
            if waits && self.tasks[task].turn == turn {
                return Some(task);
            }
            self.leasing.keys[key as usize].queue.pop_front();
        }
    }

    /// Whether another request would have a task (`RequestNewWorkerIfNeeded`).
    fn needs_request(&mut self, key: u32) -> Option<TaskId> {
        let most = match self.model.parameters.max_pending_lease_requests_per_scheduling_category {
            0 => self.leasing.raylets.len().max(10),
            most => most as usize,
        };
        let head = self.head_of(key)?;
        let side = &self.leasing.keys[key as usize];
        let pending = side.pending.len();
        (pending < most && side.queue.len() > pending).then_some(head)
    }

    /// Asks for workers as long as there is a task for each.
    fn request_leases(&mut self, key: u32) {
        while let Some(task) = self.needs_request(key) {
            let TaskStatus::PendingNodeAssignment { home, by_locality } =
                self.state.tasks[task].status
            else {
                return;
            };
            let owner = self.state.tasks[task].spec.owner;
            // A raylet that does not answer is not asked again.
            let (home, by_locality) = match self.state.nodes[home].raylet {
                true => (home, by_locality),
                false => (self.owner_node(owner), false),
            };
            let lease = self.leasing.leases.push(LeaseSide {
                whose: For::Key(key),
                task,
                by_locality,
                redirected: false,
                fetching: 0,
                pinned: None,
                stalled: false,
                done: false,
                choice: NO_CHOICE,
                record: 0,
            });
            self.leasing.keys[key as usize].pending.push(lease);
            self.cause = self.tasks[task].record;
            self.step(lease, LeaseStep::Requested { task, node: home });
            self.tell_raylet(owner, home, Message::Request(lease, home));
        }
    }

    pub fn step(&mut self, lease: LeaseId, step: LeaseStep) -> u32 {
        let record = self.record(Event::Lease { lease, step });
        self.leasing.leases[lease].record = record;
        record
    }

    fn answered(&mut self, lease: LeaseId) -> Option<u32> {
        match self.leasing.leases[lease].whose {
            For::Key(key) => {
                let pending = &mut self.leasing.keys[key as usize].pending;
                let at = pending.iter().position(|other| *other == lease);
                at.map(|at| pending.remove(at));
                Some(key)
            }
            For::Actor => None,
        }
    }

    /// A raylet gave a worker.
    pub fn lease_came(&mut self, lease: LeaseId, worker: WorkerId) {
        let whose = self.leasing.leases[lease].whose;
        self.unpin_lease(lease);
        let key = self.answered(lease);
        let choice = self.leasing.leases[lease].choice;
        if !self.state.workers[worker].alive {
            return key.into_iter().for_each(|key| self.request_leases(key));
        }
        match (whose, key) {
            (For::Key(_), Some(key)) => self.worker_is_free(key, worker, choice),
            (For::Key(_) | For::Actor, _) => {
                let task = self.leasing.leases[lease].task;
                let waits = matches!(
                    self.state.tasks[task].status,
                    TaskStatus::PendingNodeAssignment { .. }
                );
                if waits {
                    self.push_task(task, worker, choice);
                } else {
                    self.give_back(worker, Return::NoTask);
                }
            }
        }
    }

    /// A worker on lease has nothing to do (`OnWorkerIdle`): it gets the next task of its key, unless its lease is too
    /// old or there is none.
    fn worker_is_free(&mut self, key: u32, worker: WorkerId, choice: Choice) {
        let Some((_, ends)) = self.leasing.holder(worker) else { return };
        let timeout = self.model.parameters.worker_lease_timeout_milliseconds;
        let head = self.head_of(key);
        match head {
            Some(task) if self.now <= ends || choice.rule != Rule::LeaseReused => {
                self.leasing.keys[key as usize].queue.pop_front();
                self.push_task(task, worker, choice);
            }
            Some(_) => {
                let age = self.now.since(ends) + timeout;
                let age_ms = u32::try_from(age.as_nanos() / 1_000_000).unwrap_or(u32::MAX);
                self.give_back(worker, Return::Expired { age_ms });
            }
            None => {
                self.give_back(worker, Return::NoTask);
                self.call_off(key);
            }
        }
        self.request_leases(key);
    }

    /// Gives the worker back to its raylet.
    fn give_back(&mut self, worker: WorkerId, why: Return) {
        let node = self.state.node_of(worker);
        let owner = match self.leasing.holder(worker) {
            Some((For::Key(key), _)) => self.leasing.keys[key as usize].key.owner,
            Some((For::Actor, _)) | None => Caller::Driver,
        };
        self.tell_raylet(owner, node, Message::Back(worker, why));
    }

    /// Nothing is queued: requests that are out are called off.
    fn call_off(&mut self, key: u32) {
        for lease in self.leasing.keys[key as usize].pending.clone() {
            let task = self.leasing.leases[lease].task;
            let owner = self.state.tasks[task].spec.owner;
            let Some(node) = self.state.leases.get(&lease).map(|row| row.node) else { continue };
            self.tell_raylet(owner, node, Message::CallOff(lease));
        }
    }

    /// The owner sends a task to a worker.
    fn push_task(&mut self, task: TaskId, worker: WorkerId, choice: Choice) {
        let ready = self.tasks[task].record;
        self.cause = ready.max(self.freed_record_of(worker).unwrap_or(0));
        let record = self.record(Event::TaskPlaced { task, worker, choice });
        self.tasks[task].record = record;
        let owner = self.state.tasks[task].spec.owner;
        let node = self.state.node_of(worker);
        self.tell_worker(owner, node, Message::Task(task, self.tasks[task].turn));
    }

    fn freed_record_of(&self, worker: WorkerId) -> Option<u32> {
        let freed = self.freed_record;
        let event = &self.records.get(freed as usize)?.event;
        let mine = matches!(event, Event::TaskFinished { task } if
            matches!(self.state.tasks[*task].status, TaskStatus::Finished { worker: on } if on == worker));
        mine.then_some(freed)
    }

    /// The task is at its worker: its arguments are there, or are fetched now.
    pub fn task_arrives(&mut self, task: TaskId, turn: u32) {
        let status = self.state.tasks[task].status;
        let TaskStatus::PendingArgsFetch { worker } = status else { return };
        if self.tasks[task].turn == turn {
            self.cause = self.tasks[task].record;
            self.fetch_arguments(task, self.state.node_of(worker));
        }
    }

    /// The raylet sends the owner on to another node. It asks there only if that many requests are needed: else
    /// the raylet's view of that node stays too low until the node says what it has.
    pub fn sent_on(&mut self, lease: LeaseId, to: NodeId) {
        let task = self.leasing.leases[lease].task;
        let owner = self.state.tasks[task].spec.owner;
        let wanted = match self.answered(lease) {
            Some(key) => {
                let needed = self.needs_request(key).is_some();
                if needed {
                    self.leasing.keys[key as usize].pending.push(lease);
                }
                needed
            }
            None => true,
        };
        if wanted {
            self.leasing.leases[lease].redirected = true;
            self.tell_raylet(owner, to, Message::Request(lease, to));
        } else {
            self.leasing.leases[lease].done = true;
            self.step(lease, LeaseStep::Ended(LeaseEnd::NotNeeded));
            if let For::Key(key) = self.leasing.leases[lease].whose {
                self.leasing.forget_key(key);
            }
        }
    }

    /// The second raylet refused: the owner begins again.
    pub fn refused(&mut self, lease: LeaseId) {
        match self.answered(lease) {
            Some(key) => {
                self.request_leases(key);
                self.leasing.forget_key(key);
            }
            None => {
                let task = self.leasing.leases[lease].task;
                let turn = self.tasks[task].turn;
                self.tell_gcs(Caller::Driver, Message::Actor(task, turn));
            }
        }
    }

    /// A task left its worker: the owner uses it for the next one, or gives it back.
    pub fn after_leased_task(&mut self, task: TaskId, worker: WorkerId) {
        if let Some((For::Key(key), _)) = self.leasing.holder(worker)
            && self.state.workers[worker].lease.is_some()
        {
            self.cause = self.tasks[task].record;
            self.worker_is_free(key, worker, NO_CHOICE);
        }
    }

    /// What a worker needs after a body of that length before its results leave.
    pub fn return_time(&mut self, task: TaskId, bytes: u64, node: NodeId) -> Span {
        let ran = self.now.since(self.state.tasks[task].since);
        let parameters = &self.model.parameters;
        let (wake, idle_after) = (parameters.wake_cost, parameters.idle_after);
        let mut time = self.cost(parameters.task_return_cost);
        if ran > idle_after {
            time = time + self.cost(wake);
        }
        if bytes > 0 {
            time = time + self.store_time(node, bytes);
        }
        time
    }

    /// What one `.remote()` costs its caller; the export of a function comes on top.
    pub fn submit_time(&mut self, caller: Caller) -> Span {
        let exported = self.leaves(caller).since(self.now);
        self.cost(self.model.parameters.submit_cost) + exported
    }

    /// The first `.remote()` of a function exports it; the owner asks nobody for a worker before that is done.
    pub fn export(&mut self, spec: &TaskSpec) {
        let known = matches!(spec.kind, TaskKind::ActorCall(_));
        if self.leasing.on && !known && self.leasing.exported.insert(spec.function.clone()) {
            let done = self.now + self.cost(self.model.parameters.function_export_cost);
            self.leasing.exporting = (spec.owner, done);
        }
    }

    /// Whether the worker has not seen the function before; from now on it has.
    pub fn imports(&mut self, worker: WorkerId, spec: &TaskSpec) -> bool {
        !matches!(spec.kind, TaskKind::ActorCall(_)) && self.leasing.imports(worker, &spec.function)
    }

    /// A body raised: its owner hears of it.
    pub fn tell_failure(&mut self, task: TaskId, failure: Arc<Failure>) {
        let Some(node) = self.state.task_node(task) else { return };
        let time = self.return_time(task, 0, node);
        let (owner, turn) = (self.state.tasks[task].spec.owner, self.tasks[task].turn);
        self.leasing.raised.insert(task, failure);
        self.tell_owner(node, owner, time, Message::Raised(task, turn));
    }

    /// The owner hears that a body raised.
    pub fn failure_arrives(&mut self, task: TaskId, turn: u32) {
        let Some(failure) = self.leasing.raised.remove(&task) else { return };
        if self.tasks[task].turn == turn && !self.state.tasks[task].status.is_done() {
            self.cause = self.tasks[task].record;
            self.fail_attempt(task, failure);
        }
    }

    /// When the owners try failed tasks again.
    pub fn next_heartbeat(&mut self) -> Instant {
        let parameters = &self.model.parameters;
        let earliest = self.now + parameters.task_retry_delay_ms;
        next_beat(earliest, self.leasing.heartbeat, parameters.core_worker_internal_heartbeat_ms)
    }

    /// A task is blocked, and its CPU is free for others.
    pub fn cpu_was_lent(&mut self, caller: Caller) {
        if let Caller::Task(task) = caller
            && self.leasing.on
            && let Some(node) = self.state.task_node(task)
        {
            self.resources_changed(node);
            self.dispatch(node);
        }
    }
}
