//! Writes an imported workflow as a scenario that stands alone.

use crate::base::{Amount, Span};
use crate::scenario::import::{Imported, ImportedTask, InputPlace};
use serde_json::{Map, Value, json};

/// A scenario with the workflow's tasks written out; the same workflow gives the same text.
pub fn to_scenario_json(imported: &Imported) -> String {
    let mut root = Map::new();
    root.insert("version".into(), json!(1));
    if let Some(name) = &imported.name {
        root.insert("name".into(), json!(name));
    }
    if let Some(description) = &imported.description {
        root.insert("description".into(), json!(description));
    }
    root.insert("cluster".into(), json!({ "nodes": nodes(imported) }));
    let objects: Vec<Value> = objects(imported);
    if !objects.is_empty() {
        root.insert("objects".into(), Value::Array(objects));
    }
    let tasks = imported.tasks.iter().map(|task| self::task(imported, task)).collect();
    root.insert("tasks".into(), Value::Array(tasks));
    let text = serde_json::to_string_pretty(&Value::Object(root));
    // Texts and numbers always have a JSON form.
    text.map(|text| text + "\n").unwrap_or_default()
}

fn nodes(imported: &Imported) -> Vec<Value> {
    let node = |name: &str, cores: Amount, memory: Option<u64>| {
        let mut resources = Map::new();
        resources.insert("CPU".into(), amount(cores));
        if let Some(bytes) = memory {
            resources.insert("memory".into(), json!(size(bytes)));
        }
        json!({ "name": name, "resources": resources })
    };
    let default = Amount::whole(super::DEFAULT_CORES);
    if imported.machines.is_empty() {
        return vec![node("node 0", default, None)];
    }
    let machines = imported.machines.iter();
    machines.map(|m| node(&m.name.name, m.cores.unwrap_or(default), m.memory)).collect()
}

fn objects(imported: &Imported) -> Vec<Value> {
    let everywhere = imported.options.inputs == InputPlace::Everywhere;
    let places: Vec<usize> = (0..imported.machines.len().max(1)).collect();
    let inputs = imported.files.iter().filter(|file| file.maker.is_none()).map(|file| {
        let free = imported.options.inputs == InputPlace::Free;
        let bytes = if free { 0 } else { file.size };
        let mut object = Map::new();
        object.insert("name".into(), json!(&*file.name.name));
        object.insert("size".into(), json!(size(bytes)));
        if everywhere {
            object.insert("on".into(), json!(places));
        }
        Value::Object(object)
    });
    inputs.collect()
}

fn task(imported: &Imported, task: &ImportedTask) -> Value {
    let name = |file: &usize| json!(&*imported.files[*file].name.name);
    let mut map = Map::new();
    map.insert("name".into(), json!(&*task.name.name));
    if let Some(function) = &task.function {
        map.insert("function".into(), json!(&**function));
    }
    map.insert("duration".into(), json!(time(imported.scaled(task.runtime))));
    if !task.inputs.is_empty() {
        map.insert("inputs".into(), task.inputs.iter().map(name).collect());
    }
    let outputs: Vec<Value> = task
        .outputs
        .iter()
        .map(|file| json!({ "name": name(file), "size": size(imported.files[*file].size) }))
        .collect();
    if !outputs.is_empty() {
        map.insert("outputs".into(), Value::Array(outputs));
    } else if imported.files.iter().any(|file| file.name.name == task.name.name) {
        map.insert("outputs".into(), json!([{ "name": format!("{} done", task.name.name) }]));
    }
    if !task.after.is_empty() {
        let parents = task.after.iter().map(|at| json!(&*imported.tasks[*at].name.name));
        map.insert("after".into(), parents.collect());
    }
    let mut resources = Map::new();
    if task.cores != Amount::ONE {
        resources.insert("CPU".into(), amount(task.cores.min(most_cores(imported))));
    }
    if task.gpus != Amount::ZERO {
        resources.insert("GPU".into(), amount(task.gpus));
    }
    if let Some(bytes) = task.memory.filter(|_| imported.options.memory) {
        let most = imported.machines.iter().map(|m| m.memory.unwrap_or(0)).max().unwrap_or(0);
        resources.insert("memory".into(), json!(size(bytes.min(most))));
    }
    if !resources.is_empty() {
        map.insert("resources".into(), Value::Object(resources));
    }
    Value::Object(map)
}

/// The most CPUs that a machine has.
fn most_cores(imported: &Imported) -> Amount {
    let default = Amount::whole(super::DEFAULT_CORES);
    let cores = imported.machines.iter().map(|m| m.cores.unwrap_or(default));
    cores.max().unwrap_or(default)
}

/// A whole number where it is one.
fn amount(amount: Amount) -> Value {
    let whole = Amount::whole(amount.floor());
    if whole == amount { json!(amount.floor()) } else { json!(amount.as_f64()) }
}

/// Exact, in the largest unit that leaves no fraction or else in seconds.
pub fn time(span: Span) -> String {
    let nanos = span.as_nanos();
    let (whole, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    if rest == 0 {
        return format!("{whole}s");
    }
    let fraction = format!("{rest:09}");
    format!("{whole}.{}s", fraction.trim_end_matches('0'))
}

/// Exact.
pub fn size(bytes: u64) -> String {
    for (unit, scale) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)] {
        if bytes > 0 && bytes.is_multiple_of(scale) {
            return format!("{}{unit}", bytes / scale);
        }
    }
    format!("{bytes}B")
}
