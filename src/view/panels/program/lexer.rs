//! Enough of Python's words to colour a program quietly. It never fails: what it does not know is plain.

use std::ops::Range;

/// What a stretch of text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Names, operators, space.
    Plain,
    /// `def`, `while`, `None`.
    Keyword,
    /// A string, or a part of one that goes over several lines.
    Text,
    /// A number.
    Number,
    /// From `#` to the end of the line.
    Comment,
    /// `@ray.remote`.
    Decorator,
}

/// A line of the program: where its text lies in the source, and its coloured stretches in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Bytes of the source, without the line's end.
    pub text: Range<usize>,
    /// Bytes of the source with what they are; they fill the line.
    pub parts: Vec<(Range<usize>, Kind)>,
}

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// The lines of a program.
pub fn lines(source: &str) -> Vec<Line> {
    let mut open: Option<&str> = None;
    let mut start = 0;
    let mut found = Vec::new();
    for line in source.split_inclusive('\n') {
        let text = line.trim_end_matches(['\n', '\r']);
        let mut cursor = Cursor { source, at: start, end: start + text.len(), parts: Vec::new() };
        open = cursor.line(open);
        found.push(Line { text: start..start + text.len(), parts: cursor.parts });
        start += line.len();
    }
    found
}

struct Cursor<'a> {
    source: &'a str,
    at: usize,
    end: usize,
    parts: Vec<(Range<usize>, Kind)>,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..self.end]
    }

    fn take(&mut self, length: usize, kind: Kind) {
        if length == 0 {
            return;
        }
        let part = self.at..self.at + length;
        self.at = part.end;
        match self.parts.last_mut() {
            Some((last, same)) if *same == kind => last.end = part.end,
            _ => self.parts.push((part, kind)),
        }
    }

    /// Reads a line that begins inside a string if `open` says so; says whether it ends inside of one.
    fn line(&mut self, open: Option<&'static str>) -> Option<&'static str> {
        if let Some(quote) = open
            && !self.string(quote)
        {
            return open;
        }
        while let Some(first) = self.rest().chars().next() {
            let rest = self.rest();
            match first {
                '#' => self.take(rest.len(), Kind::Comment),
                '@' if self.parts.iter().all(|(part, _)| blank(&self.source[part.clone()])) => {
                    let word = |c: char| c.is_alphanumeric() || matches!(c, '@' | '_' | '.');
                    self.take(length_of(rest, word), Kind::Decorator);
                }
                '0'..='9' => {
                    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
                    self.take(length_of(rest, part), Kind::Number);
                }
                '"' | '\'' => {
                    if let Some(quote) = self.open_string(0) {
                        return Some(quote);
                    }
                }
                c if c.is_alphabetic() || c == '_' => {
                    let word = length_of(rest, |c| c.is_alphanumeric() || c == '_');
                    let prefix = word <= 2 && rest[word..].starts_with(['"', '\'']);
                    if prefix && rest[..word].chars().all(|c| "rbfuRBFU".contains(c)) {
                        if let Some(quote) = self.open_string(word) {
                            return Some(quote);
                        }
                        continue;
                    }
                    let keyword = KEYWORDS.binary_search(&&rest[..word]).is_ok();
                    self.take(word, if keyword { Kind::Keyword } else { Kind::Plain });
                }
                other => self.take(other.len_utf8(), Kind::Plain),
            }
        }
        None
    }

    /// A string that begins after a prefix of so many bytes; its quote if it goes on in the next line.
    fn open_string(&mut self, prefix: usize) -> Option<&'static str> {
        let rest = &self.rest()[prefix..];
        let quotes = ["\"\"\"", "'''", "\"", "'"];
        let quote = quotes.into_iter().find(|quote| rest.starts_with(quote))?;
        self.take(prefix + quote.len(), Kind::Text);
        let closed = self.string(quote);
        (!closed && quote.len() == 3).then_some(quote)
    }

    /// The inside of a string up to its quote, if that stands in this line.
    fn string(&mut self, quote: &str) -> bool {
        let rest = self.rest();
        let mut from = 0;
        while let Some(found) = rest[from..].find([quote.as_bytes()[0] as char, '\\']) {
            let at = from + found;
            if rest[at..].starts_with('\\') {
                let escaped = rest[at + 1..].chars().next().map_or(0, char::len_utf8);
                from = at + 1 + escaped;
            } else if rest[at..].starts_with(quote) {
                self.take(at + quote.len(), Kind::Text);
                return true;
            } else {
                from = at + 1;
            }
        }
        self.take(rest.len(), Kind::Text);
        false
    }
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn length_of(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(source: &str) -> Vec<String> {
        let told = |line: Line| {
            let parts = line.parts.into_iter().filter(|(_, kind)| *kind != Kind::Plain);
            parts.map(|(range, kind)| format!("{kind:?} {}", &source[range])).collect::<Vec<_>>()
        };
        lines(source).into_iter().flat_map(told).collect()
    }

    #[test]
    fn the_words_of_a_program() {
        let source =
            "#\n  @ray.remote\ndef f(n2):  # why\n    return f'a{n}' + \"b\\\"c\" + 1.5e3\n";
        let expected = [
            "Comment #",
            "Decorator @ray.remote",
            "Keyword def",
            "Comment # why",
            "Keyword return",
            "Text f'a{n}'",
            "Text \"b\\\"c\"",
            "Number 1.5e3",
        ];
        assert_eq!(told(source), expected);
        assert_eq!(told("a @ b"), Vec::<String>::new());
    }

    #[test]
    fn a_string_may_have_many_lines() {
        let source = "x = '''one # not\ntwo'''; y = 3\n'open\nif";
        let expected = ["Text '''one # not", "Text two'''", "Number 3", "Text 'open", "Keyword if"];
        assert_eq!(told(source), expected);
    }

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    proptest! {
        #[test]
        fn every_byte_is_in_one_part(source in "[a-z#@'\"\\\\\n\r0-9 é中.]{0,80}") {
            for line in lines(&source) {
                let mut at = line.text.start;
                for (part, _) in &line.parts {
                    prop_assert_eq!(part.start, at);
                    prop_assert!(source.get(part.clone()).is_some());
                    at = part.end;
                }
                prop_assert_eq!(at, line.text.end);
            }
        }
    }
}
