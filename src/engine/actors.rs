//! Actors: a worker of their own, calls in order, state that stays.

use crate::base::{ActorId, TaskId};
use crate::engine::core::Engine;
use crate::process::Process;
use crate::state::{ActorStatus, Choice, Event, Failure, FailureKind, Rule, TaskStatus};
use std::collections::VecDeque;
use std::sync::Arc;

/// An actor, beside its row.
#[derive(Default)]
pub(super) struct ActorSide {
    /// Its process while no call runs in it.
    pub process: Option<Box<dyn Process>>,
    /// Its calls in the order of submission, the current one not among them.
    pub queue: VecDeque<TaskId>,
    /// The call that it works on.
    pub current: Option<TaskId>,
    /// Whether `ray.kill` forbade to start it again.
    pub killed: bool,
    /// Why it died.
    pub death: Option<Arc<Failure>>,
}

impl Engine<'_> {
    pub fn actor_lives(&self, actor: ActorId) -> bool {
        matches!(self.state.actors[actor].status, ActorStatus::Alive { .. })
    }

    /// Gives the actor its next call, if it is free and the call's arguments exist.
    pub fn pump_actor(&mut self, actor: ActorId) {
        let ActorStatus::Alive { worker } = self.state.actors[actor].status else { return };
        let side = &self.actors[actor];
        if side.current.is_some() || side.process.is_none() && self.is_program() {
            return;
        }
        while let Some(task) = self.actors[actor].queue.front().copied() {
            match self.state.tasks[task].status {
                // Failed or cancelled while it waited.
                TaskStatus::Failed { .. } | TaskStatus::Finished { .. } => {
                    self.actors[actor].queue.pop_front();
                }
                TaskStatus::PendingNodeAssignment { .. } => {
                    self.actors[actor].queue.pop_front();
                    self.actors[actor].current = Some(task);
                    let choice =
                        Choice { rule: Rule::ActorHome, score: 0, feasible: 1, available: 1 };
                    let record = self.record(Event::TaskPlaced { task, worker, choice });
                    self.tasks[task].record = record;
                    self.cause = record;
                    let node = self.state.node_of(worker);
                    return self.fetch_arguments(task, node);
                }
                _ => return,
            }
        }
    }

    fn is_program(&self) -> bool {
        !self.code.is_empty()
    }

    /// The call or the constructor ended.
    pub fn actor_is_free(&mut self, actor: ActorId) {
        self.actors[actor].current = None;
        self.pump_actor(actor);
    }

    /// The constructor failed: the actor never lives.
    pub fn actor_constructor_failed(&mut self, actor: ActorId, failure: Arc<Failure>) {
        self.record(Event::ActorDied { actor, restarts: false });
        if failure.kind == FailureKind::ActorGroupRemoved {
            self.actors[actor].death = Some(failure);
            self.refuse_calls_of_dead(actor);
            return self.doom_groups_of(actor);
        }
        let message =
            format!("The actor died because of an error raised in its creation task: {failure}");
        self.bury(actor, message);
    }

    /// `ray.kill`.
    pub fn kill_actor(&mut self, actor: ActorId, no_restart: bool) {
        self.actors[actor].killed |= no_restart;
        let creation = self.state.actors[actor].creation;
        let message = "The actor is dead because it was killed by `ray.kill`.";
        match self.state.actors[actor].status {
            ActorStatus::Alive { .. } => self.actor_worker_died(actor, message),
            ActorStatus::PendingCreation | ActorStatus::Restarting if no_restart => {
                let failure = Failure::new(FailureKind::ActorDied, message);
                self.fail_for_good(creation, Arc::new(failure));
            }
            ActorStatus::PendingCreation | ActorStatus::Restarting | ActorStatus::Dead => {}
        }
    }

    /// The process of a living actor is gone: its call fails, and it starts again if it may.
    pub fn actor_worker_died(&mut self, actor: ActorId, message: &str) {
        let row = &self.state.actors[actor];
        let left =
            row.spec.max_restarts < 0 || i64::from(row.restarts) < i64::from(row.spec.max_restarts);
        let restarts = left && !self.actors[actor].killed;
        let creation = row.creation;
        let current = self.actors[actor].current.take();
        self.actors[actor].process = None;
        let mut again = None;
        if let Some(task) = current {
            let failure = Failure::new(FailureKind::ActorDied, message).in_task(task);
            let spec = &self.state.tasks[task].spec;
            let attempts_left = spec.max_retries < 0
                || i64::from(self.state.tasks[task].attempt) < i64::from(spec.max_retries);
            if restarts && attempts_left {
                self.end_attempt(task, Arc::new(failure));
                again = Some(task);
            } else {
                self.fail_for_good(task, Arc::new(failure));
            }
        }
        let record = self.record(Event::ActorDied { actor, restarts });
        self.freed_record = record;
        self.dirty = true;
        if restarts {
            if let Some(task) = again {
                self.actors[actor].queue.push_front(task);
                self.resubmit(task, false);
            }
            self.resubmit(creation, false);
        } else {
            self.bury(actor, message.to_owned());
        }
    }

    /// All calls of a dead actor fail.
    fn bury(&mut self, actor: ActorId, message: String) {
        let failure = Arc::new(Failure::new(FailureKind::ActorDied, message));
        self.actors[actor].process = None;
        self.actors[actor].death = Some(failure);
        self.refuse_calls_of_dead(actor);
        self.doom_groups_of(actor);
    }

    pub fn refuse_calls_of_dead(&mut self, actor: ActorId) {
        let Some(failure) = self.actors[actor].death.clone() else { return };
        for task in std::mem::take(&mut self.actors[actor].queue) {
            if !self.state.tasks[task].status.is_done() {
                let failure = Failure { task: Some(task), ..(*failure).clone() };
                self.fail_for_good(task, Arc::new(failure));
            }
        }
    }
}
