//! Which curves there are, in which colours, and their points for what is seen.

use crate::view::look::Look;
use crate::view::paint::color;
use crate::view::panels::numbers::grouped;
use crate::view::panels::plots::style;
use bevy_egui::egui::Color32;
use egui_plot::{LineStyle, PlotPoint};
use rayscope::base::Instant;
use rayscope::base::units::show_bytes;
use rayscope::chart::axis::round_step;
use rayscope::chart::curve::{Curve, Sample};

/// A run with more nodes than these has no curve for each store.
const MOST_STORES: usize = 7;

/// Curves that share their axes.
pub struct Chart<'a> {
    /// What stands above it.
    pub title: &'static str,
    /// Its curves.
    pub curves: Vec<Shown<'a>>,
    /// The largest value that is ever reached.
    pub most: f64,
    /// How far its horizontal lines are apart.
    pub step: f64,
    /// A value in words.
    pub show: fn(f64) -> String,
}

/// A curve with its looks.
pub struct Shown<'a> {
    /// What the legend calls it.
    pub name: String,
    pub curve: &'a Curve,
    pub ink: Color32,
    pub width: f32,
    pub style: LineStyle,
    /// Whether the area below is filled.
    pub fills: bool,
    /// Whether it is only in the legend at first.
    pub hidden: bool,
}

/// All charts of a run.
pub fn charts<'a>(look: &Look<'a>) -> Vec<Chart<'a>> {
    let (theme, series) = (look.theme, look.run.series());
    // Of the functions' colours, those that are dark enough for a line.
    let (green, blue, red) = (theme.function(2), theme.function(5), theme.function(6));
    let shown = |name: &str, curve, ink, number| Shown {
        name: name.to_owned(),
        curve,
        ink: color(ink),
        width: 1.75,
        style: style(number),
        fills: false,
        hidden: false,
    };
    let tasks = vec![
        shown("running", &series.running, green, 0),
        shown("queued", &series.queued, red, 1),
        shown("wait for arguments", &series.waiting, blue, 2),
    ];
    let used = Shown { fills: true, ..shown("CPUs in use", &series.utilisation, blue, 0) };
    let mut bytes = vec![
        Shown { fills: true, ..shown("in all stores", &series.stored, theme.function(3), 0) },
        shown("under way", &series.in_flight, theme.transfer, 1),
    ];
    let nodes = look.run.history.last_state().nodes.len();
    if (2..=MOST_STORES).contains(&nodes) {
        for (number, (curve, row)) in
            series.stores.iter().zip(look.run.history.last_state().nodes.iter()).enumerate()
        {
            let name = format!("store of {}", row.name);
            let ink = theme.function(number as u32);
            bytes.push(Shown { hidden: true, width: 1.25, ..shown(&name, curve, ink, number) });
        }
    }
    vec![
        whole("Tasks", tasks, |value| grouped(value.round() as usize)),
        Chart {
            title: "CPUs",
            most: series.utilisation.most().max(1.0),
            curves: vec![used],
            step: 0.25,
            show: |value| format!("{} %", (value * 100.0).round()),
        },
        whole("Bytes", bytes, |value| show_bytes(value.max(0.0) as u64)),
    ]
}

/// A chart of whole numbers.
fn whole<'a>(title: &'static str, curves: Vec<Shown<'a>>, show: fn(f64) -> String) -> Chart<'a> {
    let most = curves.iter().map(|shown| shown.curve.most()).fold(1.0, f64::max);
    let step = round_step((most / 4.0) as u64) as f64;
    Chart { title, curves, most, step, show }
}

/// The points of all curves for what is seen: made again only when that changes.
#[derive(Default)]
pub struct Drawn {
    of: Option<((f64, f64), usize)>,
    /// In the order of the charts' curves.
    pub lines: Vec<Vec<PlotPoint>>,
    samples: Vec<Sample>,
}

impl Drawn {
    /// Makes them for the seconds that are seen and as many on both sides, for the frame in which that moves.
    pub fn follow(&mut self, charts: &[Chart], seen: (f64, f64), end: Instant, points: usize) {
        if self.of == Some((seen, points)) {
            return;
        }
        self.of = Some((seen, points));
        let span = seen.1 - seen.0;
        let instant = |seconds: f64| Instant::from_nanos((seconds.max(0.0) * 1e9) as u64);
        // Nothing beyond the run: points there would widen the axes.
        let (from, to) = (instant(seen.0 - span).min(end), instant(seen.1 + span).min(end));
        let curves = charts.iter().flat_map(|chart| &chart.curves);
        self.lines.resize(curves.clone().count(), Vec::new());
        for (shown, line) in curves.zip(&mut self.lines) {
            shown.curve.sample(from, to, 3 * points.max(10), &mut self.samples);
            line.clear();
            for sample in &self.samples {
                stepped(line, sample);
            }
        }
    }
}

/// Adds a sample: a step to the right and then up or down; a stretch with many steps from its least to its largest.
fn stepped(line: &mut Vec<PlotPoint>, sample: &Sample) {
    if let Some(last) = line.last().copied()
        && last.y != sample.least
    {
        line.push(PlotPoint::new(sample.at, last.y));
    }
    line.push(PlotPoint::new(sample.at, sample.least));
    if sample.most != sample.least {
        line.push(PlotPoint::new(sample.at, sample.most));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayscope::chart::curve::Builder;

    #[test]
    fn a_step_is_a_corner() {
        let mut builder = Builder::default();
        builder.set(Instant::from_nanos(1_000_000_000), 2.0);
        builder.set(Instant::from_nanos(3_000_000_000), 1.0);
        let curve = builder.finish();
        let mut samples = Vec::new();
        curve.sample(Instant::ZERO, Instant::from_nanos(4_000_000_000), 10, &mut samples);
        let mut line = Vec::new();
        samples.iter().for_each(|sample| stepped(&mut line, sample));
        let points: Vec<(f64, f64)> = line.iter().map(|point| (point.x, point.y)).collect();
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 2.0), (3.0, 2.0), (3.0, 1.0), (4.0, 1.0)];
        assert_eq!(points, corners);
    }
}
