//! What the engine records is what a trace file holds: written, read back and told without a difference.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use rayscope::base::{Instant, NodeId, Span};
use rayscope::chart;
use rayscope::engine::{Limits, Options, run};
use rayscope::model::{Fault, FaultKind, Model};
use rayscope::policy;
use rayscope::replay::History;
use rayscope::trace::{self, Trace};
use support::{Draft, graph, model, with_nodes};

fn recorded(model: &Model) -> Trace {
    // A small limit: that a run ends by one is as good a trace as any other.
    let limits = Limits { records: 3_000, ..Limits::default() };
    run(model, &Options { seed: 7, limits, verify: false })
}

fn read_back(trace: &Trace) -> Trace {
    let mut bytes = Vec::new();
    trace::write(trace, &mut bytes).expect("memory takes all");
    match trace::read(&bytes[..], "run.jsonl") {
        Ok(again) => again,
        Err(problems) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let lines: Vec<&str> = text.lines().collect();
            panic!("{}\n{}", problems[0], lines[problems[0].line - 1]);
        }
    }
}

fn models() -> impl Strategy<Value = Model> {
    let reads = prop::collection::vec(any::<prop::sample::Index>(), 0..3);
    let drafts = prop::collection::vec((0u64..50, reads, 0u64..500), 1..30);
    let faults = prop::collection::vec((0u64..150, 0u32..5, 0u8..3), 0..4);
    let store = prop::option::weighted(0.5, 500_000u64..3_000_000);
    let network = prop::option::of(1_000_000u64..1_000_000_000);
    let name = prop::sample::select(policy::names());
    (drafts, 1usize..5, 1u64..4, network, store, faults, name).prop_map(
        |(drafts, nodes, cpus, network, store, faults, name)| {
            let mut earlier = 0;
            let drafts: Vec<Draft> = drafts
                .into_iter()
                .map(|(millis, reads, size)| {
                    let reads = reads.iter().filter(|_| earlier > 0).map(|at| at.index(earlier));
                    let draft = Draft::new(millis, &reads.collect::<Vec<_>>());
                    earlier += 1;
                    draft.making(size * 1_000)
                })
                .collect();
            let mut model = with_nodes(model(graph(&drafts), nodes, cpus), network, store);
            model.policy = name.to_owned();
            let spare = model.cluster.nodes.as_slice()[0].clone();
            model.faults = faults
                .into_iter()
                .map(|(millis, node, kind)| {
                    let node = NodeId::new(node % nodes as u32);
                    let kind = match kind {
                        0 => FaultKind::KillNode(node),
                        1 => FaultKind::KillWorker(node),
                        _ => FaultKind::AddNode(Box::new(spare.clone())),
                    };
                    Fault { at: Instant::ZERO + Span::from_millis(millis), kind }
                })
                .collect();
            model
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn every_run_can_be_kept_in_a_file(model in models()) {
        let trace = recorded(&model);
        let again = read_back(&trace);
        prop_assert_eq!(trace::first_divergence(&trace, &again), None);
        prop_assert_eq!(trace::digest(&trace), trace::digest(&again));
        prop_assert_eq!(trace, again);
    }

}

proptest! {
    // Each stop is sought for itself, which in a short run means folding half of it.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn every_run_can_be_told(model in models()) {
        let history = History::new(recorded(&model));
        for (number, stop) in history.story().iter().enumerate() {
            let caption = chart::caption_at(&history, stop.step as usize, Some(number));
            prop_assert!(!caption.short.is_empty(), "{:?}", stop);
        }
        let chart = chart::gantt(&history, 100);
        prop_assert!(chart.lines().all(|line| line.chars().count() <= 100), "{}", chart);
    }
}
