//! How fast the engine and the replay are: tasks a second with the full trace kept, and seeks in the largest trace.
//!
//! The graphs are made by `scenario::generate`, the same for everybody. One iteration of `run` is one whole run.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rayscope::base::rng::Stream;
use rayscope::engine::{Limits, Options, run};
use rayscope::model::{Graph, Model, Parameters, Workload};
use rayscope::replay::History;
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
        captions: Vec::new(),
    }
}

fn yardstick(tasks: u32) -> Model {
    model(layered(&Layered { tasks, ..Layered::yardstick() }))
}

/// The same with Ray's control plane.
fn real(mut model: Model) -> Model {
    model.parameters = Parameters::ray();
    model
}

fn options() -> Options {
    Options { seed: 1, limits: Limits::default(), verify: false }
}

fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("run");
    group.sample_size(10);
    let cases = [
        ("independent 100,000", 100_000, model(independent(100_000))),
        ("layered 10,000", 10_000, yardstick(10_000)),
        ("layered 100,000", 100_000, yardstick(100_000)),
        ("layered 1,000,000", 1_000_000, yardstick(1_000_000)),
        ("independent 100,000, ray-2.60", 100_000, real(model(independent(100_000)))),
        ("layered 10,000, ray-2.60", 10_000, real(yardstick(10_000))),
        ("layered 100,000, ray-2.60", 100_000, real(yardstick(100_000))),
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

fn seeks(criterion: &mut Criterion) {
    let history = History::new(run(&yardstick(1_000_000), &options()));
    let steps = history.records().len() as u64;
    let mut group = criterion.benchmark_group("seek");
    group.sample_size(50);
    group.bench_function("anywhere in 1,000,000 tasks", |bencher| {
        let mut stream = Stream::new(1, "seek", 0);
        bencher.iter(|| history.state_at(stream.below(steps) as usize));
    });
    group.finish();
}

criterion_group!(benches, runs, seeks);
criterion_main!(benches);
