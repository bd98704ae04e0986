//! Leases as an inspector tells them: whose a worker is and since when, and what became of a task's own request.

use crate::analysis::words;
use crate::base::{Instant, TaskId, WorkerId};
use crate::replay::History;
use crate::state::{Event, LeaseStep, State};

/// The lease that a worker is under: its owner, its tasks' function, and its age at `now`.
pub fn worker_lease(
    history: &History,
    state: &State,
    worker: WorkerId,
    now: Instant,
) -> Option<String> {
    let held = state.workers.get(worker)?.lease.as_ref()?;
    let first = history.records_of_lease(held.lease).first()?;
    let Event::Lease { step: LeaseStep::Requested { task, .. }, .. } =
        history.records().get(*first as usize)?.event
    else {
        return None;
    };
    let spec = &state.tasks.get(task)?.spec;
    Some(format!(
        "of {}, for {} ({}), {} old",
        history.names().caller(spec.owner),
        spec.function,
        words::demand(state, &held.shape.demand),
        words::span(now.since(held.since))
    ))
}

/// The requests that were made when a task was first in its owner's queue and that have no answer yet.
pub fn task_requests(history: &History, state: &State, task: TaskId) -> Vec<String> {
    let rows = state.leases.values().filter(|row| row.task == task);
    rows.map(|row| {
        let does = if row.queued { "waits" } else { "is" };
        format!("{does} at {} since {}", history.names().node(row.node), row.since)
    })
    .collect()
}
