//! Shapes of a picture on egui's painter, and which thing is where.

use crate::view::look::Look;
use crate::view::paint::{code, color, mix, strong, text};
use crate::view::scene::view::View;
use bevy_egui::egui;
use egui::epaint::Mesh;
use egui::{Align2, Color32, CornerRadius, FontId, Painter, Pos2, Stroke, StrokeKind, vec2};
use rayscope::chart::geometry::{Point, Rect};
use rayscope::chart::paint::{Align, Dash, Ink, Pen, Shape};
use rayscope::chart::scene::{Figure, Key, Scene};
use rayscope::chart::text::Face;
use rayscope::chart::theme::Theme;
use rayscope::replay::Entity;

/// Text smaller than this cannot be read, so it is left out.
const SMALLEST: f32 = 4.5;

/// Whether a closed line turns back on itself somewhere, nearly.
fn has_sharp_corner(points: &[Pos2]) -> bool {
    let count = points.len();
    (0..count).any(|at| {
        let before = points[(at + count - 1) % count];
        let after = points[(at + 1) % count];
        let (here, next) = (points[at] - before, after - points[at]);
        here.normalized().dot(next.normalized()) < -0.6
    })
}

/// Where shapes are drawn.
pub struct Canvas<'a> {
    /// On what.
    pub painter: &'a Painter,
    /// From which side.
    pub view: &'a View,
    /// In which colours.
    pub theme: &'a Theme,
}

impl Canvas<'_> {
    /// All shapes in their order. Plain boxes that follow each other, as the cells of a crowd do, are one mesh.
    pub fn shapes(&self, shapes: &[Shape]) {
        let mut crowd = Mesh::default();
        for shape in shapes {
            if let Shape::Box { rect, radius: 0.0, fill: Some(fill), pen: None } = shape {
                crowd.add_colored_rect(self.view.rect(*rect), self.inked(*fill));
                continue;
            }
            self.flush(&mut crowd);
            self.shape(shape);
        }
        self.flush(&mut crowd);
    }

    fn flush(&self, crowd: &mut Mesh) {
        if !crowd.is_empty() {
            self.painter.add(std::mem::take(crowd));
        }
    }

    fn shape(&self, shape: &Shape) {
        let scale = self.view.scale();
        match shape {
            Shape::Box { rect, radius, fill, pen } => self.boxed(*rect, *radius, *fill, *pen),
            Shape::Polygon { points, fill, pen } => {
                let points = points.iter().map(|point| self.view.at(*point)).collect();
                self.polygon(points, self.inked(*fill), *pen);
            }
            Shape::Line { points, pen } => {
                let points: Vec<Pos2> = points.iter().map(|point| self.view.at(*point)).collect();
                self.line(points, *pen);
            }
            Shape::Disc { center, radius, fill } => {
                self.painter.circle_filled(
                    self.view.at(*center),
                    radius * scale,
                    self.inked(*fill),
                );
            }
            Shape::Text { at, align, face, size, ink, text } => {
                if size * scale >= SMALLEST {
                    let anchor = match align {
                        Align::Left => Align2::LEFT_CENTER,
                        Align::Center => Align2::CENTER_CENTER,
                        Align::Right => Align2::RIGHT_CENTER,
                    };
                    let font = font(*face, size * scale);
                    self.painter.text(self.view.at(*at), anchor, text, font, self.inked(*ink));
                }
            }
        }
    }

    /// egui lengthens corners without a limit: the tip of a bubble's tail would become a spike across the picture.
    /// So what has sharp corners is filled without soft edges, and its outline is drawn as a line.
    fn polygon(&self, mut points: Vec<Pos2>, fill: Color32, pen: Option<Pen>) {
        if !has_sharp_corner(&points) {
            let stroke = pen.map_or(Stroke::NONE, |pen| self.stroke(pen));
            self.painter.add(egui::Shape::convex_polygon(points, fill, stroke));
            return;
        }
        let mut mesh = Mesh::default();
        for point in &points {
            mesh.colored_vertex(*point, fill);
        }
        for corner in 2..points.len() as u32 {
            mesh.add_triangle(0, corner - 1, corner);
        }
        self.painter.add(mesh);
        if let Some(pen) = pen {
            points.extend(points.first().copied());
            self.line(points, pen);
        }
    }

    fn boxed(&self, rect: Rect, radius: f32, fill: Option<Ink>, pen: Option<Pen>) {
        let place = self.view.rect(rect);
        let radius = radius * self.view.scale();
        let corners = CornerRadius::same(radius.clamp(0.0, 255.0) as u8);
        if let Some(fill) = fill {
            self.painter.rect_filled(place, corners, self.inked(fill));
        }
        match pen {
            None => {}
            Some(pen) if pen.dash == Dash::Solid => {
                self.painter.rect_stroke(place, corners, self.stroke(pen), StrokeKind::Middle);
            }
            Some(pen) => {
                let mut outline = crate::view::paint::outline(place, radius);
                outline.extend(outline.first().copied());
                self.line(outline, pen);
            }
        }
    }

    fn line(&self, points: Vec<Pos2>, pen: Pen) {
        let stroke = self.stroke(pen);
        match pen.dash.pattern() {
            None => {
                self.painter.add(egui::Shape::line(points, stroke));
            }
            Some((on, off)) => {
                let width = stroke.width.max(1.0);
                self.painter.extend(egui::Shape::dashed_line(
                    &points,
                    stroke,
                    on * width,
                    off * width,
                ));
            }
        }
    }

    /// Colours are blended in linear light here, which darkens what is half seen. So only the ink itself is blended;
    /// other colours are mixed with the paper beforehand, as they look in SVG.
    fn inked(&self, ink: Ink) -> Color32 {
        match ink.rgb == self.theme.ink {
            true => color(ink.rgb).gamma_multiply(ink.alpha),
            false => mix(self.theme.paper, ink.rgb, ink.alpha),
        }
    }

    fn stroke(&self, pen: Pen) -> Stroke {
        Stroke::new((pen.width * self.view.scale()).max(0.75), self.inked(pen.ink))
    }

    /// Frames around what is selected, what the pointer is on, and what differs from the compared run.
    pub fn outlines(&self, scene: &Scene, look: &Look) {
        let ring = |rect: Rect, width: f32, line: Color32| {
            let place = self.view.rect(rect).expand(2.5);
            self.painter.rect_stroke(place, 6, Stroke::new(width, line), StrokeKind::Outside);
        };
        let accent = color(self.theme.accent);
        // A node is framed as a whole, not its store and scheduler once more.
        let whole = |figure: &&Figure| !matches!(figure.key, Key::Store(_) | Key::Scheduler(_));
        let abouts = scene.figures.iter().filter(whole).map(|figure| (figure.rect, figure.about));
        let abouts = abouts.chain(scene.cells.iter().map(|cell| (cell.rect, cell.about)));
        for (rect, about) in abouts.filter(|(_, about)| about.is_some()) {
            if about == look.selection {
                ring(rect, 2.5, accent);
            } else if about == look.hovered {
                ring(rect, 1.5, accent.gamma_multiply(0.7));
            }
        }
        if look.other.is_some() {
            let alarm = color(self.theme.alarm);
            for figure in scene.figures.iter().filter(|figure| look.differs(figure.key)) {
                let place = self.view.rect(figure.rect).expand(4.0);
                let mut outline = crate::view::paint::outline(place, 6.0);
                outline.extend(outline.first().copied());
                let stroke = Stroke::new(2.0, alarm);
                self.painter.extend(egui::Shape::dashed_line(&outline, stroke, 6.0, 3.0));
            }
        }
    }

    /// What the picture leaves out, in the lower left corner.
    pub fn notes(&self, notes: &[String]) {
        let room = self.painter.clip_rect();
        let mut at = room.left_bottom() + vec2(6.0, -4.0);
        for note in notes.iter().rev() {
            let faint = color(self.theme.faint);
            let galley = self.painter.layout(note.clone(), text(12.0), faint, room.width() - 12.0);
            at.y -= galley.size().y;
            let ground = egui::Rect::from_min_size(at, galley.size()).expand(2.0);
            self.painter.rect_filled(ground, 3, color(self.theme.paper).gamma_multiply(0.85));
            self.painter.galley(at, galley, faint);
            at.y -= 4.0;
        }
    }
}

fn font(face: Face, size: f32) -> FontId {
    match face {
        Face::Regular => text(size),
        Face::SemiBold => strong(size),
        Face::Mono => code(size),
    }
}

/// The thing at a point of the picture: the topmost that can be selected.
pub fn at(scene: &Scene, point: Point) -> Option<Entity> {
    let tokens = scene.figures.iter().rev();
    let hit = tokens.filter(|figure| figure.about.is_some() && figure.rect.contains(point));
    // Of boxes in boxes the smallest is meant.
    let smallest = hit.min_by(|a, b| (a.rect.w * a.rect.h).total_cmp(&(b.rect.w * b.rect.h)));
    let cell = scene.cells.iter().rev().find(|cell| cell.rect.contains(point));
    cell.and_then(|cell| cell.about).or(smallest.and_then(|figure| figure.about))
}

/// Where a thing is in the picture.
pub fn place_of(scene: &Scene, entity: Option<Entity>) -> Option<Rect> {
    entity?;
    let figure = scene.figures.iter().rev().find(|figure| figure.about == entity);
    let cell = || scene.cells.iter().find(|cell| cell.about == entity).map(|cell| cell.rect);
    figure.map(|figure| figure.rect).or_else(cell)
}
