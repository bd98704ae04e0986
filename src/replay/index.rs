//! Which records concern which task, worker, node or object: lists made when first asked for.
//!
//! One pass counts, one fills: no allocation per entity, four bytes per mention.

use crate::base::id::Id;
use crate::base::{LeaseId, NodeId, ObjectId, TaskId, TransferId, WorkerId};
use crate::model::Caller;
use crate::replay::history::History;
use crate::state::LeaseStep;
use crate::state::{Event, State};
use crate::trace::Record;
use std::sync::OnceLock;

/// Something that records tell about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Entity {
    /// A task.
    Task(TaskId),
    /// A worker process.
    Worker(WorkerId),
    /// A node.
    Node(NodeId),
    /// An object.
    Object(ObjectId),
    /// The link of a node: copies into it.
    Link(NodeId),
}

/// The six lists, each made when it is first asked for.
#[derive(Debug, Default)]
pub struct Index {
    tasks: OnceLock<Lists>,
    workers: OnceLock<Lists>,
    nodes: OnceLock<Lists>,
    objects: OnceLock<Lists>,
    links: OnceLock<Lists>,
    leases: OnceLock<Lists>,
}

impl Index {
    /// The records of a lease.
    pub(crate) fn records_of_lease(&self, history: &History, lease: LeaseId) -> &[u32] {
        let count = history.last_state().totals.leases as usize;
        self.leases.get_or_init(|| Lists::of(history, Kind::Lease, count)).get(lease.index())
    }

    pub(crate) fn records_of(&self, history: &History, entity: Entity) -> &[u32] {
        let last = history.last_state();
        let (lists, at) = match entity {
            Entity::Task(task) => {
                let make = || Lists::of(history, Kind::Task, last.tasks.len());
                (self.tasks.get_or_init(make), task.index())
            }
            Entity::Worker(worker) => {
                let make = || Lists::of(history, Kind::Worker, last.workers.len());
                (self.workers.get_or_init(make), worker.index())
            }
            Entity::Node(node) => {
                let make = || Lists::of(history, Kind::Node, last.nodes.len());
                (self.nodes.get_or_init(make), node.index())
            }
            Entity::Object(object) => {
                let make = || Lists::of(history, Kind::Object, last.objects.len());
                (self.objects.get_or_init(make), object.index())
            }
            Entity::Link(node) => {
                let make = || Lists::of(history, Kind::Link, last.nodes.len());
                (self.links.get_or_init(make), node.index())
            }
        };
        lists.get(at)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Task,
    Worker,
    Node,
    Object,
    Link,
    Lease,
}

/// Lists one after the other: list `i` is `items[starts[i]..starts[i + 1]]`.
#[derive(Debug)]
struct Lists {
    starts: Vec<u64>,
    items: Vec<u32>,
}

impl Lists {
    fn of(history: &History, kind: Kind, count: usize) -> Lists {
        let mut starts = vec![0u64; count + 1];
        for_each_mention(history, kind, count, |entity, _| starts[entity + 1] += 1);
        for entity in 0..count {
            starts[entity + 1] += starts[entity];
        }
        let mut items = vec![0u32; starts[count] as usize];
        let mut next = starts.clone();
        for_each_mention(history, kind, count, |entity, record| {
            items[next[entity] as usize] = record;
            next[entity] += 1;
        });
        Lists { starts, items }
    }

    fn get(&self, entity: usize) -> &[u32] {
        match (self.starts.get(entity), self.starts.get(entity + 1)) {
            (Some(from), Some(to)) => &self.items[*from as usize..*to as usize],
            _ => &[],
        }
    }
}

/// Calls `mention` with every entity of `kind` and every record that concerns it, at most once each.
/// An actor may name a constructor's task that was never submitted: no more than `count` are known.
fn for_each_mention(
    history: &History,
    kind: Kind,
    count: usize,
    mut mention: impl FnMut(usize, u32),
) {
    let mut walk = Walk::new(history);
    for (index, record) in history.records().iter().enumerate() {
        let mut seen: [usize; 2] = [usize::MAX; 2];
        for found in walk.mentions(record, kind).into_iter().flatten() {
            if found < count && !seen.contains(&found) {
                seen = [found, seen[0]];
                mention(found, index as u32);
            }
        }
        walk.follow(&record.event);
    }
}

/// What must be known to tell whom an event concerns: who is where. Nodes of workers and the tasks' own rows
/// never change, so the last state tells them; this much lighter walk follows the rest.
struct Walk<'a> {
    last: &'a State,
    worker_of: Vec<u32>,
    transfers: Vec<(ObjectId, NodeId, NodeId)>,
    workers: usize,
    nodes: usize,
}

const NOWHERE: u32 = u32::MAX;

impl<'a> Walk<'a> {
    fn new(history: &'a History) -> Walk<'a> {
        let (first, last) = (history.state_at(0), history.last_state());
        Walk {
            last,
            worker_of: vec![NOWHERE; last.tasks.len()],
            transfers: Vec::new(),
            workers: first.workers.len(),
            nodes: first.nodes.len(),
        }
    }

    fn follow(&mut self, event: &Event) {
        if let Event::TaskPlaced { task, worker, .. } = event {
            self.worker_of[task.index()] = worker.number();
        } else if let Event::TransferStarted { transfer, object, from, to } = event {
            let entry = (*object, *from, *to);
            match self.transfers.get_mut(transfer.index()) {
                Some(slot) => *slot = entry,
                None => self.transfers.push(entry),
            }
        } else if let Event::TaskResubmitted { task, .. } | Event::TaskReturned { task } = event {
            self.worker_of[task.index()] = NOWHERE;
        } else if let Event::WorkerStarted { .. } = event {
            self.workers += 1;
        } else if let Event::NodeAdded(node) = event {
            self.nodes += 1;
            self.workers += crate::state::admit::prestarted(node) as usize;
        }
    }

    fn mentions(&self, record: &Record, kind: Kind) -> [Option<usize>; 2] {
        match kind {
            Kind::Task => [self.task(&record.event).map(Id::index), None],
            Kind::Worker => [self.worker(&record.event).map(Id::index), None],
            Kind::Node => self.nodes_of(&record.event).map(|node| node.map(Id::index)),
            Kind::Object => [self.object(&record.event).map(Id::index), None],
            Kind::Link => [self.link(&record.event).map(Id::index), None],
            Kind::Lease => match &record.event {
                Event::Lease { lease, .. } => [Some(lease.index()), None],
                _ => [None, None],
            },
        }
    }

    fn task(&self, event: &Event) -> Option<TaskId> {
        match event {
            Event::TaskSubmitted(spec) => Some(spec.id),
            Event::TaskReady { task, .. }
            | Event::TaskPlaced { task, .. }
            | Event::TaskStalled { task, .. }
            | Event::ItemPromised { task, .. }
            | Event::RoomFound { task }
            | Event::TaskReturned { task }
            | Event::TaskStarted { task }
            | Event::TaskFinished { task }
            | Event::TaskFailed { task, .. }
            | Event::TaskResubmitted { task, .. } => Some(*task),
            Event::ActorCreated { creation, .. } => Some(*creation),
            Event::ActorStarted { actor } | Event::ActorDied { actor, .. } => {
                Some(self.last.actors[*actor].creation)
            }
            Event::Lease { step: LeaseStep::Requested { task, .. }, .. } => Some(*task),
            Event::GroupCreated(spec) => task_of(spec.owner),
            Event::CallMade(call) => task_of(call.caller),
            Event::WaitRefused(refusal) => task_of(refusal.caller),
            Event::LinePrinted(printed) => task_of(printed.caller),
            Event::ObjectPut { owner: caller, .. }
            | Event::CallBlocked { caller }
            | Event::CallReturned { caller, .. }
            | Event::Slept { caller, .. } => task_of(*caller),
            Event::InputLoaded { .. }
            | Event::ResourceNamed { .. }
            | Event::GroupPlaced { .. }
            | Event::GroupRemoved { .. }
            | Event::ObjectCreated { .. }
            | Event::ObjectFailed { .. }
            | Event::TransferStarted { .. }
            | Event::TransferFinished { .. }
            | Event::TransferCancelled { .. }
            | Event::CopyEvicted { .. }
            | Event::SpillStarted { .. }
            | Event::ObjectSpilled { .. }
            | Event::FallbackAllocated { .. }
            | Event::ReferenceReleased { .. }
            | Event::ReferenceAdded { .. }
            | Event::ObjectFreed { .. }
            | Event::ObjectLost { .. }
            | Event::ObjectInlined { .. }
            | Event::Lease { .. }
            | Event::WorkerStarting { .. }
            | Event::RayletKilled { .. }
            | Event::WorkerStarted { .. }
            | Event::WorkerDied { .. }
            | Event::NodeDied { .. }
            | Event::NodeAdded(_)
            | Event::RunEnded(_) => None,
        }
    }

    /// The worker that an event is about, most often through the task that is on it.
    fn worker(&self, event: &Event) -> Option<WorkerId> {
        if let Event::TaskPlaced { worker, .. } | Event::WorkerDied { worker } = event {
            return Some(*worker);
        }
        if let Event::WorkerStarted { .. } = event {
            return Some(WorkerId::from_index(self.workers));
        }
        if let Event::Lease { step, .. } = event {
            return match step {
                LeaseStep::Granted { worker } | LeaseStep::Returned { worker, .. } => Some(*worker),
                LeaseStep::Requested { .. }
                | LeaseStep::Queued { .. }
                | LeaseStep::Redirected { .. }
                | LeaseStep::Ended(_) => None,
            };
        }
        if let Event::TaskSubmitted(_) | Event::TaskReady { .. } = event {
            return None;
        }
        let worker = self.worker_of.get(self.task(event)?.index()).copied()?;
        (worker != NOWHERE).then(|| WorkerId::new(worker))
    }

    fn nodes_of(&self, event: &Event) -> [Option<NodeId>; 2] {
        let transfer = match event {
            Event::TransferStarted { from, to, .. } => return [Some(*from), Some(*to)],
            // Two at most: a group over more nodes is listed with the first and the last of them.
            Event::GroupPlaced { nodes, .. } => {
                return [nodes.first().copied(), nodes.last().copied()];
            }
            Event::TransferFinished { transfer } | Event::TransferCancelled { transfer } => {
                self.transfer(*transfer)
            }
            _ => None,
        };
        if let Some((_, from, to)) = transfer {
            return [Some(from), Some(to)];
        }
        let node = match event {
            Event::InputLoaded { node, .. }
            | Event::ObjectCreated { node, .. }
            | Event::CopyEvicted { node, .. }
            | Event::SpillStarted { node, .. }
            | Event::ObjectSpilled { node, .. }
            | Event::FallbackAllocated { node, .. }
            | Event::Lease {
                step: LeaseStep::Requested { node, .. } | LeaseStep::Redirected { to: node, .. },
                ..
            }
            | Event::WorkerStarting { node }
            | Event::RayletKilled { node }
            | Event::WorkerStarted { node }
            | Event::NodeDied { node }
            | Event::TaskReady { home: node, .. } => Some(*node),
            Event::NodeAdded(_) => Some(NodeId::from_index(self.nodes)),
            _ => self.worker(event).map(|worker| self.last.node_of(worker)),
        };
        [node, None]
    }

    fn object(&self, event: &Event) -> Option<ObjectId> {
        match event {
            // A task with several results is told of at the first.
            Event::TaskSubmitted(spec) => spec.return_ids().next(),
            Event::GroupCreated(spec) => Some(spec.ready),
            Event::InputLoaded { object, .. }
            | Event::ObjectPut { object, .. }
            | Event::ObjectCreated { object, .. }
            | Event::ObjectInlined { object, .. }
            | Event::ObjectFailed { object, .. }
            | Event::TransferStarted { object, .. }
            | Event::CopyEvicted { object, .. }
            | Event::ObjectSpilled { object, .. }
            | Event::FallbackAllocated { object, .. }
            | Event::ReferenceReleased { object }
            | Event::ReferenceAdded { object }
            | Event::ItemPromised { object, .. }
            | Event::ObjectFreed { object }
            | Event::ObjectLost { object } => Some(*object),
            Event::TransferFinished { transfer } | Event::TransferCancelled { transfer } => {
                self.transfer(*transfer).map(|(object, _, _)| object)
            }
            _ => None,
        }
    }

    /// The node into which something is copied.
    fn link(&self, event: &Event) -> Option<NodeId> {
        match event {
            Event::TransferStarted { to, .. } => Some(*to),
            Event::TransferFinished { transfer } | Event::TransferCancelled { transfer } => {
                self.transfer(*transfer).map(|(_, _, to)| to)
            }
            _ => None,
        }
    }

    fn transfer(&self, transfer: TransferId) -> Option<(ObjectId, NodeId, NodeId)> {
        self.transfers.get(transfer.index()).copied()
    }
}

fn task_of(caller: Caller) -> Option<TaskId> {
    match caller {
        Caller::Driver => None,
        Caller::Task(task) => Some(task),
    }
}
