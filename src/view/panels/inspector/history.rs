//! All that happened to what is selected; a click goes there.

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use crate::view::panels::link;
use crate::view::panels::numbers::grouped;
use crate::view::panels::rows::Scroll;
use crate::view::panels::sentences::Sentences;
use bevy_egui::egui;
use egui::{RichText, Sense, Ui, pos2};
use rayscope::replay::{Entity, PlaybackCommand};

/// What the list keeps from frame to frame.
#[derive(Default)]
pub struct HistoryView {
    shown: Option<((usize, usize), Entity)>,
    step: usize,
    scroll: Scroll,
    sentences: Sentences,
}

const ROW: f32 = 22.0;

/// The list.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut HistoryView, entity: Entity) {
    let (theme, history) = (look.theme, &look.run.history);
    let records = history.records_of(entity);
    let step = look.playback.step();
    // The last of its records that has happened.
    let now = records.partition_point(|record| (*record as usize) < step);
    if view.shown != Some((look.run.key(), entity)) {
        view.scroll = Scroll::default();
    }
    if view.shown != Some((look.run.key(), entity)) || view.step != step {
        view.scroll.reveal(now.saturating_sub(1));
        (view.shown, view.step) = (Some((look.run.key(), entity)), step);
    }
    ui.add_space(6.0);
    let title = match records.len() {
        0 => "Nothing happens to it".to_owned(),
        1 => "One thing happens to it".to_owned(),
        count => format!("{} things happen to it", grouped(count)),
    };
    ui.label(RichText::new(title).font(paint::strong(13.0)).color(color(theme.faint)));
    view.sentences.begin(look);
    let HistoryView { scroll, sentences, .. } = view;
    scroll.rows(ui, ROW, records.len(), |ui, rect, row| {
        let index = records[row] as usize;
        let id = ui.id().with(("record", index));
        let response = ui.interact(rect.intersect(ui.clip_rect()), id, Sense::CLICK);
        if row + 1 == now {
            ui.painter().rect_filled(rect, 3.0, mix(theme.paper, theme.accent, 0.14));
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 3.0, mix(theme.paper, theme.ink, 0.06));
        }
        let ink = color(if row < now { theme.ink } else { theme.faint });
        let time = history.records()[index].at.to_string();
        let time = ui.painter().layout_no_wrap(time, paint::code(12.0), color(theme.faint));
        let x = rect.left() + 78.0;
        let at = pos2(x - 8.0 - time.size().x, rect.center().y - time.size().y / 2.0);
        ui.painter().galley(at, time, color(theme.faint));
        let text = sentences.of(history, index);
        if text.is_none() {
            ui.ctx().request_repaint();
        }
        let text = text.unwrap_or("…");
        let galley = link::line(ui, text, paint::text(13.0), ink, rect.right() - x);
        let at = pos2(x, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley.clone(), ink);
        let clicked = response.clicked();
        link::told(response, &galley, text);
        if clicked {
            asks.push(Command::Playback(PlaybackCommand::JumpToStep(index + 1)));
        }
    });
}
