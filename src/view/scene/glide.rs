//! Tokens on their way from one scene to the next: along the arrow that carries them, or straight.

use rayscope::chart::geometry::{Point, Rect};
use rayscope::chart::scene::{Figure, Key, Scene};
use std::collections::BTreeMap;

/// Seconds that a token is on its way: long enough to follow, short enough not to wait for.
const SECONDS: f64 = 0.45;
/// With more tokens on their way nobody could follow one.
const MOST: usize = 160;

/// The ways of all tokens that move.
pub struct Glide {
    began: f64,
    ways: BTreeMap<Key, Way>,
}

struct Way {
    /// Corners of the way of its middle, with the length up to each.
    points: Vec<(Point, f32)>,
    from: Rect,
}

impl Glide {
    /// From one scene to the next; `None` if nothing moves.
    pub fn between(before: &Scene, after: &Scene, forward: bool, now: f64) -> Option<Glide> {
        let places: BTreeMap<Key, Rect> =
            before.figures.iter().map(|figure| (figure.key, figure.rect)).collect();
        let carrying = if forward { after } else { before };
        let carried: BTreeMap<Key, &[Point]> = carrying
            .arrows
            .iter()
            .filter_map(|arrow| Some((arrow.carries?, arrow.points.as_slice())))
            .collect();
        let mut ways = BTreeMap::new();
        for figure in &after.figures {
            let path = carried.get(&figure.key).copied();
            let from = places.get(&figure.key).copied();
            if let Some(way) = way(figure, from, path, forward) {
                ways.insert(figure.key, way);
            }
        }
        (!ways.is_empty() && ways.len() <= MOST).then_some(Glide { began: now, ways })
    }

    /// The scene with everything where it is now; `None` once all have arrived.
    pub fn scene_at(&self, scene: &Scene, now: f64) -> Option<Scene> {
        let share = ((now - self.began) / SECONDS) as f32;
        if !(0.0..1.0).contains(&share) {
            return None;
        }
        let eased = share * share * (3.0 - 2.0 * share);
        let mut between = scene.clone();
        for figure in &mut between.figures {
            if let Some(way) = self.ways.get(&figure.key) {
                figure.rect = way.rect(figure.rect, eased);
            }
        }
        Some(between)
    }
}

/// How a figure comes to where it is; `None` if it was there before, or has nowhere to come from.
fn way(figure: &Figure, from: Option<Rect>, path: Option<&[Point]>, forward: bool) -> Option<Way> {
    let to = figure.rect;
    let corners: Vec<Point> = match path {
        Some(path) if forward => path.to_vec(),
        Some(path) => path.iter().rev().copied().collect(),
        None => Vec::new(),
    };
    let start = match (from, corners.first()) {
        (Some(from), _) if from == to => return None,
        (Some(from), _) => from,
        (None, Some(first)) if forward => Rect::around(*first, to.w, to.h),
        (None, _) => return None,
    };
    let between = corners.iter().copied().skip(1).take(corners.len().saturating_sub(2));
    let all = std::iter::once(start.center()).chain(between).chain([to.center()]);
    let mut points: Vec<(Point, f32)> = Vec::new();
    for point in all {
        let length = points.last().map_or(0.0, |(last, length)| length + last.distance(point));
        points.push((point, length));
    }
    Some(Way { points, from: start })
}

impl Way {
    fn rect(&self, to: Rect, share: f32) -> Rect {
        let size = self.from.toward(to, share);
        Rect::around(self.point(share), size.w, size.h)
    }

    fn point(&self, share: f32) -> Point {
        let Some((last, whole)) = self.points.last().copied() else { return Point::default() };
        let gone = whole * share;
        for pair in self.points.windows(2) {
            let ((one, start), (other, end)) = (pair[0], pair[1]);
            if gone <= end && end > start {
                return one.toward(other, (gone - start) / (end - start));
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayscope::base::TaskId;
    use rayscope::chart::scene::{Anchor, Arrow, ArrowKind, Mark, Role};

    const KEY: Key = Key::Task(TaskId::new(0));

    fn scene(x: f32, arrow: &[Point]) -> Scene {
        let figure = Figure {
            key: KEY,
            role: Role::Task(0),
            rect: Rect::new(x, 0.0, 10.0, 10.0),
            label: String::new(),
            text_size: 10.0,
            anchor: Anchor::Middle,
            mark: Mark::Plain,
            fresh: false,
            about: None,
        };
        let points = arrow.to_vec();
        let arrow = Arrow { kind: ArrowKind::Handoff, points, fresh: true, carries: Some(KEY) };
        Scene { figures: vec![figure], arrows: vec![arrow], ..Scene::default() }
    }

    fn center(glide: &Glide, scene: &Scene, now: f64) -> Point {
        glide.scene_at(scene, now).map(|scene| scene.figures[0].rect.center()).expect("on its way")
    }

    #[test]
    fn a_token_follows_its_arrow_there_and_back() {
        let corner = Point::new(55.0, 100.0);
        let way = [Point::new(10.0, 5.0), corner, Point::new(95.0, 5.0)];
        let (before, after) = (scene(0.0, &[]), scene(100.0, &way));
        let there = Glide::between(&before, &after, true, 0.0).expect("it moves");
        assert_eq!(center(&there, &after, 0.0), Point::new(5.0, 5.0));
        assert!(center(&there, &after, SECONDS / 2.0).distance(corner) < 1.0);
        assert!(there.scene_at(&after, SECONDS).is_none());
        let back = Glide::between(&after, &before, false, 0.0).expect("it moves back");
        assert!(center(&back, &before, SECONDS / 2.0).distance(corner) < 1.0);
    }

    #[test]
    fn what_stays_does_not_glide() {
        let still = scene(3.0, &[]);
        assert!(Glide::between(&still, &still, true, 0.0).is_none());
    }
}
