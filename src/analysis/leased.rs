//! Where a control plane decides: from a task's readiness to its worker. Its owner's queue, the request that brought
//! the worker, what raylets did with it, and what each wait was for.

use crate::analysis::explain::{PhaseKind, Teller};
use crate::analysis::words;
use crate::base::id::Id;
use crate::base::{Instant, LeaseId, NodeId, TaskId, WorkerId};
use crate::model::TaskKind;
use crate::replay::Entity;
use crate::state::{Event, LeaseEnd, LeaseStep, Return, Rule};
use crate::trace::{Record, lease_words};

/// A stretch in the life of a request, from one record of it to the next.
pub(super) struct Stretch {
    /// The raylet that has it.
    pub node: NodeId,
    /// The record that began it.
    pub index: usize,
    /// The record that ended it.
    pub next: usize,
    pub step: LeaseStep,
}

impl Teller<'_> {
    /// Whether leases bring the task its worker.
    pub(super) fn is_leased(&self) -> bool {
        let on = self.history.trace().header.parameters.control_plane;
        on && !matches!(self.spec.kind, TaskKind::ActorCall(_))
    }

    pub(super) fn records(&self) -> &[Record] {
        self.history.records()
    }

    /// Tells the wait from `from`, when the task was ready, to its placement by the record `index`.
    pub(super) fn tell_lease(&mut self, from: Instant, index: usize, worker: WorkerId, by: Rule) {
        let at = self.records()[index].at;
        let Some(held) = self.state.workers.get(worker).and_then(|row| row.lease.clone()) else {
            return self.span((from, at), PhaseKind::Slot, "waited for a worker".to_owned());
        };
        let (ahead, last) = self.ahead_in_queue(index);
        let mut first = last.map_or(from, |last| last.max(from));
        if by != Rule::LeaseReused && self.is_own_doing(held.lease, (from, first), index) {
            first = from;
        }
        if let Some(behind) = words_behind(ahead) {
            let text = format!("queued at its owner, {}: {behind}", self.owner());
            self.span((from, first), PhaseKind::Queue, text);
        }
        self.tell_refusals(index, held.lease);
        if by == Rule::LeaseReused {
            let text = format!(
                "waited {} for a worker: {} was at work{}; its lease was {} old",
                words::span(at.since(first)),
                self.worker_text(worker),
                self.task_before(worker, index).map_or(String::new(), |t| format!(" on {t}")),
                words::span(at.since(held.since))
            );
            return self.span((first, at), PhaseKind::Slot, text);
        }
        self.tell_request(held.lease, worker, first, index);
    }

    /// Whether its own request was busy with copies or a process for most of the time that others were before it.
    fn is_own_doing(&self, lease: LeaseId, (from, to): (Instant, Instant), index: usize) -> bool {
        let stretches = self.stretches(lease, index).into_iter();
        let busy = stretches.filter(|stretch| self.is_busy(stretch));
        let spans = busy.map(|stretch| {
            let began = self.records()[stretch.index].at.max(from);
            self.records()[stretch.next].at.min(to).since(began).as_nanos()
        });
        spans.sum::<u64>() > to.since(from).as_nanos() / 2
    }

    /// How many tasks of its kind got a worker while it was ready, and when the last of them did.
    fn ahead_in_queue(&self, index: usize) -> (usize, Option<Instant>) {
        if self.spec.kind != TaskKind::Normal {
            // The GCS asks for actors; they queue at nobody's.
            return (0, None);
        }
        let between = self.records().get(self.ready..index).unwrap_or(&[]);
        let placed = between.iter().filter(|record| match &record.event {
            Event::TaskPlaced { task, .. } => *task != self.task && self.is_same_key(*task),
            _ => false,
        });
        placed.fold((0, None), |(count, _), record| (count + 1, Some(record.at)))
    }

    /// Whether a task may use the same leases.
    pub(super) fn is_same_key(&self, task: TaskId) -> bool {
        let Some(other) = self.state.tasks.get(task).map(|row| &row.spec) else { return false };
        let near = other.function == self.spec.function && other.owner == self.spec.owner;
        near && self.state.scheduling_key(other) == self.state.scheduling_key(&self.spec)
    }

    /// Requests that were made when it was first in the queue, and that brought nobody a worker.
    fn tell_refusals(&mut self, index: usize, lease: LeaseId) {
        let own = self.history.records_of(Entity::Task(self.task)).to_vec();
        let waiting = self.ready..index;
        for made in own.into_iter().map(|made| made as usize).filter(|made| waiting.contains(made))
        {
            let Event::Lease { lease: other, step: LeaseStep::Requested { .. } } =
                self.records()[made].event
            else {
                continue;
            };
            let last = self.history.records_of_lease(other).iter().rev();
            let last = last.map(|record| *record as usize).find(|record| *record < index);
            let Some((ended, Event::Lease { step: LeaseStep::Ended(end), .. })) =
                last.map(|last| (last, self.records()[last].event.clone()))
            else {
                continue;
            };
            if other != lease && end != LeaseEnd::Cancelled {
                let before = self.history.state_at(ended);
                let step = LeaseStep::Ended(end);
                let text = lease_words::sentence(&before, other, &step, self.names);
                self.moment(self.records()[ended].at, text);
            }
        }
    }

    /// The request that brought the worker, as far as the task waited for it.
    fn tell_request(&mut self, lease: LeaseId, worker: WorkerId, first: Instant, index: usize) {
        let at = self.records()[index].at;
        let mut head = self.headline(worker, first, index);
        for stretch in self.stretches(lease, index) {
            let began = self.records()[stretch.index].at;
            let span = (began.max(first), self.records()[stretch.next].at.min(at));
            if let LeaseStep::Requested { .. } = stretch.step
                && began > first
            {
                let text = match self.spec.kind {
                    TaskKind::ActorCreation(_) => "the GCS serves one request after the other",
                    TaskKind::Normal | TaskKind::ActorCall(_) => "its owner had to ask for one",
                };
                self.span((first, began), PhaseKind::Lease, std::mem::take(&mut head) + text);
            }
            if span.0 >= span.1 {
                continue;
            }
            if self.tell_news(&stretch, span, &mut head)
                || self.tell_process(&stretch, span, &mut head)
            {
                continue;
            }
            let since = if began < first { format!(" since {began}") } else { String::new() };
            let (kind, text) = self.stretch_text(&stretch, &since);
            self.span(span, kind, std::mem::take(&mut head) + &text);
        }
    }

    /// `waited 59 ms for a new lease: the old one was 512 ms old and went back; `.
    fn headline(&self, worker: WorkerId, first: Instant, index: usize) -> String {
        let waited = words::span(self.records()[index].at.since(first));
        let of_worker = self.history.records_of(Entity::Worker(worker));
        let of_worker = of_worker.iter().map(|record| *record as usize);
        let returned = of_worker.filter(|record| (self.ready..index).contains(record)).rev();
        let mut returned = returned.filter_map(|record| match self.records()[record].event {
            Event::Lease { lease, step: LeaseStep::Returned { why, .. } } => Some((lease, why)),
            _ => None,
        });
        match returned.next() {
            Some((lease, Return::Expired { age_ms })) if self.was_of_key(lease) => format!(
                "waited {waited} for a new lease: the old one was {age_ms} ms old and went back; "
            ),
            _ => format!("waited {waited} for a lease; "),
        }
    }

    pub(super) fn was_of_key(&self, lease: LeaseId) -> bool {
        let first = self.history.records_of_lease(lease).first();
        match first.map(|record| &self.records()[*record as usize].event) {
            Some(Event::Lease { step: LeaseStep::Requested { task, .. }, .. }) => {
                self.is_same_key(*task)
            }
            _ => false,
        }
    }

    pub(super) fn stretches(&self, lease: LeaseId, index: usize) -> Vec<Stretch> {
        let records = self.history.records_of_lease(lease).iter().map(|record| *record as usize);
        let own: Vec<usize> = records.take_while(|record| *record < index).collect();
        let mut node = NodeId::from_index(0);
        let mut found = Vec::new();
        for (number, record) in own.iter().enumerate() {
            let Event::Lease { step, .. } = &self.records()[*record].event else { continue };
            match step {
                LeaseStep::Requested { node: asked, .. } => node = *asked,
                LeaseStep::Redirected { to, .. } => node = *to,
                LeaseStep::Granted { .. }
                | LeaseStep::Queued { .. }
                | LeaseStep::Ended(_)
                | LeaseStep::Returned { .. } => {}
            }
            let next = own.get(number + 1).copied().unwrap_or(index);
            found.push(Stretch { node, index: *record, next, step: *step });
        }
        found
    }

    fn stretch_text(&self, stretch: &Stretch, since: &str) -> (PhaseKind, String) {
        let node = self.names.node(stretch.node);
        match stretch.step {
            LeaseStep::Requested { task, .. } => {
                let whom = match self.spec.kind {
                    TaskKind::ActorCreation(_) => "the GCS".to_owned(),
                    TaskKind::Normal | TaskKind::ActorCall(_) => {
                        format!("its owner, {},", self.owner())
                    }
                };
                let first = match task == self.task {
                    true => String::new(),
                    false => format!(" when {} was first in the queue", self.names.task(task)),
                };
                self.under_way(stretch, format!("{whom} asked {node}{first}"))
            }
            LeaseStep::Redirected { to: _, age_ms, .. } => {
                let from = self.raylet_before(stretch.index);
                let view = match age_ms {
                    0 => "which had just said that it has room".to_owned(),
                    age => format!(
                        "which looked free from there, in a view {}",
                        lease_words::view_age(age)
                    ),
                };
                self.under_way(stretch, format!("{from} sent its owner on to {node}, {view}"))
            }
            LeaseStep::Queued { ghost } => self.queued_text(stretch, ghost, since),
            LeaseStep::Granted { .. } => {
                (PhaseKind::Lease, format!("{node} gave a worker, and its owner heard of it"))
            }
            LeaseStep::Ended(_) | LeaseStep::Returned { .. } => (PhaseKind::Lease, String::new()),
        }
    }

    /// The raylet that had a request before the record `index` of it.
    fn raylet_before(&self, index: usize) -> String {
        let Event::Lease { lease, .. } = self.records()[index].event else { return String::new() };
        let before = self.stretches(lease, index);
        before.last().map_or(String::new(), |found| self.names.node(found.node).into_owned())
    }

    pub(super) fn worker_text(&self, worker: WorkerId) -> String {
        let Some(row) = self.state.workers.get(worker) else { return "a worker".to_owned() };
        format!("worker {} on {}", row.number, self.names.node(row.node))
    }

    /// The task that left the worker last before the record `index`.
    pub(super) fn task_before(&self, worker: WorkerId, index: usize) -> Option<String> {
        let records = self.history.records_of(Entity::Worker(worker));
        let before = records.iter().rev().map(|record| *record as usize);
        before.filter(|record| *record < index).find_map(|record| {
            match &self.records()[record].event {
                Event::TaskFinished { task } | Event::TaskFailed { task, .. } => {
                    Some(self.names.task(*task))
                }
                _ => None,
            }
        })
    }

    pub(super) fn owner(&self) -> String {
        self.names.caller(self.spec.owner)
    }
}

fn words_behind(ahead: usize) -> Option<String> {
    match ahead {
        0 => None,
        1 => Some("1 task of its kind was before it".to_owned()),
        count => Some(format!("{count} tasks of its kind were before it")),
    }
}
