//! How a trace is written: one flat object a line, its keys always in the order below.
//!
//! These types are a mirror of the events, not the events: the format stays the same when the events' own
//! types change. Absent keys mean the usual thing: the driver, false, nothing.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The version that this program writes and reads.
pub const VERSION: u64 = 1;

/// Amounts by resource name: whole ones as integers.
pub type Amounts = Map<String, Value>;

macro_rules! define_line {
    ($($(#[$doc:meta])* $key:ident: $type:ty,)*) => {
        /// A line: when, what, and the keys that this kind of event needs.
        #[derive(Clone, Serialize, Deserialize, PartialEq, Default, Debug)]
        #[serde(deny_unknown_fields)]
        pub struct Line {
            /// When, in whole nanoseconds.
            pub t: u64,
            /// The event's kind.
            pub e: Kind,
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $key: Option<$type>,)*
        }

        #[allow(clippy::wrong_self_convention, reason = "the methods are named after the keys")]
        impl Line {
            $(
                #[doc = "The same with this key."]
                pub fn $key(mut self, value: impl Into<Option<$type>>) -> Line {
                    self.$key = value.into();
                    self
                }
            )*
        }
    };
}

define_line! {
    /// The task whose body did it; absent: the driver.
    by: u32,
    /// A task.
    task: u32,
    /// A function.
    function: String,
    /// A name of its own.
    name: String,
    /// What a task is, if it belongs to an actor.
    kind: ActorPart,
    /// An actor.
    actor: u32,
    /// An actor's or an exception's class.
    class: String,
    /// The task that runs an actor's constructor.
    creation: u32,
    /// A placement group.
    group: u32,
    /// How a group's bundles are laid out.
    layout: LayoutWord,
    /// A group's bundles.
    bundles: Vec<BundleMirror>,
    /// The node of each bundle.
    nodes: Vec<u32>,
    /// A transfer.
    transfer: u32,
    /// An object.
    object: u32,
    /// A node.
    node: u32,
    /// The node that sends.
    from: u32,
    /// The node that receives.
    to: u32,
    /// A worker.
    worker: u32,
    /// A lease.
    lease: u32,
    /// How a lease's request ended, or why its worker was given back.
    why: LeaseWord,
    /// How old a lease or a view is, in milliseconds.
    age: u32,
    /// Bit `n`: node `n` looked to have room; absent: unknown.
    seen: u32,
    /// The raylet that decides.
    home: u32,
    /// Whether the arguments' bytes chose the raylet.
    by_locality: bool,
    /// The rule that chose the node.
    rule: RuleWord,
    /// The chosen node's score, in millionths.
    score: u32,
    /// Nodes that could ever hold the task.
    feasible: u32,
    /// Nodes that had room.
    available: u32,
    /// What a task asks for, by number; described where it first occurs.
    shape: u32,
    /// A shape's resources.
    demand: Amounts,
    /// A shape's strategy, unless it is DEFAULT.
    strategy: StrategyWord,
    /// The node that a shape insists on, if it exists.
    affinity: u32,
    /// Whether another node will do.
    soft: bool,
    /// The bundle that a shape insists on; absent: any.
    bundle: u32,
    /// Whether a task's own tasks belong to its group.
    capture: bool,
    /// Objects that a task needs.
    args: Vec<u32>,
    /// A task's first result.
    first_return: u32,
    /// Sizes of a task's results.
    returns: Vec<u64>,
    /// How long a body computes, in nanoseconds; absent: it runs a part of the program.
    compute: u64,
    /// The same by node.
    compute_on: Vec<u64>,
    /// Retries after a crash, unless 3.
    max_retries: i32,
    /// Whether exceptions are retried.
    retry_exceptions: bool,
    /// Whether the owner keeps the results, unless it does.
    results_held: bool,
    /// Whether a lost object is the reason.
    to_rebuild: bool,
    /// What an actor takes as long as it lives.
    lifetime: Amounts,
    /// An actor's restarts.
    max_restarts: i32,
    /// Retries of an actor's calls.
    max_task_retries: i32,
    /// Whether a dead actor is started again.
    restarts: bool,
    /// Bytes of an object.
    size: u64,
    /// Bytes that do not fit.
    bytes: u64,
    /// `ray.get` or `ray.wait`.
    call: CallWord,
    /// What a call asks for.
    refs: Vec<u32>,
    /// How many a `ray.wait` wants.
    num_returns: u32,
    /// Whether a remote object counts only once it is here, unless it does.
    fetch_local: bool,
    /// When a call gives up.
    deadline: u64,
    /// Positions of what is ready.
    ready: Vec<u32>,
    /// A time noted in the event, unless it is `t`.
    at: u64,
    /// A sleep's end.
    until: u64,
    /// Length of a refused list, or how many objects are spilled together.
    count: u32,
    /// A printed line.
    text: String,
    /// A sentence.
    message: String,
    /// What to do instead.
    help: String,
    /// A failure, then what led to it, and so on.
    failure: Vec<FailureMirror>,
    /// A node that joins.
    added: NodeMirror,
    /// How the run ended.
    outcome: OutcomeWord,
    /// The program's line, unless 0.
    line: u32,
    /// The record that led to this one.
    cause: u32,
}

macro_rules! define_words {
    ($(#[$doc:meta])* $name:ident: $first:ident $(, $word:ident)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default, Debug)]
        #[allow(missing_docs, reason = "the words are those of the events")]
        pub enum $name { #[default] $first, $($word,)* }
    };
}

define_words! {
    /// The kinds of events.
    Kind: InputLoaded, ResourceNamed, TaskSubmitted, TaskReady, TaskPlaced, TaskStalled, RoomFound, TaskStarted,
    TaskFinished, TaskFailed, TaskReturned, TaskResubmitted, ActorCreated, ActorStarted, ActorDied,
    GroupCreated, GroupPlaced, GroupRemoved, ObjectPut,
    ObjectCreated, ObjectFailed, TransferStarted, TransferFinished, TransferCancelled, CopyEvicted,
    SpillStarted, ObjectSpilled, FallbackAllocated,
    ReferenceReleased, ReferenceAdded, ObjectInlined, ItemPromised, LeaseRequested,
    LeaseQueued, LeaseRedirected, LeaseGranted, LeaseEnded, LeaseReturned, WorkerStarting, RayletKilled, ObjectFreed,
    ObjectLost, CallMade, CallBlocked, CallReturned,
    WaitRefused, Slept, LinePrinted, WorkerStarted, WorkerDied, NodeDied, NodeAdded, RunEnded
}
define_words! {
    /// The rules by which a node is chosen.
    RuleWord: Locality, LocalPreferred, LowestScore, TopK, Spread, NodeAffinity, ActorHome, Fullest,
    Emptiest, Random, EarliestFinish, LeaseReused
}
define_words! {
    /// How a lease's request ended, and why a worker was given back.
    LeaseWord: Rejected, NotNeeded, Cancelled, NodeGone, NoTask, Expired
}
define_words! {
    /// What a task is to an actor.
    ActorPart: Creation, Call
}
define_words! {
    /// Strategies besides DEFAULT.
    StrategyWord: Spread, NodeAffinity, PlacementGroup
}
define_words! {
    /// Strategies of placement groups.
    LayoutWord: Pack, Spread, StrictPack, StrictSpread
}
define_words! {
    /// The three calls.
    CallWord: Get, Wait, Next
}
define_words! {
    /// How a run ended.
    OutcomeWord: Finished, ProgramFailed, Unsupported, Infeasible, Deadlock, Livelock, LimitReached,
    DriverDied
}
define_words! {
    /// Kinds of failures.
    FailureWord: Exception, WorkerCrashed, ActorDied, ObjectLost, OwnerDied, TaskCancelled,
    TaskUnschedulable, ActorUnschedulable, TaskGroupRemoved, ActorGroupRemoved, GetTimeout, ObjectStoreFull
}

/// One failure of a chain.
#[derive(Clone, PartialEq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct FailureMirror {
    /// What happened.
    pub kind: FailureWord,
    /// The exception's class.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub class: String,
    /// The sentence.
    pub message: String,
    /// Where it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<u32>,
    /// The traceback's lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traceback: Vec<String>,
}

/// A bundle of a placement group.
#[derive(Clone, PartialEq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct BundleMirror {
    /// What it takes from its node.
    pub demand: Amounts,
    /// What the node offers instead.
    pub offers: Amounts,
}

/// A node.
#[derive(Clone, PartialEq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct NodeMirror {
    /// Its name.
    pub name: String,
    /// What it offers.
    pub resources: Amounts,
    /// Capacity of its store; absent: unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_store_memory: Option<u64>,
    /// Its labels, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<(String, String)>,
    /// Latency in nanoseconds.
    pub latency: u64,
    /// Bytes a second; absent: unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<u64>,
    /// Whether it starts without worker processes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cold: bool,
}

/// The first line.
#[derive(Clone, PartialEq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct HeaderMirror {
    /// The format's version.
    pub rayscope_trace: u64,
    /// The scenario's name.
    pub name: String,
    /// The placement policy.
    pub policy: String,
    /// The seed.
    pub seed: u64,
    /// Names of resources, by id.
    pub resources: Vec<String>,
    /// The cluster.
    pub nodes: Vec<NodeMirror>,
    /// Every parameter as text, by its key.
    pub parameters: Map<String, Value>,
    /// The program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<ProgramMirror>,
    /// Names of the first objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub object_names: Vec<Option<String>>,
    /// What is said at stops of the story.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captions: Vec<WordsMirror>,
}

/// What is said at a stop.
#[derive(Clone, PartialEq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct WordsMirror {
    /// The stop, from 1.
    pub stop: u32,
    /// What happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Something to know besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<String>,
}

/// A program.
#[derive(Clone, PartialEq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct ProgramMirror {
    /// Its file.
    pub file: String,
    /// Its text.
    pub source: String,
}
