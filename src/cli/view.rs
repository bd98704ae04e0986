//! `rayscope view`: this build has no window, and says so.

use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use std::path::PathBuf;

/// What `view` is told.
#[derive(clap::Args)]
pub struct Args {
    /// A scenario, a program or a trace
    pub file: PathBuf,
    /// Where to begin, such as 2.5s
    #[arg(long, value_name = "T")]
    pub at: Option<String>,
    /// Another file to see beside it
    #[arg(long, value_name = "FILE2")]
    pub compare: Option<PathBuf>,
}

/// Says that there is no window, how to build it and what to use instead.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    let file = args.file.display();
    let message = "this build has no window";
    let help = format!(
        "`cargo run --release --features view -- view {file}` builds and opens it; \
         `rayscope run {file}` prints the same run"
    );
    out.complain(&Problem::new(Exit::Usage, "no-window", message).help(help))
}
