//! What a finished run was like: pure functions of its trace.

pub mod expectations;
pub mod golden;
