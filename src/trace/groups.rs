//! Placement groups in a trace, both ways.

use crate::base::{GroupId, IdVec, NodeId, ResourceId};
use crate::model::{Bundle, GroupSpec, GroupStrategy, Strategy};
use crate::state::Event;
use crate::trace::decode::{self, Names, caller, flag, need, resources};
use crate::trace::encode::{amounts, by, nonzero, of};
use crate::trace::mirror::{BundleMirror, Kind, LayoutWord, Line};
use std::sync::Arc;

/// The line of a group that was created.
pub(super) fn created_line(spec: &GroupSpec, names: &IdVec<ResourceId, Arc<str>>) -> Line {
    let layout = match spec.strategy {
        GroupStrategy::Pack => LayoutWord::Pack,
        GroupStrategy::Spread => LayoutWord::Spread,
        GroupStrategy::StrictPack => LayoutWord::StrictPack,
        GroupStrategy::StrictSpread => LayoutWord::StrictSpread,
    };
    let bundle = |bundle: &Bundle| BundleMirror {
        demand: amounts(&bundle.demand, names),
        offers: amounts(&bundle.offers, names),
    };
    Line {
        by: by(spec.owner),
        name: spec.name.as_ref().map(ToString::to_string),
        group: Some(spec.id.number()),
        layout: Some(layout),
        bundles: Some(spec.bundles.iter().map(bundle).collect()),
        object: Some(spec.ready.number()),
        line: nonzero(spec.line),
        ..of(Kind::GroupCreated)
    }
}

/// The line of a group that was placed.
pub(super) fn placed_line(group: GroupId, nodes: &[NodeId]) -> Line {
    let nodes: Vec<u32> = nodes.iter().map(|node| node.number()).collect();
    of(Kind::GroupPlaced).group(group.number()).nodes(nodes)
}

/// The keys of a strategy that names a group.
pub(super) fn strategy_line(strategy: Strategy, line: Line) -> Line {
    match strategy {
        Strategy::PlacementGroup { group, bundle, capture } => {
            line.group(group.number()).bundle(bundle).capture(capture.then_some(true))
        }
        Strategy::Default | Strategy::Spread | Strategy::NodeAffinity { .. } => line,
    }
}

/// The group that was created.
pub(super) fn created(l: &mut Line, names: &Names) -> Result<GroupSpec, String> {
    let strategy = match need(l.layout.take(), "layout")? {
        LayoutWord::Pack => GroupStrategy::Pack,
        LayoutWord::Spread => GroupStrategy::Spread,
        LayoutWord::StrictPack => GroupStrategy::StrictPack,
        LayoutWord::StrictSpread => GroupStrategy::StrictSpread,
    };
    let bundle = |mirror: &BundleMirror| {
        let (demand, offers) = (&mirror.demand, &mirror.offers);
        Ok(Bundle { demand: resources(demand, names)?, offers: resources(offers, names)? })
    };
    let bundles = need(l.bundles.take(), "bundles")?;
    Ok(GroupSpec {
        id: group(l)?,
        name: l.name.take().map(Arc::from),
        owner: caller(l),
        line: l.line.take().unwrap_or(0),
        strategy,
        bundles: bundles.iter().map(bundle).collect::<Result<_, String>>()?,
        ready: decode::object(l)?,
    })
}

/// The group that was placed.
pub(super) fn placed(l: &mut Line) -> Result<Event, String> {
    let nodes = need(l.nodes.take(), "nodes")?.into_iter().map(NodeId::new).collect();
    Ok(Event::GroupPlaced { group: group(l)?, nodes })
}

/// The strategy that names a group.
pub(super) fn strategy(l: &mut Line) -> Result<Strategy, String> {
    let (bundle, capture) = (l.bundle.take(), flag(&mut l.capture));
    Ok(Strategy::PlacementGroup { group: group(l)?, bundle, capture })
}

/// A group's number.
pub(super) fn group(l: &mut Line) -> Result<GroupId, String> {
    need(l.group.take(), "group").map(GroupId::new)
}
