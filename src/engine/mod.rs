//! The one producer of traces: runs a model in virtual time and records all that happens.
//!
//! Everything due at an instant is handled first: timers, then what became available, then the processes that can go
//! on. Only then are tasks placed, once, by the policy. When nothing more can happen at this instant the network's
//! rates are computed and time moves to the next timer. The run is a function of the model and the options.

mod actors;
mod calls;
mod core;
mod ending;
mod failing;
mod faults;
mod groups;
mod leases;
mod network;
mod objects;
mod processes;
mod pulls;
mod requests;
mod rescue;
mod schedule;
mod spilling;
mod stores;
mod streams;
mod tasks;
mod timers;

use crate::base::Instant;
use crate::model::{Model, Workload};
use crate::process::graph::GraphDriver;
use crate::process::{Abort, Effect, Process, Reply, Step, python};
use crate::trace::Trace;

/// What may be different between two runs of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where all chance comes from.
    pub seed: u64,
    /// Where a run that would not end is stopped.
    pub limits: Limits,
    /// Whether the invariants are checked after every event: slow, for tests.
    pub verify: bool,
}

/// Where a run that would not end is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Tasks submitted.
    pub tasks: u32,
    /// Records in the trace.
    pub records: u32,
    /// References in the lists of all `ray.get` and `ray.wait` calls together.
    pub call_refs: u64,
    /// Tasks within tasks within tasks.
    pub nesting: u32,
    /// Bytes printed.
    pub output: u64,
    /// Virtual time.
    pub time: Instant,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            tasks: 2_000_000,
            records: 60_000_000,
            call_refs: 100_000_000,
            nesting: 1_000,
            output: 64 << 20,
            // Ten years: what comes later is a mistake in a unit.
            time: Instant::from_nanos(315_360_000_000_000_000),
        }
    }
}

/// Runs the model to its end. Total: whatever happens is an outcome in the trace.
pub fn run(model: &Model, options: &Options) -> Trace {
    let driver: Box<dyn Process> = match &model.workload {
        Workload::Graph(graph) => Box::new(GraphDriver::new(graph)),
        Workload::Program(program) => {
            let python = python::PythonOptions {
                seed: options.seed,
                limits: python::PythonLimits::default(),
                numpy_element_cost: model.parameters.numpy_element_cost,
                numpy_call_cost: model.parameters.numpy_call_cost,
            };
            python::driver(program, &python).unwrap_or_else(|problems| Box::new(Refused(problems)))
        }
    };
    run_driver(model, driver, options)
}

/// A program that cannot run at all: its first problem is the outcome. Whoever wants all of them asks
/// `python::check` before.
struct Refused(Vec<python::Problem>);

impl Process for Refused {
    fn resume(&mut self, _: Reply) -> Step {
        let (message, help, line) = match self.0.first() {
            Some(first) => (first.message.clone(), first.help.clone(), first.line),
            None => ("the program cannot run".to_owned(), String::new(), 0),
        };
        Effect::Abort(Abort::Unsupported { message, help }).at(line)
    }
}

/// Runs `driver` on the model's cluster. A static graph's driver submits the tasks of the model's graph.
pub fn run_driver(model: &Model, driver: Box<dyn Process>, options: &Options) -> Trace {
    core::Engine::new(model, driver, options).run()
}
