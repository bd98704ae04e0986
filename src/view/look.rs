//! What a panel may look at, and what it may ask for: panels read a [`Look`] and push [`Command`]s; nothing else.

use crate::view::command::Command;
use crate::view::run::Run;
use rayscope::chart::theme::Theme;
use rayscope::replay::{Entity, Playback};
use rayscope::state::State;

/// All that is shown, at the cursor.
pub struct Look<'a> {
    /// The run.
    pub run: &'a Run,
    /// Where in it the cursor stands.
    pub playback: &'a Playback,
    /// What is selected: the same in every panel.
    pub selection: Option<Entity>,
    /// What the pointer is on: the same in every panel.
    pub hovered: Option<Entity>,
    /// The colours.
    pub theme: &'a Theme,
    /// Whether things jump instead of gliding.
    pub reduced_motion: bool,
    /// Whether the selection was just asked to be brought into sight.
    pub focus: bool,
    /// The state of the run that this one is compared with, at the same cursor.
    pub other: Option<&'a State>,
}

/// What the panels of one frame ask for, in order.
pub type Asks = Vec<Command>;
