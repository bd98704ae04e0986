//! A task by what people call it.

use crate::base::TaskId;
use crate::base::id::Id;
use crate::state::Event;
use crate::trace::{Names, Trace};
use std::collections::BTreeSet;

/// No task is called that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFound {
    /// The nearest name.
    pub nearest: Option<String>,
    /// How many tasks there are.
    pub tasks: usize,
}

/// The task that `text` names: `add_arrays`, `make_array#2` (the second of that name), or a number in the order of
/// submission from 0. A name that several tasks share means the first of them.
pub fn find_task(trace: &Trace, names: &Names, text: &str) -> Result<TaskId, NotFound> {
    let text = text.trim().strip_prefix("task:").unwrap_or(text.trim());
    let specs: Vec<_> = trace
        .records
        .iter()
        .filter_map(|record| match &record.event {
            Event::TaskSubmitted(spec) => Some(spec),
            _ => None,
        })
        .collect();
    let (base, ordinal) = match text.rsplit_once('#') {
        Some((base, number)) => (base, number.parse::<usize>().ok()),
        None => (text, Some(1)),
    };
    let nth = |matches: &dyn Fn(usize) -> bool| {
        let mut found = (0..specs.len()).filter(|index| matches(*index));
        ordinal.and_then(|number| number.checked_sub(1)).and_then(|skip| found.nth(skip))
    };
    let whole = || specs.iter().position(|spec| spec.label() == text);
    let by_label = || nth(&|index| specs[index].label() == base);
    let by_function = || nth(&|index| &*specs[index].function == base);
    let by_number = || text.parse::<usize>().ok().filter(|number| *number < specs.len());
    let found = whole().or_else(by_label).or_else(by_function).or_else(by_number);
    found.map(TaskId::from_index).ok_or_else(|| {
        let known: BTreeSet<String> =
            (0..specs.len()).map(|index| names.task(TaskId::from_index(index))).collect();
        NotFound { nearest: nearest(text, &known), tasks: specs.len() }
    })
}

fn nearest(text: &str, known: &BTreeSet<String>) -> Option<String> {
    let scored = known.iter().map(|name| (strsim::damerau_levenshtein(text, name), name));
    let (distance, name) = scored.min()?;
    let near = distance <= name.len().max(text.len()).div_ceil(2);
    near.then(|| name.clone())
}
