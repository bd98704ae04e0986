//! Boxes and edges of the task graph on egui's painter; what is not seen is not drawn.

use crate::view::look::Look;
use crate::view::paint::{self, color, mix};
use crate::view::panels::link;
use crate::view::panels::numbers::grouped;
use crate::view::scene::view::View;
use bevy_egui::egui;
use egui::epaint::Mesh;
use egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};
use rayscope::chart::graph::{EdgeKind, Graph, GraphBox, GraphEdge, Kin, Tally};
use rayscope::chart::scene::{Mark, Role};

/// Boxes that are lower than this in the window are cells without a name.
const LOW: f32 = 7.0;
/// Text smaller than this is left out.
const SMALLEST: f32 = 6.0;

/// The share of a function's box that its bar takes.
const BAR: f32 = 0.26;

/// The panel while it is drawn.
pub struct Canvas<'a> {
    pub ui: &'a Ui,
    pub painter: &'a Painter,
    pub look: &'a Look<'a>,
    pub graph: &'a Graph,
    pub view: &'a View,
    /// How each box is related to the selected one; empty if none is.
    pub kin: &'a [Kin],
    pub selected: Option<usize>,
    pub hovered: Option<usize>,
}

impl Canvas<'_> {
    /// How much of a box is seen beside the selection.
    fn fade(&self, at: usize) -> f32 {
        match self.kin.get(at) {
            Some(Kin::Stranger) => 0.3,
            Some(Kin::Itself | Kin::Ancestor | Kin::Descendant) | None => 1.0,
        }
    }

    /// Whether an edge lies on a way to or from the selected box.
    fn is_kin(&self, edge: &GraphEdge) -> bool {
        let kin = |at: u32| self.kin.get(at as usize).copied().unwrap_or(Kin::Stranger);
        let up = |kin| matches!(kin, Kin::Itself | Kin::Ancestor);
        let down = |kin| matches!(kin, Kin::Itself | Kin::Descendant);
        let (from, to) = (kin(edge.from), kin(edge.to));
        up(from) && up(to) || down(from) && down(to)
    }

    /// All edges, those of the selection last.
    pub fn edges(&self) {
        let theme = self.look.theme;
        let plain = color(theme.ink).gamma_multiply(if self.kin.is_empty() { 0.6 } else { 0.2 });
        let accent = color(theme.accent);
        for related in [false, true] {
            let line = if related { accent } else { plain };
            for edge in self.graph.edges.iter().filter(|edge| self.is_kin(edge) == related) {
                self.edge(edge, line, if related { 2.0 } else { 1.3 });
            }
        }
    }

    fn edge(&self, edge: &GraphEdge, line: Color32, width: f32) {
        let points: Vec<Pos2> = edge.points.iter().map(|point| self.view.at(*point)).collect();
        let bounds = Rect::from_points(&points);
        let seen = bounds.expand(4.0).intersects(self.painter.clip_rect());
        let [.., before, tip] = points[..] else { return };
        if !seen || bounds.width() + bounds.height() < 2.0 {
            return;
        }
        let scale = self.view.scale();
        let stroke = Stroke::new((width * scale).clamp(0.6, 3.0), line);
        let head = (7.0 * scale).min(before.distance(tip));
        if edge.kind == EdgeKind::Data {
            self.painter.add(Shape::line(points, stroke));
        } else {
            // Dashes are counted: of a long way only what can be seen is drawn.
            let clip = self.painter.clip_rect().expand(40.0);
            let points: Vec<Pos2> = points.into_iter().map(|at| clip.clamp(at)).collect();
            self.painter.extend(Shape::dashed_line(&points, stroke, 2.0 * stroke.width, 4.0));
        }
        if head >= 2.0 {
            let along = (tip - before).normalized();
            let (back, side) = (tip - along * head, along.rot90() * head * 0.45);
            let corners = vec![tip, back + side, back - side];
            self.painter.add(Shape::convex_polygon(corners, line, Stroke::NONE));
        }
        if edge.count > 1 && scale * 11.0 >= 9.0 {
            let text = format!("×{}", grouped(edge.count as usize));
            let at = match edge.from == edge.to {
                true => bounds.right_center() + vec2(4.0, 0.0),
                false => before + (tip - before) * 0.5 + vec2(5.0, 0.0),
            };
            let ink = color(self.look.theme.faint);
            self.painter.text(at, Align2::LEFT_CENTER, text, paint::text(11.0), ink);
        }
    }

    /// All boxes that are seen.
    pub fn boxes(&self) {
        let (state, step) = (self.look.playback.state(), self.look.playback.step());
        let clip = self.painter.clip_rect();
        let mut crowd = Mesh::default();
        for (at, found) in self.graph.boxes.iter().enumerate() {
            let rect = self.view.rect(found.rect);
            if !clip.intersects(rect) {
                continue;
            }
            let mark = self.graph.mark(at, step, state);
            let fill = self.fill(found.role, mark).gamma_multiply(self.fade(at));
            if rect.height() < LOW {
                // What is not there yet has no border here that would show it.
                let absent = mix(self.look.theme.paper, self.look.theme.faint, 0.3);
                crowd.add_colored_rect(rect, if mark == Mark::Absent { absent } else { fill });
            } else {
                self.boxed(at, found, rect, fill, mark);
            }
        }
        self.painter.add(crowd);
        for (at, width) in [(self.hovered, 1.75), (self.selected, 2.75)] {
            let Some(found) = at.and_then(|at| self.graph.boxes.get(at)) else { continue };
            let rect = self.view.rect(found.rect).expand(2.5);
            let line = Stroke::new(width, color(self.look.theme.accent));
            self.painter.rect_stroke(rect, 7.0, line, StrokeKind::Outside);
        }
    }

    /// The colour is the role's; how strong it is tells how far it is, beside border and badge.
    fn fill(&self, role: Role, mark: Mark) -> Color32 {
        let theme = self.look.theme;
        let own = match role {
            Role::Task(number) => theme.function(number),
            Role::Count => theme.faint,
            Role::Node
            | Role::Worker
            | Role::Store
            | Role::Scheduler
            | Role::Gcs
            | Role::Object
            | Role::Code => theme.fill(role),
        };
        let share = match (role, mark) {
            (_, Mark::Absent) => 0.0,
            (_, Mark::Gone) => 0.15,
            (Role::Object, _) => 1.0,
            (_, Mark::Running | Mark::Blocked) => 1.0,
            (_, Mark::Done) => 0.4,
            (_, Mark::Failed) => return mix(theme.paper, theme.alarm, 0.25),
            _ => 0.08,
        };
        mix(theme.paper, own, share)
    }

    fn boxed(&self, at: usize, found: &GraphBox, rect: Rect, fill: Color32, mark: Mark) {
        let theme = self.look.theme;
        let scale = self.view.scale();
        let radius = if found.role == Role::Object { 3.0 } else { 7.0 } * scale.min(1.2);
        match self.graph.tally(at, self.look.playback.step()) {
            Some(tally) => self.progress(at, rect, radius, tally),
            None => {
                self.painter.rect_filled(rect, radius, fill);
            }
        }
        if mark == Mark::Fetching || mark == Mark::WaitsForStore {
            let line = color(theme.line(mark)).gamma_multiply(0.4);
            paint::hatch(self.painter, rect.shrink(1.0), line);
        }
        let faded = self.fade(at) < 1.0;
        if faded {
            let line = Stroke::new(1.0, color(theme.faint).gamma_multiply(0.5));
            self.painter.rect_stroke(rect, radius, line, StrokeKind::Middle);
        } else {
            paint::border(self.painter, rect, radius, mark, theme);
        }
        self.label(found, rect, fill, if faded { 0.5 } else { 1.0 });
        let side = (13.0 * scale).clamp(7.0, 15.0);
        if !faded && side < rect.height() * 0.6 {
            let corner = rect.right_top() + vec2(-0.3, 0.3) * side;
            let place = Rect::from_center_size(corner, vec2(side, side));
            if mark != Mark::Plain && mark != Mark::Absent {
                self.painter.circle_filled(corner, side * 0.62, color(theme.paper));
                paint::badge(self.painter, place, mark, theme);
            }
        }
    }

    /// Of a function's tasks: how many are done, run and failed, as parts of a bar below the name.
    fn progress(&self, at: usize, rect: Rect, radius: f32, tally: Tally) {
        let theme = self.look.theme;
        let own = match self.graph.boxes[at].role {
            Role::Task(number) => theme.function(number),
            _ => theme.faint,
        };
        self.painter.rect_filled(rect, radius, color(theme.paper));
        // The label counts all that are ever submitted, and so does the bar.
        let all = self.graph.tally(at, usize::MAX).map_or(0, Tally::total);
        let mut x = rect.left();
        let parts = [
            (tally.done, mix(theme.paper, own, 0.5)),
            (tally.busy, color(own)),
            (tally.failed, color(theme.alarm)),
        ];
        for (count, fill) in parts.into_iter().filter(|(count, _)| *count > 0) {
            let width = rect.width() * count as f32 / all.max(1) as f32;
            let top = rect.bottom() - rect.height() * BAR;
            let part = Rect::from_min_max(pos2(x, top), pos2(x + width, rect.bottom()));
            // The corners of the box are round: each part is drawn as the whole box and cut.
            let cut = self.painter.with_clip_rect(self.painter.clip_rect().intersect(part));
            cut.rect_filled(rect, radius, fill.gamma_multiply(self.fade(at)));
            x += width;
        }
    }

    fn label(&self, found: &GraphBox, rect: Rect, fill: Color32, alpha: f32) {
        let size = found.text_size * self.view.scale();
        if size < SMALLEST {
            return;
        }
        // Whole sizes, so that zooming does not fill the font's atlas.
        let font = paint::code(size.round().min(40.0));
        let theme = self.look.theme;
        let told_apart = fill.a() < 200 || self.graph.by_function;
        let ink = if told_apart { color(theme.ink) } else { ink_on(fill) };
        let ink = ink.gamma_multiply(alpha);
        let galley = link::line(self.ui, &found.label, font, ink, rect.width() - 2.0);
        let up = if self.graph.by_function { rect.height() * BAR / 2.0 } else { 0.0 };
        self.painter.galley(rect.center() - galley.size() / 2.0 - vec2(0.0, up), galley, ink);
    }

    /// What is not shown one by one, in the lower left corner.
    pub fn note(&self) {
        let Some(note) = &self.graph.note else { return };
        let room = self.painter.clip_rect();
        let theme = self.look.theme;
        let width = room.width() - 16.0;
        let galley = link::line(self.ui, note, paint::text(12.0), color(theme.ink), width);
        let at = room.left_bottom() + vec2(6.0, -6.0 - galley.size().y);
        let ground = Rect::from_min_size(at, galley.size()).expand(4.0);
        self.painter.rect_filled(ground, 4.0, mix(theme.paper, theme.ink, 0.07));
        self.painter.galley(at, galley, color(theme.ink));
    }
}

/// Text on a colour that is drawn in full.
fn ink_on(fill: Color32) -> Color32 {
    paint::ink_on(rayscope::chart::theme::Rgb(fill.r(), fill.g(), fill.b()))
}
