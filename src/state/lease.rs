//! Worker leases: what an owner asks of raylets, and what becomes of it (src/ray/core_worker/task_submission and
//! src/ray/raylet of Ray). Only runs with a control plane have any.

use crate::base::id::Id;
use crate::base::{Instant, LeaseId, NodeId, ObjectId, ShapeId, TaskId, WorkerId};
use crate::model::{Caller, Resources, Shape, TaskKind, TaskSpec};
use crate::state::State;
use crate::state::event::Rule;
use crate::state::known::{Verdict, known_resources, require};
use smallvec::SmallVec;
use std::sync::Arc;

/// What happened to a lease.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeaseStep {
    /// The owner of `task`, the first one in its queue, asked the raylet of `node` for a worker.
    Requested {
        /// The task that was at the head of the queue; the lease may go to another one of the same kind.
        task: TaskId,
        /// The raylet that was asked.
        node: NodeId,
    },
    /// The raylet knows no node with room: the request queues there.
    Queued {
        /// A node that had room in truth, if one had.
        ghost: Option<Ghost>,
    },
    /// The raylet sent the owner on to another node, which it believes has room (spillback).
    Redirected {
        /// That node.
        to: NodeId,
        /// The rule that chose it.
        rule: Rule,
        /// Its score, in millionths.
        score: u32,
        /// How old the raylet's view of that node is, in milliseconds; more than a minute counts as [`u16::MAX`].
        age_ms: u16,
        /// Bit `n`: node `n` looked to have room. Nothing is said (0) of a cluster of more than 32 nodes.
        seen: u32,
    },
    /// The raylet gave a worker to the owner; its resources were taken.
    Granted {
        /// The worker.
        worker: WorkerId,
    },
    /// The request came to nothing.
    Ended(LeaseEnd),
    /// The owner gave the worker back, and its resources with it.
    Returned {
        /// The worker.
        worker: WorkerId,
        /// Why.
        why: Return,
    },
}

/// A node that looks full and is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ghost {
    /// The node.
    pub node: NodeId,
    /// How old the raylet's view of it is, in milliseconds.
    pub age_ms: u32,
}

/// Why a request came to nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeaseEnd {
    /// The second raylet had no room and refused; the owner asks its own again.
    Rejected,
    /// A raylet sent the owner on, but enough other requests are out for what is queued: nobody asks there.
    NotNeeded,
    /// No task is left that needs it.
    Cancelled,
    /// The node that was asked is gone.
    NodeGone,
}

/// Why a worker was given back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Return {
    /// No task of its kind is queued.
    NoTask,
    /// The lease is older than `worker_lease_timeout_milliseconds`.
    Expired {
        /// How old, in milliseconds.
        age_ms: u32,
    },
}

/// What tasks must have in common to use one lease (`SchedulingKey`, normal_task_submitter.h): owner, function,
/// resources and strategy, and arguments that are in stores.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SchedulingKey {
    /// Who submitted them.
    pub owner: Caller,
    shape: ShapeId,
    function: Arc<str>,
    stored: SmallVec<[ObjectId; 2]>,
}

/// A request that has no answer yet.
#[derive(Clone, PartialEq, Debug)]
pub struct LeaseRow {
    /// The task at the head of the owner's queue when it asked.
    pub task: TaskId,
    /// The raylet that has it now.
    pub node: NodeId,
    /// Since when.
    pub since: Instant,
    /// Whether it queues there.
    pub queued: bool,
}

/// A lease that a worker is under.
#[derive(Clone, PartialEq, Debug)]
pub struct HeldLease {
    /// Its number.
    pub lease: LeaseId,
    /// What it holds of its node's resources.
    pub shape: Arc<Shape>,
    /// When it was granted.
    pub since: Instant,
    /// Whether its CPU came back after its task was blocked, perhaps before there was room.
    pub retaken: bool,
}

impl State {
    /// The key of a task whose arguments are known.
    pub fn scheduling_key(&self, spec: &TaskSpec) -> SchedulingKey {
        let in_store = |object: &&ObjectId| {
            self.objects.get(**object).is_some_and(|row| !row.inline && row.size > 0)
        };
        let mut stored: SmallVec<_> = spec.args.iter().filter(in_store).copied().collect();
        stored.sort_unstable();
        stored.dedup();
        let (shape, function) = (spec.shape.id, spec.function.clone());
        SchedulingKey { owner: spec.owner, shape, function, stored }
    }

    pub(super) fn step_lease(&mut self, lease: LeaseId, step: LeaseStep) {
        match step {
            LeaseStep::Requested { task, node } => {
                let row = LeaseRow { task, node, since: self.now, queued: false };
                self.leases.insert(lease, row);
                self.totals.leases += 1;
            }
            LeaseStep::Queued { ghost: _ } => {
                if let Some(row) = self.leases.get_mut(&lease) {
                    row.queued = true;
                }
            }
            LeaseStep::Redirected { to, rule: _, score: _, age_ms: _, seen: _ } => {
                let now = self.now;
                if let Some(row) = self.leases.get_mut(&lease) {
                    (row.node, row.since, row.queued) = (to, now, false);
                }
            }
            LeaseStep::Granted { worker } => self.grant(lease, worker),
            LeaseStep::Ended(_) => {
                self.leases.remove(&lease);
            }
            LeaseStep::Returned { worker, why: _ } => self.return_lease(worker),
        }
    }

    fn grant(&mut self, lease: LeaseId, worker: WorkerId) {
        let row = self.leases.remove(&lease).expect("only what was asked for is granted");
        let shape = self.lease_shape(row.task);
        let node = self.workers[worker].node;
        self.ledger.take(node, &shape.demand);
        self.leave_idle(node, worker);
        let held = HeldLease { lease, shape, since: self.now, retaken: false };
        self.workers[worker].lease = Some(held);
    }

    /// What a task takes of its node while it runs. An actor's constructor needs a node with room for what the actor
    /// asks, but takes only what the actor keeps (`required_placement_resources` and `required_resources`).
    pub fn takes(&self, task: TaskId) -> &Resources {
        let spec = &self.tasks[task].spec;
        let actor = match spec.kind {
            TaskKind::ActorCreation(actor) => self.actors.get(actor),
            TaskKind::Normal | TaskKind::ActorCall(_) => None,
        };
        actor.map_or(&spec.shape.demand, |actor| &actor.spec.lifetime)
    }

    fn lease_shape(&self, task: TaskId) -> Arc<Shape> {
        let shape = &self.tasks[task].spec.shape;
        let demand = self.takes(task);
        if *demand == shape.demand {
            return shape.clone();
        }
        Arc::new(Shape { demand: demand.clone(), ..(**shape).clone() })
    }

    /// What a worker needs to take this task: its actor is known, and what that keeps.
    pub(super) fn takes_what_is_known(&self, task: TaskId) -> Verdict {
        if let TaskKind::ActorCreation(actor) = self.tasks[task].spec.kind {
            self.known_actor(actor)?;
        }
        known_resources(self.takes(task), self.ledger.resources())
    }

    fn return_lease(&mut self, worker: WorkerId) {
        let row = &mut self.workers[worker];
        let (node, alive) = (row.node, row.alive);
        let idle = alive && row.actor.is_none() && row.task.is_none();
        if let Some(held) = row.lease.take() {
            self.ledger.give_back(node, &held.shape.demand);
            if idle {
                self.nodes[node].idle.push_back(worker);
            }
        }
    }

    pub(super) fn leave_idle(&mut self, node: NodeId, worker: WorkerId) {
        let idle = &mut self.nodes[node].idle;
        match idle.iter().position(|other| *other == worker) {
            Some(at) => idle.remove(at),
            None => panic!("only an idle worker gets a task or a lease"),
        };
    }

    pub(super) fn admit_lease(&self, lease: LeaseId, step: LeaseStep) -> Verdict {
        let pending = || {
            let row = self.leases.get(&lease);
            row.ok_or_else(|| format!("there is no lease request {lease} without an answer"))
        };
        match step {
            LeaseStep::Requested { task, node } => {
                require(lease.index() as u64 == self.totals.leases, || {
                    format!("the next lease has the number {}, not {lease}", self.totals.leases)
                })?;
                self.known_task(task)?;
                self.known_node(node).map(drop)
            }
            LeaseStep::Queued { ghost } => {
                pending()?;
                ghost.map_or(Ok(()), |ghost| self.known_node(ghost.node).map(drop))
            }
            LeaseStep::Redirected { to, .. } => {
                pending()?;
                self.known_node(to).map(drop)
            }
            LeaseStep::Granted { worker } => {
                let task = pending()?.task;
                let on = self.known_worker(worker)?;
                let idle = self.nodes[on.node].idle.contains(&worker);
                require(idle && on.alive, || format!("worker {worker} is not idle"))?;
                self.takes_what_is_known(task)?;
                let demand = self.takes(task);
                require(self.ledger.is_available(on.node, demand), || {
                    format!("node {} has no room for lease {lease}", on.node)
                })
            }
            LeaseStep::Ended(_) => pending().map(drop),
            LeaseStep::Returned { worker, .. } => {
                let row = self.known_worker(worker)?;
                let held = row.lease.as_ref().is_some_and(|held| held.lease == lease);
                let free = row.actor.is_some() || row.task.is_none();
                require(held && free, || {
                    format!("worker {worker} is not free, or not under lease {lease}")
                })
            }
        }
    }
}
