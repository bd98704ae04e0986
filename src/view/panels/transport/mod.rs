//! The bar below everything: what is said at this step, the buttons that move the cursor, and the whole run as
//! a bar to scrub along.
//!
//! It is as high at every step: a caption that takes two lines must not move the picture above it.

mod scrub;

use crate::view::command::{Command, Way};
use crate::view::commands::key_of;
use crate::view::look::{Asks, Look};
use crate::view::paint::{self, Icon, color, mix};
use crate::view::panels::numbers::{grouped, round_span, speed};
use bevy_egui::egui;
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, FontId, Galley, Layout, Rect, Sense, Stroke, Ui, pos2, vec2};
use rayscope::chart::scene::BubbleKind;
use rayscope::chart::{Caption, caption_at};
use rayscope::replay::{Grain, PlaybackCommand};
use std::sync::Arc;

/// What the bar keeps from frame to frame.
#[derive(Default)]
pub struct TransportView {
    /// Whether the bar is cut to what is needed to step: a line, the buttons, the bar to scrub.
    pub low: bool,
    told: Option<Told>,
    scrub: scrub::ScrubView,
}

/// The caption of a place, made once: the sentence wants the state before it.
struct Told {
    place: ((usize, usize), usize, Option<usize>),
    caption: Caption,
}

/// Height of caption and reason together, in a wide bar and in a narrow one.
const TEXT: (f32, f32) = (84.0, 128.0);
/// From this width on, the aside stands beside the caption.
const WIDE: f32 = 720.0;

/// The whole bar.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut TransportView) {
    let low = view.low;
    let caption = view.caption(look);
    if low {
        let text = egui::RichText::new(&caption.short).font(paint::strong(15.0));
        let reason = format!("{} {}", caption.why, caption.aside.as_deref().unwrap_or(""));
        ui.add(egui::Label::new(text).truncate()).on_hover_text(reason.trim());
        ui.horizontal(|ui| {
            buttons(ui, look, asks);
            ui.add(egui::Label::new(place(look)).truncate());
        });
        return scrub::show(ui, look, asks, &mut view.scrub);
    }
    said(ui, look, caption);
    ui.add_space(2.0);
    ui.horizontal_wrapped(|ui| {
        buttons(ui, look, asks);
        ui.add_space(10.0);
        grains(ui, look, asks);
        ui.add_space(10.0);
        pace(ui, look, asks);
        where_it_stands(ui, look);
    });
    ui.add_space(2.0);
    scrub::show(ui, look, asks, &mut view.scrub);
}

impl TransportView {
    fn caption(&mut self, look: &Look) -> &Caption {
        let history = &look.run.history;
        let (step, stop) = (look.playback.step(), look.playback.stop(history));
        let place = (look.run.key(), step, stop);
        let fresh = self.told.take().filter(|told| told.place == place).unwrap_or_else(|| {
            let mut caption = caption_at(history, step, stop);
            if step == 0 && stop.is_none() {
                let keys = "Press → for the next step, ← to go back, Space to play, ? for all keys";
                caption.aside.get_or_insert(keys.to_owned());
            }
            Told { place, caption }
        });
        &self.told.insert(fresh).caption
    }
}

/// Caption, reason and aside.
fn said(ui: &mut Ui, look: &Look, caption: &Caption) {
    let beside = ui.available_width() >= WIDE;
    let height = if beside { TEXT.0 } else { TEXT.1 };
    let size = vec2(ui.available_width(), height);
    let (room, response) = ui.allocate_exact_size(size, Sense::hover());
    let theme = look.theme;
    let mut left = room;
    if let Some(aside) = caption.aside.as_ref().filter(|_| beside) {
        left.max.x -= note(ui, look, room, aside) + 20.0;
    }
    let title = cut(ui, &caption.short, paint::strong(22.0), color(theme.ink), left.width(), 2);
    let mut y = left.top();
    ui.painter().galley(pos2(left.left(), y), title.clone(), color(theme.ink));
    y += title.size().y + 4.0;
    let reason = match &caption.aside {
        Some(aside) if !beside => format!("{}\n{aside}", caption.why),
        _ => caption.why.clone(),
    };
    let rows = ((left.bottom() - y) / 19.0).floor().max(1.0) as usize;
    let why = cut(ui, &reason, paint::text(14.0), color(theme.faint), left.width(), rows);
    ui.painter().galley(pos2(left.left(), y), why.clone(), color(theme.faint));
    let aside = caption.aside.as_deref().unwrap_or("");
    response.widget_info(|| {
        let text = format!("{}. {} {aside}", caption.short, caption.why);
        egui::WidgetInfo::labeled(egui::WidgetType::Label, true, text)
    });
    if title.elided || why.elided {
        response.on_hover_text(format!("{}\n\n{reason}", caption.short));
    }
}

/// The aside on its green paper at the right; its width.
fn note(ui: &Ui, look: &Look, room: Rect, aside: &str) -> f32 {
    let ground = look.theme.bubble(BubbleKind::Aside);
    let ink = paint::ink_on(ground);
    let text = cut(ui, aside, paint::text(14.0), ink, (room.width() * 0.34).min(380.0) - 28.0, 3);
    let size = text.size() + vec2(28.0, 16.0);
    let rect = Rect::from_min_size(pos2(room.right() - size.x, room.top()), size);
    let line = Stroke::new(1.0, mix(ground, look.theme.ink, 0.18));
    ui.painter().rect(rect, 6.0, color(ground), line, egui::StrokeKind::Inside);
    ui.painter().galley(rect.min + vec2(14.0, 8.0), text, ink);
    size.x
}

/// Text of at most `rows` lines.
fn cut(ui: &Ui, text: &str, font: FontId, ink: Color32, width: f32, rows: usize) -> Arc<Galley> {
    let format = TextFormat { font_id: font, color: ink, ..TextFormat::default() };
    let mut job = LayoutJob::single_section(text.chars().take(2_000).collect(), format);
    job.wrap.max_width = width.max(40.0);
    job.wrap.max_rows = rows;
    ui.painter().layout_job(job)
}

fn buttons(ui: &mut Ui, look: &Look, asks: &mut Asks) {
    let grain = look.playback.grain();
    let (middle, what) = match look.playback.is_playing() {
        true => (Icon::Pause, "Pause"),
        false => (Icon::Play, "Play"),
    };
    let (on, back) = (Command::Step(Way::On), Command::Step(Way::Back));
    let playback = Command::Playback;
    let all = [
        (Icon::First, PlaybackCommand::First, "To the beginning", playback(PlaybackCommand::First)),
        (Icon::Back, PlaybackCommand::StepBack(grain), "One step back", back),
        (middle, PlaybackCommand::Toggle, what, playback(PlaybackCommand::Toggle)),
        (Icon::Forward, PlaybackCommand::StepForward(grain), "One step on", on),
        (Icon::Last, PlaybackCommand::Last, "To the end", playback(PlaybackCommand::Last)),
    ];
    let history = &look.run.history;
    let at_start = look.playback.step() == 0 && look.playback.stops_passed() == 0;
    let at_end = look.playback.step() == history.len()
        && look.playback.stops_passed() == history.story().len();
    ui.spacing_mut().item_spacing.x = 4.0;
    for (icon, command, what, same) in all {
        let tip = keyed(what, &same);
        let of_no_use = match icon {
            Icon::First | Icon::Back => at_start,
            Icon::Forward | Icon::Last => at_end,
            Icon::Play | Icon::Pause => false,
        };
        if button(ui, look, icon, &tip, !of_no_use) {
            asks.push(Command::Playback(command));
        }
    }
    ui.spacing_mut().item_spacing.x = 8.0;
}

/// What a control does, with the key that does the same.
fn keyed(what: &str, same: &Command) -> String {
    match key_of(same) {
        "" => what.to_owned(),
        "Right" => format!("{what} (→)"),
        "Left" => format!("{what} (←)"),
        key => format!("{what} ({key})"),
    }
}

fn button(ui: &mut Ui, look: &Look, icon: Icon, tip: &str, enabled: bool) -> bool {
    let large = matches!(icon, Icon::Play | Icon::Pause);
    let size = if large { vec2(44.0, 30.0) } else { vec2(34.0, 30.0) };
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    let visuals = ui.style().interact(&response);
    if enabled {
        ui.painter().rect(
            rect,
            6.0,
            if large { mix(look.theme.paper, look.theme.accent, 0.22) } else { visuals.bg_fill },
            visuals.bg_stroke,
            egui::StrokeKind::Inside,
        );
    }
    let ink =
        if enabled { color(look.theme.ink) } else { mix(look.theme.paper, look.theme.ink, 0.3) };
    paint::icon(ui.painter(), rect.shrink2(vec2(0.0, 7.0)), icon, ink);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, enabled, tip));
    response.on_hover_text(tip).clicked()
}

/// Story, Event, Instant, Time: how far a step goes.
fn grains(ui: &mut Ui, look: &Look, asks: &mut Asks) {
    let now = look.playback.grain();
    let tick = match now {
        Grain::Time(span) => span,
        Grain::Story | Grain::Event | Grain::Instant => {
            let end = look.run.history.end().as_nanos();
            round_span(rayscope::base::Span::from_nanos(end / 20))
        }
    };
    let all = [
        ("Story", Grain::Story, "A step is what a teacher would draw".to_owned()),
        ("Event", Grain::Event, "A step is one record".to_owned()),
        ("Instant", Grain::Instant, "A step is all that happens at one time".to_owned()),
        ("Time", Grain::Time(tick), format!("A step is {tick} of virtual time")),
    ];
    ui.spacing_mut().item_spacing.x = 0.0;
    for (name, grain, tip) in all {
        let is = std::mem::discriminant(&grain) == std::mem::discriminant(&now);
        if ui.selectable_label(is, name).on_hover_text(keyed(&tip, &Command::NextGrain)).clicked()
            && !is
        {
            asks.push(Command::Playback(PlaybackCommand::SetGrain(grain)));
        }
    }
    ui.spacing_mut().item_spacing.x = 8.0;
}

fn pace(ui: &mut Ui, look: &Look, asks: &mut Asks) {
    let mut times = look.playback.speed();
    ui.spacing_mut().slider_width = 110.0;
    let slider = egui::Slider::new(&mut times, 0.001..=1e6).logarithmic(true).show_value(false);
    let what = match look.playback.grain() {
        Grain::Time(_) => "Virtual seconds in a second of yours",
        Grain::Story | Grain::Event | Grain::Instant => "How fast it plays",
    };
    let tip = keyed(what, &Command::Speed(Way::On));
    if ui.add(slider).on_hover_text(tip).changed() {
        asks.push(Command::Playback(PlaybackCommand::SetSpeed(times)));
    }
    let text = egui::RichText::new(speed(times)).font(paint::code(13.0));
    let width = 74.0;
    ui.allocate_ui_with_layout(vec2(width, 26.0), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        ui.label(text);
    });
}

/// `step 5 of 13` and `2.000 s / 4.000 s`.
fn where_it_stands(ui: &mut Ui, look: &Look) {
    let (history, playback) = (&look.run.history, look.playback);
    let time = format!("{} / {}", playback.clock(), history.end());
    let place = place(look);
    let layout = Layout::right_to_left(Align::Center);
    let width = ui.available_size_before_wrap().x.max(250.0);
    ui.allocate_ui_with_layout(vec2(width, 26.0), layout, |ui| {
        ui.label(egui::RichText::new(time).font(paint::code(14.0)).color(color(look.theme.ink)));
        ui.add_space(8.0);
        ui.label(egui::RichText::new(place).font(paint::text(14.0)).color(color(look.theme.faint)));
    });
}

fn place(look: &Look) -> String {
    let (history, playback) = (&look.run.history, look.playback);
    match playback.grain() {
        Grain::Story => {
            let all = grouped(history.story().len());
            match (playback.stop(history), playback.stops_passed()) {
                (Some(stop), _) => format!("step {} of {all}", grouped(stop + 1)),
                (None, 0) => format!("{all} steps"),
                (None, passed) => format!("after step {} of {all}", grouped(passed)),
            }
        }
        Grain::Event | Grain::Instant | Grain::Time(_) => {
            format!("event {} of {}", grouped(playback.step()), grouped(history.len()))
        }
    }
}
