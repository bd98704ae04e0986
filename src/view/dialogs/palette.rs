//! The palette: every command, every panel and every theme, found by a few letters.

use crate::view::command::Command;
use crate::view::commands::TABLE;
use crate::view::dialogs::fuzzy::best;
use crate::view::dialogs::picker::{Picker, Row};
use crate::view::dialogs::sheet::shown;
use crate::view::look::Asks;
use crate::view::session::Session;
use crate::view::tiles::Pane;
use bevy_egui::egui::Ui;
use rayscope::chart::theme::THEMES;

/// What was typed.
#[derive(Default)]
pub struct Palette {
    picker: Picker,
}

/// A command in the list.
struct Choice {
    title: String,
    note: &'static str,
    key: String,
    command: Command,
}

impl Palette {
    /// Draws it. What is chosen closes it.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, asks: &mut Asks) {
        self.picker.field(ui, "Find a command…");
        ui.add_space(6.0);
        let all = choices();
        let found = best(&self.picker.query, all.iter().map(|choice| choice.title.as_str()));
        if found.is_empty() {
            ui.weak("No command is called that.");
        }
        let row = |at: usize| {
            let choice = &all[found[at]];
            Row { title: &choice.title, note: choice.note, end: &choice.key }
        };
        if let Some(at) = self.picker.rows(ui, session.theme(), found.len(), row) {
            asks.push(Command::Close);
            asks.push(all[found[at]].command.clone());
        }
    }
}

/// All that can be chosen: the table, then what is made from lists.
fn choices() -> Vec<Choice> {
    let table = TABLE.iter().map(|entry| Choice {
        title: entry.name.to_owned(),
        note: entry.help,
        key: entry.keys.first().map(|key| shown(key)).unwrap_or_default(),
        command: entry.command.clone(),
    });
    let panes = Pane::ALL.into_iter().map(|pane| Choice {
        title: format!("Panel: {}", pane.name()),
        note: "Bring it to the front, or take it away",
        key: String::new(),
        command: Command::TogglePane(pane),
    });
    let themes = THEMES.iter().map(|theme| Choice {
        title: format!("Theme: {}", theme.name),
        note: "",
        key: String::new(),
        command: Command::Theme(theme.name),
    });
    table.chain(panes).chain(themes).collect()
}
