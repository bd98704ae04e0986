//! Shapes as SVG: self-contained text that any browser shows, the same bytes for the same shapes.

use crate::chart::geometry::{Point, Rect, Size};
use crate::chart::paint::{self, Align, Ink, Pen, Shape};
use crate::chart::scene::Scene;
use crate::chart::text::Face;
use crate::chart::theme::{Rgb, Theme};
use std::fmt::Write;

/// What a picture says of itself to those who do not see it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meta<'a> {
    /// Its name.
    pub title: &'a str,
    /// What it shows, in sentences.
    pub description: &'a str,
}

/// A scene as SVG.
pub fn scene(scene: &Scene, theme: &Theme, meta: Meta) -> String {
    shapes(&paint::scene(scene, theme), scene.size, theme.paper, meta)
}

/// Shapes as SVG on paper of a colour.
pub fn shapes(shapes: &[Shape], size: Size, paper: Rgb, meta: Meta) -> String {
    let mut out = String::with_capacity(shapes.len() * 160 + 600);
    let (w, h) = (number(size.w), number(size.h));
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\">\n\
         <title>{}</title>\n<desc>{}</desc>\n<rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>\n",
        escape(meta.title),
        escape(meta.description),
        color(paper)
    );
    for shape in shapes {
        draw(&mut out, shape);
    }
    out.push_str("</svg>\n");
    out
}

fn draw(out: &mut String, shape: &Shape) {
    // Writing to a string cannot fail.
    let _ = match shape {
        Shape::Box { rect, radius, fill, pen } => {
            let Rect { x, y, w, h } = *rect;
            let round =
                if *radius > 0.0 { format!(" rx=\"{}\"", number(*radius)) } else { String::new() };
            writeln!(
                out,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{round}{}{}/>",
                number(x),
                number(y),
                number(w),
                number(h),
                filled(*fill),
                drawn(*pen)
            )
        }
        Shape::Polygon { points, fill, pen } => writeln!(
            out,
            "<polygon points=\"{}\"{}{}/>",
            listed(points),
            filled(Some(*fill)),
            drawn(*pen)
        ),
        Shape::Line { points, pen } => writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\"{}/>",
            listed(points),
            drawn(Some(*pen))
        ),
        Shape::Disc { center, radius, fill } => writeln!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}/>",
            number(center.x),
            number(center.y),
            number(*radius),
            filled(Some(*fill))
        ),
        Shape::Text { at, align, face, size, ink, text } => {
            let anchor = match align {
                Align::Left => "start",
                Align::Center => "middle",
                Align::Right => "end",
            };
            // The middle of a line of capitals is about a third of the size above its baseline.
            let baseline = at.y + size * 0.35;
            writeln!(
                out,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" font-size=\"{}\"{}{} \
                 xml:space=\"preserve\">{}</text>",
                number(at.x),
                number(baseline),
                number(*size),
                font(*face),
                filled(Some(*ink)),
                escape(text)
            )
        }
    };
}

fn font(face: Face) -> &'static str {
    match face {
        Face::Regular => " font-family=\"Inter, Helvetica, Arial, sans-serif\"",
        Face::SemiBold => {
            " font-family=\"Inter, Helvetica, Arial, sans-serif\" font-weight=\"600\""
        }
        Face::Mono => " font-family=\"JetBrains Mono, Menlo, Consolas, monospace\"",
    }
}

fn filled(ink: Option<Ink>) -> String {
    match ink {
        None => " fill=\"none\"".to_owned(),
        Some(ink) => format!(" fill=\"{}\"{}", color(ink.rgb), opacity("fill-opacity", ink.alpha)),
    }
}

fn drawn(pen: Option<Pen>) -> String {
    let Some(pen) = pen else { return String::new() };
    let dash = pen.dash.pattern().map_or(String::new(), |(on, off)| {
        format!(" stroke-dasharray=\"{} {}\"", number(on * pen.width), number(off * pen.width))
    });
    format!(
        " stroke=\"{}\"{} stroke-width=\"{}\" stroke-linejoin=\"round\"{dash}",
        color(pen.ink.rgb),
        opacity("stroke-opacity", pen.ink.alpha),
        number(pen.width)
    )
}

fn opacity(name: &str, alpha: f32) -> String {
    if alpha >= 1.0 { String::new() } else { format!(" {name}=\"{}\"", number(alpha)) }
}

fn color(Rgb(r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn listed(points: &[Point]) -> String {
    let pairs: Vec<String> =
        points.iter().map(|point| format!("{},{}", number(point.x), number(point.y))).collect();
    pairs.join(" ")
}

/// At most two decimals, none that say nothing, and no minus before a zero.
fn number(value: f32) -> String {
    let hundredths = (f64::from(value) * 100.0).round() as i64;
    let (sign, whole, rest) =
        (if hundredths < 0 { "-" } else { "" }, hundredths.abs() / 100, hundredths.abs() % 100);
    match rest {
        0 => format!("{sign}{whole}"),
        _ if rest % 10 == 0 => format!("{sign}{whole}.{}", rest / 10),
        _ => format!("{sign}{whole}.{rest:02}"),
    }
}

/// Text for XML: what has a meaning there is written otherwise, what may not stand there is left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
#[path = "svg_tests.rs"]
mod tests;
