//! Small things that several views show: the circle of a member, the badge, quiet buttons. Not here: where they
//! stand.

use std::cell::RefCell;
use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Button, Color32, FontId, Galley, Label, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo,
};
use papo_client::petnames::Petnames;
use papo_client::text::for_terminal_line;
use papo_proto::{Member, MemberId};
use papo_words::t;

use crate::text::bidi;
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

/// The name of a member, safe to show: the person's own for them, where there is one, and the one that they give
/// themselves.
pub(super) fn name(member: &Member) -> String {
    let name = for_terminal_line(member.name.as_str()).into_owned();
    PETNAMES.with_borrow(|petnames| match petnames.of(&member.id) {
        Some(petname) => {
            let petname = for_terminal_line(petname.as_str()).into_owned();
            t!("window-petname", petname = petname, name = name)
        }
        None => name,
    })
}

thread_local! {
    /// What the person calls others, while a frame is drawn: like the language it holds wherever a name stands.
    static PETNAMES: RefCell<Arc<Petnames>> = RefCell::default();
}

/// Has names shown beside these from now on.
pub(crate) fn set_petnames(petnames: &Arc<Petnames>) {
    PETNAMES.with_borrow_mut(|shown| shown.clone_from(petnames));
}

/// The name with its badge, where the name alone does not say who it is.
pub(super) fn name_in_words(member: &Member, needs_badge: bool) -> String {
    if needs_badge { format!("{} #{}", name(member), member.id.badge()) } else { name(member) }
}

/// The few letters that tell two members of one name apart.
pub(super) fn badge(ui: &mut Ui, id: &MemberId) {
    let palette = theme::palette(ui);
    let colour = palette.member(id);
    let word = Word { font: theme::mono(size::BADGE), colour, ground: Color32::TRANSPARENT, edge: colour };
    on_ground(ui, id.badge(), &word, radius::TINY, Vec2::new(5.0, 1.0));
}

/// How a word on a ground of its own looks.
struct Word {
    font: FontId,
    colour: Color32,
    ground: Color32,
    edge: Color32,
}

/// Draws a word on a ground that is no higher than the word needs, whatever the row it stands in.
fn on_ground(ui: &mut Ui, text: &str, word: &Word, corner: u8, around: Vec2) -> Response {
    let galley = ui.fonts_mut(|fonts| fonts.layout_no_wrap(text.to_owned(), word.font.clone(), word.colour));
    let (rect, response) = ui.allocate_exact_size(galley.size() + 2.0 * around, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    if ui.is_rect_visible(rect) {
        let line = Stroke::new(size::HAIRLINE, word.edge);
        ui.painter().rect(rect, corner, word.ground, line, StrokeKind::Inside);
        ui.painter().galley(rect.min + around, galley, word.colour);
    }
    response
}

/// A text of less weight.
pub(super) fn soft(ui: &mut Ui, text: impl Into<String>) -> Response {
    let (text, colour) = (text.into(), theme::palette(ui).soft);
    let font = theme::plain(size::SMALL);
    let label = if bidi::has_right_to_left(&text) {
        let wrap = TextWrapping::wrap_at_width(ui.available_width());
        Label::new(in_reading_order(ui, text, font, colour, wrap))
    } else {
        Label::new(RichText::new(text).font(font).color(colour))
    };
    ui.add(label.selectable(false))
}

/// A name, or another text of one line, that ends in dots where there is no more room.
pub(super) fn one_line(ui: &Ui, text: impl Into<String>, font: FontId, colour: Color32) -> Label {
    let wrap = TextWrapping::truncate_at_width(ui.available_width());
    Label::new(in_reading_order(ui, text.into(), font, colour, wrap))
}

/// Words of every script, laid out as they are read and standing where they are put.
fn in_reading_order(ui: &Ui, text: String, font: FontId, colour: Color32, wrap: TextWrapping) -> Arc<Galley> {
    let job = LayoutJob { wrap, ..LayoutJob::simple(text, font, colour, f32::INFINITY) };
    bidi::within_line(ui.fonts_mut(|fonts| fonts.layout_job(job)))
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
    let font = theme::bold(size::BADGE);
    let word = Word { font, colour: palette.on_accent, ground: palette.accent, edge: palette.accent };
    on_ground(ui, &many(count), &word, radius::PILL, Vec2::new(7.0, 2.0))
}

/// A number that never grows too wide.
pub(super) fn many(count: u64) -> String {
    if count > 999 { "999+".to_owned() } else { count.to_string() }
}

/// A word on a round ground of the accent's wash.
pub(super) fn pill(ui: &mut Ui, text: &str) -> Response {
    let palette = theme::palette(ui);
    let ground = palette.accent_wash;
    let word = Word { font: theme::plain(size::SMALL), colour: palette.accent, ground, edge: ground };
    on_ground(ui, text, &word, radius::PILL, Vec2::new(10.0, 4.0))
}

/// A dot beside a word that says the same.
pub(super) fn dot(ui: &mut Ui, colour: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size::DOT), Sense::hover());
    ui.painter().circle_filled(rect.center(), size::DOT / 2.0, colour);
    response
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
