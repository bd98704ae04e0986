//! A run that is shown: its history, and the pictures' parts that do not change while the cursor moves.

use crate::cli::draft::Draft;
use crate::cli::load::Ran;
use rayscope::analysis::Report;
use rayscope::chart::graph::Graph;
use rayscope::chart::scene::Stage;
use rayscope::chart::series::Series;
use rayscope::chart::timeline::Timeline;
use rayscope::replay::History;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// One run, as it was made from a file or from an edit.
pub struct Run {
    /// Everything that happened.
    pub history: History,
    /// The file that it came from.
    pub file: PathBuf,
    /// What it is called where several runs are listed.
    pub title: String,
    /// The texts that it was made from; none of a trace.
    pub draft: Option<Draft>,
    /// No other run has it.
    number: usize,
    stage: OnceLock<Stage>,
    graph: OnceLock<Graph>,
    timeline: OnceLock<Timeline>,
    series: OnceLock<Series>,
    report: OnceLock<Report>,
}

impl Run {
    /// A run that was not looked at yet.
    pub fn new(history: History, file: PathBuf, title: String) -> Run {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        Run {
            number: MADE.fetch_add(1, Ordering::Relaxed),
            history,
            file,
            title,
            draft: None,
            stage: OnceLock::new(),
            graph: OnceLock::new(),
            timeline: OnceLock::new(),
            series: OnceLock::new(),
            report: OnceLock::new(),
        }
    }

    /// The run of a file, and the texts that it was made from.
    pub fn of(ran: Ran, draft: Option<Draft>) -> Run {
        let title = title(&ran, draft.as_ref());
        Run { draft, ..Run::new(History::new(ran.trace), ran.file, title) }
    }

    /// Makes what the panels ask for, so that no frame waits for it.
    pub fn prepare(&self) {
        // The others ask for the names, so they come first.
        self.history.names();
        thread::scope(|scope| {
            scope.spawn(|| self.timeline());
            scope.spawn(|| self.series());
            scope.spawn(|| self.graph());
            scope.spawn(|| self.report());
            self.history.story();
            self.stage();
        });
    }

    /// The furniture of its pictures, made when first asked for.
    pub fn stage(&self) -> &Stage {
        self.stage.get_or_init(|| Stage::new(&self.history))
    }

    /// Its task graph, made when first asked for; the pictures show a smaller one.
    pub fn graph(&self) -> &Graph {
        self.graph.get_or_init(|| Graph::of(&self.history))
    }

    /// Its lanes, made when first asked for: one pass over the trace.
    pub fn timeline(&self) -> &Timeline {
        self.timeline.get_or_init(|| Timeline::of(&self.history))
    }

    /// Its curves, made when first asked for: one pass over the trace.
    pub fn series(&self) -> &Series {
        self.series.get_or_init(|| Series::of(&self.history))
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

    /// Which run it is, to notice that another one is shown: its number, and how many records it has.
    pub fn key(&self) -> (usize, usize) {
        (self.number, self.history.len())
    }
}

/// The scenario's name and what was changed: `add_arrays, 4x2, spread`.
fn title(ran: &Ran, draft: Option<&Draft>) -> String {
    let mut parts = vec![ran.trace.header.name.clone()];
    if let Some(choices) = draft.map(|draft| &draft.choices) {
        parts.extend(choices.cluster.clone());
        parts.extend(choices.policy.clone());
        parts.extend(choices.profile.clone());
        parts.extend(choices.seed.map(|seed| format!("seed {seed}")));
        parts.extend(choices.set.iter().cloned());
        parts.extend(choices.latency.iter().map(|latency| format!("latency {latency}")));
        parts.extend(choices.bandwidth.iter().map(|bandwidth| format!("bandwidth {bandwidth}")));
    }
    parts.join(", ")
}
