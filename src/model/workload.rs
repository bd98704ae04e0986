//! What runs: a program, or a static graph of tasks with a driver that submits them in order.

use crate::base::{Instant, NodeId, ObjectId, Span};
use crate::model::program::Program;
use crate::model::task::{Shape, TaskSpec};
use std::sync::Arc;

/// What the driver runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Workload {
    /// A Python program in virtual time.
    Program(Program),
    /// Tasks that are all known beforehand.
    Graph(Graph),
}

/// An object that is there before the first task: a workflow's input file.
#[derive(Clone, Debug, PartialEq)]
pub struct InputObject {
    /// Its name.
    pub name: Arc<str>,
    /// Size in bytes.
    pub size: u64,
    /// The nodes that hold a copy at the start; the first copy is the primary one.
    pub on: Vec<NodeId>,
}

/// How the driver of a static graph waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Driver {
    /// One `ray.get` for every result that no task reads.
    GetSinks,
    /// The lesson's loop: `ray.wait` on what is left until nothing is.
    Wait {
        /// How many to wait for at a time; fewer when fewer are left.
        num_returns: u32,
        /// How long at most.
        timeout: Option<Span>,
    },
}

/// A static graph. Ids are dense: input objects first, then the results of the tasks in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// Objects that exist at the start; they have the ids from 0.
    pub inputs: Vec<InputObject>,
    /// Tasks in the order of submission.
    pub tasks: Vec<Arc<TaskSpec>>,
    /// When each is submitted, if not at once: same length as `tasks`, never decreasing, or empty.
    pub submit_at: Vec<Instant>,
    /// Every shape that a task has, by number.
    pub shapes: Vec<Arc<Shape>>,
    /// Names of objects by id, for people; may be shorter than the number of objects.
    pub object_names: Vec<Option<Arc<str>>>,
    /// How the driver waits.
    pub driver: Driver,
}

impl Graph {
    /// The results that the driver asks for: of tasks whose results it holds, those that no task reads.
    pub fn sinks(&self) -> Vec<ObjectId> {
        let held = self.tasks.iter().filter(|task| task.results_held);
        let mut sinks: Vec<ObjectId> = held.flat_map(|task| task.return_ids()).collect();
        // Results have rising ids in the order of submission, so the list is sorted.
        let mut read = vec![false; sinks.len()];
        for object in self.tasks.iter().flat_map(|task| &task.args) {
            if let Ok(at) = sinks.binary_search(object) {
                read[at] = true;
            }
        }
        let mut position = 0;
        sinks.retain(|_| {
            position += 1;
            !read[position - 1]
        });
        sinks
    }
}
