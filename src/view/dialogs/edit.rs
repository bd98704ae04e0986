//! Change and look again: the cluster, the policy, the network, the seed, any parameter, or the texts themselves.
//!
//! A field that nobody touched says what the run had, and changes nothing: only what is typed is a choice.

use crate::cli::draft::Draft;
use crate::cli::load::Choices;
use crate::view::command::{Command, Panel};
use crate::view::commands::key_of;
use crate::view::dialogs::code;
use crate::view::dialogs::sheet::shown;
use crate::view::look::Asks;
use crate::view::paint::{self, color};
use crate::view::session::{Session, Trouble};
use bevy_egui::egui;
use egui::{RichText, Ui};
use rayscope::model::cluster::CPU;
use rayscope::model::parameters::TABLE;
use rayscope::model::{Cluster, Parameters};
use rayscope::policy::REGISTRY;
use rayscope::trace::Header;

/// What is being changed.
pub struct Edit {
    draft: Draft,
    /// What the run had that it began from.
    had: Had,
    page: Page,
    trouble: Option<Box<Trouble>>,
}

/// What stands in fields that nobody touched.
#[derive(Default)]
struct Had {
    cluster: String,
    latency: String,
    bandwidth: String,
    policy: String,
    seed: String,
    parameters: Parameters,
}

/// What is seen of it.
#[derive(Clone, PartialEq, Eq)]
enum Page {
    /// Fields.
    Choices,
    /// The file's own text.
    Text,
    /// The text of a file that it names.
    Beside(String),
}

impl Edit {
    /// A change of the run that is shown, or of what could not be run.
    pub fn of(session: &Session) -> Option<Edit> {
        let wrong = session.trouble().filter(|trouble| trouble.draft.is_some());
        if let Some(trouble) = wrong {
            let draft = trouble.draft.clone()?;
            let trouble = Some(Box::new(trouble.clone()));
            return Some(Edit { draft, had: Had::default(), page: Page::Text, trouble });
        }
        let run = session.look()?.run;
        let had = Had::of(&run.history.trace().header);
        let mut draft = run.draft.clone()?;
        draft.choices.keep = true;
        Some(Edit { draft, had, page: Page::Choices, trouble: None })
    }

    /// What is to be run.
    pub fn draft(&self) -> Draft {
        self.draft.clone()
    }

    /// What is changed, to be changed without a mouse.
    #[cfg(test)]
    pub fn choices_mut(&mut self) -> &mut Choices {
        &mut self.draft.choices
    }

    /// Another text, as if it had been typed.
    #[cfg(test)]
    pub fn set_text(&mut self, text: String) {
        self.draft.text = text;
    }

    /// It ran.
    pub fn ran(&mut self) {
        self.trouble = None;
    }

    /// It could not be run.
    pub fn refused(&mut self, trouble: Box<Trouble>) {
        let wrong = trouble.mistakes.first().map(|mistake| mistake.file.clone());
        if let Some(file) = wrong {
            self.page = self.page_of(&file);
        }
        self.trouble = Some(trouble);
    }

    fn page_of(&self, file: &str) -> Page {
        let beside = self.draft.beside.keys().find(|name| file.ends_with(name.as_str()));
        match beside {
            Some(name) => Page::Beside(name.clone()),
            None if file == self.draft.file.display().to_string() => Page::Text,
            None => Page::Choices,
        }
    }

    /// Draws it beside the panels.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, asks: &mut Asks) {
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            ui.label(RichText::new("Change and look again").font(paint::strong(16.0)));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.button("Close").clicked() {
                    asks.push(Command::Dialog(Panel::Edit));
                }
            });
        });
        self.pages(ui);
        ui.separator();
        self.foot(ui, session, asks);
        match self.page.clone() {
            Page::Choices => {
                egui::ScrollArea::vertical()
                    .auto_shrink([false, false])
                    .show(ui, |ui| self.choices(ui, session));
            }
            Page::Text => {
                let wrong = self.wrong_lines(&self.draft.file.display().to_string());
                text(ui, session, "text", &mut self.draft.text, &wrong);
            }
            Page::Beside(name) => {
                let wrong = self.wrong_lines(&name);
                if let Some(program) = self.draft.beside.get_mut(&name) {
                    text(ui, session, &name, program, &wrong);
                }
            }
        }
    }

    fn pages(&mut self, ui: &mut Ui) {
        let file = self.draft.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut pages = vec![("Settings".to_owned(), Page::Choices), (file, Page::Text)];
        let beside = self.draft.beside.keys();
        pages.extend(beside.map(|name| (name.clone(), Page::Beside(name.clone()))));
        ui.horizontal_wrapped(|ui| {
            for (name, page) in pages {
                let is = self.page == page;
                if ui.selectable_label(is, name).clicked() {
                    self.page = page;
                }
            }
        });
    }

    /// The button that runs it, and why it could not be run; below everything.
    fn foot(&mut self, ui: &mut Ui, session: &Session, asks: &mut Asks) {
        egui::Panel::bottom("edit foot").resizable(self.trouble.is_some()).show(ui, |ui| {
            ui.add_space(6.0);
            if let Some(trouble) = &self.trouble {
                let text = RichText::new(trouble.text.trim_end()).font(paint::code(12.0));
                egui::ScrollArea::both().max_height(220.0).auto_shrink([false, true]).show(
                    ui,
                    |ui| {
                        ui.add(egui::Label::new(text.color(color(session.theme().alarm))).extend());
                    },
                );
                ui.add_space(4.0);
            }
            ui.horizontal(|ui| {
                let key = shown(key_of(&Command::RunAgain));
                if ui.button(format!("Run again ({key})")).clicked() {
                    asks.push(Command::RunAgain);
                }
                if session.awaited().is_some() {
                    ui.spinner();
                } else if let Some(look) = session.look()
                    && look.run.draft.as_ref() == Some(&self.draft)
                {
                    ui.weak("This is what is shown");
                }
            });
            ui.add_space(4.0);
        });
    }

    fn wrong_lines(&self, file: &str) -> Vec<usize> {
        let mistakes = self.trouble.iter().flat_map(|trouble| &trouble.mistakes);
        mistakes
            .filter(|mistake| mistake.file.ends_with(file))
            .map(|mistake| mistake.line)
            .collect()
    }

    fn choices(&mut self, ui: &mut Ui, session: &Session) {
        let Choices { cluster, policy, seed, latency, bandwidth, .. } = &mut self.draft.choices;
        ui.add_space(4.0);
        egui::Grid::new("choices").num_columns(2).spacing([16.0, 8.0]).show(ui, |ui| {
            ui.label("Nodes")
                .on_hover_text("3x2 is three nodes of two CPUs; 2,2,4 names each node's CPUs");
            ui.horizontal(|ui| nodes(ui, cluster, &self.had.cluster));
            ui.end_row();
            ui.label("Policy");
            choose(
                ui,
                "policy",
                policy,
                &self.had.policy,
                REGISTRY.iter().map(|info| (info.name, info.meaning)),
            );
            ui.end_row();
            ui.label("Latency").on_hover_text("One way, of every node's link");
            field(ui, latency, &self.had.latency);
            ui.end_row();
            ui.label("Bandwidth")
                .on_hover_text("Of every node's link, each way; `unlimited` is as fast as light");
            field(ui, bandwidth, &self.had.bandwidth);
            ui.end_row();
            ui.label("Seed").on_hover_text("Where all chance comes from");
            let mut text = seed.map(|seed| seed.to_string());
            field(ui, &mut text, &self.had.seed);
            *seed = text.and_then(|text| text.trim().parse().ok());
            ui.end_row();
        });
        ui.add_space(8.0);
        ui.label(RichText::new("Parameters").font(paint::strong(14.0)));
        self.parameters(ui, session);
    }

    fn parameters(&mut self, ui: &mut Ui, session: &Session) {
        for info in TABLE {
            let prefix = format!("{}=", info.name);
            let set = &mut self.draft.choices.set;
            let mut value =
                set.iter().rev().find_map(|set| set.strip_prefix(&prefix)).map(str::to_owned);
            let before = value.clone();
            ui.add_space(6.0);
            ui.label(RichText::new(info.name).font(paint::code(12.5)));
            ui.label(
                RichText::new(info.meaning)
                    .font(paint::text(12.5))
                    .color(color(session.theme().faint)),
            );
            field(ui, &mut value, &self.had.parameters.show(info));
            if value != before {
                set.retain(|set| !set.starts_with(&prefix));
                set.extend(value.map(|value| prefix + &value));
            }
        }
    }
}

fn text(ui: &mut Ui, session: &Session, name: &str, text: &mut String, wrong: &[usize]) {
    if text.len() > code::MOST_BYTES {
        ui.weak("This text is too long to be changed here. Change the file, then run again.");
        return;
    }
    code::show(ui, session.theme(), name, text, wrong);
}

/// A field that says what the run had until something is typed into it; emptied, it says so again.
fn field(ui: &mut Ui, choice: &mut Option<String>, had: &str) {
    let mut text = choice.clone().unwrap_or_default();
    let edit = egui::TextEdit::singleline(&mut text).hint_text(had).desired_width(150.0);
    if ui.add(edit).changed() {
        *choice = (!text.trim().is_empty()).then_some(text);
    }
}

/// How many nodes of how many CPUs; a text where nodes differ.
fn nodes(ui: &mut Ui, choice: &mut Option<String>, had: &str) {
    let now = choice.clone().unwrap_or_else(|| had.to_owned());
    let parts = now
        .split_once('x')
        .and_then(|(n, c)| Some((n.parse::<u32>().ok()?, c.parse::<u32>().ok()?)));
    let Some((mut count, mut cpus)) = parts else { return field(ui, choice, had) };
    let one = ui.add(egui::DragValue::new(&mut count).range(1..=5_000).speed(0.1));
    ui.label("of");
    let other = ui.add(egui::DragValue::new(&mut cpus).range(1..=1_024).speed(0.1));
    ui.label("CPUs");
    if one.changed() || other.changed() {
        let text = format!("{count}x{cpus}");
        *choice = (text != had).then_some(text);
    }
}

fn choose<'n>(
    ui: &mut Ui,
    name: &str,
    choice: &mut Option<String>,
    had: &str,
    all: impl Iterator<Item = (&'n str, &'n str)>,
) {
    let now = choice.clone().unwrap_or_else(|| had.to_owned());
    egui::ComboBox::from_id_salt(name).selected_text(&now).width(150.0).show_ui(ui, |ui| {
        for (name, meaning) in all {
            if ui.selectable_label(now == name, name).on_hover_text(meaning).clicked() {
                *choice = (name != had).then(|| name.to_owned());
            }
        }
    });
}

impl Had {
    fn of(header: &Header) -> Had {
        let node = header.cluster.nodes.iter().next();
        let bandwidth = node.and_then(|node| node.bandwidth);
        Had {
            cluster: cluster_text(&header.cluster),
            latency: node.map_or(String::new(), |node| node.latency.to_string().replace(' ', "")),
            bandwidth: bandwidth
                .map_or("unlimited".to_owned(), |b| format!("{}bps", b.saturating_mul(8))),
            policy: header.policy.clone(),
            seed: header.seed.to_string(),
            parameters: header.parameters.clone(),
        }
    }
}

/// A cluster as `--cluster` reads it: `3x2`, or `2,2,4`.
fn cluster_text(cluster: &Cluster) -> String {
    let cpus: Vec<u64> = cluster.nodes.iter().map(|node| node.resources.get(CPU).floor()).collect();
    match cpus.split_first() {
        Some((first, rest)) if rest.iter().all(|other| other == first) => {
            format!("{}x{first}", cpus.len())
        }
        _ => cpus.iter().map(u64::to_string).collect::<Vec<_>>().join(","),
    }
}
