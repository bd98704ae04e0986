//! From one thing to another without a mouse: along dependencies, and among what stands in the picture.

use crate::view::command::Direction;
use rayscope::base::id::Id;
use rayscope::base::{NodeId, ObjectId, TaskId, WorkerId};
use rayscope::replay::Entity;
use rayscope::state::{Creator, State, TaskRow, TaskStatus};

/// What `entity` needs: an object its maker, a task its first argument's maker or that argument.
pub fn needs(last: &State, entity: Entity) -> Option<Entity> {
    match entity {
        Entity::Task(task) => {
            let first = *last.tasks.get(task)?.spec.args.first()?;
            Some(maker(last, first).map_or(Entity::Object(first), Entity::Task))
        }
        Entity::Object(object) => maker(last, object).map(Entity::Task),
        Entity::Worker(_) | Entity::Node(_) | Entity::Link(_) => None,
    }
}

/// What needs `entity`: the first task that reads it or one of its results, else a task's first result.
pub fn needed_by(last: &State, entity: Entity) -> Option<Entity> {
    match entity {
        Entity::Task(task) => {
            let results: Vec<ObjectId> = last.tasks.get(task)?.spec.return_ids().collect();
            let reader = results.iter().find_map(|object| reader(last, *object));
            reader.map(Entity::Task).or(results.first().copied().map(Entity::Object))
        }
        Entity::Object(object) => reader(last, object).map(Entity::Task),
        Entity::Worker(_) | Entity::Node(_) | Entity::Link(_) => None,
    }
}

fn maker(last: &State, object: ObjectId) -> Option<TaskId> {
    match last.objects.get(object)?.creator {
        Creator::Task(task) => Some(task),
        Creator::Put(_) | Creator::Group(_) | Creator::Input => None,
    }
}

fn reader(last: &State, object: ObjectId) -> Option<TaskId> {
    let found = last.tasks.enumerate().find(|(_, row)| row.spec.args.contains(&object));
    found.map(|(task, _)| task)
}

/// Where the selection goes; from nothing, to the first node.
pub fn step(state: &State, from: Option<Entity>, direction: Direction) -> Option<Entity> {
    let Some(from) = from else { return state.nodes.ids().next().map(Entity::Node) };
    match direction {
        Direction::Up => beside(state, from, false),
        Direction::Down => beside(state, from, true),
        Direction::In => inside(state, from),
        Direction::Out => outside(state, from),
    }
}

/// The next or the previous one of the same kind; of workers, on the same node.
fn beside(state: &State, from: Entity, on: bool) -> Option<Entity> {
    let moved = |at: usize, count: usize| {
        let next = if on { at + 1 } else { at.checked_sub(1)? };
        (next < count).then_some(next)
    };
    match from {
        Entity::Node(node) => {
            moved(node.index(), state.nodes.len()).map(|at| Entity::Node(NodeId::from_index(at)))
        }
        Entity::Link(node) => {
            moved(node.index(), state.nodes.len()).map(|at| Entity::Link(NodeId::from_index(at)))
        }
        Entity::Worker(worker) => {
            let siblings = workers_on(state, state.workers.get(worker)?.node);
            let at = siblings.iter().position(|sibling| *sibling == worker)?;
            moved(at, siblings.len()).map(|at| Entity::Worker(siblings[at]))
        }
        Entity::Task(task) => {
            moved(task.index(), state.tasks.len()).map(|at| Entity::Task(TaskId::from_index(at)))
        }
        Entity::Object(object) => moved(object.index(), state.objects.len())
            .map(|at| Entity::Object(ObjectId::from_index(at))),
    }
}

fn workers_on(state: &State, node: NodeId) -> Vec<WorkerId> {
    let all = state.workers.enumerate();
    all.filter(|(_, row)| row.node == node).map(|(worker, _)| worker).collect()
}

fn inside(state: &State, from: Entity) -> Option<Entity> {
    match from {
        Entity::Node(node) => workers_on(state, node).first().copied().map(Entity::Worker),
        Entity::Worker(worker) => {
            let now = state.workers.get(worker)?.task;
            now.or_else(|| last_on(state, worker)).map(Entity::Task)
        }
        Entity::Task(task) => state.tasks.get(task)?.spec.return_ids().next().map(Entity::Object),
        Entity::Link(node) => {
            let mut flying = state.transfers.iter().flatten();
            flying.find(|copy| copy.to == node).map(|copy| Entity::Object(copy.object))
        }
        Entity::Object(_) => None,
    }
}

/// The task that finished last on an idle worker: it is still drawn there.
fn last_on(state: &State, worker: WorkerId) -> Option<TaskId> {
    let here = |(_, row): &(TaskId, &TaskRow)| row.status == TaskStatus::Finished { worker };
    let last = state.tasks.enumerate().filter(here).max_by_key(|(task, row)| (row.since, *task));
    last.map(|(task, _)| task)
}

fn outside(state: &State, from: Entity) -> Option<Entity> {
    match from {
        Entity::Node(_) => None,
        Entity::Link(node) => Some(Entity::Node(node)),
        Entity::Worker(worker) => Some(Entity::Node(state.workers.get(worker)?.node)),
        Entity::Task(task) => match state.tasks.get(task)?.status {
            TaskStatus::PendingArgsFetch { worker }
            | TaskStatus::PendingObjStoreMemAvail { worker }
            | TaskStatus::Running { worker }
            | TaskStatus::RunningInRayGet { worker }
            | TaskStatus::RunningInRayWait { worker }
            | TaskStatus::Finished { worker } => Some(Entity::Worker(worker)),
            TaskStatus::Failed { worker } => worker.map(Entity::Worker),
            TaskStatus::PendingNodeAssignment { home, .. } => Some(Entity::Node(home)),
            TaskStatus::PendingArgsAvail => None,
        },
        Entity::Object(object) => {
            let row = state.objects.get(object)?;
            let made = maker(state, object).map(Entity::Task);
            made.or_else(|| row.locations().next().map(Entity::Node))
        }
    }
}
