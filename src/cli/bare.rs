//! `rayscope` alone: the lesson. Without a window it is run, and what happened is printed.

use crate::cli::load;
use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use crate::cli::run::{Shown, show};
use rayscope::policy;
use rayscope::scenario::{self, LoadOptions};
use std::path::PathBuf;

/// The lesson's first example.
const LESSON: &str = include_str!("lesson.py");
const LESSON_NAME: &str = "add_arrays.py";

/// Runs the lesson.
pub fn run(out: &mut Output) -> Exit {
    out.note(
        "This build has no window, so the lesson is run here. `rayscope --help` tells what else there is;\n\
         `cargo run --release --features view` opens the window.\n",
    );
    let known = policy::names();
    let options =
        LoadOptions { known_policies: &known, cluster: Some("3x2"), ..LoadOptions::default() };
    let (scenario, found) = scenario::parse_program(LESSON, LESSON_NAME, &options);
    let Some(scenario) = scenario else {
        return out.complain(&Problem::of_diagnostics(&found));
    };
    let ran = load::Ran {
        trace: load::run_scenario(&scenario),
        profile: Some(scenario.profile.clone()),
        warnings: None,
        file: PathBuf::from(LESSON_NAME),
    };
    show(&ran, Shown::default(), out)
}
