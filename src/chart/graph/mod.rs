//! The task graph, laid out from top to bottom: tasks, and between them the objects that they make and read.
//!
//! A graph that is too large to be read box by box is told by function: a box for each, with counts. The layout is
//! computed once a run; what changes with the cursor is only the mark of each box.

mod group;
mod layout;
mod single;
mod tally;

use crate::base::id::Id;
use crate::base::{ObjectId, TaskId};
use crate::chart::functions::Functions;
use crate::chart::geometry::{Point, Rect, Size};
use crate::chart::scene::{Key, Mark, Role, mark};
use crate::replay::{Entity, History};
use crate::state::State;
pub use tally::Tally;

/// More boxes than these are told by function.
pub const MOST_BOXES: usize = 2_000;
/// So many edges a box, on average, before nobody can follow one.
const EDGES_PER_BOX: usize = 4;
/// Width to height of the picture that unconnected parts are put together to.
const ASPECT: f32 = 1.6;

/// The size of a task's label, in points of the graph.
pub const TASK_TEXT: f32 = 14.0;
/// The size of an object's label, in points of the graph.
pub const OBJECT_TEXT: f32 = 12.0;

/// The task graph with its places.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Graph {
    /// Tasks and objects, or functions.
    pub boxes: Vec<GraphBox>,
    /// What connects them.
    pub edges: Vec<GraphEdge>,
    /// The size of the whole, in points.
    pub size: Size,
    /// Whether there is a box for each function instead of each task.
    pub by_function: bool,
    /// What is not shown one by one, with numbers.
    pub note: Option<String>,
    /// Where the box of a key is, by key.
    places: Vec<(Key, u32)>,
    tallies: Vec<tally::Steps>,
}

/// A box of the graph.
#[derive(Clone, PartialEq, Debug)]
pub struct GraphBox {
    /// `GraphTask`, `GraphObject` or `GraphFunction`.
    pub key: Key,
    /// Its colour.
    pub role: Role,
    /// Where it is.
    pub rect: Rect,
    /// What stands in it.
    pub label: String,
    /// How large the label is.
    pub text_size: f32,
    /// What a click selects; a function is no entity.
    pub about: Option<Entity>,
}

/// An edge of the graph.
#[derive(Clone, PartialEq, Debug)]
pub struct GraphEdge {
    /// The index of the box it comes from.
    pub from: u32,
    /// The index of the box it leads to.
    pub to: u32,
    /// What it tells.
    pub kind: EdgeKind,
    /// Its way, from edge to edge of the boxes.
    pub points: Vec<Point>,
    /// How many it stands for.
    pub count: u32,
}

/// What an edge tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum EdgeKind {
    /// A task makes an object, an object is read by a task; by function: results are read.
    Data,
    /// A task submitted a task: dotted.
    Submitted,
    /// A call goes to the actor that a task made: dotted.
    Actor,
}

/// How a box is related to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kin {
    /// It is the same.
    Itself,
    /// The other one depends on it.
    Ancestor,
    /// It depends on the other one.
    Descendant,
    /// Neither.
    Stranger,
}

/// How a graph is put into a rectangle: scaled, then moved.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fit {
    /// Points there for a point here.
    pub scale: f32,
    /// Where the upper left corner comes to lie.
    pub origin: Point,
}

impl Fit {
    /// A point of the graph in the rectangle.
    pub fn point(self, point: Point) -> Point {
        Point::new(self.origin.x + point.x * self.scale, self.origin.y + point.y * self.scale)
    }

    /// A box of the graph in the rectangle.
    pub fn rect(self, rect: Rect) -> Rect {
        let at = self.point(Point::new(rect.x, rect.y));
        Rect::new(at.x, at.y, rect.w * self.scale, rect.h * self.scale)
    }
}

impl Graph {
    /// The whole graph, up to [`MOST_BOXES`] box by box.
    pub fn of(history: &History) -> Graph {
        Graph::small(history, MOST_BOXES, ASPECT)
    }

    /// The graph in at most `most` boxes, for a place of that width to height.
    pub fn small(history: &History, most: usize, aspect: f32) -> Graph {
        let functions = Functions::of(history);
        let mut graph = match single::Parts::of(history, most, most * EDGES_PER_BOX) {
            Some(parts) => single::draw(history, &functions, &parts, aspect),
            None => group::draw(history, &functions, most, aspect),
        };
        let keys = graph.boxes.iter().enumerate().map(|(at, found)| (found.key, at as u32));
        graph.places = keys.collect();
        graph.places.sort_unstable();
        graph
    }

    /// The index of the box with that key.
    pub fn find(&self, key: Key) -> Option<usize> {
        let at = self.places.binary_search_by_key(&key, |(known, _)| *known).ok()?;
        Some(self.places[at].1 as usize)
    }

    /// The index of the box that stands for an entity; none if it is told by function, or is no task or object.
    pub fn find_entity(&self, entity: Entity) -> Option<usize> {
        match entity {
            Entity::Task(task) => self.find(Key::GraphTask(task)),
            Entity::Object(object) => self.find(Key::GraphObject(object)),
            Entity::Worker(_) | Entity::Node(_) | Entity::Link(_) => None,
        }
    }

    /// The mark of the box at that index, at a step and in the state there.
    pub fn mark(&self, at: usize, step: usize, state: &State) -> Mark {
        match self.boxes.get(at).map(|found| found.key) {
            Some(Key::GraphTask(task)) => mark::of_task(state, task),
            Some(Key::GraphObject(object)) => mark::of_object(state, object),
            _ => self.tally(at, step).map_or(Mark::Plain, Tally::mark),
        }
    }

    /// How many tasks of the function at that index wait, run and are done at a step; for graphs by function.
    pub fn tally(&self, at: usize, step: usize) -> Option<Tally> {
        self.tallies.get(at).map(|steps| steps.at(step))
    }

    /// How every box is related to the one at that index, along all edges.
    pub fn kin(&self, at: usize) -> Vec<Kin> {
        let mut kin = vec![Kin::Stranger; self.boxes.len()];
        self.reach(at, Kin::Descendant, &mut kin, |edge| (edge.from, edge.to));
        self.reach(at, Kin::Ancestor, &mut kin, |edge| (edge.to, edge.from));
        if let Some(own) = kin.get_mut(at) {
            *own = Kin::Itself;
        }
        kin
    }

    fn reach(&self, at: usize, kin: Kin, found: &mut [Kin], ends: fn(&GraphEdge) -> (u32, u32)) {
        let mut edges: Vec<(u32, u32)> = self.edges.iter().map(ends).collect();
        edges.sort_unstable();
        let mut open = vec![at as u32];
        while let Some(next) = open.pop() {
            let first = edges.partition_point(|(from, _)| *from < next);
            for (_, to) in edges[first..].iter().take_while(|(from, _)| *from == next) {
                if found[*to as usize] == Kin::Stranger {
                    found[*to as usize] = kin;
                    open.push(*to);
                }
            }
        }
    }

    /// How the graph is put into the middle of `place`, at most `largest` times as large as it is.
    pub fn fit(&self, place: Rect, largest: f32) -> Fit {
        let scale = (place.w / self.size.w.max(1.0)).min(place.h / self.size.h.max(1.0));
        let scale = scale.min(largest).max(0.0);
        let (w, h) = (self.size.w * scale, self.size.h * scale);
        let middle = Rect::around(place.center(), w, h);
        Fit { scale, origin: Point::new(middle.x, middle.y) }
    }
}

/// A number with commas: `1,234,567`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What a task's box says: its own name or its function's, without a number.
fn task_label(history: &History, task: TaskId) -> &str {
    history.names().label_of(task)
}

/// What an object's box says: its own name, or `id` and its number from 1, as in the lesson.
pub fn object_label(history: &History, object: ObjectId) -> String {
    match history.names().has_own_name(object) {
        true => history.names().object(object),
        false => format!("id{}", object.index() + 1),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
