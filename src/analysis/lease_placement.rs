//! Which decision put a leased task where it is: that of a raylet on a request, or its owner's to use a lease again.

use crate::analysis::explain::Teller;
use crate::analysis::placement::{Decided, Placement, View, decided};
use crate::analysis::words;
use crate::base::{Instant, NodeId, TaskId, WorkerId};
use crate::model::TaskKind;
use crate::state::{Choice, LeaseStep, Rule, TaskStatus};
use crate::trace::lease_words;

/// The step of a request that chose its node.
struct Decision {
    /// The state before that record shows what there was to choose from.
    index: usize,
    raylet: NodeId,
    /// The step, if the raylet sent the request on.
    sent_on: Option<LeaseStep>,
}

impl Teller<'_> {
    /// The decision behind the placement by the record `index`; nothing if its lease is not in the records.
    pub(super) fn leased_placement(
        &self,
        index: usize,
        worker: WorkerId,
        choice: Choice,
    ) -> Option<Placement> {
        let at = self.records()[index].at;
        let held = self.state.workers.get(worker)?.lease.clone()?;
        if choice.rule == Rule::LeaseReused {
            return Some(self.reused(at, worker, choice, held.since, index));
        }
        let stretches = self.stretches(held.lease, index);
        let (first, last) = (stretches.first()?, stretches.last()?);
        let LeaseStep::Requested { task: head, node: asked } = first.step else { return None };
        let redirect =
            stretches.iter().position(|s| matches!(s.step, LeaseStep::Redirected { .. }));
        let decision = match redirect {
            Some(found) => Decision {
                index: stretches[found].index,
                raylet: stretches.get(found.checked_sub(1)?)?.node,
                sent_on: Some(stretches[found].step),
            },
            None => Decision { index: last.index, raylet: last.node, sent_on: None },
        };
        let then = self.history.state_at(first.index);
        let by_locality = match then.tasks.get(head)?.status {
            TaskStatus::PendingNodeAssignment { home, by_locality } => by_locality && home == asked,
            _ => false,
        };
        Some(self.decision(at, head, worker, choice, decision, by_locality))
    }

    fn decision(
        &self,
        at: Instant,
        head: TaskId,
        worker: WorkerId,
        choice: Choice,
        decision: Decision,
        by_locality: bool,
    ) -> Placement {
        let Decision { index, raylet, sent_on } = decision;
        let header = &self.history.trace().header;
        let (before, when) = (self.history.state_at(index), self.records()[index].at);
        let seen = match sent_on {
            Some(LeaseStep::Redirected { seen, .. }) => seen,
            _ => 0,
        };
        let view = Some(View { raylet, at: when, seen });
        let home = Some((raylet, by_locality));
        let row = &self.state.workers[worker];
        let place = (row.node, row.number);
        let about = Decided { task: head, place, choice, home, view };
        let mut found = decided(&before, &header.parameters, self.names, about);
        let did = match sent_on {
            Some(LeaseStep::Redirected { to, age_ms, .. }) => format!(
                "which sent it on at {when}; its view of {} was {}",
                self.names.node(to),
                lease_words::view_age(age_ms)
            ),
            _ => format!("which gave a worker at {when}"),
        };
        let request = match (self.spec.kind, head == self.task) {
            (TaskKind::ActorCreation(_), _) => "the GCS".to_owned(),
            (_, true) => "its owner".to_owned(),
            (_, false) => format!("its owner, for {},", self.names.task(head)),
        };
        found.home = format!("{request} {}, {did}", found.home.trim_start_matches("it "));
        found.at = at;
        found
    }

    /// The owner used a lease again: nobody else decided.
    fn reused(
        &self,
        at: Instant,
        worker: WorkerId,
        choice: Choice,
        since: Instant,
        index: usize,
    ) -> Placement {
        let row = &self.state.workers[worker];
        let (node, number) = (self.names.node(row.node), row.number);
        let left = match self.task_before(worker, index) {
            Some(task) => format!(": {task} had left it"),
            None => String::new(),
        };
        let age = words::span(at.since(since));
        let timeout = self.history.trace().header.parameters.worker_lease_timeout_milliseconds;
        Placement {
            at,
            node: row.node,
            worker: number,
            choice,
            view: None,
            home: format!("its owner, {}, asked nobody", self.owner()),
            rule: format!(
                "its owner's lease on worker {number} of {node} was {age} old, and up to {timeout} it is \
                 used again{left}"
            ),
            tie: None,
            candidates: Vec::new(),
            names: self.state.nodes.ids().map(|id| self.names.node(id).into_owned()).collect(),
            threshold: self.history.trace().header.parameters.scheduler_spread_threshold,
        }
    }
}
