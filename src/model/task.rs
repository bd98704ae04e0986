//! A task as it was submitted: everything about it that never changes.

use crate::base::{ActorId, GroupId, NodeId, ObjectId, ShapeId, Span, TaskId};
use crate::model::cluster::Resources;
use smallvec::SmallVec;
use std::sync::Arc;

/// Who called: the driver or a task.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Caller {
    /// The driver program.
    Driver,
    /// The body of a task (or of an actor's method).
    Task(TaskId),
}

/// `scheduling_strategy` of a task.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Strategy {
    /// `"DEFAULT"`: the run's policy decides.
    Default,
    /// `"SPREAD"`: round robin over the nodes.
    Spread,
    /// `NodeAffinitySchedulingStrategy`. `None` is a node that does not exist.
    NodeAffinity {
        /// The node asked for.
        node: Option<NodeId>,
        /// Whether another will do when that one is gone.
        soft: bool,
    },
    /// `PlacementGroupSchedulingStrategy`: what is asked for are the group's own resources, so nothing but the names of
    /// those resources says where the task can run.
    PlacementGroup {
        /// The group.
        group: GroupId,
        /// The bundle asked for; `None` is any of them.
        bundle: Option<u32>,
        /// Whether tasks that the task submits belong to the group too, unless they say otherwise.
        capture: bool,
    },
}

/// What a task asks of a node. Tasks that ask the same share one, and one queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shape {
    /// Its number.
    pub id: ShapeId,
    /// What must be free for it to be placed, and is taken while it runs.
    pub demand: Resources,
    /// How the node is chosen.
    pub strategy: Strategy,
}

/// What a task is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskKind {
    /// A remote function's call.
    Normal,
    /// An actor's `__init__`.
    ActorCreation(ActorId),
    /// A call of an actor's method.
    ActorCall(ActorId),
}

/// What a task's body does.
#[derive(Clone, PartialEq, Debug)]
pub enum Work {
    /// Computes for that long, the same on every node.
    Compute(Span),
    /// Computes for a time that depends on the node (unrelated machines).
    ComputeOn(Arc<[Span]>),
    /// Runs a part of the program.
    Program,
}

/// A task as it was submitted.
#[derive(Clone, PartialEq, Debug)]
pub struct TaskSpec {
    /// Its number: tasks count from 0 in the order of submission.
    pub id: TaskId,
    /// Who submitted it, and owns its results.
    pub owner: Caller,
    /// The line of the program that submitted it; 0 if there is none.
    pub line: u32,
    /// The function's name; tasks of one function are coloured and counted together.
    pub function: Arc<str>,
    /// The task's own name, if it has one besides its function's.
    pub name: Option<Arc<str>>,
    /// Remote function, actor creation or actor call.
    pub kind: TaskKind,
    /// Resources and strategy.
    pub shape: Arc<Shape>,
    /// The objects it needs before it can start, in the order of its arguments.
    pub args: SmallVec<[ObjectId; 4]>,
    /// The first of its results; the others follow.
    pub first_return: ObjectId,
    /// Sizes of its results in bytes, as far as they are known before it ran; one entry each.
    pub returns: SmallVec<[u64; 1]>,
    /// What its body does.
    pub work: Work,
    /// How often it is tried again after a crash; -1 is for ever.
    pub max_retries: i32,
    /// Whether an exception of its own is a reason to try again.
    pub retry_exceptions: bool,
    /// Whether its owner keeps references to the results. If not, a result is freed after its last reader.
    pub results_held: bool,
}

impl TaskSpec {
    /// Its own name, or its function's.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.function)
    }

    /// Its results.
    pub fn return_ids(&self) -> impl ExactSizeIterator<Item = ObjectId> + use<> {
        let first = self.first_return.number();
        (first..first + self.returns.len() as u32).map(ObjectId::new)
    }

    /// How long its body computes on `node`, if that is known beforehand.
    pub fn duration_on(&self, node: NodeId) -> Option<Span> {
        match &self.work {
            Work::Compute(span) => Some(*span),
            Work::ComputeOn(spans) => spans.get(node.number() as usize).copied(),
            Work::Program => None,
        }
    }
}

/// An actor as it was created.
#[derive(Clone, PartialEq, Debug)]
pub struct ActorSpec {
    /// Its number.
    pub id: ActorId,
    /// Its class.
    pub class: Arc<str>,
    /// Its name, if it was given one.
    pub name: Option<Arc<str>>,
    /// What it takes from its node as long as it lives.
    pub lifetime: Resources,
    /// How often it is started again after a crash; -1 is for ever.
    pub max_restarts: i32,
    /// How often a call is tried again after a crash; -1 is for ever.
    pub max_task_retries: i32,
}
