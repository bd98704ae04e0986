//! Two or more runs side by side, and where the first two part.

use crate::analysis::placement::placement;
use crate::analysis::report::Report;
use crate::analysis::words;
use crate::base::{Instant, NodeId, TaskId};
use crate::state::{Event, State};
use crate::trace::diff::header_differences;
use crate::trace::{Names, Record, Trace, first_divergence};
use std::collections::BTreeMap;

/// A number of each run.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// What it is.
    pub name: &'static str,
    /// How it is read.
    pub unit: Unit,
    /// One value for each run.
    pub values: Vec<f64>,
}

/// How a number is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// A share of one.
    Share,
    /// Bytes.
    Bytes,
    /// A plain count.
    Count,
}

/// Where two runs part.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What differs in what was run: `policy`, `seed`, ...
    pub inputs: Vec<&'static str>,
    /// The first record that differs; `None` if the runs are equal.
    pub divergence: Option<Parting>,
    /// The first task that was placed on another node.
    pub moved: Option<Moved>,
}

/// The first record that differs.
#[derive(Clone, Debug)]
pub struct Parting {
    /// Its index.
    pub index: usize,
    /// When, in the earlier of the two.
    pub at: Instant,
    /// What happened in the first run; `None` if it was over.
    pub left: Option<String>,
    /// What happened in the second run.
    pub right: Option<String>,
}

/// A task that the two runs placed on different nodes.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Its name.
    pub name: String,
    /// The first run's decision.
    pub left: Decided,
    /// The second run's decision.
    pub right: Decided,
}

/// A decision in words.
#[derive(Clone, Debug)]
pub struct Decided {
    /// When.
    pub at: Instant,
    /// The node.
    pub node: NodeId,
    /// Its name.
    pub node_name: String,
    /// Why that raylet was asked, and the rule with its numbers.
    pub why: String,
}

/// The numbers of the runs, side by side.
pub fn metrics(reports: &[&Report]) -> Vec<Metric> {
    let row = |name, unit, value: &dyn Fn(&Report) -> f64| Metric {
        name,
        unit,
        values: reports.iter().map(|report| value(report)).collect(),
    };
    let seconds = |name, value: &dyn Fn(&Report) -> crate::base::Span| {
        row(name, Unit::Seconds, &|report| value(report).as_secs())
    };
    vec![
        seconds("makespan", &|r| r.makespan),
        seconds("critical path", &|r| r.metrics.critical_path),
        seconds("work / slots", &|r| r.metrics.work_bound),
        row("above the bound", Unit::Share, &|r| r.above_bound().unwrap_or(0.0)),
        row("slot utilisation", Unit::Share, &|r| r.metrics.slot_utilisation),
        seconds("waited: arguments", &|r| r.metrics.waits.arguments),
        seconds("waited: slot", &|r| r.metrics.waits.slot),
        seconds("waited: lease", &|r| r.metrics.waits.lease),
        seconds("waited: process", &|r| r.metrics.waits.process),
        seconds("waited: start", &|r| r.metrics.waits.start),
        seconds("waited: retry", &|r| r.metrics.waits.retry),
        seconds("waited: copies", &|r| r.metrics.waits.copies),
        seconds("waited: store", &|r| r.metrics.waits.store),
        seconds("waited: blocked", &|r| r.metrics.waits.blocked),
        row("copies", Unit::Count, &|r| r.metrics.transfers as f64),
        row("bytes moved", Unit::Bytes, &|r| r.metrics.bytes_moved as f64),
        row("bytes spilled", Unit::Bytes, &|r| r.metrics.bytes_spilled as f64),
        row("bytes restored", Unit::Bytes, &|r| r.metrics.bytes_restored as f64),
        row("evictions", Unit::Count, &|r| r.metrics.evictions as f64),
        row("rebuilt", Unit::Count, &|r| f64::from(r.metrics.reconstructions)),
        row("failed attempts", Unit::Count, &|r| f64::from(r.metrics.failed)),
        row("tasks", Unit::Count, &|r| f64::from(r.metrics.tasks)),
    ]
}

/// Where two runs part, in words.
pub fn compare(left: &Trace, right: &Trace) -> Comparison {
    let divergence = first_divergence(left, right).map(|found| {
        let at = |record: &Option<Record>| record.as_ref().map(|record| record.at);
        let earlier = at(&found.left).into_iter().chain(at(&found.right)).min();
        Parting {
            index: found.index,
            at: earlier.unwrap_or_default(),
            left: told(left, found.index, found.left.as_ref()),
            right: told(right, found.index, found.right.as_ref()),
        }
    });
    let moved = if divergence.is_some() { first_moved(left, right) } else { None };
    Comparison { inputs: header_differences(&left.header, &right.header), divergence, moved }
}

fn told(trace: &Trace, index: usize, record: Option<&Record>) -> Option<String> {
    let record = record?;
    let state = state_before(trace, index);
    Some(format!("{} at {}", words::event(&state, &record.event, &Names::of(trace)), record.at))
}

fn state_before(trace: &Trace, index: usize) -> State {
    let mut state = trace.initial_state();
    for record in &trace.records[..index] {
        state.apply(record.at, &record.event);
    }
    state
}

/// The first placement of each task: the index of its record.
fn first_placements(trace: &Trace) -> BTreeMap<TaskId, (usize, NodeId)> {
    let mut state = trace.initial_state();
    let mut found = BTreeMap::new();
    for (index, record) in trace.records.iter().enumerate() {
        if let Event::TaskPlaced { task, worker, .. } = &record.event {
            found.entry(*task).or_insert((index, state.node_of(*worker)));
        }
        state.apply(record.at, &record.event);
    }
    found
}

/// The task that the first run placed first among those that the second placed elsewhere.
fn first_moved(left: &Trace, right: &Trace) -> Option<Moved> {
    let (here, there) = (first_placements(left), first_placements(right));
    let moved = here.iter().filter_map(|(task, (index, node))| {
        let (other, other_node) = there.get(task)?;
        (node != other_node).then_some((*index, *other, *task))
    });
    let (index, other, task) = moved.min()?;
    Some(Moved {
        name: Names::of(left).task(task),
        left: decided(left, index)?,
        right: decided(right, other)?,
    })
}

fn decided(trace: &Trace, index: usize) -> Option<Decided> {
    let record = &trace.records[index];
    let Event::TaskPlaced { task, worker, choice } = &record.event else { return None };
    let state = state_before(trace, index);
    let names = Names::of(trace);
    let found = placement(&state, &trace.header.parameters, &names, *task, *worker, *choice);
    Some(Decided {
        at: record.at,
        node: found.node,
        node_name: names.node(found.node).into_owned(),
        why: format!("{}: {}", found.home, found.rule),
    })
}
