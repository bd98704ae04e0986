//! The lanes of known runs, and what holds for the lanes of any.

use super::*;
use crate::model::Caller;
use crate::state::{CallKind, CallResult, Event};
use crate::trace::fixture::{Run, large, lesson, one_more_node, walk};
use proptest::prelude::*;

fn told_bar(timeline: &Timeline, bar: &Bar) -> String {
    let what = match bar.what {
        What::Task { task, doing, begins } => {
            let begins = if begins { " begins," } else { "" };
            format!("{} {task}{begins} {}", timeline.functions.name(task), doing.words())
        }
        What::Driver(doing) => doing.words().to_owned(),
        What::Copy { object, from } => format!("object {object} from {from}"),
    };
    let ending = match bar.ending {
        Ending::Next => String::new(),
        Ending::Done | Ending::Failed | Ending::Cut => format!(", {:?}", bar.ending),
    };
    format!("{} to {}: {what}{ending}", bar.from, bar.to)
}

/// Every lane that has something to tell.
fn told(history: &History) -> String {
    let timeline = Timeline::of(history);
    let mut text = String::new();
    for lane in &timeline.lanes {
        let died = lane.died.map_or(String::new(), |at| format!(", died at {at}"));
        if lane.bars().is_empty() && died.is_empty() && lane.born == Instant::ZERO {
            continue;
        }
        let label = timeline.label(lane.place, history.last_state());
        text += &format!("{label}, from {}{died}\n", lane.born);
        for row in 0..lane.rows() {
            for bar in lane.row(row) {
                text += &format!("  {row}| {}\n", told_bar(&timeline, bar));
            }
        }
    }
    text
}

#[test]
fn a_bar_is_small() {
    assert_eq!(std::mem::size_of::<Bar>(), 32);
}

#[test]
fn the_lesson_in_lanes() {
    let history = History::new(lesson());
    insta::assert_snapshot!(told(&history), @r"
    driver, from 0.000 s
      0| 0.000 s to 4.500 s: blocked in ray.get
    node 0 worker 0, from 0.000 s
      0| 0.000 s to 2.000 s: make_array 0 begins, runs, Done
    node 0 worker 1, from 0.000 s
      0| 0.000 s to 2.000 s: add_arrays 2 waits for its arguments
      0| 2.000 s to 2.500 s: add_arrays 2 fetches its arguments
      0| 2.500 s to 4.500 s: add_arrays 2 begins, runs, Done
    copies to node 0, from 0.000 s
      0| 2.000 s to 2.500 s: object 1 from 1, Done
    node 1 worker 0, from 0.000 s
      0| 0.000 s to 2.000 s: make_array 1 begins, runs, Done
    ");
    let timeline = Timeline::of(&history);
    assert_eq!((timeline.lanes.len(), timeline.nodes.len()), (8, 3));
    let node = &timeline.nodes[0];
    assert_eq!((node.lanes.clone(), node.slots), (1..4, 2));
    assert_eq!(node.busy.steps().map(|(_, value)| value).collect::<Vec<_>>(), [1.0, 0.0]);
    for (at, lane) in timeline.lanes.iter().enumerate() {
        assert_eq!(timeline.lane_of(lane.place), Some(at));
    }
    assert_eq!(timeline.lane_of(Place::Link(NodeId::new(2))), None);
}

#[test]
fn waits_blocks_failures_and_deaths_have_bars_of_their_own() {
    let mut run = Run::new(1, 1);
    let tasks = [run.submit("first", &[], 1), run.submit("second", &[0], 1)];
    for (now, task) in (1..).zip(tasks) {
        run.now = 1_000_000_000 * now;
        run.ready(task);
        run.now += 200_000_000;
        run.place(task, 0);
        run.add(Event::TaskStarted { task });
        run.now += 300_000_000;
        if task == tasks[0] {
            run.finish(task);
        }
    }
    let refs = std::sync::Arc::from([ObjectId::new(0)]);
    let (caller, kind) =
        (Caller::Task(tasks[1]), CallKind::Wait { num_returns: 1, fetch_local: true });
    let at = Instant::from_nanos(run.now);
    let call = crate::state::Call { caller, kind, refs, deadline: None, line: 1, at };
    run.add(Event::CallMade(std::sync::Arc::new(call)));
    run.add(Event::CallBlocked { caller });
    run.add(Event::NodeAdded(one_more_node()));
    run.now += 500_000_000;
    run.add(Event::CallReturned { caller, result: std::sync::Arc::new(CallResult::Got) });
    let failure = crate::state::Failure::new(crate::state::FailureKind::WorkerCrashed, "gone");
    let failure = std::sync::Arc::new(failure);
    run.now += 100_000_000;
    run.add(Event::TaskFailed { task: tasks[1], failure });
    run.add(Event::WorkerDied { worker: WorkerId::new(0) });
    run.now += 100_000_000;
    let history = History::new(run.end());
    insta::assert_snapshot!(told(&history), @r"
    driver, from 0.000 s
      0| 0.000 s to 3.200 s: runs
    node 0 worker 0, from 0.000 s, died at 3.100 s
      0| 0.000 s to 1.000 s: first 0 waits for its arguments
      0| 1.000 s to 1.200 s: first 0 waits for a slot
      0| 1.200 s to 1.500 s: first 0 begins, runs, Done
      0| 1.500 s to 2.000 s: second 1 waits for its arguments
      0| 2.000 s to 2.200 s: second 1 waits for a slot
      0| 2.200 s to 2.500 s: second 1 begins, runs
      0| 2.500 s to 3.000 s: second 1 blocked in ray.wait
      0| 3.000 s to 3.100 s: second 1 runs, Failed
    late worker 0, from 2.500 s
    ");
    let phases = phases_of(&history, tasks[1]);
    let words: Vec<&str> = phases.iter().map(|phase| phase.doing.words()).collect();
    let expected = "waits for its arguments, waits for a slot, runs, blocked in ray.wait, runs";
    assert_eq!(words.join(", "), expected);
    let last = phases.last().unwrap();
    assert_eq!((last.ending, last.worker), (Ending::Failed, Some(WorkerId::new(0))));
}

#[test]
fn copies_that_overlap_have_rows() {
    let mut run = Run::new(2, 2);
    for _ in 0..3 {
        let task = run.submit("make", &[], 1);
        run.ready(task);
        run.place(task, 0);
        run.add(Event::TaskStarted { task });
        run.finish(task);
    }
    let first = run.copy(0, 0, 1);
    run.now = 5;
    let second = run.copy(1, 0, 1);
    run.now = 7;
    run.add(Event::TransferFinished { transfer: first });
    run.copy(2, 0, 1);
    run.now = 9;
    run.add(Event::TransferCancelled { transfer: second });
    let history = History::new(run.end());
    let timeline = Timeline::of(&history);
    let lane = &timeline.lanes[timeline.lane_of(Place::Link(NodeId::new(1))).unwrap()];
    let row = |row: usize| -> Vec<(u64, u64, Ending)> {
        let bars = lane.row(row).iter();
        bars.map(|bar| (bar.from.as_nanos(), bar.to.as_nanos(), bar.ending)).collect()
    };
    assert_eq!(row(0), [(0, 7, Ending::Done), (7, 9, Ending::Cut)]);
    assert_eq!(row(1), [(5, 9, Ending::Failed)]);
}

#[test]
fn the_driver_sleeps_waits_and_runs() {
    let mut run = Run::new(1, 1);
    let task = run.submit("make", &[], 1);
    let until = Instant::from_nanos(4);
    run.add(Event::Slept { caller: Caller::Driver, line: 1, until });
    run.now = 6;
    run.call(CallKind::Get, &[0]);
    run.ready(task);
    run.place(task, 0);
    run.add(Event::TaskStarted { task });
    run.now = 8;
    run.finish(task);
    run.returned(CallResult::Got);
    run.now = 9;
    let timeline = Timeline::of(&History::new(run.end()));
    let driver: Vec<(u64, Doing)> = timeline.lanes[0]
        .bars()
        .iter()
        .filter_map(|bar| Some((bar.to.as_nanos(), bar.doing()?)))
        .collect();
    let expected =
        [(4, Doing::Sleeping), (6, Doing::Running), (8, Doing::InGet), (9, Doing::Running)];
    assert_eq!(driver, expected);
}

#[test]
fn a_node_s_curve_counts_its_busy_workers() {
    let history = History::new(large(900, 3, 4));
    let timeline = Timeline::of(&history);
    let busy: f64 = timeline
        .nodes
        .iter()
        .map(|node| node.busy.mean(Instant::ZERO, timeline.end) * timeline.end.as_secs())
        .sum();
    assert!((busy - 0.9).abs() < 1e-9, "900 tasks of a millisecond, {busy}");
    assert!(timeline.nodes.iter().all(|node| node.busy.most() <= 4.0));
}

/// What `visible` and `density` find, by looking at every bar.
fn brute(lane: &Lane, from: Instant, to: Instant) -> (usize, f64) {
    let seen = |bar: &&Bar| bar.from <= to && bar.to >= from;
    let overlap = |bar: &Bar| bar.to.min(to).since(bar.from.max(from)).as_nanos() as f64;
    let busy = lane.bars().iter().filter(|bar| bar.is_busy()).map(overlap).sum();
    (lane.bars().iter().filter(seen).count(), busy)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn lanes_are_sound(seed: u64, a in 0..60u64, b in 0..60u64, count in 1..9usize) {
        let history = History::new(walk(seed, 500));
        let timeline = Timeline::of(&history);
        let (from, to) = (Instant::from_nanos(a.min(b)), Instant::from_nanos(a.max(b)));
        for lane in &timeline.lanes {
            prop_assert!(lane.bars().iter().all(|bar| bar.to <= timeline.end));
            for row in 0..lane.rows() {
                let apart = |a: &Bar, b: &Bar| a.from <= a.to && a.to <= b.from;
                prop_assert!(lane.row(row).is_sorted_by(apart), "{:?}", lane.row(row));
            }
            let (seen, busy) = brute(lane, from, to);
            prop_assert_eq!(lane.count(from, to), seen);
            let mut buckets = vec![Bucket::default(); count];
            let width = (to.since(from).as_nanos() as f64 / count as f64).max(1e-9);
            let mut other = buckets.clone();
            lane.fill(from, to, &mut other);
            let sum: f64 = other.iter().map(|bucket| f64::from(bucket.busy) * width).sum();
            prop_assert!((sum - busy).abs() < 1e-3 * (1.0 + busy), "{} {}", sum, busy);
            if to.since(from).as_nanos().is_multiple_of(count as u64) {
                lane.density(from, to, &mut buckets);
                for (one, other) in buckets.iter().zip(&other) {
                    prop_assert!((one.busy - other.busy).abs() < 1e-3, "{:?} {:?}", one, other);
                }
            }
        }
        for (node, lanes) in history.last_state().nodes.ids().zip(&timeline.nodes) {
            prop_assert_eq!(node, lanes.node);
            prop_assert!(lanes.busy.steps().all(|(_, value)| value >= 0.0));
        }
    }

    #[test]
    fn phases_are_the_bars_of_the_lanes(seed: u64) {
        let history = History::new(walk(seed, 500));
        let timeline = Timeline::of(&history);
        let mut bars: Vec<(u32, Instant, Instant)> = Vec::new();
        for bar in timeline.lanes.iter().flat_map(Lane::bars).filter(|bar| bar.is_busy()) {
            bars.extend(bar.task().map(|task| (task.number(), bar.from, bar.to)));
        }
        let mut phases: Vec<(u32, Instant, Instant)> = Vec::new();
        for task in 0..history.last_state().tasks.len() as u32 {
            let found = phases_of(&history, TaskId::new(task));
            let on_worker = found.iter().filter(|phase| phase.worker.is_some());
            phases.extend(on_worker.map(|phase| (task, phase.from, phase.to)));
        }
        bars.sort_unstable();
        phases.sort_unstable();
        prop_assert_eq!(bars, phases);
    }
}
