//! Tests of the panels without a window: egui alone draws them, and what it was told to draw is read.

pub mod harness;
mod paint_tests;
pub mod picture;
mod transport_tests;
