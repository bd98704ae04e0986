//! A field to type into and a list to choose from, with the mouse or with the arrow keys and Enter.

use crate::view::paint::{self, color, mix};
use bevy_egui::egui;
use egui::{Align2, Key, Modifiers, Rect, Sense, Ui, vec2};
use rayscope::chart::theme::Theme;

/// What was typed, and which row is chosen.
#[derive(Default)]
pub struct Picker {
    /// What was typed.
    pub query: String,
    chosen: usize,
}

/// A row to choose.
pub struct Row<'r> {
    /// What it is.
    pub title: &'r str,
    /// More about it.
    pub note: &'r str,
    /// What stands at its right end.
    pub end: &'r str,
}

const ROW: f32 = 44.0;

impl Picker {
    /// The field. It has the keyboard as long as it is there. Whether something was typed.
    pub fn field(&mut self, ui: &mut Ui, hint: &str) -> bool {
        let (up, down) = ui.input_mut(|input| {
            let none = Modifiers::NONE;
            (input.consume_key(none, Key::ArrowUp), input.consume_key(none, Key::ArrowDown))
        });
        self.chosen = self.chosen.saturating_sub(usize::from(up)) + usize::from(down);
        let field = egui::TextEdit::singleline(&mut self.query)
            .hint_text(hint)
            .font(paint::text(16.0))
            .margin(vec2(10.0, 8.0))
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.request_focus();
        if response.changed() {
            self.chosen = 0;
        }
        response.changed()
    }

    /// The rows; `row` makes those that are seen. The one that was chosen, by a click or by Enter.
    pub fn rows<'r>(
        &mut self,
        ui: &mut Ui,
        theme: &Theme,
        count: usize,
        row: impl Fn(usize) -> Row<'r>,
    ) -> Option<usize> {
        self.chosen = self.chosen.min(count.saturating_sub(1));
        let enter = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let mut picked = (enter && count > 0).then_some(self.chosen);
        let id = ui.id().with("chosen");
        let moved = ui.data(|data| data.get_temp::<usize>(id)) != Some(self.chosen);
        ui.data_mut(|data| data.insert_temp(id, self.chosen));
        let height = (ui.max_rect().bottom() - ui.cursor().top()).clamp(ROW, 9.0 * ROW);
        let mut area = egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]);
        if moved {
            // Only as far as is needed: the chosen row stays in sight.
            let offset_id = id.with("offset");
            let offset = ui.data(|data| data.get_temp::<f32>(offset_id)).unwrap_or(0.0);
            let top = self.chosen as f32 * ROW;
            area = area
                .vertical_scroll_offset(offset.clamp((top + ROW - height).max(0.0), top.max(0.0)));
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let shown = area.show_rows(ui, ROW, count, |ui, range| {
            for at in range {
                if draw(ui, theme, &row(at), at == self.chosen) {
                    picked = Some(at);
                }
            }
        });
        ui.data_mut(|data| data.insert_temp(id.with("offset"), shown.state.offset.y));
        picked
    }
}

/// Draws a row; whether it was clicked.
fn draw(ui: &mut Ui, theme: &Theme, row: &Row, chosen: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, row.title));
    if chosen || response.hovered() {
        let share = if chosen { 0.22 } else { 0.10 };
        ui.painter().rect_filled(rect, 5.0, mix(theme.paper, theme.accent, share));
    }
    let inner = rect.shrink2(vec2(10.0, 4.0));
    let end = paint::code(13.0);
    let key = ui.painter().layout_no_wrap(row.end.to_owned(), end, color(theme.faint));
    let place = Align2::RIGHT_CENTER.anchor_size(inner.right_center(), key.size());
    let width = place.left() - inner.left() - 12.0;
    ui.painter().galley(place.min, key, color(theme.faint));
    let title = one_line(ui, row.title, 14.5, color(theme.ink), width);
    if row.note.is_empty() {
        let place: Rect = Align2::LEFT_CENTER.anchor_size(inner.left_center(), title.size());
        ui.painter().galley(place.min, title, color(theme.ink));
    } else {
        let note = one_line(ui, row.note, 12.0, color(theme.faint), width);
        let below = inner.left_bottom() - vec2(0.0, note.size().y);
        ui.painter().galley(inner.left_top(), title, color(theme.ink));
        ui.painter().galley(below, note, color(theme.faint));
    }
    response.clicked()
}

fn one_line(
    ui: &Ui,
    text: &str,
    size: f32,
    ink: egui::Color32,
    width: f32,
) -> std::sync::Arc<egui::Galley> {
    let font_id = paint::text(size);
    let format = egui::TextFormat { font_id, color: ink, ..Default::default() };
    let clean: String =
        text.chars().take(400).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut job = egui::text::LayoutJob::single_section(clean, format);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(1.0));
    ui.painter().layout_job(job)
}
