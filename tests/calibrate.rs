//! `rayscope calibrate` and profile files, as a shell sees them.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

#[path = "support/said.rs"]
mod said;

use said::Said;
use serde_json::Value;
use std::process::Command;

const PROFILE: &str = "docs/profiles/two-cores.json";
const PROGRAM: &str = "tests/ray/programs/sync_calls.py";

/// Runs it in the repository, where the profile lies.
fn say(args: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rayscope"));
    Said::by(command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")))
}

fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn it_tells_how_and_hands_out_the_script() {
    let said = say(&["calibrate"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.contains("rayscope calibrate --script > calibrate.py"), "{}", said.out);
    assert!(said.out.contains("rayscope run program.py --profile mine.json"), "{}", said.out);
    assert!(said.out.lines().all(|line| line.chars().count() <= 100), "{}", said.out);
    assert_eq!(say(&["calibrate", "--json"]).json()["steps"].as_array().unwrap().len(), 3);
    let script = file("scripts/calibrate.py");
    assert_eq!(say(&["calibrate", "--script"]).out, script);
    assert_eq!(say(&["calibrate", "--script", "--json"]).json()["script"], script);
    assert_eq!(say(&["calibrate", "--script", "--measurements", PROFILE]).code, 2);
    assert!(say(&["completions", "bash"]).out.contains("--measurements"));
    assert!(say(&["list", "profiles"]).out.contains("rayscope calibrate"));
}

#[test]
fn measurements_are_shown_beside_the_built_in_ones() {
    let said = say(&["calibrate", "--measurements", PROFILE]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let columns: Vec<&str> =
        said.out.lines().find(|line| line.starts_with("parameter")).unwrap().split(' ').collect();
    assert!(columns.contains(&"measured") && columns.contains(&"ray-2.60"), "{}", said.out);
    assert!(said.out.lines().all(|line| line.chars().count() <= 100), "{}", said.out);
    assert!(said.out.contains(&format!("rayscope run program.py --profile {PROFILE}")));
    let value = say(&["calibrate", "--measurements", PROFILE, "--json"]).json();
    assert_eq!((&value["name"], &value["based_on"]), (&"two-cores".into(), &"ray-2.60".into()));
    let profile: Value = serde_json::from_str(&file(PROFILE)).unwrap();
    let rows = value["parameters"].as_array().unwrap();
    assert_eq!(rows.len(), profile["parameters"].as_object().unwrap().len());
    for row in rows {
        // Everything that is measured is a cost, and costs in `ray-2.60` are not zero.
        let ratio = row["ratio"].as_f64().unwrap();
        assert!(ratio > 0.1 && ratio < 10.0, "another machine, but not another world: {row}");
        assert!(said.out.contains(row["name"].as_str().unwrap()));
    }
}

/// The script splits what it measured as the simulator adds it up again.
#[test]
fn a_simulated_round_trip_takes_what_was_measured() {
    let value = say(&["run", PROGRAM, "--profile", PROFILE, "--json"]).json();
    assert_eq!(value["profile"], "two-cores");
    let profile: Value = serde_json::from_str(&file(PROFILE)).unwrap();
    let measured = profile["measured"]["round_trip"].as_str().unwrap();
    let measured: f64 = measured.strip_suffix(" us").unwrap().parse().unwrap();
    let simulated = value["makespan_s"].as_f64().unwrap() / 200.0 * 1e6;
    let error = simulated / measured - 1.0;
    assert!(error.abs() < 0.15, "{simulated:.0} us, measured {measured} us");
    // The command line goes before the file.
    let slow = ["run", PROGRAM, "--profile", PROFILE, "--set", "rpc_latency=10ms", "--json"];
    assert!(say(&slow).json()["makespan_s"].as_f64().unwrap() > 8.0);
}

#[test]
fn a_scenario_names_a_profile_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("mine.json"), file(PROFILE)).unwrap();
    let scenario = r#"{"version": 1, "cluster": "1x1", "profile": "mine.json",
        "tasks": [{"name": "a", "duration": "1s"}]}"#;
    std::fs::write(at("s.json"), scenario).unwrap();
    let said = say(&["run", &at("s.json")]);
    assert!(said.out.contains("profile two-cores"), "{}{}", said.out, said.err);
    for command in [&["explain", &at("s.json"), "a"][..], &["check", &at("s.json")]] {
        assert_eq!(say(command).code, 0, "{command:?}");
    }
    assert_eq!(say(&["explain", &at("s.json"), "a", "--profile", PROFILE]).code, 0);
    let same = ["compare", &at("s.json"), &at("s.json"), "--profile", PROFILE];
    assert_eq!(say(&same).code, 0);
    std::fs::write(at("s.json"), scenario.replace("mine", "other")).unwrap();
    let said = say(&["run", &at("s.json")]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("no profile `other.json`, and no such file"), "{}", said.err);
}

#[test]
fn what_is_no_profile_is_told_with_its_place() {
    let wrong = |args: &[&str]| {
        let said = say(args);
        assert_eq!(said.code, 3, "{}{}", said.out, said.err);
        let error = said.json()["error"].clone();
        let text = |key: &str| error[key].as_str().unwrap_or("").to_owned();
        (text("code"), text("message"), text("help"))
    };
    let (code, message, help) = wrong(&["run", PROGRAM, "--profile", "ray-2.6", "--json"]);
    assert_eq!((code.as_str(), help.as_str()), ("E0502", "did you mean `ray-2.60`?"));
    assert!(message.contains("and no such file"), "{message}");
    let scenario = "scenarios/lesson/wait_two.json";
    assert_eq!(wrong(&["run", PROGRAM, "--profile", scenario, "--json"]).0, "E0503");
    assert_eq!(wrong(&["run", PROGRAM, "--profile", "README.md", "--json"]).0, "E0006");
    assert_eq!(wrong(&["run", PROGRAM, "--profile", "docs", "--json"]).0, "E0002");
    assert_eq!(wrong(&["calibrate", "--measurements", scenario, "--json"]).0, "E0503");
    assert_eq!(wrong(&["calibrate", "--measurements", "none.json", "--json"]).0, "E0001");
}

#[test]
fn a_program_starts_its_cluster_with_too_small_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.py").display().to_string();
    std::fs::write(&path, "import ray\n\nray.init(num_cpus=2, object_store_memory=50_000_000)\n")
        .unwrap();
    let said = say(&["run", &path, "--profile", "ray-2.60", "--json"]);
    let error = said.json()["error"].clone();
    assert_eq!((said.code, &error["line"]), (3, &3.into()));
    let message = "ValueError: Attempting to cap object store memory usage at 50000000 bytes, \
                   but the minimum allowed is 78643200 bytes.";
    assert_eq!(error["message"], message);
    assert_eq!(say(&["run", &path]).code, 0);
}
