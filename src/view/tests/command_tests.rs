//! The table of commands: no key means two things, and everything is described.

use crate::view::commands::{HELD, Menu, TABLE, of_key};
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
    for (key, _) in HELD {
        assert!(keys.insert(*key), "{key} is held, and pressed for something else");
    }
    let commands = TABLE.iter().map(|entry| &entry.command);
    for (at, command) in commands.clone().enumerate() {
        assert_eq!(commands.clone().position(|other| other == command), Some(at), "{command:?}");
    }
}

#[test]
fn keys_are_written_as_they_are_pressed() {
    for key in TABLE.iter().flat_map(|entry| entry.keys) {
        let mut rest = *key;
        for modifier in ["Ctrl+", "Alt+", "Shift+"] {
            rest = rest.strip_prefix(modifier).filter(|after| !after.is_empty()).unwrap_or(rest);
        }
        let letter = rest.chars().count() == 1 && rest.to_uppercase() == rest;
        let named = [
            "Left", "Right", "Up", "Down", "Space", "Home", "End", "PageUp", "PageDown", "Esc",
            "F11",
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
