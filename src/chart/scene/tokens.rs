//! Nodes with what is in them: tasks in workers and queues, objects in stores.

use crate::base::id::Id;
use crate::base::units::show_bytes;
use crate::base::{NodeId, ObjectId, TaskId, WorkerId};
use crate::chart::geometry::Rect;
use crate::chart::scene::furniture::Detail;
use crate::chart::scene::moment::Moment;
use crate::chart::scene::stage::{Drawing, Stage};
use crate::chart::scene::{Anchor, Figure, Key, Mark, Role, mark};
use crate::model::Caller;
use crate::replay::Entity;
use crate::state::TaskStatus;
use std::collections::{BTreeMap, BTreeSet};

/// Tokens in one picture before stores and queues are told in numbers.
pub const MOST_TOKENS: usize = 60;

/// What is in the nodes at a moment, in lists.
pub(super) struct Contents {
    /// Tasks at each node's scheduler, by id.
    pub(super) queues: BTreeMap<NodeId, Vec<TaskId>>,
    /// Objects in each node's store, by id.
    pub(super) stores: BTreeMap<NodeId, Vec<ObjectId>>,
    /// Tasks on workers.
    pub(super) running: Vec<(WorkerId, TaskId)>,
}

impl Contents {
    pub(super) fn of(moment: &Moment) -> Contents {
        let state = moment.state;
        let mut queues: BTreeMap<NodeId, Vec<TaskId>> = BTreeMap::new();
        for (number, row) in state.tasks.iter().enumerate() {
            let home = match row.status {
                TaskStatus::PendingNodeAssignment { home, .. } => home,
                TaskStatus::PendingArgsAvail => match row.spec.owner {
                    Caller::Driver => NodeId::new(0),
                    Caller::Task(task) => state.task_node(task).unwrap_or(NodeId::new(0)),
                },
                _ => continue,
            };
            queues.entry(home).or_default().push(TaskId::from_index(number));
        }
        // A task that is placed alone keeps its place as a ghost: its arrow begins there.
        if let [(task, home)] = moment.homes().as_slice() {
            let queue = queues.entry(*home).or_default();
            queue.insert(queue.partition_point(|other| other < task), *task);
        }
        let mut stores: BTreeMap<NodeId, Vec<ObjectId>> = BTreeMap::new();
        for (number, row) in state.objects.iter().enumerate() {
            for copy in &row.copies {
                stores.entry(copy.node).or_default().push(ObjectId::from_index(number));
            }
        }
        let done: BTreeSet<TaskId> = moment.finished().into_iter().collect();
        let on = state.workers.enumerate().filter_map(|(worker, row)| {
            let task = row.task?;
            let here = state.tasks.get(task)?.status.worker() == Some(worker);
            here.then_some((worker, task))
        });
        let mut running: Vec<(WorkerId, TaskId)> = on.collect();
        for task in &done {
            if let Some(TaskStatus::Finished { worker }) = state.tasks.get(*task).map(|t| t.status)
                && !running.iter().any(|(taken, _)| *taken == worker)
            {
                running.push((worker, *task));
            }
        }
        Contents { queues, stores, running }
    }

    /// How many tokens all of it takes.
    pub(super) fn count(&self) -> usize {
        let queued: usize = self.queues.values().map(Vec::len).sum();
        let stored: usize = self.stores.values().map(Vec::len).sum();
        queued + stored + self.running.len()
    }
}

/// Sizes of tokens at a level of detail: a task's width and height, an object's, and the text's size.
struct Tokens {
    task: (f32, f32),
    object: (f32, f32),
    text: f32,
    label: f32,
}

fn tokens_at(detail: Detail) -> Tokens {
    match detail {
        Detail::Roomy => {
            Tokens { task: (108.0, 26.0), object: (50.0, 30.0), text: 12.5, label: 14.0 }
        }
        Detail::Dense | Detail::Cells | Detail::Strips => {
            Tokens { task: (82.0, 20.0), object: (40.0, 21.0), text: 10.5, label: 11.5 }
        }
    }
}

/// The nodes' boxes.
pub(super) fn nodes(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    let places = &stage.furniture;
    let label = tokens_at(places.detail).label;
    let roomy = places.detail == Detail::Roomy;
    let mut requests: BTreeMap<NodeId, usize> = BTreeMap::new();
    for row in moment.state.leases.values() {
        *requests.entry(row.node).or_default() += 1;
    }
    for (node, place) in places.nodes.enumerate() {
        let row = moment.state.nodes.get(node);
        let state = match row {
            None => Mark::Absent,
            Some(row) if !row.alive => Mark::Gone,
            Some(_) => Mark::Plain,
        };
        let about = Some(Entity::Node(node));
        let mut add = |key, role, rect, label: String, anchor, mark, text_size| {
            let fresh = false;
            drawing.add(Figure { key, role, rect, label, text_size, anchor, mark, fresh, about });
        };
        let name = moment.names.node(node).into_owned();
        add(Key::Node(node), Role::Node, place.frame, name, Anchor::TopRight, state, label - 1.0);
        let used = row.map_or(0, |row| row.store_used);
        let store = match used {
            0 => "Object Store".to_owned(),
            _ => format!("Object Store  {}", show_bytes(used)),
        };
        add(Key::Store(node), Role::Store, place.store, store, Anchor::Top, state, label);
        let asked = requests.get(&node).copied().unwrap_or(0);
        let scheduler = scheduler_label(asked, row.map_or(0, |row| row.starting), roomy);
        add(
            Key::Scheduler(node),
            Role::Scheduler,
            place.scheduler,
            scheduler,
            Anchor::Top,
            state,
            label,
        );
    }
    workers(stage, moment, drawing, label);
}

/// With a control plane: the requests that the raylet has, and the processes that it starts.
fn scheduler_label(requests: usize, starting: u32, roomy: bool) -> String {
    let count = |count, noun: &str| match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    };
    let mut told = Vec::new();
    if requests > 0 {
        told.push(count(requests, "request"));
    }
    if starting > 0 {
        told.push(format!("{} starting", count(starting as usize, "worker")));
    }
    match roomy && !told.is_empty() {
        true => format!("Scheduler  {}", told.join(", ")),
        false => "Scheduler".to_owned(),
    }
}

/// From this width on a worker's box has room to say that it is on lease.
const LEASE_TOLD: f32 = 150.0;

fn workers(stage: &Stage, moment: &Moment, drawing: &mut Drawing, label: f32) {
    let places = &stage.furniture;
    let roomy = places.detail == Detail::Roomy;
    for (worker, rect) in places.workers.enumerate() {
        if let Some(row) = moment.state.workers.get(worker) {
            let leased = row.lease.is_some() && roomy && rect.w >= LEASE_TOLD;
            let mark = match mark::of_worker(moment.state, worker) {
                Mark::Gone => Mark::Gone,
                Mark::Idle => Mark::Idle,
                _ => Mark::Plain,
            };
            drawing.add(Figure {
                key: Key::Worker(worker),
                role: Role::Worker,
                rect: *rect,
                // A small box has room for its name or for a task.
                label: if leased {
                    "Worker, on lease".to_owned()
                } else if roomy || mark == Mark::Idle {
                    "Worker".to_owned()
                } else {
                    String::new()
                },
                text_size: label,
                anchor: Anchor::Top,
                mark,
                fresh: false,
                about: Some(Entity::Worker(worker)),
            });
        }
    }
}

/// The tokens in them.
pub(super) fn contents(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    let contents = Contents::of(moment);
    let many = contents.count() > MOST_TOKENS;
    let fresh: BTreeSet<TaskId> =
        moment.placed().into_iter().chain(moment.submitted()).chain(moment.finished()).collect();
    for node in stage.furniture.nodes.ids() {
        let queue = contents.queues.get(&node).map_or(&[][..], Vec::as_slice);
        queue_at(stage, moment, drawing, node, queue, many, &fresh);
    }
    for (node, objects) in &contents.stores {
        store_at(stage, moment, drawing, *node, objects, many);
    }
    for (worker, task) in &contents.running {
        let Some(slot) = stage.furniture.workers.get(*worker) else { continue };
        let Tokens { task: (_, h), text, .. } = tokens_at(stage.furniture.detail);
        let rect = Rect::new(slot.x + 5.0, slot.bottom() - h - 7.0, slot.w - 10.0, h);
        drawing.add(task_figure(stage, moment, *task, rect, text, fresh.contains(task)));
    }
    if many {
        let count = contents.count();
        drawing.note(format!(
            "{count} tokens are more than {MOST_TOKENS}: queues and stores are told in numbers"
        ));
    }
}

fn task_figure(
    stage: &Stage,
    moment: &Moment,
    task: TaskId,
    rect: Rect,
    text_size: f32,
    fresh: bool,
) -> Figure {
    Figure {
        key: Key::Task(task),
        role: Role::Task(stage.function_of(task)),
        rect,
        label: moment.names.task(task),
        text_size,
        anchor: Anchor::Middle,
        mark: mark::of_task(moment.state, task),
        fresh,
        about: Some(Entity::Task(task)),
    }
}

/// Places for tokens in rows in the lower part of a box, and how many there are.
fn grid(inside: Rect, (w, h): (f32, f32), top: f32) -> (usize, impl Fn(usize) -> Rect) {
    let gap = 5.0;
    let columns = (((inside.w - gap) / (w + gap)) as usize).max(1);
    let rows = (((inside.h - top) / (h + 4.0)) as usize).max(1);
    let spread = (inside.w - columns as f32 * w) / (columns as f32 + 1.0);
    let place = move |n: usize| {
        let (down, across) = (n / columns, n % columns);
        Rect::new(
            inside.x + spread + across as f32 * (w + spread),
            inside.y + top + down as f32 * (h + 4.0),
            w,
            h,
        )
    };
    (columns * rows, place)
}

/// How many of `count` things get a token where there is room for `room`; the last place is for the rest.
fn shown(count: usize, room: usize, many: bool) -> usize {
    match (many, count > room) {
        (true, _) => 0,
        (false, true) => room - 1,
        (false, false) => count,
    }
}

fn queue_at(
    stage: &Stage,
    moment: &Moment,
    drawing: &mut Drawing,
    node: NodeId,
    queue: &[TaskId],
    many: bool,
    fresh: &BTreeSet<TaskId>,
) {
    let sizes = tokens_at(stage.furniture.detail);
    let Some(place) = stage.furniture.nodes.get(node) else { return };
    let (room, at) = grid(place.scheduler, sizes.task, sizes.label + 11.0);
    let shown = shown(queue.len(), room, many);
    for (n, task) in queue[..shown].iter().enumerate() {
        let new = fresh.contains(task);
        let figure = task_figure(stage, moment, *task, at(n), sizes.text, new);
        drawing.add(match moment.state.task_node(*task) {
            None => figure,
            Some(_) => {
                Figure { key: Key::Ghost(*task), mark: Mark::Absent, fresh: false, ..figure }
            }
        });
    }
    if shown < queue.len() {
        let rest = match queue.len() - shown {
            1 => "+1 task".to_owned(),
            more => format!("+{more} tasks"),
        };
        drawing.add(count_figure(Key::Queue(node), at(shown), rest, sizes.text, node));
    }
}

fn store_at(
    stage: &Stage,
    moment: &Moment,
    drawing: &mut Drawing,
    node: NodeId,
    objects: &[ObjectId],
    many: bool,
) {
    let sizes = tokens_at(stage.furniture.detail);
    let Some(place) = stage.furniture.nodes.get(node) else { return };
    let (room, at) = grid(place.store, sizes.object, sizes.label + 12.0);
    let shown = shown(objects.len(), room, many);
    for (n, object) in objects[..shown].iter().enumerate() {
        let mark = mark::of_copy(moment.state, *object, node).unwrap_or(Mark::Plain);
        drawing.add(Figure {
            key: Key::Copy(*object, node),
            role: Role::Object,
            rect: at(n),
            label: moment.names.token(*object),
            text_size: sizes.text,
            anchor: Anchor::Middle,
            mark,
            fresh: false,
            about: Some(Entity::Object(*object)),
        });
    }
    if shown < objects.len() {
        let rest = format!("+{}", objects.len() - shown);
        drawing.add(count_figure(Key::Heap(node), at(shown), rest, sizes.text, node));
    }
}

fn count_figure(key: Key, rect: Rect, label: String, text_size: f32, node: NodeId) -> Figure {
    Figure {
        key,
        role: Role::Count,
        rect,
        label,
        text_size,
        anchor: Anchor::Middle,
        mark: Mark::Plain,
        fresh: false,
        about: Some(Entity::Node(node)),
    }
}
