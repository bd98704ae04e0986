//! Everything that a person can ask of the view. One table names each, with its keys: the palette, the sheet of
//! keys and the menus are made from it.

use rayscope::replay::{Entity, PlaybackCommand};

/// What is asked for.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Something about the cursor.
    Playback(PlaybackCommand),
    /// Another selection, or none.
    Select(Option<Entity>),
    /// The pointer is on something, or on nothing.
    Hover(Option<Entity>),
}
