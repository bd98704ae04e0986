//! The raylet's side (cluster_lease_manager.cc, local_lease_manager.cc): grant here, queue here, or send on.

use crate::base::{LeaseId, NodeId, Span, TaskId, WorkerId};
use crate::engine::core::{Engine, Waiter};
use crate::engine::leases::{For, LeaseSide, Message};
use crate::engine::pulls::Priority;
use crate::model::{Caller, Strategy, TaskSpec};
use crate::policy::{self, Decision, Request};
use crate::state::{Choice, LeaseEnd, LeaseStep, Return, Rule, TaskStatus};
use std::sync::Arc;

/// What a raylet does with a request.
enum Verdict {
    Here(Choice),
    There(NodeId, Choice),
    Refuse,
    Wait,
    Unschedulable,
}

impl Engine<'_> {
    /// A request reaches the raylet.
    pub fn request_arrives(&mut self, lease: LeaseId, node: NodeId) {
        if self.leasing.leases[lease].done {
            return;
        }
        if !self.state.nodes[node].raylet {
            self.end_lease(lease, LeaseEnd::NodeGone, node);
            return;
        }
        self.cause = self.leasing.leases[lease].record;
        self.prestart(lease, node);
        if !self.decide(lease, node) {
            let demand = self.spec_of(lease).shape.demand.clone();
            let ghost = self.ghost(node, &demand);
            self.step(lease, LeaseStep::Queued { ghost });
            self.leasing.raylets[node].queue.push_back(lease);
        }
    }

    /// Grants, sends on or refuses a request. False if it has to wait: no node has room.
    fn decide(&mut self, lease: LeaseId, node: NodeId) -> bool {
        match self.judge(lease, node) {
            Verdict::Here(choice) => self.accept(lease, node, choice),
            Verdict::There(to, choice) => self.send_on(lease, node, to, choice),
            Verdict::Refuse => self.end_lease(lease, LeaseEnd::Rejected, node),
            Verdict::Unschedulable => self.end_unschedulable(lease),
            Verdict::Wait => return false,
        }
        true
    }

    /// The task for which a request was made.
    pub fn spec_of(&self, lease: LeaseId) -> Arc<TaskSpec> {
        self.state.tasks[self.leasing.leases[lease].task].spec.clone()
    }

    fn end_lease(&mut self, lease: LeaseId, end: LeaseEnd, node: NodeId) {
        self.leasing.leases[lease].done = true;
        self.unpin_lease(lease);
        self.step(lease, LeaseStep::Ended(end));
        let owner = self.spec_of(lease).owner;
        // Nobody answers for a node that is gone: the owner notices when its attempt to connect has failed.
        let delay = match end {
            LeaseEnd::NodeGone => self.model.parameters.raylet_watch_period,
            LeaseEnd::Rejected | LeaseEnd::NotNeeded | LeaseEnd::Cancelled => Span::ZERO,
        };
        self.tell_owner(node, owner, delay, Message::Refused(lease));
    }

    /// The raylet is killed: whatever waits there gets no answer.
    pub fn raylet_is_gone(&mut self, node: NodeId) {
        let side = &mut self.leasing.raylets[node];
        let mut waiting = std::mem::take(&mut side.queue);
        waiting.append(&mut side.awaiting);
        for lease in waiting {
            if !self.leasing.leases[lease].done {
                self.end_lease(lease, LeaseEnd::NodeGone, node);
            }
        }
    }

    fn end_unschedulable(&mut self, lease: LeaseId) {
        let LeaseSide { task, .. } = self.leasing.leases[lease];
        self.leasing.leases[lease].done = true;
        self.step(lease, LeaseStep::Ended(LeaseEnd::Cancelled));
        self.refuse_unschedulable(task);
        self.refused(lease);
    }

    /// Where the request belongs, in this raylet's view (`GetBestSchedulableNode`).
    fn judge(&mut self, lease: LeaseId, node: NodeId) -> Verdict {
        let spec = self.spec_of(lease);
        let LeaseSide { by_locality, redirected, .. } = self.leasing.leases[lease];
        // Most requests end here, at a raylet that need not know of any other node.
        if redirected && self.has_room(node, &spec.shape.demand) {
            return Verdict::Here(self.leasing.leases[lease].choice);
        }
        self.view_of(node);
        let side = &self.leasing.raylets[node];
        let view = side.view.as_ref().expect("it was just made");
        let feasible = view.count_feasible(&spec.shape.demand);
        let spread = spec.shape.strategy == Strategy::Spread;
        let request = Request {
            task: &spec,
            shape: &spec.shape,
            home: node,
            by_locality: by_locality || redirected,
            feasible,
            ledger: view,
            cursor: side.cursor,
            ranks: &self.leasing.ranks,
            by_rank: &self.leasing.by_rank,
        };
        let decision = policy::decide(
            &*self.policy,
            &self.state,
            &request,
            &self.model.parameters,
            &mut self.placement,
            &mut self.scratch,
        );
        match decision {
            Decision::Place(to, choice) => {
                if spread {
                    let nodes = self.leasing.ranks.len() as u32;
                    let rank = self.leasing.ranks[to.number() as usize];
                    self.leasing.raylets[node].cursor = (rank + 1) % nodes;
                }
                match to == node {
                    true => Verdict::Here(choice),
                    false if redirected => Verdict::Refuse,
                    false => Verdict::There(to, choice),
                }
            }
            Decision::Wait | Decision::Infeasible => Verdict::Wait,
            Decision::Unschedulable => Verdict::Unschedulable,
        }
    }

    fn send_on(&mut self, lease: LeaseId, node: NodeId, to: NodeId, choice: Choice) {
        let spec = self.spec_of(lease);
        self.unpin_lease(lease);
        let seen = self.looked_free(node, &spec.shape.demand);
        let age_ms = u16::try_from(self.view_age(to)).unwrap_or(u16::MAX);
        self.deduct(node, to, &spec.shape.demand);
        self.leasing.leases[lease].choice = choice;
        let (rule, score) = (choice.rule, choice.score);
        self.step(lease, LeaseStep::Redirected { to, rule, score, age_ms, seen });
        self.tell_owner(node, spec.owner, Span::ZERO, Message::SentOn(lease, to));
    }

    /// The request stays on this node. Its arguments come first; only then are resources taken.
    fn accept(&mut self, lease: LeaseId, node: NodeId, choice: Choice) {
        self.leasing.leases[lease].choice = choice;
        let spec = self.spec_of(lease);
        if self.leasing.leases[lease].pinned.is_none() {
            // Before room is made: what is there already must not go for it.
            self.pin_arguments(node, &spec);
            self.leasing.leases[lease].pinned = Some(node);
        }
        let bytes = self.missing_bytes(&spec.args, node);
        let room = match self.leasing.turn == Some(lease) {
            true => self.make_room(node, bytes),
            false => self.room_in_turn(node, bytes, Priority::Arguments),
        };
        if !room {
            self.unpin_lease(lease);
            self.stall_lease(lease, node, bytes, 0);
            self.leasing.raylets[node].queue.push_back(lease);
            return;
        }
        let mut fetching = 0;
        for (index, arg) in spec.args.iter().enumerate() {
            let twice = spec.args[..index].contains(arg);
            if !twice && self.can_fetch(*arg, node) && self.fetch(*arg, node, Waiter::Lease(lease))
            {
                fetching += 1;
            }
        }
        self.leasing.leases[lease].fetching = fetching;
        if fetching > 0 || !self.try_grant(lease, node) {
            self.leasing.raylets[node].queue.push_back(lease);
        }
    }

    /// The arguments of a request have to wait for room; so many copies are on their way nevertheless.
    pub fn stall_lease(&mut self, lease: LeaseId, node: NodeId, bytes: u64, fetching: u32) {
        let side = &mut self.leasing.leases[lease];
        (side.stalled, side.fetching) = (true, fetching);
        self.stall_fetch(Waiter::Lease(lease), node, bytes);
    }

    /// The last request at a raylet that holds copies of its arguments and is not granted yet.
    pub fn newest_pulling_lease(&self, node: NodeId) -> Option<LeaseId> {
        let pulls = |lease: &LeaseId| {
            let side = &self.leasing.leases[*lease];
            !side.done && !side.stalled && side.pinned == Some(node)
        };
        self.leasing.raylets[node].queue.iter().copied().rev().find(pulls)
    }

    /// There is room for the arguments of a request now.
    pub fn lease_has_room(&mut self, lease: LeaseId, node: NodeId) {
        self.leasing.leases[lease].stalled = false;
        self.leasing.turn = Some(lease);
        self.dispatch(node);
        self.leasing.turn = None;
    }

    /// Whether a request waits for room no more.
    pub fn lease_is_stale(&self, lease: LeaseId) -> bool {
        let side = &self.leasing.leases[lease];
        side.done || !side.stalled
    }

    /// The request needs its arguments' copies no more: its task has them, or it went elsewhere.
    pub fn unpin_lease(&mut self, lease: LeaseId) {
        // If it waited for room, others may have it now.
        self.dirty |= self.leasing.leases[lease].stalled;
        if let Some(node) = self.leasing.leases[lease].pinned.take() {
            let spec = self.spec_of(lease);
            self.unpin_arguments(node, &spec);
        }
    }

    /// A copy that a request waits for has arrived.
    pub fn lease_copy_came(&mut self, lease: LeaseId, node: NodeId) {
        let side = &mut self.leasing.leases[lease];
        side.fetching = side.fetching.saturating_sub(1);
        if side.fetching == 0 && !side.done {
            self.dispatch(node);
        }
    }

    /// Grants if there are room and a worker; without a worker one is started.
    fn try_grant(&mut self, lease: LeaseId, node: NodeId) -> bool {
        let demand = self.spec_of(lease).shape.demand.clone();
        if !self.has_room(node, &demand) {
            return false;
        }
        let worker = match self.leasing.leases[lease].whose {
            For::Key(_) => self.state.nodes[node].idle.back().copied(),
            For::Actor => self.unused_worker(node),
        };
        match worker {
            Some(worker) => self.grant(lease, node, worker),
            None => {
                self.leasing.raylets[node].awaiting.push_back(lease);
                self.start_workers(node);
            }
        }
        true
    }

    pub fn grant(&mut self, lease: LeaseId, node: NodeId, worker: WorkerId) {
        let LeaseSide { whose, task, .. } = self.leasing.leases[lease];
        self.leasing.leases[lease].done = true;
        let record = self.step(lease, LeaseStep::Granted { worker });
        self.cause = record;
        let timeout = self.model.parameters.worker_lease_timeout_milliseconds;
        self.leasing.hold(worker, whose, self.now + timeout);
        self.resources_changed(node);
        let owner = self.state.tasks[task].spec.owner;
        self.tell_owner(node, owner, Span::ZERO, Message::Granted(lease, worker));
    }

    /// Looks at everything that queues at the raylet: room came, here or elsewhere.
    pub fn dispatch(&mut self, node: NodeId) {
        if !self.leasing.on || !self.state.nodes[node].raylet {
            return;
        }
        // Of a shape for which no node has room in this raylet's view nothing more can go anywhere.
        let mut full: smallvec::SmallVec<[crate::base::ShapeId; 4]> = smallvec::SmallVec::new();
        let mut waiting = std::mem::take(&mut self.leasing.raylets[node].queue);
        let mut kept = std::mem::take(&mut self.leasing.kept);
        while full.len() < self.shapes.len()
            && let Some(lease) = waiting.pop_front()
        {
            let side = &self.leasing.leases[lease];
            if side.done {
                continue;
            }
            let shape = self.state.tasks[side.task].spec.shape.id;
            if side.fetching > 0 || side.stalled || full.contains(&shape) {
                kept.push(lease);
                continue;
            }
            if !self.decide(lease, node) {
                full.push(shape);
                kept.push(lease);
            }
            // Accepted, but it waits for its arguments' copies: it keeps its place.
            kept.extend(self.leasing.raylets[node].queue.pop_back());
        }
        kept.drain(..).rev().for_each(|lease| waiting.push_front(lease));
        self.leasing.kept = kept;
        self.leasing.raylets[node].queue = waiting;
    }

    /// The owner calls its request off; it may be too late.
    pub fn called_off(&mut self, lease: LeaseId) {
        let side = &mut self.leasing.leases[lease];
        if side.done || !self.state.leases.get(&lease).is_some_and(|row| row.queued) {
            return;
        }
        side.done = true;
        self.unpin_lease(lease);
        self.step(lease, LeaseStep::Ended(LeaseEnd::Cancelled));
        self.refused(lease);
    }

    /// A worker comes back to its raylet.
    pub fn worker_came_back(&mut self, worker: WorkerId, why: Return) {
        let row = &self.state.workers[worker];
        let (node, alive) = (row.node, row.alive);
        self.leasing.let_go(worker);
        let Some(lease) = row.lease.as_ref().map(|held| held.lease) else { return };
        if !alive || row.task.is_some() {
            return;
        }
        let record = self.step(lease, LeaseStep::Returned { worker, why });
        self.freed_record = record;
        self.cause = record;
        // A placement group may find room now.
        self.dirty = true;
        self.worker_is_idle(node, worker);
        self.resources_changed(node);
        self.dispatch(node);
    }

    /// Whether the actor keeps nothing and names no place: the GCS asks any node for it (`SelectForwardingNode`).
    fn goes_anywhere(&self, task: TaskId) -> bool {
        let default = self.state.tasks[task].spec.shape.strategy == Strategy::Default;
        default && self.state.takes(task).iter().next().is_none()
    }

    fn any_node(&mut self) -> NodeId {
        let raylets = || self.state.nodes.enumerate().filter(|(_, row)| row.raylet);
        let count = raylets().count() as u64;
        let nth = self.leasing.actors.below(count.max(1)) as usize;
        raylets().nth(nth).map_or(self.model.cluster.head(), |(node, _)| node)
    }

    /// The GCS finds a node for an actor's constructor (gcs_actor_scheduler.cc).
    pub fn place_actor(&mut self, task: TaskId, turn: u32) {
        let TaskStatus::PendingNodeAssignment { home, by_locality: _ } =
            self.state.tasks[task].status
        else {
            return;
        };
        if self.tasks[task].turn != turn {
            return;
        }
        let home = match self.state.nodes[home].raylet {
            _ if self.goes_anywhere(task) => self.any_node(),
            true => home,
            false => self.model.cluster.head(),
        };
        let lease = self.leasing.leases.push(LeaseSide {
            whose: For::Actor,
            task,
            by_locality: false,
            redirected: false,
            fetching: 0,
            pinned: None,
            stalled: false,
            done: false,
            choice: Choice { rule: Rule::LocalPreferred, score: 0, feasible: 0, available: 0 },
            record: 0,
        });
        self.cause = self.tasks[task].record;
        self.step(lease, LeaseStep::Requested { task, node: home });
        self.tell_raylet(Caller::Driver, home, Message::Request(lease, home));
    }
}
