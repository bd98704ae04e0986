//! The task graph, coloured by what is true at the cursor. The wheel zooms, dragging moves, a double click shows all.
//!
//! Of a selection, what it depends on and what depends on it stand out; everything else steps back.

mod draw;
#[cfg(test)]
mod graph_tests;

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::panels::graph::draw::Canvas;
use crate::view::panels::numbers::grouped;
use crate::view::scene::hints::hint;
use crate::view::scene::view::View;
use bevy_egui::egui;
use egui::{Pos2, Response, Sense, Ui};
use rayscope::chart::graph::{Graph, Kin};
use rayscope::chart::scene::Key;
use rayscope::replay::Entity;
use rayscope::state::Creator;

/// A box is drawn so many times as large as it is laid out, at most, before anybody zooms.
const LARGEST: f32 = 1.35;

/// What the panel keeps from frame to frame.
pub struct GraphView {
    run: Option<(usize, usize)>,
    view: View,
    /// The box of the selection, and how the others are related to it.
    selected: Option<(Option<Entity>, Option<usize>)>,
    kin: Vec<Kin>,
}

impl Default for GraphView {
    fn default() -> GraphView {
        GraphView { run: None, view: View::up_to(LARGEST), selected: None, kin: Vec::new() }
    }
}

/// The panel.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut GraphView) {
    let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::click_and_drag());
    if response.rect.width() < 16.0 || response.rect.height() < 16.0 {
        return;
    }
    let graph = look.run.graph();
    if view.run != Some(look.run.key()) {
        *view = GraphView { run: Some(look.run.key()), ..GraphView::default() };
    }
    view.view.fit(response.rect, graph.size);
    view.view.handle(ui, &response);
    view.follow(look, graph, response.rect);
    let pointed = response.hover_pos().and_then(|at| view.box_at(graph, at));
    let canvas = Canvas {
        ui,
        painter: &painter,
        look,
        graph,
        view: &view.view,
        kin: &view.kin,
        selected: view.selected.and_then(|(_, at)| at),
        hovered: pointed.or_else(|| box_of(look, graph, look.hovered?)),
    };
    canvas.edges();
    canvas.boxes();
    canvas.note();
    response.widget_info(|| {
        let text = match graph.by_function {
            true => format!("Task graph by function, {} boxes", graph.boxes.len()),
            false => format!("Task graph, {} tasks and objects", graph.boxes.len()),
        };
        egui::WidgetInfo::labeled(egui::WidgetType::Other, true, text)
    });
    answer(look, asks, graph, &response, pointed);
}

fn answer(
    look: &Look,
    asks: &mut Asks,
    graph: &Graph,
    response: &Response,
    pointed: Option<usize>,
) {
    let about = pointed.and_then(|at| graph.boxes[at].about);
    if let Some(entity) = about {
        asks.push(Command::Hover(Some(entity)));
    }
    // A function is no entity: a click on one changes nothing.
    if response.clicked() && (about.is_some() || pointed.is_none()) && about != look.selection {
        asks.push(Command::Select(about));
    }
    let Some(at) = pointed.filter(|_| !response.dragged()) else { return };
    let told = match (about, graph.tally(at, look.playback.step())) {
        (Some(entity), _) => hint(look, entity),
        (None, Some(tally)) => {
            let counts = [
                (tally.waiting, "waiting"),
                (tally.busy, "running"),
                (tally.done, "done"),
                (tally.failed, "failed"),
            ];
            let counts = counts.into_iter().filter(|(count, _)| *count > 0);
            let lines = counts.map(|(count, word)| format!("\n{} {word}", grouped(count as usize)));
            format!("{}{}", graph.boxes[at].label, lines.collect::<String>())
        }
        (None, None) => graph.boxes[at].label.clone(),
    };
    response.clone().on_hover_text_at_pointer(told);
}

impl GraphView {
    /// Notices another selection, and brings its box into sight if it is not.
    fn follow(&mut self, look: &Look, graph: &Graph, room: egui::Rect) {
        let known = self.selected.is_some_and(|(selection, _)| selection == look.selection);
        if !known {
            let at = look.selection.and_then(|entity| box_of(look, graph, entity));
            self.kin = at.map_or(Vec::new(), |at| graph.kin(at));
            self.selected = Some((look.selection, at));
        }
        let Some((_, Some(at))) = self.selected else { return };
        let place = graph.boxes[at].rect;
        let hidden = !room.intersects(self.view.rect(place).shrink(2.0));
        if look.focus || (!known && hidden) {
            self.view.center_on(Some(place));
        }
    }

    fn box_at(&self, graph: &Graph, at: Pos2) -> Option<usize> {
        let point = self.view.back(at);
        graph.boxes.iter().position(|found| found.rect.contains(point))
    }
}

/// The box that stands for an entity: its own, or that of its function.
fn box_of(look: &Look, graph: &Graph, entity: Entity) -> Option<usize> {
    if !graph.by_function {
        return graph.find_entity(entity);
    }
    let last = look.run.history.last_state();
    let task = match entity {
        Entity::Task(task) => Some(task),
        Entity::Object(object) => match last.objects.get(object)?.creator {
            Creator::Task(task) => Some(task),
            Creator::Put(_) | Creator::Group(_) | Creator::Input => None,
        },
        Entity::Worker(_) | Entity::Node(_) | Entity::Link(_) => None,
    };
    let number = look.run.stage().function_of(task?);
    // A function without a box of its own is in the last one, with the others.
    graph.find(Key::GraphFunction(number)).or_else(|| graph.boxes.len().checked_sub(1))
}
