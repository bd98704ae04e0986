//! Profile files: what they set, what goes before them, and what is wrong with wrong ones. Stores too small for Ray.

use super::tests::{check_with, files};
use super::*;
use crate::model::Parameters;

const PROFILE: &str = r#"{"rayscope_profile": 1, "name": "mine", "based_on": "ray-2.60", "ray": "2.60.0",
 "measured": {"round_trip": "1336us", "runs": 3},
 "parameters": {"submit_cost": "90us", "cost_jitter": 0, "worker_lease_timeout_milliseconds": 400}}"#;

/// A scenario with these further keys.
fn scenario(keys: &str) -> String {
    format!(
        r#"{{"version": 1, "cluster": "1x1", "tasks": [{{"name": "a", "duration": "1s"}}], {keys}}}"#
    )
}

fn load(keys: &str, options: &LoadOptions<'_>) -> Scenario {
    let beside = files(&[("sub/mine.json", PROFILE)]);
    let (scenario, found) = parse(&scenario(keys), "test.json", &beside, options);
    scenario.unwrap_or_else(|| panic!("{found}"))
}

#[test]
fn a_profile_lies_beside_the_scenario() {
    let read = load(r#""profile": "sub/mine.json""#, &LoadOptions::default());
    let wanted = Parameters {
        submit_cost: Span::from_micros(90),
        cost_jitter: 0,
        worker_lease_timeout_milliseconds: Span::from_millis(400),
        ..Parameters::ray()
    };
    assert_eq!((read.profile.as_str(), &read.model.parameters), ("mine", &wanted));
    // What the scenario says goes before it, and what the command line says before both.
    let keys =
        r#""profile": "sub/mine.json", "parameters": {"submit_cost": "70us", "get_cost": "7us"}"#;
    let set = ["get_cost=3us".to_owned()];
    let options = LoadOptions { set: &set, ..LoadOptions::default() };
    let parameters = load(keys, &options).model.parameters;
    assert_eq!(parameters.submit_cost, Span::from_micros(70));
    assert_eq!(parameters.get_cost, Span::from_micros(3));
}

#[test]
fn the_command_line_names_files_of_its_own() {
    let anywhere = files(&[("/elsewhere/mine.json", PROFILE), ("ideal", "not read")]);
    let options = |profile| LoadOptions {
        profile: Some(profile),
        files: &anywhere,
        ..LoadOptions::default()
    };
    let read = load(r#""profile": "none.json""#, &options("/elsewhere/mine.json"));
    assert_eq!(read.profile, "mine");
    let (program, found) = parse_program("x = 1\n", "p.py", &options("/elsewhere/mine.json"));
    assert_eq!(program.unwrap_or_else(|| panic!("{found}")).profile, "mine");
    // A built-in name goes before a file.
    assert_eq!(load(r#""seed": 1"#, &options("ideal")).profile, "ideal");
}

#[test]
fn no_such_profile() {
    let check = |keys: &str| check_with(&scenario(keys), &files(&[]), &LoadOptions::default());
    check(r#""profile": ‹E0502›"none.json""#);
    check(r#""profile": ‹E0502›"""#);
    check(r#""profile": ‹E0008›"../mine.json""#);
    check(r#""profile": ‹E0008›"/mine.json""#);
    let help = |profile| {
        let options = LoadOptions { profile: Some(profile), ..LoadOptions::default() };
        let (_, found) = parse(&scenario(r#""seed": 1"#), "test.json", &NoFiles, &options);
        let found = found.iter().next().unwrap();
        (found.to_string(), found.help.clone().unwrap())
    };
    let message = "--profile:1:1: E0502: there is no profile `ray-2.6`, and no such file";
    assert_eq!(help("ray-2.6"), (message.to_owned(), "did you mean `ray-2.60`?".to_owned()));
    assert!(help("zebra.json").1.contains("there are ideal and ray-2.60; "));
}

/// The diagnostics of a profile file, in which the places are marked.
#[track_caller]
fn check_profile(marked_text: &str, places: &str) {
    let beside = files(&[("p.json", Box::leak(marked_text.to_owned().into_boxed_str()))]);
    let text = scenario(r#""profile": "p.json""#);
    let (scenario, found) = parse(&text, "test.json", &beside, &LoadOptions::default());
    assert!(scenario.is_none());
    let each = found.iter().map(|found| {
        assert_eq!(found.source.name, "p.json", "{found}");
        let at = found.position();
        format!("{}:{} {}", at.line, at.column, found.code.text())
    });
    assert_eq!(each.collect::<Vec<_>>().join(", "), places, "{found}");
}

#[test]
fn wrong_profile_files() {
    check_profile("", "1:1 E0005");
    check_profile("[]", "1:1 E0104");
    check_profile("{\"rayscope_profile\": 1,", "1:1 E0006");
    check_profile("\n {\"version\": 1, \"tasks\": []}", "2:2 E0503");
    check_profile(&PROFILE.replace("e\": 1", "e\": 2"), "1:22 E0105");
    check_profile(&PROFILE.replace("\"mine\"", "\"ideal\""), "1:33 E0506");
    check_profile(&PROFILE.replace("\"mine\"", "\" \""), "1:33 E0109");
    check_profile(&PROFILE.replace("\"ray-2.60\"", "\"ray-2.6\""), "1:53 E0502");
    check_profile(&PROFILE.replace("\"1336us\"", "[]"), "2:29 E0104");
    check_profile("{\"rayscope_profile\": 1}", "1:1 E0103, 1:1 E0103, 1:1 E0103");
    // All at once, and exactly as in a scenario's `parameters`.
    let wrong = "{\"rayscope_profile\": \"1\", \"nam\": \"x\", \"name\": 1, \"based_on\": \"ray\",\n\
                 \"parameters\": {\"submit_cots\": \"1s\", \"submit_cost\": \"5\",\n\
                 \"cost_jitter\": 1.5, \"store_bandwidth\": \"1s\", \"get_cost\": [], \"get_cost\": \"1s\"}}";
    let places = "1:27 E0101, 1:22 E0105, 1:47 E0104, 1:62 E0502, 3:62 E0102, \
                  2:16 E0504, 2:52 E0505, 3:16 E0505, 3:40 E0505, 3:58 E0104";
    check_profile(wrong, places);
}

#[test]
fn profile_files_on_a_disk() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("mine.json"), PROFILE).unwrap();
    let read = load_profile(&at("mine.json")).unwrap();
    let named: Vec<&str> = read.named().map(|info| info.name).collect();
    assert_eq!(named, ["submit_cost", "cost_jitter", "worker_lease_timeout_milliseconds"]);
    assert_eq!((read.name.as_str(), read.based_on), ("mine", "ray-2.60"));
    assert_eq!(read.measured[1], ("runs".to_owned(), "3".to_owned()));
    // What goes to a terminal is one line and says nothing to it.
    std::fs::write(at("bell.json"), PROFILE.replace("mine", "m\\u001b[2Jx\\n")).unwrap();
    assert_eq!(load_profile(&at("bell.json")).unwrap().name, "m [2Jx ");
    std::fs::write(at("latin.json"), b"{\"name\": \"\xe9\"}").unwrap();
    let large = std::fs::File::create(at("large.json")).unwrap();
    large.set_len(profile_file::MOST_PROFILE_BYTES + 1).unwrap();
    for (name, code) in
        [("none.json", "E0001"), ("", "E0002"), ("latin.json", "E0003"), ("large.json", "E0004")]
    {
        let found = load_profile(&at(name)).unwrap_err();
        assert_eq!(found.iter().next().unwrap().code.text(), code, "{found}");
        // As `--profile` says it; only a missing file may as well be a wrong name.
        let path = at(name).display().to_string();
        let options = LoadOptions { profile: Some(&path), files: &Disk, ..LoadOptions::default() };
        let (_, found) = parse(&scenario(r#""seed": 1"#), "test.json", &NoFiles, &options);
        let code = if code == "E0001" { "E0502" } else { code };
        assert_eq!(found.iter().next().unwrap().code.text(), code, "{found}");
    }
}

#[test]
fn a_store_below_rays_least() {
    let keys = |profile: &str| {
        format!(
            r#"{{"version": 1, "profile": "{profile}", "cluster": {{"nodes": [
            {{"resources": {{"CPU": 1}}, "object_store_memory": MARK"78643199B"}},
            {{"resources": {{"CPU": 1}}, "object_store_memory": "78643200B"}},
            {{"resources": {{"CPU": 1}}, "object_store_memory": "unlimited"}}]}},
            "tasks": [{{"name": "a", "duration": "1s"}}],
            "faults": [{{"at": "1s", "add_node": {{"resources": {{}}, "object_store_memory": MARK"1MB"}}}}]}}"#
        )
    };
    let check = |text: &str| check_with(text, &NoFiles, &LoadOptions::default());
    check(&keys("ideal").replace("MARK", ""));
    check(&keys("ray-2.60").replace("MARK", "‹E0307›"));
    let program = |bytes: &str| {
        let text = format!(
            "# cluster: {{\"nodes\": [{{\"num_cpus\": 1, \"object_store_memory\": {bytes}}}]}}\n"
        );
        let options = LoadOptions { profile: Some("ray-2.60"), ..LoadOptions::default() };
        parse_program(&text, "p.py", &options).1.to_string()
    };
    assert_eq!(
        program("1000"),
        "p.py:1:62: E0307: Attempting to cap object store memory usage at 1000 bytes, \
         but the minimum allowed is 78643200 bytes.\n"
    );
    assert_eq!(program("78643200"), "");
}

#[test]
fn set_without_a_value() {
    let told = |set: &str| {
        let set = [set.to_owned()];
        let options = LoadOptions { set: &set, ..LoadOptions::default() };
        let (_, found) = parse(&scenario(r#""seed": 1"#), "test.json", &NoFiles, &options);
        let found = found.iter().next().unwrap();
        format!("{found}; {}", found.help.clone().unwrap_or_default())
    };
    assert_eq!(
        told("submit_cost"),
        "--set:1:1: E0505: `submit_cost` is given no value; write `submit_cost=VALUE`, such as submit_cost=160us"
    );
    assert_eq!(told("5"), "--set:1:1: E0505: `5` has no `=`; write KEY=VALUE");
    assert!(told("submit_cost=").starts_with("--set:1:13: E0505: `submit_cost` cannot be ``: "));
    assert!(told("=1s").starts_with("--set:1:1: E0504: there is no parameter ``"));
}
