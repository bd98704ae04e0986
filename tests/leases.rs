//! What explanations and summaries say of leases: every kind of wait under a control plane, by its reason.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

use rayscope::analysis::explain::PhaseKind;
use rayscope::analysis::{Explanation, Report, explain, find_task, held};
use rayscope::base::{Instant, Span, WorkerId};
use rayscope::chart::timeline::{Doing, Timeline, What};
use rayscope::engine::{Limits, Options, run};
use rayscope::replay::History;
use rayscope::scenario::{self, LoadOptions, NoFiles};
use rayscope::state::{Event, LeaseEnd, LeaseStep};
use rayscope::trace;
use std::path::PathBuf;

fn history(scenario: scenario::Scenario) -> History {
    let options = Options { seed: 0, limits: Limits::default(), verify: true };
    History::new(run(&scenario.model, &options))
}

/// A program of those that real Ray ran.
fn of_ray(name: &str) -> History {
    let path = PathBuf::from(format!("tests/ray/programs/{name}.py"));
    history(scenario::load_program(&path, &options()).unwrap())
}

fn options() -> LoadOptions<'static> {
    LoadOptions { profile: Some("ray-2.60"), seed: Some(0), ..LoadOptions::default() }
}

fn program(text: &str) -> History {
    let (scenario, found) = scenario::parse_program(text, "program.py", &options());
    history(scenario.unwrap_or_else(|| panic!("{found:?}")))
}

fn scenario(text: &str) -> History {
    let (scenario, found) = scenario::parse(text, "scenario.json", &NoFiles, &options());
    history(scenario.unwrap_or_else(|| panic!("{found:?}")))
}

fn told(history: &History, task: &str, at: Option<Span>) -> Explanation {
    let task = find_task(history.trace(), history.names(), task).unwrap();
    explain(history, task, at.map(|at| Instant::ZERO + at)).unwrap()
}

/// The texts of all phases of that kind.
fn texts(found: &Explanation, kind: PhaseKind) -> String {
    let of_kind = found.phases.iter().filter(|phase| phase.kind == kind);
    of_kind.map(|phase| phase.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// The text with `N` for each number of milliseconds: those are the costs', which tests/rules.rs holds.
fn without_times(text: &str) -> String {
    let mut words: Vec<&str> = text.split_inclusive([' ', '\n']).collect();
    for at in 1..words.len() {
        let unit = words[at].trim_end_matches([' ', '\n', ',', ';', ':', '.']);
        if matches!(unit, "ms" | "us") && words[at - 1].trim_end().parse::<f64>().is_ok() {
            words[at - 1] = "N ";
        }
    }
    words.concat()
}

fn has(found: &Explanation, kind: PhaseKind, part: &str) {
    let told = without_times(&texts(found, kind));
    assert!(told.contains(&without_times(part)), "{part} in {kind:?} of {told}");
}

#[test]
fn a_lease_is_used_again_until_it_is_too_old() {
    let waves = of_ray("waves");
    let reused = told(&waves, "work#7", None);
    has(
        &reused,
        PhaseKind::Queue,
        "queued at its owner, the driver: 5 tasks of its kind were before it",
    );
    has(
        &reused,
        PhaseKind::Slot,
        "for a worker: worker 1 on node 0 was at work on work#1; its lease was 257.9 ms old",
    );
    let placed = &reused.placements[0];
    assert!(
        without_times(&placed.rule).contains("was N ms old, and up to N ms it is used again"),
        "{}",
        placed.rule
    );
    assert!(placed.candidates.is_empty(), "nobody looked at the nodes");
    let new = told(&waves, "work#13", None);
    has(&new, PhaseKind::Lease, "for a new lease: the old one was 510 ms old and went back");
    has(&new, PhaseKind::Lease, "then worker 1 on node 0 came back: its lease was 510 ms old");
    // What there was to choose from is the state before the grant: the chosen node has room.
    let placed = &new.placements[0];
    let chosen = placed.candidates.iter().find(|row| row.node == placed.node).unwrap();
    assert_eq!(placed.verdict(chosen), "has room");
}

#[test]
fn a_redirect_is_told_with_the_view_that_it_rested_on() {
    let found = told(&of_ray("waves"), "work#15", None);
    has(
        &found,
        PhaseKind::Slot,
        "node 1 looked full from node 0, whose view was 5 ms old: it had sent 2 requests there",
    );
    has(&found, PhaseKind::Lease, "which hears of it at node 1's beat, every 100 ms");
    has(
        &found,
        PhaseKind::Lease,
        "node 0 sent its owner on to node 1, which had just said that it has room",
    );
    let placed = &found.placements[0];
    assert!(placed.home.contains("which sent it on at 0.539 s"), "{}", placed.home);
    let verdicts: Vec<_> = placed.candidates.iter().map(|row| placed.verdict(row)).collect();
    assert_eq!(verdicts[1..], ["has room", "has room, but looked full"]);
    assert!(verdicts[0].starts_with("full"), "{verdicts:?}");
}

#[test]
fn requests_that_were_never_used_make_a_node_look_full() {
    let twice = program(
        "# cluster: {\"nodes\": [{\"num_cpus\": 2}, {\"num_cpus\": 2}, {\"num_cpus\": 2}]}\n\
         import ray, time\n\
         @ray.remote\n\
         def work(i):\n    time.sleep(0.25)\n    return i\n\
         for burst in range(2):\n    ray.get([work.remote(i) for i in range(40)])\n",
    );
    let found = told(&twice, "work#45", None);
    has(&found, PhaseKind::Lease, "node 1 looked full from node 0, whose view was 299 ms old");
    has(&found, PhaseKind::Lease, "it had sent 2 requests there that were never used");
}

#[test]
fn processes_copies_and_imports_are_told() {
    let child = told(&of_ray("nested"), "child#2", None);
    has(
        &child,
        PhaseKind::Process,
        "its owner, parent#2, asked node 0: there was room but no idle worker",
    );
    has(&child, PhaseKind::Start, "which imported child first");
    has(&child, PhaseKind::Reply, "its reply reached parent#2");
    let again = told(&of_ray("nested"), "child#4", None);
    assert!(!texts(&again, PhaseKind::Start).contains("imported"), "{:#?}", again.phases);
    let read = told(&of_ray("broadcast"), "read#2", None);
    has(&read, PhaseKind::Copies, "came to node 1 before resources were taken");
    let actor = told(&of_ray("actor_queue"), "Counter.__init__#3", None);
    has(&actor, PhaseKind::Lease, "the GCS serves one request after the other");
    has(&actor, PhaseKind::Process, "an actor gets a process of its own");
}

#[test]
fn what_a_task_waits_for_at_the_moment_is_told() {
    let nested = of_ray("nested");
    let waits = told(&nested, "child#2", Some(Span::from_millis(300)));
    has(
        &waits,
        PhaseKind::Slot,
        "first in its owner's queue; 2 requests are out: one waits for a worker process",
    );
    let behind = told(&of_ray("waves"), "work#30", Some(Span::from_millis(300)));
    has(
        &behind,
        PhaseKind::Slot,
        "waits in its owner's queue: 17 tasks of its kind are before it; 10 requests are out",
    );
}

const RETRIED: &str = "\
import ray, time

@ray.remote(max_retries=1, retry_exceptions=True)
def bad():
    time.sleep(0.1)
    raise ValueError('no')

ray.wait([bad.remote()])
";

#[test]
fn a_retry_waits_for_its_owners_beat() {
    let history = program(RETRIED);
    let found = told(&history, "bad", None);
    has(
        &found,
        PhaseKind::Retry,
        "for its owner's beat: failed tasks are tried again every 1.000 s",
    );
    let report = Report::of(history.trace());
    let retry = report.attempts[1].waits.retry;
    assert!(retry > Span::from_millis(100) && retry < Span::from_millis(1_100), "{retry}");
    assert!(texts(&found, PhaseKind::Start).matches("imported bad first").count() == 1);
}

const KILLED: &str = r#"{
  "version": 1,
  "cluster": {
    "nodes": [
      { "name": "head", "resources": { "CPU": 2 } },
      { "name": "worker", "count": 2, "resources": { "CPU": 1, "GPU": 1 } }
    ]
  },
  "tasks": [
    {
      "name": "make", "duration": "1s", "outputs": [{ "name": "m", "size": "1MB" }],
      "resources": { "CPU": 1, "GPU": 1 }, "strategy": { "node_affinity": { "node": "worker[0]", "soft": true } }
    },
    { "name": "wait", "duration": "3s" },
    {
      "name": "late", "duration": "20s", "inputs": ["wait"],
      "strategy": { "node_affinity": { "node": "worker[0]", "soft": true } }
    },
    { "name": "use", "duration": "1s", "inputs": ["m", "late"] }
  ],
  "faults": [{ "at": "1.5s", "kill_node": "worker[0]" }]
}"#;

#[test]
fn what_nobody_knows_of_a_dead_node_is_told() {
    let history = scenario(KILLED);
    let make = told(&history, "make", None);
    has(
        &make,
        PhaseKind::Moment,
        "its result was lost with worker[0]: the GCS's health check took",
    );
    let late = told(&history, "late", None);
    has(&late, PhaseKind::Moment, "worker[0] did not answer the driver's request: it is gone");
}

#[test]
fn the_summary_tells_waits_apart_and_they_add_up() {
    for (name, most) in [("waves", "slot"), ("broadcast", "copies"), ("actor_queue", "slot")] {
        let report = Report::of(of_ray(name).trace());
        let waits = report.metrics.waits;
        let (longest, _) = waits.named().into_iter().max_by_key(|(_, span)| *span).unwrap();
        assert_eq!(longest, most, "{name}: {waits:?}");
        assert!(waits.lease > Span::ZERO, "{name}: {waits:?}");
        let sum = report.path.shares().iter().fold(Span::ZERO, |sum, (_, span)| sum + *span);
        assert_eq!(sum, report.makespan, "{name}");
    }
    let waits = Report::of(of_ray("actor_queue").trace()).metrics.waits;
    assert!(waits.process > Span::from_millis(500), "{waits:?}");
    // Six workers become free for the third time at half a second; four of them wait for beats.
    let waits = Report::of(of_ray("waves").trace()).metrics.waits;
    assert!(
        waits.lease > Span::from_millis(100) && waits.lease < Span::from_secs(1.0),
        "{waits:?}"
    );
}

#[test]
fn redirects_go_round_through_a_file() {
    let history = of_ray("waves");
    let mut text = Vec::new();
    trace::write(history.trace(), &mut text).unwrap();
    let read = trace::read(&text[..], "waves.jsonl").unwrap();
    assert_eq!(read.records, history.trace().records);
    let seen = read.records.iter().filter_map(|record| match record.event {
        Event::Lease { step: LeaseStep::Redirected { to, seen, .. }, .. } => Some((to, seen)),
        _ => None,
    });
    let seen: Vec<_> = seen.collect();
    assert!(
        seen.len() > 3 && seen.iter().all(|(to, seen)| seen >> to.number() & 1 == 1),
        "{seen:?}"
    );
}

#[test]
fn the_inspector_is_told_of_leases() {
    let waves = of_ray("waves");
    let step = waves.step_at(Instant::ZERO + Span::from_millis(300));
    let state = waves.state_at(step);
    let text =
        held::worker_lease(&waves, &state, WorkerId::new(0), waves.instant_of(step)).unwrap();
    assert!(text.starts_with("of the driver, for work (1 CPU), 2"), "{text}");
    let asked = waves.records().iter().position(|record| {
        matches!(record.event, Event::Lease { step: LeaseStep::Queued { .. }, .. })
    });
    let state = waves.state_at(asked.unwrap() + 1);
    let row = state.leases.values().find(|row| row.queued).unwrap();
    let texts = held::task_requests(&waves, &state, row.task);
    assert!(texts.iter().any(|text| text.starts_with("waits at node 0 since")), "{texts:?}");
}

#[test]
fn every_step_of_a_lease_has_a_sentence_and_a_reason() {
    let waves = of_ray("waves");
    let mut said = std::collections::BTreeMap::new();
    let mut state = waves.state_at(0);
    for record in waves.records() {
        if let Event::Lease { step, .. } = &record.event {
            let kind = match step {
                LeaseStep::Requested { .. } => "requested",
                LeaseStep::Queued { ghost: None } => "queued",
                LeaseStep::Queued { ghost: Some(_) } => "ghost",
                LeaseStep::Redirected { .. } => "redirected",
                LeaseStep::Granted { .. } => "granted",
                LeaseStep::Ended(LeaseEnd::NotNeeded) => "not needed",
                LeaseStep::Ended(_) => "ended",
                LeaseStep::Returned { .. } => "returned",
            };
            let short = rayscope::chart::short(&state, &record.event, waves.names());
            let why = rayscope::chart::why(&state, &record.event, waves.names());
            said.entry(kind).or_insert((short, why));
        }
        state.apply(record.at, &record.event);
    }
    let lines: Vec<_> = said
        .into_iter()
        .map(|(kind, (a, b))| without_times(&format!("{kind}: {a} | {b}")))
        .collect();
    let expected = [
        "ghost: Node 1 looked full from node 0, so the request for work#2 waits at node 0 | \
         node 1 has room, but the view of node 0 is N ms old, and counts as taken what it sent there since",
        "granted: Node 0 gave the driver worker 1 | \
         the request came for work#1; node 0 had 2 of 2 CPUs free",
        "not needed: The driver did not ask node 1: enough other requests are out | \
         whoever sent it on to node 1 counts the room there as taken all the same",
        "queued: Node 0 knew no node with room, so the request for work#4 waits there | \
         node 0 is full: 0 of 2 CPUs free",
        "redirected: Node 0 sent the driver's request for work#1 on to node 2 | \
         node 2 looked free (score 0 %) in a view that is N ms old; node 0 has 1 of 2 CPUs free",
        "requested: The driver asked node 0 for a worker for work#1 | \
         no other request for work is out",
        "returned: Worker 1 came back to node 0: its lease was N ms old | \
         a lease that old is not used again: its owner needs a new one",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn the_story_tells_of_owners_and_leases() {
    for name in ["waves", "lesson_add", "nested", "broadcast", "chain", "actor_queue", "task_error"]
    {
        let history = of_ray(name);
        for (number, stop) in history.story().iter().enumerate() {
            let said = rayscope::chart::caption_at(&history, stop.step as usize, Some(number));
            assert!(!said.short.is_empty(), "{name}, stop {number}");
            let of_ideal = ["local scheduler", "scheduler picks"];
            assert!(!of_ideal.iter().any(|part| said.short.contains(part)), "{}", said.short);
        }
    }
    let waves = of_ray("waves");
    let said = |part: &str| {
        let stops = waves.story().iter().enumerate();
        let mut all =
            stops.map(|(n, stop)| rayscope::chart::caption_at(&waves, stop.step as usize, Some(n)));
        all.find(|caption| caption.short.contains(part))
            .unwrap_or_else(|| panic!("no stop says {part}"))
    };
    // Forty tasks would be more than a hundred pictures if each step of each had its own.
    assert!(waves.story().len() < 60, "{}", waves.story().len());
    let four = said("submits four tasks").why;
    assert_eq!(four, "It asks for four workers, first at the scheduler of node 0");
    assert!(
        said("have finished; obj1").why.starts_with("Their workers are still on lease, and get")
    );
    assert!(said("its lease was 51").why.starts_with("A lease that old is not used again"));
    said("Node 1 looked full from node 0");
    said("The driver has a new lease, and sends work#");
}

#[test]
fn the_timeline_tells_leases_and_retries_from_slots() {
    let doings = |history: &History| {
        let timeline = Timeline::of(history);
        let bars = timeline.lanes.iter().flat_map(|lane| lane.bars());
        let of_tasks = bars.filter_map(|bar| match bar.what {
            What::Task { doing, .. } => Some(doing),
            _ => None,
        });
        of_tasks.collect::<std::collections::BTreeSet<_>>()
    };
    let waves = doings(&of_ray("waves"));
    assert!(waves.contains(&Doing::WaitsForLease) && waves.contains(&Doing::Starting), "{waves:?}");
    assert!(
        !waves.contains(&Doing::WaitsForSlot) && !waves.contains(&Doing::Fetching),
        "{waves:?}"
    );
    let retried = doings(&program(RETRIED));
    assert!(retried.contains(&Doing::WaitsForRetry), "{retried:?}");
}
