//! The command line: `rayscope run`, `test`, `explain`, `compare` and the rest.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
