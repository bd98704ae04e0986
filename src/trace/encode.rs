//! From records to lines. The match names every event, so a new one cannot be forgotten here.

use crate::base::id::Id;
use crate::base::{Amount, IdVec, Instant, NodeId, ObjectId, ResourceId, TaskId, TransferId};
use crate::model::{ActorSpec, Caller, Node, Resources, Shape, Strategy, TaskKind, TaskSpec, Work};
use crate::state::Choice;
use crate::state::{Call, CallKind, CallResult, Event, Outcome, Printed, Refusal};
use crate::trace::failures::failure_mirrors;
use crate::trace::groups;
use crate::trace::lease_codec;
use crate::trace::mirror::{
    ActorPart, Amounts, CallWord, Kind, Line, NodeMirror, OutcomeWord, StrategyWord,
};
use crate::trace::record::Record;
use serde_json::{Number, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// `max_retries` of a task that says nothing (Ray's `task_max_retries` default).
pub const USUAL_RETRIES: i32 = 3;

/// What a line's meaning depends on besides itself: names that were given, shapes that were described.
pub struct Encoder {
    names: IdVec<ResourceId, Arc<str>>,
    shapes: BTreeMap<u32, Arc<Shape>>,
}

impl Encoder {
    /// For a run whose resources have these names at its start.
    pub fn new(names: IdVec<ResourceId, Arc<str>>) -> Encoder {
        Encoder { names, shapes: BTreeMap::new() }
    }

    /// The line for one record.
    pub fn line(&mut self, record: &Record) -> Line {
        let mut line = self.event_line(&record.event, record.at);
        line.t = record.at.as_nanos();
        line.cause = (record.cause != Record::NO_CAUSE).then_some(record.cause);
        line
    }

    fn event_line(&mut self, event: &Event, at: Instant) -> Line {
        match event {
            Event::InputLoaded { object, node, size } => {
                object_on(Kind::InputLoaded, *object, *node).size(*size)
            }
            Event::ResourceNamed { name } => {
                self.names.push(name.clone());
                of(Kind::ResourceNamed).name(name.to_string())
            }
            Event::TaskSubmitted(spec) => self.submission(spec),
            Event::TaskReady { task, home, by_locality } => {
                let line = task_line(Kind::TaskReady, *task).home(home.number());
                line.by_locality(flag(*by_locality))
            }
            Event::TaskPlaced { task, worker, choice } => {
                choice_line(choice).task(task.number()).worker(worker.number())
            }
            Event::TaskStalled { task, bytes } => task_line(Kind::TaskStalled, *task).bytes(*bytes),
            Event::RoomFound { task } => task_line(Kind::RoomFound, *task),
            Event::TaskStarted { task } => task_line(Kind::TaskStarted, *task),
            Event::TaskFinished { task } => task_line(Kind::TaskFinished, *task),
            Event::TaskFailed { task, failure } => {
                task_line(Kind::TaskFailed, *task).failure(failure_mirrors(failure))
            }
            Event::TaskReturned { task } => task_line(Kind::TaskReturned, *task),
            Event::TaskResubmitted { task, to_rebuild } => {
                task_line(Kind::TaskResubmitted, *task).to_rebuild(flag(*to_rebuild))
            }
            Event::ActorCreated { actor, creation } => {
                self.actor(actor).creation(creation.number())
            }
            Event::ActorStarted { actor } => of(Kind::ActorStarted).actor(actor.number()),
            Event::ActorDied { actor, restarts } => {
                of(Kind::ActorDied).actor(actor.number()).restarts(flag(*restarts))
            }
            Event::GroupCreated(spec) => groups::created_line(spec, &self.names),
            Event::GroupPlaced { group, nodes } => groups::placed_line(*group, nodes),
            Event::GroupRemoved { group } => of(Kind::GroupRemoved).group(group.number()),
            Event::ObjectPut { object, owner, size } => {
                of(Kind::ObjectPut).by(by(*owner)).object(object.number()).size(*size)
            }
            Event::ItemPromised { task, object } => {
                task_line(Kind::ItemPromised, *task).object(object.number())
            }
            Event::ObjectCreated { object, node, size } => {
                object_on(Kind::ObjectCreated, *object, *node).size(*size)
            }
            Event::ObjectInlined { object, size } => {
                object_line(Kind::ObjectInlined, *object).size(*size)
            }
            Event::ObjectFailed { object, failure } => {
                object_line(Kind::ObjectFailed, *object).failure(failure_mirrors(failure))
            }
            Event::TransferStarted { transfer, object, from, to } => {
                let line = of(Kind::TransferStarted).transfer(transfer.number());
                line.object(object.number()).from(from.number()).to(to.number())
            }
            Event::TransferFinished { transfer } => {
                transfer_line(Kind::TransferFinished, *transfer)
            }
            Event::TransferCancelled { transfer } => {
                transfer_line(Kind::TransferCancelled, *transfer)
            }
            Event::CopyEvicted { object, node } => object_on(Kind::CopyEvicted, *object, *node),
            Event::SpillStarted { node, objects, bytes } => {
                of(Kind::SpillStarted).node(node.number()).count(*objects).bytes(*bytes)
            }
            Event::ObjectSpilled { object, node } => object_on(Kind::ObjectSpilled, *object, *node),
            Event::FallbackAllocated { object, node } => {
                object_on(Kind::FallbackAllocated, *object, *node)
            }
            Event::ReferenceReleased { object } => object_line(Kind::ReferenceReleased, *object),
            Event::ReferenceAdded { object } => object_line(Kind::ReferenceAdded, *object),
            Event::ObjectFreed { object } => object_line(Kind::ObjectFreed, *object),
            Event::ObjectLost { object } => object_line(Kind::ObjectLost, *object),
            Event::CallMade(call) => call_line(call, at),
            Event::CallBlocked { caller } => of(Kind::CallBlocked).by(by(*caller)),
            Event::CallReturned { caller, result } => result_line(result).by(by(*caller)),
            Event::WaitRefused(refusal) => refusal_line(refusal),
            Event::Slept { caller, line, until } => {
                of(Kind::Slept).by(by(*caller)).until(until.as_nanos()).line(nonzero(*line))
            }
            Event::LinePrinted(printed) => printed_line(printed, at),
            Event::Lease { lease, step } => lease_codec::line(*lease, step),
            Event::WorkerStarting { node } => of(Kind::WorkerStarting).node(node.number()),
            Event::RayletKilled { node } => of(Kind::RayletKilled).node(node.number()),
            Event::WorkerStarted { node } => of(Kind::WorkerStarted).node(node.number()),
            Event::WorkerDied { worker } => of(Kind::WorkerDied).worker(worker.number()),
            Event::NodeDied { node } => of(Kind::NodeDied).node(node.number()),
            Event::NodeAdded(node) => of(Kind::NodeAdded).added(node_mirror(node, &self.names)),
            Event::RunEnded(outcome) => outcome_line(outcome),
        }
    }

    fn submission(&mut self, spec: &TaskSpec) -> Line {
        let (kind, actor) = match spec.kind {
            TaskKind::Normal => (None, None),
            TaskKind::ActorCreation(actor) => (Some(ActorPart::Creation), Some(actor.number())),
            TaskKind::ActorCall(actor) => (Some(ActorPart::Call), Some(actor.number())),
        };
        let (compute, compute_on) = match &spec.work {
            Work::Compute(span) => (Some(span.as_nanos()), None),
            Work::ComputeOn(spans) => {
                (None, Some(spans.iter().map(|span| span.as_nanos()).collect()))
            }
            Work::Program => (None, None),
        };
        let args: Vec<u32> = spec.args.iter().map(|arg| arg.number()).collect();
        Line {
            by: by(spec.owner),
            task: Some(spec.id.number()),
            function: Some(spec.function.to_string()),
            name: spec.name.as_ref().map(ToString::to_string),
            kind,
            actor,
            args: (!args.is_empty()).then_some(args),
            first_return: Some(spec.first_return.number()),
            returns: Some(spec.returns.to_vec()),
            compute,
            compute_on,
            max_retries: (spec.max_retries != USUAL_RETRIES).then_some(spec.max_retries),
            retry_exceptions: flag(spec.retry_exceptions),
            results_held: (!spec.results_held).then_some(false),
            line: nonzero(spec.line),
            ..self.shape(&spec.shape)
        }
    }

    /// A shape is described where it first occurs; later lines give its number only.
    fn shape(&mut self, shape: &Arc<Shape>) -> Line {
        let number = shape.id.number();
        let line = Line { shape: Some(number), ..of(Kind::TaskSubmitted) };
        let known = self.shapes.get(&number);
        if known.is_some_and(|known| Arc::ptr_eq(known, shape) || known == shape) {
            return line;
        }
        self.shapes.insert(number, shape.clone());
        let (strategy, affinity, soft) = match shape.strategy {
            Strategy::Default => (None, None, None),
            Strategy::Spread => (Some(StrategyWord::Spread), None, None),
            Strategy::NodeAffinity { node, soft } => {
                (Some(StrategyWord::NodeAffinity), node.map(|node| node.number()), flag(soft))
            }
            Strategy::PlacementGroup { .. } => (Some(StrategyWord::PlacementGroup), None, None),
        };
        let demand = Some(amounts(&shape.demand, &self.names));
        let line = groups::strategy_line(shape.strategy, line);
        Line { demand, strategy, affinity, soft, ..line }
    }

    fn actor(&self, actor: &ActorSpec) -> Line {
        Line {
            actor: Some(actor.id.number()),
            class: Some(actor.class.to_string()),
            name: actor.name.as_ref().map(ToString::to_string),
            lifetime: Some(amounts(&actor.lifetime, &self.names)),
            max_restarts: Some(actor.max_restarts),
            max_task_retries: Some(actor.max_task_retries),
            ..of(Kind::ActorCreated)
        }
    }
}

fn choice_line(choice: &Choice) -> Line {
    Line {
        rule: Some(lease_codec::rule_word(choice.rule)),
        score: Some(choice.score),
        feasible: Some(choice.feasible.into()),
        available: Some(choice.available.into()),
        ..of(Kind::TaskPlaced)
    }
}

fn call_line(call: &Call, at: Instant) -> Line {
    let (word, num_returns, fetch_local) = match call.kind {
        CallKind::Get => (CallWord::Get, None, None),
        CallKind::Next => (CallWord::Next, None, None),
        CallKind::Wait { num_returns, fetch_local } => {
            (CallWord::Wait, Some(num_returns), (!fetch_local).then_some(false))
        }
    };
    Line {
        by: by(call.caller),
        call: Some(word),
        refs: Some(call.refs.iter().map(|object| object.number()).collect()),
        num_returns,
        fetch_local,
        deadline: call.deadline.map(Instant::as_nanos),
        at: other_time(call.at, at),
        line: nonzero(call.line),
        ..of(Kind::CallMade)
    }
}

fn result_line(result: &CallResult) -> Line {
    let line = of(Kind::CallReturned);
    match result {
        CallResult::Got => line,
        CallResult::Waited(ready) => Line { ready: Some(ready.to_vec()), ..line },
        CallResult::Raised(failure) => Line { failure: Some(failure_mirrors(failure)), ..line },
    }
}

fn refusal_line(refusal: &Refusal) -> Line {
    Line {
        by: by(refusal.caller),
        class: Some(refusal.class.clone()),
        count: Some(refusal.refs),
        message: Some(refusal.message.clone()),
        line: nonzero(refusal.line),
        ..of(Kind::WaitRefused)
    }
}

fn printed_line(printed: &Printed, at: Instant) -> Line {
    Line {
        by: by(printed.caller),
        text: Some(printed.text.clone()),
        at: other_time(printed.at, at),
        line: nonzero(printed.line),
        ..of(Kind::LinePrinted)
    }
}

fn outcome_line(outcome: &Outcome) -> Line {
    let with = |word, message: &str, line| Line {
        outcome: Some(word),
        message: Some(message.to_owned()),
        line: nonzero(line),
        ..of(Kind::RunEnded)
    };
    let bare = |word| Line { outcome: Some(word), ..of(Kind::RunEnded) };
    match outcome {
        Outcome::Finished => bare(OutcomeWord::Finished),
        Outcome::ProgramFailed { failure, line } => Line {
            failure: Some(failure_mirrors(failure)),
            line: nonzero(*line),
            ..bare(OutcomeWord::ProgramFailed)
        },
        Outcome::Unsupported { message, help, line } => {
            Line { help: Some(help.clone()), ..with(OutcomeWord::Unsupported, message, *line) }
        }
        Outcome::Infeasible { task, message } => {
            Line { task: Some(task.number()), ..with(OutcomeWord::Infeasible, message, 0) }
        }
        Outcome::Deadlock { message } => with(OutcomeWord::Deadlock, message, 0),
        Outcome::Livelock { message, line } => with(OutcomeWord::Livelock, message, *line),
        Outcome::LimitReached { message } => with(OutcomeWord::LimitReached, message, 0),
        Outcome::DriverDied => bare(OutcomeWord::DriverDied),
    }
}

/// A node as it is written.
pub fn node_mirror(node: &Node, names: &IdVec<ResourceId, Arc<str>>) -> NodeMirror {
    NodeMirror {
        name: node.name.to_string(),
        resources: amounts(&node.resources, names),
        object_store_memory: node.object_store_memory,
        labels: node.labels.clone(),
        latency: node.latency.as_nanos(),
        bandwidth: node.bandwidth,
        cold: node.cold,
    }
}

pub(super) fn amounts(resources: &Resources, names: &IdVec<ResourceId, Arc<str>>) -> Amounts {
    let name = |id: ResourceId| match names.get(id) {
        Some(name) => name.to_string(),
        None => format!("#{}", id.index()),
    };
    resources.iter().map(|(id, amount)| (name(id), amount_value(amount))).collect()
}

/// An integer if it is one; a fraction if a double holds it exactly; else text.
fn amount_value(amount: Amount) -> Value {
    const EXACT: i64 = 1 << 50;
    let text = amount.to_string();
    if let Ok(whole) = text.parse::<i64>() {
        return Value::from(whole);
    }
    let small = (-EXACT..EXACT).contains(&amount.units());
    match Number::from_f64(amount.as_f64()) {
        Some(number) if small => Value::Number(number),
        Some(_) | None => Value::String(text),
    }
}

pub(super) fn of(kind: Kind) -> Line {
    Line { e: kind, ..Line::default() }
}

fn object_line(kind: Kind, object: ObjectId) -> Line {
    Line { object: Some(object.number()), ..of(kind) }
}

fn task_line(kind: Kind, task: TaskId) -> Line {
    Line { task: Some(task.number()), ..of(kind) }
}

fn object_on(kind: Kind, object: ObjectId, node: NodeId) -> Line {
    object_line(kind, object).node(node.number())
}

fn transfer_line(kind: Kind, transfer: TransferId) -> Line {
    of(kind).transfer(transfer.number())
}

pub(super) fn by(caller: Caller) -> Option<u32> {
    match caller {
        Caller::Driver => None,
        Caller::Task(task) => Some(task.number()),
    }
}

pub(super) fn flag(on: bool) -> Option<bool> {
    on.then_some(true)
}

pub(super) fn nonzero(line: u32) -> Option<u32> {
    (line != 0).then_some(line)
}

fn other_time(time: Instant, at: Instant) -> Option<u64> {
    (time != at).then_some(time.as_nanos())
}
