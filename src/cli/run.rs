//! `rayscope run`: the program's output as it was printed, then where every task ran and why.

use crate::cli::load::{Choices, Ran, cannot_write, trace_of};
use crate::cli::output::{Exit, Output};
use crate::cli::{json, repeat, summary};
use rayscope::analysis::Report;
use rayscope::chart::ascii;
use rayscope::replay::History;
use rayscope::state::Outcome;
use rayscope::trace::{self, Trace};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Columns of a Gantt chart in text.
const GANTT_WIDTH: usize = 100;

/// What `run` is told.
#[derive(clap::Args)]
#[command(before_help = "\
Examples:
  rayscope run scenarios/lesson/wait_two.json
  rayscope run program.py --cluster 3x2 --policy spread --seed 7
  rayscope run program.py --profile ray-2.60 --repeat 20
  rayscope run program.py --json --trace run.jsonl | jq .metrics")]
pub struct Args {
    /// A scenario (.json), a program (.py) or a trace (.jsonl)
    pub file: PathBuf,
    #[command(flatten)]
    pub choices: Choices,
    /// Keep everything that happened in this file, one event a line
    #[arg(long, value_name = "OUT")]
    pub trace: Option<PathBuf>,
    /// Draw the run as a chart of nodes over time
    #[arg(long)]
    pub gantt: bool,
    /// Print a line for each task even if there are many
    #[arg(long)]
    pub tasks: bool,
    /// Run under so many seeds, from this one on, and tell how the runs differ
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000),
          conflicts_with_all = ["trace", "gantt", "tasks"])]
    pub repeat: Option<u32>,
}

/// What is shown besides the usual.
#[derive(Clone, Copy, Default)]
pub struct Shown {
    /// The chart.
    pub gantt: bool,
    /// Every task.
    pub tasks: bool,
}

/// Runs the file.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    if let Some(times) = args.repeat {
        return repeat::run(&args.file, &args.choices, times, out);
    }
    let ran = match trace_of(&args.file, &args.choices) {
        Ok(ran) => ran,
        Err(problem) => return out.complain(&problem),
    };
    if let Some(path) = &args.trace
        && let Err(error) = write_trace(&ran.trace, path)
    {
        return out.complain(&cannot_write(path, &error));
    }
    show(&ran, Shown { gantt: args.gantt, tasks: args.tasks }, out)
}

fn write_trace(run: &Trace, path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    trace::write(run, &mut file)?;
    file.flush()
}

/// Prints what happened; the exit code says whether the run came to its end.
pub fn show(ran: &Ran, shown: Shown, out: &mut Output) -> Exit {
    let report = Report::of(&ran.trace);
    let finished = matches!(report.outcome.as_deref(), Some(Outcome::Finished));
    let exit = if finished { Exit::Ok } else { Exit::Unfinished };
    if out.json() {
        out.value(&json::result(ran, &report));
        return exit;
    }
    if let Some(warnings) = &ran.warnings {
        let text = warnings.text(out.err_colors()).trim_end().to_owned();
        out.note(&text);
    }
    for printed in &report.output {
        out.line(&printed.text);
    }
    if !finished {
        out.note(&summary::failure_text(ran, &report));
    }
    if !report.output.is_empty() {
        out.line("");
    }
    summary::print(ran, &report, shown.tasks, out);
    if shown.gantt {
        out.line("");
        let chart = ascii::gantt(&History::new(ran.trace.clone()), GANTT_WIDTH);
        out.write(chart.trim_end().as_bytes());
        out.line("");
    }
    exit
}
