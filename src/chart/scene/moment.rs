//! The instant that a scene shows: the state there, and the records that are told.

use crate::base::{NodeId, TaskId};
use crate::replay::{Beat, History};
use crate::state::{Event, State, TaskStatus};
use crate::trace::{Names, Record};

/// What a scene is made of.
pub(super) struct Moment<'h> {
    pub(super) history: &'h History,
    pub(super) names: &'h Names,
    /// The state after what is told.
    pub(super) state: &'h State,
    pub(super) step: usize,
    /// The stop's number, if the story stops here.
    pub(super) stop: Option<usize>,
    /// What is told; `None` before anything is.
    pub(super) beat: Option<Beat>,
    /// The records that are told.
    pub(super) told: &'h [Record],
    /// The index of the first of them.
    pub(super) from: usize,
}

impl<'h> Moment<'h> {
    /// The stop of that number, or the last record before `step`.
    pub(super) fn new(
        history: &'h History,
        state: &'h State,
        step: usize,
        stop: Option<usize>,
    ) -> Moment<'h> {
        let found = stop.and_then(|number| history.story().get(number)).copied();
        let (from, to, beat) = match found {
            Some(found) => (found.from as usize, found.step as usize, Some(found.beat)),
            None => {
                let from = step.saturating_sub(1).min(history.len());
                let told = history.records().get(from).filter(|_| step > 0);
                (from, step.min(history.len()), told.map(|record| beat_of(&record.event)))
            }
        };
        let told = &history.records()[from..to];
        let stop = stop.filter(|_| found.is_some());
        Moment { history, names: history.names(), state, step, stop, beat, told, from }
    }

    /// The told records of a kind.
    pub(super) fn all<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        self.told.iter().filter_map(|record| pick(&record.event)).collect()
    }

    /// The tasks that are placed in what is told.
    pub(super) fn placed(&self) -> Vec<TaskId> {
        self.all(|event| match event {
            Event::TaskPlaced { task, .. } => Some(*task),
            _ => None,
        })
    }

    /// The same tasks with the node whose scheduler placed each.
    pub(super) fn homes(&self) -> Vec<(TaskId, NodeId)> {
        let placed = self.placed();
        if placed.is_empty() {
            return Vec::new();
        }
        let before = self.history.state_at(self.from);
        let queued = |task: TaskId| match before.tasks.get(task).map(|row| row.status) {
            Some(TaskStatus::PendingNodeAssignment { home, .. }) => home,
            // It became ready in what is told, and queued where that record says.
            _ => self.ready_home(task),
        };
        placed.into_iter().map(|task| (task, queued(task))).collect()
    }

    fn ready_home(&self, task: TaskId) -> NodeId {
        let homes = self.all(|event| match event {
            Event::TaskReady { task: ready, home, .. } if *ready == task => Some(*home),
            _ => None,
        });
        homes.first().copied().unwrap_or(NodeId::new(0))
    }

    /// The tasks that end in what is told: their tokens are still where they ran.
    pub(super) fn finished(&self) -> Vec<TaskId> {
        self.all(|event| match event {
            Event::TaskFinished { task } => Some(*task),
            _ => None,
        })
    }

    /// The tasks that are submitted in what is told.
    pub(super) fn submitted(&self) -> Vec<TaskId> {
        self.all(|event| match event {
            Event::TaskSubmitted(spec) => Some(spec.id),
            _ => None,
        })
    }

    /// Whether it is the picture of the program alone.
    pub(super) fn is_program_alone(&self) -> bool {
        matches!(self.beat, None | Some(Beat::Program))
    }
}

/// What a record is about when it is told by itself.
fn beat_of(event: &Event) -> Beat {
    match event {
        Event::TaskSubmitted(_) => Beat::Submitted,
        Event::TaskPlaced { .. } => Beat::Placed,
        Event::TaskStarted { task } => Beat::Reads(*task),
        Event::TransferStarted { from, to, .. } if from == to => Beat::Told,
        Event::TransferStarted { .. } => Beat::Copies,
        Event::TransferFinished { .. } => Beat::Arrived,
        Event::ObjectCreated { .. } | Event::ObjectInlined { .. } | Event::TaskFinished { .. } => {
            Beat::Finished
        }
        Event::CallReturned { .. } => Beat::Returned,
        Event::LinePrinted(printed) => Beat::Turn(printed.caller),
        Event::CallBlocked { caller } => Beat::Turn(*caller),
        Event::CallMade(call) => Beat::Turn(call.caller),
        Event::WaitRefused(refusal) => Beat::Turn(refusal.caller),
        Event::ObjectPut { owner, .. } => Beat::Turn(*owner),
        Event::InputLoaded { .. }
        | Event::ResourceNamed { .. }
        | Event::TaskReady { .. }
        | Event::TaskStalled { .. }
        | Event::RoomFound { .. }
        | Event::TaskFailed { .. }
        | Event::TaskReturned { .. }
        | Event::TaskResubmitted { .. }
        | Event::ActorCreated { .. }
        | Event::ActorStarted { .. }
        | Event::ActorDied { .. }
        | Event::GroupCreated(_)
        | Event::GroupPlaced { .. }
        | Event::GroupRemoved { .. }
        | Event::ObjectFailed { .. }
        | Event::TransferCancelled { .. }
        | Event::CopyEvicted { .. }
        | Event::SpillStarted { .. }
        | Event::ObjectSpilled { .. }
        | Event::FallbackAllocated { .. }
        | Event::ReferenceReleased { .. }
        | Event::ReferenceAdded { .. }
        | Event::ItemPromised { .. }
        | Event::ObjectFreed { .. }
        | Event::ObjectLost { .. }
        | Event::Slept { .. }
        | Event::Lease { .. }
        | Event::WorkerStarting { .. }
        | Event::RayletKilled { .. }
        | Event::WorkerStarted { .. }
        | Event::WorkerDied { .. }
        | Event::NodeDied { .. }
        | Event::NodeAdded(_)
        | Event::RunEnded(_) => Beat::Told,
    }
}
