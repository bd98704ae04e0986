//! Ray's published figures against the scenarios of `scenarios/ray/`: the table of docs/ray-model.md names a scenario,
//! a line that it prints (or its makespan) and what Ray published; what it is here and the ratio are checked.
//! `UPDATE_DOCS=1 cargo test --release --test published` writes these two columns anew.
//!
//! A million queued tasks and ten thousand actors take a build for release; other builds believe these lines.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

use rayscope::analysis::Report;
use rayscope::engine::{Limits, Options, run};
use rayscope::model::Workload;
use rayscope::scenario::{self, LoadOptions};
use rayscope::state::Outcome;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const DOCUMENT: &str = "docs/ray-model.md";
const HEAD: &str =
    "| scenario | what it prints | Ray | here | here / Ray | why |\n|---|---|---|---|---|---|\n";
/// Scenarios that are run with more for the table than in their folder: a line of the program and what takes its place.
const LARGE: &[(&str, &str, &str)] = &[
    ("queued", "QUEUED = 20_000\n", "QUEUED = 1_000_000\n"),
    ("many_actors", "ACTORS = 500\n", "ACTORS = 10_000\n"),
];

fn large(name: &str) -> Option<(&str, &str)> {
    LARGE.iter().find(|(large, ..)| *large == name).map(|(_, small, full)| (*small, *full))
}

/// What a scenario prints, and its makespan in seconds.
fn ran(name: &str) -> (Vec<String>, f64) {
    let path = format!("scenarios/ray/{name}.json");
    let mut scenario = scenario::load_file(Path::new(&path), &LoadOptions::default()).unwrap();
    if let Workload::Program(program) = &mut scenario.model.workload
        && let Some((small, full)) = large(name)
    {
        assert!(program.source.contains(small), "{path}");
        program.source = program.source.replace(small, full).into();
    }
    let options = Options { seed: scenario.model.seed, limits: Limits::default(), verify: false };
    let report = Report::of(&run(&scenario.model, &options));
    assert_eq!(report.outcome.as_deref(), Some(&Outcome::Finished), "{path}");
    let output = report.output.iter().map(|line| line.text.clone()).collect();
    (output, report.makespan.as_secs())
}

/// The number at the beginning of a text.
fn number(text: &str) -> f64 {
    text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap()
}

type Runs = BTreeMap<String, (Vec<String>, f64)>;

/// The row as it should be.
fn checked(row: &str, runs: &mut Runs) -> String {
    let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
    let [link, line, published, _, _, why] = cells[..] else { panic!("six columns: {row}") };
    let name = link.trim_start_matches('[').split(']').next().unwrap();
    if cfg!(debug_assertions) && large(name).is_some() {
        runs.entry(name.to_owned()).or_default();
        return row.to_owned();
    }
    let (output, makespan) = runs.entry(name.to_owned()).or_insert_with(|| ran(name));
    let here = match line.strip_prefix("makespan - ") {
        Some(less) => format!("{:.2} s", *makespan - number(less)),
        None => {
            let start = format!("{line}: ");
            let found = output.iter().find_map(|line| line.strip_prefix(&start));
            found.unwrap_or_else(|| panic!("{name} prints no {start:?}: {output:?}")).to_owned()
        }
    };
    let ratio = number(&here) / number(published);
    format!("| {link} | {line} | {published} | {here} | {ratio:.2} | {why} |")
}

#[test]
fn published_figures_stand_beside_ours() {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = document.split_once(HEAD).expect("the table of published figures");
    let (table, after) = rest.split_once("\n\n").unwrap();
    let mut runs = Runs::new();
    let rows: Vec<String> = table.lines().map(|row| checked(row, &mut runs)).collect();
    let now = rows.join("\n");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(DOCUMENT, format!("{before}{HEAD}{now}\n\n{after}")).unwrap();
    } else {
        assert_eq!(table, now, "UPDATE_DOCS=1 with --release writes it into {DOCUMENT}");
    }
    for file in fs::read_dir("scenarios/ray").unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("\"cluster\":") || runs.contains_key(&name), "no row of {name}");
    }
}
