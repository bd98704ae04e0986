//! The timeline draws known runs, and does as pointer and keys ask.

use super::*;
use crate::view::tests::harness::{Frame, Screen, Seat, program_run};
use rayscope::base::{TaskId, WorkerId};
use rayscope::chart::theme::DARK;

fn draw<'a>(seat: &'a Seat, view: &'a mut TimelineView) -> impl FnMut(&mut Ui, &mut Asks) + 'a {
    move |ui, asks| show(ui, &seat.look(), asks, view)
}

fn drawn(seat: &Seat, width: f32, height: f32) -> Frame {
    Screen::new(width, height).settled(draw(seat, &mut TimelineView::default()))
}

#[test]
fn the_lesson_has_its_lanes_and_names() {
    let frame = drawn(&Seat::of("lesson/add_arrays").at(9), 1000.0, 320.0);
    frame.keep("timeline-lesson");
    for text in ["driver", "node 0 worker 1", "copies to node 0", "make_array#1", "ray.get", "2 s"]
    {
        assert!(frame.has(text), "{text} in {}", frame.text());
    }
}

#[test]
fn what_is_selected_is_tied_to_what_it_needs() {
    let mut seat = Seat::of("programs/nested").at(30);
    seat.theme = &DARK;
    let last = seat.run.history.last_state().tasks.len() as u32 - 1;
    let plain = drawn(&seat, 1000.0, 260.0).shapes;
    seat.selection = Some(Entity::Task(TaskId::new(last)));
    let frame = drawn(&seat, 1000.0, 260.0);
    frame.keep("timeline-selected-dark");
    assert!(frame.shapes > plain, "{} {plain}", frame.shapes);
}

#[test]
fn a_click_selects_and_an_empty_place_sets_the_cursor() {
    let seat = Seat::of("lesson/add_arrays");
    let mut view = TimelineView::default();
    let mut screen = Screen::new(1000.0, 320.0);
    let frame = screen.settled(draw(&seat, &mut view));
    let bar = frame.find("make_array#2");
    let mut asked = |at: Pos2| {
        screen.click(at);
        screen.frame(draw(&seat, &mut view)).asks.clone()
    };
    let task = Some(Entity::Task(TaskId::new(1)));
    let asks = asked(bar);
    assert!(asks.contains(&Command::Select(task)) && asks.contains(&Command::Hover(task)));
    let asks = asked(frame.find("node 1 worker 1"));
    assert!(asks.contains(&Command::Select(Some(Entity::Worker(WorkerId::new(3))))), "{asks:?}");
    // Right of its bar, at two seconds and a half.
    let at = egui::pos2(frame.find("2.5 s").x, bar.y);
    let asks = asked(at);
    let [Command::Playback(PlaybackCommand::JumpToTime(time))] = asks[..] else {
        panic!("{asks:?}")
    };
    assert!((time.as_secs() - 2.5).abs() < 0.02, "{time}");
}

#[test]
fn zooming_and_dragging_move_what_is_seen() {
    let seat = Seat::of("lesson/add_arrays");
    let mut view = TimelineView::default();
    let mut screen = Screen::new(1000.0, 320.0);
    let frame = screen.settled(draw(&seat, &mut view));
    let at = frame.find("2 s");
    let at = egui::pos2(at.x, at.y + 100.0);
    screen.point(at);
    screen.frame(draw(&seat, &mut view));
    screen.zoom(8.0);
    let near = screen.frame(draw(&seat, &mut view));
    near.keep("timeline-near");
    assert!(near.has("2 s") && !near.has("3 s"), "{}", near.text());
    assert!((near.find("2 s").x - at.x).abs() < 2.0);
    let from = view.window.from;
    screen.button(at, true);
    screen.frame(draw(&seat, &mut view));
    screen.point(egui::pos2(at.x - 200.0, at.y));
    screen.frame(draw(&seat, &mut view));
    screen.button(egui::pos2(at.x - 200.0, at.y), false);
    screen.frame(draw(&seat, &mut view));
    assert!(view.window.from > from, "{:?}", view.window);
}

#[test]
fn many_lanes_are_told_by_node_until_one_is_opened() {
    let seat = Seat::of("workflows/thousand").at(2_000);
    let mut view = TimelineView::default();
    let mut screen = Screen::new(900.0, 420.0);
    let frame = screen.settled(draw(&seat, &mut view));
    frame.keep("timeline-thousand");
    assert!(!frame.has("worker"), "{}", frame.text());
    screen.click(frame.find("node 1"));
    screen.frame(draw(&seat, &mut view));
    let open = screen.frame(draw(&seat, &mut view));
    open.keep("timeline-thousand-open");
    assert!(open.has("worker 3"), "{}", open.text());
}

#[test]
fn focus_finds_a_task_wherever_it_is() {
    let mut seat = Seat::of("workflows/thousand");
    let last = seat.run.history.last_state().tasks.len() as u32 - 1;
    seat.selection = Some(Entity::Task(TaskId::new(last)));
    let mut view = TimelineView::default();
    let mut screen = Screen::new(900.0, 300.0);
    let frame = screen.settled(|ui, asks| {
        show(ui, &Look { focus: true, ..seat.look() }, asks, &mut view);
    });
    frame.keep("timeline-focus");
    let name = seat.run.history.names().task(TaskId::new(last));
    assert!(frame.has(&name), "{name} in {}", frame.text());
}

#[test]
fn any_size_and_any_names_will_do() {
    let name = "長い名前".repeat(40);
    let source = format!(
        "import ray\n@ray.remote\ndef {name}(n):\n    return n\nray.get([{name}.remote(n) for n in range(40)])\n"
    );
    let seat = Seat::new(program_run(&source, 2));
    for (width, height) in [(30.0, 20.0), (120.0, 60.0), (300.0, 200.0), (1600.0, 900.0)] {
        drawn(&seat, width, height);
    }
    let nothing = Seat::new(program_run("print(1)\n", 1));
    assert!(drawn(&nothing, 500.0, 200.0).has("node 0 worker 0"));
}
