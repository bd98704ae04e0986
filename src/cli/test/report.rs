//! The report for people and as JSON. Everything is said in words; nothing depends on colour.

use crate::cli::table::{Align, Table};
use crate::cli::test::case::{CaseResult, Status};
use rayscope::analysis::expectations::exact_time;
use rayscope::analysis::golden::{Change, Parting, Unit};
use rayscope::base::units::show_bytes;
use serde_json::{Value, json};

const INDENT: &str = "      ";

/// The word for a status.
pub fn word(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::New => "new",
        Status::Written => "written",
        Status::Updated => "updated",
        Status::Removed => "removed",
        Status::Failed => "FAIL",
    }
}

/// All that is said about one scenario.
pub fn lines(result: &CaseResult) -> Vec<String> {
    let mut head = format!("{:<7} {}", word(result.status), result.file.display());
    if result.status == Status::New {
        head.push_str("  (no golden record yet; --update writes one)");
    }
    let failed = result.status == Status::Failed;
    if let (true, Some((policy, seed))) = (failed, &result.settings) {
        head.push_str(&format!("  policy={policy} seed={seed}"));
    }
    let mut lines = vec![head];
    lines.extend(detail(result).iter().map(|line| format!("{INDENT}{line}").trim_end().to_owned()));
    lines
}

/// What is below the first line.
pub fn detail(result: &CaseResult) -> Vec<String> {
    let mut lines = Vec::new();
    for message in &result.messages {
        lines.extend(message.lines().map(str::to_owned));
    }
    if let Some(change) = &result.change {
        lines.extend(change_lines(change));
    }
    if let (Status::Failed, Some((_, seed))) = (result.status, &result.settings) {
        lines.push(format!(
            "reproduce: rayscope run {} --seed {seed}",
            quoted(&result.file.display().to_string())
        ));
    }
    lines
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

fn change_lines(change: &Change) -> Vec<String> {
    let mut lines = Vec::new();
    if !change.inputs.is_empty() {
        lines.push(format!("what is run has changed: {}", change.inputs.join(", ")));
    }
    lines.extend(metric_lines(change));
    if let Some(parting) = &change.parting {
        lines.extend(parting_lines(parting));
    }
    lines
}

fn metric_lines(change: &Change) -> Vec<String> {
    let right = Align::Right;
    let mut table =
        Table::new(&[("metric", Align::Left), ("golden", right), ("now", right), ("delta", right)]);
    let mut differing = 0;
    for ((name, unit, golden), (_, _, now)) in
        change.golden.rows().into_iter().zip(change.now.rows())
    {
        if golden != now {
            differing += 1;
            table.row(vec![
                name.into(),
                show(unit, golden),
                show(unit, now),
                delta(unit, golden, now),
            ]);
        }
    }
    match differing {
        0 => vec!["the metrics are the same; the event log is not".to_owned()],
        _ => table.lines(),
    }
}

fn show(unit: Unit, value: u64) -> String {
    match unit {
        Unit::Time => exact_time(value),
        Unit::Bytes => show_bytes(value),
        Unit::Count => value.to_string(),
    }
}

fn delta(unit: Unit, golden: u64, now: u64) -> String {
    let (sign, difference) = if now >= golden { ("+", now - golden) } else { ("-", golden - now) };
    if golden == 0 || unit == Unit::Count {
        return format!("{sign}{}", show(unit, difference));
    }
    format!(
        "{sign}{} ({sign}{:.1} %)",
        show(unit, difference),
        difference as f64 * 100.0 / golden as f64
    )
}

fn parting_lines(parting: &Parting) -> Vec<String> {
    let mut lines = vec![format!("first divergence at record {}:", parting.record)];
    lines.extend(parting.before.iter().map(|line| format!("  both:    {line}")));
    lines.push(format!("  golden:  {}", parting.golden));
    lines.push(format!("  now:     {}", parting.now));
    lines
}

/// The same for programs.
pub fn to_json(result: &CaseResult) -> Value {
    json!({
        "file": result.file,
        "status": word(result.status).to_lowercase(),
        "messages": result.messages,
        "detail": detail(result),
        "metrics": result.metrics,
        "seed": result.settings.as_ref().map(|(_, seed)| seed),
    })
}
