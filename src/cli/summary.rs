//! The summary of a run for people: a headline, tables, and what the time was spent on.

use crate::cli::json::subject;
use crate::cli::load::Ran;
use crate::cli::output::Output;
use crate::cli::table::Align::{Left, Right};
use crate::cli::table::{Table, wrap};
use rayscope::analysis::path::Link;
use rayscope::analysis::{Attempt, NodeUse, Report, SegmentKind, Waits, words};
use rayscope::base::units::show_bytes;
use rayscope::base::{Instant, Span};
use rayscope::model::TaskKind;
use rayscope::state::{FailureKind, Outcome};
use rayscope::trace::Names;

/// So many tasks get a line each.
const MOST_TASKS: usize = 30;
/// So many nodes get a line each.
const MOST_NODES: usize = 16;
/// So many segments of the path are told one by one.
const MOST_SEGMENTS: usize = 12;
/// Longer names are cut.
const LONGEST_NAME: usize = 28;

/// Seconds as the tables have them.
fn secs(span: Span) -> String {
    format!("{:.3}", span.as_secs())
}

fn secs_or_nothing(span: Span) -> String {
    if span == Span::ZERO { String::new() } else { secs(span) }
}

fn at(instant: Option<Instant>) -> String {
    instant.map_or("-".to_owned(), |at| format!("{:.3}", at.as_secs()))
}

fn bytes(bytes: u64) -> String {
    if bytes == 0 { String::new() } else { show_bytes(bytes) }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST_NAME {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST_NAME - 1).collect();
    format!("{start}…")
}

fn share(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}

/// Prints the summary.
pub fn print(ran: &Ran, report: &Report, all_tasks: bool, out: &mut Output) {
    let names = Names::of(&ran.trace);
    out.line(&out.bold(&headline(ran, report)));
    out.line(&out.dim(&setting(ran)));
    if let Some(line) = report.metrics.spilling() {
        out.line(&line);
    }
    if report.attempts.is_empty() {
        return;
    }
    section(out, &by_function(report));
    section(out, &by_node(report));
    if all_tasks || report.attempts.len() <= MOST_TASKS {
        section(out, &by_task(ran, report, &names));
    }
    out.line("");
    for line in what_took_the_time(report, &names) {
        wrap(&line, 0).iter().for_each(|line| out.line(line));
    }
}

fn section(out: &mut Output, table: &Table) {
    out.line("");
    for (number, line) in table.lines().iter().enumerate() {
        let line = if number == 0 { out.bold(line) } else { line.clone() };
        out.line(&line);
    }
}

fn headline(ran: &Ran, report: &Report) -> String {
    let name = &ran.trace.header.name;
    let tasks = report.metrics.tasks as usize;
    let done = report.attempts.iter().filter(|row| row.state == "FINISHED").count();
    let took = report.makespan;
    let outcome = report.outcome.as_deref();
    match outcome {
        Some(Outcome::Finished) => format!("{name}: {} in {took}", words::count(tasks, "task")),
        Some(other) => format!(
            "{name}: {} after {took}; {done} of {} finished",
            other.word(),
            words::count(tasks, "task")
        ),
        None => format!("{name}: the trace ends after {took}"),
    }
}

/// The cluster and what was chosen.
fn setting(ran: &Ran) -> String {
    let header = &ran.trace.header;
    let nodes: Vec<_> = header.cluster.nodes.iter().collect();
    let cpus = nodes.iter().map(|node| node.resources.get(rayscope::model::cluster::CPU));
    let total = cpus.clone().fold(rayscope::base::Amount::ZERO, |sum, n| sum.plus(n));
    let equal = cpus.clone().all(|n| Some(n) == cpus.clone().next());
    let each = if equal && nodes.len() > 1 {
        format!(" of {} CPUs", cpus.clone().next().unwrap_or_default())
    } else {
        format!(", {total} CPUs")
    };
    let profile = ran.profile.as_ref().map_or(String::new(), |name| format!(", profile {name}"));
    format!(
        "{}{each}, policy {}{profile}, seed {}; times in seconds",
        words::count(nodes.len(), "node"),
        header.policy,
        header.seed
    )
}

fn wait_cells(waits: Waits) -> [String; 9] {
    waits.named().map(|(_, span)| secs_or_nothing(span))
}

fn by_function(report: &Report) -> Table {
    let mut table = Table::new(&[
        ("function", Left),
        ("tasks", Right),
        ("failed", Right),
        ("ran, mean", Right),
        ("longest", Right),
        ("retry wait", Right),
        ("args wait", Right),
        ("slot wait", Right),
        ("lease wait", Right),
        ("process wait", Right),
        ("start wait", Right),
        ("copy wait", Right),
        ("store wait", Right),
        ("blocked", Right),
        ("made", Right),
    ]);
    for row in &report.functions {
        let mean = Span::from_nanos(row.busy.as_nanos() / u64::from(row.attempts.max(1)));
        let [retry, arguments, slot, lease, process, start, copies, store, blocked] =
            wait_cells(row.waits);
        table.row(vec![
            cut(&row.name),
            row.attempts.to_string(),
            if row.failed == 0 { String::new() } else { row.failed.to_string() },
            secs(mean),
            secs(row.longest),
            retry,
            arguments,
            slot,
            lease,
            process,
            start,
            copies,
            store,
            blocked,
            bytes(row.bytes_out),
        ]);
    }
    table
}

fn by_node(report: &Report) -> Table {
    let mut table = Table::new(&[
        ("node", Left),
        ("CPUs", Right),
        ("tasks", Right),
        ("CPU time", Right),
        ("used", Right),
        ("received", Right),
        ("sent", Right),
        ("store, most", Right),
        ("evicted", Right),
        ("died at", Right),
    ]);
    for row in report.nodes.iter().take(MOST_NODES) {
        table.row(node_cells(row));
    }
    if let Some(rest) = report.nodes.get(MOST_NODES..).filter(|rest| !rest.is_empty()) {
        let sum = |value: &dyn Fn(&NodeUse) -> u64| rest.iter().map(value).sum::<u64>();
        let busy = rest.iter().fold(Span::ZERO, |sum, row| sum + row.busy);
        let mut cells = vec![String::new(); 10];
        cells[0] = format!("and {} more", rest.len());
        cells[2] = sum(&|row| u64::from(row.attempts)).to_string();
        cells[3] = secs(busy);
        table.row(cells);
    }
    table
}

fn node_cells(row: &NodeUse) -> Vec<String> {
    vec![
        cut(&row.name),
        row.cpus.to_string(),
        row.attempts.to_string(),
        secs(row.busy),
        share(row.utilisation()),
        bytes(row.received),
        bytes(row.sent),
        bytes(row.store_peak),
        if row.evictions == 0 { String::new() } else { row.evictions.to_string() },
        row.died.map_or(String::new(), |died| at(Some(died))),
    ]
}

fn by_task(ran: &Ran, report: &Report, names: &Names) -> Table {
    let mut table = Table::new(&[
        ("task", Left),
        ("node", Left),
        ("started", Right),
        ("ended", Right),
        ("waited for", Left),
        ("why there", Left),
    ]);
    for row in &report.attempts {
        let again =
            if row.attempt > 0 { format!(" (try {})", row.attempt + 1) } else { String::new() };
        table.row(vec![
            format!("{}{again}", cut(&names.task(row.task()))),
            row.node().map_or("-".to_owned(), |node| cut(&names.node(node))),
            at(row.started),
            at(row.ended),
            longest_waits(row),
            why(ran, row),
        ]);
    }
    table
}

/// The two longest waits of an attempt.
fn longest_waits(row: &Attempt) -> String {
    let mut waits: Vec<_> =
        row.waits.named().into_iter().filter(|(_, span)| *span > Span::ZERO).collect();
    waits.sort_by_key(|(_, span)| std::cmp::Reverse(*span));
    let is_call = matches!(row.spec.kind, TaskKind::ActorCall(_));
    let word = |name| if is_call && name == "slot" { "turn" } else { name };
    let told = waits.iter().take(2).map(|(name, span)| format!("{} {span}", word(*name)));
    told.collect::<Vec<_>>().join(", ")
}

fn why(ran: &Ran, row: &Attempt) -> String {
    let threshold = ran.trace.header.parameters.scheduler_spread_threshold;
    match (&row.failure, &row.choice) {
        (Some(failure), _) => format!("failed: {}", cut(&failure.to_string())),
        (None, Some(choice)) => words::short_reason(choice, threshold),
        (None, None) => row.state.to_owned(),
    }
}

fn what_took_the_time(report: &Report, names: &Names) -> Vec<String> {
    let mut lines = Vec::new();
    let shares: Vec<String> = report
        .path
        .shares()
        .iter()
        .filter(|(_, span)| *span > Span::ZERO)
        .map(|(word, span)| format!("{} {span}", share_word(word)))
        .collect();
    if !shares.is_empty() {
        lines.push(format!("What took the time: {}.", shares.join(", ")));
    }
    if report.path.segments.len() <= MOST_SEGMENTS {
        for segment in &report.path.segments {
            let after = match segment.link {
                Link::Next => "",
                Link::Data => "  needed what came before",
                Link::Room => "  got the room that came free",
                Link::Submission => "  submitted then",
                Link::Retry => "  tried again",
            };
            let time = words::between(segment.from, segment.to);
            let what = format!("{} {}", segment_verb(segment.kind), subject(segment, names));
            lines.push(format!("  {time:<18} {what:<42}{after}").trim_end().to_owned());
        }
    }
    lines.push(bound(report));
    lines
}

fn share_word(word: &str) -> &str {
    match word {
        "compute" => "computing",
        "driver" => "the driver itself",
        "transfer" => "copies",
        "slot" => "waiting for a slot",
        "lease" => "waiting for a lease",
        "process" => "waiting for a worker process",
        "start" => "on the way to a worker",
        "retry" => "waiting to be tried again",
        "store" => "waiting for room in a store",
        "call" => "a call that waited for its time",
        _ => "waiting for something from outside",
    }
}

fn segment_verb(kind: SegmentKind) -> &'static str {
    match kind {
        SegmentKind::Compute(_) => "ran:",
        SegmentKind::Driver => "worked:",
        SegmentKind::Transfer(..) => "copied:",
        SegmentKind::Slot(_) => "waited for a slot:",
        SegmentKind::Lease(_) => "waited for a lease:",
        SegmentKind::Process(_) => "waited for a process:",
        SegmentKind::Start(_) => "went to its worker:",
        SegmentKind::Retry(_) => "waited for a retry:",
        SegmentKind::Store(_) => "waited for a store:",
        SegmentKind::Call(_) => "waited in a call:",
        SegmentKind::Outside => "waited:",
    }
}

/// How fast it could have been, in sentences.
fn bound(report: &Report) -> String {
    let m = &report.metrics;
    let Some(above) = report.above_bound() else { return "Nothing was computed.".to_owned() };
    let which = if m.critical_path >= m.work_bound {
        "the longest chain of tasks"
    } else {
        "the work divided by the CPUs"
    };
    let bound = m.lower_bound();
    let above = if above < 0.005 {
        "the run was as fast as that".to_owned()
    } else if above < 1.0 {
        format!("the run took {} more", share(above))
    } else {
        format!("the run took {:.1} times that", above + 1.0)
    };
    let order = if m.program_path > bound {
        format!(" The driver's own order of calls makes that {}.", m.program_path)
    } else {
        String::new()
    };
    let used = share(m.slot_utilisation);
    format!("No schedule can beat {bound}, {which}; {above}.{order} CPUs were used {used}.")
}

/// Why the run did not come to its end, for stderr: the traceback, or the message with a hint.
pub fn failure_text(ran: &Ran, report: &Report) -> String {
    let file = ran.file.display();
    match report.outcome.as_deref() {
        None | Some(Outcome::Finished) => "error: the trace has no end".to_owned(),
        Some(Outcome::ProgramFailed { failure, line }) => match &failure.kind {
            FailureKind::Exception { traceback, class } if !traceback.is_empty() => {
                traceback_text(traceback, class, &failure.to_string())
            }
            _ => format!("{file}:{line}: {failure}"),
        },
        Some(other) => {
            let message = words::outcome(other).unwrap_or_default();
            format!("error: {message}\n  help: {}", hint(other))
        }
    }
}

/// As Python prints it: with its first line and its last, if they are not there.
fn traceback_text(traceback: &[String], class: &str, last: &str) -> String {
    let mut text = String::new();
    if !traceback[0].starts_with("Traceback") && traceback[0].starts_with("  File") {
        text.push_str("Traceback (most recent call last):\n");
    }
    text.push_str(&traceback.join("\n"));
    if !traceback.iter().any(|line| line.starts_with(class)) {
        text.push_str(&format!("\n{last}"));
    }
    text
}

fn hint(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unsupported { help, .. } if !help.is_empty() => help.clone(),
        Outcome::Unsupported { .. } => "write it in another way".to_owned(),
        Outcome::Infeasible { .. } => {
            "ask for less, or add a node that has it (for example with --cluster)".to_owned()
        }
        Outcome::Deadlock { .. } => {
            "tasks that wait for others must leave room for them to run".to_owned()
        }
        Outcome::Livelock { .. } => {
            "the loop would never end on a real cluster either: let it, or let time pass in it"
                .to_owned()
        }
        Outcome::LimitReached { .. } => "raise it under `limits` in the scenario".to_owned(),
        _ => "the driver runs on the first node; let another one fail".to_owned(),
    }
}
