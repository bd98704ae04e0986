//! From the theme's plain colours and marks to egui: colours, fonts, borders and badges, for every panel.
//!
//! A mark looks the same wherever it is drawn: its border by [`border`], its badge by [`badge`].

use bevy_egui::egui;
use egui::{Color32, FontData, FontDefinitions, FontFamily, FontId, Painter, Pos2, Rect, Shape};
use egui::{Stroke, pos2, vec2};
use rayscope::chart::scene::Mark;
use rayscope::chart::theme::{Rgb, Theme};
use std::f32::consts::{PI, TAU};
use std::sync::Arc;

/// The family of titles; [`fonts`] binds it.
pub const STRONG: &str = "strong";

/// Inter for text, Inter's half-bold for titles, JetBrains Mono for code, ids and numbers that stand in columns.
pub fn fonts() -> FontDefinitions {
    const INTER: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");
    const INTER_STRONG: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.otf");
    const MONO: &[u8] = include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf");
    let mut fonts = FontDefinitions::empty();
    for (name, data) in [("inter", INTER), ("inter strong", INTER_STRONG), ("mono", MONO)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(data)));
    }
    let families = [
        (FontFamily::Proportional, ["inter", "mono"]),
        (FontFamily::Name(STRONG.into()), ["inter strong", "mono"]),
        (FontFamily::Monospace, ["mono", "inter"]),
    ];
    for (family, names) in families {
        fonts.families.insert(family, names.map(str::to_owned).to_vec());
    }
    fonts
}

/// Text.
pub fn text(size: f32) -> FontId {
    FontId::proportional(size)
}

/// Titles.
pub fn strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(STRONG.into()))
}

/// Code, ids, and numbers in columns: all digits are equally wide.
pub fn code(size: f32) -> FontId {
    FontId::monospace(size)
}

/// A theme's colour.
pub fn color(rgb: Rgb) -> Color32 {
    Color32::from_rgb(rgb.0, rgb.1, rgb.2)
}

/// The colour at the share `t` of the way from `one` to `other`.
pub fn mix(one: Rgb, other: Rgb, t: f32) -> Color32 {
    let part = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * t).round() as u8;
    Color32::from_rgb(part(one.0, other.0), part(one.1, other.1), part(one.2, other.2))
}

/// Black or white, whichever is read better on `fill` (WCAG 2.1, relative luminance).
pub fn ink_on(fill: Rgb) -> Color32 {
    let linear = |part: u8| {
        let share = f32::from(part) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * linear(fill.0) + 0.7152 * linear(fill.1) + 0.0722 * linear(fill.2);
    // The contrast to white and to black is the same at this luminance.
    if luminance > 0.179 { Color32::BLACK } else { Color32::WHITE }
}

/// A box that tells a mark: its fill, the hatching of what is under way, its border.
pub fn cell(painter: &Painter, rect: Rect, radius: f32, fill: Rgb, mark: Mark, theme: &Theme) {
    painter.rect_filled(rect, radius, color(fill));
    match mark {
        Mark::Fetching | Mark::WaitsForStore | Mark::Arriving => {
            hatch(painter, rect.shrink(1.0), color(theme.line(mark)).gamma_multiply(0.35));
        }
        Mark::Plain
        | Mark::Idle
        | Mark::WaitsForArguments
        | Mark::WaitsForSlot
        | Mark::Running
        | Mark::Blocked
        | Mark::Done
        | Mark::Failed
        | Mark::Absent
        | Mark::Gone
        | Mark::Primary
        | Mark::Secondary => {}
    }
    border(painter, rect, radius, mark, theme);
}

/// The border that tells a mark: dotted, dashed, thin or strong.
pub fn border(painter: &Painter, rect: Rect, radius: f32, mark: Mark, theme: &Theme) {
    let line = color(theme.line(mark));
    let solid = |width: f32| {
        let kind = egui::StrokeKind::Middle;
        painter.rect_stroke(rect, radius, Stroke::new(width, line), kind);
    };
    match mark {
        Mark::Plain | Mark::Idle | Mark::Done | Mark::Fetching | Mark::Arriving => solid(1.0),
        Mark::Running | Mark::Primary | Mark::Blocked => solid(1.75),
        Mark::Failed | Mark::WaitsForStore => solid(2.0),
        Mark::WaitsForArguments | Mark::Absent => {
            painter.extend(Shape::dotted_line(&outline(rect, radius), line, 4.0, 1.0));
        }
        Mark::WaitsForSlot => {
            let stroke = Stroke::new(1.5, line);
            painter.extend(Shape::dashed_line(&outline(rect, radius), stroke, 6.0, 4.0));
        }
        Mark::Secondary | Mark::Gone => {
            let stroke = Stroke::new(1.0, line);
            painter.extend(Shape::dashed_line(&outline(rect, radius), stroke, 2.5, 2.5));
        }
    }
}

/// The way round a box with rounded corners, closed.
pub fn outline(rect: Rect, radius: f32) -> Vec<Pos2> {
    const STEPS: usize = 4;
    let r = radius.clamp(0.0, rect.width().min(rect.height()) / 2.0);
    let corners = [
        (pos2(rect.right() - r, rect.top() + r), -PI / 2.0),
        (pos2(rect.right() - r, rect.bottom() - r), 0.0),
        (pos2(rect.left() + r, rect.bottom() - r), PI / 2.0),
        (pos2(rect.left() + r, rect.top() + r), PI),
    ];
    let mut points = Vec::with_capacity(4 * (STEPS + 1) + 1);
    for (center, from) in corners {
        for step in 0..=STEPS {
            let angle = from + PI / 2.0 * step as f32 / STEPS as f32;
            points.push(center + vec2(angle.cos(), angle.sin()) * r);
        }
    }
    points.push(points[0]);
    points
}

/// Lines that rise to the right, for what is under way.
pub fn hatch(painter: &Painter, rect: Rect, line: Color32) {
    const APART: f32 = 6.0;
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(rect));
    let reach = rect.height();
    let count = ((rect.width() + reach) / APART).clamp(0.0, 2_000.0) as usize;
    for number in 0..=count {
        let x = rect.left() + number as f32 * APART;
        let ends = [pos2(x - reach, rect.bottom()), pos2(x, rect.top())];
        painter.line_segment(ends, Stroke::new(1.0, line));
    }
}

/// The sign of a mark, drawn as lines in the middle of `rect`: a tick, a cross, two bars of a pause.
/// Nothing for a mark that the border alone tells.
pub fn badge(painter: &Painter, rect: Rect, mark: Mark, theme: &Theme) {
    let line = color(theme.line(mark));
    let side = rect.width().min(rect.height());
    let pen = Pen { painter, center: rect.center(), half: side / 2.0, line };
    match mark {
        Mark::Plain => {}
        Mark::Idle => pen.ring(0.6),
        Mark::Done => pen.path(&[(-0.65, 0.05), (-0.2, 0.5), (0.7, -0.5)]),
        Mark::Failed => pen.cross(),
        Mark::Gone => {
            pen.ring(0.7);
            pen.path(&[(-0.5, 0.5), (0.5, -0.5)]);
        }
        Mark::Blocked => {
            pen.bar(-0.55, -0.15, 0.6);
            pen.bar(0.15, 0.55, 0.6);
        }
        Mark::Running => pen.area(&[(-0.45, -0.65), (0.7, 0.0), (-0.45, 0.65)]),
        Mark::Absent => pen.dots(10, 0.65, 0.08),
        Mark::WaitsForArguments => [-0.6, 0.0, 0.6].into_iter().for_each(|x| pen.dot(x, 0.0, 0.16)),
        Mark::WaitsForSlot => pen.clock(),
        Mark::Fetching | Mark::Arriving => {
            pen.path(&[(0.0, -0.75), (0.0, 0.3)]);
            pen.path(&[(-0.4, -0.05), (0.0, 0.35), (0.4, -0.05)]);
            pen.path(&[(-0.6, 0.75), (0.6, 0.75)]);
        }
        Mark::WaitsForStore => {
            pen.path(&[(-0.65, -0.65), (-0.65, 0.65), (0.65, 0.65), (0.65, -0.65)]);
            pen.bar(-0.4, 0.4, 0.35);
        }
        Mark::Primary => pen.dot(0.0, 0.0, 0.5),
        Mark::Secondary => pen.ring(0.5),
    }
}

/// The sign for a way of moving the cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Icon {
    /// To the beginning.
    First,
    /// One step back.
    Back,
    /// Go on by itself.
    Play,
    /// Stand still.
    Pause,
    /// One step on.
    Forward,
    /// To the end.
    Last,
}

/// Draws an icon as shapes in the middle of `rect`.
pub fn icon(painter: &Painter, rect: Rect, icon: Icon, line: Color32) {
    let half = rect.width().min(rect.height()) / 2.0;
    let pen = Pen { painter, center: rect.center(), half, line };
    let chevron = |from: f32, to: f32| pen.path(&[(from, -0.6), (to, 0.0), (from, 0.6)]);
    match icon {
        Icon::First => {
            pen.path(&[(-0.55, -0.6), (-0.55, 0.6)]);
            chevron(0.45, -0.2);
        }
        Icon::Back => chevron(0.3, -0.35),
        Icon::Play => pen.area(&[(-0.45, -0.65), (0.7, 0.0), (-0.45, 0.65)]),
        Icon::Pause => {
            pen.bar(-0.55, -0.15, 0.6);
            pen.bar(0.15, 0.55, 0.6);
        }
        Icon::Forward => chevron(-0.3, 0.35),
        Icon::Last => {
            chevron(-0.45, 0.2);
            pen.path(&[(0.55, -0.6), (0.55, 0.6)]);
        }
    }
}

/// Draws in a square whose corners are at one from its middle; y goes down.
struct Pen<'a> {
    painter: &'a Painter,
    center: Pos2,
    half: f32,
    line: Color32,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.center + vec2(x, y) * self.half
    }

    fn stroke(&self) -> Stroke {
        Stroke::new((self.half * 0.24).clamp(1.2, 4.0), self.line)
    }

    fn path(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|(x, y)| self.at(*x, *y)).collect();
        self.painter.line(points, self.stroke());
    }

    fn area(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|(x, y)| self.at(*x, *y)).collect();
        self.painter.add(Shape::convex_polygon(points, self.line, Stroke::NONE));
    }

    fn bar(&self, left: f32, right: f32, reach: f32) {
        let rect = Rect::from_min_max(self.at(left, -reach), self.at(right, reach));
        self.painter.rect_filled(rect, 0.0, self.line);
    }

    fn dot(&self, x: f32, y: f32, radius: f32) {
        self.painter.circle_filled(self.at(x, y), radius * self.half, self.line);
    }

    fn ring(&self, radius: f32) {
        self.painter.circle_stroke(self.center, radius * self.half, self.stroke());
    }

    fn cross(&self) {
        self.path(&[(-0.55, -0.55), (0.55, 0.55)]);
        self.path(&[(-0.55, 0.55), (0.55, -0.55)]);
    }

    fn dots(&self, count: u32, radius: f32, size: f32) {
        for number in 0..count {
            let angle = TAU * number as f32 / count as f32;
            self.dot(radius * angle.cos(), radius * angle.sin(), size);
        }
    }

    fn clock(&self) {
        self.ring(0.7);
        self.path(&[(0.0, -0.4), (0.0, 0.0), (0.3, 0.2)]);
    }
}
