//! `rayscope schema`: the JSON Schema of the scenario format, for editors.

use crate::cli::output::{Exit, Output};

/// What `schema` is told: nothing.
#[derive(clap::Args)]
pub struct Args {}

/// Prints it; it is JSON with and without `--json`.
pub fn run(_: &Args, out: &mut Output) -> Exit {
    out.line(rayscope::scenario::file::schema_text().trim_end());
    Exit::Ok
}
