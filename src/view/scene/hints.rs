//! What hovering tells of a thing, in a line or two.

use crate::view::look::Look;
use rayscope::base::units::show_bytes;
use rayscope::model::cluster::CPU;
use rayscope::replay::Entity;

/// A few words about a thing at the cursor.
pub fn hint(look: &Look, entity: Entity) -> String {
    let (state, names) = (look.playback.state(), look.run.history.names());
    match entity {
        Entity::Task(task) => match state.tasks.get(task) {
            None => format!("{}\nnot submitted yet", names.task(task)),
            Some(row) => {
                let place = state
                    .task_node(task)
                    .map_or(String::new(), |node| format!(" on {}", names.node(node)));
                let status = row.status.ray_name();
                format!("{}\n{status}{place} since {}", names.task(task), row.since)
            }
        },
        Entity::Object(object) => match state.objects.get(object) {
            None => format!("{}\ndoes not exist yet", names.object(object)),
            Some(row) => {
                let copies = row.copies.len();
                let copies =
                    if copies == 1 { "one copy".into() } else { format!("{copies} copies") };
                format!("{}\n{} in {copies}", names.object(object), show_bytes(row.size))
            }
        },
        Entity::Worker(worker) => match state.workers.get(worker) {
            None => "a worker that has not started yet".to_owned(),
            Some(row) => {
                let does = match row.task.filter(|task| {
                    state.tasks.get(*task).and_then(|t| t.status.worker()) == Some(worker)
                }) {
                    Some(task) => names.task(task),
                    None if row.alive => "idle".to_owned(),
                    None => "dead".to_owned(),
                };
                let lease = row
                    .lease
                    .as_ref()
                    .map_or(String::new(), |held| format!("\non lease since {}", held.since));
                format!("worker {} of {}\n{does}{lease}", row.number, names.node(row.node))
            }
        },
        Entity::Node(node) => match state.nodes.get(node) {
            None => format!("{}\nhas not joined yet", names.node(node)),
            Some(row) => {
                let (total, free) = (state.ledger.total(node, CPU), state.ledger.free(node, CPU));
                let used = total.as_f64() - free.as_f64();
                let stored = show_bytes(row.store_used);
                format!(
                    "{}\n{used} of {} CPUs used, {stored} stored",
                    names.node(node),
                    total.as_f64()
                )
            }
        },
        Entity::Link(node) => {
            let flying = state.transfers.iter().flatten().filter(|copy| copy.to == node);
            let bytes: u64 = flying.clone().map(|copy| state.objects[copy.object].size).sum();
            let (count, node) = (flying.count(), names.node(node));
            format!("copies to {node}\n{count} under way, {}", show_bytes(bytes))
        }
    }
}
