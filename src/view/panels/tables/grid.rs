//! Columns with their places, the heads that sort, and the cells.

use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use crate::view::panels::link;
use crate::view::panels::tables::pick::Sort;
use crate::view::panels::tables::sheet::{Cell, Column, Sheet};
use bevy_egui::egui;
use egui::{Align2, Rangef, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};
use rayscope::chart::scene::Mark;

/// The columns that have room, from the left: which column, and from where to where.
pub struct Grid {
    /// Columns with their places.
    pub places: Vec<(usize, Rangef)>,
}

/// Height of a row.
pub const ROW: f32 = 26.0;
const GAP: f32 = 18.0;

impl Grid {
    /// Lays columns out in a width: the least important go until the others fit, and those that grow share
    /// what is left.
    pub fn new(columns: &[Column], width: f32) -> Grid {
        let mut shown: Vec<usize> = (0..columns.len()).collect();
        let needs =
            |shown: &[usize]| shown.iter().map(|column| columns[*column].least + GAP).sum::<f32>();
        while needs(&shown) > width && shown.len() > 1 {
            let last = shown.iter().max_by_key(|column| columns[**column].goes).copied();
            shown.retain(|column| Some(*column) != last);
        }
        let free = (width - needs(&shown)).max(0.0);
        let grows: f32 = shown.iter().map(|column| columns[*column].grows).sum();
        let mut x = GAP / 2.0;
        let places = shown.iter().map(|column| {
            let share = if grows > 0.0 { columns[*column].grows / grows } else { 0.0 };
            // One column alone may be narrower than it would like.
            let room = (columns[*column].least + free * share).min(width);
            let place = Rangef::new(x, x + room);
            x += room + GAP;
            (*column, place)
        });
        Grid { places: places.collect() }
    }

    /// The heads; a click on one sorts.
    pub fn heads(&self, ui: &mut Ui, look: &Look, sheet: Sheet, sort: &mut Option<Sort>) {
        let size = vec2(ui.available_width(), ROW);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let (theme, columns) = (look.theme, sheet.columns());
        for (column, place) in &self.places {
            let cell = across(rect, *place);
            let id = ui.id().with(("head", sheet.name(), *column));
            let response = ui.interact(cell.expand2(vec2(GAP / 2.0, 0.0)), id, Sense::click());
            let ink = if response.hovered() { theme.ink } else { theme.faint };
            let sorted = sort.filter(|sort| sort.column == *column);
            let room = cell.width() - if sorted.is_some() { 12.0 } else { 0.0 };
            let title = columns[*column].title;
            let galley = link::line(ui, title, paint::strong(12.5), color(ink), room);
            let align =
                if columns[*column].is_number { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
            let mut at = align.pos_in_rect(&cell);
            if sorted.is_some() && columns[*column].is_number {
                at.x -= 12.0;
            }
            let text = align.anchor_size(at, galley.size());
            ui.painter().galley(text.min, galley, color(ink));
            if let Some(sort) = sorted {
                arrow(ui, look, pos2(text.right() + 8.0, cell.center().y), sort.falling);
            }
            response.widget_info(|| {
                egui::WidgetInfo::labeled(
                    egui::WidgetType::Button,
                    true,
                    format!("Sort by {title}"),
                )
            });
            if response.clicked() {
                *sort = match sorted {
                    None => Some(Sort { column: *column, falling: false }),
                    Some(Sort { falling: false, .. }) => {
                        Some(Sort { column: *column, falling: true })
                    }
                    Some(Sort { falling: true, .. }) => None,
                };
            }
        }
        let line = Stroke::new(1.0, mix(theme.paper, theme.ink, 0.2));
        ui.painter().hline(rect.x_range(), rect.bottom(), line);
    }
}

/// The part of a row that a column has.
pub fn across(rect: Rect, place: Rangef) -> Rect {
    let (left, right) = (rect.left() + place.min, rect.left() + place.max);
    Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()))
}

fn width_of(ui: &Ui, text: &str) -> f32 {
    link::line(ui, text, paint::code(link::SIZE), egui::Color32::BLACK, f32::INFINITY).size().x
}

/// The right part of a room, as wide as a link is.
fn right_aligned(ui: &Ui, room: Rect, text: &str) -> Rect {
    let width = width_of(ui, text).min(room.width());
    Rect::from_min_max(pos2(room.right() - width, room.top()), room.max)
}

/// Which way a column is sorted.
fn arrow(ui: &Ui, look: &Look, at: egui::Pos2, falling: bool) {
    let tip = if falling { 3.5 } else { -3.5 };
    let points = vec![at + vec2(-4.0, -tip), at + vec2(4.0, -tip), at + vec2(0.0, tip)];
    ui.painter().add(Shape::convex_polygon(points, color(look.theme.ink), Stroke::NONE));
}

/// A cell of a row; its parts are links with ids of their own.
pub fn draw_cell(
    ui: &mut Ui,
    look: &Look,
    asks: &mut Asks,
    (rect, id): (Rect, egui::Id),
    is_number: bool,
    cell: &Cell,
) {
    const BADGE: f32 = 13.0;
    let theme = look.theme;
    if let Some(share) = cell.share {
        let rail = Rect::from_min_max(
            pos2(rect.left(), rect.bottom() - 5.0),
            pos2(rect.right(), rect.bottom() - 2.0),
        );
        ui.painter().rect_filled(rail, 1.5, mix(theme.paper, theme.ink, 0.1));
        let right = rail.left() + rail.width() * share.clamp(0.0, 1.0);
        let full = Rect::from_min_max(rail.min, pos2(right, rail.bottom()));
        ui.painter().rect_filled(full, 1.5, mix(theme.paper, theme.ink, 0.55));
    }
    let mut x = rect.left();
    for (number, part) in cell.parts.iter().enumerate() {
        if part.mark != Mark::Plain {
            let center = pos2(x + BADGE / 2.0, rect.center().y);
            let badge = Rect::from_center_size(center, vec2(BADGE, BADGE));
            paint::badge(ui.painter(), badge, part.mark, theme);
            x += BADGE + 6.0;
        }
        let room = Rect::from_min_max(pos2(x, rect.top()), rect.max);
        if room.width() < 8.0 {
            break;
        }
        let used = match part.link {
            Some(entity) => {
                let room = if is_number { right_aligned(ui, room, &part.text) } else { room };
                let id = id.with(number);
                link::link_in(ui, look, asks, (id, room), entity, &part.text);
                width_of(ui, &part.text).min(room.width())
            }
            None => {
                let font = if is_number { paint::code(12.5) } else { paint::text(13.0) };
                let galley = link::line(ui, &part.text, font, color(theme.ink), room.width());
                let align = if is_number { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
                let text = align.anchor_size(align.pos_in_rect(&room), galley.size());
                ui.painter().galley(text.min, galley.clone(), color(theme.ink));
                if galley.elided {
                    let response = ui.interact(room, id.with(number), Sense::hover());
                    response.on_hover_text(&part.text);
                }
                text.width()
            }
        };
        x += used + 10.0;
    }
}
