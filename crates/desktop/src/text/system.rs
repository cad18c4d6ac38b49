//! The fonts that are installed on this computer, for the scripts that the bundled ones lack: which of them has a
//! character, in the weight that is asked for. Not here: the bundled families ([`crate::text::fonts`]), and drawing.
//!
//! Which font a script is written in, the system says (fontconfig, `CoreText` or `DirectWrite`, by way of fontique). A
//! bold name asks for the semi-bold of that font, then for its bold, and is regular only where nothing bolder is
//! installed. A font of many weights in one file is set to the weight.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use egui::epaint::text::{
    FallbackRequest, FontInsert, FontPriority, FontProvider, InsertFontFamily, VariationCoords,
};
use egui::{FontData, FontFamily};
use fontique::{
    Attributes, Blob, Collection, CollectionOptions, FallbackKey, FamilyId, FontInfoOverride, FontStyle,
    FontWeight, FontWidth, GenericFamily, Language, Query, QueryFamily, QueryFont, QueryStatus, Script,
    SourceCache, SourceCacheOptions,
};
use skrifa::MetadataProvider as _;
use unicode_script::UnicodeScript as _;

use super::fonts;
use crate::theme;

/// Where a character is looked for that belongs to no script: punctuation, signs, emoji.
const SIGNS: [GenericFamily; 5] = [
    GenericFamily::SystemUi,
    GenericFamily::Emoji,
    GenericFamily::Math,
    GenericFamily::Serif,
    GenericFamily::Monospace,
];

/// The characters that Chinese, Japanese and Korean share.
const HAN: Script = Script::from_bytes(*b"Hani");

/// The locales whose fonts have characters of that script, each other ones. Simplified Chinese is named by Singapore:
/// fontique gives for `zh-CN` whatever was first asked for without a locale.
static HAN_LOCALES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    ["zh-SG", "zh-TW", "ja", "ko"].iter().filter_map(|locale| Language::parse(locale).ok()).collect()
});

/// The fonts that are installed on this computer.
pub struct SystemFonts {
    /// Filled by a thread of its own; who needs it earlier waits. The lock is held while one character is looked
    /// for, by the only thread that draws.
    installed: Arc<OnceLock<Mutex<Installed>>>,
}

impl SystemFonts {
    /// Begins to look through the installed fonts, in a thread of its own. Made before the window is, it costs
    /// no time at the start; who needs a font earlier than it is found waits.
    pub fn new() -> Self {
        let installed: Arc<OnceLock<_>> = Arc::default();
        let waiting = Arc::clone(&installed);
        // Where no thread can be begun, whoever first needs a font looks through them.
        let _ = thread::Builder::new().name("fonts".to_owned()).spawn(move || {
            waiting.get_or_init(|| Mutex::new(Installed::read()));
        });
        Self { installed }
    }

    /// A computer on which only these fonts are installed, the first ones first, as tests of the window have it.
    pub fn only(files: &[&'static [u8]]) -> Self {
        let files: Vec<_> = files.iter().map(|file| (*file, None)).collect();
        Self { installed: Arc::new(OnceLock::from(Mutex::new(Installed::only(&files)))) }
    }

    fn installed(&self) -> MutexGuard<'_, Installed> {
        let installed = self.installed.get_or_init(|| Mutex::new(Installed::read()));
        installed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for SystemFonts {
    fn default() -> Self {
        Self::new()
    }
}

impl FontProvider for SystemFonts {
    fn fonts_for_family(&self, family: &FontFamily) -> Vec<FontInsert> {
        let mut installed = self.installed();
        fonts::colour_emoji(family, |request| installed.font_for(request)).into_iter().collect()
    }

    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        self.installed().font_for(request)
    }
}

/// What fontique knows of the installed fonts.
struct Installed {
    collection: Collection,
    sources: SourceCache,
    /// The person's language, which decides between Chinese, Japanese and Korean forms of one character.
    locale: Option<Language>,
}

impl Installed {
    /// Looks through the fonts of the system, which takes some hundred milliseconds on a slow disk.
    fn read() -> Self {
        let options = CollectionOptions { shared: false, system_fonts: true };
        let locale = sys_locale::get_locale().and_then(|locale| Language::parse(&locale).ok());
        Self {
            collection: Collection::new(options),
            sources: SourceCache::new(SourceCacheOptions::default()),
            locale,
        }
    }

    /// These fonts and no others, each under its own name or under another one.
    fn only(files: &[(&'static [u8], Option<&str>)]) -> Self {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let mut families: Vec<FamilyId> = Vec::new();
        for (file, family_name) in files {
            let named = FontInfoOverride { family_name: *family_name, ..FontInfoOverride::default() };
            for (family, _) in collection.register_fonts(Blob::new(Arc::new(*file)), Some(named)) {
                if !families.contains(&family) {
                    families.push(family);
                }
            }
        }
        collection.set_generic_families(GenericFamily::SansSerif, families.into_iter());
        Self { collection, sources: SourceCache::new(SourceCacheOptions::default()), locale: None }
    }

    fn font_for(&mut self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let character = request.cluster.chars().next()?;
        let font = self.find(request.family, character)?;
        let family = self.collection.family_name(font.family.0).unwrap_or_default();
        let mut data = FontData::from_blob(font.blob.into_raw_parts().0, font.index);
        let settings = font.synthesis.variation_settings();
        data.tweak.coords = VariationCoords::new(settings.iter().copied());
        // egui takes fonts of one name for one font. The regular and the bold may be one file, set differently.
        let mut name = format!("system:{family}:{}:{}", font.family.1, font.index);
        for (tag, value) in settings {
            name = format!("{name}:{tag}={value}");
        }
        let place = InsertFontFamily { family: request.family.clone(), priority: FontPriority::Lowest };
        Some(FontInsert { name, data, families: vec![place] })
    }

    /// The font in which the system writes a character, in the weight of this family of the window.
    fn find(&mut self, family: &FontFamily, character: char) -> Option<QueryFont> {
        let Self { collection, sources, locale } = self;
        let is_bold = *family == theme::bold_family();
        let weight = if is_bold { FontWeight::SEMI_BOLD } else { FontWeight::NORMAL };
        let generic = match family {
            FontFamily::Monospace => GenericFamily::Monospace,
            FontFamily::Proportional | FontFamily::Name(_) => GenericFamily::SansSerif,
        };
        let mut query = collection.query(sources);
        query.set_attributes(Attributes::new(FontWidth::NORMAL, FontStyle::Normal, weight));
        let Some(script) = script_of(character) else {
            let generics = [generic].into_iter().chain(SIGNS);
            query.set_families(generics.map(QueryFamily::Generic));
            return best(&mut query, character);
        };
        query.set_families([QueryFamily::Generic(generic)]);
        let others = if script == HAN { HAN_LOCALES.as_slice() } else { &[] };
        let mut lighter = None;
        for locale in [locale.as_ref()].into_iter().chain(others.iter().map(Some)) {
            query.set_fallbacks(fallback_key(script, locale));
            match best(&mut query, character) {
                Some(font) if is_heavy_enough(&font) => return Some(font),
                font => lighter = lighter.or(font),
            }
        }
        lighter
    }
}

/// The first font of the query that has the character in the weight that is asked for, else the first that has it.
fn best(query: &mut Query<'_>, character: char) -> Option<QueryFont> {
    let mut found: Option<QueryFont> = None;
    query.matches_with(|font| {
        let is_better = found.is_none() || is_heavy_enough(font);
        if !is_better || !can_draw(font, character) {
            return QueryStatus::Continue;
        }
        found = Some(font.clone());
        if is_heavy_enough(font) { QueryStatus::Stop } else { QueryStatus::Continue }
    });
    found
}

/// Whether a font is as bold as was asked for, or can be set to be.
fn is_heavy_enough(font: &QueryFont) -> bool {
    !font.synthesis.embolden()
}

/// Whether a font has a character in a form that egui can draw: lines, pixels, or layers of colours.
fn can_draw(font: &QueryFont, character: char) -> bool {
    let glyph = font.charmap().and_then(|characters| characters.map(character)).unwrap_or_default();
    let Ok(file) = skrifa::FontRef::from_index(font.blob.as_ref(), font.index) else { return false };
    let glyph = skrifa::GlyphId::new(glyph);
    let has_pixels = || {
        let size = skrifa::instance::Size::unscaled();
        file.bitmap_strikes().glyph_for_size(size, glyph).is_some()
    };
    glyph != skrifa::GlyphId::NOTDEF
        && (file.outline_glyphs().get(glyph).is_some()
            || file.color_glyphs().get(glyph).is_some()
            || has_pixels())
}

/// The script of a character; none for what scripts share.
fn script_of(character: char) -> Option<Script> {
    use unicode_script::Script::{Common, Inherited, Unknown};

    match character.script() {
        Common | Inherited | Unknown => None,
        script => Script::parse(script.short_name()).ok(),
    }
}

fn fallback_key(script: Script, locale: Option<&Language>) -> FallbackKey {
    let is_simplified = |locale: &Language| {
        locale.language() == "zh"
            && locale.script() != Some("Hant")
            && !matches!(locale.region(), Some("HK" | "TW" | "MO"))
    };
    let locale = match locale {
        Some(locale) if script == HAN && is_simplified(locale) => HAN_LOCALES.first(),
        locale => locale,
    };
    FallbackKey::new(script, locale)
}

#[cfg(test)]
mod tests {
    use egui::epaint::text::{Fonts, TextOptions};
    use egui::{Color32, FontId};

    use super::*;

    const HEBREW: &[u8] = include_bytes!("../../tests/fonts/NotoSansHebrew.ttf");
    const HEBREW_BOLD: &[u8] = include_bytes!("../../tests/fonts/NotoSansHebrew-Bold.ttf");
    const THAI: &[u8] = include_bytes!("../../tests/fonts/NotoSansThai-Variable.ttf");
    const CJK: &[u8] = include_bytes!("../../tests/fonts/NotoSansCJK.otf");

    fn ask(computer: &mut Installed, family: &FontFamily, cluster: &str) -> FontInsert {
        let font = computer.font_for(&FallbackRequest { cluster, family });
        font.unwrap_or_else(|| panic!("{cluster} is found for {family:?}"))
    }

    #[test]
    fn a_bold_name_is_in_the_bold_of_its_script_and_its_text_is_not() {
        let mut computer = Installed::only(&[(HEBREW, None), (HEBREW_BOLD, None)]);
        let name = ask(&mut computer, &theme::bold_family(), "ש");
        let text = ask(&mut computer, &FontFamily::Proportional, "ש");
        assert_eq!((name.data.bytes(), text.data.bytes()), (HEBREW_BOLD, HEBREW));
        assert_ne!(name.name, text.name, "egui takes fonts of one name for one font");
    }

    #[test]
    fn a_bold_of_another_font_is_bolder_than_none() {
        let mut computer = Installed::only(&[(HEBREW, None), (HEBREW_BOLD, Some("Another"))]);
        let name = ask(&mut computer, &theme::bold_family(), "ש");
        assert_eq!(name.data.bytes(), HEBREW_BOLD);
    }

    #[test]
    fn where_nothing_bolder_is_installed_a_name_is_regular_and_not_missing() {
        let mut computer = Installed::only(&[(HEBREW, None), (CJK, None)]);
        for cluster in ["ש", "世", "한"] {
            let name = ask(&mut computer, &theme::bold_family(), cluster);
            let text = ask(&mut computer, &FontFamily::Proportional, cluster);
            assert_eq!(name.name, text.name, "one font is kept once");
        }
        let cluster = "ส";
        let missing = FallbackRequest { cluster, family: &theme::bold_family() };
        assert!(computer.font_for(&missing).is_none(), "and what no font has is not made up");
    }

    /// How much of the ground the letters of a text cover.
    fn ink(system: &Arc<SystemFonts>, family: FontFamily, text: &str) -> u64 {
        let mut fonts = Fonts::new(TextOptions::default(), fonts::definitions())
            .with_font_providers(vec![Arc::clone(system) as Arc<dyn FontProvider>]);
        let font = FontId::new(40.0, family);
        assert!(fonts.has_glyphs(&font, text), "{text} is not drawn in boxes");
        let mut view = fonts.with_pixels_per_point(1.0);
        let galley = view.layout_no_wrap(text.to_owned(), font, Color32::WHITE);
        let image = view.image();
        let mut ink = 0;
        for glyph in galley.rows.iter().flat_map(|row| &row.row.glyphs) {
            let ([left, top], [right, bottom]) = (glyph.uv_rect.min, glyph.uv_rect.max);
            for (x, y) in (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))) {
                ink += u64::from(image[(usize::from(x), usize::from(y))].a());
            }
        }
        ink
    }

    #[test]
    fn one_file_of_many_weights_is_set_to_the_weight() {
        let system = Arc::new(SystemFonts::only(&[THAI]));
        let text = "สวัสดี";
        let regular = ink(&system, FontFamily::Proportional, text);
        let bold = ink(&system, theme::bold_family(), text);
        assert!(bold * 100 > regular * 110, "{bold} is more than {regular}");
        let request = FallbackRequest { cluster: text, family: &theme::bold_family() };
        let font = system.font_for(&request).unwrap();
        assert!(font.name.ends_with("wght=600"), "{}", font.name);
    }
}
