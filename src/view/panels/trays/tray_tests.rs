//! The trays of the lesson's `ray.wait`, and of calls that are too long to show.

use super::tray::{MOST_CHIPS, Trays, calls};
use super::{TraysView, show};
use crate::view::command::Command;
use crate::view::tests::harness::{Frame, Screen, Seat, program_run};
use rayscope::base::ObjectId;
use rayscope::replay::{Entity, PlaybackCommand};
use rayscope::state::Event;

fn counts(seat: &Seat) -> Vec<(usize, usize, bool)> {
    let (found, _) = calls(&seat.run.history, &seat.playback);
    let count = |trays: &Trays| (trays.ready.count, trays.remaining.count, trays.end.is_some());
    found.iter().map(count).collect()
}

fn step_of(seat: &Seat, nth: usize, pick: fn(&Event) -> bool) -> usize {
    let records = seat.run.history.records().iter().enumerate();
    let mut found = records.filter(|(_, record)| pick(&record.event));
    found.nth(nth).expect("it happens").0 + 1
}

fn drawn(seat: &Seat, width: f32) -> Frame {
    let mut view = TraysView::default();
    Screen::new(width, 400.0).settled(|ui, asks| show(ui, &seat.look(), asks, &mut view))
}

const BLOCKED: fn(&Event) -> bool = |event| matches!(event, Event::CallBlocked { .. });
const RETURNED: fn(&Event) -> bool = |event| matches!(event, Event::CallReturned { .. });

#[test]
fn two_at_a_time_fill_the_tray_and_return() {
    let mut seat = Seat::of("lesson/wait_two");
    assert!(drawn(&seat, 600.0).has("Nothing has been called yet"));
    let blocked = step_of(&seat, 0, BLOCKED);
    seat.go(PlaybackCommand::JumpToStep(blocked));
    assert_eq!(counts(&seat), [(0, 5, false)]);
    let frame = drawn(&seat, 600.0);
    frame.keep("trays-blocked");
    assert!(frame.has("num_returns=2") && frame.has("needs 2 of 5"), "{}", frame.text());
    let returned = step_of(&seat, 0, RETURNED);
    seat.go(PlaybackCommand::JumpToStep(returned));
    assert_eq!(counts(&seat), [(2, 3, true)]);
    let frame = drawn(&seat, 300.0);
    frame.keep("trays-returned");
    assert!(frame.has("returned 2 ready, 3 remaining"), "{}", frame.text());
    let over = Seat::new(program_run("print('hello')", 1)).at(99);
    assert!(drawn(&over, 300.0).has("The run is over"));
}

#[test]
fn the_timeout_runs_down_with_the_clock() {
    let mut seat = Seat::of("lesson/wait_timeout");
    let blocked = step_of(&seat, 0, BLOCKED);
    seat.go(PlaybackCommand::JumpToStep(blocked));
    let frame = drawn(&seat, 600.0);
    assert!(frame.has("timeout=2.5") && frame.has("2.500 s left"), "{}", frame.text());
    seat.go(PlaybackCommand::JumpToTime(rayscope::base::Instant::from_nanos(1_500_000_000)));
    let frame = drawn(&seat, 600.0);
    frame.keep("trays-timeout");
    assert!(frame.has("1.000 s left"), "{}", frame.text());
}

#[test]
fn a_failure_is_told() {
    let mut seat = Seat::of("lesson/get_timeout");
    let returned = step_of(&seat, 0, |event| match event {
        Event::CallReturned { result, .. } => {
            matches!(**result, rayscope::state::CallResult::Raised(_))
        }
        _ => false,
    });
    seat.go(PlaybackCommand::JumpToStep(returned));
    assert!(drawn(&seat, 600.0).has("raised GetTimeoutError"));
}

#[test]
fn a_long_list_is_cut_and_a_chip_selects() {
    let source = "
import ray, time
@ray.remote
def f(n):
    time.sleep(n)
    return n
ray.get([f.remote(n) for n in range(500)])
";
    let mut seat = Seat::new(program_run(source, 2));
    let blocked = step_of(&seat, 0, BLOCKED);
    seat.go(PlaybackCommand::JumpToStep(blocked));
    let (found, more) = calls(&seat.run.history, &seat.playback);
    assert_eq!((found[0].remaining.chips.len(), more), (MOST_CHIPS, 0));
    let mut view = TraysView::default();
    let mut screen = Screen::new(900.0, 4_000.0);
    let mut draw = |ui: &mut bevy_egui::egui::Ui, asks: &mut Vec<Command>| {
        show(ui, &seat.look(), asks, &mut view);
    };
    let frame = screen.settled(&mut draw);
    assert!(frame.has("+ 300 more"), "{}", frame.text());
    screen.click(frame.find("obj5"));
    let asks = screen.frame(&mut draw).asks.clone();
    assert!(asks.contains(&Command::Select(Some(Entity::Object(ObjectId::new(4))))));
}
