//! The filter of a table: terms that must all hold, as Ray's `--filter` writes them, or plain words.
//!
//! `state=RUNNING node!="node 1" make` is: the state is that, the node is not that, and `make` stands somewhere.

use crate::view::panels::events::has;

/// A filter that was read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Term {
    /// The column is that (or is not), in any case.
    Column { column: usize, is: bool, value: String },
    /// One of the columns that are searched has this.
    Word(String),
}

impl Filter {
    /// Reads a filter. `names` are the columns, each with all that it may be called; what is wrong is said in a
    /// sentence.
    pub fn read(text: &str, names: &[&[&str]]) -> Result<Filter, String> {
        let mut terms = Vec::new();
        for piece in pieces(text) {
            let Some((left, right)) = piece.split_once('=') else {
                terms.push(Term::Word(piece.to_lowercase()));
                continue;
            };
            let (key, is) = match left.strip_suffix('!') {
                Some(key) => (key, false),
                None => (left, true),
            };
            let key = key.trim().to_lowercase();
            let Some(column) = names.iter().position(|known| known.contains(&key.as_str())) else {
                let known: Vec<&str> =
                    names.iter().filter_map(|known| known.first()).copied().collect();
                return Err(format!("no column `{key}`: there are {}", known.join(", ")));
            };
            terms.push(Term::Column { column, is, value: right.to_lowercase() });
        }
        Ok(Filter { terms })
    }

    /// Whether every row passes.
    pub fn is_open(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a row passes. `text` tells the text of a column; `searched` are those that words are looked for in.
    pub fn passes(&self, searched: &[usize], text: impl Fn(usize) -> String) -> bool {
        self.terms.iter().all(|term| match term {
            Term::Column { column, is, value } => (text(*column).to_lowercase() == *value) == *is,
            Term::Word(word) => searched.iter().any(|column| has(&text(*column), word)),
        })
    }
}

/// Pieces between spaces; quotes keep spaces together and are taken away.
fn pieces(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, c) if c.is_whitespace() => found.push(String::new()),
            (_, c) => found.last_mut().expect("there is one at least").push(c),
        }
    }
    found.retain(|piece| !piece.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&[&str]] = &[&["name"], &["state"], &["node", "node_id"]];

    fn passes(filter: &str, row: [&str; 3]) -> bool {
        let filter = Filter::read(filter, NAMES).expect("it can be read");
        filter.passes(&[0, 1, 2], |column| row[column].to_owned())
    }

    #[test]
    fn terms_hold_together() {
        let row = ["make_array#2", "RUNNING", "node 1"];
        for yes in ["", "make", "state=running", "node_id='node 1' MAKE", "state!=FAILED RUN node"]
        {
            assert!(passes(yes, row), "{yes}");
        }
        for no in ["add", "state=RUN", "state!=RUNNING", "make node=1", "\"make array\""] {
            assert!(!passes(no, row), "{no}");
        }
    }

    #[test]
    fn an_unknown_column_is_told_with_the_known_ones() {
        let told = Filter::read("colour=red", NAMES).expect_err("there is none");
        assert_eq!(told, "no column `colour`: there are name, state, node");
        assert!(Filter::read("state=", NAMES).is_ok() && Filter::read("=", NAMES).is_err());
    }
}
