//! What is kept from one start to the next: colours, sizes and the arrangement of the panels.

use crate::view::tiles::{self, Preset, Tree};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// What is kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The theme's name.
    pub theme: String,
    /// How large everything is: 1 is as it comes.
    pub scale: f32,
    /// Whether things jump instead of gliding.
    pub reduced_motion: bool,
    /// The arrangement that was begun from.
    pub preset: Preset,
    /// The panels in their places.
    pub tree: Tree,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: rayscope::chart::theme::THEMES[0].name.to_owned(),
            scale: 1.0,
            reduced_motion: false,
            preset: Preset::default(),
            tree: tiles::preset(Preset::default()),
        }
    }
}

impl Settings {
    /// What was kept in `file`; as it comes if nothing was.
    pub fn load(file: &Path) -> Result<Settings, String> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Settings::default());
            }
            Err(error) => return Err(format!("{} cannot be read: {error}", file.display())),
        };
        let kept: Settings = serde_json::from_str(&text)
            .map_err(|error| format!("{} is not what was kept there: {error}", file.display()))?;
        Ok(kept.mended())
    }

    /// Keeps it in `file`.
    pub fn save(&self, file: &Path) -> Result<(), String> {
        let cannot = |error: &dyn std::fmt::Display| {
            format!("{} cannot be written: {error}", file.display())
        };
        let text = serde_json::to_string_pretty(self).map_err(|error| cannot(&error))?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|error| cannot(&error))?;
        }
        fs::write(file, text).map_err(|error| cannot(&error))
    }

    /// Without what no arrangement of this version can have.
    fn mended(mut self) -> Settings {
        if !tiles::is_whole(&self.tree) {
            self.tree = tiles::preset(self.preset);
        }
        if !self.scale.is_finite() {
            self.scale = 1.0;
        }
        self.scale = self.scale.clamp(0.5, 3.0);
        self
    }
}

/// Where settings are kept on this machine, if there is such a place.
pub fn file() -> Option<PathBuf> {
    let folder =
        |name: &str| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let config = if cfg!(target_os = "windows") {
        folder("APPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))
    };
    config.map(|config| config.join("rayscope").join("view.json"))
}
