//! The sentences of an explanation: who or what a task waited for, with a number.

use crate::analysis::explain::{PhaseKind, Teller};
use crate::analysis::words;
use crate::base::units::show_bytes;
use crate::base::{Instant, NodeId, ObjectId, Span};
use crate::model::{Caller, TaskKind};
use crate::policy::{Verdict, candidates};
use crate::state::{Creator, Event, TaskStatus};
use crate::trace::{Names, Record};

impl Teller<'_> {
    pub(super) fn open_text(&self) -> String {
        let Some((kind, from)) = self.open else { return String::new() };
        match kind {
            PhaseKind::Arguments => self.arguments_text(false),
            PhaseKind::Slot if self.is_leased() => self.lease_open_text(),
            PhaseKind::Slot => self.slot_text(from, None),
            PhaseKind::Copies => "its arguments were being copied to its node".to_owned(),
            PhaseKind::Store => self.seen_waiting.clone().unwrap_or_default(),
            PhaseKind::Running => match self.node() {
                Some(node) => format!("ran on {}", self.names.node(node)),
                None => "ran".to_owned(),
            },
            PhaseKind::Blocked => self.blocked_text(),
            PhaseKind::Moment
            | PhaseKind::Queue
            | PhaseKind::Lease
            | PhaseKind::Process
            | PhaseKind::Start
            | PhaseKind::Reply
            | PhaseKind::Retry => String::new(),
        }
    }

    /// Who made it wait for its arguments: the one that came last, or those that have not come.
    pub(super) fn arguments_text(&self, all_came: bool) -> String {
        let Some((last, at)) = self.arrived.last().filter(|_| all_came) else {
            let row = &self.state.tasks[self.task];
            let missing =
                row.spec.args.iter().filter(|arg| !self.state.objects[**arg].is_available());
            let mut missing: Vec<ObjectId> = missing.copied().collect();
            missing.sort_unstable();
            missing.dedup();
            let list = Names::list(3, missing.len(), |n| self.maker_and_state(missing[n]));
            return format!("waits for its arguments: {list}");
        };
        let maker = self.maker(*last);
        let others = match self.arrived.len() {
            1 => String::new(),
            count => format!(", the last of {count}"),
        };
        format!("waited for its arguments: {maker} finished at {at}{others}")
    }

    pub(super) fn maker(&self, object: ObjectId) -> String {
        match self.names.maker(&self.state, object) {
            Some(task) => self.names.task(task),
            None => self.names.object(object),
        }
    }

    pub(super) fn maker_and_state(&self, object: ObjectId) -> String {
        match self.state.objects[object].creator {
            Creator::Task(task) => {
                format!("{} ({})", self.names.task(task), self.state.tasks[task].status.ray_name())
            }
            Creator::Put(_) | Creator::Group(_) | Creator::Input => self.names.object(object),
        }
    }

    /// Looks once at the nodes and at the queue, when all of the instant at which it became ready has happened.
    pub(super) fn look_at_queue(&mut self) {
        let Some((PhaseKind::Slot, since)) = self.open else { return };
        if self.seen_waiting.is_some() || self.is_leased() {
            return;
        }
        self.seek_after(since);
        let spec = &self.state.tasks[self.task].spec;
        if let TaskKind::ActorCall(_) = spec.kind {
            self.seen_waiting = Some("its actor was busy with other calls".to_owned());
            return;
        }
        let demand = words::demand(&self.state, &spec.shape.demand);
        let all = candidates(&self.state, &self.history.trace().header.parameters, self.task);
        let able = all.iter().filter(|row| {
            !matches!(row.verdict, Verdict::Dead | Verdict::Infeasible { .. } | Verdict::NotAsked)
        });
        let able: Vec<_> = able.collect();
        let full = able.iter().filter(|row| matches!(row.verdict, Verdict::Busy { .. })).count();
        let ahead = self.state.tasks.enumerate().filter(|(id, row)| {
            let queued = matches!(row.status, TaskStatus::PendingNodeAssignment { .. });
            queued && row.spec.shape.id == spec.shape.id && (row.since, *id) < (since, self.task)
        });
        let ahead = match ahead.count() {
            0 => String::new(),
            1 => ", and 1 task was ahead of it".to_owned(),
            count => format!(", and {count} tasks were ahead of it"),
        };
        self.seen_waiting = Some(match (able.len(), full) {
            (0, _) => format!("no node can ever hold it: it asks for {demand}"),
            (1, 1) => {
                format!(
                    "{}, the only node that can hold {demand}, was full{ahead}",
                    self.names.node(able[0].node)
                )
            }
            (all, full) if all == full => {
                format!("all {all} nodes that can hold {demand} were full{ahead}")
            }
            (all, full) => format!("{full} of {all} nodes that can hold {demand} were full{ahead}"),
        });
    }

    /// Why it waited for a slot, and what ended that.
    pub(super) fn slot_text(&self, at: Instant, placed: Option<(usize, &Record)>) -> String {
        let seen = self.seen_waiting.clone().unwrap_or_default();
        let waits = if placed.is_some() { "waited" } else { "waits" };
        let mut text = format!("{waits} for a slot: {seen}");
        if let Some(cause) = placed.and_then(|(_, record)| record.cause())
            && cause > self.ready
        {
            let freed = match &self.history.records()[cause].event {
                Event::TaskFinished { task } | Event::TaskFailed { task, .. } => {
                    let place = self.state.task_node(*task);
                    let place =
                        place.map_or(String::new(), |n| format!(" on {}", self.names.node(n)));
                    Some(format!("{} ended{place}", self.names.task(*task)))
                }
                Event::CallMade(call) => {
                    Some(format!("{} lent its CPU while it waited", self.names.caller(call.caller)))
                }
                Event::NodeAdded(node) => Some(format!("{} joined", node.name)),
                _ => None,
            };
            if let Some(freed) = freed {
                text.push_str(&format!("; {freed} at {at}"));
            }
        }
        text
    }

    pub(super) fn copy_text(
        &self,
        object: ObjectId,
        from: NodeId,
        to: NodeId,
        took: Span,
    ) -> String {
        format!(
            "copied {} ({}) from {} to {} in {took}",
            self.names.object(object),
            show_bytes(self.state.objects[object].size),
            self.names.node(from),
            self.names.node(to)
        )
    }

    pub(super) fn store_text(&self, bytes: u64) -> String {
        let bytes = show_bytes(bytes);
        let Some(node) = self.node() else {
            return format!("waited for {bytes} in the object store");
        };
        let row = &self.state.nodes[node];
        let used = show_bytes(row.store_used);
        let all = row.store_capacity.map_or("unlimited".to_owned(), show_bytes);
        format!(
            "waited for {bytes} in the object store of {}: {used} of {all} were used",
            self.names.node(node)
        )
    }

    pub(super) fn blocked_text(&self) -> String {
        let Some(call) = self.state.calls.get(&Caller::Task(self.task)) else {
            return "blocked in a call".to_owned();
        };
        let what = call.kind.name();
        let list = Names::list(3, call.refs.len(), |n| self.maker(call.refs[n]));
        let line = if call.line > 0 { format!(" (line {})", call.line) } else { String::new() };
        format!("blocked in {what}{line} for {list}; its CPU was lent to others")
    }
}
