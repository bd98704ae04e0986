//! Leases in words: captions, explanations and the event list say them alike.

use crate::base::{LeaseId, Span, TaskId, WorkerId};
use crate::model::{Caller, TaskKind};
use crate::state::{Ghost, LeaseEnd, LeaseStep, Return, State};
use crate::trace::Names;

/// What happened to a lease, in a sentence without a capital.
pub fn sentence(before: &State, lease: LeaseId, step: &LeaseStep, names: &Names) -> String {
    let words = Words { before, names };
    let row = before.leases.get(&lease);
    let at = row.map_or("a raylet".into(), |row| names.node(row.node));
    let task = row.map_or("a task".into(), |row| names.task(row.task));
    let asker = row.map_or("the owner".into(), |row| words.asker(row.task));
    match step {
        LeaseStep::Requested { task, node } => format!(
            "{} asked {} for a worker for {}",
            words.asker(*task),
            names.node(*node),
            names.task(*task)
        ),
        LeaseStep::Queued { ghost: None } => {
            format!("{at} knew no node with room, so the request for {task} waits there")
        }
        LeaseStep::Queued { ghost: Some(Ghost { node: full, .. }) } => {
            let full = names.node(*full);
            format!("{full} looked full from {at}, so the request for {task} waits at {at}")
        }
        LeaseStep::Redirected { to, .. } => {
            format!("{at} sent {asker}'s request for {task} on to {}", names.node(*to))
        }
        LeaseStep::Granted { worker } => {
            format!("{} gave {asker} {}", words.node_of(*worker), words.worker(*worker))
        }
        LeaseStep::Ended(LeaseEnd::Rejected) => {
            format!("{at} had no room left and refused the request for {task}")
        }
        LeaseStep::Ended(LeaseEnd::NotNeeded) => {
            format!("{asker} did not ask {at}: enough other requests are out")
        }
        LeaseStep::Ended(LeaseEnd::Cancelled) => {
            format!("{asker} called its request at {at} off: nothing is queued any more")
        }
        LeaseStep::Ended(LeaseEnd::NodeGone) => {
            format!("{at} did not answer {asker}'s request: it is gone")
        }
        LeaseStep::Returned { worker, why } => {
            let (worker, node) = (words.worker(*worker), words.node_of(*worker));
            format!("{worker} came back to {node}: {}", returned_for(*why))
        }
    }
}

/// Why a worker came back, in a few words.
pub fn returned_for(why: Return) -> String {
    match why {
        Return::NoTask => "no task of its kind is queued".to_owned(),
        Return::Expired { age_ms } => format!("its lease was {age_ms} ms old"),
    }
}

/// How old a view is.
pub fn view_age(age_ms: u16) -> String {
    match age_ms {
        0 => "less than 1 ms old".to_owned(),
        u16::MAX => "more than a minute old".to_owned(),
        age => format!("{} old", Span::from_millis(age.into())),
    }
}

/// The numbers behind a step; empty where there is nothing to add.
pub fn why(before: &State, lease: LeaseId, step: &LeaseStep, names: &Names) -> String {
    let words = Words { before, names };
    let Some(row) = before.leases.get(&lease) else { return words.why_first(step) };
    let at = names.node(row.node);
    match step {
        LeaseStep::Queued { ghost: None } => format!("{at} is full: {}", words.room(row.node)),
        LeaseStep::Queued { ghost: Some(Ghost { node, age_ms }) } => format!(
            "{} has room, but the view of {at} is {age_ms} ms old, and counts as taken what it sent there since",
            names.node(*node)
        ),
        LeaseStep::Redirected { to, score, age_ms, .. } => format!(
            "{} looked free (score {:.0} %) in a view that is {}; {at} has {}",
            names.node(*to),
            f64::from(*score) / 1e4,
            view_age(*age_ms),
            words.room(row.node)
        ),
        LeaseStep::Granted { worker: _ } if row.queued => {
            format!(
                "the request waited there since {}; {at} had {}",
                row.since,
                words.room(row.node)
            )
        }
        LeaseStep::Granted { worker: _ } => {
            format!(
                "the request came for {}; {at} had {}",
                names.task(row.task),
                words.room(row.node)
            )
        }
        LeaseStep::Ended(LeaseEnd::NotNeeded) => {
            format!("whoever sent it on to {at} counts the room there as taken all the same")
        }
        LeaseStep::Ended(LeaseEnd::Rejected) => {
            format!("{}; its owner asks its own raylet again", words.room(row.node))
        }
        LeaseStep::Requested { .. }
        | LeaseStep::Ended(LeaseEnd::Cancelled | LeaseEnd::NodeGone)
        | LeaseStep::Returned { .. } => String::new(),
    }
}

struct Words<'a> {
    before: &'a State,
    names: &'a Names,
}

impl Words<'_> {
    /// Steps of a lease that has no row: it has none yet, or none any more.
    fn why_first(&self, step: &LeaseStep) -> String {
        match step {
            LeaseStep::Requested { task, node: _ } => self.requests_out(*task),
            LeaseStep::Returned { worker: _, why: Return::Expired { .. } } => {
                "a lease that old is not used again: its owner needs a new one".to_owned()
            }
            LeaseStep::Returned { worker: _, why: Return::NoTask }
            | LeaseStep::Queued { .. }
            | LeaseStep::Redirected { .. }
            | LeaseStep::Granted { .. }
            | LeaseStep::Ended(_) => String::new(),
        }
    }

    fn requests_out(&self, task: TaskId) -> String {
        let function = |task| self.before.tasks.get(task).map(|row| &row.spec.function);
        let Some(name) = function(task) else { return String::new() };
        let same = self.before.leases.values().filter(|row| function(row.task) == Some(name));
        match same.count() {
            0 => format!("no other request for {name} is out"),
            1 => format!("one other request for {name} is out"),
            out => format!("{out} other requests for {name} are out"),
        }
    }

    /// Who asks: an owner for its tasks, the GCS for actors.
    fn asker(&self, task: TaskId) -> String {
        let Some(row) = self.before.tasks.get(task) else { return "the owner".to_owned() };
        match (row.spec.kind, row.spec.owner) {
            (TaskKind::ActorCreation(_), _) => "the GCS".to_owned(),
            (TaskKind::Normal | TaskKind::ActorCall(_), Caller::Driver) => "the driver".to_owned(),
            (TaskKind::Normal | TaskKind::ActorCall(_), Caller::Task(owner)) => {
                self.names.task(owner)
            }
        }
    }

    fn worker(&self, worker: WorkerId) -> String {
        let row = self.before.workers.get(worker);
        row.map_or("a worker".to_owned(), |row| format!("worker {}", row.number))
    }

    fn node_of(&self, worker: WorkerId) -> String {
        let row = self.before.workers.get(worker);
        row.map_or("a node".to_owned(), |row| self.names.node(row.node).into_owned())
    }

    fn room(&self, node: crate::base::NodeId) -> String {
        let cpu = crate::model::cluster::CPU;
        let ledger = &self.before.ledger;
        let free = ledger.free(node, cpu).max(crate::base::Amount::ZERO);
        format!("{free} of {} CPUs free", ledger.total(node, cpu))
    }
}
