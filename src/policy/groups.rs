//! Where the bundles of a placement group go (bundle_scheduling_policy.cc, scorer.cc): all of them, or none.

use crate::base::id::Id;
use crate::base::{Amount, NodeId, ResourceId};
use crate::model::cluster::{CPU, GPU, MEMORY};
use crate::model::labels::selector_text;
use crate::model::{GroupStrategy, Resources};
use crate::policy::rank;
use crate::state::{GroupRow, Ledger, State};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The node of each bundle; those that have one keep it. `None` if they do not all fit now.
///
/// `ledger` is what the GCS believes of the nodes. Of nodes that are equally good the one with the lowest rank is
/// taken; without `ranks`, the one with the lowest id.
pub fn layout(
    state: &State,
    ledger: &Ledger,
    ranks: &[u32],
    row: &GroupRow,
) -> Option<Vec<NodeId>> {
    let mut open: Vec<usize> = (0..row.nodes.len()).filter(|n| row.nodes[*n].is_none()).collect();
    let demand = |bundle: usize| &row.spec.bundles[bundle].demand;
    // The hardest to place first; bundles that ask the same keep their order.
    open.sort_by_key(|bundle| Reverse(hardness(demand(*bundle))));
    let mut board = Board::new(state, ledger, ranks, row);
    let mut found = row.nodes.clone();
    match row.spec.strategy {
        GroupStrategy::Pack => {
            while let Some(first) = open.first() {
                let node = board.best(demand(*first), Among::Unused)?;
                open.retain(|bundle| {
                    let fits = board.take(node, demand(*bundle));
                    if fits {
                        found[*bundle] = Some(node);
                    }
                    !fits
                });
                board.used.push(node);
            }
        }
        GroupStrategy::Spread | GroupStrategy::StrictSpread => {
            let strict = row.spec.strategy == GroupStrategy::StrictSpread;
            for bundle in open {
                let again = || (!strict).then(|| board.best(demand(bundle), Among::Used)).flatten();
                let node = board.best(demand(bundle), Among::Unused).or_else(again)?;
                board.take(node, demand(bundle));
                board.used.push(node);
                found[bundle] = Some(node);
            }
        }
        GroupStrategy::StrictPack => {
            let whole = open.iter().fold(Resources::none(), |sum, bundle| {
                let add = |sum: Resources, (id, amount): (ResourceId, Amount)| {
                    let more = sum.get(id).plus(amount);
                    sum.with(id, more)
                };
                demand(*bundle).iter().fold(sum, add)
            });
            let node = board.best(&whole, Among::Unused)?;
            found.fill(Some(node));
        }
    }
    found.into_iter().collect()
}

/// GPU first, then custom resources, memory and CPU.
fn hardness(demand: &Resources) -> (Amount, Vec<(ResourceId, Amount)>, Amount, Amount) {
    let custom = demand.iter().filter(|(id, _)| ![CPU, GPU, MEMORY].contains(id)).collect();
    (demand.get(GPU), custom, demand.get(MEMORY), demand.get(CPU))
}

/// Among which nodes the best one is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Among {
    /// Those without a bundle of the group.
    Unused,
    /// Those with one.
    Used,
}

/// The nodes as they would be with the bundles that have a place so far.
struct Board<'a> {
    state: &'a State,
    ledger: &'a Ledger,
    ranks: &'a [u32],
    taken: BTreeMap<(NodeId, ResourceId), Amount>,
    used: Vec<NodeId>,
}

impl Board<'_> {
    fn new<'a>(
        state: &'a State,
        ledger: &'a Ledger,
        ranks: &'a [u32],
        row: &GroupRow,
    ) -> Board<'a> {
        // Only the strategies that want other nodes look at where the group is already.
        let used = match row.spec.strategy {
            GroupStrategy::Spread | GroupStrategy::StrictSpread => {
                row.placed().map(|(_, node)| node).collect()
            }
            GroupStrategy::Pack | GroupStrategy::StrictPack => Vec::new(),
        };
        Board { state, ledger, ranks, taken: BTreeMap::new(), used }
    }

    fn free(&self, node: NodeId, id: ResourceId) -> Amount {
        let taken = self.taken.get(&(node, id)).copied().unwrap_or(Amount::ZERO);
        self.ledger.free(node, id).minus(taken)
    }

    fn fits(&self, node: NodeId, demand: &Resources) -> bool {
        self.ledger.is_alive(node)
            && demand.iter().all(|(id, amount)| amount <= self.free(node, id))
    }

    fn take(&mut self, node: NodeId, demand: &Resources) -> bool {
        let fits = self.fits(node, demand);
        if fits {
            for (id, amount) in demand.iter() {
                let sum = self.taken.entry((node, id)).or_default();
                *sum = sum.plus(amount);
            }
        }
        fits
    }

    /// `LeastResourceScorer`: the node of which the bundle leaves most.
    fn best(&self, demand: &Resources, among: Among) -> Option<NodeId> {
        let used = |node: &NodeId| self.used.contains(node) == (among == Among::Used);
        let nodes = (0..self.ledger.len()).map(NodeId::from_index).filter(used);
        let fitting = nodes.filter(|node| self.fits(*node, demand));
        fitting
            .min_by_key(|node| (Reverse(self.score(*node, demand)), rank(self.ranks, node.index())))
    }

    /// The sum over all resources of the share that stays free, in billionths.
    fn score(&self, node: NodeId, demand: &Resources) -> i128 {
        let selects = |id: ResourceId| {
            self.state.resource_names.get(id).is_some_and(|name| selector_text(name).is_some())
        };
        let share = |(id, amount): (ResourceId, Amount)| {
            let free = i128::from(self.free(node, id).units());
            if free <= 0 { 0 } else { (free - i128::from(amount.units())) * 1_000_000_000 / free }
        };
        demand.iter().filter(|(id, _)| !selects(*id)).map(share).sum()
    }
}
