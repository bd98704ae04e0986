//! Parameters as text and as plain numbers: for files, for people, and for holding two against each other.

use super::{ParameterInfo, Parameters, Slot};
use crate::base::Span;
use crate::base::units::show_bytes;

impl Parameters {
    /// The value of `info`'s parameter, as [`Parameters::set`] would read it.
    pub fn show(&self, info: &ParameterInfo) -> String {
        let mut values = self.clone();
        match info.slot {
            Slot::Share(slot) => (f64::from(*slot(&mut values)) / 1e6).to_string(),
            Slot::Count(slot) => slot(&mut values).to_string(),
            Slot::Switch(slot) => slot(&mut values).to_string(),
            Slot::Time(slot) => show_time(*slot(&mut values)),
            Slot::Millis(slot) => in_units(*slot(&mut values), 1_000_000),
            Slot::Bytes(slot) => slot(&mut values).to_string(),
            Slot::Rate(slot) => match slot(&mut values) {
                Some(rate) => format!("{rate}B/s"),
                None => "unlimited".to_owned(),
            },
        }
    }

    /// The value for people, with at most one decimal where it has a unit.
    pub fn words(&self, info: &ParameterInfo) -> String {
        let mut values = self.clone();
        match info.slot {
            Slot::Time(slot) | Slot::Millis(slot) => slot(&mut values).to_string(),
            Slot::Bytes(slot) => show_bytes(*slot(&mut values)),
            Slot::Rate(slot) => match slot(&mut values) {
                Some(rate) => format!("{}/s", show_bytes(*rate)),
                None => "unlimited".to_owned(),
            },
            Slot::Share(_) | Slot::Count(_) | Slot::Switch(_) => self.show(info),
        }
    }

    /// The value as a number of its smallest unit; of a switch, and of what has no limit, there is none.
    pub fn magnitude(&self, info: &ParameterInfo) -> Option<u64> {
        let mut values = self.clone();
        match info.slot {
            Slot::Share(slot) | Slot::Count(slot) => Some(u64::from(*slot(&mut values))),
            Slot::Time(slot) | Slot::Millis(slot) => Some(slot(&mut values).as_nanos()),
            Slot::Bytes(slot) => Some(*slot(&mut values)),
            Slot::Rate(slot) => *slot(&mut values),
            Slot::Switch(_) => None,
        }
    }
}

impl ParameterInfo {
    /// What a plain number means, or in which form the value is written.
    pub fn unit(&self) -> &'static str {
        match self.slot {
            Slot::Share(_) => "share, 0 to 1",
            Slot::Count(_) => "count",
            Slot::Switch(_) => "true or false",
            Slot::Time(_) => "time",
            Slot::Millis(_) => "milliseconds",
            Slot::Bytes(_) => "bytes",
            Slot::Rate(_) => "bytes a second",
        }
    }
}

/// The time in units of `scale` if it is whole there, else with its own unit.
fn in_units(span: Span, scale: u64) -> String {
    let nanos = span.as_nanos();
    if nanos.is_multiple_of(scale) { (nanos / scale).to_string() } else { show_time(span) }
}

/// The shortest exact way to write it.
fn show_time(span: Span) -> String {
    let nanos = span.as_nanos();
    let units = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)];
    let whole = units.iter().find(|(_, scale)| nanos > 0 && nanos.is_multiple_of(*scale));
    whole.map_or_else(|| format!("{nanos}ns"), |(unit, scale)| format!("{}{unit}", nanos / scale))
}

#[cfg(test)]
mod tests {
    use super::super::TABLE;
    use super::*;

    #[test]
    fn values_for_people_and_to_compare() {
        let mut parameters = Parameters::ray();
        parameters.set("submit_cost", "1234us").unwrap();
        parameters.set("network_bandwidth", "unlimited").unwrap();
        let told = |name: &str| {
            let info = TABLE.iter().find(|info| info.name == name).unwrap();
            (parameters.words(info), parameters.magnitude(info))
        };
        assert_eq!(told("submit_cost"), ("1.2 ms".to_owned(), Some(1_234_000)));
        assert_eq!(told("worker_lease_timeout_milliseconds").0, "500 ms");
        assert_eq!(told("max_direct_call_object_size"), ("102.4 kB".to_owned(), Some(102_400)));
        assert_eq!(told("store_bandwidth"), ("8 GB/s".to_owned(), Some(8_000_000_000)));
        assert_eq!(told("network_bandwidth"), ("unlimited".to_owned(), None));
        assert_eq!(told("cost_jitter"), ("0.15".to_owned(), Some(150_000)));
        assert_eq!(told("control_plane"), ("true".to_owned(), None));
    }
}
