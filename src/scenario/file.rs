//! The mirror of the scenario format from which its JSON Schema is made; a test holds both together.
//!
//! Reading goes by the tree and not by these types, because a reader that stops at the first mistake
//! is of little help. Comments here become descriptions in editors.

// The types are never made: only their shape is read.
#![allow(dead_code)]

mod expect;

use expect::Expect;
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use std::collections::BTreeMap;

/// A time with a unit, such as "2.5s", "50us" or "3min".
#[derive(JsonSchema)]
#[schemars(transparent)]
struct Time(#[schemars(regex(pattern = r"^\s*\+?[0-9.]+\s*(ns|us|µs|ms|s|min|h)\s*$"))] String);

/// A size with a unit, such as "600MB" or "1GiB".
#[derive(JsonSchema)]
#[schemars(transparent)]
struct Size(#[schemars(regex(pattern = r"^\s*\+?[0-9.]+\s*(B|[kKMGT]B|[KMGT]iB)\s*$"))] String);

/// A node's name, or its index from 0.
#[derive(JsonSchema)]
#[serde(untagged)]
enum NodeRef {
    Name(String),
    Index(u32),
}

/// A Rayscope scenario, version 1.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["program"]}, {"required": ["tasks"]}, {"required": ["import"]}
]))]
struct ScenarioFile {
    /// For editors.
    #[serde(rename = "$schema")]
    schema: Option<String>,
    /// The version of the format: 1.
    #[schemars(range(min = 1, max = 1))]
    version: u32,
    /// Shown everywhere.
    name: Option<String>,
    /// For people.
    description: Option<String>,
    /// Nodes and network; "3x2" is three nodes of two CPUs.
    cluster: Option<ClusterChoice>,
    /// Costs of Ray itself: a built-in profile, or the path of a profile file in this file's folder or below.
    profile: Option<Profile>,
    /// The placement policy.
    policy: Option<String>,
    /// Seed of everything that is drawn.
    seed: Option<u64>,
    /// Costs and thresholds by Ray's names.
    parameters: Option<BTreeMap<String, Scalar>>,
    /// A Python program in this file's folder or below.
    program: Option<String>,
    /// A static graph.
    tasks: Option<Vec<Task>>,
    /// Objects that exist at the start.
    objects: Option<Vec<InputObject>>,
    /// How the driver waits; by default it gets every sink.
    driver: Option<Driver>,
    /// A workflow of another format.
    import: Option<Import>,
    /// What breaks, and when.
    faults: Option<Vec<Fault>>,
    /// When the run is given up.
    limits: Option<Limits>,
    /// What is said at stops of the story, instead of what the records say.
    captions: Option<Vec<Caption>>,
    /// What should come out.
    expect: Option<Expect>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Caption {
    /// The stop, from 1, as `rayscope render --story` numbers its pictures.
    #[schemars(range(min = 1))]
    stop: u32,
    /// What happened.
    say: Option<String>,
    /// Why.
    why: Option<String>,
    /// Something to know besides; "" for nothing.
    aside: Option<String>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum ClusterChoice {
    Short(String),
    Full(Cluster),
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Profile {
    Named(NamedProfile),
    File(String),
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum NamedProfile {
    #[serde(rename = "ideal")]
    Ideal,
    #[serde(rename = "ray-2.60")]
    Ray,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Number(f64),
    Switch(bool),
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Cluster {
    /// At most 100,000.
    nodes: Option<Vec<Node>>,
    /// Free and instant by default.
    network: Option<Network>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Network {
    /// One way; none by default.
    latency: Option<Time>,
    /// Such as "10Gbps" or "1.25GB/s"; "unlimited" by default.
    bandwidth: Option<String>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Node {
    /// "node N" by default.
    name: Option<String>,
    /// So many alike nodes; 1 by default.
    #[schemars(range(min = 1))]
    count: Option<u32>,
    /// Amounts of CPU, GPU, memory and custom resources.
    resources: BTreeMap<String, Amount>,
    /// A size, or "unlimited", the default.
    object_store_memory: Option<String>,
    /// For label selectors.
    labels: Option<BTreeMap<String, String>>,
    /// This node's link, where it differs from the cluster's.
    network: Option<Network>,
}

/// An amount; memory may be a size such as "8GB".
#[derive(JsonSchema)]
#[serde(untagged)]
enum Amount {
    Number(#[schemars(range(min = 0))] f64),
    Size(Size),
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["duration"]}, {"required": ["duration_on"]}]))]
struct Task {
    /// Unique.
    name: String,
    /// Tasks of one function are coloured and counted together; the name by default.
    function: Option<String>,
    /// How long it computes.
    duration: Option<TimeOrDraw>,
    /// How long it computes on each node.
    duration_on: Option<DurationOn>,
    /// Makes name[0], name[1] ...
    #[schemars(range(min = 1, max = 10_000_000))]
    count: Option<u32>,
    /// Objects that it reads.
    inputs: Option<Vec<String>>,
    /// Objects that it makes; one of 0 bytes, named like the task, by default.
    outputs: Option<Vec<Output>>,
    /// Tasks that finish before, without giving it anything.
    after: Option<Vec<String>>,
    /// What it takes; one CPU by default.
    resources: Option<BTreeMap<String, Amount>>,
    /// How the node is chosen.
    strategy: Option<Strategy>,
    /// After crashes; 3 by default, -1 for ever.
    #[schemars(range(min = -1))]
    max_retries: Option<i32>,
    /// Not submitted before.
    submit_at: Option<Time>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum TimeOrDraw {
    Exact(Time),
    Drawn(Distribution<Time>),
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum SizeOrDraw {
    Exact(Size),
    Drawn(Distribution<Size>),
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum DurationOn {
    ByName(BTreeMap<String, Time>),
    InOrder(Vec<Time>),
}

/// How a value is drawn for each task.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Distribution<T> {
    /// Lowest and highest.
    Uniform([T; 2]),
    /// By its mean.
    Exponential(T),
    /// Cut off below min and above max.
    Normal(Normal<T>),
    /// By median and the logarithm's deviation.
    LogNormal(LogNormal<T>),
    /// Each sample equally likely.
    Empirical(#[schemars(length(min = 1))] Vec<T>),
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Normal<T> {
    mean: T,
    std: T,
    min: Option<T>,
    max: Option<T>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct LogNormal<T> {
    median: T,
    #[schemars(range(min = 0))]
    sigma: f64,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Output {
    name: String,
    /// 0 bytes by default.
    size: Option<SizeOrDraw>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Strategy {
    Word(StrategyWord),
    Affinity(Affinity),
}

#[derive(JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum StrategyWord {
    Default,
    Spread,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Affinity {
    node_affinity: NodeAffinity,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct NodeAffinity {
    node: NodeRef,
    /// Whether another node will do; false by default.
    soft: Option<bool>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct InputObject {
    name: String,
    size: Size,
    /// The first node by default; the first place holds the primary copy.
    on: Option<Vec<NodeRef>>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Driver {
    wait: Wait,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wait {
    #[schemars(range(min = 1))]
    num_returns: Option<u32>,
    timeout: Option<Time>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["wfformat"]}, {"required": ["dax"]}, {"required": ["dot"]}
]))]
struct Import {
    /// A WfCommons WfFormat 1.4 or 1.5 file.
    wfformat: Option<String>,
    /// A Pegasus DAX 3 file.
    dax: Option<String>,
    /// A Graphviz DOT file.
    dot: Option<String>,
    /// Multiplies all runtimes.
    #[schemars(range(min = 0))]
    runtime_scale: Option<f64>,
    /// Where files are that no task makes.
    inputs: Option<InputPlace>,
    /// Whether memory that tasks used is a demand.
    memory: Option<bool>,
    /// Of tasks without a runtime.
    default_duration: Option<Time>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum InputPlace {
    Head,
    Everywhere,
    Free,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Fault {
    at: Time,
    /// The node is gone, with its workers and its store.
    kill_node: Option<NodeRef>,
    /// The worker of the node's longest running task dies.
    kill_worker: Option<NodeRef>,
    /// A node joins.
    add_node: Option<Node>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Limits {
    #[schemars(range(min = 1))]
    tasks: Option<u64>,
    #[schemars(range(min = 1))]
    events: Option<u64>,
    time: Option<Time>,
}

/// The JSON Schema of the format (draft 07, which editors know best).
pub fn schema() -> Schema {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<ScenarioFile>()
}

/// The schema as it is kept in `docs/scenario.schema.json`.
pub fn schema_text() -> String {
    // A schema is made of texts and numbers, which always have a JSON form.
    serde_json::to_string_pretty(&schema()).map(|text| text + "\n").unwrap_or_default()
}
