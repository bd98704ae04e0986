//! The panels in their tiles, and what each keeps from frame to frame.

use crate::view::look::{Asks, Look};
use crate::view::paint::{color, mix};
use crate::view::panels::events::{self, EventsView};
use crate::view::panels::graph::{self, GraphView};
use crate::view::panels::inspector::{self, InspectorView};
use crate::view::panels::plots::{self, PlotsView};
use crate::view::panels::program::{self, ProgramView};
use crate::view::panels::tables::{self, TablesView};
use crate::view::panels::timeline::{self, TimelineView};
use crate::view::panels::transport::TransportView;
use crate::view::panels::trays::{self, TraysView};
use crate::view::scene::SceneView;
use crate::view::shipped::Shipped;
use crate::view::tiles::{Pane, Tree};
use bevy::prelude::Resource;
use bevy_egui::egui;
use egui::{Color32, Stroke, Ui, Visuals, WidgetText};
use egui_tiles::{Behavior, TabState, TileId, Tiles, UiResponse};

/// How much wider than high a scene most often is.
const WIDE: f32 = 1.8;

/// What the panels keep.
#[derive(Resource, Default)]
pub struct Desk {
    scene: SceneView,
    /// The cluster of the run that it is compared with.
    other: SceneView,
    program: ProgramView,
    trays: TraysView,
    events: EventsView,
    tables: TablesView,
    inspector: InspectorView,
    timeline: TimelineView,
    graph: GraphView,
    plots: PlotsView,
    /// The bar below.
    pub transport: TransportView,
    /// The scenarios that come along.
    pub shipped: Shipped,
    /// The panels in a window too small to be split, once there was one.
    pub narrow: Option<Tree>,
}

/// The desk while it draws.
pub struct Sitting<'d> {
    /// What the panels keep.
    pub desk: &'d mut Desk,
    /// What they see.
    pub look: &'d Look<'d>,
    /// What is seen of the run that it is compared with.
    pub other: Option<&'d Look<'d>>,
    /// What they ask for.
    pub asks: &'d mut Asks,
    /// Whether a tile was dragged or resized.
    pub moved: bool,
}

impl Behavior<Pane> for Sitting<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut Pane) -> UiResponse {
        let ground = color(self.look.theme.paper);
        egui::Frame::new().fill(ground).inner_margin(6).show(ui, |ui| {
            // Whatever a panel draws stays in its tile.
            ui.set_clip_rect(ui.clip_rect().intersect(ui.max_rect().expand(6.0)));
            self.pane(ui, *pane);
            ui.allocate_space(ui.available_size());
        });
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.name().into()
    }

    fn simplification_options(&self) -> egui_tiles::SimplificationOptions {
        egui_tiles::SimplificationOptions { all_panes_must_have_tabs: true, ..Default::default() }
    }

    fn tab_bar_height(&self, _: &egui::Style) -> f32 {
        28.0
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        3.0
    }

    fn tab_bar_color(&self, _: &Visuals) -> Color32 {
        mix(self.look.theme.paper, self.look.theme.ink, 0.06)
    }

    fn tab_bg_color(&self, _: &Visuals, _: &Tiles<Pane>, _: TileId, state: &TabState) -> Color32 {
        if state.active { color(self.look.theme.paper) } else { Color32::TRANSPARENT }
    }

    fn tab_outline_stroke(&self, _: &Visuals, _: &Tiles<Pane>, _: TileId, _: &TabState) -> Stroke {
        Stroke::NONE
    }

    fn tab_bar_hline_stroke(&self, _: &Visuals) -> Stroke {
        Stroke::NONE
    }

    fn tab_text_color(&self, _: &Visuals, _: &Tiles<Pane>, _: TileId, state: &TabState) -> Color32 {
        color(if state.active { self.look.theme.ink } else { self.look.theme.faint })
    }

    fn on_edit(&mut self, _: egui_tiles::EditAction) {
        self.moved = true;
    }
}

impl Sitting<'_> {
    fn pane(&mut self, ui: &mut Ui, pane: Pane) {
        let (look, asks, desk) = (self.look, &mut *self.asks, &mut *self.desk);
        match pane {
            Pane::Scene => self.scenes(ui),
            Pane::Program => program::show(ui, look, asks, &mut desk.program),
            Pane::Trays => trays::show(ui, look, asks, &mut desk.trays),
            Pane::Events => events::show(ui, look, asks, &mut desk.events),
            Pane::Inspector => inspector::show(ui, look, asks, &mut desk.inspector),
            Pane::Timeline => timeline::show(ui, look, asks, &mut desk.timeline),
            Pane::Graph => graph::show(ui, look, asks, &mut desk.graph),
            Pane::Plots => plots::show(ui, look, asks, &mut desk.plots),
            Pane::Tables => tables::show(ui, look, asks, &mut desk.tables),
        }
    }

    /// The cluster; beside it, or below where there is more room, that of the other run.
    fn scenes(&mut self, ui: &mut Ui) {
        let Some(other) = self.other else { return self.desk.scene.show(ui, self.look, self.asks) };
        let room = ui.available_rect_before_wrap();
        // Side by side, unless a scene is much larger when they lie one above the other.
        let beside = (room.width() / 2.0).min(room.height() * WIDE);
        let above = room.width().min(room.height() / 2.0 * WIDE);
        let beside = beside * 1.3 >= above;
        let (one, two) = if beside {
            room.split_left_right_at_fraction(0.5)
        } else {
            room.split_top_bottom_at_fraction(0.5)
        };
        let views = [(one, self.look, &mut self.desk.scene), (two, other, &mut self.desk.other)];
        for (number, (rect, look, view)) in views.into_iter().enumerate() {
            let place =
                egui::UiBuilder::new().max_rect(rect.shrink(4.0)).id_salt(("scene", number));
            ui.scope_builder(place, |ui| {
                ui.set_clip_rect(ui.clip_rect().intersect(rect));
                ui.add(egui::Label::new(egui::RichText::new(&look.run.title).strong()).truncate());
                view.show(ui, look, self.asks);
            });
        }
        ui.allocate_rect(room, egui::Sense::hover());
    }
}
