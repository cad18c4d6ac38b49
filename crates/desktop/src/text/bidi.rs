//! Right-to-left text. The toolkit shapes each word of Hebrew or Arabic correctly but places the words of a line
//! from left to right; here they are moved into the order in which they are read (UAX #9). The order of the
//! characters stays, so that selecting and copying give the text as it was written. A paragraph that is read from
//! right to left stands at the right edge. Not here: shaping, and the direction of the window itself.
//!
//! Known limits: within right-to-left words the caret and the ends of a selection stand mirrored, and the line through
//! struck words stays where it was. To be dropped when the toolkit orders words itself.

use std::ops::Range;
use std::sync::Arc;

use egui::Galley;
use egui::epaint::text::{Glyph, PlacedRow, Row};
use unicode_bidi::{BidiClass, BidiInfo, Direction, Level, bidi_class, get_base_direction};

/// What a character is to the order of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    LeftToRight,
    RightToLeft,
    Digit,
    Neutral,
}

/// Glyphs of a row that move together: a run of letters of one direction, a number, or a single sign.
struct Unit {
    kind: Kind,
    glyphs: Range<usize>,
}

/// The same text with the words of each row in the order in which they are read. A text without right-to-left
/// letters, which is nearly every one, comes back as it is.
pub fn visual(galley: Arc<Galley>) -> Arc<Galley> {
    ordered(galley, true)
}

/// The same for a few words among others, such as a name: they stay at the edge where they were laid out.
pub fn within_line(galley: Arc<Galley>) -> Arc<Galley> {
    ordered(galley, false)
}

/// Whether a text has letters that are read from right to left.
pub fn has_right_to_left(text: &str) -> bool {
    text.chars().any(|c| kind(c) == Some(Kind::RightToLeft))
}

fn ordered(galley: Arc<Galley>, has_own_edge: bool) -> Arc<Galley> {
    if !has_right_to_left(galley.text()) {
        return galley;
    }
    let levels: Vec<Level> = galley.text().split('\n').map(base_level).collect();
    let mut ordered = (*galley).clone();
    let mut paragraph = 0;
    for placed in &mut ordered.rows {
        let level = levels.get(paragraph).copied().unwrap_or_else(Level::ltr);
        paragraph += usize::from(placed.ends_with_newline);
        order_row(placed, level);
        if has_own_edge && level.is_rtl() {
            put_right(placed, galley.job.wrap.max_width);
        }
    }
    let rects = || ordered.rows.iter().map(PlacedRow::rect);
    ordered.rect = rects().fold(galley.rect, egui::Rect::union);
    let bounds = |placed: &PlacedRow| placed.row.visuals.mesh_bounds.translate(placed.pos.to_vec2());
    ordered.mesh_bounds = ordered.rows.iter().map(bounds).fold(galley.mesh_bounds, egui::Rect::union);
    Arc::new(ordered)
}

/// The direction of a paragraph: that of its first letter.
fn base_level(paragraph: &str) -> Level {
    match get_base_direction(paragraph) {
        Direction::Rtl => Level::rtl(),
        _ => Level::ltr(),
    }
}

/// Moves a row to the right edge, where there is one.
fn put_right(placed: &mut PlacedRow, width: f32) {
    let left = width - placed.row.size.x;
    if width.is_finite() && left > 0.0 {
        // A whole pixel or none, lest the letters are blurred.
        placed.pos.x = left.floor();
    }
}

fn order_row(placed: &mut PlacedRow, base: Level) {
    let units = units(&placed.row);
    if base == Level::ltr() && !units.iter().any(|unit| unit.kind == Kind::RightToLeft) {
        return;
    }
    let levels = unit_levels(&units, &placed.row, base);
    let row = Arc::make_mut(&mut placed.row);
    let mut x = row.glyphs.iter().map(|glyph| glyph.pos.x).fold(f32::INFINITY, f32::min);
    for index in BidiInfo::reorder_visual(&levels) {
        let unit = &units[index];
        let glyphs = &row.glyphs[unit.glyphs.clone()];
        let left = glyphs.iter().map(|glyph| glyph.pos.x).fold(f32::INFINITY, f32::min);
        let right = glyphs.iter().map(Glyph::max_x).fold(f32::NEG_INFINITY, f32::max);
        let is_mirrored = unit.kind == Kind::Neutral && levels[index].is_rtl();
        for glyph in unit.glyphs.clone() {
            place_glyph(row, glyph, x - left, is_mirrored);
        }
        x += right - left;
    }
}

/// Gathers the glyphs of a row. Not character by character: an Arabic letter may be drawn by two glyphs.
fn units(row: &Row) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for (index, glyph) in row.glyphs.iter().enumerate() {
        match (kind(glyph.chr), units.last_mut()) {
            (None, Some(last)) => last.glyphs.end = index + 1,
            (Some(kind), Some(last)) if kind == last.kind && kind != Kind::Neutral => {
                last.glyphs.end = index + 1;
            }
            (kind, _) => {
                units.push(Unit { kind: kind.unwrap_or(Kind::Neutral), glyphs: index..index + 1 });
            }
        }
    }
    units
}

/// How deep each unit is nested, worked out on a line with one stand-in character for each of them.
fn unit_levels(units: &[Unit], row: &Row, base: Level) -> Vec<Level> {
    let stand_in = |unit: &Unit| match unit.kind {
        Kind::RightToLeft => 'א',
        Kind::LeftToRight => 'a',
        Kind::Digit => '1',
        Kind::Neutral => match row.glyphs[unit.glyphs.start].chr {
            sign if bidi_class(sign) == BidiClass::B => ' ',
            sign => sign,
        },
    };
    let line: String = units.iter().map(stand_in).collect();
    let info = BidiInfo::new(&line, Some(base));
    match info.paragraphs.first() {
        Some(paragraph) => info.reordered_levels_per_char(paragraph, paragraph.range.clone()),
        None => vec![base; units.len()],
    }
}

/// Moves a glyph and the rectangle it is drawn in; a bracket that is read from right to left is turned round.
fn place_glyph(row: &mut Row, index: usize, by: f32, is_mirrored: bool) {
    let glyph = &mut row.glyphs[index];
    glyph.pos.x += by;
    if glyph.uv_rect.is_nothing() {
        return;
    }
    let is_turned = is_mirrored && is_bracket(glyph.chr);
    let first = glyph.first_vertex as usize;
    // Top left, top right, bottom left, bottom right.
    let Some([a, b, c, d]) = row.visuals.mesh.vertices.get_mut(first..first + 4) else { return };
    for vertex in [&mut *a, &mut *b, &mut *c, &mut *d] {
        vertex.pos.x += by;
    }
    if is_turned {
        std::mem::swap(&mut a.uv.x, &mut b.uv.x);
        std::mem::swap(&mut c.uv.x, &mut d.uv.x);
    }
}

/// Whether this is a sign that points to what it encloses (those of `Bidi_Mirrored` that people type).
fn is_bracket(sign: char) -> bool {
    matches!(sign, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '«' | '»' | '‹' | '›')
}

/// What a character is; `None` for one that belongs to the character before it.
fn kind(c: char) -> Option<Kind> {
    // Arabic signs are shaped within their word.
    if matches!(c, '\u{600}'..='\u{65F}' | '\u{66B}'..='\u{66C}') {
        return Some(Kind::RightToLeft);
    }
    match bidi_class(c) {
        BidiClass::R | BidiClass::AL => Some(Kind::RightToLeft),
        BidiClass::L => Some(Kind::LeftToRight),
        BidiClass::EN | BidiClass::AN => Some(Kind::Digit),
        BidiClass::NSM | BidiClass::BN => None,
        _ => Some(Kind::Neutral),
    }
}

#[cfg(test)]
mod tests {
    use egui::epaint::text::{Fonts, TextOptions};
    use egui::{Color32, FontData, FontDefinitions, FontFamily, FontId};

    use super::*;
    use crate::text::fonts;

    /// The bundled fonts with two more scripts, which the window takes from the system.
    fn definitions() -> FontDefinitions {
        let mut definitions = fonts::definitions();
        for (name, bytes) in [
            ("Hebrew", include_bytes!("../../tests/fonts/NotoSansHebrew.ttf").as_slice()),
            ("Arabic", include_bytes!("../../tests/fonts/NotoSansArabic.ttf").as_slice()),
        ] {
            definitions.font_data.insert(name.into(), Arc::new(FontData::from_static(bytes)));
            definitions.families.entry(FontFamily::Proportional).or_default().push(name.into());
        }
        definitions
    }

    fn laid_out(text: &str, width: f32) -> Arc<Galley> {
        let mut fonts = Fonts::new(TextOptions::default(), definitions());
        let mut view = fonts.with_pixels_per_point(1.0);
        view.layout(text.to_owned(), FontId::proportional(15.0), Color32::BLACK, width)
    }

    /// The characters of each row from left to right, as they are drawn.
    fn drawn(galley: &Galley) -> Vec<String> {
        let row = |placed: &PlacedRow| {
            let mut glyphs: Vec<_> = placed.row.glyphs.iter().map(|glyph| (glyph.pos.x, glyph.chr)).collect();
            glyphs.sort_by(|one, other| one.0.total_cmp(&other.0));
            glyphs.into_iter().map(|(_, c)| c).collect()
        };
        galley.rows.iter().map(row).collect()
    }

    fn line(text: &str) -> String {
        drawn(&visual(laid_out(text, f32::INFINITY))).concat()
    }

    /// The letters of a word as the shaper draws them: its last one leftmost.
    fn word(text: &str) -> String {
        text.chars().rev().collect()
    }

    #[test]
    fn words_of_other_scripts_stay_where_they_are() {
        assert_eq!(line("Olá, mundo (1, 2)"), "Olá, mundo (1, 2)");
    }

    #[test]
    fn the_first_word_of_a_hebrew_line_stands_rightmost() {
        let (shalom, olam) = ("שלום", "עולם");
        let drawn = line(&format!("{shalom} {olam}!"));
        let first = drawn.find(&shalom[..2]).unwrap();
        let second = drawn.find(&olam[..2]).unwrap();
        assert!(second < first, "{drawn}");
        assert!(drawn.starts_with('!'), "the sign at the end stands leftmost: {drawn}");
    }

    #[test]
    fn hebrew_within_english_keeps_the_english_order() {
        let drawn = line("I say שלום עולם to you");
        assert!(drawn.starts_with("I say ") && drawn.ends_with(" to you"), "{drawn}");
        assert!(drawn.find('ע').unwrap() < drawn.find('ש').unwrap(), "{drawn}");
    }

    #[test]
    fn numbers_and_names_within_hebrew_are_read_from_left_to_right() {
        let drawn = line("בשעה 14:30 עם Ana");
        assert!(drawn.starts_with("Ana"), "{drawn}");
        assert!(drawn.contains("14:30"), "{drawn}");
        assert!(drawn.ends_with(&word("בשעה")) || drawn.ends_with("בשעה"), "{drawn}");
    }

    #[test]
    fn each_paragraph_has_its_own_direction() {
        let rows = drawn(&visual(laid_out("abc!\nשלום!", f32::INFINITY)));
        assert!(rows[0].starts_with("abc!"), "{rows:?}");
        assert!(rows[1].starts_with('!'), "{rows:?}");
    }

    #[test]
    fn paragraphs_stand_at_the_edge_where_they_begin() {
        let galley = visual(laid_out("abc\nשלום\nabc שלום", 300.0));
        let (lefts, rights): (Vec<f32>, Vec<f32>) =
            galley.rows.iter().map(|row| (row.rect().left(), row.rect().right())).unzip();
        assert!(lefts[0] == 0.0 && lefts[2] == 0.0, "{lefts:?}");
        assert!((299.0..=300.0).contains(&rights[1]), "{rights:?}");
        assert!((299.0..=300.0).contains(&galley.rect.right()), "all of it is within the bounds: {galley:?}");
        let endless = visual(laid_out("שלום", f32::INFINITY));
        assert!(endless.rows[0].rect().left() == 0.0, "without an edge there is none to stand at");
    }

    #[test]
    fn a_name_of_two_words_is_turned_and_stays_beside_its_badge() {
        let name = within_line(laid_out("דנה לוי", 300.0));
        let drawn = drawn(&name).concat();
        assert!(drawn.find('ל').unwrap() < drawn.find('ד').unwrap(), "{drawn}");
        assert!(name.rows[0].rect().left() == 0.0, "{name:?}");
    }

    #[test]
    fn nothing_gets_lost_on_any_mix() {
        for text in [
            "שלום",
            "a ש b ש 1 ש",
            "(שלום)",
            "مرحبا بالجميع، كيف حالكم؟",
            "ש\u{5B8}",
            "ש ש ש ש ש ש",
            "\u{200F}",
            "١٢٣ ש",
            "ש 🎉 ש",
        ] {
            for width in [20.0, 60.0, f32::INFINITY] {
                let (before, after) = (laid_out(text, width), visual(laid_out(text, width)));
                assert_eq!(after.text(), text, "what is copied is what was written");
                for (before, after) in drawn(&before).iter().zip(drawn(&after)) {
                    let sorted = |row: &str| {
                        let mut letters: Vec<char> = row.chars().collect();
                        letters.sort_unstable();
                        letters
                    };
                    assert_eq!(sorted(before), sorted(&after), "{text} at {width}");
                }
                let widths =
                    |galley: &Galley| galley.rows.iter().map(|row| row.rect().width()).collect::<Vec<_>>();
                assert_eq!(widths(&before), widths(&after), "{text} at {width}");
            }
        }
    }
}
