//! What runs: the task graph, coloured by state, and the program's text around the driver's line.

use crate::base::ObjectId;
use crate::chart::geometry::Rect;
use crate::chart::scene::moment::Moment;
use crate::chart::scene::stage::{Drawing, Stage};
use crate::chart::scene::{Anchor, ArrowKind, Figure, Key, Mark, Role};
use crate::model::Caller;
use crate::replay::Beat;
use crate::state::{CallKind, CallResult, Event};
use crate::trace::Names;

/// A picture has room for so many boxes of the graph.
pub(super) const MOST_BOXES: usize = 40;
/// Text that would be smaller is left out.
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
    let fit = graph.fit(room, most);
    for (at, found) in graph.boxes.iter().enumerate() {
        let mark = match moment.is_program_alone() {
            true => Mark::Plain,
            false => graph.mark(at, moment.step, moment.state),
        };
        let text_size = found.text_size * fit.scale;
        let shown = text_size >= SMALLEST_TEXT;
        let fresh = match found.key {
            Key::GraphTask(task) => {
                moment.beat == Some(Beat::Submitted) && moment.submitted().contains(&task)
            }
            _ => false,
        };
        drawing.add(Figure {
            key: found.key,
            role: found.role,
            rect: fit.rect(found.rect),
            label: if shown { found.label.clone() } else { String::new() },
            text_size,
            anchor: Anchor::Middle,
            mark,
            fresh,
            about: found.about,
        });
    }
    for edge in &graph.edges {
        drawing.line(ArrowKind::Edge, edge.points.iter().map(|point| fit.point(*point)).collect());
    }
    if let Some(note) = &graph.note {
        drawing.note(note.clone());
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
    let line = moment.state.driver_line;
    let (first, last) = match line {
        0 => (1, 2 * LINES_AROUND + 1),
        line => (line.saturating_sub(LINES_AROUND).max(1), line.saturating_add(LINES_AROUND)),
    };
    let numbered = program.source.lines().zip(1u32..);
    let around = numbered.skip_while(|(_, n)| *n < first).take_while(|(_, n)| *n <= last);
    let around: Vec<(&str, u32)> = around.collect();
    // What all of them are indented by says nothing here.
    let indent = around.iter().filter(|(text, _)| !text.trim().is_empty());
    let indent = indent.map(|(text, _)| text.len() - text.trim_start().len()).min().unwrap_or(0);
    let shown = around.iter().map(|(text, n)| {
        let here = if *n == line { "▶" } else { " " };
        format!("{here} {}", text.get(indent..).unwrap_or(""))
    });
    shown.collect()
}

/// `ray.get(obj3) returns …`, or what the driver waits for.
fn call_line(moment: &Moment) -> Option<String> {
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
            CallResult::Raised(_) if call.kind == CallKind::Next => "is at the end".to_owned(),
            CallResult::Raised(_) => "raises an exception".to_owned(),
        };
        return Some(format!("  {}({})\n  {what}", call.kind.name(), list(&call.refs)));
    }
    let call = moment.state.calls.get(&Caller::Driver)?;
    Some(format!("  waits in {}({})", call.kind.name(), list(&call.refs)))
}
