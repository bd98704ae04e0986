//! Copies in the object stores: what `apply` does when one comes or goes, and the bytes that are counted.

use crate::base::id::Id;
use crate::base::{NodeId, ObjectId, TaskId, TransferId};
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
            self.add_copy(object, node, CopyKind::Secondary);
        }
    }

    pub(super) fn put(&mut self, object: ObjectId, owner: Caller, size: u64) {
        let node = self.caller_node(owner);
        self.objects.push(new_object(Creator::Put(owner), size, 1));
        self.create(object, node, size);
    }

    /// A further item of a generator, or one that is to be made again.
    pub(super) fn promise(&mut self, task: TaskId, object: ObjectId) {
        if object.index() == self.objects.len() {
            self.objects.push(new_object(Creator::Task(task), 0, 1));
        } else {
            self.objects.get_mut(object).status = ObjectStatus::Pending;
        }
    }

    pub(super) fn create(&mut self, object: ObjectId, node: NodeId, size: u64) {
        let row = self.objects.get_mut(object);
        row.status = ObjectStatus::Ready;
        row.size = size;
        self.add_copy(object, node, CopyKind::Primary);
        let store = &mut self.nodes[node];
        store.store_primary += size;
        if store.store_capacity.is_some() {
            self.ledger.set_store(node, store.store_primary);
        }
    }

    /// One copy more, which takes room in the store, or in a file if that was arranged before.
    pub(super) fn add_copy(&mut self, object: ObjectId, node: NodeId, kind: CopyKind) {
        let row = self.objects.get_mut(object);
        row.copies.push(Copy { node, kind });
        let store = &mut self.nodes[node];
        if store.fallback.contains(&object) {
            store.fallback_used += row.size;
        } else {
            store.store_used += row.size;
        }
    }

    /// A copy is complete.
    pub(super) fn arrive(&mut self, transfer: TransferId) {
        let done = self.transfers[transfer].take().expect("a transfer ends once");
        let row = self.objects.get_mut(done.object);
        let copy = row.copies.iter_mut().find(|copy| copy.node == done.to);
        copy.expect("it was arriving").kind = CopyKind::Secondary;
        if done.is_restore() {
            self.totals.restores += 1;
            self.totals.bytes_restored += row.size;
        } else {
            self.totals.transfers += 1;
            self.totals.bytes_moved += row.size;
        }
    }

    pub(super) fn drop_copy(&mut self, object: ObjectId, node: NodeId) {
        let row = self.objects.get_mut(object);
        let at = row.copies.iter().position(|copy| copy.node == node).expect("a copy is there");
        let copy = row.copies.remove(at);
        let size = row.size;
        self.leave_store(object, copy, size);
    }

    pub(super) fn drop_all_copies(&mut self, object: ObjectId) {
        let row = self.objects.get_mut(object);
        let copies = std::mem::take(&mut row.copies);
        let size = row.size;
        if let Some(node) = row.spilled.take() {
            self.nodes[node].spilled -= size;
        }
        for copy in copies {
            self.leave_store(object, copy, size);
        }
    }

    fn leave_store(&mut self, object: ObjectId, copy: Copy, size: u64) {
        let store = &mut self.nodes[copy.node];
        if !store.fallback.is_empty() && store.fallback.remove(&object) {
            store.fallback_used -= size;
        } else {
            store.store_used -= size;
        }
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
    let copies = SmallVec::new();
    ObjectRow { creator, status, size, inline: false, references, spilled: None, copies }
}
