//! Durations and sizes by chance, drawn the same in every build and on every machine.
//!
//! Inverse cumulative distribution functions over `libm`, so that one draw of the stream makes one
//! sample and nothing depends on which features other crates switch on.

use crate::base::rng::Stream;
use thiserror::Error;

/// A distribution of seconds or bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Constant(f64),
    /// Every value between the two equally likely.
    Uniform {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
    },
    /// Memoryless, by its mean.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// Normal, cut off at `low` and `high`.
    Normal {
        /// Mean before cutting.
        mean: f64,
        /// Standard deviation before cutting.
        std: f64,
        /// Smallest value that is left.
        low: f64,
        /// Largest value that is left.
        high: f64,
    },
    /// The logarithm is normal; by median and the logarithm's standard deviation.
    LogNormal {
        /// Median.
        median: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// One of the samples, each equally likely.
    Empirical(Vec<f64>),
}

/// Why numbers do not make a distribution.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DistributionError {
    /// A value is negative, infinite or not a number.
    #[error("every number must be finite and not negative")]
    NotFinite,
    /// The range is empty.
    #[error("the lower end lies above the upper end")]
    EmptyRange,
    /// No samples.
    #[error("at least one sample is needed")]
    NoSamples,
    /// The normal distribution has next to nothing in the range.
    #[error("the normal distribution has no weight between the two ends")]
    NoWeight,
}

impl Distribution {
    /// Checks the numbers.
    pub fn check(&self) -> Result<(), DistributionError> {
        let numbers: Vec<f64> = match self {
            Distribution::Constant(value) => vec![*value],
            Distribution::Uniform { low, high } => vec![*low, *high],
            Distribution::Exponential { mean } => vec![*mean],
            Distribution::Normal { mean, std, low, high } => {
                vec![*mean, *std, *low, if high.is_infinite() { 0.0 } else { *high }]
            }
            Distribution::LogNormal { median, sigma } => vec![*median, *sigma],
            Distribution::Empirical(samples) => samples.clone(),
        };
        if numbers.iter().any(|n| !n.is_finite() || *n < 0.0) {
            return Err(DistributionError::NotFinite);
        }
        match self {
            Distribution::Uniform { low, high } if low > high => Err(DistributionError::EmptyRange),
            Distribution::Normal { low, high, .. } if low > high => {
                Err(DistributionError::EmptyRange)
            }
            Distribution::Normal { mean, std, low, high } => {
                let weight = normal_cdf((high - mean) / std) - normal_cdf((low - mean) / std);
                let inside = low <= mean && mean <= high;
                if *std > 0.0 && weight < 1e-9 || *std == 0.0 && !inside {
                    return Err(DistributionError::NoWeight);
                }
                Ok(())
            }
            Distribution::Empirical(samples) if samples.is_empty() => {
                Err(DistributionError::NoSamples)
            }
            _ => Ok(()),
        }
    }

    /// One sample; takes exactly one draw from the stream.
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        let u = stream.unit();
        match self {
            Distribution::Constant(value) => *value,
            Distribution::Uniform { low, high } => low + (high - low) * u,
            Distribution::Exponential { mean } => -mean * libm::log(u),
            Distribution::Normal { mean, std, .. } if *std == 0.0 => *mean,
            Distribution::Normal { mean, std, low, high } => {
                let from = normal_cdf((low - mean) / std);
                let to = normal_cdf((high - mean) / std);
                let value = mean + std * normal_quantile(from + (to - from) * u);
                value.max(*low).min(*high)
            }
            Distribution::LogNormal { median, sigma } => {
                median * libm::exp(sigma * normal_quantile(u))
            }
            Distribution::Empirical(samples) => {
                samples[((u * samples.len() as f64) as usize).min(samples.len() - 1)]
            }
        }
    }
}

/// The standard normal distribution function.
fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// Its inverse: Acklam's rational approximation, refined by one step of Halley's method.
fn normal_quantile(p: f64) -> f64 {
    let p = p.clamp(1e-300, 1.0 - 1e-16);
    let rough = if p < 0.02425 {
        acklam_tail(libm::sqrt(-2.0 * libm::log(p)))
    } else if p <= 1.0 - 0.02425 {
        acklam_middle(p - 0.5)
    } else {
        -acklam_tail(libm::sqrt(-2.0 * libm::log(1.0 - p)))
    };
    let error = normal_cdf(rough) - p;
    let step = error * libm::sqrt(2.0 * std::f64::consts::PI) * libm::exp(rough * rough / 2.0);
    rough - step / (1.0 + rough * step / 2.0)
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

fn acklam_tail(q: f64) -> f64 {
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 5] =
        [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1.0];
    polynomial(&C, q) / polynomial(&D, q)
}

fn acklam_middle(q: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 6] = [
        -5.447609879822406e1,
        1.615858368580409e2,
        -1.556989798598866e2,
        6.680131188771972e1,
        -1.328068155288572e1,
        1.0,
    ];
    polynomial(&A, q * q) * q / polynomial(&B, q * q)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(distribution: &Distribution) -> f64 {
        let mut stream = Stream::new(1, "test", 0);
        (0..20_000).map(|_| distribution.sample(&mut stream)).sum::<f64>() / 20_000.0
    }

    #[test]
    fn means_are_as_they_should_be() {
        for (distribution, expected) in [
            (Distribution::Constant(3.0), 3.0),
            (Distribution::Uniform { low: 1.0, high: 3.0 }, 2.0),
            (Distribution::Exponential { mean: 2.0 }, 2.0),
            (Distribution::Normal { mean: 5.0, std: 1.0, low: 0.0, high: f64::INFINITY }, 5.0),
            // Half a normal: mean + std * sqrt(2 / pi).
            (Distribution::Normal { mean: 1.0, std: 1.0, low: 1.0, high: 9.0 }, 1.797_9),
            // exp(sigma^2 / 2) times the median.
            (Distribution::LogNormal { median: 1.0, sigma: 0.5 }, 1.133_1),
            (Distribution::Empirical(vec![1.0, 2.0, 6.0]), 3.0),
        ] {
            distribution.check().unwrap();
            let found = mean(&distribution);
            assert!((found / expected - 1.0).abs() < 0.03, "{distribution:?}: {found}");
        }
    }

    #[test]
    fn quantiles_are_exact_to_many_digits() {
        for (p, x) in [(0.5, 0.0), (0.975, 1.959_963_984_540_054), (1e-6, -4.753_424_308_822_899)] {
            assert!((normal_quantile(p) - x).abs() < 1e-9, "{p}: {}", normal_quantile(p));
        }
    }

    /// These bits are part of what a seed means: they may not differ between builds or machines.
    #[test]
    fn samples_are_the_same_in_every_build() {
        let mut stream = Stream::new(42, "duration", 3);
        let samples = [
            Distribution::Exponential { mean: 1.0 }.sample(&mut stream),
            Distribution::LogNormal { median: 1.0, sigma: 1.0 }.sample(&mut stream),
            Distribution::Normal { mean: 5.0, std: 1.0, low: 0.0, high: 9.0 }.sample(&mut stream),
        ];
        insta::assert_debug_snapshot!(samples.map(f64::to_bits));
    }

    #[test]
    fn nonsense_is_refused() {
        use DistributionError::{EmptyRange, NoSamples, NoWeight, NotFinite};
        for (distribution, error) in [
            (Distribution::Constant(f64::NAN), NotFinite),
            (Distribution::Exponential { mean: -1.0 }, NotFinite),
            (Distribution::Uniform { low: 2.0, high: 1.0 }, EmptyRange),
            (Distribution::Empirical(vec![]), NoSamples),
            (Distribution::Normal { mean: 0.0, std: 1.0, low: 50.0, high: 60.0 }, NoWeight),
        ] {
            assert_eq!(distribution.check(), Err(error));
        }
    }
}
