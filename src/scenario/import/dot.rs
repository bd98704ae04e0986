//! Graphviz DOT: a node is a task, an edge an object or only an order.
//!
//! Attributes of a node: `duration` (`2s`, or seconds), `size` or `bytes` (its output), `cpus`, `gpus`,
//! `memory`, `function` or `fn`; of an edge: `size` or `bytes`. A node with `kind=object` is an object.

use crate::base::units::{parse_size, parse_time};
use crate::base::{Amount, Span};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::draft::Named;
use crate::scenario::import::dax::number;
use crate::scenario::import::dot_text::{Attributes, Dot, parse};
use crate::scenario::import::{ImportOptions, Imported, ImportedFile, ImportedTask};
use crate::scenario::quantity::{LARGEST, LONGEST, number_code};
use std::ops::Range;
use std::sync::Arc;

/// Reads the workflow in the reporter's text.
pub fn read(r: &mut Reporter, options: ImportOptions) -> Option<Imported> {
    let source = Arc::clone(r.source());
    let dot = parse(r, &source.text)?;
    let mut imported = Imported::new(Arc::clone(&source), options);
    imported.name = dot.name.clone();
    // For each node of the graph, the task or the object that it is.
    let mut places = Vec::with_capacity(dot.nodes.len());
    for node in &dot.nodes {
        let name = Named { name: node.name.as_str().into(), range: node.range.clone() };
        if node.attributes.get("kind").is_some_and(|(kind, _)| kind == "object") {
            let size = size_of(r, &node.attributes).unwrap_or(0);
            imported.files.push(ImportedFile { name, size, maker: None });
            places.push(Place::Object(imported.files.len() - 1));
        } else {
            let task = read_task(r, &mut imported, &node.attributes, name);
            imported.tasks.push(task);
            places.push(Place::Task(imported.tasks.len() - 1, None));
        }
    }
    add_outputs(r, &mut imported, &dot, &mut places);
    connect(r, &mut imported, &dot, &places);
    Some(imported)
}

/// What a node of the graph is.
#[derive(Clone, Copy)]
enum Place {
    Object(usize),
    /// A task, and the file that all its readers share if it has a size of its own.
    Task(usize, Option<usize>),
}

fn add_outputs(r: &mut Reporter, imported: &mut Imported, dot: &Dot, places: &mut [Place]) {
    for (place, node) in places.iter_mut().zip(&dot.nodes) {
        let Place::Task(task, shared) = place else { continue };
        let Some(size) = size_of(r, &node.attributes) else { continue };
        let name = Named { name: node.name.as_str().into(), range: node.range.clone() };
        imported.files.push(ImportedFile { name, size, maker: None });
        *shared = Some(imported.files.len() - 1);
        imported.add_output(r, *task, imported.files.len() - 1, node.range.clone());
    }
}

fn connect(r: &mut Reporter, imported: &mut Imported, dot: &Dot, places: &[Place]) {
    let mut numbers = std::collections::BTreeMap::new();
    for edge in &dot.edges {
        let size = size_of(r, &edge.attributes);
        match (places[edge.from], places[edge.to]) {
            (Place::Object(file), Place::Task(task, _)) => imported.tasks[task].inputs.push(file),
            (Place::Task(task, _), Place::Object(file)) => {
                imported.add_output(r, task, file, edge.range.clone());
            }
            (Place::Object(_), Place::Object(_)) => {
                let message = "an edge between two objects means nothing";
                r.say(Code::BadDot, edge.range.clone(), message);
            }
            (Place::Task(from, shared), Place::Task(to, _)) => match (size, shared) {
                (None, Some(file)) => imported.tasks[to].inputs.push(file),
                (None, None) => imported.tasks[to].after.push(from),
                (Some(size), _) => {
                    let (a, b) = (&dot.nodes[edge.from].name, &dot.nodes[edge.to].name);
                    let count = numbers.entry((edge.from, edge.to)).or_insert(0u32);
                    *count += 1;
                    let again = if *count > 1 { format!(" {count}") } else { String::new() };
                    let name = format!("{a} -> {b}{again}").into();
                    let name = Named { name, range: edge.range.clone() };
                    imported.files.push(ImportedFile { name, size, maker: None });
                    let file = imported.files.len() - 1;
                    imported.add_output(r, from, file, edge.range.clone());
                    imported.tasks[to].inputs.push(file);
                }
            },
        }
    }
}

fn read_task(
    r: &mut Reporter,
    imported: &mut Imported,
    attributes: &Attributes,
    name: Named,
) -> ImportedTask {
    let runtime = match attributes.get("duration") {
        Some((text, range)) => time_of(r, text, range).unwrap_or_default(),
        None => imported.options.default_duration.unwrap_or_else(|| {
            let message = format!("`{}` has no duration: 0 s is taken", name.name);
            r.say(Code::NoRuntime, name.range.clone(), message);
            Span::ZERO
        }),
    };
    let amount = |r: &mut Reporter, key: &str, default: Amount| match attributes.get(key) {
        Some((text, range)) => match Amount::parse(text.trim()) {
            Ok(amount) => amount,
            Err(error) => {
                r.say(number_code(&error), range.clone(), format!("{key}: {error}"));
                default
            }
        },
        None => default,
    };
    let function = attributes.get("function").or_else(|| attributes.get("fn"));
    ImportedTask {
        function: function.map(|(text, _)| text.as_str().into()),
        runtime,
        cores: amount(r, "cpus", Amount::ONE),
        gpus: amount(r, "gpus", Amount::ZERO),
        memory: attributes.get("memory").and_then(|(text, range)| bytes_of(r, text, range)),
        name,
        inputs: Vec::new(),
        outputs: Vec::new(),
        after: Vec::new(),
    }
}

/// A time with a unit, or a plain number of seconds.
fn time_of(r: &mut Reporter, text: &str, range: &Range<usize>) -> Option<Span> {
    if text.trim().ends_with(|last: char| last.is_ascii_digit()) {
        let seconds = number(r, text, "the duration", LONGEST.as_secs(), range)?;
        return Some(Span::from_secs(seconds));
    }
    match parse_time(text) {
        Ok(span) => Some(span.min(LONGEST)),
        Err(error) => {
            r.unit_error(range.clone(), "the duration", &error);
            None
        }
    }
}

fn size_of(r: &mut Reporter, attributes: &Attributes) -> Option<u64> {
    let (text, range) = attributes.get("size").or_else(|| attributes.get("bytes"))?;
    bytes_of(r, text, range)
}

/// A size with a unit, or a plain number of bytes.
fn bytes_of(r: &mut Reporter, text: &str, range: &Range<usize>) -> Option<u64> {
    if text.trim().ends_with(|last: char| last.is_ascii_digit()) {
        let bytes = number(r, text, "the size", LARGEST as f64, range)?;
        return Some(bytes.round() as u64);
    }
    match parse_size(text) {
        Ok(bytes) => Some(bytes.min(LARGEST)),
        Err(error) => {
            r.unit_error(range.clone(), "the size", &error);
            None
        }
    }
}
