//! Making lost objects again from their lineage, and calling tasks off.

use crate::base::{ObjectId, TaskId};
use crate::engine::core::Engine;
use crate::model::{Caller, TaskKind};
use crate::process::Reply;
use crate::state::{Creator, Event, Failure, FailureKind, ObjectStatus, TaskStatus};
use std::sync::Arc;

impl Engine<'_> {
    /// Somebody needs an object that is gone: the task that made it runs again, and what that one needs
    /// (object_recovery_manager.cc). What `ray.put` or the outside made cannot be made again.
    pub fn rebuild(&mut self, object: ObjectId) {
        let Creator::Task(task) = self.state.objects[object].creator else {
            return self
                .give_up(object, "it was made by ray.put, which leaves no task to run again");
        };
        let row = &self.state.tasks[task];
        if !row.status.is_done() {
            // It runs again already.
            return;
        }
        let retries = row.spec.max_retries;
        match row.spec.kind {
            TaskKind::Normal if retries < 0 || (row.attempt as i64) < i64::from(retries) => {
                self.rebuilds.push_back(task);
            }
            TaskKind::Normal => self.give_up(object, "its task has no retries left"),
            TaskKind::ActorCreation(_) | TaskKind::ActorCall(_) => {
                self.give_up(
                    object,
                    "it is the result of an actor, whose state cannot be made again",
                );
            }
        }
    }

    /// Runs a task again for the sake of its lost results. Its own arguments may be gone too: those follow.
    pub fn rebuild_task(&mut self, task: TaskId) {
        if self.state.tasks[task].status.is_done() {
            self.cause = self.tasks[task].record;
            self.resubmit(task, true);
        }
    }

    fn give_up(&mut self, object: ObjectId, why: &str) {
        let message =
            format!("Failed to retrieve object {object}: all copies were lost, and {why}.");
        let failure = Arc::new(Failure::new(FailureKind::ObjectLost, message));
        let record = self.record(Event::ObjectFailed { object, failure });
        self.news.push_back((object, record));
    }

    /// `ray.cancel` on a result of a task.
    pub fn cancel(&mut self, object: ObjectId, force: bool, recursive: bool) -> Reply {
        let Creator::Task(task) = self.state.objects[object].creator else { return Reply::Done };
        let spec = self.state.tasks[task].spec.clone();
        if matches!(spec.kind, TaskKind::ActorCall(_)) && force {
            let class = "ValueError".to_owned();
            let kind = FailureKind::Exception { class, traceback: Vec::new() };
            let message = "force=True is not supported for actor tasks.";
            return Reply::Failed(Arc::new(Failure::new(kind, message)));
        }
        self.cancel_task(task, force);
        if recursive {
            for child in self.unfinished_children(task) {
                self.cancel_task(child, force);
            }
        }
        Reply::Done
    }

    fn cancel_task(&mut self, task: TaskId, force: bool) {
        let cancelled = |task| {
            let message = "This task or its dependency was cancelled";
            Arc::new(Failure::new(FailureKind::TaskCancelled, message).in_task(task))
        };
        match self.state.tasks[task].status {
            TaskStatus::Finished { .. } | TaskStatus::Failed { .. } => {}
            TaskStatus::Running { worker } if force => {
                let message = "The worker was killed by ray.cancel(force=True).";
                let failure = Failure::new(FailureKind::WorkerCrashed, message).in_task(task);
                self.fail_for_good(task, Arc::new(failure));
                self.record(Event::WorkerDied { worker });
            }
            // Python sees the interrupt only when it comes back from where it sleeps or computes.
            TaskStatus::Running { .. } if self.code.contains_key(&task) => {
                self.tasks[task].cancelled = true;
            }
            TaskStatus::PendingArgsAvail
            | TaskStatus::PendingNodeAssignment { .. }
            | TaskStatus::PendingArgsFetch { .. }
            | TaskStatus::PendingObjStoreMemAvail { .. }
            | TaskStatus::Running { .. }
            | TaskStatus::RunningInRayGet { .. }
            | TaskStatus::RunningInRayWait { .. } => self.fail_for_good(task, cancelled(task)),
        }
    }

    /// Tasks that `task` submitted, and their own, as far as they have not ended.
    fn unfinished_children(&self, task: TaskId) -> Vec<TaskId> {
        let mut family = vec![task];
        // Children come after their parents, so one walk finds all generations.
        for (child, row) in self.state.tasks.enumerate() {
            if let Caller::Task(owner) = row.spec.owner
                && family.binary_search(&owner).is_ok()
            {
                family.push(child);
            }
        }
        family.retain(|child| *child != task && !self.state.tasks[*child].status.is_done());
        family
    }

    /// The process that owned these tasks is gone: they are called off, and their results with them.
    pub fn orphan_children(&mut self, task: TaskId) {
        if !self.code.contains_key(&task) {
            return;
        }
        for child in self.unfinished_children(task) {
            let message = "The owner of this task died.";
            let failure = Failure::new(FailureKind::OwnerDied, message).in_task(child);
            if !self.state.tasks[child].status.is_done() {
                self.fail_for_good(child, Arc::new(failure));
            }
        }
    }

    /// Objects that nobody can read any more because their last copy is gone.
    pub fn lose_objects(&mut self) {
        let lost: Vec<ObjectId> = self
            .state
            .objects
            .enumerate()
            // Of an object without bytes nothing can be lost, and an inline one is with its owner.
            .filter(|(_, row)| row.status == ObjectStatus::Ready && row.size > 0 && !row.inline)
            .filter(|(_, row)| !row.is_somewhere())
            .map(|(object, _)| object)
            .collect();
        for object in &lost {
            self.values.remove(object);
            let record = self.record(Event::ObjectLost { object: *object });
            self.cause = record;
        }
        self.return_tasks_without_arguments();
        for object in lost {
            if self.is_needed(object) {
                self.rebuild(object);
            }
        }
    }

    /// Whether a task that has not run yet or a call that has not returned reads the object.
    fn is_needed(&self, object: ObjectId) -> bool {
        let row = &self.state.objects[object];
        let by_call = self.state.calls.values().any(|call| call.refs.contains(&object));
        by_call
            || row.references > 0
                && self.state.tasks.iter().any(|task| {
                    task.spec.args.contains(&object)
                        && matches!(task.status, TaskStatus::PendingArgsAvail)
                })
    }

    /// What a task holds besides its resources, before it goes back to waiting for its arguments.
    fn return_task(&mut self, task: TaskId) {
        let spec = self.state.tasks[task].spec.clone();
        if let Some(node) = self.state.task_node(task) {
            self.unpin_arguments(node, &spec);
        }
        if let TaskKind::ActorCall(actor) = spec.kind
            && self.actors[actor].current == Some(task)
        {
            self.actors[actor].current = None;
            self.actors[actor].queue.push_front(task);
        }
    }

    /// Tasks that were ready or placed, but have lost an argument before it was on their node: they wait again, and
    /// a worker that they held goes to others (one of those may have to make the argument).
    fn return_tasks_without_arguments(&mut self) {
        let concerned: Vec<TaskId> = self
            .state
            .tasks
            .enumerate()
            .filter(|(_, row)| {
                let waits = matches!(
                    row.status,
                    TaskStatus::PendingNodeAssignment { .. } | TaskStatus::PendingArgsFetch { .. }
                ) || matches!(row.status, TaskStatus::PendingObjStoreMemAvail { .. });
                waits
                    && row
                        .spec
                        .args
                        .iter()
                        .any(|a| self.state.objects[*a].status == ObjectStatus::Lost)
            })
            .map(|(task, _)| task)
            .collect();
        for task in concerned {
            self.return_task(task);
            let worker = self.state.tasks[task].status.worker();
            let record = self.record(Event::TaskReturned { task });
            self.tasks[task].record = record;
            self.tasks[task].turn += 1;
            self.freed_record = record;
            self.dirty = true;
            if let Some(worker) = worker.filter(|_| self.leasing.on) {
                self.after_leased_task(task, worker);
            }
            self.await_arguments(task);
        }
    }
}
