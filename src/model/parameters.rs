//! Every cost and threshold of a run, by Ray's own key where Ray has one.
//!
//! A parameter is one line in [`TABLE`]: name, unit, default, meaning, source. The scenario, `--set` and
//! docs/ray-model.md all read that table.

mod shown;

use crate::base::Span;
use crate::base::decimal::parse_scaled;
use crate::base::units;
use thiserror::Error;

macro_rules! define_parameters {
    ($(
        $(#[doc = $meaning:literal])+
        $name:ident: $slot:ident($type:ty) = $ideal:expr, $ray:expr; $source:literal
    )*) => {
        /// The values of one run.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Parameters {
            $($(#[doc = $meaning])+ pub $name: $type,)*
        }

        impl Parameters {
            /// The profile `ideal`: Ray's thresholds, no overheads.
            pub fn ideal() -> Parameters {
                Parameters { $($name: $ideal,)* }
            }

            /// The profile `ray-2.60`: Ray 2.60 with its defaults, its costs as they were measured.
            pub fn ray() -> Parameters {
                Parameters { $($name: $ray,)* }
            }
        }

        /// All parameters, in the order of the documentation.
        pub const TABLE: &[ParameterInfo] = &[
            $(ParameterInfo {
                name: stringify!($name),
                meaning: concat!($($meaning),+).trim_ascii(),
                source: $source,
                slot: Slot::$slot(|p| &mut p.$name),
            },)*
        ];
    };
}

const NONE: Span = Span::ZERO;

define_parameters! {
    /// A node whose utilisation is below this counts as empty.
    scheduler_spread_threshold: Share(u32) = 500_000, 500_000;
        "src/ray/raylet/scheduling/policy/hybrid_scheduling_policy.cc"
    /// The node is drawn among this share of the best ones.
    scheduler_top_k_fraction: Share(u32) = 200_000, 200_000; "src/ray/common/ray_config_def.h"
    /// The node is drawn among at least so many of the best ones.
    scheduler_top_k_absolute: Count(u32) = 1, 1; "src/ray/common/ray_config_def.h"
    /// A task is first offered to the node with most bytes of its arguments.
    locality_aware_leasing_enabled: Switch(bool) = true, true; "src/ray/core_worker/lease_policy.cc"
    /// Leases, raylets with views of their own, worker processes that start: Ray's control plane. Without it one
    /// decision sees the whole cluster as it is.
    control_plane: Switch(bool) = false, true; "Rayscope's own: this is what makes the profile"

    /// Time that the caller spends on one `.remote()`.
    submit_cost: Time(Span) = NONE, Span::from_micros(160); "measured: 55 to 160 us"
    /// Time that the caller spends besides on the first `.remote()` of a function, to export it.
    function_export_cost: Time(Span) = NONE, Span::from_micros(3_000); "measured: 0.9 to 5 ms"
    /// Time that a worker spends on the first task of a function, to import it.
    function_import_cost: Time(Span) = NONE, Span::from_micros(4_000); "measured: 3 to 6 ms"
    /// Time that a new process of an actor spends before it takes its first call.
    actor_start_cost: Time(Span) = NONE, Span::from_millis(80);
        "measured: 0.45 s to the first reply, 0.37 s to __init__"
    /// Time that a worker spends on one task before its body.
    task_overhead: Time(Span) = NONE, Span::from_micros(200); "measured: part of 2.0 ms a round trip"
    /// Time that a worker spends on one task after its body.
    task_return_cost: Time(Span) = NONE, Span::from_micros(200); "measured: part of 2.0 ms a round trip"
    /// Time that an owner spends on one reply of a raylet or a worker; the next one waits.
    owner_message_cost: Time(Span) = NONE, Span::from_micros(320); "measured: 1500 to 1750 tasks a second"
    /// Time that a raylet spends on one lease request; the next one waits.
    raylet_lease_cost: Time(Span) = NONE, Span::from_micros(150); "measured: part of 2.0 ms a round trip"
    /// Time that the GCS spends on one request about an actor or a placement group; the next one waits.
    gcs_service_cost: Time(Span) = NONE, Span::from_micros(500); "measured: 1.65 ms an actor, 4 to 8 ms a group"
    /// How often the GCS tries placement groups again that found no room.
    placement_group_tick: Time(Span) = NONE, Span::from_millis(1_000);
        "src/ray/gcs/gcs_server/gcs_placement_group_manager.cc"
    /// One way of a message between two processes, besides the latency of the link between their nodes.
    rpc_latency: Time(Span) = NONE, Span::from_micros(200); "measured: part of 2.0 ms a round trip"
    /// What a process needs besides to answer when it was idle for longer than `idle_after`.
    wake_cost: Time(Span) = NONE, Span::from_micros(800); "measured: 3.3 ms against 1.35 ms from submit to start"
    /// After so long a process counts as idle.
    idle_after: Time(Span) = NONE, Span::from_millis(15); "measured: tasks of 10 ms have none of it"
    /// Time of a `ray.get` or `ray.wait` that need not wait.
    get_cost: Time(Span) = NONE, Span::from_micros(150); "measured: 0.1 to 0.2 ms"
    /// How much later than asked a timeout ends.
    timeout_overshoot: Time(Span) = NONE, Span::from_micros(300); "measured: 0.27 to 0.55 ms"
    /// How far chance moves every cost of the control plane, up or down, as a share of it.
    cost_jitter: Share(u32) = 0, 150_000; "measured: the spread of the series"

    /// Lease requests of one scheduling key on their way at once; 0 is max(10, nodes).
    max_pending_lease_requests_per_scheduling_category: Count(u32) = 0, 0; "src/ray/common/ray_config_def.h"
    /// A lease that is older is given back when its task ends; in milliseconds.
    worker_lease_timeout_milliseconds: Millis(Span) = Span::from_millis(500), Span::from_millis(500);
        "src/ray/common/ray_config_def.h"
    /// A result or argument below this travels inline and is in no store; in bytes.
    max_direct_call_object_size: Bytes(u64) = 0, 102_400; "src/ray/common/ray_config_def.h"
    /// How often a raylet looks whether its resources changed and tells the others; in milliseconds.
    raylet_report_resources_period_milliseconds: Millis(Span) = NONE, Span::from_millis(100);
        "src/ray/common/ray_config_def.h"
    /// A raylet that has said nothing for so long says again what it has; in milliseconds.
    ray_syncer_message_refresh_interval_ms: Millis(Span) = NONE, Span::from_millis(3_000);
        "src/ray/common/ray_config_def.h"

    /// Whether a worker process for each CPU is there at the start, as some seconds after the first driver came.
    prestart_worker_first_driver: Switch(bool) = true, true; "src/ray/common/ray_config_def.h"
    /// How long a worker process takes to start.
    worker_start_time: Time(Span) = NONE, Span::from_millis(360); "measured: 0.35 s, 0.5 to 0.85 s under load"
    /// What each other process that starts at the same time adds to that, as a share of it.
    worker_start_slowdown: Share(u32) = 0, 750_000; "measured: 0.43, 0.76, 0.87 s for three at once on two cores"
    /// Worker processes that start on a node at once; 0 is one for each CPU.
    worker_maximum_startup_concurrency: Count(u32) = 0, 0; "src/ray/common/ray_config_def.h"
    /// An idle worker beyond the CPUs of its node is stopped after so long; in milliseconds.
    idle_worker_killing_time_threshold_ms: Millis(Span) = NONE, Span::from_millis(1_000);
        "src/ray/common/ray_config_def.h"
    /// How often a raylet looks for such workers; in milliseconds.
    kill_idle_workers_interval_ms: Millis(Span) = NONE, Span::from_millis(200); "src/ray/common/ray_config_def.h"

    /// One-way latency of nodes for which the scenario names no network.
    network_latency: Time(Span) = NONE, NONE; "measured: the loopback"
    /// Bytes a second of nodes for which the scenario names no network; `unlimited` or a bandwidth.
    network_bandwidth: Rate(Option<u64>) = None, Some(950_000_000); "measured: 0.95 GB/s"
    /// What a copy between two nodes takes besides its bytes.
    transfer_cost: Time(Span) = NONE, Span::from_micros(2_800); "measured: 3.2 ms and bytes / 0.95 GB/s"
    /// Whether the copies that leave a node go one after the other: so they do as long as all chunks of one are
    /// under way
    /// before the next begins.
    push_in_turn: Switch(bool) = false, true; "src/ray/object_manager/push_manager.cc, measured"
    /// A copy of more than this shares the link with the next one, because not all its chunks are under way; in
    /// bytes.
    object_manager_max_bytes_in_flight: Bytes(u64) = 2_147_483_648, 2_147_483_648;
        "src/ray/common/ray_config_def.h"
    /// What storing an object takes besides its bytes.
    put_cost: Time(Span) = NONE, Span::from_micros(800); "measured: 0.7 to 0.9 ms"
    /// Bytes a second that are written into a store.
    store_bandwidth: Rate(Option<u64>) = None, Some(8_000_000_000); "measured: 8 GB/s into pages used before"
    /// Bytes a second that are written into pages of a store for the first time.
    fresh_page_bandwidth: Rate(Option<u64>) = None, Some(1_600_000_000); "measured: 1.2 to 1.6 GB/s"

    /// Primary copies are spilled once they take this share of a store. Only runs with a control plane spill.
    object_spilling_threshold: Share(u32) = 800_000, 800_000; "src/ray/common/ray_config_def.h"
    /// Less than this is not spilled while something else is being spilled; in bytes.
    min_spilling_size: Bytes(u64) = 104_857_600, 104_857_600; "src/ray/common/ray_config_def.h"
    /// Objects in one batch that is spilled.
    max_fused_object_count: Count(u32) = 2_000, 2_000; "src/ray/common/ray_config_def.h"
    /// IO workers of a node that spill at once, and as many that restore.
    max_io_workers: Count(u32) = 4, 4; "src/ray/common/ray_config_def.h"
    /// How long an object waits for room when nothing can be spilled; then it is written to a file instead.
    oom_grace_period_s: Time(Span) = Span::from_millis(2_000), Span::from_millis(2_000);
        "src/ray/object_manager/plasma/create_request_queue.cc"
    /// How long an IO worker takes to start; it stays.
    io_worker_start_time: Time(Span) = NONE, Span::from_millis(380); "measured: 0.2 to 0.6 s on the first one"
    /// Bytes a second that one IO worker spills, and that are written into files mapped into memory.
    spill_bandwidth: Rate(Option<u64>) = None, Some(1_200_000_000); "measured: 0.9 to 1.4 GB/s once it runs"
    /// What restoring an object takes besides its bytes.
    restore_cost: Time(Span) = NONE, Span::from_millis(5); "measured: 12 ms for 15 MB"
    /// Bytes a second that one IO worker restores.
    restore_bandwidth: Rate(Option<u64>) = None, Some(2_500_000_000); "measured: 1.2 to 2.4 GB/s with the cost"

    /// The owner tries failed tasks again at this beat; in milliseconds.
    core_worker_internal_heartbeat_ms: Millis(Span) = NONE, Span::from_millis(1_000);
        "src/ray/core_worker/core_worker.cc"
    /// How long a failed task waits at least before it is tried again; in milliseconds.
    task_retry_delay_ms: Millis(Span) = NONE, NONE; "src/ray/common/ray_config_def.h"
    /// How long it takes until the owner knows that a worker is dead.
    crash_notice_time: Time(Span) = NONE, Span::from_millis(15); "measured: 13 to 17 ms"
    /// How often a worker looks whether its raylet lives; it ends when not.
    raylet_watch_period: Time(Span) = NONE, Span::from_millis(1_000); "src/ray/core_worker/core_worker.cc"
    /// How often the GCS asks a node whether it lives; in milliseconds.
    health_check_period_ms: Millis(Span) = NONE, Span::from_millis(3_000); "src/ray/common/ray_config_def.h"
    /// After so many questions without an answer a node is dead.
    health_check_failure_threshold: Count(u32) = 0, 5; "src/ray/common/ray_config_def.h"

    /// Time to make one element of a NumPy array.
    numpy_element_cost: Time(Span) = NONE, Span::from_nanos(2); "measured: the lesson's granularity table"
    /// Time of one NumPy call besides its elements.
    numpy_call_cost: Time(Span) = NONE, Span::from_micros(1); "measured: the lesson's granularity table"
}

impl Default for Parameters {
    fn default() -> Self {
        Parameters::ideal()
    }
}

/// A set of values by its name.
pub struct Profile {
    /// The name in scenarios and on the command line.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub meaning: &'static str,
    /// Its values.
    pub values: fn() -> Parameters,
}

/// All profiles. The first is the default.
pub const PROFILES: &[Profile] = &[
    Profile {
        name: "ideal",
        meaning: "the lesson's world: no overheads; copies cost latency and bytes / bandwidth",
        values: Parameters::ideal,
    },
    Profile {
        name: "ray-2.60",
        meaning: "Ray 2.60's control plane with its defaults; costs as measured on two cores",
        values: Parameters::ray,
    },
];

/// The built-in profile of that name.
pub fn profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
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
    /// A length of time that Ray writes as a number of milliseconds.
    Millis(fn(&mut Parameters) -> &mut Span),
    /// A size that Ray writes as a number of bytes.
    Bytes(fn(&mut Parameters) -> &mut u64),
    /// Bytes a second, or no limit.
    Rate(fn(&mut Parameters) -> &mut Option<u64>),
}

/// One line of the table.
pub struct ParameterInfo {
    /// Its key.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// Where the rule, or the value, comes from.
    pub source: &'static str,
    slot: Slot,
}

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
            Slot::Millis(slot) => {
                *slot(self) = number_or(value, 1_000_000, units::parse_time).map_err(wrong)?;
            }
            Slot::Bytes(slot) => {
                let bytes = |text: &str| units::parse_size(text).map(Span::from_nanos);
                *slot(self) = number_or(value, 1, bytes).map_err(wrong)?.as_nanos();
            }
            Slot::Rate(slot) => {
                *slot(self) = match value {
                    "unlimited" => None,
                    text => {
                        let rate =
                            units::parse_bandwidth(text).map_err(|e| wrong(e.to_string()))?;
                        if rate == 0 {
                            return Err(wrong("it must be above zero, or `unlimited`".into()));
                        }
                        Some(rate)
                    }
                };
            }
        }
        Ok(())
    }
}

/// A plain number in units of `scale`, or text with its own unit.
fn number_or<E: ToString>(
    text: &str,
    scale: u64,
    with_unit: impl Fn(&str) -> Result<Span, E>,
) -> Result<Span, String> {
    match parse_scaled(text, scale) {
        Ok(value) => Ok(Span::from_nanos(value)),
        Err(_) => with_unit(text).map_err(|error| error.to_string()),
    }
}
