//! The letters: the bundled families, and the system's fonts for every script that they lack. Not here: sizes,
//! and which text has which family, which is [`crate::theme`]'s business.
//!
//! Inter and `JetBrains` Mono are in the program, cut down to Latin, Greek, Cyrillic, punctuation and arrows, so
//! that the window looks the same everywhere. Everything that may be an emoji was left out of them: a text font
//! that had it would shadow the colour emoji. Chinese, Japanese, Korean, Arabic, Hebrew, Thai, Devanagari and
//! emoji come from the installed fonts, character by character, as they are needed.

use std::sync::Arc;

use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider};
use egui::{FontData, FontDefinitions, FontFamily};
use egui_system_font_provider::SystemFontProvider;

use crate::theme;

const REGULAR: &str = "Inter";
const SEMI_BOLD: &str = "Inter SemiBold";
const ITALIC: &str = "Inter Italic";
const MONO: &str = "JetBrains Mono";

/// A character that every font of colour emoji has.
const EMOJI: &str = "\u{1F600}";

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

/// The fonts that are installed on this computer, for what the bundled ones lack.
pub struct SystemFonts {
    provider: SystemFontProvider,
}

impl SystemFonts {
    /// Begins to look through the installed fonts, in a thread of its own. Made before the window is, it costs
    /// no time at the start; who needs a font earlier than it is found waits.
    pub fn new() -> Self {
        Self { provider: SystemFontProvider::new() }
    }
}

impl Default for SystemFonts {
    fn default() -> Self {
        Self::new()
    }
}

impl FontProvider for SystemFonts {
    /// The colour emoji come before every other font of the system: many of those have a black heart or sun.
    fn fonts_for_family(&self, family: &FontFamily) -> Vec<FontInsert> {
        self.provider.font_for(&FallbackRequest { cluster: EMOJI, family }).into_iter().collect()
    }

    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        self.provider.font_for(request)
    }
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
}
