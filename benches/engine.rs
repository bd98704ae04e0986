//! How fast the engine is: tasks a second with the full trace kept.
//!
//! One iteration is one whole run. The graphs are made by `scenario::generate`, the same for everybody.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rayscope::engine::{Limits, Options, run};
use rayscope::model::{Graph, Model, Parameters, Workload};
use rayscope::scenario::generate::{Layered, independent, layered, yardstick_cluster};

fn model(graph: Graph) -> Model {
    Model {
        name: "bench".into(),
        cluster: yardstick_cluster(),
        workload: Workload::Graph(graph),
        faults: Vec::new(),
        parameters: Parameters::default(),
        policy: "hybrid".into(),
        seed: 1,
    }
}

fn options() -> Options {
    Options { seed: 1, limits: Limits::default(), verify: false }
}

fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("run");
    group.sample_size(10);
    let yardstick = |tasks| model(layered(&Layered { tasks, ..Layered::yardstick() }));
    let cases = [
        ("independent 100,000", 100_000, model(independent(100_000))),
        ("layered 10,000", 10_000, yardstick(10_000)),
        ("layered 100,000", 100_000, yardstick(100_000)),
        ("layered 1,000,000", 1_000_000, yardstick(1_000_000)),
    ];
    for (name, tasks, model) in cases {
        group.throughput(Throughput::Elements(tasks));
        group.bench_function(name, |bencher| {
            // The trace is dropped outside the measurement: whoever runs a model keeps it.
            bencher.iter_batched(|| (), |()| run(&model, &options()), BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(benches, runs);
criterion_main!(benches);
