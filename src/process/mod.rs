//! Processes: the driver and the bodies of tasks, as things that suspend whenever they need the cluster.
//!
//! The engine resumes a process with a [`Reply`] and gets back the next [`Effect`] with the line of the
//! program that caused it. Nothing else passes between the two: a process reaches no file, no network and no
//! clock, and the engine does not know whether it talks to Python or to a list of tasks.

pub mod graph;
pub mod python;

use crate::base::{ActorId, Amount, GroupId, Instant, NodeId, ObjectId, Span, TaskId};
use crate::model::{GroupStrategy, Selector, TaskSpec};
use crate::state::failure::Failure;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Something that runs until it needs the cluster.
pub trait Process: Send {
    /// Goes on with the answer to the last effect (the first time: [`Reply::Start`]).
    fn resume(&mut self, reply: Reply) -> Step;
}

/// The body of a remote function or of an actor: makes a process each time it is started.
pub trait Body: Send + Sync {
    /// A fresh process that will run with `args`: the values of the task's object arguments, in the order of
    /// [`TaskRequest::args`].
    fn start(&self, args: Vec<Value>) -> Box<dyn Process>;
}

/// What a process asks for, and where in the program.
pub struct Step {
    /// The request.
    pub effect: Effect,
    /// The line of the program, from 1; 0 if there is none.
    pub line: u32,
}

/// A value that travels between processes. The engine looks at its size only.
#[derive(Clone)]
pub struct Value {
    /// Serialized size in bytes.
    pub bytes: u64,
    /// References inside the value: they keep their objects alive.
    pub contains: Vec<ObjectId>,
    /// The value itself, opaque to the engine; a static graph has none.
    pub payload: Option<Arc<dyn Any + Send + Sync>>,
}

/// What a process asks of the cluster.
pub enum Effect {
    /// `ray.init`, with what it says about the cluster. Reply: [`Reply::Done`].
    Init {
        /// `num_cpus`, if it was given.
        num_cpus: Option<Amount>,
        /// `resources`, and `num_gpus` as `GPU`.
        resources: BTreeMap<String, Amount>,
        /// `object_store_memory` in bytes, if it was given.
        object_store_memory: Option<u64>,
    },
    /// Submit a task of a static graph. Reply: [`Reply::Done`].
    SubmitPrepared(Arc<TaskSpec>),
    /// `f.remote(...)`. Reply: [`Reply::Refs`], or [`Reply::Stream`] of a generator.
    Submit(TaskRequest),
    /// `Class.remote(...)`. Reply: [`Reply::Actor`].
    CreateActor(ActorRequest),
    /// `actor.method.remote(...)`. Reply: [`Reply::Refs`], or [`Reply::Stream`] of a generator.
    CallActor(CallRequest),
    /// `yield` in a remote generator. Reply: [`Reply::Done`] once the item is on its way.
    Yield(Value),
    /// `next()` of a generator. Reply: [`Reply::Refs`] with the item's reference, empty at the end.
    NextItem {
        /// The generator's task.
        task: TaskId,
    },
    /// The reference that `next()` will give; the item need not exist. Reply: [`Reply::Refs`] with one reference.
    PeekItem {
        /// The generator's task.
        task: TaskId,
    },
    /// `ray.put`. Reply: [`Reply::Refs`] with one reference.
    Put(Value),
    /// `ray.get`. Reply: [`Reply::Values`] in the order asked, or [`Reply::Failed`].
    Get {
        /// What is asked for; may name an object twice.
        refs: Vec<ObjectId>,
        /// How long to wait at most.
        timeout: Option<Span>,
    },
    /// `ray.wait`, its arguments checked already; an empty list comes with `num_returns` 0. Reply: [`Reply::Waited`].
    Wait {
        /// The list, without duplicates.
        refs: Vec<ObjectId>,
        /// How many at most.
        num_returns: usize,
        /// How long to wait at most.
        timeout: Option<Span>,
        /// Whether a remote object counts only once it was copied here.
        fetch_local: bool,
    },
    /// `ray.wait` was refused by its own checks; recorded only. Reply: [`Reply::Done`].
    WaitRefused {
        /// Length of the list, if it was one.
        refs: usize,
        /// The exception's class: `ValueError` or `TypeError`.
        class: &'static str,
        /// Its text.
        message: String,
    },
    /// `ray.cancel`. Reply: [`Reply::Done`] or [`Reply::Failed`].
    Cancel {
        /// A result of the task to cancel.
        object: ObjectId,
        /// Kill its worker if it runs.
        force: bool,
        /// Its children too.
        recursive: bool,
    },
    /// `ray.kill`. Reply: [`Reply::Done`].
    Kill {
        /// The actor.
        actor: ActorId,
        /// Whether it stays dead although it has restarts left.
        no_restart: bool,
    },
    /// `ray.util.placement_group`, its arguments checked already. Reply: [`Reply::Group`].
    CreateGroup(GroupRequest),
    /// `pg.ready()` or `pg.wait()`. Reply: [`Reply::Refs`] with the object that exists once the group has its place;
    /// empty when `waits` and it was removed.
    GroupReady {
        /// The group.
        group: GroupId,
        /// What `ray.get` is to give for it: the group's handle.
        value: Value,
        /// Whether `pg.wait` asks.
        waits: bool,
    },
    /// `ray.util.remove_placement_group`. Reply: [`Reply::Done`].
    RemoveGroup {
        /// The group.
        group: GroupId,
    },
    /// The references are gone from the program. Reply: [`Reply::Done`].
    Release(Vec<ObjectId>),
    /// `time.sleep`, or computing that costs time. Reply: [`Reply::Done`].
    Sleep(Span),
    /// `print`, without its last newline. Reply: [`Reply::Done`].
    Print(String),
    /// `time.time()` and its like. Reply: [`Reply::Time`].
    Now,
    /// `ray.cluster_resources()` or, with `available`, `ray.available_resources()`. Reply: [`Reply::Resources`].
    ClusterResources {
        /// What is free now instead of the total.
        available: bool,
    },
    /// `ray.nodes()`. Reply: [`Reply::Nodes`].
    Nodes,
    /// Which node and task the caller runs on (`ray.get_runtime_context()`). Reply: [`Reply::Context`].
    Context,
    /// The body is done: the task's results, one each. An actor's process is resumed with [`Reply::Call`] for its
    /// next call; `__init__` returns with one value of no use.
    Return(Vec<Value>),
    /// The body raised. An actor lives on and gets its next [`Reply::Call`].
    Raise(Failure),
    /// The process ends at once, as in a crash: `os._exit`. No reply.
    Exit,
    /// The process cannot go on: a limit or something that is not supported. It ends the run.
    Abort(Abort),
}

/// Why a process could not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Abort {
    /// It used more steps, memory or recursion than the limits allow.
    Limit(String),
    /// It uses Python that is not supported; says what to write instead.
    Unsupported {
        /// What is not supported.
        message: String,
        /// What to write instead.
        help: String,
    },
}

/// The answer to an effect.
pub enum Reply {
    /// Begin.
    Start,
    /// Done; there is nothing to tell.
    Done,
    /// References to objects that exist or will.
    Refs(Vec<ObjectId>),
    /// The task whose items come one by one.
    Stream(TaskId),
    /// The new actor.
    Actor(ActorId),
    /// The new placement group.
    Group(GroupId),
    /// Values in the order asked.
    Values(Vec<Value>),
    /// Positions in the list given to `ray.wait`; both in its order.
    Waited {
        /// Ready ones.
        ready: Vec<usize>,
        /// The others.
        remaining: Vec<usize>,
    },
    /// The call raises.
    Failed(Arc<Failure>),
    /// Virtual time.
    Time(Instant),
    /// Amounts by name.
    Resources(BTreeMap<String, Amount>),
    /// The cluster's nodes.
    Nodes(Vec<NodeReport>),
    /// Where the caller runs.
    Context {
        /// The node.
        node: NodeId,
        /// The task's number; `None` for the driver.
        task: Option<u32>,
    },
    /// To an idle actor: run this method with these values.
    Call {
        /// The method's name.
        method: Arc<str>,
        /// What the caller gave besides objects, opaque to the engine.
        payload: Option<Arc<dyn Any + Send + Sync>>,
        /// Values of the object arguments.
        args: Vec<Value>,
    },
}

/// One line of `ray.nodes()`.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeReport {
    /// Its id; `model::cluster::node_hex` writes it as Ray does.
    pub node: NodeId,
    /// Whether it lives.
    pub alive: bool,
    /// Its totals by name.
    pub resources: BTreeMap<String, Amount>,
    /// Its labels.
    pub labels: Vec<(String, String)>,
}

/// Where a task may run, as the program said it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StrategyRequest {
    /// `"DEFAULT"`.
    #[default]
    Default,
    /// `"SPREAD"`.
    Spread,
    /// `NodeAffinitySchedulingStrategy(node_id, soft)`; `node` is `None` for an id that is no node's.
    NodeAffinity {
        /// The node.
        node: Option<NodeId>,
        /// Whether another will do.
        soft: bool,
    },
    /// `PlacementGroupSchedulingStrategy`.
    PlacementGroup {
        /// The group.
        group: GroupId,
        /// The bundle, unless any will do.
        bundle: Option<u32>,
        /// Whether the tasks that it submits belong to the group too.
        capture: bool,
    },
}

/// Options of a task or an actor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `name=`.
    pub name: Option<Arc<str>>,
    /// `num_cpus`, if it was given.
    pub num_cpus: Option<Amount>,
    /// `num_gpus`, if it was given.
    pub num_gpus: Option<Amount>,
    /// `memory` in bytes, if it was given.
    pub memory: Option<Amount>,
    /// `resources`, by name.
    pub resources: BTreeMap<String, Amount>,
    /// `scheduling_strategy`.
    pub strategy: StrategyRequest,
    /// Whether the program named a strategy, be it DEFAULT: then no group is inherited.
    pub strategy_given: bool,
    /// `label_selector`, or the hard part of `NodeLabelSchedulingStrategy`.
    pub selector: Option<Selector>,
    /// `max_retries` of a task, `max_task_retries` of an actor.
    pub max_retries: Option<i32>,
    /// `max_restarts` of an actor.
    pub max_restarts: Option<i32>,
    /// `retry_exceptions`.
    pub retry_exceptions: bool,
}

/// `f.remote(...)`.
pub struct TaskRequest {
    /// The function's name.
    pub function: Arc<str>,
    /// References among its arguments, in order; those inside other values do not count.
    pub args: Vec<ObjectId>,
    /// Its code.
    pub body: Arc<dyn Body>,
    /// How many results; 0 of a generator.
    pub num_returns: u32,
    /// Whether it is a generator: its items come one by one.
    pub streams: bool,
    /// Resources and the rest.
    pub options: Options,
}

/// `Class.remote(...)`.
pub struct ActorRequest {
    /// The class's name.
    pub class: Arc<str>,
    /// References among the constructor's arguments.
    pub args: Vec<ObjectId>,
    /// The constructor; its process then serves the calls.
    pub body: Arc<dyn Body>,
    /// Resources and the rest.
    pub options: Options,
}

/// `ray.util.placement_group(...)`.
pub struct GroupRequest {
    /// `name=`.
    pub name: Option<Arc<str>>,
    /// How the bundles are laid out.
    pub strategy: GroupStrategy,
    /// What each bundle asks for, by name.
    pub bundles: Vec<BTreeMap<String, Amount>>,
    /// A selector for the node of each bundle; empty if there are none.
    pub selectors: Vec<Selector>,
}

/// `actor.method.remote(...)`.
pub struct CallRequest {
    /// The actor.
    pub actor: ActorId,
    /// The method's name.
    pub method: Arc<str>,
    /// References among its arguments.
    pub args: Vec<ObjectId>,
    /// What else was given, opaque to the engine; comes back in [`Reply::Call`].
    pub payload: Option<Arc<dyn Any + Send + Sync>>,
    /// How many results; 0 of a generator.
    pub num_returns: u32,
    /// Whether the method is a generator: its items come one by one.
    pub streams: bool,
}

impl Value {
    /// A value of which only the size matters.
    pub fn sized(bytes: u64) -> Value {
        Value { bytes, contains: Vec::new(), payload: None }
    }
}

impl Effect {
    /// The step that asks for this at `line`.
    pub fn at(self, line: u32) -> Step {
        Step { effect: self, line }
    }
}
