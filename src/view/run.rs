//! A run that is shown: its history, and the pictures' parts that do not change while the cursor moves.

use rayscope::replay::History;
use std::path::PathBuf;

/// One run, as it was made from a file or from an edit.
pub struct Run {
    /// Everything that happened.
    pub history: History,
    /// The file that it came from.
    pub file: PathBuf,
    /// What it is called where several runs are listed.
    pub title: String,
}
