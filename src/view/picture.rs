//! The picture of the moment as a file in the current folder.

use crate::view::command::Picture;
use crate::view::session::Session;
use rayscope::chart::svg::{self, Meta};
use rayscope::chart::{caption_at, png};
use std::fs;
use std::path::PathBuf;

/// Pixels for a point: large enough for a slide.
const SCALE: f32 = 2.0;

/// Writes it; the file's name says which run and when.
pub fn save(session: &Session, format: Picture) -> Result<PathBuf, String> {
    let look = session.look().ok_or("Nothing is shown.")?;
    let (history, playback) = (&look.run.history, look.playback);
    let stop = playback.stop(history);
    let scene = look.run.stage().scene(history, playback.state(), playback.step(), stop);
    let caption = caption_at(history, playback.step(), stop);
    let meta = Meta { title: &look.run.title, description: &caption.short };
    let text = svg::scene(&scene, look.theme, meta);
    let (ending, bytes) = match format {
        Picture::Svg => ("svg", text.into_bytes()),
        Picture::Png => ("png", png::render(&text, SCALE)?),
    };
    let moment = match stop {
        Some(stop) => format!("step {:02}", stop + 1),
        None => format!("event {}", playback.step()),
    };
    let name =
        format!("{} {moment} at {:.3}s.{ending}", look.run.title, playback.clock().as_secs());
    let file = PathBuf::from(file_name(&name));
    fs::write(&file, bytes)
        .map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    Ok(file.canonicalize().unwrap_or(file))
}

/// The name without what a file's name may not have.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "._=".contains(c) { c } else { '-' };
    let mut text: String = name.chars().map(plain).collect();
    while text.contains("--") {
        text = text.replace("--", "-");
    }
    let (stem, ending) = text.rsplit_once('.').unwrap_or((&text, ""));
    // Names of 255 bytes are the most that file systems take.
    let short: String = stem.chars().take(60).collect();
    format!("{}.{ending}", short.trim_start_matches(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain_and_short() {
        let names = ["ray.wait, two at a time step 03 at 2.000s.svg", "../../etc/passwd at 0s.png"];
        let texts = ["ray.wait-two-at-a-time-step-03-at-2.000s.svg", "etc-passwd-at-0s.png"];
        assert_eq!(names.map(file_name), texts);
        assert!(file_name(&("節".repeat(200) + ".svg")).len() < 255);
    }
}
