//! The task graph by function: a box for each, and how many results of the one the other reads.

use crate::base::TaskId;
use crate::base::id::Id;
use crate::chart::functions::Functions;
use crate::chart::geometry::{Point, Rect, Size};
use crate::chart::graph::layout::{Plan, arrange};
use crate::chart::graph::tally::Steps;
use crate::chart::graph::{EdgeKind, Graph, GraphBox, GraphEdge, TASK_TEXT, grouped};
use crate::chart::scene::{Key, Role};
use crate::chart::text::{self, Face};
use crate::model::Caller;
use crate::replay::History;
use crate::state::Creator;
use std::collections::BTreeMap;

/// More functions than these share a box.
const MOST_FUNCTIONS: usize = 60;
/// More edges than these are not drawn: the ones that stand for the fewest go.
const MOST_EDGES: usize = 240;
const HEIGHT: f32 = 40.0;
/// A wider name is cut.
const ROOM: f32 = 200.0;
/// How far a loop and a way back are drawn beside the box.
const BESIDE: f32 = 14.0;

/// Which functions have a box of their own.
struct Groups {
    /// The functions that have one, ascending.
    own: Vec<u32>,
    /// How many tasks each function has.
    counts: Vec<usize>,
}

impl Groups {
    fn of(history: &History, functions: &Functions, most: usize) -> Groups {
        let mut counts = vec![0usize; functions.names.len()];
        for task in 0..history.last_state().tasks.len() {
            counts[functions.number(TaskId::from_index(task)) as usize] += 1;
        }
        let mut own: Vec<u32> = (0..counts.len() as u32).collect();
        let most = most.clamp(2, MOST_FUNCTIONS);
        if own.len() > most {
            own.sort_by_key(|number| std::cmp::Reverse(counts[*number as usize]));
            own.truncate(most - 1);
            own.sort_unstable();
        }
        Groups { own, counts }
    }

    /// The index of a function's box; the last one is for all others.
    fn at(&self, function: u32) -> usize {
        self.own.binary_search(&function).unwrap_or(self.own.len())
    }

    fn others(&self) -> usize {
        self.counts.len() - self.own.len()
    }

    fn len(&self) -> usize {
        self.own.len() + usize::from(self.others() > 0)
    }

    fn boxes(&self, functions: &Functions) -> Vec<GraphBox> {
        let own = self.own.iter().map(|number| {
            let name = text::fit(&functions.names[*number as usize], Face::Mono, TASK_TEXT, ROOM);
            (*number, Role::Task(*number), name, self.counts[*number as usize])
        });
        let mut boxes: Vec<GraphBox> = own.map(function_box).collect();
        if self.others() > 0 {
            let shown: usize = self.own.iter().map(|n| self.counts[*n as usize]).sum();
            let rest = self.counts.iter().sum::<usize>() - shown;
            let name = format!("{} others", grouped(self.others()));
            boxes.push(function_box((self.counts.len() as u32, Role::Count, name, rest)));
        }
        boxes
    }

    fn note(&self, history: &History) -> String {
        let last = history.last_state();
        let (tasks, objects) = (grouped(last.tasks.len()), grouped(last.objects.len()));
        let each = match self.own.len() {
            1 => "in one box".to_owned(),
            own => format!("by function, in {} boxes", grouped(own)),
        };
        let others = match self.others() {
            0 => String::new(),
            more => format!("; {} functions with the fewest tasks share one more", grouped(more)),
        };
        format!("{tasks} tasks and {objects} objects, told {each}{others}")
    }
}

fn function_box((number, role, name, count): (u32, Role, String, usize)) -> GraphBox {
    let label = format!("{name} ×{}", grouped(count));
    let width = text::width(&label, Face::Mono, TASK_TEXT) + 28.0;
    GraphBox {
        key: Key::GraphFunction(number),
        role,
        rect: Rect::new(0.0, 0.0, width, HEIGHT),
        label,
        text_size: TASK_TEXT,
        about: None,
    }
}

pub(super) fn draw(history: &History, functions: &Functions, most: usize, aspect: f32) -> Graph {
    let groups = Groups::of(history, functions, most);
    let mut boxes = groups.boxes(functions);
    let edges = edges(history, functions, &groups);
    let between: Vec<&(EdgeKind, u32, u32, u32)> =
        edges.iter().filter(|(_, from, to, _)| from != to).collect();
    let sizes: Vec<Size> =
        boxes.iter().map(|found| Size { w: found.rect.w + 2.0 * BESIDE, h: HEIGHT }).collect();
    // Against the order of submission an edge is laid out as if it came back, and turned round afterwards.
    let ends: Vec<(u32, u32)> =
        between.iter().map(|(_, from, to, _)| (*from.min(to), *from.max(to))).collect();
    let layers = longest_paths(groups.len(), &ends);
    let places = arrange(&Plan { sizes: &sizes, layers: &layers, edges: &ends }, aspect);
    for (found, rect) in boxes.iter_mut().zip(&places.rects) {
        found.rect = Rect { x: rect.x + BESIDE, w: rect.w - 2.0 * BESIDE, ..*rect };
    }
    let mut routes = places.routes.into_iter();
    let drawn = edges.iter().map(|(kind, from, to, count)| {
        let points = if from == to {
            around(boxes[*from as usize].rect)
        } else {
            let route = routes.next().unwrap_or_default();
            if from < to { route } else { turned(route) }
        };
        GraphEdge { from: *from, to: *to, kind: *kind, points, count: *count }
    });
    let edges = drawn.collect();
    let tallies = Steps::of(history, functions, groups.len(), |function| groups.at(function));
    let note = Some(groups.note(history));
    Graph { boxes, edges, size: places.size, by_function: true, note, tallies, ..Graph::default() }
}

/// The edges between groups with how many they stand for, in order.
fn edges(
    history: &History,
    functions: &Functions,
    groups: &Groups,
) -> Vec<(EdgeKind, u32, u32, u32)> {
    let last = history.last_state();
    let mut counts: BTreeMap<(EdgeKind, u32, u32), u32> = BTreeMap::new();
    let group = |task: TaskId| groups.at(functions.number(task)) as u32;
    for (task, row) in last.tasks.enumerate() {
        let own = group(task);
        let mut count = |kind, from| {
            let sum: &mut u32 = counts.entry((kind, from, own)).or_default();
            *sum = sum.saturating_add(1);
        };
        for arg in &row.spec.args {
            if let Creator::Task(maker) = last.objects[*arg].creator {
                count(EdgeKind::Data, group(maker));
            }
        }
        if let Caller::Task(owner) = row.spec.owner {
            count(EdgeKind::Submitted, group(owner));
        }
    }
    let mut edges: Vec<(EdgeKind, u32, u32, u32)> =
        counts.into_iter().map(|((kind, from, to), count)| (kind, from, to, count)).collect();
    if edges.len() > MOST_EDGES {
        edges.sort_by_key(|(kind, from, to, count)| (std::cmp::Reverse(*count), *kind, *from, *to));
        edges.truncate(MOST_EDGES);
    }
    edges
}

/// The layer of each vertex, when every edge leads to a higher number.
fn longest_paths(count: usize, edges: &[(u32, u32)]) -> Vec<u32> {
    let mut sorted = edges.to_vec();
    sorted.sort_unstable();
    let mut layers = vec![0u32; count];
    for (from, to) in sorted {
        let least = layers[from as usize] + 1;
        layers[to as usize] = layers[to as usize].max(least);
    }
    layers
}

/// A way back, beside the way there.
fn turned(mut route: Vec<Point>) -> Vec<Point> {
    route.reverse();
    route.into_iter().map(|point| Point::new(point.x + BESIDE, point.y)).collect()
}

/// From the right side of a box to the right side of the same box.
fn around(rect: Rect) -> Vec<Point> {
    let (x, y) = (rect.right(), rect.center().y);
    let (up, down, out) = (y - rect.h / 4.0, y + rect.h / 4.0, x + BESIDE);
    vec![Point::new(x, down), Point::new(out, down), Point::new(out, up), Point::new(x, up)]
}
