//! The rules of the house, held by reading the sources: ranks, sizes, first lines, forbidden words, links.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A module may name only modules of a lower rank.
const RANKS: &[(&str, u32)] = &[
    ("base", 0),
    ("model", 1),
    ("scenario", 2),
    ("state", 2),
    ("trace", 3),
    ("policy", 3),
    ("process", 3),
    ("engine", 4),
    ("replay", 4),
    ("chart", 5),
    ("analysis", 6),
];

const MOST_FUNCTION_LINES: usize = 70;
const MOST_FILE_LINES: usize = 400;

/// Files that were longer when the rule came. The numbers may only go down.
const LONG_FILES: &[(&str, usize)] =
    &[("src/scenario/import/wfformat.rs", 403), ("src/trace/decode.rs", 404)];

/// The folds: one arm for every event, and nothing else. They may only grow with the events.
const LONG_FUNCTIONS: &[(&str, &str, usize)] = &[
    ("src/state/apply.rs", "apply", 128),
    ("src/state/admit.rs", "admits", 84),
    ("src/trace/encode.rs", "event_line", 93),
    ("src/trace/decode.rs", "event", 85),
    ("src/chart/captions.rs", "short", 92),
    ("src/view/panels/events/kind.rs", "of", 73),
    ("src/chart/why.rs", "why", 77),
];

/// Words that nothing below rank 5 may say, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    ("HashMap", "its order differs from run to run; use BTreeMap or IdVec"),
    ("HashSet", "its order differs from run to run; use BTreeSet"),
    ("Instant::now", "virtual time only"),
    ("SystemTime", "virtual time only"),
    ("println!", "the library does not talk; what is worth saying is an event"),
    ("eprintln!", "the library does not talk; what is worth saying is an event"),
    ("std::env", "what a run depends on is an argument"),
    ("thread_rng", "chance comes from the seed"),
    ("Rc<", "one owner, and ids instead of pointers"),
    ("RefCell", "one owner, and ids instead of pointers"),
];

/// The only files below the command line that touch other files.
const READS_FILES: &[&str] = &["src/scenario/load.rs"];

struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The top module that the file belongs to.
    fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.split(['/', '.']).next().unwrap_or(inside)
    }

    fn rank(&self) -> Option<u32> {
        RANKS.iter().find(|(name, _)| *name == self.module()).map(|(_, rank)| *rank)
    }

    /// The lines of code: without comments, and without the tests at the end.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_test_file = self.path.contains("test") || self.path.contains("fixture");
        let end = if is_test_file {
            0
        } else {
            self.text.find("#[cfg(test)]\nmod").unwrap_or(self.text.len())
        };
        let lines = self.text[..end].lines().enumerate();
        let without_comments =
            lines.map(|(n, line)| (n + 1, line.split("//").next().unwrap_or("")));
        without_comments.filter(|(_, line)| !line.trim().is_empty())
    }
}

fn files_below(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(folder)];
    while let Some(next) = open.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries.map(|entry| entry.expect("the folder can be read").path()) {
            if entry.is_dir() {
                open.push(entry);
            } else if entry.to_string_lossy().ends_with(ending) {
                found.push(entry);
            }
        }
    }
    found.sort();
    found
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let paths = folders.iter().flat_map(|folder| files_below(folder, ".rs"));
    let read = |path: PathBuf| Source {
        path: path.to_string_lossy().replace('\\', "/"),
        text: fs::read_to_string(&path).expect("a source is UTF-8 text"),
    };
    paths.map(read).collect()
}

fn report(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn modules_name_only_lower_ranks() {
    let mut problems = Vec::new();
    for source in sources(&["src"]) {
        let Some(rank) = source.rank() else { continue };
        for (number, line) in source.code() {
            for after in line.split("crate::").skip(1) {
                let named = after.split(|c: char| !c.is_alphanumeric() && c != '_').next();
                let other = RANKS.iter().find(|(name, _)| Some(*name) == named);
                if let Some((name, other_rank)) = other
                    && *name != source.module()
                    && *other_rank >= rank
                {
                    problems.push(format!(
                        "{}:{number}: names {name}, which is not below it",
                        source.path
                    ));
                }
            }
        }
    }
    report(problems);
}

#[test]
fn every_module_has_a_rank() {
    let folders = fs::read_dir("src").expect("the sources are there");
    let names =
        folders.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
    let unknown = names.filter(|name| {
        let stem = name.trim_end_matches(".rs");
        !RANKS.iter().any(|(known, _)| *known == stem)
            && !matches!(stem, "lib" | "main" | "cli" | "view")
    });
    report(unknown.map(|name| format!("src/{name} is not in the table of ranks")).collect());
}

#[test]
fn every_file_says_what_it_is_for() {
    let all = sources(&["src", "tests", "benches", "fuzz/fuzz_targets"]);
    let silent = all.iter().filter(|source| !source.text.starts_with("//!"));
    report(silent.map(|s| format!("{} does not begin with `//!`", s.path)).collect());
}

#[test]
fn files_are_short() {
    let mut problems = Vec::new();
    for source in sources(&["src", "tests", "benches"]) {
        let lines = source.text.lines().count();
        let allowed = LONG_FILES.iter().find(|(path, _)| *path == source.path);
        let most = allowed.map_or(MOST_FILE_LINES, |(_, most)| *most);
        if lines > most {
            problems.push(format!("{} has {lines} lines, {most} are allowed", source.path));
        }
    }
    report(problems);
}

#[test]
fn functions_fit_a_screen() {
    let mut problems = Vec::new();
    for source in sources(&["src", "tests", "benches"]) {
        for (name, line, length) in functions(&source.text) {
            let fold =
                LONG_FUNCTIONS.iter().find(|(path, f, _)| *path == source.path && *f == name);
            if length > fold.map_or(MOST_FUNCTION_LINES, |(_, _, most)| *most) {
                problems.push(format!("{}:{line}: {name} has {length} lines", source.path));
            }
        }
    }
    report(problems);
}

/// Name, first line and length of every function, as rustfmt lays them out: the closing brace stands under the
/// first letter of the line that opens the function.
fn functions(text: &str) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let body = line.trim_start();
        let opens =
            ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "const fn ", "pub const fn "];
        let Some(after) = opens.iter().find_map(|open| body.strip_prefix(open)) else { continue };
        let indent = &line[..line.len() - body.len()];
        let closing = format!("{indent}}}");
        let end = lines[start..].iter().position(|line| *line == closing);
        let name = after.split(['(', '<']).next().unwrap_or(after).to_owned();
        // A function on one line, or a declaration in a trait, closes before the next one opens.
        let length = end.map_or(1, |end| end + 1);
        let one_line = line.ends_with('}') || line.ends_with(';');
        found.push((name, start + 1, if one_line { 1 } else { length }));
    }
    found
}

#[test]
fn lines_have_at_most_120_columns() {
    let mut problems = Vec::new();
    for source in sources(&["src", "tests", "benches"]) {
        // Tests quote whole lines of input.
        if source.path.contains("test") {
            continue;
        }
        for (number, line) in source.text.lines().enumerate() {
            if line.chars().count() > 120 {
                problems.push(format!("{}:{}", source.path, number + 1));
            }
        }
    }
    report(problems);
}

#[test]
fn folds_have_no_wildcard() {
    let mut problems = Vec::new();
    for path in ["src/state/apply.rs", "src/state/admit.rs", "src/trace/encode.rs"] {
        let Ok(text) = fs::read_to_string(path) else { continue };
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("_ =>") {
                problems.push(format!("{path}:{}: a new event must not pass unseen", number + 1));
            }
        }
    }
    report(problems);
}

#[test]
fn the_library_is_silent_and_deterministic() {
    let mut problems = Vec::new();
    for source in sources(&["src"]) {
        if source.rank().is_none_or(|rank| rank >= 5) {
            continue;
        }
        for (number, line) in source.code() {
            for (word, why) in FORBIDDEN {
                if line.contains(word) && !line.contains("\"") {
                    problems.push(format!("{}:{number}: {word}: {why}", source.path));
                }
            }
            if line.contains("std::fs") && !READS_FILES.contains(&source.path.as_str()) {
                problems.push(format!("{}:{number}: reads files", source.path));
            }
        }
    }
    report(problems);
}

#[test]
fn only_the_view_knows_bevy_and_egui() {
    let mut problems = Vec::new();
    for source in sources(&["src"]) {
        if source.path.starts_with("src/view/") {
            continue;
        }
        for (number, line) in source.code() {
            if line.contains("bevy") || line.contains("egui") {
                problems.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    report(problems);
}

#[test]
fn every_diagnostic_is_documented_and_tested() {
    let document = fs::read_to_string("docs/scenario-format.md").expect("the document is there");
    let tests: String = sources(&["src", "tests"])
        .iter()
        .filter(|source| source.path.contains("test"))
        .map(|source| source.text.clone())
        .chain(files_below("src", ".snap").iter().filter_map(|path| fs::read_to_string(path).ok()))
        .collect();
    let mut problems = Vec::new();
    for code in rayscope::scenario::Code::ALL {
        let text = code.text();
        if !document.contains(text) {
            problems.push(format!("{text} is not in docs/scenario-format.md"));
        }
        if !tests.contains(text) {
            problems.push(format!("no test provokes {text}"));
        }
    }
    report(problems);
}

#[test]
fn documents_have_one_title_and_no_dead_links() {
    let mut problems = Vec::new();
    let mut documents = files_below("docs", ".md");
    documents.extend(files_below("scenarios", ".md"));
    documents.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(PathBuf::from));
    for path in documents {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let prose: Vec<&str> = outside_fences(&text).collect();
        if prose.iter().filter(|line| line.starts_with("# ")).count() != 1 {
            problems.push(format!("{}: wants exactly one title", path.display()));
        }
        for target in prose.iter().flat_map(|line| line.split("](").skip(1)) {
            let target = target.split([')', '#']).next().unwrap_or("");
            let folder = path.parent().unwrap_or(Path::new("."));
            let outside = target.is_empty() || target.contains("://");
            if !outside && !folder.join(target).exists() {
                problems.push(format!("{}: {target} is not there", path.display()));
            }
        }
    }
    report(problems);
}

fn outside_fences(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

#[test]
fn no_name_says_nothing() {
    let empty = ["utils", "util", "common", "helpers", "misc", "types"];
    let all = sources(&["src"]);
    let named: BTreeMap<&str, &str> = all
        .iter()
        .flat_map(|source| source.path.split(['/', '.']).map(|part| (part, source.path.as_str())))
        .filter(|(part, _)| empty.contains(part))
        .collect();
    report(named.values().map(|path| format!("{path} collects whatever has no place")).collect());
}

#[test]
fn every_parameter_is_documented_as_it_is() {
    let document = fs::read_to_string("docs/ray-model.md").expect("the document is there");
    let (ideal, ray) = (rayscope::model::Parameters::ideal(), rayscope::model::Parameters::ray());
    let lines = rayscope::model::parameters::TABLE.iter().map(|info| {
        let (ideal, ray) = (ideal.show(info), ray.show(info));
        let (name, unit) = (info.name, info.unit());
        format!("| `{name}` | {unit} | {ideal} | {ray} | {} | {} |", info.meaning, info.source)
    });
    let table = lines.collect::<Vec<_>>().join("\n");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let head = document.split("| parameter |").next().unwrap_or_default();
        let columns = "| parameter | unit | `ideal` | `ray-2.60` | meaning | source |\n|---|---|---|---|---|---|";
        fs::write("docs/ray-model.md", format!("{head}{columns}\n{table}\n"))
            .expect("it is written");
        return;
    }
    assert!(document.contains(&table), "run the test with UPDATE_DOCS=1 to write the table anew");
}
