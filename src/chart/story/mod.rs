//! What is said at each stop of the story and at each step between: what happened, why, and an aside.
//!
//! The sentences follow the lesson's drawings. A scenario may say a stop in its own words (see `Header::captions`).

mod telling;

use crate::chart::captions::{self, capital, counted};
use crate::chart::story::telling::Telling;
use crate::chart::why::why;
use crate::replay::History;
use std::sync::Arc;

/// What is said.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Caption {
    /// What happened.
    pub short: String,
    /// Why, with numbers; empty where there is nothing to add.
    pub why: String,
    /// Something to know besides.
    pub aside: Option<String>,
}

impl Caption {
    fn new(short: impl Into<String>, why: impl AsRef<str>) -> Caption {
        Caption { short: short.into(), why: sentence(why.as_ref()), aside: None }
    }

    fn aside(self, aside: impl Into<String>) -> Caption {
        Caption { aside: Some(aside.into()), ..self }
    }
}

/// What is said at `step`: of the story's stop there if `stop` is one, else of the last record.
pub fn at(history: &History, step: usize, stop: Option<usize>) -> Caption {
    if let Some((number, found)) = stop.and_then(|n| Some((n, *history.story().get(n)?))) {
        return worded(history, number, Telling::new(history, number, found).caption());
    }
    match step.checked_sub(1).and_then(|index| Some((index, history.records().get(index)?))) {
        None => opening(history),
        Some((index, record)) => {
            let before = history.state_at(index);
            Caption::new(
                captions::short(&before, &record.event, history.names()),
                why(&before, &record.event, history.names()),
            )
        }
    }
}

/// The caption as the scenario words it, where it does.
fn worded(history: &History, number: usize, made: Caption) -> Caption {
    let captions = &history.trace().header.captions;
    let Some(words) = captions.iter().find(|words| words.stop as usize == number + 1) else {
        return made;
    };
    let text = |words: &Option<Arc<str>>| words.as_ref().map(ToString::to_string);
    Caption {
        short: text(&words.say).unwrap_or(made.short),
        why: text(&words.why).unwrap_or(made.why),
        aside: text(&words.aside).or(made.aside).filter(|aside| !aside.is_empty()),
    }
}

/// Before anything is told.
fn opening(history: &History) -> Caption {
    let header = &history.trace().header;
    let what = match header.name.as_str() {
        "" => "this program".to_owned(),
        name => name.to_owned(),
    };
    Caption::new(
        format!("How does Ray run {what}?"),
        format!("{}, policy {}. Nothing has happened yet", cluster(history), header.policy),
    )
}

/// `three nodes with two workers each`.
fn cluster(history: &History) -> String {
    let state = history.state_at(0);
    let nodes = state.nodes.len();
    let counts = || state.nodes.iter().map(|node| node.workers);
    let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
    let workers = match (least, most) {
        (1, 1) => "one worker".to_owned(),
        _ if least == most => format!("{} workers", counted(most as usize)),
        _ => format!("{least} to {most} workers"),
    };
    match nodes {
        1 => format!("One node with {workers}"),
        _ => capital(&format!("{} nodes with {workers} each", counted(nodes))),
    }
}

/// With a capital, unless it begins with a name.
fn sentence(text: &str) -> String {
    const WORDS: [&str; 15] = [
        "all", "called", "enough", "its", "it", "most", "no", "nobody", "one", "only", "the",
        "their", "they", "there", "when",
    ];
    let first = text.split([' ', ',']).next().unwrap_or("");
    match WORDS.contains(&first) {
        true => text[..1].to_ascii_uppercase() + &text[1..],
        false => capital(text),
    }
}

#[cfg(test)]
mod tests;
