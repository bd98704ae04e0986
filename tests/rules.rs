//! What was measured on real Ray 2.60, rule by rule: each holds in the profile `ray-2.60`, within what was measured,
//! and fails when the mechanism behind it is switched off. The programs are small ones of the kind that was measured.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

#[path = "rules/failures.rs"]
mod failures;
#[path = "rules/harness.rs"]
mod harness;
#[path = "rules/objects.rs"]
mod objects;
#[path = "rules/placement.rs"]
mod placement;
#[path = "rules/workers.rs"]
mod workers;
