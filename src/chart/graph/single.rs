//! The task graph box by box: a layer of tasks, a layer of their objects, and so on down.

use crate::base::id::Id;
use crate::base::{ObjectId, TaskId};
use crate::chart::functions::Functions;
use crate::chart::geometry::{Rect, Size};
use crate::chart::graph::layout::{Plan, arrange};
use crate::chart::graph::{
    EdgeKind, Graph, GraphBox, GraphEdge, OBJECT_TEXT, TASK_TEXT, object_label, task_label,
};
use crate::chart::scene::{Key, Role};
use crate::chart::text::{self, Face};
use crate::model::{Caller, TaskKind, TaskSpec};
use crate::replay::{Entity, History};
use crate::state::{Creator, State};

const TASK_HEIGHT: f32 = 36.0;
const OBJECT_SIDE: f32 = 46.0;
/// A wider label is cut.
const TASK_ROOM: f32 = 184.0;
const OBJECT_ROOM: f32 = 86.0;

const NO_BOX: u32 = u32::MAX;

/// What has a box. Tasks all have one; objects that nobody makes and nobody reads have none.
pub(super) struct Parts {
    /// The box of each object, or `NO_BOX`. Those of the tasks come first, by number.
    objects: Vec<u32>,
    /// The objects that have one, in the order of their boxes.
    shown: Vec<ObjectId>,
}

impl Parts {
    /// `None` if it were more than so many boxes or edges.
    pub fn of(history: &History, most_boxes: usize, most_edges: usize) -> Option<Parts> {
        let last = history.last_state();
        if last.tasks.len() + last.objects.len() > 4 * most_boxes || last.tasks.len() > most_boxes {
            return None;
        }
        let edges = last.tasks.iter().map(|row| row.spec.args.len() + row.spec.returns.len());
        if edges.fold(0, usize::saturating_add) > most_edges.max(16) {
            return None;
        }
        let mut wanted = vec![false; last.objects.len()];
        for (object, row) in last.objects.enumerate() {
            wanted[object.index()] = matches!(row.creator, Creator::Task(_));
        }
        let args = last.tasks.iter().flat_map(|row| row.spec.args.iter());
        args.for_each(|object| wanted[object.index()] = true);
        let mut parts = Parts { objects: vec![NO_BOX; wanted.len()], shown: Vec::new() };
        for object in (0..wanted.len()).filter(|object| wanted[*object]) {
            parts.objects[object] = (last.tasks.len() + parts.shown.len()) as u32;
            parts.shown.push(ObjectId::from_index(object));
        }
        (last.tasks.len() + parts.shown.len() <= most_boxes).then_some(parts)
    }
}

pub(super) fn draw(history: &History, functions: &Functions, parts: &Parts, aspect: f32) -> Graph {
    let last = history.last_state();
    let mut boxes: Vec<GraphBox> = Vec::with_capacity(last.tasks.len() + parts.shown.len());
    for task in (0..last.tasks.len()).map(TaskId::from_index) {
        let label = text::fit(task_label(history, task), Face::Mono, TASK_TEXT, TASK_ROOM);
        let width = text::width(&label, Face::Mono, TASK_TEXT) + 24.0;
        boxes.push(GraphBox {
            key: Key::GraphTask(task),
            role: Role::Task(functions.number(task)),
            rect: Rect::new(0.0, 0.0, width.max(56.0), TASK_HEIGHT),
            label,
            text_size: TASK_TEXT,
            about: Some(Entity::Task(task)),
        });
    }
    for object in &parts.shown {
        let label =
            text::fit(&object_label(history, *object), Face::Mono, OBJECT_TEXT, OBJECT_ROOM);
        let width = text::width(&label, Face::Mono, OBJECT_TEXT) + 12.0;
        boxes.push(GraphBox {
            key: Key::GraphObject(*object),
            role: Role::Object,
            rect: Rect::new(0.0, 0.0, width.max(OBJECT_SIDE), OBJECT_SIDE),
            label,
            text_size: OBJECT_TEXT,
            about: Some(Entity::Object(*object)),
        });
    }
    let mut edges = Vec::new();
    let ranks = connect(last, parts, &mut edges);
    place(boxes, edges, &layers(last, parts, &ranks), aspect)
}

/// Finds all edges, and the rank of each task: how many tasks come before it at least.
///
/// Whatever a task refers to was there before it, so going by number is going along the edges.
fn connect(last: &State, parts: &Parts, edges: &mut Vec<(EdgeKind, u32, u32)>) -> Vec<u32> {
    let mut ranks: Vec<u32> = Vec::with_capacity(last.tasks.len());
    for (task, row) in last.tasks.enumerate() {
        let (spec, own) = (&*row.spec, task.number());
        let mut rank = 0;
        let mut after = |before: TaskId| match ranks.get(before.index()) {
            Some(known) => {
                rank = rank.max(known + 1);
                true
            }
            None => false,
        };
        for (at, arg) in spec.args.iter().enumerate() {
            match last.objects[*arg].creator {
                Creator::Task(maker) | Creator::Put(Caller::Task(maker)) => after(maker),
                Creator::Put(Caller::Driver) | Creator::Group(_) | Creator::Input => true,
            };
            // An object that is given twice is one edge.
            if !spec.args[..at].contains(arg) {
                edges.push((EdgeKind::Data, parts.objects[arg.index()], own));
            }
        }
        for (kind, before) in
            [(EdgeKind::Submitted, owner(spec)), (EdgeKind::Actor, maker(last, spec))]
        {
            if let Some(before) = before
                && after(before)
            {
                edges.push((kind, before.number(), own));
            }
        }
        ranks.push(rank);
    }
    for (at, object) in parts.shown.iter().enumerate() {
        if let Creator::Task(task) | Creator::Put(Caller::Task(task)) =
            last.objects[*object].creator
        {
            edges.push((EdgeKind::Data, task.number(), (last.tasks.len() + at) as u32));
        }
    }
    ranks
}

/// The task that submitted it, if one did.
fn owner(spec: &TaskSpec) -> Option<TaskId> {
    match spec.owner {
        Caller::Driver => None,
        Caller::Task(task) => Some(task),
    }
}

/// The task that made the actor which it calls.
fn maker(last: &State, spec: &TaskSpec) -> Option<TaskId> {
    match spec.kind {
        TaskKind::Normal | TaskKind::ActorCreation(_) => None,
        TaskKind::ActorCall(actor) => last.actors.get(actor).map(|row| row.creation),
    }
}

/// Tasks in odd layers and objects in even ones. What no task made stands above its first reader.
fn layers(last: &State, parts: &Parts, ranks: &[u32]) -> Vec<u32> {
    let mut layers: Vec<u32> = ranks.iter().map(|rank| 2 * rank + 1).collect();
    let mut readers = vec![u32::MAX; last.objects.len()];
    for (row, rank) in last.tasks.iter().zip(ranks) {
        for arg in &row.spec.args {
            readers[arg.index()] = readers[arg.index()].min(2 * rank);
        }
    }
    layers.extend(parts.shown.iter().map(|object| match last.objects[*object].creator {
        Creator::Task(task) | Creator::Put(Caller::Task(task)) => {
            ranks.get(task.index()).map_or(0, |rank| 2 * rank + 2)
        }
        Creator::Put(Caller::Driver) | Creator::Group(_) | Creator::Input => {
            readers[object.index()]
        }
    }));
    layers
}

fn place(
    mut boxes: Vec<GraphBox>,
    edges: Vec<(EdgeKind, u32, u32)>,
    layers: &[u32],
    aspect: f32,
) -> Graph {
    let sizes: Vec<Size> =
        boxes.iter().map(|found| Size { w: found.rect.w, h: found.rect.h }).collect();
    let ends: Vec<(u32, u32)> = edges.iter().map(|(_, from, to)| (*from, *to)).collect();
    let places = arrange(&Plan { sizes: &sizes, layers, edges: &ends }, aspect);
    for (found, rect) in boxes.iter_mut().zip(places.rects) {
        found.rect = rect;
    }
    let edges = edges.into_iter().zip(places.routes);
    let edges = edges
        .map(|((kind, from, to), points)| GraphEdge { from, to, kind, points, count: 1 })
        .collect();
    Graph { boxes, edges, size: places.size, ..Graph::default() }
}
