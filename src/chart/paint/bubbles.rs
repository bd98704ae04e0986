//! What is said: a box of text with a tail that points at what it is about.

use crate::chart::geometry::{Point, Rect};
use crate::chart::paint::{Align, Brush, Ink, Shape, solid};
use crate::chart::scene::{Bubble, BubbleKind};
use crate::chart::text::Face;

impl Brush<'_> {
    pub(super) fn bubble(&mut self, bubble: &Bubble) {
        let fill = Ink::of(self.theme.bubble(bubble.kind));
        let radius = match bubble.kind {
            BubbleKind::Narrate => 9.0,
            BubbleKind::Aside => 2.0,
        };
        let pen = solid(self.ink().fade(0.75), 1.3);
        let rect = bubble.rect;
        let under = Rect { x: rect.x + 1.5, y: rect.y + 3.0, ..rect };
        self.rect(under, radius, Some(self.ink().fade(0.12)), None);
        if let Some(tail) = bubble.pointer.and_then(|pointer| tail(rect, pointer)) {
            self.shapes.push(Shape::Polygon { points: tail.to_vec(), fill, pen: Some(pen) });
        }
        self.rect(rect, radius, Some(fill), Some(pen));
        if let Some([tip, one, other]) = bubble.pointer.and_then(|pointer| tail(rect, pointer)) {
            // Over the border where the tail begins: box and tail are one.
            let points = vec![
                tip.toward(one, 0.9),
                one.toward(rect.center(), 0.05),
                other.toward(rect.center(), 0.05),
                tip.toward(other, 0.9),
            ];
            self.shapes.push(Shape::Polygon { points, fill, pen: None });
        }
        let step = bubble.text_size * 1.3;
        let height = step * bubble.lines.len() as f32;
        for (n, line) in bubble.lines.iter().enumerate() {
            let y = rect.center().y - height / 2.0 + step * (n as f32 + 0.5);
            let at = Point::new(rect.center().x, y);
            let ink = self.ink();
            self.text(at, Align::Center, (Face::Regular, bubble.text_size), ink, line.clone());
        }
    }
}

/// The tip and the two ends of the tail's base on the bubble's edge; none if the tip is inside.
fn tail(rect: Rect, tip: Point) -> Option<[Point; 3]> {
    if rect.contains(tip) {
        return None;
    }
    let half = 9.0f32.min(rect.w / 4.0).min(rect.h / 4.0);
    let x = tip.x.clamp(rect.x + 2.0 * half, rect.right() - 2.0 * half);
    let y = tip.y.clamp(rect.y + 2.0 * half, rect.bottom() - 2.0 * half);
    let (one, other) = if tip.y >= rect.bottom() {
        (Point::new(x - half, rect.bottom()), Point::new(x + half, rect.bottom()))
    } else if tip.y <= rect.y {
        (Point::new(x - half, rect.y), Point::new(x + half, rect.y))
    } else if tip.x <= rect.x {
        (Point::new(rect.x, y - half), Point::new(rect.x, y + half))
    } else {
        (Point::new(rect.right(), y - half), Point::new(rect.right(), y + half))
    };
    Some([tip, one, other])
}
