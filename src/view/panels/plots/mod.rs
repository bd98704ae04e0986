//! Numbers over time: tasks by what they do, CPUs in use, bytes in stores and under way; the cursor is a line.
//!
//! A curve is drawn in as many points as the panel is wide, however many steps it has; peaks are kept.

mod curves;
#[cfg(test)]
mod plots_tests;

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use crate::view::panels::plots::curves::{Chart, Drawn, charts};
use bevy_egui::egui;
use egui::{Id, RichText, ScrollArea, Ui, vec2};
use egui_plot::{GridMark, HoverPosition, Legend, Line, LineStyle, Plot, PlotPoints, VLine};
use rayscope::base::Instant;
use rayscope::chart::axis::{tick_label, ticks};
use rayscope::replay::PlaybackCommand;

/// What the panel keeps from frame to frame.
#[derive(Default)]
pub struct PlotsView {
    run: Option<(usize, usize)>,
    /// The seconds that were seen in the last frame.
    seen: Option<(f64, f64)>,
    drawn: Drawn,
}

/// A chart is at least so high; where there is less room, they are scrolled.
const LEAST: f32 = 110.0;
const TITLE: f32 = 20.0;

/// The panel.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut PlotsView) {
    let room = ui.available_size();
    if room.x < 60.0 || room.y < 40.0 {
        return;
    }
    let end = look.run.history.end().as_secs().max(1e-9);
    let fresh = view.run != Some(look.run.key());
    if fresh {
        *view = PlotsView { run: Some(look.run.key()), ..PlotsView::default() };
    }
    let charts = charts(look);
    let seen = view.seen.unwrap_or((0.0, end));
    view.drawn.follow(&charts, seen, look.run.history.end(), room.x as usize);
    let height = (room.y / charts.len() as f32).max(LEAST) - TITLE - 6.0;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let mut first = 0;
        for (number, chart) in charts.iter().enumerate() {
            ui.label(
                RichText::new(chart.title).font(paint::strong(13.0)).color(color(look.theme.ink)),
            );
            let lines = &view.drawn.lines[first..first + chart.curves.len()];
            first += chart.curves.len();
            let plot = prepared(look, chart, (number, room.x), fresh).height(height);
            let response = plot.show(ui, |plot| {
                for (curve, points) in chart.curves.iter().zip(lines) {
                    let line = Line::new(curve.name.clone(), PlotPoints::Borrowed(points));
                    let line = line.color(curve.ink).width(curve.width).style(curve.style);
                    let line = line.id(Id::new(("curve", &curve.name)));
                    plot.line(if curve.fills { line.fill(0.0).fill_alpha(0.18) } else { line });
                }
                let cursor = look.playback.clock().as_secs();
                let ink = color(look.theme.accent);
                plot.vline(VLine::new("", cursor).color(ink).width(1.75).allow_hover(false));
                plot.pointer_coordinate().filter(|_| plot.response().clicked())
            });
            let bounds = response.transform.bounds();
            if bounds.is_finite_x() && bounds.width() > 0.0 {
                view.seen = Some((bounds.min()[0], bounds.max()[0]));
            }
            if let Some(at) = response.inner {
                let at = Instant::from_nanos((at.x.clamp(0.0, end) * 1e9).round() as u64);
                asks.push(Command::Playback(PlaybackCommand::JumpToTime(at)));
            }
        }
    });
}

/// A chart before its lines: its axes, and what of it is seen.
fn prepared<'a>(
    look: &Look,
    chart: &'a Chart,
    (number, width): (usize, f32),
    fresh: bool,
) -> Plot<'a> {
    let end = look.run.history.end().as_secs().max(1e-9);
    let hidden = chart.curves.iter().filter(|curve| curve.hidden && fresh);
    let hidden: Vec<Id> = hidden.map(|curve| Id::new(("curve", &curve.name))).collect();
    let legend = Legend::default().background_alpha(0.8).follow_insertion_order(true);
    let legend = if hidden.is_empty() { legend } else { legend.hidden_items(hidden) };
    let (show, step) = (chart.show, chart.step);
    Plot::new(("plot", number, look.run.key()))
        .link_axis("time", [true, false])
        .link_cursor("time", [true, false])
        .allow_zoom([true, false])
        .allow_drag([true, false])
        .allow_scroll([true, false])
        .allow_boxed_zoom(false)
        .set_margin_fraction(vec2(0.03, 0.08))
        .include_x(0.0)
        .include_x(end)
        .include_y(0.0)
        .include_y(chart.most)
        .show_background(false)
        .grid_color(mix(look.theme.paper, look.theme.ink, 0.3))
        .x_grid_spacer(move |input| {
            let most = ((width - 80.0) / 80.0).max(1.0) as usize;
            let nanos = |seconds: f64| (seconds.max(0.0) * 1e9) as u64;
            let (step, marks) = ticks(nanos(input.bounds.0), nanos(input.bounds.1), most);
            marks
                .map(|at| GridMark { value: at as f64 / 1e9, step_size: step as f64 / 1e9 })
                .collect()
        })
        .y_grid_spacer(move |input| {
            let count = (input.bounds.1.max(0.0) / step).min(20.0) as u32;
            (0..=count).map(|n| GridMark { value: f64::from(n) * step, step_size: step }).collect()
        })
        .y_axis_min_width(58.0)
        .x_axis_formatter(|mark, _| time(mark))
        .y_axis_formatter(
            move |mark, _| if mark.value < 0.0 { String::new() } else { show(mark.value) },
        )
        .label_formatter(move |hover| match hover {
            HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
                let at = Instant::from_nanos((position.x.max(0.0) * 1e9) as u64);
                Some(format!("{plot_name}: {} at {at}", show(position.y)))
            }
            HoverPosition::NearDataPoint { .. } | HoverPosition::Elsewhere { .. } => None,
        })
        .legend(legend)
}

/// A mark of the time axis.
fn time(mark: GridMark) -> String {
    let nanos = |seconds: f64| (seconds.max(0.0) * 1e9).round() as u64;
    if mark.value < -1e-12 {
        return String::new();
    }
    tick_label(nanos(mark.value), nanos(mark.step_size))
}

/// How a line is drawn that a theme's colours alone would not tell apart.
fn style(number: usize) -> LineStyle {
    match number % 3 {
        0 => LineStyle::Solid,
        1 => LineStyle::dashed_loose(),
        _ => LineStyle::Dotted { spacing: 5.0 },
    }
}
