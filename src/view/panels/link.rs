//! A name that is a link: the pointer on it tells every panel what is meant, a click selects it.
//!
//! A link asks for `Hover` in every frame in which the pointer is on it; when nothing asks, nothing is hovered.

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use bevy_egui::egui;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Color32, FontId, Galley, Rect, Response, Sense, Stroke, Ui, WidgetInfo, vec2};
use rayscope::replay::Entity;
use std::sync::Arc;

/// The size of ids and names.
pub const SIZE: f32 = 13.0;

/// A link in the flow of a panel, cut where the panel ends; the whole text shows when the pointer rests on it.
pub fn entity_link(
    ui: &mut Ui,
    look: &Look,
    asks: &mut Asks,
    entity: Entity,
    text: &str,
) -> Response {
    let ink = color(look.theme.ink);
    let galley = line(ui, text, paint::code(SIZE), ink, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click());
    draw(ui, look, &response, rect, entity, &galley);
    follow(asks, &response, entity);
    told(response, &galley, text)
}

/// A link at a place, as the rows of a table have them. The row says which `id` it has.
pub fn link_in(
    ui: &mut Ui,
    look: &Look,
    asks: &mut Asks,
    place: (egui::Id, Rect),
    entity: Entity,
    text: &str,
) -> Response {
    let (id, room) = place;
    let galley = line(ui, text, paint::code(SIZE), color(look.theme.ink), room.width());
    let rect = Align2::LEFT_CENTER.anchor_size(room.left_center(), galley.size());
    // Not a stop of the Tab key: a table would have hundreds.
    let response = ui.interact(rect.intersect(ui.clip_rect()), id, Sense::CLICK);
    draw(ui, look, &response, rect, entity, &galley);
    follow(asks, &response, entity);
    told(response, &galley, text)
}

/// What a click and the pointer on something about `entity` ask for: the same everywhere.
pub fn follow(asks: &mut Asks, response: &Response, entity: Entity) {
    if response.hovered() {
        asks.push(Command::Hover(Some(entity)));
    }
    if response.clicked() {
        asks.push(Command::Select(Some(entity)));
    }
}

/// One line of text, cut with an ellipsis at `width`. The text is laid out once and then kept by egui.
pub fn line(ui: &Ui, text: &str, font_id: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let format = TextFormat { font_id, color, ..TextFormat::default() };
    let mut job = LayoutJob::single_section(one_line(text), format);
    job.wrap = TextWrapping::truncate_at_width(width.max(1.0));
    ui.painter().layout_job(job)
}

/// So much of a name is laid out at most: none that is seen is longer.
const MOST_CHARS: usize = 400;

/// Without line ends, and not longer than can be seen.
fn one_line(text: &str) -> String {
    let seen = text.chars().take(MOST_CHARS);
    seen.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Shows the whole text where it was cut.
pub fn told(response: Response, galley: &Galley, text: &str) -> Response {
    response.widget_info(|| WidgetInfo::labeled(egui::WidgetType::Link, true, one_line(text)));
    if galley.elided { response.on_hover_text(one_line(text)) } else { response }
}

fn draw(
    ui: &Ui,
    look: &Look,
    response: &Response,
    rect: Rect,
    entity: Entity,
    galley: &Arc<Galley>,
) {
    let (theme, painter) = (look.theme, ui.painter());
    let back = rect.expand2(vec2(3.0, 1.0));
    let touched = response.hovered() || response.has_focus() || look.hovered == Some(entity);
    if look.selection == Some(entity) {
        painter.rect_filled(back, 3.0, mix(theme.paper, theme.accent, 0.22));
    } else if touched {
        painter.rect_filled(back, 3.0, mix(theme.paper, theme.accent, 0.10));
    }
    painter.galley(rect.min, galley.clone(), color(theme.ink));
    let under = if response.hovered() || response.has_focus() {
        Stroke::new(1.25, color(theme.accent))
    } else {
        Stroke::new(1.0, color(theme.faint).gamma_multiply(0.45))
    };
    painter.hline(rect.x_range(), rect.bottom() - 0.5, under);
    if response.hovered() {
        ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
    }
}
