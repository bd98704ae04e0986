//! The command line as scripts see it: exit codes, what goes where, and exactly one JSON value.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

#[path = "support/said.rs"]
mod said;

use said::Said;
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const GRAPH: &str = r#"{
  "version": 1,
  "name": "pair",
  "cluster": { "nodes": [{ "count": 2, "resources": { "CPU": 1 } }] },
  "tasks": [
    { "name": "a", "duration": "1s" },
    { "name": "b", "duration": "2s", "inputs": ["a"] }
  ]
}"#;

const PROGRAM: &str = "\
import ray, time

@ray.remote
def f(x):
    time.sleep(1)
    return x

print(ray.get([f.remote(i) for i in range(4)]))
print(ray.wait([]))
";

const FAILS: &str = "\
import ray

@ray.remote
def f():
    return 1

print('before')
ray.get(f.remote())
raise ValueError('on purpose')
";

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        let place = Place { folder: TempDir::new().unwrap() };
        place.write("pair.json", GRAPH);
        place.write("four.py", PROGRAM);
        place.write("fails.py", FAILS);
        place
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rayscope"));
        command.args(args).current_dir(self.folder.path()).env_remove("NO_COLOR");
        // A build with a window would open it.
        for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            command.env_remove(display);
        }
        command
    }

    fn say(&self, args: &[&str]) -> Said {
        Said::by(&mut self.command(args))
    }
}

#[test]
fn run_prints_the_programs_output_first() {
    let said = Place::new().say(&["run", "four.py", "--cluster", "1x2"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.starts_with("[0, 1, 2, 3]\n([], [])\n\nfour: 4 tasks in 2.000 s\n"),
        "{}",
        said.out
    );
    assert!(said.out.contains("f#4"));
    assert!(said.out.lines().all(|line| line.chars().count() <= 100), "{}", said.out);
    assert!(!said.out.contains('\u{1b}'));
}

#[test]
fn run_says_what_was_spilled() {
    let place = Place::new();
    place.write(
        "spills.json",
        r#"{ "version": 1, "profile": "ray-2.60", "program": "spills.py",
            "cluster": { "nodes": [{ "resources": { "CPU": 1 }, "object_store_memory": "100MB" }] } }"#,
    );
    place.write(
        "spills.py",
        "import ray\nimport numpy as np\nray.init()\nrefs = [ray.put(np.zeros(1_874_993)) for i in range(7)]\n\
         ray.get(refs[0])\n",
    );
    let said = place.say(&["run", "spills.json"]);
    let line = "spilled 90 MB in 6 objects, restored 15 MB in 1 object";
    let lines: Vec<&str> = said.out.lines().collect();
    // Words stand without a break between number and unit in some.
    assert!(lines.iter().any(|found| found.replace('\u{a0}', " ") == line), "{}", said.out);
    let value = place.say(&["run", "spills.json", "--json"]).json();
    assert_eq!(value["metrics"]["bytes_spilled"], 90_000_000);
}

#[test]
fn run_as_json_has_the_promised_fields() {
    let place = Place::new();
    let value = place.say(&["run", "four.py", "--cluster", "1x2", "--json"]).json();
    assert_eq!(value["makespan_s"], 2.0);
    assert_eq!(value["error"], Value::Null);
    assert_eq!(value["stdout"][0], "[0, 1, 2, 3]");
    let task = &value["tasks"][3];
    assert_eq!(task["name"], "f");
    assert_eq!((&task["attempt"], &task["node"]), (&Value::from(0), &Value::from(0)));
    assert_eq!((&task["submitted_s"], &task["started_s"]), (&Value::from(0.0), &Value::from(1.0)));
    assert_eq!(
        (&task["finished_s"], &task["state"]),
        (&Value::from(2.0), &Value::from("FINISHED"))
    );
    let wait = &value["waits"][0];
    assert_eq!((&wait["n"], &wait["ready"]), (&Value::from(0), &Value::from(Vec::<u32>::new())));
    for key in ["tasks", "events", "bytes_moved", "critical_path_s", "slot_utilisation"] {
        assert!(value["metrics"][key].is_number(), "{key}");
    }
}

#[test]
fn an_uncaught_exception_is_a_result_with_an_error() {
    let place = Place::new();
    let said = place.say(&["run", "fails.py", "--cluster", "1x1"]);
    assert_eq!(said.code, 5);
    assert!(said.out.starts_with("before\n"), "{}", said.out);
    assert!(said.err.contains("ValueError: on purpose"), "{}", said.err);
    let said = place.say(&["run", "fails.py", "--cluster", "1x1", "--json"]);
    assert_eq!((said.code, &said.json()["error"]), (5, &Value::from("ValueError: on purpose")));
    assert_eq!(said.json()["stdout"][0], "before");
}

#[test]
fn bad_input_is_told_with_its_place() {
    let place = Place::new();
    place.write("bad.json", &GRAPH.replace("duration\": \"2s\"", "duratoin\": \"2s\""));
    place.write("bad.py", "import ray\ndef f(:\n");
    place.write("bad.jsonl", "{}\n");
    for file in ["bad.json", "bad.py", "bad.jsonl", "missing.json", "missing.py", "missing.jsonl"] {
        for command in ["run", "check"] {
            let said = place.say(&[command, file]);
            assert_eq!(said.code, 3, "{command} {file}: {}{}", said.out, said.err);
            assert!(said.err.contains(file), "{command} {file}: {}", said.err);
        }
        let value = place.say(&["run", file, "--json"]).json();
        assert_eq!(value["error"]["exit"], 3, "{value}");
        assert!(value["error"]["message"].is_string() && value["error"]["code"].is_string());
    }
    let error = &place.say(&["run", "bad.json", "--json"]).json()["error"];
    assert_eq!((&error["line"], &error["file"]), (&Value::from(7), &Value::from("bad.json")));
    assert!(place.say(&["run", "bad.json"]).err.contains("did you mean `duration`?"));
    let value = place.say(&["check", "pair.json", "bad.json", "--json"]).json();
    assert_eq!((&value["files"][0]["ok"], &value["files"][1]["ok"]), (&true.into(), &false.into()));
}

#[test]
fn bad_usage_is_exit_code_2_and_json_if_that_is_wanted() {
    let place = Place::new();
    for args in [
        &["run"][..],
        &["run", "pair.json", "--nonsense"],
        &["frobnicate"],
        &["compare", "pair.json"],
        &["compare", "pair.json", "--policies", "hybrid"],
        &["import", "nonsense", "pair.json"],
        &["explain", "pair.json", "a", "--at", "soon"],
        &["view", "pair.json"],
        &["render", "pair.json", "--story", "-o", "x.svg"],
    ] {
        let said = place.say(args);
        assert_eq!(said.code, 2, "{args:?}: {}{}", said.out, said.err);
        assert!(said.out.is_empty() && !said.err.is_empty(), "{args:?}");
        let mut with_json = args.to_vec();
        with_json.push("--json");
        let said = place.say(&with_json);
        assert_eq!((said.code, &said.json()["error"]["exit"]), (2, &Value::from(2)), "{args:?}");
    }
    let view = place.say(&["view", "pair.json"]).err;
    let instead = match cfg!(feature = "view") {
        true => "There is no display",
        false => "cargo run --release --features view -- view pair.json",
    };
    assert!(view.contains(instead) && view.contains("rayscope run pair.json"), "{view}");
}

#[test]
fn explain_says_why_and_suggests_names() {
    let place = Place::new();
    let said = place.say(&["explain", "pair.json", "b"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("waited for its arguments: a finished at 1.000 s"), "{}", said.out);
    assert!(said.out.contains("Placed on node 0"), "{}", said.out);
    assert!(said.out.lines().all(|line| line.chars().count() <= 100), "{}", said.out);
    let value = place.say(&["explain", "pair.json", "b", "--at", "0.5s", "--json"]).json();
    assert_eq!(value["state"], "PENDING_ARGS_AVAIL");
    assert_eq!(value["phases"][0]["to_s"], Value::Null);
    let said = place.say(&["explain", "four.py", "g#2", "--cluster", "1x1"]);
    assert_eq!(said.code, 4);
    assert!(said.err.contains("did you mean `f#2`?"), "{}", said.err);
    let value = place.say(&["explain", "pair.json", "zzz", "--json"]).json();
    assert_eq!(value["error"]["exit"], 4);
}

#[test]
fn traces_are_written_reported_and_compared() {
    let place = Place::new();
    let said = place.say(&["run", "pair.json", "--trace", "pair.jsonl"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let again = place.say(&["run", "pair.jsonl", "--json"]).json();
    assert_eq!(again["makespan_s"], 3.0);
    assert_eq!(place.say(&["run", "pair.jsonl", "--seed", "3"]).code, 2);
    assert_eq!(place.say(&["compare", "pair.json", "pair.jsonl"]).code, 0);
    place.write("slower.json", &GRAPH.replace("2s", "3s"));
    let said = place.say(&["compare", "pair.json", "slower.json"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("+33.3 %"), "{}", said.out);
    let value = place.say(&["compare", "pair.json", "slower.json", "--json"]).json();
    assert_eq!(value["comparisons"][0]["equal"], false);
    assert!(value["comparisons"][0]["first_divergence"]["at_s"].is_number());
    assert_eq!(place.say(&["run", "pair.json", "--trace", "no/such/folder.jsonl"]).code, 3);
}

#[test]
fn policies_are_compared_and_listed() {
    let place = Place::new();
    let said = place.say(&["compare", "four.py", "--cluster", "2x2", "--policies", "hybrid,pack"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("makespan") && said.out.contains("part at"), "{}", said.out);
    let said =
        place.say(&["compare", "four.py", "--cluster", "2x2", "--policies", "hybrid,nonsense"]);
    assert_eq!(said.code, 3);
    let value = place.say(&["list", "policies", "--json"]).json();
    assert_eq!(value[0]["name"], "hybrid");
    for what in ["policies", "parameters", "profiles"] {
        assert_eq!(place.say(&["list", what]).code, 0);
    }
}

#[test]
fn schema_completions_and_help() {
    let place = Place::new();
    assert!(place.say(&["schema"]).json()["properties"]["cluster"].is_object());
    assert!(place.say(&["completions", "bash"]).out.contains("rayscope"));
    assert!(place.say(&["completions", "zsh", "--json"]).json()["script"].is_string());
    let said = place.say(&["--help"]);
    assert_eq!(said.code, 0);
    assert!(said.out.starts_with("Examples:"), "{}", said.out);
    for command in
        ["run", "explain", "compare", "check", "import", "list", "schema", "view", "render"]
    {
        assert!(said.out.contains(&format!("  {command} ")), "{command}: {}", said.out);
        assert_eq!(place.say(&[command, "--help"]).code, 0, "{command}");
    }
    assert!(place.say(&["--version"]).out.starts_with("rayscope "));
}

#[test]
fn a_workflow_becomes_a_scenario_that_runs() {
    let place = Place::new();
    place.write("flow.dot", "digraph { a -> b; a -> c; b -> d; c -> d }");
    let said = place.say(&["import", "dot", "flow.dot", "-o", "flow.json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(place.say(&["run", "flow.json", "--json"]).json()["metrics"]["tasks"], 4);
    assert!(place.say(&["import", "dot", "flow.dot", "--json"]).json()["tasks"].is_array());
    place.write("wrong.dot", "digraph { a -> ");
    let said = place.say(&["import", "dot", "wrong.dot", "--json"]);
    assert_eq!((said.code, &said.json()["error"]["exit"]), (3, &Value::from(3)));
}

#[test]
fn without_arguments_the_lesson_is_run() {
    let said = Place::new().say(&[]);
    assert_eq!(said.code, 0, "{}", said.err);
    let why = if cfg!(feature = "view") { "There is no display" } else { "no window" };
    assert!(said.err.contains(why), "{}", said.err);
    assert!(said.out.contains("add_arrays"), "{}", said.out);
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let place = Place::new();
    let program = "for i in range(20000):\n    print('line', i)\n";
    place.write("long.py", program);
    let mut child = place
        .command(&["run", "long.py", "--cluster", "1x1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0u8; 6];
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"line 0");
    drop(out);
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(!err.contains("panicked") && !err.contains("defect"), "{err}");
    assert_eq!(output.status.code(), Some(0), "{err}");
}

#[test]
fn colours_only_where_they_are_wanted() {
    let place = Place::new();
    let file = place.path("pair.json");
    let name = |path: &Path| path.display().to_string();
    let said = place.say(&["run", &name(&file), "--color", "always"]);
    assert!(said.out.contains("\u{1b}[1m"), "{}", said.out);
    assert!(!place.say(&["run", &name(&file)]).out.contains('\u{1b}'));
}

#[test]
fn explain_names_leases_and_their_ages() {
    let place = Place::new();
    let waves = format!("{}/tests/ray/programs/waves.py", env!("CARGO_MANIFEST_DIR"));
    let explain = |task: &str| {
        let said = place.say(&["explain", &waves, task, "--profile", "ray-2.60"]);
        assert_eq!(said.code, 0, "{}", said.err);
        said.out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let reused = explain("work#7");
    assert!(reused.contains("its lease was 25"), "{reused}");
    assert!(reused.contains("Its owner, the driver, asked nobody."), "{reused}");
    let new = explain("work#13");
    assert!(new.contains("for a new lease: the old one was 51"), "{new}");
    assert!(!new.contains("-> node 0 full"), "{new}");
    let sent_on = explain("work#15");
    assert!(sent_on.contains("node 2 has room, but looked full"), "{sent_on}");
    let value =
        place.say(&["explain", &waves, "work#15", "--profile", "ray-2.60", "--json"]).json();
    assert_eq!(value["placements"][0]["candidates"][2]["looked_free"], false);
    assert_eq!(value["placements"][0]["raylet"], 0);
}
