//! Small signs at a token's corner: a state is never told by colour alone.

use crate::chart::geometry::{Point, Rect};
use crate::chart::paint::figures::is_token;
use crate::chart::paint::{Brush, Ink, Shape, solid};
use crate::chart::scene::{Figure, Mark};

impl Brush<'_> {
    pub(super) fn badge(&mut self, figure: &Figure) {
        let mark = figure.mark;
        let shown = matches!(mark, Mark::Blocked | Mark::Done | Mark::Failed | Mark::WaitsForStore)
            || mark == Mark::Running && is_token(figure)
            || mark == Mark::Gone;
        if !shown {
            return;
        }
        let r = (figure.rect.h * 0.26).clamp(3.5, 7.0);
        let center = Point::new(figure.rect.right() - r * 0.4, figure.rect.y + r * 0.3);
        let (paper, line) = (Ink::of(self.theme.paper), Ink::of(self.theme.line(mark)));
        self.shapes.push(Shape::Disc { center, radius: r + 1.2, fill: paper });
        self.shapes.push(Shape::Disc { center, radius: r, fill: line });
        self.sign(mark, center, r * 0.5, paper);
    }

    fn sign(&mut self, mark: Mark, c: Point, r: f32, ink: Ink) {
        let at = |x: f32, y: f32| Point::new(c.x + x * r, c.y + y * r);
        let pen = solid(ink, (r * 0.5).max(1.0));
        match mark {
            Mark::Done => self.line(vec![at(-1.0, 0.1), at(-0.25, 0.8), at(1.0, -0.8)], pen),
            Mark::Failed | Mark::Gone => {
                self.line(vec![at(-0.8, -0.8), at(0.8, 0.8)], pen);
                self.line(vec![at(0.8, -0.8), at(-0.8, 0.8)], pen);
            }
            Mark::Blocked => {
                self.line(vec![at(-0.5, -0.9), at(-0.5, 0.9)], pen);
                self.line(vec![at(0.5, -0.9), at(0.5, 0.9)], pen);
            }
            Mark::WaitsForStore => {
                let bar = Rect::around(c, r * 1.8, r * 0.7);
                self.rect(bar, 0.0, Some(ink), None);
            }
            Mark::Running => {
                let points = vec![at(-0.6, -0.9), at(1.0, 0.0), at(-0.6, 0.9)];
                self.shapes.push(Shape::Polygon { points, fill: ink, pen: None });
            }
            Mark::Plain
            | Mark::Idle
            | Mark::WaitsForArguments
            | Mark::WaitsForSlot
            | Mark::Fetching
            | Mark::Absent
            | Mark::Primary
            | Mark::Secondary
            | Mark::Arriving => {}
        }
    }
}
