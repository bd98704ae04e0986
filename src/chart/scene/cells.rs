//! Large clusters: a tile a node and a cell a worker, or a cell a node that fills as its CPUs are used.

use crate::base::id::Id;
use crate::base::{Amount, NodeId};
use crate::chart::geometry::Rect;
use crate::chart::scene::furniture::Detail;
use crate::chart::scene::moment::Moment;
use crate::chart::scene::stage::{Drawing, Stage};
use crate::chart::scene::{Anchor, Cell, Figure, Key, Mark, Role, mark};
use crate::model::cluster::CPU;
use crate::replay::Entity;
use crate::state::TaskStatus;

/// Tiles at least this wide have a name.
const NAMED: f32 = 54.0;

/// All nodes.
pub(super) fn nodes(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    let places = &stage.furniture;
    let queued = queued(moment, places.nodes.len());
    for (node, place) in places.nodes.enumerate() {
        let row = moment.state.nodes.get(node);
        let mark = match row {
            None => Mark::Absent,
            Some(row) if !row.alive => Mark::Gone,
            Some(_) => Mark::Plain,
        };
        let about = Some(Entity::Node(node));
        if places.detail == Detail::Strips {
            let (rect, filled) = (place.frame, used(moment, node));
            drawing.cell(Cell { rect, role: Role::Worker, mark, filled, about });
            continue;
        }
        let named = place.frame.w >= NAMED && place.frame.h > 60.0;
        drawing.add(Figure {
            key: Key::Node(node),
            role: Role::Node,
            rect: place.frame,
            label: if named { moment.names.node(node).into_owned() } else { String::new() },
            text_size: 10.0,
            anchor: Anchor::TopRight,
            mark,
            fresh: false,
            about,
        });
        let share =
            queued[node.index()] as f32 / queued.iter().copied().max().unwrap_or(1).max(1) as f32;
        bars(drawing, moment, node, (place.store, place.scheduler), share);
    }
    if places.detail == Detail::Cells {
        workers(stage, moment, drawing);
    }
    drawing.note(note(stage, moment));
}

fn note(stage: &Stage, moment: &Moment) -> String {
    let (nodes, workers) = (moment.state.nodes.len(), moment.state.workers.len());
    let what = match stage.furniture.detail {
        Detail::Strips => "a cell is a node, filled as its CPUs are used",
        Detail::Cells | Detail::Dense | Detail::Roomy => {
            "a tile is a node, a cell a worker; below them its store and its queue"
        }
    };
    format!("{nodes} nodes and {workers} workers are too many for tokens: {what}")
}

/// Tasks that wait at each node's scheduler.
fn queued(moment: &Moment, nodes: usize) -> Vec<u32> {
    let mut counts = vec![0u32; nodes];
    for row in moment.state.tasks.iter() {
        if let TaskStatus::PendingNodeAssignment { home, .. } = row.status
            && let Some(count) = counts.get_mut(home.index())
        {
            *count += 1;
        }
    }
    counts
}

/// The share of a node's CPUs that is in use.
fn used(moment: &Moment, node: NodeId) -> f32 {
    let ledger = &moment.state.ledger;
    if moment.state.nodes.get(node).is_none() {
        return 0.0;
    }
    let total = ledger.total(node, CPU);
    let free = ledger.free(node, CPU);
    match total == Amount::ZERO {
        true => 0.0,
        false => (1.0 - free.as_f64() / total.as_f64()).clamp(0.0, 1.0) as f32,
    }
}

/// How full the store is, and how long the queue, as bars.
fn bars(
    drawing: &mut Drawing,
    moment: &Moment,
    node: NodeId,
    (store, queue): (Rect, Rect),
    share: f32,
) {
    let about = Some(Entity::Node(node));
    let mut bar = |rect: Rect, share: f32, role| {
        let rect = Rect::new(rect.x, rect.y, rect.w * share.clamp(0.0, 1.0), rect.h);
        if rect.w >= 0.5 {
            drawing.cell(Cell { rect, role, mark: Mark::Plain, filled: 1.0, about });
        }
    };
    if let Some(row) = moment.state.nodes.get(node) {
        let full = match row.store_capacity {
            Some(most) if most > 0 => row.store_used as f32 / most as f32,
            _ if row.store_used > 0 => 0.05,
            _ => 0.0,
        };
        bar(store, full, Role::Store);
    }
    bar(queue, share, Role::Scheduler);
}

fn workers(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    for (worker, rect) in stage.furniture.workers.enumerate() {
        let Some(row) = moment.state.workers.get(worker) else { continue };
        let mark = mark::of_worker(moment.state, worker);
        let role = match (mark, row.task) {
            (Mark::Idle | Mark::Gone, _) | (_, None) => Role::Worker,
            (_, Some(task)) => Role::Task(stage.function_of(task)),
        };
        let about = Some(match (mark, row.task) {
            (Mark::Idle | Mark::Gone, _) | (_, None) => Entity::Worker(worker),
            (_, Some(task)) => Entity::Task(task),
        });
        let filled = if mark == Mark::Idle { 0.0 } else { 1.0 };
        drawing.cell(Cell { rect: *rect, role, mark, filled, about });
    }
}
