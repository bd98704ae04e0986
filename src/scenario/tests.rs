//! Wrong scenarios and the diagnostics that they get.

use super::*;
use crate::base::{Amount, NodeId};
use crate::model::cluster::CPU;
use crate::model::workload::{Graph, Workload};
use std::collections::BTreeMap;

/// Files by name, in memory.
#[derive(Default)]
pub struct Memory(pub BTreeMap<&'static str, Vec<u8>>);

impl Files for Memory {
    fn read(&self, relative: &str, _: u64) -> Result<Vec<u8>, FileProblem> {
        self.0.get(relative).cloned().ok_or(FileProblem::Missing)
    }
}

pub fn files(list: &[(&'static str, &str)]) -> Memory {
    Memory(list.iter().map(|(name, text)| (*name, text.as_bytes().to_vec())).collect())
}

/// Takes the marks `‹E0101›` out of a text, and says where they stood.
fn marked(text: &str) -> (String, Vec<(String, usize)>) {
    let (mut plain, mut marks) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('‹') {
        plain.push_str(before);
        let (code, after) = after.split_once('›').unwrap();
        marks.push((code.to_owned(), plain.len()));
        rest = after;
    }
    (plain + rest, marks)
}

fn found(diagnostics: &Diagnostics) -> Vec<(String, usize)> {
    let mut list: Vec<_> =
        diagnostics.iter().map(|d| (d.code.text().to_owned(), d.range.start)).collect();
    list.sort();
    list
}

/// A marked text gets exactly the diagnostics of its marks, at their places.
#[track_caller]
pub fn check_with(marked_text: &str, files: &dyn Files, options: &LoadOptions<'_>) {
    let (text, mut marks) = marked(marked_text);
    marks.sort();
    let (scenario, diagnostics) = parse(&text, "test.json", files, options);
    assert_eq!(found(&diagnostics), marks, "{marked_text}\n{diagnostics}");
    let errors = marks.iter().any(|(code, _)| code.starts_with('E'));
    assert_eq!(scenario.is_some(), !errors);
}

#[track_caller]
fn check(marked_text: &str) {
    check_with(marked_text, &NoFiles, &LoadOptions::default());
}

/// A scenario with one task and these further keys.
#[track_caller]
fn check_keys(keys: &str) {
    check(&format!(
        r#"{{"version": 1, "tasks": [{{"name": "a", "duration": "1s"}}], {CLUSTER}, {keys}}}"#
    ));
}

const CLUSTER: &str = r#""cluster": "2x2""#;

#[track_caller]
fn check_tasks(tasks: &str) {
    check(&format!(r#"{{"version": 1, {CLUSTER}, "tasks": [{tasks}]}}"#));
}

#[track_caller]
fn check_cluster(cluster: &str) {
    check(&format!(
        r#"{{"version": 1, "tasks": [{{"name": "a", "duration": "1s"}}], "cluster": {cluster}}}"#
    ));
}

pub fn graph_of(text: &str) -> Graph {
    let (scenario, diagnostics) = parse(text, "test.json", &NoFiles, &LoadOptions::default());
    match scenario.unwrap_or_else(|| panic!("{diagnostics}")).model.workload {
        Workload::Graph(graph) => graph,
        Workload::Program(_) => panic!("no graph"),
    }
}

#[test]
fn texts_that_are_no_scenario() {
    check("‹E0005›");
    check("‹E0005›  // only a comment");
    check("‹E0104›[]");
    check(r#"‹E0006›{"version": 1, "#);
    check(r#"‹E0006›{"version": 1"#);
    check(r#"{"version": ‹E0006›0x1}"#);
    check(r#"{"version": ‹E0006›"1}"#);
    let deep = format!("{}‹E0007›{}", "[".repeat(513), "[".repeat(1_000_000));
    let (text, _) = marked(&deep);
    let (none, diagnostics) = parse(&text, "deep", &NoFiles, &LoadOptions::default());
    assert!(none.is_none());
    assert_eq!(diagnostics.iter().next().unwrap().code, Code::TooDeep);
}

#[test]
fn keys_and_types() {
    check("‹E0105›‹E0106›‹W0302›{}");
    check_keys(r#"‹E0101›"polcy": "hybrid", ‹E0101›"x": 1"#);
    check_keys(r#""seed": 1, ‹E0102›"seed": 2"#);
    check_keys(r#""name": ‹E0104›1, "description": ‹E0104›[], "seed": ‹E0104›"1""#);
    check_keys(r#""name": ‹E0109›"  ""#);
    check_keys(r#"‹E0106›"program": ‹E0001›"x.py""#);
    check_keys(r#""captions": ‹E0104›{}"#);
    check_keys(
        r#""captions": [{ "stop": 1, "say": "so" }, { "stop": ‹E0102›1 }, { "stop": ‹E0207›0 }]"#,
    );
    check_keys(r#""captions": [‹E0103›{ "say": ‹E0104›1 }, { "stop": 3, ‹E0101›"says": "x" }]"#);
    check(r#"{"version": ‹E0105›2, "cluster": "1x1", "tasks": [{"name": "a", "duration": "1s"}]}"#);
    check(r#"{"version": 1, "cluster": "1x1", "program": "p.py" ,‹E0107›"objects": [], ‹E0107›"driver": {}}"#
        .replace("\"p.py\"", "‹E0001›\"p.py\"").as_str());
    check_keys(
        r#""seed": ‹E0202›-1, "limits": {"tasks": ‹E0207›0, "events": ‹E0203›99999999999999999999, "time": ‹E0204›5}"#,
    );
    check_keys(r#""seed": ‹E0201›1.5"#);
    check_keys(r#""driver": {"wait": {"num_returns": ‹E0207›0, "timeout": "2s"}}"#);
    check_keys(r#""driver": ‹E0103›{}"#);
}

#[test]
fn clusters() {
    check_cluster(r#"‹E0305›"3y2""#);
    check_cluster(r#"‹E0301›"0x2""#);
    check_cluster(r#"‹E0303›"999999x2""#);
    check_cluster(r#"{"nodes": ‹E0301›[]}"#);
    check_cluster(r#"‹E0301›{"network": {"latency": "1s"}}"#);
    check_cluster(
        r#"{"nodes": [‹E0103›{}, {"resources": {"CPU": ‹E0202›-1, "GPU": ‹E0104›"1", "x": ‹E0207›0.00001}}]}"#,
    );
    check_cluster(
        r#"{"nodes": [{"name": "a", "resources": {}}, {"name": ‹E0302›"a", "resources": {"CPU": 2}}]}"#,
    );
    check_cluster(
        r#"{"nodes": [{"count": 2, "resources": {"CPU": 2}}, {"name": ‹E0302›"node 1", "resources": {}}]}"#,
    );
    check_cluster(r#"{"nodes": [‹E0303›{"count": 100001, "resources": {"CPU": 2}}]}"#);
    check_cluster(r#"{"nodes": [{"resources": {"CPU": 2, ‹W0301›"gpu": 1, ‹E0109›"": 1}}]}"#);
    check_cluster(
        r#"{"nodes": [{"resources": {"CPU": 1e400}}]}"#.replace("1e400", "‹E0203›1e400").as_str(),
    );
    check_cluster(
        r#"{"nodes": [{"resources": {"CPU": 2, "memory": ‹E0205›"8 bytes"}, "object_store_memory": ‹E0203›"9999TiB", "labels": {"zone": ‹E0104›1}}]}"#,
    );
    check_cluster(
        r#"{"nodes": [{"resources": {"CPU": 2}, "network": {"bandwidth": ‹E0207›"1bps", "latency": ‹E0201›"s"}}]}"#,
    );
    check(r#"‹W0302›{"version": 1, "tasks": [{"name": "a", "duration": "1s"}]}"#);
    let many: Vec<String> = (0..1200).map(|n| format!(r#""r{n}": 1"#)).collect();
    let text = format!(
        r#"{{"version": 1, "cluster": {{"nodes": [{{"resources": {{"CPU": 1, {}}}}}]}}, "tasks": [{{"name": "a", "duration": "1s"}}]}}"#,
        many.join(",")
    );
    let (_, diagnostics) = parse(&text, "many", &NoFiles, &LoadOptions::default());
    assert!(diagnostics.iter().all(|d| d.code.text() == "E0306"));
}

#[test]
fn quantities() {
    let task = |duration: &str| check_tasks(&format!(r#"{{"name": "a", "duration": {duration}}}"#));
    task("‹E0204›5");
    task(r#"‹E0204›"5""#);
    task(r#"‹E0205›"5 parsecs""#);
    task(r#"‹E0202›"-5s""#);
    task(r#"‹E0203›"9999999h""#);
    task(r#"‹E0206›{}"#);
    task(r#"{"uniform": ‹E0206›["1s"]}"#);
    task(r#"‹E0206›{"uniform": ["2s", "1s"]}"#);
    task(r#"‹E0206›{"empirical": []}"#);
    task(r#"{‹E0101›"uniforn": ["1s", "2s"]}"#);
    task(r#"{"normal": ‹E0103›‹E0103›{}}"#);
    task(r#"‹E0206›{"normal": {"mean": "1s", "std": "1s", "min": "90s", "max": "99s"}}"#);
    task(r#"{"lognormal": {"median": ‹E0204›1, "sigma": ‹E0202›-1}}"#);
    task(r#"{"exponential": "2s"}"#);
}

#[test]
fn tasks_and_objects() {
    check(
        r#"{"version": 1, "cluster": "1x1", "tasks": [{"name": ‹E0402›"a", "duration": "1s"}],
        "objects": [{"name": "a", "size": "1B"}, ‹E0103›{"name": "b", "on": ‹E0207›[]}]}"#,
    );
    check(r#"{"version": 1, "cluster": "1x1", "tasks": ‹E0409›[]}"#);
    check_tasks(
        r#"{"name": "a", "duration": "1s"}, {"name": ‹E0401›‹E0402›"a", "duration": "1s"}"#,
    );
    check_tasks(
        r#"{"name": "a", "count": 3, "duration": "1s"}, {"name": ‹E0401›‹E0402›"a[2]", "duration": "1s"}"#,
    );
    check_tasks(
        r#"{"name": "a", "duration": "1s", "inputs": [‹E0403›"b"], "after": [‹E0404›"c", "a2"]}, {"name": "a2", "duration": "1s"}"#,
    );
    check_tasks(
        r#"{"name": "a", "count": 2, "duration": "1s"}, {"name": "b", "count": 3, "duration": "1s", "inputs": [‹E0403›"a[i]", ‹E0403›"a[2]", "a[1]", ‹E0403›"a[01]"]}"#,
    );
    check_tasks(
        r#"{"name": ‹E0405›"a", "duration": "1s", "inputs": ["c"]}, {"name": "b", "duration": "1s", "inputs": ["a"]}, {"name": "c", "duration": "1s", "inputs": ["b"]}, {"name": ‹E0405›"d", "duration": "1s", "after": ["d"]}"#,
    );
    check_tasks(
        r#"{"name": ‹E0406›"a", "duration": "1s", "resources": {"CPU": 3}}, {"name": ‹E0406›"b", "duration": "1s", "resources": {"GPU": 1}}"#,
    );
    check_tasks(r#"‹E0103›{"name": "a"}, ‹E0103›{"duration": "1s"}"#);
    check_tasks(
        r#"{"name": "a", "duration": "1s", "strategy": ‹E0108›"SPRED"}, {"name": "b", "duration": "1s", "strategy": {"node_affinity": {"node": ‹E0304›7}}}"#,
    );
    check_tasks(
        r#"{"name": "a", "duration": "1s", "strategy": {"node_affinity": {"node": ‹E0304›"node 7", "soft": ‹E0104›1}}}"#,
    );
    check_tasks(
        r#"{"name": "a", "duration_on": ‹E0407›["1s"]}, {"name": "b", "duration_on": ‹E0407›{"node 0": "1s"}}, {"name": "c", "duration_on": {‹E0304›"x": "1s"}, "duration": "1s"}"#,
    );
    check_tasks(
        r#"{"name": "a", "duration": ‹E0407›{"exponential": "1s"}, "duration_on": ["1s", "2s"]}, {"name": "b", "duration_on": ‹E0104›1}"#,
    );
    check_tasks(r#"{"name": "a", "duration": "1s", "count": ‹E0203›10000001}"#);
    check_tasks(
        r#"{"name": "a", "duration": "1s", "count": 9000000}, {"name": ‹E0408›"b", "duration": "1s", "count": 9000000}"#,
    );
    check_tasks(
        r#"{"name": "a", "duration": "1s", "max_retries": -1}, {"name": "b", "duration": "1s", "max_retries": ‹E0202›-2}"#,
    );
}

#[test]
fn policies_profiles_parameters() {
    check_keys(r#""profile": ‹E0502›"ray""#);
    check_keys(
        r#""parameters": {‹E0504›"submit_cots": "1s", "submit_cost": ‹E0505›"5", "task_overhead": ‹E0104›[]}"#,
    );
    let text = r#"{"version": 1, "cluster": "1x1", "policy": ‹E0501›"hybird", "tasks": [{"name": "a", "duration": "1s"}]}"#;
    let known = LoadOptions { known_policies: &["hybrid", "spread"], ..Default::default() };
    check_with(text, &NoFiles, &known);
    // The command line goes before the file.
    let set = ["submit_cost=1ms".to_owned()];
    let options = LoadOptions {
        policy: Some("spread"),
        seed: Some(9),
        cluster: Some("2,8"),
        set: &set,
        ..known
    };
    let (scenario, found) = parse(&marked(text).0, "f", &NoFiles, &options);
    let model = scenario.unwrap_or_else(|| panic!("{found}")).model;
    assert_eq!((model.policy.as_str(), model.seed), ("spread", 9));
    assert_eq!(model.cluster.nodes[NodeId::new(1)].resources.get(CPU), Amount::whole(8));
    assert_eq!(model.parameters.submit_cost, Span::from_millis(1));
    let set = ["submit_cost".to_owned(), "nope=1".to_owned()];
    let wrong = LoadOptions {
        policy: Some("x"),
        profile: Some("y"),
        cluster: Some("z"),
        set: &set,
        ..known
    };
    let (_, diagnostics) = parse(&marked(text).0, "f", &NoFiles, &wrong);
    let names: Vec<&str> = diagnostics.iter().map(|d| d.source.name.as_str()).collect();
    assert_eq!(names, ["--profile", "--set", "--set", "--cluster", "--policy"]);
}

#[test]
fn faults() {
    check_keys(
        r#""faults": [‹E0601›{"at": "1s"}, ‹E0103›{"kill_node": 0}, {"at": "1s", "kill_worker": ‹E0304›2}]"#,
    );
    check_keys(
        r#""faults": [{"at": "2s", "add_node": {"name": "late", "resources": {"CPU": 1}}}, {"at": "1s", "kill_node": ‹E0602›"late"}, {"at": "3s", "kill_node": 2}]"#,
    );
    check_keys(
        r#""faults": [{"at": "2s", "add_node": {"name": ‹E0302›"node 1", "resources": {}}}, {"at": "2s", "add_node": {"count": 2, "name": ‹E0107›"x", "resources": {}}}]"#,
    );
    // A node that joins later can hold the task.
    check_tasks(
        r#"{"name": "a", "duration": "1s", "resources": {"GPU": 1}}], "faults": [{"at": "2s", "add_node": {"resources": {"GPU": 1, "CPU": 1}}}"#,
    );
    check_keys(
        r#""objects": [{"name": "o", "size": "1B", "on": [‹E0602›"late", ‹E0304›"lat"]}], "faults": [{"at": "2s", "add_node": {"name": "late", "resources": {}}}]"#,
    );
}

#[test]
fn expectations() {
    check_keys(
        r#""expect": {"makespan": ‹E0205›"8s ± 10%", "order": [‹E0701›"a b", ‹E0404›"a < b"], "placement": {"a": ‹E0304›9, ‹E0404›"c": [0, 1]}}"#,
    );
    check_keys(
        r#""expect": {"makespan": ‹E0701›{"min": "2s", "max": "1s"}, "outcome": ‹E0108›"good", "waits": [‹E0103›{"ready": [‹E0202›-1]}]}"#,
    );
    check_keys(
        r#""expect": {"makespan": ‹E0204›8, "bytes_moved": ‹E0104›true, "stdout": ["x", ‹E0104›1], ‹E0101›"ordr": []}"#,
    );
    let text = r#"{"version": 1, "cluster": "1x1", "tasks": [{"name": "a", "duration": "1s"}],
        "expect": {"makespan": "8s +- 10ms", "bytes_moved": ">= 1MB", "spilled": "0B", "outcome": "finished",
                   "waits": [{"ready": [0, 1], "remaining": [2]}], "placement": {"a": 0}, "error": "x"}}"#;
    let (scenario, found) = parse(text, "t", &NoFiles, &LoadOptions::default());
    let expect = scenario.unwrap_or_else(|| panic!("{found}")).expect;
    let makespan = expect.makespan.unwrap();
    assert_eq!((makespan.line, makespan.value.min), (2, 7_990_000_000));
    assert_eq!(makespan.value.max, 8_010_000_000);
    assert_eq!(expect.bytes_moved.unwrap().value.max, u64::MAX);
    assert_eq!(expect.waits.unwrap().value[0].value.ready, [0, 1]);
    // What is expected to be infeasible may be.
    check(
        r#"{"version": 1, "cluster": "1x1", "tasks": [{"name": "a", "duration": "1s", "resources": {"GPU": 1}}], "expect": {"outcome": "infeasible"}}"#,
    );
}

#[test]
fn files_beside_the_scenario() {
    let with = |path: &str, memory: &Memory| {
        let text = format!(r#"{{"version": 1, "cluster": "1x1", "program": {path}}}"#);
        check_with(&text, memory, &LoadOptions::default());
    };
    for path in ["../x.py", "/x.py", "a/../../x.py", "C:x.py", r"a\\x.py"] {
        with(&format!("‹E0008›\"{path}\""), &Memory::default());
    }
    with(r#"‹E0001›"x.py""#, &Memory::default());
    with(r#"‹E0005›"x.py""#, &files(&[("x.py", " \n")]));
    with(r#""x.py""#, &files(&[("x.py", "import ray\n")]));
    let latin = Memory([("x.py", b"# \n\"caf\xe9\"".to_vec())].into());
    let text = r#"{"version": 1, "cluster": "1x1", "program": "x.py"}"#;
    let (_, diagnostics) = parse(text, "t", &latin, &LoadOptions::default());
    assert_eq!(diagnostics.to_string(), "x.py:2:5: E0003: `x.py` is not UTF-8 (byte 7)\n");
}
