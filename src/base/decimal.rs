//! Decimal text to scaled integers, exactly: `0.1` CPU is 1,000 ten-thousandths, never 999.

use thiserror::Error;

/// Why a piece of text is not the number that was wanted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// Not a number at all.
    #[error("`{0}` is not a number")]
    NotANumber(String),
    /// Below zero where nothing is.
    #[error("`{0}` is negative")]
    Negative(String),
    /// Too large to be meant.
    #[error("`{0}` is too large")]
    TooLarge(String),
}

/// Reads `text` as a decimal number and returns it in units of `1 / scale`, rounded half up.
///
/// Accepts an exponent, since JSON does. Refuses signs below zero, NaN and infinities.
pub fn parse_scaled(text: &str, scale: u64) -> Result<u64, DecimalError> {
    let not_a_number = || DecimalError::NotANumber(text.to_owned());
    let too_large = || DecimalError::TooLarge(text.to_owned());
    let (negative, body) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], body[at + 1..].parse::<i32>().map_err(|_| not_a_number())?),
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(not_a_number());
    }
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    if negative {
        return Err(DecimalError::Negative(text.to_owned()));
    }
    // value = digits * 10^power; an i64 holds any power that an i32 exponent and a text can make.
    let power = i64::from(exponent) - fraction.len() as i64;
    if significant.len() as i64 + power > 20 {
        return Err(too_large());
    }
    scaled(significant, power, scale).ok_or_else(too_large)
}

/// `digits * 10^power * scale`, rounded half up, if it fits.
fn scaled(digits: &str, power: i64, scale: u64) -> Option<u64> {
    if power >= 0 {
        let value: u128 = digits.parse().ok()?;
        let value = value.checked_mul(10u128.checked_pow(power as u32)?)?;
        return value.checked_mul(u128::from(scale))?.try_into().ok();
    }
    // More than 18 digits behind the point cannot matter at any scale used here.
    let drop = (-power - 18).max(0) as usize;
    let kept = if drop >= digits.len() { "0" } else { &digits[..digits.len() - drop] };
    let value: u128 = kept.parse().ok()?;
    let divisor = 10u128.pow((-power - drop as i64) as u32);
    let product = value.checked_mul(u128::from(scale))?;
    ((product + divisor / 2) / divisor).try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_exactly() {
        assert_eq!(parse_scaled("0.1", 10_000), Ok(1_000));
        assert_eq!(parse_scaled("2", 10_000), Ok(20_000));
        assert_eq!(parse_scaled("2.5e-1", 100), Ok(25));
        assert_eq!(parse_scaled("1e3", 1), Ok(1_000));
        assert_eq!(parse_scaled(".5", 10), Ok(5));
        assert_eq!(parse_scaled("0.00000000000000000000001", 10_000), Ok(0));
        assert_eq!(parse_scaled("0.33333333333333333333333333333333", 9), Ok(3));
    }

    #[test]
    fn refuses_what_is_not_a_plain_number() {
        for text in ["", ".", "-", "1x", "NaN", "inf", "1e", "0x10", "1_000", "1.2.3"] {
            assert!(matches!(parse_scaled(text, 1), Err(DecimalError::NotANumber(_))), "{text}");
        }
        assert!(matches!(parse_scaled("-1", 1), Err(DecimalError::Negative(_))));
        for text in ["1e400", "99999999999999999999", "1e2147483647", "18446744073709551616"] {
            assert!(matches!(parse_scaled(text, 1), Err(DecimalError::TooLarge(_))), "{text}");
        }
    }
}
