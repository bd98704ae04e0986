//! The Global Control Store: three sheets, and on the topmost what its tables say.

use crate::base::id::Id;
use crate::base::{ObjectId, TaskId};
use crate::chart::geometry::Rect;
use crate::chart::scene::moment::Moment;
use crate::chart::scene::stage::{Drawing, Stage};
use crate::chart::scene::{Anchor, ArrowKind, Figure, Key, Mark, Role, mark};
use crate::replay::{Beat, Entity};
use crate::state::{ObjectStatus, TaskStatus};

/// So many tasks have rows of their own.
const MOST_ROWS: usize = 6;
const IN_A_LINE: usize = 3;

/// The sheets with their rows.
pub(super) fn sheets(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    let top = stage.furniture.gcs;
    for sheet in 0..3u8 {
        let back = f32::from(2 - sheet) * 10.0;
        let is_top = sheet == 2;
        drawing.add(Figure {
            key: Key::Sheet(sheet),
            role: Role::Gcs,
            rect: Rect::new(top.x - back, top.y - back, top.w, top.h),
            label: if is_top { "Global Control Store".to_owned() } else { String::new() },
            text_size: 15.0,
            anchor: Anchor::Top,
            mark: Mark::Plain,
            fresh: false,
            about: None,
        });
    }
    let known = match moment.beat {
        // The tables are told in the next picture.
        Some(Beat::Submitted) => moment.submitted().first().map_or(0, |first| first.index()),
        _ => moment.state.tasks.len(),
    };
    if moment.history.last_state().tasks.len() <= MOST_ROWS {
        (0..known).for_each(|n| row(stage, moment, drawing, TaskId::from_index(n)));
    } else {
        numbers(stage, moment, drawing, known);
    }
}

/// A task and its first result.
fn row(stage: &Stage, moment: &Moment, drawing: &mut Drawing, task: TaskId) {
    let Some(row) = moment.state.tasks.get(task) else { return };
    let top = stage.furniture.gcs;
    let rows = moment.history.last_state().tasks.len().div_ceil(IN_A_LINE).max(1);
    let (down, across) = (task.index() / IN_A_LINE, task.index() % IN_A_LINE);
    let (w, h) = (top.w / IN_A_LINE as f32, (top.h - 44.0) / rows as f32);
    let (x, y) = (top.x + across as f32 * w, top.y + 40.0 + down as f32 * h);
    let high = if rows == 1 { 28.0 } else { 22.0 };
    let side = (h - high - 34.0).clamp(18.0, 44.0);
    let top = y + ((h - high - 22.0 - side) / 2.0 - 6.0).max(2.0);
    let task_rect = Rect::new(x + 4.0, top, w - 8.0, high);
    let fresh = moment.beat == Some(Beat::IdsReturned) && moment.submitted().contains(&task);
    drawing.add(Figure {
        key: Key::GcsTask(task),
        role: Role::Task(stage.function_of(task)),
        rect: task_rect,
        label: moment.names.task(task),
        text_size: 11.5,
        anchor: Anchor::Middle,
        mark: mark::of_task(moment.state, task),
        fresh,
        about: Some(Entity::Task(task)),
    });
    let Some(object) = row.spec.return_ids().next() else { return };
    let center = task_rect.center().x;
    let rect = Rect::new(center - 23.0, task_rect.bottom() + 22.0, 46.0, side);
    drawing.add(object_figure(moment, object, rect, fresh));
    drawing.join(ArrowKind::Edge, task_rect, rect, None);
}

fn object_figure(moment: &Moment, object: ObjectId, rect: Rect, fresh: bool) -> Figure {
    Figure {
        key: Key::GcsObject(object),
        role: Role::Object,
        rect,
        label: moment.names.id_token(object),
        text_size: 11.5,
        anchor: Anchor::Middle,
        mark: mark::of_object(moment.state, object),
        fresh,
        about: Some(Entity::Object(object)),
    }
}

/// What the tables hold, counted.
fn numbers(stage: &Stage, moment: &Moment, drawing: &mut Drawing, known: usize) {
    let (state, top) = (moment.state, stage.furniture.gcs);
    let mut counts = [0usize; 6];
    for row in state.tasks.iter().take(known) {
        let at = match row.status {
            TaskStatus::PendingArgsAvail => 0,
            TaskStatus::PendingNodeAssignment { .. } => 1,
            TaskStatus::PendingArgsFetch { .. } | TaskStatus::PendingObjStoreMemAvail { .. } => 2,
            TaskStatus::Running { .. }
            | TaskStatus::RunningInRayGet { .. }
            | TaskStatus::RunningInRayWait { .. } => 3,
            TaskStatus::Finished { .. } => 4,
            TaskStatus::Failed { .. } => 5,
        };
        counts[at] += 1;
    }
    let ready = state.objects.iter().filter(|row| row.status == ObjectStatus::Ready).count();
    let copies: usize = state.objects.iter().map(|row| row.copies.len()).sum();
    let (turn, way) = match moment.names.has_control_plane() {
        true => ("wait for a lease", "are on their way"),
        false => ("wait for a slot", "fetch arguments"),
    };
    let words = ["wait for arguments", turn, way, "run", "finished", "failed"];
    let mut lines = vec![format!("{known} tasks")];
    let told = counts.iter().zip(words).filter(|(count, _)| **count > 0);
    lines.extend(told.map(|(count, word)| format!("   {count} {word}")));
    lines.push(format!("{ready} objects in {copies} copies"));
    drawing.add(Figure {
        key: Key::Rows,
        role: Role::Gcs,
        rect: Rect::new(top.x + 14.0, top.y + 36.0, top.w - 28.0, top.h - 46.0),
        label: lines.join("\n"),
        text_size: 14.0,
        anchor: Anchor::Left,
        mark: Mark::Plain,
        fresh: false,
        about: None,
    });
}
