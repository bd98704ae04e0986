//! Draws a panel without a window and says what stands in it; runs to draw.

use crate::view::dress::dress;
use crate::view::look::{Asks, Look};
use crate::view::run::Run;
use crate::view::tests::picture;
use bevy_egui::egui;
use egui::{
    Event, FullOutput, Modifiers, PointerButton, Pos2, RawInput, Rect, Shape, Ui, Vec2, vec2,
};
use rayscope::chart::theme::{LESSON, Theme};
use rayscope::engine;
use rayscope::model::{Cluster, Model, Parameters, Program, Workload};
use rayscope::replay::{Entity, History, Playback, PlaybackCommand};
use rayscope::scenario::{self, LoadOptions};
use std::path::{Path, PathBuf};

/// A run with a cursor, as a panel sees it.
pub struct Seat {
    pub run: Run,
    pub playback: Playback,
    pub selection: Option<Entity>,
    pub hovered: Option<Entity>,
    pub theme: &'static Theme,
}

impl Seat {
    /// At the beginning of the run.
    pub fn new(run: Run) -> Seat {
        let playback = Playback::new(&run.history);
        Seat { run, playback, selection: None, hovered: None, theme: &LESSON }
    }

    /// The run of a scenario that ships with the program: `lesson/add_arrays`.
    pub fn of(scenario: &str) -> Seat {
        Seat::new(scenario_run(scenario))
    }

    /// With the cursor at a step.
    pub fn at(mut self, step: usize) -> Seat {
        self.go(PlaybackCommand::JumpToStep(step));
        self
    }

    /// Moves the cursor.
    pub fn go(&mut self, command: PlaybackCommand) {
        self.playback.update(&self.run.history, command);
    }

    /// What a panel is shown.
    pub fn look(&self) -> Look<'_> {
        Look {
            run: &self.run,
            playback: &self.playback,
            selection: self.selection,
            hovered: self.hovered,
            theme: self.theme,
            reduced_motion: false,
            focus: false,
            other: None,
        }
    }
}

/// Runs a shipped scenario.
pub fn scenario_run(name: &str) -> Run {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.json"));
    let known = rayscope::policy::names();
    let options = LoadOptions { known_policies: &known, ..LoadOptions::default() };
    let scenario = scenario::load_file(&file, &options).expect("a shipped scenario is right");
    run_of(scenario.model, &file)
}

/// Runs a program on so many nodes of two CPUs.
pub fn program_run(source: &str, nodes: usize) -> Run {
    let program = Program { file: "program.py".into(), source: source.into() };
    let model = Model {
        name: "program".to_owned(),
        cluster: Cluster::uniform(nodes, 2),
        workload: Workload::Program(program),
        faults: Vec::new(),
        parameters: Parameters::default(),
        policy: "hybrid".into(),
        seed: 1,
        captions: Vec::new(),
    };
    run_of(model, Path::new("program.py"))
}

fn run_of(model: Model, file: &Path) -> Run {
    let limits = engine::Limits::default();
    let options = engine::Options { seed: model.seed, limits, verify: false };
    let title = model.name.clone();
    let trace = engine::run(&model, &options);
    Run::new(History::new(trace), file.to_owned(), title)
}

/// A window of one size that is drawn without a screen.
pub struct Screen {
    ctx: egui::Context,
    size: Vec2,
    frames: u32,
    events: Vec<Event>,
}

impl Screen {
    /// A window of that size in points.
    pub fn new(width: f32, height: f32) -> Screen {
        let ctx = egui::Context::default();
        dress(&ctx, &LESSON);
        Screen { ctx, size: vec2(width, height), frames: 0, events: Vec::new() }
    }

    /// One frame of `draw`: what was drawn, and what was asked for.
    pub fn frame(&mut self, mut draw: impl FnMut(&mut Ui, &mut Asks)) -> Frame {
        let mut asks = Asks::new();
        self.frames += 1;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            time: Some(f64::from(self.frames) / 60.0),
            events: std::mem::take(&mut self.events),
            focused: true,
            ..RawInput::default()
        };
        let viewport = input.viewports.entry(input.viewport_id).or_default();
        viewport.native_pixels_per_point = Some(2.0);
        let output = self.ctx.run_ui(input, |ui| draw(ui, &mut asks));
        Frame::new(self.ctx.clone(), output, asks, self.size)
    }

    /// The same, twice: the second frame knows the sizes of the first.
    pub fn settled(&mut self, mut draw: impl FnMut(&mut Ui, &mut Asks)) -> Frame {
        self.frame(&mut draw);
        self.frame(draw)
    }

    /// Moves the pointer; the next frame sees it.
    pub fn point(&mut self, at: Pos2) {
        self.events.push(Event::PointerMoved(at));
    }

    /// Presses and releases at a place; the next frame sees it.
    pub fn click(&mut self, at: Pos2) {
        self.point(at);
        for pressed in [true, false] {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            self.events.push(Event::PointerButton { pos: at, button, pressed, modifiers });
        }
    }

    /// Presses a key.
    pub fn key(&mut self, key: egui::Key) {
        let (repeat, modifiers) = (false, Modifiers::NONE);
        let physical_key = None;
        for pressed in [true, false] {
            self.events.push(Event::Key { key, physical_key, pressed, repeat, modifiers });
        }
    }

    /// Types.
    pub fn write(&mut self, text: &str) {
        self.events.push(Event::Text(text.to_owned()));
    }

    /// Turns the wheel; positive is towards the top.
    pub fn wheel(&mut self, points: f32) {
        self.events.push(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, points),
            phase: egui::TouchPhase::Move,
            modifiers: Modifiers::NONE,
        });
    }
}

/// What a frame drew.
pub struct Frame {
    /// Texts with their places, in the order of drawing; what lies outside its clip is left out.
    pub texts: Vec<(Rect, String)>,
    /// What the panel asked for.
    pub asks: Asks,
    /// Everything drawn.
    pub shapes: usize,
    pub(super) ctx: egui::Context,
    pub(super) size: Vec2,
    pub(super) output: FullOutput,
}

impl Frame {
    fn new(ctx: egui::Context, output: FullOutput, asks: Asks, size: Vec2) -> Frame {
        let mut texts = Vec::new();
        for clipped in &output.shapes {
            collect(&clipped.shape, clipped.clip_rect, &mut texts);
        }
        let shapes = output.shapes.len();
        Frame { texts, asks, shapes, ctx, size, output }
    }

    /// All texts, a line each.
    pub fn text(&self) -> String {
        self.texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// Whether a text contains that.
    pub fn has(&self, part: &str) -> bool {
        self.texts.iter().any(|(_, text)| text.contains(part))
    }

    /// Writes the frame into the folder that `RAYSCOPE_PICTURES` names, if it names one.
    pub fn keep(&self, name: &str) {
        if let Some(folder) = std::env::var_os("RAYSCOPE_PICTURES") {
            picture::save(self, &Path::new(&folder).join(format!("{name}.png")));
        }
    }

    /// The middle of the first text that contains that.
    pub fn find(&self, part: &str) -> Pos2 {
        let found = self.texts.iter().find(|(_, text)| text.contains(part));
        found.unwrap_or_else(|| panic!("no {part:?} in:\n{}", self.text())).0.center()
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.output.textures_delta.clear();
    }
}

fn collect(shape: &Shape, clip: Rect, texts: &mut Vec<(Rect, String)>) {
    match shape {
        Shape::Text(text) => {
            let rect = text.visual_bounding_rect();
            if clip.intersects(rect) && !text.galley.text().trim().is_empty() {
                texts.push((rect, seen(&text.galley)));
            }
        }
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, texts)),
        _ => {}
    }
}

/// The text as it is drawn: cut where the galley is cut.
fn seen(galley: &egui::Galley) -> String {
    let rows = galley.rows.iter().map(|row| row.glyphs.iter().map(|glyph| glyph.chr).collect());
    rows.collect::<Vec<String>>().join(" ")
}
