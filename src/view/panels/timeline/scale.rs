//! Which time is seen, and where in the panel it is.

use bevy_egui::egui::Rect;
use rayscope::base::Instant;

/// The least time that is seen, in nanoseconds.
const LEAST: f64 = 10.0;
/// Of all that can be seen, so much lies before the beginning and after the end.
const MARGIN: f64 = 0.01;

/// A stretch of time in nanoseconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Window {
    /// Where it begins; a little before the run's beginning if all is seen.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

impl Window {
    /// The whole run.
    pub fn whole(end: Instant) -> Window {
        let end = (end.as_nanos() as f64).max(LEAST);
        Window { from: -end * MARGIN, to: end * (1.0 + MARGIN) }
    }

    /// From one time to another, with some room on both sides.
    pub fn around(from: Instant, to: Instant, end: Instant) -> Window {
        let (from, to) = (from.as_nanos() as f64, to.as_nanos() as f64);
        let room = ((to - from) * 0.15).max(LEAST);
        Window { from: from - room, to: to + room }.within(end)
    }

    /// How long it is.
    pub fn span(self) -> f64 {
        self.to - self.from
    }

    /// `factor` times as long; what is at `at` stays where it is.
    pub fn zoomed(self, at: f64, factor: f64, end: Instant) -> Window {
        let span = (self.span() * factor).clamp(LEAST, Window::whole(end).span());
        let share = ((at - self.from) / self.span().max(1.0)).clamp(0.0, 1.0);
        let from = at - share * span;
        Window { from, to: from + span }.within(end)
    }

    /// So many nanoseconds later.
    pub fn moved(self, by: f64, end: Instant) -> Window {
        Window { from: self.from + by, to: self.to + by }.within(end)
    }

    /// Moved into the run, and not longer than it.
    pub fn within(self, end: Instant) -> Window {
        let whole = Window::whole(end);
        let span = self.span().clamp(LEAST, whole.span());
        let from = self.from.clamp(whole.from, whole.to - span);
        Window { from, to: from + span }
    }

    /// Whether a time is in it.
    pub fn holds(self, at: Instant) -> bool {
        (self.from..=self.to).contains(&(at.as_nanos() as f64))
    }

    /// The times at its ends that belong to a run.
    pub fn ends(self) -> (Instant, Instant) {
        (instant(self.from), instant(self.to))
    }
}

fn instant(nanos: f64) -> Instant {
    // Before the beginning is the beginning: the conversion saturates.
    Instant::from_nanos(nanos as u64)
}

/// A window on a stretch of the panel.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// What is seen.
    pub window: Window,
    /// Where.
    pub plot: Rect,
}

impl Scale {
    /// Nanoseconds in a point.
    pub fn per_point(self) -> f64 {
        self.window.span() / f64::from(self.plot.width().max(1.0))
    }

    /// Where a time is; beyond the plot, as far beyond as does not matter.
    pub fn x(self, at: Instant) -> f32 {
        let x = (at.as_nanos() as f64 - self.window.from) / self.per_point();
        self.plot.left() + x.clamp(-1e4, 1e5) as f32
    }

    /// The time at a place, in nanoseconds.
    pub fn nanos(self, x: f32) -> f64 {
        self.window.from + f64::from(x - self.plot.left()) * self.per_point()
    }

    /// The time of the run at a place.
    pub fn at(self, x: f32) -> Instant {
        instant(self.nanos(x).round())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy_egui::egui::pos2;

    const END: Instant = Instant::from_nanos(1_000_000);

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let plot = Rect::from_min_max(pos2(100.0, 0.0), pos2(600.0, 10.0));
        let mut scale = Scale { window: Window::whole(END), plot };
        let under = scale.nanos(350.0);
        for _ in 0..9 {
            scale.window = scale.window.zoomed(under, 0.7, END);
            assert!((scale.nanos(350.0) - under).abs() < 1.0, "{scale:?}");
        }
        assert_eq!(scale.x(scale.at(350.0)).round(), 350.0);
        assert_eq!(scale.window.zoomed(under, 1e9, END), Window::whole(END));
        let near = scale.window.zoomed(under, 0.0, END);
        assert_eq!(near.span(), LEAST);
    }

    #[test]
    fn moving_stops_at_the_ends() {
        let window = Window { from: 1e5, to: 2e5 };
        let whole = Window::whole(END);
        assert_eq!(window.moved(-1e9, END).from, whole.from);
        assert!((window.moved(1e9, END).to - whole.to).abs() < 1.0);
        assert!(window.moved(5e4, END).holds(Instant::from_nanos(240_000)));
    }

    #[test]
    fn a_run_of_no_time_can_be_looked_at() {
        let whole = Window::whole(Instant::ZERO);
        assert!(whole.span() >= LEAST && whole.holds(Instant::ZERO));
        assert_eq!(
            whole.zoomed(0.0, 0.5, Instant::ZERO).within(Instant::ZERO).ends().0,
            Instant::ZERO
        );
    }
}
