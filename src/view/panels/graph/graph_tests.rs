//! The task graph is drawn at any moment, and follows the selection.

use super::*;
use crate::view::tests::harness::{Frame, Screen, Seat, program_run};
use rayscope::base::TaskId;
use rayscope::chart::theme::CONTRAST;

fn draw<'a>(seat: &'a Seat, view: &'a mut GraphView) -> impl FnMut(&mut Ui, &mut Asks) + 'a {
    move |ui, asks| show(ui, &seat.look(), asks, view)
}

fn drawn(seat: &Seat, width: f32, height: f32) -> Frame {
    Screen::new(width, height).settled(draw(seat, &mut GraphView::default()))
}

#[test]
fn the_lesson_is_drawn_as_in_its_first_drawing() {
    let seat = Seat::of("lesson/add_arrays").at(14);
    let frame = drawn(&seat, 420.0, 420.0);
    frame.keep("graph-lesson");
    for text in ["make_array", "add_arrays", "id3"] {
        assert!(frame.has(text), "{text} in {}", frame.text());
    }
    let (make, sum) = (frame.find("make_array"), frame.find("add_arrays"));
    assert!(make.y < sum.y);
}

#[test]
fn a_click_selects_and_its_kin_stand_out() {
    let mut seat = Seat::of("programs/tree_reduce").at(60);
    let mut view = GraphView::default();
    let mut screen = Screen::new(900.0, 500.0);
    let frame = screen.settled(draw(&seat, &mut view));
    screen.click(frame.texts[0].0.center());
    let asks = screen.frame(draw(&seat, &mut view)).asks.clone();
    let selected = asks.iter().find_map(|ask| match ask {
        Command::Select(Some(entity)) => Some(*entity),
        _ => None,
    });
    assert!(matches!(selected, Some(Entity::Task(_) | Entity::Object(_))), "{asks:?}");
    seat.selection = Some(Entity::Task(TaskId::new(9)));
    let frame = screen.settled(draw(&seat, &mut view));
    frame.keep("graph-kin");
    assert!(view.kin.contains(&Kin::Ancestor) && view.kin.contains(&Kin::Stranger));
}

#[test]
fn very_many_tasks_are_told_by_function_with_their_progress() {
    let source = "import ray
@ray.remote
def part(n):
    return n
@ray.remote
def add(*parts):
    return sum(parts)
parts = [part.remote(n) for n in range(2500)]
sums = [add.remote(*parts[n:n + 50]) for n in range(0, 2500, 50)]
print(ray.get(add.remote(*sums)))
";
    let mut seat = Seat::new(program_run(source, 3));
    seat.theme = &CONTRAST;
    let middle = seat.run.history.len() / 2;
    let mut seat = seat.at(middle);
    let frame = drawn(&seat, 500.0, 360.0);
    frame.keep("graph-functions");
    assert!(frame.has("part ×2,500") && frame.has("add ×51"), "{}", frame.text());
    assert!(frame.has("2,551 tasks"), "{}", frame.text());
    seat.selection = Some(Entity::Task(TaskId::new(2_500)));
    let mut view = GraphView::default();
    Screen::new(500.0, 360.0).settled(draw(&seat, &mut view));
    assert_eq!(view.selected, Some((seat.selection, Some(1))));
}

#[test]
fn zooming_reads_what_was_too_small_and_a_far_selection_is_brought_near() {
    let mut seat = Seat::of("workflows/thousand");
    let mut view = GraphView::default();
    let mut screen = Screen::new(500.0, 400.0);
    let far = screen.settled(draw(&seat, &mut view));
    far.keep("graph-thousand");
    assert!(far.texts.is_empty(), "{}", far.text());
    screen.point(egui::pos2(250.0, 200.0));
    screen.frame(draw(&seat, &mut view));
    screen.zoom(1_000.0);
    let near = screen.settled(draw(&seat, &mut view));
    near.keep("graph-thousand-near");
    assert!(!near.texts.is_empty());
    let task = TaskId::new(0);
    seat.selection = Some(Entity::Task(task));
    let name = seat.run.history.names().label_of(task).to_owned();
    let found = screen.settled(draw(&seat, &mut view));
    assert!(found.has(&name), "{name} in {}", found.text());
}

#[test]
fn any_size_will_do() {
    for seat in [Seat::new(program_run("print(1)\n", 1)), Seat::of("actors/restart").at(40)] {
        for (width, height) in [(10.0, 10.0), (60.0, 300.0), (1200.0, 40.0)] {
            drawn(&seat, width, height);
        }
    }
}
