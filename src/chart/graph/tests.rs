//! The graph of known runs, and what holds for the graph of any.

use super::*;
use crate::base::WorkerId;
use crate::model::{Caller, TaskSpec};
use crate::state::Event;
use crate::trace::fixture::{Run, large, lesson, walk};
use proptest::prelude::*;

fn graph(run: Run) -> Graph {
    Graph::of(&History::new(run.end()))
}

/// Boxes with their corners and sizes, edges with their ends.
fn told(graph: &Graph) -> String {
    let mut text = format!("{:.0} x {:.0}\n", graph.size.w, graph.size.h);
    for found in &graph.boxes {
        let Rect { x, y, w, h } = found.rect;
        text += &format!("{:<14} {x:>4.0} {y:>4.0} {w:>4.0} {h:>3.0}\n", found.label);
    }
    for edge in &graph.edges {
        let label = |at: u32| &graph.boxes[at as usize].label;
        text += &format!("{:?} {} -> {}", edge.kind, label(edge.from), label(edge.to));
        text += &if edge.count > 1 { format!(" x{}\n", edge.count) } else { "\n".to_owned() };
    }
    text
}

#[test]
fn the_lesson_looks_as_it_is_drawn() {
    let graph = Graph::of(&History::new(lesson()));
    insta::assert_snapshot!(told(&graph), @r"
    258 x 292
    make_array       10   10  108  36
    make_array      140   10  108  36
    add_arrays       75  164  108  36
    obj1             41   82   46  46
    obj2            171   82   46  46
    id3             106  236   46  46
    Data obj1 -> add_arrays
    Data obj2 -> add_arrays
    Data make_array -> obj1
    Data make_array -> obj2
    Data add_arrays -> id3
    ");
    assert_eq!((graph.by_function, &graph.note), (false, &None));
}

#[test]
fn a_box_is_found_by_its_key_and_bears_the_mark_of_the_step() {
    let history = History::new(lesson());
    let graph = Graph::of(&history);
    let sum = graph.find(Key::GraphTask(TaskId::new(2))).unwrap();
    assert_eq!(graph.boxes[sum].label, "add_arrays");
    assert_eq!(graph.find_entity(Entity::Task(TaskId::new(2))), Some(sum));
    assert_eq!(graph.find_entity(Entity::Worker(WorkerId::new(0))), None);
    assert_eq!(graph.find(Key::GraphTask(TaskId::new(9))), None);
    let mark = |step| graph.mark(sum, step, &history.state_at(step));
    assert_eq!(mark(0), Mark::Absent);
    assert_eq!(mark(3), Mark::WaitsForArguments);
    assert_eq!(mark(history.len()), Mark::Done);
}

#[test]
fn kinship_goes_along_all_edges() {
    let graph = Graph::of(&History::new(lesson()));
    let first = graph.find(Key::GraphTask(TaskId::new(0))).unwrap();
    let kin = graph.kin(first);
    let of = |label: &str| kin[graph.boxes.iter().position(|b| b.label == label).unwrap()];
    assert_eq!(
        (of("obj1"), of("add_arrays"), of("id3")),
        (Kin::Descendant, Kin::Descendant, Kin::Descendant)
    );
    assert_eq!(
        (of("obj2"), kin[first], kin[first + 1]),
        (Kin::Stranger, Kin::Itself, Kin::Stranger)
    );
    let sum = graph.find(Key::GraphTask(TaskId::new(2))).unwrap();
    assert_eq!(graph.kin(sum)[first], Kin::Ancestor);
}

#[test]
fn what_no_task_made_stands_above_its_first_reader() {
    let mut run = Run::new(1, 2);
    let (object, owner) = (ObjectId::new(0), Caller::Driver);
    run.add(Event::ObjectPut { object, owner, size: 8 });
    run.submit("reads", &[0, 0], 1);
    let graph = graph(run);
    insta::assert_snapshot!(told(&graph), @r"
    86 x 220
    reads            10   92   66  36
    id1              20   10   46  46
    id2              20  164   46  46
    Data id1 -> reads
    Data reads -> id2
    ");
}

#[test]
fn a_task_that_was_submitted_by_a_task_hangs_below_it() {
    let mut run = Run::new(1, 2);
    let outer = run.submit("outer", &[], 1);
    run.ready(outer);
    run.place(outer, 0);
    run.add(Event::TaskStarted { task: outer });
    let spec = TaskSpec { owner: Caller::Task(outer), ..run.spec("inner", &[], 1) };
    run.add(Event::TaskSubmitted(std::sync::Arc::new(spec)));
    insta::assert_snapshot!(told(&graph(run)), @r"
    123 x 292
    outer            31   10   66  36
    inner            47  164   66  36
    id1              10   82   46  46
    id2              57  236   46  46
    Submitted outer -> inner
    Data outer -> id1
    Data inner -> id2
    ");
}

#[test]
fn unconnected_parts_stand_in_lines() {
    let mut run = Run::new(1, 2);
    for _ in 0..10 {
        run.submit("work", &[], 1);
    }
    let graph = graph(run);
    let tops: std::collections::BTreeSet<i64> =
        graph.boxes[..10].iter().map(|task| task.rect.y as i64).collect();
    assert_eq!(tops.len(), 2, "{}", told(&graph));
    let shape = graph.size.w / graph.size.h;
    assert!((0.8..3.0).contains(&shape), "{shape}");
}

#[test]
fn too_many_tasks_are_told_by_function() {
    let history = History::new(large(3_000, 40, 4));
    let graph = Graph::of(&history);
    assert!(graph.by_function);
    insta::assert_snapshot!(told(&graph), @r"
    168 x 60
    work ×3,000      24   10  120  40
    Data work ×3,000 -> work ×3,000 x1999
    ");
    insta::assert_snapshot!(graph.note.as_deref().unwrap_or(""), @"3,000 tasks and 3,000 objects, told in one box");
    assert_eq!(graph.tally(0, 0).map(Tally::total), Some(0));
    assert_eq!(graph.mark(0, 0, &history.state_at(0)), Mark::Absent);
    let end = graph.tally(0, history.len()).unwrap();
    assert_eq!((end.done, end.total()), (3_000, 3_000));
    assert_eq!(graph.mark(0, history.len(), history.last_state()), Mark::Done);
    let middle = graph.tally(0, history.len() / 2).unwrap();
    assert!(middle.waiting > 0 && middle.done > 0 && middle.total() == 3_000, "{middle:?}");
}

#[test]
fn functions_that_call_each_other_and_themselves_are_drawn() {
    let mut run = Run::new(1, 2);
    let names = ["a", "b"];
    for n in 0..40u32 {
        let args: Vec<u32> = n.checked_sub(1).into_iter().collect();
        run.submit(names[n as usize % 2], &args, 1);
    }
    run.submit("b", &[39], 1);
    let graph = Graph::small(&History::new(run.end()), 4, 1.0);
    insta::assert_snapshot!(told(&graph), @r"
    118 x 136
    a ×20            24   10   70  40
    b ×21            24   86   70  40
    Data a ×20 -> b ×21 x20
    Data b ×21 -> a ×20 x19
    Data b ×21 -> b ×21
    ");
}

#[test]
fn rare_functions_share_a_box() {
    let mut run = Run::new(1, 2);
    for n in 0..300 {
        run.submit(&format!("f{}", n % 100), &[], 1);
    }
    run.submit("f7", &[], 1);
    let graph = Graph::small(&History::new(run.end()), 3, 1.0);
    let labels: Vec<&str> = graph.boxes.iter().map(|found| found.label.as_str()).collect();
    assert_eq!(labels, ["f0 ×3", "f7 ×4", "98 others ×294"]);
    assert_eq!(graph.tally(2, 301).map(Tally::total), Some(294));
}

#[test]
fn long_chains_and_wide_tasks_do_not_recurse() {
    let mut chain = Run::new(1, 2);
    let mut wide = Run::new(1, 2);
    for n in 0..20_000u32 {
        let before: Vec<u32> = n.checked_sub(1).into_iter().collect();
        chain.submit("link", &before, 1);
        wide.submit("part", &[], 1);
    }
    let all: Vec<u32> = (0..20_000).collect();
    wide.submit("sum", &all, 1);
    let chain = graph(chain);
    assert_eq!((chain.boxes.len(), chain.edges[0].count), (1, 19_999));
    let wide = graph(wide);
    assert_eq!((wide.boxes.len(), wide.edges[0].count), (2, 20_000));
    let mut short = Run::new(1, 2);
    for n in 0..1_000u32 {
        short.submit("link", &n.checked_sub(1).into_iter().collect::<Vec<u32>>(), 1);
    }
    assert_eq!(graph(short).boxes.len(), 2_000);
}

#[test]
fn names_of_any_length_keep_boxes_in_bounds() {
    let mut run = Run::new(1, 2);
    run.submit(&"数据".repeat(100), &[], 1);
    run.submit("", &[0], 1);
    let graph = graph(run);
    assert!(graph.boxes.iter().all(|found| (40.0..=210.0).contains(&found.rect.w)));
    assert_eq!(grouped(0), "0");
    assert_eq!(grouped(1_234_567), "1,234,567");
}

#[test]
fn a_graph_is_put_into_the_middle_of_a_place() {
    let graph = Graph { size: Size { w: 100.0, h: 50.0 }, ..Graph::default() };
    let fit = graph.fit(Rect::new(10.0, 10.0, 50.0, 50.0), 1.0);
    assert_eq!((fit.scale, fit.point(Point::new(100.0, 0.0))), (0.5, Point::new(60.0, 22.5)));
    assert_eq!(graph.fit(Rect::new(0.0, 0.0, 900.0, 900.0), 1.5).scale, 1.5);
    let nothing = Graph::default().fit(Rect::default(), 1.0);
    assert!(nothing.origin.x.is_finite() && nothing.scale == 0.0);
}

fn overlap(one: Rect, other: Rect) -> bool {
    one.x < other.right() - 0.01
        && other.x < one.right() - 0.01
        && one.y < other.bottom() - 0.01
        && other.y < one.bottom() - 0.01
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_graph_is_clean(seed: u64, most in 4..200usize) {
        let history = History::new(walk(seed, 300));
        let graph = Graph::small(&history, most, 1.0);
        prop_assert!(graph.by_function || graph.boxes.len() <= most);
        for (at, one) in graph.boxes.iter().enumerate() {
            prop_assert!(one.rect.x >= 0.0 && one.rect.right() <= graph.size.w);
            prop_assert!(one.rect.y >= 0.0 && one.rect.bottom() <= graph.size.h);
            for other in &graph.boxes[at + 1..] {
                prop_assert!(!overlap(one.rect, other.rect), "{:?} {:?}", one, other);
            }
        }
        for edge in &graph.edges {
            prop_assert!(edge.points.len() >= 2);
            let (from, to) = (&graph.boxes[edge.from as usize], &graph.boxes[edge.to as usize]);
            let down = from.rect.bottom() <= to.rect.y;
            prop_assert!(graph.by_function || down, "{:?}", edge);
        }
        let state = history.state_at(history.len() / 2);
        for at in 0..graph.boxes.len() {
            graph.mark(at, history.len() / 2, &state);
        }
        prop_assert_eq!(&graph, &Graph::small(&history, most, 1.0));
    }
}
