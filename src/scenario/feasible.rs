//! Finds the tasks that no node can ever hold, before a run has to.

use crate::base::id::Id;
use crate::model::cluster::{Cluster, Node, Resources};
use crate::model::faults::{Fault, FaultKind};
use crate::model::task::Strategy;
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::draft::DraftTask;
use crate::scenario::tasks::show_resources;
use std::collections::{BTreeMap, BTreeSet};

/// Reports each task that fits on none of the nodes that there are or will be.
pub fn check_fit(r: &mut Reporter, tasks: &[DraftTask], cluster: &Cluster, faults: &[Fault]) {
    let joined = faults.iter().filter_map(|fault| match &fault.kind {
        FaultKind::AddNode(node) => Some(&**node),
        _ => None,
    });
    let nodes: Vec<&Node> = cluster.nodes.iter().chain(joined).collect();
    let kinds: BTreeSet<&Resources> = nodes.iter().map(|node| &node.resources).collect();
    let mut known: BTreeMap<&Resources, bool> = BTreeMap::new();
    for task in tasks {
        let demand = &task.demand;
        let offer = match task.strategy {
            Strategy::NodeAffinity { node: Some(node), soft: false } => nodes.get(node.index()),
            _ => None,
        };
        let fits = match offer {
            Some(node) => demand.fits_in(&node.resources),
            None => *known
                .entry(demand)
                .or_insert_with(|| kinds.iter().any(|offer| demand.fits_in(offer))),
        };
        if fits {
            continue;
        }
        let asks = show_resources(demand, cluster);
        let (message, help) = match offer {
            Some(node) => (
                format!("`{}` asks for {asks}, and must run on `{}`", task.name.name, node.name),
                format!("that node has {}", show_resources(&node.resources, cluster)),
            ),
            None => (
                format!("no node can ever hold `{}`: it asks for {asks}", task.name.name),
                format!("the nodes have {}", offers(&kinds, cluster)),
            ),
        };
        r.advise(Code::Infeasible, task.name.range.clone(), message, help);
    }
}

/// What nodes have, a few kinds of them.
fn offers(kinds: &BTreeSet<&Resources>, cluster: &Cluster) -> String {
    let shown: Vec<String> =
        kinds.iter().rev().take(5).map(|kind| show_resources(kind, cluster)).collect();
    let rest = if kinds.len() > shown.len() { "; and others" } else { "" };
    shown.join("; or ") + rest
}
