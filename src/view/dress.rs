//! The theme as egui's own style: so that its buttons, fields and sliders look like everything else.

use crate::view::paint::{self, color, mix};
use bevy_egui::egui;
use egui::style::WidgetVisuals;
use egui::{Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, vec2};
use rayscope::chart::theme::Theme;

/// Gives the context its fonts and the theme's colours. Cheap enough to call when the theme changes, not in
/// every frame: the fonts are read again.
pub fn dress(ctx: &Context, theme: &Theme) {
    ctx.set_fonts(paint::fonts());
    let preference =
        if theme.dark { egui::ThemePreference::Dark } else { egui::ThemePreference::Light };
    ctx.set_theme(preference);
    ctx.all_styles_mut(|style| {
        style.visuals = visuals(theme);
        let sizes = [
            (TextStyle::Small, FontId::proportional(12.0)),
            (TextStyle::Body, FontId::proportional(14.0)),
            (TextStyle::Button, FontId::proportional(14.0)),
            (TextStyle::Monospace, FontId::monospace(13.0)),
            (TextStyle::Heading, FontId::new(18.0, FontFamily::Name(paint::STRONG.into()))),
        ];
        style.text_styles = sizes.into_iter().collect();
        style.spacing.item_spacing = vec2(8.0, 6.0);
        style.spacing.button_padding = vec2(10.0, 4.0);
        style.spacing.interact_size.y = 26.0;
        style.spacing.menu_margin = Margin::same(8);
        style.spacing.scroll = egui::style::ScrollStyle::thin();
        style.interaction.tooltip_delay = 0.35;
    });
}

fn visuals(theme: &Theme) -> egui::Visuals {
    let mut visuals = if theme.dark { egui::Visuals::dark() } else { egui::Visuals::light() };
    let (ink, paper) = (color(theme.ink), color(theme.paper));
    let tint = |t: f32| mix(theme.paper, theme.ink, t);
    let widget = |fill: f32, line: f32| WidgetVisuals {
        bg_fill: tint(fill),
        weak_bg_fill: tint(fill),
        bg_stroke: Stroke::new(1.0, tint(line)),
        corner_radius: CornerRadius::same(5),
        fg_stroke: Stroke::new(1.0, ink),
        expansion: 0.0,
    };
    visuals.widgets.noninteractive = widget(0.0, 0.12);
    visuals.widgets.inactive = widget(0.05, 0.14);
    visuals.widgets.hovered = widget(0.09, 0.35);
    visuals.widgets.active = widget(0.16, 0.6);
    visuals.widgets.open = widget(0.09, 0.25);
    visuals.selection.bg_fill = mix(theme.paper, theme.accent, 0.28);
    visuals.selection.stroke = Stroke::new(1.5, ink);
    visuals.hyperlink_color = ink;
    visuals.weak_text_color = Some(color(theme.faint));
    visuals.faint_bg_color = tint(0.035);
    visuals.extreme_bg_color = paper;
    visuals.code_bg_color = tint(0.05);
    visuals.warn_fg_color = color(theme.accent);
    visuals.error_fg_color = color(theme.alarm);
    visuals.window_fill = paper;
    visuals.panel_fill = paper;
    visuals.window_stroke = Stroke::new(1.0, tint(0.16));
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(6);
    let dark = egui::Color32::from_black_alpha(if theme.dark { 120 } else { 28 });
    visuals.window_shadow = Shadow { offset: [0, 6], blur: 24, spread: 0, color: dark };
    visuals.popup_shadow = Shadow { offset: [0, 3], blur: 12, spread: 0, color: dark };
    visuals.slider_trailing_fill = true;
    visuals
}
