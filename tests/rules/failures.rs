//! Rules 15, 16, 19 and 20: crashes, dead nodes, cancelled tasks, errors.

use crate::harness::{SEEDS, Setup, within};

const RETRIES: &str = "@ray.remote
class Tries:
    def __init__(self):
        self.n = {}
    def next(self, key):
        self.n[key] = self.n.get(key, 0) + 1
        return self.n[key]
tries = Tries.remote()
ray.get(tries.next.remote('warm'))
@ray.remote(max_retries=3)
def crash(key):
    if ray.get(tries.next.remote(key)) == 1:
        os._exit(1)
    return 'survived'
@ray.remote(max_retries=3, retry_exceptions=True)
def flaky(key):
    if ray.get(tries.next.remote(key)) == 1:
        raise ValueError('once')
    return 'survived'
for f in (crash, flaky):
    for i in range(3):
        t = time.time()
        print(ray.get(f.remote(f'{i}' + ('c' if f is crash else 'f'))), time.time() - t)
";

#[test]
fn rule_15_retries_come_at_the_owners_beat() {
    let setup = Setup::new("\"1x2\"", RETRIES);
    let mut delays = Vec::new();
    for outcome in setup.runs() {
        assert!(outcome.output.iter().all(|line| line.starts_with("survived")));
        delays.extend((0..6).map(|line| outcome.numbers(line)[0]));
    }
    // Real Ray: 0 to 1 s, and up to 0.75 s more where a process has to start.
    delays.iter().for_each(|delay| within("delay", *delay, 0.0, 1.75));
    assert!(delays.iter().any(|delay| *delay > 0.9), "{delays:?}");
    let off = setup.with(&["core_worker_internal_heartbeat_ms=1", "worker_start_time=0ms"]).run(1);
    (0..6).for_each(|line| within("at once", off.numbers(line)[0], 0.0, 0.1));
}

#[test]
fn rule_15_a_worker_that_dies_is_noticed_soon() {
    let program = "@ray.remote(max_retries=0)
def die():
    time.sleep(0.2)
    os._exit(1)
d = die.remote()
after = work.remote(0.1, d)
for ref in (d, after):
    try:
        ray.get(ref)
    except Exception as e:
        print(type(e).__name__, now())
";
    let setup = Setup::new("\"1x2\"", program);
    for outcome in setup.runs() {
        assert!(outcome.output[0].starts_with("WorkerCrashedError"));
        assert!(outcome.output[1].starts_with("RayTaskError(WorkerCrashedError)"));
        // Real Ray: 13 to 17 ms after its death.
        within("noticed", outcome.numbers(0)[0] - 0.2, 0.013, 0.03);
    }
    let off = setup.with(&["crash_notice_time=0s"]).run(1);
    within("at once", off.numbers(0)[0] - 0.2, 0.0, 0.013);
}

#[test]
fn rule_15_a_retry_goes_to_the_end_of_the_queue() {
    let program = "@ray.remote
class Once:
    def __init__(self):
        self.n = 0
    def first(self):
        self.n += 1
        return self.n == 1
once = Once.remote()
ray.get(once.first.remote())
@ray.remote
def step(i):
    if i == 0 and now() < 1.2:
        os._exit(1)
    time.sleep(1.0)
    return i
refs = [step.remote(i) for i in range(6)]
order = []
while refs:
    done, refs = ray.wait(refs)
    order += ray.get(done)
print(order)
";
    for outcome in Setup::new("\"1x1\"", program).runs() {
        let order = outcome.numbers(0);
        assert_eq!(order.last(), Some(&0.0), "{order:?}");
    }
}

const LONG_TASKS: &str = "refs = [work.remote(4.0) for _ in range(8)]
ray.get(refs)
";

#[test]
fn rule_16_tasks_of_a_dead_node_start_again_at_the_end() {
    let kill = r#"[{"at": "1s", "kill_node": 2}]"#;
    for outcome in Setup::new("\"3x2\"", LONG_TASKS).faults(kill).runs() {
        // Real Ray: 8.14 to 8.18 s, all of the second half on the nodes that are left.
        within("makespan", outcome.makespan, 8.0, 8.25);
        let late = outcome.ran.iter().filter(|task| task.start > 1.5);
        assert!(late.clone().count() == 4 && late.clone().all(|task| task.node != 2));
    }
}

#[test]
fn rule_16_workers_outlive_their_raylet_for_up_to_a_second() {
    let program = "ray.get([work.remote(0.9) for _ in range(6)])\nprint(now())\n";
    let kill = r#"[{"at": "700ms", "kill_node": 2}]"#;
    let setup = Setup::new("\"3x2\"", program).faults(kill);
    let survived = |watch| {
        let runs = SEEDS.map(|seed| setup.clone().with(watch).run(seed));
        runs.filter(|outcome| outcome.makespan < 1.0).count()
    };
    assert!(survived(&[]) > 0, "some workers finish what they do");
    assert_eq!(survived(&["raylet_watch_period=1ms"]), 0, "none when they look all the time");
}

#[test]
fn rule_16_a_lost_object_is_made_again_when_the_gcs_gives_up() {
    let program = "from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On
there = [n['NodeID'] for n in ray.nodes()][1]
ref = make.options(scheduling_strategy=On(there, soft=True)).remote(1_000_000)
ray.wait([ref], fetch_local=False)
time.sleep(1)
t = time.time()
ray.get(ref)
print(time.time() - t)
";
    let kill = r#"[{"at": "500ms", "kill_node": 1}]"#;
    let setup = Setup::new("\"2x2\"", program).faults(kill);
    for outcome in setup.runs() {
        // Real Ray: 14.2 to 14.6 s after the kill: five questions, one every three seconds.
        within("made again", outcome.numbers(0)[0], 13.0, 15.2);
        assert_eq!(outcome.of("make").len(), 2);
    }
    let off = setup.with(&["health_check_failure_threshold=1"]).run(1);
    within("with one question", off.numbers(0)[0], 1.0, 3.2);
}

#[test]
fn rule_19_cancel_interrupts_when_the_sleep_is_over() {
    let program = "refs = [work.remote(1.0) for _ in range(3)]
time.sleep(0.2)
t = time.time()
ray.cancel(refs[2])
ray.cancel(refs[0])
for at in (2, 0):
    try:
        ray.get(refs[at])
    except ray.exceptions.TaskCancelledError as e:
        print(type(e).__name__, time.time() - t)
";
    for outcome in Setup::new("\"1x2\"", program).runs() {
        assert!(outcome.output[0].starts_with("TaskCancelledError"), "{:?}", outcome.output);
        within("a queued one", outcome.numbers(0)[0], 0.0, 0.005);
        assert!(outcome.output[1].starts_with("RayTaskError(TaskCancelledError)"));
        within("a running one", outcome.numbers(1)[0], 0.78, 0.85);
    }
}

#[test]
fn rule_20_errors_travel_over_workers() {
    let program = "b = boom.remote(0.2)
one = work.remote(0.1, b)
two = work.remote(0.1, one)
for ref in (b, one, two):
    try:
        ray.get(ref)
    except ValueError as e:
        print(type(e).__name__, now())
print(ray.wait([two], timeout=0)[0] == [two])
";
    let setup = Setup::new("\"1x4\"", program);
    for outcome in setup.runs() {
        assert!(
            outcome.output[..3].iter().all(|line| line.starts_with("RayTaskError(ValueError)"))
        );
        let at = |line: usize| outcome.numbers(line)[0];
        // Real Ray: 3 to 5 ms a hop; the first one imports its function.
        within("a hop", at(2) - at(1), 0.002, 0.006);
        within("the first hop", at(1) - at(0), 0.002, 0.011);
        assert_eq!(outcome.output[3], "True", "a failed task is ready");
    }
    let off = setup.with(&["control_plane=false"]).run(1);
    within("without a control plane", off.numbers(2)[0] - off.numbers(0)[0], 0.0, 0.001);
}
