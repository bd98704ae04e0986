//! Reading and running beside the window, on a thread of its own: the window never waits.

use crate::cli::draft::Draft;
use crate::cli::load::{is_trace, trace_of};
use crate::cli::problem::Problem;
use crate::view::run::Run;
use crate::view::session::{Mistake, Order, Source, Trouble};
use bevy::prelude::Resource;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// What comes of an order.
type Answer = (u64, Result<Run, Box<Trouble>>);

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
        let sender = self.sender.clone();
        // Programs nest deeply before their own limit is reached.
        let thread = thread::Builder::new().name("run".to_owned()).stack_size(16 << 20);
        let id = order.id;
        let source = order.source.clone();
        let begun = thread.spawn(move || {
            let made = make(&order.source).inspect(Run::prepare);
            // The window may be gone by now.
            let _ = sender.send((order.id, made));
        });
        if let Err(error) = begun {
            let text = format!("error: no thread could be started: {error}");
            let trouble = Trouble { source, draft: None, text, mistakes: Vec::new() };
            let _ = self.sender.send((id, Err(Box::new(trouble))));
        }
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
