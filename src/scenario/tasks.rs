//! Reads the static graph of a scenario: the keys `tasks`, `objects` and `driver`.

use crate::base::id::Id;
use crate::base::{Amount, Instant, NodeId, Span};
use crate::model::cluster::{CPU, Cluster, Resources};
use crate::model::task::Strategy;
use crate::model::workload::{Driver, InputObject};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::draft::{Draft, DraftTask, Named};
use crate::scenario::nodes::{NodeTable, read_resources};
use crate::scenario::quantity::{Measure, Quantity};
use crate::scenario::read::{Fields, range_of};
use jsonc_parser::ast::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Keys of a task.
pub const TASK_KEYS: &[&str] = &[
    "name",
    "function",
    "duration",
    "duration_on",
    "count",
    "inputs",
    "outputs",
    "after",
    "resources",
    "strategy",
    "max_retries",
    "submit_at",
];
/// Keys of an output.
pub const OUTPUT_KEYS: &[&str] = &["name", "size"];
/// Keys of an object that exists at the start.
pub const OBJECT_KEYS: &[&str] = &["name", "size", "on"];
/// Keys of a driver.
pub const DRIVER_KEYS: &[&str] = &["wait"];
/// Keys of a driver that waits in a loop.
pub const WAIT_KEYS: &[&str] = &["num_returns", "timeout"];
/// Keys of a strategy.
pub const STRATEGY_KEYS: &[&str] = &["node_affinity"];
/// Keys of a strategy that names a node.
pub const AFFINITY_KEYS: &[&str] = &["node", "soft"];

/// What is known of the cluster while tasks are read.
pub struct Surroundings<'m> {
    /// Where new names of resources go.
    pub cluster: &'m mut Cluster,
    /// Nodes by name.
    pub table: &'m NodeTable,
    /// Most tasks.
    pub most_tasks: u64,
}

/// Reads the list of tasks.
pub fn read_tasks(
    r: &mut Reporter,
    value: &Value<'_>,
    around: &mut Surroundings<'_>,
) -> Vec<DraftTask> {
    let Some(list) = r.list(value, "tasks") else { return Vec::new() };
    if list.is_empty() {
        r.say(Code::NoTasks, range_of(value), "there are no tasks");
    }
    list.iter().filter_map(|value| read_task(r, value, around)).collect()
}

fn read_task(
    r: &mut Reporter,
    value: &Value<'_>,
    around: &mut Surroundings<'_>,
) -> Option<DraftTask> {
    let fields = r.fields(value, "a task", TASK_KEYS)?;
    let name = fields.need(r, "name").and_then(|v| named(r, v, "a task's name"));
    let mut task =
        DraftTask::new(name.clone().unwrap_or(Named { name: "".into(), range: fields.head() }));
    task.function =
        fields.get("function").and_then(|v| r.name(v, "a function's name")).map(Arc::from);
    if let Some(value) = fields.get("count") {
        let count = r.whole(value, "count", (1, around.most_tasks));
        task.count = Some(count.unwrap_or(1) as u32);
    }
    read_duration(r, &fields, &mut task, around);
    if let Some(value) = fields.get("inputs") {
        task.inputs = read_names(r, value, "inputs");
    }
    if let Some(value) = fields.get("after") {
        task.after = read_names(r, value, "after");
    }
    if let Some(value) = fields.get("outputs") {
        let list = r.list(value, "outputs").unwrap_or_default();
        let outputs: Vec<_> = list.iter().filter_map(|value| read_output(r, value)).collect();
        if !outputs.is_empty() {
            task.outputs = outputs;
        }
    }
    if let Some(value) = fields.get("resources") {
        // As in Ray: one CPU unless the task says how many.
        let says_cpu = matches!(value, Value::Object(object) if object.get("CPU").is_some());
        let read = read_resources(r, value, around.cluster).unwrap_or_default();
        task.demand = if says_cpu { read } else { read.with(CPU, Amount::ONE) };
    }
    if let Some(value) = fields.get("strategy") {
        task.strategy = read_strategy(r, value, around.table).unwrap_or(Strategy::Default);
    }
    if let Some(value) = fields.get("max_retries") {
        task.max_retries = read_retries(r, value).unwrap_or(0);
    }
    if let Some(value) = fields.get("submit_at") {
        task.submit_at = Instant::ZERO + r.time(value, "submit_at").unwrap_or_default();
    }
    name.map(|_| task)
}

fn named(r: &mut Reporter, value: &Value<'_>, what: &str) -> Option<Named> {
    let name = r.name(value, what)?;
    Some(Named { name: name.into(), range: range_of(value) })
}

fn read_names(r: &mut Reporter, value: &Value<'_>, what: &str) -> Vec<Named> {
    let list = r.list(value, what).unwrap_or_default();
    list.iter().filter_map(|value| named(r, value, "a name")).collect()
}

fn read_output(r: &mut Reporter, value: &Value<'_>) -> Option<(Named, Quantity)> {
    let fields = r.fields(value, "an output", OUTPUT_KEYS)?;
    let name = fields.need(r, "name").and_then(|v| named(r, v, "an object's name"));
    let size = match fields.get("size") {
        Some(value) => r.quantity(value, "the size", Measure::Size),
        None => Some(Quantity::Exact(0)),
    };
    Some((name?, size?))
}

fn read_retries(r: &mut Reporter, value: &Value<'_>) -> Option<i32> {
    if matches!(value, Value::NumberLit(number) if number.value == "-1") {
        return Some(-1);
    }
    r.whole(value, "max_retries", (0, i32::MAX as u64)).map(|number| number as i32)
}

fn read_duration(
    r: &mut Reporter,
    fields: &Fields<'_, '_>,
    task: &mut DraftTask,
    around: &Surroundings<'_>,
) {
    let given = fields.get("duration");
    if let Some(value) = given {
        let read = r.quantity(value, "the duration", Measure::Time);
        task.duration = read.unwrap_or(Quantity::Exact(0));
    }
    let Some(value) = fields.get("duration_on") else {
        if given.is_none() {
            let help = "add \"duration\": \"1s\"";
            let message = "a task needs `duration` or `duration_on`";
            r.advise(Code::MissingKey, fields.head(), message, help);
        }
        return;
    };
    let default = match (&task.duration, given) {
        (_, None) => None,
        (Quantity::Exact(nanos), _) => Some(Span::from_nanos(*nanos)),
        (Quantity::Drawn(_), Some(value)) => {
            let message = "with duration_on, the duration of the other nodes is a plain time";
            r.say(Code::DurationOn, range_of(value), message);
            return;
        }
    };
    if around.table.is_reliable() {
        task.duration_on = read_duration_on(r, value, default, around);
    }
}

fn read_duration_on(
    r: &mut Reporter,
    value: &Value<'_>,
    default: Option<Span>,
    around: &Surroundings<'_>,
) -> Option<Arc<[Span]>> {
    let (all, at_start) = (around.table.len(), around.cluster.nodes.len());
    let mut spans: Vec<Option<Span>> = vec![default; all];
    match value {
        Value::Array(list) => {
            let count = list.elements.len();
            if count != all && count != at_start {
                let message = format!("duration_on lists {count} durations for {at_start} nodes");
                r.say(Code::DurationOn, range_of(value), message);
                return None;
            }
            for (slot, value) in spans.iter_mut().zip(&list.elements) {
                *slot = r.time(value, "the duration");
            }
        }
        Value::Object(_) => {
            for entry in r.entries(value, "duration_on")? {
                let node = around.table.find_name(r, entry.key, entry.range);
                if let (Some(node), Some(span)) = (node, r.time(entry.value, "the duration")) {
                    spans[node.index()] = Some(span);
                }
            }
        }
        _ => {
            r.wrong_type(value, "duration_on", "a list or an object");
            return None;
        }
    }
    if let Some(missing) = spans[..at_start].iter().position(Option::is_none) {
        let message = format!(
            "duration_on says nothing of `{}`",
            around.cluster.nodes.as_slice()[missing].name
        );
        let help = "name every node, or add `duration` for the others";
        r.advise(Code::DurationOn, range_of(value), message, help);
        return None;
    }
    // A node that joins later and is not named is as slow as the slowest.
    let slowest = spans.iter().flatten().max().copied().unwrap_or_default();
    Some(spans.into_iter().map(|span| span.unwrap_or(slowest)).collect())
}

fn read_strategy(r: &mut Reporter, value: &Value<'_>, table: &NodeTable) -> Option<Strategy> {
    if matches!(value, Value::StringLit(_)) {
        let choices = [("DEFAULT", Strategy::Default), ("SPREAD", Strategy::Spread)];
        return r.choice(value, "the strategy", &choices);
    }
    let fields = r.fields(value, "a strategy", STRATEGY_KEYS)?;
    let value = fields.need(r, "node_affinity")?;
    let fields = r.fields(value, "node_affinity", AFFINITY_KEYS)?;
    let soft = fields.get("soft").map_or(Some(false), |v| r.flag(v, "soft"));
    let node = fields.need(r, "node")?;
    let node = table.find(r, node)?;
    Some(Strategy::NodeAffinity { node: Some(node), soft: soft? })
}

/// Reads the key `objects`.
pub fn read_objects(
    r: &mut Reporter,
    value: &Value<'_>,
    around: &Surroundings<'_>,
) -> Vec<(InputObject, std::ops::Range<usize>)> {
    let mut objects = Vec::new();
    for value in r.list(value, "objects").unwrap_or_default() {
        let Some(fields) = r.fields(value, "an object", OBJECT_KEYS) else { continue };
        let name = fields.need(r, "name").and_then(|v| named(r, v, "an object's name"));
        let size = fields.need(r, "size").and_then(|v| r.size(v, "the size"));
        let on = match fields.get("on") {
            Some(value) => read_places(r, value, around),
            None => vec![NodeId::from_index(0)],
        };
        if let (Some(Named { name, range }), Some(size)) = (name, size) {
            objects.push((InputObject { name, size, on }, range));
        }
    }
    objects
}

fn read_places(r: &mut Reporter, value: &Value<'_>, around: &Surroundings<'_>) -> Vec<NodeId> {
    let (mut places, mut seen) = (Vec::new(), BTreeSet::new());
    let list = r.list(value, "on").unwrap_or_default();
    if list.is_empty() && matches!(value, Value::Array(_)) {
        r.say(Code::TooSmall, range_of(value), "an object is on at least one node");
    }
    for value in list {
        let Some(node) = around.table.find(r, value) else { continue };
        if node.index() >= around.cluster.nodes.len() {
            let message = format!("node {node} is not there at the start");
            r.say(Code::NotJoinedYet, range_of(value), message);
        } else if seen.insert(node) {
            places.push(node);
        }
    }
    places
}

/// Reads the key `driver`.
pub fn read_driver(r: &mut Reporter, value: &Value<'_>) -> Option<Driver> {
    let fields = r.fields(value, "the driver", DRIVER_KEYS)?;
    let wait = fields.need(r, "wait")?;
    let fields = r.fields(wait, "wait", WAIT_KEYS)?;
    let limits = (1, u64::from(u32::MAX));
    let number = fields.get("num_returns").map_or(Some(1), |v| r.whole(v, "num_returns", limits));
    let timeout = match fields.get("timeout") {
        Some(value) => Some(r.time(value, "the timeout")?),
        None => None,
    };
    Some(Driver::Wait { num_returns: number? as u32, timeout })
}

/// The draft of the keys `tasks`, `objects` and `driver`.
pub fn read_draft(
    r: &mut Reporter,
    root: &Fields<'_, '_>,
    around: &mut Surroundings<'_>,
) -> Option<Draft> {
    let tasks = read_tasks(r, root.get("tasks")?, around);
    let objects = root.get("objects").map(|v| read_objects(r, v, around)).unwrap_or_default();
    let driver = root.get("driver").and_then(|v| read_driver(r, v)).unwrap_or(Driver::GetSinks);
    Some(Draft { objects, tasks, driver })
}

/// What a task asks, for people: `2 CPU, 1 GPU`.
pub fn show_resources(resources: &Resources, cluster: &Cluster) -> String {
    let parts = resources.iter().map(|(id, amount)| {
        let name = cluster.resource_names.get(id).map_or("?", |name| name);
        format!("{amount} {name}")
    });
    let text = parts.collect::<Vec<_>>().join(", ");
    if text.is_empty() { "nothing".to_owned() } else { text }
}
