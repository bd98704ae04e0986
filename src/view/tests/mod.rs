//! Tests of the panels without a window: egui alone draws them, and what it was told to draw is read. And tests of
//! the whole app, without a window too.

mod app_tests;
pub mod harness;
mod paint_tests;
pub mod picture;
mod transport_tests;
pub mod window;
