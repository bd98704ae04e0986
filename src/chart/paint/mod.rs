//! A scene in a theme as plain shapes, in the order of drawing. SVG and the window draw the same shapes, so a
//! picture looks the same in both.

mod arrows;
mod badges;
mod bubbles;
mod figures;
mod gantt;
mod graph;

use crate::chart::geometry::{Point, Rect, Size};
use crate::chart::scene::Scene;
use crate::chart::text::Face;
use crate::chart::theme::{Rgb, Theme};
pub use gantt::gantt;
pub use graph::graph;

/// A colour and how much of it is seen, from 0 to 1.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ink {
    /// The colour.
    pub rgb: Rgb,
    /// 1 hides what is below, 0 is nothing.
    pub alpha: f32,
}

impl Ink {
    /// The whole colour.
    pub fn of(rgb: Rgb) -> Ink {
        Ink { rgb, alpha: 1.0 }
    }

    /// Less of it.
    pub fn fade(self, alpha: f32) -> Ink {
        Ink { alpha: self.alpha * alpha, ..self }
    }
}

/// A line's look.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pen {
    /// Its colour.
    pub ink: Ink,
    /// Its width in points.
    pub width: f32,
    /// Its dashes.
    pub dash: Dash,
}

/// The dashes of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dash {
    /// None.
    Solid,
    /// Short ones.
    Dotted,
    /// Long ones.
    Dashed,
}

impl Dash {
    /// Length of a dash and of the gap after it, in line widths; `None` is solid.
    pub fn pattern(self) -> Option<(f32, f32)> {
        match self {
            Dash::Solid => None,
            Dash::Dotted => Some((1.0, 2.2)),
            Dash::Dashed => Some((4.0, 2.6)),
        }
    }
}

/// Where a text's place is in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    /// At its left end.
    Left,
    /// In its middle.
    Center,
    /// At its right end.
    Right,
}

/// Something to draw.
#[derive(Clone, PartialEq, Debug)]
pub enum Shape {
    /// A box with round corners.
    Box {
        /// Where.
        rect: Rect,
        /// The corners' radius.
        radius: f32,
        /// What fills it.
        fill: Option<Ink>,
        /// Its border.
        pen: Option<Pen>,
    },
    /// A closed outline, convex.
    Polygon {
        /// Its corners.
        points: Vec<Point>,
        /// What fills it.
        fill: Ink,
        /// Its border.
        pen: Option<Pen>,
    },
    /// A line through points.
    Line {
        /// The points.
        points: Vec<Point>,
        /// Its look.
        pen: Pen,
    },
    /// A filled circle.
    Disc {
        /// Its middle.
        center: Point,
        /// Its radius.
        radius: f32,
        /// What fills it.
        fill: Ink,
    },
    /// A line of text.
    Text {
        /// Where its middle line and the alignment meet.
        at: Point,
        /// What of it is there.
        align: Align,
        /// The font.
        face: Face,
        /// The size in points.
        size: f32,
        /// The colour.
        ink: Ink,
        /// The text.
        text: String,
    },
}

/// Shapes with what else a page needs to know.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Picture {
    /// What to draw, in order.
    pub shapes: Vec<Shape>,
    /// How large it is.
    pub size: Size,
    /// What is not shown one by one; it is said in the picture, too.
    pub notes: Vec<String>,
}

/// The shapes of a scene.
pub fn scene(scene: &Scene, theme: &Theme) -> Vec<Shape> {
    let mut brush = Brush { theme, shapes: Vec::with_capacity(scene.figures.len() * 4) };
    let furniture = scene.figures.iter().filter(|figure| !figures::is_token(figure));
    furniture.for_each(|figure| brush.figure(figure));
    scene.cells.iter().for_each(|cell| brush.cell(cell));
    scene.arrows.iter().filter(|arrow| arrows::is_below(arrow)).for_each(|a| brush.arrow(a));
    let tokens = scene.figures.iter().filter(|figure| figures::is_token(figure));
    tokens.for_each(|figure| brush.figure(figure));
    scene.arrows.iter().filter(|arrow| !arrows::is_below(arrow)).for_each(|a| brush.arrow(a));
    scene.bubbles.iter().for_each(|bubble| brush.bubble(bubble));
    brush.shapes
}

/// Adds shapes in a theme's colours.
struct Brush<'t> {
    theme: &'t Theme,
    shapes: Vec<Shape>,
}

impl Brush<'_> {
    fn ink(&self) -> Ink {
        Ink::of(self.theme.ink)
    }

    fn rect(&mut self, rect: Rect, radius: f32, fill: Option<Ink>, pen: Option<Pen>) {
        self.shapes.push(Shape::Box { rect, radius, fill, pen });
    }

    fn line(&mut self, points: Vec<Point>, pen: Pen) {
        self.shapes.push(Shape::Line { points, pen });
    }

    fn text(&mut self, at: Point, align: Align, (face, size): (Face, f32), ink: Ink, text: String) {
        if !text.is_empty() {
            self.shapes.push(Shape::Text { at, align, face, size, ink, text });
        }
    }
}

fn solid(ink: Ink, width: f32) -> Pen {
    Pen { ink, width, dash: Dash::Solid }
}
