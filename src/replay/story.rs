//! The stops of a story: what a teacher would draw, one picture each, in the order of telling.
//!
//! A stop tells some records and stands after the last of them. Several stops may stand at the same step: a
//! thing that happens at once can take two pictures to tell, as the lesson's drawings 3 and 4 do.

mod leases;

use crate::base::{Instant, NodeId, TaskId};
use crate::model::Caller;
use crate::replay::history::History;
use crate::state::{CallResult, Event, Outcome, State};
use crate::trace::Record;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One picture of the story.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stop {
    /// The first record that it tells.
    pub from: u32,
    /// How many records are applied where it stands: it tells the records from `from` up to here.
    pub step: u32,
    /// What it is about.
    pub beat: Beat,
}

/// What a stop is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Beat {
    /// What will run: the task graph alone.
    Program,
    /// Where it will run: the cluster at rest.
    Cluster,
    /// Tasks were submitted in one burst.
    Submitted,
    /// The first burst again: what came back, and what the GCS knows.
    IdsReturned,
    /// A task got a worker, or many did at one instant.
    Placed,
    /// A task reads arguments in the store of its node.
    Reads(TaskId),
    /// Copies to a node began.
    Copies,
    /// Copies are complete, and what waited for them starts.
    Arrived,
    /// Tasks finished at one instant and wrote their results.
    Finished,
    /// A call that had blocked returned.
    Returned,
    /// A program goes on: it prints, puts, calls.
    Turn(Caller),
    /// A record that tells itself.
    Told,
}

/// So many placements at one instant are told one by one; more of them at once.
const MOST_SINGLE: usize = 6;

/// All stops of a history.
pub fn stops(history: &History) -> Vec<Stop> {
    let mut teller = Teller {
        records: history.records(),
        state: history.state_at(0),
        stops: vec![stop(0, 0, Beat::Program), stop(0, 0, Beat::Cluster)],
        at: Instant::ZERO,
        first_now: 0,
        placements_now: None,
        blocked: BTreeSet::new(),
        ids_told: false,
        leased: history.trace().header.parameters.control_plane,
        steps_told: [false; 4],
    };
    if history.is_empty() {
        return Vec::new();
    }
    for (index, record) in history.records().iter().enumerate() {
        if record.at != teller.at {
            (teller.at, teller.first_now, teller.placements_now) = (record.at, index, None);
        }
        teller.tell(index, record);
    }
    teller.settle_burst();
    teller.stops
}

fn stop(from: usize, step: usize, beat: Beat) -> Stop {
    Stop { from: from as u32, step: step as u32, beat }
}

struct Teller<'h> {
    records: &'h [Record],
    /// The state before the record that is told next.
    state: State,
    stops: Vec<Stop>,
    at: Instant,
    /// The first record of this instant.
    first_now: usize,
    /// How many placements this instant has, once it was asked.
    placements_now: Option<usize>,
    blocked: BTreeSet<Caller>,
    /// Whether it was told that ids come back at once.
    ids_told: bool,
    /// Whether leases bring tasks their workers: then nothing happens at once, and much happens to leases.
    leased: bool,
    /// Which steps of leases were told: each kind once, when it happens first.
    steps_told: [bool; 4],
}

impl Teller<'_> {
    fn tell(&mut self, index: usize, record: &Record) {
        let event = &record.event;
        match event {
            Event::TaskSubmitted(spec) => self.submitted(index, spec.owner),
            Event::TaskPlaced { choice, .. } if self.leased => {
                self.leased_placed(index, choice.rule)
            }
            Event::TaskPlaced { task, .. } => return self.placed(index, *task),
            Event::TaskStarted { task } if self.leased && self.reads_nothing(*task) => {
                self.extend(index);
            }
            Event::TaskStarted { task } => return self.started(index, *task),
            Event::TaskFinished { .. } => self.join(index, Beat::Finished),
            Event::Lease { step, .. } => self.lease(index, step),
            Event::TransferStarted { from, to, .. } if from == to => self.told(index),
            Event::TransferStarted { to, .. } => self.copies(index, *to),
            Event::TransferFinished { transfer } => {
                match self.state.transfers.get(*transfer).copied().flatten() {
                    Some(done) if done.is_restore() => self.told(index),
                    done => self.arrived(index, done.map(|done| done.to)),
                }
            }
            Event::CallMade(call) => self.goes_on(index, call.caller, false),
            Event::CallBlocked { caller } => {
                self.blocked.insert(*caller);
                self.goes_on(index, *caller, true);
            }
            Event::CallReturned { caller, result } => self.returned(index, *caller, result),
            Event::WaitRefused(refusal) => self.goes_on(index, refusal.caller, true),
            Event::LinePrinted(printed) => self.goes_on(index, printed.caller, true),
            Event::ObjectPut { owner, .. } => self.goes_on(index, *owner, true),
            Event::RunEnded(outcome) => self.ended(index, outcome),
            Event::TaskStalled { .. }
            | Event::TaskFailed { .. }
            | Event::TaskReturned { .. }
            | Event::TaskResubmitted { .. }
            | Event::ActorCreated { .. }
            | Event::ActorStarted { .. }
            | Event::ActorDied { .. }
            | Event::GroupCreated(_)
            | Event::GroupPlaced { .. }
            | Event::GroupRemoved { .. }
            | Event::ObjectLost { .. }
            | Event::SpillStarted { .. }
            | Event::FallbackAllocated { .. }
            | Event::WorkerDied { .. }
            | Event::RayletKilled { .. }
            | Event::NodeDied { .. }
            | Event::NodeAdded(_) => self.push(index, index, Beat::Told),
            // Told with another record, or bookkeeping.
            Event::InputLoaded { .. }
            | Event::ResourceNamed { .. }
            | Event::TaskReady { .. }
            | Event::RoomFound { .. }
            | Event::ObjectCreated { .. }
            | Event::ObjectFailed { .. }
            | Event::TransferCancelled { .. }
            | Event::CopyEvicted { .. }
            | Event::ObjectSpilled { .. }
            | Event::ReferenceReleased { .. }
            | Event::ReferenceAdded { .. }
            | Event::ItemPromised { .. }
            | Event::ObjectFreed { .. }
            | Event::Slept { .. }
            | Event::ObjectInlined { .. }
            | Event::WorkerStarting { .. }
            | Event::WorkerStarted { .. } => {}
        }
        self.apply(index);
    }

    fn apply(&mut self, index: usize) {
        let record = &self.records[index];
        self.state.apply(record.at, &record.event);
    }

    /// The stop told last, if it was told at this instant.
    fn last_now(&mut self) -> Option<&mut Stop> {
        let first = self.first_now;
        self.stops.last_mut().filter(|stop| stop.step as usize > first)
    }

    /// A stop of its own; it tells what happened at this instant since the one before.
    fn push(&mut self, from: usize, index: usize, beat: Beat) {
        self.settle_burst();
        self.stops.push(stop(from, index + 1, beat));
    }

    fn told(&mut self, index: usize) {
        self.push(index, index, Beat::Told);
    }

    fn since_last(&self) -> usize {
        self.stops.last().map_or(0, |stop| stop.step as usize).max(self.first_now)
    }

    /// More of what was told last at this instant, or a stop of its own.
    fn join(&mut self, index: usize, beat: Beat) {
        match self.last_near() {
            Some(last) if last.beat == beat => last.step = index as u32 + 1,
            _ => self.push(self.since_last(), index, beat),
        }
    }

    fn submitted(&mut self, index: usize, owner: Caller) {
        let (records, leased) = (self.records, self.leased);
        let same_owner = |stop: &Stop| match &records[stop.step as usize - 1].event {
            Event::TaskSubmitted(spec) => spec.owner == owner,
            Event::TaskReady { .. } => true,
            _ => leased && leases::submits(records, stop, owner),
        };
        match self.last_near() {
            Some(last) if last.beat == Beat::Submitted && same_owner(last) => {
                last.step = index as u32 + 1;
            }
            _ => self.push(index, index, Beat::Submitted),
        }
    }

    /// The first burst is over: what came back is a picture of its own.
    fn settle_burst(&mut self) {
        if let Some(last) = self.stops.last().copied()
            && last.beat == Beat::Submitted
            && !self.ids_told
        {
            self.ids_told = true;
            self.stops.push(Stop { beat: Beat::IdsReturned, ..last });
        }
    }

    fn placed(&mut self, index: usize, task: TaskId) {
        if self.many_placements(index) {
            self.join(index, Beat::Placed);
            return self.apply(index);
        }
        self.push(self.since_last(), index, Beat::Placed);
        self.apply(index);
        let (here, elsewhere) = self.arguments(task);
        if here > 0 && elsewhere > 0 {
            self.push(index, index, Beat::Reads(task));
        }
    }

    fn many_placements(&mut self, index: usize) -> bool {
        let (records, at) = (self.records, self.at);
        let count = *self.placements_now.get_or_insert_with(|| {
            let now = records[index..].iter().take_while(|record| record.at == at);
            now.filter(|record| matches!(record.event, Event::TaskPlaced { .. })).count()
        });
        count > MOST_SINGLE
    }

    /// How many of its arguments are in the store of its node, and how many are not.
    fn arguments(&self, task: TaskId) -> (usize, usize) {
        let Some(row) = self.state.tasks.get(task) else { return (0, 0) };
        let Some(node) = self.state.task_node(task) else { return (0, 0) };
        let is_here = |object| self.state.objects.get(object).is_some_and(|o| o.is_on(node));
        let here = row.spec.args.iter().filter(|object| is_here(**object)).count();
        (here, row.spec.args.len() - here)
    }

    fn started(&mut self, index: usize, task: TaskId) {
        self.apply(index);
        let placed_last = |stop: &Stop, records: &[Record]| {
            let told = &records[stop.step as usize - 1].event;
            matches!(told, Event::TaskPlaced { task: placed, .. } if *placed == task)
        };
        let (records, many) = (self.records, self.many_placements(index));
        let reads = self.state.tasks.get(task).is_some_and(|row| !row.spec.args.is_empty());
        match self.last_now() {
            Some(last) if last.beat == Beat::Placed && (many || placed_last(last, records)) => {
                last.step = index as u32 + 1;
                if reads && !many {
                    self.push(index, index, Beat::Reads(task));
                }
            }
            Some(last) if last.beat == Beat::Arrived => last.step = index as u32 + 1,
            _ => self.push(index, index, Beat::Told),
        }
    }

    fn copies(&mut self, index: usize, to: NodeId) {
        let records = self.records;
        let same_node = |stop: &Stop| match &records[stop.step as usize - 1].event {
            Event::TransferStarted { to: last, .. } => *last == to,
            _ => false,
        };
        match self.last_now() {
            Some(last) if last.beat == Beat::Copies && same_node(last) => {
                last.step = index as u32 + 1;
            }
            _ => self.push(index, index, Beat::Copies),
        }
    }

    fn arrived(&mut self, index: usize, to: Option<NodeId>) {
        let before =
            self.last_now().filter(|last| last.beat == Beat::Arrived).map(|last| last.step);
        let node_before = before.and_then(|step| match &self.records[step as usize - 1].event {
            Event::TaskStarted { task } => self.state.task_node(*task),
            _ => to,
        });
        match self.last_now() {
            Some(last) if before.is_some() && node_before == to => last.step = index as u32 + 1,
            _ => self.push(index, index, Beat::Arrived),
        }
    }

    /// A program goes on without being asked; `told` is whether that is worth a picture.
    fn goes_on(&mut self, index: usize, caller: Caller, told: bool) {
        self.settle_burst();
        let by_driver = caller == Caller::Driver;
        match self.last_now() {
            Some(last) if last.beat == Beat::Turn(caller) => last.step = index as u32 + 1,
            Some(last) if by_driver && matches!(last.beat, Beat::IdsReturned | Beat::Submitted) => {
                last.step = index as u32 + 1;
            }
            _ if told => self.push(self.since_last(), index, Beat::Turn(caller)),
            _ => {}
        }
    }

    fn returned(&mut self, index: usize, caller: Caller, result: &Arc<CallResult>) {
        let blocked = self.blocked.remove(&caller);
        if blocked || matches!(**result, CallResult::Raised(_)) {
            self.push(index, index, Beat::Returned);
        } else {
            self.goes_on(index, caller, false);
        }
    }

    /// An end without trouble belongs to the picture of what led to it.
    fn ended(&mut self, index: usize, outcome: &Arc<Outcome>) {
        if **outcome != Outcome::Finished {
            return self.push(index, index, Beat::Told);
        }
        let driver = Beat::Turn(Caller::Driver);
        let last_turn = self.last_now().is_some_and(|last| last.beat == driver);
        let returned =
            self.stops.len().checked_sub(2).map(|n| self.stops[n]).is_some_and(|stop| {
                stop.beat == Beat::Returned && stop.step as usize > self.first_now
            });
        if last_turn && returned {
            self.stops.pop();
        }
        match self.last_now() {
            Some(last) if last.beat == Beat::Returned || last.beat == driver => {
                last.step = index as u32 + 1;
            }
            _ => self.push(index, index, Beat::Told),
        }
    }
}

#[cfg(test)]
#[path = "story_tests.rs"]
mod tests;
