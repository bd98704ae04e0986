//! Times, sizes and bandwidths as people write them: `50us`, `600MB`, `10Gbps`.

use crate::base::decimal::{DecimalError, parse_scaled};
use crate::base::time::Span;
use thiserror::Error;

/// Why a quantity cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnitError {
    /// The number in front of the unit is wrong.
    #[error(transparent)]
    Number(#[from] DecimalError),
    /// No unit, where one is needed.
    #[error("`{text}` has no unit; write one of {known}")]
    Missing {
        /// What was written.
        text: String,
        /// The units that would do.
        known: String,
    },
    /// A unit that is not known here.
    #[error("`{unit}` is not a unit here; write one of {known}")]
    Unknown {
        /// What stands where the unit should.
        unit: String,
        /// The units that would do.
        known: String,
    },
}

const TIMES: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

const SIZES: &[(&str, u64)] = &[
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// In bits a second, times 8 so that bytes a second share the table.
const BANDWIDTHS: &[(&str, u64)] = &[
    ("bps", 1),
    ("kbps", 1_000),
    ("Mbps", 1_000_000),
    ("Gbps", 1_000_000_000),
    ("Tbps", 1_000_000_000_000),
    ("B/s", 8),
    ("kB/s", 8_000),
    ("MB/s", 8_000_000),
    ("GB/s", 8_000_000_000),
    ("KiB/s", 8 << 10),
    ("MiB/s", 8 << 20),
    ("GiB/s", 8 << 30),
];

fn parse_with(text: &str, table: &[(&str, u64)]) -> Result<u64, UnitError> {
    let known = || table.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let text = text.trim();
    let split = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-')))
        .unwrap_or(text.len());
    let (number, unit) = (text[..split].trim(), text[split..].trim());
    if unit.is_empty() && !number.is_empty() {
        return Err(UnitError::Missing { text: text.to_owned(), known: known() });
    }
    let Some((_, scale)) = table.iter().find(|(name, _)| *name == unit) else {
        return Err(UnitError::Unknown { unit: unit.to_owned(), known: known() });
    };
    Ok(parse_scaled(number, *scale)?)
}

/// A length of time with its unit: `2.5s`, `50us`, `100ms`, `3min`.
pub fn parse_time(text: &str) -> Result<Span, UnitError> {
    parse_with(text, TIMES).map(Span::from_nanos)
}

/// A size in bytes with its unit: `1MB` is 1,000,000, `1MiB` is 1,048,576.
pub fn parse_size(text: &str) -> Result<u64, UnitError> {
    parse_with(text, SIZES)
}

/// Bytes a second: `10Gbps` (bits) or `1.25GB/s` (bytes).
pub fn parse_bandwidth(text: &str) -> Result<u64, UnitError> {
    parse_with(text, BANDWIDTHS).map(|bits| bits / 8)
}

/// A size as people read it, with at most four digits: `1.5 MB`.
pub fn show_bytes(bytes: u64) -> String {
    let (mut value, mut unit) = (bytes as f64, "B");
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        if value < 999.95 {
            break;
        }
        (value, unit) = (value / 1000.0, next);
    }
    let text = format!("{value:.1}");
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        assert_eq!(parse_time("2.5s"), Ok(Span::from_millis(2500)));
        assert_eq!(parse_time("50 us"), Ok(Span::from_micros(50)));
        assert_eq!(parse_size("600MB"), Ok(600_000_000));
        assert_eq!(parse_size("1.5KiB"), Ok(1536));
        assert_eq!(parse_bandwidth("10Gbps"), Ok(1_250_000_000));
        assert_eq!(parse_bandwidth("1.25GB/s"), Ok(1_250_000_000));
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(matches!(parse_time("5"), Err(UnitError::Missing { .. })));
        assert!(matches!(parse_time("5 parsecs"), Err(UnitError::Unknown { .. })));
        assert!(matches!(parse_time("-5s"), Err(UnitError::Number(DecimalError::Negative(_)))));
        assert!(matches!(parse_time("s"), Err(UnitError::Number(DecimalError::NotANumber(_)))));
        assert!(matches!(
            parse_size("99999999999TB"),
            Err(UnitError::Number(DecimalError::TooLarge(_)))
        ));
        assert!(matches!(parse_size(""), Err(UnitError::Unknown { .. })));
    }

    #[test]
    fn shows_sizes_shortly() {
        assert_eq!(
            [0, 999, 1_000_000, 1_234_567].map(show_bytes),
            ["0 B", "999 B", "1 MB", "1.2 MB"]
        );
    }
}
