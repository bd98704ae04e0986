//! How wide text is in the bundled fonts, and where its lines break: pictures are laid out without a window.

use std::sync::OnceLock;
use ttf_parser::Face as Font;

/// The fonts of all pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Face {
    /// Sentences and labels.
    Regular,
    /// Titles.
    SemiBold,
    /// Program text, ids, and tasks as the lesson writes them.
    Mono,
}

/// The bundled font files, in the order of [`Face`].
pub const FONTS: [&[u8]; 3] = [
    include_bytes!("../../assets/fonts/Inter-Regular.otf"),
    include_bytes!("../../assets/fonts/Inter-SemiBold.otf"),
    include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
];

/// Advances in thousandths of the text's size.
struct Advances {
    /// Of the characters below 128, which most text is made of.
    ascii: [u16; 128],
    font: Option<Font<'static>>,
}

/// What a character without a glyph takes: the box that is drawn for it.
const MISSING: u16 = 1_000;

impl Advances {
    fn of(file: &'static [u8]) -> Advances {
        let font = Font::parse(file, 0).ok();
        let mut advances = Advances { ascii: [0; 128], font };
        for code in 32..127u8 {
            advances.ascii[code as usize] = advances.measure(char::from(code));
        }
        advances
    }

    fn measure(&self, character: char) -> u16 {
        let Some(font) = &self.font else { return MISSING };
        let advance = font.glyph_index(character).and_then(|glyph| font.glyph_hor_advance(glyph));
        let units = u32::from(font.units_per_em()).max(1);
        advance.map_or(MISSING, |advance| (u32::from(advance) * 1_000 / units) as u16)
    }

    fn get(&self, character: char) -> u16 {
        match self.ascii.get(character as usize) {
            Some(advance) => *advance,
            None => self.measure(character),
        }
    }
}

fn advances(face: Face) -> &'static Advances {
    static ALL: OnceLock<[Advances; 3]> = OnceLock::new();
    &ALL.get_or_init(|| FONTS.map(Advances::of))[face as usize]
}

/// The width of a line of text, in points for a size in points. Kerning is left out.
pub fn width(text: &str, face: Face, size: f32) -> f32 {
    let advances = advances(face);
    let sum: u64 = text.chars().map(|character| u64::from(advances.get(character))).sum();
    sum as f32 * size / 1_000.0
}

/// The text in lines of at most `room` points. A word that is longer than a line is broken.
pub fn wrap(text: &str, face: Face, size: f32, room: f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, face, size) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        line = break_word(word, face, size, room, &mut lines);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Pushes full lines of a word, and returns what is left of it.
fn break_word(word: &str, face: Face, size: f32, room: f32, lines: &mut Vec<String>) -> String {
    let mut part = String::new();
    for character in word.chars() {
        part.push(character);
        if width(&part, face, size) > room && part.chars().count() > 1 {
            part.pop();
            lines.push(std::mem::replace(&mut part, character.to_string()));
        }
    }
    part
}

/// The text, cut with an ellipsis where it is wider than `room`.
pub fn fit(text: &str, face: Face, size: f32, room: f32) -> String {
    if width(text, face, size) <= room {
        return text.to_owned();
    }
    let advances = advances(face);
    let most = room * 1_000.0 / size.max(0.1) - f32::from(advances.get('…'));
    let mut used = 0.0;
    let mut cut = String::new();
    for character in text.chars() {
        used += f32::from(advances.get(character));
        if used > most {
            break;
        }
        cut.push(character);
    }
    cut.push('…');
    cut
}

/// The same, cut in the middle: names that begin alike stay apart by their ends.
pub fn fit_middle(text: &str, face: Face, size: f32, room: f32) -> String {
    if width(text, face, size) <= room {
        return text.to_owned();
    }
    let advances = advances(face);
    let mut left = room * 1_000.0 / size.max(0.1) - f32::from(advances.get('…'));
    let (mut start, mut end) = (0, text.len());
    // From both ends in turn, the end first.
    let (mut front, mut back) = (text.char_indices(), text.char_indices().rev());
    while let Some((at, last)) = back.next().filter(|(at, _)| *at >= start) {
        left -= f32::from(advances.get(last));
        if left < 0.0 {
            break;
        }
        end = at;
        let Some((at, first)) = front.next().filter(|(at, _)| *at < end) else { break };
        left -= f32::from(advances.get(first));
        if left < 0.0 {
            break;
        }
        start = at + first.len_utf8();
    }
    format!("{}…{}", &text[..start], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_the_font_s() {
        assert_eq!(width("", Face::Regular, 16.0), 0.0);
        let (narrow, wide) = (width("iii", Face::Regular, 16.0), width("MMM", Face::Regular, 16.0));
        assert!(narrow < wide && wide < 60.0, "{narrow} {wide}");
        assert_eq!(width("iii", Face::Mono, 10.0), width("MMM", Face::Mono, 10.0));
        assert_eq!(width("漢字", Face::Regular, 10.0), 20.0);
    }

    #[test]
    fn lines_fit_their_room() {
        let said = format!("a sentence with a name of {} characters and 漢字", "x".repeat(200));
        for room in [20.0, 90.0, 400.0] {
            let lines = wrap(&said, Face::Regular, 14.0, room);
            assert!(lines.iter().all(|line| width(line, Face::Regular, 14.0) <= room), "{lines:?}");
            let kept: usize = lines.iter().map(|line| line.replace(' ', "").chars().count()).sum();
            assert_eq!(kept, said.replace(' ', "").chars().count());
        }
        let cut = fit(&said, Face::Mono, 12.0, 100.0);
        assert!(cut.ends_with('…') && width(&cut, Face::Mono, 12.0) <= 100.0);
        assert_eq!(fit("short", Face::Mono, 12.0, 100.0), "short");
        let middle = fit_middle("mBackground_ID0000053", Face::Mono, 10.0, 60.0);
        assert_eq!(middle, "mBac…00053");
        assert_eq!(fit_middle("漢字漢字", Face::Regular, 10.0, 25.0), "…字");
        assert_eq!(fit_middle("abc", Face::Regular, 10.0, 0.0), "…");
    }
}
