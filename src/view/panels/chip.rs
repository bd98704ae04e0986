//! A small box with a name that stands for an object or a task: colour is what it is, border and badge are how
//! it stands.

use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use crate::view::panels::link;
use bevy_egui::egui;
use egui::{Rect, Response, Sense, Stroke, Ui, pos2, vec2};
use rayscope::chart::scene::{Mark, Role};
use rayscope::replay::Entity;

/// What a chip tells.
pub struct Chip<'a> {
    /// What it stands for.
    pub entity: Entity,
    /// Its short name.
    pub label: &'a str,
    /// What it is.
    pub role: Role,
    /// How it stands.
    pub mark: Mark,
}

/// The longest name that a chip shows whole.
const MOST_WIDTH: f32 = 150.0;
const HEIGHT: f32 = 26.0;
const BADGE: f32 = 13.0;

/// Draws a chip in the flow of the panel. `told` is asked for what the pointer on it shows.
pub fn chip(
    ui: &mut Ui,
    look: &Look,
    asks: &mut Asks,
    chip: &Chip,
    told: impl FnOnce() -> String,
) -> Response {
    let theme = look.theme;
    let fill = theme.fill(chip.role);
    let ink = paint::ink_on(fill);
    let name = link::line(ui, chip.label, paint::code(13.0), ink, MOST_WIDTH);
    let badge = if chip.mark == Mark::Plain { 0.0 } else { BADGE + 5.0 };
    let size = vec2(name.size().x + badge + 16.0, HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    if ui.is_rect_visible(rect) {
        let painter = ui.painter();
        let meant = look.selection == Some(chip.entity);
        if meant || look.hovered == Some(chip.entity) || response.has_focus() {
            let share = if meant { 1.0 } else { 0.5 };
            let ring = Stroke::new(2.5, mix(theme.paper, theme.accent, share));
            painter.rect_stroke(rect.expand(1.0), 7.0, ring, egui::StrokeKind::Outside);
        }
        let body = rect.shrink(1.0);
        paint::cell(painter, body, 6.0, fill, chip.mark, theme);
        if badge > 0.0 {
            let corner = pos2(body.left() + 7.0, body.center().y - BADGE / 2.0);
            let place = Rect::from_min_size(corner, vec2(BADGE, BADGE));
            paint::badge(painter, place, chip.mark, theme);
        }
        let at = pos2(body.left() + 7.0 + badge, body.center().y - name.size().y / 2.0);
        painter.galley(at, name, color(theme.ink));
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Link, true, chip.label));
    }
    link::follow(asks, &response, chip.entity);
    if response.hovered() { response.on_hover_text(told()) } else { response }
}
