//! What must hold of every run (DESIGN: invariants 1 to 4), over random graphs, clusters, policies and faults.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use rayscope::analysis::{Report, explain};
use rayscope::base::id::Id;
use rayscope::base::{Instant, Span};
use rayscope::engine::{Limits, Options, run};
use rayscope::model::{Fault, FaultKind, Model, Parameters, Workload};
use rayscope::policy;
use rayscope::replay::History;
use rayscope::state::{Event, Outcome, State, TaskStatus};
use rayscope::trace::Trace;
use support::{Draft, graph, model, with_nodes};

/// A random graph: each task reads some of the tasks before it.
fn drafts(most: usize) -> impl Strategy<Value = Vec<Draft>> {
    let task =
        (0u64..50, prop::collection::vec(any::<prop::sample::Index>(), 0..4), 0u64..500, 0u64..3);
    prop::collection::vec(task, 1..most).prop_map(|tasks| {
        let make = |(index, (millis, reads, bytes, cpus)): (
            usize,
            (u64, Vec<prop::sample::Index>, u64, u64),
        )| {
            let mut reads: Vec<usize> = if index == 0 {
                Vec::new()
            } else {
                reads.iter().map(|at| at.index(index)).collect()
            };
            reads.dedup();
            Draft { millis, reads, bytes: bytes * 1000, cpus, max_retries: 20 }
        };
        tasks.into_iter().enumerate().map(make).collect()
    })
}

#[derive(Debug, Clone)]
struct Case {
    model: Model,
    /// Whether the model can stall: stores are small or too much breaks.
    may_stall: bool,
}

fn cases() -> impl Strategy<Value = Case> {
    let faults = prop::collection::vec((0u64..200, 1u32..6, 0u8..3), 0..4);
    let network = prop::option::of(1_000_000u64..1_000_000_000);
    let store = prop::option::weighted(0.3, 500_000u64..5_000_000);
    let names = prop::sample::select(policy::names());
    (drafts(40), 1usize..6, 2u64..5, network, store, faults, names, any::<bool>()).prop_map(
        |(drafts, nodes, cpus, network, store, faults, name, real)| {
            let mut case = with_nodes(model(graph(&drafts), nodes, cpus), network, store);
            case.policy = name.to_owned();
            if real {
                case.parameters = Parameters::ray();
            }
            let spare = case.cluster.nodes.as_slice()[0].clone();
            for (millis, node, kind) in faults {
                let node = rayscope::base::NodeId::new(node % nodes as u32);
                let kind = match kind {
                    // The driver's node stays, or the run ends there.
                    0 if node.number() > 0 => FaultKind::KillNode(node),
                    1 => FaultKind::KillWorker(node),
                    _ => FaultKind::AddNode(Box::new(spare.clone())),
                };
                case.faults.push(Fault { at: Instant::ZERO + Span::from_millis(millis), kind });
            }
            // With a control plane a full store spills, or takes files.
            Case { model: case, may_stall: store.is_some() && !real }
        },
    )
}

fn options() -> Options {
    // `verify` checks the invariants of the state after every event.
    Options { seed: 7, limits: Limits { records: 20_000, ..Limits::default() }, verify: true }
}

fn fold(trace: &Trace) -> State {
    let mut state = trace.initial_state();
    for record in &trace.records {
        state.apply(record.at, &record.event);
    }
    state
}

/// The longest chain of computing along the data.
fn critical_path(model: &Model) -> Span {
    let Workload::Graph(graph) = &model.workload else { return Span::ZERO };
    let mut ends: Vec<Span> = Vec::new();
    for task in &graph.tasks {
        let ready = task.args.iter().map(|arg| ends[arg.index()]).max().unwrap_or(Span::ZERO);
        let body = task.duration_on(rayscope::base::NodeId::new(0)).unwrap_or(Span::ZERO);
        ends.push(ready + body);
    }
    ends.into_iter().max().unwrap_or(Span::ZERO)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, max_shrink_iters: 500, ..ProptestConfig::default() })]

    #[test]
    fn runs_end_well_and_keep_the_invariants(case in cases()) {
        let trace = run(&case.model, &options());
        prop_assert_eq!(&trace, &run(&case.model, &options()), "two runs differ");
        match &**trace.outcome().expect("every trace ends with an outcome") {
            Outcome::Finished => {}
            Outcome::Deadlock { message } if case.may_stall => {
                prop_assert!(message.contains("is full"), "{}", message);
            }
            // A lost input or result with no way to make it again reaches the driver.
            other => prop_assert!(false, "{:?}", other),
        }
        let finished = **trace.outcome().unwrap() == Outcome::Finished;
        let state = fold(&trace);
        if finished {
            for row in state.tasks.iter() {
                prop_assert!(matches!(row.status, TaskStatus::Finished { .. }), "{:?}", row);
            }
            let makespan = trace.end().since(Instant::ZERO);
            prop_assert!(makespan >= critical_path(&case.model), "shorter than the critical path");
            if case.model.faults.is_empty() {
                prop_assert!(makespan.as_nanos() as u128 * slots(&case.model) >= work(&case.model));
            }
        }
    }

    #[test]
    fn causes_come_before_what_they_cause(case in cases()) {
        let trace = run(&case.model, &options());
        for (number, record) in trace.records.iter().enumerate() {
            if let Some(cause) = record.cause() {
                prop_assert!(cause < number, "record {} is caused by {}", number, cause);
                prop_assert!(trace.records[cause].at <= record.at);
            }
        }
    }

    #[test]
    fn every_transfer_brings_all_its_bytes_once(case in cases()) {
        let trace = run(&case.model, &options());
        let mut state = trace.initial_state();
        let mut bytes = 0;
        for record in &trace.records {
            if let Event::TransferFinished { transfer } = record.event {
                bytes += state.objects[state.transfers[transfer].unwrap().object].size;
            }
            if let Event::TransferStarted { object, to, .. } = record.event {
                prop_assert!(state.objects[object].copy_on(to).is_none(), "a second copy on one node");
            }
            state.apply(record.at, &record.event);
        }
        prop_assert_eq!(bytes, state.totals.bytes_moved + state.totals.bytes_restored);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn reports_add_up(case in cases()) {
        let trace = run(&case.model, &Options { verify: false, ..options() });
        let report = Report::of(&trace);
        let metrics = &report.metrics;
        prop_assert!(metrics.critical_path <= metrics.program_path);
        prop_assert!(metrics.program_path <= report.makespan);
        prop_assert!(metrics.work_bound <= report.makespan);
        prop_assert!(metrics.slot_utilisation <= 1.0 + 1e-9);
        if case.model.faults.is_empty() && **trace.outcome().unwrap() == Outcome::Finished {
            // With a control plane a task takes longer than its body.
            let bodies = critical_path(&case.model);
            let real = case.model.parameters.control_plane;
            prop_assert!(metrics.critical_path == bodies || real && metrics.critical_path > bodies);
        }
        for row in &report.attempts {
            let lived = row.ended.unwrap_or(trace.end()).since(row.submitted);
            // What it waited to be tried again came before it was submitted again.
            let lived = lived + row.waits.retry;
            prop_assert_eq!(row.busy + row.waits.total(), lived, "{:?}", row);
        }
        let mut now = Instant::ZERO;
        for segment in &report.path.segments {
            prop_assert_eq!(segment.from, now, "a gap in {:?}", report.path);
            now = segment.to;
        }
        prop_assert_eq!(now, trace.end());
    }

    #[test]
    fn every_task_can_be_explained(case in cases(), millis in 0u64..300) {
        let trace = run(&case.model, &Options { verify: false, ..options() });
        let tasks = Report::of(&trace).metrics.tasks as usize;
        let history = History::new(trace);
        let at = Instant::ZERO + Span::from_millis(millis);
        for task in (0..tasks).step_by(7).map(rayscope::base::TaskId::from_index) {
            let found = explain(&history, task, None).expect("it was submitted");
            let now = found.phases.iter().map(|phase| phase.from);
            prop_assert!(now.is_sorted(), "{:?}", found.phases);
            explain(&history, task, Some(at));
        }
    }
}

/// CPUs in the cluster, in ten-thousandths.
fn slots(model: &Model) -> u128 {
    let cpus = model.cluster.nodes.iter().map(|n| n.resources.get(rayscope::model::cluster::CPU));
    cpus.map(|cpus| cpus.units() as u128).sum()
}

/// CPU time of all bodies, in nanoseconds times ten-thousandths.
fn work(model: &Model) -> u128 {
    let Workload::Graph(graph) = &model.workload else { return 0 };
    let one = |task: &rayscope::model::TaskSpec| {
        let body = task.duration_on(rayscope::base::NodeId::new(0)).unwrap_or(Span::ZERO);
        let cpus = task.shape.demand.get(rayscope::model::cluster::CPU).units();
        u128::from(body.as_nanos()) * cpus as u128
    };
    graph.tasks.iter().map(|task| one(task)).sum()
}
