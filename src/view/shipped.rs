//! The scenarios that lie in a folder `scenarios` beside or above the current one.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder is looked for so many levels up.
const LEVELS: usize = 4;
/// More scenarios are not listed.
const MOST: usize = 2_000;
/// Larger files are not read for their names.
const MOST_BYTES: u64 = 1 << 20;

/// The list, made when it is first asked for.
#[derive(Default)]
pub struct Shipped {
    list: Option<Vec<Found>>,
}

/// A scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Its file.
    pub file: PathBuf,
    /// The folder below `scenarios` that it is in.
    pub group: String,
    /// Its name, or its file's.
    pub name: String,
    /// What it shows.
    pub about: String,
}

impl Shipped {
    /// The list, by folders.
    pub fn list(&mut self) -> &[Found] {
        self.list.get_or_insert_with(|| {
            let here = std::env::current_dir().unwrap_or_default();
            let folder = here.ancestors().take(LEVELS).map(|at| at.join("scenarios"));
            folder
                .filter(|path| path.is_dir())
                .map(|path| scenarios_in(&path))
                .next()
                .unwrap_or_default()
        })
    }
}

/// The scenarios in the folders of `folder`; the lesson's come first.
pub fn scenarios_in(folder: &Path) -> Vec<Found> {
    let mut files: Vec<PathBuf> = Vec::new();
    for group in entries(folder).into_iter().filter(|path| path.is_dir()) {
        files.extend(
            entries(&group)
                .into_iter()
                .filter(|path| path.extension().is_some_and(|e| e == "json")),
        );
    }
    let mut found: Vec<Found> = files.iter().take(MOST).filter_map(|file| read(file)).collect();
    found.sort_by_key(|found| (found.group != "lesson", found.group.clone(), found.file.clone()));
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).into_iter().flatten();
    listed.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn read(file: &Path) -> Option<Found> {
    let small = fs::metadata(file).is_ok_and(|facts| facts.len() <= MOST_BYTES);
    let text = small.then(|| fs::read_to_string(file).ok()).flatten()?;
    let value: Value = jsonc_parser::parse_to_serde_value(&text, &Default::default()).ok()?;
    value.get("version")?;
    let said = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let stem = file.file_stem()?.to_string_lossy().into_owned();
    let name = said("name");
    let group = file.parent()?.file_name()?.to_string_lossy().into_owned();
    let name = if name.is_empty() { stem } else { name };
    Some(Found { file: file.to_owned(), group, name, about: said("description") })
}
