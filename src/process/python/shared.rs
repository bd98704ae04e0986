//! What all processes of one program share: its options, its arrays, and the copies that its tasks start from.

use super::array::Array;
use super::body::Template;
use super::prepare::Prepared;
use super::{PythonOptions, array_text};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The opening of a token that stands for an array's text, see [`Shared::fill_in`].
const TOKEN_OPEN: char = '\u{e000}';
const TOKEN_CLOSE: char = '\u{e001}';

/// Shared by the driver, its tasks and its actors.
pub(super) struct Shared {
    pub(super) options: PythonOptions,
    /// The file's name for tracebacks.
    pub(super) file: Arc<str>,
    /// The text as the user wrote it, for tracebacks.
    pub(super) source: Arc<str>,
    /// What the pre-pass found out.
    pub(super) prepared: Prepared,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    arrays: Vec<Arc<Array>>,
    templates: BTreeMap<u64, Arc<Template>>,
    /// The class in `ray.exceptions` by the text of an exception that was raised in a program.
    classes: BTreeMap<String, String>,
    keys: u64,
    processes: u64,
}

impl Shared {
    pub(super) fn new(
        options: PythonOptions,
        file: Arc<str>,
        source: Arc<str>,
        prepared: Prepared,
    ) -> Shared {
        Shared { options, file, source, prepared, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves nothing half done here: every change is one push or one insert.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an array; its number is what programs hold.
    pub(super) fn keep(&self, array: Array) -> u64 {
        let mut state = self.state();
        state.arrays.push(Arc::new(array));
        state.arrays.len() as u64 - 1
    }

    /// The array with that number.
    pub(super) fn array(&self, handle: u64) -> Option<Arc<Array>> {
        self.state().arrays.get(usize::try_from(handle).ok()?).cloned()
    }

    /// A number for a remote function.
    pub(super) fn next_key(&self) -> u64 {
        let mut state = self.state();
        state.keys += 1;
        state.keys
    }

    /// A number for a process; its chance depends on it.
    pub(super) fn next_process(&self) -> u64 {
        let mut state = self.state();
        state.processes += 1;
        state.processes
    }

    pub(super) fn put_template(&self, key: u64, template: Template) {
        self.state().templates.insert(key, Arc::new(template));
    }

    pub(super) fn template(&self, key: u64) -> Option<Arc<Template>> {
        self.state().templates.get(&key).cloned()
    }

    /// Remembers that an exception with that text is one of Ray's.
    pub(super) fn put_class(&self, text: &str, class: String) {
        self.state().classes.insert(text.to_owned(), class);
    }

    /// Ray's class of the exception with that text.
    pub(super) fn class_of(&self, text: &str) -> Option<String> {
        self.state().classes.get(text).cloned()
    }

    /// Puts the texts of arrays where their tokens are. Texts are long and mostly never printed, and the
    /// interpreter cannot ask for one while it makes a string.
    pub(super) fn fill_in(&self, text: &str) -> String {
        if !text.contains(TOKEN_OPEN) {
            return text.to_owned();
        }
        let mut filled = String::with_capacity(text.len() * 2);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(TOKEN_OPEN) {
            filled.push_str(before);
            let Some((token, tail)) = after.split_once(TOKEN_CLOSE) else {
                rest = after;
                break;
            };
            let array = token.get(1..).and_then(|n| n.parse().ok()).and_then(|n| self.array(n));
            match array {
                Some(array) if token.starts_with('r') => {
                    filled.push_str(&array_text::as_repr(&array))
                }
                Some(array) => filled.push_str(&array_text::as_str(&array)),
                None => {}
            }
            rest = tail;
        }
        filled.push_str(rest);
        filled
    }

    /// The line of the user's text.
    pub(super) fn source_line(&self, line: u32) -> &str {
        self.source.lines().nth(line.saturating_sub(1) as usize).unwrap_or("")
    }
}
