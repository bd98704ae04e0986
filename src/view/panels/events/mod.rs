//! All that happens, a row each, bound to the cursor: what is over above it, what comes below.

#[cfg(test)]
mod events_tests;
mod filter;
mod kind;

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use crate::view::panels::fields::switch;
use crate::view::panels::link;
use crate::view::panels::numbers::grouped;
use crate::view::panels::rows::Scroll;
use crate::view::panels::sentences::Sentences;
use bevy_egui::egui;
use egui::{Rect, RichText, Sense, TextEdit, Ui, pos2, vec2};
pub use filter::has;
use filter::{Filter, Found};
use kind::{Group, Parties, kind};
use rayscope::replay::PlaybackCommand;

/// What the panel keeps from frame to frame.
pub struct EventsView {
    filter: Filter,
    /// Whether only what happens to the selection is shown.
    of_selection: bool,
    found: Found,
    scroll: Scroll,
    sentences: Sentences,
    /// Whether the row of the cursor is kept in sight.
    follow: bool,
    shown: Option<((usize, usize), usize)>,
}

impl Default for EventsView {
    fn default() -> EventsView {
        EventsView {
            filter: Filter::default(),
            of_selection: false,
            found: Found::default(),
            scroll: Scroll::default(),
            sentences: Sentences::default(),
            follow: true,
            shown: None,
        }
    }
}

const ROW: f32 = 22.0;
/// From this width on, the kind has a column of its own.
const WIDE: f32 = 430.0;

/// The panel.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut EventsView) {
    view.controls(ui, look);
    view.filter.only = look.selection.filter(|_| view.of_selection);
    let history = &look.run.history;
    if view.found.look(look.run.key(), history, &view.filter) {
        ui.ctx().request_repaint();
    }
    view.keep_in_sight(look);
    let total = view.found.len(history);
    if total == 0 {
        ui.label(RichText::new("No event is like that.").color(color(look.theme.faint)));
        return;
    }
    let now = view.found.rows_before(history, look.playback.step());
    view.sentences.begin(look);
    let EventsView { found, scroll, sentences, .. } = view;
    let by_hand = scroll.rows(ui, ROW, total, |ui, rect, row| {
        let index = found.record(row);
        let place = Row { rect, index, is_now: row + 1 == now, is_over: row < now };
        let text = sentences.of(history, index);
        if text.is_none() {
            ui.ctx().request_repaint();
        }
        place.draw(ui, look, asks, text.unwrap_or("…"));
    });
    if by_hand {
        view.follow = false;
    }
}

impl EventsView {
    fn controls(&mut self, ui: &mut Ui, look: &Look) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
            let hint = "Filter: a name, a word";
            let width = (ui.available_width() - 8.0).clamp(60.0, 190.0);
            ui.add(
                TextEdit::singleline(&mut self.filter.text).hint_text(hint).desired_width(width),
            );
            for group in Group::ALL {
                let shown = !self.filter.hidden.contains(&group);
                if switch(ui, look, shown, group.name()).clicked() {
                    match shown {
                        true => self.filter.hidden.push(group),
                        false => self.filter.hidden.retain(|other| *other != group),
                    }
                }
            }
            let tip = "Only what happens to what is selected";
            let only = switch(ui, look, self.of_selection, "Selection").on_hover_text(tip);
            self.of_selection ^= only.clicked();
            let tip = "Keep the row of the cursor in sight";
            if switch(ui, look, self.follow, "Follow").on_hover_text(tip).clicked() {
                self.follow = !self.follow;
                self.shown = None;
            }
            let all = look.run.history.len();
            let text = match self.filter.is_open() {
                true => format!("{} events", grouped(all)),
                false => {
                    let passing = grouped(self.found.len(&look.run.history));
                    format!("{passing} of {} events", grouped(all))
                }
            };
            ui.label(RichText::new(text).color(color(look.theme.faint)));
        });
    }

    fn keep_in_sight(&mut self, look: &Look) {
        let history = &look.run.history;
        let place = Some((look.run.key(), look.playback.step()));
        if self.follow && self.shown != place {
            let now = self.found.rows_before(history, look.playback.step());
            self.scroll.reveal(now.saturating_sub(1));
        }
        self.shown = place;
        if look.focus
            && let Some(entity) = look.selection
        {
            let own = history.records_of(entity);
            let before = own.partition_point(|index| (*index as usize) < look.playback.step());
            if let Some(index) = own.get(before.saturating_sub(1)) {
                let row = self.found.rows_before(history, *index as usize + 1);
                self.scroll.reveal(row.saturating_sub(1));
            }
        }
    }
}

/// A row with its place.
struct Row {
    rect: Rect,
    index: usize,
    is_now: bool,
    is_over: bool,
}

impl Row {
    fn draw(&self, ui: &mut Ui, look: &Look, asks: &mut Asks, text: &str) {
        let (theme, rect) = (look.theme, self.rect);
        let record = &look.run.history.records()[self.index];
        let parties = Parties::of(&record.event);
        let id = ui.id().with(("event", self.index));
        let response = ui.interact(rect.intersect(ui.clip_rect()), id, Sense::CLICK);
        let band = match (self.is_now, response.hovered(), self.index.is_multiple_of(2)) {
            (true, _, _) => Some(mix(theme.paper, theme.accent, 0.16)),
            (false, true, _) => Some(mix(theme.paper, theme.ink, 0.08)),
            (false, false, true) => Some(mix(theme.paper, theme.ink, 0.03)),
            (false, false, false) => None,
        };
        if let Some(band) = band {
            ui.painter().rect_filled(rect, 2.0, band);
        }
        if look.selection.is_some_and(|entity| parties.name(entity)) {
            let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
            ui.painter().rect_filled(bar, 0.0, color(theme.accent));
        }
        let faint = color(theme.faint);
        let ink = if self.is_over { color(theme.ink) } else { faint };
        let middle = |height: f32| rect.center().y - height / 2.0;
        let mut x = rect.left() + 84.0;
        let time = ui.painter().layout_no_wrap(record.at.to_string(), paint::code(12.0), faint);
        let left = (x - 8.0 - time.size().x).max(rect.left() + 4.0);
        ui.painter().galley(pos2(left, middle(time.size().y)), time.clone(), faint);
        x = x.max(left + time.size().x + 8.0);
        if rect.width() >= WIDE {
            let (_, word) = kind(&record.event);
            let word = link::line(ui, word, paint::text(12.0), faint, 84.0);
            ui.painter().galley(pos2(x, middle(word.size().y)), word, faint);
            x += 92.0;
        }
        let galley = link::line(ui, text, paint::text(13.0), ink, rect.right() - x - 4.0);
        ui.painter().galley(pos2(x, middle(galley.size().y)), galley.clone(), ink);
        if response.clicked() {
            asks.push(Command::Playback(PlaybackCommand::JumpToStep(self.index + 1)));
        }
        if let Some(entity) = parties.first().filter(|_| response.hovered()) {
            asks.push(Command::Hover(Some(entity)));
        }
        link::told(response, &galley, text);
    }
}
