//! Placement groups in the state: their rows, what their events change, and when those are legal. Selectors of labels,
//! which count as resources too, are made true here as well.

use crate::base::{Amount, GroupId, NodeId, ResourceId};
use crate::model::cluster::CPU;
use crate::model::group::{is_group_cpu, is_whole_group_cpu};
use crate::model::{GroupSpec, Resources, Selector};
use crate::state::State;
use crate::state::copies::new_object;
use crate::state::known::{Verdict, known_resources, require};
use crate::state::rows::Creator;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A placement group's row.
#[derive(Clone, PartialEq, Debug)]
pub struct GroupRow {
    /// What was created.
    pub spec: Arc<GroupSpec>,
    /// Where it stands.
    pub status: GroupStatus,
    /// The node of each bundle, if it has one.
    pub nodes: Vec<Option<NodeId>>,
}

impl GroupRow {
    /// The bundles that have a node, by number.
    pub fn placed(&self) -> impl Iterator<Item = (usize, NodeId)> {
        self.nodes.iter().enumerate().filter_map(|(bundle, node)| Some((bundle, (*node)?)))
    }
}

/// Where a placement group stands, in Ray's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupStatus {
    /// PENDING.
    Pending,
    /// CREATED: every bundle has its node.
    Created,
    /// RESCHEDULING: the node of a bundle died.
    Rescheduling,
    /// REMOVED.
    Removed,
}

impl GroupStatus {
    /// Ray's name for it.
    pub fn ray_name(self) -> &'static str {
        match self {
            GroupStatus::Pending => "PENDING",
            GroupStatus::Created => "CREATED",
            GroupStatus::Rescheduling => "RESCHEDULING",
            GroupStatus::Removed => "REMOVED",
        }
    }
}

/// What is asked of each node together.
type Sums = BTreeMap<NodeId, Resources>;

fn add(sums: &mut Sums, node: NodeId, more: &Resources) {
    let sum = sums.entry(node).or_default();
    for (id, amount) in more.iter() {
        let whole = sum.get(id).plus(amount);
        *sum = std::mem::take(sum).with(id, whole);
    }
}

impl State {
    pub(super) fn create_group(&mut self, spec: &Arc<GroupSpec>) {
        self.note_line(spec.owner, spec.line);
        self.objects.push(new_object(Creator::Group(spec.id), 0, 1));
        let nodes = vec![None; spec.bundles.len()];
        self.groups.push(GroupRow { spec: spec.clone(), status: GroupStatus::Pending, nodes });
    }

    /// The bundles without a node get theirs.
    pub(super) fn place_group(&mut self, group: GroupId, nodes: &[NodeId]) {
        let row = &mut self.groups[group];
        row.status = GroupStatus::Created;
        for ((bundle, place), node) in row.spec.bundles.iter().zip(&mut row.nodes).zip(nodes) {
            if place.is_none() {
                *place = Some(*node);
                self.ledger.take(*node, &bundle.demand);
                self.ledger.offer(*node, &bundle.offers);
            }
        }
    }

    pub(super) fn remove_group(&mut self, group: GroupId) {
        let row = &mut self.groups[group];
        row.status = GroupStatus::Removed;
        for (bundle, place) in row.spec.bundles.iter().zip(&mut row.nodes) {
            if let Some(node) = place.take() {
                self.ledger.withdraw(node, &bundle.offers);
                self.ledger.give_back(node, &bundle.demand);
            }
        }
    }

    /// The bundles of a node that died have no node any more.
    pub(super) fn uproot_groups(&mut self, node: NodeId) {
        for row in self.groups.iter_mut().filter(|row| row.nodes.contains(&Some(node))) {
            row.status = GroupStatus::Rescheduling;
            for place in row.nodes.iter_mut().filter(|place| **place == Some(node)) {
                *place = None;
            }
        }
    }

    /// A resource gets a name; if it stands for a selector, the nodes that meet it have it from now on.
    pub(super) fn name_resource(&mut self, name: &Arc<str>) {
        let id = self.resource_names.push(name.clone());
        let Some(selector) = Selector::of_resource(name) else { return };
        for (node, row) in self.nodes.enumerate() {
            if row.alive && selector.matches(node, &row.labels) {
                self.ledger.offer(node, &Resources::none().with(id, Selector::offer()));
            }
        }
    }

    /// A new node has what it meets of the selectors that are known.
    pub(super) fn offer_labels(&mut self, node: NodeId) {
        for (id, name) in self.resource_names.enumerate() {
            let selector = Selector::of_resource(name);
            if selector.is_some_and(|selector| selector.matches(node, &self.nodes[node].labels)) {
                self.ledger.offer(node, &Resources::none().with(id, Selector::offer()));
            }
        }
    }

    /// Whether a blocked worker lends it: CPU, and the CPU of a placement group.
    pub(crate) fn is_lent(&self, resource: ResourceId) -> bool {
        let name = || self.resource_names.get(resource);
        resource == CPU || name().is_some_and(|name| is_group_cpu(name))
    }

    /// How many CPUs a demand takes, those of a placement group among them.
    pub fn cpus(&self, demand: &Resources) -> Amount {
        let counts = |id| match self.resource_names.get(id) {
            _ if id == CPU => true,
            Some(name) => is_whole_group_cpu(name),
            None => false,
        };
        let wishes = demand.iter().filter(|(id, _)| counts(*id));
        wishes.fold(Amount::ZERO, |sum, (_, amount)| sum.plus(amount))
    }

    /// What of a demand a blocked worker lends.
    pub(super) fn lent(&self, demand: &Resources) -> Resources {
        let lent = demand.iter().filter(|(id, _)| self.is_lent(*id));
        lent.fold(Resources::none(), |sum, (id, amount)| sum.with(id, amount))
    }

    pub(super) fn admit_group(&self, spec: &GroupSpec) -> Verdict {
        require(spec.id == self.groups.next_id(), || {
            format!("the next group has the number {}, not {}", self.groups.len(), spec.id)
        })?;
        self.next_object(spec.ready)?;
        self.running_caller(spec.owner)?;
        require(!spec.bundles.is_empty(), || format!("group {} has no bundles", spec.id))?;
        spec.bundles.iter().try_for_each(|bundle| {
            known_resources(&bundle.demand, self.resource_names.len())?;
            known_resources(&bundle.offers, self.resource_names.len())
        })
    }

    pub(super) fn admit_group_placement(&self, group: GroupId, nodes: &[NodeId]) -> Verdict {
        let row = self.known_group(group)?;
        let waits = matches!(row.status, GroupStatus::Pending | GroupStatus::Rescheduling);
        require(waits && nodes.len() == row.nodes.len(), || {
            format!("group {group} of {} bundles is {}", row.nodes.len(), row.status.ray_name())
        })?;
        let mut sums = Sums::new();
        for ((bundle, place), node) in row.spec.bundles.iter().zip(&row.nodes).zip(nodes) {
            self.living_node(*node)?;
            match place {
                None => add(&mut sums, *node, &bundle.demand),
                Some(before) => require(before == node, || {
                    format!("a bundle of group {group} moves from node {before} to node {node}")
                })?,
            }
        }
        self.can_take(&sums)
    }

    /// Whoever used the bundles has ended by an event of its own.
    pub(super) fn admit_group_removal(&self, group: GroupId) -> Verdict {
        let row = self.known_group(group)?;
        require(row.status != GroupStatus::Removed, || format!("group {group} is removed"))?;
        let mut sums = Sums::new();
        for (bundle, node) in row.placed() {
            add(&mut sums, node, &row.spec.bundles[bundle].offers);
        }
        self.can_take(&sums)
    }

    fn can_take(&self, sums: &Sums) -> Verdict {
        sums.iter().try_for_each(|(node, sum)| {
            known_resources(sum, self.ledger.resources())?;
            require(self.ledger.is_available(*node, sum), || {
                format!("node {node} has not so much free of what the group's bundles are made of")
            })
        })
    }

    fn known_group(&self, group: GroupId) -> Result<&GroupRow, String> {
        self.groups.get(group).ok_or_else(|| format!("there is no group {group}"))
    }

    /// A group is created when all its bundles have a node, and only living nodes have bundles.
    pub(super) fn check_groups(&self, found: &mut Vec<String>) {
        for (id, row) in self.groups.enumerate() {
            let placed = row.placed().count();
            let fits = match row.status {
                GroupStatus::Created => placed == row.nodes.len(),
                GroupStatus::Rescheduling => placed < row.nodes.len(),
                GroupStatus::Pending | GroupStatus::Removed => placed == 0,
            };
            if !fits {
                let status = row.status.ray_name();
                found.push(format!("group {id} is {status} with {placed} bundles on nodes"));
            }
            for (bundle, node) in row.placed() {
                if !self.nodes[node].alive {
                    found.push(format!("bundle {bundle} of group {id} is on node {node}, dead"));
                }
                for (resource, amount) in row.spec.bundles[bundle].offers.iter() {
                    if self.ledger.total(node, resource) < amount {
                        found.push(format!("node {node} does not offer bundle {bundle} of {id}"));
                    }
                }
            }
        }
    }
}
