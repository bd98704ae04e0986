//! Marks look different from each other without their colours; links ask for what they name.

use crate::view::command::Command;
use crate::view::paint;
use crate::view::panels::link::entity_link;
use crate::view::tests::harness::{Frame, Screen, Seat};
use bevy_egui::egui;
use egui::{Pos2, Rect, Shape, vec2};
use rayscope::base::TaskId;
use rayscope::chart::scene::Mark;
use rayscope::chart::theme::{LESSON, Rgb};
use rayscope::replay::Entity;

const ALL: [Mark; 15] = [
    Mark::Plain,
    Mark::Idle,
    Mark::WaitsForArguments,
    Mark::WaitsForSlot,
    Mark::Fetching,
    Mark::WaitsForStore,
    Mark::Running,
    Mark::Blocked,
    Mark::Done,
    Mark::Failed,
    Mark::Absent,
    Mark::Gone,
    Mark::Primary,
    Mark::Secondary,
    Mark::Arriving,
];

/// What was drawn, without the colours.
fn forms(frame: &Frame) -> Vec<String> {
    let form = |shape: &Shape| match shape {
        Shape::LineSegment { points, .. } => format!("{points:?}"),
        Shape::Path(path) => format!("{:?}", path.points),
        Shape::Circle(circle) => format!("{:?} {}", circle.center, circle.radius),
        Shape::Rect(rect) => format!("{:?} {}", rect.rect, rect.stroke.width),
        other => format!("{:?}", other.visual_bounding_rect()),
    };
    frame.output.shapes.iter().map(|clipped| form(&clipped.shape)).collect()
}

#[test]
fn marks_differ_in_form() {
    let drawn = ALL.map(|mark| {
        let frame = Screen::new(100.0, 100.0).frame(|ui, _| {
            let rect = Rect::from_min_size(Pos2::new(10.0, 10.0), vec2(40.0, 20.0));
            paint::cell(ui.painter(), rect, 4.0, LESSON.paper, mark, &LESSON);
            paint::badge(ui.painter(), rect, mark, &LESSON);
        });
        forms(&frame)
    });
    for (n, one) in drawn.iter().enumerate() {
        let same = drawn[..n].iter().position(|other| other == one);
        // Something arriving looks the same whether it is a copy or a task's argument.
        let allowed = ALL[n] == Mark::Arriving && same == Some(4);
        assert!(same.is_none() || allowed, "{:?} and {:?}", ALL[n], same.map(|m| ALL[m]));
    }
}

#[test]
fn text_on_a_colour_is_black_or_white() {
    assert_eq!(paint::ink_on(Rgb(255, 255, 255)), egui::Color32::BLACK);
    assert_eq!(paint::ink_on(Rgb(0, 60, 120)), egui::Color32::WHITE);
    assert_eq!(
        paint::mix(Rgb(0, 0, 0), Rgb(200, 100, 50), 0.5),
        egui::Color32::from_rgb(100, 50, 25)
    );
}

#[test]
fn a_link_tells_and_selects() {
    let seat = Seat::of("lesson/add_arrays");
    let task = Entity::Task(TaskId::new(1));
    let mut screen = Screen::new(300.0, 200.0);
    let long = "名前".repeat(200);
    let mut draw = |ui: &mut egui::Ui, asks: &mut Vec<Command>| {
        entity_link(ui, &seat.look(), asks, task, "make_array#2");
        entity_link(ui, &seat.look(), asks, task, &long);
    };
    let at = screen.frame(&mut draw).find("make_array#2");
    screen.point(at);
    screen.frame(&mut draw);
    assert_eq!(screen.frame(&mut draw).asks, [Command::Hover(Some(task))]);
    screen.click(at);
    let frame = screen.frame(&mut draw);
    assert!(frame.asks.contains(&Command::Select(Some(task))));
    assert!(frame.texts.iter().all(|(rect, _)| rect.right() <= 300.0), "names are cut");
}
