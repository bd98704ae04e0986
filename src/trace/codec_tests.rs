//! What is written is read back; what is damaged is refused with its place.

use super::*;
use crate::base::{Amount, Instant};
use crate::model::Resources;
use crate::model::cluster::GPU;
use crate::trace::fixture::{Run, lesson, walk};
use proptest::prelude::*;

fn text_of(trace: &Trace) -> String {
    let mut bytes = Vec::new();
    write(trace, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn problem(text: &str) -> TraceProblem {
    read(text.as_bytes(), "run.jsonl").unwrap_err().remove(0)
}

#[test]
fn the_lesson_reads_well_and_goes_round() {
    let text = text_of(&lesson());
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with(r#"{"rayscope_trace":1,"name":"by hand","policy":"hybrid","seed":7"#)
    );
    assert_eq!(
        lines[1],
        concat!(
            r#"{"t":0,"e":"TaskSubmitted","task":0,"function":"make_array","shape":0,"#,
            r#""demand":{"CPU":1},"first_return":0,"returns":[8],"compute":2000000000,"line":1}"#
        )
    );
    assert_eq!(
        lines[7],
        concat!(
            r#"{"t":0,"e":"TaskPlaced","task":0,"worker":0,"rule":"LocalPreferred","#,
            r#""score":0,"feasible":3,"available":2,"cause":5}"#
        )
    );
    assert_eq!(read(text.as_bytes(), "run.jsonl").unwrap(), lesson());
}

#[test]
fn a_header_with_everything_in_it_goes_round() {
    let mut run = Run::new(2, 4);
    let odd = run.header.cluster.resource("odd");
    let node = crate::base::NodeId::new(1);
    let mut cluster = run.header.cluster.clone();
    let nodes: Vec<_> = cluster.nodes.iter().cloned().collect();
    cluster.nodes = nodes.into_iter().collect();
    cluster.nodes[node].resources = Resources::cpus(Amount::from_units(5_001))
        .with(GPU, Amount::whole(2))
        .with(odd, Amount::from_units(i64::MAX / 4 - 1));
    cluster.nodes[node].object_store_memory = Some(u64::MAX);
    cluster.nodes[node].labels = vec![("b".into(), "1".into()), ("a".into(), "2".into())];
    run = Run::on(cluster);
    run.header.seed = u64::MAX;
    run.header.parameters.scheduler_spread_threshold = 123_457;
    run.header.object_names = vec![None, Some("x".into())];
    run.header.program =
        Some(Program { file: "a.py".into(), source: "print(\"\u{fc}\")\n".into() });
    let trace = run.end();
    assert_eq!(read(text_of(&trace).as_bytes(), "x").unwrap(), trace);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let text = text_of(&lesson());
    let lines: Vec<&str> = text.lines().collect();
    let place = |problem: &TraceProblem| (problem.line, problem.column.is_some());
    let cut = problem(&lines[..5].join("\n"));
    assert_eq!((place(&cut), cut.hint), ((5, false), CUT));
    let half = problem(&text[..text.len() - 9]);
    assert_eq!((place(&half), half.hint), ((lines.len(), true), CUT));
    let newer = problem(&text.replacen(":1,", ":2,", 1));
    assert!(newer.to_string().contains("run.jsonl:1: the trace has format 2"), "{newer}");
    for (from, to, says) in [
        (r#""TaskPlaced","task":0"#, r#""TaskPlaced","task":9"#, "there is no task 9"),
        (r#""TaskReady","task":0"#, r#""TaskRead","task":0"#, "unknown variant `TaskRead`"),
        (r#""score":0"#, r#""scor":0"#, "unknown field `scor`"),
        (r#""score":0"#, r#""size":0,"score":0"#, "has no key `size`"),
        (r#""t":2500000000"#, r#""t":1"#, "time runs backwards"),
        (r#""score":0,"#, "", "the key `score` is missing"),
        (r#""cause":5"#, r#""cause":99"#, "`cause` is not an earlier record"),
        (r#""demand":{"CPU":1},"#, "", "shape 0 was not described"),
        (r#"{"CPU":1}"#, r#"{"CPU":-1}"#, "`-1` is negative"),
        (r#"{"CPU":2}"#, r#"{"TPU":2}"#, "there is no resource `TPU`"),
        (r#"{"CPU":2}"#, r#"{"CPU":2.5}"#, ""),
    ] {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "{from} occurs");
        if says.is_empty() {
            assert!(read(damaged.as_bytes(), "x").is_ok());
            continue;
        }
        let found = problem(&damaged);
        assert!(found.message.contains(says), "{from} -> {to}: {found}");
    }
    assert_eq!(problem("").message, "the file is empty");
    assert_eq!(place(&problem("hello\n")), (1, true));
}

#[test]
fn a_small_file_cannot_ask_for_much_memory() {
    let node = r#"{"name":"n","resources":{"CPU":4096},"latency":0}"#;
    let head = text_of(&Run::new(1, 1).trace());
    let many = vec![node; 2_000].join(",");
    let at = head.find(r#""nodes":["#).unwrap() + 9;
    let header = format!("{}{many},{}", &head[..at], &head[at..]);
    assert!(problem(&header).message.contains("workers"), "{}", problem(&header).message);
}

#[test]
fn a_chain_of_failures_that_is_too_long_is_refused() {
    let one = r#"{"kind":"WorkerCrashed","message":""}"#;
    let chain = vec![one; 100_000].join(",");
    let mut text = text_of(&Run::new(1, 1).trace());
    text += &format!(r#"{{"t":0,"e":"TaskFailed","task":0,"failure":[{chain}]}}"#);
    assert!(problem(&text).message.contains("too long"));
}

#[test]
fn the_digest_is_of_everything() {
    let (one, mut other) = (lesson(), lesson());
    assert_eq!(digest(&one), digest(&other));
    assert_eq!(digest(&one).len(), 16);
    other.records[3].cause = Record::NO_CAUSE;
    assert_ne!(digest(&one), digest(&other));
    assert_eq!(one.end(), Instant::from_nanos(4_500_000_000));
}

proptest! {
    #[test]
    fn walks_go_round(seed: u64) {
        let trace = walk(seed, 400);
        prop_assert_eq!(read(text_of(&trace).as_bytes(), "x").unwrap(), trace);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
        prop_assert!(read(&bytes[..], "x").is_err());
    }

    /// Whatever `read` lets through can be written, folded and checked.
    #[test]
    fn damaged_traces_are_refused_or_fold(
        seed: u64,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..6u8), 1..4),
    ) {
        let text = text_of(&walk(seed, 150));
        let mut lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
        for (place, byte, how) in changes {
            damage(&mut lines, place, byte, how);
        }
        if let Ok(trace) = read(&lines.join(&b'\n')[..], "x") {
            let mut state = trace.initial_state();
            trace.records.iter().for_each(|record| state.apply(record.at, &record.event));
            prop_assert_eq!(read(text_of(&trace).as_bytes(), "x").unwrap(), trace);
        }
    }
}

fn damage(lines: &mut Vec<Vec<u8>>, place: prop::sample::Index, byte: u8, how: u8) {
    let at = place.index(lines.len());
    match how {
        0 if lines.len() > 1 => drop(lines.remove(at)),
        1 => {
            let copy = lines[at].clone();
            lines.insert(at, copy);
        }
        2 if at + 1 < lines.len() => lines.swap(at, at + 1),
        3 => {
            let column = place.index(lines[at].len().max(1));
            lines[at].get_mut(column).into_iter().for_each(|old| *old = byte);
        }
        // A digit for a digit: what is still JSON gets further.
        _ => {
            let digits: Vec<usize> =
                (0..lines[at].len()).filter(|n| lines[at][*n].is_ascii_digit()).collect();
            if let Some(column) = digits.get(place.index(digits.len().max(1))) {
                lines[at][*column] = b'0' + byte % 10;
            }
        }
    }
}
