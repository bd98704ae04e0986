//! The scenarios of the repository, and `rayscope test` itself on folders made for the purpose.

// Clippy knows test functions as such, but not what they call.
#![allow(clippy::unwrap_used)]

use rayscope::scenario::{LoadOptions, load_file};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `rayscope test ARGS` in `folder`.
fn rayscope(folder: &Path, args: &[&str], ci: bool) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rayscope"));
    command.current_dir(folder).arg("test").args(args).env_remove("CI").env("NO_COLOR", "1");
    if ci {
        command.env("CI", "true");
    }
    command.output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn last_line(output: &Output) -> String {
    stdout(output).lines().last().unwrap_or_default().to_owned()
}

/// What a run in `folder` prints; it must end with that code.
fn told(folder: &Path, args: &[&str], code: i32) -> String {
    let output = rayscope(folder, args, false);
    let text = stdout(&output);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}\n{errors}");
    text
}

/// Two tasks of `seconds` on one CPU.
fn scenario(seconds: u32, expect: &str) -> String {
    format!(
        r#"{{
  "version": 1,
  "cluster": "1x1",
  "seed": 3,
  "tasks": [{{ "name": "a", "duration": "{seconds}s" }}, {{ "name": "b", "duration": "1s" }}],
  "expect": {{
    {expect}
  }}
}}"#
    )
}

/// A folder with `s/one.json`.
fn folder(seconds: u32, expect: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("s")).unwrap();
    fs::write(folder.path().join("s/one.json"), scenario(seconds, expect)).unwrap();
    folder
}

/// All scenarios of the repository, by path.
fn scenarios() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for theme in fs::read_dir(root().join("scenarios")).unwrap() {
        let theme = theme.unwrap().path();
        if !theme.is_dir() {
            continue;
        }
        for file in fs::read_dir(theme).unwrap() {
            let file = file.unwrap().path();
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            // Workflows and profiles are what scenarios use, not scenarios.
            let text = fs::read_to_string(&file).unwrap();
            let used = ["\"schemaVersion\"", "\"rayscope_profile\""];
            let used = used.iter().any(|key| text.contains(key));
            if name.ends_with(".json") && !name.ends_with(".golden.digest") && !used {
                found.push(file);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_scenario_passes_and_has_its_golden_record() {
    let output = rayscope(root(), &["scenarios"], true);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(last_line(&output), format!("{} passed, 0 failed", scenarios().len()));
    assert!(scenarios().len() >= 45);
}

#[test]
fn every_scenario_says_what_it_shows_and_expects_something() {
    for file in scenarios() {
        let found = load_file(&file, &LoadOptions::default()).unwrap();
        let name = file.display();
        assert!(found.description.is_some_and(|text| text.len() > 40), "{name}: no description");
        assert!(!found.expect.is_empty(), "{name} expects nothing");
        assert!(found.warnings.is_empty(), "{name}: {}", found.warnings);
    }
}

#[test]
fn the_list_of_scenarios_is_true() {
    let readme = fs::read_to_string(root().join("scenarios/README.md")).unwrap();
    let listed: Vec<&str> = readme.lines().filter(|line| line.starts_with("| [")).collect();
    let row = |file: &PathBuf| {
        let name = load_file(file, &LoadOptions::default()).unwrap().model.name;
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let path = file.strip_prefix(root().join("scenarios")).unwrap();
        let path = path.to_string_lossy().replace('\\', "/");
        format!("| [{stem}]({path}) | {name} |")
    };
    let rows: Vec<String> = scenarios().iter().map(row).collect();
    for row in &rows {
        assert!(listed.contains(&row.as_str()), "scenarios/README.md lacks the row\n{row}");
    }
    assert_eq!(listed.len(), rows.len(), "scenarios/README.md lists something that is not there");
}

#[test]
fn a_wrong_expectation_fails_with_its_line_and_how_to_reproduce_it() {
    let folder = folder(2, "\"makespan\": \"3s\",\n    \"order\": [\"b < a\"]");
    let text = told(folder.path(), &["s"], 1);
    assert!(text.starts_with("FAIL    s/one.json  policy=hybrid seed=3\n"), "{text}");
    assert!(text.contains("s/one.json:8: order b < a: a had started before"), "{text}");
    assert!(!text.contains("makespan"), "{text}");
    assert!(text.contains("reproduce: rayscope run s/one.json --seed 3\n"), "{text}");
    assert!(text.ends_with("\n0 passed, 1 failed\n"), "{text}");
    // A golden record of something wrong is not accepted.
    let text = told(folder.path(), &["s", "--update"], 1);
    assert!(text.contains("no golden record is accepted"), "{text}");
    assert!(!folder.path().join("s/one.golden.jsonl").exists());
}

#[test]
fn a_change_is_shown_and_accepted() {
    let folder = folder(2, "");
    assert!(told(folder.path(), &["s"], 0).starts_with("new     s/one.json"));
    assert!(told(folder.path(), &["s", "--update"], 0).starts_with("written s/one.json"));
    assert!(told(folder.path(), &["s"], 0).starts_with("ok      s/one.json\n1 passed"));
    fs::write(folder.path().join("s/one.json"), scenario(4, "")).unwrap();
    let text = told(folder.path(), &["s"], 1);
    for part in [
        "it differs from its golden record",
        "what is run has changed: tasks",
        "makespan     3 s  5 s  +2 s (+66.7 %)",
        "first divergence at record ",
        "  both:    0.000 s",
        "  golden:  ",
        "  now:     ",
        "reproduce: rayscope run s/one.json --seed 3",
    ] {
        let spaced: Vec<&str> = part.split_whitespace().collect();
        let flat: Vec<&str> = text.split_whitespace().collect();
        assert!(flat.join(" ").contains(&spaced.join(" ")), "{part:?} is not in\n{text}");
    }
    let text = told(folder.path(), &["s", "--update"], 0);
    assert!(text.starts_with("updated s/one.json") && text.contains("+66.7 %"), "{text}");
    assert!(told(folder.path(), &["s"], 0).starts_with("ok "));
}

#[test]
fn large_runs_keep_metrics_and_a_digest() {
    let folder = folder(2, "");
    let text = |seed: u32| {
        format!(
            r#"{{"version": 1, "cluster": "1x4", "seed": {seed}, "tasks": [
            {{"name": "t", "count": 100, "duration": {{"uniform": ["1s", "2s"]}}}}]}}"#
        )
    };
    let file = folder.path().join("s/one.json");
    fs::write(&file, text(1)).unwrap();
    told(folder.path(), &["s", "--update"], 0);
    let golden = fs::read_to_string(folder.path().join("s/one.golden.digest")).unwrap();
    assert!(golden.contains("makespan_ns") && golden.contains("digest"), "{golden}");
    told(folder.path(), &["s"], 0);
    fs::write(&file, text(2)).unwrap();
    assert!(told(folder.path(), &["s"], 1).contains("makespan"));
    // A run that has become small keeps its log instead; there are never two records.
    fs::write(&file, scenario(2, "")).unwrap();
    told(folder.path(), &["s", "--update"], 0);
    assert!(folder.path().join("s/one.golden.jsonl").exists());
    assert!(!folder.path().join("s/one.golden.digest").exists());
}

#[test]
fn nothing_is_written_where_ci_is_set() {
    let folder = folder(2, "");
    let output = rayscope(folder.path(), &["s", "--update"], true);
    assert_eq!(output.status.code(), Some(2));
    let output = rayscope(folder.path(), &["s"], true);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("it has no golden record"));
    assert_eq!(fs::read_dir(folder.path().join("s")).unwrap().count(), 1);
}

#[test]
fn a_golden_record_without_a_scenario_fails_until_it_is_removed() {
    let folder = folder(2, "");
    told(folder.path(), &["s", "--update"], 0);
    fs::rename(folder.path().join("s/one.json"), folder.path().join("s/two.json")).unwrap();
    let text = told(folder.path(), &["s"], 1);
    assert!(text.contains("FAIL    s/one.golden.jsonl\n"), "{text}");
    assert!(text.ends_with("1 passed, 1 failed\n"), "{text}");
    told(folder.path(), &["s", "--update"], 0);
    assert!(told(folder.path(), &["s"], 0).ends_with("1 passed, 0 failed\n"));
}

#[test]
fn a_spoiled_golden_record_fails_with_its_place() {
    let folder = folder(2, "");
    let golden = folder.path().join("s/one.golden.jsonl");
    told(folder.path(), &["s", "--update"], 0);
    let text = fs::read_to_string(&golden).unwrap();
    fs::write(&golden, text.replace("TaskStarted", "TaskStumbled")).unwrap();
    assert!(told(folder.path(), &["s"], 1).contains("one.golden.jsonl:"));
    told(folder.path(), &["s", "--update"], 0);
    assert_eq!(fs::read_to_string(&golden).unwrap(), text);
}

#[test]
fn the_report_is_in_the_order_of_paths_and_always_the_same() {
    let folder = folder(2, "");
    let path = folder.path();
    for name in ["s/b.json", "s/a.json", "s/a/z.json", "s/.hidden/x.json"] {
        fs::create_dir_all(path.join(name).parent().unwrap()).unwrap();
        fs::write(path.join(name), scenario(1, "")).unwrap();
    }
    // Workflows and profiles are no scenarios; one that cannot be read is a failure with its diagnostics.
    fs::write(path.join("s/flow.json"), r#"{"schemaVersion": "1.5", "workflow": {}}"#).unwrap();
    fs::write(path.join("s/mine.json"), r#"{"rayscope_profile": 1, "name": "mine"}"#).unwrap();
    fs::write(path.join("s/c.json"), r#"{"version": 1, "tasks": []}"#).unwrap();
    let text = told(path, &["s"], 1);
    let files: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("new ") || line.starts_with("FAIL "))
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    assert_eq!(files, ["s/a/z.json", "s/a.json", "s/b.json", "s/c.json", "s/one.json"]);
    assert!(text.contains("E0409"), "{text}");
    assert!(text.ends_with("4 passed, 1 failed\n"), "{text}");
    // Named twice is tested once.
    assert_eq!(told(path, &["s", "s/a.json"], 1), text);
    assert!(told(path, &["s", "--filter", "/b."], 0).ends_with("1 passed, 0 failed\n"));
}

#[test]
fn bad_paths_and_empty_folders_have_their_own_codes() {
    let folder = folder(2, "");
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("notes.txt"), "").unwrap();
    told(folder.path(), &["nowhere"], 3);
    told(folder.path(), &["notes.txt"], 3);
    told(folder.path(), &["empty"], 4);
    told(folder.path(), &["s", "--filter", "no such text"], 4);
    told(folder.path(), &["--wrong"], 2);
}

#[test]
fn the_junit_report_can_be_read() {
    let folder = folder(2, "\"makespan\": \"<= 1s\"");
    fs::write(folder.path().join("s/two.json"), scenario(1, "")).unwrap();
    told(folder.path(), &["s", "--junit", "out.xml"], 1);
    let text = fs::read_to_string(folder.path().join("out.xml")).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let suite = &report.test_suites[0];
    assert_eq!((report.tests, report.failures), (2, 1));
    assert_eq!((suite.name.as_str(), suite.test_cases.len()), ("s", 2));
    assert!(text.contains("s/one.json:7: makespan: 3 s, expected &lt;= 1s"), "{text}");
    assert!(text.contains(r#"<property name="makespan" value="3000000000"/>"#), "{text}");
    told(folder.path(), &["s", "--junit", "no/such/folder.xml"], 3);
}

#[test]
fn json_is_one_value() {
    let folder = folder(2, "\"makespan\": \"<= 1s\"");
    let value: serde_json::Value =
        serde_json::from_str(&told(folder.path(), &["s", "--json"], 1)).unwrap();
    assert_eq!((value["passed"].as_u64(), value["failed"].as_u64()), (Some(0), Some(1)));
    assert_eq!(value["scenarios"][0]["status"], "fail");
    assert_eq!(value["scenarios"][0]["metrics"]["makespan_ns"], 3_000_000_000_u64);
}
