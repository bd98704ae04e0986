//! From lines to events. Every key must be used by the event's kind, so that nothing is read past.

use crate::base::{
    ActorId, Amount, IdVec, Instant, NodeId, ObjectId, ResourceId, ShapeId, Span, TaskId,
    TransferId, WorkerId,
};
use crate::model::{ActorSpec, Caller, Node, Resources, Shape, Strategy, TaskKind, TaskSpec, Work};
use crate::state::Choice;
use crate::state::{Call, CallKind, CallResult, Event, Outcome, Printed, Refusal};
use crate::trace::encode::USUAL_RETRIES;
use crate::trace::failures::failure;
use crate::trace::groups;
use crate::trace::lease_codec::{self, rule_of};
use crate::trace::mirror::{
    ActorPart, Amounts, CallWord, Kind, Line, NodeMirror, OutcomeWord, StrategyWord,
};
use crate::trace::record::Record;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What earlier lines said that later ones refer to.
#[derive(Default)]
pub struct Decoder {
    shapes: BTreeMap<u32, Arc<Shape>>,
    words: BTreeSet<Arc<str>>,
}

pub(super) type Names = IdVec<ResourceId, Arc<str>>;

impl Decoder {
    /// The record of a line, in a run whose resources have these names so far.
    pub fn record(&mut self, line: Line, names: &Names) -> Result<Record, String> {
        let mut line = line;
        let at = Instant::from_nanos(line.t);
        let cause = line.cause.take().unwrap_or(Record::NO_CAUSE);
        let event = self.event(&mut line, at, names)?;
        let unused = Line { t: line.t, e: line.e, ..Line::default() };
        if line != unused {
            return Err(format!("a line with e = {:?} has no key {}", line.e, first_key(&line)));
        }
        Ok(Record { at, event, cause })
    }

    fn event(&mut self, l: &mut Line, at: Instant, names: &Names) -> Result<Event, String> {
        Ok(match l.e {
            Kind::InputLoaded => {
                Event::InputLoaded { object: object(l)?, node: node(l)?, size: size(l)? }
            }
            Kind::ResourceNamed => {
                Event::ResourceNamed { name: need(l.name.take(), "name")?.into() }
            }
            Kind::TaskSubmitted => Event::TaskSubmitted(Arc::new(self.submission(l, names)?)),
            Kind::TaskReady => Event::TaskReady {
                task: task(l)?,
                home: NodeId::new(need(l.home.take(), "home")?),
                by_locality: flag(&mut l.by_locality),
            },
            Kind::TaskPlaced => {
                Event::TaskPlaced { task: task(l)?, worker: worker(l)?, choice: choice(l)? }
            }
            Kind::TaskStalled => {
                Event::TaskStalled { task: task(l)?, bytes: need(l.bytes.take(), "bytes")? }
            }
            Kind::RoomFound => Event::RoomFound { task: task(l)? },
            Kind::TaskStarted => Event::TaskStarted { task: task(l)? },
            Kind::TaskFinished => Event::TaskFinished { task: task(l)? },
            Kind::TaskFailed => Event::TaskFailed { task: task(l)?, failure: failure(l)? },
            Kind::TaskReturned => Event::TaskReturned { task: task(l)? },
            Kind::TaskResubmitted => {
                Event::TaskResubmitted { task: task(l)?, to_rebuild: flag(&mut l.to_rebuild) }
            }
            Kind::ActorCreated => self.actor(l, names)?,
            Kind::ActorStarted => Event::ActorStarted { actor: actor(l)? },
            Kind::ActorDied => {
                Event::ActorDied { actor: actor(l)?, restarts: flag(&mut l.restarts) }
            }
            Kind::GroupCreated => Event::GroupCreated(Arc::new(groups::created(l, names)?)),
            Kind::GroupPlaced => groups::placed(l)?,
            Kind::GroupRemoved => Event::GroupRemoved { group: groups::group(l)? },
            Kind::ObjectPut => {
                Event::ObjectPut { object: object(l)?, owner: caller(l), size: size(l)? }
            }
            Kind::ObjectCreated => {
                Event::ObjectCreated { object: object(l)?, node: node(l)?, size: size(l)? }
            }
            Kind::ObjectInlined => Event::ObjectInlined { object: object(l)?, size: size(l)? },
            Kind::LeaseRequested
            | Kind::LeaseQueued
            | Kind::LeaseRedirected
            | Kind::LeaseGranted
            | Kind::LeaseEnded
            | Kind::LeaseReturned => lease_codec::read(l)?,
            Kind::WorkerStarting => Event::WorkerStarting { node: node(l)? },
            Kind::RayletKilled => Event::RayletKilled { node: node(l)? },
            Kind::ObjectFailed => Event::ObjectFailed { object: object(l)?, failure: failure(l)? },
            Kind::TransferStarted => transfer_started(l)?,
            Kind::TransferFinished => Event::TransferFinished { transfer: transfer(l)? },
            Kind::TransferCancelled => Event::TransferCancelled { transfer: transfer(l)? },
            Kind::CopyEvicted => Event::CopyEvicted { object: object(l)?, node: node(l)? },
            Kind::SpillStarted => spill_started(l)?,
            Kind::ObjectSpilled => Event::ObjectSpilled { object: object(l)?, node: node(l)? },
            Kind::FallbackAllocated => fallback(l)?,
            Kind::ItemPromised => Event::ItemPromised { task: task(l)?, object: object(l)? },
            Kind::ReferenceReleased => Event::ReferenceReleased { object: object(l)? },
            Kind::ReferenceAdded => Event::ReferenceAdded { object: object(l)? },
            Kind::ObjectFreed => Event::ObjectFreed { object: object(l)? },
            Kind::ObjectLost => Event::ObjectLost { object: object(l)? },
            Kind::CallMade => Event::CallMade(Arc::new(call(l, at)?)),
            Kind::CallBlocked => Event::CallBlocked { caller: caller(l) },
            Kind::CallReturned => {
                Event::CallReturned { caller: caller(l), result: Arc::new(result(l)?) }
            }
            Kind::WaitRefused => Event::WaitRefused(Arc::new(refusal(l)?)),
            Kind::Slept => Event::Slept {
                caller: caller(l),
                line: l.line.take().unwrap_or(0),
                until: Instant::from_nanos(need(l.until.take(), "until")?),
            },
            Kind::LinePrinted => Event::LinePrinted(Arc::new(printed(l, at)?)),
            Kind::WorkerStarted => Event::WorkerStarted { node: node(l)? },
            Kind::WorkerDied => Event::WorkerDied { worker: worker(l)? },
            Kind::NodeDied => Event::NodeDied { node: node(l)? },
            Kind::NodeAdded => {
                Event::NodeAdded(Arc::new(read_node(need(l.added.take(), "added")?, names)?))
            }
            Kind::RunEnded => Event::RunEnded(Arc::new(outcome(l)?)),
        })
    }

    fn submission(&mut self, l: &mut Line, names: &Names) -> Result<TaskSpec, String> {
        let kind = match l.kind.take() {
            None => TaskKind::Normal,
            Some(ActorPart::Creation) => TaskKind::ActorCreation(actor(l)?),
            Some(ActorPart::Call) => TaskKind::ActorCall(actor(l)?),
        };
        let work = match (l.compute.take(), l.compute_on.take()) {
            (None, None) => Work::Program,
            (Some(nanos), None) => Work::Compute(Span::from_nanos(nanos)),
            (None, Some(spans)) => {
                Work::ComputeOn(spans.into_iter().map(Span::from_nanos).collect())
            }
            (Some(_), Some(_)) => {
                return Err("`compute` and `compute_on` exclude each other".into());
            }
        };
        Ok(TaskSpec {
            id: task(l)?,
            owner: caller(l),
            line: l.line.take().unwrap_or(0),
            function: self.word(need(l.function.take(), "function")?),
            name: l.name.take().map(|name| self.word(name)),
            kind,
            shape: self.shape(l, names)?,
            args: l.args.take().unwrap_or_default().into_iter().map(ObjectId::new).collect(),
            first_return: ObjectId::new(need(l.first_return.take(), "first_return")?),
            returns: need(l.returns.take(), "returns")?.into(),
            work,
            max_retries: l.max_retries.take().unwrap_or(USUAL_RETRIES),
            retry_exceptions: flag(&mut l.retry_exceptions),
            results_held: l.results_held.take().unwrap_or(true),
        })
    }

    fn shape(&mut self, l: &mut Line, names: &Names) -> Result<Arc<Shape>, String> {
        let number = need(l.shape.take(), "shape")?;
        let Some(demand) = l.demand.take() else {
            let known = self.shapes.get(&number).cloned();
            return known.ok_or_else(|| format!("shape {number} was not described before"));
        };
        let strategy = match l.strategy.take() {
            None => Strategy::Default,
            Some(StrategyWord::Spread) => Strategy::Spread,
            Some(StrategyWord::NodeAffinity) => Strategy::NodeAffinity {
                node: l.affinity.take().map(NodeId::new),
                soft: flag(&mut l.soft),
            },
            Some(StrategyWord::PlacementGroup) => groups::strategy(l)?,
        };
        let demand = resources(&demand, names)?;
        let shape = Arc::new(Shape { id: ShapeId::new(number), demand, strategy });
        self.shapes.insert(number, shape.clone());
        Ok(shape)
    }

    fn actor(&mut self, l: &mut Line, names: &Names) -> Result<Event, String> {
        let actor = ActorSpec {
            id: actor(l)?,
            class: self.word(need(l.class.take(), "class")?),
            name: l.name.take().map(|name| self.word(name)),
            lifetime: resources(&need(l.lifetime.take(), "lifetime")?, names)?,
            max_restarts: need(l.max_restarts.take(), "max_restarts")?,
            max_task_retries: need(l.max_task_retries.take(), "max_task_retries")?,
        };
        let creation = TaskId::new(need(l.creation.take(), "creation")?);
        Ok(Event::ActorCreated { actor: Arc::new(actor), creation })
    }

    /// The same text once: a million tasks share a handful of names.
    fn word(&mut self, text: String) -> Arc<str> {
        if let Some(known) = self.words.get(text.as_str()) {
            return known.clone();
        }
        let word: Arc<str> = text.into();
        self.words.insert(word.clone());
        word
    }
}

fn spill_started(l: &mut Line) -> Result<Event, String> {
    let (objects, bytes) = (need(l.count.take(), "count")?, need(l.bytes.take(), "bytes")?);
    Ok(Event::SpillStarted { node: node(l)?, objects, bytes })
}

fn fallback(l: &mut Line) -> Result<Event, String> {
    Ok(Event::FallbackAllocated { object: object(l)?, node: node(l)? })
}

fn choice(l: &mut Line) -> Result<Choice, String> {
    Ok(Choice {
        rule: rule_of(need(l.rule.take(), "rule")?),
        score: need(l.score.take(), "score")?,
        feasible: nodes(need(l.feasible.take(), "feasible")?)?,
        available: nodes(need(l.available.take(), "available")?)?,
    })
}

/// A count of nodes.
fn nodes(count: u32) -> Result<u16, String> {
    u16::try_from(count).map_err(|_| format!("{count} nodes are too many"))
}

fn transfer_started(l: &mut Line) -> Result<Event, String> {
    Ok(Event::TransferStarted {
        transfer: transfer(l)?,
        object: object(l)?,
        from: NodeId::new(need(l.from.take(), "from")?),
        to: NodeId::new(need(l.to.take(), "to")?),
    })
}

fn call(l: &mut Line, at: Instant) -> Result<Call, String> {
    let kind = match need(l.call.take(), "call")? {
        CallWord::Get => CallKind::Get,
        CallWord::Next => CallKind::Next,
        CallWord::Wait => CallKind::Wait {
            num_returns: need(l.num_returns.take(), "num_returns")?,
            fetch_local: l.fetch_local.take().unwrap_or(true),
        },
    };
    Ok(Call {
        caller: caller(l),
        kind,
        refs: need(l.refs.take(), "refs")?.into_iter().map(ObjectId::new).collect(),
        deadline: l.deadline.take().map(Instant::from_nanos),
        line: l.line.take().unwrap_or(0),
        at: l.at.take().map_or(at, Instant::from_nanos),
    })
}

fn result(l: &mut Line) -> Result<CallResult, String> {
    Ok(match (l.ready.take(), l.failure.is_some()) {
        (None, false) => CallResult::Got,
        (None, true) => CallResult::Raised(failure(l)?),
        (Some(ready), _) => CallResult::Waited(ready.into()),
    })
}

fn refusal(l: &mut Line) -> Result<Refusal, String> {
    Ok(Refusal {
        caller: caller(l),
        line: l.line.take().unwrap_or(0),
        refs: need(l.count.take(), "count")?,
        class: need(l.class.take(), "class")?,
        message: need(l.message.take(), "message")?,
    })
}

fn printed(l: &mut Line, at: Instant) -> Result<Printed, String> {
    Ok(Printed {
        caller: caller(l),
        line: l.line.take().unwrap_or(0),
        at: l.at.take().map_or(at, Instant::from_nanos),
        text: need(l.text.take(), "text")?,
    })
}

fn outcome(l: &mut Line) -> Result<Outcome, String> {
    let word = need(l.outcome.take(), "outcome")?;
    let line = l.line.take().unwrap_or(0);
    let outcome = match word {
        OutcomeWord::Finished => Outcome::Finished,
        OutcomeWord::ProgramFailed => Outcome::ProgramFailed { failure: failure(l)?, line },
        OutcomeWord::Unsupported => {
            let help = need(l.help.take(), "help")?;
            Outcome::Unsupported { message: message(l)?, help, line }
        }
        OutcomeWord::Infeasible => Outcome::Infeasible { task: task(l)?, message: message(l)? },
        OutcomeWord::Deadlock => Outcome::Deadlock { message: message(l)? },
        OutcomeWord::Livelock => Outcome::Livelock { message: message(l)?, line },
        OutcomeWord::LimitReached => Outcome::LimitReached { message: message(l)? },
        OutcomeWord::DriverDied => Outcome::DriverDied,
    };
    Ok(outcome)
}

/// A node from its mirror.
pub fn read_node(mirror: NodeMirror, names: &Names) -> Result<Node, String> {
    Ok(Node {
        resources: resources(&mirror.resources, names)?,
        name: mirror.name.into(),
        object_store_memory: mirror.object_store_memory,
        labels: mirror.labels,
        latency: Span::from_nanos(mirror.latency),
        bandwidth: mirror.bandwidth,
        cold: mirror.cold,
    })
}

pub(super) fn resources(amounts: &Amounts, names: &Names) -> Result<Resources, String> {
    let mut found = Resources::none();
    for (name, value) in amounts {
        let known = names.enumerate().find(|(_, known)| ***known == **name);
        let (id, _) = known.ok_or_else(|| format!("there is no resource `{name}`"))?;
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                return Err(format!("the amount of `{name}` is not a number"));
            }
        };
        let amount = Amount::parse(&text).map_err(|e| format!("the amount of `{name}`: {e}"))?;
        found = found.with(id, amount);
    }
    Ok(found)
}

pub(super) fn need<T>(value: Option<T>, key: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("the key `{key}` is missing"))
}

pub(super) fn flag(value: &mut Option<bool>) -> bool {
    value.take().unwrap_or(false)
}

pub(super) fn caller(l: &mut Line) -> Caller {
    l.by.take().map_or(Caller::Driver, |task| Caller::Task(TaskId::new(task)))
}

pub(super) fn task(l: &mut Line) -> Result<TaskId, String> {
    need(l.task.take(), "task").map(TaskId::new)
}

pub(super) fn object(l: &mut Line) -> Result<ObjectId, String> {
    need(l.object.take(), "object").map(ObjectId::new)
}

pub(super) fn node(l: &mut Line) -> Result<NodeId, String> {
    need(l.node.take(), "node").map(NodeId::new)
}

pub(super) fn worker(l: &mut Line) -> Result<WorkerId, String> {
    need(l.worker.take(), "worker").map(WorkerId::new)
}

fn actor(l: &mut Line) -> Result<ActorId, String> {
    need(l.actor.take(), "actor").map(ActorId::new)
}

fn transfer(l: &mut Line) -> Result<TransferId, String> {
    need(l.transfer.take(), "transfer").map(TransferId::new)
}

fn size(l: &mut Line) -> Result<u64, String> {
    need(l.size.take(), "size")
}

fn message(l: &mut Line) -> Result<String, String> {
    need(l.message.take(), "message")
}

/// The first key that no event of this kind has.
fn first_key(line: &Line) -> String {
    let value = serde_json::to_value(line).unwrap_or_default();
    let keys = value.as_object().into_iter().flat_map(|object| object.keys());
    keys.map(|key| format!("`{key}`")).nth(2).unwrap_or_default()
}
