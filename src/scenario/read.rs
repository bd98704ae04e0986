//! Reads the tree of a JSON text piece by piece, and reports every mistake with its place.
//!
//! Each function returns `None` only after it has reported why, so that a caller can go on with the
//! rest and find the other mistakes in the same pass.

use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use jsonc_parser::ast::{Object, ObjectProp, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::collections::BTreeSet;
use std::ops::Range;

/// The bytes of a part of the tree.
pub fn range_of(node: &impl Ranged) -> Range<usize> {
    node.start()..node.end()
}

/// What a value is, for people.
pub fn kind_of(value: &Value<'_>) -> &'static str {
    match value {
        Value::StringLit(_) => "a text",
        Value::NumberLit(_) => "a number",
        Value::BooleanLit(_) => "true or false",
        Value::Object(_) => "an object",
        Value::Array(_) => "a list",
        Value::NullKeyword(_) => "null",
    }
}

/// Parses JSON with comments and trailing commas, and nothing beyond that.
pub fn parse_json<'a>(r: &mut Reporter, text: &'a str) -> Option<Value<'a>> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    match parse_to_ast(text, &CollectOptions::default(), &options) {
        Ok(parsed) if parsed.value.is_some() => parsed.value,
        Ok(_) => {
            r.say(Code::FileEmpty, 0..0, "the file is empty");
            None
        }
        Err(error) => {
            let code = match error.kind() {
                ParseErrorKind::NestingDepthExceeded => Code::TooDeep,
                _ => Code::Syntax,
            };
            let message = error.kind().to_string();
            // What was opened and never closed is best seen where it was opened, in one character.
            let range = range_of(&error.range());
            let range = if range.len() > 200 { range.start..range.start + 1 } else { range };
            r.say(code, range, lower_first(&message));
            None
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

/// An object whose keys have been checked.
#[derive(Clone, Copy)]
pub struct Fields<'v, 'a> {
    object: &'v Object<'a>,
    what: &'static str,
}

/// One key of an object with names of the user's own.
pub struct Entry<'v, 'a> {
    /// The key.
    pub key: &'v str,
    /// Its bytes.
    pub range: Range<usize>,
    /// What it stands for.
    pub value: &'v Value<'a>,
}

impl<'v, 'a> Fields<'v, 'a> {
    /// The value of a key, if it is there.
    pub fn get(&self, key: &str) -> Option<&'v Value<'a>> {
        self.object.properties.iter().find(|p| p.name.as_str() == key).map(|p| &p.value)
    }

    /// The value of a key that must be there.
    pub fn need(&self, r: &mut Reporter, key: &str) -> Option<&'v Value<'a>> {
        let value = self.get(key);
        if value.is_none() {
            let message = format!("{} needs `{key}`", self.what);
            r.say(Code::MissingKey, self.head(), message);
        }
        value
    }

    /// The bytes of a key's name.
    pub fn key_range(&self, key: &str) -> Range<usize> {
        let found = self.object.properties.iter().find(|p| p.name.as_str() == key);
        found.map_or(self.head(), |p| name_range(p))
    }

    /// The opening brace: a place for what is missing inside.
    pub fn head(&self) -> Range<usize> {
        let start = self.object.range.start;
        start..start + 1
    }
}

fn name_range(property: &ObjectProp<'_>) -> Range<usize> {
    match &property.name {
        ObjectPropName::String(name) => range_of(name),
        ObjectPropName::Word(name) => range_of(name),
    }
}

impl Reporter {
    /// Says that a value is not what it should be.
    pub fn wrong_type(&mut self, value: &Value<'_>, what: &str, wanted: &str) {
        let message = format!("{what} is {wanted}, not {}", kind_of(value));
        self.say(Code::WrongType, range_of(value), message);
    }

    /// An object with these keys and no others.
    pub fn fields<'v, 'a>(
        &mut self,
        value: &'v Value<'a>,
        what: &'static str,
        known: &[&str],
    ) -> Option<Fields<'v, 'a>> {
        for entry in self.entries(value, what)? {
            if !known.contains(&entry.key) {
                let message = format!("{what} has no key `{}`", entry.key);
                let names = known.iter().copied();
                self.suggest(Code::UnknownKey, entry.range, message, entry.key, names);
            }
        }
        let Value::Object(object) = value else { return None };
        Some(Fields { object, what })
    }

    /// An object of which only some keys matter: a foreign format.
    pub fn loose<'v, 'a>(
        &mut self,
        value: &'v Value<'a>,
        what: &'static str,
    ) -> Option<Fields<'v, 'a>> {
        let Value::Object(object) = value else {
            self.wrong_type(value, what, "an object");
            return None;
        };
        Some(Fields { object, what })
    }

    /// An object with names of the user's own.
    pub fn entries<'v, 'a>(
        &mut self,
        value: &'v Value<'a>,
        what: &str,
    ) -> Option<Vec<Entry<'v, 'a>>> {
        let Value::Object(object) = value else {
            self.wrong_type(value, what, "an object");
            return None;
        };
        let mut seen = BTreeSet::new();
        let mut entries = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            let (key, range) = (property.name.as_str(), name_range(property));
            if seen.insert(key) {
                entries.push(Entry { key, range, value: &property.value });
            } else {
                self.say(Code::DuplicateKey, range, format!("`{key}` is written twice in {what}"));
            }
        }
        Some(entries)
    }

    /// A list.
    pub fn list<'v, 'a>(&mut self, value: &'v Value<'a>, what: &str) -> Option<&'v [Value<'a>]> {
        match value {
            Value::Array(list) => Some(&list.elements),
            _ => {
                self.wrong_type(value, what, "a list");
                None
            }
        }
    }

    /// A text.
    pub fn text<'v>(&mut self, value: &'v Value<'_>, what: &str) -> Option<&'v str> {
        match value {
            Value::StringLit(text) => Some(&text.value),
            _ => {
                self.wrong_type(value, what, "a text");
                None
            }
        }
    }

    /// A text with something in it, and no control characters: a name.
    pub fn name<'v>(&mut self, value: &'v Value<'_>, what: &str) -> Option<&'v str> {
        let text = self.text(value, what)?;
        if text.trim().is_empty() {
            self.say(Code::EmptyName, range_of(value), format!("{what} is empty"));
            return None;
        }
        Some(text)
    }

    /// True or false.
    pub fn flag(&mut self, value: &Value<'_>, what: &str) -> Option<bool> {
        match value {
            Value::BooleanLit(flag) => Some(flag.value),
            _ => {
                self.wrong_type(value, what, "true or false");
                None
            }
        }
    }

    /// One of several words.
    pub fn choice<T: Copy>(
        &mut self,
        value: &Value<'_>,
        what: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(value, what)?;
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            let message = format!("{what} cannot be `{text}`");
            let help = format!("choose one of {}", words.join(", "));
            self.advise(Code::UnknownChoice, range_of(value), message, help);
        }
        found
    }
}
