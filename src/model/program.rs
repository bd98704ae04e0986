//! A Python program: its text, and where it came from for diagnostics.

use std::sync::Arc;

/// A program to run in virtual time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The file's name as it is shown in tracebacks.
    pub file: Arc<str>,
    /// The whole text.
    pub source: Arc<str>,
}
