//! Which room this is, who can read it, how it stands with the connection, and what can be done with the room.
//! Not here: what to do about a lost connection.

use egui::{Button, Label, RichText, Ui};
use papo_client::event::ConnectionState;
use papo_client::state::{Action, Dialog, Room};
use papo_words::t;

use super::{Fold, parts};
use crate::theme::{self, size};

/// Draws the header of a room.
pub(super) fn view(ui: &mut Ui, room: &Room, fold: Fold, is_rooms_open: &mut bool, out: &mut Vec<Action>) {
    ui.horizontal_centered(|ui| {
        if fold.sidebar && small_button(ui, t!("window-rooms")).clicked() {
            *is_rooms_open = !*is_rooms_open;
        }
        let name = RichText::new(room.place.room.as_str()).font(theme::bold(size::HEADING));
        ui.add(Label::new(name).truncate().selectable(false));
        if !fold.members && has_space_for_all(ui, room) {
            parts::pill(ui, &t!("window-encrypted")).on_hover_text(t!("window-encrypted-why"));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.menu_button(RichText::new(t!("window-more")).font(theme::plain(size::LABEL)), |ui| {
                menu(ui, room, fold, out);
            });
            if small_button(ui, t!("window-invite")).clicked() {
                out.push(Action::Show(Dialog::Invite(room.id)));
            }
            if !fold.sidebar && small_button(ui, t!("window-search")).clicked() {
                out.push(Action::Search(room.id, String::new()));
            }
            state(ui, room);
        });
    });
}

/// Whether what stands behind the name fits beside each other, in whatever language.
fn has_space_for_all(ui: &Ui, room: &Room) -> bool {
    let words = [
        t!("window-encrypted"),
        state_words(&room.connection),
        t!("window-search"),
        t!("window-invite"),
        t!("window-more"),
    ];
    let spacing = ui.spacing();
    let around = spacing.button_padding.x * 2.0 + spacing.item_spacing.x;
    let width = |words: String| {
        ui.painter().layout_no_wrap(words, theme::plain(size::LABEL), theme::palette(ui).ink).size().x
            + around
    };
    words.into_iter().map(width).sum::<f32>() <= ui.available_width()
}

fn small_button(ui: &mut Ui, text: String) -> egui::Response {
    ui.add(Button::new(RichText::new(text).font(theme::plain(size::LABEL))))
}

fn menu(ui: &mut Ui, room: &Room, fold: Fold, out: &mut Vec<Action>) {
    let mut entry = |ui: &mut Ui, words: String, action: Action| {
        if ui.button(words).clicked() {
            out.push(action);
            ui.close();
        }
    };
    entry(ui, t!("window-search"), Action::Search(room.id, String::new()));
    if !fold.members {
        entry(ui, t!("window-toggle-members"), Action::ToggleMembers);
    }
    entry(ui, t!("window-mark-read"), Action::Read(room.id, room.head));
    entry(ui, t!("window-keys"), Action::Show(Dialog::Keys));
    entry(ui, t!("window-settings"), Action::Show(Dialog::Settings));
    ui.separator();
    entry(ui, t!("window-leave"), Action::Show(Dialog::Leave(room.id)));
}

/// How it stands with the connection, in words; the dot says nothing more.
fn state(ui: &mut Ui, room: &Room) {
    let palette = theme::palette(ui);
    let words = state_words(&room.connection);
    parts::soft(ui, words);
    let colour = if room.is_connected() { palette.accent } else { palette.warn };
    parts::dot(ui, colour);
}

/// How it stands with the connection, in words.
pub(super) fn state_words(state: &ConnectionState) -> String {
    match state {
        ConnectionState::Connecting => t!("window-connecting"),
        ConnectionState::Joined { latency: Some(latency) } => {
            let ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
            t!("window-connected-in", ms = ms.max(1))
        }
        ConnectionState::Joined { latency: None } => t!("window-connected"),
        ConnectionState::Waiting { .. } => t!("window-waiting"),
        ConnectionState::Stopped { .. } | ConnectionState::Left => t!("window-stopped"),
    }
}
