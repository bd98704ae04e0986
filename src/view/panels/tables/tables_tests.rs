//! The tables tell the state at the cursor; they filter, sort and select.

use super::grid::Grid;
use super::sheet::Sheet;
use super::{TablesView, show};
use crate::view::command::Command;
use crate::view::tests::harness::{Frame, Screen, Seat};
use bevy_egui::egui;
use egui::{Key, Ui, pos2};
use rayscope::base::{Instant, ObjectId, TaskId};
use rayscope::replay::{Entity, PlaybackCommand};

fn seat(scenario: &str, millis: u64) -> Seat {
    let mut seat = Seat::of(scenario);
    seat.go(PlaybackCommand::JumpToTime(Instant::from_nanos(millis * 1_000_000)));
    seat
}

fn drawn(seat: &Seat, sheet: Sheet, text: &str, width: f32) -> Frame {
    let mut view = TablesView { sheet, ..TablesView::default() };
    view.pages[sheet as usize].text = text.to_owned();
    Screen::new(width, 420.0).settled(|ui, asks| show(ui, &seat.look(), asks, &mut view))
}

#[test]
fn every_sheet_tells_the_state_at_the_cursor() {
    let seat = seat("lesson/wait_two", 2_500);
    let cases = [
        (Sheet::Tasks, ["add_arrays#4", "PENDING_ARGS_AVAIL", "obj4"], "tables-tasks"),
        (Sheet::Objects, ["obj7", "READY", "make_array#2"], "tables-objects"),
        (Sheet::Nodes, ["node 2", "ALIVE", "1 / 2"], "tables-nodes"),
    ];
    for (sheet, parts, name) in cases {
        let frame = drawn(&seat, sheet, "", 1000.0);
        frame.keep(name);
        for part in parts {
            assert!(frame.has(part), "{part} in:\n{}", frame.text());
        }
    }
    assert!(drawn(&seat, Sheet::Actors, "", 900.0).has("There is none yet"));
    let actors = Seat::of("actors/tracker").at(30);
    let frame = drawn(&actors, Sheet::Actors, "", 900.0);
    assert!(frame.has("ALIVE"), "{}", frame.text());
}

#[test]
fn filters_work_and_mistakes_are_told() {
    let seat = seat("lesson/wait_two", 2_500);
    let frame = drawn(&seat, Sheet::Tasks, "state=RUNNING make", 1000.0);
    assert!(frame.has("2 of 10 rows"), "{}", frame.text());
    assert!(frame.has("make_array#5") && !frame.has("add_arrays"), "{}", frame.text());
    let frame = drawn(&seat, Sheet::Tasks, "colour=red", 1000.0);
    assert!(frame.has("no column `colour`: there are task, name, state"), "{}", frame.text());
}

/// The names of tasks from the top to the bottom.
fn order(frame: &Frame) -> Vec<String> {
    let mut names: Vec<_> = frame.texts.iter().filter(|(_, text)| text.contains('#')).collect();
    names.sort_by(|a, b| a.0.top().total_cmp(&b.0.top()));
    names.into_iter().map(|(_, text)| text.clone()).collect()
}

#[test]
fn heads_sort_there_and_back() {
    let seat = seat("lesson/wait_two", 2_500);
    let mut view = TablesView::default();
    let mut screen = Screen::new(1000.0, 420.0);
    let mut draw = |ui: &mut Ui, asks: &mut Vec<Command>| show(ui, &seat.look(), asks, &mut view);
    let frame = screen.settled(&mut draw);
    let first = order(&frame);
    let head = frame.find("name");
    let mut sorted = Vec::new();
    for _ in 0..3 {
        screen.click(head);
        screen.frame(&mut draw);
        sorted.push(order(&screen.frame(&mut draw)));
    }
    assert_eq!(sorted[0][0], "add_arrays#1");
    assert_eq!(sorted[1][0], "make_array#5");
    assert_eq!(sorted[2], first);
    assert_eq!(first[0], "make_array#1");
}

#[test]
fn clicks_and_arrow_keys_select() {
    let mut seat = seat("lesson/wait_two", 2_500);
    let mut view = TablesView::default();
    let mut screen = Screen::new(1000.0, 420.0);
    let frame = screen.settled(|ui, asks| show(ui, &seat.look(), asks, &mut view));
    let row = frame.find("make_array#3");
    screen.click(pos2(940.0, row.y));
    let asks = screen.frame(|ui, asks| show(ui, &seat.look(), asks, &mut view)).asks.clone();
    let task = |number| Some(Entity::Task(TaskId::new(number)));
    assert!(asks.contains(&Command::Select(task(2))), "{asks:?}");
    seat.selection = task(2);
    for (key, number) in [(Key::ArrowDown, 3), (Key::ArrowUp, 1)] {
        screen.key(key);
        let asks = screen.frame(|ui, asks| show(ui, &seat.look(), asks, &mut view)).asks.clone();
        assert!(asks.contains(&Command::Select(task(number))), "{asks:?}");
    }
    // The focus goes to the table in which the selection has a row.
    seat.selection = Some(Entity::Object(ObjectId::new(3)));
    let mut look = seat.look();
    look.focus = true;
    screen.frame(|ui, asks| show(ui, &look, asks, &mut view));
    assert_eq!(view.sheet, Sheet::Objects);
}

#[test]
fn columns_go_where_there_is_no_room() {
    for sheet in Sheet::ALL {
        for width in [20.0, 150.0, 300.0, 1600.0] {
            let grid = Grid::new(sheet.columns(), width);
            assert!(!grid.places.is_empty());
            let ends = grid.places.iter().map(|(_, place)| place.max);
            assert!(width < 150.0 || ends.fold(0.0, f32::max) <= width, "{sheet:?} {width}");
        }
        assert_eq!(Grid::new(sheet.columns(), 1600.0).places.len(), sheet.columns().len());
    }
}

#[test]
fn only_what_is_seen_is_drawn() {
    for scenario in ["workflows/thousand", "faults/lineage", "store/eviction"] {
        let seat = Seat::of(scenario).at(usize::MAX);
        for sheet in Sheet::ALL {
            for (width, text) in [(300.0, ""), (1600.0, "e"), (60.0, "state=FINISHED")] {
                let frame = drawn(&seat, sheet, text, width);
                assert!(frame.shapes < 900, "{sheet:?} at {width}: {}", frame.shapes);
            }
        }
    }
}
