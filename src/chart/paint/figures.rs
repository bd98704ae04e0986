//! Boxes with their labels, and cells.

use crate::chart::geometry::{Point, Rect};
use crate::chart::paint::{Align, Brush, Dash, Ink, Pen, solid};
use crate::chart::scene::{Anchor, Cell, Figure, Key, Mark, Role};
use crate::chart::text::{self, Face};

/// Whether it lies on the furniture.
pub(super) fn is_token(figure: &Figure) -> bool {
    match figure.key {
        Key::Node(_)
        | Key::Worker(_)
        | Key::Store(_)
        | Key::Scheduler(_)
        | Key::Sheet(_)
        | Key::Code
        | Key::Rows
        | Key::Wire(_) => false,
        Key::GraphTask(_)
        | Key::GraphObject(_)
        | Key::GraphFunction(_)
        | Key::GcsTask(_)
        | Key::GcsObject(_)
        | Key::Task(_)
        | Key::Ghost(_)
        | Key::Copy(..)
        | Key::Queue(_)
        | Key::Heap(_) => true,
    }
}

impl Brush<'_> {
    pub(super) fn figure(&mut self, figure: &Figure) {
        let radius = match figure.role {
            Role::Task(_) => (figure.rect.h * 0.32).min(9.0),
            Role::Node | Role::Code => 7.0,
            Role::Count => figure.rect.h / 2.0,
            Role::Worker | Role::Store | Role::Scheduler | Role::Object => 4.0,
            Role::Gcs => 2.0,
        };
        if is_token(figure) && figure.mark != Mark::Absent {
            let under = Rect { x: figure.rect.x + 1.0, y: figure.rect.y + 2.0, ..figure.rect };
            self.rect(under, radius, Some(self.ink().fade(0.14)), None);
        }
        let fill = Ink::of(self.theme.fill(figure.role)).fade(seen(figure.mark));
        let has_box = figure.key != Key::Rows;
        if has_box {
            let pen = self.border(figure);
            self.rect(figure.rect, radius, Some(fill), Some(pen));
        }
        if matches!(figure.mark, Mark::Fetching | Mark::Arriving | Mark::WaitsForStore) {
            self.hatch(figure.rect, figure.mark);
        }
        if figure.mark == Mark::Secondary {
            let pen = solid(self.ink().fade(0.55), 0.8);
            self.rect(figure.rect.shrink(2.6), radius - 1.5, None, Some(pen));
        }
        self.label(figure);
        self.badge(figure);
    }

    fn border(&self, figure: &Figure) -> Pen {
        if figure.fresh {
            return solid(Ink::of(self.theme.accent), 2.4);
        }
        let token = is_token(figure);
        let (width, dash) = match figure.mark {
            Mark::WaitsForArguments => (1.4, Dash::Dotted),
            Mark::WaitsForSlot => (1.4, Dash::Dashed),
            Mark::Running | Mark::Blocked => (2.2, Dash::Solid),
            Mark::Fetching | Mark::WaitsForStore | Mark::Arriving => (1.6, Dash::Dashed),
            Mark::Absent | Mark::Gone => (1.1, Dash::Dashed),
            Mark::Plain
            | Mark::Idle
            | Mark::Done
            | Mark::Failed
            | Mark::Primary
            | Mark::Secondary => (if token { 1.3 } else { 1.0 }, Dash::Solid),
        };
        let quiet = matches!(figure.role, Role::Node | Role::Code) || figure.mark == Mark::Idle;
        let ink = Ink::of(self.theme.line(figure.mark)).fade(if quiet { 0.6 } else { 0.85 });
        Pen { ink, width, dash }
    }

    /// Slanted lines over a box: something is on its way.
    pub(super) fn hatch(&mut self, rect: Rect, mark: Mark) {
        let pen = solid(Ink::of(self.theme.line(mark)).fade(0.38), 1.3);
        let inside = rect.shrink(1.5);
        let mut start = inside.x - inside.h;
        while start < inside.right() {
            let (mut from, mut to) =
                (Point::new(start, inside.bottom()), Point::new(start + inside.h, inside.y));
            if from.x < inside.x {
                from = Point::new(inside.x, inside.bottom() - (inside.x - start));
            }
            if to.x > inside.right() {
                to = Point::new(inside.right(), inside.y + (to.x - inside.right()));
            }
            self.line(vec![from, to], pen);
            start += 7.0;
        }
    }

    fn label(&mut self, figure: &Figure) {
        if figure.label.is_empty() {
            return;
        }
        let (rect, size) = (figure.rect, figure.text_size);
        let ink = self.ink().fade(if figure.mark == Mark::Absent { 0.6 } else { 1.0 });
        let face = match figure.role {
            Role::Task(_) | Role::Object | Role::Code => Face::Mono,
            Role::Node => Face::SemiBold,
            Role::Worker | Role::Store | Role::Scheduler | Role::Gcs | Role::Count => Face::Regular,
        };
        let room = rect.w - if rect.w > 30.0 { 8.0 } else { 2.0 };
        let one_line = || match figure.role {
            Role::Task(_) | Role::Object => text::fit_middle(&figure.label, face, size, room),
            Role::Node
            | Role::Worker
            | Role::Store
            | Role::Scheduler
            | Role::Gcs
            | Role::Code
            | Role::Count => text::fit(&figure.label, face, size, room),
        };
        let (at, align) = match figure.anchor {
            Anchor::Middle => (rect.center(), Align::Center),
            Anchor::Top => (Point::new(rect.center().x, rect.y + size * 0.62 + 5.0), Align::Center),
            Anchor::TopRight => {
                (Point::new(rect.right() - 8.0, rect.y + size * 0.5 + 6.0), Align::Right)
            }
            Anchor::Left => return self.lines(figure, face, ink),
        };
        let label = one_line();
        self.text(at, align, (face, size), ink, label);
    }

    /// Several lines from the top; the one with the driver's sign lies on a band.
    fn lines(&mut self, figure: &Figure, face: Face, ink: Ink) {
        let (rect, size) = (figure.rect, figure.text_size);
        let step = size * 1.45;
        for (n, line) in figure.label.lines().enumerate() {
            let y = rect.y + 8.0 + step * (n as f32 + 0.5);
            if y + step / 2.0 > rect.bottom() {
                break;
            }
            if line.starts_with('▶') {
                let band = Rect::new(rect.x + 3.0, y - step / 2.0, rect.w - 6.0, step);
                self.rect(band, 3.0, Some(Ink::of(self.theme.accent).fade(0.16)), None);
            }
            let shown = text::fit(line, face, size, rect.w - 18.0);
            self.text(Point::new(rect.x + 9.0, y), Align::Left, (face, size), ink, shown);
        }
    }

    pub(super) fn cell(&mut self, cell: &Cell) {
        let fill = match cell.role {
            Role::Task(number) => self.theme.function(number),
            Role::Node
            | Role::Worker
            | Role::Store
            | Role::Scheduler
            | Role::Gcs
            | Role::Object
            | Role::Code
            | Role::Count => self.theme.fill(cell.role),
        };
        let full = Ink::of(fill).fade(seen(cell.mark));
        if cell.filled >= 1.0 {
            self.rect(cell.rect, 0.0, Some(full), None);
        } else {
            self.rect(cell.rect, 0.0, Some(Ink::of(self.theme.panel)), None);
            let h = cell.rect.h * cell.filled.max(0.0);
            let rect = Rect { y: cell.rect.bottom() - h, h, ..cell.rect };
            self.rect(rect, 0.0, Some(full), None);
        }
        // A state shows by its shape too, where there is room for one.
        if cell.rect.w.min(cell.rect.h) >= 7.0 {
            let line = Ink::of(self.theme.line(cell.mark));
            match cell.mark {
                Mark::Blocked | Mark::WaitsForStore => {
                    self.rect(cell.rect.shrink(cell.rect.w * 0.3), 0.0, Some(line.fade(0.7)), None);
                }
                Mark::Fetching => {
                    self.rect(cell.rect.shrink(0.8), 0.0, None, Some(solid(line, 1.4)))
                }
                Mark::Gone => {
                    let (a, b) = (cell.rect, cell.rect);
                    let points = vec![Point::new(a.x, a.y), Point::new(b.right(), b.bottom())];
                    self.line(points, solid(line, 1.2));
                }
                _ => {}
            }
        }
    }
}

/// How much of a thing is seen.
fn seen(mark: Mark) -> f32 {
    match mark {
        Mark::Absent => 0.35,
        Mark::Gone => 0.3,
        Mark::Arriving => 0.6,
        Mark::Plain
        | Mark::Idle
        | Mark::WaitsForArguments
        | Mark::WaitsForSlot
        | Mark::Fetching
        | Mark::WaitsForStore
        | Mark::Running
        | Mark::Blocked
        | Mark::Done
        | Mark::Failed
        | Mark::Primary
        | Mark::Secondary => 1.0,
    }
}
