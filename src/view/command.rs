//! Everything that a person can ask of the view. One table (`commands.rs`) names each, with its keys: the palette,
//! the sheet of keys and the menus are made from it.

use crate::view::tiles::{Pane, Preset};
use rayscope::replay::{Entity, PlaybackCommand};
use std::path::PathBuf;

/// What is asked for.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Something about the cursor.
    Playback(PlaybackCommand),
    /// Another selection, or none.
    Select(Option<Entity>),
    /// The pointer is on something, or on nothing.
    Hover(Option<Entity>),
    /// A step in the grain that is set.
    Step(Way),
    /// A step of the story.
    StepStory(Way),
    /// A single event.
    StepEvent(Way),
    /// A second, or a hundredth of a run that is very short or very long.
    StepTime(Way),
    /// To a record of what is selected; a step of the story if nothing is.
    StepOfSelection(Way),
    /// To the next finer or coarser grain, round and round.
    NextGrain,
    /// Twice as fast, or half.
    Speed(Way),
    /// Selects what it needs, or what needs it.
    Follow(Way),
    /// Selects what was selected before, or again after that.
    SelectionHistory(Way),
    /// Moves the selection among nodes, workers, tasks and objects.
    Walk(Direction),
    /// Every panel brings the selection into sight.
    Focus,
    /// Another arrangement of the panels.
    Arrange(Preset),
    /// The arrangement as it came.
    ResetLayout,
    /// Brings a panel to the front, or takes it away.
    TogglePane(Pane),
    /// The next colours.
    NextTheme,
    /// The colours of that name.
    Theme(&'static str),
    /// Things jump instead of gliding, or glide again.
    ReducedMotion,
    /// Larger or smaller.
    Scale(Scale),
    /// The whole screen, or a window again.
    FullScreen,
    /// Opens a dialog, or closes it if it is open.
    Dialog(Panel),
    /// Closes what is open, else clears the selection.
    Close,
    /// Opens a file.
    Open(PathBuf),
    /// Opens the lesson that comes with the program.
    OpenLesson,
    /// Reads the same file anew.
    Reload,
    /// Runs the changed texts and choices.
    RunAgain,
    /// Shows another of the runs.
    ShowRun(usize),
    /// Compares with another of the runs, or no longer.
    CompareWith(Option<usize>),
    /// Compares with the run before this one, or no longer.
    Compare,
    /// To the next place at which the compared runs differ.
    NextDivergence,
    /// Writes the picture of this moment.
    Save(Picture),
    /// No longer waits for the run that is under way.
    Cancel,
    /// Takes the message away.
    Dismiss(u64),
    /// Ends the program.
    Quit,
}

/// On or back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Later, faster, further.
    On,
    /// Earlier, slower, less far.
    Back,
}

/// Where the selection moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// The one before of the same kind.
    Up,
    /// The one after of the same kind.
    Down,
    /// What it is in.
    Out,
    /// What is in it.
    In,
}

/// How the size of everything changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// A tenth larger.
    Up,
    /// A tenth smaller.
    Down,
    /// As it comes.
    Reset,
}

/// A dialog by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Panel {
    /// Every command, found by a few letters.
    Palette,
    /// Tasks, objects, nodes and events by their names.
    Search,
    /// The sheet of keys.
    Sheet,
    /// Files and scenarios to open.
    Open,
    /// Change and look again.
    Edit,
}

/// A format of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picture {
    /// Lines and text.
    Svg,
    /// Pixels.
    Png,
}
