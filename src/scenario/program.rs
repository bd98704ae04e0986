//! A Python program as a scenario: its text, and the cluster that a line of it may describe.

use crate::base::{Amount, Span};
use crate::model::cluster::{CPU, Cluster, Node, Resources};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::{Reporter, Source};
use crate::scenario::node_limits::NodeLimits;
use crate::scenario::quantity::LARGEST;
use crate::scenario::read::{Fields, parse_json, range_of};
use jsonc_parser::ast::Value;
use std::sync::Arc;

/// The object store of a node in a program's cluster line that names none: 600 MiB.
const DEFAULT_STORE: u64 = 600 << 20;
/// Keys of the cluster line.
const LINE_KEYS: &[&str] = &["nodes"];
/// Keys of a node in it: the arguments of Ray's `Cluster.add_node`.
const LINE_NODE_KEYS: &[&str] = &["num_cpus", "num_gpus", "resources", "object_store_memory"];
const MARK: &str = "cluster:";

/// The place of the JSON in a line `# cluster: {...}`, if there is such a line.
fn find_line(text: &str) -> Option<std::ops::Range<usize>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let json = line.trim_start().strip_prefix('#').map(str::trim_start);
        if let Some(rest) = json.and_then(|rest| rest.strip_prefix(MARK)) {
            let from = start + line.len() - rest.len();
            let rest = rest.trim_end();
            // A comment in words may begin like that too.
            if rest.trim_start().starts_with('{') {
                return Some(from..from + rest.len());
            }
        }
        start += line.len();
    }
    None
}

/// Reads the line `# cluster: {...}`. `None` without such a line; `Some(None)` if it is wrong.
pub fn cluster_line(
    r: &mut Reporter,
    program: &Arc<Source>,
    limits: NodeLimits,
) -> Option<Option<Cluster>> {
    let place = find_line(&program.text)?;
    // Everything before the JSON is blanked, so that places in it are places in the program.
    let before = program.text.as_bytes()[..place.start].iter();
    let blank = before.map(|byte| if *byte == b'\n' { '\n' } else { ' ' });
    let padded: String = blank.chain(program.text[place].chars()).collect();
    Some(r.within(program, |r| {
        let value = parse_json(r, &padded)?;
        read_line(r, &value, limits)
    }))
}

fn read_line(r: &mut Reporter, value: &Value<'_>, limits: NodeLimits) -> Option<Cluster> {
    let before = r.errors();
    let fields = r.fields(value, "the cluster line", LINE_KEYS)?;
    let value = fields.need(r, "nodes")?;
    let list = r.list(value, "nodes")?;
    if list.is_empty() {
        r.say(Code::NoNodes, range_of(value), "the cluster has no nodes");
    }
    if list.len() > limits.nodes {
        let message = format!("a cluster has at most {} nodes", limits.nodes);
        r.say(Code::TooManyNodes, range_of(value), message);
        return None;
    }
    let mut cluster = Cluster::new();
    for (number, value) in list.iter().enumerate() {
        let Some(fields) = r.fields(value, "a node", LINE_NODE_KEYS) else { continue };
        let name = format!("node {number}").into();
        let (Some(resources), Some(store)) =
            (line_resources(r, &fields, &mut cluster), line_store(r, &fields, limits))
        else {
            continue;
        };
        cluster.nodes.push(Node {
            name,
            resources,
            object_store_memory: Some(store),
            labels: Vec::new(),
            latency: Span::ZERO,
            bandwidth: None,
            cold: false,
        });
    }
    (r.errors() == before).then_some(cluster)
}

fn line_resources(
    r: &mut Reporter,
    fields: &Fields<'_, '_>,
    cluster: &mut Cluster,
) -> Option<Resources> {
    let mut resources = match fields.get("resources") {
        Some(value) => crate::scenario::nodes::read_resources(r, value, cluster)?,
        None => Resources::none(),
    };
    for (key, name) in [("num_cpus", "CPU"), ("num_gpus", "GPU")] {
        if let Some(value) = fields.get(key) {
            let id = cluster.resource(name);
            resources = resources.with(id, r.amount(value, key)?);
        } else if key == "num_cpus" && resources.get(CPU) == Amount::ZERO {
            r.say(Code::ProgramCluster, fields.head(), "a node needs `num_cpus`");
            return None;
        }
    }
    Some(resources)
}

/// In bytes as Ray's tests write it, or with a unit.
fn line_store(r: &mut Reporter, fields: &Fields<'_, '_>, limits: NodeLimits) -> Option<u64> {
    let Some(value) = fields.get("object_store_memory") else { return Some(DEFAULT_STORE) };
    let bytes = match value {
        Value::NumberLit(_) => r.whole(value, "object_store_memory", (0, LARGEST))?,
        _ => r.size(value, "object_store_memory")?,
    };
    limits.check_store(r, bytes, range_of(value));
    Some(bytes)
}
