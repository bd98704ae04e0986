//! Text to model: scenario files, Python programs and workflows of other formats, with every mistake
//! reported at its place.
//!
//! [`load_file`] and [`load_program`] read files; [`parse`] takes text and a way to get at other files,
//! so that a browser or a test can do without a disk. docs/scenario-format.md describes the format.

pub mod captions;
mod code;
pub mod diagnostic;
mod document;
pub mod draft;
pub mod expect;
mod feasible;
pub mod file;
pub mod generate;
mod graph;
pub mod import;
pub mod load;
mod node_limits;
mod nodes;
mod profile_file;
mod program;
mod quantity;
mod read;
pub mod render;
mod resolve;
mod settings;
mod source;
mod tasks;

pub use code::Code;
pub use diagnostic::{Diagnostic, Diagnostics, Source};
pub use expect::Expect;
pub use load::{Disk, FileProblem, Files, Folder, NoFiles};
pub use profile_file::ProfileFile;

use crate::base::Span;
use crate::model::Model;
use diagnostic::Reporter;
use std::path::Path;
use std::sync::Arc;

/// A scenario or a program may have so many bytes.
pub const MOST_BYTES: u64 = 64 << 20;
/// A workflow may have so many.
pub const MOST_WORKFLOW_BYTES: u64 = 1 << 30;

/// All that a file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What is run.
    pub model: Model,
    /// What should come out.
    pub expect: Expect,
    /// When a run is given up.
    pub limits: Limits,
    /// The profile's name.
    pub profile: String,
    /// What the author says about it.
    pub description: Option<String>,
    /// The file's name as it was given.
    pub file: String,
    /// What is worth knowing, though nothing is wrong.
    pub warnings: Diagnostics,
}

/// When a run is given up; what is not set is up to the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Tasks that a program may submit.
    pub tasks: Option<u64>,
    /// Events that may happen.
    pub events: Option<u64>,
    /// Virtual time that may pass.
    pub time: Option<Span>,
}

/// What the command line says besides the file.
#[derive(Clone)]
pub struct LoadOptions<'o> {
    /// Policies that there are; any name will do if there are none.
    pub known_policies: &'o [&'o str],
    /// `--cluster 3x2`, instead of the file's.
    pub cluster: Option<&'o str>,
    /// `--policy`.
    pub policy: Option<&'o str>,
    /// `--profile`: a name, else a path in `files`.
    pub profile: Option<&'o str>,
    /// Where the command line's files come from; a scenario's own are given with it.
    pub files: &'o dyn Files,
    /// `--seed`.
    pub seed: Option<u64>,
    /// `--set KEY=VALUE`, as they come.
    pub set: &'o [String],
    /// Most tasks of a static graph.
    pub most_tasks: u64,
    /// Most nodes.
    pub most_nodes: usize,
}

impl Default for LoadOptions<'_> {
    fn default() -> Self {
        LoadOptions {
            known_policies: &[],
            cluster: None,
            policy: None,
            profile: None,
            files: &NoFiles,
            seed: None,
            set: &[],
            most_tasks: 10_000_000,
            most_nodes: 65_000,
        }
    }
}

/// Reads the text of a scenario. There is a scenario exactly if no error was found.
pub fn parse(
    text: &str,
    file_name: &str,
    files: &dyn Files,
    options: &LoadOptions<'_>,
) -> (Option<Scenario>, Diagnostics) {
    let mut r = Reporter::new(Source::new(file_name, text));
    let scenario = document::read_scenario(&mut r, files, options);
    conclude(r, scenario)
}

/// Takes the text of a Python program as a scenario.
pub fn parse_program(
    text: &str,
    file_name: &str,
    options: &LoadOptions<'_>,
) -> (Option<Scenario>, Diagnostics) {
    let mut r = Reporter::new(Source::new(file_name, text));
    let scenario = document::program_scenario(&mut r, options);
    conclude(r, scenario)
}

fn conclude(r: Reporter, scenario: Option<Scenario>) -> (Option<Scenario>, Diagnostics) {
    let found = r.finish();
    let scenario = scenario.filter(|_| !found.has_errors());
    (scenario.map(|scenario| Scenario { warnings: found.clone(), ..scenario }), found)
}

/// Reads a scenario's file, and the files that it names.
pub fn load_file(path: &Path, options: &LoadOptions<'_>) -> Result<Scenario, Diagnostics> {
    load(path, |text, name| parse(text, name, &Folder::of(path), options))
}

/// Reads a Python program: its cluster is the option's, else that of its line `# cluster: {...}`.
pub fn load_program(path: &Path, options: &LoadOptions<'_>) -> Result<Scenario, Diagnostics> {
    load(path, |text, name| parse_program(text, name, options))
}

fn load(
    path: &Path,
    read: impl FnOnce(&str, &str) -> (Option<Scenario>, Diagnostics),
) -> Result<Scenario, Diagnostics> {
    let source = read_source(path, MOST_BYTES)?;
    let (scenario, found) = read(&source.text, &source.name);
    scenario.ok_or(found)
}

/// Reads a profile file by itself.
pub fn load_profile(path: &Path) -> Result<ProfileFile, Diagnostics> {
    let source = read_source(path, profile_file::MOST_PROFILE_BYTES)?;
    let mut r = Reporter::new(source);
    let profile = profile_file::read_profile_file(&mut r);
    profile.ok_or_else(|| r.finish())
}

/// The text of a file, or why there is none.
pub fn read_source(path: &Path, most: u64) -> Result<Arc<Source>, Diagnostics> {
    let name = path.display().to_string();
    let mut r = Reporter::new(Source::new(name.clone(), ""));
    let bytes = load::read_limited(path, most);
    let source = source::to_source(&mut r, bytes, 0..0, &name);
    source.ok_or_else(|| r.finish())
}

#[cfg(test)]
mod import_tests;
#[cfg(test)]
mod load_tests;
#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod profile_tests;
#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod tests;
