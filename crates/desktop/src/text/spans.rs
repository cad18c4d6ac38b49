//! Styled pieces of text as the toolkit lays them out: the markup's spans in the theme's letters and colours. Not
//! here: what the markup means (`papo_client::markup`), and what a click on a link does.

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Stroke};
use papo_client::markup::{Kind, Span};

use crate::theme::{self, Palette, size};

/// How far a ground reaches beyond its words on either side, in points.
pub const GROUND_PADDING: f32 = 3.0;

/// How a text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The colours of the window.
    pub palette: &'a Palette,
    /// The colour of plain text.
    pub colour: Color32,
    /// The size of plain text, in points.
    pub size: f32,
    /// From one line to the next, in points.
    pub line_height: f32,
    /// How wide a line may be, in points.
    pub width: f32,
    /// What is searched for, in small letters, if anything is; it gets a ground of its own.
    pub found: Option<&'a str>,
}

impl<'a> Look<'a> {
    /// The look of a message's text.
    pub fn message(palette: &'a Palette, width: f32) -> Self {
        Self {
            palette,
            colour: palette.ink,
            size: size::TEXT,
            line_height: size::TEXT_LINE,
            width,
            found: None,
        }
    }

    /// The look of a quote.
    pub fn quote(palette: &'a Palette, width: f32) -> Self {
        Self { palette, colour: palette.soft, size: size::LABEL, line_height: 21.0, width, found: None }
    }

    /// The look of a block of code; its lines are not wrapped but scrolled.
    pub fn code(palette: &'a Palette) -> Self {
        Self {
            palette,
            colour: palette.ink,
            size: size::CODE,
            line_height: size::CODE_LINE,
            width: f32::INFINITY,
            found: None,
        }
    }
}

/// A text laid out from spans, and where in it the spans are.
#[derive(Clone, Debug)]
pub struct Laid {
    /// What the toolkit lays out.
    pub job: LayoutJob,
    /// For each span, its bytes in the job's text, to find what a pointer is on.
    pub places: Vec<Range<usize>>,
    /// The bytes that have a ground of their own, and its colour. Not the toolkit's backgrounds: those have no round
    /// corners, reach from line to line and stay where they were when words are put into another order.
    pub grounds: Vec<(Range<usize>, Color32)>,
}

/// Lays out spans. `is_you` tells whether a mention speaks to the person at the window; such a one has a ground.
pub fn lay_out(spans: &[Span], look: &Look<'_>, is_you: impl Fn(&Span) -> bool) -> Laid {
    let mut laid =
        Laid { job: empty_job(look), places: Vec::with_capacity(spans.len()), grounds: Vec::new() };
    let mut is_behind_ground = false;
    for span in spans {
        let from = laid.job.text.len();
        let ground = ground_of(span, look, is_you(span));
        // A ground is a little wider than its words, and does not touch those beside it.
        let gap = if ground.is_some() || is_behind_ground { GROUND_PADDING } else { 0.0 };
        append(&mut laid, &span.text, &format_of(span, look), look, gap);
        let place = from..laid.job.text.len();
        if let Some(colour) = ground {
            // Under the one of what is searched for.
            let at = laid.grounds.partition_point(|(found, _)| found.start < from);
            laid.grounds.insert(at, (place.clone(), colour));
        }
        is_behind_ground = ground.is_some();
        laid.places.push(place);
    }
    laid
}

/// Lays out a text of one look, such as the lines of a block of code.
pub fn lay_out_mono(text: &str, look: &Look<'_>) -> LayoutJob {
    let mut laid = Laid { job: empty_job(look), places: Vec::new(), grounds: Vec::new() };
    append(&mut laid, text, &plain_format(theme::mono(look.size), look), look, 0.0);
    laid.job
}

fn empty_job(look: &Look<'_>) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = look.width;
    job
}

/// Appends a text, with a ground behind each place where it holds what is searched for.
fn append(laid: &mut Laid, text: &str, format: &TextFormat, look: &Look<'_>, gap: f32) {
    let marked = TextFormat { color: look.palette.ink, ..format.clone() };
    let (mut rest, mut gap) = (text, gap);
    let mut put = |job: &mut LayoutJob, part: &str, format: &TextFormat| {
        let from = job.text.len();
        job.append(part, std::mem::take(&mut gap), format.clone());
        from..job.text.len()
    };
    while let Some(place) = look.found.and_then(|found| find_ignoring_case(rest, found)) {
        if place.start > 0 {
            put(&mut laid.job, &rest[..place.start], format);
        }
        let found = put(&mut laid.job, &rest[place.clone()], &marked);
        laid.grounds.push((found, look.palette.found));
        rest = &rest[place.end..];
    }
    if !rest.is_empty() {
        put(&mut laid.job, rest, format);
    }
}

/// The ground that a span stands on, where it is another one than the message's.
fn ground_of(span: &Span, look: &Look<'_>, is_you: bool) -> Option<Color32> {
    match &span.kind {
        Kind::Code => Some(look.palette.code),
        Kind::Mention(_) if is_you => Some(look.palette.accent_wash),
        _ => None,
    }
}

fn format_of(span: &Span, look: &Look<'_>) -> TextFormat {
    let palette = look.palette;
    let font = match (&span.kind, span.bold, span.italic) {
        (Kind::Code, _, _) => theme::mono(look.size * size::CODE / size::TEXT),
        (Kind::Mention(_), _, _) | (_, true, _) => theme::bold(look.size),
        (_, false, true) => FontId::new(look.size, theme::italic_family()),
        _ => theme::plain(look.size),
    };
    let mut format = plain_format(font, look);
    // There are no letters that are both; the bold ones are slanted.
    format.italics = span.bold && span.italic;
    if matches!(span.kind, Kind::Link(_) | Kind::Mention(_)) {
        format.color = palette.accent;
    }
    if span.struck {
        format.strikethrough = Stroke::new(size::HAIRLINE, format.color);
    }
    format
}

fn plain_format(font_id: FontId, look: &Look<'_>) -> TextFormat {
    TextFormat { font_id, color: look.colour, line_height: Some(look.line_height), ..TextFormat::default() }
}

/// Where a text first holds another one, which is in small letters; the two may differ in case.
pub fn find_ignoring_case(text: &str, small: &str) -> Option<Range<usize>> {
    if small.is_empty() {
        return None;
    }
    text.char_indices().find_map(|(from, _)| {
        let mut wanted = small.chars().peekable();
        for (offset, c) in text[from..].char_indices() {
            if wanted.peek().is_none() {
                return Some(from..from + offset);
            }
            for lower in c.to_lowercase() {
                if wanted.next() != Some(lower) {
                    return None;
                }
            }
        }
        wanted.peek().is_none().then_some(from..text.len())
    })
}

#[cfg(test)]
mod tests {
    use egui::text::LayoutSection;
    use papo_client::markup::{Block, parse};

    use super::*;

    fn spans(text: &str) -> Vec<Span> {
        match parse(text).remove(0) {
            Block::Paragraph(spans) => spans,
            other => panic!("{other:?}"),
        }
    }

    fn text_of<'a>(job: &'a LayoutJob, section: &LayoutSection) -> &'a str {
        &job.text[section.byte_range.start.0..section.byte_range.end.0]
    }

    #[test]
    fn every_span_keeps_its_text_and_its_place() {
        for text in ["plain", "a **b** *c* ***d*** `e` ~~f~~ https://g.org @h", "é **日本** 🎉"] {
            let spans = spans(text);
            let laid = lay_out(&spans, &Look::message(&theme::LIGHT, 400.0), |_| true);
            for (span, place) in spans.iter().zip(&laid.places) {
                assert_eq!(laid.job.text[place.clone()], span.text);
            }
            assert_eq!(laid.places.last().unwrap().end, laid.job.text.len());
        }
    }

    #[test]
    fn what_is_special_can_be_told_apart_without_colour() {
        let laid =
            lay_out(&spans("a **b** *c* `d` https://e.org @f"), &Look::message(&theme::LIGHT, 400.0), |_| {
                false
            });
        let plain = &laid.job.sections[0].format;
        for section in laid.job.sections.iter().filter(|section| text_of(&laid.job, section) != " ").skip(1) {
            // Links are underlined where they are drawn.
            let is_link = text_of(&laid.job, section).starts_with("https://");
            assert!(section.format.font_id != plain.font_id || is_link, "{section:?}");
        }
    }

    #[test]
    fn what_is_searched_for_is_marked_wherever_it_is() {
        let look = Look { found: Some("ação"), ..Look::message(&theme::LIGHT, 400.0) };
        let laid = lay_out(&spans("AÇÃO, ação e **Ação**"), &look, |_| false);
        let marked: Vec<&str> = laid.grounds.iter().map(|(place, _)| &laid.job.text[place.clone()]).collect();
        assert!(laid.grounds.iter().all(|(_, colour)| *colour == theme::LIGHT.found));
        assert_eq!(marked, ["AÇÃO", "ação", "Ação"]);
    }

    #[test]
    fn code_has_a_ground_and_what_is_found_in_it_one_above_that() {
        let look = Look { found: Some("serve"), ..Look::message(&theme::LIGHT, 400.0) };
        let laid = lay_out(&spans("só `papo serve` e @ana"), &look, |_| true);
        let grounds: Vec<(&str, Color32)> =
            laid.grounds.iter().map(|(place, colour)| (&laid.job.text[place.clone()], *colour)).collect();
        let palette = &theme::LIGHT;
        assert_eq!(
            grounds,
            [("papo serve", palette.code), ("serve", palette.found), ("@ana", palette.accent_wash)]
        );
    }

    #[test]
    fn what_is_searched_for_is_found_in_any_case() {
        assert_eq!(find_ignoring_case("Zoë und ZOË", "zoë"), Some(0..4));
        assert_eq!(find_ignoring_case("abc", "abcd"), None);
        assert_eq!(find_ignoring_case("aab", "ab"), Some(1..3));
        assert_eq!(find_ignoring_case("abc", ""), None);
        assert_eq!(find_ignoring_case("İx", "i\u{307}x"), Some(0..3));
    }
}
