//! Builders for tests: a graph in a few words, and a model around it.

// Every test file uses its own part of these.
#![allow(dead_code)]

use rayscope::base::{Amount, NodeId, ObjectId, ShapeId, Span, TaskId};
use rayscope::model::{
    Caller, Cluster, Driver, Fault, Graph, Model, Parameters, Resources, Shape, Strategy, TaskKind,
    TaskSpec, Work, Workload,
};
use std::sync::Arc;

/// A task in a few words.
#[derive(Clone, Debug)]
pub struct Draft {
    /// How long it computes.
    pub millis: u64,
    /// Which tasks' results it reads.
    pub reads: Vec<usize>,
    /// Bytes of its one result.
    pub bytes: u64,
    /// CPUs that it takes.
    pub cpus: u64,
    /// How often it is tried again.
    pub max_retries: i32,
}

impl Draft {
    /// Computes for so long on one CPU and reads those.
    pub fn new(millis: u64, reads: &[usize]) -> Draft {
        Draft { millis, reads: reads.to_vec(), bytes: 0, cpus: 1, max_retries: 3 }
    }

    /// With a result of so many bytes.
    pub fn making(mut self, bytes: u64) -> Draft {
        self.bytes = bytes;
        self
    }
}

/// The graph of those tasks; the driver gets every result that no task reads.
pub fn graph(drafts: &[Draft]) -> Graph {
    let mut shapes: Vec<Arc<Shape>> = Vec::new();
    let mut shape_of = |cpus: u64| {
        let demand = Resources::cpus(Amount::whole(cpus));
        if let Some(shape) = shapes.iter().find(|shape| shape.demand == demand) {
            return shape.clone();
        }
        let id = ShapeId::new(shapes.len() as u32);
        shapes.push(Arc::new(Shape { id, demand, strategy: Strategy::Default }));
        shapes[shapes.len() - 1].clone()
    };
    let spec = |(index, draft): (usize, &Draft)| {
        let read = drafts.iter().any(|other| other.reads.contains(&index));
        Arc::new(TaskSpec {
            id: TaskId::new(index as u32),
            owner: Caller::Driver,
            line: 0,
            function: "task".into(),
            name: Some(format!("t{index}").into()),
            kind: TaskKind::Normal,
            shape: shape_of(draft.cpus),
            args: draft.reads.iter().map(|read| ObjectId::new(*read as u32)).collect(),
            first_return: ObjectId::new(index as u32),
            returns: [draft.bytes].into(),
            work: Work::Compute(Span::from_millis(draft.millis)),
            max_retries: draft.max_retries,
            retry_exceptions: false,
            results_held: !read,
        })
    };
    let tasks = drafts.iter().enumerate().map(spec).collect();
    Graph {
        inputs: Vec::new(),
        tasks,
        submit_at: Vec::new(),
        shapes,
        object_names: Vec::new(),
        driver: Driver::GetSinks,
    }
}

/// A model of that graph on so many equal nodes.
pub fn model(graph: Graph, nodes: usize, cpus: u64) -> Model {
    Model {
        name: "test".into(),
        cluster: Cluster::uniform(nodes, cpus),
        workload: Workload::Graph(graph),
        faults: Vec::new(),
        parameters: Parameters::default(),
        policy: "hybrid".into(),
        seed: 1,
        captions: Vec::new(),
    }
}

/// The same cluster with another network and store on every node.
pub fn with_nodes(mut model: Model, bandwidth: Option<u64>, store: Option<u64>) -> Model {
    for node in model.cluster.nodes.iter_mut() {
        node.bandwidth = bandwidth;
        node.object_store_memory = store;
    }
    model
}

/// A node dies at that time.
pub fn kill(millis: u64, node: u32) -> Fault {
    Fault {
        at: rayscope::base::Instant::ZERO + Span::from_millis(millis),
        kind: rayscope::model::FaultKind::KillNode(NodeId::new(node)),
    }
}
