//! From the command line to an open window.

use crate::cli::load::Choices;
use crate::cli::output::{Exit, Output};
use crate::view::app::{Kept, ViewPlugin};
use crate::view::session::{Session, Source, Then};
use crate::view::settings::{self, Settings};
use crate::view::tiles::{self, Preset};
use bevy::DefaultPlugins;
use bevy::app::App;
use bevy::log::{Level, LogPlugin};
use bevy::prelude::{AppExit, PluginGroup, Window, WindowPlugin};
use bevy::window::{WindowResizeConstraints, WindowResolution};
use bevy_egui::EguiPlugin;
use rayscope::base::Instant;
use std::path::PathBuf;

/// What the window opens with.
pub struct Start {
    /// What is shown.
    pub source: Source,
    /// Where it begins; before the first event if nothing is said.
    pub at: Option<Instant>,
    /// What it is compared with.
    pub compare: Option<(PathBuf, Choices)>,
    /// The theme instead of the one that was kept.
    pub theme: Option<&'static str>,
    /// The size of everything instead of the one that was kept.
    pub scale: Option<f32>,
    /// Whether things jump.
    pub reduced_motion: bool,
    /// The arrangement instead of the one that was kept.
    pub layout: Option<Preset>,
}

impl Start {
    /// With that, and everything else as it was kept.
    pub fn with(source: Source) -> Start {
        Start {
            source,
            at: None,
            compare: None,
            theme: None,
            scale: None,
            reduced_motion: false,
            layout: None,
        }
    }

    /// The lesson at its first step.
    pub fn lesson() -> Start {
        Start::with(Source::Lesson)
    }

    /// The session that the window begins with: its first run is under way.
    pub fn session(self, kept: Settings) -> Session {
        let mut settings = kept;
        settings.theme = self.theme.map_or(settings.theme, str::to_owned);
        settings.scale = self.scale.unwrap_or(settings.scale);
        settings.reduced_motion |= self.reduced_motion;
        if let Some(preset) = self.layout {
            (settings.preset, settings.tree) = (preset, tiles::preset(preset));
        }
        let mut session = Session::new(settings);
        session.order(self.source, Then::Show(self.at));
        if let Some((file, choices)) = self.compare {
            session.order_after(Source::File(file, choices), Then::Compare);
        }
        session
    }
}

/// Opens the window, and comes back when it is closed.
pub fn open(start: Start, out: &mut Output) -> Exit {
    let file = settings::file();
    let (kept, problem) = match file.as_deref().map(Settings::load) {
        Some(Ok(kept)) => (kept, None),
        Some(Err(problem)) => (Settings::default(), Some(problem)),
        None => (Settings::default(), None),
    };
    let mut session = start.session(kept);
    if let Some(problem) = problem {
        session.warn(problem);
    }
    out.flush();
    let window = Window {
        title: "Rayscope".to_owned(),
        name: Some("rayscope".to_owned()),
        resolution: WindowResolution::new(1280, 800),
        resize_constraints: WindowResizeConstraints {
            min_width: 400.0,
            min_height: 300.0,
            ..Default::default()
        },
        ..Default::default()
    };
    let plugins = DefaultPlugins
        .set(WindowPlugin { primary_window: Some(window), ..Default::default() })
        .set(LogPlugin {
            level: Level::WARN,
            filter: "warn,wgpu=error,naga=error,bevy_render=error,bevy_winit=error".to_owned(),
            ..Default::default()
        });
    let mut app = App::new();
    app.add_plugins(plugins)
        .add_plugins((EguiPlugin::default(), ViewPlugin))
        .insert_resource(session)
        .insert_resource(Kept(file));
    match app.run() {
        AppExit::Success => Exit::Ok,
        AppExit::Error(_) => Exit::Usage,
    }
}
