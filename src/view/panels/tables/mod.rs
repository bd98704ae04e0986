//! The tables of the Global Control Store at the cursor: tasks, objects, nodes, actors, with the names that Ray's
//! state API gives them.

mod actors;
mod filter;
mod grid;
mod nodes;
mod objects;
mod pick;
mod sheet;
#[cfg(test)]
mod tables_tests;
mod tasks;

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::paint::{color, mix};
use crate::view::panels::fields::faint;
use crate::view::panels::link;
use crate::view::panels::numbers::grouped;
use crate::view::panels::rows::Scroll;
use bevy_egui::egui;
use egui::{Key, Modifiers, Rect, RichText, Sense, TextEdit, Ui};
use filter::Filter;
use grid::{Grid, ROW, across, draw_cell};
use pick::{MOST_SORTED, Pick, Sort};
use rayscope::replay::Entity;
use sheet::{Seen, Sheet};

/// What the panel keeps from frame to frame.
#[derive(Default)]
pub struct TablesView {
    sheet: Sheet,
    /// One for each sheet, in their order.
    pages: [Page; 4],
    pick: Pick,
    counts: nodes::Counts,
    counted: Option<((usize, usize), usize)>,
    /// What was selected when it was last drawn: another selection is brought into sight.
    selection: Option<Entity>,
    /// Whether the last click was in the rows: then the arrow keys go through them.
    active: bool,
}

/// What a sheet keeps.
#[derive(Default)]
struct Page {
    text: String,
    sort: Option<Sort>,
    scroll: Scroll,
}

/// The panel.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut TablesView) {
    if look.focus
        && let Some((sheet, _)) = look.selection.and_then(Sheet::of)
    {
        view.sheet = sheet;
    }
    view.tabs(ui, look);
    view.count(look);
    let sheet = view.sheet;
    let columns = sheet.columns();
    let names: Vec<&[&str]> = columns.iter().map(|column| column.names).collect();
    let page = &mut view.pages[sheet as usize];
    let filter = Filter::read(&page.text, &names);
    let (filter, problem) = match filter {
        Ok(filter) => (filter, None),
        Err(problem) => (Filter::default(), Some(problem)),
    };
    let seen = Seen { look, nodes: &view.counts };
    if view.pick.go_on(&seen, sheet, &filter, page.sort) {
        ui.ctx().request_repaint();
    }
    note(ui, look, sheet, &view.pick, &filter, page.sort, problem.as_deref());
    let grid = Grid::new(columns, ui.available_width() - 10.0);
    grid.heads(ui, look, sheet, &mut page.sort);
    if view.pick.len() == 0 {
        let text = if filter.is_open() { "There is none yet." } else { "None is like that." };
        return faint(ui, look, text);
    }
    view.rows(ui, look, asks, &grid);
}

impl TablesView {
    fn tabs(&mut self, ui: &mut Ui, look: &Look) {
        ui.horizontal_wrapped(|ui| {
            for sheet in Sheet::ALL {
                let count = grouped(sheet.rows(look));
                let text = format!("{} {count}", sheet.name());
                if ui.selectable_label(self.sheet == sheet, text).clicked() {
                    self.sheet = sheet;
                }
            }
            let page = &mut self.pages[self.sheet as usize];
            let width = (ui.available_width() - 8.0).clamp(80.0, 260.0);
            let hint = match self.sheet {
                Sheet::Tasks => "Filter: make state=RUNNING",
                Sheet::Objects => "Filter: obj3 state=READY",
                Sheet::Nodes | Sheet::Actors => "Filter: name state=ALIVE",
            };
            let field = TextEdit::singleline(&mut page.text).hint_text(hint).desired_width(width);
            ui.add(field).on_hover_text(
                "Words, or terms such as state=RUNNING and node!=\"node 1\"; all must hold",
            );
        });
    }

    /// Tasks by node: only when that is seen, and once a step.
    fn count(&mut self, look: &Look) {
        let place = Some((look.run.key(), look.playback.step()));
        if self.sheet == Sheet::Nodes && self.counted != place {
            self.counts = nodes::Counts::of(look.playback.state());
            self.counted = place;
        }
    }

    fn rows(&mut self, ui: &mut Ui, look: &Look, asks: &mut Asks, grid: &Grid) {
        let sheet = self.sheet;
        let room = ui.available_rect_before_wrap();
        self.keys(ui, look, asks, room);
        let place = look.selection.and_then(Sheet::of).filter(|(of, _)| *of == sheet);
        let page = &mut self.pages[sheet as usize];
        if (look.selection != self.selection || look.focus)
            && let Some(place) = place.and_then(|(_, row)| self.pick.place(row))
        {
            page.scroll.reveal(place);
        }
        self.selection = look.selection;
        let seen = Seen { look, nodes: &self.counts };
        let pick = &self.pick;
        page.scroll.rows(ui, ROW, pick.len(), |ui, rect, place| {
            let row = pick.row(place);
            draw_row(ui, &seen, asks, grid, sheet, (rect, place, row));
        });
    }

    /// The arrow keys move the selection while the rows are active, or have the keyboard.
    fn keys(&mut self, ui: &mut Ui, look: &Look, asks: &mut Asks, room: Rect) {
        let id = ui.id().with("rows of the table");
        let response = ui.interact(room, id, Sense::focusable_noninteractive());
        if let Some(at) = ui.input(|input| {
            let pressed = input.pointer.any_pressed();
            input.pointer.interact_pos().filter(|_| pressed)
        }) {
            self.active = room.contains(at);
        }
        let nobody = ui.memory(|memory| memory.focused().is_none());
        if response.has_focus() {
            let filter = egui::EventFilter { vertical_arrows: true, ..Default::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        } else if !(self.active && nobody) {
            return;
        }
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (up, down) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown));
        if up == down {
            return;
        }
        let here = look.selection.and_then(Sheet::of).filter(|(of, _)| *of == self.sheet);
        let here = here.and_then(|(_, row)| self.pick.place(row));
        let last = self.pick.len().saturating_sub(1);
        let next = match here {
            None => 0,
            Some(place) if up => place.saturating_sub(1),
            Some(place) => (place + 1).min(last),
        };
        asks.push(Command::Select(self.sheet.entity(look, self.pick.row(next))));
    }
}

/// How many rows there are, and what is to say of the filter and of the order.
fn note(
    ui: &mut Ui,
    look: &Look,
    sheet: Sheet,
    pick: &Pick,
    filter: &Filter,
    sort: Option<Sort>,
    problem: Option<&str>,
) {
    if let Some(problem) = problem {
        ui.label(RichText::new(problem).color(color(look.theme.alarm)));
        return;
    }
    if !filter.is_open() {
        let (some, all) = (grouped(pick.len()), grouped(sheet.rows(look)));
        faint(ui, look, format!("{some} of {all} rows"));
    }
    if sort.is_some() && pick.len() > MOST_SORTED {
        let most = grouped(MOST_SORTED);
        faint(ui, look, format!("More than {most} rows are not sorted: filter them first"));
    }
}

fn draw_row(
    ui: &mut Ui,
    seen: &Seen,
    asks: &mut Asks,
    grid: &Grid,
    sheet: Sheet,
    (rect, place, row): (Rect, usize, u32),
) {
    let (look, theme) = (seen.look, seen.look.theme);
    let id = ui.id().with((sheet.name(), row));
    let response = ui.interact(rect.intersect(ui.clip_rect()), id, Sense::CLICK);
    let entity = sheet.entity(look, row);
    let is = |other: Option<Entity>| other.is_some() && other == entity;
    let band = if is(look.selection) {
        Some(mix(theme.paper, theme.accent, 0.2))
    } else if response.hovered() || is(look.hovered) {
        Some(mix(theme.paper, theme.accent, 0.08))
    } else if place.is_multiple_of(2) {
        Some(mix(theme.paper, theme.ink, 0.035))
    } else {
        None
    };
    if let Some(band) = band {
        ui.painter().rect_filled(rect, 2.0, band);
    }
    if let Some(entity) = entity {
        link::follow(asks, &response, entity);
    }
    let columns = sheet.columns();
    for at in &grid.places {
        let cell = sheet.cell(seen, row, at.0);
        let spot = (across(rect, at.1), id.with(at.0));
        draw_cell(ui, look, asks, spot, columns[at.0].is_number, &cell);
    }
}
