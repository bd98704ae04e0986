//! `rayscope check`: what is wrong with scenarios, programs and traces, without running them.

use crate::cli::load::warnings_of;
use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use serde_json::json;
use std::path::PathBuf;

/// What `check` is told.
#[derive(clap::Args)]
pub struct Args {
    /// Scenarios (.json), programs (.py) and traces (.jsonl)
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// Checks every file.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    let mut exit = Exit::Ok;
    let mut found = Vec::new();
    for file in &args.files {
        let (good, problem) = match warnings_of(file) {
            Ok(warnings) => (true, warnings),
            Err(problem) => (false, Some(problem)),
        };
        if !good {
            exit = Exit::Input;
        }
        if out.json() {
            let list = problem.as_ref().map_or(&[][..], Problem::list);
            found.push(json!({"file": file, "ok": good, "diagnostics": list}));
            continue;
        }
        if let Some(problem) = &problem {
            let text = problem.text(out.err_colors()).trim_end().to_owned();
            out.note(&text);
        }
        out.line(&format!("{}  {}", if good { "ok   " } else { "wrong" }, file.display()));
    }
    if out.json() {
        out.value(&json!({"ok": exit == Exit::Ok, "files": found}));
    }
    exit
}
