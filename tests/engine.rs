//! The engine on small graphs whose schedules can be worked out by hand.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

mod support;

use rayscope::base::{Instant, NodeId, TaskId};
use rayscope::engine::{Limits, Options, run};
use rayscope::model::Model;
use rayscope::state::{Event, Outcome, Rule, State};
use rayscope::trace::Trace;
use support::{Draft, graph, kill, model, with_nodes};

fn options() -> Options {
    Options { seed: 1, limits: Limits::default(), verify: true }
}

fn run_checked(model: &Model) -> Trace {
    let trace = run(model, &options());
    assert_eq!(trace, run(model, &options()), "two runs differ");
    trace
}

fn final_state(trace: &Trace) -> State {
    let mut state = trace.initial_state();
    for record in &trace.records {
        state.apply(record.at, &record.event);
    }
    state
}

fn end_ms(trace: &Trace) -> f64 {
    assert_eq!(**trace.outcome().unwrap(), Outcome::Finished);
    trace.end().as_nanos() as f64 / 1e6
}

/// When each task first started, in milliseconds.
fn starts(trace: &Trace) -> Vec<(u32, u64)> {
    let started = trace.records.iter().filter_map(|record| match record.event {
        Event::TaskStarted { task } => Some((task.number(), record.at.as_nanos() / 1_000_000)),
        _ => None,
    });
    started.collect()
}

fn nodes_of(trace: &Trace) -> Vec<u32> {
    let state = final_state(trace);
    let tasks = (0..state.tasks.len() as u32).map(TaskId::new);
    tasks.map(|task| state.task_node(task).map_or(u32::MAX, NodeId::number)).collect()
}

#[test]
fn the_lessons_three_tasks_go_where_the_drawings_say() {
    let tasks = [
        Draft::new(2000, &[]).making(160),
        Draft::new(2000, &[]).making(160),
        Draft::new(2000, &[0, 1]),
    ];
    let trace = run_checked(&model(graph(&tasks), 3, 2));
    assert_eq!(end_ms(&trace), 4000.0);
    assert_eq!(nodes_of(&trace), [0, 1, 0]);
    let rules: Vec<Rule> = trace
        .records
        .iter()
        .filter_map(|record| match record.event {
            Event::TaskPlaced { choice, .. } => Some(choice.rule),
            _ => None,
        })
        .collect();
    assert_eq!(rules, [Rule::LocalPreferred, Rule::LowestScore, Rule::Locality]);
    // Only obj2 is copied.
    assert_eq!(final_state(&trace).totals.transfers, 1);
}

#[test]
fn forty_tasks_on_six_slots_make_seven_waves() {
    let tasks = vec![Draft::new(250, &[]); 40];
    assert_eq!(end_ms(&run_checked(&model(graph(&tasks), 3, 2))), 1750.0);
}

#[test]
fn grahams_nine_tasks_take_twelve() {
    let p = [3, 2, 2, 2, 4, 4, 4, 4, 9];
    let reads: [&[usize]; 9] = [&[], &[], &[], &[], &[3], &[3], &[3], &[3], &[0]];
    let tasks: Vec<Draft> = p.iter().zip(reads).map(|(ms, r)| Draft::new(*ms, r)).collect();
    assert_eq!(end_ms(&run_checked(&model(graph(&tasks), 1, 3))), 12.0);
}

#[test]
fn copies_take_bytes_over_bandwidth_and_share_links() {
    // 1 GB from node 0 to nodes 1 and 2 at 1 GB/s: both share node 0's way out.
    let mut tasks = vec![Draft::new(0, &[]).making(1_000_000_000)];
    tasks.extend(vec![Draft::new(1000, &[0]); 6]);
    let trace = run_checked(&with_nodes(model(graph(&tasks), 3, 2), Some(1_000_000_000), None));
    let late = starts(&trace).iter().filter(|(_, ms)| *ms == 2000).count();
    assert_eq!(late, 4, "two tasks run at node 0 at once, four wait for copies");
    assert_eq!(end_ms(&trace), 3000.0);
    assert_eq!(final_state(&trace).totals.bytes_moved, 2_000_000_000, "one copy per node");
}

#[test]
fn a_store_full_of_primaries_makes_tasks_wait() {
    // Room for two results; the third waits until the sink has read... which needs all three: deadlock.
    let tasks = vec![
        Draft::new(10, &[]).making(400),
        Draft::new(10, &[]).making(400),
        Draft::new(10, &[]).making(400),
        Draft::new(10, &[0, 1, 2]),
    ];
    let stuck = run(&with_nodes(model(graph(&tasks), 1, 4), None, Some(1000)), &options());
    let Outcome::Deadlock { message } = &**stuck.outcome().unwrap() else { panic!("{stuck:?}") };
    assert!(message.contains("the object store of node 0 is full"), "{message}");
    // Two chains through a small store: the second result waits until the first was read and freed.
    let tasks = vec![
        Draft::new(10, &[]).making(700),
        Draft::new(10, &[]).making(700),
        Draft::new(50, &[0]),
        Draft::new(50, &[1]),
    ];
    let trace = run_checked(&with_nodes(model(graph(&tasks), 1, 4), None, Some(1000)));
    assert_eq!(end_ms(&trace), 110.0);
    let stalled =
        |record: &rayscope::trace::Record| matches!(record.event, Event::TaskStalled { .. });
    assert_eq!(trace.records.iter().filter(|record| stalled(record)).count(), 1);
}

#[test]
fn secondary_copies_are_evicted_when_room_is_needed() {
    // Node 0 makes three objects of 400 bytes, one after another where the last one is; node 1, with room for two, reads
    // them one after another.
    let mut tasks = vec![
        Draft::new(1, &[]).making(400),
        Draft::new(1, &[0]).making(400),
        Draft::new(1, &[1]).making(400),
    ];
    tasks.push(Draft { cpus: 2, ..Draft::new(10, &[0]) });
    tasks.push(Draft { cpus: 2, ..Draft::new(10, &[1, 3]) });
    tasks.push(Draft { cpus: 2, ..Draft::new(10, &[2, 4]) });
    tasks.push(Draft::new(10, &[0, 1, 2, 5]));
    let mut model = model(graph(&tasks), 2, 2);
    for node in model.cluster.nodes.iter_mut().take(1) {
        node.resources = rayscope::model::Resources::cpus(rayscope::base::Amount::ONE);
    }
    model.cluster.nodes[NodeId::new(1)].object_store_memory = Some(1000);
    let trace = run_checked(&model);
    assert_eq!(**trace.outcome().unwrap(), Outcome::Finished);
    assert!(final_state(&trace).totals.evictions > 0);
}

#[test]
fn a_lost_node_is_made_good_from_lineage() {
    let tasks = [
        Draft::new(100, &[]),
        Draft::new(100, &[]).making(10),
        Draft::new(300, &[]),
        Draft::new(300, &[]),
        Draft::new(100, &[1, 2, 3]),
    ];
    let mut model = model(graph(&tasks), 2, 2);
    let without = end_ms(&run_checked(&model));
    model.faults = vec![kill(150, 1)];
    let trace = run_checked(&model);
    assert!(end_ms(&trace) > without);
    let state = final_state(&trace);
    assert!(!state.nodes[NodeId::new(1)].alive);
    assert!(trace.records.iter().any(|r| matches!(r.event, Event::TaskResubmitted { .. })));
}

#[test]
fn a_task_out_of_retries_fails_and_so_do_its_readers() {
    let drafts = [Draft { max_retries: 0, ..Draft::new(100, &[]) }; 1];
    let mut drafts = drafts.to_vec();
    drafts.push(Draft { max_retries: 0, ..Draft::new(100, &[]) });
    drafts.push(Draft::new(100, &[0, 1]));
    let mut model = model(graph(&drafts), 2, 1);
    model.faults = vec![kill(50, 1)];
    let trace = run(&model, &options());
    let Outcome::ProgramFailed { failure, .. } = &**trace.outcome().unwrap() else { panic!() };
    assert!(failure.to_string().contains("The node died"), "{failure}");
    assert_eq!(trace.end(), Instant::from_nanos(50_000_000));
}

#[test]
fn a_task_that_no_node_can_hold_is_named() {
    let tasks = [Draft { cpus: 3, ..Draft::new(10, &[]) }];
    let trace = run(&model(graph(&tasks), 2, 2), &options());
    let Outcome::Infeasible { task, message } = &**trace.outcome().unwrap() else { panic!() };
    assert_eq!(task.number(), 0);
    assert!(message.contains("t0") && message.contains("3 CPU"), "{message}");
}

#[test]
fn limits_end_a_run() {
    let tasks = vec![Draft::new(10, &[]); 50];
    for limits in [
        Limits { tasks: 10, ..Limits::default() },
        Limits { records: 60, ..Limits::default() },
        Limits { time: Instant::from_nanos(5), ..Limits::default() },
        Limits { call_refs: 3, ..Limits::default() },
    ] {
        let options = Options { limits, ..options() };
        let trace = run(&model(graph(&tasks), 2, 2), &options);
        assert!(matches!(**trace.outcome().unwrap(), Outcome::LimitReached { .. }), "{options:?}");
    }
}
