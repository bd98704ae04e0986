//! Which scenarios there are under the given paths, and which golden records without a scenario.

use crate::cli::output::Exit;
use crate::cli::problem::Problem;
use jsonc_parser::ast::Value;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders are not followed deeper: a loop of mounts ends there.
const DEEPEST: usize = 32;

/// One thing to report on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Entry {
    /// A scenario to run.
    Scenario(PathBuf),
    /// A golden record whose scenario is gone.
    Orphan(PathBuf),
}

impl Entry {
    fn path(&self) -> &Path {
        match self {
            Entry::Scenario(path) | Entry::Orphan(path) => path,
        }
    }
}

/// What was found, in the order of the report.
pub struct Found {
    /// Scenarios and orphans by path.
    pub entries: Vec<Entry>,
}

/// Everything under `paths` that has `filter` in its path.
pub fn find(paths: &[PathBuf], filter: Option<&str>) -> Result<Found, Problem> {
    let mut entries = BTreeSet::new();
    for path in paths {
        let meta = fs::metadata(path).map_err(|error| bad(path, &error.to_string()))?;
        if meta.is_dir() {
            walk(path, DEEPEST, &mut entries)?;
        } else if is_scenario_name(path) {
            entries.insert(Entry::Scenario(path.clone()));
        } else {
            return Err(bad(path, "it is no scenario (a file NAME.json)"));
        }
    }
    let mut entries: Vec<Entry> = entries
        .into_iter()
        .filter(|entry| filter.is_none_or(|text| entry.path().to_string_lossy().contains(text)))
        .collect();
    entries.sort_by(|a, b| a.path().cmp(b.path()));
    Ok(Found { entries })
}

fn bad(path: &Path, why: &str) -> Problem {
    let message = format!("{} cannot be tested: {why}", path.display());
    Problem::new(Exit::Input, "E0002", message)
}

/// The files of a folder and of those in it. Links are not followed, hidden folders not looked into.
fn walk(folder: &Path, deeper: usize, entries: &mut BTreeSet<Entry>) -> Result<(), Problem> {
    let listed = fs::read_dir(folder).map_err(|error| bad(folder, &error.to_string()))?;
    for entry in listed {
        let entry = entry.map_err(|error| bad(folder, &error.to_string()))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(|error| bad(&path, &error.to_string()))?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if kind.is_dir() && !hidden && deeper > 0 {
            walk(&path, deeper - 1, entries)?;
        } else if kind.is_file() && is_scenario_name(&path) && !is_input(&path) {
            entries.insert(Entry::Scenario(path));
        } else if kind.is_file() && golden_of(&path).is_some_and(|scenario| !scenario.is_file()) {
            entries.insert(Entry::Orphan(path));
        }
    }
    Ok(())
}

fn is_scenario_name(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "json") && golden_of(path).is_none()
}

/// The scenario that a golden record belongs to; `None` if it is no golden record.
fn golden_of(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let stem =
        name.strip_suffix(".golden.jsonl").or_else(|| name.strip_suffix(".golden.digest"))?;
    Some(path.with_file_name(format!("{stem}.json")))
}

/// Whether a JSON file is what scenarios use: a profile, or a workflow (WfFormat says its own version and not ours).
/// What cannot be read is taken for a scenario, so that somebody is told.
fn is_input(path: &Path) -> bool {
    let Ok(text) = fs::read_to_string(path) else { return false };
    let Ok(parsed) = parse_to_ast(&text, &CollectOptions::default(), &ParseOptions::default())
    else {
        return false;
    };
    match parsed.value {
        Some(Value::Object(object)) => {
            let is = |key| object.get(key).is_some();
            !is("version") && (is("schemaVersion") || is("rayscope_profile"))
        }
        _ => false,
    }
}
