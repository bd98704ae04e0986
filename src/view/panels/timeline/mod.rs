//! The run over time: a lane for the driver, each worker and each link. Bars are coloured by function, patterns
//! tell what is waited for, the line is the cursor.
//!
//! The wheel over the names and up and down scrolls; Ctrl and the wheel, or W and S, zoom; dragging, A and D move.
//! Only rows that are seen cost anything, and a row costs what is drawn of it and not what is in it.

mod bars;
mod draw;
mod rows;
mod scale;
mod ties;
#[cfg(test)]
mod timeline_tests;
mod told;

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::panels::timeline::draw::{Page, ROW};
use crate::view::panels::timeline::rows::{Row, Rows};
use crate::view::panels::timeline::scale::{Scale, Window};
use crate::view::panels::timeline::ties::Ties;
use bevy_egui::egui;
use egui::{Key, Pos2, Rect, Response, Sense, Ui, pos2};
use rayscope::base::Instant;
use rayscope::chart::text::{self, Face};
use rayscope::chart::timeline::{Bar, Bucket, Doing, Place, Timeline};
use rayscope::replay::{Entity, PlaybackCommand};
use std::collections::BTreeSet;

/// What the panel keeps from frame to frame.
pub struct TimelineView {
    run: Option<(usize, usize)>,
    window: Window,
    /// The height of a row, and how far the rows are scrolled, in points.
    row: f32,
    scroll: f32,
    rows: Rows,
    ties: Ties,
    /// The widest name of a row.
    widest: f32,
    /// What the legend explains.
    seen: BTreeSet<Doing>,
    /// Filled anew for each row, kept so that it is allocated once.
    buckets: Vec<Bucket>,
}

impl Default for TimelineView {
    fn default() -> TimelineView {
        TimelineView {
            run: None,
            window: Window { from: 0.0, to: 1.0 },
            row: *ROW.start(),
            scroll: 0.0,
            rows: Rows::default(),
            ties: Ties::default(),
            widest: 0.0,
            seen: BTreeSet::new(),
            buckets: Vec::new(),
        }
    }
}

/// What is under the pointer.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Hit {
    Nothing,
    /// A row, and no bar in it.
    Row(Row),
    /// A bar of the lane with that index.
    Bar(Bar),
}

const AXIS: f32 = 24.0;
const LEGEND: f32 = 22.0;
/// So much higher than its axis and a row a panel must be to have a legend.
const HIGH: f32 = 150.0;
/// How fast a held key zooms and moves: e-folds, and windows, in a second.
const PACE: f64 = 2.2;
const NEAR: f32 = 3.0;

/// The panel.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut TimelineView) {
    let room = ui.available_rect_before_wrap();
    ui.allocate_rect(room, Sense::hover());
    if room.width() < 60.0 || room.height() < AXIS + ROW.start() {
        return;
    }
    let timeline = look.run.timeline();
    view.follow(look, timeline);
    let left = room.left() + (view.widest + 18.0).min(room.width() * 0.32);
    let legend = if room.height() > HIGH { LEGEND } else { 0.0 };
    let plot = Rect::from_min_max(
        pos2(left, room.top() + AXIS),
        pos2(room.right() - 6.0, room.bottom() - legend),
    );
    let names = Rect::from_min_max(pos2(room.left(), plot.top()), pos2(left, plot.bottom()));
    let axis = Rect::from_min_max(pos2(left, room.top()), pos2(plot.right(), plot.top()));
    let response = ui.interact(plot, ui.id().with("plot"), Sense::click_and_drag());
    view.row = (plot.height() / view.rows.len().max(1) as f32).clamp(*ROW.start(), *ROW.end());
    view.handle(ui, look, Scale { window: view.window, plot }, &response, names);
    let scale = Scale { window: view.window, plot };
    let page = Page { ui, look, timeline, scale, names, row: view.row, scroll: view.scroll };
    page.axis(axis);
    page.rows(&view.rows, &mut view.buckets);
    page.ties(&view.rows, &view.ties);
    page.cursor(axis);
    if legend > 0.0 {
        let below = Rect::from_min_max(pos2(room.left(), room.bottom() - legend), room.max);
        page.legend(below, &view.seen);
    }
    view.answer(look, asks, scale, &response);
    scrub(ui, asks, scale, axis);
    view.labels(ui, look, asks, names);
    response.widget_info(|| {
        let text = format!("Timeline, {} rows", view.rows.len());
        egui::WidgetInfo::labeled(egui::WidgetType::Other, true, text)
    });
}

/// Pressing and dragging on the axis moves the cursor.
fn scrub(ui: &Ui, asks: &mut Asks, scale: Scale, axis: Rect) {
    let response = ui.interact(axis, ui.id().with("axis"), Sense::click_and_drag());
    if let Some(at) = response.interact_pointer_pos()
        && (response.clicked() || response.dragged())
    {
        asks.push(Command::Playback(PlaybackCommand::JumpToTime(scale.at(at.x))));
    }
}

impl TimelineView {
    /// Notices another run and another selection, and brings into sight what is asked for.
    fn follow(&mut self, look: &Look, timeline: &Timeline) {
        let run = look.run.key();
        if self.run != Some(run) {
            *self = TimelineView {
                run: Some(run),
                window: Window::whole(timeline.end),
                rows: Rows::of(timeline),
                buckets: std::mem::take(&mut self.buckets),
                ..TimelineView::default()
            };
            let bars = timeline.lanes.iter().flat_map(|lane| lane.bars());
            self.seen = bars.filter_map(Bar::doing).collect();
            self.widest = widest(look, timeline, self.rows.by_node());
        }
        self.ties.follow(run, &look.run.history, timeline, look.selection);
        if look.focus {
            self.focus(look, timeline);
        }
    }

    /// Moves rows and time to the selection; without one, everything is shown.
    fn focus(&mut self, look: &Look, timeline: &Timeline) {
        let end = timeline.end;
        if let Some((from, to)) = self.ties.span() {
            let seen = self.window.holds(from) && self.window.holds(to);
            let small = to.since(from).as_nanos() as f64 * 50.0 < self.window.span();
            if !seen || small {
                self.window = Window::around(from, to, end);
            }
        } else if look.selection.is_none() {
            self.window = Window::whole(end);
        }
        let lane = match look.selection {
            Some(Entity::Worker(worker)) => timeline.lane_of(Place::Worker(worker)),
            Some(Entity::Link(node)) => timeline.lane_of(Place::Link(node)),
            Some(Entity::Node(node)) => {
                let owner = timeline.nodes.iter().find(|lanes| lanes.node == node);
                owner.map(|lanes| lanes.lanes.start)
            }
            Some(Entity::Task(_) | Entity::Object(_)) | None => {
                self.ties.phases.last().map(|(lane, _)| *lane)
            }
        };
        if let Some(row) = lane.and_then(|lane| self.rows.reveal(timeline, lane)) {
            // The middle of a usual panel; the next frame holds it within bounds.
            self.scroll = (row as f32 - 4.0) * self.row;
        }
    }

    /// Zooms, moves and scrolls as pointer and keys ask.
    fn handle(&mut self, ui: &Ui, look: &Look, scale: Scale, response: &Response, names: Rect) {
        let end = look.run.timeline().end;
        if response.double_clicked() {
            self.window = Window::whole(end);
        }
        if response.dragged() {
            let moved = response.drag_delta();
            self.window = self.window.moved(-f64::from(moved.x) * scale.per_point(), end);
            self.scroll -= moved.y;
        }
        let most = (self.rows.len() as f32 * self.row - scale.plot.height()).max(0.0);
        let inside = scale.plot.union(names);
        let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|at| inside.contains(*at));
        if let Some(at) = pointer.filter(|_| ui.rect_contains_pointer(inside)) {
            self.wheel(ui, scale, at, most > 0.0, end);
            self.keys(ui, scale, at, end);
        }
        self.scroll = self.scroll.clamp(0.0, most);
    }

    fn wheel(&mut self, ui: &Ui, scale: Scale, at: Pos2, overflows: bool, end: Instant) {
        let (zoom, wheel) = ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta()));
        if zoom != 1.0 {
            self.window = self.window.zoomed(scale.nanos(at.x), 1.0 / f64::from(zoom), end);
            return;
        }
        let sideways = if overflows { wheel.x } else { wheel.x + wheel.y };
        if sideways != 0.0 {
            self.window = self.window.moved(-f64::from(sideways) * scale.per_point(), end);
        }
        if overflows {
            self.scroll -= wheel.y;
        }
    }

    /// W and S zoom, A and D move, for as long as they are held.
    fn keys(&mut self, ui: &Ui, scale: Scale, at: Pos2, end: Instant) {
        if ui.ctx().text_edit_focused() {
            return;
        }
        let (held, time) = ui.input(|input| {
            let plain = input.modifiers.is_none();
            let held = |key: Key| f64::from(u8::from(plain && input.key_down(key)));
            let zoom = held(Key::S) - held(Key::W);
            let along = held(Key::D) - held(Key::A);
            ((zoom, along), f64::from(input.stable_dt.min(0.1)))
        });
        let (zoom, along) = held;
        if zoom != 0.0 {
            let at = scale.nanos(at.x.max(scale.plot.left()));
            self.window = self.window.zoomed(at, (zoom * PACE * time).exp(), end);
        }
        if along != 0.0 {
            self.window = self.window.moved(along * PACE * 0.5 * time * self.window.span(), end);
        }
        if zoom != 0.0 || along != 0.0 {
            ui.ctx().request_repaint();
        }
    }

    /// A click selects a bar, or sets the cursor; hovering tells.
    fn answer(&mut self, look: &Look, asks: &mut Asks, scale: Scale, response: &Response) {
        let Some(at) = response.hover_pos() else { return };
        let timeline = look.run.timeline();
        let hit = self.hit(timeline, scale, at);
        let about = match hit {
            Hit::Bar(bar) => bar.about(),
            Hit::Row(_) | Hit::Nothing => None,
        };
        if let Some(entity) = about {
            asks.push(Command::Hover(Some(entity)));
        }
        if response.clicked() {
            asks.push(match about {
                Some(entity) => Command::Select(Some(entity)),
                None => Command::Playback(PlaybackCommand::JumpToTime(scale.at(at.x))),
            });
        }
        let told = match hit {
            Hit::Bar(bar) => Some(told::bar(look, &bar)),
            Hit::Row(Row::Node(number)) => {
                Some(told::node(look, &timeline.nodes[number as usize], scale.at(at.x)))
            }
            Hit::Row(Row::Lane(_)) | Hit::Nothing => None,
        };
        if let Some(told) = told.filter(|_| !response.dragged()) {
            response.clone().on_hover_text_at_pointer(told);
        }
    }

    fn hit(&self, timeline: &Timeline, scale: Scale, at: Pos2) -> Hit {
        let down = at.y - scale.plot.top() + self.scroll;
        let Some(row) = self.rows.get((down / self.row).max(0.0) as usize) else {
            return Hit::Nothing;
        };
        let Row::Lane(lane) = row else { return Hit::Row(row) };
        let lane = &timeline.lanes[lane as usize];
        if lane.rows() == 0 {
            return Hit::Row(row);
        }
        let within = (down % self.row) / self.row * lane.rows() as f32;
        let (from, to) = (scale.at(at.x - NEAR), scale.at(at.x + NEAR));
        let bars = lane.visible((within as usize).min(lane.rows() - 1), from, to);
        let middle = scale.at(at.x);
        let away = |bar: &&Bar| bar.from.since(middle).as_nanos() + middle.since(bar.to).as_nanos();
        bars.iter().min_by_key(away).map_or(Hit::Row(row), |bar| Hit::Bar(*bar))
    }

    /// A click on a name selects whose it is; on a node's, it opens or closes its lanes, too.
    fn labels(&mut self, ui: &Ui, look: &Look, asks: &mut Asks, names: Rect) {
        let response = ui.interact(names, ui.id().with("names"), Sense::click());
        let Some(at) = response.hover_pos() else { return };
        let row = ((at.y - names.top() + self.scroll) / self.row).max(0.0) as usize;
        let timeline = look.run.timeline();
        let about = match self.rows.get(row) {
            Some(Row::Lane(lane)) => timeline.lanes[lane as usize].place.about(),
            Some(Row::Node(number)) => Some(Entity::Node(timeline.nodes[number as usize].node)),
            None => None,
        };
        if let Some(entity) = about {
            asks.push(Command::Hover(Some(entity)));
            ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
        }
        if response.clicked() {
            asks.extend(about.map(|entity| Command::Select(Some(entity))));
            if let Some(Row::Node(number)) = self.rows.get(row) {
                self.rows.toggle(timeline, timeline.nodes[number as usize].node);
            }
        }
    }
}

/// The width of the widest name that a row can have.
fn widest(look: &Look, timeline: &Timeline, by_node: bool) -> f32 {
    let state = look.run.history.last_state();
    let width = |name: &str| text::width(name, Face::Regular, draw::NAME);
    let lanes =
        timeline.lanes.iter().map(|lane| width(&draw::label(timeline, state, lane, by_node)));
    let nodes = timeline.nodes.iter().map(|node| width(state.node_name(node.node)));
    let indent = if by_node { draw::INDENT } else { 0.0 };
    lanes.chain(nodes).fold(0.0, f32::max) + indent
}
