//! A file by its name: a scenario, a program or a trace; then its run.

use crate::cli::draft::Draft;
use crate::cli::output::Exit;
use crate::cli::problem::Problem;
use rayscope::base::Instant;
use rayscope::engine;
use rayscope::model::cluster::{CPU, LEAST_STORE, small_store_message};
use rayscope::model::{Program, Workload};
use rayscope::process::python;
use rayscope::scenario::{Code, Scenario};
use rayscope::trace::{self, Trace};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// What is run, and what of it is changed.
#[derive(clap::Args, Clone, PartialEq, Eq, Debug, Default)]
pub struct Choices {
    /// Another cluster: 3x2 is 3 nodes of 2 CPUs
    #[arg(long, value_name = "NxC")]
    pub cluster: Option<String>,
    /// The placement policy (see `rayscope list policies`)
    #[arg(long, value_name = "NAME")]
    pub policy: Option<String>,
    /// The costs: `ideal` has none, `ray-2.60` Ray's, a file yours (see `rayscope calibrate`)
    #[arg(long, value_name = "NAME|FILE", value_hint = clap::ValueHint::FilePath)]
    pub profile: Option<String>,
    /// Where all chance comes from
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Another value of a parameter (see `rayscope list parameters`); may be given again
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// The latency of every node's link, such as 50us
    #[arg(long, value_name = "TIME")]
    pub latency: Option<String>,
    /// The bandwidth of every node's link each way, such as 10Gbps, or `unlimited`
    #[arg(long, value_name = "RATE")]
    pub bandwidth: Option<String>,
    /// Nodes of another cluster keep the store and the link that the scenario's first node has. On the command line
    /// another cluster is a cluster of its own.
    #[arg(skip)]
    pub keep: bool,
}

impl Choices {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.cluster.is_none()
            && self.policy.is_none()
            && self.profile.is_none()
            && self.seed.is_none()
            && self.set.is_empty()
            && self.latency.is_none()
            && self.bandwidth.is_none()
    }
}

/// What is worth knowing about a file in which nothing is wrong.
pub fn warnings_of(file: &Path) -> Result<Option<Problem>, Problem> {
    let choices = Choices::default();
    if is_trace(file) {
        return read_whole_trace(file, &choices).map(|_| None);
    }
    let (scenario, _) = Draft::read(file, &choices)?.load()?;
    let warnings = &scenario.warnings;
    Ok((!warnings.is_empty()).then(|| Problem::of_diagnostics(warnings)))
}

/// Whether the file is a run that is over, as its ending says.
pub fn is_trace(file: &Path) -> bool {
    ending(file) == "jsonl"
}

/// Reads a trace, in which nothing can be changed.
fn read_whole_trace(file: &Path, choices: &Choices) -> Result<Trace, Problem> {
    if !choices.is_empty() {
        let message = "a trace is a run that is over: --cluster, --policy, --profile, --seed, --set, \
                       --latency and --bandwidth change nothing in it";
        let help = "run the scenario that it came from instead";
        return Err(Problem::new(Exit::Usage, "usage", message).help(help));
    }
    read_trace(file)
}

/// The ending of a file's name, which says what it is.
pub fn ending(file: &Path) -> String {
    file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Reads a scenario or a program; programs are not checked yet.
pub fn load_scenario(file: &Path, choices: &Choices) -> Result<Scenario, Problem> {
    Draft::read(file, choices)?.parse().map(|(scenario, _)| scenario)
}

/// What is wrong with the scenario's program, if it has one.
pub fn check_program(scenario: &Scenario) -> Result<(), Problem> {
    match program_of(scenario).map(|program| (program, python::check(program))) {
        Some((program, problems)) if !problems.is_empty() => {
            Err(Problem::of_program(program, &problems))
        }
        _ => Ok(()),
    }
}

/// A program for which nobody names a cluster starts its own, as `ray.init(num_cpus=...)` says.
pub fn with_own_cluster(mut scenario: Scenario) -> Result<Scenario, Problem> {
    let unnamed = scenario.warnings.iter().any(|found| found.code == Code::DefaultCluster);
    let Some(program) = program_of(&scenario).filter(|_| unnamed) else { return Ok(scenario) };
    let Some(init) = python::init_of(program).filter(python::Init::names_something) else {
        return Ok(scenario);
    };
    let store = init.object_store_memory.filter(|_| scenario.model.parameters.control_plane);
    if let Some(bytes) = store.filter(|bytes| *bytes < LEAST_STORE) {
        return Err(Problem::of_program(program, &[small_store(init.line, bytes)]));
    }
    let mut cluster = scenario.model.cluster;
    let mut resources = Vec::new();
    for (name, amount) in &init.resources {
        resources.push((cluster.resource(name), *amount));
    }
    if let Some(node) = cluster.nodes.iter_mut().next() {
        resources.extend(init.num_cpus.map(|cpus| (CPU, cpus)));
        for (resource, amount) in resources {
            node.resources = std::mem::take(&mut node.resources).with(resource, amount);
        }
        node.object_store_memory = init.object_store_memory.or(node.object_store_memory);
    }
    scenario.model.cluster = cluster;
    scenario.warnings = scenario.warnings.without(Code::DefaultCluster);
    Ok(scenario)
}

/// What Ray says when a program starts its cluster with too small a store.
fn small_store(line: u32, bytes: u64) -> python::Problem {
    let help = "leave it out, or give it 75 MiB or more (75 * 2**20)".to_owned();
    let message = format!("ValueError: {}", small_store_message(bytes));
    python::Problem { line, column: 1, message, help }
}

fn program_of(scenario: &Scenario) -> Option<&Program> {
    match &scenario.model.workload {
        Workload::Program(program) => Some(program),
        Workload::Graph(_) => None,
    }
}

/// Reads a trace.
pub fn read_trace(file: &Path) -> Result<Trace, Problem> {
    let name = file.display().to_string();
    let opened = File::open(file).map_err(|error| cannot_read(&name, &error))?;
    trace::read(BufReader::new(opened), &name).map_err(|problems| Problem::of_trace(&problems))
}

fn cannot_read(name: &str, error: &std::io::Error) -> Problem {
    Problem::new(Exit::Input, "E0002", format!("{name} cannot be read: {error}"))
}

/// A file that could not be written.
pub fn cannot_write(name: &Path, error: &std::io::Error) -> Problem {
    let message = format!("{} cannot be written: {error}", name.display());
    Problem::new(Exit::Input, "write", message)
}

/// Runs a scenario.
pub fn run_scenario(scenario: &Scenario) -> Trace {
    engine::run(&scenario.model, &options(scenario))
}

/// How a scenario is run: with its seed and its limits.
pub fn options(scenario: &Scenario) -> engine::Options {
    let mut limits = engine::Limits::default();
    let cut = |most: u64| u32::try_from(most).unwrap_or(u32::MAX);
    if let Some(tasks) = scenario.limits.tasks {
        limits.tasks = cut(tasks);
    }
    if let Some(events) = scenario.limits.events {
        limits.records = cut(events);
    }
    if let Some(time) = scenario.limits.time {
        limits.time = Instant::ZERO + time;
    }
    engine::Options { seed: scenario.model.seed, limits, verify: false }
}

/// The run of a file, whatever it is, with its profile's name and warnings where it has any.
pub fn trace_of(file: &Path, choices: &Choices) -> Result<Ran, Problem> {
    if is_trace(file) {
        let trace = read_whole_trace(file, choices)?;
        return Ok(Ran { trace, profile: None, warnings: None, file: file.to_owned() });
    }
    Draft::read(file, choices)?.run()
}

/// A run and where it came from.
pub struct Ran {
    /// The run.
    pub trace: Trace,
    /// The profile's name, unless it came from a trace.
    pub profile: Option<String>,
    /// What is worth knowing about the file.
    pub warnings: Option<Problem>,
    /// The file.
    pub file: PathBuf,
}
