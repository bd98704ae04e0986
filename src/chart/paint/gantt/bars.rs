//! What stands in the rows: bars one by one, or how busy a lane or nodes were.

use crate::base::Instant;
use crate::chart::geometry::{Point, Rect};
use crate::chart::paint::gantt::{COLUMN, ROW, Sheet};
use crate::chart::paint::{Align, Dash, Ink, Pen, solid};
use crate::chart::scene::Mark;
use crate::chart::text::{self, Face};
use crate::chart::timeline::{Bar, Bucket, Doing, Ending, Lane, NodeLanes, What};

const NAME: f32 = 11.0;
/// More rows of bars in a lane are too thin to be seen one by one.
const MOST_ROWS: usize = 6;

/// Whose colour a column has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Nobody,
    Function(u32),
    Driver,
    Copy,
}

impl Sheet<'_> {
    pub(super) fn lane(&mut self, at: usize, y: f32) {
        let timeline = self.timeline;
        let lane = &timeline.lanes[at];
        self.life(lane, y);
        let crowded = lane.bars().len() > (self.plot.w / COLUMN) as usize / 2;
        if crowded || lane.rows() > MOST_ROWS {
            return self.strip(lane, y);
        }
        let height = ROW / lane.rows().max(1) as f32;
        for row in 0..lane.rows() {
            let top = y + row as f32 * height;
            for bar in lane.row(row) {
                let (left, right) = (self.x(bar.from), self.x(bar.to));
                // What took no time is still worth a line.
                let rect = Rect::new(left, top + 1.0, (right - left).max(1.0), height - 2.0);
                self.bar(bar, rect);
            }
        }
    }

    /// Before a worker was there and after it died, its row is crossed out.
    fn life(&mut self, lane: &Lane, y: f32) {
        let paper = Ink::of(self.brush.theme.paper);
        let born = self.x(lane.born);
        if born > self.plot.x {
            let rect = Rect::new(self.plot.x, y, born - self.plot.x, ROW);
            self.brush.rect(rect, 0.0, Some(paper), None);
        }
        let Some(died) = lane.died.map(|at| self.x(at)) else { return };
        let rect = Rect::new(died, y, self.plot.right() - died, ROW);
        self.brush.rect(rect, 0.0, Some(paper), None);
        self.brush.hatch(rect, Mark::Gone);
        self.seen.died = true;
    }

    fn bar(&mut self, bar: &Bar, rect: Rect) {
        match bar.what {
            What::Copy { .. } => self.copy(rect),
            What::Task { task, doing, .. } => {
                let number = self.timeline.functions.number(task);
                self.doing(doing, Some(number), rect);
            }
            What::Driver(doing) => self.doing(doing, None, rect),
        }
        self.name(bar, rect);
        if bar.ending == Ending::Failed {
            self.cross(Point::new(rect.right(), rect.center().y));
            self.seen.failed = true;
        }
    }

    fn copy(&mut self, rect: Rect) {
        let (fill, pen) = (Ink::of(self.brush.theme.transfer), solid(self.brush.ink(), 0.8));
        self.brush.rect(rect, 2.0, Some(fill.fade(0.35)), Some(pen));
        self.seen.copies = true;
    }

    /// A box that tells what is done: of a function's task, or of the driver.
    pub(super) fn doing(&mut self, doing: Doing, function: Option<u32>, rect: Rect) {
        let theme = self.brush.theme;
        let (ink, paper) = (self.brush.ink(), Ink::of(theme.paper));
        let own = function.map_or(Ink::of(theme.faint).fade(0.45), |n| Ink::of(theme.function(n)));
        self.seen.note(doing, function);
        match doing {
            Doing::WaitsForArguments
            | Doing::WaitsForSlot
            | Doing::WaitsForLease
            | Doing::WaitsForRetry => {
                let dash = match doing {
                    Doing::WaitsForArguments => Dash::Dotted,
                    _ => Dash::Dashed,
                };
                let y = rect.center().y;
                let line = vec![Point::new(rect.x, y), Point::new(rect.right(), y)];
                let ink = match doing {
                    Doing::WaitsForLease => Ink::of(theme.accent),
                    Doing::WaitsForRetry => Ink::of(theme.alarm),
                    _ => ink.fade(0.8),
                };
                self.brush.line(line, Pen { ink, width: 1.8, dash });
            }
            Doing::Starting | Doing::Fetching | Doing::WaitsForStore => {
                let mark = doing.mark();
                let pen = solid(Ink::of(theme.line(mark)), 1.2);
                self.brush.rect(rect, 2.0, Some(paper), Some(pen));
                self.brush.hatch(rect, mark);
                if doing == Doing::WaitsForStore {
                    let bar = Rect { y: rect.bottom() - 4.0, h: 3.0, ..rect };
                    self.brush.rect(bar, 0.0, Some(Ink::of(theme.alarm)), None);
                }
            }
            Doing::Running => self.brush.rect(rect, 2.0, Some(own), Some(solid(ink, 0.8))),
            Doing::Sleeping => {
                self.brush.rect(rect, 2.0, Some(own.fade(0.6)), Some(solid(ink.fade(0.6), 0.8)));
            }
            Doing::InGet | Doing::InWait => {
                self.brush.rect(rect, 2.0, Some(paper), Some(solid(ink, 0.8)));
                let under = Rect { y: rect.bottom() - 3.0, h: 3.0, ..rect };
                self.brush.rect(under, 0.0, Some(own), None);
                self.pause(rect);
            }
        }
    }

    /// Two upright bars, where they fit.
    fn pause(&mut self, rect: Rect) {
        let (c, half) = (rect.center(), (rect.h * 0.24).min(5.0));
        if rect.w < 12.0 {
            return;
        }
        let ink = self.brush.ink();
        for x in [c.x - 2.5, c.x + 2.5] {
            let line = vec![Point::new(x, c.y - half), Point::new(x, c.y + half)];
            self.brush.line(line, solid(ink, 2.0));
        }
    }

    pub(super) fn cross(&mut self, at: Point) {
        let pen = solid(Ink::of(self.brush.theme.alarm), 2.4);
        for (dx, dy) in [(4.5, 4.5), (4.5, -4.5)] {
            let line = vec![Point::new(at.x - dx, at.y - dy), Point::new(at.x + dx, at.y + dy)];
            self.brush.line(line, pen);
        }
    }

    /// The name of a task or an object in its bar, where it fits.
    fn name(&mut self, bar: &Bar, rect: Rect) {
        let names = self.history.names();
        let (name, ink) = match bar.what {
            What::Task { task, doing: Doing::Running, .. } => {
                (names.task(task), Ink::of(self.brush.theme.on_function()))
            }
            What::Copy { object, .. } => (names.object(object), self.brush.ink()),
            What::Task { doing, .. } | What::Driver(doing) => return self.call(doing, rect),
        };
        if rect.h < NAME + 2.0 || text::width(&name, Face::Regular, NAME) + 6.0 > rect.w {
            return;
        }
        self.brush.text(rect.center(), Align::Center, (Face::Regular, NAME), ink, name);
    }

    /// The call that blocks, beside the sign.
    fn call(&mut self, doing: Doing, rect: Rect) {
        let name = match doing {
            Doing::InGet => "ray.get",
            Doing::InWait => "ray.wait",
            Doing::WaitsForArguments
            | Doing::WaitsForSlot
            | Doing::WaitsForLease
            | Doing::WaitsForRetry
            | Doing::Starting
            | Doing::Fetching
            | Doing::WaitsForStore
            | Doing::Running
            | Doing::Sleeping => return,
        };
        if rect.h >= NAME + 2.0 && rect.w > 2.0 * text::width(name, Face::Regular, NAME) + 40.0 {
            let at = Point::new(rect.center().x + 10.0, rect.center().y);
            let ink = self.brush.ink();
            self.brush.text(at, Align::Left, (Face::Regular, NAME), ink, name.to_owned());
        }
    }

    /// How busy a lane was, column by column, in the colours of what took it.
    fn strip(&mut self, lane: &Lane, y: f32) {
        let mut buckets = vec![Bucket::default(); (self.plot.w / COLUMN) as usize];
        lane.density(Instant::ZERO, self.timeline.end, &mut buckets);
        let most = buckets.iter().map(|bucket| bucket.busy).fold(1.0, f32::max);
        let mut column = 0;
        while column < buckets.len() {
            let (whose, eighths) = self.look(lane, &buckets[column], most);
            let run = buckets[column..].iter();
            let count = run.take_while(|b| self.look(lane, b, most) == (whose, eighths)).count();
            let h = (ROW - 2.0) * f32::from(eighths) / 8.0;
            let x = self.plot.x + column as f32 * COLUMN;
            let rect = Rect::new(x, y + ROW - 1.0 - h, count as f32 * COLUMN, h);
            self.column(whose, rect);
            column += count;
        }
    }

    fn column(&mut self, whose: Whose, rect: Rect) {
        let theme = self.brush.theme;
        let fill = match whose {
            Whose::Nobody => return,
            Whose::Function(number) => Ink::of(theme.function(number)),
            Whose::Driver => Ink::of(theme.faint).fade(0.45),
            Whose::Copy => Ink::of(theme.transfer),
        };
        self.brush.rect(rect, 0.0, Some(fill), None);
        match whose {
            Whose::Nobody => {}
            Whose::Function(number) => self.seen.note(Doing::Running, Some(number)),
            Whose::Driver => self.seen.note(Doing::Running, None),
            Whose::Copy => self.seen.copies = true,
        }
    }

    /// What a column looks like: whose colour it has, and how high it is in eighths.
    fn look(&self, lane: &Lane, bucket: &Bucket, most: f32) -> (Whose, u8) {
        let Some(bar) = bucket.bar.map(|at| &lane.bars()[at as usize]) else {
            return (Whose::Nobody, 0);
        };
        let whose = match bar.what {
            What::Task { task, .. } => Whose::Function(self.timeline.functions.number(task)),
            What::Driver(_) => Whose::Driver,
            What::Copy { .. } => Whose::Copy,
        };
        (whose, eighths(f64::from(bucket.busy / most)))
    }

    /// How many slots of some nodes were busy, column by column.
    pub(super) fn nodes(&mut self, nodes: &[NodeLanes], y: f32) {
        let slots: f64 = nodes.iter().map(|node| f64::from(node.slots)).sum();
        let end = u128::from(self.timeline.end.as_nanos());
        let columns = (self.plot.w / COLUMN) as usize;
        let edge =
            |n: usize| Instant::from_nanos((end * n as u128 / columns.max(1) as u128) as u64);
        let share = |n: usize| {
            let busy: f64 = nodes.iter().map(|node| node.busy.mean(edge(n), edge(n + 1))).sum();
            eighths(busy / slots.max(1.0))
        };
        let heights: Vec<u8> = (0..columns).map(share).collect();
        let fill = Ink::of(self.brush.theme.ink).fade(0.62);
        let mut column = 0;
        while column < columns {
            let height = heights[column];
            let count = heights[column..].iter().take_while(|other| **other == height).count();
            let h = (ROW - 2.0) * f32::from(height) / 8.0;
            let x = self.plot.x + column as f32 * COLUMN;
            if height > 0 {
                let rect = Rect::new(x, y + ROW - 1.0 - h, count as f32 * COLUMN, h);
                self.brush.rect(rect, 0.0, Some(fill), None);
            }
            column += count;
        }
    }
}

/// A share in eighths; none is only what is nothing.
fn eighths(share: f64) -> u8 {
    (share * 8.0).ceil().clamp(0.0, 8.0) as u8
}
