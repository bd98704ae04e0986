//! The table of commands: what each is called, what it does, its keys and its menu. Keys follow Perfetto and Rerun.
//!
//! A key is written as it is shown: `Ctrl+Shift+S`. A sign such as `?` or `+` stands for itself, wherever it is on
//! a keyboard, so Shift is not named with it.

use crate::view::command::{Command, Direction, Panel, Picture, Scale, Way};
use crate::view::tiles::Preset;
use rayscope::replay::PlaybackCommand;

/// A command that a person can find.
pub struct Entry {
    /// What it is called in menus and in the palette.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// The keys that ask for it; the first is the one that is shown.
    pub keys: &'static [&'static str],
    /// Where it stands.
    pub menu: Menu,
    /// What it asks for.
    pub command: Command,
}

/// The menus of the top bar, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Menu {
    /// Files, runs, pictures.
    File,
    /// How it looks.
    View,
    /// Where the cursor and the selection are.
    Go,
    /// What there is to know.
    Help,
}

impl Menu {
    /// All menus.
    pub const ALL: [Menu; 4] = [Menu::File, Menu::View, Menu::Go, Menu::Help];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Menu::File => "File",
            Menu::View => "View",
            Menu::Go => "Go",
            Menu::Help => "Help",
        }
    }
}

/// The command of a key; keys are written as in the table.
pub fn of_key(key: &str) -> Option<&'static Command> {
    TABLE.iter().find(|entry| entry.keys.contains(&key)).map(|entry| &entry.command)
}

/// The first key of a command, for tooltips; empty if it has none.
pub fn key_of(command: &Command) -> &'static str {
    let entry = TABLE.iter().find(|entry| entry.command == *command);
    entry.and_then(|entry| entry.keys.first()).copied().unwrap_or("")
}

const fn entry(
    menu: Menu,
    keys: &'static [&'static str],
    name: &'static str,
    help: &'static str,
    command: Command,
) -> Entry {
    Entry { name, help, keys, menu, command }
}

use Menu::{File, Go, Help, View};

/// Every command, in the order of the menus.
pub static TABLE: &[Entry] = &[
    entry(
        File,
        &["Ctrl+O"],
        "Open…",
        "A file, or one of the scenarios that come along",
        Command::Dialog(Panel::Open),
    ),
    entry(File, &[], "Open the lesson", "The lesson's first example", Command::OpenLesson),
    entry(File, &["Ctrl+Shift+R"], "Reload", "Read the file anew and run it", Command::Reload),
    entry(
        File,
        &["Ctrl+E"],
        "Change and look again…",
        "Nodes, policy, network, seed, or the program itself",
        Command::Dialog(Panel::Edit),
    ),
    entry(
        File,
        &["Ctrl+R"],
        "Run again",
        "Run what was changed; the cursor stays at its time",
        Command::RunAgain,
    ),
    entry(
        File,
        &["C"],
        "Compare",
        "This run beside the one before it, at one cursor; again to stop",
        Command::Compare,
    ),
    entry(
        File,
        &["Ctrl+S"],
        "Save picture as SVG",
        "This moment, into the current folder",
        Command::Save(Picture::Svg),
    ),
    entry(
        File,
        &["Ctrl+Shift+S"],
        "Save picture as PNG",
        "This moment, into the current folder",
        Command::Save(Picture::Png),
    ),
    entry(File, &["Ctrl+Q"], "Quit", "Close the window", Command::Quit),
    entry(
        View,
        &["1"],
        "Lesson layout",
        "The cluster large, the program and the inspector beside it",
        Command::Arrange(Preset::Lesson),
    ),
    entry(
        View,
        &["2"],
        "Timeline layout",
        "The timeline large, the task graph and the cluster beside it",
        Command::Arrange(Preset::Timeline),
    ),
    entry(
        View,
        &["3"],
        "Numbers layout",
        "Plots, tables and the list of events",
        Command::Arrange(Preset::Numbers),
    ),
    entry(View, &["0"], "Reset layout", "All panels back to where they were", Command::ResetLayout),
    entry(View, &["T"], "Next theme", "Lesson, dark, high contrast, ...", Command::NextTheme),
    entry(
        View,
        &["M"],
        "Reduced motion",
        "Things jump to their place instead of gliding; again to glide",
        Command::ReducedMotion,
    ),
    entry(
        View,
        &["Ctrl++", "Ctrl+="],
        "Larger",
        "Everything a tenth larger",
        Command::Scale(Scale::Up),
    ),
    entry(View, &["Ctrl+-"], "Smaller", "Everything a tenth smaller", Command::Scale(Scale::Down)),
    entry(
        View,
        &["Ctrl+0"],
        "Normal size",
        "Everything as large as it comes",
        Command::Scale(Scale::Reset),
    ),
    entry(
        View,
        &["F"],
        "Show the selection",
        "Every panel brings what is selected into sight",
        Command::Focus,
    ),
    entry(
        Go,
        &["Right"],
        "Next step",
        "One step on, in the grain that is set",
        Command::Step(Way::On),
    ),
    entry(
        Go,
        &["Left"],
        "Previous step",
        "One step back, in the grain that is set",
        Command::Step(Way::Back),
    ),
    entry(
        Go,
        &["Space"],
        "Play or pause",
        "Let it go on by itself",
        Command::Playback(PlaybackCommand::Toggle),
    ),
    entry(
        Go,
        &["PageDown"],
        "Next stop of the story",
        "What a teacher would draw next; for presenters",
        Command::StepStory(Way::On),
    ),
    entry(
        Go,
        &["PageUp"],
        "Previous stop of the story",
        "What a teacher drew before",
        Command::StepStory(Way::Back),
    ),
    entry(Go, &["Ctrl+Right"], "Next event", "One single event on", Command::StepEvent(Way::On)),
    entry(
        Go,
        &["Ctrl+Left"],
        "Previous event",
        "One single event back",
        Command::StepEvent(Way::Back),
    ),
    entry(
        Go,
        &["Shift+Right"],
        "A second on",
        "A second later; a hundredth of a very short or very long run",
        Command::StepTime(Way::On),
    ),
    entry(
        Go,
        &["Shift+Left"],
        "A second back",
        "A second earlier; a hundredth of a very short or very long run",
        Command::StepTime(Way::Back),
    ),
    entry(
        Go,
        &["Home"],
        "To the beginning",
        "Before the first event",
        Command::Playback(PlaybackCommand::First),
    ),
    entry(
        Go,
        &["End"],
        "To the end",
        "After the last event",
        Command::Playback(PlaybackCommand::Last),
    ),
    entry(
        Go,
        &["."],
        "Next of the selection",
        "Its next event; without a selection the next stop of the story",
        Command::StepOfSelection(Way::On),
    ),
    entry(
        Go,
        &[","],
        "Previous of the selection",
        "Its event before; without a selection the stop before",
        Command::StepOfSelection(Way::Back),
    ),
    entry(
        Go,
        &["G"],
        "Next grain",
        "Steps of the story, of events, of instants or of time",
        Command::NextGrain,
    ),
    entry(Go, &["+", ">"], "Faster", "Play twice as fast", Command::Speed(Way::On)),
    entry(Go, &["-", "<"], "Slower", "Play half as fast", Command::Speed(Way::Back)),
    entry(
        Go,
        &["["],
        "What it needs",
        "Select the task that made what is selected, or its first argument",
        Command::Follow(Way::Back),
    ),
    entry(
        Go,
        &["]"],
        "What needs it",
        "Select the first task that reads what is selected, or its result",
        Command::Follow(Way::On),
    ),
    entry(
        Go,
        &["Ctrl+Shift+Left"],
        "Selection before",
        "What was selected before",
        Command::SelectionHistory(Way::Back),
    ),
    entry(
        Go,
        &["Ctrl+Shift+Right"],
        "Selection after",
        "What was selected after that",
        Command::SelectionHistory(Way::On),
    ),
    entry(
        Go,
        &["Alt+Down"],
        "Select the next one",
        "The next node, worker, task or object",
        Command::Walk(Direction::Down),
    ),
    entry(
        Go,
        &["Alt+Up"],
        "Select the one before",
        "The node, worker, task or object before",
        Command::Walk(Direction::Up),
    ),
    entry(
        Go,
        &["Alt+Right"],
        "Select what is in it",
        "From a node to its workers, to their tasks, to the results",
        Command::Walk(Direction::In),
    ),
    entry(
        Go,
        &["Alt+Left"],
        "Select what it is in",
        "From an object to its task, to its worker, to its node",
        Command::Walk(Direction::Out),
    ),
    entry(Go, &["N"], "Next difference", "Where the compared runs differ", Command::NextDivergence),
    entry(
        Go,
        &["/"],
        "Search…",
        "Tasks, objects, nodes and events by name",
        Command::Dialog(Panel::Search),
    ),
    entry(
        Go,
        &["Esc"],
        "Close or clear",
        "Close what is open, else select nothing",
        Command::Close,
    ),
    entry(Help, &["?"], "Keys", "The sheet of keys", Command::Dialog(Panel::Sheet)),
    entry(
        Help,
        &["Ctrl+K", "Ctrl+P"],
        "Commands…",
        "Find a command by a few letters of its name",
        Command::Dialog(Panel::Palette),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_means_two_things_and_every_command_is_described_once() {
        let mut keys = BTreeSet::new();
        let mut names = BTreeSet::new();
        for entry in TABLE {
            assert!(!entry.name.is_empty() && entry.help.len() > 10, "{}", entry.name);
            assert!(names.insert(entry.name), "two commands are called {}", entry.name);
            for key in entry.keys {
                assert!(keys.insert(*key), "{key} means two things");
                assert_eq!(of_key(key), Some(&entry.command));
            }
        }
        let commands = TABLE.iter().map(|entry| &entry.command);
        for (at, command) in commands.clone().enumerate() {
            assert_eq!(
                commands.clone().position(|other| other == command),
                Some(at),
                "{command:?}"
            );
        }
    }

    #[test]
    fn keys_are_written_as_they_are_pressed() {
        for key in TABLE.iter().flat_map(|entry| entry.keys) {
            let mut rest = *key;
            for modifier in ["Ctrl+", "Alt+", "Shift+"] {
                rest =
                    rest.strip_prefix(modifier).filter(|after| !after.is_empty()).unwrap_or(rest);
            }
            let letter = rest.chars().count() == 1 && rest.to_uppercase() == rest;
            let named = [
                "Left", "Right", "Up", "Down", "Space", "Home", "End", "PageUp", "PageDown", "Esc",
            ];
            assert!(letter || named.contains(&rest), "{key}");
        }
    }

    #[test]
    fn every_menu_has_something_in_it() {
        for menu in Menu::ALL {
            assert!(TABLE.iter().any(|entry| entry.menu == menu), "{menu:?}");
        }
    }
}
