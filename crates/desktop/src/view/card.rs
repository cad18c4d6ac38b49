//! What cards and dialogs are made of: a frame with a heading, words, buttons and fingerprints. Not here: which
//! cards there are.

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Button, Color32, CornerRadius, FontId, Frame, Label, Layout, Margin, Modal, Response, RichText,
    ScrollArea, Stroke, TextEdit, Ui, Vec2,
};
use papo_proto::Fingerprint;

use crate::theme::{self, radius, size, space};

/// How many groups of a fingerprint stand on a line.
const GROUPS_PER_LINE: usize = 5;

/// How loud a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Something to do or to know.
    Calm,
    /// Something that needs attention.
    Warn,
}

/// A column in the middle of what there is, which scrolls where there is too little.
pub(super) fn middle(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let place = ui.max_rect();
    let width = size::CARD.min(place.width() - 2.0 * space::LARGE);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let known = ui.scope_id().with("height");
        let height: f32 = ui.data(|data| data.get_temp(known)).unwrap_or_default();
        ui.add_space(((place.height() - height) / 2.0).max(space::LARGE));
        let column = ui.vertical_centered(|ui| {
            ui.set_max_width(width);
            ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
                ui.set_width(width);
                add(ui);
            });
        });
        let now = column.response.rect.height();
        if (now - height).abs() > 1.0 {
            ui.data_mut(|data| data.insert_temp(known, now));
            ui.ctx().request_discard("the column's height is known now");
        }
        ui.add_space(space::LARGE);
    });
}

/// A card.
pub(super) fn card<R>(ui: &mut Ui, tone: Tone, add: impl FnOnce(&mut Ui) -> R) -> R {
    let palette = theme::palette(ui);
    let (line, ground) = match tone {
        Tone::Calm => (palette.line, palette.paper),
        Tone::Warn => (palette.warn, palette.warn_wash),
    };
    let frame = Frame::new()
        .fill(ground)
        .stroke(Stroke::new(size::HAIRLINE, line))
        .corner_radius(radius::CARD)
        .inner_margin(Margin::same(20));
    frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::MEDIUM;
            add(ui)
        })
        .inner
}

/// A dialog over the window. Returns whether it is to be closed: Escape, or a click beside it.
pub(super) fn dialog(ui: &Ui, name: &str, width: f32, add: impl FnOnce(&mut Ui)) -> bool {
    dialog_of(ui, name, width, 0.0, add, |_| {})
}

/// The same with a row of buttons below, which stays where the rest is scrolled.
pub(super) fn dialog_with_foot(
    ui: &Ui,
    name: &str,
    width: f32,
    add: impl FnOnce(&mut Ui),
    foot: impl FnOnce(&mut Ui),
) -> bool {
    dialog_of(ui, name, width, size::BUTTON + space::MEDIUM, add, |ui| {
        ui.horizontal_wrapped(foot);
    })
}

fn dialog_of(
    ui: &Ui,
    name: &str,
    width: f32,
    foot_height: f32,
    add: impl FnOnce(&mut Ui),
    foot: impl FnOnce(&mut Ui),
) -> bool {
    let palette = theme::palette(ui);
    let room = ui.ctx().content_rect().size();
    let frame = Frame::new()
        .fill(palette.paper)
        .stroke(palette.hairline())
        .corner_radius(radius::CARD)
        .inner_margin(Margin::same(20));
    let shown = Modal::new(egui::Id::unique(name)).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(width.min(room.x - 4.0 * space::LARGE));
        ui.spacing_mut().item_spacing.y = space::MEDIUM;
        let height = room.y - 6.0 * space::LARGE - foot_height;
        ScrollArea::vertical()
            .auto_shrink([false, true])
            .max_height(height)
            .min_scrolled_height(height)
            .show(ui, add);
        foot(ui);
    });
    shown.should_close()
}

/// The heading of a card.
pub(super) fn title(ui: &mut Ui, tone: Tone, text: impl Into<String>) {
    let palette = theme::palette(ui);
    let colour = if tone == Tone::Warn { palette.warn } else { palette.ink };
    ui.label(RichText::new(text).font(theme::bold(size::TITLE)).color(colour));
}

/// Words in a card.
pub(super) fn words(ui: &mut Ui, text: impl AsRef<str>) {
    let ink = theme::palette(ui).ink;
    let job = marked(ui, text.as_ref(), theme::plain(size::TEXT), size::TEXT_LINE, ink);
    ui.add(Label::new(job).wrap());
}

/// A text in which what is to be typed stands between backticks, as it is shown: in the letters of code, without them.
pub(super) fn marked(ui: &Ui, text: &str, font: FontId, line: f32, colour: Color32) -> LayoutJob {
    let palette = theme::palette(ui);
    let plain = TextFormat { font_id: font, line_height: Some(line), color: colour, ..TextFormat::default() };
    let code = TextFormat {
        font_id: theme::mono(plain.font_id.size * CODE_SIZE),
        background: palette.code,
        ..plain.clone()
    };
    let mut job = LayoutJob::default();
    // An odd backtick is one: what is behind it is as the text before it.
    let is_even = text.matches('`').count().is_multiple_of(2);
    if !is_even {
        job.append(text, 0.0, plain);
        return job;
    }
    for (number, piece) in text.split('`').enumerate() {
        if !piece.is_empty() {
            let format = if number.is_multiple_of(2) { plain.clone() } else { code.clone() };
            job.append(piece, 0.0, format);
        }
    }
    job
}

/// How large letters of code are beside others.
const CODE_SIZE: f32 = 0.92;

/// Words of less weight.
pub(super) fn aside(ui: &mut Ui, text: impl Into<String>) -> Response {
    let soft = theme::palette(ui).soft;
    ui.add(
        Label::new(
            RichText::new(text)
                .font(theme::plain(size::LABEL))
                .line_height(Some(size::LABEL_LINE))
                .color(soft),
        )
        .wrap(),
    )
}

/// What is wrong with what was typed.
pub(super) fn problem(ui: &mut Ui, text: impl AsRef<str>) {
    let warn = theme::palette(ui).warn;
    let job = marked(ui, text.as_ref(), theme::plain(size::LABEL), size::LABEL_LINE, warn);
    ui.add(Label::new(job).wrap());
}

/// The button of what one most probably wants, or of what is safe.
pub(super) fn main_button(ui: &mut Ui, text: impl Into<String>) -> Response {
    main_button_of(ui, text, size::BUTTON)
}

/// How wide a main button with this word is, in points.
pub(super) fn main_button_width(ui: &Ui, text: &str) -> f32 {
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::bold(size::LABEL), Color32::PLACEHOLDER);
    galley.size().x + 2.0 * ui.spacing().button_padding.x
}

/// A main button of this height, to stand beside a field.
pub(super) fn main_button_of(ui: &mut Ui, text: impl Into<String>, height: f32) -> Response {
    let palette = theme::palette(ui);
    let text = RichText::new(text).font(theme::bold(size::LABEL)).color(palette.on_accent);
    let line = Stroke::new(size::HAIRLINE, palette.accent);
    let shown = ui.scope(|ui| {
        // What the keyboard is on must show on the accent too.
        let widgets = &mut ui.visuals_mut().widgets;
        widgets.hovered.weak_bg_fill = palette.accent;
        widgets.active.weak_bg_fill = palette.accent;
        ui.add(Button::new(text).fill(palette.accent).stroke(line).min_size(Vec2::new(0.0, height)))
    });
    focus_ring(ui, &shown.inner);
    shown.inner
}

/// Any other button.
pub(super) fn button(ui: &mut Ui, text: impl Into<String>) -> Response {
    let text = RichText::new(text).font(theme::plain(size::LABEL));
    let shown = ui.add(Button::new(text).min_size(Vec2::new(0.0, size::BUTTON)));
    focus_ring(ui, &shown);
    shown
}

/// A button that looks like a word.
pub(super) fn word_button(ui: &mut Ui, text: impl Into<String>) -> Response {
    let accent = theme::palette(ui).accent;
    let text = RichText::new(text).font(theme::plain(size::LABEL)).color(accent);
    let shown = ui.add(Button::new(text).frame(false));
    focus_ring(ui, &shown);
    shown
}

/// One of several choices; the chosen one is marked by its ground and by what a screen reader says.
pub(super) fn choice(ui: &mut Ui, is_chosen: bool, text: impl Into<String>) -> bool {
    let palette = theme::palette(ui);
    let font = if is_chosen { theme::bold(size::LABEL) } else { theme::plain(size::LABEL) };
    let text = RichText::new(text).font(font).color(palette.ink);
    let fill = if is_chosen { palette.accent_wash } else { palette.paper };
    let line = Stroke::new(size::HAIRLINE, if is_chosen { palette.accent } else { palette.edge });
    let shown = ui.add(
        Button::new(text).selected(is_chosen).fill(fill).stroke(line).min_size(Vec2::new(0.0, size::BUTTON)),
    );
    focus_ring(ui, &shown);
    shown.clicked() && !is_chosen
}

/// A line around what has the keyboard.
fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let line = Stroke::new(size::FOCUS_LINE, theme::palette(ui).ink);
        let rect = response.rect.expand(2.0);
        ui.painter().rect_stroke(rect, CornerRadius::same(radius::ROW + 2), line, egui::StrokeKind::Outside);
    }
}

/// A field for a line of text, under a word that says what belongs there.
pub(super) fn field(
    ui: &mut Ui,
    label: impl Into<String>,
    hint: &str,
    text: &mut String,
    width: f32,
) -> Response {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = space::TINY;
        let soft = theme::palette(ui).soft;
        let label = ui.label(RichText::new(label).font(theme::plain(size::SMALL)).color(soft));
        let edit = TextEdit::singleline(text)
            .hint_text(RichText::new(hint).color(soft))
            .margin(Margin::symmetric(12, 9))
            .align(egui::Align2::LEFT_CENTER)
            .desired_width(width - 24.0)
            .min_size(Vec2::new(width, size::FIELD));
        ui.add(edit).labelled_by(label.id)
    })
    .inner
}

/// A fingerprint in groups, as it is compared over the phone, under what it is.
pub(super) fn fingerprint(ui: &mut Ui, tone: Tone, caption: &str, fingerprint: &Fingerprint) {
    let palette = theme::palette(ui);
    let ground = if tone == Tone::Warn { palette.paper } else { palette.panel };
    boxed(ui, ground, |ui| {
        ui.spacing_mut().item_spacing.y = space::TINY;
        ui.label(RichText::new(caption).font(theme::plain(size::SMALL)).color(palette.soft));
        let grouped = fingerprint.grouped();
        let groups: Vec<&str> = grouped.split(' ').collect();
        let lines: Vec<String> = groups.chunks(GROUPS_PER_LINE).map(|line| line.join(" ")).collect();
        ui.label(
            RichText::new(lines.join("\n")).font(theme::mono(size::LABEL)).line_height(Some(size::TEXT_LINE)),
        );
    });
}

/// A link or an address, whole, to be read and copied.
pub(super) fn literal(ui: &mut Ui, text: &str) {
    let palette = theme::palette(ui);
    boxed(ui, palette.code, |ui| {
        ui.add(Label::new(RichText::new(text).font(theme::mono(size::CODE))).wrap());
    });
}

/// Something on a ground of its own.
pub(super) fn boxed(ui: &mut Ui, ground: Color32, add: impl FnOnce(&mut Ui)) {
    Frame::new().fill(ground).corner_radius(radius::ROW).inner_margin(Margin::symmetric(12, 10)).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            add(ui);
        },
    );
}
