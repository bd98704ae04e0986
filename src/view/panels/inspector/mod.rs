//! Everything about what is selected: its fields at the cursor, why it waits or why it is where it is, and its
//! history. Nothing selected: what the run was like.

mod copies;
mod history;
#[cfg(test)]
mod inspector_tests;
mod node;
mod object;
mod summary;
mod task;
mod why;

use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use crate::view::panels::link;
use bevy_egui::egui;
use egui::{Rect, RichText, ScrollArea, Sense, Stroke, Ui, UiBuilder, pos2, vec2};
use rayscope::base::WorkerId;
use rayscope::chart::scene::{Mark, Role, mark};
use rayscope::replay::Entity;

/// What the panel keeps from frame to frame.
#[derive(Default)]
pub struct InspectorView {
    why: why::WhyView,
    node: node::NodeView,
    history: history::HistoryView,
}

/// The panel.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut InspectorView) {
    let Some(entity) = look.selection else {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| summary::show(ui, look, asks));
        return;
    };
    let room = ui.available_rect_before_wrap();
    let below = (room.height() * 0.36).clamp(70.0, 300.0).min(room.height() * 0.5);
    let split = room.bottom() - below;
    let upper = Rect::from_min_max(room.min, pos2(room.right(), split - 4.0));
    let lower = Rect::from_min_max(pos2(room.left(), split), room.max);
    let part = |rect: Rect, name: &'static str| UiBuilder::new().max_rect(rect).id_salt(name);
    ui.scope_builder(part(upper, "fields"), |ui| {
        // Another selection begins at its top.
        ScrollArea::vertical().id_salt(format!("{entity:?}")).auto_shrink(false).show(ui, |ui| {
            head(ui, look, entity);
            match entity {
                Entity::Task(task) => task::show(ui, look, asks, &mut view.why, task),
                Entity::Object(object) => object::show(ui, look, asks, object),
                Entity::Worker(worker) => node::worker(ui, look, asks, worker),
                Entity::Node(node) => node::show(ui, look, asks, &mut view.node, node),
                Entity::Link(node) => copies::show(ui, look, asks, node),
            }
        });
    });
    ui.scope_builder(part(lower, "history"), |ui| {
        let line = Stroke::new(1.0, mix(look.theme.paper, look.theme.ink, 0.12));
        ui.painter().hline(lower.x_range(), lower.top(), line);
        history::show(ui, look, asks, &mut view.history, entity);
    });
    ui.allocate_rect(room, Sense::hover());
}

/// What it is called, what it is and how it stands.
fn head(ui: &mut Ui, look: &Look, entity: Entity) {
    let state = look.playback.state();
    let names = look.run.history.names();
    let (role, mark, kind) = match entity {
        Entity::Task(task) => (Role::Count, mark::of_task(state, task), format!("task {task}")),
        Entity::Object(object) => {
            (Role::Object, mark::of_object(state, object), format!("object {object}"))
        }
        Entity::Worker(worker) => {
            (Role::Worker, mark::of_worker(state, worker), format!("worker {worker}"))
        }
        Entity::Node(node) => {
            let alive = state.nodes.get(node).map(|row| row.alive);
            let mark = match alive {
                Some(true) => Mark::Plain,
                Some(false) => Mark::Gone,
                None => Mark::Absent,
            };
            (Role::Node, mark, format!("node {node}"))
        }
        Entity::Link(node) => {
            let busy = state.transfers.iter().flatten().any(|copy| copy.to == node);
            (Role::Store, if busy { Mark::Arriving } else { Mark::Idle }, format!("link {node}"))
        }
    };
    let name = match entity {
        Entity::Task(task) => names.task(task),
        Entity::Object(object) => names.object(object),
        Entity::Worker(worker) => worker_name(look, worker),
        Entity::Node(node) => names.node(node).into_owned(),
        Entity::Link(node) => format!("copies to {}", names.node(node)),
    };
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::hover());
        paint::cell(ui.painter(), rect.shrink(1.0), 5.0, look.theme.fill(role), mark, look.theme);
        paint::badge(ui.painter(), rect.shrink(6.0), mark, look.theme);
        let kind = RichText::new(kind).color(color(look.theme.faint));
        let wide = ui.available_width() > 220.0;
        let width = ui.available_width() - if wide { 96.0 } else { 0.0 };
        let ink = color(look.theme.ink);
        let galley = link::line(ui, &name, paint::strong(17.0), ink, width);
        let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
        ui.painter().galley(rect.min, galley.clone(), ink);
        link::told(response, &galley, &name);
        if wide {
            ui.label(kind);
        }
    });
    ui.add_space(2.0);
}

/// `node 1, worker 0`.
pub fn worker_name(look: &Look, worker: WorkerId) -> String {
    match look.run.history.last_state().workers.get(worker) {
        Some(row) => {
            format!("{}, worker {}", look.run.history.names().node(row.node), row.number)
        }
        None => format!("worker {worker}"),
    }
}
