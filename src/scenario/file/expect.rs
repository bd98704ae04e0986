//! The mirror of `expect`: what should come out of a run.

use super::{NodeRef, Size, Time};
use schemars::JsonSchema;
use std::collections::BTreeMap;

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    /// The driver's time: "8s", "8s ± 10ms", "<= 8s", ">= 2s" or {min, max}.
    makespan: Option<TimeRange>,
    /// Lines that appear in this order.
    stdout: Option<Vec<String>>,
    /// "a < b": a has finished when b starts.
    order: Option<Vec<String>>,
    /// Nodes on which a task may run.
    placement: Option<BTreeMap<String, Places>>,
    /// What the calls of ray.wait returned.
    waits: Option<Vec<WaitResult>>,
    /// Bytes over the network.
    bytes_moved: Option<SizeRange>,
    /// Bytes spilled.
    spilled: Option<SizeRange>,
    outcome: Option<Outcome>,
    /// A text in the error's message.
    error: Option<String>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum TimeRange {
    Short(String),
    Full(Bounds<Time>),
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum SizeRange {
    Short(String),
    Full(Bounds<Size>),
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Bounds<T> {
    min: Option<T>,
    max: Option<T>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Places {
    One(NodeRef),
    Several(Vec<NodeRef>),
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct WaitResult {
    ready: Vec<u32>,
    remaining: Vec<u32>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Finished,
    Failed,
    Infeasible,
    Deadlock,
    Livelock,
    Limit,
}
