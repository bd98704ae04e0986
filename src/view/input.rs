//! From keys to commands. Keys are for egui first: while a field has the keyboard, only Escape means anything here.

use crate::view::command::Command;
use crate::view::commands::of_key;
use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyboardInput};

/// Which modifiers are held, followed key by key: within one frame they can be pressed and released.
#[derive(Default, Clone, Copy, Debug)]
pub struct Held {
    control: bool,
    shift: bool,
    alt: bool,
}

/// Who has the keyboard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// The commands.
    Commands,
    /// A dialog, or a field with text: everything but Escape is theirs.
    Text,
    /// A button or a slider that Tab went to: the keys that it answers to are its own.
    Widget,
}

impl Held {
    /// Nothing is held: the window lost the keyboard, and will not hear of releases.
    pub fn forget(&mut self) {
        *self = Held::default();
    }

    /// The command that a key asks for, if it asks for one.
    pub fn command(&mut self, input: &KeyboardInput, owner: Owner) -> Option<&'static Command> {
        let down = input.state == ButtonState::Pressed;
        match &input.logical_key {
            Key::Control => self.control = down,
            Key::Shift => self.shift = down,
            Key::Alt => self.alt = down,
            // A Mac's command key is what Control is elsewhere.
            Key::Super if cfg!(target_os = "macos") => self.control = down,
            key if down => {
                let name = self.name(key)?;
                let free = match owner {
                    Owner::Commands => true,
                    Owner::Text => name == "Esc",
                    Owner::Widget => !matches!(
                        name.as_str(),
                        "Space"
                            | "Enter"
                            | "Tab"
                            | "Left"
                            | "Right"
                            | "Up"
                            | "Down"
                            | "Home"
                            | "End"
                    ),
                };
                return free.then(|| of_key(&name)).flatten();
            }
            _ => {}
        }
        None
    }

    /// The key as the table writes it.
    fn name(&self, key: &Key) -> Option<String> {
        let (name, is_sign) = match key {
            Key::Character(text) => {
                let letter = text.chars().next()?;
                // Shift is part of a sign, but not of a letter.
                (letter.to_uppercase().collect::<String>(), !letter.is_alphanumeric())
            }
            Key::ArrowRight => ("Right".to_owned(), false),
            Key::ArrowLeft => ("Left".to_owned(), false),
            Key::ArrowUp => ("Up".to_owned(), false),
            Key::ArrowDown => ("Down".to_owned(), false),
            Key::Space => ("Space".to_owned(), false),
            Key::Home => ("Home".to_owned(), false),
            Key::End => ("End".to_owned(), false),
            Key::PageDown => ("PageDown".to_owned(), false),
            Key::PageUp => ("PageUp".to_owned(), false),
            Key::Escape => ("Esc".to_owned(), false),
            Key::Enter => ("Enter".to_owned(), false),
            Key::Tab => ("Tab".to_owned(), false),
            _ => return None,
        };
        let mut text = String::new();
        for (held, modifier) in
            [(self.control, "Ctrl+"), (self.alt, "Alt+"), (self.shift && !is_sign, "Shift+")]
        {
            if held {
                text.push_str(modifier);
            }
        }
        Some(text + &name)
    }
}
