//! Rules 1 to 3 and 7 to 11: which node a task goes to.

use crate::harness::{SEEDS, Setup, within};
use rayscope::state::{Event, LeaseStep};
use std::collections::BTreeSet;

/// Whether tasks filled nodes two by two, the driver's first, and then one by one.
fn fills_to_half_and_then_evenly(nodes: &[usize]) -> bool {
    let pairs = [&nodes[0..2], &nodes[2..4], &nodes[4..6]];
    let halves = pairs.iter().all(|pair| pair[0] == pair[1]) && nodes[0] == 0;
    let each = |part: &[usize]| part.iter().collect::<BTreeSet<_>>().len() == 3;
    halves && each(&[nodes[0], nodes[2], nodes[4]]) && each(&nodes[6..9]) && each(&nodes[9..12])
}

const ONE_BY_ONE: &str = "refs = []
for i in range(12):
    refs.append(work.remote(3.0))
    time.sleep(0.25)
ray.get(refs)
";

#[test]
fn rule_01_nodes_fill_to_half_and_then_evenly() {
    let setup = Setup::new("\"3x4\"", ONE_BY_ONE);
    for outcome in setup.runs() {
        let nodes = outcome.nodes("work");
        assert!(fills_to_half_and_then_evenly(&nodes), "{nodes:?}");
        // The least used node that comes first on a tie is the driver's.
        assert_eq!(nodes[6], 0, "{nodes:?}");
    }
    let off = setup.with(&["scheduler_spread_threshold=1"]).run(1).nodes("work");
    assert_eq!(off[..4], [0, 0, 0, 0], "without the threshold the local node is filled first");
}

#[test]
fn rule_01_which_node_comes_second_is_drawn_once_a_cluster() {
    let setup = Setup::new("\"3x4\"", ONE_BY_ONE);
    let second: BTreeSet<usize> = (1..20).map(|seed| setup.run(seed).nodes("work")[2]).collect();
    assert_eq!(second, BTreeSet::from([1, 2]));
}

#[test]
fn rule_02_one_task_fills_a_node_of_two_to_half() {
    let program = "refs = []
for i in range(6):
    refs.append(work.remote(2.0))
    time.sleep(0.15)
ray.get(refs)
";
    let setup = Setup::new("\"3x2\"", program);
    for outcome in setup.runs() {
        let nodes = outcome.nodes("work");
        assert_eq!((nodes[0], nodes[3]), (0, 0), "{nodes:?}");
        assert_eq!(nodes[..3].iter().collect::<BTreeSet<_>>().len(), 3, "{nodes:?}");
        assert_eq!(nodes[3..].iter().collect::<BTreeSet<_>>().len(), 3, "{nodes:?}");
    }
    let off = setup.with(&["scheduler_spread_threshold=1"]).run(1).nodes("work");
    assert_eq!(off[..2], [0, 0]);
}

#[test]
fn rule_03_a_burst_spreads_as_single_tasks_do() {
    for (tasks, low, high) in [(2, 0, 2), (6, 2, 2), (8, 2, 4), (12, 4, 4)] {
        let program = format!("ray.get([work.remote(0.5) for _ in range({tasks})])\n");
        for outcome in Setup::new("\"3x4\"", &program).runs() {
            let counts = outcome.counts("work", 3);
            assert!(counts.iter().all(|n| (low..=high).contains(n)), "{tasks}: {counts:?}");
            // The driver's own raylet answers first.
            assert_eq!(outcome.nodes("work")[0], 0);
        }
    }
}

#[test]
fn rule_03_at_most_ten_requests_of_a_kind_are_out() {
    let setup = Setup::new("\"3x4\"", "ray.get([work.remote(0.5) for _ in range(40)])\n");
    let most_out = |set| {
        let (mut out, mut most) = (0i32, 0);
        for record in &setup.clone().with(set).run(1).trace.records {
            if let Event::Lease { step, .. } = &record.event {
                out += match step {
                    LeaseStep::Requested { .. } => 1,
                    LeaseStep::Granted { .. } | LeaseStep::Ended(_) => -1,
                    _ => 0,
                };
                most = most.max(out);
            }
        }
        most
    };
    assert_eq!(most_out(&[]), 10);
    assert!(most_out(&["max_pending_lease_requests_per_scheduling_category=25"]) > 15);
}

#[test]
fn rule_07_a_large_argument_draws_its_reader() {
    let program = "far = [n['NodeID'] for n in ray.nodes()][2]
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On
for size in (8, 50_000, 1_000_000, 50_000_000):
    made = make.options(scheduling_strategy=On(far, soft=False)).remote(size)
    ray.wait([made], fetch_local=False)
    ray.get(work.remote(0.1, made))
    time.sleep(0.6)
";
    let setup = Setup::new("\"3x2\"", program);
    for outcome in setup.runs() {
        // Below 100 KiB they are inline and on no node.
        assert_eq!(outcome.nodes("work"), [0, 0, 2, 2]);
    }
    let off = setup.clone().with(&["locality_aware_leasing_enabled=false"]);
    assert_eq!(off.run(1).nodes("work"), [0, 0, 0, 0]);
    let stored = setup.with(&["max_direct_call_object_size=0"]);
    assert_eq!(stored.run(1).nodes("work"), [2, 2, 2, 2], "everything is in a store");
}

#[test]
fn rule_08_spread_goes_round() {
    let program = "spread = work.options(scheduling_strategy='SPREAD')
print(ray.get([spread.remote(0.4) for _ in range(4)]))
time.sleep(0.7)
ray.get([spread.remote(0.4) for _ in range(12)])
";
    for outcome in Setup::new("\"4x3\"", program).runs() {
        let nodes = outcome.nodes("work");
        assert_eq!(nodes[..4].iter().collect::<BTreeSet<_>>().len(), 4, "{nodes:?}");
        assert_eq!(outcome.counts("work", 4), [4, 4, 4, 4]);
    }
    let default = program.replace("'SPREAD'", "'DEFAULT'");
    let nodes = Setup::new("\"4x3\"", &default).run(1).nodes("work");
    assert!(nodes[..4].iter().collect::<BTreeSet<_>>().len() < 4, "{nodes:?}");
}

#[test]
fn rule_09_affinity_queues_on_its_node() {
    let program = "from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On
two = [n['NodeID'] for n in ray.nodes()][2]
for soft in (False, True):
    ray.get([work.options(scheduling_strategy=On(two, soft=soft)).remote(0.3) for _ in range(5)])
    print(now())
try:
    ray.get(work.options(scheduling_strategy=On('ab' * 28, soft=False)).remote(0.3))
except ray.exceptions.TaskUnschedulableError:
    print('unschedulable', now())
ray.get(work.options(scheduling_strategy=On('ab' * 28, soft=True)).remote(0.3))
try:
    work.options(scheduling_strategy=On('f' * 56, soft=True)).remote(0.3)
except ValueError as e:
    print(e)
";
    for outcome in Setup::new("\"3x2\"", program).runs() {
        let nodes = outcome.nodes("work");
        assert_eq!(nodes[..10], [2; 10], "soft matters only when the node is gone");
        assert_eq!(nodes[10..], [0]);
        // Three waves each.
        within("hard", outcome.numbers(0)[0], 0.9, 0.96);
        within("soft", outcome.numbers(1)[0] - outcome.numbers(0)[0], 0.9, 0.96);
        within("error", outcome.numbers(2)[0] - outcome.numbers(1)[0], 0.0, 0.02);
        assert!(outcome.output[3].contains("must be a valid hex string"), "{}", outcome.output[3]);
    }
}

#[test]
fn rule_10_custom_resources_only_constrain() {
    let cluster = r#"{"nodes": [{"resources": {"CPU": 2}}, {"resources": {"CPU": 2, "disk": 1}},
        {"resources": {"CPU": 2, "disk": 2, "acc": 1}}]}"#;
    let program = "disk = work.options(resources={'disk': 1})
acc = work.options(resources={'acc': 1})
@ray.remote
def plain(i):
    time.sleep(0.3)
one, two = [acc.remote(0.3) for _ in range(2)], [disk.remote(0.3) for _ in range(3)]
ray.get(one + two + [plain.remote(i) for i in range(4)])
";
    for outcome in Setup::new(cluster, program).runs() {
        let tasks = outcome.of("work");
        assert!(tasks[..2].iter().all(|task| task.node == 2), "only node 2 has acc");
        assert!(tasks[2..].iter().all(|task| task.node != 0), "nodes 1 and 2 have disk");
        let (a, b) = (tasks[0], tasks[1]);
        assert!(a.end <= b.start || b.end <= a.start, "there is one acc: they run in turn");
    }
}

#[test]
fn rule_11_what_fits_nowhere_pends_until_a_node_joins() {
    let program = "@ray.remote(num_cpus=4)
def big():
    return 1
b = big.remote()
print(ray.wait([b], timeout=0.5)[0], now())
try:
    ray.get(b, timeout=0.5)
except ray.exceptions.GetTimeoutError as e:
    print(e)
print(len(ray.get([work.remote(0.2) for _ in range(3)])))
ray.get(b)
print(now())
";
    let joins = r#"[{"at": "2s", "add_node": {"resources": {"CPU": 4}}}]"#;
    for seed in SEEDS {
        let outcome = Setup::new("\"3x2\"", program).faults(joins).run(seed);
        assert!(outcome.output[0].starts_with("[]"), "{}", outcome.output[0]);
        assert_eq!(outcome.output[1], "Get timed out: some object(s) not ready.");
        assert_eq!(outcome.nodes("big"), [3]);
        // Real Ray took 0.36 to 0.55 s, the start of a process among it.
        within("after it joined", outcome.numbers(3)[0] - 2.0, 0.0, 0.55);
    }
}
