//! An editor for program text: equally wide letters, line numbers, and wrong lines marked.

use crate::view::paint::{self, color, mix};
use bevy_egui::egui;
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, Layout, Response, Ui, vec2};
use rayscope::chart::theme::Theme;
use std::sync::Arc;

/// Longer texts are slow to edit in place.
pub const MOST_BYTES: usize = 200_000;

const SIZE: f32 = 13.0;

/// Draws the editor over all the room there is; `wrong` are the lines to mark, from 1.
pub fn show(
    ui: &mut Ui,
    theme: &Theme,
    name: &str,
    text: &mut String,
    wrong: &[usize],
) -> Response {
    let lines = text.split('\n').count();
    let mark = mix(theme.paper, theme.alarm, 0.18);
    egui::ScrollArea::both()
        .id_salt(name)
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                let numbers = numbers(theme, lines, wrong);
                ui.add(egui::Label::new(numbers).selectable(false).extend());
                let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, _: f32| {
                    Arc::clone(&ui.painter().layout_job(colored(theme, text.as_str(), wrong, mark)))
                };
                let editor = egui::TextEdit::multiline(text)
                    .id_salt(name)
                    .code_editor()
                    .frame(egui::Frame::NONE)
                    .margin(vec2(0.0, 0.0))
                    .desired_width(f32::INFINITY)
                    .desired_rows(4)
                    .layouter(&mut layouter);
                ui.add(editor)
            })
            .inner
        })
        .inner
}

fn format(ink: Color32, background: Color32) -> TextFormat {
    TextFormat { font_id: paint::code(SIZE), color: ink, background, ..TextFormat::default() }
}

/// The numbers of the lines, one below the other; those of wrong lines in the colour of alarm.
fn numbers(theme: &Theme, lines: usize, wrong: &[usize]) -> LayoutJob {
    let width = lines.to_string().len().max(2);
    let mut job = LayoutJob::default();
    for line in 1..=lines {
        let end = if line == lines { "" } else { "\n" };
        let (mark, ink) = match wrong.contains(&line) {
            true => ("!", color(theme.alarm)),
            false => (" ", color(theme.faint)),
        };
        job.append(&format!("{mark}{line:>width$}{end}"), 0.0, format(ink, Color32::TRANSPARENT));
    }
    job.wrap.max_width = f32::INFINITY;
    job
}

/// The text with a ground of its own behind wrong lines.
fn colored(theme: &Theme, text: &str, wrong: &[usize], mark: Color32) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mut start = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if !wrong.contains(&(index + 1)) {
            continue;
        }
        let at = line.as_ptr() as usize - text.as_ptr() as usize;
        job.append(&text[start..at], 0.0, format(color(theme.ink), Color32::TRANSPARENT));
        let end = at + line.trim_end_matches('\n').len();
        job.append(&text[at..end], 0.0, format(color(theme.ink), mark));
        start = end;
    }
    job.append(&text[start..], 0.0, format(color(theme.ink), Color32::TRANSPARENT));
    job.wrap.max_width = f32::INFINITY;
    job
}
