//! The half-way house between text and graph: tasks by name, as the scenario or a workflow gives them.

use crate::base::{Amount, Instant, Span};
use crate::model::cluster::Resources;
use crate::model::task::Strategy;
use crate::model::workload::{Driver, InputObject};
use crate::scenario::quantity::Quantity;
use std::ops::Range;
use std::sync::Arc;

/// A name in a list, and where it stands.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name.
    pub name: Arc<str>,
    /// Its place.
    pub range: Range<usize>,
}

/// One entry of the list of tasks: one task, or `count` alike ones.
#[derive(Clone, Debug)]
pub struct DraftTask {
    /// Its name.
    pub name: Named,
    /// Its function, if that has another name.
    pub function: Option<Arc<str>>,
    /// How long it computes.
    pub duration: Quantity,
    /// How long on each node instead, with those that join.
    pub duration_on: Option<Arc<[Span]>>,
    /// How many there are; `None` is one without a number in its name.
    pub count: Option<u32>,
    /// Objects that it reads.
    pub inputs: Vec<Named>,
    /// Objects that it makes: at least one.
    pub outputs: Vec<(Named, Quantity)>,
    /// Tasks that must finish before, besides those whose objects it reads.
    pub after: Vec<Named>,
    /// What it takes from a node.
    pub demand: Resources,
    /// How its node is chosen.
    pub strategy: Strategy,
    /// How often it is tried again after a crash.
    pub max_retries: i32,
    /// The earliest time of its submission.
    pub submit_at: Instant,
}

/// All tasks and the objects that are there before them.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Objects that exist at the start, with the places of their names.
    pub objects: Vec<(InputObject, Range<usize>)>,
    /// Tasks in the order of the file.
    pub tasks: Vec<DraftTask>,
    /// How the driver waits.
    pub driver: Driver,
}

impl DraftTask {
    /// A task that computes on one CPU and makes one object of no size.
    pub fn new(name: Named) -> DraftTask {
        DraftTask {
            outputs: vec![(name.clone(), Quantity::Exact(0))],
            name,
            function: None,
            duration: Quantity::Exact(0),
            duration_on: None,
            count: None,
            inputs: Vec::new(),
            after: Vec::new(),
            demand: Resources::cpus(Amount::ONE),
            strategy: Strategy::Default,
            // `DEFAULT_TASK_MAX_RETRIES`.
            max_retries: 3,
            submit_at: Instant::ZERO,
        }
    }

    /// How many tasks it stands for.
    pub fn copies(&self) -> u32 {
        self.count.unwrap_or(1)
    }
}
