//! The command line: `rayscope run`, `test`, `explain`, `compare` and the rest.

mod cli;
#[cfg(feature = "view")]
mod view;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
