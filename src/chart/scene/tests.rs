//! The lesson's thirteen scenes as text; what holds for every scene of any run, however large or hostile.

use super::*;
use crate::base::id::Id;
use crate::chart::paint;
use crate::chart::text;
use crate::chart::theme::LESSON;
use crate::replay::{History, Stop};
use crate::state::Event;
use crate::trace::fixture::{Run, large, lesson, walk};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Every scene of the story, with what it is about.
fn story(history: &History) -> Vec<(String, Scene)> {
    let stage = Stage::new(history);
    let scene = |(number, stop): (usize, &Stop)| {
        let step = stop.step as usize;
        let scene = stage.scene(history, &history.state_at(step), step, Some(number));
        (format!("{} {:?}", number + 1, stop.beat), scene)
    };
    history.story().iter().enumerate().map(scene).collect()
}

fn rounded(rect: Rect) -> String {
    format!("{:.0},{:.0} {:.0}x{:.0}", rect.x, rect.y, rect.w, rect.h)
}

fn point(point: Point) -> String {
    format!("{:.0},{:.0}", point.x, point.y)
}

fn figure_line(figure: &Figure) -> String {
    let fresh = if figure.fresh { " fresh" } else { "" };
    format!(
        "{:?} {:?} {:?}{fresh} {:?} {}",
        figure.key,
        figure.role,
        figure.mark,
        figure.label,
        rounded(figure.rect)
    )
}

fn arrow_line(arrow: &Arrow) -> String {
    let points: Vec<String> = arrow.points.iter().map(|at| point(*at)).collect();
    let fresh = if arrow.fresh { " fresh" } else { "" };
    let carries = arrow.carries.map_or(String::new(), |key| format!(" carries {key:?}"));
    format!("-> {:?}{fresh} {}{carries}", arrow.kind, points.join(" "))
}

fn bubble_line(bubble: &Bubble) -> String {
    let pointer = bubble.pointer.map_or(String::new(), |at| format!(" at {}", point(at)));
    format!("\" {:?} {}{pointer} {:?}", bubble.kind, rounded(bubble.rect), bubble.lines.join(" / "))
}

fn lines(scene: &Scene) -> BTreeSet<String> {
    let figures = scene.figures.iter().map(figure_line);
    let others = scene.arrows.iter().map(arrow_line);
    figures.chain(others).chain(scene.bubbles.iter().map(bubble_line)).collect()
}

/// The first furnished picture in full; of every other, what it has more than the furniture.
fn told(scenes: &[(String, Scene)]) -> String {
    let rest = lines(&scenes[1].1);
    let mut out = String::new();
    for (number, (title, scene)) in scenes.iter().enumerate() {
        let _ = writeln!(out, "== {title}, {:.0}x{:.0}", scene.size.w, scene.size.h);
        let missing = rest.difference(&lines(scene)).count();
        if number > 1 {
            let _ = writeln!(out, "(picture 2 without {missing} lines, and:)");
        }
        let each = scene.figures.iter().map(figure_line);
        let each = each.chain(scene.arrows.iter().map(arrow_line));
        for line in each.chain(scene.bubbles.iter().map(bubble_line)) {
            if number <= 1 || !rest.contains(&line) {
                let _ = writeln!(out, "{line}");
            }
        }
        for note in &scene.notes {
            let _ = writeln!(out, "note {note:?}");
        }
    }
    out
}

#[test]
fn the_lesson_in_thirteen_scenes() {
    let scenes = story(&History::new(lesson()));
    assert_eq!(scenes.len(), 13);
    insta::assert_snapshot!(told(&scenes));
}

fn is_furniture(key: Key) -> bool {
    use Key as K;
    matches!(key, K::Node(_) | K::Worker(_) | K::Store(_) | K::Scheduler(_) | K::Sheet(_))
}

/// What holds for every scene; says what does not.
fn check(scene: &Scene) -> Result<(), String> {
    let mut keys = BTreeSet::new();
    for figure in &scene.figures {
        if !keys.insert(figure.key) {
            return Err(format!("{:?} is there twice", figure.key));
        }
        inside(scene, figure.rect).map_err(|why| format!("{:?} {why}", figure.key))?;
    }
    for cell in &scene.cells {
        inside(scene, cell.rect).map_err(|why| format!("cell {why}"))?;
        if !(0.0..=1.0).contains(&cell.filled) {
            return Err(format!("a cell is filled to {}", cell.filled));
        }
    }
    for bubble in &scene.bubbles {
        inside(scene, bubble.rect).map_err(|why| format!("{:?} {why}", bubble.lines))?;
    }
    let points = scene.arrows.iter().flat_map(|arrow| &arrow.points);
    match points.into_iter().find(|at| !at.x.is_finite() || !at.y.is_finite()) {
        Some(at) => Err(format!("an arrow goes to {at:?}")),
        None => Ok(()),
    }
}

fn inside(scene: &Scene, rect: Rect) -> Result<(), String> {
    let slack = 0.01;
    let fits = rect.x >= -slack
        && rect.y >= -slack
        && rect.right() <= scene.size.w + slack
        && rect.bottom() <= scene.size.h + slack
        && rect.w >= 0.0
        && rect.h >= 0.0;
    if fits { Ok(()) } else { Err(format!("at {rect:?} is not in {:?}", scene.size)) }
}

/// A text that leaves the picture when it is drawn.
fn too_wide(scene: &Scene) -> Option<String> {
    let outside = |shape: paint::Shape| match shape {
        paint::Shape::Text { at, align, face, size, text, .. } => {
            let width = text::width(&text, face, size);
            let left = match align {
                paint::Align::Left => at.x,
                paint::Align::Center => at.x - width / 2.0,
                paint::Align::Right => at.x - width,
            };
            (left < -1.0 || left + width > scene.size.w + 1.0).then_some(text)
        }
        _ => None,
    };
    paint::scene(scene, &LESSON).into_iter().find_map(outside)
}

/// The furniture stands where it stood, in every scene.
fn moved(scenes: &[&Scene]) -> Option<Key> {
    let mut places = BTreeMap::new();
    let all = scenes.iter().flat_map(|scene| &scene.figures);
    let mut furniture = all.filter(|figure| is_furniture(figure.key));
    let moves = |figure: &&Figure| *places.entry(figure.key).or_insert(figure.rect) != figure.rect;
    furniture.find(moves).map(|figure| figure.key)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_moment_of_any_run_is_a_scene(seed: u64) {
        let history = History::new(walk(seed, 300));
        let stage = Stage::new(&history);
        let mut scenes: Vec<Scene> = story(&history).into_iter().map(|(_, scene)| scene).collect();
        for step in 0..=history.len() {
            scenes.push(stage.scene(&history, &history.state_at(step), step, None));
        }
        for scene in &scenes {
            prop_assert_eq!(check(scene), Ok(()));
        }
        let all: Vec<&Scene> = scenes.iter().collect();
        prop_assert_eq!(moved(&all), None);
    }
}

#[test]
fn what_is_beyond_the_end_is_the_end() {
    let history = History::new(lesson());
    let stage = Stage::new(&history);
    let scene = |step, stop| stage.scene(&history, history.last_state(), step, stop);
    assert_eq!(scene(usize::MAX, None).figures, scene(history.len() + 1, None).figures);
    assert_eq!(check(&scene(history.len(), Some(99))), Ok(()));
}

#[test]
fn names_may_be_long_foreign_or_hostile() {
    let long = "f".repeat(200);
    for name in [long.as_str(), "任务任务任务", "a\nb\u{0}\u{1b}[2J\t", "", "</svg>"] {
        let mut run = Run::new(2, 2);
        let first = run.submit(name, &[], 2);
        run.submit(name, &[0, 1], 1);
        run.ready(first);
        run.place(first, 1);
        run.add(Event::TaskStarted { task: first });
        run.finish(first);
        run.print(name);
        let history = History::new(run.trace());
        for (title, scene) in story(&history) {
            assert_eq!(check(&scene), Ok(()), "{name:?} {title}");
            assert_eq!(too_wide(&scene), None, "{title}");
        }
    }
}

#[test]
fn large_clusters_are_few_shapes() {
    let history = History::new(large(300, 5_000, 16));
    let stage = Stage::new(&history);
    for step in [0, 1, history.len() / 2, history.len()] {
        let scene = stage.scene(&history, &history.state_at(step), step, None);
        assert_eq!(check(&scene), Ok(()), "step {step}");
        assert!(scene.cells.len() <= 20_000, "{} cells", scene.cells.len());
        assert!(scene.figures.len() <= 200, "{} figures", scene.figures.len());
    }
}

#[test]
fn ten_thousand_inputs_are_told_in_numbers() {
    let mut run = Run::new(3, 2);
    for _ in 0..10_000 {
        run.submit("make", &[], 1);
    }
    let inputs: Vec<u32> = (0..10_000).collect();
    let last = run.submit("gather", &inputs, 1);
    run.ready(TaskId::new(0));
    run.place(TaskId::new(0), 0);
    run.add(Event::TaskStarted { task: TaskId::new(0) });
    run.finish(TaskId::new(0));
    let history = History::new(run.trace());
    let scenes = story(&history);
    assert_eq!(last.index(), 10_000);
    for (title, scene) in &scenes {
        assert_eq!(check(scene), Ok(()), "{title}");
        assert!(scene.figures.len() < 500, "{title}: {} figures", scene.figures.len());
        assert!(scene.arrows.len() < 500, "{title}: {} arrows", scene.arrows.len());
    }
    assert!(scenes.iter().any(|(_, scene)| !scene.notes.is_empty()), "nothing is said of the rest");
}
