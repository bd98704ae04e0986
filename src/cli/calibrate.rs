//! `rayscope calibrate`: how to measure a cluster of one's own, the script that does it, and what it found.

use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use crate::cli::table::Align::{Left, Right};
use crate::cli::table::{Table, wrap};
use rayscope::analysis::words::count;
use rayscope::model::parameters::{ParameterInfo, TABLE};
use rayscope::scenario::{ProfileFile, load_profile};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What is run on the cluster, as it lies in the repository.
const SCRIPT: &str = include_str!("../../scripts/calibrate.py");

/// A step of the way to a profile: what is done, and how it is typed.
struct Step {
    what: &'static str,
    how: &'static [(&'static str, &'static str)],
}

const STEPS: &[Step] = &[
    Step {
        what: "Write out the script that measures.",
        how: &[("rayscope calibrate --script > calibrate.py", "")],
    },
    Step {
        what: "Run it with the Python that runs your Ray programs; it needs ray and numpy, and half a minute in \
               which nothing else runs.",
        how: &[
            ("python calibrate.py > mine.json", "the cluster that runs, else a new one"),
            ("python calibrate.py --num-cpus 4 > mine.json", "one node of 4 CPUs, started here"),
            ("python calibrate.py --virtual-nodes 2 > mine.json", "two nodes, for the network too"),
        ],
    },
    Step {
        what: "Look at what it found, and use it.",
        how: &[
            ("rayscope calibrate --measurements mine.json", ""),
            ("rayscope run program.py --profile mine.json", ""),
        ],
    },
];

/// What `calibrate` is told.
#[derive(clap::Args)]
#[command(before_help = "\
Examples:
  rayscope calibrate                                   how it is done
  rayscope calibrate --script > calibrate.py           the script to run on your cluster
  rayscope calibrate --measurements mine.json          what it found, beside Rayscope's own costs")]
pub struct Args {
    /// Show what the script found
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub measurements: Option<PathBuf>,
    /// Print the script that measures a cluster
    #[arg(long, conflicts_with = "measurements")]
    pub script: bool,
}

/// Tells how, prints the script, or shows what was measured.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    match &args.measurements {
        Some(file) => match load_profile(file) {
            Ok(profile) if out.json() => out.value(&to_json(&profile)),
            Ok(profile) => show(&profile, file, out),
            Err(found) => return out.complain(&Problem::of_diagnostics(&found)),
        },
        None if args.script && out.json() => out.value(&json!({ "script": SCRIPT })),
        None if args.script => out.write(SCRIPT.as_bytes()),
        None if out.json() => {
            let steps = STEPS.iter().map(|step| {
                let commands: Vec<&str> = step.how.iter().map(|(command, _)| *command).collect();
                json!({"what": step.what, "commands": commands})
            });
            out.value(&json!({ "steps": steps.collect::<Value>() }));
        }
        None => explain(out),
    }
    Exit::Ok
}

fn explain(out: &mut Output) {
    out.line(
        "How long Ray takes for its own work differs from machine to machine. To simulate yours:",
    );
    for (number, step) in STEPS.iter().enumerate() {
        out.line("");
        for line in wrap(&format!("{}. {}", number + 1, step.what), 3) {
            out.line(&line);
        }
        let width = step.how.iter().map(|(command, _)| command.len()).max().unwrap_or(0);
        for (command, remark) in step.how {
            let pad = " ".repeat(width - command.len());
            let (command, remark) = (out.bold(command), out.dim(remark));
            out.line(format!("     {command}{pad}   {remark}").trim_end());
        }
    }
}

fn show(profile: &ProfileFile, file: &Path, out: &mut Output) {
    let (base, named) = (profile.based_on, profile.named().count());
    let ray = profile.ray.as_ref().map_or(String::new(), |ray| format!(" with Ray {ray}"));
    let others = count(TABLE.len() - named, "parameter");
    let name = out.bold(&profile.name);
    out.line(&format!("{name}: {named} measured{ray}; {others} as in {base}"));
    let columns = [("parameter", Left), ("measured", Right), (base, Right), ("", Left)];
    let mut table = Table::new(&columns);
    for info in profile.named() {
        let (own, base) = (profile.values.words(info), profile.base.words(info));
        table.row(vec![info.name.to_owned(), own, base, difference(profile, info)]);
    }
    print(&table, out);
    let mut table = Table::new(&[("what was timed", Left), ("", Left)]);
    for (what, value) in &profile.measured {
        table.row(vec![what.clone(), value.clone()]);
    }
    if !profile.measured.is_empty() {
        print(&table, out);
    }
    out.line("");
    out.line("Next:");
    let file = file.display();
    let command = format!("rayscope run program.py --profile {file}");
    let width = command.len();
    for (command, remark) in
        [(command.as_str(), "simulate with it"), ("rayscope list parameters", "what each is")]
    {
        let pad = " ".repeat(width.saturating_sub(command.len()));
        out.line(&format!("  {}{pad}   {}", out.bold(command), out.dim(remark)));
    }
}

fn print(table: &Table, out: &mut Output) {
    out.line("");
    table.lines().iter().for_each(|line| out.line(line));
}

/// How often the built-in value goes into the measured one.
fn ratio(profile: &ProfileFile, info: &ParameterInfo) -> Option<f64> {
    let (own, base) = (profile.values.magnitude(info)?, profile.base.magnitude(info)?);
    (base > 0).then(|| own as f64 / base as f64)
}

fn difference(profile: &ProfileFile, info: &ParameterInfo) -> String {
    match ratio(profile, info) {
        _ if profile.values.show(info) == profile.base.show(info) => "=".to_owned(),
        Some(ratio) if ratio >= 1000.0 => format!("x {ratio:.0}"),
        Some(ratio) => format!("x {ratio:.2}"),
        None => String::new(),
    }
}

fn to_json(profile: &ProfileFile) -> Value {
    let parameters = profile.named().map(|info| {
        json!({"name": info.name, "value": profile.values.show(info), "base": profile.base.show(info),
            "ratio": ratio(profile, info)})
    });
    let measured: serde_json::Map<String, Value> =
        profile.measured.iter().map(|(what, value)| (what.clone(), json!(value))).collect();
    json!({"name": profile.name, "based_on": profile.based_on, "ray": profile.ray,
        "parameters": parameters.collect::<Value>(), "measured": measured})
}
