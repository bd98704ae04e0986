//! Makes task graphs by rule, without a file: for benchmarks, property tests and trying policies.

use crate::base::id::Id;
use crate::base::rng::Stream;
use crate::base::{Amount, ObjectId, ShapeId, Span, TaskId};
use crate::model::cluster::{Cluster, Resources};
use crate::model::distribution::Distribution;
use crate::model::task::{Caller, Shape, Strategy, TaskKind, TaskSpec, Work};
use crate::model::workload::{Driver, Graph};
use smallvec::SmallVec;
use std::sync::Arc;

/// Layers of tasks, each reading results of the layer before.
#[derive(Clone, Debug, PartialEq)]
pub struct Layered {
    /// How many tasks in all.
    pub tasks: u32,
    /// How many tasks in a layer.
    pub width: u32,
    /// How many tasks of the layer before each task reads; they are drawn.
    pub parents: u32,
    /// Size of each result.
    pub object_bytes: u64,
    /// Seed of parents and durations.
    pub seed: u64,
    /// Durations in seconds.
    pub duration: Distribution,
}

impl Layered {
    /// The yardstick: 100,000 tasks, a thousand wide, two parents, 1 MB, half a second to one and a half.
    pub fn yardstick() -> Layered {
        Layered {
            tasks: 100_000,
            width: 1_000,
            parents: 2,
            object_bytes: 1_000_000,
            seed: 1,
            duration: Distribution::Uniform { low: 0.5, high: 1.5 },
        }
    }
}

/// The cluster for the yardstick: 100 nodes of 16 CPUs, 10 Gbps, 50 us.
pub fn yardstick_cluster() -> Cluster {
    let mut cluster = Cluster::uniform(100, 16);
    for node in cluster.nodes.iter_mut() {
        node.latency = Span::from_micros(50);
        node.bandwidth = Some(1_250_000_000);
    }
    cluster
}

/// `count` tasks of one second and one CPU that have nothing to do with each other.
pub fn independent(count: u32) -> Graph {
    layered(&Layered {
        tasks: count,
        width: count.max(1),
        parents: 0,
        object_bytes: 0,
        seed: 0,
        duration: Distribution::Constant(1.0),
    })
}

/// The graph of those layers. Tasks share names and shape, so a hundred thousand take little memory.
pub fn layered(plan: &Layered) -> Graph {
    let demand = Resources::cpus(Amount::ONE);
    let shape = Arc::new(Shape { id: ShapeId::from_index(0), demand, strategy: Strategy::Default });
    let function: Arc<str> = "work".into();
    let width = plan.width.max(1);
    let mut parents: Vec<SmallVec<[ObjectId; 4]>> = Vec::with_capacity(plan.tasks as usize);
    let mut read = vec![false; plan.tasks as usize];
    for task in 0..plan.tasks {
        let mut stream = Stream::new(plan.seed, "parents", u64::from(task));
        let (layer, mut args) = (task / width, SmallVec::<[ObjectId; 4]>::new());
        let wanted = if layer == 0 { 0 } else { plan.parents.min(width) };
        let first = layer.saturating_sub(1) * width;
        while (args.len() as u32) < wanted {
            let parent = first + stream.below(u64::from(width)) as u32;
            if !args.contains(&ObjectId::new(parent)) {
                args.push(ObjectId::new(parent));
                read[parent as usize] = true;
            }
        }
        parents.push(args);
    }
    let tasks = parents.into_iter().zip(read).enumerate().map(|(number, (args, read))| {
        let mut stream = Stream::new(plan.seed, "duration", number as u64);
        Arc::new(TaskSpec {
            id: TaskId::from_index(number),
            owner: Caller::Driver,
            line: 0,
            function: Arc::clone(&function),
            name: None,
            kind: TaskKind::Normal,
            shape: Arc::clone(&shape),
            args,
            first_return: ObjectId::from_index(number),
            returns: SmallVec::from_elem(plan.object_bytes, 1),
            work: Work::Compute(Span::from_secs(plan.duration.sample(&mut stream))),
            max_retries: 3,
            retry_exceptions: false,
            results_held: !read,
        })
    });
    Graph {
        inputs: Vec::new(),
        tasks: tasks.collect(),
        submit_at: Vec::new(),
        shapes: vec![shape],
        object_names: Vec::new(),
        driver: Driver::GetSinks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_read_only_the_layer_before() {
        let plan = Layered { tasks: 2_500, width: 100, ..Layered::yardstick() };
        let graph = layered(&plan);
        assert_eq!(graph, layered(&plan));
        for task in &graph.tasks {
            let layer = task.id.number() / 100;
            assert_eq!(task.args.len(), if layer == 0 { 0 } else { 2 });
            for object in &task.args {
                assert_eq!(object.number() / 100, layer - 1);
            }
        }
        let mut sinks = graph.sinks();
        assert!(sinks.len() >= 100);
        sinks.retain(|object| graph.tasks.iter().any(|task| task.args.contains(object)));
        assert!(sinks.is_empty());
    }

    #[test]
    fn independent_tasks_are_all_sinks() {
        let graph = independent(7);
        assert_eq!((graph.tasks.len(), graph.sinks().len()), (7, 7));
        assert!(graph.tasks.iter().all(|task| task.work == Work::Compute(Span::from_millis(1000))));
        assert_eq!(independent(0).tasks.len(), 0);
    }
}
