//! Messages between owners, raylets, workers and the GCS: how long each takes, and who has to wait for whom.

use crate::base::{Instant, LeaseId, NodeId, ObjectId, Span, TaskId, WorkerId};
use crate::engine::core::Engine;
use crate::engine::timers::Timer;
use crate::model::Caller;
use crate::state::Return;

/// Something that arrives, and what is then done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::engine) enum Message {
    /// A lease request reaches a raylet.
    Request(LeaseId, NodeId),
    /// A raylet's answer reaches the owner: a worker.
    Granted(LeaseId, WorkerId),
    /// A raylet's answer reaches the owner: ask there.
    SentOn(LeaseId, NodeId),
    /// A raylet's answer reaches the owner: no.
    Refused(LeaseId),
    /// The owner calls a request off.
    CallOff(LeaseId),
    /// The owner gives a worker back.
    Back(WorkerId, Return),
    /// A task reaches its worker.
    Task(TaskId, u32),
    /// A task's results reach its owner.
    Results(TaskId, u32),
    /// What a task raised reaches its owner.
    Raised(TaskId, u32),
    /// A generator's worker is done with its newest item.
    Written(TaskId, u32),
    /// An item reaches the owner of its generator.
    Item(ObjectId),
    /// The copy that a request waits for at a raylet was called off.
    CopyGone(LeaseId, NodeId),
    /// The GCS has looked at an actor that is to be made.
    Actor(TaskId, u32),
}

impl Engine<'_> {
    /// A cost, moved up or down by chance.
    pub fn cost(&mut self, cost: Span) -> Span {
        let jitter = self.model.parameters.cost_jitter;
        if cost == Span::ZERO || jitter == 0 {
            return cost;
        }
        let unit = self.leasing.jitter.unit() * 2.0 - 1.0;
        let factor = 1.0 + unit * f64::from(jitter) / 1e6;
        Span::from_nanos((cost.as_nanos() as f64 * factor) as u64)
    }

    /// One way of a message from one node to another.
    fn way(&mut self, from: NodeId, to: NodeId) -> Span {
        let rpc = self.cost(self.model.parameters.rpc_latency);
        if from == to { rpc } else { rpc + self.latency(from, to) }
    }

    /// Has a message arrive at that time.
    pub fn post(&mut self, at: Instant, message: Message) {
        let slot = match self.leasing.free_messages.pop() {
            Some(slot) => {
                self.leasing.messages[slot as usize] = Some(message);
                slot
            }
            None => {
                self.leasing.messages.push(Some(message));
                self.leasing.messages.len() as u32 - 1
            }
        };
        self.timers.plan(at, Timer::Message(slot));
    }

    /// When a process that is busy until `busy` is done with a message that arrives at `at`.
    fn served(&mut self, busy: Instant, at: Instant, cost: Span) -> Instant {
        let parameters = &self.model.parameters;
        let (wake, idle_after) = (parameters.wake_cost, parameters.idle_after);
        let cost = self.cost(cost);
        if busy >= at {
            busy + cost
        } else if at.since(busy) > idle_after {
            let wake = self.cost(wake);
            at + wake + cost
        } else {
            at + cost
        }
    }

    /// The owner (the GCS, if `None`) works on something that arrives at `at`; says when it is done.
    pub fn owner_works(&mut self, owner: Option<Caller>, at: Instant, cost: Span) -> Instant {
        let busy = match owner {
            Some(Caller::Driver) => self.leasing.driver_busy,
            other => self.leasing.busy.get(&other).copied().unwrap_or_default(),
        };
        let done = self.served(busy, at, cost);
        match owner {
            Some(Caller::Driver) => self.leasing.driver_busy = done,
            other => drop(self.leasing.busy.insert(other, done)),
        }
        done
    }

    fn raylet_works(&mut self, node: NodeId, at: Instant) -> Instant {
        let busy = self.leasing.raylets[node].busy_until;
        let done = self.served(busy, at, self.model.parameters.raylet_lease_cost);
        self.leasing.raylets[node].busy_until = done;
        done
    }

    /// When a request of the owner leaves: not before it has exported what it is about.
    pub fn leaves(&self, owner: Caller) -> Instant {
        let (exporter, until) = self.leasing.exporting;
        if exporter == owner { until.max(self.now) } else { self.now }
    }

    /// From an owner to a raylet.
    pub fn tell_raylet(&mut self, owner: Caller, node: NodeId, message: Message) {
        let at = self.leaves(owner) + self.way(self.owner_node(owner), node);
        let done = self.raylet_works(node, at);
        self.post(done, message);
    }

    /// From a raylet or worker on `node` to an owner; `delay` passes before it leaves.
    pub fn tell_owner(&mut self, node: NodeId, owner: Caller, delay: Span, message: Message) {
        let at = self.now + delay + self.way(node, self.owner_node(owner));
        let done = self.owner_works(Some(owner), at, self.model.parameters.owner_message_cost);
        self.post(done, message);
    }

    /// From an owner to a worker: a task. It costs the owner, too.
    pub fn tell_worker(&mut self, owner: Caller, node: NodeId, message: Message) {
        let done =
            self.owner_works(Some(owner), self.now, self.model.parameters.owner_message_cost);
        let at = done + self.way(self.owner_node(owner), node);
        self.post(at, message);
    }

    /// From an owner to the GCS.
    pub fn tell_gcs(&mut self, owner: Caller, message: Message) {
        let head = self.model.cluster.head();
        let at = self.leaves(owner) + self.way(self.owner_node(owner), head);
        let done = self.owner_works(None, at, self.model.parameters.gcs_service_cost);
        self.post(done, message);
    }

    /// A message arrives.
    pub fn deliver(&mut self, slot: u32) {
        let Some(message) = self.leasing.messages[slot as usize].take() else { return };
        self.leasing.free_messages.push(slot);
        match message {
            Message::Request(lease, node) => self.request_arrives(lease, node),
            Message::Granted(lease, worker) => self.lease_came(lease, worker),
            Message::SentOn(lease, to) => self.sent_on(lease, to),
            Message::Refused(lease) => self.refused(lease),
            Message::CallOff(lease) => self.called_off(lease),
            Message::Back(worker, why) => self.worker_came_back(worker, why),
            Message::Task(task, turn) => self.task_arrives(task, turn),
            Message::Results(task, turn) => self.results_arrive(task, turn),
            Message::Raised(task, turn) => self.failure_arrives(task, turn),
            Message::Written(task, turn) => self.item_written(task, turn),
            Message::Item(object) => self.item_arrives(object),
            Message::CopyGone(lease, node) => self.lease_copy_came(lease, node),
            Message::Actor(task, turn) => self.place_actor(task, turn),
        }
    }
}
