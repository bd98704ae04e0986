//! Frames as PNG files, painted on the CPU: to look at what a panel looks like without a screen.

use crate::view::tests::harness::Frame;
use bevy_egui::egui;
use egui::epaint::{ClippedPrimitive, Primitive, Vertex};
use egui::{Color32, ColorImage, Pos2, Rect, Rgba, pos2, vec2};
use resvg::tiny_skia::{Pixmap, PremultipliedColorU8};
use std::path::Path;

/// Writes what a frame drew.
pub fn save(frame: &Frame, file: &Path) {
    let image = paint(frame);
    let mut pixmap = Pixmap::new(image.size[0] as u32, image.size[1] as u32).expect("not empty");
    for (pixel, color) in pixmap.pixels_mut().iter_mut().zip(&image.pixels) {
        let opaque = PremultipliedColorU8::from_rgba(color.r(), color.g(), color.b(), 255);
        *pixel = opaque.expect("opaque");
    }
    pixmap.save_png(file).expect("the picture can be written");
}

fn paint(frame: &Frame) -> ColorImage {
    let scale = frame.output.pixels_per_point;
    let size = [(frame.size.x * scale) as usize, (frame.size.y * scale) as usize];
    let mut image = ColorImage::filled(size, Color32::WHITE);
    let atlas = frame.ctx.fonts(|fonts| fonts.image());
    let shapes = frame.output.shapes.clone();
    for ClippedPrimitive { clip_rect, primitive } in frame.ctx.tessellate(shapes, scale) {
        let Primitive::Mesh(mesh) = primitive else { continue };
        for corners in mesh.triangles() {
            let corners = corners.map(|index| mesh.vertices[index as usize]);
            triangle(&mut image, &atlas, clip_rect, corners, scale);
        }
    }
    image
}

fn triangle(
    image: &mut ColorImage,
    atlas: &ColorImage,
    clip: Rect,
    corners: [Vertex; 3],
    scale: f32,
) {
    let [a, b, c] = corners.map(|corner| corner.pos);
    let area = cross(a, b, c);
    let bounds = Rect::from_points(&[a, b, c]).intersect(clip);
    if area == 0.0 || !bounds.is_positive() {
        return;
    }
    let cells = |from: f32, to: f32, most: usize| {
        (from * scale).floor().max(0.0) as usize..((to * scale).ceil().max(0.0) as usize).min(most)
    };
    for y in cells(bounds.min.y, bounds.max.y, image.size[1]) {
        for x in cells(bounds.min.x, bounds.max.x, image.size[0]) {
            let at = pos2(x as f32 + 0.5, y as f32 + 0.5) / scale;
            let parts = [cross(b, c, at), cross(c, a, at), cross(a, b, at)].map(|part| part / area);
            // A pixel on a shared edge belongs to the triangle on one side of it.
            if !clip.contains(at) || parts.iter().any(|part| *part < 0.0) {
                continue;
            }
            let mixed = |pick: fn(&Vertex) -> Rgba| {
                let weighted = corners.iter().zip(parts).map(|(corner, part)| pick(corner) * part);
                weighted.fold(Rgba::TRANSPARENT, |sum, next| sum + next)
            };
            let color = mixed(|corner| bytes(corner.color));
            let uv = corners
                .iter()
                .zip(parts)
                .fold(vec2(0.0, 0.0), |sum, (corner, part)| sum + corner.uv.to_vec2() * part);
            let over = color * texel(atlas, uv.to_pos2());
            let under = &mut image.pixels[y * image.size[0] + x];
            let [r, g, b, a] = over.to_array();
            let blend = |over: f32, under: u8| over * 255.0 + f32::from(under) * (1.0 - a);
            let done = [blend(r, under.r()), blend(g, under.g()), blend(b, under.b())];
            let [r, g, b] = done.map(|part| part.round().clamp(0.0, 255.0) as u8);
            *under = Color32::from_rgb(r, g, b);
        }
    }
}

fn cross(a: Pos2, b: Pos2, c: Pos2) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Premultiplied bytes as shares; blending is done on bytes, as egui's own shaders do.
fn bytes(color: Color32) -> Rgba {
    let [r, g, b, a] = color.to_array().map(|part| f32::from(part) / 255.0);
    Rgba::from_rgba_premultiplied(r, g, b, a)
}

fn texel(atlas: &ColorImage, uv: Pos2) -> Rgba {
    let [width, height] = atlas.size;
    let x = uv.x * width as f32 - 0.5;
    let y = uv.y * height as f32 - 0.5;
    let get = |x: f32, y: f32| {
        let (x, y) = ((x.max(0.0) as usize).min(width - 1), (y.max(0.0) as usize).min(height - 1));
        bytes(atlas.pixels[y * width + x])
    };
    let (fx, fy) = (x - x.floor(), y - y.floor());
    let top = get(x.floor(), y.floor()) * (1.0 - fx) + get(x.floor() + 1.0, y.floor()) * fx;
    let low =
        get(x.floor(), y.floor() + 1.0) * (1.0 - fx) + get(x.floor() + 1.0, y.floor() + 1.0) * fx;
    top * (1.0 - fy) + low * fy
}
