//! Small things that several views show: the circle of a member, the badge, quiet buttons. Not here: where they
//! stand.

use egui::{Align2, Button, Frame, Label, Margin, Response, RichText, Sense, Stroke, StrokeKind, Ui, Vec2};
use papo_client::text::for_terminal_line;
use papo_proto::{Member, MemberId};

use crate::theme::{self, radius, size, space};

/// The circle of a member, with the first letter of the name. It says nothing that the name beside it does not.
pub(super) fn avatar(ui: &mut Ui, member: &Member, diameter: f32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(diameter), Sense::hover());
    if !ui.is_rect_visible(rect) {
        return;
    }
    let palette = theme::palette(ui);
    ui.painter().circle_filled(rect.center(), diameter / 2.0, palette.member(&member.id));
    let shown = for_terminal_line(member.name.as_str());
    let letter: String = shown.chars().next().into_iter().flat_map(char::to_uppercase).collect();
    let font = theme::bold(diameter * AVATAR_LETTER);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, letter, font, palette.paper);
}

/// The size of the letter in the circle, as a part of the circle's.
const AVATAR_LETTER: f32 = 0.42;

/// The name of a member, safe to show.
pub(super) fn name(member: &Member) -> String {
    for_terminal_line(member.name.as_str()).into_owned()
}

/// The name with its badge, where the name alone does not say who it is.
pub(super) fn name_in_words(member: &Member, needs_badge: bool) -> String {
    if needs_badge { format!("{} #{}", name(member), member.id.badge()) } else { name(member) }
}

/// The few letters that tell two members of one name apart.
pub(super) fn badge(ui: &mut Ui, id: &MemberId) {
    let colour = theme::palette(ui).member(id);
    Frame::new()
        .stroke(Stroke::new(size::HAIRLINE, colour))
        .corner_radius(radius::TINY)
        .inner_margin(Margin::symmetric(5, 1))
        .show(ui, |ui| {
            let text = RichText::new(id.badge()).font(theme::mono(size::BADGE)).color(colour);
            ui.add(Label::new(text).selectable(false));
        });
}

/// A text of less weight.
pub(super) fn soft(ui: &mut Ui, text: impl Into<String>) -> Response {
    let text = RichText::new(text).font(theme::plain(size::SMALL)).color(theme::palette(ui).soft);
    ui.add(Label::new(text).selectable(false))
}

/// A button that is only its word.
pub(super) fn quiet_button(ui: &mut Ui, text: impl Into<String>) -> Response {
    let text = RichText::new(text).font(theme::plain(size::SMALL)).color(theme::palette(ui).accent);
    ui.add(Button::new(text).frame(false).min_size(Vec2::ZERO))
}

/// The button of what one most probably wants.
pub(super) fn main_button(ui: &mut Ui, text: impl Into<String>) -> Response {
    let palette = theme::palette(ui);
    let text = RichText::new(text).font(theme::bold(size::LABEL)).color(palette.on_accent);
    ui.add(Button::new(text).fill(palette.accent).stroke(Stroke::new(size::HAIRLINE, palette.accent)))
}

/// A number on a round ground, such as how much is unread.
pub(super) fn count_pill(ui: &mut Ui, count: u64) -> Response {
    let palette = theme::palette(ui);
    let text = RichText::new(many(count)).font(theme::bold(size::BADGE)).color(palette.on_accent);
    Frame::new()
        .fill(palette.accent)
        .corner_radius(radius::PILL)
        .inner_margin(Margin::symmetric(7, 1))
        .show(ui, |ui| ui.add(Label::new(text).selectable(false)))
        .response
}

/// A number that never grows too wide.
pub(super) fn many(count: u64) -> String {
    if count > 999 { "999+".to_owned() } else { count.to_string() }
}

/// A word on a round ground of the accent's wash.
pub(super) fn pill(ui: &mut Ui, text: impl Into<String>) -> Response {
    let palette = theme::palette(ui);
    let text = RichText::new(text).font(theme::plain(size::SMALL)).color(palette.accent);
    Frame::new()
        .fill(palette.accent_wash)
        .corner_radius(radius::PILL)
        .inner_margin(Margin::symmetric(10, 3))
        .show(ui, |ui| ui.add(Label::new(text).selectable(false)))
        .response
}

/// A dot beside a word that says the same.
pub(super) fn dot(ui: &mut Ui, colour: egui::Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(size::DOT), Sense::hover());
    ui.painter().circle_filled(rect.center(), size::DOT / 2.0, colour);
}

/// A line across, with a word in its middle.
pub(super) fn line_with_word(ui: &mut Ui, word: &str, is_warm: bool) {
    let palette = theme::palette(ui);
    let (colour, line) = if is_warm { (palette.warn, palette.warn) } else { (palette.soft, palette.line) };
    let text = RichText::new(word).font(theme::plain(size::SMALL)).color(colour);
    ui.vertical_centered(|ui| {
        let word = ui.add(Label::new(text).selectable(false).truncate()).rect;
        let whole = ui.max_rect();
        let stroke = Stroke::new(size::HAIRLINE, line);
        let painter = ui.painter();
        painter.hline(
            whole.left()..=(word.left() - space::MEDIUM).max(whole.left()),
            word.center().y,
            stroke,
        );
        painter.hline(
            (word.right() + space::MEDIUM).min(whole.right())..=whole.right(),
            word.center().y,
            stroke,
        );
    });
}

/// A frame around what the keyboard is on.
pub(super) fn focus_frame(ui: &Ui, rect: egui::Rect) {
    let line = theme::palette(ui).focus_line();
    ui.painter().rect_stroke(rect, radius::ROW, line, StrokeKind::Inside);
}
