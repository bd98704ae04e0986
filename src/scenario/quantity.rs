//! Numbers, times, sizes and distributions as values of a scenario.

use crate::base::decimal::DecimalError;
use crate::base::rng::Stream;
use crate::base::units::{UnitError, parse_bandwidth, parse_size, parse_time};
use crate::base::{Amount, Span};
use crate::model::distribution::Distribution;
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::read::{kind_of, range_of};
use jsonc_parser::ast::Value;
use std::ops::Range;

/// No time in a scenario is longer: sums of a thousand such still fit.
pub const LONGEST: Span = Span::from_nanos(10_000_000_000_000_000);
/// No object is larger than a pebibyte.
pub const LARGEST: u64 = 1 << 50;

/// A number that is known, or drawn for each task.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// Nanoseconds or bytes.
    Exact(u64),
    /// Seconds or bytes.
    Drawn(Distribution),
}

/// What a quantity measures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    /// Time: nanoseconds when exact, seconds when drawn.
    Time,
    /// Size in bytes.
    Size,
}

impl Quantity {
    /// A value for one task; takes a draw only if chance is in it.
    pub fn draw(&self, measure: Measure, stream: &mut Stream) -> u64 {
        match self {
            Quantity::Exact(value) => *value,
            Quantity::Drawn(distribution) => {
                let value = distribution.sample(stream);
                match measure {
                    Measure::Time => Span::from_secs(value).min(LONGEST).as_nanos(),
                    Measure::Size => (value.round() as u64).min(LARGEST),
                }
            }
        }
    }
}

/// The code of a number that is none, or not one that is wanted.
pub fn number_code(error: &DecimalError) -> Code {
    match error {
        DecimalError::NotANumber(_) => Code::BadNumber,
        DecimalError::Negative(_) => Code::Negative,
        DecimalError::TooLarge(_) => Code::TooLarge,
    }
}

impl Reporter {
    /// Says what is wrong with a quantity.
    pub fn unit_error(&mut self, range: Range<usize>, what: &str, error: &UnitError) {
        let code = match error {
            UnitError::Number(error) => number_code(error),
            UnitError::Missing { .. } => Code::MissingUnit,
            UnitError::Unknown { .. } => Code::UnknownUnit,
        };
        self.say(code, range, format!("{what}: {error}"));
    }

    /// The text of a quantity; a bare number gets the advice to write a unit.
    fn quantity_text<'v>(
        &mut self,
        value: &'v Value<'_>,
        what: &str,
        unit: &str,
    ) -> Option<&'v str> {
        if let Value::NumberLit(number) = value {
            let help = format!("write \"{}{unit}\", in quotes", number.value);
            let message = format!("{what} needs a unit");
            self.advise(Code::MissingUnit, range_of(value), message, help);
            return None;
        }
        self.text(value, what)
    }

    /// A length of time: `"2.5s"`.
    pub fn time(&mut self, value: &Value<'_>, what: &str) -> Option<Span> {
        let text = self.quantity_text(value, what, "s")?;
        self.time_text(text, range_of(value), what)
    }

    /// The same, from text.
    pub fn time_text(&mut self, text: &str, range: Range<usize>, what: &str) -> Option<Span> {
        match parse_time(text) {
            Ok(span) if span > LONGEST => {
                let message =
                    format!("{what}: `{text}` is longer than {} days", 10_000_000 / 86_400);
                self.say(Code::TooLarge, range, message);
                None
            }
            Ok(span) => Some(span),
            Err(error) => {
                self.unit_error(range, what, &error);
                None
            }
        }
    }

    /// A size: `"600MB"`.
    pub fn size(&mut self, value: &Value<'_>, what: &str) -> Option<u64> {
        let text = self.quantity_text(value, what, "B")?;
        self.size_text(text, range_of(value), what)
    }

    /// The same, from text.
    pub fn size_text(&mut self, text: &str, range: Range<usize>, what: &str) -> Option<u64> {
        match parse_size(text) {
            Ok(bytes) if bytes > LARGEST => {
                self.say(Code::TooLarge, range, format!("{what}: `{text}` is more than 1024 TiB"));
                None
            }
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.unit_error(range, what, &error);
                None
            }
        }
    }

    /// A bandwidth: `"10Gbps"`; `Some(None)` is unlimited.
    pub fn bandwidth(&mut self, value: &Value<'_>, what: &str) -> Option<Option<u64>> {
        let text = self.quantity_text(value, what, "Gbps")?;
        if text == "unlimited" {
            return Some(None);
        }
        match parse_bandwidth(text) {
            Ok(0) => {
                let message =
                    format!("{what} is less than a byte a second: nothing would ever arrive");
                self.say(Code::TooSmall, range_of(value), message);
                None
            }
            Ok(bytes) => Some(Some(bytes)),
            Err(error) => {
                self.unit_error(range_of(value), what, &error);
                None
            }
        }
    }

    /// The digits of a number.
    pub fn number<'a>(&mut self, value: &Value<'a>, what: &str) -> Option<&'a str> {
        match value {
            Value::NumberLit(number) => Some(number.value),
            _ => {
                self.wrong_type(value, what, "a number");
                None
            }
        }
    }

    /// A whole number within limits.
    pub fn whole(&mut self, value: &Value<'_>, what: &str, limits: (u64, u64)) -> Option<u64> {
        let text = self.number(value, what)?;
        let range = range_of(value);
        match text.parse::<u64>() {
            Ok(number) if number < limits.0 => {
                let message = format!("{what} is at least {}, not {number}", limits.0);
                self.say(Code::TooSmall, range, message);
                None
            }
            Ok(number) if number <= limits.1 => Some(number),
            Err(_) if text.starts_with('-') => {
                self.say(Code::Negative, range, format!("{what} cannot be negative"));
                None
            }
            Err(_) if !text.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.say(Code::BadNumber, range, format!("{what} is a whole number, not {text}"));
                None
            }
            _ => {
                self.say(Code::TooLarge, range, format!("{what} is at most {}", limits.1));
                None
            }
        }
    }

    /// A number with decimals that is not negative.
    pub fn real(&mut self, value: &Value<'_>, what: &str) -> Option<f64> {
        let text = self.number(value, what)?;
        let range = range_of(value);
        match text.parse::<f64>() {
            Ok(number) if number < 0.0 => {
                self.say(Code::Negative, range, format!("{what} cannot be negative"));
                None
            }
            Ok(number) if number.is_finite() => Some(number),
            Ok(_) => {
                self.say(Code::TooLarge, range, format!("{what}: {text} is too large"));
                None
            }
            Err(_) => {
                self.say(Code::BadNumber, range, format!("{what}: {text} is not a number"));
                None
            }
        }
    }

    /// How much of a resource: a number, or for memory also a size.
    pub fn amount(&mut self, value: &Value<'_>, name: &str) -> Option<Amount> {
        let what = format!("the amount of {name}");
        if name == "memory" && matches!(value, Value::StringLit(_)) {
            let bytes = self.size(value, &what)?;
            return self.amount_text(&bytes.to_string(), range_of(value), &what);
        }
        let text = self.number(value, &what)?;
        self.amount_text(text, range_of(value), &what)
    }

    fn amount_text(&mut self, text: &str, range: Range<usize>, what: &str) -> Option<Amount> {
        match Amount::parse(text) {
            Ok(amount) if amount == Amount::ZERO && text.parse::<f64>() != Ok(0.0) => {
                let help = "resources are counted in steps of 0.0001";
                self.advise(Code::TooSmall, range, format!("{what}: {text} is next to zero"), help);
                None
            }
            Ok(amount) => Some(amount),
            Err(error) => {
                self.say(number_code(&error), range, format!("{what}: {error}"));
                None
            }
        }
    }

    /// A time or size, or how to draw one.
    pub fn quantity(
        &mut self,
        value: &Value<'_>,
        what: &str,
        measure: Measure,
    ) -> Option<Quantity> {
        if !matches!(value, Value::Object(_)) {
            return self.exact(value, what, measure).map(Quantity::Exact);
        }
        let distribution = self.distribution(value, what, measure)?;
        if let Err(error) = distribution.check() {
            self.say(Code::BadDistribution, range_of(value), format!("{what}: {error}"));
            return None;
        }
        Some(Quantity::Drawn(distribution))
    }

    fn exact(&mut self, value: &Value<'_>, what: &str, measure: Measure) -> Option<u64> {
        match measure {
            Measure::Time => self.time(value, what).map(Span::as_nanos),
            Measure::Size => self.size(value, what),
        }
    }

    /// Seconds or bytes.
    fn plain(&mut self, value: &Value<'_>, what: &str, measure: Measure) -> Option<f64> {
        let exact = self.exact(value, what, measure)? as f64;
        Some(if measure == Measure::Time { exact / 1e9 } else { exact })
    }

    fn plains(&mut self, value: &Value<'_>, what: &str, measure: Measure) -> Option<Vec<f64>> {
        let list = self.list(value, what)?;
        let numbers: Vec<_> = list.iter().map(|item| self.plain(item, what, measure)).collect();
        numbers.into_iter().collect()
    }

    fn distribution(
        &mut self,
        value: &Value<'_>,
        what: &str,
        measure: Measure,
    ) -> Option<Distribution> {
        let entries = self.entries(value, what)?;
        let [entry] = entries.as_slice() else {
            let message = format!("{what} names exactly one distribution");
            let help = format!("one of {}", DISTRIBUTIONS.join(", "));
            self.advise(Code::BadDistribution, range_of(value), message, help);
            return None;
        };
        match entry.key {
            "uniform" => match self.plains(entry.value, "a uniform distribution", measure)?[..] {
                [low, high] => Some(Distribution::Uniform { low, high }),
                _ => {
                    let message = "a uniform distribution is a list of two: lowest and highest";
                    self.say(Code::BadDistribution, range_of(entry.value), message);
                    None
                }
            },
            "exponential" => {
                let mean = self.plain(entry.value, "the mean", measure)?;
                Some(Distribution::Exponential { mean })
            }
            "empirical" => {
                let samples = self.plains(entry.value, "an empirical distribution", measure)?;
                Some(Distribution::Empirical(samples))
            }
            "normal" => self.normal(entry.value, measure),
            "lognormal" => self.lognormal(entry.value, measure),
            other => {
                let message = format!("there is no distribution `{other}`");
                let known = DISTRIBUTIONS.iter().copied();
                self.suggest(Code::UnknownKey, entry.range.clone(), message, other, known);
                None
            }
        }
    }

    fn normal(&mut self, value: &Value<'_>, measure: Measure) -> Option<Distribution> {
        let fields = self.fields(value, "a normal distribution", NORMAL_KEYS)?;
        let mean = fields.need(self, "mean").and_then(|v| self.plain(v, "the mean", measure));
        let std = fields.need(self, "std").and_then(|v| self.plain(v, "the deviation", measure));
        let low = match fields.get("min") {
            Some(value) => self.plain(value, "the lowest value", measure)?,
            None => 0.0,
        };
        let high = match fields.get("max") {
            Some(value) => self.plain(value, "the highest value", measure)?,
            None => f64::INFINITY,
        };
        Some(Distribution::Normal { mean: mean?, std: std?, low, high })
    }

    fn lognormal(&mut self, value: &Value<'_>, measure: Measure) -> Option<Distribution> {
        let fields = self.fields(value, "a lognormal distribution", LOGNORMAL_KEYS)?;
        let median = fields.need(self, "median").and_then(|v| self.plain(v, "the median", measure));
        let sigma = fields.need(self, "sigma").and_then(|v| self.real(v, "sigma"));
        Some(Distribution::LogNormal { median: median?, sigma: sigma? })
    }

    /// A number or a text as the text that `Parameters::set` reads.
    pub fn scalar(&mut self, value: &Value<'_>, what: &str) -> Option<String> {
        match value {
            Value::StringLit(text) => Some(text.value.to_string()),
            Value::NumberLit(number) => Some(number.value.to_owned()),
            Value::BooleanLit(flag) => Some(flag.value.to_string()),
            _ => {
                let message =
                    format!("{what} is a text, a number, true or false, not {}", kind_of(value));
                self.say(Code::WrongType, range_of(value), message);
                None
            }
        }
    }
}

/// The kinds of distributions.
pub const DISTRIBUTIONS: &[&str] = &["uniform", "exponential", "normal", "lognormal", "empirical"];
/// Keys of a normal distribution.
pub const NORMAL_KEYS: &[&str] = &["mean", "std", "min", "max"];
/// Keys of a lognormal distribution.
pub const LOGNORMAL_KEYS: &[&str] = &["median", "sigma"];
