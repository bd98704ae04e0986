//! The curves of known runs are drawn, and a click on them sets the cursor.

use super::*;
use crate::view::tests::harness::{Frame, Screen, Seat, program_run};
use rayscope::chart::theme::DARK;

fn draw<'a>(seat: &'a Seat, view: &'a mut PlotsView) -> impl FnMut(&mut Ui, &mut Asks) + 'a {
    move |ui, asks| show(ui, &seat.look(), asks, view)
}

fn drawn(seat: &Seat, width: f32, height: f32) -> Frame {
    let mut view = PlotsView::default();
    let mut screen = Screen::new(width, height);
    screen.settled(draw(seat, &mut view));
    screen.settled(draw(seat, &mut view))
}

#[test]
fn the_curves_have_names_units_and_times() {
    let frame = drawn(&Seat::of("lesson/wait_two").at(40), 900.0, 560.0);
    frame.keep("plots-wait-two");
    for text in ["Tasks", "CPUs", "Bytes", "running", "queued", "100 %", "under way", "2 s"] {
        assert!(frame.has(text), "{text} in {}", frame.text());
    }
}

#[test]
fn a_click_sets_the_cursor() {
    let seat = Seat::of("lesson/add_arrays");
    let mut view = PlotsView::default();
    let mut screen = Screen::new(900.0, 560.0);
    screen.settled(draw(&seat, &mut view));
    let frame = screen.settled(draw(&seat, &mut view));
    let at = egui::pos2(frame.find("2 s").x, frame.find("Tasks").y + 60.0);
    screen.click(at);
    let asks = screen.frame(draw(&seat, &mut view)).asks.clone();
    let [Command::Playback(PlaybackCommand::JumpToTime(time))] = asks[..] else {
        panic!("{asks:?}")
    };
    assert!((time.as_secs() - 2.0).abs() < 0.05, "{time}");
}

#[test]
fn points_go_with_the_width_and_not_with_the_run() {
    let mut seat = Seat::of("workflows/thousand").at(3_000);
    seat.theme = &DARK;
    let mut view = PlotsView::default();
    let mut screen = Screen::new(500.0, 500.0);
    let frame = screen.settled(draw(&seat, &mut view));
    frame.keep("plots-thousand-dark");
    let most = view.drawn.lines.iter().map(Vec::len).max().unwrap_or(0);
    assert!(most <= 3 * 3 * 500, "{most}");
}

#[test]
fn any_size_will_do() {
    for seat in [Seat::new(program_run("print(1)\n", 1)), Seat::of("faults/node_joins").at(9)] {
        for (width, height) in [(20.0, 20.0), (90.0, 300.0), (1200.0, 60.0)] {
            drawn(&seat, width, height);
        }
    }
}
