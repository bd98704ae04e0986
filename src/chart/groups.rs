//! Sentences about placement groups and the resources that they make.

use crate::base::units::show_bytes;
use crate::base::{GroupId, NodeId};
use crate::chart::captions::{MOST_NAMED, capital, counted};
use crate::model::labels::selector_text;
use crate::model::{GroupSpec, GroupStrategy, Resources};
use crate::state::State;
use crate::trace::Names;

/// A resource got a name.
pub(super) fn resource_named(name: &str) -> String {
    if let Some(selector) = selector_text(name) {
        return format!("The program asks for nodes with the labels {selector}");
    }
    if name.contains("_group_") {
        return format!("A bundle's resource is called {name}");
    }
    format!("The program asks for the resource {name}")
}

/// `ray.util.placement_group` was called.
pub(super) fn created(before: &State, spec: &GroupSpec, names: &Names) -> String {
    let (who, group) = (capital(&names.caller(spec.owner)), names.group(spec.id));
    let count = counted(spec.bundles.len());
    let noun = if spec.bundles.len() == 1 { "bundle" } else { "bundles" };
    let first = spec.bundles.first().map(|bundle| resources(before, &bundle.demand));
    let same = spec.bundles.iter().all(|b| Some(resources(before, &b.demand)) == first);
    let of = first.filter(|_| same).map_or(String::new(), |text| format!(" of {text}"));
    let layout = spec.strategy.ray_name();
    format!("{who} asks the GCS for the placement group {group}: {count} {noun}{of}, {layout}")
}

fn resources(before: &State, demand: &Resources) -> String {
    let name = |id| before.resource_names.get(id).map_or("?", |name| &**name);
    let parts = demand.iter().map(|(id, amount)| match name(id) {
        "memory" => format!("{} of memory", show_bytes(amount.floor())),
        name => match selector_text(name) {
            Some(selector) => format!("a node with {selector}"),
            None => format!("{amount} {name}"),
        },
    });
    let parts: Vec<String> = parts.collect();
    parts.join(", ")
}

/// All its bundles have a node.
pub(super) fn placed(group: GroupId, nodes: &[NodeId], names: &Names) -> String {
    let mut rows: Vec<(NodeId, usize)> = Vec::new();
    for node in nodes {
        match rows.iter_mut().find(|(known, _)| known == node) {
            Some((_, count)) => *count += 1,
            None => rows.push((*node, 1)),
        }
    }
    let one = |n: usize| {
        let (node, count) = rows[n];
        let noun = if count == 1 { "bundle" } else { "bundles" };
        format!("{} {noun} on {}", counted(count), names.node(node))
    };
    let list = Names::list(MOST_NAMED, rows.len(), one);
    format!("{} has its place: {list}", capital(&names.group(group)))
}

/// Why its bundles lie as they do.
pub(super) fn layout(before: &State, group: GroupId) -> String {
    let Some(row) = before.groups.get(group) else { return String::new() };
    match row.spec.strategy {
        GroupStrategy::Pack => "PACK: as few nodes as possible, the emptiest first",
        GroupStrategy::Spread => "SPREAD: another node for each bundle, as far as there are any",
        GroupStrategy::StrictPack => "STRICT_PACK: one node for all bundles",
        GroupStrategy::StrictSpread => "STRICT_SPREAD: a node of its own for each bundle",
    }
    .to_owned()
}

/// It was removed.
pub(super) fn removed(group: GroupId, names: &Names) -> String {
    format!("{} is removed: its bundles go back to their nodes", capital(&names.group(group)))
}
