//! A node's link: how fast it is, and what is being copied over it.

use crate::view::look::{Asks, Look};
use crate::view::panels::fields::{faint, field, text, words};
use crate::view::panels::inspector::node::link_text;
use crate::view::panels::link::entity_link;
use crate::view::panels::numbers::grouped;
use bevy_egui::egui;
use egui::Ui;
use rayscope::base::NodeId;
use rayscope::base::units::show_bytes;
use rayscope::replay::Entity;

const MOST_COPIES: usize = 20;

/// All about the copies into a node.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, node: NodeId) {
    let (state, names) = (look.playback.state(), look.run.history.names());
    let Some(row) = state.nodes.get(node) else {
        return faint(ui, look, "Its node has not joined yet.");
    };
    field(ui, look, "into", |ui| {
        entity_link(ui, look, asks, Entity::Node(node), &names.node(node));
    });
    text(ui, look, "speed", link_text(row));
    let flying = || state.transfers.iter().flatten().filter(|copy| copy.to == node);
    let count = flying().count();
    let bytes: u64 = flying().map(|copy| state.objects[copy.object].size).sum();
    let told = match count {
        0 => "nothing".to_owned(),
        1 => format!("one copy, {}", show_bytes(bytes)),
        more => format!("{} copies, {}", grouped(more), show_bytes(bytes)),
    };
    text(ui, look, "under way", told);
    for copy in flying().take(MOST_COPIES) {
        field(ui, look, "copy of", |ui| {
            let object = names.object(copy.object);
            entity_link(ui, look, asks, Entity::Object(copy.object), &object);
            words(ui, look, "from");
            entity_link(ui, look, asks, Entity::Node(copy.from), &names.node(copy.from));
            let size = show_bytes(state.objects[copy.object].size);
            words(ui, look, format!("{size}, since {}", copy.since));
        });
    }
    if count > MOST_COPIES {
        faint(ui, look, format!("+ {} more", grouped(count - MOST_COPIES)));
    }
}
