//! What each blocked `ray.get` and `ray.wait` has and still needs: two trays, as the lesson tells `ray.wait`.

mod tray;
#[cfg(test)]
mod tray_tests;

use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use crate::view::panels::chip::{Chip, chip};
use crate::view::panels::link::entity_link;
use crate::view::panels::numbers::grouped;
use bevy_egui::egui;
use egui::{Frame, Margin, Rect, RichText, ScrollArea, Sense, Stroke, Ui, pos2, vec2};
use rayscope::base::Instant;
use rayscope::chart::scene::{BubbleKind, Role};
use rayscope::chart::theme::Rgb;
use rayscope::model::Caller;
use rayscope::replay::Entity;
use rayscope::state::CallKind;
use tray::{MOST_CHIPS, Tray, Trays};

/// What the panel keeps from frame to frame: the trays of a step, worked out once.
#[derive(Default)]
pub struct TraysView {
    place: Option<((usize, usize), usize, Option<usize>)>,
    calls: Vec<Trays>,
    more: usize,
}

/// Beside each other from this width on.
const WIDE: f32 = 420.0;

/// The panel.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut TraysView) {
    view.refresh(look);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if view.calls.is_empty() {
            calm(ui, look);
        }
        for trays in &view.calls {
            card(ui, look, asks, trays);
            ui.add_space(8.0);
        }
        if view.more > 0 {
            let text = format!("{} calls more wait", grouped(view.more));
            ui.label(RichText::new(text).color(color(look.theme.faint)));
        }
    });
}

impl TraysView {
    fn refresh(&mut self, look: &Look) {
        let history = &look.run.history;
        let (step, stop) = (look.playback.step(), look.playback.stop(history));
        let place = Some((look.run.key(), step, stop));
        if self.place != place {
            (self.calls, self.more) = tray::calls(history, look.playback);
            self.place = place;
        }
    }
}

fn calm(ui: &mut Ui, look: &Look) {
    let state = look.playback.state();
    let text = match (&state.outcome, look.playback.step()) {
        (Some(_), _) => "The run is over: nothing waits any more.",
        (None, 0) => "Nothing has been called yet.",
        (None, _) => "No ray.get or ray.wait is waiting now.",
    };
    ui.label(RichText::new(text).color(color(look.theme.faint)));
}

/// One call.
fn card(ui: &mut Ui, look: &Look, asks: &mut Asks, trays: &Trays) {
    let theme = look.theme;
    let line = Stroke::new(1.0, mix(theme.paper, theme.ink, 0.16));
    let frame = Frame::new().inner_margin(Margin::same(12)).corner_radius(8).stroke(line);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(title(trays)).font(paint::code(15.0)).strong());
            caller(ui, look, asks, trays.call.caller);
        });
        ui.label(RichText::new(how_it_stands(trays)).color(color(theme.faint)));
        match (trays.end.as_ref(), trays.call.deadline) {
            (None, Some(deadline)) => countdown(ui, look, trays.call.at, deadline),
            (None, None) | (Some(_), _) => ui.add_space(6.0),
        }
        let names = ["ready", "remaining"];
        let grounds = [theme.bubble(BubbleKind::Aside), theme.panel];
        let contents = [&trays.ready, &trays.remaining];
        if ui.available_width() >= WIDE {
            ui.columns(2, |columns| {
                for (n, ui) in columns.iter_mut().enumerate() {
                    draw_tray(ui, look, asks, names[n], grounds[n], contents[n]);
                }
            });
        } else {
            for n in 0..2 {
                draw_tray(ui, look, asks, names[n], grounds[n], contents[n]);
            }
        }
    });
}

/// As the program would write it.
fn title(trays: &Trays) -> String {
    let call = &trays.call;
    let timeout = call.deadline.map(|deadline| deadline.since(call.at).as_secs());
    let timeout = timeout.map(|seconds| format!("timeout={seconds:?}"));
    let name = call.kind.name();
    let count = match call.kind {
        CallKind::Get | CallKind::Next => None,
        CallKind::Wait { num_returns, .. } => Some(format!("num_returns={num_returns}")),
    };
    let told: Vec<String> = count.into_iter().chain(timeout).collect();
    match told.as_slice() {
        [] => name.to_owned(),
        told => format!("{name}({})", told.join(", ")),
    }
}

fn caller(ui: &mut Ui, look: &Look, asks: &mut Asks, caller: Caller) {
    let faint = color(look.theme.faint);
    match caller {
        Caller::Driver => {
            ui.label(RichText::new("by the driver").color(faint));
        }
        Caller::Task(task) => {
            ui.label(RichText::new("by").color(faint));
            let name = look.run.history.names().task(task);
            entity_link(ui, look, asks, Entity::Task(task), &name);
        }
    }
}

/// What it needs and since when it waits, or what it gave back.
fn how_it_stands(trays: &Trays) -> String {
    let call = &trays.call;
    let line = if call.line > 0 { format!(" in line {}", call.line) } else { String::new() };
    let (ready, remaining) = (grouped(trays.ready.count), grouped(trays.remaining.count));
    if let Some(end) = &trays.end {
        let what = match (&end.raised, call.kind) {
            (Some(error), _) => format!("raised {error}"),
            (None, CallKind::Next) => "returned".to_owned(),
            (None, CallKind::Get) => format!("returned {ready} values"),
            (None, CallKind::Wait { .. }) => {
                format!("returned {ready} ready, {remaining} remaining")
            }
        };
        return format!("{what} at {}; called at {}{line}", end.at, call.at);
    }
    let all = grouped(call.refs.len());
    let needs = match call.kind {
        CallKind::Next => "needs the next item".to_owned(),
        CallKind::Get if call.refs.len() == 1 => "needs one object".to_owned(),
        CallKind::Get => format!("needs all {all}"),
        CallKind::Wait { .. } => format!("needs {} of {all}", grouped(trays.needed())),
    };
    let until = if call.deadline.is_some() { "" } else { ", as long as it takes" };
    format!("{needs}; waits since {}{line}{until}", call.at)
}

/// A bar that runs down to the deadline in virtual time.
fn countdown(ui: &mut Ui, look: &Look, from: Instant, deadline: Instant) {
    let theme = look.theme;
    let now = look.playback.clock();
    let (left, all) = (deadline.since(now), deadline.since(from));
    let share = (left.as_secs() / all.as_secs().max(1e-9)).clamp(0.0, 1.0) as f32;
    ui.add_space(2.0);
    let (room, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    let text = format!("{left} left");
    let text = ui.painter().layout_no_wrap(text, paint::code(13.0), color(theme.ink));
    let end = (room.right() - text.size().x.max(110.0) - 10.0).max(room.left() + 20.0);
    let rail = Rect::from_min_max(
        pos2(room.left(), room.center().y - 4.0),
        pos2(end, room.center().y + 4.0),
    );
    ui.painter().rect_filled(rail, 4.0, mix(theme.paper, theme.ink, 0.12));
    let rest = Rect::from_min_size(rail.min, vec2(rail.width() * share, rail.height()));
    ui.painter().rect_filled(rest, 4.0, color(theme.accent));
    let at = pos2(room.right() - text.size().x, room.center().y - text.size().y / 2.0);
    ui.painter().galley(at, text, color(theme.ink));
    response.on_hover_text(format!("times out at {deadline}"));
    ui.add_space(4.0);
}

fn draw_tray(ui: &mut Ui, look: &Look, asks: &mut Asks, name: &str, ground: Rgb, tray: &Tray) {
    let theme = look.theme;
    let line = Stroke::new(1.0, mix(ground, theme.ink, 0.15));
    let frame = Frame::new().fill(color(ground)).stroke(line);
    let frame = frame.inner_margin(Margin::same(10)).corner_radius(6);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let ink = paint::ink_on(ground);
        let title = format!("{name}  {}", grouped(tray.count));
        ui.label(RichText::new(title).font(paint::strong(14.0)).color(ink));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
            ui.set_min_height(28.0);
            for (object, mark) in &tray.chips {
                let names = look.run.history.names();
                let (entity, label) = (Entity::Object(*object), names.token(*object));
                let told = Chip { entity, label: &label, role: Role::Object, mark: *mark };
                chip(ui, look, asks, &told, || names.object(*object));
            }
            if tray.count > tray.chips.len() {
                let more = grouped(tray.count - MOST_CHIPS);
                let text = RichText::new(format!("+ {more} more")).color(ink);
                ui.add(egui::Label::new(text).extend());
            }
        });
    });
}
