//! Why a request waited at a raylet: copies, a process that starts, full nodes, nodes that only looked full, a death
//! that nobody had noticed.

use crate::analysis::explain::{PhaseKind, Teller};
use crate::analysis::leased::Stretch;
use crate::analysis::words;
use crate::base::{Instant, NodeId, ObjectId, WorkerId};
use crate::model::TaskKind;
use crate::replay::Entity;
use crate::state::{Event, Ghost, LeaseEnd, LeaseStep};
use crate::trace::{Names, lease_words};

impl Teller<'_> {
    /// What a raylet did before it answered: copies, a process, or nothing of note.
    pub(super) fn under_way(&self, stretch: &Stretch, asked: String) -> (PhaseKind, String) {
        let node = self.names.node(stretch.node);
        if let Some(text) = self.unnoticed_death(stretch) {
            return (PhaseKind::Lease, format!("{asked}; {text}"));
        }
        if self.process_started(stretch) {
            let text = match self.spec.kind {
                TaskKind::ActorCreation(_) => "an actor gets a process of its own, which started",
                TaskKind::Normal | TaskKind::ActorCall(_) => {
                    "there was room but no idle worker, so a worker process started"
                }
            };
            return (PhaseKind::Process, format!("{asked}: {text}"));
        }
        let copied = self.copied(stretch);
        if !copied.is_empty() {
            let list = Names::list(3, copied.len(), |n| self.names.object(copied[n]));
            let text = format!("{asked}, and {list} came to {node} before resources were taken");
            return (PhaseKind::Copies, text);
        }
        (PhaseKind::Lease, asked)
    }

    /// Whether the raylet was busy for the request: copies, or a process.
    pub(super) fn is_busy(&self, stretch: &Stretch) -> bool {
        let asked =
            matches!(stretch.step, LeaseStep::Requested { .. } | LeaseStep::Redirected { .. });
        asked && (self.process_started(stretch) || !self.copied(stretch).is_empty())
    }

    /// Whether the grant that ends the stretch had to wait for a process.
    fn process_started(&self, stretch: &Stretch) -> bool {
        let granted = &self.records()[stretch.next];
        let before = stretch.next.checked_sub(1).map(|index| &self.records()[index]);
        let grants = matches!(granted.event, Event::Lease { step: LeaseStep::Granted { .. }, .. });
        grants
            && before.is_some_and(|before| {
                before.at == granted.at
                    && matches!(before.event, Event::WorkerStarted { node } if node == stretch.node)
            })
    }

    /// Arguments that arrived on the node meanwhile.
    fn copied(&self, stretch: &Stretch) -> Vec<ObjectId> {
        let mut found = Vec::new();
        for arg in &self.spec.args {
            let records = self.history.records_of(Entity::Object(*arg));
            let during = records.iter().map(|record| *record as usize);
            let during = during.filter(|record| (stretch.index..stretch.next).contains(record));
            let arrives = |record: usize| match &self.records()[record].event {
                Event::TransferStarted { to, .. } => *to == stretch.node,
                _ => false,
            };
            if !found.contains(arg) && during.into_iter().any(arrives) {
                found.push(*arg);
            }
        }
        found
    }

    /// A node with an argument was dead all the time, and the GCS did not know.
    fn unnoticed_death(&self, stretch: &Stretch) -> Option<String> {
        let during = self.records().get(stretch.index..stretch.next)?;
        let (died, node) = during.iter().find_map(|record| match record.event {
            Event::NodeDied { node } => Some((record.at, node)),
            _ => None,
        })?;
        let killed = self.killed_at(node, died)?;
        let held = self.history.state_at(stretch.index);
        let arg =
            self.spec.args.iter().find(|arg| {
                held.objects.get(**arg).is_some_and(|row| row.copy_on(node).is_some())
            })?;
        Some(format!(
            "{} was on {}, whose raylet was killed at {killed}: the GCS noticed at {died}",
            self.names.object(*arg),
            self.names.node(node)
        ))
    }

    /// A request waits at a raylet although a worker came back elsewhere: the raylet has not heard of it.
    pub(super) fn tell_news(
        &mut self,
        stretch: &Stretch,
        (from, to): (Instant, Instant),
        head: &mut String,
    ) -> bool {
        let (LeaseStep::Queued { ghost }, Some((came, node, worker))) =
            (stretch.step, self.room_came(stretch))
        else {
            return false;
        };
        let (at, other) = (self.names.node(stretch.node), self.names.node(node));
        let period = &self.history.trace().header.parameters;
        let period = period.raylet_report_resources_period_milliseconds;
        let text = format!(
            "{other} had room since {came}, when {} came back, but its request waited at {at}, which hears of it at \
             {other}'s beat, every {period}",
            self.worker_text(worker)
        );
        let since = format!(" since {}", self.records()[stretch.index].at);
        if came > from {
            let (_, full) = self.queued_text(stretch, ghost, &since);
            self.span((from, came), PhaseKind::Slot, std::mem::take(head) + &full);
        }
        self.span((came.max(from), to), PhaseKind::Lease, std::mem::take(head) + &text);
        true
    }

    /// A request waited at a raylet; then there was room, and a process had to start.
    pub(super) fn tell_process(
        &mut self,
        stretch: &Stretch,
        (from, to): (Instant, Instant),
        head: &mut String,
    ) -> bool {
        let LeaseStep::Queued { ghost } = stretch.step else { return false };
        if !self.process_started(stretch) {
            return false;
        }
        let during = &self.records()[stretch.index..stretch.next];
        let starts = during.iter().find(
            |record| matches!(record.event, Event::WorkerStarting { node } if node == stretch.node),
        );
        let Some(began) = starts.map(|record| record.at) else { return false };
        if began > from {
            let (kind, text) = self.queued_text(stretch, ghost, "");
            self.span((from, began), kind, std::mem::take(head) + &text);
        }
        let node = self.names.node(stretch.node);
        let text =
            format!("{node} had room for it but no idle worker, so a worker process started");
        self.span((began.max(from), to), PhaseKind::Process, std::mem::take(head) + &text);
        true
    }

    /// The last worker that came back to the node to which the request was sent on, while it waited.
    fn room_came(&self, stretch: &Stretch) -> Option<(Instant, NodeId, WorkerId)> {
        let Event::Lease { step: LeaseStep::Redirected { to, .. }, .. } =
            self.records()[stretch.next].event
        else {
            return None;
        };
        let records = self.history.records_of(Entity::Node(to)).iter().rev();
        let during = records.map(|record| *record as usize);
        let mut during = during.filter(|record| (stretch.index..stretch.next).contains(record));
        during.find_map(|record| match self.records()[record].event {
            Event::Lease { step: LeaseStep::Returned { worker, .. }, .. } => {
                Some((self.records()[record].at, to, worker))
            }
            _ => None,
        })
    }

    pub(super) fn queued_text(
        &self,
        stretch: &Stretch,
        ghost: Option<Ghost>,
        since: &str,
    ) -> (PhaseKind, String) {
        let at = self.names.node(stretch.node).into_owned();
        let ended = self.what_ended(stretch);
        match ghost {
            Some(Ghost { node, age_ms }) => {
                let seen = format!(
                    "{} looked full from {at}, whose view was {age_ms} ms old{}",
                    self.names.node(node),
                    self.sent_for_nothing(stretch, node, age_ms)
                );
                (PhaseKind::Lease, format!("its request waited at {at}{since}: {seen}{ended}"))
            }
            None => {
                let before = self.history.state_at(stretch.index);
                let demand = &self.spec.shape.demand;
                let able = before.nodes.ids().filter(|n| before.ledger.is_feasible(*n, demand));
                let demand = words::demand(&before, demand);
                let full = match able.count() {
                    0 => format!("no node can hold {demand}"),
                    1 => format!("the only node that can hold {demand} was full"),
                    count => format!("all {count} nodes that can hold {demand} were full"),
                };
                (PhaseKind::Slot, format!("its request waited at {at}{since}: {full}{ended}"))
            }
        }
    }

    /// Requests that the raylet sent to a node since it last heard of it: counted there, whether they came or not.
    fn sent_for_nothing(&self, stretch: &Stretch, node: NodeId, age_ms: u32) -> String {
        let now = self.records()[stretch.index].at;
        let heard = now.as_nanos().saturating_sub((u64::from(age_ms) + 1) * 1_000_000);
        let from = self.history.step_at(Instant::from_nanos(heard));
        let (mut sent, mut unused) = (0, 0);
        for (index, record) in self.records().iter().enumerate().take(stretch.index).skip(from) {
            let Event::Lease { lease, step: LeaseStep::Redirected { to, .. } } = record.event
            else {
                continue;
            };
            let before = self.stretches(lease, index);
            if to != node || before.last().is_none_or(|found| found.node != stretch.node) {
                continue;
            }
            sent += 1;
            let mut later = self.history.records_of_lease(lease).iter().map(|r| *r as usize);
            unused += usize::from(later.any(|later| {
                let not_needed = LeaseStep::Ended(LeaseEnd::NotNeeded);
                let event = &self.records()[later].event;
                later < stretch.next
                    && matches!(event, Event::Lease { step, .. } if *step == not_needed)
            }));
        }
        match (sent, unused) {
            (0, _) => String::new(),
            (sent, 0) => format!(": it had sent {} there", words::count(sent, "request")),
            (sent, unused) if sent == unused => {
                let were = if sent == 1 { "was" } else { "were" };
                format!(
                    ": it had sent {} there that {were} never used",
                    words::count(sent, "request")
                )
            }
            (sent, unused) => format!(
                ": it had sent {} there, {unused} of them never used",
                words::count(sent, "request")
            ),
        }
    }

    /// What let a request go on that waited.
    fn what_ended(&self, stretch: &Stretch) -> String {
        let next = &self.records()[stretch.next];
        let cause = next.cause().map(|cause| &self.records()[cause]);
        let Some(Event::Lease { lease, step: LeaseStep::Returned { worker, why } }) =
            cause.filter(|cause| cause.at == next.at).map(|cause| cause.event.clone())
        else {
            return String::new();
        };
        let whose = match self.was_of_key(lease) {
            true => String::new(),
            false => " of another kind of task".to_owned(),
        };
        format!(
            "; then {}{whose} came back: {}",
            self.worker_text(worker),
            lease_words::returned_for(why)
        )
    }
}
