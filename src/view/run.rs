//! A run that is shown: its history, and the pictures' parts that do not change while the cursor moves.

use rayscope::analysis::Report;
use rayscope::replay::History;
use std::path::PathBuf;
use std::sync::OnceLock;

/// One run, as it was made from a file or from an edit.
pub struct Run {
    /// Everything that happened.
    pub history: History,
    /// The file that it came from.
    pub file: PathBuf,
    /// What it is called where several runs are listed.
    pub title: String,
    report: OnceLock<Report>,
}

impl Run {
    /// A run that was not looked at yet.
    pub fn new(history: History, file: PathBuf, title: String) -> Run {
        Run { history, file, title, report: OnceLock::new() }
    }

    /// What the whole run was like, made when first asked for: one pass over the trace.
    pub fn report(&self) -> &Report {
        self.report.get_or_init(|| Report::of(self.history.trace()))
    }

    /// The same, if it is there already or takes no time that is felt; else a panel asks a person first.
    pub fn known_report(&self) -> Option<&Report> {
        const QUICK: usize = 200_000;
        if self.history.len() <= QUICK { Some(self.report()) } else { self.report.get() }
    }

    /// Which run it is, to notice that another one is shown: where its records lie, and how many there are.
    pub fn key(&self) -> (usize, usize) {
        let records = self.history.records();
        (records.as_ptr() as usize, records.len())
    }
}
