//! What a run was like when somebody last looked at it and accepted it: the golden record of a scenario.
//!
//! Small runs keep their whole event log, as a trace; large ones keep metrics and a digest. Reading and comparing are
//! pure; the command line knows where the files are.

use crate::chart::{short, why};
use crate::trace::diff::header_differences;
use crate::trace::{Names, Record, Trace, first_divergence};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// A run with at most so many records keeps them all.
pub const MOST_RECORDS: usize = 400;
/// Records that are told before the one that differs.
const CONTEXT: usize = 3;
const VERSION: u32 = 1;

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
    pub fn change(&self, trace: &Trace) -> Option<Change> {
        let now = Metrics::of(trace);
        match self {
            Golden::Log(golden) => {
                let inputs = header_differences(&golden.header, &trace.header);
                let parting = part(golden, trace);
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

/// The first divergence in words. What came before is the same in both, so one state serves both sides.
fn part(golden: &Trace, now: &Trace) -> Option<Parting> {
    let divergence = first_divergence(golden, now)?;
    let names = Names::of(now);
    let mut state = now.initial_state();
    let mut before = Vec::new();
    let first_told = divergence.index.saturating_sub(CONTEXT);
    for (number, record) in now.records[..divergence.index].iter().enumerate() {
        if number >= first_told {
            before.push(format!("{}  {}", record.at, short(&state, &record.event, &names)));
        }
        state.apply(record.at, &record.event);
    }
    let tell = |record: &Option<Record>, names: &Names| match record {
        None => "nothing more".to_owned(),
        Some(record) => {
            let reason = why(&state, &record.event, names);
            let reason = if reason.is_empty() { reason } else { format!(" ({reason})") };
            format!("{}  {}{reason}", record.at, short(&state, &record.event, names))
        }
    };
    let golden_names = Names::of(golden);
    let mut left = tell(&divergence.left, &golden_names);
    let mut right = tell(&divergence.right, &names);
    if left == right {
        // The sentences are equal: the difference is in a detail that they leave out.
        left = format!("{left}  {:?}", divergence.left);
        right = format!("{right}  {:?}", divergence.right);
    }
    Some(Parting { record: divergence.index, before, golden: left, now: right })
}

#[cfg(test)]
#[path = "golden_tests.rs"]
mod tests;
