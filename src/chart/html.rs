//! A story as one page: a picture and its caption at a time, with buttons, keys and a slider; all of them below
//! each other on paper and where scripts do not run. The page needs nothing but itself, its fonts included.

use crate::chart::story::Caption;
use crate::chart::svg::{Meta, escape};
use crate::chart::text::FONTS;
use std::fmt::Write;

const STYLE: &str = include_str!("html/story.css");
const SCRIPT: &str = include_str!("html/story.js");
/// What the fonts of [`FONTS`] are called in pictures: family, weight, kind of file.
const FACES: [(&str, u16, &str); 3] =
    [("Inter", 400, "otf"), ("Inter", 600, "otf"), ("JetBrains Mono", 400, "ttf")];
/// The page may use what is in it, and fetch nothing.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:";

/// A step of the story.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<'a> {
    /// The picture, as `chart::svg` makes it.
    pub svg: &'a str,
    /// What is said below it.
    pub caption: Caption,
}

/// The page of a story.
pub fn story(pages: &[Page<'_>], meta: Meta<'_>) -> String {
    let pictures: usize = pages.iter().map(|page| page.svg.len() + 1_000).sum();
    let fonts: usize = FONTS.iter().map(|font| font.len() * 4 / 3).sum();
    let mut out = String::with_capacity(pictures + fonts + 20_000);
    head(&mut out, meta);
    for (index, page) in pages.iter().enumerate() {
        step(&mut out, index + 1, pages.len(), page);
    }
    let _ =
        write!(out, "</main>\n{}<script>\n{SCRIPT}</script>\n</body>\n</html>\n", bar(pages.len()));
    out
}

fn head(out: &mut String, meta: Meta<'_>) {
    let (title, description) = (escape(meta.title), escape(meta.description));
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>{title}</title>\n<meta name=\"description\" content=\"{description}\">\n\
         <script>document.documentElement.className = \"live\";</script>\n<style>\n"
    );
    for (font, (family, weight, kind)) in FONTS.into_iter().zip(FACES) {
        let _ = writeln!(
            out,
            "@font-face {{ font-family: \"{family}\"; font-weight: {weight}; \
             src: url(data:font/{kind};base64,{}); }}",
            base64(font)
        );
    }
    let _ = write!(
        out,
        "{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n<p>{description}</p>\n</header>\n\
         <main id=\"steps\">\n"
    );
}

/// One step; its number is its address.
fn step(out: &mut String, number: usize, count: usize, page: &Page<'_>) {
    let Caption { short, why, aside } = &page.caption;
    let paragraph = |class: &str, text: &str| match text {
        "" => String::new(),
        text => format!("<p class=\"{class}\">{}</p>\n", escape(text)),
    };
    let _ = write!(
        out,
        "<section class=\"step\" id=\"{number}\" aria-label=\"Step {number} of {count}\">\n\
         <div class=\"picture\">\n{}</div>\n<div class=\"words\">\n\
         <p class=\"number\" aria-hidden=\"true\">{number}</p>\n<h2>{}</h2>\n{}{}</div>\n</section>\n",
        page.svg,
        escape(short),
        paragraph("why", why),
        paragraph("aside", aside.as_deref().unwrap_or_default())
    );
}

/// What moves through the steps; the script shows it.
fn bar(count: usize) -> String {
    let button = |does: &str, keys: &str, label: &str| {
        format!(
            "<button type=\"button\" id=\"{does}\" title=\"{keys}\" aria-label=\"{does} step\">{label}</button>\n"
        )
    };
    format!(
        "<div id=\"caption\" class=\"words\" role=\"status\" aria-live=\"polite\"></div>\n\
         <nav id=\"bar\" aria-label=\"Steps\">\n{}{}\
         <button type=\"button\" id=\"play\" title=\"Space\">Play</button>\n{}{}\
         <input type=\"range\" id=\"slider\" min=\"1\" max=\"{count}\" value=\"1\" aria-label=\"Step\">\n\
         <output id=\"counter\" for=\"slider\">step 1 of {count}</output>\n</nav>\n",
        button("first", "Home", "First"),
        button("previous", "Left arrow, Page Up", "Prev"),
        button("next", "Right arrow, Page Down, full stop", "Next"),
        button("last", "End", "Last"),
    )
}

/// Bytes as text, as RFC 4648 §4 says.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
