//! What kind of event a record is, in a word, and whom it is about.

use rayscope::base::{NodeId, ObjectId, TaskId};
use rayscope::model::Caller;
use rayscope::replay::Entity;
use rayscope::state::{Event, LeaseStep};

/// Kinds that are shown or hidden together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    /// The life of a task.
    Tasks,
    /// Requests for workers, and what became of them.
    Leases,
    /// Objects, their references and evictions.
    Objects,
    /// Copies between nodes.
    Copies,
    /// `ray.get`, `ray.wait`, and what a program does itself.
    Calls,
    /// Printed lines.
    Output,
    /// Nodes, workers, actors, and the end.
    Cluster,
}

impl Group {
    /// All groups.
    pub const ALL: [Group; 7] = [
        Group::Tasks,
        Group::Leases,
        Group::Objects,
        Group::Copies,
        Group::Calls,
        Group::Output,
        Group::Cluster,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Group::Tasks => "Tasks",
            Group::Leases => "Leases",
            Group::Objects => "Objects",
            Group::Copies => "Copies",
            Group::Calls => "Calls",
            Group::Output => "Output",
            Group::Cluster => "Cluster",
        }
    }
}

/// The group and the word for an event.
pub fn kind(event: &Event) -> (Group, &'static str) {
    match event {
        Event::TaskSubmitted(_) => (Group::Tasks, "submitted"),
        Event::TaskReady { .. } => (Group::Tasks, "ready"),
        Event::TaskPlaced { .. } => (Group::Tasks, "placed"),
        Event::TaskStalled { .. } => (Group::Tasks, "stalled"),
        Event::RoomFound { .. } => (Group::Tasks, "room found"),
        Event::TaskStarted { .. } => (Group::Tasks, "started"),
        Event::TaskFinished { .. } => (Group::Tasks, "finished"),
        Event::TaskFailed { .. } => (Group::Tasks, "failed"),
        Event::TaskReturned { .. } => (Group::Tasks, "returned"),
        Event::TaskResubmitted { .. } => (Group::Tasks, "resubmitted"),
        Event::InputLoaded { .. } => (Group::Objects, "input"),
        Event::ObjectPut { .. } => (Group::Objects, "put"),
        Event::ObjectCreated { .. } => (Group::Objects, "created"),
        Event::ItemPromised { .. } => (Group::Objects, "promised"),
        Event::ObjectInlined { .. } => (Group::Objects, "inlined"),
        Event::ObjectFailed { .. } => (Group::Objects, "failed"),
        Event::CopyEvicted { .. } => (Group::Objects, "evicted"),
        Event::SpillStarted { .. } => (Group::Objects, "spill begins"),
        Event::ObjectSpilled { .. } => (Group::Objects, "spilled"),
        Event::FallbackAllocated { .. } => (Group::Objects, "to a file"),
        Event::ReferenceReleased { .. } => (Group::Objects, "released"),
        Event::ReferenceAdded { .. } => (Group::Objects, "referenced"),
        Event::ObjectFreed { .. } => (Group::Objects, "freed"),
        Event::ObjectLost { .. } => (Group::Objects, "lost"),
        Event::TransferStarted { .. } => (Group::Copies, "copy begins"),
        Event::TransferFinished { .. } => (Group::Copies, "copy arrives"),
        Event::TransferCancelled { .. } => (Group::Copies, "copy ends"),
        Event::CallMade(_) => (Group::Calls, "called"),
        Event::CallBlocked { .. } => (Group::Calls, "blocked"),
        Event::CallReturned { .. } => (Group::Calls, "returned"),
        Event::WaitRefused(_) => (Group::Calls, "refused"),
        Event::Slept { .. } => (Group::Calls, "busy"),
        Event::LinePrinted(_) => (Group::Output, "printed"),
        Event::ResourceNamed { .. } => (Group::Cluster, "resource"),
        Event::ActorCreated { .. } => (Group::Cluster, "actor made"),
        Event::ActorStarted { .. } => (Group::Cluster, "actor up"),
        Event::ActorDied { .. } => (Group::Cluster, "actor died"),
        Event::Lease { step, .. } => {
            let word = match step {
                LeaseStep::Requested { .. } => "asked",
                LeaseStep::Queued { .. } => "queued",
                LeaseStep::Redirected { .. } => "sent on",
                LeaseStep::Granted { .. } => "granted",
                LeaseStep::Ended(_) => "no lease",
                LeaseStep::Returned { .. } => "given back",
            };
            (Group::Leases, word)
        }
        Event::WorkerStarting { .. } => (Group::Cluster, "starting"),
        Event::RayletKilled { .. } => (Group::Cluster, "raylet killed"),
        Event::GroupCreated(_) => (Group::Cluster, "group made"),
        Event::GroupPlaced { .. } => (Group::Cluster, "group placed"),
        Event::GroupRemoved { .. } => (Group::Cluster, "group removed"),
        Event::WorkerStarted { .. } => (Group::Cluster, "worker up"),
        Event::WorkerDied { .. } => (Group::Cluster, "worker died"),
        Event::NodeDied { .. } => (Group::Cluster, "node died"),
        Event::NodeAdded(_) => (Group::Cluster, "node joins"),
        Event::RunEnded(_) => (Group::Cluster, "end"),
    }
}

/// Whom an event names.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Parties {
    /// A task.
    pub task: Option<TaskId>,
    /// An object.
    pub object: Option<ObjectId>,
    /// Nodes.
    pub nodes: [Option<NodeId>; 2],
    /// Whether the driver did it.
    pub driver: bool,
}

impl Parties {
    /// The parties of an event. A copy's end names only a number: see `filter`, which follows the copies.
    pub fn of(event: &Event) -> Parties {
        let none = Parties::default();
        match event {
            Event::TaskSubmitted(spec) => Parties { task: Some(spec.id), ..none },
            Event::TaskReady { task, home, .. } => {
                Parties { task: Some(*task), nodes: [Some(*home), None], ..none }
            }
            Event::ItemPromised { task, object } => {
                Parties { task: Some(*task), object: Some(*object), ..none }
            }
            Event::TaskPlaced { task, .. }
            | Event::TaskStalled { task, .. }
            | Event::RoomFound { task }
            | Event::TaskStarted { task }
            | Event::TaskFinished { task }
            | Event::TaskFailed { task, .. }
            | Event::TaskReturned { task }
            | Event::TaskResubmitted { task, .. }
            | Event::ActorCreated { creation: task, .. } => Parties { task: Some(*task), ..none },
            Event::InputLoaded { object, node, .. }
            | Event::ObjectCreated { object, node, .. }
            | Event::ObjectSpilled { object, node }
            | Event::FallbackAllocated { object, node }
            | Event::CopyEvicted { object, node } => {
                Parties { object: Some(*object), nodes: [Some(*node), None], ..none }
            }
            Event::ObjectPut { object, owner, .. } => {
                Parties { object: Some(*object), ..Parties::by(*owner) }
            }
            Event::ObjectInlined { object, .. }
            | Event::ObjectFailed { object, .. }
            | Event::ReferenceReleased { object }
            | Event::ReferenceAdded { object }
            | Event::ObjectFreed { object }
            | Event::ObjectLost { object } => Parties { object: Some(*object), ..none },
            Event::TransferStarted { object, from, to, .. } => {
                Parties { object: Some(*object), nodes: [Some(*from), Some(*to)], ..none }
            }
            Event::CallMade(call) => Parties::by(call.caller),
            Event::CallBlocked { caller }
            | Event::CallReturned { caller, .. }
            | Event::Slept { caller, .. } => Parties::by(*caller),
            Event::GroupCreated(spec) => {
                Parties { object: Some(spec.ready), ..Parties::by(spec.owner) }
            }
            Event::GroupPlaced { nodes, .. } => {
                Parties { nodes: [nodes.first().copied(), nodes.last().copied()], ..none }
            }
            Event::WaitRefused(refusal) => Parties::by(refusal.caller),
            Event::LinePrinted(printed) => Parties::by(printed.caller),
            Event::Lease { step, .. } => Parties::of_step(step),
            Event::WorkerStarting { node }
            | Event::SpillStarted { node, .. }
            | Event::RayletKilled { node }
            | Event::WorkerStarted { node }
            | Event::NodeDied { node } => Parties { nodes: [Some(*node), None], ..none },
            Event::ResourceNamed { .. }
            | Event::TransferFinished { .. }
            | Event::TransferCancelled { .. }
            | Event::ActorStarted { .. }
            | Event::ActorDied { .. }
            | Event::GroupRemoved { .. }
            | Event::WorkerDied { .. }
            | Event::NodeAdded(_)
            | Event::RunEnded(_) => none,
        }
    }

    fn of_step(step: &LeaseStep) -> Parties {
        let none = Parties::default();
        match step {
            LeaseStep::Requested { task, node } => {
                Parties { task: Some(*task), nodes: [Some(*node), None], ..none }
            }
            LeaseStep::Redirected { to, .. } => Parties { nodes: [Some(*to), None], ..none },
            LeaseStep::Queued { .. }
            | LeaseStep::Granted { .. }
            | LeaseStep::Ended(_)
            | LeaseStep::Returned { .. } => none,
        }
    }

    fn by(caller: Caller) -> Parties {
        match caller {
            Caller::Driver => Parties { driver: true, ..Parties::default() },
            Caller::Task(task) => Parties { task: Some(task), ..Parties::default() },
        }
    }

    /// The one that a row stands for.
    pub fn first(&self) -> Option<Entity> {
        let task = self.task.map(Entity::Task);
        task.or(self.object.map(Entity::Object)).or(self.nodes[0].map(Entity::Node))
    }

    /// Whether it is among them.
    pub fn name(&self, entity: Entity) -> bool {
        match entity {
            Entity::Task(task) => self.task == Some(task),
            Entity::Object(object) => self.object == Some(object),
            Entity::Node(node) => self.nodes.contains(&Some(node)),
            Entity::Worker(_) | Entity::Link(_) => false,
        }
    }
}
