//! Search: tasks, objects, nodes and events by their names and sentences.

use crate::view::command::Command;
use crate::view::dialogs::picker::{Picker, Row};
use crate::view::look::Asks;
use crate::view::panels::numbers::grouped;
use crate::view::session::Session;
use bevy_egui::egui::Ui;
use rayscope::base::id::Id;
use rayscope::base::{NodeId, ObjectId, TaskId};
use rayscope::chart::captions;
use rayscope::replay::{Entity, History, PlaybackCommand};

/// So many hits are shown; the rest is counted.
const MOST: usize = 50;
/// Sentences are made for so many events; later ones are found through their tasks.
const MOST_EVENTS: usize = 20_000;

/// What was typed, and what was found for it.
pub struct Search {
    picker: Picker,
    found: Found,
    /// A sentence for each of the first events, made when the search opens.
    told: Vec<String>,
}

/// The first hits, and how many there are.
#[derive(Default)]
struct Found {
    hits: Vec<Hit>,
    all: usize,
}

/// Something found.
struct Hit {
    title: String,
    kind: &'static str,
    target: Target,
}

/// Where a hit leads.
#[derive(Clone, Copy)]
enum Target {
    Thing(Entity),
    Event(usize),
}

impl Search {
    /// In the run that is shown.
    pub fn of(session: &Session) -> Option<Search> {
        let history = &session.look()?.run.history;
        let mut search =
            Search { picker: Picker::default(), found: Found::default(), told: told(history) };
        search.find(history);
        Some(search)
    }

    /// Draws it. What is chosen is selected, or gone to; that closes it.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, asks: &mut Asks) {
        let Some(look) = session.look() else { return };
        if self.picker.field(ui, "Tasks, objects, nodes, events…") {
            self.find(&look.run.history);
        }
        ui.add_space(6.0);
        let hits = &self.found.hits;
        let row = |at: usize| Row { title: &hits[at].title, note: "", end: hits[at].kind };
        let picked = self.picker.rows(ui, look.theme, hits.len(), row);
        ui.add_space(4.0);
        ui.weak(self.count(&look.run.history));
        if let Some(at) = picked {
            asks.push(Command::Close);
            match hits[at].target {
                Target::Thing(entity) => asks.extend(go_to(&look.run.history, entity)),
                Target::Event(index) => {
                    asks.push(Command::Playback(PlaybackCommand::JumpToStep(index + 1)));
                }
            }
        }
    }

    fn count(&self, history: &History) -> String {
        let more = self.found.all - self.found.hits.len();
        let shown = match (self.found.all, more) {
            (0, _) => "Nothing is called that".to_owned(),
            (1, _) => "1 hit".to_owned(),
            (all, 0) => format!("{all} hits"),
            (all, more) => format!("{} hits, {} of them not shown", grouped(all), grouped(more)),
        };
        if history.len() > MOST_EVENTS {
            format!("{shown}; of the events only the first {} are searched", grouped(MOST_EVENTS))
        } else {
            shown
        }
    }

    fn find(&mut self, history: &History) {
        let query = self.picker.query.trim().to_lowercase();
        self.found = Found::default();
        let (names, last) = (history.names(), history.last_state());
        // A number after `#` is only part of a whole name; without one the label will do, which costs nothing.
        let numbered = query.contains('#') || query.chars().any(|c| c.is_ascii_digit());
        for index in 0..last.nodes.len() {
            let node = NodeId::from_index(index);
            self.offer(&query, &names.node(node), "node", Target::Thing(Entity::Node(node)));
        }
        for index in 0..last.tasks.len() {
            let task = TaskId::from_index(index);
            let fits = numbered || contains(names.label_of(task), &query);
            if fits {
                self.offer(&query, &names.task(task), "task", Target::Thing(Entity::Task(task)));
            }
        }
        for index in 0..last.objects.len() {
            let object = ObjectId::from_index(index);
            self.offer(
                &query,
                &names.object(object),
                "object",
                Target::Thing(Entity::Object(object)),
            );
        }
        let told = std::mem::take(&mut self.told);
        for (index, sentence) in told.iter().enumerate() {
            self.offer(&query, sentence, "event", Target::Event(index));
        }
        self.told = told;
    }

    fn offer(&mut self, query: &str, title: &str, kind: &'static str, target: Target) {
        if !contains(title, query) {
            return;
        }
        self.found.all += 1;
        if self.found.hits.len() < MOST {
            self.found.hits.push(Hit { title: title.to_owned(), kind, target });
        }
    }
}

/// Whether `text` has `query` in it, which is in small letters.
fn contains(text: &str, query: &str) -> bool {
    query.is_empty() || text.to_lowercase().contains(query)
}

/// A sentence for each of the first events.
fn told(history: &History) -> Vec<String> {
    let mut state = history.state_at(0);
    let records = &history.records()[..history.len().min(MOST_EVENTS)];
    let sentence = |record: &rayscope::trace::Record| {
        let text = captions::short(&state, &record.event, history.names());
        state.apply(record.at, &record.event);
        format!("{text} ({})", record.at)
    };
    records.iter().map(sentence).collect()
}

/// Selects a thing, and goes to its first event.
fn go_to(history: &History, entity: Entity) -> [Command; 3] {
    let first = history.records_of(entity).first().map_or(0, |record| *record as usize + 1);
    [
        Command::Playback(PlaybackCommand::JumpToStep(first)),
        Command::Select(Some(entity)),
        Command::Focus,
    ]
}
