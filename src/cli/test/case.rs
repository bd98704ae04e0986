//! One scenario: read, run twice, held against its expectations and its golden record.

use crate::cli::load::{Choices, check_program, load_scenario, run_scenario};
use crate::cli::test::{Mode, files};
use rayscope::analysis::expectations::{Miss, misses};
use rayscope::analysis::golden::{Change, Golden, Metrics};
use rayscope::chart::{short, why};
use rayscope::engine;
use rayscope::scenario::Scenario;
use rayscope::state::{Event, State};
use rayscope::trace::{Names, Trace};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Runs of at most so many records are run a second time with every invariant checked after every event.
const MOST_VERIFIED: usize = 2_000;

/// How it went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// As expected.
    Ok,
    /// As expected, and without a golden record so far.
    New,
    /// Its golden record was written.
    Written,
    /// Its golden record was replaced.
    Updated,
    /// A golden record without a scenario was removed.
    Removed,
    /// Not as expected.
    Failed,
}

/// What is to be reported on one scenario or one orphan.
#[derive(Debug)]
pub struct CaseResult {
    /// The file.
    pub file: PathBuf,
    /// How it went.
    pub status: Status,
    /// What went wrong, or what there is to know; each may have several lines.
    pub messages: Vec<String>,
    /// How it differs from its golden record.
    pub change: Option<Change>,
    /// The metrics of the run, if there was one.
    pub metrics: Option<Metrics>,
    /// What was run with, for the line that reproduces it.
    pub settings: Option<(String, u64)>,
}

impl CaseResult {
    fn new(file: &Path, status: Status) -> CaseResult {
        CaseResult {
            file: file.to_owned(),
            status,
            messages: Vec::new(),
            change: None,
            metrics: None,
            settings: None,
        }
    }

    fn fail(&mut self, message: impl Into<String>) {
        self.status = Status::Failed;
        self.messages.push(message.into());
    }
}

/// Runs a scenario. Panics of the simulator become failures, so that the other scenarios are still reported.
pub fn run(file: &Path, mode: Mode) -> CaseResult {
    let mut result = CaseResult::new(file, Status::Ok);
    let loaded = load_scenario(file, &Choices::default())
        .and_then(|scenario| check_program(&scenario).map(|()| scenario));
    let scenario = match loaded {
        Ok(scenario) => scenario,
        Err(problem) => {
            result.fail(problem.text(false).trim_end());
            return result;
        }
    };
    result.settings = Some((scenario.model.policy.clone(), scenario.model.seed));
    match catch_unwind(AssertUnwindSafe(|| run_twice(&scenario))) {
        Ok((trace, same)) => {
            if !same {
                result.fail("two runs of it differ: the simulator is not deterministic here");
            }
            judge(&scenario, &trace, mode, &mut result);
        }
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("?");
            result.fail(format!("a defect of the simulator: {text}"));
        }
    }
    result
}

/// The run, and whether a second one is equal.
fn run_twice(scenario: &Scenario) -> (Trace, bool) {
    let trace = run_scenario(scenario);
    let verify = trace.records.len() <= MOST_VERIFIED;
    let options = engine::Options { verify, ..crate::cli::load::options(scenario) };
    let same = engine::run(&scenario.model, &options) == trace;
    (trace, same)
}

fn judge(scenario: &Scenario, trace: &Trace, mode: Mode, result: &mut CaseResult) {
    result.metrics = Some(Metrics::of(trace));
    for Miss { line, message } in misses(&scenario.expect, trace) {
        let line = line.map_or(String::new(), |line| format!("{line}:"));
        result.fail(format!("{}:{line} {message}", result.file.display()));
    }
    let golden = files::read(&result.file);
    let accept = mode == Mode::Update && result.status != Status::Failed;
    let change = match &golden {
        None => None,
        Some(Ok(golden)) => match golden.change(trace, tell) {
            None => return,
            some => some,
        },
        // What cannot be read is only replaced, not compared.
        Some(Err(problem)) if accept => {
            result.messages.push(problem.clone());
            None
        }
        Some(Err(problem)) => return result.fail(problem.clone()),
    };
    result.change = change;
    let known = golden.is_some();
    match (accept, known, mode) {
        (true, _, _) => {
            result.status = if known { Status::Updated } else { Status::Written };
            let file = result.file.clone();
            if let Err(error) = files::write(&file, &Golden::of(trace)) {
                result.fail(format!("its golden record cannot be written: {error}"));
            }
        }
        (false, true, _) => result.fail("it differs from its golden record"),
        (false, false, Mode::Ci) => {
            result.fail("it has no golden record; `rayscope test --update` writes one");
        }
        (false, false, Mode::Update) => {
            result.messages.push("no golden record is accepted while this fails".to_owned());
        }
        (false, false, Mode::Look) => {
            if result.status == Status::Ok {
                result.status = Status::New;
            }
        }
    }
}

/// An event as a caption, with the numbers behind it.
fn tell(before: &State, event: &Event, names: &Names) -> String {
    let (caption, why) = (short(before, event, names), why(before, event, names));
    if why.is_empty() { caption } else { format!("{caption} ({why})") }
}

/// A golden record whose scenario is gone.
pub fn orphan(file: &Path, mode: Mode) -> CaseResult {
    let mut result = CaseResult::new(file, Status::Removed);
    if mode != Mode::Update {
        result
            .fail("there is no scenario of that name; `rayscope test --update` removes this file");
    } else if let Err(error) = fs::remove_file(file) {
        result.fail(format!("it has no scenario, and cannot be removed: {error}"));
    }
    result
}
