//! The question before a large text that was pasted: as several messages, into the field, or not at all. Not here: when a
//! text is large, and how it is cut ([`papo_client::state::paste`]).

use std::sync::Arc;

use egui::text::{CCursor, CCursorRange};
use egui::{Event, Label, Response, RichText, TextEdit, Ui};
use papo_client::state::paste::{self, Pasted};
use papo_client::state::{Action, Dialog, Mode, Room};
use papo_client::text::for_terminal;
use papo_words::t;

use super::card::{self, Tone};
use super::composer;
use crate::theme::{self, size};

/// How much of the text is shown.
const SHOWN_LINES_MAX: usize = 6;
const SHOWN_CHARS_MAX: usize = 400;

/// Takes a large text away before the field gets it, and asks about it.
pub(super) fn intercept(ui: &Ui, room: &Room, out: &mut Vec<Action>) {
    let is_large = |event: &Event| matches!(event, Event::Paste(text) if paste::is_large(text));
    let taken = ui.input_mut(|input| {
        let at = input.events.iter().position(is_large)?;
        Some(input.events.remove(at))
    });
    if let Some(Event::Paste(text)) = taken {
        out.push(Action::Show(Dialog::Paste(room.id, Pasted::new(text))));
    }
}

/// Asks the question.
pub(super) fn view(ui: &Ui, room: &Room, pasted: &Pasted, out: &mut Vec<Action>) {
    let mut is_done = false;
    let is_closed = card::dialog(ui, "paste", size::SETTINGS, |ui| {
        card::title(ui, Tone::Calm, t!("window-paste-title", count = pasted.line_count));
        let beginning = beginning(&pasted.text);
        ui.add(Label::new(RichText::new(beginning).font(theme::mono(size::CODE))).wrap());
        let messages = pasted.message_count;
        let is_new = room.composer.mode == Mode::New;
        if !pasted.fits_into_field() {
            card::words(ui, t!("window-paste-too-large"));
        } else if is_new && messages > paste::MESSAGES_MAX {
            card::words(ui, t!("window-paste-too-many", most = paste::MESSAGES_MAX));
        }
        ui.horizontal_wrapped(|ui| {
            if pasted.fits_into_field() && first(card::main_button(ui, t!("window-paste-field"))).clicked() {
                insert(ui, room, &pasted.text, out);
                is_done = true;
            }
            let can_be_sent = is_new && (1..=paste::MESSAGES_MAX).contains(&messages);
            let several = || t!("window-paste-several", count = messages);
            if can_be_sent && first(card::button(ui, several())).clicked() {
                out.push(Action::SayAll(room.id, Arc::clone(&pasted.text)));
                is_done = true;
            }
            is_done |= first(card::button(ui, t!("window-cancel"))).clicked();
        });
    });
    if is_done || is_closed {
        out.push(Action::CloseDialog);
    }
}

/// The button with the keyboard, if nothing else has it yet.
fn first(button: Response) -> Response {
    if button.ctx.memory(|memory| memory.focused().is_none()) {
        button.request_focus();
    }
    button
}

/// The beginning of the text, so that the person sees what it is. No more than that is looked at.
fn beginning(text: &str) -> String {
    let end = text.char_indices().nth(SHOWN_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    let lines: Vec<&str> = text[..end].lines().take(SHOWN_LINES_MAX).collect();
    let beginning = lines.join("\n");
    format!("{}\n…", for_terminal(&beginning))
}

/// Puts the text where the cursor stands, in the place of what is selected.
fn insert(ui: &Ui, room: &Room, text: &str, out: &mut Vec<Action>) {
    let id = composer::field_id(room.id);
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let draft = &room.composer.draft;
    let end = CCursorRange::one(CCursor::new(draft.chars().count()));
    let range = state.cursor.char_range().unwrap_or(end).as_sorted_char_range();
    let before = draft.chars().take(range.start.0);
    let behind = draft.chars().skip(range.end.0);
    let whole: String = before.chain(text.chars()).chain(behind).collect();
    let at = range.start.0 + text.chars().count();
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(at))));
    TextEdit::store_state(ui.ctx(), id, state);
    out.push(Action::Draft(room.id, whole));
}
