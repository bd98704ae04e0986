//! Rows, axis, cursor and legend of the timeline on egui's painter.

use crate::view::look::Look;
use crate::view::paint::{self, color, mix};
use crate::view::panels::link;
use crate::view::panels::timeline::rows::{Row, Rows};
use crate::view::panels::timeline::scale::Scale;
use crate::view::panels::timeline::ties::Ties;
use bevy_egui::egui;
use egui::{Align2, Painter, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};
use rayscope::base::Instant;
use rayscope::chart::axis::{tick_label, ticks};
use rayscope::chart::timeline::{Bucket, Doing, Lane, Place, Timeline};
use rayscope::replay::Entity;
use rayscope::state::State;
use std::collections::BTreeSet;

/// The height of a row at least, and at most: a few rows share what room there is.
pub const ROW: std::ops::RangeInclusive<f32> = 24.0..=38.0;
/// The size of names.
pub const NAME: f32 = 12.0;
/// How far the lanes of a node stand in, where nodes have rows.
pub const INDENT: f32 = 16.0;
const SMALL: f32 = 11.0;

/// The panel while it is drawn.
pub struct Page<'a> {
    pub ui: &'a Ui,
    pub look: &'a Look<'a>,
    pub timeline: &'a Timeline,
    pub scale: Scale,
    /// Where the names of the rows stand.
    pub names: Rect,
    /// The height of a row, and how far the rows are scrolled.
    pub row: f32,
    pub scroll: f32,
}

/// What a lane is called; below its node's name without it.
pub fn label(timeline: &Timeline, state: &State, lane: &Lane, by_node: bool) -> String {
    match lane.place {
        Place::Worker(worker) if by_node => format!("worker {}", state.workers[worker].number),
        Place::Link(_) if by_node => "copies".to_owned(),
        place => timeline.label(place, state),
    }
}

impl Page<'_> {
    /// What is drawn into the rows stays there.
    pub fn plot(&self) -> Painter {
        self.ui.painter_at(self.scale.plot)
    }

    /// Times above, and lines at them.
    pub fn axis(&self, axis: Rect) {
        let theme = self.look.theme;
        let (from, to) = self.scale.window.ends();
        let most = (self.scale.plot.width() / 90.0) as usize;
        let (step, marks) = ticks(from.as_nanos(), to.as_nanos(), most.max(1));
        let painter = self.ui.painter_at(axis.expand2(vec2(20.0, 0.0)));
        let lines = self.plot();
        for mark in marks {
            let x = self.scale.x(Instant::from_nanos(mark));
            lines.vline(
                x,
                self.scale.plot.y_range(),
                Stroke::new(1.0, mix(theme.paper, theme.ink, 0.13)),
            );
            painter.vline(
                x,
                axis.bottom() - 4.0..=axis.bottom(),
                Stroke::new(1.0, color(theme.faint)),
            );
            let text = tick_label(mark, step);
            let at = pos2(x, axis.center().y - 1.0);
            painter.text(at, Align2::CENTER_CENTER, text, paint::text(NAME), color(theme.faint));
        }
    }

    /// The rows that are seen.
    pub fn rows(&self, rows: &Rows, buckets: &mut Vec<Bucket>) {
        let (plot, height, scroll) = (self.scale.plot, self.row, self.scroll);
        let first = (scroll / height) as usize;
        let count = (plot.height() / height) as usize + 2;
        let names = self.ui.painter_at(self.names);
        for number in first..(first + count).min(rows.len()) {
            let top = plot.top() + number as f32 * height - scroll;
            let rect = Rect::from_min_size(pos2(plot.left(), top), vec2(plot.width(), height));
            match rows.get(number) {
                Some(Row::Lane(lane)) => {
                    self.lane(&self.timeline.lanes[lane as usize], rect, buckets);
                    self.lane_name(&names, lane as usize, rect, rows.by_node());
                }
                Some(Row::Node(node)) => {
                    self.node(node as usize, rect);
                    self.node_name(&names, node as usize, rect, rows);
                }
                None => {}
            }
        }
        self.bar_beside(rows.len() as f32 * height);
    }

    /// How far the rows are scrolled.
    fn bar_beside(&self, whole: f32) {
        let (plot, scroll) = (self.scale.plot, self.scroll);
        if whole <= plot.height() {
            return;
        }
        let share = |points: f32| plot.top() + points / whole * plot.height();
        let (top, bottom) = (share(scroll), share(scroll + plot.height()));
        let x = plot.right() + 2.0;
        let rect = Rect::from_min_max(pos2(x, top), pos2(x + 4.0, bottom.max(top + 8.0)));
        let theme = self.look.theme;
        self.ui.painter().rect_filled(rect, 2.0, mix(theme.paper, theme.ink, 0.35));
    }

    fn lane_name(&self, names: &Painter, at: usize, rect: Rect, by_node: bool) {
        let lane = &self.timeline.lanes[at];
        let state = self.look.run.history.last_state();
        let name = label(self.timeline, state, lane, by_node);
        let indent = if by_node && lane.place != Place::Driver { INDENT } else { 0.0 };
        self.name(names, &name, rect, indent, lane.place.about());
    }

    fn node_name(&self, names: &Painter, number: usize, rect: Rect, rows: &Rows) {
        let node = self.timeline.nodes[number].node;
        let state = self.look.run.history.last_state();
        let (x, y) = (self.names.left() + 7.0, rect.center().y);
        let points = match rows.is_open(node) {
            true => vec![pos2(x - 4.0, y - 2.5), pos2(x + 4.0, y - 2.5), pos2(x, y + 3.5)],
            false => vec![pos2(x - 2.5, y - 4.0), pos2(x + 3.5, y), pos2(x - 2.5, y + 4.0)],
        };
        let ink = color(self.look.theme.faint);
        names.add(Shape::convex_polygon(points, ink, Stroke::NONE));
        self.name(names, state.node_name(node), rect, INDENT, Some(Entity::Node(node)));
    }

    fn name(&self, names: &Painter, name: &str, row: Rect, indent: f32, about: Option<Entity>) {
        let theme = self.look.theme;
        let rect = Rect::from_x_y_ranges(self.names.x_range(), row.y_range()).shrink(1.0);
        if about.is_some() && about == self.look.selection {
            names.rect_filled(rect, 3.0, mix(theme.paper, theme.accent, 0.22));
        } else if about.is_some() && about == self.look.hovered {
            names.rect_filled(rect, 3.0, mix(theme.paper, theme.accent, 0.10));
        }
        let width = rect.width() - indent - 8.0;
        let galley = link::line(self.ui, name, paint::text(NAME), color(theme.ink), width);
        let at = pos2(rect.left() + 3.0 + indent, row.center().y - galley.size().y / 2.0);
        names.galley(at, galley, color(theme.ink));
    }

    /// The line of the cursor, with its time on the axis.
    pub fn cursor(&self, axis: Rect) {
        let theme = self.look.theme;
        let clock = self.look.playback.clock();
        let x = self.scale.x(clock);
        if !(axis.left() - 1.0..=axis.right() + 1.0).contains(&x) {
            return;
        }
        let accent = color(theme.accent);
        let line = Stroke::new(1.75, accent);
        let painter = self.ui.painter();
        painter.vline(x, axis.bottom()..=self.scale.plot.bottom(), line);
        let ink = paint::ink_on(theme.accent);
        let text = painter.layout_no_wrap(clock.to_string(), paint::strong(NAME), ink);
        let size = text.size() + vec2(10.0, 4.0);
        let left = (x - size.x / 2.0).clamp(axis.left(), (axis.right() - size.x).max(axis.left()));
        let flag = Rect::from_min_size(pos2(left, axis.top()), size);
        painter.rect_filled(flag, 3.0, accent);
        painter.galley(flag.min + vec2(5.0, 2.0), text, ink);
    }

    /// The selected task whole: what it waited for, what it did, and what it is tied to.
    pub fn ties(&self, rows: &Rows, ties: &Ties) {
        let painter = self.plot();
        let accent = color(self.look.theme.accent);
        let middle = |lane: usize| {
            let owner = || self.timeline.nodes.iter().position(|node| node.lanes.contains(&lane));
            let row = rows
                .find(Row::Lane(lane as u32))
                .or_else(|| rows.find(Row::Node(owner()? as u32)))?;
            Some(self.scale.plot.top() + (row as f32 + 0.5) * self.row - self.scroll)
        };
        for (from, to) in &ties.links {
            if let (Some(y), Some(z)) = (middle(from.0), middle(to.0)) {
                let (start, end) = (pos2(self.scale.x(from.1), y), pos2(self.scale.x(to.1), z));
                let bend = vec2(((end.x - start.x).abs() * 0.3).clamp(18.0, 80.0), 0.0);
                let points = [start, start + bend, end - bend, end];
                let stroke = Stroke::new(1.5, accent.gamma_multiply(0.75));
                painter.add(egui::epaint::CubicBezierShape::from_points_stroke(
                    points,
                    false,
                    egui::Color32::TRANSPARENT,
                    stroke,
                ));
                painter.circle_filled(end, 2.5, accent);
            }
        }
        for (lane, phase) in &ties.phases {
            let Some(y) = middle(*lane) else { continue };
            let (left, right) = (self.scale.x(phase.from), self.scale.x(phase.to));
            if phase.worker.is_none() {
                let line =
                    [pos2(left, y + self.row / 2.0 - 2.0), pos2(right, y + self.row / 2.0 - 2.0)];
                let dots = phase.doing == Doing::WaitsForArguments;
                let (dash, gap) = if dots { (2.0, 3.0) } else { (7.0, 4.0) };
                let line = line.map(|at| pos2(self.clip(at.x), at.y));
                painter.extend(Shape::dashed_line(&line, Stroke::new(2.0, accent), dash, gap));
            } else {
                let rect = Rect::from_x_y_ranges(
                    left..=right.max(left + 1.0),
                    y - self.row / 2.0 + 1.5..=y + self.row / 2.0 - 1.5,
                );
                painter.rect_stroke(rect, 3.0, Stroke::new(2.5, accent), StrokeKind::Outside);
            }
        }
    }

    /// A place that is not further beyond the plot than can be seen: dashes are counted.
    pub fn clip(&self, x: f32) -> f32 {
        x.clamp(self.scale.plot.left() - 8.0, self.scale.plot.right() + 8.0)
    }

    /// What the patterns mean, as far as there is room.
    pub fn legend(&self, room: Rect, seen: &BTreeSet<Doing>) {
        let painter = self.ui.painter_at(room);
        let mut x = room.left() + 4.0;
        for doing in seen.iter().filter(|doing| !matches!(doing, Doing::Running)) {
            let ink = color(self.look.theme.faint);
            let font = paint::text(SMALL);
            let text = painter.layout_no_wrap(doing.words().to_owned(), font, ink);
            let width = 22.0 + 5.0 + text.size().x;
            if x + width > room.right() {
                break;
            }
            let sample = Rect::from_center_size(pos2(x + 11.0, room.center().y), vec2(22.0, 13.0));
            self.doing(&painter, *doing, None, sample);
            let at = pos2(x + 27.0, room.center().y - text.size().y / 2.0);
            painter.galley(at, text, ink);
            x += width + 16.0;
        }
    }
}
