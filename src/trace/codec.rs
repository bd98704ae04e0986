//! Traces as text: JSON Lines, a header first and one event a line. What is written is read back equal.
//!
//! A file is never trusted: each event is asked whether it can follow before it is folded, so whoever holds
//! a trace that was read can fold it without a check.

use crate::base::id::Id;
use crate::base::{IdVec, ResourceId};
use crate::model::parameters::TABLE;
use crate::model::{Cluster, Parameters, Program, Words};
use crate::state::State;
use crate::state::admit::{MOST_WORKERS, prestarted};
use crate::trace::decode::{Decoder, read_node};
use crate::trace::encode::{Encoder, node_mirror};
use crate::trace::mirror::{HeaderMirror, Line, ProgramMirror, VERSION, WordsMirror};
use crate::trace::problem::TraceProblem;
use crate::trace::record::{Header, Record, Trace};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::io::{self, BufRead, Read, Write};
use std::sync::Arc;

/// The longest line that is read: a program of a megabyte fits, an endless stream does not.
const LONGEST_LINE: u64 = 64 << 20;

const CUT: &str = "the writing was interrupted; run the scenario again";
const FOREIGN: &str = "`rayscope run FILE --trace OUT` writes traces; was this one edited?";

/// Writes the header and every record, a line each.
pub fn write(trace: &Trace, out: &mut impl Write) -> io::Result<()> {
    write_line(&header_mirror(&trace.header), out)?;
    let mut encoder = Encoder::new(trace.header.cluster.resource_names.clone());
    for record in &trace.records {
        write_line(&encoder.line(record), out)?;
    }
    Ok(())
}

fn write_line(line: &impl serde::Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Reads a trace and folds it on the way. `file` is its name in messages.
pub fn read(input: impl BufRead, file: &str) -> Result<Trace, Vec<TraceProblem>> {
    let mut reader = Reader { input, file: file.into(), number: 0, bytes: Vec::new() };
    reader.trace().map_err(|problem| vec![problem])
}

/// A fingerprint of everything in the trace: 16 hex digits, the same on every machine.
pub fn digest(trace: &Trace) -> String {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    write(trace, &mut hash).expect("hashing does not fail");
    format!("{:016x}", hash.0)
}

/// FNV-1a: not against forgers, only against accidents.
struct Fnv(u64);

impl Write for Fnv {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Reader<R> {
    input: R,
    file: Arc<str>,
    number: usize,
    bytes: Vec<u8>,
}

impl<R: BufRead> Reader<R> {
    fn trace(&mut self) -> Result<Trace, TraceProblem> {
        if !self.next_line()? {
            return Err(self.problem(None, "the file is empty".into(), FOREIGN));
        }
        let header = self.header()?;
        let mut state = State::initial(&header.cluster);
        let mut decoder = Decoder::default();
        let mut records: Vec<Record> = Vec::new();
        while self.next_line()? {
            let line: Line = self.parse()?;
            let record = decoder
                .record(line, &state.resource_names)
                .map_err(|message| self.problem(None, message, FOREIGN))?;
            if record.cause().is_some_and(|cause| cause >= records.len()) {
                let message = "`cause` is not an earlier record".to_owned();
                return Err(self.problem(None, message, FOREIGN));
            }
            state.admits(record.at, &record.event).map_err(|message| {
                let message = format!("record {} cannot follow: {message}", records.len());
                self.problem(None, message, FOREIGN)
            })?;
            state.apply(record.at, &record.event);
            records.push(record);
        }
        if state.outcome.is_none() {
            let message =
                format!("the trace ends after {} records without RunEnded", records.len());
            return Err(self.problem(None, message, CUT));
        }
        Ok(Trace { header, records })
    }

    /// The next line that is not blank, if there is one.
    fn next_line(&mut self) -> Result<bool, TraceProblem> {
        loop {
            self.bytes.clear();
            self.number += 1;
            let mut limited = (&mut self.input).take(LONGEST_LINE);
            match limited.read_until(b'\n', &mut self.bytes) {
                Ok(0) => {
                    self.number = (self.number - 1).max(1);
                    return Ok(false);
                }
                Ok(read) if read as u64 == LONGEST_LINE => {
                    return Err(self.problem(None, "the line is too long".into(), FOREIGN));
                }
                Ok(_) if self.bytes.trim_ascii().is_empty() => {}
                Ok(_) => return Ok(true),
                Err(error) => return Err(self.problem(None, error.to_string(), "")),
            }
        }
    }

    fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, TraceProblem> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            let cut = error.is_eof() && !self.bytes.ends_with(b"\n");
            let hint = if cut { CUT } else { FOREIGN };
            let column = (error.column() > 0).then(|| error.column());
            self.problem(column, without_place(&error), hint)
        })
    }

    fn header(&self) -> Result<Header, TraceProblem> {
        #[derive(Deserialize)]
        struct Version {
            rayscope_trace: u64,
        }
        let Version { rayscope_trace: version } = self.parse()?;
        if version != VERSION {
            let message = format!("the trace has format {version}; this program reads {VERSION}");
            let hint = "run the scenario again, or use the program that wrote the trace";
            return Err(self.problem(None, message, hint));
        }
        let mirror: HeaderMirror = self.parse()?;
        read_header(mirror).map_err(|message| self.problem(None, message, FOREIGN))
    }

    fn problem(&self, column: Option<usize>, message: String, hint: &'static str) -> TraceProblem {
        TraceProblem { file: self.file.clone(), line: self.number, column, message, hint }
    }
}

/// serde_json's message without its place: it counts lines within the line.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).map_or(text.clone(), str::to_owned)
}

fn header_mirror(header: &Header) -> HeaderMirror {
    let Header { name, cluster, policy, seed, parameters, program, object_names, captions } =
        header;
    let shown = TABLE.iter().map(|info| (info.name.to_owned(), parameters.show(info).into()));
    HeaderMirror {
        rayscope_trace: VERSION,
        name: name.clone(),
        policy: policy.clone(),
        seed: *seed,
        resources: cluster.resource_names.iter().map(ToString::to_string).collect(),
        nodes: cluster
            .nodes
            .iter()
            .map(|node| node_mirror(node, &cluster.resource_names))
            .collect(),
        parameters: shown.collect(),
        program: program.as_ref().map(|program| ProgramMirror {
            file: program.file.to_string(),
            source: program.source.to_string(),
        }),
        object_names: object_names
            .iter()
            .map(|name| name.as_ref().map(ToString::to_string))
            .collect(),
        captions: captions.iter().map(words_mirror).collect(),
    }
}

fn read_header(mirror: HeaderMirror) -> Result<Header, String> {
    let resource_names = read_resource_names(mirror.resources)?;
    let nodes = mirror.nodes.into_iter().map(|node| read_node(node, &resource_names));
    let nodes: IdVec<_, _> = nodes.collect::<Result<Vec<_>, String>>()?.into_iter().collect();
    let workers: u64 = nodes.iter().map(prestarted).sum();
    if workers > MOST_WORKERS {
        return Err(format!("{workers} workers are more than the {MOST_WORKERS} that are allowed"));
    }
    let names = mirror.object_names.into_iter().map(|name| name.map(Arc::from)).collect();
    Ok(Header {
        name: mirror.name,
        cluster: Cluster { nodes, resource_names },
        policy: mirror.policy,
        seed: mirror.seed,
        parameters: read_parameters(&mirror.parameters)?,
        program: mirror
            .program
            .map(|program| Program { file: program.file.into(), source: program.source.into() }),
        object_names: names,
        captions: mirror.captions.into_iter().map(read_words).collect(),
    })
}

fn words_mirror(words: &Words) -> WordsMirror {
    let text = |text: &Option<Arc<str>>| text.as_ref().map(ToString::to_string);
    let Words { stop, say, why, aside } = words;
    WordsMirror { stop: *stop, say: text(say), why: text(why), aside: text(aside) }
}

fn read_words(mirror: WordsMirror) -> Words {
    let WordsMirror { stop, say, why, aside } = mirror;
    let text = |text: Option<String>| text.map(Arc::from);
    Words { stop, say: text(say), why: text(why), aside: text(aside) }
}

/// The first three are always the same: the ledger counts on it.
fn read_resource_names(names: Vec<String>) -> Result<IdVec<ResourceId, Arc<str>>, String> {
    let well_known = Cluster::new().resource_names;
    let starts_well = well_known
        .enumerate()
        .all(|(id, name)| names.get(id.index()).is_some_and(|given| **given == **name));
    let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    if !starts_well || sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err("`resources` must begin with CPU, GPU, memory and name nothing twice".into());
    }
    Ok(names.into_iter().map(Arc::from).collect())
}

fn read_parameters(given: &Map<String, Value>) -> Result<Parameters, String> {
    let mut parameters = Parameters::default();
    for (name, value) in given {
        let text = value.as_str().ok_or_else(|| format!("parameter `{name}` is not text"))?;
        parameters.set(name, text).map_err(|error| error.to_string())?;
    }
    Ok(parameters)
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
