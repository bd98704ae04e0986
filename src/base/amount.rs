//! Amounts of a resource at Ray's own grain: whole ten-thousandths.

use crate::base::decimal::{DecimalError, parse_scaled};
use std::fmt;

/// Ten-thousandths of one unit (`kResourceUnitScaling`, `src/ray/common/constants.h`).
pub const UNITS_PER_ONE: i64 = 10_000;

/// How much of a resource. Signed, because a node whose blocked workers come back may owe CPU.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Amount(i64);

impl Amount {
    /// None of it.
    pub const ZERO: Amount = Amount(0);
    /// One whole unit.
    pub const ONE: Amount = Amount(UNITS_PER_ONE);

    /// `count` whole units.
    pub fn whole(count: u64) -> Amount {
        Amount(i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(UNITS_PER_ONE))
    }

    /// From ten-thousandths.
    pub const fn from_units(units: i64) -> Amount {
        Amount(units)
    }

    /// In ten-thousandths.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// From decimal text such as `0.5`.
    pub fn parse(text: &str) -> Result<Amount, DecimalError> {
        let units = parse_scaled(text, UNITS_PER_ONE as u64)?;
        // 900 trillion units (a petabyte of memory in bytes) is where arithmetic stays safe.
        match i64::try_from(units) {
            Ok(units) if units < i64::MAX / 4 => Ok(Amount(units)),
            _ => Err(DecimalError::TooLarge(text.to_owned())),
        }
    }

    /// As a float, for JSON and for people.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / UNITS_PER_ONE as f64
    }

    /// How many whole units fit in it.
    pub fn floor(self) -> u64 {
        (self.0.max(0) / UNITS_PER_ONE) as u64
    }

    /// Sum, held at the ends of the range.
    pub fn plus(self, other: Amount) -> Amount {
        Amount(self.0.saturating_add(other.0))
    }

    /// Difference; may be below zero.
    pub fn minus(self, other: Amount) -> Amount {
        Amount(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (
            self.0.unsigned_abs() / UNITS_PER_ONE as u64,
            self.0.unsigned_abs() % UNITS_PER_ONE as u64,
        );
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{rest:04}");
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_fractions() {
        for text in ["0", "1", "0.5", "0.0001", "12.25"] {
            assert_eq!(Amount::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Amount::from_units(-5_000).to_string(), "-0.5");
        assert!(Amount::parse("1e15").is_err());
    }
}
