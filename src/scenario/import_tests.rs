//! Workflows of other formats: what becomes of right ones, and what wrong ones are told.

use super::import::{Format, ImportOptions, Imported, InputPlace, parse as read, to_scenario_json};
use super::tests::{files, graph_of};
use super::*;
use crate::base::{Amount, NodeId};
use crate::model::cluster::CPU;
use crate::model::workload::{Graph, Workload};

const NEW: &str = include_str!("../../scenarios/workflows/miniature-1.5.json");
const OLD: &str = include_str!("../../scenarios/workflows/miniature-1.4.json");
const DAX: &str = r#"<?xml version="1.0"?>
<adag xmlns="http://pegasus.isi.edu/schema/DAX" name="tiny">
  <!-- two jobs and one that waits -->
  <job id="ID1" name="make &amp; do" runtime="1.5">
    <uses file="in" link="input" size="10"/>
    <uses name="mid" link="output" size="2000"/>
  </job>
  <job id="ID2" name="use" runtime="2"><uses file="mid" link="input" size="2000"/></job>
  <job id="ID3" name="tell" runtime="0.25"/>
  <child ref="ID2"><parent ref="ID1"/></child>
  <child ref="ID3"><parent ref="ID2"/><parent ref="ID2"/></child>
</adag>"#;
const DOT: &str = r#"strict digraph "two by two" {
  rankdir=LR; node [shape=box, cpus=2] // defaults
  a [duration=2s size="1MB" label=<b<i>x</i>>]; b [duration="1.5"];
  subgraph cluster_0 { c [fn=work, duration="3min", cpus=1]; d [duration=0] }
  raw [kind=object, size=10]
  raw -> a -> {c d} [weight=2]; b -> c [size="5kB"]; b:n -> d
}"#;

fn imported(format: Format, text: &str) -> Imported {
    let (imported, found) = read(format, text, "w", ImportOptions::default());
    imported.unwrap_or_else(|| panic!("{found}"))
}

fn codes(found: &Diagnostics) -> Vec<String> {
    let each = found.iter().map(|d| {
        let position = d.position();
        format!("{} {}:{}", d.code.text(), position.line, position.column)
    });
    each.collect()
}

/// Label, seconds, inputs and sizes of outputs of each task.
fn shown(graph: &Graph) -> Vec<String> {
    let name = |object: u32| graph.object_names[object as usize].as_deref().unwrap_or("?");
    let each = graph.tasks.iter().map(|task| {
        let args: Vec<&str> = task.args.iter().map(|object| name(object.number())).collect();
        let seconds = task.duration_on(NodeId::new(0)).unwrap().as_secs();
        let cpus = task.shape.demand.get(CPU);
        let function = &task.function;
        format!(
            "{} {function} {seconds}s {cpus} {args:?} {:?}",
            task.label(),
            task.returns.to_vec()
        )
    });
    each.collect()
}

#[test]
fn wfformat_1_5() {
    let (_, found) = read(Format::WfFormat, NEW, "w", ImportOptions::default());
    assert_eq!(codes(&found), ["W0804 40:23", "W0803 13:44"]);
    let graph = graph_of(&to_scenario_json(&imported(Format::WfFormat, NEW)));
    insta::assert_debug_snapshot!(shown(&graph));
    let sizes: Vec<u64> = graph.inputs.iter().map(|input| input.size).collect();
    assert_eq!(sizes, [2_000_000]);
}

#[test]
fn wfformat_1_4() {
    let (_, found) = read(Format::WfFormat, OLD, "w", ImportOptions::default());
    assert_eq!(codes(&found), ["W0802 19:40"]);
    let graph = graph_of(&to_scenario_json(&imported(Format::WfFormat, OLD)));
    insta::assert_debug_snapshot!(shown(&graph));
}

#[test]
fn dax() {
    let graph = graph_of(&to_scenario_json(&imported(Format::Dax, DAX)));
    insta::assert_debug_snapshot!(shown(&graph));
}

#[test]
fn dot() {
    let graph = graph_of(&to_scenario_json(&imported(Format::Dot, DOT)));
    insta::assert_debug_snapshot!(shown(&graph));
}

#[test]
fn a_scenario_may_import() {
    let text = r#"{"version": 1, "import": {"wfformat": "w.json", "runtime_scale": 2, "inputs": "everywhere"},
        "cluster": {"nodes": [{"count": 3, "resources": {"CPU": 16}}]}}"#;
    let memory = files(&[("w.json", NEW)]);
    let (scenario, found) = parse(text, "t.json", &memory, &LoadOptions::default());
    let model = scenario.unwrap_or_else(|| panic!("{found}")).model;
    assert!(found.is_empty());
    let Workload::Graph(graph) = model.workload else { panic!() };
    assert_eq!(graph.inputs[0].on.len(), 3);
    assert_eq!(graph.tasks[1].duration_on(NodeId::new(0)), Some(Span::from_millis(8000)));
    assert_eq!(graph.tasks[2].shape.demand.get(CPU), Amount::whole(16));
    // Its own machines, with the scenario's network.
    let text = r#"{"version": 1, "import": {"wfformat": "w.json"}, "cluster": {"network": {"latency": "1ms"}}}"#;
    let (scenario, found) = parse(text, "t.json", &memory, &LoadOptions::default());
    let cluster = scenario.unwrap_or_else(|| panic!("{found}")).model.cluster;
    assert_eq!(cluster.nodes[NodeId::new(1)].resources.get(CPU), Amount::whole(4));
    assert_eq!(cluster.nodes[NodeId::new(1)].latency, Span::from_millis(1));
    for (text, expected) in [
        (r#"{"version": 1, "import": {}}"#, "E0103 1:26"),
        (r#"{"version": 1, "import": {"dot": "w.json", "dax": "w.json"}}"#, "E0103 1:26"),
        (r#"{"version": 1, "import": {"wfformat": "w.json", "inputs": "there"}}"#, "E0108 1:59"),
        (r#"{"version": 1, "import": {"dax": "w.json"}}"#, "E0801 1:1"),
        (r#"{"version": 1, "import": {"dot": "w.json"}}"#, "E0807 1:1"),
        (r#"{"version": 1, "import": {"wfformat": "no.json"}}"#, "E0001 1:39"),
    ] {
        let (_, found) = parse(text, "t.json", &memory, &LoadOptions::default());
        assert_eq!(codes(&found), [expected], "{text}\n{found}");
    }
}

#[test]
fn options_of_an_import() {
    let options = ImportOptions {
        inputs: InputPlace::Free,
        memory: true,
        default_duration: Some(Span::from_millis(7000)),
        ..Default::default()
    };
    let (imported, found) = read(Format::WfFormat, OLD, "w", options);
    assert!(found.is_empty(), "{found}");
    let graph = graph_of(&to_scenario_json(&imported.unwrap()));
    assert_eq!(graph.inputs[0].size, 0);
    assert_eq!(graph.tasks[2].duration_on(NodeId::new(0)), Some(Span::from_millis(7000)));
}

/// The codes of a text that was changed in one place, each with its place and what stands there.
fn told(format: Format, text: &str, from: &str, to: &str) -> String {
    let changed = text.replacen(from, to, 1);
    assert_ne!(changed, text, "{from}");
    let (_, before) = read(format, text, "w", ImportOptions::default());
    let (_, found) = read(format, &changed, "w", ImportOptions::default());
    let new = found.iter().filter(|d| !before.iter().any(|b| b.message == d.message));
    let each = new.map(|d| {
        let there: String = d.source.text[d.range.clone()].chars().take(30).collect();
        let position = d.position();
        format!(
            "  {} {}:{} {there:?}: {}",
            d.code.text(),
            position.line,
            position.column,
            d.message
        )
    });
    let lines: Vec<String> = each.collect();
    format!("{from} => {to}\n{}\n", lines.join("\n"))
}

#[test]
fn wrong_workflows() {
    let wfformat = [
        (r#""schemaVersion": "1.5""#, r#""schemaVersion": "1.7""#),
        (r#""schemaVersion": "1.5""#, r#""schemaVersion": "1.3""#),
        (r#""schemaVersion": "1.5""#, r#""schemaVersion": "one""#),
        (r#""schemaVersion""#, r#""version""#),
        (r#""workflow""#, r#""work""#),
        (r#""parents": ["add_ID0000004"]"#, r#""parents": ["add"]"#),
        (r#""outputFiles": ["sum.txt"]"#, r#""outputFiles": ["half-1.txt"]"#),
        (r#""inputFiles": ["book.txt"]"#, r#""inputFiles": ["buch.txt"]"#),
        (r#""inputFiles": ["book.txt"]"#, r#""inputFiles": ["sum.txt"]"#),
        (r#""id": "tell_ID0000005", "parents""#, r#""id": "add_ID0000004", "parents""#),
        (r#""runtimeInSeconds": 4.0"#, r#""runtimeInSeconds": -4"#),
        (r#""runtimeInSeconds": 4.0, "#, ""),
        (r#", "sizeInBytes": 2000000"#, ""),
        (r#""sizeInBytes": 2000000"#, r#""sizeInBytes": 1e30"#),
        (r#""id": "book.txt""#, r#""id": "half-1.txt""#),
    ];
    let dax = [
        ("</adag>", "</dag>"),
        ("<adag", "<dag"),
        ("ref=\"ID1\"", "ref=\"ID9\""),
        ("id=\"ID2\"", "id=\"ID1\""),
        (" runtime=\"2\"", ""),
        ("runtime=\"2\"", "runtime=\"two\""),
        (" size=\"10\"", ""),
        ("\"mid\" link=\"input\"", "\"mid\" link=\"output\""),
        ("&amp;", "&unknown;"),
    ];
    let dot = [
        ("strict digraph", "graph"),
        ("raw -> a", "raw -- a"),
        ("{c d}", ""),
        ("\"5kB\"", "\"5kB"),
        ("\"5kB\"", "\"5 parsecs\""),
        ("b:n -> d", "c -> a"),
        ("b:n -> d", "raw -> raw"),
        ("duration=0", "x=0"),
        ("cpus=1", "cpus=-1"),
    ];
    let told = wfformat
        .map(|(from, to)| told(Format::WfFormat, NEW, from, to))
        .into_iter()
        .chain(dax.map(|(from, to)| told(Format::Dax, DAX, from, to)))
        .chain(dot.map(|(from, to)| told(Format::Dot, DOT, from, to)));
    insta::assert_snapshot!(told.collect::<String>());
}

#[test]
fn texts_that_could_harm() {
    for (format, text) in [
        (Format::Dot, "digraph { }".to_owned()),
        (Format::Dot, "digraph {{".repeat(200_000)),
        (Format::Dot, format!("digraph {}", "{".repeat(200_000))),
        (Format::Dot, format!("digraph {{ a [label={} }}", "<".repeat(200_000))),
        (Format::Dax, "<a>".repeat(200_000)),
        (Format::Dax, format!("<adag>{}", "<job id='a' ".repeat(1_000))),
        (Format::WfFormat, "[".repeat(200_000)),
    ] {
        let (imported, found) = read(format, &text, "w", ImportOptions::default());
        assert!(imported.is_none() && found.has_errors());
    }
}

#[test]
fn diagnostics_read_well() {
    let text = "{\n  \"version\": 1,\n  \"cluster\": \"3x2\",\n  \"polcy\": \"hybrid\",\n  \"tasks\": [\n    { \"name\": \"obj2\", \"duration\": \"2s\" },\n    { \"name\": \"sum\", \"duration\": 5, \"inputs\": [\"ob2\"] }\n  ]\n}\n";
    let (_, found) = parse(text, "scenarios/lesson.json", &NoFiles, &LoadOptions::default());
    insta::assert_snapshot!(render::render(&found, &render::plain()));
    insta::assert_snapshot!(format!("{:#}", render::to_json(&found)));
    // A line that would fill the screen is only named.
    let long = format!("{{\"version\": 1, \"x\": \"{}\"}}", "y".repeat(10_000));
    let (_, found) = parse(&long, "long.json", &NoFiles, &LoadOptions::default());
    assert!(render::render(&found, &render::plain()).len() < 1_000);
}
