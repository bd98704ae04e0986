//! SVG is well-formed whatever names say, and its numbers are short; a small scene as golden text.

use super::*;
use crate::base::{NodeId, TaskId};
use crate::chart::scene::{
    Anchor, Arrow, ArrowKind, Bubble, BubbleKind, Cell, Figure, Key, Mark, Role,
};
use crate::chart::theme::{LESSON, THEMES};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

fn figure(key: Key, role: Role, rect: Rect, label: &str) -> Figure {
    Figure {
        key,
        role,
        rect,
        label: label.to_owned(),
        text_size: 12.0,
        anchor: Anchor::Middle,
        mark: Mark::Plain,
        fresh: false,
        about: None,
    }
}

/// One of each.
fn small(label: &str) -> Scene {
    let node = NodeId::new(0);
    let task = TaskId::new(0);
    let place = Rect::new(10.0, 10.0, 80.5, 24.0);
    Scene {
        size: Size { w: 200.0, h: 100.0 },
        figures: vec![
            figure(Key::Node(node), Role::Node, Rect::new(0.0, 0.0, 100.0, 100.0), ""),
            Figure { mark: Mark::Done, ..figure(Key::Task(task), Role::Task(0), place, label) },
        ],
        cells: vec![Cell {
            rect: Rect::new(120.0, 0.0, 8.0, 8.0),
            role: Role::Worker,
            mark: Mark::Running,
            filled: 0.5,
            about: None,
        }],
        arrows: vec![Arrow {
            kind: ArrowKind::Edge,
            points: vec![Point::new(50.0, 34.0), Point::new(50.333, 80.0)],
            fresh: false,
            carries: None,
        }],
        bubbles: vec![Bubble {
            kind: BubbleKind::Narrate,
            rect: Rect::new(110.0, 40.0, 80.0, 30.0),
            pointer: Some(Point::new(90.0, 20.0)),
            lines: vec![label.to_owned()],
            text_size: 10.0,
        }],
        notes: Vec::new(),
    }
}

/// All text in an XML document that has no other fault.
fn text_of(xml: &str) -> Result<String, String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut text, mut depth) = (String::new(), 0);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                depth += 1;
                for attribute in start.attributes() {
                    attribute.map_err(|error| error.to_string())?;
                }
            }
            Event::End(_) => depth -= 1,
            Event::Text(part) => text.push_str(&part.decode().map_err(|e| e.to_string())?),
            Event::GeneralRef(name) => text.push_str(match &*name.decode().unwrap_or_default() {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                other => return Err(format!("&{other};")),
            }),
            Event::Eof if depth == 0 => return Ok(text),
            Event::Eof => return Err("something is not closed".to_owned()),
            _ => {}
        }
    }
}

#[test]
fn a_small_scene_is_that_text() {
    let meta = Meta { title: "Small", description: "One of each" };
    insta::assert_snapshot!(scene(&small("f(x) < 1"), &LESSON, meta));
}

#[test]
fn numbers_are_short() {
    let cases = [
        (0.0, "0"),
        (-0.0, "0"),
        (-0.004, "0"),
        (1.0, "1"),
        (1.5, "1.5"),
        (-1.25, "-1.25"),
        (0.05, "0.05"),
        (2.999, "3"),
        (1_280.0, "1280"),
        (f32::NAN, "0"),
    ];
    for (value, text) in cases {
        assert_eq!(number(value), text, "{value}");
    }
    assert!(number(f32::INFINITY).chars().all(|c| c.is_ascii_digit() || c == '.'));
}

#[test]
fn names_of_markup_are_text() {
    let name = "</text><script>&amp;\"'\u{0}\u{7}\u{1b}[31m\u{fffe}变量";
    let xml = scene(&small(name), &LESSON, Meta { title: name, description: name });
    let text = text_of(&xml).expect("it is XML");
    assert!(text.contains("</text><script>&amp;\"'[31m变量"), "{text}");
    assert!(!xml.contains("<script"));
}

proptest! {
    #[test]
    fn any_name_is_well_formed_in_any_theme(name: String, theme in 0..THEMES.len()) {
        let xml = scene(&small(&name), THEMES[theme], Meta { title: &name, description: &name });
        prop_assert!(text_of(&xml).is_ok(), "{:?}", text_of(&xml));
    }

    #[test]
    fn numbers_read_back_to_a_hundredth(value in -1e5f32..1e5) {
        let back: f64 = number(value).parse().expect("it is a number");
        prop_assert!((back - f64::from(value)).abs() <= 0.005_001);
    }
}
