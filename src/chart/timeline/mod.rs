//! A run as lanes over time: one for the driver, one for each worker, one for the copies into each node.
//!
//! A lane's bars lie in rows in which no two overlap, so a window is found by halving. A window with more bars than
//! can be seen is asked for its density instead, whose cost goes with what is drawn and not with what is there.

mod build;
mod doing;

use crate::base::{Instant, NodeId, ObjectId, TaskId, WorkerId};
use crate::chart::curve::Curve;
use crate::chart::functions::Functions;
use crate::replay::{Entity, History};
use crate::state::State;
use std::ops::Range;

pub use doing::{Doing, Ending, Phase, phases_of};
pub(crate) use doing::{Life, change};

/// All lanes of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Timeline {
    /// The driver's, then node by node the workers' and that of the node's link.
    pub lanes: Vec<Lane>,
    /// The lanes of each node, in the order of nodes.
    pub nodes: Vec<NodeLanes>,
    /// When the run ended.
    pub end: Instant,
    /// The functions, by which bars are coloured.
    pub functions: Functions,
    /// The lane of each place, by place.
    places: Vec<(Place, u32)>,
}

/// The lanes of a node.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeLanes {
    /// The node.
    pub node: NodeId,
    /// Which lanes: its workers', then that of its link if anything was ever copied there.
    pub lanes: Range<usize>,
    /// How many of its workers were at work, those that were blocked in a call left out.
    pub busy: Curve,
    /// How many can be: its CPUs, or its workers where it has no whole one or died.
    pub slots: u32,
}

/// A lane.
#[derive(Clone, PartialEq, Debug)]
pub struct Lane {
    /// Whose it is.
    pub place: Place,
    /// Since when it is there.
    pub born: Instant,
    /// When the worker or the node died, if it did.
    pub died: Option<Instant>,
    /// Row by row, each from left to right.
    bars: Vec<Bar>,
    /// Where each row begins in `bars`, and the end of the last one.
    rows: Vec<u32>,
    /// The time in nanoseconds that the bars before each one are busy, in the order of `bars`.
    busy: Vec<u64>,
}

/// Whose a lane is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// The driver's program.
    Driver,
    /// A worker's.
    Worker(WorkerId),
    /// Copies into that node.
    Link(NodeId),
}

/// Something that lasts. 32 bytes: a run of a million tasks has three million of them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bar {
    /// When it began.
    pub from: Instant,
    /// When it ended.
    pub to: Instant,
    /// What it is.
    pub what: What,
    /// What came of it.
    pub ending: Ending,
}

/// What a bar tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// What a task does, or waits for.
    Task {
        /// The task.
        task: TaskId,
        /// What it does.
        doing: Doing,
        /// Whether its body begins here.
        begins: bool,
    },
    /// What the driver does.
    Driver(Doing),
    /// A copy.
    Copy {
        /// Of what.
        object: ObjectId,
        /// From where.
        from: NodeId,
    },
}

impl Bar {
    /// The task, if it is one's.
    pub fn task(&self) -> Option<TaskId> {
        match self.what {
            What::Task { task, .. } => Some(task),
            What::Driver(_) | What::Copy { .. } => None,
        }
    }

    /// What a click on it selects.
    pub fn about(&self) -> Option<Entity> {
        match self.what {
            What::Task { task, .. } => Some(Entity::Task(task)),
            What::Copy { object, .. } => Some(Entity::Object(object)),
            What::Driver(_) => None,
        }
    }

    /// What is done, if it is no copy.
    pub fn doing(&self) -> Option<Doing> {
        match self.what {
            What::Task { doing, .. } | What::Driver(doing) => Some(doing),
            What::Copy { .. } => None,
        }
    }

    /// Whether the lane is in use: a bar of waiting before a task came there is not.
    pub fn is_busy(&self) -> bool {
        self.doing().is_none_or(Doing::is_busy)
    }
}

/// A stretch of a lane that is too short for its bars.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Bucket {
    /// How many bars were busy at a time, on average.
    pub busy: f32,
    /// The bar in its middle, or nearest to it: the one whose colour it has.
    pub bar: Option<u32>,
}

impl Timeline {
    /// One pass over the records; memory goes with the bars.
    pub fn of(history: &History) -> Timeline {
        build::timeline(history)
    }

    /// The index of a lane.
    pub fn lane_of(&self, place: Place) -> Option<usize> {
        let at = self.places.binary_search_by_key(&place, |(known, _)| *known).ok()?;
        Some(self.places[at].1 as usize)
    }

    /// What a lane is called.
    pub fn label(&self, place: Place, state: &State) -> String {
        match place {
            Place::Driver => "driver".to_owned(),
            Place::Worker(worker) => {
                let row = &state.workers[worker];
                format!("{} worker {}", state.node_name(row.node), row.number)
            }
            Place::Link(node) => format!("copies to {}", state.node_name(node)),
        }
    }
}

impl Place {
    /// What a click on its label selects.
    pub fn about(self) -> Option<Entity> {
        match self {
            Place::Driver => None,
            Place::Worker(worker) => Some(Entity::Worker(worker)),
            Place::Link(node) => Some(Entity::Link(node)),
        }
    }
}

impl Lane {
    /// All bars, row by row, each row from left to right.
    pub fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// How many rows overlapping bars need; none without bars.
    pub fn rows(&self) -> usize {
        self.rows.len() - 1
    }

    /// The bars of a row.
    pub fn row(&self, row: usize) -> &[Bar] {
        &self.bars[self.row_range(row)]
    }

    fn row_range(&self, row: usize) -> Range<usize> {
        self.rows[row] as usize..self.rows[row + 1] as usize
    }

    /// The bars of a row that are at least partly from `from` to `to`, both included.
    pub fn visible(&self, row: usize, from: Instant, to: Instant) -> &[Bar] {
        let bars = self.row(row);
        let first = bars.partition_point(|bar| bar.to < from);
        let last = bars.partition_point(|bar| bar.from <= to).max(first);
        &bars[first..last]
    }

    /// How many bars a window has, waiting ones included.
    pub fn count(&self, from: Instant, to: Instant) -> usize {
        (0..self.rows()).map(|row| self.visible(row, from, to).len()).sum()
    }

    /// The bar at a time in a row.
    pub fn bar_at(&self, row: usize, at: Instant) -> Option<&Bar> {
        self.visible(row, at, at).first()
    }

    /// The window from `from` to `to` in as many stretches as `out` is long.
    pub fn density(&self, from: Instant, to: Instant, out: &mut [Bucket]) {
        out.fill(Bucket::default());
        let whole = u128::from(to.since(from).as_nanos());
        let count = out.len();
        let edge = |n: usize| from.as_nanos() + (whole * n as u128 / count.max(1) as u128) as u64;
        // Many rows are few bars each: going through those is less than halving in every row.
        if self.rows() > MOST_HALVED {
            return self.fill(from, to, out);
        }
        for row in 0..self.rows() {
            let mut before = self.busy_until(row, edge(0));
            for (n, bucket) in out.iter_mut().enumerate() {
                let (left, right) = (edge(n), edge(n + 1));
                let until = self.busy_until(row, right);
                if until > before {
                    bucket.busy += (until - before) as f32 / (right - left).max(1) as f32;
                    bucket.bar = bucket.bar.or_else(|| self.busiest_at(row, left, right));
                }
                before = until;
            }
        }
    }

    /// The busy nanoseconds of a row before `at`.
    fn busy_until(&self, row: usize, at: u64) -> u64 {
        let range = self.row_range(row);
        let bars = &self.bars[range.clone()];
        let after = bars.partition_point(|bar| bar.from.as_nanos() < at);
        let Some(last) = after.checked_sub(1) else { return 0 };
        let bar = &bars[last];
        let sum = self.busy[range.start + last] - self.busy[range.start];
        let part = at.min(bar.to.as_nanos()) - bar.from.as_nanos();
        sum + if bar.is_busy() { part } else { 0 }
    }

    /// A busy bar in the middle of a stretch, or near it, or at the beginning.
    fn busiest_at(&self, row: usize, left: u64, right: u64) -> Option<u32> {
        let range = self.row_range(row);
        let bars = &self.bars[range.clone()];
        let middle = left + (right - left) / 2;
        let after = bars.partition_point(|bar| bar.from.as_nanos() <= middle);
        let near = after.saturating_sub(NEAR)..(after + NEAR).min(bars.len());
        let inside = |at: &usize| {
            let bar = &bars[*at];
            bar.is_busy() && bar.from.as_nanos() < right && bar.to.as_nanos() > left
        };
        let overlap =
            |at: &usize| bars[*at].to.as_nanos().min(right) - bars[*at].from.as_nanos().max(left);
        let first = bars.partition_point(|bar| bar.to.as_nanos() <= left);
        let begin = first..(first + NEAR).min(bars.len());
        let found =
            near.filter(inside).max_by_key(overlap).or_else(|| begin.into_iter().find(inside));
        found.map(|at| (range.start + at) as u32)
    }

    /// The same, bar by bar.
    fn fill(&self, from: Instant, to: Instant, out: &mut [Bucket]) {
        let (start, whole) = (from.as_nanos(), to.since(from).as_nanos());
        if whole == 0 || out.is_empty() {
            return;
        }
        let width = whole as f64 / out.len() as f64;
        for (at, bar) in self.bars.iter().enumerate() {
            if bar.to <= from || bar.from >= to || !bar.is_busy() {
                continue;
            }
            let left = bar.from.as_nanos().saturating_sub(start) as f64 / width;
            let right = (bar.to.as_nanos() - start).min(whole) as f64 / width;
            let last = (right.ceil() as usize).min(out.len());
            for (n, bucket) in out.iter_mut().enumerate().take(last).skip(left as usize) {
                let share = right.min((n + 1) as f64) - left.max(n as f64);
                bucket.busy += share.max(0.0) as f32;
                bucket.bar = bucket.bar.or(Some(at as u32));
            }
        }
    }
}

/// Up to so many rows are asked for their density by halving.
const MOST_HALVED: usize = 8;
/// So many bars on each side of a middle are looked at for the one whose colour is shown.
const NEAR: usize = 2;

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
