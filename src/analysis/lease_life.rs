//! A leased task's life besides its wait for a worker: what it waits for at the moment, its way to the worker, its
//! reply, and the wait before it is tried again.

use crate::analysis::explain::{Phase, PhaseKind, Teller};
use crate::analysis::words;
use crate::base::units::show_bytes;
use crate::base::{Instant, NodeId, WorkerId};
use crate::model::{Caller, TaskKind, Work};
use crate::replay::Entity;
use crate::state::{CopyKind, Event, LeaseRow, TaskStatus};
use crate::trace::Names;

impl Teller<'_> {
    /// What a task without a worker waits for as things stand.
    pub(super) fn lease_open_text(&self) -> String {
        if let TaskKind::ActorCreation(_) = self.spec.kind {
            return match self.requests().first() {
                None => "waits for the GCS, which serves one request after the other".to_owned(),
                Some(row) => format!("waits for a process on {}", self.names.node(row.node)),
            };
        }
        let since = self.state.tasks[self.task].since;
        let ahead = self.state.tasks.enumerate().filter(|(id, row)| {
            let queued = matches!(row.status, TaskStatus::PendingNodeAssignment { .. });
            queued && (row.since, *id) < (since, self.task) && self.is_same_key(*id)
        });
        let place = match ahead.count() {
            0 => "waits for a lease, first in its owner's queue".to_owned(),
            1 => "waits in its owner's queue: 1 task of its kind is before it".to_owned(),
            count => format!("waits in its owner's queue: {count} tasks of its kind are before it"),
        };
        if let Some(text) = self.killed_argument() {
            return format!("{place}; {text}");
        }
        let rows = self.requests();
        let list = Names::list(3, rows.len(), |n| self.request_state(rows[n]));
        match rows.len() {
            0 => format!("{place}; no request for it is out"),
            1 => format!("{place}; one request is out, {list}"),
            count => format!("{place}; {count} requests are out: {list}"),
        }
    }

    /// Requests that may bring it a worker.
    fn requests(&self) -> Vec<&LeaseRow> {
        self.state.leases.values().filter(|row| self.is_same_key(row.task)).collect()
    }

    fn request_state(&self, row: &LeaseRow) -> String {
        let node = self.names.node(row.node);
        let demand = &self.spec.shape.demand;
        match (row.queued, self.state.ledger.is_available(row.node, demand)) {
            (true, _) => format!("one waits at {node} since {}", row.since),
            (false, true) if self.state.nodes[row.node].starting > 0 => {
                format!("one waits for a worker process of {node}, which is starting")
            }
            (false, _) => format!("one is at {node} since {}", row.since),
        }
    }

    /// An argument whose only copies are on nodes that are dead, which nobody knows.
    fn killed_argument(&self) -> Option<String> {
        for arg in &self.spec.args {
            let row = self.state.objects.get(*arg)?;
            let stored = row.copies.iter().filter(|copy| copy.kind != CopyKind::Secondary);
            let mut nodes = stored.map(|copy| copy.node);
            if let Some(node) = nodes.find(|node| !self.state.nodes[*node].raylet) {
                let (arg, node) = (self.names.object(*arg), self.names.node(node));
                return Some(format!(
                    "{arg} is on {node}, whose raylet was killed: nobody knows before the GCS's health check"
                ));
            }
        }
        None
    }

    /// Its way from the owner to the body, unless copies tell it.
    pub(super) fn start_or_copies(&mut self) -> String {
        let on = self.history.trace().header.parameters.control_plane;
        let worker = self.state.tasks[self.task].status.worker();
        if let (true, Some((PhaseKind::Copies, from)), Some(worker)) = (on, self.open, worker)
            && !self.phases.iter().any(|p| p.kind == PhaseKind::Copies && p.from >= from)
        {
            self.open = Some((PhaseKind::Start, from));
            return self.start_text(worker);
        }
        self.open_text()
    }

    fn start_text(&self, worker: WorkerId) -> String {
        if let TaskKind::ActorCall(_) = self.spec.kind {
            return "its owner sent it to the actor".to_owned();
        }
        let row = &self.state.workers[worker];
        let name = format!("worker {} on {}", row.number, self.names.node(row.node));
        match self.spec.kind {
            TaskKind::ActorCreation(_) => format!("its owner sent it to {name}, a new process"),
            _ if self.is_first_there(worker) => {
                format!("its owner sent it to {name}, which imported {} first", self.spec.function)
            }
            _ => format!("its owner sent it to {name}"),
        }
    }

    /// Whether the worker never had its function before.
    fn is_first_there(&self, worker: WorkerId) -> bool {
        let records = self.history.records_of(Entity::Worker(worker)).iter();
        let before = records.map(|record| *record as usize).take_while(|r| *r < self.step());
        let mut same = before.filter_map(|record| match &self.records()[record].event {
            Event::TaskStarted { task } => self.state.tasks.get(*task),
            _ => None,
        });
        !same.any(|row| row.spec.function == self.spec.function)
    }

    /// Splits the end of a run: the body, and its reply's way to the owner.
    pub(super) fn end_running(&mut self, at: Instant) {
        let text = self.open_text();
        let Some((PhaseKind::Running, from)) = self.open else { return self.end(at, text) };
        let Some(done) = self.body_end(from).filter(|done| *done < at && *done >= from) else {
            return self.end(at, text);
        };
        self.end(done, text);
        let parameters = &self.history.trace().header.parameters;
        let woke = match done.since(from) > parameters.idle_after {
            true => format!(
                "; its processes had been idle for more than {} and had to wake up",
                parameters.idle_after
            ),
            false => String::new(),
        };
        let returns = self.spec.return_ids();
        let rows = returns.filter_map(|object| self.state.objects.get(object));
        let stored: u64 = rows.filter(|row| !row.inline).map(|row| row.size).sum();
        let wrote = match (stored, self.node()) {
            (0, _) | (_, None) => String::new(),
            (bytes, Some(node)) => {
                format!(
                    "{} went to the store of {}, and ",
                    show_bytes(bytes),
                    self.names.node(node)
                )
            }
        };
        let text = format!("{wrote}its reply reached {}{woke}", self.owner());
        self.span((done, at), PhaseKind::Reply, text);
    }

    /// When its body ended, if the records say so.
    fn body_end(&self, from: Instant) -> Option<Instant> {
        match &self.spec.work {
            Work::Compute(span) => Some(from + *span),
            Work::ComputeOn(_) => None,
            Work::Program => {
                let own = self.history.records_of(Entity::Task(self.task)).iter();
                let before = own.map(|record| *record as usize).take_while(|r| *r < self.step());
                let last = before.last()?;
                match &self.records()[last].event {
                    Event::Slept { caller: Caller::Task(_), until, .. } => Some(*until),
                    _ => None,
                }
            }
        }
    }

    /// The time between a failure and the next try.
    pub(super) fn tell_retry(&mut self, at: Instant) {
        let failed = match self.phases.iter().rev().find(|p| p.kind == PhaseKind::Moment) {
            Some(Phase { from, text, .. }) if text.starts_with("failed") => *from,
            _ => return,
        };
        let beat = self.history.trace().header.parameters.core_worker_internal_heartbeat_ms;
        let text = format!(
            "waited {} for its owner's beat: failed tasks are tried again every {beat}",
            words::span(at.since(failed))
        );
        self.span((failed, at), PhaseKind::Retry, text);
    }

    /// How long nobody knew that what it made was lost.
    pub(super) fn noticed_text(&self, index: usize) -> String {
        let at = self.records()[index].at;
        let now = self.records()[..index].iter().rev().take_while(|record| record.at == at);
        let mut died = now.filter_map(|record| match record.event {
            Event::NodeDied { node } => Some(node),
            _ => None,
        });
        let told = |node: NodeId| {
            let killed = self.killed_at(node, at)?;
            let node = self.names.node(node);
            Some(format!(" with {node}: the GCS's health check took {}", at.since(killed)))
        };
        died.next().and_then(told).unwrap_or_default()
    }

    /// When the raylet of a node that died at `died` was killed, if that was earlier.
    pub(super) fn killed_at(&self, node: NodeId, died: Instant) -> Option<Instant> {
        let records = self.history.records_of(Entity::Node(node)).iter();
        let mut records = records.map(|record| &self.records()[*record as usize]);
        let killed = records.find(|r| matches!(r.event, Event::RayletKilled { .. }))?;
        (killed.at < died).then_some(killed.at)
    }
}
