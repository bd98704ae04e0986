//! Names with their values below each other, titles, and bars of a part of a whole.

use crate::view::look::Look;
use crate::view::paint::{self, color, mix};
use bevy_egui::egui;
use egui::{Align, Layout, Rect, RichText, Sense, Ui, UiBuilder, pos2, vec2};

const NAME: f32 = 104.0;
/// Below this width a value stands under its name.
const NARROW: f32 = 250.0;

/// A value under a name.
pub fn field(ui: &mut Ui, look: &Look, name: &str, value: impl FnOnce(&mut Ui)) {
    let label = RichText::new(name).color(color(look.theme.faint));
    if ui.available_width() < NARROW {
        ui.label(label);
        ui.horizontal_wrapped(value);
        return;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let height = ui.spacing().interact_size.y;
        let (rect, _) = ui.allocate_exact_size(vec2(NAME, height), Sense::hover());
        let layout = Layout::left_to_right(Align::Center);
        let mut place = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
        place.add(egui::Label::new(label).truncate());
        let width = ui.available_width();
        ui.allocate_ui_with_layout(vec2(width, height), Layout::top_down(Align::Min), |ui| {
            ui.horizontal_wrapped(value);
        });
    });
}

/// A value that is text.
pub fn text(ui: &mut Ui, look: &Look, name: &str, value: impl Into<String>) {
    field(ui, look, name, |ui| words(ui, look, value));
}

/// Words in the ink.
pub fn words(ui: &mut Ui, look: &Look, text: impl Into<String>) {
    ui.add(egui::Label::new(RichText::new(text).color(color(look.theme.ink))).wrap());
}

/// Words of less weight.
pub fn faint(ui: &mut Ui, look: &Look, text: impl Into<String>) {
    ui.add(egui::Label::new(RichText::new(text).color(color(look.theme.faint))).wrap());
}

/// The title of a part.
pub fn title(ui: &mut Ui, look: &Look, text: &str) {
    ui.add_space(8.0);
    ui.label(RichText::new(text).font(paint::strong(14.0)).color(color(look.theme.ink)));
}

/// A part of a whole as a bar with its numbers; a whole that is not limited has only numbers.
pub fn part_of(ui: &mut Ui, look: &Look, share: Option<f64>, text: &str) {
    let theme = look.theme;
    if let Some(share) = share {
        let width = (ui.available_width() * 0.4).clamp(30.0, 110.0);
        let (rect, _) = ui.allocate_exact_size(vec2(width, 18.0), Sense::hover());
        let rail = Rect::from_center_size(rect.center(), vec2(width, 8.0));
        ui.painter().rect_filled(rail, 4.0, mix(theme.paper, theme.ink, 0.12));
        let right = rail.left() + rail.width() * share.clamp(0.0, 1.0) as f32;
        let full = Rect::from_min_max(rail.min, pos2(right, rail.bottom()));
        ui.painter().rect_filled(full, 4.0, mix(theme.paper, theme.ink, 0.55));
    }
    words(ui, look, text);
}

/// A small switch, quiet when it is off. Whether it was clicked.
pub fn switch(ui: &mut Ui, look: &Look, is_on: bool, text: &str) -> egui::Response {
    let theme = look.theme;
    let ink = color(if is_on { theme.ink } else { theme.faint });
    let galley = ui.painter().layout_no_wrap(text.to_owned(), paint::text(13.0), ink);
    let size = galley.size() + vec2(16.0, 8.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let share = match (is_on, response.hovered()) {
        (true, true) => 0.16,
        (true, false) => 0.10,
        (false, true) => 0.05,
        (false, false) => 0.0,
    };
    let edge = if response.has_focus() { 0.6 } else { 0.14 };
    let line = egui::Stroke::new(1.0, mix(theme.paper, theme.ink, edge));
    let fill = mix(theme.paper, theme.ink, share);
    ui.painter().rect(rect, rect.height() / 2.0, fill, line, egui::StrokeKind::Inside);
    ui.painter().galley(rect.min + vec2(8.0, 4.0), galley, ink);
    response
        .widget_info(|| egui::WidgetInfo::selected(egui::WidgetType::Checkbox, true, is_on, text));
    response
}
