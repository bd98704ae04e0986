//! `rayscope render`: not built yet, and says so.

use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use std::path::PathBuf;

/// What `render` is told.
#[derive(clap::Args)]
pub struct Args {
    /// A scenario, a program or a trace
    pub file: PathBuf,
    /// The steps of the story
    #[arg(long)]
    pub story: bool,
    /// One instant
    #[arg(long, value_name = "T")]
    pub at: Option<String>,
    /// The nodes over time
    #[arg(long)]
    pub gantt: bool,
    /// The picture's file
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
}

/// Says that there are no pictures yet, and what to use instead.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    let help = format!("`rayscope run {} --gantt` draws the run as text", args.file.display());
    let message = "this version cannot draw pictures yet";
    out.complain(&Problem::new(Exit::Usage, "not-built", message).help(help))
}
