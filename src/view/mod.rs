//! The window: Bevy runs it, egui draws it. It reads a finished run and never changes one.

pub mod command;
pub mod dress;
pub mod look;
pub mod paint;
pub mod panels;
pub mod run;
#[cfg(test)]
pub mod tests;
