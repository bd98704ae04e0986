//! Nodes, their resources, and the network between them.

use crate::base::id::Id;
use crate::base::{Amount, IdVec, NodeId, ResourceId, Span};
use smallvec::SmallVec;
use std::sync::Arc;

/// `CPU`, always the first resource.
pub const CPU: ResourceId = ResourceId::new(0);
/// `GPU`, always the second.
pub const GPU: ResourceId = ResourceId::new(1);
/// `memory` in bytes, always the third.
pub const MEMORY: ResourceId = ResourceId::new(2);
const WELL_KNOWN: [&str; 3] = ["CPU", "GPU", "memory"];

/// Amounts by resource, sorted by id, without zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resources {
    entries: SmallVec<[(ResourceId, Amount); 2]>,
}

impl Resources {
    /// Nothing.
    pub fn none() -> Resources {
        Resources::default()
    }

    /// That many CPUs and nothing else.
    pub fn cpus(amount: Amount) -> Resources {
        Resources::none().with(CPU, amount)
    }

    /// The same with `amount` of `resource` instead of what was there.
    pub fn with(mut self, resource: ResourceId, amount: Amount) -> Resources {
        self.entries.retain(|(id, _)| *id != resource);
        if amount != Amount::ZERO {
            let at = self.entries.partition_point(|(id, _)| *id < resource);
            self.entries.insert(at, (resource, amount));
        }
        self
    }

    /// How much of `resource`.
    pub fn get(&self, resource: ResourceId) -> Amount {
        self.entries.iter().find(|(id, _)| *id == resource).map_or(Amount::ZERO, |(_, n)| *n)
    }

    /// The amounts that are not zero, by id.
    pub fn iter(&self) -> impl Iterator<Item = (ResourceId, Amount)> {
        self.entries.iter().copied()
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether every amount here fits into `whole`.
    pub fn fits_in(&self, whole: &Resources) -> bool {
        self.iter().all(|(id, amount)| amount <= whole.get(id))
    }
}

/// One node: what it offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Name for people: `node 0` unless the scenario says otherwise.
    pub name: Arc<str>,
    /// Totals.
    pub resources: Resources,
    /// Capacity of the object store in bytes; `None` is unlimited.
    pub object_store_memory: Option<u64>,
    /// Labels, for label selectors.
    pub labels: Vec<(String, String)>,
    /// One-way latency of its link.
    pub latency: Span,
    /// Bytes a second, each way; `None` is unlimited.
    pub bandwidth: Option<u64>,
    /// Whether no worker process is there at the start: else there is one for each CPU.
    pub cold: bool,
}

/// Ray starts no node with a smaller object store, in bytes: 75 MiB.
/// Source: `OBJECT_STORE_MINIMUM_MEMORY_BYTES` in `python/ray/_private/ray_constants.py`.
pub const LEAST_STORE: u64 = 78_643_200;

/// What Ray says to a smaller one. Source: `python/ray/_private/services.py`.
pub fn small_store_message(bytes: u64) -> String {
    format!(
        "Attempting to cap object store memory usage at {bytes} bytes, but the minimum allowed is {LEAST_STORE} bytes."
    )
}

/// The cluster at the start of the run. The driver runs on the first node, Ray's head node.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// All nodes, in the scenario's order.
    pub nodes: IdVec<NodeId, Node>,
    /// Names of resources; the first three are always CPU, GPU, memory.
    pub resource_names: IdVec<ResourceId, Arc<str>>,
}

impl Default for Cluster {
    /// As [`Cluster::new`]: without the well-known names, ids of resources would mean something else.
    fn default() -> Self {
        Cluster::new()
    }
}

impl Cluster {
    /// No nodes yet, the well-known resources named.
    pub fn new() -> Cluster {
        Cluster {
            nodes: IdVec::new(),
            resource_names: WELL_KNOWN.iter().map(|name| Arc::from(*name)).collect(),
        }
    }

    /// `count` equal nodes of `cpus` CPUs with unlimited stores and a free network: `3x2`.
    pub fn uniform(count: usize, cpus: u64) -> Cluster {
        let mut cluster = Cluster::new();
        for number in 0..count {
            cluster.nodes.push(Node {
                name: format!("node {number}").into(),
                resources: Resources::cpus(Amount::whole(cpus)),
                object_store_memory: None,
                labels: Vec::new(),
                latency: Span::ZERO,
                bandwidth: None,
                cold: false,
            });
        }
        cluster
    }

    /// The id of a resource name, made if it is new.
    pub fn resource(&mut self, name: &str) -> ResourceId {
        intern_resource(&mut self.resource_names, name)
    }

    /// Where the driver runs.
    pub fn head(&self) -> NodeId {
        NodeId::from_index(0)
    }
}

/// The id of `name` in `names`, made if it is new.
pub fn intern_resource(names: &mut IdVec<ResourceId, Arc<str>>, name: &str) -> ResourceId {
    let known = names.enumerate().find(|(_, known)| &***known == name).map(|(id, _)| id);
    known.unwrap_or_else(|| names.push(Arc::from(name)))
}

/// The 56 hex digits by which a program names a node (`ray.nodes()`, `NodeAffinity`).
pub fn node_hex(node: NodeId) -> String {
    format!("{:056x}", u64::from(node.number()) + 1)
}

/// The node that [`node_hex`] wrote, if it is one.
pub fn parse_node_hex(text: &str) -> Option<NodeId> {
    let number = (text.len() == 56).then(|| u64::from_str_radix(text.trim_start_matches('0'), 16));
    let number = number?.ok()?.checked_sub(1)?;
    u32::try_from(number).ok().map(NodeId::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_kept_sorted_and_without_zeros() {
        let set = Resources::none().with(GPU, Amount::ONE).with(CPU, Amount::whole(2));
        assert_eq!(set.iter().map(|(id, _)| id).collect::<Vec<_>>(), [CPU, GPU]);
        let set = set.with(GPU, Amount::ZERO);
        assert_eq!(set, Resources::cpus(Amount::whole(2)));
        assert!(Resources::cpus(Amount::ONE).fits_in(&set));
        assert!(!Resources::none().with(MEMORY, Amount::ONE).fits_in(&set));
    }

    #[test]
    fn node_names_in_hex_go_round() {
        let id = NodeId::new(41);
        assert_eq!(node_hex(id).len(), 56);
        assert_eq!(parse_node_hex(&node_hex(id)), Some(id));
        assert_eq!(parse_node_hex(&"0".repeat(56)), None);
        assert_eq!(parse_node_hex("abc"), None);
    }
}
