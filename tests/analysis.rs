//! Reports, bounds, realised paths, explanations and comparisons of small runs that can be worked out by hand.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

mod support;

use rayscope::analysis::explain::PhaseKind;
use rayscope::analysis::path::Link;
use rayscope::analysis::{
    Explanation, Report, SegmentKind, compare, explain, find_task, longest_chains,
};
use rayscope::base::{Instant, Span, TaskId};
use rayscope::engine::{Limits, Options, run};
use rayscope::model::Model;
use rayscope::policy::Verdict;
use rayscope::replay::History;
use rayscope::trace::{Names, Trace};
use support::{Draft, graph, kill, model, with_nodes};

fn traced(model: &Model) -> Trace {
    run(model, &Options { seed: 1, limits: Limits::default(), verify: true })
}

fn ms(span: Span) -> f64 {
    span.as_nanos() as f64 / 1e6
}

fn lesson() -> Model {
    let make = || Draft::new(2000, &[]).making(160);
    model(graph(&[make(), make(), Draft::new(2000, &[0, 1])]), 3, 2)
}

fn explained(trace: &Trace, task: &str, at: Option<u64>) -> Explanation {
    let history = History::new(trace.clone());
    let task = find_task(trace, history.names(), task).unwrap();
    let at = at.map(|millis| Instant::ZERO + Span::from_millis(millis));
    explain(&history, task, at).unwrap()
}

/// The path leaves no gap and its parts make up the whole.
fn check_path(trace: &Trace) {
    let report = Report::of(trace);
    let mut now = Instant::ZERO;
    for segment in &report.path.segments {
        assert_eq!(segment.from, now, "{:?}", report.path);
        now = segment.to;
    }
    assert_eq!(now, trace.end());
    let sum = report.path.shares().iter().fold(Span::ZERO, |sum, (_, span)| sum + *span);
    assert_eq!(sum, report.makespan);
}

#[test]
fn the_lessons_numbers() {
    let trace = traced(&lesson());
    let report = Report::of(&trace);
    assert_eq!(ms(report.makespan), 4000.0);
    let starts: Vec<_> = report.attempts.iter().map(|row| row.started.unwrap().as_secs()).collect();
    assert_eq!(starts, [0.0, 0.0, 2.0]);
    let nodes: Vec<_> = report.attempts.iter().map(|row| row.node().unwrap().number()).collect();
    assert_eq!(nodes, [0, 1, 0]);
    assert_eq!(ms(report.attempts[2].waits.arguments), 2000.0);
    assert_eq!(report.attempts[2].bytes_in, 160);
    let metrics = &report.metrics;
    assert_eq!((metrics.tasks, metrics.finished, metrics.failed), (3, 3, 0));
    assert_eq!(metrics.bytes_moved, 160);
    assert_eq!(ms(metrics.critical_path), 4000.0);
    assert_eq!(ms(metrics.work), 6000.0);
    assert_eq!(ms(metrics.work_bound), 1000.0);
    assert!((metrics.slot_utilisation - 0.25).abs() < 1e-9);
    assert_eq!(report.above_bound(), Some(0.0));
    let node = &report.nodes[0];
    assert_eq!((node.attempts, node.received, node.sent), (2, 160, 0));
    assert!((node.utilisation() - 0.5).abs() < 1e-9);
    check_path(&trace);
}

#[test]
fn a_chain_and_a_queue_have_their_bounds() {
    // Six tasks of a second on two CPUs: work bounds it. A chain of three: the chain does.
    let queue: Vec<Draft> = (0..6).map(|_| Draft::new(1000, &[])).collect();
    let report = Report::of(&traced(&model(graph(&queue), 1, 2)));
    assert_eq!(ms(report.makespan), 3000.0);
    assert_eq!(ms(report.metrics.critical_path), 1000.0);
    assert_eq!(ms(report.metrics.work_bound), 3000.0);
    assert_eq!(ms(report.metrics.waits.slot), 2.0 * 1000.0 + 2.0 * 2000.0);

    let chain = [Draft::new(1000, &[]), Draft::new(2000, &[0]), Draft::new(500, &[1])];
    let chains = longest_chains(&traced(&model(graph(&chain), 2, 2)));
    assert_eq!((ms(chains.data), ms(chains.program)), (3500.0, 3500.0));
}

#[test]
fn the_realised_path_follows_room_copies_and_data() {
    let queue: Vec<Draft> = (0..3).map(|_| Draft::new(1000, &[])).collect();
    let trace = traced(&model(graph(&queue), 1, 1));
    check_path(&trace);
    let path = Report::of(&trace).path;
    let links: Vec<Link> = path.segments.iter().map(|segment| segment.link).collect();
    assert_eq!(links, [Link::Submission, Link::Room, Link::Room]);

    // A megabyte at a megabyte a second has to move: it takes a second of the path.
    let tasks =
        [Draft::new(1000, &[]).making(1_000_000), Draft::new(3000, &[]), Draft::new(1000, &[0, 1])];
    let trace = traced(&with_nodes(model(graph(&tasks), 2, 1), Some(1_000_000), None));
    check_path(&trace);
    let path = Report::of(&trace).path;
    assert!(path.segments.iter().any(|s| s.kind == SegmentKind::Compute(TaskId::new(2))));
}

#[test]
fn nobody_is_blamed_for_room_that_was_not_needed() {
    // Two chains that change over at the same instant on a node with room for many.
    let tasks = [
        Draft::new(1000, &[]),
        Draft::new(1000, &[]),
        Draft::new(1000, &[0]),
        Draft::new(2000, &[1]),
    ];
    let trace = traced(&model(graph(&tasks), 1, 8));
    let path = Report::of(&trace).path;
    let kinds: Vec<SegmentKind> = path.segments.iter().map(|segment| segment.kind).collect();
    let compute = |task| SegmentKind::Compute(TaskId::new(task));
    assert_eq!(kinds, [compute(1), compute(3)]);
    assert_eq!(path.segments[1].link, Link::Data);
}

#[test]
fn failed_attempts_have_rows_of_their_own() {
    let tasks: Vec<Draft> = (0..4).map(|_| Draft::new(2000, &[])).collect();
    let mut model = model(graph(&tasks), 2, 2);
    model.faults.push(kill(1000, 1));
    let trace = traced(&model);
    let report = Report::of(&trace);
    assert_eq!(report.metrics.tasks, 4);
    assert!(report.metrics.failed > 0);
    assert_eq!(report.attempts.len(), 4 + report.metrics.failed as usize);
    let order: Vec<_> = report.attempts.iter().map(|row| (row.task(), row.attempt)).collect();
    assert!(order.is_sorted());
    assert!(report.attempts.iter().any(|row| row.state == "FAILED" && row.failure.is_some()));
    assert_eq!(report.nodes[1].died, Some(Instant::ZERO + Span::from_millis(1000)));
    check_path(&trace);
}

#[test]
fn an_explanation_names_who_it_waited_for() {
    let trace = traced(&lesson());
    let found = explained(&trace, "t2", None);
    assert_eq!((found.name.as_str(), found.state), ("t2", "FINISHED"));
    let first = &found.phases[0];
    assert_eq!(first.kind, PhaseKind::Arguments);
    assert_eq!(first.text, "waited for its arguments: t1 finished at 2.000 s, the last of 2");
    assert!(found.phases.iter().any(|phase| phase.text.contains("(160 B) from node 1 to node 0")));
    let placed = &found.placements[0];
    assert_eq!(placed.candidates.len(), 3);
    assert!(placed.home.contains("holds 160 B of the 320 B"), "{}", placed.home);
    assert!(placed.tie.as_ref().unwrap().contains("node 1 held as much"));
}

#[test]
fn an_explanation_of_a_queue_counts_who_was_ahead() {
    let queue: Vec<Draft> = (0..4).map(|_| Draft::new(1000, &[])).collect();
    let trace = traced(&model(graph(&queue), 1, 1));
    let found = explained(&trace, "t3", None);
    let text = &found.phases[0].text;
    assert!(text.contains("node 0, the only node that can hold 1 CPU, was full"), "{text}");
    assert!(text.contains("2 tasks were ahead of it"), "{text}");
    assert!(text.contains("t2 ended on node 0 at 3.000 s"), "{text}");
    let early = explained(&trace, "t3", Some(500));
    assert_eq!(early.state, "PENDING_NODE_ASSIGNMENT");
    assert_eq!(early.phases.last().unwrap().to, None);
    assert!(early.placements.is_empty());
}

#[test]
fn candidates_say_what_ruled_them_out() {
    let tasks = [Draft::new(1000, &[]), Draft::new(1000, &[])];
    let found = explained(&traced(&model(graph(&tasks), 2, 1)), "t1", None);
    let placed = &found.placements[0];
    assert_eq!(placed.node.number(), 1);
    assert!(matches!(placed.candidates[0].verdict, Verdict::Busy { .. }));
    assert!(placed.rule.contains("ruled out (full: CPU 1 asked, 0 free)"), "{}", placed.rule);
}

#[test]
fn tasks_are_found_by_name_by_number_and_by_function() {
    let trace = traced(&lesson());
    let names = Names::of(&trace);
    let find = |text: &str| find_task(&trace, &names, text).map(TaskId::number);
    assert_eq!(find("t1"), Ok(1));
    assert_eq!(find("2"), Ok(2));
    assert_eq!(find("task:t0"), Ok(0));
    assert_eq!(find("task#3"), Ok(2));
    assert_eq!(find("t7").unwrap_err().nearest.as_deref(), Some("t0"));
    assert!(find("task#4").is_err());
    assert!(find("task#0").is_err());
}

#[test]
fn a_comparison_finds_the_first_task_that_moved() {
    let mut other = lesson();
    other.policy = "pack".into();
    let (left, right) = (traced(&lesson()), traced(&other));
    assert!(compare(&left, &left).divergence.is_none());
    let found = compare(&left, &right);
    assert_eq!(found.inputs, ["policy"]);
    assert!(found.divergence.is_some());
    let moved = found.moved.unwrap();
    assert_eq!(moved.name, "t1");
    assert_eq!((moved.left.node.number(), moved.right.node.number()), (1, 0));
}
