//! What opens over the panels or beside them: the palette, the search, the sheet of keys, files, and changes.

mod code;
pub mod edit;
mod fuzzy;
mod open;
mod palette;
mod picker;
mod search;
mod sheet;

use crate::view::command::{Command, Panel};
use crate::view::look::Asks;
use crate::view::session::Session;
use crate::view::shipped::Shipped;
use bevy_egui::egui;
use edit::Edit;
use open::Open;
use palette::Palette;
use search::Search;
pub use sheet::shown;

/// A dialog with what was typed into it.
pub enum Dialog {
    /// Every command, found by a few letters.
    Palette(Palette),
    /// Tasks, objects, nodes and events by their names.
    Search(Search),
    /// The sheet of keys.
    Sheet,
    /// Files and scenarios to open.
    Open(Box<Open>),
    /// Change and look again.
    Edit(Box<Edit>),
}

impl Dialog {
    /// A dialog as it opens; `None` if there is nothing that it could be about.
    pub fn open(panel: Panel, session: &Session) -> Option<Dialog> {
        Some(match panel {
            Panel::Palette => Dialog::Palette(Palette::default()),
            Panel::Search => Dialog::Search(Search::of(session)?),
            Panel::Sheet => Dialog::Sheet,
            Panel::Open => Dialog::Open(Box::default()),
            Panel::Edit => Dialog::Edit(Box::new(Edit::of(session)?)),
        })
    }

    /// Which one it is.
    pub fn panel(&self) -> Panel {
        match self {
            Dialog::Palette(_) => Panel::Palette,
            Dialog::Search(_) => Panel::Search,
            Dialog::Sheet => Panel::Sheet,
            Dialog::Open(_) => Panel::Open,
            Dialog::Edit(_) => Panel::Edit,
        }
    }

    /// Draws it over everything, unless it stands beside the panels.
    pub fn show(
        &mut self,
        ctx: &egui::Context,
        session: &Session,
        shipped: &mut Shipped,
        asks: &mut Asks,
    ) {
        match self {
            Dialog::Palette(palette) => {
                sheet_of(ctx, "palette", 560.0, asks, |ui, asks| palette.show(ui, session, asks))
            }
            Dialog::Search(search) => {
                sheet_of(ctx, "search", 560.0, asks, |ui, asks| search.show(ui, session, asks))
            }
            Dialog::Sheet => sheet_of(ctx, "keys", 900.0, asks, |ui, _| sheet::show(ui, session)),
            Dialog::Open(open) => {
                if !open.browses() {
                    sheet_of(ctx, "open", 680.0, asks, |ui, asks| {
                        open.show(ui, session, shipped, asks)
                    });
                }
                open.browse(ctx, asks);
            }
            Dialog::Edit(_) => {}
        }
    }
}

/// A sheet over the middle of the window; a click beside it closes it.
fn sheet_of(
    ctx: &egui::Context,
    name: &str,
    width: f32,
    asks: &mut Asks,
    content: impl FnOnce(&mut egui::Ui, &mut Asks),
) {
    let id = egui::Id::new(name);
    let window = ctx.viewport_rect();
    let top = (window.height() * 0.08).min(64.0);
    let area = egui::Modal::default_area(id).anchor(egui::Align2::CENTER_TOP, [0.0, top]);
    let shown = egui::Modal::new(id).area(area).show(ctx, |ui| {
        ui.set_width(width.min(window.width() - 48.0));
        ui.set_max_height(window.height() - 2.0 * top - 32.0);
        content(ui, asks);
    });
    if shown.backdrop_response.clicked() {
        asks.push(Command::Close);
    }
}
