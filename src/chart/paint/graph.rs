//! The task graph as a picture of its own.

use crate::chart::geometry::{Point, Rect, Size};
use crate::chart::graph::{EdgeKind, Graph, grouped};
use crate::chart::paint::{self, Align, Ink, Picture, Shape};
use crate::chart::scene::{Anchor, Arrow, ArrowKind, Figure, Mark, Scene};
use crate::chart::text::{self, Face};
use crate::chart::theme::Theme;

/// Paper around the graph, in points.
const MARGIN: f32 = 18.0;
const NOTE: f32 = 12.0;

/// The graph, with the mark that `mark` says for the box of each index.
pub fn graph(graph: &Graph, theme: &Theme, mark: impl Fn(usize) -> Mark) -> Picture {
    let moved = |point: &Point| Point::new(point.x + MARGIN, point.y + MARGIN);
    let figures = graph.boxes.iter().enumerate().map(|(at, found)| Figure {
        key: found.key,
        role: found.role,
        rect: Rect { x: found.rect.x + MARGIN, y: found.rect.y + MARGIN, ..found.rect },
        label: found.label.clone(),
        text_size: found.text_size,
        anchor: Anchor::Middle,
        mark: mark(at),
        fresh: false,
        about: found.about,
    });
    let arrows = graph.edges.iter().map(|edge| Arrow {
        kind: match edge.kind {
            EdgeKind::Data => ArrowKind::Edge,
            EdgeKind::Submitted | EdgeKind::Actor => ArrowKind::Report,
        },
        points: edge.points.iter().map(moved).collect(),
        fresh: false,
        carries: None,
    });
    let scene = Scene { figures: figures.collect(), arrows: arrows.collect(), ..Scene::default() };
    let mut shapes = paint::scene(&scene, theme);
    let ink = Ink::of(theme.ink);
    let mut write = |at: Point, text: String| {
        let (align, face) = (Align::Left, Face::Regular);
        shapes.push(Shape::Text { at, align, face, size: NOTE, ink, text });
    };
    for edge in graph.edges.iter().filter(|edge| edge.count > 1) {
        let [.., before, tip] = edge.points[..] else { continue };
        let middle = moved(&before.toward(tip, 0.5));
        write(Point::new(middle.x + 6.0, middle.y), format!("×{}", grouped(edge.count as usize)));
    }
    let mut size = Size { w: graph.size.w + 2.0 * MARGIN, h: graph.size.h + 2.0 * MARGIN };
    if let Some(note) = &graph.note {
        write(Point::new(MARGIN, size.h), note.clone());
        size.w = size.w.max(text::width(note, Face::Regular, NOTE) + 2.0 * MARGIN);
        size.h += MARGIN;
    }
    Picture { shapes, size, notes: graph.note.iter().cloned().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::svg::{self, Meta};
    use crate::chart::theme::LESSON;
    use crate::replay::History;
    use crate::trace::fixture::{large, lesson};

    #[test]
    fn the_lesson_is_drawn_as_its_first_drawing() {
        let drawn = graph(&Graph::of(&History::new(lesson())), &LESSON, |_| Mark::Plain);
        let svg = svg::shapes(&drawn.shapes, drawn.size, LESSON.paper, Meta::default());
        insta::assert_snapshot!(svg);
    }

    #[test]
    fn a_graph_by_function_says_so_in_the_picture() {
        let found = Graph::of(&History::new(large(3_000, 40, 4)));
        let drawn = graph(&found, &LESSON, |_| Mark::Plain);
        let texts = drawn.shapes.iter().filter_map(|shape| match shape {
            Shape::Text { text, at, .. } => Some((text.as_str(), at.y <= drawn.size.h)),
            _ => None,
        });
        let texts: Vec<(&str, bool)> = texts.collect();
        assert_eq!(drawn.notes.len(), 1);
        for text in ["work ×3,000", "×1,999", drawn.notes[0].as_str()] {
            assert!(texts.contains(&(text, true)), "{text} in {texts:?}");
        }
    }
}
