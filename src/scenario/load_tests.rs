//! Files on a disk, texts that nobody would write, and whether every code is tried out.

use super::import::{Format, ImportOptions};
use super::tests::files;
use super::*;
use proptest::prelude::*;
use std::fs;

const SCENARIO: &str = r#"{"version": 1, "cluster": "1x1", "program": "sub/p.py"}"#;

fn codes(result: Result<Scenario, Diagnostics>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(found) => found.iter().map(|d| d.code.text()).collect::<Vec<_>>().join(" "),
    }
}

#[test]
fn files_on_a_disk() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let load = |name: &str| codes(load_file(&at(name), &LoadOptions::default()));
    fs::create_dir(at("sub")).unwrap();
    fs::write(at("sub/p.py"), "import ray\n").unwrap();
    fs::write(at("good.json"), SCENARIO).unwrap();
    assert_eq!(load("good.json"), "ok");
    assert_eq!(load("none.json"), "E0001");
    assert_eq!(load("sub"), "E0002");
    fs::write(at("empty.json"), "").unwrap();
    assert_eq!(load("empty.json"), "E0005");
    fs::write(at("utf16.json"), b"\xff\xfe{\0}\0").unwrap();
    let error = load_file(&at("utf16.json"), &LoadOptions::default()).unwrap_err();
    assert!(error.iter().next().unwrap().help.as_ref().unwrap().contains("UTF-16"));
    fs::File::create(at("large.json")).unwrap().set_len(MOST_BYTES + 1).unwrap();
    assert_eq!(load("large.json"), "E0004");
    fs::write(at("folder.json"), SCENARIO.replace("sub/p.py", "sub")).unwrap();
    assert_eq!(load("folder.json"), "E0002");
    let program = load_program(&at("sub/p.py"), &LoadOptions::default()).unwrap();
    assert_eq!(program.model.name, "p");
    assert_eq!(program.warnings.iter().next().unwrap().code, Code::DefaultCluster);
}

#[cfg(unix)]
#[test]
fn links_may_not_leave_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("inside")).unwrap();
    fs::write(at("secret.py"), "x = 1\n").unwrap();
    fs::write(at("inside/own.py"), "x = 1\n").unwrap();
    std::os::unix::fs::symlink(at("secret.py"), at("inside/out.py")).unwrap();
    std::os::unix::fs::symlink(at("inside/own.py"), at("inside/in.py")).unwrap();
    for (program, code) in [("out.py", "E0008"), ("in.py", "ok")] {
        let path = at("inside/s.json");
        fs::write(&path, SCENARIO.replace("sub/p.py", program)).unwrap();
        assert_eq!(codes(load_file(&path, &LoadOptions::default())), code);
    }
    // A scenario that is itself reached by a relative path without a folder.
    assert!(Folder::of(Path::new("x.json")).read("Cargo.toml", 1 << 20).is_ok());
}

#[test]
fn every_code_is_tried_out() {
    let tried = [
        include_str!("tests.rs"),
        include_str!("model_tests.rs"),
        include_str!("load_tests.rs"),
        include_str!("import_tests.rs"),
        include_str!("profile_tests.rs"),
        include_str!("snapshots/rayscope__scenario__import_tests__wrong_workflows.snap"),
    ]
    .concat();
    for code in Code::ALL {
        assert!(tried.contains(code.text()), "no test for {} ({})", code.text(), code.title());
    }
}

const USES_PROFILE: &str = r#"{"version": 1, "cluster": "1x1", "profile": "text", "tasks": [{"name": "a", "duration": "1s"}]}"#;

/// Right texts to spoil, and parts to spoil them with.
const RIGHT: &[&str] = &[
    include_str!("../../scenarios/workflows/miniature-1.5.json"),
    include_str!("../../scenarios/workflows/miniature-1.4.json"),
    r#"{"version": 1, "cluster": {"nodes": [{"name": "n", "count": 2, "resources": {"CPU": 2, "memory": "8GB"}}, {"resources": {"CPU": 1}}], "network": {"latency": "1us", "bandwidth": "10Gbps"}},
 "objects": [{"name": "raw", "size": "1GB", "on": ["n[0]", 1]}],
 "tasks": [{"name": "a", "count": 3, "duration": {"normal": {"mean": "5s", "std": "1s"}}, "inputs": ["raw"], "outputs": [{"name": "x", "size": {"lognormal": {"median": "1MB", "sigma": 2}}}]},
  {"name": "b", "count": 3, "duration_on": ["1s", "2s", "3s"], "inputs": ["x[i]", "x[1]"], "strategy": "SPREAD", "max_retries": -1},
  {"name": "c", "duration": "1s", "after": ["a", "b"], "strategy": {"node_affinity": {"node": 1, "soft": true}}, "submit_at": "1s"}],
 "driver": {"wait": {"num_returns": 2, "timeout": "2.5s"}}, "faults": [{"at": "3s", "kill_node": "n[1]"}, {"at": "2s", "add_node": {"resources": {"CPU": 1}}}],
 "expect": {"makespan": "8s ± 1s", "order": ["a < c"], "placement": {"c": [0, "n[1]"]}, "waits": [{"ready": [0], "remaining": []}]}}"#,
    r#"{"version": 1, "import": {"wfformat": "new.json", "runtime_scale": 0.5, "inputs": "everywhere"}, "faults": [{"at": "1s", "kill_worker": 0}]}"#,
    r#"{"version": 1, "program": "p.py", "parameters": {"submit_cost": "1us"}, "limits": {"tasks": 5, "time": "1h"}}"#,
    "# cluster: {\"nodes\": [{\"num_cpus\": 2, \"resources\": {\"b\": 1}}]}\nimport ray\n",
    "<adag name='a'><job id='A' runtime='1'><uses file='f' link='output' size='1'/></job><job id='B' runtime='2'/><child ref='B'><parent ref='A'/></child></adag>",
    r#"{"rayscope_profile": 1, "name": "x", "based_on": "ideal", "measured": {"a": 5}, "parameters": {"submit_cost": "1s", "cost_jitter": 0}}"#,
    "digraph g { node [cpus=2]; a [duration=2s size=1MB]; b; raw [kind=object]; raw -> a -> {b c}; b -> c [bytes=5] }",
];
const PARTS: &[&str] = &[
    "",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "-1",
    "0",
    "1e999",
    "99999999999999999999",
    "null",
    "\"a\"",
    "\"x\"",
    "\"1s\"",
    "\"1MB\"",
    "\"c\"",
    "5",
    "true",
    "[i]",
    "a[2]",
    "±",
    "é",
    "\u{0}",
    "\\",
    "<",
    ">",
    "->",
    "/*",
    "//",
    "\n",
    "..",
    "count",
];

/// What must hold for any text: a result, or an error that says why there is none; and no panic.
fn survives(text: &str) {
    let memory = files(&[("new.json", RIGHT[0]), ("p.py", RIGHT[5]), ("text", text)]);
    let options = LoadOptions { most_tasks: 2_000, most_nodes: 200, ..Default::default() };
    let sound = |some: bool, found: &Diagnostics| {
        assert_eq!(some, !found.has_errors(), "{text}\n{found}");
        let shown = render::render(found, &render::plain());
        assert_eq!(shown.is_empty(), found.is_empty());
        render::to_json(found);
    };
    let (scenario, found) = parse(text, "text", &memory, &options);
    sound(scenario.is_some(), &found);
    let (scenario, found) = parse(USES_PROFILE, "profile", &memory, &options);
    sound(scenario.is_some(), &found);
    let (scenario, found) = parse_program(text, "text", &options);
    sound(scenario.is_some(), &found);
    for format in [Format::WfFormat, Format::Dax, Format::Dot] {
        let (imported, found) = import::parse(format, text, "text", ImportOptions::default());
        sound(imported.is_some(), &found);
        // What was written from a workflow is a scenario.
        if let Some(imported) = imported {
            let written = import::to_scenario_json(&imported);
            let (scenario, found) = parse(&written, "written", &NoFiles, &options);
            assert!(scenario.is_some(), "{text}\n{written}\n{found}");
        }
    }
}

#[test]
fn right_texts_are_right() {
    RIGHT.iter().for_each(|text| survives(text));
}

fn spoiled() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0usize..12, prop::sample::select(PARTS));
    let changes = prop::collection::vec(change, 1..6);
    (prop::sample::select(RIGHT), changes).prop_map(|(text, changes)| {
        let mut letters: Vec<char> = text.chars().collect();
        for (place, length, part) in changes {
            let from = place.index(letters.len() + 1);
            let to = (from + length).min(letters.len());
            letters.splice(from..to, part.chars());
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn spoiled_texts_are_answered(text in spoiled()) {
        survives(&text);
    }
}
