//! `rayscope run --repeat N`: the same run under N seeds, how much its makespan varies, and which outcomes there are.

use crate::cli::load::{Choices, load_scenario, trace_of};
use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use crate::cli::table::Align::{Left, Right};
use crate::cli::table::Table;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;
use rayscope::analysis::Report;
use rayscope::analysis::words::count;
use rayscope::base::Span;
use rayscope::base::id::Id;
use rayscope::state::Outcome;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::Path;

/// Outcomes that get a line of their own.
const MOST_SHOWN: usize = 8;

/// What is kept of one run.
struct Run {
    seed: u64,
    makespan: Span,
    finished: bool,
    /// Attempts by node, most first: Ray's node ids are random, so which node it was says little.
    per_node: Vec<u32>,
}

/// Runs the file `times` times and prints how the runs differ.
pub fn run(file: &Path, choices: &Choices, times: u32, out: &mut Output) -> Exit {
    let first = match load_scenario(file, choices) {
        Ok(scenario) => scenario.model.seed,
        Err(problem) => return out.complain(&problem),
    };
    let bar = progress(times);
    let one = |number: u32| {
        let seed = first.wrapping_add(u64::from(number));
        let run = run_once(file, &Choices { seed: Some(seed), ..choices.clone() }, seed);
        bar.inc(1);
        run
    };
    let runs: Result<Vec<Run>, Problem> = (0..times).into_par_iter().map(one).collect();
    bar.finish_and_clear();
    match runs {
        Ok(runs) => show(&runs, out),
        Err(problem) => out.complain(&problem),
    }
}

fn run_once(file: &Path, choices: &Choices, seed: u64) -> Result<Run, Problem> {
    let report = Report::of(&trace_of(file, choices)?.trace);
    let mut per_node = vec![0u32; report.nodes.len()];
    for node in report.attempts.iter().filter_map(|attempt| Some(attempt.place?.0)) {
        if let Some(tasks) = per_node.get_mut(node.index()) {
            *tasks += 1;
        }
    }
    per_node.sort_unstable_by(|a, b| b.cmp(a));
    let finished = matches!(report.outcome.as_deref(), Some(Outcome::Finished));
    Ok(Run { seed, makespan: report.makespan, finished, per_node })
}

/// A bar where somebody looks; nothing in a log.
fn progress(times: u32) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} runs");
    ProgressBar::new(u64::from(times))
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The least, the middle and the most of some makespans.
struct Spread {
    least: Span,
    median: Span,
    most: Span,
}

impl Spread {
    fn of<'a>(runs: impl Iterator<Item = &'a Run>) -> Spread {
        let mut spans: Vec<Span> = runs.map(|run| run.makespan).collect();
        spans.sort_unstable();
        let at = |index: usize| spans.get(index).copied().unwrap_or_default();
        let last = spans.len().saturating_sub(1);
        Spread { least: at(0), median: at(spans.len() / 2), most: at(last) }
    }
}

/// Runs that put as many tasks on their nodes, the most frequent outcome first.
fn outcomes(runs: &[Run]) -> Vec<(&[u32], Vec<&Run>)> {
    let mut groups: BTreeMap<&[u32], Vec<&Run>> = BTreeMap::new();
    for run in runs {
        groups.entry(&run.per_node).or_default().push(run);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, runs)| std::cmp::Reverse(runs.len()));
    groups
}

fn named(per_node: &[u32]) -> String {
    const MOST: usize = 8;
    let shown: Vec<String> = per_node.iter().take(MOST).map(u32::to_string).collect();
    let more = if per_node.len() > MOST { "+…" } else { "" };
    format!("{}{more}", shown.join("+"))
}

fn show(runs: &[Run], out: &mut Output) -> Exit {
    let finished = runs.iter().filter(|run| run.finished).count();
    let exit = if finished == runs.len() { Exit::Ok } else { Exit::Unfinished };
    if out.json() {
        out.value(&to_json(runs));
        return exit;
    }
    let all = Spread::of(runs.iter());
    out.line(&format!(
        "{}: makespan {:.3} s in the middle, {:.3} to {:.3} s",
        count(runs.len(), "run"),
        all.median.as_secs(),
        all.least.as_secs(),
        all.most.as_secs()
    ));
    if finished < runs.len() {
        out.line(&format!("{} did not finish", count(runs.len() - finished, "run")));
    }
    out.line("");
    let columns = [
        ("tasks per node", Left),
        ("runs", Right),
        ("makespan", Right),
        ("range", Left),
        ("a seed", Right),
    ];
    let mut table = Table::new(&columns);
    let groups = outcomes(runs);
    for (per_node, members) in groups.iter().take(MOST_SHOWN) {
        let spread = Spread::of(members.iter().copied());
        table.row(vec![
            named(per_node),
            members.len().to_string(),
            format!("{:.3}", spread.median.as_secs()),
            format!("{:.3}–{:.3} s", spread.least.as_secs(), spread.most.as_secs()),
            members.first().map_or(String::new(), |run| run.seed.to_string()),
        ]);
    }
    table.lines().iter().for_each(|line| out.line(line));
    if groups.len() > MOST_SHOWN {
        out.line(&format!("and {}", count(groups.len() - MOST_SHOWN, "other outcome")));
    }
    exit
}

fn to_json(runs: &[Run]) -> Value {
    let spread = |spread: Spread| {
        let Spread { least, median, most } = spread;
        json!({"median_s": median.as_secs(), "min_s": least.as_secs(), "max_s": most.as_secs()})
    };
    let groups = outcomes(runs).into_iter().map(|(per_node, members)| {
        let seeds: Vec<u64> = members.iter().map(|run| run.seed).collect();
        let makespan = spread(Spread::of(members.iter().copied()));
        json!({"tasks_per_node": per_node, "runs": members.len(), "makespan": makespan, "seeds": seeds})
    });
    json!({
        "schema": "rayscope.repeat/1",
        "runs": runs.len(),
        "finished": runs.iter().filter(|run| run.finished).count(),
        "makespan": spread(Spread::of(runs.iter())),
        "makespans_s": runs.iter().map(|run| run.makespan.as_secs()).collect::<Vec<_>>(),
        "outcomes": groups.collect::<Vec<_>>(),
    })
}
