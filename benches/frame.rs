//! What a frame of the pictures costs, without a window: a run of 100,000 tasks on 1,000 nodes with 16 slots each.
//!
//! `once` is made once a run, `frame` once a frame. A frame of 60 a second has 16 ms for everything.

use criterion::{Criterion, criterion_group, criterion_main};
use rayscope::base::Instant;
use rayscope::base::rng::Stream;
use rayscope::chart::curve::Sample;
use rayscope::chart::graph::Graph;
use rayscope::chart::paint;
use rayscope::chart::scene::Stage;
use rayscope::chart::series::{Density, Series};
use rayscope::chart::theme::LESSON;
use rayscope::chart::timeline::{Bucket, Timeline};
use rayscope::engine::{Limits, Options, run};
use rayscope::model::{Cluster, Model, Parameters, Workload};
use rayscope::replay::History;
use rayscope::scenario::generate::{Layered, layered};
use std::hint::black_box;

/// Rows of a panel that fills a large window, and the columns of its rows.
const ROWS: usize = 50;
const COLUMNS: usize = 800;

fn history() -> History {
    let graph = layered(&Layered { tasks: 100_000, ..Layered::yardstick() });
    let model = Model {
        name: "bench".into(),
        cluster: Cluster::uniform(1_000, 16),
        workload: Workload::Graph(graph),
        faults: Vec::new(),
        parameters: Parameters::default(),
        policy: "hybrid".into(),
        captions: Vec::new(),
        seed: 1,
    };
    History::new(run(&model, &Options { seed: 1, limits: Limits::default(), verify: false }))
}

fn once(criterion: &mut Criterion, history: &History) {
    let mut group = criterion.benchmark_group("once");
    group.sample_size(10);
    group.bench_function("timeline", |bencher| bencher.iter(|| Timeline::of(history)));
    group.bench_function("graph", |bencher| bencher.iter(|| Graph::of(history)));
    group.bench_function("series", |bencher| bencher.iter(|| Series::of(history)));
    group.finish();
}

/// The `n`-th of `count` edges of the whole run.
fn edge(end: Instant, n: usize, count: usize) -> Instant {
    Instant::from_nanos((u128::from(end.as_nanos()) * n as u128 / count as u128) as u64)
}

fn frame(criterion: &mut Criterion, history: &History) {
    let timeline = Timeline::of(history);
    let (graph, series) = (Graph::of(history), Series::of(history));
    let end = timeline.end;
    let mut group = criterion.benchmark_group("frame");
    group.bench_function("rows of nodes", |bencher| {
        bencher.iter(|| {
            let rows = timeline.nodes.iter().take(ROWS);
            let columns = rows.flat_map(|node| {
                let mean = |n| node.busy.mean(edge(end, n, COLUMNS), edge(end, n + 1, COLUMNS));
                (0..COLUMNS).map(mean)
            });
            black_box(columns.sum::<f64>())
        });
    });
    group.bench_function("rows of lanes", |bencher| {
        let mut buckets = vec![Bucket::default(); COLUMNS];
        bencher.iter(|| {
            for lane in timeline.lanes.iter().take(ROWS) {
                lane.density(Instant::ZERO, end, &mut buckets);
                black_box(&buckets);
            }
        });
    });
    group.bench_function("bars of a window", |bencher| {
        let (from, to) = (edge(end, 50, 100), edge(end, 52, 100));
        bencher.iter(|| {
            let lanes = timeline.lanes.iter().take(ROWS);
            let bars =
                lanes.flat_map(|lane| (0..lane.rows()).map(|row| lane.visible(row, from, to)));
            black_box(bars.flatten().filter(|bar| bar.is_busy()).count())
        });
    });
    group.bench_function("marks of the graph", |bencher| {
        let step = history.len() / 2;
        let state = history.state_at(step);
        bencher.iter(|| {
            (0..graph.boxes.len()).for_each(|at| {
                black_box(graph.mark(at, step, &state));
            });
        });
    });
    group.bench_function("curves", |bencher| {
        let mut samples: Vec<Sample> = Vec::new();
        let curves = [&series.running, &series.queued, &series.utilisation, &series.stored];
        bencher.iter(|| {
            for curve in curves {
                curve.sample(Instant::ZERO, end, COLUMNS, &mut samples);
                black_box(&samples);
            }
        });
    });
    group.bench_function("density", |bencher| {
        bencher.iter(|| Density::of(history, COLUMNS));
    });
    group.finish();
}

/// The cluster: laid out once, its scene made when the cursor moves, its shapes drawn each frame.
fn cluster(criterion: &mut Criterion, history: &History) {
    let stage = Stage::new(history);
    let mut group = criterion.benchmark_group("cluster");
    group.sample_size(20);
    group.bench_function("laid out", |bencher| bencher.iter(|| Stage::new(history)));
    let mut stream = Stream::new(1, "seek", 0);
    group.bench_function("a seek and its scene in shapes", |bencher| {
        bencher.iter(|| {
            let step = stream.below(history.len() as u64) as usize;
            let state = history.state_at(step);
            paint::scene(&stage.scene(history, &state, step, None), &LESSON)
        });
    });
    let step = history.len() / 2;
    let state = history.state_at(step);
    group.bench_function("a scene", |bencher| {
        bencher.iter(|| stage.scene(history, &state, step, None));
    });
    let scene = stage.scene(history, &state, step, None);
    group.bench_function("its shapes", |bencher| bencher.iter(|| paint::scene(&scene, &LESSON)));
    group.finish();
}

fn all(criterion: &mut Criterion) {
    let history = history();
    cluster(criterion, &history);
    once(criterion, &history);
    frame(criterion, &history);
}

criterion_group!(benches, all);
criterion_main!(benches);
