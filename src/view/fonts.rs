//! A font of the system for the scripts that ours lack, such as Chinese, Japanese and Korean.

use bevy_egui::egui;
use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui::{Context, FontData, FontFamily};
use std::fs;
use std::sync::OnceLock;

/// Where systems keep such a font.
const PLACES: &[&str] = &[
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
    "C:\\Windows\\Fonts\\msyh.ttc",
    "C:\\Windows\\Fonts\\msgothic.ttc",
];

/// The font's bytes, read once.
static FOUND: OnceLock<Option<Vec<u8>>> = OnceLock::new();

/// Lets it stand in wherever our own fonts have no glyph.
pub fn add_fallback(ctx: &Context) {
    let found = FOUND.get_or_init(|| PLACES.iter().find_map(|place| fs::read(place).ok()));
    let Some(bytes) = found else { return };
    let families = [
        FontFamily::Proportional,
        FontFamily::Monospace,
        FontFamily::Name(crate::view::paint::STRONG.into()),
    ];
    let families =
        families.map(|family| InsertFontFamily { family, priority: FontPriority::Lowest });
    ctx.add_font(FontInsert::new("fallback", FontData::from_static(bytes), families.to_vec()));
}
