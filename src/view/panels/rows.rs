//! A list of any length of which only the rows that are seen cost anything.
//!
//! Its place is kept in rows, not in points: at ten million rows an `f32` of points is off by half a row, and
//! egui's own scroll area keeps one.

use bevy_egui::egui;
use egui::{Id, Rect, Sense, Ui, UiBuilder, pos2, vec2};

/// Where a list stands.
#[derive(Clone, Debug, Default)]
pub struct Scroll {
    /// The row at the upper edge, with its share that is above it.
    top: f64,
    /// The row that shall be seen in the next frame.
    wanted: Option<usize>,
}

impl Scroll {
    /// Brings a row into view; a row that is seen already stays where it is.
    pub fn reveal(&mut self, row: usize) {
        self.wanted = Some(row);
    }

    /// Draws the rows that are seen into all the room that `ui` has left. Whether a person moved the list in this
    /// frame.
    pub fn rows(
        &mut self,
        ui: &mut Ui,
        height: f32,
        total: usize,
        mut row: impl FnMut(&mut Ui, Rect, usize),
    ) -> bool {
        const BAR: f32 = 10.0;
        let room = ui.available_rect_before_wrap();
        let id = ui.allocate_rect(room, Sense::hover()).id;
        let page = f64::from((room.height() / height).max(1.0));
        let most = (total as f64 - page).max(0.0);
        self.settle(page, most);
        let before = self.top;
        let mut list = room;
        if most > 0.0 {
            list.max.x = (room.max.x - BAR).max(room.min.x);
            self.wheel(ui, room, height);
            let bar = Rect::from_min_max(pos2(list.max.x, room.min.y), room.max);
            self.bar(ui, id, bar, page, total);
        }
        self.top = self.top.clamp(0.0, most);
        let by_hand = self.top != before;

        let first = self.top as usize;
        let last = ((self.top + page).ceil() as usize).min(total);
        let builder = UiBuilder::new().max_rect(list).id_salt("rows");
        let mut inner = ui.new_child(builder);
        inner.set_clip_rect(list.intersect(ui.clip_rect()));
        for index in first..last {
            let y = list.top() + ((index as f64 - self.top) * f64::from(height)) as f32;
            let size = vec2(list.width(), height);
            row(&mut inner, Rect::from_min_size(pos2(list.left(), y), size), index);
        }
        by_hand
    }

    fn settle(&mut self, page: f64, most: f64) {
        if let Some(row) = self.wanted.take() {
            let row = row as f64;
            if row < self.top || row + 1.0 > self.top + page {
                self.top = row + 0.5 - page / 2.0;
            }
        }
        self.top = self.top.clamp(0.0, most);
    }

    fn wheel(&mut self, ui: &Ui, room: Rect, height: f32) {
        if ui.rect_contains_pointer(room) {
            let delta = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.y));
            self.top -= f64::from(delta / height);
        }
    }

    fn bar(&mut self, ui: &mut Ui, id: Id, bar: Rect, page: f64, total: usize) {
        let most = total as f64 - page;
        let length = (f64::from(bar.height()) * page / total as f64) as f32;
        let length = length.max(24.0).min(bar.height());
        let free = f64::from((bar.height() - length).max(1.0));
        let response = ui.interact(bar, id.with("bar"), Sense::DRAG | Sense::CLICK);
        if let Some(at) = response.interact_pointer_pos() {
            let along = f64::from(at.y - bar.top() - length / 2.0);
            if response.dragged() && !response.drag_started() {
                self.top += f64::from(response.drag_delta().y) / free * most;
            } else if response.clicked() || response.drag_started() {
                let handle = bar.top() + (self.top / most * free) as f32;
                if !(handle..=handle + length).contains(&at.y) {
                    self.top = along / free * most;
                }
            }
        }
        let y = bar.top() + (self.top.clamp(0.0, most) / most * free) as f32;
        let grow = if response.hovered() || response.dragged() { 0.0 } else { 2.0 };
        let size = vec2(bar.width() - 2.0 - 2.0 * grow, length);
        let handle = Rect::from_min_size(pos2(bar.left() + 2.0 + grow, y), size);
        let visuals = ui.style().interact(&response);
        ui.painter().rect_filled(handle, 4.0, visuals.bg_stroke.color);
    }
}
