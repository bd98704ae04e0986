//! The cluster and what breaks in it: nodes, network, faults, and finding a node by its name.

use crate::base::{Amount, Instant, NodeId, ResourceId, Span};
use crate::model::cluster::{CPU, Cluster, Node, Resources};
use crate::model::faults::{Fault, FaultKind};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::node_limits::NodeLimits;
use crate::scenario::read::{Fields, range_of};
use jsonc_parser::ast::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// A resource name of its own costs memory in every node's table.
const MOST_RESOURCES: usize = 1_000;
/// Keys of a cluster.
pub const CLUSTER_KEYS: &[&str] = &["nodes", "network"];
/// Keys of a network.
pub const NETWORK_KEYS: &[&str] = &["latency", "bandwidth"];
/// Keys of a node.
pub const NODE_KEYS: &[&str] =
    &["name", "count", "resources", "object_store_memory", "labels", "network"];
/// Keys of a fault.
pub const FAULT_KEYS: &[&str] = &["at", "kill_node", "kill_worker", "add_node"];

/// A link: latency, and bytes a second if that is limited.
pub type Link = (Span, Option<u64>);

/// All nodes that there are or will be, by name.
#[derive(Debug, Default)]
pub struct NodeTable {
    names: BTreeMap<Arc<str>, NodeId>,
    /// When each node is there from: the ones at the start, then those that join.
    joins: Vec<Instant>,
    /// Whether the cluster could be read; if not, nothing is said about its nodes.
    reliable: bool,
}

/// Reads the key `cluster`; `None` if it was wrong. A workflow's scenario may leave out the nodes.
pub fn read_cluster(
    r: &mut Reporter,
    value: &Value<'_>,
    limits: NodeLimits,
) -> Option<(Cluster, Link)> {
    if let Value::StringLit(text) = value {
        let cluster = short_cluster(r, &text.value, range_of(value), limits)?;
        return Some((cluster, FREE));
    }
    let before = r.errors();
    let fields = r.fields(value, "the cluster", CLUSTER_KEYS)?;
    let link = fields.get("network").map_or(Some((Span::ZERO, None)), |v| read_link(r, v, FREE));
    let mut cluster = Cluster::new();
    let mut names = BTreeMap::new();
    let list = match fields.get("nodes") {
        Some(value) => {
            let list = r.list(value, "nodes")?;
            if list.is_empty() {
                r.say(Code::NoNodes, range_of(value), "the cluster has no nodes");
            }
            list
        }
        None => &[],
    };
    for value in list {
        let Some((node, count, range)) =
            read_node(r, value, &mut cluster, (link.unwrap_or(FREE), limits))
        else {
            continue;
        };
        if cluster.nodes.len() as u64 + count > limits.nodes as u64 {
            let message = format!("a cluster has at most {} nodes", limits.nodes);
            r.say(Code::TooManyNodes, range, message);
            return None;
        }
        add_copies(r, &mut cluster, &mut names, node, count, range);
    }
    (r.errors() == before).then_some((cluster, link?))
}

/// A network that costs nothing.
pub const FREE: Link = (Span::ZERO, None);

/// Reads the link of the network or of one node; what is not named is as in `default`.
fn read_link(r: &mut Reporter, value: &Value<'_>, default: Link) -> Option<Link> {
    let fields = r.fields(value, "the network", NETWORK_KEYS)?;
    let latency = fields.get("latency").map_or(Some(default.0), |v| r.time(v, "the latency"));
    let bandwidth =
        fields.get("bandwidth").map_or(Some(default.1), |v| r.bandwidth(v, "the bandwidth"));
    Some((latency?, bandwidth?))
}

/// Gives each copy its name and adds it.
fn add_copies(
    r: &mut Reporter,
    cluster: &mut Cluster,
    names: &mut BTreeMap<Arc<str>, NodeId>,
    node: Node,
    count: u64,
    range: Range<usize>,
) {
    for number in 0..count {
        let name: Arc<str> = match (&*node.name, count) {
            ("", _) => format!("node {}", cluster.nodes.len()).into(),
            (_, 1) => Arc::clone(&node.name),
            (name, _) => format!("{name}[{number}]").into(),
        };
        if names.contains_key(&name) {
            let message = format!("two nodes are named `{name}`");
            r.say(Code::DuplicateNode, range.clone(), message);
            return;
        }
        let id = cluster.nodes.push(Node { name: Arc::clone(&name), ..node.clone() });
        names.insert(name, id);
    }
}

/// Reads one node, its count and the place of its name. The name is empty if it has none.
fn read_node(
    r: &mut Reporter,
    value: &Value<'_>,
    cluster: &mut Cluster,
    (link, limits): (Link, NodeLimits),
) -> Option<(Node, u64, Range<usize>)> {
    let fields = r.fields(value, "a node", NODE_KEYS)?;
    let before = r.errors();
    let name = fields.get("name").and_then(|v| r.name(v, "a node's name")).unwrap_or("");
    let place = fields.get("name").map_or(fields.head(), range_of);
    let count = fields.get("count").map_or(Some(1), |v| r.whole(v, "count", (1, u64::MAX)));
    let resources = match fields.need(r, "resources") {
        Some(value) => read_resources(r, value, cluster),
        None => None,
    };
    let store = fields.get("object_store_memory").map_or(Some(None), |v| read_store(r, v, limits));
    let mut labels = Vec::new();
    if let Some(value) = fields.get("labels") {
        for entry in r.entries(value, "labels").unwrap_or_default() {
            if let Some(text) = r.text(entry.value, "a label") {
                labels.push((entry.key.to_owned(), text.to_owned()));
            }
        }
    }
    let link = fields.get("network").map_or(Some(link), |v| read_link(r, v, link));
    if r.errors() > before {
        return None;
    }
    let (latency, bandwidth) = link?;
    let node = Node {
        name: name.into(),
        resources: resources?,
        object_store_memory: store?,
        labels,
        latency,
        bandwidth,
        cold: false,
    };
    Some((node, count?, place))
}

fn read_store(r: &mut Reporter, value: &Value<'_>, limits: NodeLimits) -> Option<Option<u64>> {
    if matches!(value, Value::StringLit(text) if text.value == "unlimited") {
        return Some(None);
    }
    let bytes = r.size(value, "object_store_memory")?;
    limits.check_store(r, bytes, range_of(value));
    Some(Some(bytes))
}

/// Reads amounts by resource name, of a node or of a task.
pub fn read_resources(
    r: &mut Reporter,
    value: &Value<'_>,
    cluster: &mut Cluster,
) -> Option<Resources> {
    let before = r.errors();
    let mut resources = Resources::none();
    for entry in r.entries(value, "resources")? {
        let Some(amount) = r.amount(entry.value, entry.key) else { continue };
        if let Some(resource) = resource_id(r, cluster, entry.key, entry.range) {
            resources = resources.with(resource, amount);
        }
    }
    (r.errors() == before).then_some(resources)
}

fn resource_id(
    r: &mut Reporter,
    cluster: &mut Cluster,
    name: &str,
    range: Range<usize>,
) -> Option<ResourceId> {
    let known = cluster.resource_names.iter().any(|known| **known == *name);
    if !known {
        if name.trim().is_empty() {
            r.say(Code::EmptyName, range, "the name of a resource is empty");
            return None;
        }
        if cluster.resource_names.len() >= MOST_RESOURCES {
            let message = format!("a scenario has at most {MOST_RESOURCES} kinds of resources");
            r.say(Code::TooManyResources, range, message);
            return None;
        }
        if let Some(alike) = ["CPU", "GPU", "memory"].iter().find(|n| n.eq_ignore_ascii_case(name))
        {
            let message = format!("`{name}` is a custom resource");
            r.advise(Code::CustomResource, range, message, format!("did you mean `{alike}`?"));
        }
    }
    Some(cluster.resource(name))
}

/// `3x2` (three nodes of two CPUs) or `2,2,4` (the CPUs of each node).
pub fn short_cluster(
    r: &mut Reporter,
    text: &str,
    range: Range<usize>,
    limits: NodeLimits,
) -> Option<Cluster> {
    const HELP: &str =
        "write 3x2 for three nodes of two CPUs each, or 2,2,4 for the CPUs of each node";
    let number = |text: &str| text.trim().parse::<u64>().ok().filter(|n| *n <= 1_000_000);
    let cpus: Option<Vec<u64>> = match text.split_once('x') {
        Some((count, cpus)) => match (number(count), number(cpus)) {
            (Some(count), Some(_)) if count > limits.nodes as u64 => {
                let message = format!("a cluster has at most {} nodes", limits.nodes);
                r.say(Code::TooManyNodes, range, message);
                return None;
            }
            (Some(count), Some(cpus)) => Some(vec![cpus; count as usize]),
            _ => None,
        },
        None => text.split(',').map(number).collect(),
    };
    let Some(cpus) = cpus else {
        r.advise(Code::BadShortCluster, range, format!("`{text}` is not a cluster"), HELP);
        return None;
    };
    if cpus.is_empty() {
        r.advise(Code::NoNodes, range, "the cluster has no nodes", HELP);
        return None;
    }
    let mut cluster = Cluster::uniform(cpus.len(), 0);
    for (node, cpus) in cluster.nodes.iter_mut().zip(cpus) {
        node.resources = Resources::none().with(CPU, Amount::whole(cpus));
    }
    Some(cluster)
}

impl NodeTable {
    /// The nodes of a cluster; of none if it could not be read.
    pub fn new(cluster: Option<&Cluster>) -> NodeTable {
        let mut table = NodeTable { reliable: cluster.is_some(), ..NodeTable::default() };
        for (id, node) in cluster.iter().flat_map(|cluster| cluster.nodes.enumerate()) {
            table.names.insert(Arc::clone(&node.name), id);
            table.joins.push(Instant::ZERO);
        }
        table
    }

    /// How many there are, with those that join.
    pub fn len(&self) -> usize {
        self.joins.len()
    }

    /// Whether the cluster could be read.
    pub fn is_reliable(&self) -> bool {
        self.reliable
    }

    /// The node with that name.
    pub fn by_name(&self, name: &str) -> Option<NodeId> {
        self.names.get(name).copied()
    }

    /// The node that a name or an index means; reports it if there is none.
    pub fn find(&self, r: &mut Reporter, value: &Value<'_>) -> Option<NodeId> {
        if let Value::NumberLit(_) = value {
            let index = r.whole(value, "the index of a node", (0, u64::from(u32::MAX)))?;
            if index < self.joins.len() as u64 {
                return Some(NodeId::new(index as u32));
            }
            if self.reliable {
                let message = format!("there is no node {index}");
                let help = format!("nodes count from 0 to {}", self.joins.len().saturating_sub(1));
                r.advise(Code::UnknownNode, range_of(value), message, help);
            }
            return None;
        }
        let Value::StringLit(text) = value else {
            r.wrong_type(value, "a node", "a name or an index");
            return None;
        };
        self.find_name(r, &text.value, range_of(value))
    }

    /// The node with that name; reports it if there is none.
    pub fn find_name(&self, r: &mut Reporter, name: &str, range: Range<usize>) -> Option<NodeId> {
        let found = self.by_name(name);
        if found.is_none() && self.reliable {
            let mut names: Vec<&str> = self.names.keys().map(|name| &**name).collect();
            names.sort_unstable();
            let message = format!("there is no node `{name}`");
            r.suggest(Code::UnknownNode, range, message, name, names.into_iter());
        }
        found
    }
}

/// Reads the key `faults`. Nodes that join get the next indices, in the order of time.
pub fn read_faults(
    r: &mut Reporter,
    value: &Value<'_>,
    cluster: &mut Cluster,
    table: &mut NodeTable,
    limits: NodeLimits,
) -> Option<Vec<Fault>> {
    let list = r.list(value, "faults")?;
    let mut entries: Vec<(Instant, Fields<'_, '_>)> = Vec::new();
    for value in list {
        let Some(fields) = r.fields(value, "a fault", FAULT_KEYS) else { continue };
        let at = fields.need(r, "at").and_then(|v| r.time(v, "the time of a fault"));
        let kinds = FAULT_KEYS[1..].iter().filter(|key| fields.get(key).is_some()).count();
        if kinds != 1 {
            let message = "a fault is exactly one of kill_node, kill_worker and add_node";
            r.say(Code::BadFault, fields.head(), message);
        } else if let Some(at) = at {
            entries.push((Instant::ZERO + at, fields));
        }
    }
    entries.sort_by_key(|(at, _)| *at);
    let mut added: BTreeMap<usize, Node> = BTreeMap::new();
    for (number, (at, fields)) in entries.iter().enumerate() {
        let Some(value) = fields.get("add_node") else { continue };
        // A node that joins has the head node's network unless it names one.
        let head = cluster.nodes.iter().next().map_or(FREE, |node| (node.latency, node.bandwidth));
        let Some((mut node, count, range)) = read_node(r, value, cluster, (head, limits)) else {
            continue;
        };
        if count != 1 {
            r.say(Code::NotHere, range.clone(), "a fault adds one node: `count` is 1 here");
        }
        if node.name.is_empty() {
            node.name = format!("node {}", table.len()).into();
        }
        if table.by_name(&node.name).is_some() {
            let message = format!("two nodes are named `{}`", node.name);
            r.say(Code::DuplicateNode, range, message);
            continue;
        }
        table.names.insert(Arc::clone(&node.name), NodeId::new(table.len() as u32));
        table.joins.push(*at);
        added.insert(number, node);
    }
    let mut faults = Vec::new();
    for (number, (at, fields)) in entries.iter().enumerate() {
        let kind = match added.remove(&number) {
            Some(node) => Some(FaultKind::AddNode(Box::new(node))),
            None => read_kill(r, *at, fields, table),
        };
        faults.extend(kind.map(|kind| Fault { at: *at, kind }));
    }
    Some(faults)
}

fn read_kill(
    r: &mut Reporter,
    at: Instant,
    fields: &Fields<'_, '_>,
    table: &NodeTable,
) -> Option<FaultKind> {
    let (value, kind) = match (fields.get("kill_node"), fields.get("kill_worker")) {
        (Some(value), _) => (value, FaultKind::KillNode as fn(NodeId) -> FaultKind),
        (None, Some(value)) => (value, FaultKind::KillWorker as fn(NodeId) -> FaultKind),
        // An added node that could not be read: already reported.
        (None, None) => return None,
    };
    let node = table.find(r, value)?;
    let joins = table.joins[node.number() as usize];
    if joins > at {
        let message = format!("node {node} joins only at {joins}");
        r.say(Code::NotJoinedYet, range_of(value), message);
        return None;
    }
    Some(kind(node))
}
