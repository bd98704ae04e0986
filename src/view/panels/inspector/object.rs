//! An object: who made it, how large it is, where its copies are.

use crate::view::look::{Asks, Look};
use crate::view::panels::fields::{faint, field, text, words};
use crate::view::panels::link::entity_link;
use bevy_egui::egui;
use egui::Ui;
use rayscope::base::ObjectId;
use rayscope::base::units::show_bytes;
use rayscope::model::Caller;
use rayscope::replay::Entity;
use rayscope::state::{Copy, CopyKind, Creator, ObjectStatus};

/// So many copies are shown.
const MOST_COPIES: usize = 64;

/// All about an object.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, object: ObjectId) {
    let (history, state) = (&look.run.history, look.playback.state());
    let names = history.names();
    let Some(row) = state.objects.get(object) else {
        let known = history.last_state().objects.get(object).is_some();
        let text = if known { "It does not exist yet." } else { "This run has no such object." };
        return faint(ui, look, text);
    };
    let maker = |ui: &mut Ui, asks: &mut Asks| match row.creator {
        Creator::Task(task) => {
            entity_link(ui, look, asks, Entity::Task(task), &names.task(task));
            if let (ObjectStatus::Pending, Some(task)) = (&row.status, state.tasks.get(task)) {
                faint(ui, look, task.status.ray_name());
            }
        }
        Creator::Put(Caller::Driver) => words(ui, look, "ray.put by the driver"),
        Creator::Put(Caller::Task(task)) => {
            words(ui, look, "ray.put by");
            entity_link(ui, look, asks, Entity::Task(task), &names.task(task));
        }
        Creator::Group(group) => words(ui, look, group_text(group)),
        Creator::Input => words(ui, look, "it was there at the start"),
    };
    let status = match &row.status {
        ObjectStatus::Pending => "does not exist yet: its task has not finished".to_owned(),
        ObjectStatus::Ready => "ready".to_owned(),
        ObjectStatus::Failed(failure) => format!("will never exist: {failure}"),
        ObjectStatus::Freed => "freed: nobody refers to it any more".to_owned(),
        ObjectStatus::Lost => "lost: its last copy went with a node".to_owned(),
    };
    text(ui, look, "state", status);
    field(ui, look, "made by", |ui| maker(ui, asks));
    let size = match (&row.status, row.size) {
        (ObjectStatus::Pending, 0) => "not known yet".to_owned(),
        (_, bytes) => show_bytes(bytes),
    };
    text(ui, look, "size", size);
    text(ui, look, "references", row.references.to_string());
    if row.copies.is_empty() {
        text(ui, look, "copies", "none");
    }
    for (number, copy) in row.copies.iter().take(MOST_COPIES).enumerate() {
        let name = if number == 0 { "copies" } else { "" };
        field(ui, look, name, |ui| draw_copy(ui, look, asks, copy));
    }
    if let Some(hidden) = row.copies.len().checked_sub(MOST_COPIES + 1) {
        faint(ui, look, format!("and {} copies more", hidden + 1));
    }
    if let Some(node) = row.spilled {
        let names = look.run.history.names();
        field(ui, look, "on disk", |ui| {
            entity_link(ui, look, asks, Entity::Node(node), &names.node(node));
        });
    }
}

fn draw_copy(ui: &mut Ui, look: &Look, asks: &mut Asks, copy: &Copy) {
    let names = look.run.history.names();
    entity_link(ui, look, asks, Entity::Node(copy.node), &names.node(copy.node));
    let what = match copy.kind {
        CopyKind::Primary => "primary: it is not evicted".to_owned(),
        CopyKind::Secondary => "secondary".to_owned(),
        CopyKind::Arriving(transfer) => {
            let transfer = look.playback.state().transfers.get(transfer).copied().flatten();
            match transfer {
                Some(found) if found.is_restore() => {
                    format!("restored from disk since {}", found.since)
                }
                Some(found) => {
                    format!("arriving from {} since {}", names.node(found.from), found.since)
                }
                None => "arriving".to_owned(),
            }
        }
    };
    words(ui, look, what);
}

fn group_text(group: rayscope::base::GroupId) -> String {
    format!("placement group {group}, once it has its place")
}
