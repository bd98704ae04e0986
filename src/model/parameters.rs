//! Every cost and threshold of a run, by Ray's own key where Ray has one.
//!
//! A parameter is one line in [`TABLE`]: name, unit, default, meaning, source. The scenario, `--set` and
//! docs/ray-model.md all read that table.

use crate::base::Span;
use crate::base::decimal::parse_scaled;
use crate::base::units;
use thiserror::Error;

/// The values of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// Utilisation below this counts as none; in millionths.
    pub scheduler_spread_threshold: u32,
    /// Choose among this share of the nodes at random; in millionths.
    pub scheduler_top_k_fraction: u32,
    /// Choose among at least so many.
    pub scheduler_top_k_absolute: u32,
    /// A task goes first to the node that holds most bytes of its arguments.
    pub locality_aware_leasing_enabled: bool,
    /// The driver's cost of one `.remote()`.
    pub submit_cost: Span,
    /// A worker's cost of one task besides its body.
    pub task_overhead: Span,
    /// What drawing or computing one NumPy element costs.
    pub numpy_element_cost: Span,
    /// The cost of one call of a NumPy function besides its elements.
    pub numpy_call_cost: Span,
}

impl Default for Parameters {
    /// The profile `ideal`: Ray's thresholds, no overheads.
    fn default() -> Self {
        Parameters {
            scheduler_spread_threshold: 500_000,
            scheduler_top_k_fraction: 200_000,
            scheduler_top_k_absolute: 1,
            locality_aware_leasing_enabled: true,
            submit_cost: Span::ZERO,
            task_overhead: Span::ZERO,
            numpy_element_cost: Span::ZERO,
            numpy_call_cost: Span::ZERO,
        }
    }
}

/// Where a value is kept and how it is read.
#[derive(Clone, Copy)]
enum Slot {
    /// A share between 0 and 1, in millionths.
    Share(fn(&mut Parameters) -> &mut u32),
    /// A whole number.
    Count(fn(&mut Parameters) -> &mut u32),
    /// Yes or no.
    Switch(fn(&mut Parameters) -> &mut bool),
    /// A length of time.
    Time(fn(&mut Parameters) -> &mut Span),
}

/// One line of the table.
pub struct ParameterInfo {
    /// Its key.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    slot: Slot,
}

/// All parameters, in the order of the documentation.
pub const TABLE: &[ParameterInfo] = &[
    ParameterInfo {
        name: "scheduler_spread_threshold",
        meaning: "A node whose utilisation is below this counts as empty.",
        source: "src/ray/raylet/scheduling/policy/hybrid_scheduling_policy.cc",
        slot: Slot::Share(|p| &mut p.scheduler_spread_threshold),
    },
    ParameterInfo {
        name: "scheduler_top_k_fraction",
        meaning: "The node is drawn among this share of the best ones.",
        source: "src/ray/common/ray_config_def.h",
        slot: Slot::Share(|p| &mut p.scheduler_top_k_fraction),
    },
    ParameterInfo {
        name: "scheduler_top_k_absolute",
        meaning: "The node is drawn among at least so many of the best ones.",
        source: "src/ray/common/ray_config_def.h",
        slot: Slot::Count(|p| &mut p.scheduler_top_k_absolute),
    },
    ParameterInfo {
        name: "locality_aware_leasing_enabled",
        meaning: "A task is first offered to the node with most bytes of its arguments.",
        source: "src/ray/core_worker/lease_policy.cc",
        slot: Slot::Switch(|p| &mut p.locality_aware_leasing_enabled),
    },
    ParameterInfo {
        name: "submit_cost",
        meaning: "Time that the caller spends on one `.remote()`.",
        source: "Rayscope's own: none in the lesson's world",
        slot: Slot::Time(|p| &mut p.submit_cost),
    },
    ParameterInfo {
        name: "task_overhead",
        meaning: "Time that a worker spends on one task besides its body.",
        source: "Rayscope's own: none in the lesson's world",
        slot: Slot::Time(|p| &mut p.task_overhead),
    },
    ParameterInfo {
        name: "numpy_element_cost",
        meaning: "Time to make one element of a NumPy array.",
        source: "Rayscope's own: none in the lesson's world",
        slot: Slot::Time(|p| &mut p.numpy_element_cost),
    },
    ParameterInfo {
        name: "numpy_call_cost",
        meaning: "Time of one NumPy call besides its elements.",
        source: "Rayscope's own: none in the lesson's world",
        slot: Slot::Time(|p| &mut p.numpy_call_cost),
    },
];

/// Why a parameter was not set.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParameterError {
    /// No parameter has that name.
    #[error("there is no parameter `{0}`")]
    Unknown(String),
    /// The value does not fit.
    #[error("`{name}` cannot be `{value}`: {why}")]
    Value {
        /// The parameter.
        name: String,
        /// What was given.
        value: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Parameters {
    /// Sets one by its key from text, as the scenario and `--set` do.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        let info = TABLE.iter().find(|info| info.name == name);
        let info = info.ok_or_else(|| ParameterError::Unknown(name.to_owned()))?;
        let wrong = |why: String| ParameterError::Value {
            name: name.to_owned(),
            value: value.to_owned(),
            why,
        };
        match info.slot {
            Slot::Share(slot) => {
                let share = parse_scaled(value, 1_000_000).map_err(|e| wrong(e.to_string()))?;
                if share > 1_000_000 {
                    return Err(wrong("it is a share between 0 and 1".into()));
                }
                *slot(self) = share as u32;
            }
            Slot::Count(slot) => {
                *slot(self) =
                    value.parse().map_err(|_| wrong("it is a whole number from 0".into()))?;
            }
            Slot::Switch(slot) => {
                *slot(self) =
                    value.parse().map_err(|_| wrong("it is either true or false".into()))?;
            }
            Slot::Time(slot) => {
                *slot(self) = units::parse_time(value).map_err(|e| wrong(e.to_string()))?;
            }
        }
        Ok(())
    }

    /// The value of `info`'s parameter, as [`Parameters::set`] would read it.
    pub fn show(&self, info: &ParameterInfo) -> String {
        let mut values = self.clone();
        match info.slot {
            Slot::Share(slot) => (f64::from(*slot(&mut values)) / 1e6).to_string(),
            Slot::Count(slot) => slot(&mut values).to_string(),
            Slot::Switch(slot) => slot(&mut values).to_string(),
            Slot::Time(slot) => format!("{}ns", slot(&mut values).as_nanos()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_can_be_shown_and_set_again() {
        let default = Parameters::default();
        for info in TABLE {
            let mut again = default.clone();
            again.set(info.name, &default.show(info)).unwrap();
            assert_eq!(again, default, "{}", info.name);
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let mut parameters = Parameters::default();
        for (name, value) in [
            ("scheduler_spread_threshold", "1.5"),
            ("scheduler_top_k_absolute", "-1"),
            ("locality_aware_leasing_enabled", "yes"),
            ("submit_cost", "5"),
        ] {
            let error = parameters.set(name, value).unwrap_err();
            assert!(matches!(error, ParameterError::Value { .. }), "{name}={value}");
        }
        assert!(matches!(parameters.set("submit_cots", "1s"), Err(ParameterError::Unknown(_))));
    }
}
