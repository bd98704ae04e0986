//! Leases in words: captions, explanations and the event list say them alike.

use crate::base::{LeaseId, Span};
use crate::state::{Ghost, LeaseEnd, LeaseStep, Return, State};
use crate::trace::Names;

/// What happened to a lease, in a sentence without a capital.
pub fn sentence(before: &State, lease: LeaseId, step: &LeaseStep, names: &Names) -> String {
    let node = |id| names.node(id).into_owned();
    let row = before.leases.get(&lease);
    let at = row.map_or("a raylet".into(), |row| node(row.node));
    let task = row.map_or("a task".into(), |row| names.task(row.task));
    let of = |worker| before.workers.get(worker).map_or("a node".into(), |w| node(w.node));
    match step {
        LeaseStep::Requested { task, node: asked } => {
            format!("the owner of {} asked {} for a worker", names.task(*task), node(*asked))
        }
        LeaseStep::Queued { ghost: None } => {
            format!("{at} knew no node with room for {task}, so the request queues there")
        }
        LeaseStep::Queued { ghost: Some(Ghost { node: full, age_ms }) } => format!(
            "{} looked full from {at}, whose view of it was {age_ms} ms old, so the request for {task} queues",
            node(*full)
        ),
        LeaseStep::Redirected { to, rule: _, score } => {
            format!(
                "{at} sent the owner of {task} on to {} (score {:.0} %)",
                node(*to),
                f64::from(*score) / 1e4
            )
        }
        LeaseStep::Granted { worker } => {
            let waited = row.map_or(Span::ZERO, |row| before.now.since(row.since));
            format!("{} gave a worker for {task}, {} after it was asked", of(*worker), waited)
        }
        LeaseStep::Ended(LeaseEnd::Rejected) => format!("{at} had no room and refused {task}"),
        LeaseStep::Ended(LeaseEnd::NotNeeded) => format!(
            "the owner did not ask {at}: enough requests are out; the raylet that sent it on counts the room as taken"
        ),
        LeaseStep::Ended(LeaseEnd::Cancelled) => {
            format!("the owner called its request at {at} off: nothing is queued any more")
        }
        LeaseStep::Ended(LeaseEnd::NodeGone) => format!("{at} did not answer: it is gone"),
        LeaseStep::Returned { worker, why } => {
            let why = match why {
                Return::NoTask => "no task of its kind is queued".to_owned(),
                Return::Expired { age_ms } => format!("its lease was {age_ms} ms old"),
            };
            format!("the owner gave the worker on {} back: {why}", of(*worker))
        }
    }
}
