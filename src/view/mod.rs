//! The window: Bevy runs it, egui draws it. It reads finished runs and never changes one.

pub mod app;
pub mod command;
pub mod commands;
pub mod desk;
pub mod dialogs;
pub mod dress;
pub mod fonts;
pub mod frame;
pub mod input;
pub mod jobs;
pub mod log;
pub mod look;
pub mod paint;
pub mod panels;
pub mod picture;
mod preflight;
pub mod run;
pub mod scene;
pub mod session;
pub mod settings;
pub mod shipped;
#[cfg(test)]
pub mod tests;
pub mod tiles;
mod window;

pub use preflight::ready;
pub use session::Source;
pub use tiles::Preset;
pub use window::{Start, open};
