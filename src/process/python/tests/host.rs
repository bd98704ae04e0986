//! An immediate executor: every task runs at its submission, as far as it gets, with unlimited slots.

use crate::base::{ActorId, Instant, NodeId, ObjectId, Span, TaskId};
use crate::process::{Body, Effect, Process, Reply, TaskRequest, Value};
use crate::state::failure::{Failure, FailureKind};
use std::collections::BTreeMap;
use std::sync::Arc;

type Ready = (Instant, Result<Value, Arc<Failure>>);

/// What a program did.
#[derive(Default)]
pub struct Ran {
    pub printed: Vec<String>,
    pub lines: Vec<(&'static str, u32)>,
    pub failure: Option<(Failure, u32)>,
    pub abort: Option<(String, u32)>,
    pub refused: Vec<String>,
    pub init: Vec<String>,
    pub now: Instant,
    pub tasks: usize,
    objects: BTreeMap<ObjectId, Ready>,
    /// Items of each generator that runs or ran, and how many were taken.
    streams: Vec<(Vec<ObjectId>, usize)>,
    actors: Vec<(Box<dyn Process>, Instant)>,
}

enum End {
    Values(Vec<Value>),
    Failed(Arc<Failure>),
}

impl Ran {
    fn add(&mut self, at: Instant, result: Result<Value, Arc<Failure>>) -> ObjectId {
        let id = ObjectId::new(self.objects.len() as u32);
        self.objects.insert(id, (at, result));
        id
    }

    fn store(&mut self, end: End, at: Instant, count: u32) -> Vec<ObjectId> {
        match end {
            End::Values(values) => values.into_iter().map(|v| self.add(at, Ok(v))).collect(),
            End::Failed(f) => (0..count).map(|_| self.add(at, Err(f.clone()))).collect(),
        }
    }

    /// Values of arguments and when they are all there.
    fn args(
        &self,
        args: &[ObjectId],
        from: Instant,
    ) -> (Instant, Result<Vec<Value>, Arc<Failure>>) {
        let at = args.iter().map(|id| self.objects[id].0).max().unwrap_or(from).max(from);
        (at, args.iter().map(|id| self.objects[id].1.clone()).collect())
    }

    fn task(
        &mut self,
        body: &dyn Body,
        args: &[ObjectId],
        from: Instant,
        count: u32,
    ) -> Vec<ObjectId> {
        self.tasks += 1;
        let (start, values) = self.args(args, from);
        match values {
            Err(f) => {
                let kind = f.kind.clone();
                let mut outer = Failure::new(kind, f.message.clone());
                outer.cause = Some(f);
                self.store(End::Failed(Arc::new(outer)), start, count)
            }
            Ok(values) => {
                let mut process = body.start(values);
                let (end, at) = self.run(process.as_mut(), Reply::Start, start);
                self.store(end, at, count)
            }
        }
    }

    /// Runs a process to the end of its body.
    fn run(&mut self, process: &mut dyn Process, first: Reply, start: Instant) -> (End, Instant) {
        let mut now = start;
        let mut reply = first;
        loop {
            let step = process.resume(reply);
            let line = step.line;
            self.lines.push((name(&step.effect), line));
            reply = match step.effect {
                Effect::Return(values) => return (End::Values(values), now),
                Effect::Raise(failure) => {
                    self.failure = Some((failure.clone(), line));
                    return (End::Failed(Arc::new(failure)), now);
                }
                Effect::Abort(abort) => {
                    self.abort = Some((format!("{abort:?}"), line));
                    let failure = Failure::new(FailureKind::WorkerCrashed, "aborted");
                    return (End::Failed(Arc::new(failure)), now);
                }
                effect => self.answer(effect, &mut now),
            };
        }
    }

    fn answer(&mut self, effect: Effect, now: &mut Instant) -> Reply {
        match effect {
            Effect::Init { num_cpus, resources, object_store_memory } => {
                self.init.push(format!("{num_cpus:?} {resources:?} {object_store_memory:?}"));
                Reply::Done
            }
            Effect::Submit(request) if request.streams => self.stream(&request, *now),
            Effect::Yield(value) => {
                let item = self.add(*now, Ok(value));
                self.streams.last_mut().expect("a generator runs").0.push(item);
                Reply::Done
            }
            Effect::NextItem { task } => self.next_item(task, now),
            Effect::Submit(request) => {
                Reply::Refs(self.task(&*request.body, &request.args, *now, request.num_returns))
            }
            Effect::CreateActor(request) => {
                let (start, values) = self.args(&request.args, *now);
                let mut process = request.body.start(values.unwrap_or_default());
                let (_, at) = self.run(process.as_mut(), Reply::Start, start);
                self.actors.push((process, at));
                Reply::Actor(ActorId::new(self.actors.len() as u32 - 1))
            }
            Effect::CallActor(request) => {
                let index = request.actor.number() as usize;
                let (at, values) = self.args(&request.args, (*now).max(self.actors[index].1));
                let idle: Box<dyn Process> = Box::new(Nobody);
                let mut process = std::mem::replace(&mut self.actors[index].0, idle);
                let args = values.unwrap_or_default();
                let call = Reply::Call { method: request.method, payload: request.payload, args };
                let (end, at) = self.run(process.as_mut(), call, at);
                self.actors[index] = (process, at);
                Reply::Refs(self.store(end, at, request.num_returns))
            }
            Effect::Put(value) => Reply::Refs(vec![self.add(*now, Ok(value))]),
            Effect::Get { refs, timeout } => self.get(&refs, timeout, now),
            Effect::Wait { refs, num_returns, timeout, .. } => {
                self.wait(&refs, num_returns, timeout, now)
            }
            Effect::WaitRefused { class, message, .. } => {
                self.refused.push(format!("{class}: {message}"));
                Reply::Done
            }
            Effect::Sleep(span) => {
                *now = *now + span;
                Reply::Done
            }
            Effect::Print(text) => {
                self.printed.push(text);
                Reply::Done
            }
            Effect::Now => Reply::Time(*now),
            Effect::ClusterResources { .. } => {
                Reply::Resources([("CPU".to_owned(), crate::base::Amount::whole(4))].into())
            }
            Effect::Nodes => Reply::Nodes(vec![crate::process::NodeReport {
                node: NodeId::new(0),
                alive: true,
                resources: BTreeMap::new(),
                labels: Vec::new(),
            }]),
            Effect::Context => Reply::Context { node: NodeId::new(0), task: None },
            _ => Reply::Done,
        }
    }

    /// Runs a generator to its end.
    fn stream(&mut self, request: &TaskRequest, now: Instant) -> Reply {
        let stream = self.streams.len();
        self.streams.push((Vec::new(), 0));
        let failed = self.task(&*request.body, &request.args, now, 1);
        self.streams[stream].0.extend(failed);
        Reply::Stream(TaskId::new(stream as u32))
    }

    fn next_item(&mut self, task: TaskId, now: &mut Instant) -> Reply {
        let (items, taken) = &mut self.streams[task.number() as usize];
        let item = items.get(*taken).copied();
        *taken += 1;
        *now = item.map_or(*now, |item| self.objects[&item].0.max(*now));
        Reply::Refs(item.into_iter().collect())
    }

    fn get(&mut self, refs: &[ObjectId], timeout: Option<Span>, now: &mut Instant) -> Reply {
        let (at, values) = self.args(refs, *now);
        if let Some(timeout) = timeout
            && at > *now + timeout
        {
            *now = *now + timeout;
            let text = "Get timed out: some object(s) not ready.";
            return Reply::Failed(Arc::new(Failure::new(FailureKind::GetTimeout, text)));
        }
        *now = at;
        values.map_or_else(Reply::Failed, Reply::Values)
    }

    fn wait(
        &mut self,
        refs: &[ObjectId],
        count: usize,
        timeout: Option<Span>,
        now: &mut Instant,
    ) -> Reply {
        let mut times: Vec<Instant> = refs.iter().map(|id| self.objects[id].0).collect();
        times.sort();
        let limit = timeout.map_or(Instant::NEVER, |t| *now + t);
        // An empty list is asked about too, so that it is on record; nothing is waited for.
        if let Some(last) = count.checked_sub(1) {
            *now = (*now).max(times[last].min(limit));
        }
        let mut ready: Vec<usize> =
            (0..refs.len()).filter(|i| self.objects[&refs[*i]].0 <= *now).collect();
        ready.truncate(count);
        let remaining = (0..refs.len()).filter(|i| !ready.contains(i)).collect();
        Reply::Waited { ready, remaining }
    }
}

struct Nobody;

impl Process for Nobody {
    fn resume(&mut self, _: Reply) -> crate::process::Step {
        Effect::Return(Vec::new()).at(0)
    }
}

fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::Submit(_) => "submit",
        Effect::Yield(_) => "yield",
        Effect::NextItem { .. } => "next",
        Effect::Get { .. } => "get",
        Effect::Wait { .. } => "wait",
        Effect::Sleep(_) => "sleep",
        Effect::Print(_) => "print",
        Effect::Put(_) => "put",
        Effect::Return(_) => "return",
        Effect::Raise(_) => "raise",
        Effect::CreateActor(_) => "actor",
        Effect::CallActor(_) => "call",
        _ => "other",
    }
}

/// Runs a program.
pub fn run_with(source: &str, options: &super::super::PythonOptions) -> Ran {
    let program = crate::model::Program { file: "lesson.py".into(), source: source.into() };
    let mut driver = match super::super::driver(&program, options) {
        Ok(driver) => driver,
        Err(problems) => panic!("{problems:#?}"),
    };
    let mut ran = Ran::default();
    let (_, now) = ran.run(driver.as_mut(), Reply::Start, Instant::ZERO);
    ran.now = now;
    ran
}

/// Runs a program with the options that everybody has.
pub fn run(source: &str) -> Ran {
    run_with(source, &super::super::PythonOptions::default())
}

/// Runs a program that ends well; gives what it printed.
pub fn printed(source: &str) -> Vec<String> {
    let ran = run(source);
    assert!(ran.abort.is_none(), "{:?}", ran.abort);
    eprintln!("last failure: {:?}", ran.failure);
    ran.printed
}
