//! Where a message is written, who else is writing, and what stands in the way of sending. Not here: what the text
//! means, which is the state's business.
//!
//! ```text
//! Zoë is typing…
//! ╭─ answering Zoë ──────────────────── cancel ─╮
//! │ Message                             [ Send ]│
//! ╰─────────────────────────────────────────────╯
//! ```

use egui::text::{CCursor, CCursorRange};
use egui::{
    Event, EventFilter, Frame, Id, Key, KeyboardShortcut, Label, Margin, Modifiers, Popup, RichText,
    ScrollArea, Stroke, TextEdit, Ui,
};
use papo_client::State;
use papo_client::said::Said as _;
use papo_client::state::{Action, Mode, Problem, Room, RoomId};
use papo_proto::Timestamp;
use papo_words::t;

use super::{card, offers, parts, paste};
use crate::text::bidi;
use crate::theme::{self, radius, size, space};

/// How many lines the field grows to before it scrolls.
const LINES_MAX: f32 = 8.0;

/// How many of those who write are named.
const TYPING_NAMED_MAX: usize = 3;

/// The id of the field in which a message is written; every room has its own cursor and its own undo.
pub(super) fn field_id(room: RoomId) -> Id {
    Id::unique(("composer", room.number()))
}

/// Draws the composer of a room.
pub(super) fn view(
    ui: &mut Ui,
    state: &State,
    room: &Room,
    now: Timestamp,
    offers: &mut offers::Local,
    out: &mut Vec<Action>,
) {
    typing(ui, room, now);
    problem(ui, room);
    quiet(ui, room, now);
    let palette = theme::palette(ui);
    let id = field_id(room.id);
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    let edge = if has_focus { palette.focus_line() } else { Stroke::new(size::FOCUS_LINE, palette.edge) };
    Frame::new()
        .fill(palette.paper)
        .stroke(edge)
        .corner_radius(radius::COMPOSER)
        .inner_margin(Margin { left: 14, right: 10, top: 7, bottom: 7 })
        .show(ui, |ui| {
            mode(ui, room, out);
            // As high as the text was in the last frame: a layout that begins at the bottom would keep the height of the
            // longest text there was.
            let known = id.with("height");
            let before = ui.data(|data| data.get_temp(known)).unwrap_or(size::BUTTON);
            let place = egui::vec2(ui.available_width(), before);
            let mut height = before;
            ui.allocate_ui_with_layout(place, egui::Layout::right_to_left(egui::Align::BOTTOM), |ui| {
                let is_pressed = parts::main_button(ui, t!("window-send")).clicked();
                left(ui, room);
                ui.with_layout(egui::Layout::top_down(egui::Align::LEFT), |ui| {
                    height = field(ui, state, room, id, offers, out).max(size::BUTTON);
                });
                if is_pressed {
                    out.push(Action::Send(room.id));
                    // Behind the field, which has given the keyboard up because of the press.
                    ui.memory_mut(|memory| memory.request_focus(id));
                }
            });
            if (height - before).abs() > 0.5 {
                ui.data_mut(|data| data.insert_temp(known, height));
                ui.ctx().request_repaint();
            }
        });
    dropped(ui, room, out);
}

/// Draws the field. Returns how high it is.
fn field(
    ui: &mut Ui,
    state: &State,
    room: &Room,
    id: Id,
    offers: &mut offers::Local,
    out: &mut Vec<Action>,
) -> f32 {
    let shift_enter = KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter);
    let enter = KeyboardShortcut::new(Modifiers::NONE, Key::Enter);
    let breaks = if state.settings.enter_sends { shift_enter } else { enter };
    let is_offered = offers.keys(ui, state, room, id, out);
    let is_sent = keys(ui, state, room, id, out);
    let mut draft = room.composer.draft.clone();
    let hint = hint(room);
    let area =
        ScrollArea::vertical().id_salt("draft").max_height(size::TEXT_LINE * LINES_MAX).show(ui, |ui| {
            let palette = theme::palette(ui);
            let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, width: f32| {
                let format = egui::TextFormat {
                    font_id: theme::plain(size::TEXT),
                    color: palette.ink,
                    line_height: Some(size::TEXT_LINE),
                    ..egui::TextFormat::default()
                };
                let mut job = egui::text::LayoutJob::single_section(text.as_str().to_owned(), format);
                job.wrap.max_width = width;
                bidi::visual(ui.fonts_mut(|fonts| fonts.layout_job(job)))
            };
            // In lines as high as those of the text, lest it jumps at the first letter.
            let shown_hint = RichText::new(hint.clone()).font(theme::plain(size::TEXT));
            let shown_hint = shown_hint.line_height(Some(size::TEXT_LINE)).color(palette.soft);
            let edit = TextEdit::multiline(&mut draft)
                .id(id)
                // A margin of its own would not be looked at beside the frame's.
                .frame(Frame::new().inner_margin(Margin::symmetric(0, 5)))
                .desired_rows(1)
                .desired_width(f32::INFINITY)
                .return_key(breaks)
                .event_filter(EventFilter {
                    horizontal_arrows: true,
                    vertical_arrows: true,
                    // Escape ends an answer or a change, not the writing.
                    escape: true,
                    // While something is offered, the key takes it up.
                    tab: is_offered,
                })
                .hint_text(shown_hint)
                .layouter(&mut layouter);
            let response = ui.add(edit);
            // A hint is no name to a screen reader.
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(hint.clone()));
            if response.changed() {
                out.push(Action::Draft(room.id, draft.clone()));
            }
            offers.view(ui, room, &response, out);
        });
    // Behind what was typed before it.
    if is_sent {
        out.push(Action::Send(room.id));
    }
    area.content_size.y.min(size::TEXT_LINE * LINES_MAX)
}

/// What the field is for.
fn hint(room: &Room) -> String {
    t!("window-message-to", room = room.place.room.as_str())
}

/// The keys that mean something else than text. Returns whether what was typed is to be sent.
fn keys(ui: &Ui, state: &State, room: &Room, id: Id, out: &mut Vec<Action>) -> bool {
    if !ui.memory(|memory| memory.has_focus(id)) {
        return false;
    }
    paste::intercept(ui, room, out);
    let composer = &room.composer;
    let sends = if state.settings.enter_sends { Modifiers::NONE } else { Modifiers::SHIFT };
    let is_sent = is_entered(ui, |held| held.matches_exact(sends) || held.matches_exact(Modifiers::COMMAND));
    let (goes_up, cancels) = ui.input_mut(|input| {
        // Asked for exactly: consuming an arrow would take Shift and the arrow along.
        let is_exact = |key, modifiers: Modifiers| {
            input.events.iter().any(|event| {
                matches!(event, Event::Key { key: pressed, pressed: true, modifiers: held, .. }
                    if *pressed == key && held.matches_exact(modifiers))
            })
        };
        let goes_up = composer.draft.is_empty() && is_exact(Key::ArrowUp, Modifiers::NONE);
        (goes_up, is_exact(Key::Escape, Modifiers::NONE))
    });
    if goes_up {
        out.push(Action::EditLast(room.id));
    }
    if cancels && composer.mode != Mode::New {
        out.push(Action::CancelCompose(room.id));
    } else if cancels && !Popup::is_any_open(ui.ctx()) {
        out.push(Action::JumpToEnd(room.id));
    }
    is_sent
}

/// Whether there was an Enter that sends. What was typed behind it comes with the next frame
/// ([`Keyboard`](crate::keyboard::Keyboard)).
fn is_entered(ui: &Ui, sends: impl Fn(Modifiers) -> bool) -> bool {
    ui.input(|input| {
        input.events.iter().any(|event| {
            matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if sends(*modifiers))
        })
    })
}

/// Puts the cursor behind the text, which was put there by something else than typing.
pub(super) fn cursor_to_end(ui: &Ui, room: &Room) {
    let id = field_id(room.id);
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let end = CCursor::new(room.composer.draft.chars().count());
    state.cursor.set_char_range(Some(CCursorRange::one(end)));
    TextEdit::store_state(ui.ctx(), id, state);
}

fn typing(ui: &mut Ui, room: &Room, now: Timestamp) {
    let names: Vec<String> = room
        .presence
        .typing(now)
        .map(|member| parts::name_in_words(member, room.timeline.needs_badge(member)))
        .collect();
    let words = match names.len() {
        0 => String::new(),
        len if len > TYPING_NAMED_MAX => t!("window-typing-many", count = len),
        len => t!("window-typing", names = papo_words::and(&names), count = len),
    };
    ui.allocate_ui(egui::vec2(ui.available_width(), size::TYPING), |ui| {
        ui.set_min_height(size::TYPING);
        parts::soft(ui, words);
    });
    if let Some(until) = room.presence.typing_until(now) {
        let left = until.unix_ms().saturating_sub(now.unix_ms());
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(left));
    }
}

/// That an earlier message is answered or changed, and the way out of it.
fn mode(ui: &mut Ui, room: &Room, out: &mut Vec<Action>) {
    let words = match room.composer.mode {
        Mode::New => return,
        Mode::Edit(_) => t!("window-editing"),
        Mode::Reply(seq) => match room.timeline.row(seq) {
            Some(row) => t!("window-replying", name = parts::name(row.from)),
            None => t!("window-replying-gone"),
        },
    };
    ui.horizontal(|ui| {
        parts::soft(ui, words);
        if parts::quiet_button(ui, t!("window-cancel")).clicked() {
            out.push(Action::CancelCompose(room.id));
        }
    });
}

/// How much may still be written, where that is not much.
fn left(ui: &mut Ui, room: &Room) {
    let Some(left) = room.composer.left() else { return };
    let palette = theme::palette(ui);
    let (words, colour) = if left < 0 {
        (t!("window-too-long", bytes = left.unsigned_abs()), palette.warn)
    } else {
        (t!("window-left", bytes = left.unsigned_abs()), palette.soft)
    };
    ui.add(Label::new(RichText::new(words).font(theme::plain(size::SMALL)).color(colour)));
}

fn problem(ui: &mut Ui, room: &Room) {
    let Some(problem) = &room.composer.problem else { return };
    let words = match problem {
        Problem::Body(error) => error.said(),
        Problem::Command(command) => t!("window-no-command", command = command.as_str()),
        Problem::Name(error) => error.said(),
        Problem::Order(text) | Problem::Told(text) => text.clone(),
        Problem::Files => t!("window-no-files"),
    };
    let palette = theme::palette(ui);
    let (ground, ink) = match problem {
        Problem::Told(_) => (palette.accent_wash, palette.ink),
        _ => (palette.warn_wash, palette.warn),
    };
    Frame::new().fill(ground).corner_radius(radius::ROW).inner_margin(Margin::symmetric(12, 6)).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            let text = papo_client::text::for_terminal(&words).into_owned();
            let font = theme::plain(size::LABEL);
            ui.add(Label::new(card::marked(ui, &text, font, size::LABEL_LINE, ink)).wrap());
        },
    );
    ui.add_space(space::TINY);
}

/// Why what is written here would not be taken, or only now and then.
fn quiet(ui: &mut Ui, room: &Room, now: Timestamp) {
    let Some(access) = &room.standing.access else { return };
    let is_muted = access.muted.is_some_and(|muted| muted.until.is_none_or(|until| until > now));
    let is_staff = access.role >= papo_proto::Role::Moderator;
    let words = match () {
        () if is_muted => t!("window-muted"),
        () if access.announce && !is_staff => t!("window-announce-only"),
        () if access.slow > 0 && !is_staff => t!("window-slow-now", seconds = access.slow),
        () => return,
    };
    parts::soft(ui, words);
    ui.add_space(space::TINY);
}

/// Files that were dropped on the window cannot be sent yet, and whoever drops one should know.
fn dropped(ui: &Ui, room: &Room, out: &mut Vec<Action>) {
    if ui.input(|input| !input.raw.dropped_files.is_empty()) {
        out.push(Action::DropFiles(room.id));
    }
}
