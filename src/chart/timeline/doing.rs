//! What a task does from its submission to its end: the phases between its events.

use crate::base::{Instant, TaskId, WorkerId};
use crate::chart::scene::Mark;
use crate::model::{Caller, TaskKind};
use crate::replay::{Entity, History};
use crate::state::{CallKind, Event};

/// What a task or the driver does, or waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Doing {
    /// An argument does not exist yet.
    WaitsForArguments,
    /// Queued until a node has room, or until the actor's turn comes.
    WaitsForSlot,
    /// Queued at its owner until a lease brings a worker.
    WaitsForLease,
    /// Failed, and waits to be tried again.
    WaitsForRetry,
    /// On its way from its owner to its worker, and into it.
    Starting,
    /// Has a worker, and arguments are being copied.
    Fetching,
    /// Has a worker, and the store has no room.
    WaitsForStore,
    /// Its code runs.
    Running,
    /// Blocked in `ray.get`.
    InGet,
    /// Blocked in `ray.wait`.
    InWait,
    /// Sleeps or computes for a while: the driver only.
    Sleeping,
}

impl Doing {
    /// Whether it takes its worker: waiting for one does not.
    pub fn is_busy(self) -> bool {
        match self {
            Doing::WaitsForArguments
            | Doing::WaitsForSlot
            | Doing::WaitsForLease
            | Doing::WaitsForRetry => false,
            Doing::Starting
            | Doing::Fetching
            | Doing::WaitsForStore
            | Doing::Running
            | Doing::InGet
            | Doing::InWait
            | Doing::Sleeping => true,
        }
    }

    /// Whether it is blocked in a call.
    pub fn is_blocked(self) -> bool {
        matches!(self, Doing::InGet | Doing::InWait)
    }

    /// The mark of the same state in the scene.
    pub fn mark(self) -> Mark {
        match self {
            Doing::WaitsForArguments => Mark::WaitsForArguments,
            Doing::WaitsForSlot | Doing::WaitsForLease | Doing::WaitsForRetry => Mark::WaitsForSlot,
            Doing::Fetching | Doing::Starting => Mark::Fetching,
            Doing::WaitsForStore => Mark::WaitsForStore,
            Doing::Running | Doing::Sleeping => Mark::Running,
            Doing::InGet | Doing::InWait => Mark::Blocked,
        }
    }

    /// In words, for legends and tooltips.
    pub fn words(self) -> &'static str {
        match self {
            Doing::WaitsForArguments => "waits for its arguments",
            Doing::WaitsForSlot => "waits for a slot",
            Doing::WaitsForLease => "waits for a lease",
            Doing::WaitsForRetry => "waits to be tried again",
            Doing::Starting => "on its way to its worker",
            Doing::Fetching => "fetches its arguments",
            Doing::WaitsForStore => "waits for room in the store",
            Doing::Running => "runs",
            Doing::InGet => "blocked in ray.get",
            Doing::InWait => "blocked in ray.wait",
            Doing::Sleeping => "sleeps or computes",
        }
    }
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Ending {
    /// Something else followed.
    Next,
    /// It ended well.
    Done,
    /// It failed, or was cancelled.
    Failed,
    /// The run ended before it did.
    Cut,
}

/// A stretch of a task's life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Phase {
    /// When it began.
    pub from: Instant,
    /// When it ended.
    pub to: Instant,
    /// What the task did.
    pub doing: Doing,
    /// Where; nowhere while it waits for a worker.
    pub worker: Option<WorkerId>,
    /// Whether its body begins here.
    pub begins: bool,
    /// What came of it.
    pub ending: Ending,
}

/// The phases of a task, all its attempts in order. What took no time is left out, but for a body.
pub fn phases_of(history: &History, task: TaskId) -> Vec<Phase> {
    let mut life = Life::of(history, task);
    let mut phases = Vec::new();
    for index in history.records_of(Entity::Task(task)) {
        let record = &history.records()[*index as usize];
        if let Some((found, change)) = change(&record.event)
            && found == task
        {
            phases.extend(life.follow(record.at, change));
        }
    }
    phases.extend(life.cut(history.end()));
    phases
}

/// What an event changes for a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    /// It waits for its arguments, and has no worker.
    Waits,
    /// It queues.
    Queues,
    /// It got a worker.
    Placed(WorkerId),
    /// On its worker it does something else.
    Turns(Doing),
    /// Its body begins.
    Begins,
    /// It calls `ray.wait` (true) or `ray.get` (false); not blocked yet.
    Calls(bool),
    /// The call blocks.
    Blocks,
    /// The call returns.
    Returns,
    /// It is over for now.
    Ends(Ending),
}

/// The task that an event changes, and how. Other events say nothing of what a task does.
pub(crate) fn change(event: &Event) -> Option<(TaskId, Change)> {
    let found = match event {
        Event::TaskSubmitted(spec) => (spec.id, Change::Waits),
        Event::TaskReturned { task } | Event::TaskResubmitted { task, .. } => {
            (*task, Change::Waits)
        }
        Event::TaskReady { task, .. } => (*task, Change::Queues),
        Event::TaskPlaced { task, worker, .. } => (*task, Change::Placed(*worker)),
        Event::TaskStalled { task, .. } => (*task, Change::Turns(Doing::WaitsForStore)),
        Event::RoomFound { task } => (*task, Change::Turns(Doing::Fetching)),
        Event::TaskStarted { task } => (*task, Change::Begins),
        Event::TaskFinished { task } => (*task, Change::Ends(Ending::Done)),
        Event::TaskFailed { task, .. } => (*task, Change::Ends(Ending::Failed)),
        Event::CallMade(call) => {
            let Caller::Task(task) = call.caller else { return None };
            (task, Change::Calls(call.kind != CallKind::Get))
        }
        Event::CallBlocked { caller: Caller::Task(task) } => (*task, Change::Blocks),
        Event::CallReturned { caller: Caller::Task(task), .. } => (*task, Change::Returns),
        _ => return None,
    };
    Some(found)
}

/// What a task does at the moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Life {
    since: Instant,
    doing: Option<Doing>,
    worker: Option<WorkerId>,
    begins: bool,
    in_wait: bool,
    /// Whether leases bring it its worker.
    leased: bool,
}

impl Life {
    /// That of a task that was not submitted yet.
    pub fn of(history: &History, task: TaskId) -> Life {
        let on = history.trace().header.parameters.control_plane;
        let row = history.last_state().tasks.get(task);
        let call = row.is_none_or(|row| matches!(row.spec.kind, TaskKind::ActorCall(_)));
        Life { leased: on && !call, ..Life::default() }
    }

    /// What it does, if it does anything.
    pub fn doing(&self) -> Option<Doing> {
        self.doing
    }

    /// Where it is, if it has a worker.
    pub fn worker(&self) -> Option<WorkerId> {
        self.worker
    }

    /// Whether it keeps a slot: a blocked one is lent to others.
    pub fn works(&self) -> bool {
        self.doing.is_some_and(|doing| doing.is_busy() && !doing.is_blocked())
    }

    /// Changes, and returns the phase that ended by it.
    pub fn follow(&mut self, at: Instant, change: Change) -> Option<Phase> {
        let (next, ending) = match change {
            Change::Calls(in_wait) => {
                self.in_wait = in_wait;
                return None;
            }
            Change::Returns if !self.doing.is_some_and(Doing::is_blocked) => return None,
            Change::Waits => (Some(Doing::WaitsForArguments), Ending::Next),
            Change::Queues if self.leased => (Some(Doing::WaitsForLease), Ending::Next),
            Change::Placed(_) if self.leased => (Some(Doing::Starting), Ending::Next),
            Change::Queues => (Some(Doing::WaitsForSlot), Ending::Next),
            Change::Placed(_) => (Some(Doing::Fetching), Ending::Next),
            Change::Turns(doing) => (Some(doing), Ending::Next),
            Change::Begins | Change::Returns => (Some(Doing::Running), Ending::Next),
            Change::Blocks if self.in_wait => (Some(Doing::InWait), Ending::Next),
            Change::Blocks => (Some(Doing::InGet), Ending::Next),
            Change::Ends(ending) => (None, ending),
        };
        let ended = self.phase(at, ending);
        let worker = match change {
            Change::Placed(worker) => Some(worker),
            Change::Waits | Change::Queues | Change::Ends(_) => None,
            Change::Turns(_) | Change::Begins | Change::Calls(_) => self.worker,
            Change::Blocks | Change::Returns => self.worker,
        };
        let begins = change == Change::Begins;
        *self = Life { since: at, doing: next, worker, begins, ..*self };
        ended
    }

    /// The run ends.
    pub fn cut(&mut self, at: Instant) -> Option<Phase> {
        self.follow(at, Change::Ends(Ending::Cut))
    }

    fn phase(&self, to: Instant, ending: Ending) -> Option<Phase> {
        let Life { since: from, worker, begins, .. } = *self;
        let seen = to > from || begins || ending == Ending::Failed;
        self.doing.filter(|_| seen).map(|doing| Phase { from, to, doing, worker, begins, ending })
    }
}
