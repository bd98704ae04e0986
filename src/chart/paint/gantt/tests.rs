//! The lesson's timeline as it is drawn, and what holds for any.

use super::*;
use crate::chart::paint::Shape;
use crate::chart::svg::{self, Meta};
use crate::chart::theme::{DARK, LESSON};
use crate::trace::Trace;
use crate::trace::fixture::{Run, large, lesson, walk};
use proptest::prelude::*;

fn picture(trace: Trace) -> Picture {
    let history = History::new(trace);
    gantt(&history, &Timeline::of(&history), &LESSON)
}

fn texts(picture: &Picture) -> Vec<&str> {
    let mut found = Vec::new();
    for shape in &picture.shapes {
        if let Shape::Text { text, .. } = shape {
            found.push(text.as_str());
        }
    }
    found
}

#[test]
fn the_lesson_as_a_picture() {
    let picture = picture(lesson());
    let svg = svg::shapes(&picture.shapes, picture.size, LESSON.paper, Meta::default());
    insta::assert_snapshot!(svg);
    assert!(picture.notes.is_empty());
}

#[test]
fn a_run_without_tasks_has_a_picture() {
    let picture = picture(Run::new(1, 1).end());
    assert_eq!(texts(&picture), ["0 s", "driver", "node 0 worker 0"]);
}

#[test]
fn many_lanes_are_told_by_node_and_many_nodes_in_groups() {
    let some = picture(large(900, 30, 4));
    assert_eq!(some.notes, ["121 lanes are told by how many slots were busy: a row for each node"]);
    assert!(texts(&some).contains(&"node 29") && texts(&some).contains(&some.notes[0].as_str()));
    let many = picture(large(900, 200, 4));
    assert!(texts(&many).contains(&"node 4 to node 7"), "{:?}", texts(&many));
    assert!(many.size.h < 2_200.0);
}

#[test]
fn a_lane_of_very_many_bars_is_a_strip() {
    let few = picture(large(40, 1, 1)).shapes.len();
    let many = picture(large(3_000, 1, 1)).shapes.len();
    assert!(few > 40 && many < 200, "{few} {many}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_timeline_stays_in_its_picture(seed: u64) {
        let history = History::new(walk(seed, 400));
        let picture = gantt(&history, &Timeline::of(&history), &DARK);
        for shape in &picture.shapes {
            match shape {
                Shape::Box { rect, .. } => {
                    prop_assert!(rect.x >= 0.0 && rect.right() <= picture.size.w + 1.0, "{:?}", rect);
                    prop_assert!(rect.y >= 0.0 && rect.bottom() <= picture.size.h, "{:?}", rect);
                    prop_assert!(rect.w >= 0.0 && rect.h >= 0.0, "{:?}", rect);
                }
                Shape::Text { at, size, .. } => {
                    prop_assert!(*size >= 11.0 && at.y + size / 2.0 <= picture.size.h);
                }
                Shape::Polygon { .. } | Shape::Line { .. } | Shape::Disc { .. } => {}
            }
        }
    }
}
