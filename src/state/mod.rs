//! What is true at an instant: the events, the state that they make, and what must always hold.

pub mod admit;
pub mod apply;
pub mod call;
pub mod check;
mod copies;
pub mod event;
pub mod failure;
pub mod groups;
mod known;
pub mod lease;
pub mod ledger;
pub mod outcome;
pub mod rows;
mod spilling;
pub mod totals;

pub use call::{Call, CallKind, CallResult, Printed, Refusal};
pub use event::{Choice, Event, Rule};
pub use failure::{Failure, FailureKind};
pub use groups::{GroupRow, GroupStatus};
pub use lease::{Ghost, HeldLease, LeaseEnd, LeaseRow, LeaseStep, Return, SchedulingKey};
pub use ledger::Ledger;
pub use outcome::Outcome;
pub use rows::{
    ActorRow, ActorStatus, Copy, CopyKind, Creator, NodeRow, ObjectRow, ObjectStatus, TaskRow,
    TaskStatus, WorkerRow,
};
pub use totals::{Totals, Transfer};

use crate::base::cow::CowVec;
use crate::base::{
    ActorId, GroupId, IdVec, Instant, LeaseId, NodeId, ObjectId, ResourceId, TaskId, TransferId,
    WorkerId,
};
use crate::model::{Caller, Cluster, Node};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything that is true at one instant of a run. Only `State::apply` changes it.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// The time of the last event.
    pub now: Instant,
    /// Free and total resources of every node.
    pub ledger: Ledger,
    /// Nodes: workers and stores.
    pub nodes: IdVec<NodeId, NodeRow>,
    /// Worker processes.
    pub workers: IdVec<WorkerId, WorkerRow>,
    /// The GCS's task table.
    pub tasks: CowVec<TaskId, TaskRow>,
    /// The GCS's object table.
    pub objects: CowVec<ObjectId, ObjectRow>,
    /// The GCS's actor table.
    pub actors: IdVec<ActorId, ActorRow>,
    /// The GCS's table of placement groups.
    pub groups: IdVec<GroupId, GroupRow>,
    /// Copies under way, by a number that is used again.
    pub transfers: IdVec<TransferId, Option<Transfer>>,
    /// Lease requests that have no answer yet.
    pub leases: BTreeMap<LeaseId, LeaseRow>,
    /// `ray.get` and `ray.wait` calls that have not returned.
    pub calls: BTreeMap<Caller, Arc<Call>>,
    /// What was printed so far.
    pub output: CowVec<OutputId, Arc<Printed>>,
    /// The line at which the driver is; 0 before its first call.
    pub driver_line: u32,
    /// Names of resources, those of the program included.
    pub resource_names: IdVec<ResourceId, Arc<str>>,
    /// Counts for charts and summaries.
    pub totals: Totals,
    /// How the run ended, once it has.
    pub outcome: Option<Arc<Outcome>>,
}

/// A line of output, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct OutputId(u32);

impl crate::base::id::Id for OutputId {
    fn from_index(index: usize) -> Self {
        OutputId(u32::try_from(index).expect("limits keep the output below 2^32 lines"))
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

impl State {
    /// The cluster before anything happened: every node has an idle worker for each of its CPUs.
    pub fn initial(cluster: &Cluster) -> State {
        let mut state = State {
            now: Instant::ZERO,
            ledger: Ledger::new(cluster.resource_names.len()),
            nodes: IdVec::new(),
            workers: IdVec::new(),
            tasks: CowVec::new(),
            objects: CowVec::new(),
            actors: IdVec::new(),
            groups: IdVec::new(),
            transfers: IdVec::new(),
            leases: BTreeMap::new(),
            calls: BTreeMap::new(),
            output: CowVec::new(),
            driver_line: 0,
            resource_names: cluster.resource_names.clone(),
            totals: Totals::default(),
            outcome: None,
        };
        for node in cluster.nodes.iter() {
            state.add_node(node);
        }
        state
    }

    /// The node that a worker belongs to.
    pub fn node_of(&self, worker: WorkerId) -> NodeId {
        self.workers[worker].node
    }

    /// The node that a task was placed on, while it is there and after it finished.
    pub fn task_node(&self, task: TaskId) -> Option<NodeId> {
        match self.tasks[task].status {
            TaskStatus::PendingArgsFetch { worker }
            | TaskStatus::PendingObjStoreMemAvail { worker }
            | TaskStatus::Running { worker }
            | TaskStatus::RunningInRayGet { worker }
            | TaskStatus::RunningInRayWait { worker } => Some(self.node_of(worker)),
            TaskStatus::Finished { worker } => Some(self.node_of(worker)),
            TaskStatus::PendingArgsAvail
            | TaskStatus::PendingNodeAssignment { .. }
            | TaskStatus::Failed { .. } => None,
        }
    }

    /// The node on which a caller's code runs; the driver runs on the head node.
    pub fn caller_node(&self, caller: Caller) -> NodeId {
        match caller {
            Caller::Driver => NodeId::new(0),
            Caller::Task(task) => {
                self.task_node(task).expect("only a task that is on a node can call")
            }
        }
    }

    /// How a node is called.
    pub fn node_name(&self, node: NodeId) -> &str {
        &self.nodes[node].name
    }

    pub(crate) fn add_node(&mut self, node: &Node) -> NodeId {
        let id = self.nodes.push(NodeRow::new(node));
        self.ledger.add_node(&node.resources, node.object_store_memory);
        self.offer_labels(id);
        for _ in 0..admit::prestarted(node) {
            self.add_worker(id);
        }
        id
    }

    pub(crate) fn add_worker(&mut self, node: NodeId) -> WorkerId {
        let number = self.nodes[node].workers;
        self.nodes[node].workers += 1;
        let worker = self.workers.push(WorkerRow {
            node,
            number,
            task: None,
            actor: None,
            lease: None,
            alive: true,
        });
        self.nodes[node].idle.push_back(worker);
        worker
    }
}

/// A node that claims a million CPUs does not get a million idle workers at once.
pub(crate) const MOST_PRESTARTED: u64 = 4_096;
