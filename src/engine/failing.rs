//! Attempts that fail: tried again, or for good, and what an error does to those that need the result.

use crate::base::{ObjectId, TaskId};
use crate::engine::core::Engine;
use crate::engine::timers::Timer;
use crate::model::{Caller, TaskKind};
use crate::state::{Event, Failure, FailureKind, ObjectStatus, TaskStatus};
use std::sync::Arc;

impl Engine<'_> {
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
        self.restart_stream(task);
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
            self.fail_pending(object, &failure);
        }
        self.end_stream(task, Some(&failure));
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

    /// An object that does not exist yet never will.
    pub fn fail_pending(&mut self, object: ObjectId, failure: &Arc<Failure>) {
        if self.state.objects[object].status == ObjectStatus::Pending {
            let record = self.record(Event::ObjectFailed { object, failure: failure.clone() });
            self.news.push_back((object, record));
        }
    }

    /// An argument failed, so the task fails without running, with the same cause.
    pub fn fail_from_argument(&mut self, task: TaskId, cause: Arc<Failure>) {
        let failure = self.failure_of_argument(task, cause);
        self.fail_for_good(task, failure);
    }

    /// What a worker raises instead of running the body: an argument of it is an error (core_worker.cc,
    /// `GetAndPinArgsForExecutor`). Without a control plane no such task comes to a worker.
    pub fn failed_argument(&self, task: TaskId) -> Option<Arc<Failure>> {
        if !self.leasing.on {
            return None;
        }
        let mut args = self.state.tasks[task].spec.args.iter();
        let cause = args.find_map(|arg| match &self.state.objects[*arg].status {
            ObjectStatus::Failed(failure) => Some(failure.clone()),
            _ => None,
        });
        cause.map(|cause| self.failure_of_argument(task, cause))
    }

    fn failure_of_argument(&self, task: TaskId, cause: Arc<Failure>) -> Arc<Failure> {
        let class = match &cause.kind {
            FailureKind::Exception { class, .. } => class.clone(),
            other => other.ray_class().to_owned(),
        };
        let raised = self.raised_by(task, class, cause.message.clone());
        Arc::new(Failure { cause: Some(cause), ..raised })
    }

    /// What a worker raises in the name of a task, not its body.
    pub fn raised_by(&self, task: TaskId, class: String, message: String) -> Failure {
        let traceback = vec![format!("ray::{}()", self.state.tasks[task].spec.function)];
        Failure::new(FailureKind::Exception { class, traceback }, message).in_task(task)
    }
}
