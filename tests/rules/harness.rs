//! Runs a program under the profile `ray-2.60`, with parameters changed, and tells what became of it.

use rayscope::analysis::Report;
use rayscope::base::id::Id;
use rayscope::engine::{Limits, Options, run};
use rayscope::scenario::load::{FileProblem, Files};
use rayscope::scenario::{self, LoadOptions};
use rayscope::trace::Trace;

/// Another draw of everything that chance decides.
pub const SEEDS: std::ops::Range<u64> = 1..6;

/// What is at the head of every program.
const HEAD: &str = "import ray, time, os
import numpy as np
ray.init()
@ray.remote
def work(seconds, *needs):
    time.sleep(seconds)
    return seconds
@ray.remote
def make(size, seconds=0.0):
    time.sleep(seconds)
    return np.zeros(size // 8)
@ray.remote
def boom(seconds):
    time.sleep(seconds)
    raise ValueError('boom')
def now():
    return time.time() - start
start = time.time()
";

/// A program on a cluster.
#[derive(Clone)]
pub struct Setup<'a> {
    /// The scenario's `cluster`, as JSON.
    pub cluster: &'a str,
    /// The program, after [`HEAD`].
    pub program: &'a str,
    /// `KEY=VALUE`, over the profile's.
    pub set: &'a [&'a str],
    /// The scenario's `faults`, as JSON.
    pub faults: &'a str,
}

/// A task that ran, or one of its attempts.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its function.
    pub function: String,
    /// Where.
    pub node: usize,
    /// When its body began, in seconds.
    pub start: f64,
    /// When it ended.
    pub end: f64,
}

/// What became of a run.
pub struct Outcome {
    /// In seconds.
    pub makespan: f64,
    /// Attempts that were placed, in the order of submission.
    pub ran: Vec<Ran>,
    /// Printed lines.
    pub output: Vec<String>,
    /// All that happened.
    pub trace: Trace,
}

struct Program(String);

impl Files for Program {
    fn read(&self, _: &str, _: u64) -> Result<Vec<u8>, FileProblem> {
        Ok(self.0.clone().into_bytes())
    }
}

impl<'a> Setup<'a> {
    /// A program on a cluster such as `\"3x2\"`.
    pub fn new(cluster: &'a str, program: &'a str) -> Setup<'a> {
        Setup { cluster, program, set: &[], faults: "[]" }
    }

    /// With parameters changed.
    pub fn with(self, set: &'a [&'a str]) -> Setup<'a> {
        Setup { set, ..self }
    }

    /// With faults, as JSON.
    pub fn faults(self, faults: &'a str) -> Setup<'a> {
        Setup { faults, ..self }
    }

    /// What comes of it with that seed.
    pub fn run(&self, seed: u64) -> Outcome {
        let text = format!(
            r#"{{"version": 1, "profile": "ray-2.60", "program": "rule.py", "cluster": {}, "faults": {}}}"#,
            self.cluster, self.faults
        );
        let set: Vec<String> = self.set.iter().map(|&pair| pair.to_owned()).collect();
        let options = LoadOptions { set: &set, seed: Some(seed), ..LoadOptions::default() };
        let files = Program(format!("{HEAD}{}", self.program));
        let (scenario, found) = scenario::parse(&text, "rule.json", &files, &options);
        let scenario = scenario.unwrap_or_else(|| panic!("{found:?}"));
        let options = Options { seed, limits: Limits::default(), verify: true };
        let trace = run(&scenario.model, &options);
        outcome(trace)
    }

    /// What comes of it with several seeds.
    pub fn runs(&self) -> Vec<Outcome> {
        SEEDS.map(|seed| self.run(seed)).collect()
    }
}

fn outcome(trace: Trace) -> Outcome {
    let report = Report::of(&trace);
    let placed = report.attempts.iter().filter_map(|attempt| {
        Some(Ran {
            function: attempt.spec.function.to_string(),
            node: attempt.place?.0.index(),
            start: attempt.started.map_or(f64::NAN, |at| at.as_secs()),
            end: attempt.ended.map_or(f64::NAN, |at| at.as_secs()),
        })
    });
    let lines = report.output.iter().flat_map(|line| line.text.split('\n'));
    Outcome {
        makespan: report.makespan.as_secs(),
        ran: placed.collect(),
        output: lines.map(str::to_owned).collect(),
        trace,
    }
}

impl Outcome {
    /// Nodes of the function's tasks, in the order of submission.
    pub fn nodes(&self, function: &str) -> Vec<usize> {
        self.of(function).iter().map(|task| task.node).collect()
    }

    /// The function's attempts.
    pub fn of(&self, function: &str) -> Vec<&Ran> {
        self.ran.iter().filter(|task| task.function == function).collect()
    }

    /// How many of the function's tasks ran on each of so many nodes.
    pub fn counts(&self, function: &str, nodes: usize) -> Vec<usize> {
        let of = |node| self.nodes(function).iter().filter(|at| **at == node).count();
        (0..nodes).map(of).collect()
    }

    /// The numbers of a printed line.
    pub fn numbers(&self, line: usize) -> Vec<f64> {
        let words = self.output[line].split(|c: char| c.is_whitespace() || "[](),".contains(c));
        words.filter_map(|word| word.parse().ok()).collect()
    }

    /// Time between the end of a body and the start of the next one on the same node, in seconds, for tasks of that
    /// function that take so many seconds each.
    pub fn gaps(&self, function: &str, seconds: f64, node: usize) -> Vec<f64> {
        let here = self.of(function).into_iter().filter(|task| task.node == node);
        let mut starts: Vec<f64> = here.map(|task| task.start).collect();
        starts.sort_by(f64::total_cmp);
        let slots = starts.iter().take_while(|at| **at < starts[0] + seconds / 2.0).count();
        let next = starts.iter().skip(slots);
        next.zip(&starts).map(|(next, before)| next - before - seconds).collect()
    }
}

/// Asserts that the number is within what was measured.
#[track_caller]
pub fn within(what: &str, value: f64, low: f64, high: f64) {
    assert!((low..=high).contains(&value), "{what}: {value:.4}, not {low} to {high}");
}
