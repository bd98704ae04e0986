//! `rayscope import`: a workflow of another format becomes a scenario.

use crate::cli::load::cannot_write;
use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use clap::ValueEnum;
use rayscope::scenario::import::{Format, ImportOptions, InputPlace, parse, to_scenario_json};
use rayscope::scenario::{MOST_WORKFLOW_BYTES, read_source};
use serde_json::json;
use std::path::PathBuf;

/// What `import` is told.
#[derive(clap::Args)]
#[command(before_help = "\
Examples:
  rayscope import wfformat montage.json -o montage.scenario.json
  rayscope import dax epigenomics.xml --runtime-scale 0.1 > epigenomics.json
  rayscope import dot graph.dot --inputs everywhere")]
pub struct Args {
    /// The format
    pub format: FormatName,
    /// The workflow's file
    pub file: PathBuf,
    /// Where the scenario goes; stdout if it is not given
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Every runtime times this
    #[arg(long, value_name = "X")]
    pub runtime_scale: Option<f64>,
    /// Where files are that no task makes
    #[arg(long, value_name = "WHERE")]
    pub inputs: Option<Place>,
    /// Tasks ask for the memory that they used
    #[arg(long)]
    pub memory: bool,
}

/// The formats that can be read.
#[derive(Clone, Copy, ValueEnum)]
pub enum FormatName {
    /// WfCommons WfFormat, 1.4 and 1.5
    Wfformat,
    /// Pegasus DAX 3
    Dax,
    /// Graphviz DOT
    Dot,
}

/// Where files are that no task makes.
#[derive(Clone, Copy, ValueEnum)]
pub enum Place {
    /// On the first node
    Head,
    /// On every node
    Everywhere,
    /// On the first node, and without size
    Free,
}

/// Reads the workflow and writes the scenario.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    let format = match args.format {
        FormatName::Wfformat => Format::WfFormat,
        FormatName::Dax => Format::Dax,
        FormatName::Dot => Format::Dot,
    };
    let mut options = ImportOptions::default();
    if let Some(scale) = args.runtime_scale {
        if !(scale.is_finite() && scale > 0.0) {
            let message = "--runtime-scale is a number above 0";
            return out.complain(&Problem::new(Exit::Usage, "usage", message));
        }
        options.runtime_scale = scale;
    }
    if let Some(place) = args.inputs {
        options.inputs = match place {
            Place::Head => InputPlace::Head,
            Place::Everywhere => InputPlace::Everywhere,
            Place::Free => InputPlace::Free,
        };
    }
    options.memory |= args.memory;
    let source = match read_source(&args.file, MOST_WORKFLOW_BYTES) {
        Ok(source) => source,
        Err(found) => return out.complain(&Problem::of_diagnostics(&found)),
    };
    let (imported, found) = parse(format, &source.text, &source.name, options);
    let Some(imported) = imported else {
        return out.complain(&Problem::of_diagnostics(&found));
    };
    let warnings = Problem::of_diagnostics(&found);
    if !found.is_empty() && !out.json() {
        let text = warnings.text(out.err_colors()).trim_end().to_owned();
        out.note(&text);
    }
    let text = to_scenario_json(&imported);
    let Some(path) = &args.output else {
        out.line(text.trim_end());
        return Exit::Ok;
    };
    if let Err(error) = std::fs::write(path, &text) {
        return out.complain(&cannot_write(path, &error));
    }
    if out.json() {
        let tasks = imported.tasks.len();
        out.value(&json!({"written": path, "tasks": tasks, "diagnostics": warnings.list()}));
    } else {
        out.note(&format!("{} tasks written to {}", imported.tasks.len(), path.display()));
    }
    Exit::Ok
}
