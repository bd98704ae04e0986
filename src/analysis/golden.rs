//! What a run was like when somebody last looked at it and accepted it: the golden record of a scenario.
//!
//! Small runs keep their whole event log, as a trace; large ones keep metrics and a digest. Reading and comparing are
//! pure; the command line knows where the files are.

use crate::state::{Event, State};
use crate::trace::diff::header_differences;
use crate::trace::encode::Encoder;
use crate::trace::{Names, Trace};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// A run with at most so many records keeps them all.
pub const MOST_RECORDS: usize = 400;
/// Records that are told before the one that differs.
const CONTEXT: usize = 3;
const VERSION: u32 = 1;

/// Tells an event in words, given the state before it; how is for the caller to say.
pub type Teller = fn(&State, &Event, &Names) -> String;

/// What is kept of an accepted run.
#[derive(Clone, Debug, PartialEq)]
pub enum Golden {
    /// Everything.
    Log(Box<Trace>),
    /// Metrics and a digest.
    Summary(Summary),
}

/// What is kept of a large run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// The version of this form.
    pub rayscope_golden: u32,
    /// Numbers about the run.
    pub metrics: Metrics,
    /// A fingerprint of all records.
    pub digest: String,
}

/// The numbers of a run that a regression report compares; all of them whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// The driver's time in nanoseconds.
    pub makespan_ns: u64,
    /// Records.
    pub events: u64,
    /// Tasks submitted.
    pub tasks: u64,
    /// Tasks finished.
    pub finished: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Copies between stores.
    pub transfers: u64,
    /// Bytes that they moved.
    pub bytes_moved: u64,
    /// Copies evicted.
    pub evictions: u64,
    /// Tasks run again to make a lost object again.
    pub reconstructions: u64,
}

/// How a metric is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds.
    Time,
    /// Bytes.
    Bytes,
    /// A plain number.
    Count,
}

impl Metrics {
    /// The metrics of a whole trace.
    pub fn of(trace: &Trace) -> Metrics {
        let mut state = trace.initial_state();
        for record in &trace.records {
            state.apply(record.at, &record.event);
        }
        let totals = state.totals;
        Metrics {
            makespan_ns: trace.end().as_nanos(),
            events: trace.records.len() as u64,
            tasks: totals.submitted.into(),
            finished: totals.finished.into(),
            failed: totals.failed.into(),
            transfers: totals.transfers,
            bytes_moved: totals.bytes_moved,
            evictions: totals.evictions,
            reconstructions: totals.reconstructions.into(),
        }
    }

    /// With names and units, in the order of the report.
    pub fn rows(&self) -> [(&'static str, Unit, u64); 9] {
        [
            ("makespan", Unit::Time, self.makespan_ns),
            ("events", Unit::Count, self.events),
            ("tasks", Unit::Count, self.tasks),
            ("finished", Unit::Count, self.finished),
            ("failed", Unit::Count, self.failed),
            ("transfers", Unit::Count, self.transfers),
            ("bytes moved", Unit::Bytes, self.bytes_moved),
            ("evictions", Unit::Count, self.evictions),
            ("reconstructions", Unit::Count, self.reconstructions),
        ]
    }
}

/// How a run differs from its golden record.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What was run differs: `policy`, `program` and so on.
    pub inputs: Vec<&'static str>,
    /// The golden metrics.
    pub golden: Metrics,
    /// The metrics now.
    pub now: Metrics,
    /// Where the two part, if both logs are known and differ.
    pub parting: Option<Parting>,
}

/// The first records that differ, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Parting {
    /// The record's number.
    pub record: usize,
    /// What both did before, a few steps.
    pub before: Vec<String>,
    /// What the golden run did.
    pub golden: String,
    /// What this run did.
    pub now: String,
}

impl Golden {
    /// What is kept of `trace`.
    pub fn of(trace: &Trace) -> Golden {
        if trace.records.len() <= MOST_RECORDS {
            return Golden::Log(Box::new(trace.clone()));
        }
        let (metrics, digest) = (Metrics::of(trace), digest(trace));
        Golden::Summary(Summary { rayscope_golden: VERSION, metrics, digest })
    }

    /// Its text.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Golden::Log(trace) => crate::trace::write(trace, out),
            Golden::Summary(summary) => {
                serde_json::to_writer_pretty(&mut *out, summary)?;
                out.write_all(b"\n")
            }
        }
    }

    /// Reads a golden event log.
    pub fn read_log(text: &str, file: &str) -> Result<Golden, String> {
        let trace = crate::trace::read(text.as_bytes(), file);
        let trace = trace.map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            lines.join("\n")
        });
        trace.map(|trace| Golden::Log(Box::new(trace)))
    }

    /// Reads golden metrics.
    pub fn read_summary(text: &str, file: &str) -> Result<Golden, String> {
        let summary: Summary =
            serde_json::from_str(text).map_err(|error| format!("{file}: {error}"))?;
        if summary.rayscope_golden != VERSION {
            let found = summary.rayscope_golden;
            return Err(format!("{file}: form {found}; this program reads {VERSION}"));
        }
        Ok(Golden::Summary(summary))
    }

    /// How `trace` differs; `None` if it does not.
    pub fn change(&self, trace: &Trace, tell: Teller) -> Option<Change> {
        let now = Metrics::of(trace);
        match self {
            Golden::Log(golden) => {
                let mut inputs = header_differences(&golden.header, &trace.header);
                let (same_tasks, at) = compare(golden, trace);
                if !same_tasks {
                    inputs.push("tasks");
                }
                let parting = at.map(|at| part(golden, trace, at, tell));
                let change = Change { inputs, golden: Metrics::of(golden), now, parting };
                (!change.inputs.is_empty() || change.parting.is_some()).then_some(change)
            }
            Golden::Summary(summary) => {
                let differs = summary.metrics != now || summary.digest != digest(trace);
                let golden = summary.metrics;
                differs.then_some(Change { inputs: Vec::new(), golden, now, parting: None })
            }
        }
    }
}

/// A fingerprint of the records, without the header: a parameter that is new in the program changes no run.
fn digest(trace: &Trace) -> String {
    let mut hash = Fnv { state: 0xcbf2_9ce4_8422_2325, in_header: true };
    crate::trace::write(trace, &mut hash).expect("hashing does not fail");
    format!("{:016x}", hash.state)
}

/// FNV-1a of everything after the first line.
struct Fnv {
    state: u64,
    in_header: bool,
}

impl Write for Fnv {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            if self.in_header {
                self.in_header = *byte != b'\n';
            } else {
                self.state = (self.state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether the same tasks were submitted, and the first record that differs. A task that was submitted with other
/// properties is what was run, not what became of it: the divergence is what follows from it.
fn compare(golden: &Trace, now: &Trace) -> (bool, Option<usize>) {
    let mut same_tasks = true;
    for (index, (left, right)) in golden.records.iter().zip(&now.records).enumerate() {
        if left == right {
            continue;
        }
        match (&left.event, &right.event) {
            (Event::TaskSubmitted(a), Event::TaskSubmitted(b))
                if (a.id, left.at, left.cause) == (b.id, right.at, right.cause) =>
            {
                same_tasks = false;
            }
            _ => return (same_tasks, Some(index)),
        }
    }
    let (a, b) = (golden.records.len(), now.records.len());
    (same_tasks, (a != b).then_some(a.min(b)))
}

/// The divergence at record `at` in words. Each side is told from its own state: the clusters may differ.
fn part(golden: &Trace, now: &Trace, at: usize, tell: Teller) -> Parting {
    let (_, mut golden_text) = told(golden, at, tell);
    let (before, mut now_text) = told(now, at, tell);
    if golden_text == now_text {
        // The sentences are equal: the difference is in a detail that they leave out.
        let (of_golden, of_now) = (fields(golden, at), fields(now, at));
        let only = |mine: &[String], other: &[String]| {
            let each = mine.iter().filter(|field| !other.contains(field)).cloned();
            each.collect::<Vec<_>>().join(", ")
        };
        golden_text = format!("{golden_text}  [{}]", only(&of_golden, &of_now));
        now_text = format!("{now_text}  [{}]", only(&of_now, &of_golden));
    }
    Parting { record: at, before, golden: golden_text, now: now_text }
}

/// The few records before `at` and that one, in words.
fn told(trace: &Trace, at: usize, tell: Teller) -> (Vec<String>, String) {
    let names = Names::of(trace);
    let mut state = trace.initial_state();
    let mut before = Vec::new();
    let first_told = at.saturating_sub(CONTEXT);
    for (number, record) in trace.records.iter().take(at).enumerate() {
        if number >= first_told {
            before.push(format!("{}  {}", record.at, tell(&state, &record.event, &names)));
        }
        state.apply(record.at, &record.event);
    }
    let Some(record) = trace.records.get(at) else { return (before, "nothing more".to_owned()) };
    (before, format!("{}  {}", record.at, tell(&state, &record.event, &names)))
}

/// A record field by field, as a trace's file writes it.
fn fields(trace: &Trace, at: usize) -> Vec<String> {
    let Some(record) = trace.records.get(at) else { return Vec::new() };
    let mut encoder = Encoder::new(trace.header.cluster.resource_names.clone());
    let line = serde_json::to_value(encoder.line(record)).unwrap_or_default();
    let map = line.as_object().cloned().unwrap_or_default();
    map.iter().map(|(name, value)| format!("{name}: {value}")).collect()
}

#[cfg(test)]
#[path = "golden_tests.rs"]
mod tests;
