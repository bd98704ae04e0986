//! SVG as pixels, with the bundled fonts only: the same picture on every machine.

use crate::chart::text::FONTS;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Options, Tree, fontdb};
use std::sync::{Arc, OnceLock};

/// Pictures are at most so wide and so high, in pixels.
pub const MOST_PIXELS: f32 = 16_384.0;
/// And have at most so many pixels.
const MOST_AREA: f32 = 1.2e8;

fn fonts() -> Arc<fontdb::Database> {
    static FONT_DATABASE: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut database = fontdb::Database::new();
        for font in FONTS {
            database.load_font_data(font.to_vec());
        }
        database.set_sans_serif_family("Inter");
        database.set_monospace_family("JetBrains Mono");
        Arc::new(database)
    };
    FONT_DATABASE.get_or_init(load).clone()
}

/// The picture as PNG, `scale` pixels a point. Says why if it cannot be made.
pub fn render(svg: &str, scale: f32) -> Result<Vec<u8>, String> {
    let options =
        Options { fontdb: fonts(), font_family: "Inter".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error: usvg::Error| error.to_string())?;
    let size = tree.size();
    let (w, h) = ((size.width() * scale).ceil(), (size.height() * scale).ceil());
    let fits = (1.0..=MOST_PIXELS).contains(&w) && (1.0..=MOST_PIXELS).contains(&h);
    if !fits || w * h > MOST_AREA {
        return Err(format!(
            "a picture of {w} x {h} pixels cannot be made: at most {MOST_PIXELS} a side and {} million in all",
            MOST_AREA / 1e6
        ));
    }
    let mut pixels = Pixmap::new(w as u32, h as u32).ok_or("there is no room for the picture")?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\">\
        <text x=\"2\" y=\"15\" font-size=\"14\" font-family=\"Inter\">Ray</text></svg>";

    fn dark(png: &[u8]) -> usize {
        let pixels = Pixmap::decode_png(png).expect("it is a PNG");
        pixels.pixels().iter().filter(|pixel| pixel.alpha() > 128).count()
    }

    #[test]
    fn text_is_drawn_the_same_every_time() {
        let picture = render(PICTURE, 2.0).expect("it can be drawn");
        assert!(dark(&picture) > 100, "letters are there");
        assert_eq!(picture, render(PICTURE, 2.0).expect("it can be drawn"));
    }

    #[test]
    fn what_cannot_be_drawn_says_why() {
        assert!(render("<svg", 1.0).is_err());
        assert!(render(PICTURE, 1e6).is_err_and(|why| why.contains("16384")));
        assert!(render(PICTURE, f32::NAN).is_err());
    }
}
