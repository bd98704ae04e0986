//! The cluster as a picture: for now only what is said about it.

use crate::view::look::{Asks, Look};
use bevy_egui::egui::Ui;
use rayscope::chart::caption_at;

/// What the picture keeps from frame to frame.
#[derive(Default)]
pub struct SceneView {}

impl SceneView {
    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, look: &Look, _asks: &mut Asks) {
        let history = &look.run.history;
        let step = look.playback.step();
        let caption = caption_at(history, step, look.playback.stop(history));
        ui.centered_and_justified(|ui| ui.heading(caption.short));
    }
}
