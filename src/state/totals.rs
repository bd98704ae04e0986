//! Copies under way, and counts of what happened so far.

use crate::base::{Instant, NodeId, ObjectId};

/// A copy under way.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Transfer {
    /// What is copied.
    pub object: ObjectId,
    /// From that node: its store, or its disk if the object was spilled there.
    pub from: NodeId,
    /// To the store of that node.
    pub to: NodeId,
    /// Since when.
    pub since: Instant,
}

impl Transfer {
    /// Whether it is no copy between nodes, but one from the node's disk into its store.
    pub fn is_restore(&self) -> bool {
        self.from == self.to
    }
}

/// Counts of what happened so far.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Totals {
    /// Tasks submitted.
    pub submitted: u32,
    /// Tasks on a worker now.
    pub running: u32,
    /// Tasks finished.
    pub finished: u32,
    /// Attempts that failed.
    pub failed: u32,
    /// Transfers between nodes finished.
    pub transfers: u64,
    /// Bytes that they moved.
    pub bytes_moved: u64,
    /// Copies evicted.
    pub evictions: u64,
    /// Lease requests made.
    pub leases: u64,
    /// Tasks run again to remake a lost object.
    pub reconstructions: u32,
    /// Objects spilled.
    pub spills: u64,
    /// Their bytes.
    pub bytes_spilled: u64,
    /// Objects restored.
    pub restores: u64,
    /// Their bytes.
    pub bytes_restored: u64,
    /// Objects for which a store had no room, so that a file was used.
    pub fallbacks: u64,
}
