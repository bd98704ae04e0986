//! Which records a list shows: looked for a slice at a time, so that ten million records do not stop the window.

use crate::view::panels::events::kind::{Group, Parties, kind};
use rayscope::base::ObjectId;
use rayscope::base::id::Id;
use rayscope::replay::{Entity, History};
use rayscope::state::Event;
use rayscope::trace::Names;

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Groups that are hidden.
    pub hidden: Vec<Group>,
    /// Text that a name, a printed line or the word for the kind has; any case.
    pub text: String,
    /// Only what happens to this one.
    pub only: Option<Entity>,
}

impl Filter {
    /// Whether every record passes.
    pub fn is_open(&self) -> bool {
        self.hidden.is_empty() && self.text.trim().is_empty() && self.only.is_none()
    }
}

/// The records that pass a filter, as far as they were looked through.
#[derive(Default)]
pub struct Found {
    key: Option<(usize, usize)>,
    filter: Filter,
    /// Records that pass, ascending; all of them if the filter is open.
    passing: Vec<u32>,
    /// Candidates looked at.
    seen: usize,
    /// The object of each copy under way, by its number.
    copies: Vec<ObjectId>,
}

/// Records looked at in a frame: some milliseconds where texts are compared.
const SLICE: usize = 60_000;

impl Found {
    /// Looks further, or anew if something else is asked for. Whether there is more to look at.
    pub fn look(&mut self, key: (usize, usize), history: &History, filter: &Filter) -> bool {
        if self.key != Some(key) || self.filter != *filter {
            *self = Found { key: Some(key), filter: filter.clone(), ..Found::default() };
        }
        if filter.is_open() {
            return false;
        }
        let needle = filter.text.trim().to_lowercase();
        match filter.only {
            Some(entity) => {
                let own = history.records_of(entity);
                let slice = &own[self.seen..(self.seen + SLICE).min(own.len())];
                for index in slice {
                    self.take(history, *index as usize, &needle);
                }
                self.seen += slice.len();
                self.seen < own.len()
            }
            None => {
                let end = (self.seen + SLICE).min(history.len());
                for index in self.seen..end {
                    self.take(history, index, &needle);
                }
                self.seen = end;
                end < history.len()
            }
        }
    }

    fn take(&mut self, history: &History, index: usize, needle: &str) {
        let event = &history.records()[index].event;
        let mut parties = Parties::of(event);
        if let Event::TransferStarted { transfer, object, .. } = event {
            let at = transfer.index();
            if self.copies.len() <= at {
                self.copies.resize(at + 1, *object);
            }
            self.copies[at] = *object;
        } else if let Event::TransferFinished { transfer } | Event::TransferCancelled { transfer } =
            event
        {
            parties.object = self.copies.get(transfer.index()).copied();
        }
        let (group, word) = kind(event);
        if self.filter.hidden.contains(&group) {
            return;
        }
        if needle.is_empty() || says(event, &parties, word, needle, history.names()) {
            self.passing.push(index as u32);
        }
    }

    /// How many rows there are.
    pub fn len(&self, history: &History) -> usize {
        if self.filter.is_open() { history.len() } else { self.passing.len() }
    }

    /// The record of a row.
    pub fn record(&self, row: usize) -> usize {
        if self.filter.is_open() { row } else { self.passing[row] as usize }
    }

    /// How many rows are before a step: the last of them is the row of the cursor.
    pub fn rows_before(&self, history: &History, step: usize) -> usize {
        if self.filter.is_open() {
            return step.min(history.len());
        }
        self.passing.partition_point(|index| (*index as usize) < step)
    }
}

/// Whether an event says the needle, which is in lower case.
fn says(event: &Event, parties: &Parties, word: &str, needle: &str, names: &Names) -> bool {
    if word.contains(needle) {
        return true;
    }
    // Numbers are only put behind names where a number is looked for: most needles need no new text.
    let numbered = needle.contains(|c: char| c.is_ascii_digit() || c == '#');
    let task = parties.task.is_some_and(|task| {
        has(names.label_of(task), needle) || (numbered && has(&names.task(task), needle))
    });
    let object = |object: ObjectId| {
        let own = names.has_own_name(object) || numbered || "obj".contains(needle);
        own && has(&names.token(object), needle)
    };
    let node = |node| has(&names.node(node), needle);
    if task
        || parties.object.is_some_and(object)
        || parties.nodes.into_iter().flatten().any(node)
        || (parties.driver && "the driver".contains(needle))
    {
        return true;
    }
    match event {
        Event::LinePrinted(printed) => has(&printed.text, needle),
        Event::TaskFailed { failure, .. } | Event::ObjectFailed { failure, .. } => {
            has(&failure.message, needle) || has(failure.kind.ray_class(), needle)
        }
        Event::NodeAdded(node) => has(&node.name, needle),
        Event::ActorCreated { actor, .. } => has(&actor.class, needle),
        _ => false,
    }
}

/// Whether a text has the needle in any case.
pub fn has(text: &str, needle: &str) -> bool {
    if text.is_ascii() && needle.is_ascii() {
        let (text, needle) = (text.as_bytes(), needle.as_bytes());
        let mut parts = text.windows(needle.len().max(1));
        return needle.is_empty() || parts.any(|part| part.eq_ignore_ascii_case(needle));
    }
    text.to_lowercase().contains(needle)
}
