//! How fast a run could have been at best: the longest chains of computing in it.

use crate::base::id::Id;
use crate::base::{Instant, ObjectId, Span, TaskId};
use crate::model::{Caller, TaskKind, TaskSpec};
use crate::state::{Call, CallResult, Event};
use crate::trace::Trace;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The longest chains of computing. Neither is longer than the makespan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chains {
    /// Along data dependencies only: arguments, results that a task asked for, calls of one actor.
    pub data: Span,
    /// Along the driver's own order too: what it computes and what it waits for before it submits the next.
    pub program: Span,
}

/// The longest chains in `trace`.
pub fn longest_chains(trace: &Trace) -> Chains {
    let length = |driver_counts| {
        let mut pass = Pass::new(driver_counts);
        trace.records.iter().for_each(|record| pass.add(record.at, &record.event));
        pass.longest
    };
    Chains { data: length(false), program: length(true) }
}

/// A process's clock on a cluster where nothing but computing takes time.
#[derive(Clone, Copy, Default)]
struct Clock {
    /// What it showed when it was last stopped.
    shows: Span,
    /// Since when it runs.
    running: Option<Instant>,
}

impl Clock {
    fn at(self, now: Instant) -> Span {
        self.shows + self.running.map_or(Span::ZERO, |since| now.since(since))
    }

    fn stop(&mut self, now: Instant) -> Span {
        self.shows = self.at(now);
        self.running = None;
        self.shows
    }

    fn go_on(&mut self, now: Instant, not_before: Span) {
        self.shows = self.shows.max(not_before);
        self.running = Some(now);
    }
}

struct Pass {
    driver_counts: bool,
    driver: Clock,
    tasks: Vec<(Arc<TaskSpec>, Span, Clock)>,
    objects: Vec<Span>,
    /// The tasks of which some objects are items.
    items: BTreeMap<ObjectId, TaskId>,
    actors: BTreeMap<u32, Span>,
    calls: BTreeMap<Caller, Arc<Call>>,
    longest: Span,
}

impl Pass {
    fn new(driver_counts: bool) -> Pass {
        Pass {
            driver_counts,
            driver: Clock { shows: Span::ZERO, running: Some(Instant::ZERO) },
            tasks: Vec::new(),
            objects: Vec::new(),
            items: BTreeMap::new(),
            actors: BTreeMap::new(),
            calls: BTreeMap::new(),
            longest: Span::ZERO,
        }
    }

    fn shows(&self, caller: Caller, now: Instant) -> Span {
        match caller {
            Caller::Driver if self.driver_counts => self.driver.at(now),
            Caller::Driver => Span::ZERO,
            Caller::Task(task) => self.tasks[task.index()].2.at(now),
        }
    }

    fn clock(&mut self, caller: Caller) -> &mut Clock {
        match caller {
            Caller::Driver => &mut self.driver,
            Caller::Task(task) => &mut self.tasks[task.index()].2,
        }
    }

    fn add(&mut self, now: Instant, event: &Event) {
        match event {
            Event::InputLoaded { object, .. } if object.index() == self.objects.len() => {
                self.objects.push(Span::ZERO);
            }
            Event::TaskSubmitted(spec) => {
                let from = self.shows(spec.owner, now);
                self.objects.extend(spec.returns.iter().map(|_| Span::ZERO));
                self.tasks.push((spec.clone(), from, Clock::default()));
            }
            Event::ItemPromised { task, object } if object.index() == self.objects.len() => {
                self.objects.push(Span::ZERO);
                self.items.insert(*object, *task);
            }
            Event::ObjectCreated { object, .. } | Event::ObjectInlined { object, .. } => {
                if let Some(task) = self.items.get(object) {
                    self.objects[object.index()] = self.tasks[task.index()].2.at(now);
                }
            }
            Event::GroupCreated(spec) => self.objects.push(self.shows(spec.owner, now)),
            Event::ObjectPut { owner, .. } => self.objects.push(self.shows(*owner, now)),
            Event::TaskStarted { task } => self.start(*task, now),
            Event::TaskStalled { task, bytes: _ } => {
                self.clock(Caller::Task(*task)).stop(now);
            }
            Event::TaskFinished { task } => {
                let shows = self.end(*task, now);
                self.longest = self.longest.max(shows);
            }
            Event::TaskFailed { task, failure: _ } => {
                self.end(*task, now);
            }
            Event::CallMade(call) => {
                self.clock(call.caller).stop(now);
                self.calls.insert(call.caller, call.clone());
            }
            Event::CallReturned { caller, result } => self.returned(*caller, result, now),
            Event::RunEnded(_) if self.driver_counts => {
                self.longest = self.longest.max(self.driver.at(now));
            }
            // Everything else neither computes nor hands anything on.
            _ => {}
        }
    }

    fn start(&mut self, task: TaskId, now: Instant) {
        let (spec, submitted, _) = &self.tasks[task.index()];
        let args = spec.args.iter().map(|arg| self.objects[arg.index()]);
        let actor = match spec.kind {
            TaskKind::ActorCall(actor) => self.actors.get(&actor.number()).copied(),
            TaskKind::Normal | TaskKind::ActorCreation(_) => None,
        };
        let from = args.chain(actor).fold(*submitted, Span::max);
        self.tasks[task.index()].2 = Clock { shows: from, running: Some(now) };
    }

    fn end(&mut self, task: TaskId, now: Instant) -> Span {
        let shows = self.clock(Caller::Task(task)).stop(now);
        let spec = self.tasks[task.index()].0.clone();
        for object in spec.return_ids() {
            self.objects[object.index()] = shows;
        }
        if let TaskKind::ActorCreation(actor) | TaskKind::ActorCall(actor) = spec.kind {
            self.actors.insert(actor.number(), shows);
        }
        shows
    }

    fn returned(&mut self, caller: Caller, result: &CallResult, now: Instant) {
        let Some(call) = self.calls.remove(&caller) else { return };
        let length = |object: &ObjectId| self.objects[object.index()];
        let needed = match result {
            CallResult::Got => call.refs.iter().map(length).max(),
            CallResult::Waited(ready) => {
                ready.iter().filter_map(|at| call.refs.get(*at as usize)).map(length).max()
            }
            CallResult::Raised(_) => None,
        };
        self.clock(caller).go_on(now, needed.unwrap_or(Span::ZERO));
    }
}
