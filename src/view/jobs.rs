//! Reading and running beside the window, on a thread of its own: the window never waits.

use crate::cli::draft::Draft;
use crate::cli::load::{is_trace, trace_of};
use crate::cli::problem::Problem;
use crate::view::run::Run;
use crate::view::session::{Mistake, Order, Parting, Source, Trouble};
use bevy::prelude::Resource;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// What comes of a job; the number says of which.
pub enum Answer {
    /// A run, or why there is none.
    Ran(u64, Box<Result<Run, Box<Trouble>>>),
    /// Where a run parts from that one.
    Parted(u64, Arc<Run>, Box<Parting>),
}

/// The threads' answers. A thread that nobody waits for any more ends by itself: the engine has limits.
#[derive(Resource)]
pub struct Jobs {
    sender: Sender<Answer>,
    answers: Mutex<Receiver<Answer>>,
}

impl Default for Jobs {
    fn default() -> Jobs {
        let (sender, answers) = channel();
        Jobs { sender, answers: Mutex::new(answers) }
    }
}

impl Jobs {
    /// Begins an order.
    pub fn begin(&self, order: Order) {
        let Order { id, source, .. } = order;
        let begun = self.beside({
            let source = source.clone();
            move || Answer::Ran(id, Box::new(make(&source).inspect(Run::prepare)))
        });
        if let Err(error) = begun {
            let text = format!("error: no thread could be started: {error}");
            let trouble = Trouble { source, draft: None, text, mistakes: Vec::new() };
            let _ = self.sender.send(Answer::Ran(id, Box::new(Err(Box::new(trouble)))));
        }
    }

    /// Begins to hold a run against another.
    pub fn compare(&self, id: u64, here: Arc<Run>, there: Arc<Run>) {
        let work = {
            let (here, there) = (Arc::clone(&here), Arc::clone(&there));
            move || {
                let parting = Parting::of(&here.history, &there.history);
                Answer::Parted(id, there, Box::new(parting))
            }
        };
        if self.beside(work).is_err() {
            // Late is better than never.
            let parting = Parting::of(&here.history, &there.history);
            let _ = self.sender.send(Answer::Parted(id, there, Box::new(parting)));
        }
    }

    fn beside(&self, work: impl FnOnce() -> Answer + Send + 'static) -> std::io::Result<()> {
        let sender = self.sender.clone();
        // Programs nest deeply before their own limit is reached.
        let thread = thread::Builder::new().name("run".to_owned()).stack_size(16 << 20);
        // The window may be gone when the work is done.
        thread.spawn(move || drop(sender.send(work()))).map(drop)
    }

    /// An answer, if one is there.
    pub fn answer(&self) -> Option<Answer> {
        self.answers.lock().ok()?.try_recv().ok()
    }
}

/// Reads and runs.
pub fn make(source: &Source) -> Result<Run, Box<Trouble>> {
    let trouble = |draft: Option<Draft>, problem: &Problem| refused(source, draft, problem);
    let draft = match source {
        Source::File(file, choices) if is_trace(file) => {
            let ran = trace_of(file, choices).map_err(|problem| trouble(None, &problem))?;
            return Ok(Run::of(ran, None));
        }
        Source::File(file, choices) => Draft::read(file, choices),
        Source::Lesson => Ok(Draft::lesson()),
        Source::Draft(draft) => Ok(Draft::clone(draft)),
    };
    let mut draft = draft.map_err(|problem| trouble(None, &problem))?;
    match draft.run() {
        Ok(ran) => Ok(Run::of(ran, Some(draft))),
        Err(problem) => Err(trouble(Some(draft), &problem)),
    }
}

fn refused(source: &Source, draft: Option<Draft>, problem: &Problem) -> Box<Trouble> {
    let mistakes = problem.list().iter().filter_map(|entry| {
        let file = entry["file"].as_str()?.to_owned();
        let line = usize::try_from(entry["line"].as_u64()?).ok()?;
        Some(Mistake {
            file,
            line,
            message: entry["message"].as_str().unwrap_or_default().to_owned(),
        })
    });
    Box::new(Trouble {
        source: source.clone(),
        draft,
        mistakes: mistakes.collect(),
        text: problem.text(false).to_owned(),
    })
}
