//! What programs say in `@ray.remote(...)` and `.options(...)`.

use super::convert::{attribute, integer, number, text};
use super::groups;
use super::host::Raise;
use crate::base::Amount;
use crate::base::amount::UNITS_PER_ONE;
use crate::model::cluster::parse_node_hex;
use crate::process::{Options, StrategyRequest};
use monty_types::{ExcType, MontyObject};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Options of a task or an actor, and how many results it has.
pub(super) fn options(given: &MontyObject, is_actor: bool) -> Result<(Options, u32), Raise> {
    let mut options = Options::default();
    let mut num_returns = 1;
    let MontyObject::Dict(pairs) = given else { return Ok((options, num_returns)) };
    for (name, value) in pairs {
        let name = text(name).unwrap_or("");
        let count = |name: &str| {
            let number = integer(value).and_then(|n| i32::try_from(n).ok()).filter(|n| *n >= -1);
            number.ok_or_else(|| {
                let text = format!(
                    "The keyword '{name}' only accepts 0, a positive integer, or -1 (unlimited)"
                );
                Raise(ExcType::ValueError, text)
            })
        };
        match name {
            // That only generators have it, and nothing else, was looked at before.
            "num_returns" if !is_actor && text(value) == Some("streaming") => num_returns = 0,
            "num_returns" if !is_actor => {
                let number = integer(value).and_then(|n| u32::try_from(n).ok());
                num_returns = number.filter(|n| *n <= 1_000_000).ok_or_else(|| {
                    let text = "The keyword 'num_returns' only accepts 0 or a positive integer";
                    Raise(ExcType::ValueError, text.to_owned())
                })?;
            }
            "name" => options.name = text(value).map(Arc::from),
            "num_cpus" => options.num_cpus = amount(name, value)?,
            "num_gpus" => options.num_gpus = amount(name, value)?,
            "memory" => options.memory = amount(name, value)?,
            "resources" => options.resources = amounts(value)?,
            "scheduling_strategy" => strategy(value, &mut options)?,
            "label_selector" => options.selector = Some(groups::selector(value)?),
            "max_retries" if !is_actor => options.max_retries = Some(count(name)?),
            "max_task_retries" if is_actor => options.max_retries = Some(count(name)?),
            "max_restarts" if is_actor => options.max_restarts = Some(count(name)?),
            "retry_exceptions" if !is_actor => {
                options.retry_exceptions =
                    !matches!(value, MontyObject::Bool(false) | MontyObject::None);
            }
            "runtime_env" | "max_calls" | "accelerator_type" | "max_concurrency" | "lifetime"
            | "namespace" | "get_if_exists" | "concurrency_groups" | "enable_task_events" => {}
            _ => {
                let what = if is_actor { "actors" } else { "remote functions" };
                let text = format!("Invalid option keyword {name} for {what}.");
                return Err(Raise(ExcType::ValueError, text));
            }
        }
    }
    Ok((options, num_returns))
}

/// An amount of a resource; `None` stays `None`.
pub(super) fn amount(name: &str, value: &MontyObject) -> Result<Option<Amount>, Raise> {
    if matches!(value, MontyObject::None) {
        return Ok(None);
    }
    match number(value) {
        Some(n) if (0.0..1e14).contains(&n) => {
            Ok(Some(Amount::from_units((n * UNITS_PER_ONE as f64).round() as i64)))
        }
        _ => {
            let text = format!("The keyword '{name}' only accepts None, 0 or a positive number");
            Err(Raise(ExcType::ValueError, text))
        }
    }
}

/// Amounts by name.
pub(super) fn amounts(value: &MontyObject) -> Result<BTreeMap<String, Amount>, Raise> {
    let mut amounts = BTreeMap::new();
    if let MontyObject::Dict(pairs) = value {
        for (name, value) in pairs {
            let name = text(name).unwrap_or("");
            if name == "CPU" || name == "GPU" {
                let text = "Use the 'num_cpus' and 'num_gpus' keyword instead of 'CPU' and 'GPU' in \
                            'resources' keyword";
                return Err(Raise(ExcType::ValueError, text.to_owned()));
            }
            if let Some(amount) = amount("resources", value)? {
                amounts.insert(name.to_owned(), amount);
            }
        }
    }
    Ok(amounts)
}

fn strategy(value: &MontyObject, options: &mut Options) -> Result<(), Raise> {
    options.strategy_given = !matches!(value, MontyObject::None);
    options.strategy = match value {
        MontyObject::None => StrategyRequest::Default,
        MontyObject::String(name) if name == "DEFAULT" => StrategyRequest::Default,
        MontyObject::String(name) if name == "SPREAD" => StrategyRequest::Spread,
        MontyObject::ClassInstance(instance) => match instance.class_type.name.as_str() {
            "NodeAffinitySchedulingStrategy" => {
                let node = attribute(instance, "node_id").and_then(text).unwrap_or("");
                check_node_id(node)?;
                let node = parse_node_hex(node);
                let soft = attribute(instance, "soft").and_then(integer) == Some(1);
                StrategyRequest::NodeAffinity { node, soft }
            }
            "PlacementGroupSchedulingStrategy" => groups::strategy(instance)?,
            "NodeLabelSchedulingStrategy" => {
                options.selector = Some(groups::label_strategy(instance)?);
                StrategyRequest::Default
            }
            _ => return Err(invalid_strategy(value)),
        },
        other => return Err(invalid_strategy(other)),
    };
    Ok(())
}

/// Ray refuses what cannot be a node's id, the nil id among it.
fn check_node_id(node: &str) -> Result<(), Raise> {
    let hex = node.len() == 56 && node.bytes().all(|digit| digit.is_ascii_hexdigit());
    if hex && !node.bytes().all(|digit| digit.eq_ignore_ascii_case(&b'f')) {
        return Ok(());
    }
    let text = format!(
        "Invalid node_id '{node}'. Node ID must be a valid hex string. To get a list of all nodes and their IDs in \
         your cluster, use ray.nodes(). See https://docs.ray.io/en/latest/ray-core/miscellaneous.html#node-information \
         for more details."
    );
    Err(Raise(ExcType::ValueError, text))
}

fn invalid_strategy(value: &MontyObject) -> Raise {
    let text = format!(
        "Invalid scheduling strategy {}: use \"DEFAULT\", \"SPREAD\", NodeAffinitySchedulingStrategy, \
         PlacementGroupSchedulingStrategy or NodeLabelSchedulingStrategy",
        value.py_repr()
    );
    Raise(ExcType::ValueError, text)
}
