//! Filters find what they should, and rows follow the cursor.

use super::filter::{Filter, Found};
use super::kind::{Group, kind};
use super::{EventsView, has, show};
use crate::view::command::Command;
use crate::view::tests::harness::{Frame, Screen, Seat};
use bevy_egui::egui;
use egui::Ui;
use rayscope::base::TaskId;
use rayscope::chart::short;
use rayscope::replay::{Entity, PlaybackCommand};

fn found(seat: &Seat, filter: &Filter) -> Vec<usize> {
    let mut found = Found::default();
    while found.look(seat.run.key(), &seat.run.history, filter) {}
    (0..found.len(&seat.run.history)).map(|row| found.record(row)).collect()
}

fn text(text: &str) -> Filter {
    Filter { text: text.to_owned(), ..Filter::default() }
}

#[test]
fn groups_texts_and_selections_filter() {
    let seat = Seat::of("lesson/add_arrays");
    let records = seat.run.history.records();
    assert_eq!(found(&seat, &Filter::default()).len(), records.len());
    let hidden = Group::ALL.into_iter().filter(|group| *group != Group::Copies).collect();
    let copies = found(&seat, &Filter { hidden, ..Filter::default() });
    let words: Vec<&str> = copies.iter().map(|index| kind(&records[*index].event).1).collect();
    assert_eq!(words, ["copy begins", "copy arrives"]);
    let task = Entity::Task(TaskId::new(1));
    let own = Filter { only: Some(task), ..Filter::default() };
    let expected: Vec<usize> =
        seat.run.history.records_of(task).iter().map(|index| *index as usize).collect();
    assert_eq!(found(&seat, &own), expected);
}

#[test]
fn a_text_finds_what_the_sentences_say() {
    let seat = Seat::of("lesson/add_arrays");
    let history = &seat.run.history;
    for needle in ["MAKE_ARRAY#2", "obj2", "add_arrays", "duration"] {
        let rows = found(&seat, &text(needle));
        assert!(!rows.is_empty(), "{needle}");
        for index in rows {
            let record = &history.records()[index];
            let sentence = short(&history.state_at(index), &record.event, history.names());
            assert!(has(&sentence, &needle.to_lowercase()), "{needle} in {sentence}");
        }
    }
    assert!(found(&seat, &text("nothing like that")).is_empty());
    // The arrival of a copy names the object only through its beginning.
    let arrivals = found(&seat, &text("obj2")).into_iter();
    let words: Vec<&str> = arrivals.map(|index| kind(&history.records()[index].event).1).collect();
    assert!(words.contains(&"copy arrives"), "{words:?}");
}

#[test]
fn texts_are_found_in_any_case() {
    assert!(has("Make_Array", "e_a") && has("Größe", "größe") && has("GRÖSSE", "grösse"));
    assert!(!has("abc", "abcd") && has("abc", ""));
}

fn drawn(seat: &Seat, view: &mut EventsView, width: f32, height: f32) -> Frame {
    Screen::new(width, height).settled(|ui, asks| show(ui, &seat.look(), asks, view))
}

#[test]
fn the_row_of_the_cursor_stays_in_sight_unless_one_scrolls() {
    let mut seat = Seat::of("lesson/wait_two");
    let mut view = EventsView::default();
    seat.go(PlaybackCommand::JumpToStep(60));
    let record = &seat.run.history.records()[59];
    let now = short(&seat.run.history.state_at(59), &record.event, seat.run.history.names());
    let frame = drawn(&seat, &mut view, 700.0, 300.0);
    frame.keep("events");
    let now: String = now.chars().take(30).collect();
    assert!(frame.has(&now), "{now} in:\n{}", frame.text());
    let mut screen = Screen::new(700.0, 300.0);
    screen.point(egui::pos2(300.0, 200.0));
    screen.frame(|ui, asks| show(ui, &seat.look(), asks, &mut view));
    for _ in 0..80 {
        screen.wheel(400.0);
        screen.frame(|ui, asks| show(ui, &seat.look(), asks, &mut view));
    }
    let top = drawn(&seat, &mut view, 700.0, 300.0).text();
    assert!(top.contains("make_array#1 was submitted"), "{top}");
    seat.go(PlaybackCommand::JumpToStep(90));
    assert_eq!(drawn(&seat, &mut view, 700.0, 300.0).text(), top, "it no longer follows");
}

#[test]
fn a_click_goes_there() {
    let seat = Seat::of("lesson/add_arrays");
    let mut view = EventsView::default();
    let mut screen = Screen::new(700.0, 500.0);
    let mut draw = |ui: &mut Ui, asks: &mut Vec<Command>| show(ui, &seat.look(), asks, &mut view);
    let frame = screen.settled(&mut draw);
    screen.click(frame.find("make_array#1 runs"));
    let asks = screen.frame(&mut draw).asks.clone();
    let started = seat
        .run
        .history
        .records()
        .iter()
        .position(|record| matches!(record.event, rayscope::state::Event::TaskStarted { .. }));
    let step = started.expect("it runs") + 1;
    assert!(asks.contains(&Command::Playback(PlaybackCommand::JumpToStep(step))), "{asks:?}");
    assert!(asks.contains(&Command::Hover(Some(Entity::Task(TaskId::new(0))))), "{asks:?}");
}

#[test]
fn what_is_typed_filters_and_small_panels_will_do() {
    let seat = Seat::of("workflows/thousand");
    let mut view = EventsView::default();
    let mut screen = Screen::new(500.0, 400.0);
    screen.settled(|ui, asks| show(ui, &seat.look(), asks, &mut view));
    screen.click(egui::pos2(30.0, 12.0));
    screen.frame(|ui, asks| show(ui, &seat.look(), asks, &mut view));
    screen.write("t[77]");
    screen.frame(|ui, asks| show(ui, &seat.look(), asks, &mut view));
    let frame = screen.frame(|ui, asks| show(ui, &seat.look(), asks, &mut view));
    assert!(frame.has("t[77] has finished"), "{}", frame.text());
    assert!(!frame.has("t[78]"), "{}", frame.text());
    for (width, height) in [(300.0, 200.0), (40.0, 30.0), (1600.0, 1000.0)] {
        let mut view = EventsView::default();
        assert!(drawn(&seat, &mut view, width, height).shapes < 500);
    }
}
