//! The schema is current, and says the same as the reader.

use super::file::{schema, schema_text};
use super::*;
use serde_json::Value;

fn keys(schema: &Value) -> Vec<String> {
    let mut keys: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
    keys.sort();
    keys
}

/// Run with `UPDATE=1` in the environment to write the file anew.
#[test]
fn the_file_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scenario.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, schema_text()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), schema_text());
}

#[test]
fn the_mirror_has_the_reader_s_keys() {
    let root = schema().to_value();
    let part = |name: &str| root["definitions"][name].clone();
    for (schema, known) in [
        (root.clone(), document::ROOT_KEYS),
        (part("Cluster"), nodes::CLUSTER_KEYS),
        (part("Network"), nodes::NETWORK_KEYS),
        (part("Node"), nodes::NODE_KEYS),
        (part("Fault"), nodes::FAULT_KEYS),
        (part("Task"), tasks::TASK_KEYS),
        (part("Output"), tasks::OUTPUT_KEYS),
        (part("InputObject"), tasks::OBJECT_KEYS),
        (part("Driver"), tasks::DRIVER_KEYS),
        (part("Wait"), tasks::WAIT_KEYS),
        (part("Affinity"), tasks::STRATEGY_KEYS),
        (part("NodeAffinity"), tasks::AFFINITY_KEYS),
        (part("Import"), import::IMPORT_KEYS),
        (part("Limits"), document::LIMIT_KEYS),
        (part("Caption"), captions::CAPTION_KEYS),
        (part("Expect"), expect::EXPECT_KEYS),
        (part("WaitResult"), expect::WAITS_KEYS),
    ] {
        let mut known: Vec<&str> = known.to_vec();
        known.sort_unstable();
        assert_eq!(keys(&schema), known);
    }
}

const GOOD: &str = r#"{"$schema": "x", "version": 1, "cluster": {"nodes": [{"count": 2, "resources": {"CPU": 2, "memory": "8GB"}, "object_store_memory": "unlimited"}]},
 "parameters": {"submit_cost": "1us", "scheduler_top_k_absolute": 2, "locality_aware_leasing_enabled": false},
 "tasks": [{"name": "a", "duration": {"normal": {"mean": "5s", "std": "1s"}}, "outputs": [{"name": "x", "size": {"uniform": ["1B", "2kB"]}}]},
           {"name": "b", "duration_on": ["1s", "2s"], "inputs": ["x"], "strategy": "SPREAD", "max_retries": -1},
           {"name": "c", "duration": "1s", "strategy": {"node_affinity": {"node": 1}}}],
 "driver": {"wait": {"num_returns": 2, "timeout": "2.5s"}}, "faults": [{"at": "3s", "kill_node": "node 1"}],
 "expect": {"makespan": {"max": "9s"}, "placement": {"c": [0, "node 1"]}, "waits": [{"ready": [0], "remaining": []}]}}"#;

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let validator = jsonschema::validator_for(schema().as_value()).unwrap();
    let good: Value = serde_json::from_str(GOOD).unwrap();
    let errors: Vec<String> = validator.iter_errors(&good).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let (scenario, found) = parse(GOOD, "good", &NoFiles, &LoadOptions::default());
    assert!(scenario.is_some(), "{found}");
    // Each of these is wrong in one place, for both.
    for (right, wrong) in [
        (r#""version": 1"#, r#""version": 2"#),
        (r#""CPU": 2"#, r#""CPU": -2"#),
        (r#""count": 2"#, r#""count": 0"#),
        (r#""SPREAD""#, r#""SPRED""#),
        (r#""2.5s""#, r#""2.5""#),
        (r#""timeout""#, r#""timeuot""#),
        (r#""driver""#, r#""program": "x.py", "driver""#),
        (r#""duration": "1s", "#, ""),
        (r#""mean": "5s", "#, ""),
        (r#""at": "3s", "#, ""),
    ] {
        let text = GOOD.replace(right, wrong);
        assert_ne!(text, GOOD);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert!(!validator.is_valid(&value), "{wrong}");
        assert!(parse(&text, "bad", &NoFiles, &LoadOptions::default()).0.is_none(), "{wrong}");
    }
}
