//! The timeline as a picture: a row for each lane, times below, and a legend of what occurs.
//!
//! A cluster with too many lanes gets a row for each node, or for each group of nodes, that shows how busy its
//! slots were. A row whose bars are thinner than can be seen is drawn as how busy it was, too.

mod bars;
mod legend;

use crate::base::Instant;
use crate::chart::axis::{tick_label, ticks};
use crate::chart::geometry::{Point, Rect, Size};
use crate::chart::graph::grouped;
use crate::chart::paint::{Align, Brush, Ink, Picture, solid};
use crate::chart::text::{self, Face};
use crate::chart::theme::Theme;
use crate::chart::timeline::{NodeLanes, Place, Timeline};
use crate::replay::History;

const WIDTH: f32 = 1_280.0;
const MARGIN: f32 = 16.0;
const ROW: f32 = 26.0;
/// Between rows, and before the first row of a node.
const GAP: f32 = 3.0;
const NODE_GAP: f32 = 9.0;
const LABEL: f32 = 12.0;
const LONGEST_LABEL: f32 = 220.0;
/// More lanes than these are told by node.
const MOST_LANES: usize = 64;
/// More nodes than these are told in groups.
const MOST_NODES: usize = 64;
/// The width of a column of a row that is told as how busy it was.
const COLUMN: f32 = 2.0;

/// The run as a picture.
pub fn gantt(history: &History, timeline: &Timeline, theme: &Theme) -> Picture {
    let by_node = timeline.lanes.len() > MOST_LANES;
    let rows = if by_node { node_rows(history, timeline) } else { lane_rows(history, timeline) };
    let widest = rows.iter().map(|row| text::width(&row.label, Face::Regular, LABEL));
    let left = MARGIN + widest.fold(0.0, f32::max).min(LONGEST_LABEL) + 10.0;
    let bottom = rows.last().map_or(MARGIN, |row| row.y + ROW);
    let plot = Rect::new(left, MARGIN, WIDTH - MARGIN - left, bottom - MARGIN);
    let mut sheet = Sheet {
        brush: Brush { theme, shapes: Vec::new() },
        history,
        timeline,
        plot,
        seen: legend::Seen::default(),
    };
    sheet.grid();
    for row in &rows {
        sheet.label(row);
        match &row.shows {
            Shows::Lane(lane) => sheet.lane(*lane, row.y),
            Shows::Nodes(nodes) => sheet.nodes(nodes, row.y),
        }
    }
    let mut notes = Vec::new();
    if by_node {
        let (lanes, nodes) = (grouped(timeline.lanes.len()), timeline.nodes.len());
        let each = match nodes.div_ceil(MOST_NODES) {
            1 => "a row for each node".to_owned(),
            group => format!("a row for each {group} of {} nodes", grouped(nodes)),
        };
        notes.push(format!("{lanes} lanes are told by how many slots were busy: {each}"));
    }
    let height = sheet.legend(bottom + 34.0, &notes, by_node);
    let size = Size { w: WIDTH, h: height + MARGIN };
    Picture { shapes: sheet.brush.shapes, size, notes }
}

/// A row: what it shows, and where.
struct Row<'t> {
    label: String,
    y: f32,
    shows: Shows<'t>,
}

enum Shows<'t> {
    Lane(usize),
    Nodes(&'t [NodeLanes]),
}

fn lane_rows<'t>(history: &History, timeline: &Timeline) -> Vec<Row<'t>> {
    let mut y = MARGIN;
    let mut rows = Vec::with_capacity(timeline.lanes.len());
    for (at, lane) in timeline.lanes.iter().enumerate() {
        let first_of_node = timeline.nodes.iter().any(|node| node.lanes.start == at);
        if at > 0 {
            y += ROW + if first_of_node { NODE_GAP } else { GAP };
        }
        let label = timeline.label(lane.place, history.last_state());
        rows.push(Row { label, y, shows: Shows::Lane(at) });
    }
    rows
}

fn node_rows<'t>(history: &History, timeline: &'t Timeline) -> Vec<Row<'t>> {
    let state = history.last_state();
    let driver =
        Row { label: timeline.label(Place::Driver, state), y: MARGIN, shows: Shows::Lane(0) };
    let mut rows = vec![driver];
    let group = timeline.nodes.len().div_ceil(MOST_NODES).max(1);
    for nodes in timeline.nodes.chunks(group) {
        let y = MARGIN + rows.len() as f32 * (ROW + GAP);
        let name = |lanes: &NodeLanes| state.node_name(lanes.node).to_owned();
        let label = match nodes {
            [] => continue,
            [one] => name(one),
            [first, .., last] => format!("{} to {}", name(first), name(last)),
        };
        rows.push(Row { label, y, shows: Shows::Nodes(nodes) });
    }
    rows
}

/// The picture while it is made.
struct Sheet<'a> {
    brush: Brush<'a>,
    history: &'a History,
    timeline: &'a Timeline,
    plot: Rect,
    seen: legend::Seen,
}

impl Sheet<'_> {
    /// Where a time is.
    fn x(&self, at: Instant) -> f32 {
        let end = self.timeline.end.as_nanos().max(1);
        self.plot.x + (at.as_nanos() as f64 / end as f64) as f32 * self.plot.w
    }

    /// Lines at round times, and the times below.
    fn grid(&mut self) {
        let faint = Ink::of(self.brush.theme.faint);
        let (step, marks) = ticks(0, self.timeline.end.as_nanos(), 10);
        let mut free = f32::NEG_INFINITY;
        for mark in marks {
            let x = self.x(Instant::from_nanos(mark));
            let line =
                vec![Point::new(x, self.plot.y - 4.0), Point::new(x, self.plot.bottom() + 4.0)];
            self.brush.line(line, solid(faint.fade(0.35), 0.8));
            let label = tick_label(mark, step);
            let half = text::width(&label, Face::Regular, LABEL) / 2.0;
            if x - half < free {
                continue;
            }
            free = x + half + 8.0;
            let at = Point::new(x.min(WIDTH - 2.0 - half), self.plot.bottom() + 14.0);
            let ink = self.brush.ink();
            self.brush.text(at, Align::Center, (Face::Regular, LABEL), ink, label);
        }
    }

    fn label(&mut self, row: &Row) {
        let at = Point::new(self.plot.x - 8.0, row.y + ROW / 2.0);
        let label = text::fit(&row.label, Face::Regular, LABEL, LONGEST_LABEL);
        let ink = self.brush.ink();
        self.brush.text(at, Align::Right, (Face::Regular, LABEL), ink, label);
        let ground = Rect { y: row.y, h: ROW, ..self.plot };
        let panel = Ink::of(self.brush.theme.panel).fade(0.55);
        self.brush.rect(ground, 2.0, Some(panel), None);
    }
}

#[cfg(test)]
mod tests;
