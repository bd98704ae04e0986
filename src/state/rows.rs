//! The rows of the state's tables.

use crate::base::{
    ActorId, GroupId, Instant, NodeId, ObjectId, Span, TaskId, TransferId, WorkerId,
};
use crate::model::{ActorSpec, Caller, Node, TaskSpec};
use crate::state::failure::Failure;
use crate::state::lease::HeldLease;
use smallvec::SmallVec;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// A node: its workers and its object store.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeRow {
    /// Its name.
    pub name: Arc<str>,
    /// Whether it lives.
    pub alive: bool,
    /// Whether its raylet runs: a node whose raylet was killed lives until the GCS notices.
    pub raylet: bool,
    /// Worker processes that are starting.
    pub starting: u32,
    /// Worker processes ever started on it.
    pub workers: u32,
    /// Idle workers, the one idle for longest first.
    pub idle: VecDeque<WorkerId>,
    /// Capacity of the object store; `None` is unlimited.
    pub store_capacity: Option<u64>,
    /// Bytes in the store, those of copies that are arriving included.
    pub store_used: u64,
    /// Bytes of primary copies, which may not be evicted.
    pub store_primary: u64,
    /// Objects whose copy on this node is in a file mapped into memory, because the store had no room.
    pub fallback: BTreeSet<ObjectId>,
    /// Bytes in such files; they are no part of `store_used`.
    pub fallback_used: u64,
    /// Bytes of spilled objects on its disk.
    pub spilled: u64,
    /// Where the next SPREAD task of this node's raylet looks first.
    pub spread_cursor: u32,
    /// Labels, for label selectors.
    pub labels: Vec<(String, String)>,
    /// One-way latency of its link.
    pub latency: Span,
    /// Bytes a second of its link, each way; `None` is unlimited.
    pub bandwidth: Option<u64>,
}

impl NodeRow {
    pub(crate) fn new(node: &Node) -> NodeRow {
        NodeRow {
            name: node.name.clone(),
            alive: true,
            raylet: true,
            starting: 0,
            workers: 0,
            idle: VecDeque::new(),
            store_capacity: node.object_store_memory,
            store_used: 0,
            store_primary: 0,
            fallback: BTreeSet::new(),
            fallback_used: 0,
            spilled: 0,
            spread_cursor: 0,
            labels: node.labels.clone(),
            latency: node.latency,
            bandwidth: node.bandwidth,
        }
    }

    /// How long so many bytes take to arrive when nothing else is on its link.
    pub fn time_to_receive(&self, bytes: u64) -> Span {
        match self.bandwidth {
            _ if bytes == 0 => Span::ZERO,
            Some(rate) if rate > 0 => self.latency + Span::from_secs(bytes as f64 / rate as f64),
            _ => self.latency,
        }
    }
}

/// A worker process.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkerRow {
    /// Where it runs.
    pub node: NodeId,
    /// Its number on the node, from 0.
    pub number: u32,
    /// The task that it works on (of an actor's worker: the last one that was given to it).
    pub task: Option<TaskId>,
    /// The actor that it is, if it is one.
    pub actor: Option<ActorId>,
    /// The lease that it is under, if it is under one.
    pub lease: Option<HeldLease>,
    /// Whether it lives.
    pub alive: bool,
}

/// Where a task stands, in the words of Ray's `TaskStatus`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskStatus {
    /// PENDING_ARGS_AVAIL: an argument does not exist yet.
    PendingArgsAvail,
    /// PENDING_NODE_ASSIGNMENT: queued at the raylet of `home`, until a node has room. An actor's call waits
    /// for its turn.
    PendingNodeAssignment {
        /// The raylet that decides.
        home: NodeId,
        /// Whether that raylet was chosen because its node holds most of the arguments' bytes.
        by_locality: bool,
    },
    /// PENDING_ARGS_FETCH: has a worker, and waits for copies of its arguments.
    PendingArgsFetch {
        /// The worker.
        worker: WorkerId,
    },
    /// PENDING_OBJ_STORE_MEM_AVAIL: the node's store has no room for its arguments or its results.
    PendingObjStoreMemAvail {
        /// The worker.
        worker: WorkerId,
    },
    /// RUNNING.
    Running {
        /// The worker.
        worker: WorkerId,
    },
    /// RUNNING_IN_RAY_GET: blocked in `ray.get`; its CPU is lent to others.
    RunningInRayGet {
        /// The worker.
        worker: WorkerId,
    },
    /// RUNNING_IN_RAY_WAIT: blocked in `ray.wait`; its CPU is lent to others.
    RunningInRayWait {
        /// The worker.
        worker: WorkerId,
    },
    /// FINISHED.
    Finished {
        /// The worker that ran it.
        worker: WorkerId,
    },
    /// FAILED, for good or until the retry.
    Failed {
        /// The worker that it was on, if it had one.
        worker: Option<WorkerId>,
    },
}

impl TaskStatus {
    /// Ray's name for it.
    pub fn ray_name(self) -> &'static str {
        match self {
            TaskStatus::PendingArgsAvail => "PENDING_ARGS_AVAIL",
            TaskStatus::PendingNodeAssignment { .. } => "PENDING_NODE_ASSIGNMENT",
            TaskStatus::PendingArgsFetch { .. } => "PENDING_ARGS_FETCH",
            TaskStatus::PendingObjStoreMemAvail { .. } => "PENDING_OBJ_STORE_MEM_AVAIL",
            TaskStatus::Running { .. } => "RUNNING",
            TaskStatus::RunningInRayGet { .. } => "RUNNING_IN_RAY_GET",
            TaskStatus::RunningInRayWait { .. } => "RUNNING_IN_RAY_WAIT",
            TaskStatus::Finished { .. } => "FINISHED",
            TaskStatus::Failed { .. } => "FAILED",
        }
    }

    /// The worker that holds it now.
    pub fn worker(self) -> Option<WorkerId> {
        match self {
            TaskStatus::PendingArgsFetch { worker }
            | TaskStatus::PendingObjStoreMemAvail { worker }
            | TaskStatus::Running { worker }
            | TaskStatus::RunningInRayGet { worker }
            | TaskStatus::RunningInRayWait { worker } => Some(worker),
            TaskStatus::PendingArgsAvail
            | TaskStatus::PendingNodeAssignment { .. }
            | TaskStatus::Finished { .. }
            | TaskStatus::Failed { .. } => None,
        }
    }

    /// Whether its CPU is lent to others.
    pub fn is_blocked(self) -> bool {
        matches!(self, TaskStatus::RunningInRayGet { .. } | TaskStatus::RunningInRayWait { .. })
    }

    /// Whether nothing more happens to it, unless it is tried again or made again.
    pub fn is_done(self) -> bool {
        matches!(self, TaskStatus::Finished { .. } | TaskStatus::Failed { .. })
    }
}

/// A task's row.
#[derive(Clone, PartialEq, Debug)]
pub struct TaskRow {
    /// What was submitted.
    pub spec: Arc<TaskSpec>,
    /// Where it stands.
    pub status: TaskStatus,
    /// How often it was tried before.
    pub attempt: u32,
    /// Since when it stands there.
    pub since: Instant,
    /// What it holds of its node's resources.
    pub holds: Holding,
}

/// What a task holds of its node's resources.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holding {
    /// Nothing.
    Nothing,
    /// Its shape's demand.
    Demand,
    /// Its shape's demand without CPU: it is blocked.
    AllButCpu,
    /// Its shape's demand; its CPU came back after it was blocked, perhaps before there was room.
    Retaken,
}

/// Who made an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Creator {
    /// It is a result of that task.
    Task(TaskId),
    /// `ray.put` by that caller.
    Put(Caller),
    /// It exists once that placement group has its place.
    Group(GroupId),
    /// It was there at the start.
    Input,
}

/// Where an object stands.
#[derive(Clone, PartialEq, Debug)]
pub enum ObjectStatus {
    /// Its task has not finished.
    Pending,
    /// It exists; see its copies.
    Ready,
    /// Its task failed: whoever asks for it gets the failure.
    Failed(Arc<Failure>),
    /// Nobody refers to it any more.
    Freed,
    /// Its last copy went with a node.
    Lost,
}

/// One copy of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Copy {
    /// In the store of that node.
    pub node: NodeId,
    /// Pinned, evictable, or not there yet.
    pub kind: CopyKind,
}

/// The kinds of copies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CopyKind {
    /// The pinned one.
    Primary,
    /// May be evicted when nobody on its node needs it: the primary one is elsewhere, or the object was spilled.
    Secondary,
    /// Arriving by that transfer.
    Arriving(TransferId),
}

impl CopyKind {
    /// Whether it can be read from the store.
    pub fn is_in_store(self) -> bool {
        match self {
            CopyKind::Primary | CopyKind::Secondary => true,
            CopyKind::Arriving(_) => false,
        }
    }
}

/// An object's row.
#[derive(Clone, PartialEq, Debug)]
pub struct ObjectRow {
    /// Who made it.
    pub creator: Creator,
    /// Where it stands.
    pub status: ObjectStatus,
    /// Bytes; 0 until it exists, unless it was known before.
    pub size: u64,
    /// Whether it is with its owner instead of in a store.
    pub inline: bool,
    /// References: owner's handle, tasks that will read it, objects that contain it.
    pub references: u32,
    /// The node on whose disk it is, once it was spilled.
    pub spilled: Option<NodeId>,
    /// Its copies.
    pub copies: SmallVec<[Copy; 2]>,
}

impl ObjectRow {
    /// The copy on `node`, arriving ones included.
    pub fn copy_on(&self, node: NodeId) -> Option<Copy> {
        self.copies.iter().copied().find(|copy| copy.node == node)
    }

    /// Whether its bytes are on `node`: a full copy is there, or there is nothing to copy.
    pub fn is_on(&self, node: NodeId) -> bool {
        if (self.size == 0 || self.inline) && self.status == ObjectStatus::Ready {
            return true;
        }
        self.copy_on(node).is_some_and(|copy| copy.kind.is_in_store())
    }

    /// Whether a task on `node` need not wait for it. An error that stands for an object travels with the task.
    pub fn is_readable_on(&self, node: NodeId) -> bool {
        matches!(self.status, ObjectStatus::Failed(_)) || self.is_on(node)
    }

    /// The nodes with a full copy.
    pub fn locations(&self) -> impl Iterator<Item = NodeId> {
        let full = self.copies.iter().filter(|copy| !matches!(copy.kind, CopyKind::Arriving(_)));
        full.map(|copy| copy.node)
    }

    /// Whether it can be read from somewhere: a store, or the disk that it was spilled to.
    pub fn is_somewhere(&self) -> bool {
        self.spilled.is_some() || self.locations().next().is_some()
    }

    /// The copy on `node`, if there is one, is the pinned one.
    pub fn is_pinned_on(&self, node: NodeId) -> bool {
        self.copy_on(node).is_some_and(|copy| copy.kind == CopyKind::Primary)
    }

    /// Whether `ray.wait` would count it as ready (a failure is ready too).
    pub fn is_available(&self) -> bool {
        matches!(self.status, ObjectStatus::Ready | ObjectStatus::Failed(_))
    }
}

/// An actor's row.
#[derive(Clone, PartialEq, Debug)]
pub struct ActorRow {
    /// What was created.
    pub spec: Arc<ActorSpec>,
    /// The task that runs its constructor.
    pub creation: TaskId,
    /// Where it stands.
    pub status: ActorStatus,
    /// How often it was started again.
    pub restarts: u32,
}

/// Where an actor stands, in Ray's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActorStatus {
    /// PENDING_CREATION.
    PendingCreation,
    /// ALIVE.
    Alive {
        /// Its worker.
        worker: WorkerId,
    },
    /// RESTARTING.
    Restarting,
    /// DEAD.
    Dead,
}

impl ActorStatus {
    /// Ray's name for it.
    pub fn ray_name(self) -> &'static str {
        match self {
            ActorStatus::PendingCreation => "PENDING_CREATION",
            ActorStatus::Alive { .. } => "ALIVE",
            ActorStatus::Restarting => "RESTARTING",
            ActorStatus::Dead => "DEAD",
        }
    }
}
