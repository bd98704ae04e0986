//! `rayscope compare`: two files, or one file under several policies.

use crate::cli::load::{Choices, Ran, trace_of};
use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use crate::cli::table::Align::{Left, Right};
use crate::cli::table::{Table, wrap};
use rayscope::analysis::compare::{Decided, metrics};
use rayscope::analysis::{Comparison, Metric, Report, Unit, compare, words};
use rayscope::base::units::show_bytes;
use rayscope::state::Outcome;
use serde_json::{Value, json};
use std::path::PathBuf;

/// What `compare` is told.
#[derive(clap::Args)]
#[command(
    before_help = "\
Examples:
  rayscope compare program.py --cluster 3x2 --policies hybrid,spread,pack
  rayscope compare before.jsonl after.jsonl
  rayscope compare a.json b.json --seed 7 --json",
    after_help = "Two files: exit code 0 if the runs are equal in every event, 1 if they differ. \
                  Several policies: 0, or 5 if one of the runs could not finish."
)]
pub struct Args {
    /// One file (with --policies) or two
    #[arg(required = true, num_args = 1..=2)]
    pub files: Vec<PathBuf>,
    /// The policies to run the one file under
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub policies: Vec<String>,
    #[command(flatten)]
    pub choices: Choices,
}

struct Run {
    title: String,
    ran: Ran,
    report: Report,
}

/// Compares the runs.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    let runs = match all_runs(args) {
        Ok(runs) => runs,
        Err(problem) => return out.complain(&problem),
    };
    let reports: Vec<&Report> = runs.iter().map(|run| &run.report).collect();
    let rows = metrics(&reports);
    let partings: Vec<Comparison> =
        runs[1..].iter().map(|run| compare(&runs[0].ran.trace, &run.ran.trace)).collect();
    if out.json() {
        out.value(&to_json(&runs, &rows, &partings));
    } else {
        print(&runs, &rows, &partings, out);
    }
    let equal = partings.iter().all(|parting| parting.divergence.is_none());
    match args.policies.is_empty() {
        true if equal => Exit::Ok,
        true => Exit::Differs,
        false if runs.iter().all(Run::finished) => Exit::Ok,
        false => Exit::Unfinished,
    }
}

impl Run {
    fn new(title: String, ran: Ran) -> Run {
        let report = Report::of(&ran.trace);
        Run { title, ran, report }
    }

    fn finished(&self) -> bool {
        matches!(self.report.outcome.as_deref(), Some(Outcome::Finished))
    }

    fn outcome(&self) -> &'static str {
        self.report.outcome.as_deref().map_or("cut", Outcome::word)
    }
}

fn all_runs(args: &Args) -> Result<Vec<Run>, Problem> {
    let usage = |message: &str| Problem::new(Exit::Usage, "usage", message);
    match (args.files.as_slice(), args.policies.as_slice()) {
        ([left, right], []) => {
            let run = |file: &PathBuf, letter: &str| {
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
                let title = format!("{letter}: {}", name.unwrap_or_default());
                Ok(Run::new(title, trace_of(file, &args.choices)?))
            };
            Ok(vec![run(left, "a")?, run(right, "b")?])
        }
        ([file], policies) if policies.len() >= 2 => {
            if args.choices.policy.is_some() {
                return Err(usage("--policy and --policies do not go together"));
            }
            let run = |policy: &String| {
                let choices = Choices { policy: Some(policy.clone()), ..args.choices.clone() };
                Ok(Run::new(policy.clone(), trace_of(file, &choices)?))
            };
            policies.iter().map(run).collect()
        }
        ([_], _) => {
            Err(usage("compare wants two files, or one file and --policies with two or more")
                .help("for example `rayscope compare FILE --policies hybrid,spread`"))
        }
        _ => Err(usage("--policies takes one file only")),
    }
}

fn print(runs: &[Run], rows: &[Metric], partings: &[Comparison], out: &mut Output) {
    for line in table(runs, rows) {
        out.line(&line);
    }
    for (run, parting) in runs[1..].iter().zip(partings) {
        out.line("");
        print_parting(&runs[0].title, &run.title, parting, out);
    }
}

/// Titles do not fit into a `&'static str`; they are a row of their own.
fn table(runs: &[Run], rows: &[Metric]) -> Vec<String> {
    let mut columns = vec![("", Left), ("", Right)];
    columns.extend(runs[1..].iter().flat_map(|_| [("", Right), ("", Left)]));
    let mut table = Table::new(&columns);
    let mut titles = vec!["metric".to_owned()];
    let mut outcomes = vec!["outcome".to_owned()];
    for (number, run) in runs.iter().enumerate() {
        titles.push(run.title.clone());
        outcomes.push(run.outcome().to_owned());
        if number > 0 {
            titles.push(String::new());
            outcomes.push(String::new());
        }
    }
    table.row(titles);
    table.row(outcomes);
    // A row of zeros tells nothing.
    for row in rows.iter().filter(|row| row.values.iter().any(|value| *value != 0.0)) {
        let first = row.values[0];
        let mut cells = vec![row.name.to_owned(), show(row.unit, first)];
        for value in &row.values[1..] {
            cells.push(show(row.unit, *value));
            cells.push(difference(row.unit, first, *value));
        }
        table.row(cells);
    }
    table.lines().into_iter().skip(1).collect()
}

fn show(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Seconds => format!("{value:.3} s"),
        Unit::Share => format!("{:.1} %", value * 100.0),
        Unit::Bytes => show_bytes(value as u64),
        Unit::Count => format!("{value:.0}"),
    }
}

fn difference(unit: Unit, first: f64, value: f64) -> String {
    if first == value {
        return "=".to_owned();
    }
    match unit {
        Unit::Share => format!("{:+.1} points", (value - first) * 100.0),
        _ if first == 0.0 => "new".to_owned(),
        _ if value / first >= 10.0 => format!("{:.0} times", value / first),
        _ => format!("{:+.1} %", (value / first - 1.0) * 100.0),
    }
}

fn print_parting(left: &str, right: &str, parting: &Comparison, out: &mut Output) {
    let Some(found) = &parting.divergence else {
        out.line(&format!("{left} and {right} are equal in every event."));
        return;
    };
    let inputs = if parting.inputs.is_empty() {
        String::new()
    } else {
        format!(" (other {})", parting.inputs.join(", "))
    };
    let title = format!("{left} and {right}{inputs} part at {}, event {}:", found.at, found.index);
    out.line(&out.bold(&title));
    let told = |text: &Option<String>| text.clone().unwrap_or("the run is over".to_owned());
    out.line(&format!("  {left}: {}", told(&found.left)));
    out.line(&format!("  {right}: {}", told(&found.right)));
    match &parting.moved {
        None => out.line("  Every task is placed on the same node."),
        Some(moved) => {
            out.line(&format!("  The first task that goes to another node is {}:", moved.name));
            for (title, decided) in [(left, &moved.left), (right, &moved.right)] {
                out.line(&format!("    {title}: {} at {}", decided.node_name, decided.at));
                wrap(&format!("      {}", decided.why), 0).iter().for_each(|line| out.line(line));
            }
        }
    }
}

fn to_json(runs: &[Run], rows: &[Metric], partings: &[Comparison]) -> Value {
    let described = runs.iter().map(|run| {
        json!({
            "title": run.title, "file": run.ran.file, "policy": run.ran.trace.header.policy,
            "seed": run.ran.trace.header.seed, "outcome": run.outcome(),
            "error": run.report.outcome.as_deref().and_then(words::outcome),
            "makespan_s": run.report.makespan.as_secs(),
            "metrics": crate::cli::json::metrics(&run.report),
        })
    });
    let numbers = rows.iter().map(|row| {
        let unit = match row.unit {
            Unit::Seconds => "s",
            Unit::Share => "share",
            Unit::Bytes => "B",
            Unit::Count => "count",
        };
        json!({"name": row.name, "unit": unit, "values": row.values})
    });
    let decided = |decided: &Decided| {
        let node = decided.node.number();
        json!({"at_s": decided.at.as_secs(), "node": node, "why": decided.why})
    };
    let compared = partings.iter().enumerate().map(|(number, parting)| {
        json!({
            "left": runs[0].title, "right": runs[number + 1].title,
            "equal": parting.divergence.is_none(), "inputs": parting.inputs,
            "first_divergence": parting.divergence.as_ref().map(|found| json!({
                "event": found.index, "at_s": found.at.as_secs(),
                "left": found.left, "right": found.right,
            })),
            "first_moved": parting.moved.as_ref().map(|moved| json!({
                "task": moved.name, "left": decided(&moved.left), "right": decided(&moved.right),
            })),
        })
    });
    json!({
        "schema": "rayscope.compare/1",
        "error": null,
        "runs": described.collect::<Vec<_>>(),
        "metrics": numbers.collect::<Vec<_>>(),
        "comparisons": compared.collect::<Vec<_>>(),
    })
}
