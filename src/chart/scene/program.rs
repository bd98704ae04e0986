//! What runs: the task graph, coloured by state, and the program's text around the driver's line.

use crate::base::ObjectId;
use crate::chart::geometry::{Point, Rect, Size};
use crate::chart::scene::moment::Moment;
use crate::chart::scene::stage::{Drawing, Stage};
use crate::chart::scene::{Anchor, Arrow, ArrowKind, Figure, Key, Mark, Role, mark};
use crate::model::Caller;
use crate::replay::{Beat, Entity};
use crate::state::{CallKind, CallResult, Event};
use crate::trace::Names;

/// A picture has room for so many boxes of the graph.
pub(super) const MOST_BOXES: usize = 60;
/// Text of the graph is never larger than this, and where it would be smaller than that it is left out.
const LARGEST_TEXT: f32 = 18.0;
const SMALLEST_TEXT: f32 = 5.5;
/// Lines of the program before and after the driver's.
const LINES_AROUND: u32 = 2;

/// The graph large, and nothing else: the first picture.
pub(super) fn graph_alone(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    let size = stage.furniture.size;
    let room = Rect::new(60.0, 110.0, size.w - 120.0, size.h - 140.0);
    draw(stage, moment, drawing, room, 1.6);
}

/// The graph in its place.
pub(super) fn graph(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    draw(stage, moment, drawing, stage.furniture.graph, 1.0);
}

fn draw(stage: &Stage, moment: &Moment, drawing: &mut Drawing, room: Rect, most: f32) {
    let graph = &stage.graph;
    if graph.boxes.len() > MOST_BOXES {
        let count = graph.boxes.len();
        drawing.note(format!("the task graph has {count} boxes: it has a panel of its own"));
        return;
    }
    let fit = Fit::new(graph.size, room, most);
    for found in &graph.boxes {
        drawing.add(figure(stage, moment, found.key, fit.rect(found.rect), &found.label, &fit));
    }
    for edge in &graph.edges {
        let points: Vec<Point> = edge.points.iter().map(|point| fit.point(*point)).collect();
        let fresh = false;
        drawing.arrow(Arrow { kind: ArrowKind::Edge, points, fresh, carries: None });
    }
}

fn figure(stage: &Stage, moment: &Moment, key: Key, rect: Rect, label: &str, fit: &Fit) -> Figure {
    let alone = moment.is_program_alone();
    let (role, mark, about) = match key {
        Key::GraphTask(task) => {
            let mark = if alone { Mark::Plain } else { mark::of_task(moment.state, task) };
            (Role::Task(stage.function_of(task)), mark, Some(Entity::Task(task)))
        }
        Key::GraphObject(object) => {
            let mark = if alone { Mark::Plain } else { mark::of_object(moment.state, object) };
            (Role::Object, mark, Some(Entity::Object(object)))
        }
        Key::GraphFunction(number) => (Role::Task(number), Mark::Plain, None),
        _ => (Role::Count, Mark::Plain, None),
    };
    let text_size = (13.0 * fit.scale).min(LARGEST_TEXT * fit.scale.max(1.0));
    let label = if text_size < SMALLEST_TEXT { String::new() } else { label.to_owned() };
    let fresh = matches!((moment.beat, key), (Some(Beat::Submitted), Key::GraphTask(task)) if moment.submitted().contains(&task));
    Figure { key, role, rect, label, text_size, anchor: Anchor::Middle, mark, fresh, about }
}

/// The graph's own plane within a room of the picture.
struct Fit {
    scale: f32,
    offset: Point,
}

impl Fit {
    fn new(size: Size, room: Rect, most: f32) -> Fit {
        let scale = (room.w / size.w.max(1.0)).min(room.h / size.h.max(1.0)).min(most);
        let offset = Point::new(
            room.x + (room.w - size.w * scale) / 2.0,
            room.y + (room.h - size.h * scale) / 2.0,
        );
        Fit { scale, offset }
    }

    fn point(&self, point: Point) -> Point {
        Point::new(self.offset.x + point.x * self.scale, self.offset.y + point.y * self.scale)
    }

    fn rect(&self, rect: Rect) -> Rect {
        let corner = self.point(Point::new(rect.x, rect.y));
        Rect::new(corner.x, corner.y, rect.w * self.scale, rect.h * self.scale)
    }
}

/// The program at the driver's line, and what its call says.
pub(super) fn code(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    let mut lines = source_lines(moment);
    if let Some(said) = call_line(moment) {
        lines.push(String::new());
        lines.push(said);
    }
    drawing.add(Figure {
        key: Key::Code,
        role: Role::Code,
        rect: stage.furniture.code,
        label: lines.join("\n"),
        text_size: 13.0,
        anchor: Anchor::Left,
        mark: Mark::Plain,
        fresh: moment.beat == Some(Beat::Returned),
        about: None,
    });
}

fn source_lines(moment: &Moment) -> Vec<String> {
    let Some(program) = &moment.history.trace().header.program else {
        return vec!["the driver submits the tasks in order".to_owned()];
    };
    let line = moment.state.driver_line.max(1);
    let (first, last) = (line.saturating_sub(LINES_AROUND).max(1), line + LINES_AROUND);
    let numbered = program.source.lines().zip(1u32..);
    let around = numbered.skip_while(|(_, n)| *n < first).take_while(|(_, n)| *n <= last);
    around
        .map(|(text, n)| {
            let here = if n == line && moment.state.driver_line > 0 { "▶" } else { " " };
            format!("{here} {text}")
        })
        .collect()
}

/// `ray.get(obj3) returns …`, or what the driver waits for.
fn call_line(moment: &Moment) -> Option<String> {
    let name = |kind| match kind {
        CallKind::Get => "ray.get",
        CallKind::Wait { .. } => "ray.wait",
    };
    let list = |refs: &[ObjectId]| Names::list(3, refs.len(), |n| moment.names.id_token(refs[n]));
    let returned = moment.told.iter().find_map(|record| match &record.event {
        Event::CallReturned { caller: Caller::Driver, result } => Some(result.clone()),
        _ => None,
    });
    if let Some(result) = returned {
        let before = moment.history.state_at(moment.from);
        let call = before.calls.get(&Caller::Driver)?.clone();
        let values =
            |refs: &[ObjectId]| Names::list(3, refs.len(), |n| moment.names.token(refs[n]));
        let what = match &*result {
            CallResult::Got => format!("returns {}", values(&call.refs)),
            CallResult::Waited(ready) => {
                format!(
                    "returns {} ready, {} remaining",
                    ready.len(),
                    call.refs.len() - ready.len()
                )
            }
            CallResult::Raised(_) => "raises an exception".to_owned(),
        };
        return Some(format!("  {}({})\n  {what}", name(call.kind), list(&call.refs)));
    }
    let call = moment.state.calls.get(&Caller::Driver)?;
    Some(format!("  waits in {}({})", name(call.kind), list(&call.refs)))
}
