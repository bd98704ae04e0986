//! Python programs in virtual time: the user's driver, run by the embedded interpreter Monty.
//!
//! The program's text is checked and prepared ([`prepare`]); a prelude written in Python gives it `ray`, `time`, `np`
//! and the rest; every call that needs the cluster suspends the interpreter and becomes an
//! [`Effect`](crate::process::Effect). A task's body is a copy of the interpreter as it was at the function's first
//! `.remote()`, which is when Ray pickles a function too. Monty is known in this module only.

mod array;
mod array_text;
mod body;
mod convert;
mod failure;
mod groups;
mod host;
mod init;
mod numpy;
mod options;
mod percent;
mod prepare;
mod process;
mod requests;
mod shared;
mod start;
#[cfg(test)]
mod tests;

pub use init::{Init, init_of};

use crate::base::Span;
use crate::model::Program;
use crate::process::Process;

/// Something in the program that is wrong or not supported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to write instead; may be empty.
    pub help: String,
}

/// How much a program may use. All of it is counted, none of it is measured with a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PythonLimits {
    /// Turns of loops and calls of functions, of one process.
    pub steps: u64,
    /// Depth of calls.
    pub recursion: usize,
    /// Bytes that a single operation may make.
    pub allocation: usize,
    /// Bytes of all values of one process, as far as they are looked at (every some thousand steps).
    pub memory: usize,
    /// How often one process may ask for something.
    pub suspensions: u64,
    /// Bytes that one process may print.
    pub output: u64,
}

impl Default for PythonLimits {
    fn default() -> Self {
        PythonLimits {
            steps: 20_000_000,
            recursion: 400,
            allocation: 64 << 20,
            memory: 256 << 20,
            suspensions: 2_000_000,
            output: 16 << 20,
        }
    }
}

/// What a program's run depends on besides its text and the cluster's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PythonOptions {
    /// Decides all chance.
    pub seed: u64,
    /// When to stop it.
    pub limits: PythonLimits,
    /// What each element costs that a NumPy call makes.
    pub numpy_element_cost: Span,
    /// What each NumPy call costs that makes an array.
    pub numpy_call_cost: Span,
}

/// Everything in the program that keeps it from running, in the order of its lines.
pub fn check(program: &Program) -> Vec<Problem> {
    prepare::prepare(&program.source).err().unwrap_or_default()
}

/// The driver's process, not started yet.
pub fn driver(
    program: &Program,
    options: &PythonOptions,
) -> Result<Box<dyn Process>, Vec<Problem>> {
    let prepared = prepare::prepare(&program.source)?;
    Ok(Box::new(start::driver(program, prepared, *options)))
}
