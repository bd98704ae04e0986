//! Where everything that never moves stands: nodes with workers, store and scheduler, the Global Control Store,
//! the task graph's place, the program's, and room for what is said. Computed once a run.

use crate::base::{IdVec, NodeId, WorkerId};
use crate::chart::geometry::{Rect, Size};
use crate::replay::History;
use crate::state::State;

/// How much of the cluster is drawn one by one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Detail {
    /// Workers, stores and schedulers with tokens in them, in large boxes.
    Roomy,
    /// The same in small boxes.
    Dense,
    /// A tile a node, a cell a worker.
    Cells,
    /// A cell a node.
    Strips,
}

/// Up to so many nodes are drawn with tokens.
pub const MOST_NODES: usize = 8;
/// Up to so many workers of a node are drawn with tokens.
pub const MOST_WORKERS: usize = 8;
/// More cells than these say less, and cost more, than one cell a node.
const MOST_CELLS: usize = 20_000;

/// A node's parts.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeBox {
    /// All of it.
    pub frame: Rect,
    /// Its object store.
    pub store: Rect,
    /// Its scheduler.
    pub scheduler: Rect,
    /// The band above it, where things are said about it.
    pub above: Rect,
}

/// The places of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Furniture {
    /// The picture's size.
    pub size: Size,
    /// How much is drawn one by one.
    pub detail: Detail,
    /// Each node that there ever is.
    pub nodes: IdVec<NodeId, NodeBox>,
    /// Each worker that there ever is.
    pub workers: IdVec<WorkerId, Rect>,
    /// The topmost sheet of the GCS.
    pub gcs: Rect,
    /// The task graph's place.
    pub graph: Rect,
    /// The program's place.
    pub code: Rect,
    /// Where the general is said: beside the graph.
    pub beside: Rect,
    /// Where asides are said.
    pub aside: Rect,
}

/// Sizes of the boxes at one level of detail.
struct Measures {
    width: f32,
    gap: f32,
    worker: f32,
    store: f32,
    scheduler: f32,
    above: f32,
    columns: usize,
}

const ROOMY: Measures = Measures {
    width: 376.0,
    gap: 48.0,
    worker: 78.0,
    store: 92.0,
    scheduler: 62.0,
    above: 84.0,
    columns: 3,
};
const DENSE: Measures = Measures {
    width: 292.0,
    gap: 34.0,
    worker: 44.0,
    store: 62.0,
    scheduler: 52.0,
    above: 64.0,
    columns: 4,
};
const MARGIN: f32 = 26.0;
const PAD: f32 = 12.0;
const HEADER: f32 = 24.0;
const SPACE: f32 = 8.0;

impl Furniture {
    /// The places for everything that the run ever has: nodes that join later and workers that start later too.
    pub fn of(history: &History) -> Furniture {
        let last = history.last_state();
        let most = last.nodes.iter().map(|node| node.workers as usize).max().unwrap_or(0);
        match (last.nodes.len(), most) {
            (nodes, workers) if nodes <= 3 && workers <= 4 => furnish(last, &ROOMY, Detail::Roomy),
            (nodes, workers) if nodes <= MOST_NODES && workers <= MOST_WORKERS => {
                furnish(last, &DENSE, Detail::Dense)
            }
            _ => tile(last),
        }
    }
}

fn furnish(last: &State, measures: &Measures, detail: Detail) -> Furniture {
    let count = last.nodes.len().max(1);
    let columns = if count <= measures.columns { count } else { count.div_ceil(2).min(4) };
    let most = last.nodes.iter().map(|node| node.workers as usize).max().unwrap_or(1).max(1);
    let worker_columns = if most <= 4 { most } else { most.div_ceil(2) };
    let worker_rows = most.div_ceil(worker_columns);
    let height = HEADER
        + worker_rows as f32 * (measures.worker + SPACE)
        + measures.store
        + SPACE
        + measures.scheduler
        + PAD;
    // A narrow cluster stands in the middle of a picture that is wide enough for the lower band.
    let nodes_width = columns as f32 * (measures.width + measures.gap) - measures.gap;
    let width = (nodes_width + 2.0 * MARGIN).max(1_280.0);
    let left = (width - nodes_width) / 2.0;

    let mut nodes = IdVec::new();
    for number in 0..last.nodes.len() {
        let (row, column) = (number / columns, number % columns);
        let x = left + column as f32 * (measures.width + measures.gap);
        let y = MARGIN / 2.0 + measures.above + row as f32 * (measures.above + height + SPACE);
        nodes.push(node_box(Rect::new(x, y, measures.width, height), measures));
    }
    let workers = workers_of(last, &nodes, measures, worker_columns);
    let rows = count.div_ceil(columns) as f32;
    let below = MARGIN / 2.0 + rows * (measures.above + height + SPACE) + 30.0;
    lower_band(width, below, detail, nodes, workers)
}

fn node_box(frame: Rect, measures: &Measures) -> NodeBox {
    let (x, w) = (frame.x + PAD, frame.w - 2.0 * PAD);
    let scheduler = Rect::new(x, frame.bottom() - PAD - measures.scheduler, w, measures.scheduler);
    let store = Rect::new(x, scheduler.y - SPACE - measures.store, w, measures.store);
    let above = Rect::new(frame.x, frame.y - measures.above, frame.w, measures.above);
    NodeBox { frame, store, scheduler, above }
}

fn workers_of(
    last: &State,
    nodes: &IdVec<NodeId, NodeBox>,
    measures: &Measures,
    columns: usize,
) -> IdVec<WorkerId, Rect> {
    let mut workers = IdVec::new();
    for row in last.workers.iter() {
        let frame = nodes[row.node].frame;
        let inner = frame.w - 2.0 * PAD;
        let w = (inner - (columns as f32 - 1.0) * SPACE) / columns as f32;
        let (down, across) = (row.number as usize / columns, row.number as usize % columns);
        workers.push(Rect::new(
            frame.x + PAD + across as f32 * (w + SPACE),
            frame.y + HEADER + down as f32 * (measures.worker + SPACE),
            w,
            measures.worker,
        ));
    }
    workers
}

/// The graph, the GCS and the program below the nodes.
fn lower_band(
    width: f32,
    y: f32,
    detail: Detail,
    nodes: IdVec<NodeId, NodeBox>,
    workers: IdVec<WorkerId, Rect>,
) -> Furniture {
    let height = 306.0;
    let graph = Rect::new(MARGIN, y, 304.0, height);
    let beside = Rect::new(graph.right() + 8.0, y + 12.0, 174.0, height - 60.0);
    let gcs = Rect::new(
        ((width - 340.0) / 2.0).max(beside.right() + 30.0),
        y + 32.0,
        340.0,
        height - 62.0,
    );
    let code = Rect::new(width - MARGIN - 318.0, y + 96.0, 318.0, height - 126.0);
    let aside = Rect::new(code.x, y + 4.0, code.w, 78.0);
    let size = Size { w: width, h: y + height + 14.0 };
    Furniture { size, detail, nodes, workers, gcs, graph, code, beside, aside }
}

/// Nodes as tiles in a field, for clusters that are too large for tokens.
fn tile(last: &State) -> Furniture {
    let count = last.nodes.len().max(1);
    let field = Rect::new(MARGIN, 92.0, 1_280.0 - 2.0 * MARGIN, 430.0);
    let cells = last.workers.len();
    let columns = ((count as f32 * field.w / field.h).sqrt().ceil() as usize).clamp(1, count);
    let rows = count.div_ceil(columns);
    let (w, h) = (field.w / columns as f32, field.h / rows as f32);
    let gap = (w.min(h) * 0.12).min(10.0);
    let detail = match cells > MOST_CELLS || w.min(h) < 9.0 {
        true => Detail::Strips,
        false => Detail::Cells,
    };
    let mut nodes = IdVec::new();
    for number in 0..last.nodes.len() {
        let (row, column) = (number / columns, number % columns);
        let frame = Rect::new(
            field.x + column as f32 * w,
            field.y + row as f32 * h,
            (w - gap).max(1.0),
            (h - gap).max(1.0),
        );
        let bar = (frame.h * 0.16).min(18.0);
        let line =
            |up: f32| Rect::new(frame.x, frame.bottom() - up * bar, frame.w, bar).shrink(0.4);
        let above = Rect::new(frame.x, frame.y - 78.0, frame.w, 78.0);
        nodes.push(NodeBox { frame, store: line(2.0), scheduler: line(1.0), above });
    }
    let workers = match detail {
        Detail::Strips => IdVec::new(),
        Detail::Roomy | Detail::Dense | Detail::Cells => cells_of(last, &nodes),
    };
    lower_band(1_280.0, field.bottom() + 30.0, detail, nodes, workers)
}

fn cells_of(last: &State, nodes: &IdVec<NodeId, NodeBox>) -> IdVec<WorkerId, Rect> {
    let mut workers = IdVec::new();
    for row in last.workers.iter() {
        let (place, count) = (&nodes[row.node], last.nodes[row.node].workers.max(1) as usize);
        let header = if place.frame.h > 60.0 { 16.0 } else { 0.0 };
        let w = place.frame.w;
        let h = (place.store.y - place.frame.y - header).max(1.0);
        let columns = ((count as f32 * w / h).sqrt().ceil() as usize).clamp(1, count);
        let (cw, ch) = (w / columns as f32, h / count.div_ceil(columns) as f32);
        let (down, across) = (row.number as usize / columns, row.number as usize % columns);
        let gap = (cw.min(ch) * 0.1).min(2.0);
        workers.push(Rect::new(
            place.frame.x + across as f32 * cw + gap,
            place.frame.y + header + down as f32 * ch + gap,
            (cw - 2.0 * gap).max(0.5),
            (ch - 2.0 * gap).max(0.5),
        ));
    }
    workers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::fixture::Run;

    fn furniture(nodes: usize, cpus: u64) -> Furniture {
        Furniture::of(&History::new(Run::new(nodes, cpus).trace()))
    }

    #[test]
    fn nothing_stands_on_anything_else() {
        for (nodes, cpus) in [(1, 1), (3, 2), (3, 4), (5, 3), (8, 8)] {
            let places = furniture(nodes, cpus);
            let mut all: Vec<Rect> = places.workers.iter().copied().collect();
            all.extend(places.nodes.iter().flat_map(|node| [node.store, node.scheduler]));
            all.extend([places.gcs, places.graph, places.code, places.aside, places.beside]);
            for (n, one) in all.iter().enumerate() {
                assert!(one.x >= 0.0 && one.right() <= places.size.w, "{nodes}x{cpus} {one:?}");
                assert!(one.y >= 0.0 && one.bottom() <= places.size.h, "{nodes}x{cpus} {one:?}");
                for other in &all[n + 1..] {
                    let apart = one.right() <= other.x + 0.01
                        || other.right() <= one.x + 0.01
                        || one.bottom() <= other.y + 0.01
                        || other.bottom() <= one.y + 0.01;
                    assert!(apart, "{nodes}x{cpus}: {one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn large_clusters_are_told_in_cells_and_larger_ones_in_strips() {
        let detail = |nodes, cpus| furniture(nodes, cpus).detail;
        assert_eq!(detail(3, 2), Detail::Roomy);
        assert_eq!(detail(8, 8), Detail::Dense);
        assert_eq!(detail(9, 2), Detail::Cells);
        assert_eq!(detail(1_000, 16), Detail::Cells);
        assert_eq!(detail(5_000, 16), Detail::Strips);
        assert_eq!(detail(2, 200), Detail::Cells);
    }
}
