//! What a run is about: validated, immutable, without names in hot paths and without JSON.

pub mod cluster;
pub mod distribution;
pub mod faults;
pub mod group;
pub mod labels;
pub mod parameters;
#[cfg(test)]
mod parameters_tests;
pub mod program;
pub mod task;
pub mod words;
pub mod workload;

pub use cluster::{Cluster, Node, Resources};
pub use faults::{Fault, FaultKind};
pub use group::{Bundle, GroupSpec, GroupStrategy};
pub use labels::Selector;
pub use parameters::Parameters;
pub use program::Program;
pub use task::{ActorSpec, Caller, Shape, Strategy, TaskKind, TaskSpec, Work};
pub use words::Words;
pub use workload::{Driver, Graph, Workload};

/// Everything that a run depends on, except the seed and the limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The scenario's name, or the file's.
    pub name: String,
    /// Nodes, resources, network.
    pub cluster: Cluster,
    /// The driver and its tasks.
    pub workload: Workload,
    /// What breaks, and when.
    pub faults: Vec<Fault>,
    /// Costs and thresholds, by Ray's keys.
    pub parameters: Parameters,
    /// The placement policy's name, one of `policy::NAMES`.
    pub policy: String,
    /// The seed, if the scenario names one.
    pub seed: u64,
    /// What is said at stops of the story, in the scenario's own words.
    pub captions: Vec<Words>,
}
