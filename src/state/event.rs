//! What can happen, in the past tense. An event says a fact; it is never changed afterwards.

use crate::base::{
    ActorId, GroupId, Instant, LeaseId, NodeId, ObjectId, TaskId, TransferId, WorkerId,
};
use crate::model::{ActorSpec, Caller, GroupSpec, Node, TaskSpec};
use crate::state::call::{Call, CallResult, Printed, Refusal};
use crate::state::failure::Failure;
use crate::state::lease::LeaseStep;
use crate::state::outcome::Outcome;
use std::sync::Arc;

/// One fact. 24 bytes: a run of a million tasks has eleven million of them.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// An object was there at the start.
    InputLoaded {
        /// The object.
        object: ObjectId,
        /// Its node; the first one holds the primary copy.
        node: NodeId,
        /// Bytes.
        size: u64,
    },
    /// A program asked for a resource that the cluster does not know.
    ResourceNamed {
        /// Its name.
        name: Arc<str>,
    },

    /// `.remote()` was called; references to the results went back at once.
    TaskSubmitted(Arc<TaskSpec>),
    /// All its arguments exist; it queues at the raylet of `home`.
    TaskReady {
        /// The task.
        task: TaskId,
        /// The raylet that will decide.
        home: NodeId,
        /// Whether the bytes of its arguments chose that raylet.
        by_locality: bool,
    },
    /// A worker was chosen and its resources were taken.
    TaskPlaced {
        /// The task.
        task: TaskId,
        /// The worker.
        worker: WorkerId,
        /// Why there.
        choice: Choice,
    },
    /// The node's store has no room for what the task needs next.
    TaskStalled {
        /// The task.
        task: TaskId,
        /// Bytes that do not fit.
        bytes: u64,
    },
    /// The node's store has room again for the arguments of a task that was stalled.
    RoomFound {
        /// The task.
        task: TaskId,
    },
    /// Its arguments are there and its body runs.
    TaskStarted {
        /// The task.
        task: TaskId,
    },
    /// Its body ended and its results are stored.
    TaskFinished {
        /// The task.
        task: TaskId,
    },
    /// The attempt failed.
    TaskFailed {
        /// The task.
        task: TaskId,
        /// Why.
        failure: Arc<Failure>,
    },
    /// An argument was lost before the task could start: it waits for it again and gives its worker back.
    TaskReturned {
        /// The task.
        task: TaskId,
    },
    /// It will be tried again, or made again because its result was lost.
    TaskResubmitted {
        /// The task.
        task: TaskId,
        /// Whether a lost object is the reason.
        to_rebuild: bool,
    },

    /// `Class.remote()` was called.
    ActorCreated {
        /// The actor.
        actor: Arc<ActorSpec>,
        /// The task that runs its constructor.
        creation: TaskId,
    },
    /// Its constructor ended; calls can begin.
    ActorStarted {
        /// The actor.
        actor: ActorId,
    },
    /// Its worker is gone.
    ActorDied {
        /// The actor.
        actor: ActorId,
        /// Whether it is started again.
        restarts: bool,
    },
    /// `ray.util.placement_group` was called.
    GroupCreated(Arc<GroupSpec>),
    /// All its bundles have a node, and are resources of those nodes.
    GroupPlaced {
        /// The group.
        group: GroupId,
        /// The node of each bundle; those that had one before keep it.
        nodes: Arc<[NodeId]>,
    },
    /// `ray.util.remove_placement_group`: its bundles are given back.
    GroupRemoved {
        /// The group.
        group: GroupId,
    },

    /// `ray.put` stored an object.
    ObjectPut {
        /// The object.
        object: ObjectId,
        /// Whose it is.
        owner: Caller,
        /// Bytes.
        size: u64,
    },
    /// The next item of a generator has a reference: its task yielded, or somebody asked for it before. Said again of
    /// an item that was lost and is to be made again.
    ItemPromised {
        /// The generator's task.
        task: TaskId,
        /// The item.
        object: ObjectId,
    },
    /// A task stored a result in its node's store.
    ObjectCreated {
        /// The object.
        object: ObjectId,
        /// Where.
        node: NodeId,
        /// Bytes.
        size: u64,
    },
    /// A small result went to its owner with the reply: no store holds it.
    ObjectInlined {
        /// The object.
        object: ObjectId,
        /// Bytes.
        size: u64,
    },
    /// A result will never exist; the failure stands for it.
    ObjectFailed {
        /// The object.
        object: ObjectId,
        /// Why.
        failure: Arc<Failure>,
    },
    /// A copy to another node began; or, from and to one node, a spilled object is restored from its disk.
    TransferStarted {
        /// The transfer.
        transfer: TransferId,
        /// What is copied.
        object: ObjectId,
        /// From there.
        from: NodeId,
        /// To there.
        to: NodeId,
    },
    /// The copy is complete.
    TransferFinished {
        /// The transfer.
        transfer: TransferId,
    },
    /// The copy will not be complete: a node is gone or nobody wants it any more.
    TransferCancelled {
        /// The transfer.
        transfer: TransferId,
    },
    /// A secondary copy made room.
    CopyEvicted {
        /// The object.
        object: ObjectId,
        /// From that node's store.
        node: NodeId,
    },
    /// A raylet began to write primary copies to its node's disk, all in one file.
    SpillStarted {
        /// Its node.
        node: NodeId,
        /// How many objects.
        objects: u32,
        /// Bytes of all of them.
        bytes: u64,
    },
    /// An object is on the disk of its primary copy's node: the copy in the store is not pinned any more.
    ObjectSpilled {
        /// The object.
        object: ObjectId,
        /// The node.
        node: NodeId,
    },
    /// The store had no room and nothing to spill: the next copy of the object there is in a file.
    FallbackAllocated {
        /// The object.
        object: ObjectId,
        /// The node.
        node: NodeId,
    },
    /// A holder gave up one reference.
    ReferenceReleased {
        /// The object.
        object: ObjectId,
    },
    /// An object got one more holder: another object contains its reference.
    ReferenceAdded {
        /// The object.
        object: ObjectId,
    },
    /// The last reference went, and all copies with it.
    ObjectFreed {
        /// The object.
        object: ObjectId,
    },
    /// The last copy went with its node.
    ObjectLost {
        /// The object.
        object: ObjectId,
    },

    /// `ray.get` or `ray.wait` was called.
    CallMade(Arc<Call>),
    /// It could not return at once; a task's CPU is lent to others.
    CallBlocked {
        /// Who called.
        caller: Caller,
    },
    /// It returned.
    CallReturned {
        /// Who called.
        caller: Caller,
        /// With what.
        result: Arc<CallResult>,
    },
    /// `ray.wait` refused its arguments.
    WaitRefused(Arc<Refusal>),
    /// A process sleeps or computes for a while.
    Slept {
        /// Who.
        caller: Caller,
        /// At that line.
        line: u32,
        /// Until then.
        until: Instant,
    },
    /// A line was printed.
    LinePrinted(Arc<Printed>),

    /// Something happened to a lease: only runs with a control plane have any.
    Lease {
        /// The lease.
        lease: LeaseId,
        /// What happened.
        step: LeaseStep,
    },
    /// A raylet began to start a worker process.
    WorkerStarting {
        /// Its node.
        node: NodeId,
    },
    /// A worker process started, because all others were busy or blocked.
    WorkerStarted {
        /// Its node.
        node: NodeId,
    },
    /// A worker process died.
    WorkerDied {
        /// The worker.
        worker: WorkerId,
    },
    /// A raylet was killed. Nobody knows yet; its workers live until they look.
    RayletKilled {
        /// Its node.
        node: NodeId,
    },
    /// A node went, with its workers and its store.
    NodeDied {
        /// The node.
        node: NodeId,
    },
    /// A node joined.
    NodeAdded(Arc<Node>),
    /// The run is over.
    RunEnded(Arc<Outcome>),
}

/// Why a task was placed where it was: the rule, and what the policy saw.
///
/// The table of all candidates is not stored: policies are pure, so `policy::candidates` makes it again from the
/// state before the event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The rule that chose.
    pub rule: Rule,
    /// The chosen node's score, in millionths; lower is better.
    pub score: u32,
    /// How many nodes could ever hold it.
    pub feasible: u16,
    /// How many of those had room.
    pub available: u16,
}

/// The rules by which a node is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// The node with most bytes of the arguments had room.
    Locality,
    /// No node scored lower than the raylet's own.
    LocalPreferred,
    /// The lowest score; ties to the lowest id.
    LowestScore,
    /// Drawn among the best ones.
    TopK,
    /// The next node with room, round robin.
    Spread,
    /// The task asked for that node.
    NodeAffinity,
    /// The actor lives there.
    ActorHome,
    /// Its owner had a worker on lease that was free.
    LeaseReused,
    /// The fullest node with room.
    Fullest,
    /// The emptiest node.
    Emptiest,
    /// Drawn among all with room.
    Random,
    /// The node on which it would finish first.
    EarliestFinish,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_small() {
        assert_eq!(std::mem::size_of::<Event>(), 24);
    }
}
