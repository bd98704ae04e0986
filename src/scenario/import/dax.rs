//! Pegasus DAX 3: jobs with runtimes, the files that they use, and who is whose child.

use crate::base::{Amount, Span};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::draft::Named;
use crate::scenario::import::{ImportOptions, Imported, ImportedFile, ImportedTask};
use crate::scenario::quantity::{LARGEST, LONGEST};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

struct Dax {
    imported: Imported,
    tasks: BTreeMap<String, usize>,
    files: BTreeMap<String, usize>,
    sized: Vec<bool>,
    /// The job or child that is being read.
    job: Option<usize>,
    child: Option<(String, Range<usize>)>,
    edges: Vec<(String, String, Range<usize>)>,
    is_dax: bool,
}

/// Reads the workflow in the reporter's text.
pub fn read(r: &mut Reporter, options: ImportOptions) -> Option<Imported> {
    let source = Arc::clone(r.source());
    let mut dax = Dax {
        imported: Imported::new(Arc::clone(&source), options),
        tasks: BTreeMap::new(),
        files: BTreeMap::new(),
        sized: Vec::new(),
        job: None,
        child: None,
        edges: Vec::new(),
        is_dax: false,
    };
    let mut reader = Reader::from_str(&source.text);
    loop {
        let start = reader.buffer_position() as usize;
        let event = reader.read_event();
        let range = start..(reader.buffer_position() as usize).max(start);
        match event {
            Ok(Event::Start(element)) => dax.start(r, &element, range),
            Ok(Event::Empty(element)) => {
                dax.start(r, &element, range);
                dax.end(element.name().as_ref());
            }
            Ok(Event::End(element)) => dax.end(element.name().as_ref()),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                let at = reader.error_position() as usize;
                r.say(Code::BadXml, at..at, format!("this is not XML: {error}"));
                return None;
            }
        }
    }
    if !dax.is_dax {
        r.say(Code::NotAWorkflow, 0..0, "there is no element `adag`: this is not DAX");
        return None;
    }
    dax.connect(r);
    for (file, sized) in dax.imported.files.iter().zip(&dax.sized) {
        if !sized {
            let message = format!("the file `{}` has no size: 0 is taken", file.name.name);
            r.say(Code::UnknownSize, file.name.range.clone(), message);
        }
    }
    Some(dax.imported)
}

/// An attribute's text; what is wrong with the markup is reported.
fn attribute(
    r: &mut Reporter,
    element: &BytesStart<'_>,
    name: &str,
    range: &Range<usize>,
) -> Option<String> {
    for attribute in element.attributes() {
        let attribute = match attribute {
            Ok(attribute) => attribute,
            Err(error) => {
                r.say(Code::BadXml, range.clone(), format!("this is not XML: {error}"));
                return None;
            }
        };
        if attribute.key.as_ref() == name.as_bytes() {
            return match attribute.normalized_value(XmlVersion::Implicit1_0) {
                Ok(text) => Some(text.into_owned()),
                Err(error) => {
                    r.say(Code::BadXml, range.clone(), format!("this is not XML: {error}"));
                    None
                }
            };
        }
    }
    None
}

fn need(
    r: &mut Reporter,
    element: &BytesStart<'_>,
    name: &str,
    range: &Range<usize>,
) -> Option<String> {
    let text = attribute(r, element, name, range).filter(|text| !text.trim().is_empty());
    if text.is_none() {
        let message = format!("the element needs the attribute `{name}`");
        r.say(Code::MissingKey, range.clone(), message);
    }
    text
}

/// A number that is not negative and not larger than `most`.
pub fn number(
    r: &mut Reporter,
    text: &str,
    what: &str,
    most: f64,
    range: &Range<usize>,
) -> Option<f64> {
    let (code, message) = match text.trim().parse::<f64>() {
        Ok(number) if number < 0.0 => (Code::Negative, format!("{what} `{text}` is negative")),
        Ok(number) if number <= most => return Some(number),
        Ok(number) if !number.is_nan() => (Code::TooLarge, format!("{what} `{text}` is too large")),
        _ => (Code::BadNumber, format!("{what} `{text}` is not a number")),
    };
    r.say(code, range.clone(), message);
    None
}

impl Dax {
    fn start(&mut self, r: &mut Reporter, element: &BytesStart<'_>, range: Range<usize>) {
        match element.local_name().as_ref() {
            b"adag" => {
                self.is_dax = true;
                self.imported.name = attribute(r, element, "name", &range);
            }
            b"job" => self.job = self.add_job(r, element, range),
            b"uses" => {
                if let Some(job) = self.job {
                    self.add_use(r, job, element, range);
                }
            }
            b"child" => {
                self.child = need(r, element, "ref", &range).map(|name| (name, range));
            }
            b"parent" => {
                let parent = need(r, element, "ref", &range);
                if let (Some((child, _)), Some(parent)) = (&self.child, parent) {
                    self.edges.push((child.clone(), parent, range));
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"job" => self.job = None,
            b"child" => self.child = None,
            _ => {}
        }
    }

    fn add_job(
        &mut self,
        r: &mut Reporter,
        element: &BytesStart<'_>,
        range: Range<usize>,
    ) -> Option<usize> {
        let id = need(r, element, "id", &range)?;
        let position = self.imported.tasks.len();
        if self.tasks.contains_key(&id) {
            let message = format!("two jobs have the id `{id}`");
            r.say(Code::DuplicateWorkflowTask, range, message);
            return None;
        }
        self.tasks.insert(id.clone(), position);
        let options = self.imported.options;
        let runtime = match attribute(r, element, "runtime", &range) {
            Some(text) => {
                let seconds = number(r, &text, "the runtime", LONGEST.as_secs(), &range);
                Span::from_secs(seconds.unwrap_or(0.0))
            }
            None => options.default_duration.unwrap_or_else(|| {
                let message = format!("`{id}` has no runtime: 0 s is taken");
                r.say(Code::NoRuntime, range.clone(), message);
                Span::ZERO
            }),
        };
        let function = attribute(r, element, "name", &range).filter(|text| !text.trim().is_empty());
        self.imported.tasks.push(ImportedTask {
            name: Named { name: id.into(), range },
            function: function.map(Arc::from),
            runtime,
            cores: Amount::ONE,
            gpus: Amount::ZERO,
            memory: None,
            inputs: Vec::new(),
            outputs: Vec::new(),
            after: Vec::new(),
        });
        Some(position)
    }

    fn add_use(
        &mut self,
        r: &mut Reporter,
        job: usize,
        element: &BytesStart<'_>,
        range: Range<usize>,
    ) -> Option<()> {
        let name = attribute(r, element, "file", &range);
        let name = match name {
            Some(name) if !name.trim().is_empty() => name,
            _ => need(r, element, "name", &range)?,
        };
        let link = attribute(r, element, "link", &range);
        let size = attribute(r, element, "size", &range);
        let size = size.and_then(|text| number(r, &text, "the size", LARGEST as f64, &range));
        let file = match self.files.get(&name) {
            Some(file) => *file,
            None => {
                let position = self.imported.files.len();
                self.files.insert(name.clone(), position);
                let name = Named { name: name.into(), range: range.clone() };
                self.imported.files.push(ImportedFile { name, size: 0, maker: None });
                self.sized.push(false);
                position
            }
        };
        if let Some(size) = size {
            self.imported.files[file].size = size.round() as u64;
            self.sized[file] = true;
        }
        match link.as_deref() {
            Some("input") | None => self.imported.tasks[job].inputs.push(file),
            Some("output") => self.imported.add_output(r, job, file, range),
            Some(other) => {
                let message = format!("a link is `input` or `output`, not `{other}`");
                r.say(Code::UnknownChoice, range, message);
            }
        }
        Some(())
    }

    fn connect(&mut self, r: &mut Reporter) {
        for (child, parent, range) in std::mem::take(&mut self.edges) {
            let mut find = |name: &str| {
                let found = self.tasks.get(name).copied();
                if found.is_none() {
                    let message = format!("there is no job `{name}`");
                    let known = self.imported.tasks.iter().map(|task| &*task.name.name);
                    r.suggest(Code::UnknownParent, range.clone(), message, name, known);
                }
                found
            };
            if let (Some(child), Some(parent)) = (find(&child), find(&parent)) {
                self.imported.tasks[child].after.push(parent);
            }
        }
    }
}
