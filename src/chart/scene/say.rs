//! What is said in a picture: the sentence in a bubble that points at what it is about, an aside without a pointer.

use crate::base::NodeId;
use crate::chart::geometry::{Point, Rect};
use crate::chart::scene::moment::Moment;
use crate::chart::scene::stage::{Drawing, Stage};
use crate::chart::scene::{Bubble, BubbleKind, Key};
use crate::chart::story;
use crate::chart::text::{self, Face};
use crate::model::Caller;
use crate::replay::Beat;
use crate::state::Event;

const TEXT: f32 = 16.0;
const LINE: f32 = 1.3;
const PAD: f32 = 10.0;
/// A tail longer than this would only be in the way.
const FAR: f32 = 420.0;
/// Lines of a sentence in a picture; the caption below it has all of them.
const MOST_LINES: usize = 5;

/// The sentence and the aside of the moment.
pub(super) fn bubbles(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    if moment.beat.is_none() {
        return;
    }
    let caption = story::at(moment.history, moment.step, moment.stop);
    let (place, pointer) = place(stage, moment, drawing);
    let narrated = bubble(BubbleKind::Narrate, &caption.short, place, pointer);
    drawing.bubble(narrated);
    if let Some(aside) = caption.aside {
        // Where the sentence is not.
        let taken = place == stage.furniture.aside || moment.is_program_alone();
        let place = if taken { stage.furniture.beside } else { stage.furniture.aside };
        drawing.bubble(bubble(BubbleKind::Aside, &aside, place, None));
    }
}

/// A bubble as small as its text allows, within `place`; near the pointer if there is one.
fn bubble(kind: BubbleKind, said: &str, place: Rect, pointer: Option<Point>) -> Bubble {
    let room = (place.w - 2.0 * PAD).max(40.0);
    let mut lines = text::wrap(said, Face::Regular, TEXT, room);
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    let widest =
        lines.iter().map(|line| text::width(line, Face::Regular, TEXT)).fold(0.0, f32::max);
    let w = widest.min(room) + 2.0 * PAD;
    let h = lines.len() as f32 * TEXT * LINE + 2.0 * PAD;
    let x = match pointer {
        Some(point) => (point.x - w / 2.0).clamp(place.x, (place.right() - w).max(place.x)),
        None if kind == BubbleKind::Narrate && place.w > 600.0 => place.center().x - w / 2.0,
        None => place.x,
    };
    let above = pointer.is_some_and(|point| point.y >= place.bottom());
    let y = if above { place.bottom() - h - 6.0 } else { place.y };
    Bubble { kind, rect: Rect::new(x, y.max(4.0), w, h), pointer, lines, text_size: TEXT }
}

/// Where the sentence stands, and what it points at.
fn place(stage: &Stage, moment: &Moment, drawing: &Drawing) -> (Rect, Option<Point>) {
    let places = &stage.furniture;
    if moment.is_program_alone() {
        let w = places.size.w - 2.0 * places.graph.x;
        return (Rect::new(places.graph.x, 24.0, w, 80.0), None);
    }
    let graph_edge = Point::new(places.graph.right() - 30.0, places.beside.y + 40.0);
    match moment.beat {
        Some(Beat::Submitted) => {
            let to = moment.submitted().last().and_then(|task| drawing.rect(Key::Task(*task)));
            let to = to.map(|rect| Point::new(rect.center().x, rect.bottom()));
            let near = |point: &Point| point.distance(places.beside.center()) < FAR;
            (places.beside, to.filter(near))
        }
        Some(Beat::Cluster | Beat::IdsReturned) => (places.beside, Some(graph_edge)),
        Some(Beat::Returned | Beat::Turn(Caller::Driver)) => {
            (places.aside, Some(Point::new(places.code.center().x, places.code.y)))
        }
        Some(Beat::Placed | Beat::Reads(_) | Beat::Copies | Beat::Arrived | Beat::Finished) => {
            match about(moment, drawing).or_else(|| node_of(stage, moment)) {
                Some((node, target)) => over(stage, node, target),
                None => (places.beside, None),
            }
        }
        Some(Beat::Turn(_) | Beat::Told | Beat::Program) | None => (places.beside, None),
    }
}

/// Above a node, pointing down at a box in it.
fn over(stage: &Stage, node: NodeId, target: Rect) -> (Rect, Option<Point>) {
    let places = &stage.furniture;
    let band = places.nodes[node].above;
    // A sentence may be wider than a node.
    // It points at the upper edge of what it is about, or of the node where something stands before that.
    let w = band.w.max(360.0);
    let x = (band.center().x - w / 2.0).clamp(8.0, (places.size.w - w - 8.0).max(8.0));
    (
        Rect::new(x, band.y, w, band.h),
        Some(Point::new(target.center().x, places.nodes[node].frame.y + 30.0)),
    )
}

/// The box that the told records are about, with its node.
fn about(moment: &Moment, drawing: &Drawing) -> Option<(NodeId, Rect)> {
    let found = moment.told.iter().rev().find_map(|record| match &record.event {
        Event::TaskPlaced { task, .. } | Event::TaskStarted { task } => Some(Key::Task(*task)),
        Event::TaskFinished { task } => Some(Key::Task(*task)),
        Event::TransferStarted { object, to, .. } => Some(Key::Copy(*object, *to)),
        _ => None,
    });
    let key = match moment.beat {
        Some(Beat::Reads(task)) => Key::Task(task),
        _ => found?,
    };
    let node = match key {
        Key::Task(task) => moment.state.task_node(task)?,
        Key::Copy(_, node) => node,
        _ => return None,
    };
    Some((node, drawing.rect(key)?))
}

/// The node that the told records are about, where there are no tokens.
fn node_of(stage: &Stage, moment: &Moment) -> Option<(NodeId, Rect)> {
    let node = moment.told.iter().rev().find_map(|record| match &record.event {
        Event::TaskPlaced { task, .. }
        | Event::TaskStarted { task }
        | Event::TaskFinished { task } => moment.state.task_node(*task),
        Event::TransferStarted { to, .. } => Some(*to),
        Event::ObjectCreated { node, .. } => Some(*node),
        _ => None,
    })?;
    Some((node, stage.furniture.nodes.get(node)?.frame))
}
