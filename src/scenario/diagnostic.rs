//! Diagnostics as plain data: what is wrong, where, and what to do about it.

use crate::scenario::code::Code;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// More than so many help nobody; what comes after is only counted.
pub const MOST: usize = 100;

/// A text that can be pointed into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file's name as the user gave it, or the option's: `--cluster`.
    pub name: String,
    /// All of it, without a byte order mark.
    pub text: String,
}

/// A place in a source, counted from 1; columns are characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// One mistake, or one thing worth knowing.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// What is wrong, with the names in it.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The text that it is about.
    pub source: Arc<Source>,
    /// The bytes of the text that it is about.
    pub range: Range<usize>,
}

/// All that was found, in the order of finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    more: usize,
    errors: usize,
}

impl Source {
    /// A source without its byte order mark.
    pub fn new(name: impl Into<String>, text: &str) -> Arc<Source> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        Arc::new(Source { name: name.into(), text })
    }

    /// Line and column of a byte.
    pub fn position(&self, byte: usize) -> Position {
        let mut end = byte.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &self.text[..end];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[start..].chars().count() + 1,
        }
    }

    /// The line that a byte is in, without its end.
    pub fn line_at(&self, byte: usize) -> &str {
        let mut at = byte.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let start = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[at..].find('\n').map_or(self.text.len(), |more| at + more);
        self.text[start..end].trim_end_matches('\r')
    }
}

impl Diagnostic {
    /// Where it is.
    pub fn position(&self) -> Position {
        self.source.position(self.range.start)
    }
}

impl fmt::Display for Diagnostic {
    /// `file:line:column: E0101: message`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position();
        let (name, code) = (&self.source.name, self.code.text());
        write!(f, "{name}:{line}:{column}: {code}: {}", self.message)
    }
}

impl Diagnostics {
    /// The diagnostics that are shown.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// Those of other kinds than `code`.
    pub fn without(mut self, code: Code) -> Diagnostics {
        self.list.retain(|found| found.code != code);
        self
    }

    /// How many more there were than are shown.
    pub fn more(&self) -> usize {
        self.more
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    fn is_full(&self) -> bool {
        self.list.len() >= MOST
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        let error = diagnostic.code.is_error();
        self.errors += usize::from(error);
        if self.is_full() {
            self.more += 1;
            // An error is worth more than a warning when there is room for one only.
            let warning = self.list.iter().rposition(|other| !other.code.is_error());
            if let (true, Some(at)) = (error, warning) {
                self.list.remove(at);
                self.list.push(diagnostic);
            }
            return;
        }
        self.list.push(diagnostic);
    }
}

impl fmt::Display for Diagnostics {
    /// One line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.list {
            writeln!(f, "{diagnostic}")?;
        }
        if self.more > 0 { writeln!(f, "and {} more", self.more) } else { Ok(()) }
    }
}

impl std::error::Error for Diagnostics {}

/// Collects what is found, and knows which text is being read.
#[derive(Debug)]
pub struct Reporter {
    source: Arc<Source>,
    found: Diagnostics,
}

impl Reporter {
    /// Nothing found in `source` yet.
    pub fn new(source: Arc<Source>) -> Reporter {
        Reporter { source, found: Diagnostics::default() }
    }

    /// Reports a mistake without advice.
    pub fn say(&mut self, code: Code, range: Range<usize>, message: impl Into<String>) {
        self.push(code, range, message.into(), None);
    }

    /// Reports a mistake and what to do about it.
    pub fn advise(
        &mut self,
        code: Code,
        range: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(code, range, message.into(), Some(help.into()));
    }

    fn push(&mut self, code: Code, range: Range<usize>, message: String, help: Option<String>) {
        let source = Arc::clone(&self.source);
        self.found.push(Diagnostic { code, message, help, source, range });
    }

    /// Reports a mistake in a name, and suggests the nearest of those that would do.
    pub fn suggest<'n>(
        &mut self,
        code: Code,
        range: Range<usize>,
        message: impl Into<String>,
        wrong: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        // Comparing costs time; nobody sees the advice when there is no room for it.
        let near = if self.found.is_full() { None } else { nearest(wrong, known) };
        self.push(code, range, message.into(), near.map(|name| format!("did you mean `{name}`?")));
    }

    /// Does something with another text, and comes back.
    pub fn within<T>(&mut self, source: &Arc<Source>, act: impl FnOnce(&mut Reporter) -> T) -> T {
        let outer = std::mem::replace(&mut self.source, Arc::clone(source));
        let result = act(self);
        self.source = outer;
        result
    }

    /// The text that is being read.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// How many errors there are so far, to see whether a part was in order.
    pub fn errors(&self) -> usize {
        self.found.errors
    }

    /// All that was found.
    pub fn finish(self) -> Diagnostics {
        self.found
    }
}

/// The name that is most like `wrong`, if one is like it at all.
pub fn nearest<'n>(wrong: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    if wrong.len() > 200 {
        return None;
    }
    let likeness = |name: &str| {
        let (a, b) = (wrong.to_lowercase(), name.to_lowercase());
        if a == b { 1.0 } else { strsim::jaro_winkler(&a, &b) }
    };
    let candidates = known.filter(|name| name.len() <= 200).take(10_000);
    let best = candidates.map(|name| (likeness(name), name)).reduce(|best, next| {
        // The first of equals, so that the advice does not change with the number of names.
        if next.0 > best.0 { next } else { best }
    })?;
    (best.0 >= 0.8).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters_from_one() {
        let source = Source::new("f", "\u{feff}ab\r\nµ\u{1d11e}x");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(4 + 2 + 4), Position { line: 2, column: 3 });
        assert_eq!(source.position(999), Position { line: 2, column: 4 });
        assert_eq!(source.line_at(1), "ab");
        assert_eq!(source.line_at(5), "µ\u{1d11e}x");
    }

    #[test]
    fn suggests_only_what_is_near() {
        let names = || ["submit_cost", "task_overhead"].into_iter();
        assert_eq!(nearest("submit_cots", names()), Some("submit_cost"));
        assert_eq!(nearest("zebra", names()), None);
    }

    #[test]
    fn a_flood_is_cut_and_counted() {
        let mut reporter = Reporter::new(Source::new("f", ""));
        for _ in 0..MOST + 5 {
            reporter.say(Code::NoRuntime, 0..0, "x");
        }
        reporter.say(Code::UnknownKey, 0..0, "y");
        let found = reporter.finish();
        assert_eq!((found.iter().count(), found.more()), (MOST, 6));
        assert_eq!(found.iter().last().unwrap().code, Code::UnknownKey);
    }
}
