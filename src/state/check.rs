//! What must always hold of a state. Tests ask after every event; a failure is a defect, never input.

use crate::base::id::Id;
use crate::base::{Amount, NodeId, ResourceId};
use crate::model::Resources;
use crate::state::State;
use crate::state::rows::{ActorStatus, CopyKind, Holding, ObjectStatus, TaskStatus};

impl State {
    /// Every broken invariant, in words; empty when all is well.
    pub fn violations(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.check_resources(&mut found);
        self.check_workers(&mut found);
        self.check_stores(&mut found);
        self.check_tasks(&mut found);
        self.check_groups(&mut found);
        found
    }

    /// What is free plus what is held is the total; nothing but lent CPU is ever over-committed.
    fn check_resources(&self, found: &mut Vec<String>) {
        let resources = self.ledger.resources();
        let mut held = vec![vec![Amount::ZERO; resources]; self.nodes.len()];
        let mut came_back = vec![vec![Amount::ZERO; resources]; self.nodes.len()];
        let mut hold = |node: NodeId, demand: &Resources, lends: bool| {
            for (id, amount) in demand.iter().filter(|(id, _)| !(lends && self.is_lent(*id))) {
                let sum = &mut held[node.index()][id.index()];
                *sum = sum.plus(amount);
            }
        };
        for (task, row) in self.tasks.enumerate() {
            let Some(worker) = row.status.worker() else { continue };
            let (node, demand) = (self.node_of(worker), self.takes(task));
            match row.holds {
                Holding::Nothing => {}
                Holding::Demand => hold(node, demand, false),
                Holding::Retaken => {
                    for (id, amount) in self.lent(demand).iter() {
                        let sum = &mut came_back[node.index()][id.index()];
                        *sum = sum.plus(amount);
                    }
                    hold(node, demand, false);
                }
                Holding::AllButCpu => {
                    if !row.status.is_blocked() {
                        found.push(format!("task {task} lent its CPU but is not blocked"));
                    }
                    hold(node, demand, true);
                }
            }
        }
        for row in self.workers.iter() {
            let Some(held) = &row.lease else { continue };
            let demand = &held.shape.demand;
            if held.retaken {
                for (id, amount) in self.lent(demand).iter() {
                    let sum = &mut came_back[row.node.index()][id.index()];
                    *sum = sum.plus(amount);
                }
            }
            let busy = row.task.is_some_and(|task| {
                let task = &self.tasks[task];
                task.status.worker().is_some() && task.holds != Holding::Nothing
            });
            if !busy {
                hold(row.node, demand, false);
            }
        }
        for actor in self.actors.iter() {
            if let ActorStatus::Alive { worker } = actor.status
                && self.tasks[actor.creation].status.is_done()
            {
                hold(self.node_of(worker), &actor.spec.lifetime, false);
            }
        }
        for row in self.groups.iter() {
            row.placed().for_each(|(bundle, node)| {
                hold(node, &row.spec.bundles[bundle].demand, false);
            });
        }
        for node in self.nodes.ids().filter(|node| self.nodes[*node].alive) {
            for resource in (0..resources).map(ResourceId::from_index) {
                let used = held[node.index()][resource.index()];
                let owed = came_back[node.index()][resource.index()];
                self.check_sum(node, resource, used, owed, found);
            }
        }
    }

    fn check_sum(
        &self,
        node: NodeId,
        resource: ResourceId,
        used: Amount,
        may_owe: Amount,
        found: &mut Vec<String>,
    ) {
        let (free, total) = (self.ledger.free(node, resource), self.ledger.total(node, resource));
        if free.plus(used) != total {
            found.push(format!(
                "node {node}, resource {resource}: {free} free and {used} held of {total}"
            ));
        }
        if free.plus(may_owe) < Amount::ZERO {
            found.push(format!("node {node}, resource {resource} is over-committed"));
        }
    }

    /// A worker has one task at a time, and the idle list has the idle ones.
    fn check_workers(&self, found: &mut Vec<String>) {
        for (id, node) in self.nodes.enumerate() {
            for worker in &node.idle {
                let row = &self.workers[*worker];
                if row.node != id
                    || !row.alive
                    || row.task.is_some()
                    || row.actor.is_some()
                    || row.lease.is_some()
                {
                    found.push(format!("worker {worker} of node {id} is listed idle but is not"));
                }
            }
        }
        for (task, row) in self.tasks.enumerate() {
            if let Some(worker) = row.status.worker()
                && self.workers[worker].task != Some(task)
            {
                found.push(format!("task {task} is on worker {worker}, which does not know it"));
            }
        }
    }

    /// Bytes of copies add up, and no store holds more than it can.
    fn check_stores(&self, found: &mut Vec<String>) {
        // In the store, of primary copies, in files instead, and on disk.
        let mut used = vec![[0u64; 4]; self.nodes.len()];
        for (object, row) in self.objects.enumerate() {
            let mut primaries = 0;
            for copy in &row.copies {
                let at = &mut used[copy.node.index()];
                let in_file = self.nodes[copy.node].fallback.contains(&object);
                at[if in_file { 2 } else { 0 }] += row.size;
                match copy.kind {
                    CopyKind::Primary => {
                        at[1] += row.size;
                        primaries += 1;
                    }
                    CopyKind::Secondary | CopyKind::Arriving(_) => {}
                }
            }
            if let Some(node) = row.spilled {
                used[node.index()][3] += row.size;
            }
            if primaries + u32::from(row.spilled.is_some()) > 1 {
                found.push(format!(
                    "object {object} has {primaries} primary copies, or is spilled too"
                ));
            }
            if row.status == ObjectStatus::Freed
                && (!row.copies.is_empty() || row.spilled.is_some())
            {
                found.push(format!("object {object} was freed but has copies"));
            }
        }
        for (id, node) in self.nodes.enumerate() {
            let counted = [node.store_used, node.store_primary, node.fallback_used, node.spilled];
            if counted != used[id.index()] {
                found.push(format!("the store of node {id} counts its bytes wrong"));
            }
            if node.store_capacity.is_some_and(|capacity| node.store_used > capacity) {
                found.push(format!("the store of node {id} holds more than it can"));
            }
        }
    }

    /// No body runs before its arguments are in its node's store.
    fn check_tasks(&self, found: &mut Vec<String>) {
        for (task, row) in self.tasks.enumerate() {
            let TaskStatus::Running { worker } = row.status else { continue };
            let node = self.node_of(worker);
            for arg in &row.spec.args {
                if !self.objects[*arg].is_readable_on(node) {
                    found.push(format!("task {task} runs without its argument {arg}"));
                }
            }
        }
    }
}
