//! Goldens: written and read back, and how a change is told.

use super::*;
use crate::base::Instant;
use crate::trace::Record;
use crate::trace::fixture::lesson;

fn tell(_: &State, event: &Event, _: &Names) -> String {
    format!("{event:?}").split('(').next().unwrap_or_default().to_owned()
}

fn text(golden: &Golden) -> String {
    let mut out = Vec::new();
    golden.write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_log_is_read_back_and_does_not_differ_from_itself() {
    let trace = lesson();
    let golden = Golden::of(&trace);
    let again = Golden::read_log(&text(&golden), "g").unwrap();
    assert_eq!(again, golden);
    assert_eq!(again.change(&trace, tell), None);
}

#[test]
fn a_large_run_keeps_metrics_and_a_digest_that_ignores_the_header() {
    let mut trace = lesson();
    let summary =
        Summary { rayscope_golden: VERSION, metrics: Metrics::of(&trace), digest: digest(&trace) };
    let golden = Golden::read_summary(&text(&Golden::Summary(summary)), "g").unwrap();
    assert_eq!(golden.change(&trace, tell), None);
    trace.header.name = "another name".into();
    assert_eq!(golden.change(&trace, tell), None);
    trace.records.last_mut().unwrap().at = Instant::from_nanos(u64::MAX >> 1);
    let change = golden.change(&trace, tell).unwrap();
    assert!(change.now.makespan_ns > change.golden.makespan_ns && change.parting.is_none());
    let newer = text(&golden).replace("\"rayscope_golden\": 1", "\"rayscope_golden\": 9");
    assert!(Golden::read_summary(&newer, "g").unwrap_err().contains("form 9"));
}

#[test]
fn the_first_difference_is_told_in_words() {
    let golden = Golden::of(&lesson());
    let mut trace = lesson();
    let last = trace.records.pop().unwrap();
    trace.header.seed += 1;
    let change = golden.change(&trace, tell).unwrap();
    assert_eq!(change.inputs, ["seed"]);
    let parting = change.parting.unwrap();
    assert_eq!((parting.record, parting.before.len()), (trace.records.len(), CONTEXT));
    assert_eq!(parting.now, "nothing more");
    // A difference that no sentence tells is still shown.
    trace.records.push(Record { cause: 0, ..last });
    let parting = golden.change(&trace, tell).unwrap().parting.unwrap();
    assert_ne!(parting.golden, parting.now);
}

#[test]
fn tasks_with_other_properties_are_what_was_run() {
    let golden = Golden::of(&lesson());
    let mut trace = lesson();
    let submitted = |record: &Record| matches!(record.event, Event::TaskSubmitted(_));
    let at = trace.records.iter().position(submitted).unwrap();
    let Event::TaskSubmitted(spec) = &mut trace.records[at].event else { panic!() };
    std::sync::Arc::make_mut(spec).max_retries += 1;
    let change = golden.change(&trace, tell).unwrap();
    assert_eq!((change.inputs, change.parting), (vec!["tasks"], None));
}
