//! `rayscope explain`: why a task waited, when and for what, and why it was placed where it is.

use crate::cli::load::{Choices, trace_of};
use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use crate::cli::table::Align::{Left, Right};
use crate::cli::table::{Table, wrap};
use rayscope::analysis::explain::{Explanation, Phase};
use rayscope::analysis::placement::Placement;
use rayscope::analysis::{explain, find_task, words};
use rayscope::base::id::Id;
use rayscope::base::units::{parse_time, show_bytes};
use rayscope::base::{Instant, TaskId};
use rayscope::policy::Verdict;
use rayscope::replay::History;
use serde_json::{Value, json};
use std::path::PathBuf;

/// So many nodes of a decision are shown.
const MOST_NODES: usize = 16;

/// What `explain` is told.
#[derive(clap::Args)]
#[command(before_help = "\
Examples:
  rayscope explain scenarios/lesson/add_arrays.json add_arrays
  rayscope explain program.py 'make_array#2' --cluster 1x1
  rayscope explain run.jsonl 17 --at 2.5s")]
pub struct Args {
    /// A scenario (.json), a program (.py) or a trace (.jsonl)
    pub file: PathBuf,
    /// A task: its name, `function#k` for the k-th of that name, or its number from 0
    pub task: String,
    /// What it is doing at that time, such as 2.5s
    #[arg(long, value_name = "T")]
    pub at: Option<String>,
    #[command(flatten)]
    pub choices: Choices,
}

/// Explains the task.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    match told(args) {
        Ok(found) if out.json() => {
            out.value(&to_json(&found));
            Exit::Ok
        }
        Ok(found) => {
            print(&found, out);
            Exit::Ok
        }
        Err(problem) => out.complain(&problem),
    }
}

fn told(args: &Args) -> Result<Explanation, Problem> {
    let at = match args.at.as_deref().map(parse_time) {
        None => None,
        Some(Ok(span)) => Some(Instant::ZERO + span),
        Some(Err(error)) => {
            return Err(Problem::new(Exit::Usage, "usage", format!("--at: {error}")));
        }
    };
    let ran = trace_of(&args.file, &args.choices)?;
    let history = History::new(ran.trace);
    let task = find(&history, &args.task)?;
    explain(&history, task, at).ok_or_else(|| {
        let (name, at) = (history.names().task(task), at.unwrap_or_default());
        let message = format!("{name} is not submitted yet at {at}");
        Problem::new(Exit::Nothing, "nothing", message)
    })
}

fn find(history: &History, text: &str) -> Result<TaskId, Problem> {
    let names = history.names();
    find_task(history.trace(), names, text).map_err(|missing| {
        let problem = Problem::new(Exit::Nothing, "nothing", format!("there is no task `{text}`"));
        match missing.nearest {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None if missing.tasks == 0 => problem.help("no task was submitted"),
            None => problem.help(format!(
                "tasks have names such as `{}`, or numbers from 0 to {}",
                names.task(TaskId::from_index(0)),
                missing.tasks - 1
            )),
        }
    })
}

fn print(found: &Explanation, out: &mut Output) {
    let when = found.at.map_or("at the end".to_owned(), |at| format!("at {at}"));
    out.line(&out.bold(&format!("{}: {} {when}", found.name, found.state)));
    out.line(&out.dim(&found.about));
    out.line("");
    if found.phases.is_empty() {
        out.line("It did not have to wait.");
    }
    for phase in &found.phases {
        say(out, &format!("  {:<20} {}", time_of(phase), phase.text), 21);
    }
    for placed in &found.placements {
        out.line("");
        print_placement(placed, out);
    }
}

fn say(out: &mut Output, text: &str, indent: usize) {
    wrap(text, indent).iter().for_each(|line| out.line(line));
}

fn time_of(phase: &Phase) -> String {
    match phase.to {
        Some(to) if to == phase.from => format!("{to}"),
        Some(to) => words::between(phase.from, to),
        None => format!("{:.3} s and on", phase.from.as_secs()),
    }
}

fn print_placement(placed: &Placement, out: &mut Output) {
    let node = &placed.names[placed.node.index()];
    let title = format!("Placed on {node}, worker {}, at {}", placed.worker, placed.at);
    out.line(&out.bold(&title));
    if !placed.home.is_empty() {
        say(out, &format!("  {}.", capital(&placed.home)), 0);
    }
    say(out, &format!("  {}.", capital(&placed.rule)), 0);
    if let Some(tie) = &placed.tie {
        say(out, &format!("  Tie: {tie}."), 0);
    }
    if placed.candidates.is_empty() {
        return;
    }
    let mut table = Table::new(&[
        ("", Left),
        ("node", Left),
        ("verdict", Left),
        ("used", Right),
        ("score", Right),
        ("arguments there", Right),
    ]);
    // The chosen node is always among those that are shown.
    let chosen = placed.node.index();
    let shown = |index: &usize| *index < MOST_NODES || *index == chosen;
    for index in (0..placed.candidates.len()).filter(shown) {
        let row = &placed.candidates[index];
        let scored = matches!(row.verdict, Verdict::Available);
        table.row(vec![
            if index == chosen { "->" } else { "" }.to_owned(),
            placed.names[index].clone(),
            placed.verdict(row),
            words::percent(row.utilization),
            if scored { words::percent(row.score) } else { "-".to_owned() },
            if row.local_bytes == 0 { String::new() } else { show_bytes(row.local_bytes) },
        ]);
    }
    out.line("");
    table.lines().iter().for_each(|line| out.line(&format!("  {line}")));
    let hidden = placed.candidates.len().saturating_sub(MOST_NODES);
    if hidden > usize::from(chosen >= MOST_NODES) {
        out.line(&format!("  and {hidden} nodes more; --json has them all"));
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

fn to_json(found: &Explanation) -> Value {
    let phases = found.phases.iter().map(|phase| {
        json!({
            "from_s": phase.from.as_secs(), "to_s": phase.to.map(Instant::as_secs),
            "from_ns": phase.from.as_nanos(), "to_ns": phase.to.map(Instant::as_nanos),
            "kind": phase.kind.word(), "text": phase.text,
        })
    });
    json!({
        "schema": "rayscope.explain/1",
        "task": found.task.number(),
        "name": found.name,
        "about": found.about,
        "at_s": found.at.map(Instant::as_secs),
        "state": found.state,
        "phases": phases.collect::<Vec<_>>(),
        "placements": found.placements.iter().map(placement).collect::<Vec<_>>(),
    })
}

fn placement(placed: &Placement) -> Value {
    let candidates = placed.candidates.iter().zip(&placed.names).map(|(row, name)| {
        json!({
            "node": row.node.number(), "name": name, "chosen": row.node == placed.node,
            "available": row.verdict == Verdict::Available, "verdict": placed.verdict(row),
            "looked_free": placed.view.and_then(|view| view.looked_free(row.node)),
            "utilisation": f64::from(row.utilization) / 1e6, "score": f64::from(row.score) / 1e6,
            "local_bytes": row.local_bytes,
        })
    });
    json!({
        "at_s": placed.at.as_secs(), "node": placed.node.number(), "worker": placed.worker,
        "rule": format!("{:?}", placed.choice.rule), "asked": placed.home, "why": placed.rule,
        "raylet": placed.view.map(|view| view.raylet.number()),
        "decided_s": placed.view.map(|view| view.at.as_secs()),
        "tie_break": placed.tie, "feasible": placed.choice.feasible,
        "with_room": placed.choice.available,
        "threshold": f64::from(placed.threshold) / 1e6,
        "candidates": candidates.collect::<Vec<_>>(),
    })
}
