//! A static graph has no program: its tasks in the order of submission, each as it stands.

use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use crate::view::panels::link;
use crate::view::panels::rows::Scroll;
use bevy_egui::egui;
use egui::{Rect, Ui, pos2, vec2};
use rayscope::base::TaskId;
use rayscope::base::id::Id;
use rayscope::chart::scene::mark;
use rayscope::replay::Entity;
use rayscope::state::Event;

/// What the list keeps from frame to frame.
#[derive(Default)]
pub struct TasksView {
    scroll: Scroll,
    shown: Option<TaskId>,
}

const ROW: f32 = 26.0;

/// The tasks.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut TasksView) {
    let history = &look.run.history;
    let (state, last) = (look.playback.state(), history.last_state());
    let now = look
        .playback
        .step()
        .checked_sub(1)
        .and_then(|index| task_of(&history.records().get(index)?.event));
    if now.is_some() && now != view.shown {
        view.shown = now;
        view.scroll.reveal(now.map_or(0, Id::index));
    }
    let theme = look.theme;
    view.scroll.rows(ui, ROW, last.tasks.len(), |ui, rect, index| {
        let task = TaskId::from_index(index);
        if now == Some(task) {
            ui.painter().rect_filled(rect, 3.0, mix(theme.paper, theme.accent, 0.14));
        }
        let badge =
            Rect::from_center_size(pos2(rect.left() + 14.0, rect.center().y), vec2(13.0, 13.0));
        paint::badge(ui.painter(), badge, mark::of_task(state, task), theme);
        let text = state.tasks.get(task).map_or("not submitted yet", |row| row.status.ray_name());
        let faint = color(theme.faint);
        let status = ui.painter().layout_no_wrap(text.to_owned(), paint::text(12.0), faint);
        let wide = rect.width() > 380.0;
        let end = if wide { rect.right() - status.size().x - 16.0 } else { rect.right() };
        let room =
            Rect::from_min_max(pos2(rect.left() + 30.0, rect.top()), pos2(end, rect.bottom()));
        let place = (ui.id().with(("task", index)), room);
        link::link_in(ui, look, asks, place, Entity::Task(task), &history.names().task(task));
        if wide {
            let at = pos2(end + 8.0, rect.center().y - status.size().y / 2.0);
            ui.painter().galley(at, status, faint);
        }
    });
}

/// The task that an event of its life is about.
fn task_of(event: &Event) -> Option<TaskId> {
    match event {
        Event::TaskSubmitted(spec) => Some(spec.id),
        Event::TaskReady { task, .. }
        | Event::TaskPlaced { task, .. }
        | Event::TaskStalled { task, .. }
        | Event::RoomFound { task }
        | Event::TaskStarted { task }
        | Event::TaskFinished { task }
        | Event::TaskFailed { task, .. }
        | Event::TaskReturned { task }
        | Event::TaskResubmitted { task, .. } => Some(*task),
        _ => None,
    }
}
