//! Label selectors: which nodes a task may run on, by the nodes' labels.
//!
//! A selector counts as a resource that every matching node has without end, under the selector's own text as its
//! name. So queues, policies and the ledger need to know nothing of labels.

use crate::base::{Amount, NodeId};
use crate::model::cluster::node_hex;
use std::collections::BTreeMap;

/// The label that every node has: its id.
pub const NODE_ID: &str = "ray.io/node-id";
const OPEN: &str = "labels(";

/// Conditions on labels; a node must meet all of them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Selector {
    terms: Vec<Term>,
}

/// One condition: the label's value is, or is not, among some.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Term {
    key: String,
    values: Vec<String>,
    negated: bool,
    /// Any value will do.
    any: bool,
}

impl Selector {
    /// From `label_selector={key: text}`; the error is Ray's own sentence (label_utils.py).
    pub fn parse<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Selector, String> {
        let pairs: BTreeMap<&str, &str> = pairs.into_iter().collect();
        let term = |(key, text): (&&str, &&str)| {
            check_key(key)?;
            Term::parse(key, text).ok_or_else(|| {
                format!(
                    "Invalid label selector value `{text}`. The label selector value should contain optional \
                     operators and a label value. Supported operators are: ! and {{'in'}}. Value must be 63 chars \
                     or less beginning and ending with an alphanumeric character ([a-z0-9A-Z]) with dashes (-), \
                     underscores (_),dots (.), and alphanumerics between."
                )
            })
        };
        Ok(Selector { terms: pairs.iter().map(term).collect::<Result<_, String>>()? })
    }

    /// Whether a node with those labels meets it. A label that is not there is not among any values.
    pub fn matches(&self, node: NodeId, labels: &[(String, String)]) -> bool {
        self.terms.iter().all(|term| {
            let id = (term.key == NODE_ID).then(|| node_hex(node));
            let own = labels.iter().find(|(key, _)| *key == term.key).map(|(_, value)| value);
            let value = own.cloned().or(id);
            value.is_some_and(|value| term.any || term.values.contains(&value)) != term.negated
        })
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The name of the resource that stands for it: `labels(zone=in(a,b);disk=!hdd)`.
    pub fn resource_name(&self) -> String {
        let terms: Vec<String> = self.terms.iter().map(Term::text).collect();
        format!("{OPEN}{})", terms.join(";"))
    }

    /// The selector that [`Selector::resource_name`] wrote, if it is one.
    pub fn of_resource(name: &str) -> Option<Selector> {
        let inside = name.strip_prefix(OPEN)?.strip_suffix(')')?;
        let term = |text: &str| {
            let (key, value) = text.split_once('=')?;
            Term::parse(key, value)
        };
        Some(Selector { terms: inside.split(';').map(term).collect::<Option<_>>()? })
    }

    /// How much of such a resource every matching node has.
    pub fn offer() -> Amount {
        Amount::whole(1_000_000_000)
    }

    /// How much of it a task takes.
    pub fn share() -> Amount {
        Amount::from_units(1)
    }
}

/// Whether the resource of that name stands for a selector, and its text without the frame.
pub fn selector_text(name: &str) -> Option<&str> {
    name.strip_prefix(OPEN)?.strip_suffix(')')
}

impl Term {
    fn parse(key: &str, text: &str) -> Option<Term> {
        let (negated, rest) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let key = key.to_owned();
        if rest == "*" {
            return Some(Term { key, values: Vec::new(), negated, any: true });
        }
        let list = rest.strip_prefix("in").unwrap_or(rest);
        let list = list.strip_prefix('(').and_then(|list| list.strip_suffix(')'));
        let values: Vec<String> = match list {
            Some(list) => list.split(',').map(|v| v.strip_prefix(' ').unwrap_or(v)).collect(),
            None if text.is_empty() => return Some(Term::empty(key)),
            None => vec![rest],
        }
        .into_iter()
        .map(str::to_owned)
        .collect();
        let fine = values.iter().all(|value| is_label(value));
        fine.then_some(Term { key, values, negated, any: false })
    }

    /// The label is there, and empty.
    fn empty(key: String) -> Term {
        Term { key, values: vec![String::new()], negated: false, any: false }
    }

    fn text(&self) -> String {
        let (key, not) = (&self.key, if self.negated { "!" } else { "" });
        match self.values.as_slice() {
            _ if self.any => format!("{key}={not}*"),
            [one] => format!("{key}={not}{one}"),
            more => format!("{key}={not}in({})", more.join(",")),
        }
    }
}

/// `key` exists, or does not, whatever its value: Ray's `Exists()` and `DoesNotExist()`.
pub fn existence(exists: bool) -> &'static str {
    if exists { "*" } else { "!*" }
}

fn check_key(key: &str) -> Result<(), String> {
    let (prefix, name) = match key.rsplit_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if let Some(prefix) = prefix
        && (prefix.len() > 253 || !prefix.split('.').all(|part| part.is_empty() || is_label(part)))
    {
        return Err(format!(
            "Invalid label key prefix `{prefix}`. Prefix must be a series of DNS labels separated by dots (.), not \
             longer than 253 characters in total."
        ));
    }
    if !is_label(name) {
        return Err(format!(
            "Invalid label key name `{name}`. Name must be 63 chars or less beginning and ending with an alphanumeric \
             character ([a-z0-9A-Z]) with dashes (-), underscores (_),dots (.), and alphanumerics between."
        ));
    }
    Ok(())
}

/// Letters and digits, with `_`, `.` and `-` inside, at most 63.
fn is_label(text: &str) -> bool {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    text.len() <= 63
        && ends(text.chars().next())
        && ends(text.chars().last())
        && text.chars().all(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(text: &str, labels: &[(&str, &str)]) -> bool {
        let selector = Selector::parse([("zone", text)]).unwrap();
        let again = Selector::of_resource(&selector.resource_name());
        assert_eq!(again.as_ref(), Some(&selector));
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let labels: Vec<_> = labels.iter().map(own).collect();
        selector.matches(NodeId::new(0), &labels)
    }

    #[test]
    fn operators_mean_what_ray_means() {
        let a = [("zone", "a")];
        assert!(matches("a", &a) && !matches("b", &a) && !matches("a", &[]));
        assert!(matches("!b", &a) && !matches("!a", &a) && matches("!a", &[]));
        assert!(matches("in(a, b)", &a) && matches("in(b,a)", &a) && !matches("in(b,c)", &a));
        assert!(matches("!in(b, c)", &a) && !matches("!in(a,b)", &a) && matches("!in(a,b)", &[]));
        assert!(matches("", &[("zone", "")]) && !matches("", &a));
    }

    #[test]
    fn a_node_has_its_id_as_a_label() {
        let id = node_hex(NodeId::new(3));
        let selector = Selector::parse([(NODE_ID, id.as_str())]).unwrap();
        assert!(selector.matches(NodeId::new(3), &[]) && !selector.matches(NodeId::new(2), &[]));
    }

    #[test]
    fn what_ray_refuses_is_refused() {
        for (key, value) in [("zone", "in()"), ("zone", "a;b"), ("zone", "!!a"), ("a b", "c")] {
            assert!(Selector::parse([(key, value)]).is_err(), "{key}: {value}");
        }
        assert_eq!(Selector::of_resource("labels(x)"), None);
        assert_eq!(Selector::of_resource("CPU"), None);
    }
}
