//! Round steps for axes, and how times are written beside them.

use crate::base::Span;

/// The least of 1, 2, 5, 10, 20, ... nanoseconds that is not below `least`.
pub fn round_step(least: u64) -> u64 {
    let mut power = 1u64;
    loop {
        for factor in [1, 2, 5] {
            match power.checked_mul(factor) {
                Some(step) if step >= least.max(1) => return step,
                Some(_) => {}
                None => return u64::MAX,
            }
        }
        let Some(next) = power.checked_mul(10) else { return u64::MAX };
        power = next;
    }
}

/// A time without the zeros that say nothing: `2.5 s`, `500 ms`.
pub fn time_label(nanos: u64) -> String {
    let text = Span::from_nanos(nanos).to_string();
    match text.strip_suffix(" s") {
        Some(number) if number.contains('.') => {
            format!("{} s", number.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

/// A time as exact as marks that are `step` nanoseconds apart need it: `2503.1 ms` where they are finer than
/// milliseconds.
pub fn tick_label(nanos: u64, step: u64) -> String {
    if step >= 1_000_000 || nanos == 0 {
        return time_label(nanos);
    }
    let (unit, name) = if step >= 1_000 { (1_000_000, "ms") } else { (1_000, "us") };
    let decimals = (0..3).find(|n| step.is_multiple_of(unit / 10u64.pow(*n))).unwrap_or(3);
    // Whole and part apart: a float has not enough digits for a nanosecond after a day.
    let part = (nanos % unit) * 10u64.pow(decimals) / unit;
    match decimals {
        0 => format!("{} {name}", nanos / unit),
        _ => format!("{}.{part:0width$} {name}", nanos / unit, width = decimals as usize),
    }
}

/// The marks of an axis from `from` to `to`, in nanoseconds, at most `most` of them and at least one step apart.
pub fn ticks(from: u64, to: u64, most: usize) -> (u64, impl Iterator<Item = u64>) {
    let step = round_step(to.saturating_sub(from) / most.max(1) as u64);
    let first = from.div_ceil(step);
    let last = to / step;
    (step, (first..=last).take(most + 2).map(move |n| n * step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        assert_eq!([0, 1, 3, 6, 11, 501].map(round_step), [1, 1, 5, 10, 20, 1_000]);
        assert_eq!(round_step(u64::MAX), u64::MAX);
    }

    #[test]
    fn labels_say_no_more_than_needed() {
        let second = 1_000_000_000;
        assert_eq!([0, second / 2, 5 * second / 2].map(time_label), ["0 s", "500 ms", "2.5 s"]);
        assert_eq!(tick_label(5 * second / 2, second / 2), "2.5 s");
        assert_eq!(tick_label(0, 1), "0 s");
        assert_eq!(tick_label(2_503_000_000, 1_000_000), "2.503 s");
        assert_eq!(tick_label(2_503_500_000, 500_000), "2503.5 ms");
        assert_eq!(tick_label(2_503_020_000, 20_000), "2503.02 ms");
        assert_eq!(tick_label(2_503_000_120, 20), "2503000.12 us");
        assert_eq!(tick_label(86_400 * second + 1, 1), "86400000000.001 us");
    }

    #[test]
    fn marks_lie_in_the_window() {
        let marks = |from, to, most| {
            let (step, marks) = ticks(from, to, most);
            (step, marks.collect::<Vec<u64>>())
        };
        assert_eq!(marks(0, 100, 5), (20, vec![0, 20, 40, 60, 80, 100]));
        assert_eq!(marks(7, 19, 3), (5, vec![10, 15]));
        assert_eq!(marks(5, 5, 0).1.len(), 1);
        assert!(marks(0, u64::MAX, 10).1.len() <= 12);
    }
}
