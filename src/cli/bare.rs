//! `rayscope` alone: the lesson. Without a window it is run, and what happened is printed.

use crate::cli::load;
use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use crate::cli::run::{Shown, show};
use rayscope::policy;
use rayscope::scenario::{self, FileProblem, Files, LoadOptions};
use std::path::PathBuf;

/// The lesson's first example, as it lies in the repository.
const SCENARIO: &str = include_str!("../../scenarios/lesson/add_arrays.json");
const PROGRAM: &str = include_str!("../../scenarios/lesson/add_arrays.py");
const NAME: &str = "scenarios/lesson/add_arrays.json";

/// The one file that the lesson names.
struct Built;

impl Files for Built {
    fn read(&self, relative: &str, _: u64) -> Result<Vec<u8>, FileProblem> {
        match relative {
            "add_arrays.py" => Ok(PROGRAM.as_bytes().to_vec()),
            _ => Err(FileProblem::Missing),
        }
    }
}

/// Runs the lesson.
pub fn run(out: &mut Output) -> Exit {
    out.note(
        "This build has no window, so the lesson is run here. `rayscope --help` tells what else there is;\n\
         `cargo run --release --features view` opens the window.\n",
    );
    let known = policy::names();
    let options = LoadOptions { known_policies: &known, ..LoadOptions::default() };
    let (scenario, found) = scenario::parse(SCENARIO, NAME, &Built, &options);
    let Some(scenario) = scenario else {
        return out.complain(&Problem::of_diagnostics(&found));
    };
    let ran = load::Ran {
        trace: load::run_scenario(&scenario),
        profile: Some(scenario.profile.clone()),
        warnings: None,
        file: PathBuf::from(NAME),
    };
    show(&ran, Shown::default(), out)
}
