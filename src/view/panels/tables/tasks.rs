//! The table of tasks, with the columns of `ray list tasks`.

use crate::view::look::Look;
use crate::view::panels::tables::sheet::{Cell, Column};
use rayscope::analysis::words;
use rayscope::base::{NodeId, TaskId, WorkerId};
use rayscope::chart::scene::mark;
use rayscope::model::Caller;
use rayscope::replay::Entity;
use rayscope::state::{TaskRow, TaskStatus};

const ID: usize = 0;
const NAME: usize = 1;
const STATE: usize = 2;
const NODE: usize = 3;
const WORKER: usize = 4;
const ATTEMPT: usize = 5;
const SINCE: usize = 6;

const fn column(title: &'static str, names: &'static [&'static str], least: f32) -> Column {
    Column { title, names, least, grows: 0.0, is_number: false, is_searched: false, goes: 0 }
}

/// The columns.
pub const COLUMNS: &[Column] = &[
    Column { is_number: true, goes: 3, ..column("task", &["task", "task_id"], 56.0) },
    Column {
        grows: 2.0,
        is_searched: true,
        ..column("name", &["name", "func_or_class_name"], 110.0)
    },
    Column { is_searched: true, goes: 1, ..column("state", &["state"], 254.0) },
    Column { is_searched: true, goes: 2, ..column("node", &["node", "node_id"], 84.0) },
    Column { is_number: true, goes: 5, ..column("worker", &["worker", "worker_id"], 64.0) },
    Column { is_number: true, goes: 7, ..column("attempt", &["attempt", "attempt_number"], 68.0) },
    Column { is_number: true, goes: 6, ..column("since", &["since"], 92.0) },
    Column { grows: 1.5, goes: 4, ..column("waits for", &["waits_for"], 120.0) },
];

/// What stands in a cell.
pub fn cell(look: &Look, row: u32, column: usize) -> Cell {
    let (state, names) = (look.playback.state(), look.run.history.names());
    let id = TaskId::new(row);
    let Some(task) = state.tasks.get(id) else { return Cell::default() };
    let worker = place(task.status);
    match column {
        ID => Cell::text(row.to_string()),
        NAME => Cell::link(names.task(id), Entity::Task(id)),
        STATE => Cell::text(task.status.ray_name()).marked(mark::of_task(state, id)),
        NODE => match node(look, task) {
            Some(node) => Cell::link(names.node(node), Entity::Node(node)),
            None => Cell::default(),
        },
        WORKER => match worker {
            Some(worker) => {
                Cell::link(state.workers[worker].number.to_string(), Entity::Worker(worker))
            }
            None => Cell::default(),
        },
        ATTEMPT => Cell::text(task.attempt.to_string()),
        SINCE => Cell::text(task.since.to_string()),
        _ => waits_for(look, id, task),
    }
}

/// The number by which a column is sorted, if it is one.
pub fn number(look: &Look, row: u32, column: usize) -> Option<f64> {
    let task = look.playback.state().tasks.get(TaskId::new(row))?;
    match column {
        // Names end in numbers, which count in the order of submission.
        ID => Some(f64::from(row)),
        NODE => Some(node(look, task).map_or(f64::INFINITY, |node| f64::from(node.number()))),
        WORKER => {
            let number = |worker: WorkerId| f64::from(worker.number());
            Some(place(task.status).map_or(f64::INFINITY, number))
        }
        ATTEMPT => Some(f64::from(task.attempt)),
        SINCE => Some(task.since.as_secs()),
        _ => None,
    }
}

/// The worker that has it, or had it.
fn place(status: TaskStatus) -> Option<WorkerId> {
    match status {
        TaskStatus::Finished { worker } => Some(worker),
        TaskStatus::Failed { worker } => worker,
        TaskStatus::PendingArgsAvail
        | TaskStatus::PendingNodeAssignment { .. }
        | TaskStatus::PendingArgsFetch { .. }
        | TaskStatus::PendingObjStoreMemAvail { .. }
        | TaskStatus::Running { .. }
        | TaskStatus::RunningInRayGet { .. }
        | TaskStatus::RunningInRayWait { .. } => status.worker(),
    }
}

/// Where it is, was, or queues.
fn node(look: &Look, task: &TaskRow) -> Option<NodeId> {
    match task.status {
        TaskStatus::PendingNodeAssignment { home, .. } => Some(home),
        status => place(status).map(|worker| look.playback.state().node_of(worker)),
    }
}

fn waits_for(look: &Look, id: TaskId, task: &TaskRow) -> Cell {
    /// Arguments that are looked at: a task may have ten thousand.
    const MOST: usize = 64;
    let (state, names) = (look.playback.state(), look.run.history.names());
    match task.status {
        TaskStatus::PendingArgsAvail => {
            let args = task.spec.args.iter().take(MOST).copied();
            let exists = |arg| state.objects.get(arg).is_some_and(|row| row.is_available());
            let mut missing = args.filter(|arg| !exists(*arg));
            match missing.next() {
                Some(first) => Cell::link(names.token(first), Entity::Object(first)),
                None => Cell::text("an argument"),
            }
        }
        TaskStatus::PendingNodeAssignment { .. } => {
            Cell::text(format!("room for {}", words::demand(state, &task.spec.shape.demand)))
        }
        TaskStatus::PendingArgsFetch { .. } => Cell::text("copies of its arguments"),
        TaskStatus::PendingObjStoreMemAvail { .. } => Cell::text("room in the object store"),
        TaskStatus::RunningInRayGet { .. } | TaskStatus::RunningInRayWait { .. } => {
            let call = state.calls.get(&Caller::Task(id));
            match call.and_then(|call| Some((call.refs.first()?, call.refs.len()))) {
                Some((first, 1)) => Cell::link(names.token(*first), Entity::Object(*first)),
                Some((_, count)) => Cell::text(format!("{count} objects")),
                None => Cell::default(),
            }
        }
        TaskStatus::Running { .. } | TaskStatus::Finished { .. } | TaskStatus::Failed { .. } => {
            Cell::default()
        }
    }
}
