//! Rules 14, 17, 18 and 21, and what objects cost.

use crate::harness::{Setup, within};

#[test]
fn rule_14_wait_keeps_the_order_of_its_list() {
    let program = "refs = [work.remote(s) for s in (0.6, 0.1, 0.3, 0.2)]
ready, rest = ray.wait(refs, num_returns=2)
print([refs.index(r) for r in ready], [refs.index(r) for r in rest])
time.sleep(1)
ready, rest = ray.wait(refs, num_returns=2)
print(len(ready), [refs.index(r) for r in rest] == sorted([refs.index(r) for r in rest]))
";
    for outcome in Setup::new("\"1x4\"", program).runs() {
        assert_eq!(outcome.output, ["[1, 3] [0, 2]", "2 True"]);
    }
}

#[test]
fn rule_14_a_timeout_ends_a_little_late() {
    let program = "x = work.remote(1.0)
time.sleep(0.1)
t = time.time()
ready, rest = ray.wait([x], timeout=0.25)
print(time.time() - t - 0.25, len(ready), len(rest))
";
    let setup = Setup::new("\"1x2\"", program);
    for outcome in setup.runs() {
        assert_eq!(outcome.numbers(0)[1..], [0.0, 1.0]);
        within("overshoot", outcome.numbers(0)[0], 0.000_25, 0.000_6);
    }
    let off = setup.with(&["timeout_overshoot=0s"]).run(1);
    within("without", off.numbers(0)[0], 0.0, 0.000_25);
}

#[test]
fn rule_14_the_driver_wakes_soon_after_a_task() {
    let program = "ray.get(work.remote(0.1))
t = work.remote(0.3)
ray.wait([t])
print(now())
";
    for outcome in Setup::new("\"1x2\"", program).runs() {
        let end = outcome.of("work")[1].start + 0.3;
        // Real Ray: 1.6 ms in the middle, 1.3 to 2.25 ms.
        within("wake-up", outcome.numbers(0)[0] - end, 0.000_8, 0.003);
    }
}

#[test]
fn rule_14_fetch_local_waits_for_the_copy() {
    let program = "from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On
far = [n['NodeID'] for n in ray.nodes()][1]
for fetch in (True, False):
    ref = make.options(scheduling_strategy=On(far, soft=False)).remote(100_000_000)
    ray.wait([ref], fetch_local=False)
    t = time.time()
    ray.wait([ref], fetch_local=fetch)
    print(time.time() - t)
";
    for outcome in Setup::new("\"2x2\"", program).runs() {
        // Real Ray: 0.1 s and 0.2 ms; the first copy meets fresh pages.
        within("with a copy", outcome.numbers(0)[0], 0.09, 0.2);
        within("without", outcome.numbers(1)[0], 0.0, 0.000_4);
    }
}

#[test]
fn rule_17_two_results_of_a_task_are_ready_together() {
    let program = "@ray.remote(num_returns=2)
def two(i):
    time.sleep(0.2)
    return i, i
pairs = [two.remote(i) for i in range(2)]
ready, rest = ray.wait([r for pair in pairs for r in pair], num_returns=4)
print(now(), len(ready))
a, b = two.remote(3)
ray.wait([a])
print(ray.wait([b], timeout=0)[0] == [b])
";
    for outcome in Setup::new("\"1x2\"", program).runs() {
        within("all four", outcome.numbers(0)[0], 0.2, 0.23);
        assert_eq!(outcome.output[1], "True");
    }
}

const GROUPS: &str = "from ray.util.placement_group import placement_group, remove_placement_group
for _ in range(3):
    t = time.time()
    group = placement_group([{'CPU': 1}] * 4)
    ray.get(group.ready())
    print(time.time() - t)
    remove_placement_group(group)
";

#[test]
fn rule_18_groups_wait_for_the_beat_of_the_gcs() {
    let setup = Setup::new("\"2x2\"", GROUPS);
    for outcome in setup.runs() {
        // Real Ray: 4 to 8 ms; what the first one gave back is not known at once, then 0.33 to 1.1 s.
        within("at once", outcome.numbers(0)[0], 0.003, 0.01);
        within("after a removal", outcome.numbers(1)[0], 0.01, 1.1);
        within("again", outcome.numbers(2)[0], 0.9, 1.1);
    }
    let off = setup.with(&["placement_group_tick=1ms"]).run(1);
    within("with a quick beat", off.numbers(2)[0], 0.003, 0.12);
}

#[test]
fn rule_18_bundles_lie_as_their_strategy_says() {
    let program = "from ray.util.placement_group import placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy as In
def nodes(strategy, bundles):
    group = placement_group([{'CPU': 1}] * bundles, strategy=strategy)
    if not group.wait(timeout_seconds=2):
        return print(strategy, 'pending')
    inside = [In(group, placement_group_bundle_index=i) for i in range(bundles)]
    tasks = [where.options(scheduling_strategy=i).remote() for i in inside]
    print(strategy, sorted([ray.get(tasks).count(n) for n in set(ray.get(tasks))]))
    ray.util.remove_placement_group(group)
    time.sleep(1.5)
@ray.remote
def where():
    return ray.get_runtime_context().get_node_id()
nodes('PACK', 3)
nodes('SPREAD', 3)
nodes('STRICT_SPREAD', 3)
nodes('STRICT_PACK', 2)
nodes('STRICT_PACK', 3)
";
    let expected = [
        "PACK [1, 2]",
        "SPREAD [1, 1, 1]",
        "STRICT_SPREAD [1, 1, 1]",
        "STRICT_PACK [2]",
        "STRICT_PACK pending",
    ];
    for outcome in Setup::new("\"3x2\"", program).runs() {
        assert_eq!(outcome.output, expected);
    }
}

#[test]
fn rule_21_a_broadcast_arrives_one_after_the_other() {
    let program = "from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On
@ray.remote
def read(x):
    return time.time()
big = ray.put(np.zeros(100_000_000 // 8))
for _ in range(2):
    t = time.time()
    ids = [n['NodeID'] for n in ray.nodes()][1:]
    stamps = ray.get([read.options(scheduling_strategy=On(i, soft=False)).remote(big) for i in ids])
    print(sorted([stamp - t for stamp in stamps]))
";
    let setup = Setup::new("\"6x1\"", program);
    for outcome in setup.runs() {
        let arrivals = outcome.numbers(0);
        arrivals.windows(2).for_each(|pair| within("apart", pair[1] - pair[0], 0.08, 0.2));
        within("the last", arrivals[4], 0.5, 1.1);
        within("all are there", outcome.numbers(1)[4], 0.0, 0.02);
    }
    let off = setup.clone().with(&["push_in_turn=false"]).run(1).numbers(0);
    within("together", off[4] - off[0], 0.0, 0.02);
    let warm = setup.with(&["fresh_page_bandwidth=unlimited"]).run(1).numbers(0);
    within("into pages used before", warm[4], 0.5, 0.6);
}

#[test]
fn small_results_travel_inline() {
    let program = "for size in (50_000, 99_000, 110_000, 1_000_000):
    ray.get(make.remote(size))
    t = time.time()
    for _ in range(20):
        ray.get(make.remote(size))
    print((time.time() - t) / 20)
";
    let setup = Setup::new("\"1x2\"", program);
    for outcome in setup.runs() {
        let times: Vec<f64> = (0..4).map(|line| outcome.numbers(line)[0]).collect();
        // Real Ray: 2.6, 2.4 to 2.8, 3.9 to 4.5 and 4.5 to 4.9 ms.
        within("inline", times[1] - times[0], -0.000_3, 0.000_3);
        within("stored", times[2] - times[1], 0.000_5, 0.002_5);
        within("round trip", times[0], 0.001_7, 0.003);
    }
    let off = setup.with(&["max_direct_call_object_size=0"]).run(1);
    within("all stored", off.numbers(2)[0] - off.numbers(1)[0], -0.000_3, 0.000_4);
}
