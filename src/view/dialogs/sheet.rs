//! The sheet of keys, made from the table of commands.

use crate::view::commands::{Entry, Menu, TABLE};
use crate::view::paint::{self, color, mix};
use crate::view::session::Session;
use bevy_egui::egui;
use egui::{RichText, Ui, vec2};

/// A key as people write it: `Ctrl+Right` as `Ctrl →`.
pub fn shown(key: &str) -> String {
    // `Ctrl++` ends in the sign that parts the others.
    let (parts, sign) = match key.strip_suffix("++") {
        Some(rest) => (rest, Some("+")),
        None => (key, None),
    };
    if key == "+" {
        return key.to_owned();
    }
    let named = parts.split('+').filter(|part| !part.is_empty()).map(|part| match part {
        "Right" => "→",
        "Left" => "←",
        "Up" => "↑",
        "Down" => "↓",
        "PageDown" => "Page Down",
        "PageUp" => "Page Up",
        other => other,
    });
    named.chain(sign).collect::<Vec<_>>().join(" ")
}

/// Draws the sheet: a column a menu, as many side by side as there is room for.
pub fn show(ui: &mut Ui, session: &Session) {
    ui.label(RichText::new("Keys").font(paint::strong(18.0)));
    ui.add_space(4.0);
    let width = ui.available_width();
    egui::ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        let columns = if width >= 720.0 { 2 } else { 1 };
        ui.columns(columns, |columns| {
            for menu in Menu::ALL {
                // `Go` is as long as the others together.
                let at = if menu == Menu::Go { columns.len() - 1 } else { 0 };
                group(&mut columns[at], session, menu);
            }
        });
    });
}

fn group(ui: &mut Ui, session: &Session, menu: Menu) {
    let entries: Vec<&Entry> =
        TABLE.iter().filter(|entry| entry.menu == menu && !entry.keys.is_empty()).collect();
    ui.label(
        RichText::new(menu.name()).font(paint::strong(14.0)).color(color(session.theme().faint)),
    );
    for entry in entries {
        line(ui, session, entry);
    }
    ui.add_space(12.0);
}

fn line(ui: &mut Ui, session: &Session, entry: &Entry) {
    let theme = session.theme();
    ui.horizontal(|ui| {
        let keys = 170.0_f32.min(ui.available_width() * 0.45);
        ui.allocate_ui_with_layout(
            vec2(keys, 22.0),
            egui::Layout::left_to_right(egui::Align::Center),
            |ui| {
                ui.set_min_width(keys);
                ui.spacing_mut().item_spacing.x = 4.0;
                for key in entry.keys {
                    egui::Frame::new()
                        .fill(mix(theme.paper, theme.ink, 0.06))
                        .stroke(egui::Stroke::new(1.0, mix(theme.paper, theme.ink, 0.18)))
                        .corner_radius(4)
                        .inner_margin(egui::Margin::symmetric(6, 1))
                        .show(ui, |ui| ui.label(RichText::new(shown(key)).font(paint::code(12.0))));
                }
            },
        );
        ui.add(egui::Label::new(entry.name).truncate()).on_hover_text(entry.help);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_well() {
        let keys = ["Right", "Ctrl+Shift+S", "Ctrl++", "Ctrl+-", "+", "?", "PageDown", "Alt+Up"];
        let texts = ["→", "Ctrl Shift S", "Ctrl +", "Ctrl -", "+", "?", "Page Down", "Alt ↑"];
        assert_eq!(keys.map(shown), texts);
    }
}
