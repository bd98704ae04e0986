//! The program follows the cursor, and the output ends where the cursor is.

use super::{ProgramView, place, show};
use crate::view::command::Command;
use crate::view::tests::harness::{Frame, Screen, Seat, program_run};
use rayscope::replay::PlaybackCommand;

fn drawn(seat: &Seat, width: f32, height: f32) -> Frame {
    let mut view = ProgramView::default();
    Screen::new(width, height).settled(|ui, asks| show(ui, &seat.look(), asks, &mut view))
}

#[test]
fn the_lesson_is_followed_line_by_line() {
    let mut seat = Seat::of("lesson/wait_two");
    let frame = drawn(&seat, 700.0, 600.0);
    assert!(frame.has("import ray") && frame.has("Nothing has been printed yet"));
    seat.go(PlaybackCommand::JumpToTime(rayscope::base::Instant::from_nanos(2_500_000_000)));
    let frame = drawn(&seat, 700.0, 1_100.0);
    frame.keep("program");
    assert!(frame.has("Returned   2 completed tasks. (elapsed time:  2.000)"), "{}", frame.text());
    assert!(!frame.has("elapsed time:  6.000"), "that comes later");
    assert!(frame.has("make_array#4"), "its body sleeps now:\n{}", frame.text());
    seat.go(PlaybackCommand::Last);
    assert!(drawn(&seat, 700.0, 600.0).has("Total time"));
}

#[test]
fn the_drivers_line_is_where_it_submits_and_calls() {
    let seat = Seat::new(program_run(
        "import ray\n@ray.remote\ndef f():\n    pass\na = f.remote()\nray.get(a)\n",
        1,
    ));
    let history = &seat.run.history;
    let line = |step: usize| place::driver_line(history, &history.state_at(step), step);
    assert_eq!((line(0), line(1)), (0, 5));
    assert_eq!(line(history.len()), 6);
    assert_eq!(place::next_at(history, 0, 5), Some(1));
    assert_eq!(place::next_at(history, 1, 5), Some(1), "it begins anew");
    assert_eq!(place::next_at(history, 0, 2), None);
}

#[test]
fn a_click_on_a_number_goes_there() {
    let source = "import ray\n@ray.remote\ndef f():\n    pass\na = f.remote()\nray.get(a)\n";
    let seat = Seat::new(program_run(source, 1));
    let mut view = ProgramView::default();
    let mut screen = Screen::new(500.0, 400.0);
    let mut draw = |ui: &mut bevy_egui::egui::Ui, asks: &mut Vec<Command>| {
        show(ui, &seat.look(), asks, &mut view);
    };
    let frame = screen.settled(&mut draw);
    screen.click(frame.find("5"));
    let asks = screen.frame(&mut draw).asks.clone();
    assert_eq!(asks, [Command::Playback(PlaybackCommand::JumpToStep(1))]);
}

#[test]
fn a_graph_shows_its_tasks() {
    let mut seat = Seat::of("workflows/thousand");
    seat.go(PlaybackCommand::Last);
    let frame = drawn(&seat, 600.0, 500.0);
    frame.keep("program-tasks");
    assert!(frame.has("FINISHED"), "{}", frame.text());
    assert!(frame.shapes < 300, "only what is seen is drawn: {}", frame.shapes);
}

#[test]
fn long_lines_and_small_panels_will_do() {
    let source = format!("x = '{}'\nprint(x)\n{}", "長い".repeat(900), "# end\n".repeat(3_000));
    let seat = Seat::new(program_run(&source, 1)).at(99);
    for (width, height) in [(300.0, 200.0), (60.0, 40.0), (1600.0, 1000.0)] {
        let frame = drawn(&seat, width, height);
        assert!(frame.shapes < 600, "{}", frame.shapes);
    }
}
