//! A run's result as JSON. The fields of DESIGN.md §3 are a promise; others may be added.

use crate::cli::load::Ran;
use rayscope::analysis::{Attempt, CallRow, Report, Segment, SegmentKind, Waits, words};
use rayscope::base::id::Id;
use rayscope::base::{Instant, Span};
use rayscope::model::{Caller, TaskKind};
use rayscope::state::{CallKind, Outcome};
use rayscope::trace::Names;
use serde_json::{Map, Value, json};

/// The whole result.
pub fn result(ran: &Ran, report: &Report) -> Value {
    let header = &ran.trace.header;
    let names = Names::of(&ran.trace);
    let error = report.outcome.as_deref().and_then(words::outcome);
    let lines = report.output.iter().flat_map(|printed| printed.text.split('\n'));
    let waits = report.calls.iter().filter(|call| matches!(call.kind, CallKind::Wait { .. }));
    json!({
        "schema": "rayscope.result/1",
        "name": header.name,
        "policy": header.policy,
        "profile": ran.profile,
        "seed": header.seed,
        "makespan_s": report.makespan.as_secs(),
        "makespan_ns": report.makespan.as_nanos(),
        "error": error,
        "outcome": report.outcome.as_deref().map_or("cut", Outcome::word),
        "traceback": traceback(report),
        "warnings": ran.warnings.as_ref().map_or(&[][..], |found| found.list()),
        "stdout": lines.collect::<Vec<_>>(),
        "tasks": report.attempts.iter().map(|row| task(row, &names)).collect::<Vec<_>>(),
        "waits": waits.map(|call| wait(call, &names)).collect::<Vec<_>>(),
        "functions": functions(report),
        "nodes": nodes(report),
        "path": path(report, &names),
        "metrics": metrics(report),
    })
}

fn traceback(report: &Report) -> Value {
    match report.outcome.as_deref() {
        Some(Outcome::ProgramFailed { failure, .. }) => match &failure.kind {
            rayscope::state::FailureKind::Exception { traceback, .. } => json!(traceback),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

fn seconds(at: Option<Instant>) -> Value {
    at.map_or(Value::Null, |at| json!(at.as_secs()))
}

fn nanos(at: Option<Instant>) -> Value {
    at.map_or(Value::Null, |at| json!(at.as_nanos()))
}

/// A task's name as Ray's state API has it.
fn task(row: &Attempt, names: &Names) -> Value {
    json!({
        "task": row.task().number(),
        "name": row.spec.label(),
        "called": names.task(row.task()),
        "function": *row.spec.function,
        "kind": match row.spec.kind {
            TaskKind::Normal => "NORMAL_TASK",
            TaskKind::ActorCreation(_) => "ACTOR_CREATION_TASK",
            TaskKind::ActorCall(_) => "ACTOR_TASK",
        },
        "attempt": row.attempt,
        "node": row.node().map(|node| node.index()),
        "worker": row.place.map(|(_, worker)| worker),
        "submitted_s": row.submitted.as_secs(),
        "ready_s": seconds(row.ready),
        "placed_s": seconds(row.placed),
        "started_s": seconds(row.started),
        "finished_s": seconds(row.ended),
        "submitted_ns": row.submitted.as_nanos(),
        "started_ns": nanos(row.started),
        "finished_ns": nanos(row.ended),
        "state": row.state,
        "error": row.failure.as_ref().map(|failure| failure.to_string()),
        "rule": row.choice.map(|choice| format!("{:?}", choice.rule)),
        "busy_s": row.busy.as_secs(),
        "waited": waited(row.waits),
        "bytes_in": row.bytes_in,
        "bytes_out": row.bytes_out,
    })
}

fn waited(waits: Waits) -> Value {
    let each = waits.named().map(|(name, span)| (format!("{name}_s"), json!(span.as_secs())));
    Value::Object(Map::from_iter(each))
}

fn wait(call: &CallRow, names: &Names) -> Value {
    let num_returns = match call.kind {
        CallKind::Wait { num_returns, .. } if num_returns > 0 => Some(num_returns),
        CallKind::Wait { .. } | CallKind::Get | CallKind::Next => None,
    };
    json!({
        "caller": match call.caller {
            Caller::Driver => Value::Null,
            Caller::Task(task) => json!(names.task(task)),
        },
        "line": (call.line > 0).then_some(call.line),
        "called_s": call.called.as_secs(),
        "returned_s": seconds(call.returned),
        "called_ns": call.called.as_nanos(),
        "returned_ns": nanos(call.returned),
        "n": call.refs,
        "num_returns": num_returns,
        "ready": call.ready,
        "remaining": call.remaining(),
        "error": call.error.as_ref().map(|(class, _)| class),
        "message": call.error.as_ref().map(|(_, message)| message),
    })
}

fn functions(report: &Report) -> Value {
    let each = report.functions.iter().map(|row| {
        json!({
            "name": *row.name, "attempts": row.attempts, "finished": row.finished,
            "failed": row.failed, "busy_s": row.busy.as_secs(), "longest_s": row.longest.as_secs(),
            "waited": waited(row.waits), "bytes_in": row.bytes_in, "bytes_out": row.bytes_out,
        })
    });
    each.collect()
}

fn nodes(report: &Report) -> Value {
    let each = report.nodes.iter().map(|row| {
        json!({
            "name": *row.name, "cpus": row.cpus.as_f64(), "attempts": row.attempts,
            "busy_s": row.busy.as_secs(), "utilisation": row.utilisation(),
            "waited": waited(row.waits), "bytes_received": row.received, "bytes_sent": row.sent,
            "evictions": row.evictions, "store_peak": row.store_peak, "died_s": seconds(row.died),
        })
    });
    each.collect()
}

fn path(report: &Report, names: &Names) -> Value {
    let shares =
        report.path.shares().map(|(word, span)| (format!("{word}_s"), json!(span.as_secs())));
    let segments = report.path.segments.iter().map(|segment| {
        json!({
            "from_s": segment.from.as_secs(), "to_s": segment.to.as_secs(),
            "kind": segment.kind.word(), "what": subject(segment, names),
            "after": format!("{:?}", segment.link).to_lowercase(),
        })
    });
    json!({"shares": Map::from_iter(shares), "segments": segments.collect::<Vec<_>>()})
}

/// What a segment of the realised path is about.
pub fn subject(segment: &Segment, names: &Names) -> String {
    match segment.kind {
        SegmentKind::Compute(task)
        | SegmentKind::Slot(task)
        | SegmentKind::Lease(task)
        | SegmentKind::Process(task)
        | SegmentKind::Start(task)
        | SegmentKind::Retry(task)
        | SegmentKind::Store(task) => names.task(task),
        SegmentKind::Driver => "the driver".to_owned(),
        SegmentKind::Transfer(object, to) => {
            format!("{} to {}", names.object(object), names.node(to))
        }
        SegmentKind::Call(caller) => names.caller(caller),
        SegmentKind::Outside => "from outside".to_owned(),
    }
}

/// The numbers about the whole.
pub fn metrics(report: &Report) -> Value {
    let m = &report.metrics;
    let secs = |span: Span| json!(span.as_secs());
    json!({
        "tasks": m.tasks, "finished": m.finished, "failed": m.failed, "events": m.events,
        "transfers": m.transfers, "bytes_moved": m.bytes_moved, "evictions": m.evictions,
        "spills": m.spills, "bytes_spilled": m.bytes_spilled, "restores": m.restores,
        "bytes_restored": m.bytes_restored, "fallbacks": m.fallbacks,
        "reconstructions": m.reconstructions,
        "critical_path_s": secs(m.critical_path), "critical_path_ns": m.critical_path.as_nanos(),
        "program_path_s": secs(m.program_path),
        "work_s": secs(m.work), "slots": m.slots.as_f64(), "work_bound_s": secs(m.work_bound),
        "lower_bound_s": secs(m.lower_bound()), "above_bound": report.above_bound(),
        "slot_utilisation": m.slot_utilisation, "waited": waited(m.waits),
    })
}
