//! The text of a message: paragraphs, quotes, lists, code, links. Not here: who has said it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use egui::{
    Button, CursorIcon, Frame, Galley, Id, Label, Margin, RichText, Role, ScrollArea, Sense, Shape, Ui,
    WidgetInfo,
};
use papo_client::markup::{Block, Item, Kind, Span, parse_safe, plain_text};
use papo_client::state::rows::Key;
use papo_client::state::{Action, Dialog, Room};
use papo_words::t;

use super::parts;
use crate::text::bidi;
use crate::text::spans::{self, Laid, Look};
use crate::theme::{self, radius, size, space};

/// Longer texts are shown in part until the reader wants the rest: they would fill the window many times.
const LINES_SHOWN_MAX: usize = 30;
const BYTES_SHOWN_MAX: usize = 4_000;

/// How many texts are kept read; a window shows some fifty.
const PARSED_MAX: usize = 400;

/// The texts that were read, and which long ones are shown whole.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    parsed: HashMap<Key, Parsed>,
    whole: Vec<Key>,
}

/// A text as it was read.
#[derive(Clone, Debug)]
struct Parsed {
    text: Arc<str>,
    is_cut: bool,
    blocks: Arc<[Block]>,
    /// What it says without all marks, for screen readers.
    plain: Arc<str>,
}

impl Bodies {
    /// What a text says without its marks, as much of it as is shown.
    pub(super) fn plain(&mut self, key: &Key, text: &str) -> Arc<str> {
        self.read(key, text).plain
    }

    fn read(&mut self, key: &Key, text: &str) -> Parsed {
        let is_whole = self.whole.contains(key);
        if let Some(known) = self.parsed.get(key)
            && *known.text == *text
            && !(known.is_cut && is_whole)
        {
            return known.clone();
        }
        if self.parsed.len() >= PARSED_MAX {
            self.parsed.clear();
        }
        let shown = if is_whole { text } else { beginning(text) };
        let blocks = parse_safe(shown);
        let plain = plain_text(&blocks).into();
        let is_cut = shown.len() < text.len();
        let parsed = Parsed { text: text.into(), is_cut, blocks: blocks.into(), plain };
        self.parsed.insert(key.clone(), parsed.clone());
        parsed
    }
}

/// The beginning of a text, as much of it as is shown at first.
pub(super) fn beginning(text: &str) -> &str {
    let lines = text.match_indices('\n').nth(LINES_SHOWN_MAX).map_or(text.len(), |(at, _)| at);
    let most = lines.min(BYTES_SHOWN_MAX);
    if text.len() <= most + most / 4 && lines == text.len() {
        return text;
    }
    let at = (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    &text[..at]
}

/// What a text is shown with.
pub(super) struct Setting<'a> {
    /// The room that it was said in.
    pub(super) room: &'a Room,
    /// Which message it is.
    pub(super) key: &'a Key,
    /// Whether it is on its way, which shows in its colour.
    pub(super) is_pending: bool,
}

/// Draws the text of a message.
pub(super) fn view(
    ui: &mut Ui,
    bodies: &mut Bodies,
    setting: &Setting<'_>,
    text: &str,
    out: &mut Vec<Action>,
) {
    let parsed = bodies.read(setting.key, text);
    ui.spacing_mut().item_spacing.y = space::TINY;
    for (at, block) in parsed.blocks.iter().enumerate() {
        ui.push_id(at, |ui| draw(ui, setting, block, out));
    }
    if parsed.is_cut {
        let left = text.len() - beginning(text).len();
        if parts::quiet_button(ui, t!("window-show-all", bytes = left)).clicked() {
            bodies.whole.push(setting.key.clone());
        }
    }
}

fn draw(ui: &mut Ui, setting: &Setting<'_>, block: &Block, out: &mut Vec<Action>) {
    let palette = theme::palette(ui);
    match block {
        Block::Paragraph(spans) => {
            let mut look = Look::message(palette, ui.available_width());
            if setting.is_pending {
                look.colour = palette.soft;
            }
            paragraph(ui, setting, spans, &look, out);
        }
        Block::Quote(spans) => quote(ui, |ui| {
            let look = Look::quote(palette, ui.available_width());
            paragraph(ui, setting, spans, &look, out);
        }),
        Block::List(items) => items.iter().enumerate().for_each(|(at, item)| {
            ui.push_id(at, |ui| list_item(ui, setting, item, out));
        }),
        Block::Code { text, .. } => code(ui, text, out),
    }
}

/// Draws something behind a bar that marks it as somebody else's words.
pub(super) fn quote(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let line = theme::palette(ui).line;
    let left = ui.cursor().left();
    let drawn = Frame::new()
        .inner_margin(Margin { left: QUOTE_INDENT, ..Margin::ZERO })
        .show(ui, content)
        .response
        .rect;
    let bar = egui::Rect::from_x_y_ranges(left..=left + size::QUOTE_BAR, drawn.y_range());
    ui.painter().rect_filled(bar, 0.0, line);
}

/// How far a quote's text stands from its bar's left edge, in points.
const QUOTE_INDENT: i8 = 13;

fn list_item(ui: &mut Ui, setting: &Setting<'_>, item: &Item, out: &mut Vec<Action>) {
    ui.horizontal_top(|ui| {
        ui.add_space(f32::from(item.depth) * space::LARGE);
        ui.add(Label::new(RichText::new(item.marker()).font(theme::plain(size::TEXT))).selectable(false));
        ui.vertical(|ui| {
            let look = Look::message(theme::palette(ui), ui.available_width());
            paragraph(ui, setting, &item.spans, &look, out);
        });
    });
}

fn code(ui: &mut Ui, text: &str, out: &mut Vec<Action>) {
    let palette = theme::palette(ui);
    Frame::new().fill(palette.code).corner_radius(radius::ROW).inner_margin(Margin::symmetric(12, 8)).show(
        ui,
        |ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::TOP), |ui| {
                if parts::quiet_button(ui, t!("window-copy")).clicked() {
                    out.push(Action::Copy(text.to_owned()));
                }
                ui.with_layout(egui::Layout::top_down(egui::Align::LEFT), |ui| {
                    ScrollArea::horizontal().id_salt("code").auto_shrink([false, true]).show(ui, |ui| {
                        let job = spans::lay_out_mono(text, &Look::code(palette));
                        let galley = bidi::visual(ui.fonts_mut(|fonts| fonts.layout_job(job)));
                        ui.add(Label::new(galley));
                    });
                });
            });
        },
    );
}

fn paragraph(ui: &mut Ui, setting: &Setting<'_>, spans: &[Span], look: &Look<'_>, out: &mut Vec<Action>) {
    let found = setting.room.search.as_ref().map(|search| search.text.trim().to_lowercase());
    let look = Look { found: found.as_deref().filter(|found| !found.is_empty()), ..*look };
    let is_you = |span: &Span| match &span.kind {
        Kind::Mention(mention) => setting.room.is_us(mention),
        _ => false,
    };
    let laid = spans::lay_out(spans, &look, is_you);
    let galley = bidi::visual(ui.fonts_mut(|fonts| fonts.layout_job(laid.job.clone())));
    let behind = ui.painter().add(Shape::Noop);
    let position = ui.add(Label::new(Arc::clone(&galley))).rect.min;
    ui.painter().set(behind, grounds(&laid, &galley, position));
    links(ui, spans, &laid, &galley, position, out);
}

/// What lies behind the words: code, mentions of the reader, what is searched for.
fn grounds(laid: &Laid, galley: &Galley, position: egui::Pos2) -> Shape {
    let mut shapes = Vec::new();
    for (place, colour) in &laid.grounds {
        for part in parts_of(galley, place) {
            let across = part.rect.translate(position.to_vec2()).x_range();
            let bottom = position.y + part.baseline + GROUND_BELOW;
            let rect = egui::Rect::from_x_y_ranges(
                across.expand(spans::GROUND_PADDING),
                bottom - size::GROUND_HEIGHT..=bottom,
            );
            shapes.push(Shape::rect_filled(rect, radius::TINY, *colour));
        }
    }
    Shape::Vec(shapes)
}

/// Makes each link something that can be pressed, also with the keyboard and by a screen reader.
fn links(
    ui: &mut Ui,
    spans: &[Span],
    laid: &Laid,
    galley: &Galley,
    position: egui::Pos2,
    out: &mut Vec<Action>,
) {
    for (at, (span, place)) in spans.iter().zip(&laid.places).enumerate() {
        let Kind::Link(link) = &span.kind else { continue };
        for (part, piece) in parts_of(galley, place).into_iter().enumerate() {
            let rect = piece.rect.translate(position.to_vec2());
            // Colour must not be the only sign.
            let line = egui::Stroke::new(size::HAIRLINE, theme::palette(ui).accent);
            ui.painter().hline(rect.x_range(), position.y + piece.baseline + UNDERLINE, line);
            let id: Id = ui.scope_id().with(("link", at, part));
            let response = ui.interact(rect, id, Sense::click());
            if part == 0 {
                response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &span.text));
            }
            if response.has_focus() {
                parts::focus_frame(ui, response.rect);
            }
            let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(link.target());
            if response.clicked() {
                out.push(Action::Show(Dialog::Link(link.target().to_owned())));
            }
        }
    }
}

/// How far below the letters' feet a ground reaches, in points.
const GROUND_BELOW: f32 = 5.5;

/// How far below the letters' feet a link is underlined, in points.
const UNDERLINE: f32 = 2.5;

/// A piece of a text on one row.
struct Part {
    /// Where it stands, as high as the row.
    rect: egui::Rect,
    /// On which height its letters stand.
    baseline: f32,
}

/// Where a run of bytes stands: one part for each row that it touches.
fn parts_of(galley: &Galley, place: &Range<usize>) -> Vec<Part> {
    let text = galley.text();
    let (Some(before), Some(within)) = (text.get(..place.start), text.get(place.clone())) else {
        return Vec::new();
    };
    let from = before.chars().count();
    let to = from + within.chars().count();
    let mut parts = Vec::new();
    let mut first = 0;
    for row in &galley.rows {
        let len = row.char_count_excluding_newline().0;
        let (start, end) = (from.max(first), to.min(first + len));
        if start < end {
            // The row may have been turned round, so the glyphs say where they are.
            let (mut rect, mut baseline) = (egui::Rect::NOTHING, 0.0);
            for glyph in row.glyphs.iter().skip(start - first).take(end - start) {
                rect |= glyph.logical_rect();
                baseline = glyph.pos.y;
            }
            if rect.is_positive() {
                let down = row.pos.to_vec2();
                parts.push(Part { rect: rect.translate(down), baseline: baseline + down.y });
            }
        }
        first += row.char_count_including_newline().0;
    }
    parts
}

/// A button under a message with an emoji, and how many have put it there.
pub(super) fn reaction(ui: &mut Ui, emoji: &str, count: usize, is_own: bool) -> egui::Response {
    let palette = theme::palette(ui);
    let text = RichText::new(format!("{emoji} {count}")).font(theme::plain(size::SMALL)).color(palette.ink);
    let ground = if is_own { palette.accent_wash } else { palette.panel };
    let edge = if is_own { palette.accent } else { palette.line };
    let button = Button::new(text)
        .fill(ground)
        .stroke(egui::Stroke::new(size::HAIRLINE, edge))
        .corner_radius(radius::PILL)
        .min_size(egui::Vec2::ZERO);
    ui.add(button)
}
