//! Why a task waits, and why it was placed where it is: worked out once for each step, with every node as the
//! policy saw it.

use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color, mix};
use crate::view::panels::fields::{faint, title, words};
use crate::view::panels::link;
use bevy_egui::egui;
use egui::{Align2, Rect, RichText, Sense, Ui, pos2, vec2};
use rayscope::analysis::explain::Phase;
use rayscope::analysis::placement::Placement;
use rayscope::analysis::{Explanation, explain_at, words as told};
use rayscope::base::TaskId;
use rayscope::base::id::Id;
use rayscope::base::units::show_bytes;
use rayscope::policy::{Candidate, Verdict, candidates};
use rayscope::replay::Entity;
use rayscope::state::TaskStatus;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct WhyView {
    place: Option<((usize, usize), TaskId, usize)>,
    found: Option<Explanation>,
    /// Every node as the policy sees it now, while the task waits for one.
    now: Vec<Candidate>,
}

/// So many nodes of a decision are shown.
const MOST_NODES: usize = 16;
/// So many stretches of a task's life are told, the last ones.
const MOST_PHASES: usize = 24;

impl WhyView {
    fn refresh(&mut self, look: &Look, task: TaskId) {
        let step = look.playback.step();
        let place = Some((look.run.key(), task, step));
        if self.place == place {
            return;
        }
        self.place = place;
        let (history, state) = (&look.run.history, look.playback.state());
        self.found = explain_at(history, task, step);
        let status = state.tasks.get(task).map(|row| row.status);
        self.now = match status {
            Some(TaskStatus::PendingNodeAssignment { .. }) => {
                candidates(state, &history.trace().header.parameters, task)
            }
            _ => Vec::new(),
        };
    }
}

/// What the task waits for now, in a sentence; then its life so far, then the decision.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut WhyView, task: TaskId) {
    view.refresh(look, task);
    let Some(found) = &view.found else { return };
    let (open, over): (Vec<&Phase>, Vec<&Phase>) =
        found.phases.iter().partition(|phase| phase.to.is_none());
    if let Some(phase) = open.last() {
        title(ui, look, "Now");
        words(ui, look, format!("{}.", capital(&phase.text)));
        let since = look.playback.clock().since(phase.from);
        faint(ui, look, format!("since {}, for {since}", phase.from));
    }
    if !view.now.is_empty() {
        ui.add_space(4.0);
        faint(ui, look, "The nodes as the policy sees them now:");
        table(ui, look, asks, &view.now, None);
    }
    if let Some(placed) = found.placements.last() {
        decision(ui, look, asks, placed);
    }
    if !over.is_empty() {
        title(ui, look, "Before");
        let skipped = over.len().saturating_sub(MOST_PHASES);
        if skipped > 0 {
            faint(ui, look, format!("{} earlier", told::count(skipped, "stretch")));
        }
        over[skipped..].iter().for_each(|phase| stretch(ui, look, phase));
    }
}

fn stretch(ui: &mut Ui, look: &Look, phase: &Phase) {
    let time = match phase.to {
        Some(to) if to > phase.from => told::between(phase.from, to),
        Some(_) | None => phase.from.to_string(),
    };
    ui.horizontal_wrapped(|ui| {
        let time = RichText::new(time).font(paint::code(12.0)).color(color(look.theme.faint));
        ui.label(time);
        words(ui, look, phase.text.as_str());
    });
}

fn decision(ui: &mut Ui, look: &Look, asks: &mut Asks, placed: &Placement) {
    title(ui, look, "Why it was placed there");
    let node = placed.names.get(placed.node.index()).map_or("?", String::as_str);
    words(ui, look, format!("{}.", capital(&placed.rule)));
    if !placed.home.is_empty() {
        faint(ui, look, format!("{}.", capital(&placed.home)));
    }
    if let Some(tie) = &placed.tie {
        faint(ui, look, format!("Tie: {tie}."));
    }
    faint(ui, look, format!("On {node}, worker {}, at {}.", placed.worker, placed.at));
    if !placed.candidates.is_empty() {
        ui.add_space(4.0);
        table(ui, look, asks, &placed.candidates, Some(placed));
    }
}

/// Every node with its verdict and numbers.
fn table(
    ui: &mut Ui,
    look: &Look,
    asks: &mut Asks,
    candidates: &[Candidate],
    placed: Option<&Placement>,
) {
    let chosen = placed.map(|placed| placed.node);
    let verdict = |row: &Candidate| match placed {
        Some(placed) => placed.verdict(row),
        None => told::verdict(&row.verdict),
    };
    let shown = |row: &&Candidate| row.node.index() < MOST_NODES || Some(row.node) == chosen;
    let columns = Columns::new(ui.available_width(), candidates);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        columns.head(ui, look);
        for (number, row) in candidates.iter().filter(shown).enumerate() {
            let chosen = Some(row.node) == chosen;
            columns.row(ui, look, asks, (number, chosen), (row, verdict(row)));
        }
    });
    let hidden = candidates.len() - candidates.iter().filter(shown).count();
    if hidden > 0 {
        faint(ui, look, format!("and {} more", told::count(hidden, "node")));
    }
}

/// Where the columns stand, from the left.
struct Columns {
    width: f32,
    node: f32,
    /// Right edges of: used, score, argument bytes. Those that have no room are told by the pointer.
    numbers: Vec<(Number, f32)>,
    verdict_end: f32,
}

#[derive(Clone, Copy, PartialEq)]
enum Number {
    Used,
    Score,
    Bytes,
}

const ROW: f32 = 24.0;

impl Columns {
    fn new(width: f32, candidates: &[Candidate]) -> Columns {
        let node = 22.0;
        let mut wanted = vec![(Number::Score, 66.0), (Number::Used, 66.0)];
        if candidates.iter().any(|row| row.local_bytes > 0) {
            wanted.insert(0, (Number::Bytes, 78.0));
        }
        let mut end = width;
        let mut numbers = Vec::new();
        for (number, room) in wanted {
            if end - room < 240.0 {
                break;
            }
            numbers.push((number, end - 6.0));
            end -= room;
        }
        Columns { width, node, numbers, verdict_end: end }
    }

    fn verdict(&self) -> f32 {
        self.node + ((self.verdict_end - self.node) * 0.36).clamp(60.0, 150.0)
    }

    fn line(&self, ui: &mut Ui) -> (Rect, egui::Response) {
        ui.allocate_exact_size(vec2(self.width, ROW), Sense::hover())
    }

    fn head(&self, ui: &mut Ui, look: &Look) {
        let (rect, _) = self.line(ui);
        let ink = color(look.theme.faint);
        let put = |x: f32, align: Align2, text: &str| {
            let at = pos2(rect.left() + x, rect.center().y);
            ui.painter().text(at, align, text, paint::text(12.0), ink);
        };
        put(self.node, Align2::LEFT_CENTER, "node");
        put(self.verdict(), Align2::LEFT_CENTER, "verdict");
        for (number, right) in &self.numbers {
            let name = match number {
                Number::Used => "used",
                Number::Score => "score",
                Number::Bytes => "args there",
            };
            put(*right, Align2::RIGHT_CENTER, name);
        }
    }

    fn row(
        &self,
        ui: &mut Ui,
        look: &Look,
        asks: &mut Asks,
        (number, chosen): (usize, bool),
        (row, verdict): (&Candidate, String),
    ) {
        let theme = look.theme;
        let (rect, response) = self.line(ui);
        if !ui.is_rect_visible(rect) {
            return;
        }
        let band = match (chosen, number.is_multiple_of(2)) {
            (true, _) => mix(theme.paper, theme.accent, 0.16),
            (false, true) => mix(theme.paper, theme.ink, 0.035),
            (false, false) => color(theme.paper),
        };
        ui.painter().rect_filled(rect, 3.0, band);
        if chosen {
            let (x, y) = (rect.left() + 6.0, rect.center().y);
            let arrow = vec![pos2(x, y - 5.0), pos2(x + 8.0, y), pos2(x, y + 5.0)];
            let tone = color(theme.accent);
            ui.painter().add(egui::Shape::convex_polygon(arrow, tone, egui::Stroke::NONE));
        }
        let across = |from: f32, to: f32| {
            Rect::from_min_max(
                pos2(rect.left() + from, rect.top()),
                pos2(rect.left() + to, rect.bottom()),
            )
        };
        let name = look.run.history.names().node(row.node);
        let place =
            (ui.id().with(("candidate", row.node)), across(self.node, self.verdict() - 8.0));
        link::link_in(ui, look, asks, place, Entity::Node(row.node), &name);
        let ink = color(if row.verdict == Verdict::Available { theme.ink } else { theme.faint });
        let room = across(self.verdict(), self.verdict_end - 8.0);
        let galley = link::line(ui, &verdict, paint::text(13.0), ink, room.width());
        let at = pos2(room.left(), room.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, ink);
        for (number, right) in &self.numbers {
            let text = value(row, *number);
            let at = pos2(rect.left() + right, rect.center().y);
            ui.painter().text(at, Align2::RIGHT_CENTER, text, paint::code(12.5), ink);
        }
        let [used, score, bytes] =
            [Number::Used, Number::Score, Number::Bytes].map(|number| value(row, number));
        response.on_hover_text(format!(
            "{name}: {verdict}; used {used}, score {score}, argument bytes there: {bytes}"
        ));
    }
}

fn value(row: &Candidate, number: Number) -> String {
    let scored = row.verdict == Verdict::Available;
    match number {
        Number::Used => told::percent(row.utilization),
        Number::Score if scored => told::percent(row.score),
        Number::Score => "–".to_owned(),
        Number::Bytes => show_bytes(row.local_bytes),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
