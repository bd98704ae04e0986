//! The summary of a run: a row for each attempt, a row for each call, sums by function and by node.

use crate::analysis::bounds::longest_chains;
use crate::analysis::path::RealisedPath;
use crate::analysis::tally::Tally;
use crate::analysis::words;
use crate::base::units::show_bytes;
use crate::base::{Amount, Instant, NodeId, Span, TaskId};
use crate::model::{Caller, TaskSpec};
use crate::state::{CallKind, Choice, Failure, Outcome, Printed};
use crate::trace::Trace;
use std::sync::Arc;

/// All that a run's summary says.
#[derive(Clone, Debug)]
pub struct Report {
    /// How the run ended; `None` if the trace was cut.
    pub outcome: Option<Arc<Outcome>>,
    /// The driver's time from its first statement to its last.
    pub makespan: Span,
    /// One row for each attempt, in the order of submission.
    pub attempts: Vec<Attempt>,
    /// Calls of `ray.get` and `ray.wait`, in the order they were made, refused ones too.
    pub calls: Vec<CallRow>,
    /// What was printed.
    pub output: Vec<Arc<Printed>>,
    /// Sums by function, in the order of the first submission.
    pub functions: Vec<FunctionUse>,
    /// Sums by node.
    pub nodes: Vec<NodeUse>,
    /// Numbers about the whole.
    pub metrics: Metrics,
    /// What the time was spent on, from the end back to the start.
    pub path: RealisedPath,
}

/// One attempt to run a task.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The task.
    pub spec: Arc<TaskSpec>,
    /// How often it was tried before.
    pub attempt: u32,
    /// Where it was placed, and on which of the node's workers.
    pub place: Option<(NodeId, u32)>,
    /// When it was submitted, or submitted again.
    pub submitted: Instant,
    /// When all its arguments existed.
    pub ready: Option<Instant>,
    /// When it was given its worker.
    pub placed: Option<Instant>,
    /// When its body began.
    pub started: Option<Instant>,
    /// When it ended, well or not.
    pub ended: Option<Instant>,
    /// Where it stands at the end, in Ray's word.
    pub state: &'static str,
    /// Why it failed.
    pub failure: Option<Arc<Failure>>,
    /// Why it was placed there.
    pub choice: Option<Choice>,
    /// Whether the bytes of its arguments chose the raylet.
    pub by_locality: bool,
    /// Time in which its body ran.
    pub busy: Span,
    /// Time in which it waited, by reason.
    pub waits: Waits,
    /// Bytes of its arguments that were not on its node when it was placed.
    pub bytes_in: u64,
    /// Bytes of its results.
    pub bytes_out: u64,
}

impl Attempt {
    /// The task's number.
    pub fn task(&self) -> TaskId {
        self.spec.id
    }

    /// The node that it was placed on.
    pub fn node(&self) -> Option<NodeId> {
        self.place.map(|(node, _)| node)
    }
}

/// Time spent waiting, by reason.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Waits {
    /// An argument did not exist.
    pub arguments: Span,
    /// No node had room, or the actor was busy.
    pub slot: Span,
    /// Its owner asked for a worker, and raylets decided or did not know of room that was there.
    pub lease: Span,
    /// A worker process had to start.
    pub process: Span,
    /// It was on its way from its owner to a worker, and into it.
    pub start: Span,
    /// Arguments were copied to its node.
    pub copies: Span,
    /// The node's store had no room.
    pub store: Span,
    /// Its body was blocked in `ray.get` or `ray.wait`.
    pub blocked: Span,
    /// The attempt before had failed, and its owner's beat had not come: time before it was submitted again.
    pub retry: Span,
}

impl Waits {
    /// All of it.
    pub fn total(self) -> Span {
        self.named().into_iter().fold(Span::ZERO, |sum, (_, span)| sum + span)
    }

    /// With names, in the order in which a task meets them.
    pub fn named(self) -> [(&'static str, Span); 9] {
        [
            ("retry", self.retry),
            ("arguments", self.arguments),
            ("slot", self.slot),
            ("lease", self.lease),
            ("process", self.process),
            ("start", self.start),
            ("copies", self.copies),
            ("store", self.store),
            ("blocked", self.blocked),
        ]
    }

    /// Adds another's times.
    pub fn add(&mut self, other: Waits) {
        self.arguments = self.arguments + other.arguments;
        self.slot = self.slot + other.slot;
        self.lease = self.lease + other.lease;
        self.process = self.process + other.process;
        self.start = self.start + other.start;
        self.retry = self.retry + other.retry;
        self.copies = self.copies + other.copies;
        self.store = self.store + other.store;
        self.blocked = self.blocked + other.blocked;
    }
}

/// A call of `ray.get` or `ray.wait`.
#[derive(Clone, Debug)]
pub struct CallRow {
    /// Who called.
    pub caller: Caller,
    /// Which of the two.
    pub kind: CallKind,
    /// The program's line.
    pub line: u32,
    /// When.
    pub called: Instant,
    /// When it returned or raised.
    pub returned: Option<Instant>,
    /// How many references were given.
    pub refs: u32,
    /// Positions that `ray.wait` found ready.
    pub ready: Option<Vec<u32>>,
    /// The class and the text of what it raised.
    pub error: Option<(String, String)>,
}

impl CallRow {
    /// Positions that `ray.wait` left.
    pub fn remaining(&self) -> Option<Vec<u32>> {
        let ready = self.ready.as_ref()?;
        let mut rest = ready.iter().peekable();
        let left = (0..self.refs).filter(|at| rest.next_if(|next| *next == at).is_none());
        Some(left.collect())
    }
}

/// Sums over the attempts of one function.
#[derive(Clone, Debug)]
pub struct FunctionUse {
    /// Its name.
    pub name: Arc<str>,
    /// Attempts.
    pub attempts: u32,
    /// Attempts that finished.
    pub finished: u32,
    /// Attempts that failed.
    pub failed: u32,
    /// Time in which bodies ran.
    pub busy: Span,
    /// The longest of them.
    pub longest: Span,
    /// Waiting by reason.
    pub waits: Waits,
    /// Bytes copied for them.
    pub bytes_in: u64,
    /// Bytes that they made.
    pub bytes_out: u64,
}

/// Sums over what happened on one node.
#[derive(Clone, Debug)]
pub struct NodeUse {
    /// Its name.
    pub name: Arc<str>,
    /// Its CPUs.
    pub cpus: Amount,
    /// Attempts whose bodies began there.
    pub attempts: u32,
    /// CPU time that bodies used.
    pub busy: Span,
    /// CPU time that there was while it lived.
    pub capacity: Span,
    /// Waiting of the tasks placed there, by reason.
    pub waits: Waits,
    /// Bytes copied to it.
    pub received: u64,
    /// Bytes copied from it.
    pub sent: u64,
    /// Copies evicted from its store.
    pub evictions: u32,
    /// The most that its store held.
    pub store_peak: u64,
    /// When it died, if it did.
    pub died: Option<Instant>,
}

impl NodeUse {
    /// Share of its CPU time that was used.
    pub fn utilisation(&self) -> f64 {
        share(self.busy, self.capacity)
    }
}

/// Numbers about a whole run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// Tasks submitted.
    pub tasks: u32,
    /// Attempts that finished.
    pub finished: u32,
    /// Attempts that failed.
    pub failed: u32,
    /// Records in the trace.
    pub events: usize,
    /// Copies between nodes.
    pub transfers: u64,
    /// Bytes that they moved.
    pub bytes_moved: u64,
    /// Copies evicted to make room.
    pub evictions: u64,
    /// Objects spilled.
    pub spills: u64,
    /// Their bytes.
    pub bytes_spilled: u64,
    /// Objects restored.
    pub restores: u64,
    /// Their bytes.
    pub bytes_restored: u64,
    /// Objects that went into files because a store was full.
    pub fallbacks: u64,
    /// Tasks run again to make a lost object again.
    pub reconstructions: u32,
    /// The longest chain of computing along data dependencies: no cluster could be faster.
    pub critical_path: Span,
    /// The longest chain if the driver's own order counts too.
    pub program_path: Span,
    /// CPU time of all bodies.
    pub work: Span,
    /// CPUs of the cluster at its largest.
    pub slots: Amount,
    /// Work divided by slots: no schedule on this cluster could be faster.
    pub work_bound: Span,
    /// Share of all CPU time that bodies used.
    pub slot_utilisation: f64,
    /// Waiting by reason, over all tasks.
    pub waits: Waits,
}

impl Metrics {
    /// The larger of the two bounds.
    pub fn lower_bound(&self) -> Span {
        self.critical_path.max(self.work_bound)
    }

    /// What went to disk and came back, in words; `None` if nothing did.
    pub fn spilling(&self) -> Option<String> {
        let objects = |count: u64| words::count(count as usize, "object");
        let bytes = |what: &str, bytes: u64, count: u64| {
            (count > 0).then(|| format!("{what} {} in {}", show_bytes(bytes), objects(count)))
        };
        let files = (self.fallbacks > 0)
            .then(|| format!("{} in files because a store was full", objects(self.fallbacks)));
        let parts = [
            bytes("spilled", self.bytes_spilled, self.spills),
            bytes("restored", self.bytes_restored, self.restores),
            files,
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

impl Report {
    /// The report on `trace`: three passes over its records.
    pub fn of(trace: &Trace) -> Report {
        let mut tally = Tally::new(trace);
        for record in &trace.records {
            tally.add(record);
        }
        let mut report = tally.finish(trace);
        let chains = longest_chains(trace);
        report.metrics.critical_path = chains.data;
        report.metrics.program_path = chains.program;
        report.path = RealisedPath::of(trace);
        report
    }

    /// How far the makespan is above the lower bound, as a share of the bound.
    pub fn above_bound(&self) -> Option<f64> {
        let bound = self.metrics.lower_bound();
        (bound > Span::ZERO).then(|| share(self.makespan, bound) - 1.0)
    }
}

/// A part of a whole; 0 of nothing.
pub(super) fn share(part: Span, whole: Span) -> f64 {
    if whole == Span::ZERO { 0.0 } else { part.as_nanos() as f64 / whole.as_nanos() as f64 }
}
