//! Placement groups under chance: programs that create, use and remove groups while nodes come and go. The state's
//! invariants are checked after every event, bundles lie as their strategy says, and every trace can be kept.

// Clippy knows test functions as such, but not what they call.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rayscope::base::{Instant, NodeId};
use rayscope::engine::{Limits, Options, run};
use rayscope::model::{
    Cluster, Fault, FaultKind, GroupStrategy, Model, Parameters, Program, Strategy as Where,
    Workload,
};
use rayscope::state::{Event, State};
use rayscope::trace::{Trace, read, write};
use std::collections::BTreeSet;

const HEAD: &str = "import ray, time
from ray.util.placement_group import placement_group, remove_placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy as Inside
ray.init()
@ray.remote
def work(seconds):
    time.sleep(seconds)
@ray.remote
def parent(seconds):
    ray.get([work.remote(seconds), work.remote(seconds)])
@ray.remote(num_cpus=0.5, max_restarts=1)
class Keeper:
    def keep(self, seconds):
        time.sleep(seconds)
groups, refs = [], []
";

#[derive(Clone, Debug)]
enum Act {
    Group { layout: u8, bundles: u8, halves: u8 },
    Task { group: u8, bundle: u8, seconds: u8, nested: bool },
    Actor { group: u8, seconds: u8 },
    Plain { seconds: u8 },
    Remove { group: u8 },
    Sleep,
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..4u8, 1..5u8, 1..5u8)
            .prop_map(|(layout, bundles, halves)| Act::Group { layout, bundles, halves }),
        6 => (0..4u8, 0..6u8, 0..4u8, any::<bool>())
            .prop_map(|(group, bundle, seconds, nested)| Act::Task { group, bundle, seconds, nested }),
        2 => (0..4u8, 0..4u8).prop_map(|(group, seconds)| Act::Actor { group, seconds }),
        2 => (1..4u8).prop_map(|seconds| Act::Plain { seconds }),
        1 => (0..4u8).prop_map(|group| Act::Remove { group }),
        2 => Just(Act::Sleep),
    ]
}

fn program(acts: &[Act]) -> String {
    const LAYOUTS: [&str; 4] = ["PACK", "SPREAD", "STRICT_PACK", "STRICT_SPREAD"];
    let mut text = HEAD.to_owned();
    for act in acts {
        let line = match act {
            Act::Group { layout, bundles, halves } => {
                let (layout, cpus) = (LAYOUTS[usize::from(*layout)], f64::from(*halves) / 2.0);
                format!(
                    "groups.append(placement_group([{{'CPU': {cpus}}}] * {bundles}, '{layout}'))"
                )
            }
            Act::Task { group, bundle, seconds, nested } => {
                let f = if *nested { "parent" } else { "work" };
                format!(
                    "if groups:\n    g = groups[{group} % len(groups)]\n    refs.append({f}.options(num_cpus=0.5, \
                     scheduling_strategy=Inside(g, {bundle} % (g.bundle_count + 1) - 1, {nested})).remote({seconds}))",
                    nested = if *bundle % 2 == 0 { "True" } else { "False" },
                )
            }
            Act::Actor { group, seconds } => format!(
                "if groups:\n    k = Keeper.options(scheduling_strategy=Inside(groups[{group} % len(groups)])).remote()\
                 \n    refs.append(k.keep.remote({seconds}))"
            ),
            Act::Plain { seconds } => format!("refs.append(work.remote({seconds}))"),
            Act::Remove { group } => {
                format!("if groups:\n    remove_placement_group(groups[{group} % len(groups)])")
            }
            Act::Sleep => "time.sleep(1)".to_owned(),
        };
        text.push_str(&line);
        text.push('\n');
    }
    text.push_str(
        "ready = [g.ready() for g in groups]\nif refs + ready:\n    ray.wait(refs + ready, num_returns=len(refs + ready), timeout=30)\n",
    );
    text
}

fn model(acts: &[Act], faults: &[(u8, u8)]) -> Model {
    let cluster = Cluster::uniform(3, 2);
    let late = cluster.nodes[NodeId::new(0)].clone();
    let fault = |(at, kind): &(u8, u8)| Fault {
        at: Instant::from_nanos(u64::from(*at) * 500_000_000),
        kind: match kind {
            0 => FaultKind::AddNode(Box::new(late.clone())),
            node => FaultKind::KillNode(NodeId::new(u32::from(*node))),
        },
    };
    Model {
        name: "groups".into(),
        faults: faults.iter().map(fault).collect(),
        cluster,
        workload: Workload::Program(Program { file: "p.py".into(), source: program(acts).into() }),
        parameters: Parameters::ideal(),
        policy: "hybrid".into(),
        seed: 1,
        captions: Vec::new(),
    }
}

/// Bundles lie as their strategy says, and tasks run where their bundle is.
fn bundles_lie_well(trace: &Trace) {
    let mut state = State::initial(&trace.header.cluster);
    for record in &trace.records {
        if let Event::GroupPlaced { group, nodes } = &record.event {
            let apart: BTreeSet<_> = nodes.iter().collect();
            match state.groups[*group].spec.strategy {
                GroupStrategy::StrictPack => assert_eq!(apart.len(), 1),
                GroupStrategy::StrictSpread => assert_eq!(apart.len(), nodes.len()),
                GroupStrategy::Pack | GroupStrategy::Spread => {}
            }
        }
        if let Event::TaskPlaced { task, worker, .. } = &record.event {
            let node = state.workers[*worker].node;
            if let Where::PlacementGroup { group, bundle, .. } =
                state.tasks[*task].spec.shape.strategy
            {
                let row = &state.groups[group];
                match bundle {
                    Some(bundle) => assert_eq!(row.nodes[bundle as usize], Some(node)),
                    None => assert!(row.nodes.contains(&Some(node))),
                }
            }
        }
        state.apply(record.at, &record.event);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn groups_hold_what_they_promise(
        acts in prop::collection::vec(acts(), 1..25),
        faults in prop::collection::vec((0..12u8, 0..3u8), 0..4),
    ) {
        let options = Options { seed: 1, limits: Limits::default(), verify: true };
        let trace = run(&model(&acts, &faults), &options);
        bundles_lie_well(&trace);
        let mut bytes = Vec::new();
        write(&trace, &mut bytes).unwrap();
        prop_assert_eq!(read(bytes.as_slice(), "run.jsonl").unwrap(), trace);
    }
}

#[test]
fn creating_a_group_takes_two_round_trips_and_the_gcs() {
    let acts = [Act::Group { layout: 0, bundles: 2, halves: 2 }];
    let mut model = model(&acts, &[]);
    model.parameters.rpc_latency = rayscope::base::Span::from_micros(200);
    model.parameters.gcs_service_cost = rayscope::base::Span::from_micros(500);
    let options = Options { seed: 1, limits: Limits::default(), verify: true };
    let trace = run(&model, &options);
    let at = |wanted: fn(&Event) -> bool| {
        trace.records.iter().find(|record| wanted(&record.event)).map(|record| record.at.as_nanos())
    };
    assert_eq!(at(|event| matches!(event, Event::GroupCreated(_))), Some(0));
    assert_eq!(at(|event| matches!(event, Event::GroupPlaced { .. })), Some(1_300_000));
    // The call itself returns after one round trip and the GCS's work.
    assert_eq!(at(|event| matches!(event, Event::CallMade(_))), Some(900_000));
}

#[test]
fn a_group_without_a_place_is_named_when_nothing_else_can_happen() {
    let source = "import ray\nray.init()\npg = ray.util.placement_group([{'CPU': 3}])\nray.get(pg.ready())\n";
    let mut model = model(&[], &[]);
    model.workload = Workload::Program(Program { file: "p.py".into(), source: source.into() });
    let options = Options { seed: 1, limits: Limits::default(), verify: true };
    let outcome = format!("{:?}", run(&model, &options).outcome().unwrap());
    let text = "the placement group of line 3 (PACK: {3 CPU}) has no place while the driver waits in ray.get in line 4";
    assert!(outcome.contains(text), "{outcome}");
}
