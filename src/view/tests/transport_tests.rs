//! The bar tells the lesson, moves the cursor and stays as high as it is.

use crate::view::command::Command;
use crate::view::look::Asks;
use crate::view::panels::transport::{self, TransportView};
use crate::view::tests::harness::{Frame, Screen, Seat, program_run};
use bevy_egui::egui;
use egui::{Ui, pos2};
use rayscope::replay::{Grain, PlaybackCommand};

fn draw<'a>(seat: &'a Seat, view: &'a mut TransportView) -> impl FnMut(&mut Ui, &mut Asks) + 'a {
    move |ui, asks| transport::show(ui, &seat.look(), asks, view)
}

fn drawn(seat: &Seat, width: f32) -> Frame {
    Screen::new(width, 220.0).settled(draw(seat, &mut TransportView::default()))
}

#[test]
fn the_opening_invites() {
    let frame = drawn(&Seat::of("lesson/add_arrays"), 1280.0);
    frame.keep("transport-opening");
    assert!(frame.has("How does Ray run add_arrays?"));
    assert!(frame.has("Press → for the next step"));
    assert!(frame.has("13 steps") && frame.has("0.000 s / 4.000 s"));
}

#[test]
fn each_press_is_a_step_of_the_story() {
    let mut seat = Seat::of("lesson/add_arrays");
    for number in 1..=13 {
        seat.go(PlaybackCommand::StepForward(Grain::Story));
        let frame = drawn(&seat, 1280.0);
        frame.keep(&format!("transport-{number:02}"));
        assert!(frame.has(&format!("step {number} of 13")), "{}", frame.text());
    }
    let text = drawn(&seat, 1280.0).text();
    assert!(text.contains("And we're done!"), "{text}");
}

#[test]
fn the_grain_tells_what_is_counted() {
    let mut seat = Seat::of("lesson/wait_two").at(7);
    let texts = [Grain::Story, Grain::Event].map(|grain| {
        seat.go(PlaybackCommand::SetGrain(grain));
        drawn(&seat, 1000.0).text()
    });
    assert!(texts[0].contains("after step") || texts[0].contains("step "), "{}", texts[0]);
    assert!(texts[1].contains("event 7 of "), "{}", texts[1]);
}

#[test]
fn buttons_and_the_bar_move_the_cursor() {
    let seat = Seat::of("lesson/add_arrays").at(9);
    let mut view = TransportView::default();
    let mut screen = Screen::new(1280.0, 220.0);
    let mut asked = |at: egui::Pos2| {
        screen.settled(draw(&seat, &mut view));
        screen.click(at);
        screen.frame(draw(&seat, &mut view)).asks.clone()
    };
    let story = Command::Playback(PlaybackCommand::StepForward(Grain::Story));
    let buttons: Vec<Command> = (0..60).flat_map(|n| asked(pos2(4.0 * n as f32, 115.0))).collect();
    assert!(buttons.contains(&story), "{buttons:?}");
    assert!(buttons.contains(&Command::Playback(PlaybackCommand::Toggle)));
    assert!(buttons.contains(&Command::Playback(PlaybackCommand::First)));
    let bar: Vec<Command> = [0.0, 640.0, 1279.0].map(|x| asked(pos2(x, 150.0))).concat();
    let stops = [6, 12].map(|n| Command::Playback(PlaybackCommand::JumpToStop(n)));
    assert!(stops.iter().all(|stop| bar.contains(stop)), "{bar:?}");
}

#[test]
fn any_size_and_any_name_will_do() {
    let source = format!("print({:?})\n", "長い名前".repeat(60));
    for mut seat in [Seat::new(program_run(&source, 1)), Seat::of("faults/lineage")] {
        let last = seat.run.history.len();
        for (width, step) in [(120.0, 0), (300.0, last / 2), (1600.0, last)] {
            seat.go(PlaybackCommand::JumpToStep(step));
            let frame = drawn(&seat, width);
            frame.keep(&format!("transport-{width}-{last}"));
            assert!(frame.shapes > 10);
        }
    }
}
