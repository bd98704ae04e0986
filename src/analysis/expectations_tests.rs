//! Expectations on a small run whose numbers are known.

use super::*;
use crate::engine::{Limits, Options, run};
use crate::scenario::{LoadOptions, NoFiles, parse};

/// Runs a scenario of two tasks with that `expect`; gives what was missed.
fn missed(expect: &str) -> Vec<String> {
    let text = format!(
        r#"{{"version": 1, "cluster": "2x1",
"tasks": [{{"name": "a", "duration": "1s"}}, {{"name": "b", "duration": "2s"}},
          {{"name": "c", "duration": "1s", "inputs": ["a", "b"]}}],
"driver": {{"wait": {{"num_returns": 1}}}},
"expect": {{{expect}}}}}"#
    );
    let (scenario, found) = parse(&text, "t.json", &NoFiles, &LoadOptions::default());
    let scenario = scenario.unwrap_or_else(|| panic!("{found}"));
    let options = Options { seed: 0, limits: Limits::default(), verify: true };
    let found = misses(&scenario.expect, &run(&scenario.model, &options));
    found.into_iter().map(|miss| format!("{:?} {}", miss.line, miss.message)).collect()
}

#[test]
fn what_is_so_is_not_missed() {
    let right = r#""makespan": "3s", "stdout": ["Returned   1 completed tasks. (elapsed time:  3.000)"],
        "order": ["a < c", "b < c"], "placement": {"a": 0, "b": 1, "c": [0, 1]}, "bytes_moved": "0B", "spilled": "0B",
        "waits": [{"ready": [0], "remaining": []}], "outcome": "finished""#;
    assert!(missed(right).is_empty(), "{:?}", missed(right));
}

#[test]
fn what_is_not_so_is_said_with_its_line() {
    for (expect, message) in [
        (r#""makespan": "<= 2.5s""#, "Some(5) makespan: 3 s, expected <= 2.5s"),
        (r#""bytes_moved": ">= 1B""#, "Some(5) bytes_moved: 0 B, expected >= 1B"),
        (r#""order": ["c < a"]"#, "Some(5) order c < a: a had started before"),
        (r#""order": ["a < b"]"#, "Some(5) order a < b: b had started before"),
        (r#""placement": {"b": 0}"#, "Some(5) placement of b: it ran on node 1, expected node 0"),
        (r#""waits": []"#, "Some(5) waits: ray.wait was called 1 times, expected 0"),
        (
            r#""waits": [{"ready": [], "remaining": [0]}]"#,
            "Some(5) waits: call 1 returned [0] ready and [] remaining, expected [] and [0]",
        ),
        (r#""outcome": "deadlock""#, "Some(5) outcome: finished, expected deadlock"),
        (r#""error": "boom""#, "Some(5) error: \"\" does not contain \"boom\""),
    ] {
        assert_eq!(missed(expect), [message]);
    }
    let printed = missed(r#""stdout": ["Returned   2"]"#);
    assert!(printed[0].starts_with("Some(5) stdout: \"Returned   2\" was not printed at all"));
}

#[test]
fn times_are_told_with_all_their_digits() {
    assert_eq!(exact_time(8_000_000_000), "8 s");
    assert_eq!(exact_time(4_000_050_128), "4.000050128 s");
    assert_eq!(exact_time(1), "0.000000001 s");
}
