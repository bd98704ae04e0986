//! What tasks do under a control plane, in sentences: their owners bring them to workers that they hold on lease.

use crate::base::{TaskId, WorkerId};
use crate::chart::captions::capital;
use crate::model::TaskKind;
use crate::state::{Choice, Rule, State};
use crate::trace::Names;

/// A task gets a worker that its owner holds.
pub(super) fn placed(
    before: &State,
    task: TaskId,
    worker: WorkerId,
    by: Rule,
    names: &Names,
) -> String {
    let kind = before.tasks.get(task).map(|row| row.spec.kind);
    let owner =
        before.tasks.get(task).map_or("its owner".into(), |row| names.caller(row.spec.owner));
    let owner = capital(&owner);
    let task = names.task(task);
    let Some(row) = before.workers.get(worker) else { return format!("{task} gets a worker") };
    let place = format!("worker {} on {}", row.number, names.node(row.node));
    if let Some(TaskKind::ActorCreation(_)) = kind {
        return format!("{task} gets a process of its own: {place}");
    }
    match by {
        Rule::LeaseReused => format!("{owner} sends {task} to {place}, which it has on lease"),
        _ => format!("{owner} has a new lease, and sends {task} to {place}"),
    }
}

/// Why there, with numbers.
pub(super) fn why(before: &State, worker: WorkerId, choice: &Choice, rule: String) -> String {
    let since =
        before.workers.get(worker).and_then(|row| row.lease.as_ref()).map(|held| held.since);
    let Choice { feasible, available, .. } = choice;
    match (choice.rule, since) {
        (Rule::LeaseReused, Some(since)) => {
            format!("the lease is from {since}; nobody needs to be asked")
        }
        (Rule::LeaseReused, None) => rule,
        _ if *feasible <= 1 => format!("only one node can hold it; {rule}"),
        _ => {
            format!("when the raylet decided, {available} of {feasible} nodes looked free; {rule}")
        }
    }
}
