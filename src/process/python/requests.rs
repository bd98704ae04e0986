//! Calls of the host that ask the engine for something.

use super::body::{Argument, Arguments, PythonBody};
use super::convert::{self, attribute, integer, number, object_id, text};
use super::groups;
use super::host::{Answer, Raise, span};
use super::options::{amount, amounts, options};
use super::process::{Pending, PythonProcess, Role};
use crate::base::{ActorId, Amount, NodeId, ObjectId, Span, TaskId};
use crate::model::cluster::node_hex;
use crate::process::{ActorRequest, CallRequest, Effect, NodeReport, TaskRequest};
use crate::state::failure::{Failure, FailureKind};
use monty::ReplFunctionCall;
use monty_types::{ExcType, MontyObject};
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Answers a call that becomes an effect.
pub(super) fn answer(
    process: &mut PythonProcess,
    name: &str,
    call: &ReplFunctionCall,
) -> Result<Answer, Raise> {
    let args = Args(&call.args);
    let with_line = !matches!(name, "options" | "return");
    if let Some(line) = args.0.first().and_then(integer).filter(|line| with_line && *line > 0) {
        process.line = line as u32;
    }
    let ask = |effect, pending| Ok(Answer::Ask(effect, pending));
    match name {
        "submit" => submit(process, &args),
        "actor" => create_actor(process, &args),
        "call" => call_actor(process, &args),
        "return" => give_result(process, args.object(0)),
        "print" => print(process, args.text(1)),
        "put" => ask(Effect::Put(pack(process, args.object(1))?.into_value()), Pending::Ref),
        "get" => {
            // A negative timeout waits for ever, as in Ray.
            let timeout = number(&args.object(2)).filter(|t| *t >= 0.0).map(Span::from_secs);
            ask(Effect::Get { refs: args.refs(1), timeout }, Pending::Values)
        }
        "yield" => ask(Effect::Yield(pack(process, args.object(1))?.into_value()), Pending::Done),
        "next" => ask(Effect::NextItem { task: args.task(1) }, Pending::Ref),
        "peek" => ask(Effect::PeekItem { task: args.task(1) }, Pending::Ref),
        "wait" => ask(wait(&args), Pending::Plain),
        "refused" => {
            let class = if args.text(2) == "TypeError" { "TypeError" } else { "ValueError" };
            let refs = usize::try_from(args.integer(1)).unwrap_or(0);
            ask(
                Effect::WaitRefused { refs, class, message: args.text(3).to_owned() },
                Pending::Done,
            )
        }
        "cancel" => {
            let object = object_id(&args.object(1)).unwrap_or(ObjectId::new(0));
            ask(
                Effect::Cancel { object, force: args.truth(2), recursive: args.truth(3) },
                Pending::Done,
            )
        }
        "kill" => {
            let actor = ActorId::new(u32::try_from(args.integer(1)).unwrap_or(0));
            ask(Effect::Kill { actor, no_restart: args.truth(2) }, Pending::Done)
        }
        "exit" => ask(Effect::Exit, Pending::Done),
        "sleep" => ask(Effect::Sleep(span(&args.object(1)).unwrap_or_default()), Pending::Done),
        "now" => ask(Effect::Now, Pending::Plain),
        "resources" => ask(Effect::ClusterResources { available: args.truth(1) }, Pending::Plain),
        "nodes" => ask(Effect::Nodes, Pending::Plain),
        "context" => ask(Effect::Context, Pending::Plain),
        "group" => groups::create(&args),
        "ready" => groups::ready(process, &args),
        "ungroup" => groups::remove(&args),
        "init" => init(&args.object(1)),
        "options" => {
            options(&args.object(0), args.truth(1))?;
            Ok(Answer::value(MontyObject::None))
        }
        other => Err(Raise(ExcType::NameError, format!("name '{other}' is not defined"))),
    }
}

fn wait(args: &Args) -> Effect {
    // Ray counts whole milliseconds.
    let timeout = number(&args.object(3)).map(|t| Span::from_millis((t * 1000.0) as u64));
    Effect::Wait {
        refs: args.refs(1),
        num_returns: usize::try_from(args.integer(2)).unwrap_or(1),
        timeout,
        fetch_local: args.truth(4),
    }
}

/// The arguments of a call of the host.
pub(super) struct Args<'a>(&'a [MontyObject]);

impl Args<'_> {
    pub(super) fn object(&self, at: usize) -> MontyObject {
        self.0.get(at).cloned().unwrap_or(MontyObject::None)
    }

    pub(super) fn text(&self, at: usize) -> &str {
        self.0.get(at).and_then(text).unwrap_or("")
    }

    pub(super) fn integer(&self, at: usize) -> i64 {
        self.0.get(at).and_then(integer).unwrap_or(0)
    }

    pub(super) fn truth(&self, at: usize) -> bool {
        match self.0.get(at) {
            None | Some(MontyObject::None) => false,
            Some(object) => integer(object) != Some(0),
        }
    }

    fn task(&self, at: usize) -> TaskId {
        TaskId::new(u32::try_from(self.integer(at)).unwrap_or(0))
    }

    fn refs(&self, at: usize) -> Vec<ObjectId> {
        match self.0.get(at) {
            Some(MontyObject::List(items)) => items.iter().filter_map(object_id).collect(),
            _ => Vec::new(),
        }
    }
}

pub(super) fn pack(
    process: &PythonProcess,
    object: MontyObject,
) -> Result<convert::Portable, Raise> {
    convert::portable(object, &process.shared).map_err(|text| Raise(ExcType::TypeError, text))
}

/// Arguments of a call; references at the top are the task's object arguments.
fn arguments(
    process: &PythonProcess,
    positional: MontyObject,
    keyword: MontyObject,
) -> Result<(Arguments, Vec<ObjectId>), Raise> {
    let mut refs = Vec::new();
    let mut arguments = Arguments::default();
    let mut one = |object: MontyObject| {
        if let MontyObject::ClassInstance(instance) = &object
            && instance.class_type.name == "ObjectRef"
            && let Some(id) = attribute(instance, "_n").and_then(object_id)
        {
            refs.push(id);
            return Ok(Argument::Object(refs.len() - 1));
        }
        Ok(Argument::Value(pack(process, object)?))
    };
    if let MontyObject::Tuple(items) | MontyObject::List(items) = positional {
        for item in items {
            arguments.positional.push(one(item)?);
        }
    }
    if let MontyObject::Dict(pairs) = keyword {
        for (name, value) in pairs {
            arguments.keyword.push((text(&name).unwrap_or("").to_owned(), one(value)?));
        }
    }
    Ok((arguments, refs))
}

fn body(
    process: &PythonProcess,
    args: &Args<'_>,
    num_returns: u32,
) -> Result<(Arc<PythonBody>, Vec<ObjectId>), Raise> {
    let (arguments, refs) = arguments(process, args.object(3), args.object(4))?;
    let template = process.shared.template(args.integer(1) as u64);
    let template = template.ok_or_else(|| {
        Raise(ExcType::RuntimeError, format!("{} was not exported", args.text(2)))
    })?;
    let (shared, line) = (process.shared.clone(), process.line);
    Ok((Arc::new(PythonBody { shared, template, arguments, num_returns, line }), refs))
}

fn submit(process: &mut PythonProcess, args: &Args<'_>) -> Result<Answer, Raise> {
    let given = args.object(5);
    let (options, num_returns) = options(&given, false)?;
    let streams = process.shared.prepared.generators.contains(args.text(2));
    let num_returns = if streams { 0 } else { num_returns };
    groups::check_shape(&given, &options, args.text(2), false)?;
    let (body, refs) = body(process, args, num_returns)?;
    let function = Arc::from(args.text(2));
    let request = TaskRequest { function, args: refs, body, num_returns, streams, options };
    Ok(Answer::Ask(Effect::Submit(request), Pending::Refs))
}

fn create_actor(process: &mut PythonProcess, args: &Args<'_>) -> Result<Answer, Raise> {
    let given = args.object(5);
    let (options, _) = options(&given, true)?;
    groups::check_shape(&given, &options, args.text(2), true)?;
    let (body, refs) = body(process, args, 1)?;
    let request = ActorRequest { class: Arc::from(args.text(2)), args: refs, body, options };
    Ok(Answer::Ask(Effect::CreateActor(request), Pending::Plain))
}

fn call_actor(process: &mut PythonProcess, args: &Args<'_>) -> Result<Answer, Raise> {
    let (mut arguments, refs) = arguments(process, args.object(3), args.object(4))?;
    let method = format!("{}.{}", args.text(6), args.text(2));
    let streams = process.shared.prepared.generators.contains(&method);
    arguments.num_returns = if streams { 0 } else { u32::try_from(args.integer(5)).unwrap_or(1) };
    let num_returns = arguments.num_returns;
    let payload: Arc<dyn Any + Send + Sync> = Arc::new(arguments);
    let request = CallRequest {
        actor: ActorId::new(u32::try_from(args.integer(1)).unwrap_or(0)),
        method: Arc::from(args.text(2)),
        args: refs,
        payload: Some(payload),
        num_returns,
        streams,
    };
    Ok(Answer::Ask(Effect::CallActor(request), Pending::Refs))
}

/// A body is done with a value: as many results as it was asked for, or a failure.
fn give_result(process: &mut PythonProcess, value: MontyObject) -> Result<Answer, Raise> {
    let (name, num_returns) = match &process.role {
        Role::Task { template, num_returns } => (template.name.clone(), *num_returns),
        Role::Actor { template } => (template.name.clone(), process.call_returns),
        Role::Driver => {
            return Err(Raise(ExcType::RuntimeError, "the driver has no result".to_owned()));
        }
    };
    let items = match (num_returns, value) {
        (1, value) => vec![value],
        (_, MontyObject::Tuple(items) | MontyObject::List(items))
            if items.len() == num_returns as usize =>
        {
            items
        }
        (0, _) => Vec::new(),
        (_, MontyObject::Tuple(items) | MontyObject::List(items)) => {
            return Ok(wrong_count(&name, items.len(), num_returns));
        }
        (_, _) => return Ok(wrong_count(&name, 1, num_returns)),
    };
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        match convert::portable(item, &process.shared) {
            Ok(portable) => values.push(portable.into_value()),
            Err(text) => return Ok(raise(&name, "TypeError", text)),
        }
    }
    Ok(Answer::Ask(Effect::Return(values), Pending::Plain))
}

fn wrong_count(name: &str, given: usize, wanted: u32) -> Answer {
    let text = format!("Task returned {given} objects, but num_returns={wanted}.");
    raise(name, "ValueError", text)
}

fn raise(name: &str, class: &str, text: String) -> Answer {
    let kind = FailureKind::Exception {
        class: class.to_owned(),
        traceback: vec![format!("ray::{name}()")],
    };
    Answer::Ask(Effect::Raise(Failure::new(kind, text)), Pending::Plain)
}

fn print(process: &mut PythonProcess, printed: &str) -> Result<Answer, Raise> {
    let printed = process.shared.fill_in(printed);
    process.usage.output += printed.len() as u64;
    let limit = process.shared.options.limits.output;
    if process.usage.output > limit {
        return Ok(Answer::limit(format!("it printed more than {limit} bytes")));
    }
    let line = printed.strip_suffix('\n').unwrap_or(&printed).to_owned();
    Ok(Answer::Ask(Effect::Print(line), Pending::Done))
}

fn init(given: &MontyObject) -> Result<Answer, Raise> {
    let MontyObject::Dict(pairs) = given else {
        return Err(Raise(ExcType::TypeError, "init() takes keyword arguments".to_owned()));
    };
    let mut num_cpus = None;
    let mut resources = BTreeMap::new();
    let mut object_store_memory = None;
    for (name, value) in pairs {
        match text(name).unwrap_or("") {
            "num_cpus" => num_cpus = amount("num_cpus", value)?,
            "num_gpus" => {
                if let Some(amount) = amount("num_gpus", value)? {
                    resources.insert("GPU".to_owned(), amount);
                }
            }
            "resources" => resources.extend(amounts(value)?),
            "object_store_memory" => object_store_memory = number(value).map(|n| n.max(0.0) as u64),
            _ => {}
        }
    }
    Ok(Answer::Ask(Effect::Init { num_cpus, resources, object_store_memory }, Pending::Done))
}

fn string(text: &str) -> MontyObject {
    MontyObject::String(text.to_owned())
}

/// What `ray.cluster_resources()` returns.
pub(super) fn resources_object(amounts: &BTreeMap<String, Amount>) -> MontyObject {
    let float = |amount: &Amount| MontyObject::Float(amount.as_f64());
    let pairs: Vec<_> =
        amounts.iter().map(|(name, amount)| (string(name), float(amount))).collect();
    MontyObject::dict(pairs)
}

/// What `ray.nodes()` returns.
pub(super) fn nodes_object(nodes: &[NodeReport]) -> MontyObject {
    let node = |report: &NodeReport| {
        let labels: Vec<_> =
            report.labels.iter().map(|(name, value)| (string(name), string(value))).collect();
        MontyObject::dict(vec![
            (string("NodeID"), string(&node_hex(report.node))),
            (string("Alive"), MontyObject::Bool(report.alive)),
            (
                string("NodeManagerAddress"),
                string(&format!("127.0.0.{}", report.node.number() + 1)),
            ),
            (string("NodeName"), string(&format!("node {}", report.node.number()))),
            (string("Resources"), resources_object(&report.resources)),
            (string("Labels"), MontyObject::dict(labels)),
        ])
    };
    MontyObject::List(nodes.iter().map(node).collect())
}

/// What `_rs_host_context` gives: the node's and the task's id.
pub(super) fn context_object(node: NodeId, task: Option<u32>) -> MontyObject {
    let task =
        task.map_or(MontyObject::None, |n| string(&format!("{:040x}01000000", u64::from(n) + 1)));
    MontyObject::Tuple(vec![string(&node_hex(node)), task])
}
