//! Leases on the realised critical path: from a worker back to its request, to the worker that came back, and to the
//! task that had left it.

use crate::analysis::path::SegmentKind;
use crate::base::id::Id;
use crate::base::{LeaseId, NodeId, TaskId, WorkerId};
use crate::state::{Event, LeaseStep, Rule};
use crate::trace::Record;
use std::collections::BTreeMap;

/// What the walk back needs to know of leases; empty where there are none.
#[derive(Default)]
pub(super) struct Leases {
    /// The last record of each request, and the raylet that has it.
    steps: BTreeMap<LeaseId, (u32, NodeId)>,
    /// The last grant of each worker, and the last task that left it.
    granted: BTreeMap<WorkerId, u32>,
    left: BTreeMap<WorkerId, u32>,
    /// The worker of each task.
    workers: BTreeMap<TaskId, WorkerId>,
    /// The last worker that came back to each node.
    returned: BTreeMap<NodeId, u32>,
    nodes: BTreeMap<WorkerId, NodeId>,
    /// Placements by a lease that was new, ascending.
    new: Vec<u32>,
    on: bool,
}

impl Leases {
    /// Follows a record; gives the one before it on the path, if leases decide that.
    pub fn follow(&mut self, records: &[Record], index: usize) -> Option<u32> {
        match &records[index].event {
            Event::Lease { lease, step } => Some(self.step(records, index, *lease, step)),
            Event::TaskPlaced { task, worker, choice } if self.on => {
                self.workers.insert(*task, *worker);
                let granted = *self.granted.get(worker)?;
                (!matches!(choice.rule, Rule::LeaseReused | Rule::ActorHome)).then(|| {
                    self.new.push(index as u32);
                    granted
                })
            }
            Event::TaskFinished { task } | Event::TaskFailed { task, .. } if self.on => {
                if let Some(worker) = self.workers.get(task) {
                    self.left.insert(*worker, index as u32);
                }
                None
            }
            _ => None,
        }
    }

    fn step(&mut self, records: &[Record], index: usize, lease: LeaseId, step: &LeaseStep) -> u32 {
        self.on = true;
        let number = index as u32;
        let last = self.steps.get(&lease).copied();
        let cause = records[index].cause;
        let earlier = last.map_or(cause, |(last, _)| last);
        match step {
            LeaseStep::Requested { node, .. } => {
                self.steps.insert(lease, (number, *node));
                // Asked when another task got its worker, or an answer came: that is what it waited for.
                let now =
                    index.checked_sub(1).filter(|last| records[*last].at == records[index].at);
                now.map_or(cause, |last| last as u32)
            }
            LeaseStep::Queued { .. } => {
                self.steps.insert(lease, (number, last.map_or(NodeId::from_index(0), |l| l.1)));
                earlier
            }
            LeaseStep::Redirected { to, .. } => {
                self.steps.insert(lease, (number, *to));
                // A request that waited goes on when the raylet hears of room.
                let room = self.returned.get(to).copied().unwrap_or(0);
                if room > earlier && was_queued(records, earlier) { room } else { earlier }
            }
            LeaseStep::Granted { worker } => {
                let node = last.map_or(NodeId::from_index(0), |(_, node)| node);
                self.nodes.insert(*worker, node);
                self.granted.insert(*worker, number);
                self.steps.remove(&lease);
                if was_copied(records, index) {
                    return cause;
                }
                let room = self.returned.get(&node).copied().unwrap_or(0);
                if room > earlier && was_queued(records, earlier) { room } else { earlier }
            }
            LeaseStep::Ended(_) => {
                self.steps.remove(&lease);
                earlier
            }
            LeaseStep::Returned { worker, .. } => {
                if let Some(node) = self.nodes.get(worker) {
                    self.returned.insert(*node, number);
                }
                self.left.get(worker).copied().unwrap_or(cause)
            }
        }
    }

    /// Whether the record places a task by a lease that was new.
    pub fn was_leased(&self, index: usize) -> bool {
        self.new.binary_search(&(index as u32)).is_ok()
    }

    /// What the time before a lease's record was spent on.
    pub fn kind(
        &self,
        records: &[Record],
        now: usize,
        earlier: Option<usize>,
        task: TaskId,
    ) -> SegmentKind {
        let grants =
            matches!(records[now].event, Event::Lease { step: LeaseStep::Granted { .. }, .. });
        let started = now.checked_sub(1).is_some_and(|last| {
            records[last].at == records[now].at
                && matches!(records[last].event, Event::WorkerStarted { .. })
        });
        let queued = earlier.is_some_and(|earlier| {
            let full = LeaseStep::Queued { ghost: None };
            matches!(&records[earlier].event, Event::Lease { step, .. } if *step == full)
        });
        match (grants && started, queued) {
            (true, _) => SegmentKind::Process(task),
            (false, true) => SegmentKind::Slot(task),
            (false, false) => SegmentKind::Lease(task),
        }
    }
}

fn was_queued(records: &[Record], index: u32) -> bool {
    records.get(index as usize).is_some_and(|record| {
        matches!(record.event, Event::Lease { step: LeaseStep::Queued { .. }, .. })
    })
}

/// Whether a request was granted because its arguments had come.
fn was_copied(records: &[Record], index: usize) -> bool {
    let cause = records[index].cause().and_then(|cause| records.get(cause));
    cause.is_some_and(|cause| {
        cause.at == records[index].at && matches!(cause.event, Event::TransferFinished { .. })
    })
}
