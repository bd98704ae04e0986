//! Placement groups and labels, as programs name them: what is asked for, and what Ray refuses.

use super::convert::{attribute, integer, number, text};
use super::host::{Answer, Raise};
use super::options::amount;
use super::process::{Pending, PythonProcess};
use super::requests::{Args, pack};
use crate::base::{Amount, GroupId};
use crate::model::labels::existence;
use crate::model::{GroupStrategy, Selector};
use crate::process::{Effect, GroupRequest, Options, StrategyRequest};
use monty_types::{ExcType, MontyClassInstance, MontyObject};
use std::collections::BTreeMap;
use std::sync::Arc;

fn value_error(text: impl Into<String>) -> Raise {
    Raise(ExcType::ValueError, text.into())
}

/// `ray.util.placement_group(...)`: line, bundles, strategy, name, lifetime, selectors.
pub(super) fn create(args: &Args<'_>) -> Result<Answer, Raise> {
    let strategy = match args.object(2) {
        MontyObject::None => GroupStrategy::Pack,
        given => text(&given).and_then(GroupStrategy::from_ray_name).ok_or_else(|| {
            let name = text(&given).map_or_else(|| given.py_repr(), str::to_owned);
            value_error(format!(
                "Invalid placement group strategy {name}. Supported strategies are: \
                 {{'PACK', 'SPREAD', 'STRICT_PACK', 'STRICT_SPREAD'}}."
            ))
        })?,
    };
    let given = args.object(1);
    let MontyObject::List(items) = &given else {
        return Err(value_error("Placement group bundles must be a list."));
    };
    if items.is_empty() {
        return Err(value_error(
            "Bundles must be a non-empty list of resource dictionaries. For example: \
             `[{\"CPU\": 1.0}, {\"GPU\": 1.0}]`. Got empty list instead.",
        ));
    }
    let bundles =
        items.iter().map(|item| bundle(item, &given)).collect::<Result<Vec<_>, Raise>>()?;
    let selectors = selectors(&args.object(5), bundles.len())?;
    let lifetime = args.object(4);
    if !matches!(lifetime, MontyObject::None) && text(&lifetime) != Some("detached") {
        let shown = text(&lifetime).map_or_else(|| lifetime.py_repr(), str::to_owned);
        return Err(value_error(format!(
            "Placement group `lifetime` argument must be either `None` or 'detached'. Got {shown}."
        )));
    }
    let name = Some(args.text(3)).filter(|name| !name.is_empty()).map(Arc::from);
    let request = GroupRequest { name, strategy, bundles, selectors };
    Ok(Answer::Ask(Effect::CreateGroup(request), Pending::Plain))
}

fn bundle(item: &MontyObject, all: &MontyObject) -> Result<BTreeMap<String, Amount>, Raise> {
    let odd = || {
        value_error(
            "Bundles must be a non-empty list of resource dictionaries. For example: \
             `[{\"CPU\": 1.0}, {\"GPU\": 1.0}]`.",
        )
    };
    let MontyObject::Dict(pairs) = item else { return Err(odd()) };
    let mut wishes = BTreeMap::new();
    for (name, value) in pairs {
        let name = text(name).ok_or_else(odd)?;
        number(value).ok_or_else(odd)?;
        if let Some(amount) = amount(name, value)? {
            wishes.insert(name.to_owned(), amount);
        }
    }
    if wishes.values().all(|amount| *amount == Amount::ZERO) {
        return Err(value_error(format!(
            "Bundles cannot be an empty dictionary or resources with only 0 values. Bundles: {}",
            all.py_repr()
        )));
    }
    Ok(wishes)
}

fn selectors(given: &MontyObject, bundles: usize) -> Result<Vec<Selector>, Raise> {
    let items = match given {
        MontyObject::None => return Ok(Vec::new()),
        MontyObject::List(items) if items.len() == bundles => items,
        other => {
            return Err(value_error(format!(
                "Invalid bundle label selector {}. The length of `bundle_label_selector` should equal the length of \
                 `bundles`.",
                other.py_repr()
            )));
        }
    };
    let one = |item: &MontyObject| {
        selector(item).map_err(|Raise(class, text)| {
            let head =
                "Invalid label selector provided in bundle_label_selector list. Detailed error: ";
            Raise(class, format!("{head}'{text}'"))
        })
    };
    items.iter().map(one).collect()
}

/// `pg.ready()` and `pg.wait()`: line, group, the handle, whether it is `wait`.
pub(super) fn ready(process: &PythonProcess, args: &Args<'_>) -> Result<Answer, Raise> {
    let value = pack(process, args.object(2))?.into_value();
    let (group, waits) = (group_id(args.integer(1)), args.truth(3));
    Ok(Answer::Ask(Effect::GroupReady { group, value, waits }, Pending::Ref))
}

/// `remove_placement_group(pg)`: line, group.
pub(super) fn remove(args: &Args<'_>) -> Result<Answer, Raise> {
    let group = group_id(args.integer(1));
    Ok(Answer::Ask(Effect::RemoveGroup { group }, Pending::Done))
}

fn group_id(number: i64) -> GroupId {
    GroupId::new(u32::try_from(number).unwrap_or(u32::MAX))
}

/// `label_selector={key: text}`.
pub(super) fn selector(given: &MontyObject) -> Result<Selector, Raise> {
    let type_error = |what: &str| {
        let text = format!(
            "The type of keyword 'label_selector' must be (<class 'dict'>, <class 'NoneType'>), but received {what}"
        );
        Raise(ExcType::TypeError, text)
    };
    let pairs = match given {
        MontyObject::None => return Selector::parse([]).map_err(value_error),
        MontyObject::Dict(pairs) => pairs,
        other => return Err(type_error(&other.py_repr())),
    };
    let mut texts = Vec::new();
    for (key, value) in pairs {
        match (text(key), text(value)) {
            (Some(key), Some(value)) => texts.push((key.to_owned(), value.to_owned())),
            _ => return Err(type_error(&given.py_repr())),
        }
    }
    Selector::parse(texts.iter().map(|(key, value)| (key.as_str(), value.as_str())))
        .map_err(value_error)
}

/// `NodeLabelSchedulingStrategy(hard, soft=...)`: only its hard part is simulated.
pub(super) fn label_strategy(instance: &MontyClassInstance) -> Result<Selector, Raise> {
    let part = |name: &str| match attribute(instance, name) {
        Some(MontyObject::Dict(pairs)) => pairs.into_iter().collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    if !part("soft").is_empty() {
        let text = "the soft part of NodeLabelSchedulingStrategy is not simulated";
        return Err(Raise(ExcType::NotImplementedError, text.to_owned()));
    }
    let mut texts = Vec::new();
    for (key, value) in part("hard") {
        let condition = condition(value).ok_or_else(|| {
            value_error(
                "The map value of the hard parameter must be one of the `In`, `NotIn`, `Exists` or `DoesNotExist` \
                 operator (e.g. {\"key1\": In(\"value1\")})",
            )
        })?;
        texts.push((text(key).unwrap_or("").to_owned(), condition));
    }
    if texts.is_empty() {
        return Err(value_error(
            "The `hard` and `soft` parameter of NodeLabelSchedulingStrategy cannot both be empty.",
        ));
    }
    Selector::parse(texts.iter().map(|(key, value)| (key.as_str(), value.as_str())))
        .map_err(value_error)
}

/// One operator as a selector writes it.
fn condition(value: &MontyObject) -> Option<String> {
    let MontyObject::ClassInstance(operator) = value else { return None };
    let values = || match attribute(operator, "values") {
        Some(MontyObject::List(items) | MontyObject::Tuple(items)) => {
            items.iter().filter_map(text).collect::<Vec<_>>().join(",")
        }
        _ => String::new(),
    };
    match operator.class_type.name.as_str() {
        "In" => Some(format!("in({})", values())),
        "NotIn" => Some(format!("!in({})", values())),
        "Exists" => Some(existence(true).to_owned()),
        "DoesNotExist" => Some(existence(false).to_owned()),
        _ => None,
    }
}

/// `PlacementGroupSchedulingStrategy(placement_group, index, capture)`.
pub(super) fn strategy(instance: &MontyClassInstance) -> Result<StrategyRequest, Raise> {
    let Some(MontyObject::ClassInstance(group)) = attribute(instance, "placement_group") else {
        return Ok(StrategyRequest::Default);
    };
    let index = attribute(instance, "placement_group_bundle_index").and_then(integer);
    let count = bundle_specs(instance).len() as i64;
    let index = index.unwrap_or(-1);
    if index >= count || index < -1 {
        return Err(value_error(format!(
            "placement group bundle index {index} is invalid. Valid placement group indexes: 0-{count}"
        )));
    }
    let capture = attribute(instance, "placement_group_capture_child_tasks").and_then(integer);
    Ok(StrategyRequest::PlacementGroup {
        group: group_id(attribute(group, "_n").and_then(integer).unwrap_or(-1)),
        bundle: u32::try_from(index).ok(),
        capture: capture == Some(1),
    })
}

/// The bundles of a strategy's group, as the program wrote them.
fn bundle_specs(strategy: &MontyClassInstance) -> Vec<MontyObject> {
    let Some(MontyObject::ClassInstance(group)) = attribute(strategy, "placement_group") else {
        return Vec::new();
    };
    match attribute(group, "bundle_specs") {
        Some(MontyObject::List(items)) => items.clone(),
        _ => Vec::new(),
    }
}

/// What a task or an actor in a group asks for must fit into one of its bundles (`_validate_resource_shape`).
pub(super) fn check_shape(
    given: &MontyObject,
    options: &Options,
    name: &str,
    is_actor: bool,
) -> Result<(), Raise> {
    let StrategyRequest::PlacementGroup { .. } = options.strategy else { return Ok(()) };
    let MontyObject::Dict(pairs) = given else { return Ok(()) };
    let option = |wanted: &str| {
        pairs.into_iter().find(|(key, _)| text(key) == Some(wanted)).map(|(_, value)| value)
    };
    let Some(MontyObject::ClassInstance(strategy)) = option("scheduling_strategy") else {
        return Ok(());
    };
    let bundles = bundle_specs(strategy);
    let named =
        options.num_cpus.is_some() || options.num_gpus.is_some() || !options.resources.is_empty();
    let bare_actor = is_actor && !named;
    let mut wishes: Vec<(String, String, f64)> = Vec::new();
    for (resource, amount) in &options.resources {
        wishes.push((resource.clone(), amount.to_string(), amount.as_f64()));
    }
    let cpus = if bare_actor { None } else { options.num_cpus.or(Some(Amount::ONE)) };
    let known = [("CPU", "num_cpus", cpus), ("GPU", "num_gpus", options.num_gpus)];
    for (resource, key, amount) in known.into_iter().chain([("memory", "memory", options.memory)]) {
        if let Some(amount) = amount {
            let shown = option(key).filter(|value| !matches!(value, MontyObject::None));
            let shown = shown.map_or_else(|| amount.to_string(), MontyObject::py_repr);
            wishes.push((resource.to_owned(), shown, amount.as_f64()));
        }
    }
    let fits = |wishes: &[(&str, f64)]| {
        bundles.iter().any(|bundle| wishes.iter().all(|(name, n)| has(bundle, name) >= *n))
    };
    let all: Vec<(&str, f64)> = wishes.iter().map(|(name, _, n)| (name.as_str(), *n)).collect();
    let shown = MontyObject::List(bundles.clone()).py_repr();
    if !fits(&all) {
        let parts: Vec<String> =
            wishes.iter().map(|(name, text, _)| format!("'{name}': {text}")).collect();
        return Err(value_error(format!(
            "Cannot schedule {name} with the placement group because the resource request {{{}}} cannot fit into any \
             bundles for the placement group, {shown}.",
            parts.join(", ")
        )));
    }
    if bare_actor && !fits(&[("CPU", 1.0)]) {
        return Err(value_error(format!(
            "Cannot schedule {name} with the placement group because the actor requires 1 CPU for creation, but it \
             cannot fit into any bundles for the placement group, {shown}. Consider creating a placement group with \
             CPU resources."
        )));
    }
    Ok(())
}

/// How much of a resource a bundle has.
fn has(bundle: &MontyObject, name: &str) -> f64 {
    let MontyObject::Dict(pairs) = bundle else { return 0.0 };
    let found = pairs.into_iter().find(|(key, _)| text(key) == Some(name));
    found.and_then(|(_, value)| number(value)).unwrap_or(0.0)
}
