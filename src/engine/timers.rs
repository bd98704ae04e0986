//! What will happen, in order: by time, and at one time in the order in which it was planned.

use crate::base::{GroupId, Instant, NodeId, TaskId, TransferId, WorkerId};
use crate::model::Caller;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something that is due at a time. Each carries what tells whether it is still meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Timer {
    /// The body has computed for its time, in that turn of the task.
    BodyDone { task: TaskId, turn: u32 },
    /// The process has slept or computed; `nap` counts its naps.
    NapOver { caller: Caller, nap: u64 },
    /// That call's timeout.
    CallTimeout { caller: Caller, call: u32 },
    /// The last byte of a transfer left, as far as was known.
    FlowDrained { transfer: TransferId, use_number: u32 },
    /// The last byte of a transfer arrived.
    FlowArrived { transfer: TransferId, use_number: u32 },
    /// The message in that slot arrives.
    Message(u32),
    /// The node's beat: it says what it has.
    Report(NodeId),
    /// The others have heard nothing of the node for long.
    Refresh(NodeId),
    /// A worker process is up.
    WorkerUp(NodeId),
    /// Idle workers of the node may be stopped.
    IdleCheck(NodeId),
    /// The task is tried again, if it is still that turn.
    Retry { task: TaskId, turn: u32 },
    /// The raylet sees that the worker is dead on which the task ran, in that turn of it.
    WorkerLost { task: TaskId, turn: u32 },
    /// A worker sees that its raylet is gone.
    WorkerGone(WorkerId),
    /// The GCS gives the node up.
    NodeLost(NodeId),
    /// The GCS can place the group.
    GroupDue(GroupId),
    /// The removal of the group reaches its raylets.
    GroupGone(GroupId),
    /// The GCS tries groups again that found no room.
    GroupTick,
    /// The batch that began with that record is on the node's disk.
    SpillDone { node: NodeId, batch: u32 },
    /// An IO worker of the node has restored what began with that record.
    RestoreDone { node: NodeId, transfer: TransferId, record: u32 },
    /// Nothing made room in the store for a whole grace period.
    GraceOver { node: NodeId, grace: u32 },
    /// The fault with that number.
    Fault(u32),
}

/// The queue of timers.
#[derive(Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(Instant, u64, Timer)>>,
    planned: u64,
}

impl Timers {
    /// Plans `timer` for `at`.
    pub fn plan(&mut self, at: Instant, timer: Timer) {
        self.heap.push(Reverse((at, self.planned, timer)));
        self.planned += 1;
    }

    /// When the next one is due.
    pub fn next_at(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _, _))| *at)
    }

    /// The next one, if it is due at `now`.
    pub fn pop_due(&mut self, now: Instant) -> Option<Timer> {
        if self.next_at()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse((_, _, timer))| timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_keep_the_order_of_planning() {
        let mut timers = Timers::default();
        let at = Instant::from_nanos(5);
        timers.plan(at, Timer::Fault(2));
        timers.plan(Instant::from_nanos(9), Timer::Fault(3));
        timers.plan(at, Timer::Fault(1));
        assert_eq!(timers.next_at(), Some(at));
        assert_eq!(timers.pop_due(at), Some(Timer::Fault(2)));
        assert_eq!(timers.pop_due(at), Some(Timer::Fault(1)));
        assert_eq!(timers.pop_due(at), None);
    }
}
