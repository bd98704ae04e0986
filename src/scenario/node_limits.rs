//! Limits that every description of a cluster has to keep, wherever it stands.

use crate::model::Parameters;
use crate::model::cluster::{LEAST_STORE, small_store_message};
use crate::scenario::LoadOptions;
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use std::ops::Range;

/// What the nodes of a cluster have to keep to.
#[derive(Clone, Copy)]
pub struct NodeLimits {
    /// Most nodes.
    pub nodes: usize,
    /// Least bytes of a limited object store.
    pub store: u64,
}

impl NodeLimits {
    /// The limits of one reading: Ray's control plane starts no node with too small a store.
    pub fn of(options: &LoadOptions<'_>, parameters: &Parameters) -> NodeLimits {
        let store = if parameters.control_plane { LEAST_STORE } else { 0 };
        NodeLimits { nodes: options.most_nodes, store }
    }

    /// Reports a store that Ray would not start a node with.
    pub fn check_store(&self, r: &mut Reporter, bytes: u64, range: Range<usize>) {
        if bytes < self.store {
            let help =
                "give it 75MiB or more, or take the profile `ideal`, in which any store will do";
            r.advise(Code::StoreTooSmall, range, small_store_message(bytes), help);
        }
    }
}
