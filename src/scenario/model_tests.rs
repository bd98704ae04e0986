//! Right scenarios and programs, and the models that they become.

use super::tests::graph_of;
use super::*;
use crate::base::id::Id;
use crate::base::{Amount, Instant, NodeId, ObjectId};
use crate::model::cluster::{CPU, GPU, MEMORY};
use crate::model::workload::{Driver, Workload};
use crate::model::{FaultKind, Strategy, Work};

#[test]
fn a_right_scenario_becomes_a_model() {
    let text = "\u{feff}".to_owned()
        + r#"{ // a comment
        "version": 1, "name": "n",
        "cluster": {"nodes": [
            {"resources": {"CPU": 2, "memory": "8GB"}, "object_store_memory": "600MB", "network": {"latency": "1ms"}},
            {"name": "gpu", "count": 2, "resources": {"CPU": 1, "GPU": 0.5}, "object_store_memory": "unlimited"},
        ], "network": {"latency": "50us", "bandwidth": "10Gbps"}},
        "objects": [{"name": "raw", "size": "1GB", "on": ["gpu[0]", 0]}],
        "tasks": [
            {"name": "late", "duration": "1s", "inputs": ["mid", "raw"], "after": ["big"]},
            {"name": "mid", "count": 2, "duration": "2s", "inputs": ["big out"], "resources": {"GPU": 0.25}},
            {"name": "big", "duration_on": {"gpu[1]": "1s"}, "duration": "3s", "outputs": [{"name": "big out", "size": "1MB"}],
             "strategy": {"node_affinity": {"node": "gpu[0]", "soft": true}}, "submit_at": "5s"}
        ],
        "faults": [{"at": "3s", "kill_node": "gpu[1]"}],
        "driver": {"wait": {"num_returns": 2}},
    }"#;
    let (scenario, found) = parse(&text, "t", &NoFiles, &LoadOptions::default());
    let model = scenario.unwrap_or_else(|| panic!("{found}")).model;
    assert!(found.is_empty());
    let nodes = &model.cluster.nodes;
    assert_eq!(nodes.iter().map(|n| &*n.name).collect::<Vec<_>>(), ["node 0", "gpu[0]", "gpu[1]"]);
    let head = &nodes[NodeId::new(0)];
    assert_eq!((head.latency, head.bandwidth), (Span::from_millis(1), Some(1_250_000_000)));
    assert_eq!(head.resources.get(MEMORY), Amount::whole(8_000_000_000));
    assert_eq!(
        (head.object_store_memory, nodes[NodeId::new(1)].object_store_memory),
        (Some(600_000_000), None)
    );
    assert_eq!(model.faults[0].kind, FaultKind::KillNode(NodeId::new(2)));
    let Workload::Graph(graph) = model.workload else { panic!() };
    // Producers first; all wait for the producer's time.
    let labels: Vec<&str> = graph.tasks.iter().map(|task| task.label()).collect();
    assert_eq!(labels, ["big", "mid[0]", "mid[1]", "late"]);
    assert_eq!(graph.submit_at, [Instant::from_nanos(5_000_000_000); 4]);
    let names: Vec<&str> = graph.object_names.iter().map(|name| name.as_deref().unwrap()).collect();
    assert_eq!(names, ["raw", "big out", "big done", "mid[0]", "mid[1]", "late"]);
    let ids = |list: &[u32]| list.iter().map(|n| ObjectId::new(*n)).collect::<Vec<_>>();
    assert_eq!(graph.tasks[3].args.to_vec(), ids(&[3, 4, 0, 2]));
    assert_eq!(graph.tasks[0].returns.to_vec(), [1_000_000, 0]);
    let seconds = [3, 3, 1].map(|n| Span::from_millis(n * 1000));
    assert_eq!(graph.tasks[0].work, Work::ComputeOn(seconds.into()));
    assert_eq!(graph.tasks[1].shape.demand.get(GPU), Amount::from_units(2_500));
    assert_eq!(graph.tasks[1].shape.demand.get(CPU), Amount::ONE);
    let affinity = Strategy::NodeAffinity { node: Some(NodeId::new(1)), soft: true };
    assert_eq!(graph.tasks[0].shape.strategy, affinity);
    assert_eq!(graph.sinks(), ids(&[5]));
    assert_eq!(graph.driver, Driver::Wait { num_returns: 2, timeout: None });
    assert_eq!(graph.inputs[0].on, [NodeId::new(1), NodeId::new(0)]);
    assert!(graph.shapes.iter().enumerate().all(|(at, shape)| shape.id.index() == at));
}

#[test]
fn draws_depend_on_the_seed_and_the_place_only() {
    let text = |seed: u32, more: &str| {
        format!(
            r#"{{"version": 1, "cluster": "1x1", "seed": {seed}, "tasks": [
            {{"name": "a", "count": 3, "duration": {{"uniform": ["1s", "3s"]}}, "outputs": [{{"name": "x", "size": {{"exponential": "1MB"}}}}]}}{more}]}}"#
        )
    };
    let first = graph_of(&text(1, ""));
    assert_eq!(first, graph_of(&text(1, "")));
    assert_ne!(first.tasks[0].work, first.tasks[1].work);
    assert_ne!(first.tasks[0].returns, first.tasks[1].returns);
    assert_ne!(first, graph_of(&text(2, "")));
    let longer = graph_of(&text(1, r#", {"name": "b", "duration": "1s"}"#));
    assert_eq!(first.tasks[..], longer.tasks[..3]);
    assert_eq!(&*first.tasks[2].function, "a");
}

#[test]
fn an_output_nobody_reads_is_a_sink_though_its_sister_is_read() {
    let graph = graph_of(
        r#"{"version": 1, "cluster": "1x1", "tasks": [
        {"name": "a", "duration": "1s", "outputs": [{"name": "x"}, {"name": "y"}]},
        {"name": "b", "duration": "1s", "inputs": ["y", "y"]}]}"#,
    );
    assert_eq!(graph.sinks(), [ObjectId::new(0), ObjectId::new(2)]);
    assert!(graph.tasks[0].results_held);
    assert_eq!(graph.tasks[1].args.len(), 1);
}

#[test]
fn programs() {
    let options = LoadOptions::default();
    let load = |text: &str| parse_program(text, "p.py", &options);
    let (scenario, found) = load(
        "import ray\n  # cluster: {\"nodes\": [{\"num_cpus\": 2, \"resources\": {\"b\": 1}}, {\"num_cpus\": 1, \"object_store_memory\": 100000000}]}\n",
    );
    let cluster = scenario.unwrap_or_else(|| panic!("{found}")).model.cluster;
    let stores: Vec<_> = cluster.nodes.iter().map(|node| node.object_store_memory).collect();
    assert_eq!(stores, [Some(600 << 20), Some(100_000_000)]);
    let (scenario, found) = load("import ray\n");
    assert_eq!(scenario.unwrap().model.cluster.nodes.len(), 1);
    assert_eq!(found.to_string().split(": no").next(), Some("p.py:1:1: W0302"));
    for (text, place) in [
        ("é\n# cluster: {\"nodes\": [{\"num_cpu\": 2}]}", "2:24: E0101|2:23: E0901"),
        ("# cluster: {\"nodes\": [{\"num_cpus\": -2}]}", "1:36: E0202"),
        ("# cluster: {\"nodes\": []}", "1:22: E0301"),
        ("# cluster: {\"nodes\": [", "1:22: E0006"),
        (" ", "1:1: E0005|1:1: W0302"),
    ] {
        let (_, found) = load(text);
        let places: Vec<String> = found
            .iter()
            .map(|d| {
                let position = d.position();
                format!("{}:{}: {}", position.line, position.column, d.code.text())
            })
            .collect();
        assert_eq!(places.join("|"), place, "{text}\n{found}");
    }
    let given = LoadOptions { cluster: Some("3x2"), ..options.clone() };
    let (scenario, _) =
        parse_program("# cluster: {\"nodes\": [{\"num_cpus\": 1}]}", "p.py", &given);
    assert_eq!(scenario.unwrap().model.cluster.nodes.len(), 3);
}
