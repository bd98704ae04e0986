//! Copies in the object stores: what `apply` does when one comes or goes, and the bytes that are counted.

use crate::base::id::Id;
use crate::base::{NodeId, ObjectId};
use crate::model::Caller;
use crate::state::State;
use crate::state::rows::{Copy, CopyKind, Creator, ObjectRow, ObjectStatus};
use smallvec::SmallVec;

impl State {
    pub(super) fn load_input(&mut self, object: ObjectId, node: NodeId, size: u64) {
        if object.index() == self.objects.len() {
            self.objects.push(new_object(Creator::Input, size, 1));
            self.create(object, node, size);
        } else {
            let copy = Copy { node, kind: CopyKind::Secondary };
            self.objects.get_mut(object).copies.push(copy);
            self.nodes[node].store_used += size;
        }
    }

    pub(super) fn put(&mut self, object: ObjectId, owner: Caller, size: u64) {
        let node = self.caller_node(owner);
        self.objects.push(new_object(Creator::Put(owner), size, 1));
        self.create(object, node, size);
    }

    pub(super) fn create(&mut self, object: ObjectId, node: NodeId, size: u64) {
        let row = self.objects.get_mut(object);
        row.status = ObjectStatus::Ready;
        row.size = size;
        row.copies.push(Copy { node, kind: CopyKind::Primary });
        let store = &mut self.nodes[node];
        store.store_used += size;
        store.store_primary += size;
        if store.store_capacity.is_some() {
            self.ledger.set_store(node, store.store_primary);
        }
    }

    pub(super) fn drop_copy(&mut self, object: ObjectId, node: NodeId) {
        let row = self.objects.get_mut(object);
        let at = row.copies.iter().position(|copy| copy.node == node).expect("a copy is there");
        let copy = row.copies.remove(at);
        let size = row.size;
        self.leave_store(copy, size);
    }

    pub(super) fn drop_all_copies(&mut self, object: ObjectId) {
        let row = self.objects.get_mut(object);
        let copies = std::mem::take(&mut row.copies);
        let size = row.size;
        for copy in copies {
            self.leave_store(copy, size);
        }
    }

    pub(super) fn leave_store(&mut self, copy: Copy, size: u64) {
        let store = &mut self.nodes[copy.node];
        store.store_used -= size;
        if copy.kind == CopyKind::Primary {
            store.store_primary -= size;
            if store.store_capacity.is_some() {
                self.ledger.set_store(copy.node, store.store_primary);
            }
        }
    }

    /// Another copy of an object whose primary copy is gone is pinned instead.
    pub(super) fn promote_a_copy(&mut self, object: ObjectId) {
        let row = self.objects.get_mut(object);
        let size = row.size;
        let next = row.copies.iter_mut().find(|copy| copy.kind == CopyKind::Secondary);
        if let Some(copy) = next {
            copy.kind = CopyKind::Primary;
            let store = &mut self.nodes[copy.node];
            store.store_primary += size;
            self.ledger.set_store(copy.node, store.store_primary);
        }
    }
}

/// An object that does not exist yet.
pub(super) fn new_object(creator: Creator, size: u64, references: u32) -> ObjectRow {
    let status = ObjectStatus::Pending;
    ObjectRow { creator, status, size, inline: false, references, copies: SmallVec::new() }
}
