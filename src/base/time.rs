//! Virtual time in whole nanoseconds, so that sums add up and every machine agrees.

use std::fmt;
use std::ops::{Add, Sub};

/// A point in virtual time: nanoseconds since the program's first statement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Instant(u64);

/// A length of virtual time in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Span(u64);

/// Half-open: `from` belongs to it, `to` does not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Interval {
    /// First instant inside.
    pub from: Instant,
    /// First instant after.
    pub to: Instant,
}

const NANOS_PER_SECOND: u64 = 1_000_000_000;

impl Instant {
    /// The start of the run.
    pub const ZERO: Instant = Instant(0);
    /// Later than everything that happens.
    pub const NEVER: Instant = Instant(u64::MAX);

    /// From whole nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Instant {
        Instant(nanos)
    }

    /// In whole nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// In seconds, for people and for JSON.
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }

    /// The time from `earlier` to here; zero if `earlier` is later.
    pub fn since(self, earlier: Instant) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// Longer than any run.
    pub const MAX: Span = Span(u64::MAX);

    /// From whole nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Span {
        Span(nanos)
    }

    /// From whole microseconds.
    pub const fn from_micros(micros: u64) -> Span {
        Span(micros.saturating_mul(1_000))
    }

    /// From whole milliseconds.
    pub const fn from_millis(millis: u64) -> Span {
        Span(millis.saturating_mul(1_000_000))
    }

    /// From seconds, rounded to the nearest nanosecond; negative and NaN become zero.
    pub fn from_secs(seconds: f64) -> Span {
        // `as` saturates: too large becomes MAX, negative and NaN become 0.
        Span((seconds * NANOS_PER_SECOND as f64).round() as u64)
    }

    /// In whole nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// In seconds.
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }

    /// `count` times as long.
    pub fn times(self, count: u64) -> Span {
        Span(self.0.saturating_mul(count))
    }
}

impl Add<Span> for Instant {
    type Output = Instant;
    fn add(self, span: Span) -> Instant {
        Instant(self.0.saturating_add(span.0))
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl Interval {
    /// From `from` up to, but without, `to`.
    pub fn new(from: Instant, to: Instant) -> Interval {
        assert!(from <= to, "an interval runs forward: {from:?} .. {to:?}");
        Interval { from, to }
    }

    /// How long it is.
    pub fn span(self) -> Span {
        self.to.since(self.from)
    }

    /// Whether `at` lies inside.
    pub fn contains(self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether the two share an instant.
    pub fn overlaps(self, other: Interval) -> bool {
        self.from < other.to && other.from < self.to
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} s", self.as_secs())
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => write!(f, "0 s"),
            1..1_000 => write!(f, "{} ns", self.0),
            1_000..1_000_000 => write!(f, "{} us", trimmed(self.0 as f64 / 1e3)),
            1_000_000..1_000_000_000 => write!(f, "{} ms", trimmed(self.0 as f64 / 1e6)),
            _ => write!(f, "{:.3} s", self.as_secs()),
        }
    }
}

/// At most one decimal, and none that is zero.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_to_whole_nanoseconds() {
        assert_eq!(Span::from_secs(0.1).as_nanos(), 100_000_000);
        assert_eq!(Span::from_secs(-1.0), Span::ZERO);
        assert_eq!(Span::from_secs(f64::NAN), Span::ZERO);
        assert_eq!(Span::from_secs(1e30), Span::MAX);
    }

    #[test]
    fn time_never_wraps() {
        assert_eq!(Instant::NEVER + Span::from_nanos(1), Instant::NEVER);
        assert_eq!(Instant::ZERO.since(Instant::NEVER), Span::ZERO);
    }

    #[test]
    fn intervals_are_half_open() {
        let at = Instant::from_nanos;
        let first = Interval::new(at(0), at(5));
        assert!(!first.overlaps(Interval::new(at(5), at(9))));
        assert!(first.contains(at(4)) && !first.contains(at(5)));
    }

    #[test]
    fn spans_read_well() {
        let texts: Vec<String> = [0, 12, 50_000, 1_500_000, 2_000_000_000]
            .map(|n| Span::from_nanos(n).to_string())
            .to_vec();
        assert_eq!(texts, ["0 s", "12 ns", "50 us", "1.5 ms", "2.000 s"]);
    }
}
