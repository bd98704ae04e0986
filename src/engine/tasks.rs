//! The life of a task: submitted, placed, started, finished, failed, tried again.

use crate::base::{NodeId, Span, TaskId};
use crate::engine::core::{Engine, TaskSide, Waiter};
use crate::engine::leases::Message;
use crate::engine::pulls::Priority;
use crate::engine::timers::Timer;
use crate::model::{Caller, TaskKind, TaskSpec, Work};
use crate::process::{Reply, Value};
use crate::state::{Event, ObjectStatus, TaskStatus};
use std::sync::Arc;

impl Engine<'_> {
    /// `.remote()`: the references go back at once, the task waits for its arguments.
    pub fn submit(&mut self, spec: Arc<TaskSpec>) {
        let task = spec.id;
        if task.number() >= self.options.limits.tasks {
            self.stop_at_limit("tasks");
            return;
        }
        let depth = match spec.owner {
            Caller::Driver => 0,
            Caller::Task(owner) => self.tasks[owner].depth + 1,
        };
        if depth > self.options.limits.nesting {
            self.stop_at_limit("tasks within tasks");
            return;
        }
        for _ in 0..spec.returns.len() {
            self.waits.add_object();
        }
        self.tasks.push(TaskSide { depth, ..TaskSide::default() });
        let record = self.record(Event::TaskSubmitted(spec.clone()));
        self.tasks[task].record = record;
        let cause = std::mem::replace(&mut self.cause, record);
        self.export(&spec);
        self.await_arguments(task);
        self.cause = cause;
    }

    /// Waits for the arguments that do not exist; without any, or with a failed one, goes on at once.
    pub fn await_arguments(&mut self, task: TaskId) {
        let spec = self.state.tasks[task].spec.clone();
        let turn = self.tasks[task].turn;
        let mut missing = 0;
        let mut failed = None;
        for arg in &spec.args {
            match &self.state.objects[*arg].status {
                ObjectStatus::Ready => {}
                ObjectStatus::Failed(_) if self.leasing.on => {}
                ObjectStatus::Failed(failure) => {
                    failed.get_or_insert_with(|| failure.clone());
                }
                ObjectStatus::Pending => {
                    missing += 1;
                    self.waits.push(*arg, Waiter::Task(task, turn));
                }
                ObjectStatus::Freed | ObjectStatus::Lost => {
                    missing += 1;
                    self.waits.push(*arg, Waiter::Task(task, turn));
                    self.rebuild(*arg);
                }
            }
        }
        self.tasks[task].missing = missing;
        if let Some(failure) = failed {
            self.fail_from_argument(task, failure);
        } else if missing == 0 {
            self.ready(task);
        }
    }

    /// One argument exists now, or failed.
    pub fn argument_came(&mut self, task: TaskId, turn: u32, object: crate::base::ObjectId) {
        let row = &self.state.tasks[task];
        if self.tasks[task].turn != turn || row.status != TaskStatus::PendingArgsAvail {
            return;
        }
        if let ObjectStatus::Failed(failure) = &self.state.objects[object].status
            && !self.leasing.on
        {
            self.fail_from_argument(task, failure.clone());
            return;
        }
        self.tasks[task].missing -= 1;
        if self.tasks[task].missing > 0 {
            return;
        }
        let args = &self.state.tasks[task].spec.args;
        if args.iter().all(|arg| self.state.objects[*arg].is_available()) {
            self.ready(task);
        } else {
            // Another argument was lost while this one was being made.
            self.tasks[task].turn += 1;
            self.await_arguments(task);
        }
    }

    /// All arguments are in the node's store: the body runs.
    pub fn start(&mut self, task: TaskId) {
        let record = self.record(Event::TaskStarted { task });
        self.tasks[task].record = record;
        let turn = self.tasks[task].turn;
        let overhead = self.model.parameters.task_overhead;
        let overhead = if self.leasing.on { self.start_time(task) } else { overhead };
        let row = &self.state.tasks[task];
        if self.failed_argument(task).is_some() {
            // The worker cannot even read them: its body never begins.
            return self.timers.plan(self.now + overhead, Timer::BodyDone { task, turn });
        }
        match row.spec.work {
            Work::Compute(_) | Work::ComputeOn(_) => {
                let node = self.state.task_node(task).expect("a task that starts is on a node");
                let duration = row.spec.duration_on(node).unwrap_or_default();
                let at = self.now + duration + overhead;
                self.timers.plan(at, Timer::BodyDone { task, turn });
            }
            // The overhead first; then the process begins.
            Work::Program => self.answer(Caller::Task(task), overhead, Reply::Start, record),
        }
    }

    /// A static body has computed for its time.
    pub fn body_done(&mut self, task: TaskId, turn: u32) {
        if self.tasks[task].turn != turn || self.state.tasks[task].status.is_done() {
            return;
        }
        self.cause = self.tasks[task].record;
        match self.failed_argument(task) {
            Some(failure) => self.tell_failure(task, failure),
            None => self.end_body(task, None),
        }
    }

    /// The body is done: its results are stored, or wait for room. `values` are a program's results.
    pub fn end_body(&mut self, task: TaskId, values: Option<Vec<Value>>) {
        if let Some(values) = values {
            let ids = self.state.tasks[task].spec.return_ids();
            self.values.extend(ids.zip(values));
        }
        let node = self.state.task_node(task).expect("a task that ends is on a node");
        let limited = self.state.nodes[node].store_capacity.is_some();
        let bytes = if limited || self.leasing.on {
            self.result_bytes(&self.state.tasks[task].spec)
        } else {
            0
        };
        if self.leasing.on {
            let time = self.return_time(task, bytes, node);
            let owner = self.state.tasks[task].spec.owner;
            let turn = self.tasks[task].turn;
            let message = Message::Results(task, turn);
            // An actor works on its next call without asking anybody.
            return match self.state.tasks[task].spec.kind {
                TaskKind::ActorCall(_) => self.post(self.now + time, message),
                TaskKind::Normal | TaskKind::ActorCreation(_) => {
                    self.tell_owner(node, owner, time, message);
                }
            };
        }
        self.store_results(task, node, bytes);
    }

    /// What a worker needs before the body: its own overhead, and the function if it is new to it.
    fn start_time(&mut self, task: TaskId) -> Span {
        let mut time = self.cost(self.model.parameters.task_overhead);
        let spec = self.state.tasks[task].spec.clone();
        if let Some(worker) = self.state.tasks[task].status.worker()
            && self.imports(worker, &spec)
        {
            let parameters = &self.model.parameters;
            time = time
                + self.cost(match spec.kind {
                    TaskKind::ActorCreation(_) => parameters.actor_start_cost,
                    TaskKind::Normal | TaskKind::ActorCall(_) => parameters.function_import_cost,
                });
        }
        time
    }

    /// The results are with the owner.
    pub fn results_arrive(&mut self, task: TaskId, turn: u32) {
        let status = self.state.tasks[task].status;
        if self.tasks[task].turn != turn || status.is_done() {
            return;
        }
        let node = self.state.task_node(task).expect("a task that ends is on a node");
        let bytes = self.result_bytes(&self.state.tasks[task].spec);
        self.cause = self.tasks[task].record;
        self.store_results(task, node, bytes);
    }

    /// The results go into the node's store, or wait for room in it.
    fn store_results(&mut self, task: TaskId, node: NodeId, bytes: u64) {
        if self.room_in_turn(node, bytes, Priority::Create) {
            self.finish(task);
        } else {
            self.stall_results(task, node, bytes);
        }
    }

    /// Bytes of the results that are to be stored.
    pub fn result_bytes(&self, spec: &TaskSpec) -> u64 {
        let pending = spec
            .return_ids()
            .zip(&spec.returns)
            .filter(|(object, _)| self.state.objects[*object].status == ObjectStatus::Pending);
        let sizes = pending
            .map(|(object, size)| self.values.get(&object).map_or(*size, |value| value.bytes));
        let inline = self.model.parameters.max_direct_call_object_size;
        sizes.filter(|size| *size >= inline).fold(0, u64::saturating_add)
    }

    /// Stores the results and ends the task; there is room for them.
    pub fn finish(&mut self, task: TaskId) {
        let spec = self.state.tasks[task].spec.clone();
        let node = self.state.task_node(task).expect("a task that ends is on a node");
        for (object, size) in spec.return_ids().zip(&spec.returns) {
            // A task that runs again makes only what is missing.
            if self.state.objects[object].status == ObjectStatus::Pending {
                let size = self.values.get(&object).map_or(*size, |value| value.bytes);
                let inline = size < self.model.parameters.max_direct_call_object_size;
                let record = self.record(match inline {
                    true => Event::ObjectInlined { object, size },
                    false => Event::ObjectCreated { object, node, size },
                });
                self.primary_stored(object, node);
                self.hold_contained(object);
                self.news.push_back((object, record));
            }
        }
        if let TaskKind::ActorCreation(actor) = spec.kind {
            self.record(Event::ActorStarted { actor });
        }
        let record = self.record(Event::TaskFinished { task });
        self.after_task(task, &spec, record);
        self.end_stream(task, None);
        for object in spec.return_ids() {
            if self.state.objects[object].references == 0 {
                self.free(object);
            }
        }
        match spec.kind {
            TaskKind::Normal => self.leave_worker(task),
            TaskKind::ActorCreation(actor) | TaskKind::ActorCall(actor) => {
                if self.leasing.on {
                    self.resources_changed(node);
                    self.dispatch(node);
                }
                self.actor_is_free(actor);
            }
        }
    }

    /// A task of a run with leases left its worker: its owner has it for the next one.
    pub fn leave_worker(&mut self, task: TaskId) {
        let worker = match self.state.tasks[task].status {
            TaskStatus::Finished { worker } | TaskStatus::Failed { worker: Some(worker) } => worker,
            _ => return,
        };
        if self.leasing.on {
            self.after_leased_task(task, worker);
        }
    }

    /// What follows when a task left its worker, whether it finished or failed for good.
    pub fn after_task(&mut self, task: TaskId, spec: &TaskSpec, record: u32) {
        self.cause = record;
        self.tasks[task].record = record;
        self.freed_record = record;
        self.dirty = true;
        if let Some(node) = self.left_node(task) {
            self.unpin_arguments(node, spec);
        }
        for arg in &spec.args {
            let object = &self.state.objects[*arg];
            if object.references == 0 && object.status == ObjectStatus::Ready {
                self.free(*arg);
            }
        }
        // A program's processes do not outlive their task, but an actor's does.
        self.bodies.remove(&task);
        self.forget_naps(task);
    }

    /// The process of the attempt is gone, and with it whatever it waited for.
    pub fn forget_process(&mut self, task: TaskId) {
        self.bodies.remove(&task);
        if let TaskKind::ActorCall(actor) = self.state.tasks[task].spec.kind {
            self.actors[actor].process = None;
        }
        self.forget_naps(task);
    }

    /// Whatever the attempt slept for or had to pay is of no interest to the next one.
    pub fn forget_naps(&mut self, task: TaskId) {
        self.naps.remove(&Caller::Task(task));
        self.pending_replies.remove(&Caller::Task(task));
    }

    /// The node that a done task was on.
    pub fn left_node(&self, task: TaskId) -> Option<crate::base::NodeId> {
        match self.state.tasks[task].status {
            TaskStatus::Finished { worker } => Some(self.state.node_of(worker)),
            TaskStatus::Failed { worker } => worker.map(|worker| self.state.node_of(worker)),
            _ => None,
        }
    }
}
