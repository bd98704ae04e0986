//! Parameters: every one can be shown and set again, and what does not fit is refused.

use crate::base::Span;
use crate::model::parameters::{PROFILES, ParameterError, Parameters, TABLE};

#[test]
fn every_parameter_can_be_shown_and_set_again() {
    for profile in PROFILES {
        let values = (profile.values)();
        for info in TABLE {
            let mut again = Parameters::ideal();
            again.set(info.name, &values.show(info)).unwrap();
            assert_eq!(again.show(info), values.show(info), "{}", info.name);
        }
    }
}

#[test]
fn what_ray_writes_as_a_number_may_have_a_unit_too() {
    let mut parameters = Parameters::ray();
    for text in ["250", "250ms", "0.25s"] {
        parameters.set("worker_lease_timeout_milliseconds", text).unwrap();
        assert_eq!(parameters.worker_lease_timeout_milliseconds, Span::from_millis(250));
    }
    for text in ["2048", "2KiB"] {
        parameters.set("max_direct_call_object_size", text).unwrap();
        assert_eq!(parameters.max_direct_call_object_size, 2048);
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
        ("network_bandwidth", "0bps"),
        ("worker_lease_timeout_milliseconds", "5 parsecs"),
    ] {
        let error = parameters.set(name, value).unwrap_err();
        assert!(matches!(error, ParameterError::Value { .. }), "{name}={value}");
    }
    assert!(matches!(parameters.set("submit_cots", "1s"), Err(ParameterError::Unknown(_))));
}
