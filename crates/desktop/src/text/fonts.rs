//! The letters: the bundled families, and the colour emoji before everything else of the system. Not here: the
//! system's fonts for other scripts ([`crate::text::system`]), and which text has which family ([`crate::theme`]).
//!
//! Inter and `JetBrains` Mono are in the program, cut down to Latin, Greek, Cyrillic, punctuation and arrows, so
//! that the window looks the same everywhere. Everything that may be an emoji was left out of them: a text font
//! that had it would shadow the colour emoji. Chinese, Japanese, Korean, Arabic, Hebrew, Thai, Devanagari and
//! emoji come from the installed fonts, character by character, as they are needed.

use std::sync::Arc;

use egui::epaint::text::{FallbackRequest, FontInsert};
use egui::{FontData, FontDefinitions, FontFamily};

use super::system::SystemFonts;
use crate::theme;

const REGULAR: &str = "Inter";
const SEMI_BOLD: &str = "Inter SemiBold";
const ITALIC: &str = "Inter Italic";
const MONO: &str = "JetBrains Mono";

/// Emoji by which a font of colour emoji is found. The newer ones come first: text fonts have black drawings of many
/// old ones, and the system may name those fonts first.
const EMOJI: [&str; 4] = ["\u{1F970}", "\u{1F9D1}", "\u{1F389}", "\u{1F600}"];

/// The tables of an OpenType font that hold colours, in pixels or in layers.
const COLOUR_TABLES: [&[u8; 4]; 4] = [b"CBDT", b"sbix", b"COLR", b"SVG "];

/// The bundled families: what the window is drawn in, on every computer.
pub fn definitions() -> FontDefinitions {
    let mut definitions = FontDefinitions::empty();
    for (name, bytes) in [
        (REGULAR, include_bytes!("../../fonts/Inter-Regular.otf").as_slice()),
        (SEMI_BOLD, include_bytes!("../../fonts/Inter-SemiBold.otf").as_slice()),
        (ITALIC, include_bytes!("../../fonts/Inter-Italic.otf").as_slice()),
        (MONO, include_bytes!("../../fonts/JetBrainsMono-Regular.ttf").as_slice()),
    ] {
        definitions.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    for (family, names) in [
        (FontFamily::Proportional, vec![REGULAR]),
        (FontFamily::Monospace, vec![MONO, REGULAR]),
        (theme::bold_family(), vec![SEMI_BOLD]),
        (theme::italic_family(), vec![ITALIC]),
    ] {
        definitions.families.insert(family, names.into_iter().map(str::to_owned).collect());
    }
    definitions
}

/// Gives the window its letters. Without `system`, nothing of the computer is used and every picture of the
/// window is the same everywhere: that is what the tests do.
pub fn install(context: &egui::Context, system: Option<Arc<SystemFonts>>) {
    if let Some(system) = system {
        context.add_font_provider(system);
    }
    context.set_fonts(definitions());
}

/// The font of colour emoji, where there is one. It comes before every other font of the system: many of those have a
/// black heart or sun, and what is drawn by the first font that has it stays black.
pub(super) fn colour_emoji(
    family: &FontFamily,
    mut find: impl FnMut(&FallbackRequest<'_>) -> Option<FontInsert>,
) -> Option<FontInsert> {
    let fonts = EMOJI.into_iter().filter_map(|cluster| find(&FallbackRequest { cluster, family }));
    fonts.into_iter().find(|font| has_colours(font.data.bytes(), font.data.index))
}

/// Whether a font has glyphs of several colours (the table directory of the OpenType specification).
fn has_colours(file: &[u8], index: u32) -> bool {
    directory(file, index).is_some_and(|tables| {
        tables.chunks_exact(16).any(|table| COLOUR_TABLES.iter().any(|tag| table.starts_with(*tag)))
    })
}

/// The records of the tables of a font, sixteen bytes each; `index` tells which font of a collection.
fn directory(file: &[u8], index: u32) -> Option<&[u8]> {
    let number = |at: usize| {
        let bytes = file.get(at..at.checked_add(4)?)?;
        usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
    };
    let font = if file.starts_with(b"ttcf") { number(12 + 4 * usize::try_from(index).ok()?)? } else { 0 };
    let tables = file.get(font.checked_add(4)?..font.checked_add(6)?)?;
    let tables = usize::from(u16::from_be_bytes(tables.try_into().ok()?));
    file.get(font + 12..(font + 12).checked_add(16 * tables)?)
}

#[cfg(test)]
mod tests {
    use egui::epaint::text::{Fonts, TextOptions};

    use super::*;

    fn families() -> [FontFamily; 4] {
        [FontFamily::Proportional, FontFamily::Monospace, theme::bold_family(), theme::italic_family()]
    }

    fn has(family: &FontFamily, text: &str) -> bool {
        let mut fonts = Fonts::new(TextOptions::default(), definitions());
        fonts.has_glyphs(&egui::FontId::new(15.0, family.clone()), text)
    }

    #[test]
    fn the_bundled_families_have_the_alphabets_of_europe_and_the_signs_of_the_window() {
        for family in families() {
            for text in [
                "Olá, João! Ça va? Zażółć gęślą jaźń. Größe ž đ ő ı ș",
                "Ελληνικά, καλημέρα. Привіт, съешь ещё",
                "„“ «» ‘’ – — … · • † ‰ € £ → ← ↑ ↓ ✓ × ≤ ≥ ≠ ∞",
            ] {
                assert!(has(&family, text), "{family:?} lacks something of {text}");
            }
        }
    }

    #[test]
    fn no_bundled_family_shadows_the_colour_emoji() {
        for family in families() {
            for emoji in ["❤", "☀", "✔", "⚠", "▶", "⭐", "😀", "🎉", "✌"] {
                assert!(!has(&family, emoji), "{family:?} has {emoji}");
            }
        }
    }

    const BLACK: &[u8] = include_bytes!("../../tests/fonts/NotoSansSymbols2.ttf");
    const COLOUR: &[u8] = include_bytes!("../../tests/fonts/NotoColorEmoji.ttf");

    fn font(name: &str, bytes: &'static [u8]) -> Option<FontInsert> {
        (!bytes.is_empty()).then(|| FontInsert::new(name, FontData::from_static(bytes), Vec::new()))
    }

    #[test]
    fn the_colour_font_is_found_behind_a_black_one() {
        // A computer that names a black font for everything old, as one with `DejaVu` does.
        let computer = |request: &FallbackRequest<'_>| {
            let is_new = request.cluster == EMOJI[0];
            if is_new { font("colour", COLOUR) } else { font("black", BLACK) }
        };
        let found = colour_emoji(&FontFamily::Proportional, computer).unwrap();
        assert_eq!(found.name, "colour");
        let black = |_: &FallbackRequest<'_>| font("black", BLACK);
        assert!(colour_emoji(&FontFamily::Proportional, black).is_none(), "black is not made the first");
    }

    #[test]
    fn no_file_is_too_short_or_too_strange_to_be_looked_at() {
        assert!(has_colours(COLOUR, 0) && !has_colours(BLACK, 0));
        for len in 0..COLOUR.len().min(400) {
            has_colours(&COLOUR[..len], 0);
            has_colours(&[b"ttcf", &COLOUR[..len]].concat(), u32::MAX);
        }
        assert!(!has_colours(b"ttcf\0\0\0\0\0\0\0\x01\xff\xff\xff\xff", 0));
    }
}
