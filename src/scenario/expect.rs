//! What a scenario says should come out, for `rayscope test`.

use crate::base::{NodeId, Span};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::nodes::NodeTable;
use crate::scenario::quantity::Measure;
use crate::scenario::read::range_of;
use jsonc_parser::ast::Value;
use std::ops::Range;

/// Keys of `expect`.
pub const EXPECT_KEYS: &[&str] = &[
    "makespan",
    "stdout",
    "order",
    "placement",
    "waits",
    "bytes_moved",
    "spilled",
    "outcome",
    "error",
];
/// Keys of a range.
pub const BOUNDS_KEYS: &[&str] = &["min", "max"];
/// Keys of an expected call of `ray.wait`.
pub const WAITS_KEYS: &[&str] = &["ready", "remaining"];

/// Something expected, and the line of the scenario that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected<T> {
    /// What is expected.
    pub value: T,
    /// The line in the scenario's file.
    pub line: usize,
    /// The bytes in the scenario's file.
    pub range: Range<usize>,
}

/// A range of nanoseconds or bytes; both ends belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Least.
    pub min: u64,
    /// Most.
    pub max: u64,
    /// As it was written, for messages.
    pub text: String,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The driver came to its end.
    Finished,
    /// An exception reached the driver.
    Failed,
    /// Something asked for more than any node has.
    Infeasible,
    /// Everything waits for something else.
    Deadlock,
    /// The program turns in circles without time passing.
    Livelock,
    /// A limit was reached.
    Limit,
}

/// The words for outcomes.
pub const OUTCOMES: &[(&str, Outcome)] = &[
    ("finished", Outcome::Finished),
    ("failed", Outcome::Failed),
    ("infeasible", Outcome::Infeasible),
    ("deadlock", Outcome::Deadlock),
    ("livelock", Outcome::Livelock),
    ("limit", Outcome::Limit),
];

/// One finished before the other started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The task that has finished.
    pub first: String,
    /// The task that starts then or later.
    pub then: String,
}

/// Where a task may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The task's name.
    pub task: String,
    /// The nodes that are right.
    pub nodes: Vec<NodeId>,
}

/// What a call of `ray.wait` returned, as positions in the list given to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitResult {
    /// Positions that were ready.
    pub ready: Vec<usize>,
    /// Positions that were not.
    pub remaining: Vec<usize>,
}

/// All that is expected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// The driver's time from first statement to last, in nanoseconds.
    pub makespan: Option<Expected<Bounds>>,
    /// Lines of output that come in this order, others between them.
    pub stdout: Vec<Expected<String>>,
    /// Which tasks come after which.
    pub order: Vec<Expected<Order>>,
    /// Where tasks run.
    pub placement: Vec<Expected<Placement>>,
    /// The calls of `ray.wait`, all of them in order.
    pub waits: Option<Expected<Vec<Expected<WaitResult>>>>,
    /// Bytes that went over the network.
    pub bytes_moved: Option<Expected<Bounds>>,
    /// Bytes that were spilled.
    pub spilled: Option<Expected<Bounds>>,
    /// How the run ends.
    pub outcome: Option<Expected<Outcome>>,
    /// A text in the error's message.
    pub error: Option<Expected<String>>,
}

impl Expect {
    /// Whether nothing is expected.
    pub fn is_empty(&self) -> bool {
        *self == Expect::default()
    }
}

fn at<T>(r: &Reporter, range: &Range<usize>, value: T) -> Expected<T> {
    Expected { value, line: r.source().position(range.start).line, range: range.clone() }
}

/// Reads the key `expect`. Whether tasks exist is for the caller to check.
pub fn read_expect(r: &mut Reporter, value: &Value<'_>, table: &NodeTable) -> Option<Expect> {
    let fields = r.fields(value, "expect", EXPECT_KEYS)?;
    let bounds = |r: &mut Reporter, key: &'static str, measure| {
        let value = fields.get(key)?;
        read_bounds(r, value, key, measure).map(|bounds| at(r, &range_of(value), bounds))
    };
    let makespan = bounds(r, "makespan", Measure::Time);
    let bytes_moved = bounds(r, "bytes_moved", Measure::Size);
    let spilled = bounds(r, "spilled", Measure::Size);
    let mut expect = Expect { makespan, bytes_moved, spilled, ..Expect::default() };
    if let Some(value) = fields.get("stdout") {
        for line in r.list(value, "stdout").unwrap_or_default() {
            let text = r.text(line, "a line of output").map(str::to_owned);
            expect.stdout.extend(text.map(|text| at(r, &range_of(line), text)));
        }
    }
    if let Some(value) = fields.get("order") {
        for line in r.list(value, "order").unwrap_or_default() {
            let order = read_order(r, line);
            expect.order.extend(order.map(|order| at(r, &range_of(line), order)));
        }
    }
    if let Some(value) = fields.get("placement") {
        for entry in r.entries(value, "placement").unwrap_or_default() {
            let nodes = read_nodes(r, entry.value, table);
            let placement = Placement { task: entry.key.to_owned(), nodes };
            expect.placement.push(at(r, &entry.range, placement));
        }
    }
    if let Some(value) = fields.get("waits") {
        let list = r.list(value, "waits").unwrap_or_default();
        let waits = list.iter().filter_map(|v| read_wait(r, v).map(|w| at(r, &range_of(v), w)));
        let waits = waits.collect();
        expect.waits = Some(at(r, &range_of(value), waits));
    }
    if let Some(value) = fields.get("outcome") {
        let outcome = r.choice(value, "the outcome", OUTCOMES);
        expect.outcome = outcome.map(|outcome| at(r, &range_of(value), outcome));
    }
    if let Some(value) = fields.get("error") {
        let text = r.text(value, "the error").map(str::to_owned);
        expect.error = text.map(|text| at(r, &range_of(value), text));
    }
    Some(expect)
}

fn read_bounds(
    r: &mut Reporter,
    value: &Value<'_>,
    key: &'static str,
    measure: Measure,
) -> Option<Bounds> {
    let one = |r: &mut Reporter, value: &Value<'_>, what: &str| match measure {
        Measure::Time => r.time(value, what).map(Span::as_nanos),
        Measure::Size => r.size(value, what),
    };
    let bounds = match value {
        Value::StringLit(text) => parse_bounds(r, &text.value, range_of(value), key, measure)?,
        Value::Object(_) => {
            let fields = r.fields(value, "a range", BOUNDS_KEYS)?;
            let min = fields.get("min").map_or(Some(0), |v| one(r, v, "the least"));
            let max = fields.get("max").map_or(Some(u64::MAX), |v| one(r, v, "the most"));
            let source = std::sync::Arc::clone(r.source());
            let text = source.text.get(range_of(value)).unwrap_or_default().to_owned();
            Bounds { min: min?, max: max?, text }
        }
        _ => {
            one(r, value, key)?;
            return None;
        }
    };
    if bounds.min > bounds.max {
        r.say(Code::BadExpectation, range_of(value), format!("{key}: nothing lies in this range"));
        return None;
    }
    Some(bounds)
}

/// `8s`, `8s ± 10ms`, `8s +- 10ms`, `<= 8s`, `>= 2s`.
fn parse_bounds(
    r: &mut Reporter,
    text: &str,
    range: Range<usize>,
    key: &str,
    measure: Measure,
) -> Option<Bounds> {
    let mut one = |part: &str| match measure {
        Measure::Time => r.time_text(part.trim(), range.clone(), key).map(Span::as_nanos),
        Measure::Size => r.size_text(part.trim(), range.clone(), key),
    };
    let bounds = |min, max| Some(Bounds { min, max, text: text.to_owned() });
    let trimmed = text.trim();
    if let Some(rest) = trimmed.strip_prefix("<=") {
        return bounds(0, one(rest)?);
    }
    if let Some(rest) = trimmed.strip_prefix(">=") {
        return bounds(one(rest)?, u64::MAX);
    }
    let split = trimmed.split_once('±').or_else(|| trimmed.split_once("+-"));
    if let Some((middle, tolerance)) = split {
        let (middle, tolerance) = (one(middle)?, one(tolerance)?);
        return bounds(middle.saturating_sub(tolerance), middle.saturating_add(tolerance));
    }
    let exact = one(trimmed)?;
    bounds(exact, exact)
}

fn read_order(r: &mut Reporter, value: &Value<'_>) -> Option<Order> {
    let text = r.text(value, "an order")?;
    let parts = text.split_once('<').map(|(first, then)| (first.trim(), then.trim()));
    match parts {
        Some((first, then)) if !first.is_empty() && !then.is_empty() && !then.contains('<') => {
            Some(Order { first: first.to_owned(), then: then.to_owned() })
        }
        _ => {
            let help = "write \"a < b\": a has finished when b starts";
            r.advise(
                Code::BadExpectation,
                range_of(value),
                format!("`{text}` is not an order"),
                help,
            );
            None
        }
    }
}

fn read_nodes(r: &mut Reporter, value: &Value<'_>, table: &NodeTable) -> Vec<NodeId> {
    match value {
        Value::Array(list) => list.elements.iter().filter_map(|v| table.find(r, v)).collect(),
        _ => table.find(r, value).into_iter().collect(),
    }
}

fn read_wait(r: &mut Reporter, value: &Value<'_>) -> Option<WaitResult> {
    let fields = r.fields(value, "a wait", WAITS_KEYS)?;
    let mut positions = |key: &'static str| {
        let value = fields.need(r, key)?;
        let list = r.list(value, key)?;
        let each = list.iter().map(|v| r.whole(v, "a position", (0, u64::from(u32::MAX))));
        let numbers: Vec<_> = each.map(|number| number.map(|n| n as usize)).collect();
        numbers.into_iter().collect::<Option<Vec<usize>>>()
    };
    let (ready, remaining) = (positions("ready"), positions("remaining"));
    Some(WaitResult { ready: ready?, remaining: remaining? })
}
