//! What to open: the scenarios that come along, the runs so far, or a file.

use crate::view::command::Command;
use crate::view::dialogs::fuzzy::best;
use crate::view::dialogs::picker::{Picker, Row};
use crate::view::look::Asks;
use crate::view::session::Session;
use crate::view::shipped::Shipped;
use bevy_egui::egui;
use egui::{Context, Ui};
use egui_file_dialog::{DialogState, FileDialog};

/// What was typed, and the browser of files if it is open.
#[derive(Default)]
pub struct Open {
    picker: Picker,
    browser: Option<Box<FileDialog>>,
}

impl Open {
    /// Whether the browser of files is open.
    pub fn browses(&self) -> bool {
        self.browser.is_some()
    }

    /// Draws the list.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, shipped: &mut Shipped, asks: &mut Asks) {
        self.picker.field(ui, "Open a scenario…");
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            if ui.button("Browse files…").clicked() {
                let mut browser = browser();
                browser.pick_file();
                self.browser = Some(Box::new(browser));
            }
            if ui.button("The lesson").clicked() {
                asks.push(Command::Close);
                asks.push(Command::OpenLesson);
            }
            ui.weak("or drop a file into the window");
        });
        ui.add_space(6.0);
        let list = shipped.list();
        let texts: Vec<String> = list
            .iter()
            .map(|found| format!("{} {} {}", found.name, found.group, found.about))
            .collect();
        let hits = best(&self.picker.query, texts.iter().map(String::as_str));
        if list.is_empty() {
            ui.weak("No folder `scenarios` was found here or above.");
        } else if hits.is_empty() {
            ui.weak("No scenario is called that.");
        }
        let row = |at: usize| {
            let found = &list[hits[at]];
            Row { title: &found.name, note: &found.about, end: &found.group }
        };
        if let Some(at) = self.picker.rows(ui, session.theme(), hits.len(), row) {
            asks.push(Command::Close);
            asks.push(Command::Open(list[hits[at]].file.clone()));
        }
    }

    /// Draws the browser of files, if it is open.
    pub fn browse(&mut self, ctx: &Context, asks: &mut Asks) {
        let Some(browser) = &mut self.browser else { return };
        browser.update(ctx);
        if let Some(file) = browser.take_picked() {
            asks.push(Command::Close);
            asks.push(Command::Open(file));
        }
        if !matches!(browser.state(), DialogState::Open) {
            self.browser = None;
        }
    }
}

/// The browser, with words where its own signs are in no font of ours.
fn browser() -> FileDialog {
    FileDialog::new()
        .title("Open a scenario, a program or a trace")
        .add_file_filter_extensions("Scenarios, programs, traces", vec!["json", "py", "jsonl"])
        .default_file_filter("Scenarios, programs, traces")
        .as_modal(true)
        .default_file_icon("")
        .default_folder_icon("▸")
        .device_icon("")
        .removable_device_icon("")
        .parent_directory_icon("↑")
        .back_icon("←")
        .forward_icon("→")
        .new_folder_icon("+")
        .menu_icon("…")
        .search_icon("")
        .path_edit_icon("/")
}
