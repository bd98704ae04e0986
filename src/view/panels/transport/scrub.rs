//! The whole run as a bar: where much happens, where the story stops, and where the cursor is.
//!
//! Its axis is what a step is: stops of the story, records, or time. So a press of the arrow key always moves
//! the handle, also where much happens at one instant.

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::paint::{color, mix};
use crate::view::panels::numbers::grouped;
use bevy_egui::egui;
use egui::{Rect, Sense, Stroke, Ui, pos2, vec2};
use rayscope::base::Instant;
use rayscope::replay::{Grain, History, PlaybackCommand};

/// What the bar keeps from frame to frame: how much happens in each part of it, counted once a run.
#[derive(Default)]
pub struct ScrubView {
    key: Option<((usize, usize), Axis)>,
    counts: Vec<u32>,
    most: u32,
}

/// What the bar's length stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Axis {
    Stops,
    Records,
    Time,
}

/// Parts of the bar in which events are counted, at most: one for each place if there are fewer.
const MOST_PARTS: usize = 400;
const HEIGHT: f32 = 34.0;
/// Half of the handle: so much the axis stays away from both ends.
const MARGIN: f32 = 7.0;

/// The bar.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut ScrubView) {
    let size = vec2(ui.available_width(), HEIGHT);
    let (room, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let axis = Axis::of(look.playback.grain());
    view.count(look, axis);
    let bar = Bar { axis, room: room.shrink2(vec2(MARGIN, 0.0)), history: &look.run.history };
    bar.draw(ui, look, view, &response);
    if let Some(at) = response.interact_pointer_pos()
        && (response.clicked() || response.dragged())
    {
        let command = bar.command(at.x);
        if !bar.stands(look, command) {
            asks.push(Command::Playback(command));
        }
    }
    response.widget_info(|| {
        let text = "Place in the run";
        egui::WidgetInfo::slider(true, f64::from(bar.share(look)), text)
    });
    if let Some(at) = response.hover_pos().filter(|_| !response.dragged()) {
        response.on_hover_text_at_pointer(bar.told(at.x));
    }
}

impl Axis {
    fn of(grain: Grain) -> Axis {
        match grain {
            Grain::Story => Axis::Stops,
            Grain::Event => Axis::Records,
            Grain::Instant | Grain::Time(_) => Axis::Time,
        }
    }
}

impl ScrubView {
    /// One pass over the records when the run or the axis changes.
    fn count(&mut self, look: &Look, axis: Axis) {
        let key = Some((look.run.key(), axis));
        if self.key == key {
            return;
        }
        let history = &look.run.history;
        let places = match axis {
            Axis::Stops => history.story().len() + 1,
            Axis::Records => history.len() + 1,
            Axis::Time => MOST_PARTS,
        };
        let last = places.min(MOST_PARTS) - 1;
        self.counts = vec![0; last + 1];
        let mut add = |share: f64, weight: u32| {
            let part = ((share * last as f64).round() as usize).min(last);
            self.counts[part] = self.counts[part].saturating_add(weight);
        };
        match axis {
            Axis::Time => {
                let end = history.end().as_nanos().max(1) as f64;
                let shares = history.records().iter().map(|r| r.at.as_nanos() as f64 / end);
                shares.for_each(|share| add(share, 1));
            }
            Axis::Records => {
                let all = history.len().max(1) as f64;
                history.story().iter().for_each(|stop| add(f64::from(stop.step) / all, 1));
            }
            Axis::Stops => {
                let all = history.story().len().max(1) as f64;
                for (number, stop) in history.story().iter().enumerate() {
                    add((number as f64 + 1.0) / all, stop.step - stop.from);
                }
            }
        }
        self.most = self.counts.iter().copied().max().unwrap_or(0);
        self.key = key;
    }
}

struct Bar<'a> {
    axis: Axis,
    room: Rect,
    history: &'a History,
}

impl Bar<'_> {
    /// How many places there are on the axis: they are numbered from 0 to here.
    fn last(&self) -> u64 {
        match self.axis {
            Axis::Stops => self.history.story().len() as u64,
            Axis::Records => self.history.len() as u64,
            Axis::Time => self.history.end().as_nanos(),
        }
    }

    fn x(&self, place: u64) -> f32 {
        let share = place as f64 / self.last().max(1) as f64;
        self.room.left() + (share * f64::from(self.room.width())) as f32
    }

    fn place(&self, x: f32) -> u64 {
        let share = f64::from((x - self.room.left()) / self.room.width().max(1.0)).clamp(0.0, 1.0);
        (share * self.last() as f64).round() as u64
    }

    fn cursor(&self, look: &Look) -> u64 {
        match self.axis {
            Axis::Stops => look.playback.stops_passed() as u64,
            Axis::Records => look.playback.step() as u64,
            Axis::Time => look.playback.clock().as_nanos(),
        }
    }

    fn share(&self, look: &Look) -> f32 {
        (self.x(self.cursor(look)) - self.room.left()) / self.room.width().max(1.0)
    }

    fn command(&self, x: f32) -> PlaybackCommand {
        let place = self.place(x);
        match (self.axis, place) {
            (Axis::Stops, 0) => PlaybackCommand::First,
            (Axis::Stops, passed) => PlaybackCommand::JumpToStop(passed as usize - 1),
            (Axis::Records, step) => PlaybackCommand::JumpToStep(step as usize),
            (Axis::Time, at) => PlaybackCommand::JumpToTime(Instant::from_nanos(at)),
        }
    }

    /// Whether the cursor is there already: holding the button down asks for nothing.
    fn stands(&self, look: &Look, command: PlaybackCommand) -> bool {
        let cursor = self.cursor(look);
        match command {
            PlaybackCommand::First => cursor == 0 && look.playback.step() == 0,
            PlaybackCommand::JumpToStop(stop) => look.playback.stop(self.history) == Some(stop),
            PlaybackCommand::JumpToStep(step) => cursor == step as u64,
            PlaybackCommand::JumpToTime(at) => cursor == at.as_nanos(),
            _ => false,
        }
    }

    fn told(&self, x: f32) -> String {
        let place = self.place(x);
        match self.axis {
            Axis::Stops if place == 0 => "the beginning".to_owned(),
            Axis::Stops => format!("step {}", grouped(place as usize)),
            Axis::Records => {
                let at = self.history.instant_of(place as usize);
                format!("event {} at {at}", grouped(place as usize))
            }
            Axis::Time => Instant::from_nanos(place).to_string(),
        }
    }

    fn draw(&self, ui: &Ui, look: &Look, view: &ScrubView, response: &egui::Response) {
        let (theme, painter) = (look.theme, ui.painter());
        let rail_y = self.room.bottom() - 11.0;
        let x = self.x(self.cursor(look));
        let density = mix(theme.paper, theme.ink, 0.22);
        let apart = self.room.width() / (view.counts.len().max(2) - 1) as f32;
        let half = (apart / 2.0).clamp(0.5, 3.0);
        for (part, count) in view.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            // The root lets a quiet part be seen beside a busy one.
            let share = (*count as f32 / view.most.max(1) as f32).sqrt();
            let middle = self.room.left() + part as f32 * apart;
            let (left, right) = (middle - half, middle + half);
            let top = rail_y - 3.0 - share * (rail_y - self.room.top() - 4.0);
            let bar = Rect::from_min_max(pos2(left, top), pos2(right, rail_y - 3.0));
            painter.rect_filled(bar, 0.0, density);
        }
        let rail = Rect::from_min_max(
            pos2(self.room.left(), rail_y - 2.0),
            pos2(self.room.right(), rail_y + 2.0),
        );
        painter.rect_filled(rail, 2.0, mix(theme.paper, theme.ink, 0.15));
        let passed = Rect::from_min_max(rail.min, pos2(x, rail.bottom()));
        painter.rect_filled(passed, 2.0, color(theme.accent));
        self.ticks(ui, look, rail_y);
        let radius = if response.hovered() || response.dragged() { 8.0 } else { 7.0 };
        let edge = Stroke::new(2.0, color(theme.paper));
        painter.circle(pos2(x, rail_y), radius, color(theme.accent), edge);
    }

    /// A tick for each stop of the story, where they can be told apart.
    fn ticks(&self, ui: &Ui, look: &Look, rail_y: f32) {
        let stops = self.history.story();
        if stops.len() as f32 * 4.0 > self.room.width() {
            return;
        }
        let line = Stroke::new(1.0, color(look.theme.faint));
        for (number, stop) in stops.iter().enumerate() {
            let place = match self.axis {
                Axis::Stops => number as u64 + 1,
                Axis::Records => u64::from(stop.step),
                Axis::Time => self.history.instant_of(stop.step as usize).as_nanos(),
            };
            let x = self.x(place);
            ui.painter().vline(x, rail_y + 4.0..=rail_y + 9.0, line);
        }
    }
}
