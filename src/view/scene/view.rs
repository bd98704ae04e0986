//! Which part of the picture is seen: all of it at first; the wheel and dragging change that, a double click undoes it.

use bevy_egui::egui;
use egui::{Pos2, Response, Ui, Vec2, pos2, vec2};
use rayscope::chart::geometry::{Point, Rect, Size};

const MOST_ZOOM: f32 = 12.0;

/// From the picture's points to the window's.
pub struct View {
    /// How much larger than fitting.
    zoom: f32,
    /// How far the picture's middle is from the window's, in the picture's points.
    pan: Vec2,
    scale: f32,
    middle: Pos2,
    size: Size,
}

impl Default for View {
    fn default() -> View {
        let size = Size { w: 1.0, h: 1.0 };
        View { zoom: 1.0, pan: Vec2::ZERO, scale: 1.0, middle: Pos2::ZERO, size }
    }
}

impl View {
    /// The picture of that size in that part of the window.
    pub fn fit(&mut self, room: egui::Rect, size: Size) {
        let fitting = (room.width() / size.w.max(1.0)).min(room.height() / size.h.max(1.0));
        (self.scale, self.middle, self.size) = (fitting * self.zoom, room.center(), size);
    }

    /// Zooms, moves or shows all again, as the pointer asks.
    pub fn handle(&mut self, ui: &Ui, response: &Response) {
        if response.double_clicked() {
            (self.scale, self.zoom, self.pan) = (self.scale / self.zoom, 1.0, Vec2::ZERO);
        }
        if response.dragged() {
            self.pan += response.drag_delta() / self.scale.max(1e-3);
        }
        let Some(at) = response.hover_pos() else { return };
        let (pinch, wheel) = ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta().y));
        let factor = if pinch == 1.0 { (wheel * 0.004).exp() } else { pinch };
        if factor != 1.0 {
            let zoom = (self.zoom * factor).clamp(1.0, MOST_ZOOM);
            let before = self.back(at);
            (self.scale, self.zoom) = (self.scale * zoom / self.zoom, zoom);
            // What is under the pointer stays there.
            let after = self.back(at);
            self.pan += vec2(after.x - before.x, after.y - before.y);
            if zoom == 1.0 {
                self.pan = Vec2::ZERO;
            }
        }
    }

    /// Brings a place into the middle, if only a part of the picture is seen.
    pub fn center_on(&mut self, place: Option<Rect>) {
        if let Some(place) = place.filter(|_| self.zoom > 1.0) {
            let center = place.center();
            self.pan = vec2(self.size.w / 2.0 - center.x, self.size.h / 2.0 - center.y);
        }
    }

    /// Window points for a point of the picture.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// Where a point of the picture is in the window.
    pub fn at(&self, point: Point) -> Pos2 {
        pos2(
            self.middle.x + (point.x - self.size.w / 2.0 + self.pan.x) * self.scale,
            self.middle.y + (point.y - self.size.h / 2.0 + self.pan.y) * self.scale,
        )
    }

    /// Where a rectangle of the picture is in the window.
    pub fn rect(&self, rect: Rect) -> egui::Rect {
        let corner = self.at(Point::new(rect.x, rect.y));
        egui::Rect::from_min_size(corner, vec2(rect.w, rect.h) * self.scale)
    }

    /// The point of the picture at a place in the window.
    pub fn back(&self, at: Pos2) -> Point {
        let scale = self.scale.max(1e-6);
        Point::new(
            (at.x - self.middle.x) / scale + self.size.w / 2.0 - self.pan.x,
            (at.y - self.middle.y) / scale + self.size.h / 2.0 - self.pan.y,
        )
    }
}
