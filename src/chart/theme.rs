//! The colours of roles and marks, for every back end. The one place below the view where a colour is named.
//!
//! Okabe and Ito's eight colours (<https://jfly.uni-koeln.de/color/>) are the default, since they stay apart for
//! colour-blind eyes. A colour never tells a state alone: marks also differ in border and badge.

use crate::chart::scene::{Mark, Role};

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

/// Every theme, the default first.
pub const THEMES: [&Theme; 1] = [&LESSON];

impl Theme {
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

    /// Behind what is said.
    pub fn bubble(&self) -> Rgb {
        self.furniture[6]
    }

    /// Behind an aside.
    pub fn aside(&self) -> Rgb {
        self.furniture[7]
    }

    /// The colour of a function's tasks, by its number.
    pub fn function(&self, number: u32) -> Rgb {
        self.functions[number as usize % self.functions.len()]
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
