//! The profile `ray-2.60` against what real Ray 2.60 did with the same programs (tests/ray/): makespans, `ray.wait`
//! sets, placement, output. The table of docs/truth.md is made here: `UPDATE_DOCS=1 cargo test --test ray`.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

use rayscope::analysis::Report;
use rayscope::base::id::Id;
use rayscope::engine::{Limits, Options, run};
use rayscope::scenario::{self, LoadOptions};
use rayscope::state::CallKind;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const SEEDS: u64 = 5;
/// Differences below this count as none: real runs on a shared machine differ by more.
const GRACE: f64 = 0.02;

/// What one run, real or simulated, was like.
struct Run {
    makespan: f64,
    /// Each call's ready and remaining positions; `None` where it raised.
    waits: Vec<Option<(Vec<u64>, Vec<u64>)>>,
    /// How often a function ran on a node.
    places: BTreeMap<(String, u64), f64>,
    output: Vec<String>,
}

fn real_runs(name: &str) -> Vec<Run> {
    let text = fs::read_to_string(format!("tests/ray/results/{name}.json")).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    value["runs"].as_array().unwrap().iter().map(real_run).collect()
}

fn positions(value: &Value) -> Option<Vec<u64>> {
    Some(value.as_array()?.iter().filter_map(Value::as_u64).collect())
}

fn real_run(value: &Value) -> Run {
    let waits = value["waits"].as_array().unwrap().iter();
    let tasks = value["tasks"].as_array().unwrap().iter();
    let placed = tasks.filter_map(|task| {
        let name = task["name"].as_str()?.rsplit('.').next()?.to_owned();
        Some((name, task["node"].as_u64()?))
    });
    let lines = value["stdout"].as_array().unwrap().iter();
    Run {
        makespan: value["makespan_s"].as_f64().unwrap(),
        waits: waits
            .map(|wait| Some((positions(&wait["ready"])?, positions(&wait["remaining"])?)))
            .collect(),
        places: counted(placed),
        output: lines.map(|line| line.as_str().unwrap().to_owned()).collect(),
    }
}

fn counted(places: impl Iterator<Item = (String, u64)>) -> BTreeMap<(String, u64), f64> {
    let mut counts = BTreeMap::new();
    places.for_each(|place| *counts.entry(place).or_default() += 1.0);
    counts
}

/// A run here; real runs of more than 400 tasks were recorded with their first 50.
fn simulated(path: &Path, seed: u64, most_tasks: usize) -> Run {
    let options =
        LoadOptions { profile: Some("ray-2.60"), seed: Some(seed), ..LoadOptions::default() };
    let scenario = scenario::load_program(path, &options).unwrap();
    let options = Options { seed, limits: Limits::default(), verify: most_tasks > 50 };
    let report = Report::of(&run(&scenario.model, &options));
    let waits = report.calls.iter().filter(|call| matches!(call.kind, CallKind::Wait { .. }));
    let placed = report.attempts.iter().take(most_tasks).filter_map(|attempt| {
        let name = attempt.spec.label().rsplit('.').next()?.to_owned();
        Some((name, attempt.place?.0.index() as u64))
    });
    let wide = |list: &[u32]| list.iter().map(|at| u64::from(*at)).collect();
    Run {
        makespan: report.makespan.as_secs(),
        waits: waits
            .map(|call| {
                let rest = call.remaining()?;
                Some((wide(call.ready.as_deref()?), wide(&rest)))
            })
            .collect(),
        places: counted(placed),
        output: report
            .output
            .iter()
            .flat_map(|line| line.text.split('\n'))
            .map(str::to_owned)
            .collect(),
    }
}

/// One minus the total variation distance of two placements.
fn same_places(a: &Run, b: &Run) -> f64 {
    let total: f64 = a.places.values().sum();
    let all = total.max(b.places.values().sum()).max(1.0);
    let of = |run: &Run, key| run.places.get(key).copied().unwrap_or(0.0);
    let keys = a.places.keys().chain(b.places.keys().filter(|key| !a.places.contains_key(*key)));
    1.0 - keys.map(|key| (of(a, key) - of(b, key)).abs()).sum::<f64>() / (2.0 * all)
}

/// Equal pairs, of all.
fn agreeing<T>(a: &[T], b: &[T], equal: impl Fn(&T, &T) -> bool) -> (usize, usize) {
    (a.iter().zip(b).filter(|(a, b)| equal(a, b)).count(), a.len().max(b.len()))
}

/// Whether two lines are equal but for numbers that differ by 20 ms or 3 %.
fn same_line(a: &str, b: &str) -> bool {
    let is_time = |word: &str| word.contains('.') && word.parse::<f64>().is_ok();
    let words = |line: &str| -> Vec<String> {
        line.split(|c: char| c.is_whitespace() || ":,)".contains(c)).map(str::to_owned).collect()
    };
    let (a, b) = (words(a), words(b));
    let without = |words: &[String]| -> Vec<String> {
        words.iter().filter(|w| !w.is_empty() && !is_time(w)).cloned().collect()
    };
    let times = |words: &[String]| -> Vec<f64> {
        words.iter().filter(|w| is_time(w)).filter_map(|w| w.parse().ok()).collect()
    };
    let (x, y) = (times(&a), times(&b));
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= GRACE.max(0.03 * a.abs().max(b.abs()));
    without(&a) == without(&b) && x.len() == y.len() && x.iter().zip(&y).all(near)
}

/// A program's line of the table.
struct Row {
    name: String,
    simulated: f64,
    range: (f64, f64),
    error: f64,
    waits: (usize, usize),
    output: (usize, usize),
    places: f64,
}

fn best(pairs: impl Iterator<Item = (usize, usize)>) -> (usize, usize) {
    pairs.max_by_key(|(good, all)| good * 1000 / (*all).max(1)).unwrap_or_default()
}

fn row(path: &Path) -> Row {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let real = real_runs(&name);
    let cut = real.iter().any(|run| run.places.values().sum::<f64>() == 50.0);
    let most = if cut { 50 } else { usize::MAX };
    let runs: Vec<Run> = (1..=SEEDS).map(|seed| simulated(path, seed, most)).collect();
    let mut spans: Vec<f64> = runs.iter().map(|run| run.makespan).collect();
    spans.sort_by(f64::total_cmp);
    let median = spans[spans.len() / 2];
    let low = real.iter().map(|run| run.makespan).fold(f64::INFINITY, f64::min);
    let high = real.iter().map(|run| run.makespan).fold(0.0, f64::max);
    let off = (low - median).max(median - high).max(0.0);
    let error = if off < GRACE { 0.0 } else { off / if median < low { low } else { high } };
    let sum = |pairs: Vec<(usize, usize)>| {
        pairs.into_iter().fold((0, 0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1))
    };
    let per_run = |measure: &dyn Fn(&Run, &Run) -> (usize, usize)| {
        sum(runs.iter().map(|run| best(real.iter().map(|other| measure(run, other)))).collect())
    };
    let places =
        runs.iter().map(|run| real.iter().map(|other| same_places(run, other)).fold(0.0, f64::max));
    Row {
        name,
        simulated: median,
        range: (low, high),
        error,
        waits: per_run(&|a, b| agreeing(&a.waits, &b.waits, |a, b| a == b)),
        output: per_run(&|a, b| agreeing(&a.output, &b.output, |a, b| same_line(a, b))),
        places: places.sum::<f64>() / SEEDS as f64,
    }
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| program | ours, median of 5 seeds | real Ray, range | error | `ray.wait` sets | placement | output |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let (low, high) = row.range;
        let of = |(good, all): (usize, usize)| {
            if all == 0 { "-".into() } else { format!("{good} of {all}") }
        };
        writeln!(
            text,
            "| {} | {:.3} s | {low:.3}-{high:.3} s | {:.1} % | {} | {:.2} | {} |",
            row.name,
            row.simulated,
            row.error * 100.0,
            of(row.waits),
            row.places,
            of(row.output)
        )
        .unwrap();
    }
    text
}

#[test]
fn runs_could_have_been_real_ones() {
    let mut paths: Vec<_> =
        fs::read_dir("tests/ray/programs").unwrap().map(|f| f.unwrap().path()).collect();
    paths.sort();
    let rows: Vec<Row> = paths.iter().map(|path| row(path)).collect();
    let text = table(&rows);
    let document = fs::read_to_string("docs/truth.md").unwrap_or_default();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let head = document.split("| program |").next().unwrap_or_default();
        let tail = document.rsplit_once("|\n").map_or("", |(_, tail)| tail);
        fs::write("docs/truth.md", format!("{head}{text}{tail}")).unwrap();
    } else {
        assert!(
            document.contains(&text),
            "it is now:\n{text}\nUPDATE_DOCS=1 writes it into docs/truth.md"
        );
    }
    let mut errors: Vec<f64> = rows.iter().map(|row| row.error).collect();
    errors.sort_by(f64::total_cmp);
    assert!(errors[errors.len() / 2] <= 0.02 && errors[errors.len() - 1] <= 0.06, "{text}");
    let share = |of: fn(&Row) -> (usize, usize)| {
        let (good, all) = rows.iter().map(of).fold((0, 0), |s, p| (s.0 + p.0, s.1 + p.1));
        good as f64 / all as f64
    };
    assert!(share(|row| row.waits) >= 0.98 && share(|row| row.output) >= 0.95, "{text}");
    assert!(rows.iter().map(|row| row.places).sum::<f64>() / rows.len() as f64 >= 0.9, "{text}");
}

/// Every program of the scenarios keeps the invariants with the control plane on, whatever it does.
#[test]
fn other_programs_keep_the_invariants() {
    for folder in ["lesson", "actors", "faults", "placement", "programs", "store"] {
        for file in fs::read_dir(format!("scenarios/{folder}")).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|end| end != "json") {
                continue;
            }
            // Ray refuses some of the stores: the control plane is put on only after they were read.
            let off = ["control_plane=false".to_owned()];
            let profile = Some("ray-2.60");
            let options = LoadOptions { profile, set: &off, ..LoadOptions::default() };
            let mut scenario = scenario::load_file(&path, &options).unwrap();
            scenario.model.parameters.control_plane = true;
            let options = Options {
                seed: 3,
                limits: Limits { records: 5_000, ..Limits::default() },
                verify: true,
            };
            let trace = run(&scenario.model, &options);
            assert_eq!(trace, run(&scenario.model, &options), "{}", path.display());
        }
    }
}
