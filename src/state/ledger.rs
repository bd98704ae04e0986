//! Who has how much: totals and free amounts of every node, kept so that a policy can scan them fast.
//!
//! One column per resource, one row per node: asking "which nodes have a CPU free" walks one array.

use crate::base::id::Id;
use crate::base::{Amount, NodeId, ResourceId};
use crate::model::Resources;
use crate::model::cluster::{CPU, MEMORY};

/// Utilisation is counted in millionths.
pub const FULL: u32 = 1_000_000;

/// Totals and free amounts.
#[derive(Clone, PartialEq, Debug)]
pub struct Ledger {
    total: Vec<Vec<Amount>>,
    free: Vec<Vec<Amount>>,
    alive: Vec<bool>,
    /// Object store: capacity and bytes of primary copies.
    store: Vec<(Option<u64>, u64)>,
    /// Critical resource utilisation, kept current.
    utilization: Vec<u32>,
}

impl Ledger {
    /// Without nodes, for so many resources.
    pub fn new(resources: usize) -> Ledger {
        Ledger {
            total: vec![Vec::new(); resources],
            free: vec![Vec::new(); resources],
            alive: Vec::new(),
            store: Vec::new(),
            utilization: Vec::new(),
        }
    }

    pub(crate) fn add_node(&mut self, resources: &Resources, store: Option<u64>) {
        for (index, (total, free)) in self.total.iter_mut().zip(&mut self.free).enumerate() {
            let amount = resources.get(ResourceId::from_index(index));
            total.push(amount);
            free.push(amount);
        }
        self.alive.push(true);
        self.store.push((store, 0));
        self.utilization.push(0);
    }

    pub(crate) fn remove_node(&mut self, node: NodeId) {
        self.alive[node.index()] = false;
        for (total, free) in self.total.iter_mut().zip(&mut self.free) {
            (total[node.index()], free[node.index()]) = (Amount::ZERO, Amount::ZERO);
        }
    }

    /// Takes over what another ledger says of one node.
    pub(crate) fn copy_row(&mut self, from: &Ledger, node: NodeId) {
        let at = node.index();
        let rows = self.alive.len();
        for (columns, from) in [(&mut self.total, &from.total), (&mut self.free, &from.free)] {
            // Resources of placement groups come while a run goes on.
            let most = columns.len().max(from.len());
            columns.resize_with(most, || vec![Amount::ZERO; rows]);
            for (resource, column) in columns.iter_mut().enumerate() {
                column[at] = from.get(resource).map_or(Amount::ZERO, |column| column[at]);
            }
        }
        self.alive[at] = from.alive[at];
        self.store[at] = from.store[at];
        self.utilization[at] = from.utilization[at];
    }

    /// The same ledger with rows for all nodes of `all`, which may have more.
    pub(crate) fn grown(&self, all: &Ledger) -> Ledger {
        let mut grown = all.clone();
        for at in 0..self.len() {
            grown.copy_row(self, NodeId::from_index(at));
        }
        grown
    }

    /// How many nodes there are, dead ones included.
    pub fn len(&self) -> usize {
        self.alive.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.alive.is_empty()
    }

    /// Whether the node lives.
    pub fn is_alive(&self, node: NodeId) -> bool {
        self.alive[node.index()]
    }

    /// What the node has in all.
    pub fn total(&self, node: NodeId, resource: ResourceId) -> Amount {
        self.total.get(resource.index()).map_or(Amount::ZERO, |column| column[node.index()])
    }

    /// What of it is free; below zero while unblocked workers took their CPU back early.
    pub fn free(&self, node: NodeId, resource: ResourceId) -> Amount {
        self.free.get(resource.index()).map_or(Amount::ZERO, |column| column[node.index()])
    }

    /// How many resources are counted here; programs may name others, which no node has.
    pub fn resources(&self) -> usize {
        self.total.len()
    }

    /// Whether the node could ever hold `demand`.
    pub fn is_feasible(&self, node: NodeId, demand: &Resources) -> bool {
        self.is_alive(node) && demand.iter().all(|(id, amount)| amount <= self.total(node, id))
    }

    /// Whether the node can hold `demand` now.
    pub fn is_available(&self, node: NodeId, demand: &Resources) -> bool {
        self.is_alive(node) && demand.iter().all(|(id, amount)| amount <= self.free(node, id))
    }

    /// How many nodes can hold `demand` now.
    pub fn count_available(&self, demand: &Resources) -> u32 {
        let mut count = 0;
        self.each_available(demand, |_| count += 1);
        count
    }

    /// How many nodes could ever hold `demand`.
    pub fn count_feasible(&self, demand: &Resources) -> u32 {
        let mut count = 0;
        self.each_with(&self.total, demand, |_| count += 1);
        count
    }

    /// Visits the index of every living node that can hold `demand` now, in order.
    pub fn each_available(&self, demand: &Resources, visit: impl FnMut(usize)) {
        self.each_with(&self.free, demand, visit);
    }

    /// Nearly every task asks for one resource: then one column is all that is read. A dead node has
    /// nothing of anything.
    fn each_with(&self, columns: &[Vec<Amount>], demand: &Resources, mut visit: impl FnMut(usize)) {
        let mut wishes = demand.iter();
        match (wishes.next(), wishes.next()) {
            (Some((id, amount)), None) => {
                let Some(column) = columns.get(id.index()) else { return };
                for (index, has) in column.iter().enumerate() {
                    if *has >= amount {
                        visit(index);
                    }
                }
            }
            _ => {
                let has = |index: usize, id: ResourceId| {
                    columns.get(id.index()).map_or(Amount::ZERO, |column| column[index])
                };
                for index in (0..self.alive.len()).filter(|index| self.alive[*index]) {
                    if demand.iter().all(|(id, amount)| amount <= has(index, id)) {
                        visit(index);
                    }
                }
            }
        }
    }

    /// The largest used share among CPU, memory and object store, in millionths
    /// (`NodeResources::CalculateCriticalResourceUtilization`, cluster_resource_data.cc).
    pub fn utilization(&self, node: NodeId) -> u32 {
        self.utilization[node.index()]
    }

    /// All utilisations by node.
    pub fn utilizations(&self) -> &[u32] {
        &self.utilization
    }

    pub(crate) fn take(&mut self, node: NodeId, demand: &Resources) {
        for (id, amount) in demand.iter() {
            let free = &mut self.free[id.index()][node.index()];
            *free = free.minus(amount);
        }
        self.refresh(node);
    }

    pub(crate) fn give_back(&mut self, node: NodeId, demand: &Resources) {
        if !self.alive[node.index()] {
            return;
        }
        for (id, amount) in demand.iter() {
            let free = &mut self.free[id.index()][node.index()];
            *free = free.plus(amount);
        }
        self.refresh(node);
    }

    /// From now on the node has so much more: a bundle was placed there, or it meets a selector.
    pub(crate) fn offer(&mut self, node: NodeId, more: &Resources) {
        for (id, amount) in more.iter() {
            while self.total.len() <= id.index() {
                self.total.push(vec![Amount::ZERO; self.alive.len()]);
                self.free.push(vec![Amount::ZERO; self.alive.len()]);
            }
            for column in [&mut self.total, &mut self.free] {
                let has = &mut column[id.index()][node.index()];
                *has = has.plus(amount);
            }
        }
        self.refresh(node);
    }

    /// From now on the node has so much less.
    pub(crate) fn withdraw(&mut self, node: NodeId, less: &Resources) {
        for (id, amount) in less.iter() {
            for column in [&mut self.total, &mut self.free] {
                let has = &mut column[id.index()][node.index()];
                *has = has.minus(amount);
            }
        }
        self.refresh(node);
    }

    pub(crate) fn set_store(&mut self, node: NodeId, primary: u64) {
        self.store[node.index()].1 = primary;
        if self.store[node.index()].0.is_some() {
            self.refresh(node);
        }
    }

    fn refresh(&mut self, node: NodeId) {
        let at = node.index();
        let mut worst = 0;
        for resource in [CPU, MEMORY] {
            let total = self.total[resource.index()][at].units();
            if total > 0 {
                let free = self.free[resource.index()][at].units().min(total);
                // A trace from a file may claim amounts whose difference has no room.
                let used = total.saturating_sub(free);
                worst = worst.max(share(used as u64, total as u64));
            }
        }
        if let (Some(capacity), primary) = self.store[at]
            && capacity > 0
        {
            worst = worst.max(share(primary, capacity));
        }
        self.utilization[at] = worst;
    }
}

/// `part / whole` in millionths.
fn share(part: u64, whole: u64) -> u32 {
    match part.checked_mul(u64::from(FULL)) {
        Some(product) => (product / whole).min(u64::from(u32::MAX)) as u32,
        None => (u128::from(part) * u128::from(FULL) / u128::from(whole)) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utilization_is_the_worst_of_cpu_memory_and_store() {
        let mut ledger = Ledger::new(3);
        let node = NodeId::new(0);
        let resources =
            Resources::cpus(Amount::whole(4)).with(MEMORY, Amount::whole(1_000_000_000));
        ledger.add_node(&resources, Some(1_000));
        ledger.take(node, &Resources::cpus(Amount::ONE));
        assert_eq!(ledger.utilization(node), 250_000);
        ledger.set_store(node, 600);
        assert_eq!(ledger.utilization(node), 600_000);
        ledger.take(node, &Resources::none().with(MEMORY, Amount::whole(900_000_000)));
        assert_eq!(ledger.utilization(node), 900_000);
        ledger.give_back(node, &Resources::none().with(MEMORY, Amount::whole(900_000_000)));
        ledger.set_store(node, 0);
        assert_eq!(ledger.utilization(node), 250_000);
    }

    #[test]
    fn a_resource_that_no_node_has_is_infeasible() {
        let mut ledger = Ledger::new(3);
        ledger.add_node(&Resources::cpus(Amount::ONE), None);
        let odd = Resources::none().with(ResourceId::new(9), Amount::ONE);
        assert!(!ledger.is_feasible(NodeId::new(0), &odd));
        assert!(ledger.is_feasible(NodeId::new(0), &Resources::none()));
    }
}
