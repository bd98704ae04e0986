//! What the colours and patterns of a timeline mean: only what occurs in it.

use crate::chart::geometry::{Point, Rect};
use crate::chart::graph::grouped;
use crate::chart::paint::gantt::{MARGIN, Sheet, WIDTH};
use crate::chart::paint::{Align, Ink, solid};
use crate::chart::scene::Mark;
use crate::chart::text::{self, Face};
use crate::chart::timeline::Doing;
use std::collections::BTreeSet;

const TEXT: f32 = 12.0;
const LINE: f32 = 22.0;
const SAMPLE: f32 = 22.0;
/// More functions than these are counted.
const MOST_FUNCTIONS: usize = 14;

/// What occurs in the picture.
#[derive(Default)]
pub(super) struct Seen {
    functions: BTreeSet<u32>,
    doings: BTreeSet<Doing>,
    driver_runs: bool,
    pub copies: bool,
    pub failed: bool,
    pub died: bool,
}

impl Seen {
    pub fn note(&mut self, doing: Doing, function: Option<u32>) {
        match (doing, function) {
            (Doing::Running, Some(number)) => {
                self.functions.insert(number);
            }
            (Doing::Running, None) => self.driver_runs = true,
            (doing, _) => {
                self.doings.insert(doing);
            }
        }
    }
}

/// A sample of the legend.
#[derive(Clone, Copy)]
enum Sample {
    Function(u32),
    Doing(Doing),
    Driver,
    Copy,
    Failed,
    Died,
    Busy,
}

impl Sheet<'_> {
    /// Draws the legend from `y` on, and returns where it ends.
    pub(super) fn legend(&mut self, y: f32, notes: &[String], by_node: bool) -> f32 {
        let functions: Vec<u32> = self.seen.functions.iter().copied().collect();
        let name =
            |n: &u32| self.timeline.functions.names.get(*n as usize).map(ToString::to_string);
        let shown = functions.iter().take(MOST_FUNCTIONS);
        let mut entries: Vec<(Sample, String)> =
            shown.filter_map(|n| Some((Sample::Function(*n), name(n)?))).collect();
        let more = functions.len() - entries.len();
        let doings = self.seen.doings.iter();
        entries.extend(doings.map(|doing| (Sample::Doing(*doing), doing.words().to_owned())));
        let others = [
            (self.seen.driver_runs, Sample::Driver, "the driver runs"),
            (self.seen.copies, Sample::Copy, "a copy under way"),
            (self.seen.failed, Sample::Failed, "failed or cancelled"),
            (self.seen.died, Sample::Died, "dead"),
            (by_node, Sample::Busy, "busy slots, as a share of all"),
        ];
        let others = others.into_iter().filter(|(occurs, ..)| *occurs);
        entries.extend(others.map(|(_, sample, words)| (sample, words.to_owned())));
        let mut at = Point::new(MARGIN, y);
        for (sample, words) in entries {
            let words = text::fit(&words, Face::Regular, TEXT, 260.0);
            let width = SAMPLE + 6.0 + text::width(&words, Face::Regular, TEXT);
            if at.x + width > WIDTH - MARGIN {
                at = Point::new(MARGIN, at.y + LINE);
            }
            self.sample(sample, Rect::new(at.x, at.y + 3.0, SAMPLE, LINE - 8.0));
            self.words(Point::new(at.x + SAMPLE + 6.0, at.y + LINE / 2.0 - 1.0), words);
            at.x += width + 18.0;
        }
        if more > 0 {
            let words = format!("and {} more functions in the same colours", grouped(more));
            at = Point::new(MARGIN, at.y + LINE);
            self.words(Point::new(MARGIN, at.y + LINE / 2.0 - 1.0), words);
        }
        for note in notes {
            at = Point::new(MARGIN, at.y + LINE);
            self.words(Point::new(MARGIN, at.y + LINE / 2.0 - 1.0), note.clone());
        }
        at.y + LINE
    }

    fn words(&mut self, at: Point, words: String) {
        let ink = self.brush.ink();
        self.brush.text(at, Align::Left, (Face::Regular, TEXT), ink, words);
    }

    fn sample(&mut self, sample: Sample, rect: Rect) {
        let theme = self.brush.theme;
        match sample {
            Sample::Function(number) => self.doing(Doing::Running, Some(number), rect),
            Sample::Doing(doing) => self.doing(doing, None, rect),
            Sample::Driver => self.doing(Doing::Running, None, rect),
            Sample::Copy => {
                let (fill, pen) = (Ink::of(theme.transfer), solid(self.brush.ink(), 0.8));
                self.brush.rect(rect, 2.0, Some(fill.fade(0.35)), Some(pen));
            }
            Sample::Failed => self.cross(rect.center()),
            Sample::Died => self.brush.hatch(rect, Mark::Gone),
            Sample::Busy => {
                let fill = Ink::of(theme.ink).fade(0.62);
                let half = Rect { y: rect.center().y, h: rect.h / 2.0, ..rect };
                self.brush.rect(half, 0.0, Some(fill), None);
            }
        }
    }
}
