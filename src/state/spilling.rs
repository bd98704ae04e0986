//! Spilled objects and files that stand in for a full store: what their events change, and when those are legal.

use crate::base::{NodeId, ObjectId};
use crate::state::State;
use crate::state::known::{Verdict, require};
use crate::state::rows::CopyKind;

impl State {
    /// The object is on disk now, so its copy in the store may go.
    pub(super) fn spill(&mut self, object: ObjectId, node: NodeId) {
        let row = self.objects.get_mut(object);
        let copy = row.copies.iter_mut().find(|copy| copy.node == node);
        copy.expect("the primary copy is there").kind = CopyKind::Secondary;
        row.spilled = Some(node);
        let size = row.size;
        let store = &mut self.nodes[node];
        store.store_primary -= size;
        store.spilled += size;
        self.ledger.set_store(node, store.store_primary);
        self.totals.spills += 1;
        self.totals.bytes_spilled += size;
    }

    pub(super) fn admit_spill(&self, object: ObjectId, node: NodeId) -> Verdict {
        self.living_node(node)?;
        let row = self.known_object(object)?;
        require(row.is_pinned_on(node) && row.spilled.is_none(), || {
            format!("object {object} has no primary copy on node {node} that could be spilled")
        })?;
        let sums = [self.nodes[node].spilled, self.totals.bytes_spilled];
        let fits = sums.iter().all(|sum| sum.checked_add(row.size).is_some());
        require(fits, || "more bytes were spilled than can be counted".to_owned())
    }

    pub(super) fn admit_fallback(&self, object: ObjectId, node: NodeId) -> Verdict {
        let row = self.living_node(node)?;
        require(row.store_capacity.is_some(), || format!("the store of node {node} has no limit"))?;
        // An object that is put gets its number only with the next event.
        let known = self.objects.get(object);
        require(known.is_some() || self.next_object(object).is_ok(), || {
            format!("there is no object {object}")
        })?;
        let absent = known.is_none_or(|row| row.copy_on(node).is_none());
        require(absent && !row.fallback.contains(&object), || {
            format!("object {object} is on node {node} already")
        })
    }

    /// The disk of a node goes with it. What was spilled there and is in a store still is pinned there from now on.
    pub(super) fn lose_disk(&mut self, node: NodeId) {
        self.nodes[node].fallback.clear();
        self.nodes[node].spilled = 0;
        let on_disk: Vec<ObjectId> = self
            .objects
            .enumerate()
            .filter(|(_, row)| row.spilled == Some(node))
            .map(|(object, _)| object)
            .collect();
        for object in on_disk {
            self.objects.get_mut(object).spilled = None;
            self.promote_a_copy(object);
        }
    }
}
