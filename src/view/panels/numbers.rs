//! Numbers as people read them.

use rayscope::base::Span;

/// With a comma between thousands: `1,234,567`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A speed: `1x`, `0.25x`, `10,000x`.
pub fn speed(times: f64) -> String {
    if times >= 10.0 {
        return format!("{}x", grouped(times.round() as usize));
    }
    let text = format!("{times:.3}");
    format!("{}x", text.trim_end_matches('0').trim_end_matches('.'))
}

/// The largest of 1, 2, 5, 10, 20, ... nanoseconds that is not above `most`; one nanosecond at least.
pub fn round_span(most: Span) -> Span {
    let most = most.as_nanos().max(1);
    let mut power = 1u64;
    while let Some(next) = power.checked_mul(10).filter(|next| *next <= most) {
        power = next;
    }
    let factor = [5, 2].into_iter().find(|n| power.checked_mul(*n).is_some_and(|n| n <= most));
    Span::from_nanos(power * factor.unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 1234567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        let texts = [0.001, 0.25, 1.0, 1.5, 40.0, 1e6].map(speed);
        assert_eq!(texts, ["0.001x", "0.25x", "1x", "1.5x", "40x", "1,000,000x"]);
        let spans =
            [0, 1, 19, 20, 74, u64::MAX].map(|n| round_span(Span::from_nanos(n)).as_nanos());
        assert_eq!(spans, [1, 1, 10, 20, 50, 10_000_000_000_000_000_000]);
    }
}
