//! What was printed so far, a row for each line, with its time.

use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color};
use crate::view::panels::link;
use crate::view::panels::rows::Scroll;
use bevy_egui::egui;
use egui::{Rect, Ui, pos2};
use rayscope::base::id::Id;
use rayscope::model::Caller;
use rayscope::replay::Entity;
use rayscope::state::OutputId;

/// What the output keeps from frame to frame: where each of its lines begins, found once a run.
#[derive(Default)]
pub struct OutputView {
    key: Option<(usize, usize)>,
    /// For each line: which print it belongs to, and its first byte there.
    lines: Vec<(u32, u32)>,
    scroll: Scroll,
    shown: usize,
}

const ROW: f32 = 20.0;

impl OutputView {
    fn refresh(&mut self, look: &Look) {
        if self.key == Some(look.run.key()) {
            return;
        }
        let printed = look.run.history.last_state().output.iter().enumerate();
        self.lines.clear();
        for (index, print) in printed {
            let mut at = 0;
            for line in print.text.split('\n') {
                self.lines.push((index as u32, at as u32));
                at += line.len() + 1;
            }
        }
        (self.key, self.shown) = (Some(look.run.key()), 0);
        self.scroll = Scroll::default();
    }
}

/// The output up to the cursor.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut OutputView) {
    view.refresh(look);
    let output = &look.playback.state().output;
    let count = view.lines.partition_point(|(print, _)| (*print as usize) < output.len());
    let theme = look.theme;
    if count == 0 {
        let faint = color(theme.faint);
        ui.label(egui::RichText::new("Nothing has been printed yet.").color(faint));
        return;
    }
    if count != view.shown {
        view.scroll.reveal(count - 1);
        view.shown = count;
    }
    let lines = &view.lines;
    view.scroll.rows(ui, ROW, count, |ui, rect, index| {
        let (print, from) = lines[index];
        let Some(printed) = output.get(OutputId::from_index(print as usize)) else { return };
        let text = printed.text.get(from as usize..).unwrap_or_default();
        let text = text.split('\n').next().unwrap_or_default();
        let faint = color(theme.faint);
        let mut x = rect.left();
        if from == 0 {
            let time = printed.at.to_string();
            let time = ui.painter().layout_no_wrap(time, paint::code(12.0), faint);
            let right = (x + 74.0 - time.size().x).max(x);
            ui.painter().galley(pos2(right, rect.top() + 2.0), time, faint);
        }
        x += 86.0;
        if let Caller::Task(task) = printed.caller
            && from == 0
        {
            let name = look.run.history.names().task(task);
            let room = Rect::from_min_max(pos2(x, rect.top()), pos2(x + 120.0, rect.bottom()));
            let place = (ui.id().with(("printed by", index)), room);
            x = link::link_in(ui, look, asks, place, Entity::Task(task), &name).rect.right() + 10.0;
        }
        let ink = color(theme.ink);
        let galley = link::line(ui, text, paint::code(13.0), ink, rect.right() - x);
        ui.painter().galley(pos2(x, rect.top() + 1.0), galley.clone(), ink);
        if galley.elided {
            let id = ui.id().with(("line", index));
            ui.interact(rect, id, egui::Sense::hover()).on_hover_text(text);
        }
    });
}
