//! The Bevy app: its window, its schedule, and how input, time and finished jobs reach the session.

use crate::view::command::Command;
use crate::view::desk::Desk;
use crate::view::dress::dress;
use crate::view::frame;
use crate::view::input::{Held, Owner};
use crate::view::jobs::{Answer, Jobs};
use crate::view::look::Asks;
use crate::view::paint::color;
use crate::view::session::{Errand, Session};
use crate::view::{fonts, log, picture};
use bevy::input::keyboard::{KeyboardFocusLost, KeyboardInput};
use bevy::prelude::{
    App, AppExit, Camera2d, ClearColor, Color, Commands, IntoScheduleConfigs, Local, MessageReader,
    MessageWriter, Plugin, PostUpdate, PreUpdate, Query, Real, Res, ResMut, Resource, Result,
    Single, Startup, Time, Update, Window, With,
};
use bevy::window::{FileDragAndDrop, MonitorSelection, PrimaryWindow, WindowMode};
use bevy::winit::{UpdateMode, WinitSettings};
use bevy_egui::egui::{self, Event};
use bevy_egui::{
    EguiContexts, EguiInput, EguiPostUpdateSet, EguiPreUpdateSet, EguiPrimaryContextPass,
};
use rayscope::base::Span;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a window that waits for input sleeps at most, for what no input wakes: messages that go away.
const SLEEP: Duration = Duration::from_millis(400);

/// The view without a window of its own: what tests run, and what a window is put around.
pub struct ViewPlugin;

/// Where settings are kept; nowhere in tests.
#[derive(Resource, Default)]
pub struct Kept(pub Option<PathBuf>);

/// What the panels of the last frame asked for.
#[derive(Resource, Default)]
struct Asked(Asks);

impl Plugin for ViewPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Session>()
            .init_resource::<Desk>()
            .init_resource::<Jobs>()
            .init_resource::<Kept>()
            .init_resource::<Asked>()
            .add_systems(Startup, camera)
            .add_systems(PreUpdate, answers)
            .add_systems(
                PreUpdate,
                hush.after(EguiPreUpdateSet::ProcessInput).before(EguiPreUpdateSet::BeginPass),
            )
            .add_systems(Update, (time, keys, dropped, errands, title, paper).chain())
            .add_systems(EguiPrimaryContextPass, draw)
            .add_systems(
                PostUpdate,
                (heed, settle, errands, pace, log::report)
                    .chain()
                    .after(EguiPostUpdateSet::EndPass),
            );
    }
}

fn camera(mut commands: Commands) {
    commands.spawn(Camera2d);
}

/// bevy_egui 0.42 tells egui in every frame which modifiers are held. egui takes that for input, and asks for the
/// next frame; so a window that nobody touches would never sleep. Only what changed is news.
fn hush(mut inputs: Query<&mut EguiInput>, mut last: Local<egui::Modifiers>) {
    for mut input in &mut inputs {
        let refocused = input.events.iter().any(|event| matches!(event, Event::WindowFocused(_)));
        input.events.retain(|event| match event {
            Event::ModifiersChanged(held) => {
                refocused || std::mem::replace(&mut *last, *held) != *held
            }
            _ => true,
        });
    }
}

/// What came of orders.
fn answers(jobs: Res<Jobs>, mut session: ResMut<Session>) {
    while let Some(answer) = jobs.answer() {
        match answer {
            Answer::Ran(id, result) => session.arrived(id, *result),
            Answer::Parted(id, there, parting) => session.parted(id, &there, *parting),
        }
    }
}

fn time(time: Res<Time<Real>>, mut session: ResMut<Session>) {
    let nanos = u64::try_from(time.delta().as_nanos()).unwrap_or(u64::MAX);
    session.tick(Span::from_nanos(nanos));
}

fn keys(
    mut contexts: EguiContexts,
    mut inputs: MessageReader<KeyboardInput>,
    mut lost: MessageReader<KeyboardFocusLost>,
    mut held: Local<Held>,
    mut session: ResMut<Session>,
) {
    let Ok(ctx) = contexts.ctx_mut() else { return };
    for input in inputs.read() {
        let owner = if session.has_text_dialog() || ctx.text_edit_focused() || ctx.any_popup_open()
        {
            Owner::Text
        } else if ctx.egui_wants_keyboard_input() {
            Owner::Widget
        } else {
            Owner::Commands
        };
        if let Some(command) = held.command(input, owner) {
            // Escape in a field leaves the field; only the next one closes something.
            let leaves =
                *command == Command::Close && ctx.text_edit_focused() && !session.has_text_dialog();
            if !leaves {
                session.apply(command.clone());
            }
        }
    }
    if lost.read().count() > 0 {
        held.forget();
    }
}

/// A file that was dropped into the window is opened.
fn dropped(mut drops: MessageReader<FileDragAndDrop>, mut session: ResMut<Session>) {
    for drop in drops.read() {
        session.file_above = matches!(drop, FileDragAndDrop::HoveredFile { .. });
        if let FileDragAndDrop::DroppedFile { path_buf, .. } = drop {
            session.apply(Command::Open(path_buf.clone()));
        }
    }
}

/// Draws the frame. egui may run this more than once a frame: what is asked for counts once, afterwards.
fn draw(
    mut contexts: EguiContexts,
    mut session: ResMut<Session>,
    mut desk: ResMut<Desk>,
    mut asked: ResMut<Asked>,
    mut worn: Local<Option<(String, f32, bool)>>,
) -> Result {
    let Ok(ctx) = contexts.ctx_mut() else { return Ok(()) };
    let wanted =
        (session.theme().name.to_owned(), session.settings.scale, session.settings.reduced_motion);
    if worn.as_ref() != Some(&wanted) {
        let first = worn.is_none();
        dress(ctx, session.theme());
        fonts::add_fallback(ctx);
        ctx.set_zoom_factor(wanted.1);
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let still = wanted.2;
        ctx.all_styles_mut(|style| style.animation_time = if still { 0.0 } else { 0.12 });
        *worn = Some(wanted);
        if first {
            // Fonts are there from the next frame on.
            ctx.request_repaint();
            return Ok(());
        }
    }
    asked.0 = frame::show(ctx, &mut session, &mut desk);
    Ok(())
}

/// Carries out what the panels asked for. What no panel points at in this frame is not pointed at.
fn heed(mut asked: ResMut<Asked>, mut session: ResMut<Session>) {
    let asks = std::mem::take(&mut asked.0);
    let hovered = asks.iter().rev().find_map(|ask| match ask {
        Command::Hover(entity) => Some(*entity),
        _ => None,
    });
    let hovered = hovered.flatten();
    session.apply(Command::Hover(hovered));
    for ask in asks.into_iter().filter(|ask| !matches!(ask, Command::Hover(_))) {
        session.apply(ask);
    }
}

/// After whatever can change the picture come a few more frames: a panel learns in one frame how large its content
/// is, and has that size in the next.
fn settle(
    mut contexts: EguiContexts,
    session: Res<Session>,
    mut size: Local<egui::Vec2>,
    mut left: Local<u8>,
) {
    const FRAMES: u8 = 3;
    let Ok(ctx) = contexts.ctx_mut() else { return };
    let now = ctx.viewport_rect().size();
    let moving = session.is_playing() || session.is_busy();
    let touched = moving || ctx.input(|input| !input.events.is_empty());
    *left = if touched || *size != now { FRAMES } else { left.saturating_sub(1) };
    *size = now;
    if *left > 0 {
        ctx.request_repaint();
    }
}

/// Does what the session leaves to others.
fn errands(
    jobs: Res<Jobs>,
    kept: Res<Kept>,
    mut session: ResMut<Session>,
    mut window: Option<Single<&mut Window, With<PrimaryWindow>>>,
    mut exit: MessageWriter<AppExit>,
) {
    for errand in session.take_errands() {
        match errand {
            Errand::Load(order) => jobs.begin(*order),
            Errand::Compare(id, here, there) => jobs.compare(id, here, there),
            Errand::Save(format) => match picture::save(&session, format, Path::new(".")) {
                Ok(file) => session.say(format!("Saved as {}", file.display())),
                Err(error) => session.warn(error),
            },
            Errand::Keep => {
                if let Some(file) = &kept.0
                    && let Err(error) = session.settings.save(file)
                {
                    session.warn(format!("The arrangement is not kept: {error}"));
                }
            }
            Errand::FullScreen => {
                if let Some(window) = &mut window {
                    window.mode = match window.mode {
                        WindowMode::Windowed => {
                            WindowMode::BorderlessFullscreen(MonitorSelection::Current)
                        }
                        _ => WindowMode::Windowed,
                    };
                }
            }
            Errand::Quit => {
                exit.write(AppExit::Success);
            }
        }
    }
}

fn title(session: Res<Session>, window: Option<Single<&mut Window, With<PrimaryWindow>>>) {
    let Some(mut window) = window else { return };
    let title = match session.look() {
        Some(look) => format!("Rayscope — {}", look.run.title),
        None => "Rayscope".to_owned(),
    };
    if window.title != title {
        window.title = title;
    }
}

fn paper(session: Res<Session>, mut clear: ResMut<ClearColor>) {
    let [r, g, b, _] = color(session.theme().paper).to_array();
    clear.0 = Color::srgb_u8(r, g, b);
}

/// Frames follow each other only while something moves; else the window sleeps until there is input.
fn pace(session: Res<Session>, settings: Option<ResMut<WinitSettings>>) {
    let Some(mut settings) = settings else { return };
    let moving = session.is_playing() || session.is_busy();
    let mode = match moving {
        true => UpdateMode::Continuous,
        false if session.messages().is_empty() => {
            UpdateMode::reactive_low_power(Duration::from_secs(5))
        }
        false => UpdateMode::reactive_low_power(SLEEP),
    };
    if settings.focused_mode != mode {
        (settings.focused_mode, settings.unfocused_mode) = (mode, mode);
    }
}
