//! The story of one task: what it waited for, when and for how long, and why it was placed where it is.

use crate::analysis::concern::records_about;
use crate::analysis::placement::{Placement, placement};
use crate::analysis::words;
use crate::base::{Instant, NodeId, ObjectId, TaskId, WorkerId};
use crate::model::{Caller, TaskSpec};
use crate::replay::{Entity, History};
use crate::state::{Choice, Event, Rule, State};
use crate::trace::{Names, Record};
use std::sync::Arc;

/// All that can be said of one task.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The task.
    pub task: TaskId,
    /// What it is called.
    pub name: String,
    /// Who submitted it, when, from which line, and what it asks for.
    pub about: String,
    /// What happened to it, in the order of time.
    pub phases: Vec<Phase>,
    /// Every time that it was placed.
    pub placements: Vec<Placement>,
    /// The instant that was asked about.
    pub at: Option<Instant>,
    /// Ray's word for where it stands at that instant, or at the end.
    pub state: &'static str,
}

/// A stretch of a task's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// From when.
    pub from: Instant,
    /// Until when; `None` if it goes on.
    pub to: Option<Instant>,
    /// What kind of stretch.
    pub kind: PhaseKind,
    /// What it was doing or waiting for, and on whom.
    pub text: String,
}

/// The kinds of stretches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseKind {
    /// Waited for its arguments to exist.
    Arguments,
    /// Queued at its owner behind others of its kind.
    Queue,
    /// Waited for a lease: its owner asked, and raylets decided.
    Lease,
    /// Waited for a node with room, or for its actor.
    Slot,
    /// Waited for a worker process that started.
    Process,
    /// Was on its way to its worker.
    Start,
    /// Waited for copies of its arguments.
    Copies,
    /// Waited for room in the object store.
    Store,
    /// Its body ran.
    Running,
    /// Its body was blocked in a call.
    Blocked,
    /// Its results were on their way to its owner.
    Reply,
    /// Waited to be tried again.
    Retry,
    /// Something that took no time.
    Moment,
}

impl PhaseKind {
    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            PhaseKind::Arguments => "arguments",
            PhaseKind::Queue => "queue",
            PhaseKind::Lease => "lease",
            PhaseKind::Slot => "slot",
            PhaseKind::Process => "process",
            PhaseKind::Start => "start",
            PhaseKind::Copies => "copies",
            PhaseKind::Store => "store",
            PhaseKind::Running => "running",
            PhaseKind::Blocked => "blocked",
            PhaseKind::Reply => "reply",
            PhaseKind::Retry => "retry",
            PhaseKind::Moment => "moment",
        }
    }
}

/// Explains `task`, up to and including `at` if that is given. `None` if it was not submitted by then.
pub fn explain(history: &History, task: TaskId, at: Option<Instant>) -> Option<Explanation> {
    let limit = at.map_or(history.len(), |at| history.step_at(at));
    Teller::new(history, task, limit)?.tell(&records_about(history, task, limit), at)
}

/// Explains `task` as it stands after `step` records. `None` if it was not submitted by then.
pub fn explain_at(history: &History, task: TaskId, step: usize) -> Option<Explanation> {
    let (limit, at) = (step.min(history.len()), history.instant_of(step));
    Teller::new(history, task, limit)?.tell(&records_about(history, task, limit), Some(at))
}

pub(super) struct Teller<'t> {
    pub(super) history: &'t History,
    pub(super) names: &'t Names,
    pub(super) task: TaskId,
    /// What was submitted.
    pub(super) spec: Arc<TaskSpec>,
    /// How many records may be told.
    limit: usize,
    /// The state after `step` records.
    pub(super) state: State,
    step: usize,
    pub(super) open: Option<(PhaseKind, Instant)>,
    pub(super) phases: Vec<Phase>,
    pub(super) placements: Vec<Placement>,
    /// Arguments that came while it waited for them, with the time.
    pub(super) arrived: Vec<(ObjectId, Instant)>,
    /// What it found when it first waited for a node.
    pub(super) seen_waiting: Option<String>,
    /// The record that made it ready.
    pub(super) ready: usize,
}

impl<'t> Teller<'t> {
    fn new(history: &'t History, task: TaskId, limit: usize) -> Option<Teller<'t>> {
        Some(Teller {
            history,
            names: history.names(),
            task,
            spec: history.last_state().tasks.get(task)?.spec.clone(),
            limit,
            state: history.state_at(0),
            step: 0,
            open: None,
            phases: Vec::new(),
            placements: Vec::new(),
            arrived: Vec::new(),
            seen_waiting: None,
            ready: 0,
        })
    }

    /// Tells those records; others do not matter to the task.
    fn tell(mut self, records: &[u32], at: Option<Instant>) -> Option<Explanation> {
        for index in records.iter().map(|index| *index as usize) {
            let record = &self.history.records()[index];
            match &record.event {
                // These tell themselves: no state is made for them.
                Event::ObjectCreated { .. } | Event::ObjectFailed { .. } => {
                    self.add_neighbours(record.at, &record.event);
                }
                _ => self.add(index, record),
            }
        }
        self.look_at_queue();
        self.seek(self.limit);
        self.finish(at)
    }

    /// Makes the state that after `step` records.
    pub(super) fn step(&self) -> usize {
        self.step
    }

    fn seek(&mut self, step: usize) {
        self.history.seek(&mut self.state, self.step, step);
        self.step = step;
    }

    /// Makes the state that when all of an instant has happened.
    pub(super) fn seek_after(&mut self, at: Instant) {
        self.seek(self.history.step_at(at).min(self.limit));
    }

    fn add(&mut self, index: usize, record: &Record) {
        if let Some((PhaseKind::Slot, since)) = self.open
            && record.at > since
        {
            self.look_at_queue();
        }
        self.seek(index);
        let (at, task) = (record.at, self.task);
        match &record.event {
            Event::TaskSubmitted(spec) if spec.id == task => self.begin(PhaseKind::Arguments, at),
            Event::TaskReady { task: who, .. } if *who == task => {
                let text = self.arguments_text(true);
                self.end(at, text);
                (self.ready, self.seen_waiting) = (index, None);
                self.begin(PhaseKind::Slot, at);
            }
            Event::TaskPlaced { task: who, worker, choice } if *who == task => {
                self.end_waiting((index, record), *worker, choice.rule);
                self.place((index, at), *worker, *choice);
                self.begin(PhaseKind::Copies, at);
            }
            Event::TaskStalled { task: who, bytes } if *who == task => {
                let text = self.open_text();
                self.end(at, text);
                self.seen_waiting = Some(self.store_text(*bytes));
                self.begin(PhaseKind::Store, at);
            }
            Event::RoomFound { task: who } if *who == task => {
                let text = self.open_text();
                self.end(at, text);
                self.begin(PhaseKind::Copies, at);
            }
            Event::TaskStarted { task: who } if *who == task => {
                let text = self.start_or_copies();
                self.end(at, text);
                self.begin(PhaseKind::Running, at);
            }
            other => self.add_ending((index, at), other),
        }
        self.add_neighbours(at, &record.event);
    }

    fn end_waiting(&mut self, (index, record): (usize, &Record), worker: WorkerId, by: Rule) {
        if self.is_leased() {
            let from = self.open.take().map_or(record.at, |(_, from)| from);
            return self.tell_lease(from, index, worker, by);
        }
        let text = self.slot_text(record.at, Some((index, record)));
        self.end(record.at, text);
    }

    fn place(&mut self, (index, at): (usize, Instant), worker: WorkerId, choice: Choice) {
        if self.is_leased() {
            let found = self.leased_placement(index, worker, choice);
            return self.placements.extend(found);
        }
        // The policy was asked at this time; the state before is that of an earlier record.
        let now = std::mem::replace(&mut self.state.now, at);
        let parameters = &self.history.trace().header.parameters;
        let found = placement(&self.state, parameters, self.names, self.task, worker, choice);
        self.placements.push(found);
        self.state.now = now;
    }

    /// Calls of its body, and the ways in which an attempt ends.
    fn add_ending(&mut self, (index, at): (usize, Instant), event: &Event) {
        let task = self.task;
        match event {
            Event::CallBlocked { caller: Caller::Task(who) } if *who == task => {
                let text = self.open_text();
                self.end(at, text);
                self.begin(PhaseKind::Blocked, at);
            }
            Event::CallReturned { caller: Caller::Task(who), .. } if *who == task => {
                if let Some((PhaseKind::Blocked, _)) = self.open {
                    let text = self.open_text();
                    self.end(at, text);
                    self.begin(PhaseKind::Running, at);
                }
            }
            Event::TaskFinished { task: who } if *who == task => {
                self.end_running(at);
                self.moment(at, "finished".to_owned());
            }
            Event::TaskFailed { task: who, failure } if *who == task => {
                let text = self.open_text();
                self.end(at, text);
                let began = match failure.cause {
                    Some(_) => format!(", because of {}", failure.root()),
                    None => String::new(),
                };
                self.moment(at, format!("failed: {failure}{began}"));
            }
            Event::TaskReturned { task: who } if *who == task => {
                let text = self.open_text();
                self.end(at, text);
                self.moment(at, "an argument was lost; it gave its worker back".to_owned());
                self.begin(PhaseKind::Arguments, at);
            }
            Event::TaskResubmitted { task: who, to_rebuild } if *who == task => {
                let why = match *to_rebuild {
                    true => format!(", because its result was lost{}", self.noticed_text(index)),
                    false => {
                        self.tell_retry(at);
                        String::new()
                    }
                };
                self.moment(at, format!("was submitted again{why}"));
                self.begin(PhaseKind::Arguments, at);
            }
            // Everything else happens to others.
            _ => {}
        }
    }

    /// What happens to its arguments.
    fn add_neighbours(&mut self, at: Instant, event: &Event) {
        match event {
            Event::ObjectCreated { object, .. } | Event::ObjectFailed { object, .. } => {
                if let Some((PhaseKind::Arguments, _)) = self.open
                    && self.is_argument(*object)
                {
                    self.arrived.push((*object, at));
                }
            }
            Event::TransferFinished { transfer } => {
                let Some(done) = self.state.transfers.get(*transfer).copied().flatten() else {
                    return;
                };
                let copies = matches!(self.open, Some((PhaseKind::Copies, _)));
                if copies && self.is_argument(done.object) && self.node() == Some(done.to) {
                    let text =
                        self.copy_text(done.object, done.from, done.to, at.since(done.since));
                    self.phases.push(Phase {
                        from: done.since,
                        to: Some(at),
                        kind: PhaseKind::Copies,
                        text,
                    });
                }
            }
            // Everything else leaves its arguments where they are.
            _ => {}
        }
    }

    fn is_argument(&self, object: ObjectId) -> bool {
        self.spec.args.contains(&object)
    }

    pub(super) fn node(&self) -> Option<NodeId> {
        self.state.task_node(self.task)
    }

    fn begin(&mut self, kind: PhaseKind, at: Instant) {
        if kind == PhaseKind::Arguments {
            self.arrived.clear();
        }
        self.open = Some((kind, at));
    }

    /// Ends the open phase; what took no time is not told, copies are told one by one.
    pub(super) fn end(&mut self, at: Instant, text: String) {
        let Some((kind, from)) = self.open.take() else { return };
        let told = kind == PhaseKind::Copies
            && self.phases.iter().any(|p| p.from >= from && p.kind == kind);
        if at > from && !told {
            self.phases.push(Phase { from, to: Some(at), kind, text });
        }
    }

    /// A stretch that is over; what took no time is not told.
    pub(super) fn span(&mut self, (from, to): (Instant, Instant), kind: PhaseKind, text: String) {
        if to > from {
            self.phases.push(Phase { from, to: Some(to), kind, text });
        }
    }

    pub(super) fn moment(&mut self, at: Instant, text: String) {
        self.phases.push(Phase { from: at, to: Some(at), kind: PhaseKind::Moment, text });
    }

    fn finish(mut self, at: Option<Instant>) -> Option<Explanation> {
        let row = self.state.tasks.get(self.task)?.clone();
        if let Some((kind, from)) = self.open {
            let text = match kind {
                PhaseKind::Running => self.open_text().replacen("ran", "runs", 1),
                _ => self.open_text(),
            };
            self.phases.push(Phase { from, to: None, kind, text });
        }
        self.phases.sort_by_key(|phase| phase.from);
        let spec = &row.spec;
        let own = self.history.records_of(Entity::Task(self.task)).iter();
        let mut own = own.map(|index| &self.history.records()[*index as usize]);
        let submitted = own.find(|record| matches!(record.event, Event::TaskSubmitted(_)));
        let submitted = submitted.map(|record| record.at);
        let line = if spec.line > 0 { format!(" in line {}", spec.line) } else { String::new() };
        let about = format!(
            "submitted at {} by {}{line}; asks for {}",
            submitted.unwrap_or_default(),
            self.names.caller(spec.owner),
            words::demand(&self.state, &spec.shape.demand)
        );
        Some(Explanation {
            task: self.task,
            name: self.names.task(self.task),
            about,
            phases: self.phases,
            placements: self.placements,
            at,
            state: row.status.ray_name(),
        })
    }
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;
