//! The whole app without a window, a driver or a display: keys, clicks and drops go in, the session tells what
//! came of them.

use crate::view::app::{Kept, ViewPlugin};
use crate::view::log;
use crate::view::session::Session;
use crate::view::settings::Settings;
use crate::view::window::Start;
use bevy::DefaultPlugins;
use bevy::app::App;
use bevy::ecs::entity::Entity;
use bevy::ecs::query::With;
use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyCode, KeyboardInput};
use bevy::input::mouse::{MouseButton, MouseButtonInput};
use bevy::log::LogPlugin;
use bevy::math::Vec2;
use bevy::prelude::PluginGroup;
use bevy::render::RenderPlugin;
use bevy::render::settings::WgpuSettings;
use bevy::time::TimeUpdateStrategy;
use bevy::window::{
    CursorMoved, ExitCondition, FileDragAndDrop, PrimaryWindow, Window, WindowEvent, WindowPlugin,
    WindowResolution,
};
use bevy::winit::WinitPlugin;
use bevy_egui::{EguiContext, EguiOutput, EguiPlugin, PrimaryEguiContext, egui};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The app, as if it were seen.
pub struct Seen {
    pub app: App,
    window: Entity,
}

/// A shipped scenario: `lesson/add_arrays`.
pub fn shipped(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.json"))
}

impl Seen {
    /// A window of that size, opened with that; what it opens is there.
    pub fn sized(start: Start, width: u32, height: u32) -> Seen {
        Seen::kept(start, width, height, Settings::default(), None)
    }

    /// The same at the size that windows open with.
    pub fn new(start: Start) -> Seen {
        Seen::sized(start, 1280, 800)
    }

    /// With settings that were kept, and a place to keep them.
    pub fn kept(
        start: Start,
        width: u32,
        height: u32,
        settings: Settings,
        file: Option<&Path>,
    ) -> Seen {
        let window =
            Window { resolution: WindowResolution::new(width, height), ..Default::default() };
        let plugins = DefaultPlugins
            .set(WindowPlugin {
                primary_window: Some(window),
                exit_condition: ExitCondition::DontExit,
                ..Default::default()
            })
            .set(RenderPlugin {
                render_creation: WgpuSettings { backends: None, ..Default::default() }.into(),
                ..Default::default()
            })
            .disable::<WinitPlugin>()
            .disable::<LogPlugin>();
        let mut app = App::new();
        app.add_plugins(plugins)
            .add_plugins((EguiPlugin::default(), ViewPlugin))
            .insert_resource(start.session(settings))
            .insert_resource(Kept(file.map(Path::to_owned)))
            .insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(20)));
        app.finish();
        app.cleanup();
        let world = app.world_mut();
        let window = world.query_filtered::<Entity, With<PrimaryWindow>>().single(world);
        let mut seen = Seen { window: window.expect("there is a window"), app };
        seen.wait();
        seen
    }

    /// Until what was asked for is there, and drawn.
    pub fn wait(&mut self) {
        self.frames(4);
        while self.session().awaited().is_some() {
            std::thread::sleep(Duration::from_millis(2));
            self.app.update();
        }
        self.frames(2);
    }

    /// So many frames.
    pub fn frames(&mut self, count: usize) {
        (0..count).for_each(|_| self.app.update());
    }

    pub fn session(&self) -> &Session {
        self.app.world().resource::<Session>()
    }

    pub fn session_mut(&mut self) -> bevy::prelude::Mut<'_, Session> {
        self.app.world_mut().resource_mut::<Session>()
    }

    /// What it shows, in a line.
    pub fn state(&self) -> String {
        log::state(self.session())
    }

    /// The stop of the story at which the cursor stands, from 1.
    pub fn stop(&self) -> usize {
        let look = self.session().look().expect("a run is shown");
        look.playback.stop(&look.run.history).map_or(0, |stop| stop + 1)
    }

    /// Presses keys, one after the other, as the table of commands writes them.
    pub fn keys(&mut self, names: &[&str]) {
        for name in names {
            self.key(name);
        }
    }

    /// Presses a key with its modifiers, and lets go.
    pub fn key(&mut self, name: &str) {
        let mut rest = name;
        let mut held = Vec::new();
        for (prefix, code, key) in [
            ("Ctrl+", KeyCode::ControlLeft, Key::Control),
            ("Alt+", KeyCode::AltLeft, Key::Alt),
            ("Shift+", KeyCode::ShiftLeft, Key::Shift),
        ] {
            if let Some(after) = rest.strip_prefix(prefix).filter(|after| !after.is_empty()) {
                rest = after;
                held.push((code, key));
            }
        }
        let (code, key) = named(rest);
        held.push((code, key));
        for (code, key) in &held {
            self.send(*code, key.clone(), ButtonState::Pressed);
        }
        for (code, key) in held.iter().rev() {
            self.send(*code, key.clone(), ButtonState::Released);
        }
        self.frames(2);
    }

    /// Types text, letter by letter.
    pub fn write(&mut self, text: &str) {
        for letter in text.chars() {
            let key = match letter {
                ' ' => Key::Space,
                letter => Key::Character(letter.to_string().into()),
            };
            self.send(KeyCode::KeyA, key.clone(), ButtonState::Pressed);
            self.send(KeyCode::KeyA, key, ButtonState::Released);
            self.app.update();
        }
        self.app.update();
    }

    fn send(&mut self, key_code: KeyCode, logical_key: Key, state: ButtonState) {
        let text = match &logical_key {
            Key::Character(text) if state == ButtonState::Pressed => Some(text.clone()),
            _ => None,
        };
        let window = self.window;
        let input = KeyboardInput { key_code, logical_key, state, text, repeat: false, window };
        self.app.world_mut().write_message(input);
    }

    /// Clicks on the widget with that label.
    pub fn click(&mut self, label: &str) {
        let rect =
            self.place_of(label).unwrap_or_else(|| panic!("no {label:?} in {:?}", self.labels()));
        let at = rect.center();
        let (window, position) = (self.window, Vec2::new(at.x, at.y));
        let moved = CursorMoved { window, position, delta: None };
        self.app.world_mut().write_message(WindowEvent::CursorMoved(moved));
        self.app.update();
        for state in [ButtonState::Pressed, ButtonState::Released] {
            let button = MouseButtonInput { button: MouseButton::Left, state, window };
            self.app.world_mut().write_message(WindowEvent::MouseButtonInput(button));
            self.app.update();
        }
        self.frames(2);
    }

    /// Drops a file into the window.
    pub fn drop_file(&mut self, file: &Path) {
        let drop = FileDragAndDrop::DroppedFile { window: self.window, path_buf: file.to_owned() };
        self.app.world_mut().write_message(drop);
        self.app.update();
        self.wait();
    }

    /// The labels of everything drawn, as a screen reader is told.
    pub fn labels(&mut self) -> Vec<String> {
        self.told().into_iter().map(|(label, _)| label).collect()
    }

    /// Whether something drawn is labelled with that, or has it in its label.
    pub fn has(&mut self, part: &str) -> bool {
        self.labels().iter().any(|label| label.contains(part))
    }

    fn place_of(&mut self, label: &str) -> Option<egui::Rect> {
        self.told().into_iter().find(|(told, _)| told == label).map(|(_, rect)| rect)
    }

    fn told(&mut self) -> Vec<(String, egui::Rect)> {
        let world = self.app.world_mut();
        let mut contexts = world.query_filtered::<&mut EguiContext, With<PrimaryEguiContext>>();
        contexts.single_mut(world).expect("egui draws").get_mut().enable_accesskit();
        self.frames(2);
        let world = self.app.world_mut();
        let mut outputs = world.query_filtered::<&EguiOutput, With<PrimaryEguiContext>>();
        let output = outputs.single(world).expect("egui drew");
        let update = output.platform_output.accesskit_update.as_ref().expect("it was asked for");
        let nodes = update.nodes.iter().filter_map(|(_, node)| {
            let label = node.label().or(node.value())?.to_owned();
            let at = node.bounds()?;
            let corner = |x: f64, y: f64| egui::pos2(x as f32, y as f32);
            Some((label, egui::Rect::from_min_max(corner(at.x0, at.y0), corner(at.x1, at.y1))))
        });
        nodes.collect()
    }
}

fn named(name: &str) -> (KeyCode, Key) {
    match name {
        "Right" => (KeyCode::ArrowRight, Key::ArrowRight),
        "Left" => (KeyCode::ArrowLeft, Key::ArrowLeft),
        "Up" => (KeyCode::ArrowUp, Key::ArrowUp),
        "Down" => (KeyCode::ArrowDown, Key::ArrowDown),
        "Space" => (KeyCode::Space, Key::Space),
        "Home" => (KeyCode::Home, Key::Home),
        "End" => (KeyCode::End, Key::End),
        "PageDown" => (KeyCode::PageDown, Key::PageDown),
        "PageUp" => (KeyCode::PageUp, Key::PageUp),
        "Esc" => (KeyCode::Escape, Key::Escape),
        "Enter" => (KeyCode::Enter, Key::Enter),
        "Tab" => (KeyCode::Tab, Key::Tab),
        letter => (KeyCode::KeyA, Key::Character(letter.to_lowercase().into())),
    }
}
