//! `rayscope test`: runs scenarios, and holds each against what it expects and against its golden record.
//!
//! A scenario `NAME.json` has its golden record beside it: `NAME.golden.jsonl`, the whole event log, or for a large
//! run `NAME.golden.digest`, metrics and a digest. `--update` accepts what is now; with `CI` set nothing is ever
//! written. A scenario fails if its file is wrong, an expectation does not hold, its golden record differs, or two
//! runs of it differ; so does a golden record without a scenario, and where `CI` is set a scenario without a golden
//! record. A golden record is not accepted as long as an expectation fails. A wrong scenario among many is a failure
//! like others (exit 1); exit 3 is for a PATH that is not there, or is no scenario at all.

mod case;
mod files;
mod find;
mod junit;
mod report;

use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use case::{CaseResult, Status};
use find::{Entry, Found};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde_json::json;
use std::io::IsTerminal;
use std::path::PathBuf;

/// What `test` is told.
#[derive(clap::Args)]
pub struct Args {
    /// Scenarios and folders of them
    #[arg(default_value = "scenarios")]
    pub paths: Vec<PathBuf>,
    /// Accept what the runs do now as their golden records
    #[arg(long)]
    pub update: bool,
    /// Write a JUnit report there
    #[arg(long, value_name = "OUT")]
    pub junit: Option<PathBuf>,
    /// Only scenarios with this text in their path
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
}

/// What may be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// Nothing; what is missing is only told.
    Look,
    /// Nothing; what is missing is a failure.
    Ci,
    /// Golden records.
    Update,
}

/// Runs them all and reports in the order of their paths.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    let ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
    let mode = match (ci, args.update) {
        (true, true) => {
            let message = "with CI set no golden record is written";
            let help = "run `rayscope test --update` at your desk and commit what it writes";
            return out.complain(&Problem::new(Exit::Usage, "usage", message).help(help));
        }
        (true, false) => Mode::Ci,
        (false, true) => Mode::Update,
        (false, false) => Mode::Look,
    };
    let found = match find::find(&args.paths, args.filter.as_deref()) {
        Ok(found) => found,
        Err(problem) => return out.complain(&problem),
    };
    if found.entries.is_empty() {
        let message = "no scenario was found";
        return out.complain(&Problem::new(Exit::Nothing, "nothing", message));
    }
    let results = run_all(&found, mode);
    finish(args, &results, out)
}

fn run_all(found: &Found, mode: Mode) -> Vec<CaseResult> {
    let bar = progress(found.entries.len());
    let one = |entry: &Entry| {
        let result = match entry {
            Entry::Scenario(file) => case::run(file, mode),
            Entry::Orphan(file) => case::orphan(file, mode),
        };
        bar.inc(1);
        result
    };
    let results = found.entries.par_iter().map(one).collect();
    bar.finish_and_clear();
    results
}

/// A bar where somebody looks; nothing in a log.
fn progress(scenarios: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} scenarios");
    ProgressBar::new(scenarios as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn finish(args: &Args, results: &[CaseResult], out: &mut Output) -> Exit {
    let failed = results.iter().filter(|result| result.status == Status::Failed).count();
    let passed = results.len() - failed;
    let mut exit = if failed > 0 { Exit::Differs } else { Exit::Ok };
    let junit = args.junit.as_ref().map(|file| (file, junit::write(results, file)));
    if let Some((file, Err(error))) = &junit {
        let problem = crate::cli::load::cannot_write(file, error);
        if out.json() {
            return out.complain(&problem);
        }
        exit = out.complain(&problem);
    }
    if out.json() {
        let scenarios: Vec<_> = results.iter().map(report::to_json).collect();
        out.value(&json!({"passed": passed, "failed": failed, "scenarios": scenarios}));
        return exit;
    }
    for result in results {
        report::lines(result).iter().for_each(|line| out.line(line));
    }
    out.line(&format!("{passed} passed, {failed} failed"));
    exit
}
