//! The inspector says why, with names that are links.

use super::{InspectorView, show};
use crate::view::command::Command;
use crate::view::tests::harness::{Frame, Screen, Seat};
use bevy_egui::egui;
use egui::Ui;
use rayscope::base::{Instant, NodeId, ObjectId, TaskId, WorkerId};
use rayscope::replay::{Entity, PlaybackCommand};

fn drawn(seat: &Seat, width: f32, height: f32) -> Frame {
    let mut view = InspectorView::default();
    Screen::new(width, height).settled(|ui, asks| show(ui, &seat.look(), asks, &mut view))
}

fn lesson(selection: Entity, millis: u64) -> Seat {
    let mut seat = Seat::of("lesson/wait_two");
    seat.selection = Some(selection);
    seat.go(PlaybackCommand::JumpToTime(Instant::from_nanos(millis * 1_000_000)));
    seat
}

#[test]
fn nothing_selected_tells_of_the_run() {
    let frame = drawn(&Seat::of("lesson/wait_two"), 380.0, 700.0);
    frame.keep("inspector-run");
    for part in ["Click a task", "makespan", "8.000 s", "hybrid", "utilisation"] {
        assert!(frame.has(part), "{part} in:\n{}", frame.text());
    }
}

#[test]
fn a_task_says_what_it_waits_for() {
    // The ninth task is the fourth add_arrays, which waits for the fourth make_array until 3 s.
    let frame = drawn(&lesson(Entity::Task(TaskId::new(8)), 1_000), 420.0, 900.0);
    frame.keep("inspector-waits");
    let text = frame.text();
    assert!(text.contains("PENDING_ARGS_AVAIL"), "{text}");
    assert!(text.contains("Waits for its arguments: make_array#4 (RUNNING)"), "{text}");
}

#[test]
fn a_task_says_why_it_is_where_it_is() {
    let frame = drawn(&lesson(Entity::Task(TaskId::new(4)), 1_000), 460.0, 1_000.0);
    frame.keep("inspector-placed");
    let text = frame.text();
    for part in ["RUNNING", "Why it was placed there", "verdict", "has room", "make_array#5"] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
}

#[test]
fn objects_nodes_and_workers_have_their_fields() {
    let cases = [
        (Entity::Object(ObjectId::new(1)), ["made by", "primary"], "inspector-object"),
        (Entity::Node(NodeId::new(0)), ["object store", "queued here"], "inspector-node"),
        (Entity::Worker(WorkerId::new(0)), ["task", "node 0"], "inspector-worker"),
    ];
    for (entity, parts, name) in cases {
        let frame = drawn(&lesson(entity, 2_500), 420.0, 700.0);
        frame.keep(name);
        for part in parts {
            assert!(frame.has(part), "{part} in:\n{}", frame.text());
        }
    }
}

#[test]
fn a_click_on_the_history_goes_there_and_links_select() {
    let seat = lesson(Entity::Task(TaskId::new(4)), 8_000);
    let mut view = InspectorView::default();
    let mut screen = Screen::new(460.0, 1_000.0);
    let mut draw = |ui: &mut Ui, asks: &mut Vec<Command>| show(ui, &seat.look(), asks, &mut view);
    let frame = screen.settled(&mut draw);
    screen.click(frame.find("make_array#5 has finished"));
    let record = *seat.run.history.records_of(Entity::Task(TaskId::new(4))).last().expect("ends");
    let asks = screen.frame(&mut draw).asks.clone();
    let jump = PlaybackCommand::JumpToStep(record as usize + 1);
    assert!(asks.contains(&Command::Playback(jump)), "{asks:?}");
    screen.click(frame.find("node 1, worker"));
    let asks = screen.frame(&mut draw).asks.clone();
    let selected = |ask: &Command| matches!(ask, Command::Select(Some(Entity::Worker(_))));
    assert!(asks.iter().any(selected), "{asks:?}");
}

#[test]
fn any_selection_at_any_step_in_any_size_will_do() {
    for scenario in ["faults/lineage", "actors/restart", "store/eviction", "placement/top_k"] {
        let mut seat = Seat::of(scenario);
        let last = seat.run.history.len();
        for step in [0, 1, last / 2, last] {
            seat.go(PlaybackCommand::JumpToStep(step));
            for number in [0, 1, 5, 9_999] {
                let task = Entity::Task(TaskId::new(number));
                let object = Entity::Object(ObjectId::new(number));
                let worker = Entity::Worker(WorkerId::new(number));
                for entity in [task, object, worker, Entity::Node(NodeId::new(number))] {
                    seat.selection = Some(entity);
                    let (width, height) =
                        if number == 1 { (1600.0, 1000.0) } else { (300.0, 200.0) };
                    assert!(drawn(&seat, width, height).shapes > 3);
                }
            }
        }
    }
}
