//! The program with the line at which the driver is, the lines at which bodies of tasks are, and the output so
//! far. A static graph shows its tasks instead.

mod lexer;
mod output;
mod place;
#[cfg(test)]
mod program_tests;
mod tasks;

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use crate::view::panels::link;
use crate::view::panels::rows::Scroll;
use bevy_egui::egui;
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Rect, RichText, Sense, Shape, Stroke, Ui, UiBuilder, pos2, vec2};
use lexer::{Kind, Line};
use place::Bodies;
use rayscope::chart::theme::Theme;
use rayscope::replay::{Entity, PlaybackCommand};
use std::collections::BTreeMap;

/// What the panel keeps from frame to frame.
#[derive(Default)]
pub struct ProgramView {
    key: Option<(usize, usize)>,
    lines: Vec<Line>,
    scroll: Scroll,
    /// How far the text is moved to the left, in points.
    left: f32,
    /// What is worked out once a step.
    step: Option<usize>,
    line: u32,
    bodies: BTreeMap<u32, Bodies>,
    output: output::OutputView,
    tasks: tasks::TasksView,
}

const ROW: f32 = 20.0;
const TEXT: f32 = 13.0;
/// So much of a line is laid out.
const MOST_BYTES: usize = 2_000;

/// The panel.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut ProgramView) {
    view.refresh(look);
    let Some(program) = &look.run.history.trace().header.program else {
        return tasks::show(ui, look, asks, &mut view.tasks);
    };
    let room = ui.available_rect_before_wrap();
    let title = 30.0;
    let below = (room.height() * 0.32).clamp(60.0, 260.0).min(room.height() / 2.0);
    let split = room.bottom() - below;
    let upper = Rect::from_min_max(room.min, pos2(room.right(), split - title));
    let middle = Rect::from_min_max(pos2(room.left(), split - title), pos2(room.right(), split));
    let lower = Rect::from_min_max(pos2(room.left(), split), room.max);
    let part = |rect: Rect, name: &'static str| UiBuilder::new().max_rect(rect).id_salt(name);
    ui.scope_builder(part(upper, "program"), |ui| view.code(ui, look, asks, &program.source));
    ui.scope_builder(part(middle, "title"), |ui| {
        let line = Stroke::new(1.0, mix(look.theme.paper, look.theme.ink, 0.12));
        ui.painter().hline(middle.x_range(), middle.top() + 3.0, line);
        ui.add_space(8.0);
        ui.label(RichText::new("Output").font(paint::strong(13.0)).color(color(look.theme.faint)));
    });
    ui.scope_builder(part(lower, "output"), |ui| output::show(ui, look, asks, &mut view.output));
    ui.allocate_rect(room, Sense::hover());
}

impl ProgramView {
    fn refresh(&mut self, look: &Look) {
        let history = &look.run.history;
        let key = Some(look.run.key());
        if self.key != key {
            let program = history.trace().header.program.as_ref();
            self.lines = program.map_or(Vec::new(), |program| lexer::lines(&program.source));
            (self.key, self.step, self.left) = (key, None, 0.0);
            self.scroll = Scroll::default();
        }
        let step = look.playback.step();
        if self.step == Some(step) || self.lines.is_empty() {
            return;
        }
        let state = look.playback.state();
        let line = place::driver_line(history, state, step);
        if line != self.line {
            self.scroll.reveal(line.saturating_sub(1) as usize);
        }
        self.line = line;
        self.bodies = place::bodies(history, state, step);
        self.step = Some(step);
    }

    fn code(&mut self, ui: &mut Ui, look: &Look, asks: &mut Asks, source: &str) {
        let digits = self.lines.len().to_string().len().max(2);
        let gutter = 26.0 + 8.0 * digits as f32;
        if ui.rect_contains_pointer(ui.max_rect()) {
            let aside = ui.input(|input| input.smooth_scroll_delta().x);
            self.left = (self.left - aside).clamp(0.0, 8.0 * MOST_BYTES as f32);
        }
        let Self { scroll, lines, left, line: driver, bodies, .. } = self;
        scroll.rows(ui, ROW, lines.len(), |ui, rect, index| {
            let number = index as u32 + 1;
            let here = bodies.get(&number);
            if number == *driver {
                current(ui, look, rect);
            } else if here.is_some() {
                ui.painter().rect_filled(rect, 0.0, mix(look.theme.paper, look.theme.ink, 0.05));
            }
            line_number(ui, look, asks, rect, gutter, number);
            let text = Rect::from_min_max(pos2(rect.left() + gutter, rect.top()), rect.max);
            let end = match here {
                Some(bodies) => tag(ui, look, asks, text, number, bodies),
                None => text.right(),
            };
            let seen = Rect::from_min_max(text.min, pos2(end, text.bottom()));
            let painter = ui.painter().with_clip_rect(seen.intersect(ui.clip_rect()));
            let galley = painter.layout_job(coloured(look.theme, source, &lines[index]));
            let at = pos2(seen.left() - *left, rect.center().y - galley.size().y / 2.0);
            let too_long = galley.size().x - *left > seen.width();
            painter.galley(at, galley, color(look.theme.ink));
            if too_long {
                let response = ui.interact(seen, ui.id().with(("text", number)), Sense::hover());
                let whole: String = source[lines[index].text.clone()].chars().take(400).collect();
                response.on_hover_text(RichText::new(whole).font(paint::code(TEXT)));
            }
        });
    }
}

/// The band and the arrow of the line at which the driver is.
fn current(ui: &Ui, look: &Look, rect: Rect) {
    let theme = look.theme;
    let failed = matches!(look.playback.state().outcome.as_deref(), Some(outcome) if {
        !matches!(outcome, rayscope::state::Outcome::Finished)
    });
    let tone = if failed { theme.alarm } else { theme.accent };
    ui.painter().rect_filled(rect, 0.0, mix(theme.paper, tone, 0.16));
    let (x, y) = (rect.left() + 3.0, rect.center().y);
    let arrow = vec![pos2(x, y - 5.0), pos2(x + 8.0, y), pos2(x, y + 5.0)];
    ui.painter().add(Shape::convex_polygon(arrow, color(tone), Stroke::NONE));
}

/// The number of a line: a click goes to the next record there.
fn line_number(ui: &mut Ui, look: &Look, asks: &mut Asks, rect: Rect, gutter: f32, number: u32) {
    let place = Rect::from_min_size(rect.min, vec2(gutter - 6.0, rect.height()));
    let response = ui.interact(place, ui.id().with(("number", number)), Sense::CLICK);
    let ink = if response.hovered() { look.theme.accent } else { look.theme.faint };
    let text = ui.painter().layout_no_wrap(number.to_string(), paint::code(12.0), color(ink));
    let at = pos2(place.right() - text.size().x - 4.0, place.center().y - text.size().y / 2.0);
    ui.painter().galley(at, text, color(ink));
    if response.clicked()
        && let Some(step) = place::next_at(&look.run.history, look.playback.step(), number)
    {
        asks.push(Command::Playback(PlaybackCommand::JumpToStep(step)));
    }
    response.on_hover_text("Go to what happens here next");
}

/// Who runs in that line, at its right; where the text must end.
fn tag(ui: &mut Ui, look: &Look, asks: &mut Asks, text: Rect, number: u32, bodies: &Bodies) -> f32 {
    let Some(task) = bodies.first else { return text.right() };
    let name = look.run.history.names().task(task);
    let told = match bodies.count {
        1 => name,
        count => format!("{name} and {} more", count - 1),
    };
    let width = (text.width() * 0.45).min(190.0);
    let galley = link::line(ui, &told, paint::code(link::SIZE), color(look.theme.ink), width);
    let left = text.right() - galley.size().x - 8.0;
    let room = Rect::from_min_max(pos2(left, text.top()), pos2(left + width, text.bottom()));
    let id = ui.id().with(("bodies", number));
    link::link_in(ui, look, asks, (id, room), Entity::Task(task), &told);
    left - 8.0
}

/// A line in its colours.
fn coloured(theme: &Theme, source: &str, line: &Line) -> LayoutJob {
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    job.wrap.max_width = f32::INFINITY;
    for (range, kind) in &line.parts {
        if range.start - line.text.start > MOST_BYTES {
            break;
        }
        let format = TextFormat::simple(paint::code(TEXT), tone(theme, *kind));
        let most = source.floor_char_boundary(range.end.min(range.start + MOST_BYTES));
        job.append(&source[range.start..most].replace('\t', "    "), 0.0, format);
    }
    job
}

/// Quiet colours: the ink, moved a little towards a colour of the theme.
fn tone(theme: &Theme, kind: Kind) -> Color32 {
    match kind {
        Kind::Plain => color(theme.ink),
        Kind::Comment => color(theme.faint),
        Kind::Keyword => mix(theme.ink, theme.function(5), 0.8),
        Kind::Text => mix(theme.ink, theme.function(2), 0.75),
        Kind::Number => mix(theme.ink, theme.function(6), 0.7),
        Kind::Decorator => mix(theme.ink, theme.function(3), 0.7),
    }
}
