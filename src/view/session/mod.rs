//! All that the window knows, and the one place that changes it: [`Session::apply`].
//!
//! It touches no file, no thread and no screen. What has to be done outside it leaves as an [`Errand`], and
//! what comes of that comes back through [`Session::arrived`]; so all of it is tested without a window.

mod compared;
pub mod cursor;
mod runs;
mod selection;
pub mod walk;

use crate::view::command::{Command, Panel, Picture, Scale, Way};
use crate::view::dialogs::Dialog;
use crate::view::look::Look;
use crate::view::run::Run;
use crate::view::settings::Settings;
use crate::view::tiles;
use bevy::prelude::Resource;
pub use compared::{Compared, Parting};
use rayscope::base::Span;
use rayscope::chart::theme::{THEMES, Theme};
use rayscope::replay::{Entity, Playback, PlaybackCommand};
pub use runs::{Mistake, Order, Source, Then, Trouble};
use selection::Trail;
use std::collections::VecDeque;
use std::sync::Arc;

/// What the window knows.
#[derive(Resource, Default)]
pub struct Session {
    /// The runs so far, the oldest first.
    runs: Vec<Arc<Run>>,
    /// The run that is shown, with its cursor.
    shown: Option<Shown>,
    compared: Option<Compared>,
    /// Which comparison is under way.
    comparing: Option<u64>,
    trail: Trail,
    hovered: Option<Entity>,
    /// Whether a file is held over the window.
    pub file_above: bool,
    focus: bool,
    /// What was asked for and is not there yet.
    awaited: Option<Order>,
    /// What is asked for after that.
    queue: VecDeque<(Source, Then)>,
    /// How many orders there were.
    ordered: u64,
    /// Why the last thing that was opened is not there.
    trouble: Option<Box<Trouble>>,
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// How it looks.
    pub settings: Settings,
    messages: Vec<Message>,
    told: u64,
    errands: Vec<Errand>,
}

/// A run and where its cursor stands.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which of the runs.
    pub run: usize,
    /// The cursor.
    pub playback: Playback,
}

/// Something to do outside.
pub enum Errand {
    /// Read and run something.
    Load(Box<Order>),
    /// Hold a run against another; the number comes back with the answer.
    Compare(u64, Arc<Run>, Arc<Run>),
    /// Write the picture of the moment.
    Save(Picture),
    /// Keep the settings for the next time.
    Keep,
    /// The whole screen, or a window again.
    FullScreen,
    /// Close the window.
    Quit,
}

/// Something said in passing.
#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    /// Which one.
    pub id: u64,
    /// What.
    pub text: String,
    /// Whether something went wrong.
    pub alarm: bool,
    /// How much longer it is shown.
    left: Span,
}

/// How long a message is shown: long enough to read two lines.
const READ: Span = Span::from_millis(7_000);

impl Session {
    /// With these settings, and nothing open yet.
    pub fn new(settings: Settings) -> Session {
        Session { settings, ..Session::default() }
    }

    /// Carries out a command.
    pub fn apply(&mut self, command: Command) {
        match command {
            Command::Playback(command) => self.play(command),
            Command::Step(way) => self.step(way),
            Command::StepStory(way) => self.step_by(way, rayscope::replay::Grain::Story),
            Command::StepEvent(way) => self.step_by(way, rayscope::replay::Grain::Event),
            Command::StepTime(way) => self.step_time(way),
            Command::StepOfSelection(way) => self.step_of_selection(way),
            Command::NextGrain => self.next_grain(),
            Command::Speed(way) => self.change_speed(way),
            Command::Select(entity) => self.select(entity),
            Command::Hover(entity) => self.hovered = entity,
            Command::Follow(way) => self.follow(way),
            Command::SelectionHistory(way) => self.trail.go(way),
            Command::Walk(direction) => self.walk(direction),
            Command::Focus => self.focus = true,
            Command::Arrange(preset) => {
                self.change_settings(|s| (s.preset, s.tree) = (preset, tiles::preset(preset)));
            }
            Command::ResetLayout => self.change_settings(|s| s.tree = tiles::preset(s.preset)),
            Command::TogglePane(pane) => self.change_settings(|s| tiles::toggle(&mut s.tree, pane)),
            Command::NextTheme => self.next_theme(),
            Command::Theme(name) => self.change_settings(|s| s.theme = name.to_owned()),
            Command::ReducedMotion => {
                self.change_settings(|s| s.reduced_motion = !s.reduced_motion)
            }
            Command::Scale(scale) => self.change_settings(|s| s.scale = scaled(s.scale, scale)),
            Command::FullScreen => self.errands.push(Errand::FullScreen),
            Command::Dialog(panel) => self.toggle_dialog(panel),
            Command::Close => self.close(),
            Command::Open(file) => self.open_file(file),
            Command::OpenLesson => self.order(Source::Lesson, Then::Show(None)),
            Command::Reload => self.reload(),
            Command::RunAgain => self.run_again(),
            Command::ShowRun(run) => self.show_run(run),
            Command::CompareWith(run) => self.compare_with(run),
            Command::Compare => self.compare(),
            Command::NextDivergence => self.next_divergence(),
            Command::Save(picture) => self.save(picture),
            Command::Dismiss(id) => self.messages.retain(|message| message.id != id),
            Command::Cancel => self.cancel(),
            Command::Quit => self.errands.push(Errand::Quit),
        }
    }

    /// So much real time went by.
    pub fn tick(&mut self, real: Span) {
        self.focus = false;
        if self.is_playing() {
            self.play(PlaybackCommand::Advance(real));
        }
        for message in &mut self.messages {
            message.left = message.left - real;
        }
        self.messages.retain(|message| message.left > Span::ZERO);
    }

    /// What there is to do outside, once.
    pub fn take_errands(&mut self) -> Vec<Errand> {
        std::mem::take(&mut self.errands)
    }

    /// Something to do outside that no command names.
    pub fn send(&mut self, errand: Errand) {
        self.errands.push(errand);
    }

    /// Says something in passing.
    pub fn say(&mut self, text: impl Into<String>) {
        self.message(text.into(), false);
    }

    /// Says in passing that something went wrong.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.message(text.into(), true);
    }

    fn message(&mut self, text: String, alarm: bool) {
        // The same said again is said once, longer.
        self.messages.retain(|message| message.text != text);
        self.told += 1;
        self.messages.push(Message { id: self.told, text, alarm, left: READ });
    }

    /// What is said in passing, the oldest first.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// What the panels see of the run that is shown.
    pub fn look(&self) -> Option<Look<'_>> {
        let shown = self.shown.as_ref()?;
        let other = self.compared.as_ref().map(|compared| compared.shown.playback.state());
        Some(self.look_at(shown, other))
    }

    /// What the scene sees of the run that it is compared with.
    pub fn other_look(&self) -> Option<Look<'_>> {
        let compared = self.compared.as_ref()?;
        Some(self.look_at(&compared.shown, Some(self.shown.as_ref()?.playback.state())))
    }

    fn look_at<'a>(
        &'a self,
        shown: &'a Shown,
        other: Option<&'a rayscope::state::State>,
    ) -> Look<'a> {
        Look {
            run: &self.runs[shown.run],
            playback: &shown.playback,
            selection: self.trail.now(),
            hovered: self.hovered,
            theme: self.theme(),
            reduced_motion: self.settings.reduced_motion,
            focus: self.focus,
            other,
        }
    }

    /// The colours.
    pub fn theme(&self) -> &'static Theme {
        let named = THEMES.iter().find(|theme| theme.name == self.settings.theme);
        named.copied().unwrap_or(THEMES[0])
    }

    /// Whether the cursor moves by itself.
    pub fn is_playing(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.playback.is_playing())
    }

    /// All runs, the oldest first.
    pub fn runs(&self) -> &[Arc<Run>] {
        &self.runs
    }

    /// The run that is shown, with its cursor.
    pub fn shown(&self) -> Option<&Shown> {
        self.shown.as_ref()
    }

    /// The run that it is compared with.
    pub fn compared(&self) -> Option<&Compared> {
        self.compared.as_ref()
    }

    /// What is selected.
    pub fn selection(&self) -> Option<Entity> {
        self.trail.now()
    }

    /// Whether a dialog is open that takes what is typed.
    pub fn has_text_dialog(&self) -> bool {
        match self.dialog {
            Some(Dialog::Palette(_) | Dialog::Search(_) | Dialog::Open(_)) => true,
            Some(Dialog::Sheet | Dialog::Edit(_)) | None => false,
        }
    }

    /// What was asked for and is not there yet.
    pub fn awaited(&self) -> Option<&Order> {
        self.awaited.as_ref()
    }

    /// Whether something is under way that the window does not wait for.
    pub fn is_busy(&self) -> bool {
        self.awaited.is_some() || self.comparing.is_some()
    }

    /// Why the last thing that was opened is not there.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_deref()
    }

    fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.errands.push(Errand::Keep);
    }

    fn next_theme(&mut self) {
        let now = self.theme();
        let at = THEMES.iter().position(|theme| theme.name == now.name).unwrap_or(0);
        let next = THEMES[(at + 1) % THEMES.len()];
        self.change_settings(|settings| settings.theme = next.name.to_owned());
    }

    fn toggle_dialog(&mut self, panel: Panel) {
        let open = self.dialog.as_ref().is_some_and(|dialog| dialog.panel() == panel);
        self.dialog = if open { None } else { Dialog::open(panel, self) };
    }

    fn close(&mut self) {
        if self.dialog.take().is_some() {
            return;
        }
        if self.trouble.is_some() && self.shown.is_some() {
            self.trouble = None;
            return;
        }
        self.select(None);
    }

    fn save(&mut self, picture: Picture) {
        if self.shown.is_some() {
            self.errands.push(Errand::Save(picture));
        }
    }

    fn change_speed(&mut self, way: Way) {
        let Some(shown) = &self.shown else { return };
        let speed = shown.playback.speed();
        let next = if way == Way::On { speed * 2.0 } else { speed / 2.0 };
        self.play(PlaybackCommand::SetSpeed(next));
    }
}

/// Between half and three times as large as it comes.
fn scaled(now: f32, scale: Scale) -> f32 {
    let next = match scale {
        Scale::Up => now + 0.1,
        Scale::Down => now - 0.1,
        Scale::Reset => 1.0,
    };
    ((next * 10.0).round() / 10.0).clamp(0.5, 3.0)
}
