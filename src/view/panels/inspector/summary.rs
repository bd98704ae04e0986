//! Nothing is selected: a hint, and the numbers of the whole run.

use crate::view::look::{Asks, Look};
use crate::view::paint::{self, color};
use crate::view::panels::fields::{faint, field, text, title};
use crate::view::panels::link::entity_link;
use crate::view::panels::numbers::grouped;
use bevy_egui::egui;
use egui::{RichText, Ui};
use rayscope::analysis::{Report, words};
use rayscope::base::Span;
use rayscope::base::id::Id;
use rayscope::base::units::show_bytes;
use rayscope::replay::Entity;

/// Nodes that are listed.
const MOST_NODES: usize = 32;

/// The hint and the numbers.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks) {
    faint(ui, look, "Click a task, an object, a worker or a node to see all about it, and why.");
    ui.add_space(6.0);
    let header = &look.run.history.trace().header;
    let name = RichText::new(&header.name).font(paint::strong(17.0));
    ui.add(egui::Label::new(name.color(color(look.theme.ink))).truncate());
    let Some(report) = look.run.known_report() else {
        faint(ui, look, "The numbers of so large a run take a moment.");
        if ui.button("Work them out").clicked() {
            look.run.report();
        }
        return;
    };
    let outcome = report.outcome.as_ref();
    let outcome = outcome.map(|outcome| words::outcome(outcome).unwrap_or("finished".to_owned()));
    text(ui, look, "outcome", outcome.unwrap_or_else(|| "the trace was cut".to_owned()));
    numbers(ui, look, report);
    title(ui, look, "What ran it");
    text(ui, look, "policy", header.policy.as_str());
    text(ui, look, "seed", header.seed.to_string());
    nodes(ui, look, asks, report);
}

fn numbers(ui: &mut Ui, look: &Look, report: &Report) {
    let metrics = &report.metrics;
    text(ui, look, "makespan", report.makespan.to_string());
    let bound = metrics.lower_bound();
    if bound > Span::ZERO {
        let above = report
            .above_bound()
            .map_or(String::new(), |share| format!("; it took {:.1} % more", share * 100.0));
        text(ui, look, "lower bound", format!("{bound}{above}"));
    }
    let failed = match metrics.failed {
        0 => String::new(),
        count => format!(", {} failed attempts", grouped(count as usize)),
    };
    let (tasks, finished) = (grouped(metrics.tasks as usize), grouped(metrics.finished as usize));
    text(ui, look, "tasks", format!("{tasks}, {finished} finished{failed}"));
    text(ui, look, "utilisation", format!("{:.1} %", metrics.slot_utilisation * 100.0));
    text(ui, look, "critical path", metrics.critical_path.to_string());
    text(
        ui,
        look,
        "copied",
        match metrics.transfers {
            0 => "nothing".to_owned(),
            count => {
                format!("{} in {} copies", show_bytes(metrics.bytes_moved), grouped(count as usize))
            }
        },
    );
    let waits = metrics.waits.named().into_iter().filter(|(_, span)| *span > Span::ZERO);
    let waits: Vec<String> = waits.map(|(name, span)| format!("{span} for {name}")).collect();
    if !waits.is_empty() {
        text(ui, look, "waiting", waits.join(", "));
    }
    text(ui, look, "events", grouped(metrics.events));
}

fn nodes(ui: &mut Ui, look: &Look, asks: &mut Asks, report: &Report) {
    let state = look.run.history.last_state();
    for (number, node) in state.nodes.ids().take(MOST_NODES).enumerate() {
        let name = if number == 0 { "nodes" } else { "" };
        field(ui, look, name, |ui| {
            entity_link(ui, look, asks, Entity::Node(node), &state.nodes[node].name);
            if let Some(used) = report.nodes.get(node.index()) {
                let busy = used.utilisation() * 100.0;
                faint(ui, look, format!("{} CPU, {busy:.0} % used", used.cpus));
            }
        });
    }
    if state.nodes.len() > MOST_NODES {
        faint(ui, look, format!("and {} nodes more", grouped(state.nodes.len() - MOST_NODES)));
    }
}
