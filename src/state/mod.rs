//! What is true at an instant: the events, the state they make, and the invariants.

pub mod failure;
