//! Arrows: a line and its head.

use crate::chart::geometry::Point;
use crate::chart::paint::{Brush, Dash, Ink, Pen, Shape, solid};
use crate::chart::scene::{Arrow, ArrowKind, Role};

/// Whether it lies below the tokens: it belongs to the furniture.
pub(super) fn is_below(arrow: &Arrow) -> bool {
    matches!(arrow.kind, ArrowKind::Edge | ArrowKind::Report | ArrowKind::Wire)
}

impl Brush<'_> {
    pub(super) fn arrow(&mut self, arrow: &Arrow) {
        let ink = self.ink();
        match arrow.kind {
            ArrowKind::Wire => self.wire(arrow),
            ArrowKind::Report => {
                let pen = Pen { ink: ink.fade(0.75), width: 1.6, dash: Dash::Dotted };
                self.headed(&arrow.points, pen, 7.0);
            }
            ArrowKind::Edge => self.headed(&arrow.points, solid(ink.fade(0.65), 1.5), 7.0),
            ArrowKind::Copy => {
                let ink = Ink::of(self.theme.transfer);
                let width = if arrow.fresh { 3.4 } else { 2.0 };
                self.headed(&arrow.points, solid(ink, width), 12.0);
            }
            ArrowKind::Handoff | ArrowKind::Read | ArrowKind::Write | ArrowKind::Value => {
                let (alpha, width) = if arrow.fresh { (0.9, 3.0) } else { (0.5, 2.0) };
                self.headed(&arrow.points, solid(ink.fade(alpha), width), 11.0);
            }
        }
    }

    /// A line that ends in a filled head.
    fn headed(&mut self, points: &[Point], pen: Pen, head: f32) {
        let [.., before, tip] = points else { return };
        let length = before.distance(*tip);
        if length < 0.5 {
            return;
        }
        let head = head.min(length);
        let neck = tip.toward(*before, head * 0.8 / length);
        let mut line = points.to_vec();
        if let Some(last) = line.last_mut() {
            *last = neck;
        }
        self.line(line, pen);
        self.head(*before, *tip, head, pen.ink);
    }

    fn head(&mut self, from: Point, tip: Point, size: f32, fill: Ink) {
        let length = from.distance(tip).max(0.01);
        let (dx, dy) = ((tip.x - from.x) / length, (tip.y - from.y) / length);
        let back = Point::new(tip.x - dx * size, tip.y - dy * size);
        let half = size * 0.46;
        let points = vec![
            tip,
            Point::new(back.x - dy * half, back.y + dx * half),
            Point::new(back.x + dy * half, back.y - dx * half),
        ];
        self.shapes.push(Shape::Polygon { points, fill, pen: None });
    }

    /// The thick arrow with two heads between neighbours.
    fn wire(&mut self, arrow: &Arrow) {
        let [from, .., to] = arrow.points.as_slice() else { return };
        let fill = Ink::of(self.theme.fill(Role::Scheduler));
        let pen = solid(self.ink().fade(0.7), 1.0);
        let (half, head) = (3.2, 11.0);
        let (y, left, right) = (from.y, from.x, to.x);
        let shaft = vec![
            Point::new(left + head, y - half),
            Point::new(right - head, y - half),
            Point::new(right - head, y + half),
            Point::new(left + head, y + half),
        ];
        self.shapes.push(Shape::Polygon { points: shaft, fill, pen: Some(pen) });
        for (tip, back) in [(left, left + head), (right, right - head)] {
            let points =
                vec![Point::new(tip, y), Point::new(back, y - 8.5), Point::new(back, y + 8.5)];
            self.shapes.push(Shape::Polygon { points, fill, pen: Some(pen) });
        }
    }
}
