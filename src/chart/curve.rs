//! A number over time as steps, and what a picture asks of it: its value, its mean over a while, and a shape of so
//! many points that no peak is lost in.

use crate::base::Instant;

/// Values in a block of the next higher level.
const BLOCK: usize = 16;

/// A step function: from each time on a value, before the first one zero.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Curve {
    times: Vec<Instant>,
    values: Vec<f64>,
    /// The area below the curve up to each time, in value times seconds.
    areas: Vec<f64>,
    /// Least and largest values of blocks, of blocks of blocks, and so on.
    levels: Vec<Vec<(f64, f64)>>,
}

/// What a curve does between two times.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sample {
    /// The middle of the time, in seconds.
    pub at: f64,
    /// The least value in it.
    pub least: f64,
    /// The largest value in it.
    pub most: f64,
}

/// Makes a curve from left to right.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    curve: Curve,
    value: f64,
}

impl Builder {
    /// The value so far.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// From `at` on the value is `value`. Times ascend; of several at one time the last one counts.
    pub fn set(&mut self, at: Instant, value: f64) {
        self.value = value;
        let (times, values) = (&mut self.curve.times, &mut self.curve.values);
        match times.last() {
            Some(last) if *last == at => {
                values.pop();
                times.pop();
            }
            _ => {}
        }
        // What does not change needs no step.
        if values.last().copied().unwrap_or(0.0) != value {
            times.push(at);
            values.push(value);
        }
    }

    /// From `at` on it is so much more.
    pub fn add(&mut self, at: Instant, more: f64) {
        self.set(at, self.value + more);
    }

    /// The curve.
    pub fn finish(self) -> Curve {
        let mut curve = self.curve;
        curve.areas.reserve(curve.times.len());
        let (mut area, mut before, mut value) = (0.0, Instant::ZERO, 0.0);
        for (at, next) in curve.times.iter().zip(&curve.values) {
            area += value * at.since(before).as_secs();
            curve.areas.push(area);
            (before, value) = (*at, *next);
        }
        let mut level: Vec<(f64, f64)> = curve.values.chunks(BLOCK).map(bounds).collect();
        while level.len() > 1 {
            let next = level.chunks(BLOCK).map(joined).collect();
            curve.levels.push(std::mem::replace(&mut level, next));
        }
        curve.levels.push(level);
        curve
    }
}

fn bounds(values: &[f64]) -> (f64, f64) {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    (least, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

fn joined(bounds: &[(f64, f64)]) -> (f64, f64) {
    bounds.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |all, next| {
        (all.0.min(next.0), all.1.max(next.1))
    })
}

impl Curve {
    /// How many steps it has.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether it is zero all the time.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The times at which it changes, with the values from there on.
    pub fn steps(&self) -> impl Iterator<Item = (Instant, f64)> {
        self.times.iter().copied().zip(self.values.iter().copied())
    }

    /// The largest value that it ever has.
    pub fn most(&self) -> f64 {
        self.levels.last().and_then(|top| top.first()).map_or(0.0, |(_, most)| most.max(0.0))
    }

    /// The value at `at`.
    pub fn at(&self, at: Instant) -> f64 {
        self.value(self.first_after(at))
    }

    /// The mean value from `from` to `to`; at one instant the value there.
    pub fn mean(&self, from: Instant, to: Instant) -> f64 {
        let span = to.since(from).as_secs();
        if span <= 0.0 { self.at(from) } else { (self.area(to) - self.area(from)) / span }
    }

    /// The least and the largest value from `from` up to, but without, `to`.
    pub fn range(&self, from: Instant, to: Instant) -> (f64, f64) {
        let first = self.first_after(from);
        let last = self.times.partition_point(|time| *time < to).max(first);
        let begin = self.value(first);
        let (least, most) = self.bounds_of(first, last);
        (least.min(begin), most.max(begin))
    }

    /// Its shape from `from` to `to` in at most `points` samples: the cost does not grow with the curve. Where it
    /// has fewer steps than that, each step is a sample of its own.
    pub fn sample(&self, from: Instant, to: Instant, points: usize, out: &mut Vec<Sample>) {
        out.clear();
        let first = self.first_after(from);
        let last = self.times.partition_point(|time| *time <= to).max(first);
        let plain =
            |at: Instant, value: f64| Sample { at: at.as_secs(), least: value, most: value };
        if last - first <= points {
            out.push(plain(from, self.value(first)));
            out.extend((first..last).map(|step| plain(self.times[step], self.values[step])));
            out.push(plain(to, self.value(last)));
            return;
        }
        let whole = u128::from(to.since(from).as_nanos());
        let edge = |n: usize| from.as_nanos() + (whole * n as u128 / points as u128) as u64;
        for n in 0..points {
            let (left, right) = (edge(n), edge(n + 1));
            let (least, most) = self.range(Instant::from_nanos(left), Instant::from_nanos(right));
            let at = Instant::from_nanos(left + (right - left) / 2).as_secs();
            out.push(Sample { at, least, most });
        }
    }

    /// The first step after `at`.
    fn first_after(&self, at: Instant) -> usize {
        self.times.partition_point(|time| *time <= at)
    }

    /// The value before step `step`.
    fn value(&self, step: usize) -> f64 {
        step.checked_sub(1).map_or(0.0, |before| self.values[before])
    }

    fn area(&self, at: Instant) -> f64 {
        let Some(last) = self.first_after(at).checked_sub(1) else { return 0.0 };
        self.areas[last] + self.values[last] * at.since(self.times[last]).as_secs()
    }

    /// Bounds of the values `first..last`: whole blocks of the highest level that fits, then what is left over.
    fn bounds_of(&self, first: usize, last: usize) -> (f64, f64) {
        let mut found = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut at, mut size, mut level) = (first, 1, 0);
        while at < last {
            while at.is_multiple_of(size * BLOCK) && at + size * BLOCK <= last {
                (size, level) = (size * BLOCK, level + 1);
            }
            while !at.is_multiple_of(size) || at + size > last {
                (size, level) = (size / BLOCK, level - 1);
            }
            let next = match level {
                0 => (self.values[at], self.values[at]),
                _ => self.levels[level - 1][at / size],
            };
            found = joined(&[found, next]);
            at += size;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(nanos: u64) -> Instant {
        Instant::from_nanos(nanos)
    }

    fn curve(steps: &[(u64, f64)]) -> Curve {
        let mut builder = Builder::default();
        steps.iter().for_each(|(time, value)| builder.set(at(*time), *value));
        builder.finish()
    }

    #[test]
    fn the_last_value_of_an_instant_counts() {
        let curve = curve(&[(0, 1.0), (5, 2.0), (5, 1.0), (7, 3.0), (7, 4.0)]);
        assert_eq!(curve.steps().collect::<Vec<_>>(), [(at(0), 1.0), (at(7), 4.0)]);
        assert_eq!((curve.at(at(6)), curve.at(at(7)), curve.most()), (1.0, 4.0, 4.0));
        assert_eq!(Curve::default().at(at(3)), 0.0);
    }

    #[test]
    fn a_mean_is_the_area_over_the_time() {
        let second = 1_000_000_000;
        let curve = curve(&[(second, 2.0), (3 * second, 0.0)]);
        assert_eq!(curve.mean(at(0), at(4 * second)), 1.0);
        assert_eq!(curve.mean(at(2 * second), at(2 * second)), 2.0);
    }

    #[test]
    fn few_steps_are_drawn_as_they_are_and_many_keep_their_peaks() {
        let mut out = Vec::new();
        curve(&[(1, 2.0), (3, 1.0)]).sample(at(0), at(4), 10, &mut out);
        let values: Vec<f64> = out.iter().map(|sample| sample.most).collect();
        assert_eq!(values, [0.0, 2.0, 1.0, 1.0]);
        let steps: Vec<(u64, f64)> =
            (1..5_000).map(|n| (n, if n == 3_333 { 99.0 } else { (n % 2) as f64 })).collect();
        curve(&steps).sample(at(0), at(5_000), 40, &mut out);
        assert_eq!(out.len(), 40);
        assert_eq!(out.iter().map(|sample| sample.most).fold(0.0, f64::max), 99.0);
        assert_eq!(out[10], Sample { at: 1_312.0 / 1e9, least: 0.0, most: 1.0 });
    }

    proptest! {
        #[test]
        fn ranges_are_what_looking_at_all_would_find(
            gaps in prop::collection::vec((1..9u64, -4..5i32), 0..700),
            from in 0..3_000u64,
            span in 0..3_000u64,
        ) {
            let mut time = 0;
            let mut steps = Vec::new();
            for (gap, value) in gaps {
                time += gap;
                steps.push((time, f64::from(value)));
            }
            let curve = curve(&steps);
            let inside = curve.steps().filter(|(time, _)| (from + 1..from + span).contains(&time.as_nanos()));
            let values: Vec<f64> = inside.map(|(_, value)| value).chain([curve.at(at(from))]).collect();
            prop_assert_eq!(curve.range(at(from), at(from + span)), bounds(&values));
        }
    }
}
