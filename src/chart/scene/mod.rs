//! The cluster at one step as a picture in plain data: figures, arrows and bubbles with their places.
//!
//! A scene knows roles and marks, not colours; `chart::theme` has the colours for every back end. Figures
//! carry keys: the same key in two scenes is the same thing, so a back end can let it glide.

mod arrows;
mod cells;
pub mod furniture;
mod gcs;
pub mod mark;
mod moment;
mod program;
mod say;
mod stage;
mod tokens;

pub use stage::Stage;
pub use tokens::MOST_TOKENS;

use crate::base::{NodeId, ObjectId, TaskId, WorkerId};
use crate::chart::geometry::{Point, Rect, Size};
use crate::replay::Entity;

/// A picture of the cluster.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scene {
    /// Its size.
    pub size: Size,
    /// Boxes, in the order of drawing.
    pub figures: Vec<Figure>,
    /// Little squares without a label, drawn after the furniture and before the tokens: what is too much
    /// for figures of its own.
    pub cells: Vec<Cell>,
    /// Arrows, drawn above the figures.
    pub arrows: Vec<Arrow>,
    /// What is said, drawn last.
    pub bubbles: Vec<Bubble>,
    /// What is not shown one by one, and from which number on; empty if all is.
    pub notes: Vec<String>,
}

/// A box with a label.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// Which thing it is, from scene to scene.
    pub key: Key,
    /// What it is, which tells its colour.
    pub role: Role,
    /// Where it is.
    pub rect: Rect,
    /// What stands in it; empty for nothing.
    pub label: String,
    /// How large the label is.
    pub text_size: f32,
    /// Where the label stands in the box.
    pub anchor: Anchor,
    /// The state that its border and badge tell.
    pub mark: Mark,
    /// Whether it is new or changed in this step.
    pub fresh: bool,
    /// What a click selects.
    pub about: Option<Entity>,
}

/// What a figure is, from scene to scene.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Key {
    /// A node's frame.
    Node(NodeId),
    /// The slot of a worker.
    Worker(WorkerId),
    /// A node's object store.
    Store(NodeId),
    /// A node's scheduler.
    Scheduler(NodeId),
    /// A sheet of the Global Control Store, the lowest first.
    Sheet(u8),
    /// The driver's program, with the line at which it is.
    Code,
    /// A task in the task graph.
    GraphTask(TaskId),
    /// An object in the task graph.
    GraphObject(ObjectId),
    /// All tasks of a function in the task graph, when it is told by function.
    GraphFunction(u32),
    /// A row of the GCS's task table.
    GcsTask(TaskId),
    /// An entry of the GCS's object table.
    GcsObject(ObjectId),
    /// A task where it is now.
    Task(TaskId),
    /// Where a task came from in this step.
    Ghost(TaskId),
    /// A copy of an object.
    Copy(ObjectId, NodeId),
    /// The tasks queued at a scheduler that are not shown one by one.
    Queue(NodeId),
    /// The objects in a store that are not shown one by one.
    Heap(NodeId),
    /// The rows of the GCS that are not shown one by one.
    Rows,
    /// A link between the schedulers of a node and the next one.
    Wire(NodeId),
}

/// What a figure is. One colour each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// The frame of a node.
    Node,
    /// A worker.
    Worker,
    /// An object store.
    Store,
    /// A scheduler.
    Scheduler,
    /// The Global Control Store.
    Gcs,
    /// A task of the function with that number in the order of first submission.
    Task(u32),
    /// An object.
    Object,
    /// Program text.
    Code,
    /// A number that stands for many things.
    Count,
}

/// The state that a border and a badge tell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mark {
    /// Nothing to tell.
    Plain,
    /// Free.
    Idle,
    /// An argument does not exist yet: dotted.
    WaitsForArguments,
    /// Queued for a slot: dashed.
    WaitsForSlot,
    /// Has a worker, and arguments are being copied: hatched.
    Fetching,
    /// Has a worker, and the store has no room: hatched, with a bar.
    WaitsForStore,
    /// Its body runs: a solid border.
    Running,
    /// Blocked in `ray.get` or `ray.wait`; its CPU is lent to others: a pause sign.
    Blocked,
    /// Done: a tick.
    Done,
    /// Failed: a cross.
    Failed,
    /// Not there yet: an object that its task has not made, a node that has not joined.
    Absent,
    /// Gone: a node or a worker that died, an object that is lost or freed.
    Gone,
    /// The primary copy, which may not be evicted.
    Primary,
    /// A second copy.
    Secondary,
    /// A copy that is arriving.
    Arriving,
}

/// Where a label stands in its box.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// In the middle.
    Middle,
    /// At the top in the middle.
    Top,
    /// At the top right, small.
    TopRight,
    /// At the left, for lines of text; the label may have several lines.
    Left,
}

/// A little square of a crowd.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cell {
    /// Where.
    pub rect: Rect,
    /// What it is.
    pub role: Role,
    /// In which state.
    pub mark: Mark,
    /// How much of it is filled from below, from 0 to 1.
    pub filled: f32,
    /// What a click selects.
    pub about: Option<Entity>,
}

/// An arrow.
#[derive(Clone, PartialEq, Debug)]
pub struct Arrow {
    /// What it tells.
    pub kind: ArrowKind,
    /// From its tail to its head, with the corners between.
    pub points: Vec<Point>,
    /// Whether this step brought it.
    pub fresh: bool,
    /// The figure that travels along it in this step.
    pub carries: Option<Key>,
}

/// What an arrow tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ArrowKind {
    /// An edge of the task graph, or from a task to its object in the GCS.
    Edge,
    /// Nodes report to the GCS: dotted, furniture.
    Report,
    /// Schedulers talk to each other: thick and two-headed, furniture.
    Wire,
    /// A task is handed on: program to scheduler, scheduler to worker.
    Handoff,
    /// An object is read in place.
    Read,
    /// An object is written.
    Write,
    /// An object is copied from store to store.
    Copy,
    /// A value goes back to the program.
    Value,
}

/// Something said.
#[derive(Clone, PartialEq, Debug)]
pub struct Bubble {
    /// How it is said.
    pub kind: BubbleKind,
    /// Where.
    pub rect: Rect,
    /// What it points at.
    pub pointer: Option<Point>,
    /// Its text, a line each.
    pub lines: Vec<String>,
    /// How large the text is.
    pub text_size: f32,
}

/// How something is said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BubbleKind {
    /// What happens, with a pointer.
    Narrate,
    /// An aside, without a pointer.
    Aside,
}

#[cfg(test)]
mod tests;
