//! The cluster as a picture: what `chart` says of the moment, drawn with egui's painter. Tokens glide from where
//! they were; a click selects, hovering tells, the wheel zooms and dragging moves.

mod draw;
mod glide;
mod hints;
mod view;

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::scene::draw::Canvas;
use crate::view::scene::glide::Glide;
use crate::view::scene::view::View;
use bevy_egui::egui;
use egui::{Sense, Ui};
use rayscope::chart::caption_at;
use rayscope::chart::paint::{self, Shape};
use rayscope::chart::scene::Scene;
use rayscope::chart::theme::Theme;
use rayscope::replay::Entity;

/// What the picture keeps from frame to frame.
#[derive(Default)]
pub struct SceneView {
    view: View,
    /// The moment that is drawn: which run, which step, which stop of the story.
    moment: Option<Moment>,
    scene: Scene,
    /// The scene's shapes in the theme of that name, once nothing glides.
    shapes: Vec<Shape>,
    painted_in: Option<&'static str>,
    glide: Option<Glide>,
}

#[derive(Clone, Copy, PartialEq)]
struct Moment {
    run: (usize, usize),
    step: usize,
    stop: Option<usize>,
}

impl SceneView {
    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, look: &Look, asks: &mut Asks) {
        let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::click_and_drag());
        if response.rect.width() < 8.0 || response.rect.height() < 8.0 {
            return;
        }
        let now = ui.input(|input| input.time);
        self.follow(look, now);
        self.view.fit(response.rect, self.scene.size);
        self.view.handle(ui, &response);
        if look.focus {
            self.view.center_on(draw::place_of(&self.scene, look.selection));
        }
        let between = self.glide.as_ref().and_then(|glide| glide.scene_at(&self.scene, now));
        if between.is_none() {
            self.glide = None;
            self.repaint(look.theme);
        }
        let canvas = Canvas { painter: &painter, view: &self.view, theme: look.theme };
        match &between {
            Some(between) => {
                canvas.shapes(&paint::scene(between, look.theme));
                ui.ctx().request_repaint();
            }
            None => canvas.shapes(&self.shapes),
        }
        canvas.outlines(&self.scene, look);
        canvas.notes(&self.scene.notes);
        let said = || {
            caption_at(&look.run.history, look.playback.step(), self.moment.and_then(|m| m.stop))
        };
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Other, true, said().short));
        let pointed = response.hover_pos().and_then(|at| draw::at(&self.scene, self.view.back(at)));
        self.answer(&response, pointed, look, asks);
    }

    fn answer(
        &self,
        response: &egui::Response,
        pointed: Option<Entity>,
        look: &Look,
        asks: &mut Asks,
    ) {
        if response.contains_pointer() && pointed.is_some() {
            asks.push(Command::Hover(pointed));
        }
        if response.clicked() && pointed != look.selection {
            asks.push(Command::Select(pointed));
        }
        if let Some(entity) = pointed.filter(|_| !response.dragged()) {
            response.clone().on_hover_text_at_pointer(hints::hint(look, entity));
        }
    }

    /// Makes the scene of another moment, and lets what moved glide there.
    fn follow(&mut self, look: &Look, now: f64) {
        let stop = look.playback.stop(&look.run.history);
        let moment = Moment { run: look.run.key(), step: look.playback.step(), stop };
        if self.moment == Some(moment) {
            return;
        }
        let stage = look.run.stage();
        let scene = stage.scene(&look.run.history, look.playback.state(), moment.step, stop);
        let before = std::mem::replace(&mut self.scene, scene);
        let earlier = self.moment.filter(|before| before.run == moment.run);
        self.glide = match earlier.filter(|_| !look.reduced_motion) {
            Some(earlier) => {
                let forward = (earlier.step, earlier.stop) <= (moment.step, stop);
                Glide::between(&before, &self.scene, forward, now)
            }
            None => None,
        };
        self.moment = Some(moment);
        self.painted_in = None;
    }

    fn repaint(&mut self, theme: &Theme) {
        if self.painted_in != Some(theme.name) {
            self.shapes = paint::scene(&self.scene, theme);
            self.painted_in = Some(theme.name);
        }
    }
}
