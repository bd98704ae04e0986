//! Opening, running again, and the list of runs.

use crate::cli::draft::Draft;
use crate::cli::load::Choices;
use crate::view::dialogs::Dialog;
use crate::view::run::Run;
use crate::view::session::cursor::follow;
use crate::view::session::{Errand, Session, Shown};
use rayscope::base::Instant;
use rayscope::replay::{Playback, PlaybackCommand};
use rayscope::trace::first_divergence;
use std::path::PathBuf;

/// More runs than these are not kept: the oldest that nobody looks at goes.
const MOST_RUNS: usize = 12;

/// Something to read and run.
#[derive(Clone, PartialEq, Debug)]
pub struct Order {
    /// Which one it is, so that a late answer to an earlier one is known.
    pub id: u64,
    /// What.
    pub source: Source,
    /// What becomes of it.
    pub then: Then,
}

/// Where a run comes from.
#[derive(Clone, PartialEq, Debug)]
pub enum Source {
    /// A file, with what is changed of it.
    File(PathBuf, Choices),
    /// The lesson that comes with the program.
    Lesson,
    /// Texts of an editor.
    Draft(Box<Draft>),
}

/// What becomes of a run.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Then {
    /// It is shown from its beginning, or from that time.
    Show(Option<Instant>),
    /// It is shown with the cursor where it was.
    Again,
    /// It is compared with the one that is shown.
    Compare,
}

/// Why something could not be run.
#[derive(Clone, PartialEq, Debug)]
pub struct Trouble {
    /// What it was.
    pub source: Source,
    /// Its texts, if they could be read.
    pub draft: Option<Draft>,
    /// All mistakes as text, with their places and hints.
    pub text: String,
    /// Each mistake.
    pub mistakes: Vec<Mistake>,
}

/// One mistake and its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Mistake {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl Source {
    /// What it is called while it is read.
    pub fn name(&self) -> String {
        let file = match self {
            Source::File(file, _) => file,
            Source::Lesson => return "the lesson".to_owned(),
            Source::Draft(draft) => &draft.file,
        };
        file.file_name().map_or("it".to_owned(), |name| name.to_string_lossy().into_owned())
    }
}

impl Session {
    pub(super) fn open_file(&mut self, file: PathBuf) {
        self.dialog = None;
        self.order(Source::File(file, Choices::default()), Then::Show(None));
    }

    /// Has something read and run; what was ordered before is not waited for.
    pub fn order(&mut self, source: Source, then: Then) {
        self.queue.clear();
        self.begin(source, then);
    }

    /// Has something read and run after what is under way.
    pub fn order_after(&mut self, source: Source, then: Then) {
        if self.awaited.is_some() {
            self.queue.push_back((source, then));
        } else {
            self.begin(source, then);
        }
    }

    fn begin(&mut self, source: Source, then: Then) {
        self.ordered += 1;
        let order = Order { id: self.ordered, source, then };
        self.awaited = Some(order.clone());
        self.errands.push(Errand::Load(Box::new(order)));
    }

    /// No longer waits for what was ordered.
    pub fn cancel(&mut self) {
        self.awaited = None;
        self.queue.clear();
    }

    /// What came of an order. A late answer to one that is no longer waited for changes nothing.
    pub fn arrived(&mut self, id: u64, result: Result<Run, Box<Trouble>>) {
        let Some(order) = self.awaited.take_if(|order| order.id == id) else { return };
        match result {
            Ok(run) => self.take_in(run, order.then),
            Err(trouble) => self.refuse(trouble, order.then),
        }
        if let Some((source, then)) = self.queue.pop_front() {
            self.begin(source, then);
        }
    }

    fn take_in(&mut self, run: Run, then: Then) {
        self.trouble = None;
        if let Some(Dialog::Edit(edit)) = &mut self.dialog {
            edit.ran();
        }
        self.make_room();
        self.runs.push(run);
        let new = self.runs.len() - 1;
        match then {
            Then::Show(at) => {
                self.compared = None;
                self.trail.clear();
                self.shown =
                    Some(Shown { run: new, playback: Playback::new(&self.runs[new].history) });
                if let Some(at) = at {
                    self.play(PlaybackCommand::JumpToTime(at));
                }
            }
            Then::Again => self.show_run(new),
            Then::Compare => self.compare_with(Some(new)),
        }
    }

    fn refuse(&mut self, trouble: Box<Trouble>, then: Then) {
        match (&mut self.dialog, then) {
            (Some(Dialog::Edit(edit)), Then::Again) => edit.refused(trouble),
            _ => self.trouble = Some(trouble),
        }
    }

    /// Forgets the oldest run that nobody looks at, if there are many.
    fn make_room(&mut self) {
        let looked_at = |run: usize| {
            let shown = self.shown.as_ref().map(|shown| shown.run);
            shown == Some(run) || self.compared.as_ref().map(|c| c.shown.run) == Some(run)
        };
        if self.runs.len() < MOST_RUNS {
            return;
        }
        let Some(gone) = (0..self.runs.len()).find(|run| !looked_at(*run)) else { return };
        self.runs.remove(gone);
        let mut places: Vec<&mut usize> = Vec::new();
        places.extend(self.shown.as_mut().map(|shown| &mut shown.run));
        places.extend(self.compared.as_mut().map(|compared| &mut compared.shown.run));
        places.into_iter().filter(|place| **place > gone).for_each(|place| *place -= 1);
    }

    /// Shows another run, with the cursor where it is.
    pub(super) fn show_run(&mut self, run: usize) {
        if run >= self.runs.len() {
            return;
        }
        let mut playback = Playback::new(&self.runs[run].history);
        if let Some(shown) = &self.shown {
            let (old, new) = (&self.runs[shown.run].history, &self.runs[run].history);
            playback.update(new, PlaybackCommand::SetGrain(shown.playback.grain()));
            playback.update(new, PlaybackCommand::SetSpeed(shown.playback.speed()));
            let part = first_divergence(old.trace(), new.trace()).map(|found| found.index);
            follow(&mut playback, new, &shown.playback, old, part);
        }
        let before = self.shown.replace(Shown { run, playback });
        // The run that was compared stays; if it is the one that is shown now, the two change places.
        let other = self.compared.take().map(|compared| compared.shown.run);
        if let Some(other) = other {
            let swap = before.map(|shown| shown.run);
            self.compare_with(if other == run { swap } else { Some(other) });
        }
        self.trouble = None;
    }

    pub(super) fn reload(&mut self) {
        if let Some(trouble) = &self.trouble {
            return self.order(trouble.source.clone(), Then::Show(None));
        }
        let Some(shown) = &self.shown else { return };
        let run = &self.runs[shown.run];
        let source = match &run.draft {
            Some(draft) if draft.embedded => {
                Source::Draft(Box::new(Draft { choices: draft.choices.clone(), ..Draft::lesson() }))
            }
            Some(draft) => Source::File(run.file.clone(), draft.choices.clone()),
            None => Source::File(run.file.clone(), Choices::default()),
        };
        self.order(source, Then::Again);
    }

    pub(super) fn run_again(&mut self) {
        match &self.dialog {
            Some(Dialog::Edit(edit)) => {
                let draft = edit.draft();
                self.order(Source::Draft(Box::new(draft)), Then::Again);
            }
            _ => self.reload(),
        }
    }
}
