//! The realised critical path: from the end of a run back to its start, always along what was last.

use crate::analysis::lease_path::Leases;
use crate::base::id::Id;
use crate::base::{Instant, NodeId, ObjectId, Span, TaskId};
use crate::model::Caller;
use crate::state::{Event, LeaseStep};
use crate::trace::{Record, Trace};

/// What the time from the start to the end was spent on. The segments follow each other without a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RealisedPath {
    /// In the order of time.
    pub segments: Vec<Segment>,
}

/// A stretch of time of which one thing is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its start.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
    /// What went on.
    pub kind: SegmentKind,
    /// How the segment before it led to this one.
    pub link: Link,
}

/// What a segment is spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentKind {
    /// A task's body ran.
    Compute(TaskId),
    /// The driver computed or slept.
    Driver,
    /// An object was copied to a node.
    Transfer(ObjectId, NodeId),
    /// A task waited for room on a node, and nothing else is to blame.
    Slot(TaskId),
    /// A task waited for a lease: its owner asked, and raylets decided.
    Lease(TaskId),
    /// A task waited for a worker process that started.
    Process(TaskId),
    /// A task was on its way to its worker.
    Start(TaskId),
    /// A task waited to be tried again.
    Retry(TaskId),
    /// A task waited for room in a store.
    Store(TaskId),
    /// A call waited, until its time was over or for ever.
    Call(Caller),
    /// Nothing in the trace led to it: a fault from outside.
    Outside,
}

impl SegmentKind {
    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            SegmentKind::Compute(_) => "compute",
            SegmentKind::Driver => "driver",
            SegmentKind::Transfer(..) => "transfer",
            SegmentKind::Slot(_) => "slot",
            SegmentKind::Lease(_) => "lease",
            SegmentKind::Process(_) => "process",
            SegmentKind::Start(_) => "start",
            SegmentKind::Retry(_) => "retry",
            SegmentKind::Store(_) => "store",
            SegmentKind::Call(_) => "call",
            SegmentKind::Outside => "outside",
        }
    }
}

/// All words of [`SegmentKind::word`].
pub const WORDS: [&str; 11] = [
    "compute", "driver", "transfer", "slot", "lease", "process", "start", "retry", "store", "call",
    "outside",
];

/// How one segment leads to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// It simply goes on, or it is the first.
    Next,
    /// The one before made what this one reads.
    Data,
    /// The one before held the room that this one needed.
    Room,
    /// The one before submitted this one.
    Submission,
    /// The one before failed, and this is the next attempt.
    Retry,
}

impl RealisedPath {
    /// The path of `trace`.
    pub fn of(trace: &Trace) -> RealisedPath {
        let records = &trace.records;
        let before = Before::of(records);
        let mut waits = TaskId::from_index(0);
        let mut segments: Vec<Segment> = Vec::new();
        let Some(mut now) = records.len().checked_sub(1) else { return RealisedPath::default() };
        loop {
            if let Event::TaskPlaced { task, .. } = &records[now].event {
                waits = *task;
            }
            let (earlier, kind) = step_back(records, &before, now, waits);
            let from = earlier.map_or(Instant::ZERO, |index| records[index].at);
            if from < records[now].at {
                push(&mut segments, Segment { from, to: records[now].at, kind, link: Link::Next });
            }
            let Some(earlier) = earlier else { break };
            let link = link_between(&records[earlier].event, &records[now].event);
            if let (Some(last), true) = (segments.last_mut(), link != Link::Next)
                && last.link == Link::Next
            {
                last.link = link;
            }
            now = earlier;
        }
        segments.reverse();
        RealisedPath { segments }
    }

    /// How much of the time went to each kind, by [`WORDS`].
    pub fn shares(&self) -> [(&'static str, Span); 11] {
        WORDS.map(|word| {
            let same = self.segments.iter().filter(|segment| segment.kind.word() == word);
            (word, same.fold(Span::ZERO, |sum, segment| sum + segment.to.since(segment.from)))
        })
    }
}

/// Adds an earlier segment; two of the same thing become one.
fn push(segments: &mut Vec<Segment>, earlier: Segment) {
    match segments.last_mut() {
        Some(last) if last.kind == earlier.kind && last.link == Link::Next => {
            last.from = earlier.from
        }
        _ => segments.push(earlier),
    }
}

/// The record before, in the same process, for every record that is a process's doing; for the placement of a task
/// the record that made it ready.
struct Before {
    of_process: Vec<u32>,
    makers: Vec<Option<TaskId>>,
    leases: Leases,
}

impl Before {
    fn of(records: &[Record]) -> Before {
        let mut driver = Record::NO_CAUSE;
        let mut tasks: Vec<u32> = Vec::new();
        let mut ready: Vec<u32> = Vec::new();
        let mut before = Before {
            of_process: Vec::with_capacity(records.len()),
            makers: Vec::new(),
            leases: Leases::default(),
        };
        for (index, record) in records.iter().enumerate() {
            let number = index as u32;
            if let Some(earlier) = before.leases.follow(records, index) {
                before.of_process.push(earlier);
                continue;
            }
            match &record.event {
                Event::TaskSubmitted(spec) => {
                    tasks.push(Record::NO_CAUSE);
                    ready.push(Record::NO_CAUSE);
                    before.makers.extend(spec.returns.iter().map(|_| Some(spec.id)));
                }
                Event::TaskReady { task, .. } => ready[task.index()] = number,
                Event::TaskPlaced { task, .. } => {
                    before.of_process.push(ready[task.index()]);
                    continue;
                }
                Event::ObjectPut { .. } | Event::GroupCreated(_) => before.makers.push(None),
                Event::ItemPromised { task, object } if object.index() == before.makers.len() => {
                    before.makers.push(Some(*task));
                }
                Event::InputLoaded { object, .. } if object.index() == before.makers.len() => {
                    before.makers.push(None);
                }
                _ => {}
            }
            let caller = doer(&record.event, &before.makers);
            let slot = match caller {
                Some(Caller::Driver) => Some(&mut driver),
                Some(Caller::Task(task)) => tasks.get_mut(task.index()),
                None => None,
            };
            let earlier = slot.map_or(Record::NO_CAUSE, |slot| std::mem::replace(slot, number));
            before.of_process.push(earlier);
        }
        before
    }

    fn get(&self, index: usize) -> Option<usize> {
        let earlier = self.of_process[index];
        (earlier != Record::NO_CAUSE).then_some(earlier as usize)
    }
}

/// Whose doing an event is.
fn doer(event: &Event, makers: &[Option<TaskId>]) -> Option<Caller> {
    match event {
        Event::TaskSubmitted(spec) => Some(spec.owner),
        Event::GroupCreated(spec) => Some(spec.owner),
        Event::CallMade(call) => Some(call.caller),
        Event::CallBlocked { caller }
        | Event::CallReturned { caller, .. }
        | Event::Slept { caller, .. }
        | Event::ObjectPut { owner: caller, .. } => Some(*caller),
        Event::WaitRefused(refusal) => Some(refusal.caller),
        Event::LinePrinted(printed) => Some(printed.caller),
        Event::ObjectInlined { object, .. } => {
            makers.get(object.index()).copied().flatten().map(Caller::Task)
        }
        Event::TaskStarted { task }
        | Event::TaskStalled { task, .. }
        | Event::TaskFinished { task }
        | Event::TaskFailed { task, .. } => Some(Caller::Task(*task)),
        Event::ObjectCreated { object, .. } => {
            makers.get(object.index()).copied().flatten().map(Caller::Task)
        }
        Event::RunEnded(_) => Some(Caller::Driver),
        _ => None,
    }
}

/// The record that this one had to wait for last, and what the time between was spent on.
fn step_back(
    records: &[Record],
    before: &Before,
    now: usize,
    waits: TaskId,
) -> (Option<usize>, SegmentKind) {
    let record = &records[now];
    let cause = record.cause().filter(|cause| *cause < now);
    let process = before.get(now);
    // A process goes on after its own last doing, or after what it was waiting for.
    let last = process.max(cause);
    match &record.event {
        Event::TaskPlaced { task, .. } if before.leases.was_leased(now) => {
            (process, SegmentKind::Lease(*task))
        }
        Event::Lease { .. } => (process, before.leases.kind(records, now, process, waits)),
        Event::TaskPlaced { task, .. } => {
            // Who did not wait for room owes nothing to whoever gave room back at that instant.
            let waited = process.is_none_or(|ready| records[ready].at < record.at);
            (if waited { last } else { process }, SegmentKind::Slot(*task))
        }
        Event::TaskStarted { task } if is_placed(records, cause) => {
            (cause, SegmentKind::Start(*task))
        }
        Event::TaskStarted { task } => (cause, SegmentKind::Store(*task)),
        Event::TaskResubmitted { task, .. } => (cause, SegmentKind::Retry(*task)),
        Event::TransferStarted { .. } if is_lease(records, cause) => {
            (cause, SegmentKind::Lease(waits))
        }
        Event::TransferFinished { .. } => (cause, transfer(records, cause)),
        Event::CallReturned { caller, .. } => (last, SegmentKind::Call(*caller)),
        event => match doer(event, &before.makers) {
            Some(Caller::Driver) if waits_in_call(records, last) => {
                (last, SegmentKind::Call(Caller::Driver))
            }
            Some(Caller::Driver) => (last, SegmentKind::Driver),
            Some(Caller::Task(task)) if is_stalled(records, last) => {
                (last, SegmentKind::Store(task))
            }
            Some(Caller::Task(task)) => (last, SegmentKind::Compute(task)),
            None => (cause, SegmentKind::Outside),
        },
    }
}

fn is_lease(records: &[Record], index: Option<usize>) -> bool {
    index.is_some_and(|index| matches!(records[index].event, Event::Lease { .. }))
}

fn is_placed(records: &[Record], index: Option<usize>) -> bool {
    index.is_some_and(|index| matches!(records[index].event, Event::TaskPlaced { .. }))
}

fn is_stalled(records: &[Record], index: Option<usize>) -> bool {
    index.is_some_and(|index| matches!(records[index].event, Event::TaskStalled { .. }))
}

fn waits_in_call(records: &[Record], index: Option<usize>) -> bool {
    let event = index.map(|index| &records[index].event);
    matches!(event, Some(Event::CallMade(_) | Event::CallBlocked { .. }))
}

fn transfer(records: &[Record], cause: Option<usize>) -> SegmentKind {
    match cause.map(|cause| &records[cause].event) {
        Some(Event::TransferStarted { object, to, .. }) => SegmentKind::Transfer(*object, *to),
        _ => SegmentKind::Outside,
    }
}

fn link_between(earlier: &Event, later: &Event) -> Link {
    match (earlier, later) {
        (Event::TaskReady { .. } | Event::TaskSubmitted(_), Event::TaskPlaced { .. }) => Link::Next,
        (Event::Lease { .. }, Event::TaskPlaced { .. }) => Link::Next,
        (_, Event::TaskPlaced { .. } | Event::Lease { step: LeaseStep::Returned { .. }, .. }) => {
            Link::Room
        }
        (Event::TaskSubmitted(_), Event::TaskReady { .. }) => Link::Submission,
        (Event::TaskResubmitted { .. }, Event::TaskReady { .. })
        | (_, Event::TaskResubmitted { .. }) => Link::Retry,
        (_, Event::TaskReady { .. } | Event::CallReturned { .. }) => Link::Data,
        _ => Link::Next,
    }
}
