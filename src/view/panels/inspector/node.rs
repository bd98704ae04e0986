//! A node with its resources, its store and its tasks; a worker.

use crate::view::look::{Asks, Look};
use crate::view::panels::chip::{Chip, chip};
use crate::view::panels::fields::{faint, field, part_of, text, words};
use crate::view::panels::link::entity_link;
use crate::view::panels::numbers::grouped;
use bevy_egui::egui;
use egui::Ui;
use rayscope::analysis::held::worker_lease;
use rayscope::base::id::Id;
use rayscope::base::units::show_bytes;
use rayscope::base::{NodeId, ResourceId, Span, TaskId, WorkerId};
use rayscope::chart::scene::{Role, mark};
use rayscope::model::cluster::MEMORY;
use rayscope::model::labels::selector_text;
use rayscope::replay::Entity;
use rayscope::state::{NodeRow, State, TaskStatus};

/// What is worked out once a step: a walk over workers and tasks.
#[derive(Default)]
pub struct NodeView {
    place: Option<((usize, usize), NodeId, usize)>,
    on_workers: Tasks,
    queued: Tasks,
    workers: u32,
}

/// The first tasks of many.
#[derive(Default)]
struct Tasks {
    first: Vec<TaskId>,
    count: usize,
}

const MOST_CHIPS: usize = 40;

impl Tasks {
    fn add(&mut self, task: TaskId) {
        self.count += 1;
        if self.first.len() < MOST_CHIPS {
            self.first.push(task);
        }
    }
}

impl NodeView {
    fn refresh(&mut self, look: &Look, node: NodeId) {
        let place = Some((look.run.key(), node, look.playback.step()));
        if self.place == place {
            return;
        }
        let state = look.playback.state();
        *self = NodeView { place, ..NodeView::default() };
        for (id, row) in state.workers.enumerate() {
            if row.node != node || !row.alive {
                continue;
            }
            self.workers += 1;
            let holds = |task: &TaskId| state.tasks[*task].status.worker() == Some(id);
            if let Some(task) = row.task.filter(holds) {
                self.on_workers.add(task);
            }
        }
        for (task, row) in state.tasks.enumerate() {
            if matches!(row.status, TaskStatus::PendingNodeAssignment { home, .. } if home == node)
            {
                self.queued.add(task);
            }
        }
    }
}

/// All about a node.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut NodeView, node: NodeId) {
    let state = look.playback.state();
    let Some(row) = state.nodes.get(node) else {
        return faint(ui, look, "It has not joined yet.");
    };
    view.refresh(look, node);
    text(ui, look, "state", if row.alive { "ALIVE" } else { "DEAD" });
    for id in (0..state.ledger.resources()).map(ResourceId::from_index) {
        resource(ui, look, state, node, id);
    }
    field(ui, look, "object store", |ui| store(ui, look, row));
    text(ui, look, "link", link_text(row));
    text(ui, look, "workers", format!("{} alive, {} idle", view.workers, row.idle.len()));
    tasks(ui, look, asks, "on workers", &view.on_workers);
    tasks(ui, look, asks, "queued here", &view.queued);
}

fn resource(ui: &mut Ui, look: &Look, state: &State, node: NodeId, id: ResourceId) {
    let (total, free) = (state.ledger.total(node, id), state.ledger.free(node, id));
    if total.units() <= 0 {
        return;
    }
    let name = state.resource_names.get(id).map_or("?", |name| &**name);
    if selector_text(name).is_some() {
        return;
    }
    let used = total.minus(free);
    let told = if id == MEMORY {
        format!("{} of {}", show_bytes(used.floor()), show_bytes(total.floor()))
    } else {
        format!("{used} of {total} used")
    };
    let share = used.as_f64() / total.as_f64();
    field(ui, look, name, |ui| part_of(ui, look, Some(share), &told));
}

fn store(ui: &mut Ui, look: &Look, row: &NodeRow) {
    let used = show_bytes(row.store_used);
    match row.store_capacity {
        Some(most) => {
            let share = row.store_used as f64 / most.max(1) as f64;
            part_of(ui, look, Some(share), &format!("{used} of {}", show_bytes(most)));
        }
        None => part_of(ui, look, None, &format!("{used}, unlimited")),
    }
    if row.store_primary > 0 {
        faint(ui, look, format!("{} of primary copies", show_bytes(row.store_primary)));
    }
    if row.spilled > 0 {
        faint(ui, look, format!("{} spilled to disk", show_bytes(row.spilled)));
    }
    if row.fallback_used > 0 {
        faint(ui, look, format!("{} in files instead", show_bytes(row.fallback_used)));
    }
}

/// How fast a node's link is.
pub fn link_text(row: &NodeRow) -> String {
    let rate = row.bandwidth.map(|rate| format!("{}/s", show_bytes(rate)));
    match (rate, row.latency) {
        (None, Span::ZERO) => "free: copies take no time".to_owned(),
        (rate, latency) => {
            format!("{}, latency {latency}", rate.unwrap_or_else(|| "unlimited".to_owned()))
        }
    }
}

fn tasks(ui: &mut Ui, look: &Look, asks: &mut Asks, name: &str, tasks: &Tasks) {
    if tasks.count == 0 {
        return text(ui, look, name, "none");
    }
    let (state, names) = (look.playback.state(), look.run.history.names());
    field(ui, look, name, |ui| {
        for task in &tasks.first {
            let label = names.task(*task);
            let mark = mark::of_task(state, *task);
            let told = Chip { entity: Entity::Task(*task), label: &label, role: Role::Count, mark };
            chip(ui, look, asks, &told, || label.clone());
        }
        if tasks.count > tasks.first.len() {
            faint(ui, look, format!("+ {} more", grouped(tasks.count - tasks.first.len())));
        }
    });
}

/// All about a worker.
pub fn worker(ui: &mut Ui, look: &Look, asks: &mut Asks, worker: WorkerId) {
    let (state, names) = (look.playback.state(), look.run.history.names());
    let Some(row) = state.workers.get(worker) else {
        return faint(ui, look, "It has not started yet.");
    };
    text(ui, look, "state", if row.alive { "alive" } else { "dead" });
    field(ui, look, "node", |ui| {
        entity_link(ui, look, asks, Entity::Node(row.node), &names.node(row.node));
    });
    if let Some(actor) = row.actor.and_then(|actor| state.actors.get(actor)) {
        field(ui, look, "actor", |ui| {
            entity_link(ui, look, asks, Entity::Task(actor.creation), &actor.spec.class);
            words(ui, look, actor.status.ray_name());
        });
    }
    let now = look.playback.clock();
    if let Some(lease) = worker_lease(&look.run.history, state, worker, now) {
        text(ui, look, "lease", lease);
    }
    let task = row.task.and_then(|task| Some((task, state.tasks.get(task)?)));
    field(ui, look, "task", |ui| match task {
        Some((task, found)) if found.status.worker() == Some(worker) => {
            entity_link(ui, look, asks, Entity::Task(task), &names.task(task));
            words(ui, look, format!("{}, since {}", found.status.ray_name(), found.since));
        }
        Some((task, _)) => {
            words(ui, look, "idle; the last one was");
            entity_link(ui, look, asks, Entity::Task(task), &names.task(task));
        }
        None => words(ui, look, "idle"),
    });
}
