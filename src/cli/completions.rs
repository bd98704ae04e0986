//! `rayscope completions`: what a shell needs to complete the command line.

use crate::cli::args::Cli;
use crate::cli::output::{Exit, Output};
use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

/// What `completions` is told.
#[derive(clap::Args)]
pub struct Args {
    /// The shell
    pub shell: Shell,
}

/// Prints the shell's script.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "rayscope", &mut script);
    if out.json() {
        let text = String::from_utf8_lossy(&script);
        out.value(&json!({"shell": args.shell.to_string(), "script": text}));
    } else {
        out.write(&script);
    }
    Exit::Ok
}
