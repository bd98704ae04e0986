//! What stands in a row: bars, or how busy a lane or a node was where its bars are too thin to be seen.

use crate::view::paint::{self, color, mix};
use crate::view::panels::link;
use crate::view::panels::timeline::draw::Page;
use bevy_egui::egui;
use egui::epaint::Mesh;
use egui::{Painter, Rect, Shape, Stroke, StrokeKind, pos2, vec2};
use rayscope::chart::scene::Mark;
use rayscope::chart::theme::Rgb;
use rayscope::chart::timeline::{Bar, Bucket, Doing, Ending, Lane, What};

const NAME: f32 = 11.0;
/// Bars that would be thinner than this on average are told as how busy the lane was.
const THIN: f32 = 5.0;
/// More rows of bars in a lane are too thin.
const MOST_ROWS: usize = 5;
/// The width of a column of such a lane.
const COLUMN: f32 = 2.0;

impl Page<'_> {
    pub(super) fn lane(&self, lane: &Lane, row: Rect, buckets: &mut Vec<Bucket>) {
        let theme = self.look.theme;
        let painter = self.plot();
        let body = row.shrink2(vec2(0.0, 1.5));
        painter.rect_filled(body, 0.0, mix(theme.paper, theme.ink, 0.045));
        self.life(&painter, lane, body);
        let (from, to) = self.scale.window.ends();
        let crowded = lane.count(from, to) as f32 * THIN > body.width();
        if crowded || lane.rows() > MOST_ROWS {
            return self.strip(&painter, lane, body, buckets);
        }
        let height = body.height() / lane.rows().max(1) as f32;
        for number in 0..lane.rows() {
            let top = body.top() + number as f32 * height;
            for bar in lane.visible(number, from, to) {
                let (left, right) = (self.scale.x(bar.from), self.scale.x(bar.to));
                // What took no time is still worth a line.
                let right = right.max(left + 1.5);
                let rect = Rect::from_min_max(
                    pos2(self.clip(left), top + 0.5),
                    pos2(self.clip(right), top + height - 0.5),
                );
                self.bar(&painter, bar, rect);
            }
        }
    }

    /// Where a worker was not there yet, or no longer.
    fn life(&self, painter: &Painter, lane: &Lane, body: Rect) {
        let theme = self.look.theme;
        let born = self.scale.x(lane.born).min(body.right());
        if born > body.left() && lane.born > rayscope::base::Instant::ZERO {
            let rect = Rect::from_min_max(body.min, pos2(born, body.bottom()));
            painter.rect_filled(rect, 0.0, color(theme.paper));
        }
        let Some(died) = lane.died.map(|at| self.scale.x(at).max(body.left())) else { return };
        if died < body.right() {
            let rect = Rect::from_min_max(pos2(died, body.top()), body.max);
            painter.rect_filled(rect, 0.0, color(theme.paper));
            paint::hatch(painter, rect, color(theme.line(Mark::Gone)).gamma_multiply(0.4));
        }
    }

    fn bar(&self, painter: &Painter, bar: &Bar, rect: Rect) {
        let theme = self.look.theme;
        // A selected task is framed with all its phases, see `ties`.
        let ring = match bar.about().filter(|_| bar.is_busy()) {
            None => None,
            about if about == self.look.selection && bar.task().is_none() => Some(2.5),
            about if about == self.look.hovered => Some(1.75),
            Some(_) => None,
        };
        match bar.what {
            What::Copy { .. } => {
                let fill = color(theme.transfer).gamma_multiply(0.35);
                let line = Stroke::new(1.0, color(theme.ink));
                painter.rect(rect, 2.0, fill, line, StrokeKind::Inside);
            }
            What::Task { task, doing, .. } => {
                let function = theme.function(self.timeline.functions.number(task));
                self.doing(painter, doing, Some(function), rect);
            }
            What::Driver(doing) => self.doing(painter, doing, None, rect),
        }
        self.inscribe(painter, bar, rect);
        if let Some(width) = ring {
            let line = Stroke::new(width, color(theme.accent));
            painter.rect_stroke(rect, 2.0, line, StrokeKind::Outside);
        }
        if bar.ending == Ending::Failed {
            let place = Rect::from_center_size(rect.right_center(), vec2(13.0, 13.0));
            paint::badge(painter, place, Mark::Failed, theme);
        }
    }

    /// A box that tells what is done: by a function's task, or by the driver.
    pub fn doing(&self, painter: &Painter, doing: Doing, function: Option<Rgb>, rect: Rect) {
        let theme = self.look.theme;
        let paper = color(theme.paper);
        let own = function.map_or(mix(theme.paper, theme.faint, 0.45), color);
        let line = Stroke::new(1.0, color(theme.ink).gamma_multiply(0.85));
        match doing {
            Doing::WaitsForArguments
            | Doing::WaitsForSlot
            | Doing::WaitsForLease
            | Doing::WaitsForRetry => {
                let line = [rect.left_center(), rect.right_center()];
                let ink = color(theme.ink).gamma_multiply(0.75);
                let dots = doing == Doing::WaitsForArguments;
                let (dash, gap) = if dots { (2.0, 3.5) } else { (7.0, 4.0) };
                painter.extend(Shape::dashed_line(&line, Stroke::new(2.0, ink), dash, gap));
            }
            Doing::Starting | Doing::Fetching | Doing::WaitsForStore => {
                let mark = color(theme.line(doing.mark()));
                let line = Stroke::new(1.25, mark);
                painter.rect(rect, 2.0, paper, line, StrokeKind::Inside);
                paint::hatch(painter, rect.shrink(1.0), mark.gamma_multiply(0.6));
                if doing == Doing::WaitsForStore {
                    let under =
                        Rect::from_min_max(pos2(rect.left(), rect.bottom() - 4.0), rect.max);
                    painter.rect_filled(under, 0.0, color(theme.alarm));
                }
            }
            Doing::Running => {
                painter.rect(rect, 2.0, own, line, StrokeKind::Inside);
            }
            Doing::Sleeping => {
                painter.rect(rect, 2.0, own.gamma_multiply(0.6), line, StrokeKind::Inside);
            }
            Doing::InGet | Doing::InWait => {
                painter.rect(rect, 2.0, paper, line, StrokeKind::Inside);
                let under = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 3.5), rect.max);
                painter.rect_filled(under.shrink2(vec2(1.0, 0.0)), 0.0, own);
                if rect.width() > 12.0 {
                    let place = Rect::from_center_size(rect.center(), vec2(11.0, 11.0));
                    paint::badge(painter, place, Mark::Blocked, theme);
                }
            }
        }
    }

    /// The name of a task, an object or a call in its bar, where it fits.
    fn inscribe(&self, painter: &Painter, bar: &Bar, rect: Rect) {
        if rect.width() < 24.0 || rect.height() < NAME + 2.0 {
            return;
        }
        let theme = self.look.theme;
        let names = self.look.run.history.names();
        let (name, ink, room) = match bar.what {
            What::Task { task, doing: Doing::Running, .. } => {
                (names.task(task), color(theme.on_function()), rect)
            }
            What::Copy { object, .. } => (names.object(object), color(theme.ink), rect),
            What::Task { doing, .. } | What::Driver(doing) => {
                let call = match doing {
                    Doing::InGet => "ray.get",
                    Doing::InWait => "ray.wait",
                    Doing::WaitsForArguments
                    | Doing::WaitsForSlot
                    | Doing::WaitsForLease
                    | Doing::WaitsForRetry
                    | Doing::Starting
                    | Doing::Fetching
                    | Doing::WaitsForStore
                    | Doing::Running
                    | Doing::Sleeping => return,
                };
                let right = Rect::from_min_max(pos2(rect.center().x + 8.0, rect.top()), rect.max);
                (call.to_owned(), color(theme.ink), right)
            }
        };
        let galley = link::line(self.ui, &name, paint::text(NAME), ink, room.width() - 6.0);
        // Of a name that is cut to nothing, nothing is shown.
        if galley.elided && room.width() < 40.0 {
            return;
        }
        let middle = room.center().x - galley.size().x / 2.0;
        let x = if room == rect { middle } else { room.left() };
        painter.galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, ink);
    }

    /// How busy a lane was, column by column, in the colours of what took it: one mesh.
    fn strip(&self, painter: &Painter, lane: &Lane, body: Rect, buckets: &mut Vec<Bucket>) {
        let theme = self.look.theme;
        buckets.resize((body.width() / COLUMN).max(1.0) as usize, Bucket::default());
        // Before the beginning and after the end there is nothing: only what is in between has columns.
        let (from, to) = self.scale.window.ends();
        let (left, right) = (self.scale.x(from), self.scale.x(to));
        lane.density(from, to, buckets);
        let most = buckets.iter().map(|bucket| bucket.busy).fold(1.0, f32::max);
        let width = (right - left) / buckets.len() as f32;
        let mut mesh = Mesh::default();
        for (column, bucket) in buckets.iter().enumerate() {
            let Some(bar) = bucket.bar.map(|at| &lane.bars()[at as usize]) else { continue };
            let fill = match bar.what {
                What::Task { task, .. } => {
                    color(theme.function(self.timeline.functions.number(task)))
                }
                What::Driver(_) => mix(theme.paper, theme.faint, 0.45),
                What::Copy { .. } => color(theme.transfer),
            };
            let x = left + column as f32 * width;
            let top = body.bottom() - body.height() * (bucket.busy / most).clamp(0.08, 1.0);
            let rect = Rect::from_min_max(pos2(x, top), pos2(x + width, body.bottom()));
            mesh.add_colored_rect(rect, fill);
        }
        painter.add(mesh);
    }

    /// How many slots of a node were busy, column by column.
    pub(super) fn node(&self, number: usize, row: Rect) {
        let theme = self.look.theme;
        let painter = self.plot();
        let body = row.shrink2(vec2(0.0, 1.5));
        painter.rect_filled(body, 0.0, mix(theme.paper, theme.ink, 0.045));
        let node = &self.timeline.nodes[number];
        let columns = (body.width() / COLUMN).max(1.0) as usize;
        let fill = mix(theme.paper, theme.ink, 0.6);
        let mut mesh = Mesh::default();
        for column in 0..columns {
            let x = body.left() + column as f32 * COLUMN;
            let (from, to) = (self.scale.at(x), self.scale.at(x + COLUMN).min(self.timeline.end));
            let share = node.busy.mean(from, to) / f64::from(node.slots.max(1));
            if share > 0.0 && to > from {
                let top = body.bottom() - body.height() * (share as f32).clamp(0.06, 1.0);
                let rect = Rect::from_min_max(pos2(x, top), pos2(x + COLUMN, body.bottom()));
                mesh.add_colored_rect(rect, fill);
            }
        }
        painter.add(mesh);
    }
}
