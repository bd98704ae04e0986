//! The life of a task: submitted, placed, started, finished, failed, tried again.

use crate::base::{Span, TaskId};
use crate::engine::core::{Engine, TaskSide, Waiter};
use crate::engine::leases::Message;
use crate::engine::timers::Timer;
use crate::model::{Caller, TaskKind, TaskSpec, Work};
use crate::process::{Reply, Value};
use crate::state::{Event, Failure, FailureKind, ObjectStatus, TaskStatus};
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
        let record = self.record(Event::TaskSubmitted(spec));
        self.tasks[task].record = record;
        let cause = std::mem::replace(&mut self.cause, record);
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
        if let ObjectStatus::Failed(failure) = &self.state.objects[object].status {
            self.fail_from_argument(task, failure.clone());
            return;
        }
        self.tasks[task].missing -= 1;
        if self.tasks[task].missing > 0 {
            return;
        }
        let args = &self.state.tasks[task].spec.args;
        if args.iter().all(|arg| self.state.objects[*arg].status == ObjectStatus::Ready) {
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
        match row.spec.work {
            Work::Compute(_) | Work::ComputeOn(_) => {
                let node = self.state.task_node(task).expect("a task that starts is on a node");
                let duration = row.spec.duration_on(node).unwrap_or_default();
                let at = self.now + duration + overhead;
                self.timers.plan(at, Timer::BodyDone { task, turn });
            }
            Work::Program if overhead > crate::base::Span::ZERO => {
                // The overhead first; then the process begins.
                self.pending_replies.insert(Caller::Task(task), Reply::Start);
                self.nap(Caller::Task(task), overhead);
            }
            Work::Program => {
                self.resumes.push_back((Caller::Task(task), Reply::Start, record));
            }
        }
    }

    /// A static body has computed for its time.
    pub fn body_done(&mut self, task: TaskId, turn: u32) {
        if self.tasks[task].turn != turn || self.state.tasks[task].status.is_done() {
            return;
        }
        self.cause = self.tasks[task].record;
        self.end_body(task, None);
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
        if self.make_room(node, bytes) {
            self.finish(task);
        } else {
            self.stall_results(task, node, bytes);
        }
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
        if self.make_room(node, bytes) {
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
                self.hold_contained(object);
                self.news.push_back((object, record));
            }
        }
        if let TaskKind::ActorCreation(actor) = spec.kind {
            self.record(Event::ActorStarted { actor });
        }
        let record = self.record(Event::TaskFinished { task });
        self.after_task(task, &spec, record);
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
    fn leave_worker(&mut self, task: TaskId) {
        let worker = match self.state.tasks[task].status {
            TaskStatus::Finished { worker } | TaskStatus::Failed { worker: Some(worker) } => worker,
            _ => return,
        };
        if self.leasing.on {
            self.after_leased_task(task, worker);
        }
    }

    /// What follows when a task left its worker, whether it finished or failed for good.
    fn after_task(&mut self, task: TaskId, spec: &TaskSpec, record: u32) {
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

    /// Whatever the attempt slept for or had to pay is of no interest to the next one.
    fn forget_naps(&mut self, task: TaskId) {
        self.naps.remove(&Caller::Task(task));
        self.pending_replies.remove(&Caller::Task(task));
    }

    /// The node that a done task was on.
    fn left_node(&self, task: TaskId) -> Option<crate::base::NodeId> {
        match self.state.tasks[task].status {
            TaskStatus::Finished { worker } => Some(self.state.node_of(worker)),
            TaskStatus::Failed { worker } => worker.map(|worker| self.state.node_of(worker)),
            _ => None,
        }
    }

    /// The attempt failed. It is tried again if its options say so, at the end of the queue.
    pub fn fail_attempt(&mut self, task: TaskId, failure: Arc<Failure>) {
        let row = &self.state.tasks[task];
        let by_exception = matches!(failure.kind, FailureKind::Exception { .. });
        let allowed = !by_exception || row.spec.retry_exceptions;
        let left =
            row.spec.max_retries < 0 || (row.attempt as i64) < i64::from(row.spec.max_retries);
        if !(allowed && left) {
            return self.fail_for_good(task, failure);
        }
        self.end_attempt(task, failure);
        self.leave_worker(task);
        self.retry(task);
    }

    /// Tries a failed task again: at once, or at the next beat of its owner.
    pub fn retry(&mut self, task: TaskId) {
        if !self.leasing.on {
            return self.resubmit(task, false);
        }
        let turn = self.tasks[task].turn;
        let at = self.next_heartbeat();
        self.timers.plan(at, Timer::Retry { task, turn });
    }

    /// The owner's beat came.
    pub fn retry_now(&mut self, task: TaskId, turn: u32) {
        let failed = matches!(self.state.tasks[task].status, TaskStatus::Failed { .. });
        if failed && self.tasks[task].turn == turn {
            self.cause = self.tasks[task].record;
            self.resubmit(task, false);
        }
    }

    /// The attempt failed and another follows: its arguments stay.
    pub fn end_attempt(&mut self, task: TaskId, failure: Arc<Failure>) {
        self.end_call(Caller::Task(task));
        let record = self.record(Event::TaskFailed { task, failure });
        self.cause = record;
        self.tasks[task].record = record;
        self.tasks[task].cancelled = false;
        self.freed_record = record;
        self.dirty = true;
        if let Some(node) = self.left_node(task) {
            let spec = self.state.tasks[task].spec.clone();
            self.unpin_arguments(node, &spec);
        }
        self.bodies.remove(&task);
        self.forget_naps(task);
    }

    /// Queues a failed task again, or a finished one whose result was lost.
    pub fn resubmit(&mut self, task: TaskId, to_rebuild: bool) {
        let record = self.record(Event::TaskResubmitted { task, to_rebuild });
        self.tasks[task].record = record;
        self.tasks[task].turn += 1;
        let cause = std::mem::replace(&mut self.cause, record);
        self.await_arguments(task);
        self.cause = cause;
    }

    /// The task failed and is not tried again: whoever asks for its results gets the failure.
    pub fn fail_for_good(&mut self, task: TaskId, failure: Arc<Failure>) {
        let spec = self.state.tasks[task].spec.clone();
        let crashed = !matches!(failure.kind, FailureKind::Exception { .. });
        self.end_call(Caller::Task(task));
        let record = self.record(Event::TaskFailed { task, failure: failure.clone() });
        self.after_task(task, &spec, record);
        for object in spec.return_ids() {
            if self.state.objects[object].status == ObjectStatus::Pending {
                let failure = failure.clone();
                let record = self.record(Event::ObjectFailed { object, failure });
                self.news.push_back((object, record));
            }
        }
        if spec.kind == TaskKind::Normal {
            self.leave_worker(task);
        }
        match spec.kind {
            TaskKind::Normal if crashed => self.orphan_children(task),
            TaskKind::Normal => {}
            TaskKind::ActorCreation(actor) => self.actor_constructor_failed(actor, failure),
            TaskKind::ActorCall(actor) => self.actor_is_free(actor),
        }
    }

    /// An argument failed, so the task fails without running, with the same cause.
    pub fn fail_from_argument(&mut self, task: TaskId, cause: Arc<Failure>) {
        let failure = Failure {
            kind: cause.kind.clone(),
            message: cause.message.clone(),
            task: Some(task),
            cause: Some(cause),
        };
        self.fail_for_good(task, Arc::new(failure));
    }
}
