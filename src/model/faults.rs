//! What breaks, and when.

use crate::base::{Instant, NodeId};
use crate::model::cluster::Node;

/// One planned event from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// When it happens.
    pub at: Instant,
    /// What happens.
    pub kind: FaultKind,
}

/// What can happen to a cluster.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// The node is gone, with its workers and its object store.
    KillNode(NodeId),
    /// The worker of the node's longest running task dies; the node lives on.
    KillWorker(NodeId),
    /// A node joins.
    AddNode(Box<Node>),
}
