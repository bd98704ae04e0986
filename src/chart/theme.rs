//! The colours of roles and marks, for every back end. The one place below the view where a colour is named.
//!
//! Okabe and Ito's eight colours (<https://jfly.uni-koeln.de/color/>) are the default, since they stay apart for
//! colour-blind eyes. A colour never tells a state alone: marks also differ in border and badge.

use crate::chart::scene::{BubbleKind, Mark, Role};

/// Red, green, blue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A set of colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Theme {
    /// What it is called on the command line.
    pub name: &'static str,
    /// The background.
    pub paper: Rgb,
    /// Behind panels and nodes.
    pub panel: Rgb,
    /// Text and borders.
    pub ink: Rgb,
    /// Text of less weight.
    pub faint: Rgb,
    /// What is selected or new.
    pub accent: Rgb,
    /// What went wrong.
    pub alarm: Rgb,
    /// Copies under way, everywhere.
    pub transfer: Rgb,
    /// Node frame, worker, store, scheduler, GCS, object, bubble, aside.
    furniture: [Rgb; 8],
    /// Tasks by function, used again from the first.
    functions: &'static [Rgb],
    /// Whether it is dark.
    pub dark: bool,
}

const fn rgb(hex: u32) -> Rgb {
    Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const OKABE_ITO: &[Rgb] = &[
    rgb(0x56B4E9),
    rgb(0xE69F00),
    rgb(0x009E73),
    rgb(0xCC79A7),
    rgb(0xF0E442),
    rgb(0x0072B2),
    rgb(0xD55E00),
];

/// The drawings of the lesson: tasks are white, places have its pastels.
pub const LESSON: Theme = Theme {
    name: "lesson",
    paper: rgb(0xFFFFFF),
    panel: rgb(0xE6EBEB),
    ink: rgb(0x1F2328),
    faint: rgb(0x6A737D),
    accent: rgb(0xD55E00),
    alarm: rgb(0xB3261E),
    transfer: rgb(0xD55E00),
    furniture: [
        rgb(0xE6EBEB),
        rgb(0xA8C2E6),
        rgb(0xF0CCCC),
        rgb(0xB7D6A8),
        rgb(0xFCE69B),
        rgb(0x55C1FA),
        rgb(0xE9EAD0),
        rgb(0xDDF5DF),
    ],
    functions: OKABE_ITO,
    dark: false,
};

/// For dark rooms.
pub const DARK: Theme = Theme {
    name: "dark",
    paper: rgb(0x16191D),
    panel: rgb(0x1F2429),
    ink: rgb(0xE8EBEE),
    faint: rgb(0x9AA5B1),
    accent: rgb(0xFFB454),
    alarm: rgb(0xFF7B72),
    transfer: rgb(0xFF8F40),
    furniture: [
        rgb(0x22282E),
        rgb(0x2C4A73),
        rgb(0x6B3A42),
        rgb(0x3A5A31),
        rgb(0x5F501C),
        rgb(0x0B6190),
        rgb(0x3B3C2C),
        rgb(0x234632),
    ],
    functions: OKABE_ITO,
    dark: true,
};

/// Black on white, with borders that do not need colours.
pub const CONTRAST: Theme = Theme {
    name: "contrast",
    paper: rgb(0xFFFFFF),
    panel: rgb(0xFFFFFF),
    ink: rgb(0x000000),
    faint: rgb(0x3D3D3D),
    accent: rgb(0xA33B00),
    alarm: rgb(0xB00020),
    transfer: rgb(0xA33B00),
    furniture: [
        rgb(0xFFFFFF),
        rgb(0xCFE3FF),
        rgb(0xFFDCDC),
        rgb(0xD4F2C4),
        rgb(0xFFF0B3),
        rgb(0x8FDBFF),
        rgb(0xFFFFFF),
        rgb(0xE6FFE9),
    ],
    functions: OKABE_ITO,
    dark: false,
};

/// Every theme, the default first.
pub const THEMES: [&Theme; 3] = [&LESSON, &DARK, &CONTRAST];

impl Theme {
    /// The theme of that name.
    pub fn named(name: &str) -> Option<&'static Theme> {
        THEMES.into_iter().find(|theme| theme.name == name)
    }

    /// The colour that fills a role.
    pub fn fill(&self, role: Role) -> Rgb {
        match role {
            Role::Node => self.furniture[0],
            Role::Worker => self.furniture[1],
            Role::Store => self.furniture[2],
            Role::Scheduler => self.furniture[3],
            Role::Gcs => self.furniture[4],
            Role::Object => self.furniture[5],
            Role::Task(_) | Role::Code | Role::Count => self.paper,
        }
    }

    /// The colour behind something said.
    pub fn bubble(&self, kind: BubbleKind) -> Rgb {
        match kind {
            BubbleKind::Narrate => self.furniture[6],
            BubbleKind::Aside => self.furniture[7],
        }
    }

    /// The colour of a function's tasks, by its number.
    pub fn function(&self, number: u32) -> Rgb {
        self.functions[number as usize % self.functions.len()]
    }

    /// Text on a function's colour: black can be read on all of them.
    pub fn on_function(&self) -> Rgb {
        rgb(0x000000)
    }

    /// The colour of a mark's border and badge.
    pub fn line(&self, mark: Mark) -> Rgb {
        match mark {
            Mark::Failed | Mark::Gone | Mark::WaitsForStore => self.alarm,
            Mark::Fetching | Mark::Arriving => self.transfer,
            Mark::Absent | Mark::Idle => self.faint,
            Mark::Plain
            | Mark::WaitsForArguments
            | Mark::WaitsForSlot
            | Mark::Running
            | Mark::Blocked
            | Mark::Done
            | Mark::Primary
            | Mark::Secondary => self.ink,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast, as WCAG 2.2 defines them.
    fn luminance(Rgb(r, g, b): Rgb) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_everything() {
        for theme in THEMES {
            for ground in theme.furniture.into_iter().chain([theme.paper, theme.panel]) {
                assert!(contrast(theme.ink, ground) >= 4.5, "{} ink on {ground:?}", theme.name);
            }
            for line in [theme.ink, theme.faint, theme.accent, theme.alarm, theme.transfer] {
                assert!(contrast(line, theme.paper) >= 3.0, "{} {line:?}", theme.name);
            }
            for number in 0..theme.functions.len() as u32 {
                assert!(contrast(theme.on_function(), theme.function(number)) >= 4.0, "{number}");
            }
        }
    }

    #[test]
    fn themes_have_names_of_their_own() {
        for theme in THEMES {
            assert_eq!(Theme::named(theme.name), Some(theme));
        }
        assert_eq!(Theme::named("pink"), None);
    }
}
