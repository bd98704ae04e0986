//! The command line: `rayscope run`, `test`, `explain`, `compare` and the rest.
fn main() {}
