//! One frame of the window: the bar above, the panels, the bar below, and what lies over them.

use crate::view::command::{Command, Panel};
use crate::view::commands::{Entry, Menu, TABLE, key_of};
use crate::view::desk::{Desk, Sitting};
use crate::view::dialogs::Dialog;
use crate::view::look::Asks;
use crate::view::paint::{self, color, mix};
use crate::view::panels::transport;
use crate::view::session::{Errand, Session, Trouble};
use crate::view::tiles::{self, Pane};
use bevy_egui::egui;
use egui::{Align, Align2, Context, Frame, Layout, Margin, RichText, Ui, UiBuilder};
use rayscope::chart::theme::THEMES;

/// A window smaller than this is not split into tiles.
const NARROW: egui::Vec2 = egui::vec2(720.0, 520.0);

/// Draws everything; what is asked for comes back.
pub fn show(ctx: &Context, session: &mut Session, desk: &mut Desk) -> Asks {
    let mut asks = Asks::new();
    // A dialog is drawn with the session in sight, so it is taken out meanwhile.
    let mut dialog = session.dialog.take();
    let place =
        UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(ctx.viewport_rect());
    let mut root = Ui::new(ctx.clone(), "root".into(), place);
    let theme = session.theme();
    let bar = Frame::new().fill(mix(theme.paper, theme.ink, 0.06));
    egui::Panel::top("top")
        .frame(bar.inner_margin(Margin::symmetric(8, 4)))
        .show_separator_line(false)
        .show(&mut root, |ui| {
            top(ui, session, &mut asks);
        });
    if let Some(Dialog::Edit(edit)) = &mut dialog {
        let most = (ctx.viewport_rect().width() - 120.0).max(220.0);
        let paper = Frame::new().fill(color(theme.paper)).inner_margin(10);
        egui::Panel::right("edit")
            .frame(paper)
            .default_size(420.0_f32.min(most))
            .max_size(most)
            .show(&mut root, |ui| {
                edit.show(ui, session, &mut asks);
            });
    }
    let page = Frame::new().fill(color(theme.paper));
    match session.trouble() {
        Some(trouble) if !matches!(dialog, Some(Dialog::Edit(_))) || session.shown().is_none() => {
            egui::CentralPanel::default().frame(page.inner_margin(24)).show(&mut root, |ui| {
                refused(ui, session, trouble, &mut asks);
            });
        }
        _ => work(&mut root, session, desk, &mut asks),
    }
    if let Some(dialog) = &mut dialog {
        dialog.show(ctx, session, &mut desk.shipped, &mut asks);
    }
    messages(ctx, session, &mut asks);
    session.dialog = dialog;
    asks
}

/// The panels and the bar below, or that there is nothing to see yet.
fn work(root: &mut Ui, session: &mut Session, desk: &mut Desk, asks: &mut Asks) {
    let mut tree = std::mem::replace(&mut session.settings.tree, tiles::Tree::empty("taken"));
    let mut moved = false;
    let theme = session.theme();
    match session.look() {
        Some(look) => {
            let bar = Frame::new().fill(color(theme.paper)).inner_margin(Margin::symmetric(14, 10));
            egui::Panel::bottom("transport").frame(bar).show(root, |ui| {
                transport::show(ui, &look, asks, &mut desk.transport);
            });
            let other = session.other_look();
            let ground = Frame::new().fill(mix(theme.paper, theme.ink, 0.06));
            egui::CentralPanel::default().frame(ground).show(root, |ui| {
                parting(ui, session, asks);
                let small = root_is_small(ui.ctx());
                let mut narrow = desk.narrow.take().unwrap_or_else(tiles::narrow);
                let shown = if small { &mut narrow } else { &mut tree };
                let mut sitting =
                    Sitting { desk, look: &look, other: other.as_ref(), asks, moved: false };
                shown.ui(&mut sitting, ui);
                moved = sitting.moved && !small;
                desk.narrow = Some(narrow);
            });
        }
        None => {
            let paper = Frame::new().fill(color(theme.paper));
            egui::CentralPanel::default().frame(paper).show(root, |ui| empty(ui, session, asks));
        }
    }
    session.settings.tree = tree;
    if moved {
        session.send(Errand::Keep);
    }
}

fn root_is_small(ctx: &Context) -> bool {
    let window = ctx.viewport_rect();
    window.width() < NARROW.x || window.height() < NARROW.y
}

/// Nothing is open yet.
fn empty(ui: &mut Ui, session: &Session, asks: &mut Asks) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.35);
        match session.awaited() {
            Some(order) => {
                ui.spinner();
                ui.label(format!("Running {}…", order.source.name()));
            }
            None => {
                ui.label("Nothing is open.");
                if ui.button("Open…").clicked() {
                    asks.push(Command::Dialog(Panel::Open));
                }
            }
        }
    });
}

/// Why something could not be run, in full.
fn refused(ui: &mut Ui, session: &Session, trouble: &Trouble, asks: &mut Asks) {
    let theme = session.theme();
    let title = format!("{} could not be run", trouble.source.name());
    ui.label(RichText::new(title).font(paint::strong(20.0)));
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        if ui.button("Reload").clicked() {
            asks.push(Command::Reload);
        }
        if trouble.draft.is_some() && ui.button("Change it here…").clicked() {
            asks.push(Command::Dialog(Panel::Edit));
        }
        if ui.button("Open another…").clicked() {
            asks.push(Command::Dialog(Panel::Open));
        }
        if session.shown().is_some() && ui.button("Back").clicked() {
            asks.push(Command::Close);
        }
        if session.awaited().is_some() {
            ui.spinner();
        }
    });
    ui.add_space(12.0);
    let ground =
        Frame::new().fill(mix(theme.paper, theme.alarm, 0.06)).corner_radius(6).inner_margin(14);
    ground.show(ui, |ui| {
        egui::ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
            let text = RichText::new(trouble.text.trim_end()).font(paint::code(13.0));
            ui.add(egui::Label::new(text.color(color(theme.ink))).extend());
        });
    });
}

/// Menus, the runs, and what is going on.
fn top(ui: &mut Ui, session: &Session, asks: &mut Asks) {
    egui::MenuBar::new().ui(ui, |ui| {
        for menu in Menu::ALL {
            ui.menu_button(menu.name(), |ui| self::menu(ui, session, menu, asks));
        }
        ui.add_space(12.0);
        if let Some(look) = session.look() {
            runs(ui, session, &look.run.title, asks);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(order) = session.awaited() {
                ui.weak(format!("Running {}…", order.source.name()));
                ui.spinner();
            }
        });
    });
}

fn menu(ui: &mut Ui, session: &Session, menu: Menu, asks: &mut Asks) {
    ui.set_min_width(250.0);
    for entry in TABLE.iter().filter(|entry| entry.menu == menu) {
        item(ui, entry, asks);
    }
    if menu != Menu::View {
        return;
    }
    ui.separator();
    ui.menu_button("Panels", |ui| {
        for pane in Pane::ALL {
            let mut open = tiles::is_open(&session.settings.tree, pane);
            if ui.checkbox(&mut open, pane.name()).clicked() {
                asks.push(Command::TogglePane(pane));
            }
        }
    });
    ui.menu_button("Theme", |ui| {
        for theme in THEMES {
            if ui.radio(session.theme().name == theme.name, theme.name).clicked() {
                asks.push(Command::Theme(theme.name));
            }
        }
    });
}

fn item(ui: &mut Ui, entry: &Entry, asks: &mut Asks) {
    let key = entry.keys.first().map(|key| crate::view::dialogs::shown(key)).unwrap_or_default();
    let button = egui::Button::new(entry.name).shortcut_text(key);
    if ui.add(button).on_hover_text(entry.help).clicked() {
        asks.push(entry.command.clone());
        ui.close();
    }
}

/// The run that is shown, and a list of the others.
fn runs(ui: &mut Ui, session: &Session, title: &str, asks: &mut Asks) {
    let now = session.shown().map(|shown| shown.run);
    let width = (ui.available_width() * 0.5).clamp(80.0, 420.0);
    egui::ComboBox::from_id_salt("runs").selected_text(title).width(width).truncate().show_ui(
        ui,
        |ui| {
            for (number, run) in session.runs().iter().enumerate() {
                let text = format!("{}  {}", number + 1, run.title);
                if ui.selectable_label(now == Some(number), text).clicked() {
                    asks.push(Command::ShowRun(number));
                }
            }
        },
    );
    let others: Vec<usize> = (0..session.runs().len()).filter(|run| Some(*run) != now).collect();
    let with = session.compared().map(|compared| compared.shown.run);
    if others.is_empty() && with.is_none() {
        return;
    }
    ui.menu_button(if with.is_some() { "Compared with…" } else { "Compare with…" }, |ui| {
        for other in others {
            if ui.radio(with == Some(other), &session.runs()[other].title).clicked() {
                asks.push(Command::CompareWith(Some(other)));
            }
        }
        if with.is_some() && ui.button("Nothing").clicked() {
            asks.push(Command::CompareWith(None));
        }
    });
}

/// Where the compared runs part, in a sentence, and a way there.
fn parting(ui: &mut Ui, session: &Session, asks: &mut Asks) {
    let Some(compared) = session.compared() else { return };
    let theme = session.theme();
    let inputs = match compared.comparison.inputs.as_slice() {
        [] => String::new(),
        inputs => format!(" (other {})", inputs.join(", ")),
    };
    let text = match &compared.comparison.divergence {
        None => "The two runs are equal in every event.".to_owned(),
        Some(found) => {
            let told = |text: &Option<String>| text.clone().unwrap_or("it is over".to_owned());
            let (left, right) = (told(&found.left), told(&found.right));
            format!("They part at {}{inputs}. Left: {left}. Right: {right}.", found.at)
        }
    };
    Frame::new().fill(color(theme.paper)).inner_margin(Margin::symmetric(10, 5)).show(ui, |ui| {
        ui.horizontal(|ui| {
            if compared.comparison.divergence.is_some() {
                let key = key_of(&Command::NextDivergence);
                if ui.button(format!("Next difference ({key})")).clicked() {
                    asks.push(Command::NextDivergence);
                }
            }
            ui.add(egui::Label::new(&text).truncate()).on_hover_text(&text);
        });
    });
}

/// What is said in passing, at the right above the bar.
fn messages(ctx: &Context, session: &Session, asks: &mut Asks) {
    let theme = session.theme();
    let messages = session.messages();
    if messages.is_empty() {
        return;
    }
    let area = egui::Area::new("messages".into()).order(egui::Order::Foreground);
    area.anchor(Align2::RIGHT_TOP, [-14.0, 46.0]).show(ctx, |ui| {
        ui.set_max_width((ctx.viewport_rect().width() - 28.0).min(420.0));
        for message in messages {
            let tint = if message.alarm { theme.alarm } else { theme.ink };
            Frame::popup(ui.style()).fill(mix(theme.paper, tint, 0.08)).inner_margin(10).show(
                ui,
                |ui| {
                    ui.horizontal_top(|ui| {
                        ui.add(egui::Label::new(&message.text).wrap());
                        if ui.small_button("×").on_hover_text("Dismiss").clicked() {
                            asks.push(Command::Dismiss(message.id));
                        }
                    });
                },
            );
        }
    });
}
