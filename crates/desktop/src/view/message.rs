//! One message: who, when, what, and what can be done with it. Not here: the text's inside (`body.rs`), and
//! where the message stands (`timeline.rs`).
//!
//! ```text
//! (A)  Ana [fogo] 14:03                reply  copy  more
//!      | Zoë: what is answered
//!      The text.
//!      [👍 2]                 sending… / not sent: why. Retry
//!
//!                Ana put Bia out. · 14:05
//! ```

use egui::{Align2, Frame, Id, Label, Margin, Response, RichText, Role, Sense, Ui, UiBuilder, Vec2};
use papo_client::State;
use papo_client::markup::{parse_safe, plain_text};
use papo_client::said::Said as _;
use papo_client::state::rows::Key;
use papo_client::state::{Action, Dialog, Room};
use papo_client::text::for_terminal_line;
use papo_client::timeline::{Content, Delivery, Row};
use papo_proto::{Act, Body, Seq};
use papo_words::t;

use super::body::{self, Bodies, Setting};
use super::{acts, moments, parts};
use crate::theme::{self, radius, size, space};

/// The emoji that are offered; any other one that somebody has put there can be joined.
pub(super) const EMOJI_OFFERED: [&str; 6] = ["👍", "❤", "😄", "🎉", "😮", "😢"];

/// How much of an answered message is shown.
const REPLY_CHARS_MAX: usize = 120;

/// How a message is drawn.
pub(super) struct Drawn<'a> {
    pub(super) state: &'a State,
    pub(super) room: &'a Room,
    pub(super) key: &'a Key,
    pub(super) row: &'a Row<'a>,
    /// Whether it belongs to the one above it and needs no head.
    pub(super) is_grouped: bool,
    /// Whether the reader has just jumped to it, or has chosen it with the keyboard.
    pub(super) is_marked: bool,
    /// Whether it is one of those that are to be copied.
    pub(super) selected: Selected,
}

/// Whether a message is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selected {
    /// No, and no other one is.
    Off,
    /// No, but others are, so that a press selects it and does nothing else.
    No,
    /// Yes.
    Yes,
}

/// How a message was pressed that is to be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Press {
    /// This one, or not any more.
    Alone,
    /// All from the last one that was pressed to this one.
    UpToHere,
}

/// Draws a message. Returns whether, and how, it was selected.
pub(super) fn view(
    ui: &mut Ui,
    drawn: &Drawn<'_>,
    bodies: &mut Bodies,
    out: &mut Vec<Action>,
) -> Option<Press> {
    let palette = theme::palette(ui);
    let id = ui.scope_id().with("message");
    let whole = ui.max_rect();
    let last = ui.ctx().read_response(id);
    let is_hovered = last.as_ref().is_some_and(Response::contains_pointer);
    let ground = match () {
        () if drawn.is_marked || drawn.selected == Selected::Yes => palette.accent_wash,
        () if is_hovered => palette.panel,
        () => egui::Color32::TRANSPARENT,
    };
    let is_act = matches!(drawn.row.content, Content::Act(_));
    let top = match () {
        () if drawn.is_grouped => 1,
        () if is_act => 3,
        () => 7,
    };
    let frame = Frame::new().fill(ground).corner_radius(radius::ROW).inner_margin(Margin {
        left: 8,
        right: 8,
        top,
        bottom: 2,
    });
    let label = in_words(drawn, bodies);
    let shown = ui.scope_builder(
        UiBuilder::new().accessibility_role(Role::ListItem).accessibility_label(label),
        |ui| {
            if drawn.selected != Selected::Off {
                ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                    node.set_selected(drawn.selected == Selected::Yes);
                });
            }
            let show = |ui: &mut Ui| match &drawn.row.content {
                Content::Act(act) => note(ui, drawn, act, out),
                _ => columns(ui, drawn, bodies, out),
            };
            frame.show(ui, show).response
        },
    );
    let rect = egui::Rect::from_x_y_ranges(whole.x_range(), shown.inner.rect.y_range());
    if drawn.selected != Selected::Off {
        return select(ui, id, rect, drawn);
    }
    let response = ui.interact(rect, id, Sense::hover());
    let by_tools =
        is_hovered && ui.is_enabled() && is_pointed_at(ui, id, rect) && tools(ui, drawn, rect, out);
    let mut by_menu = false;
    // On whatever of the message the pointer is: its text and its links have presses of their own.
    response.container_context_menu(|ui| by_menu = menu(ui, drawn, out));
    (by_tools || by_menu).then_some(Press::Alone)
}

/// Whether the person has pointed at this message: not where it has come under a pointer that rests, as every message
/// does in a busy room. Its tools would follow the pointer from message to message, under the finger that is about to
/// press, and each of them, being new, has the window drawn once more.
fn is_pointed_at(ui: &Ui, id: Id, rect: egui::Rect) -> bool {
    let Some(at) = ui.input(|input| input.pointer.latest_pos()).filter(|at| rect.contains(*at)) else {
        return false;
    };
    let pointed = Id::unique("pointed_message");
    match ui.data(|data| data.get_temp::<(Id, egui::Pos2)>(pointed)) {
        Some((message, before)) if before == at => message == id,
        _ => {
            ui.data_mut(|data| data.insert_temp(pointed, (id, at)));
            true
        }
    }
}

/// What a press means while messages are being selected. A selected one has a sign, for colour must not be the only one.
fn select(ui: &mut Ui, id: Id, rect: egui::Rect, drawn: &Drawn<'_>) -> Option<Press> {
    let response = ui.interact(rect, id, Sense::click());
    if drawn.selected == Selected::Yes {
        let palette = theme::palette(ui);
        // On the circle's edge, or where there would be one.
        let has_circle = !drawn.is_grouped && !matches!(drawn.row.content, Content::Act(_));
        let down = if has_circle { size::AVATAR } else { size::TEXT_LINE / 2.0 };
        let at = rect.left_top() + Vec2::new(size::AVATAR, down);
        ui.painter().circle_filled(at, SELECTED_RADIUS, palette.accent);
        let font = theme::bold(size::BADGE);
        ui.painter().text(at, Align2::CENTER_CENTER, SELECTED, font, palette.on_accent);
    }
    let is_shifted = ui.input(|input| input.modifiers.shift);
    response.clicked().then_some(if is_shifted { Press::UpToHere } else { Press::Alone })
}

/// How large the ground of that sign is, in points.
const SELECTED_RADIUS: f32 = 9.0;

/// The sign of a selected message.
const SELECTED: &str = "✓";

fn columns(ui: &mut Ui, drawn: &Drawn<'_>, bodies: &mut Bodies, out: &mut Vec<Action>) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let indent = if drawn.is_grouped {
            size::AVATAR_COLUMN
        } else {
            parts::avatar(ui, drawn.row.from, size::AVATAR);
            size::AVATAR_COLUMN - size::AVATAR
        };
        ui.add_space(indent);
        ui.vertical(|ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = Vec2::new(space::SMALL, 2.0);
            // Rows of text, and no higher than that: the buttons here are quiet ones.
            ui.spacing_mut().interact_size.y = size::TEXT_LINE;
            if !drawn.is_grouped {
                head(ui, drawn);
            }
            if let Some(seq) = drawn.row.reply {
                reply(ui, drawn.room, seq, out);
            }
            content(ui, drawn, bodies, out);
            foot(ui, drawn, out);
        });
    });
}

/// What was done to the room: one quiet line in the middle, for nobody has said it.
fn note(ui: &mut Ui, drawn: &Drawn<'_>, act: &Act, out: &mut Vec<Action>) {
    ui.set_width(ui.available_width());
    ui.spacing_mut().item_spacing.y = 2.0;
    let clock = drawn.state.settings.clock;
    let words = acts::in_words(drawn.row.from, act);
    let words = match time(drawn) {
        Some(time) => format!("{words} · {time}"),
        None => words,
    };
    ui.vertical_centered(|ui| {
        parts::soft(ui, words).on_hover_text(moments::full(drawn.row.time, clock));
    });
    foot(ui, drawn, out);
}

fn head(ui: &mut Ui, drawn: &Drawn<'_>) {
    let palette = theme::palette(ui);
    let from = drawn.row.from;
    ui.horizontal(|ui| {
        // However long the name is, badge and time stand behind it and not outside.
        let name_max = (ui.available_width() - size::BESIDE_NAME).max(0.0);
        ui.scope(|ui| {
            ui.set_max_width(name_max);
            let (font, colour) = (theme::bold(size::TEXT), palette.member(&from.id));
            ui.add(parts::one_line(ui, parts::name(from), font, colour));
        });
        if drawn.room.timeline.needs_badge(from) {
            parts::badge(ui, &from.id);
        }
        if let Some(time) = time(drawn) {
            let time = RichText::new(time).font(theme::plain(size::SMALL)).color(palette.soft);
            ui.add(Label::new(time)).on_hover_text(moments::full(drawn.row.time, drawn.state.settings.clock));
        }
    });
}

/// When a message was said, where the person wants to see that.
fn time(drawn: &Drawn<'_>) -> Option<String> {
    let settings = &drawn.state.settings;
    settings.times_shown.then(|| moments::time(drawn.row.time, settings.clock))
}

fn reply(ui: &mut Ui, room: &Room, seq: Seq, out: &mut Vec<Action>) {
    let palette = theme::palette(ui);
    let answered = room.timeline.row(seq);
    let is_ignored = answered.is_some_and(|row| room.ignores(&row.from.id));
    let words = match answered {
        // Whoever answers them would else show their words to those who do not want to see them.
        Some(_) if is_ignored => t!("window-reply-ignored"),
        Some(row) => match row.content {
            Content::Text { text, .. } => {
                let text = plain_text(&parse_safe(body::beginning(text)));
                let line: String = for_terminal_line(&text).chars().take(REPLY_CHARS_MAX).collect();
                format!("{}: {line}", parts::name(row.from))
            }
            _ => t!("window-deleted"),
        },
        None => t!("window-reply-elsewhere"),
    };
    body::quote(ui, |ui| {
        let line = parts::one_line(ui, words, theme::plain(size::LABEL), palette.soft);
        if is_ignored {
            // There is nothing to be shown behind a press.
            ui.add(line.selectable(false));
            return;
        }
        let label = ui.add(line.selectable(false).sense(Sense::click()));
        if label.on_hover_text(t!("window-go-to-answered")).clicked() {
            out.push(Action::JumpTo(room.id, seq));
        }
    });
}

fn content(ui: &mut Ui, drawn: &Drawn<'_>, bodies: &mut Bodies, out: &mut Vec<Action>) {
    let setting = Setting {
        room: drawn.room,
        key: drawn.key,
        is_pending: drawn.row.delivery != Delivery::Stored || drawn.row.is_changing,
    };
    match &drawn.row.content {
        Content::Text { text, .. } => body::view(ui, bodies, &setting, text, out),
        other => {
            parts::soft(ui, content_in_words(drawn.row, other));
        }
    }
}

/// What a message says that has no text of its own.
fn content_in_words(row: &Row<'_>, content: &Content<'_>) -> String {
    match content {
        Content::Text { text, .. } => plain_text(&parse_safe(text)),
        Content::Deleted => t!("window-deleted"),
        Content::Change(Body { delete: Some(_), .. }) => t!("window-change-delete"),
        Content::Change(_) => t!("window-change-react"),
        Content::Act(act) => acts::in_words(row.from, act),
        Content::Unknown => t!("window-unknown"),
    }
}

fn foot(ui: &mut Ui, drawn: &Drawn<'_>, out: &mut Vec<Action>) {
    let row = drawn.row;
    let is_edited =
        matches!(row.content, Content::Text { edited: true, .. }) && row.delivery == Delivery::Stored;
    if row.reactions.is_empty() && row.delivery == Delivery::Stored && !row.is_changing && !is_edited {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let you = &drawn.room.timeline.you().id;
        for reactions in row.reactions {
            let emoji = for_terminal_line(&reactions.emoji);
            let is_own = reactions.members.contains(you);
            let button = body::reaction(ui, &emoji, reactions.members.len(), is_own);
            if let Some(to) = row.seq.filter(|_| button.clicked()) {
                out.push(Action::React { room: drawn.room.id, to, emoji: reactions.emoji.clone() });
            }
        }
        if is_edited {
            parts::soft(ui, t!("window-edited"));
        }
        match row.delivery {
            Delivery::Stored if row.is_changing => drop(parts::soft(ui, t!("window-sending"))),
            Delivery::Stored => {}
            Delivery::Pending => {
                let words = if drawn.room.is_connected() { t!("window-sending") } else { t!("window-kept") };
                parts::soft(ui, words);
            }
            Delivery::Failed(refusal) => {
                let text = RichText::new(t!("window-not-sent", why = refusal.said()));
                let warn = theme::palette(ui).warn;
                ui.add(Label::new(text.font(theme::plain(size::SMALL)).color(warn)).wrap());
                if parts::quiet_button(ui, t!("window-retry")).clicked() {
                    out.push(Action::Retry(drawn.room.id, row.id.clone()));
                }
                if parts::quiet_button(ui, t!("window-discard")).clicked() {
                    out.push(Action::Discard(drawn.room.id, row.id.clone()));
                }
            }
        }
    });
}

/// What can be done with a message, over its upper right corner. Returns whether it is to be selected.
fn tools(ui: &mut Ui, drawn: &Drawn<'_>, rect: egui::Rect, out: &mut Vec<Action>) -> bool {
    let palette = theme::palette(ui);
    let width = size::TOOLS.min(rect.width());
    let corner = egui::Rect::from_min_size(rect.right_top() - Vec2::new(width, 0.0), Vec2::new(width, 0.0));
    let builder = UiBuilder::new()
        .id_salt("tools")
        .max_rect(corner)
        .layout(egui::Layout::right_to_left(egui::Align::TOP));
    let mut ui = ui.new_child(builder);
    let mut selects = false;
    Frame::new()
        .fill(palette.paper)
        .stroke(palette.hairline())
        .corner_radius(radius::ROW)
        .inner_margin(Margin::symmetric(8, 2))
        .show(&mut ui, |ui| {
            ui.menu_button(RichText::new(t!("window-more")).font(theme::plain(size::SMALL)), |ui| {
                selects = menu(ui, drawn, out);
            });
            if parts::quiet_button(ui, t!("window-copy")).clicked() {
                out.push(Action::Copy(to_copy(drawn.state, drawn.room, drawn.row)));
            }
            if let Some(seq) = drawn.row.seq
                && parts::quiet_button(ui, t!("window-reply")).clicked()
            {
                out.push(Action::Reply(drawn.room.id, seq));
            }
        });
    selects
}

/// Everything that can be done with a message, as the entries of a menu. Returns whether it is to be selected.
fn menu(ui: &mut Ui, drawn: &Drawn<'_>, out: &mut Vec<Action>) -> bool {
    let id = drawn.room.id;
    let is_text = matches!(drawn.row.content, Content::Text { .. });
    if let Some(seq) = drawn.row.seq {
        ui.horizontal(|ui| {
            for emoji in EMOJI_OFFERED {
                if ui.button(emoji).clicked() {
                    out.push(Action::React { room: id, to: seq, emoji: emoji.to_owned() });
                    ui.close();
                }
            }
        });
        if ui.button(t!("window-reply")).clicked() {
            out.push(Action::Reply(id, seq));
            ui.close();
        }
        if drawn.row.is_own && is_text && ui.button(t!("window-edit")).clicked() {
            out.push(Action::Edit(id, seq));
            ui.close();
        }
    }
    if ui.button(t!("window-copy-message")).clicked() {
        out.push(Action::Copy(to_copy(drawn.state, drawn.room, drawn.row)));
        ui.close();
    }
    let selects = drawn.row.seq.is_some() && ui.button(t!("window-select")).clicked();
    if selects {
        ui.close();
    }
    if let Some(seq) = drawn.row.seq.filter(|_| drawn.row.is_own && is_text)
        && ui.button(t!("window-delete")).clicked()
    {
        out.push(Action::Show(Dialog::Delete(id, seq)));
        ui.close();
    }
    selects
}

/// A message as it goes into the clipboard: who, when, what.
pub(super) fn to_copy(state: &State, room: &Room, row: &Row<'_>) -> String {
    let who = parts::name_in_words(row.from, room.timeline.needs_badge(row.from));
    let when = moments::full(row.time, state.settings.clock);
    let what = match &row.content {
        // The sentence says who.
        Content::Act(act) => return format!("{when}: {}", acts::in_words(row.from, act)),
        Content::Text { text, .. } => papo_client::text::for_terminal(text).into_owned(),
        other => content_in_words(row, other),
    };
    format!("{who}, {when}: {what}")
}

/// A message as it is read aloud.
fn in_words(drawn: &Drawn<'_>, bodies: &mut Bodies) -> String {
    let row = drawn.row;
    let who = parts::name_in_words(row.from, drawn.room.timeline.needs_badge(row.from));
    let time = time(drawn);
    if let Content::Act(act) = &row.content {
        let done = acts::in_words(row.from, act);
        return time.map_or(done.clone(), |time| format!("{time}: {done}"));
    }
    let when = time.map_or_else(String::new, |time| format!(", {time}"));
    let what = match &row.content {
        Content::Text { text, .. } => bodies.plain(drawn.key, text).chars().take(SPOKEN_CHARS_MAX).collect(),
        other => content_in_words(row, other),
    };
    let state = match row.delivery {
        Delivery::Stored => String::new(),
        Delivery::Pending => format!(" ({})", t!("window-sending")),
        Delivery::Failed(_) => format!(" ({})", t!("window-failed")),
    };
    format!("{who}{when}: {what}{state}")
}

/// How much of a message is read aloud at once.
const SPOKEN_CHARS_MAX: usize = 1_000;
