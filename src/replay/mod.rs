//! A finished run as something to move about in: the state at any step, and a player with its commands.

pub mod history;
pub mod index;
pub mod playback;
pub mod story;

pub use history::History;
pub use index::Entity;
pub use playback::{Grain, Playback, PlaybackCommand};
pub use story::{Beat, Stop};
