//! What was done in the room, the newest first. Not here: doing it.

use egui::Ui;
use papo_client::state::{Action, Clock, Room};
use papo_words::t;

use super::card::{self, Tone};
use super::{acts, moments};
use crate::theme::size;

/// Draws the list.
pub(super) fn view(ui: &Ui, room: &Room, clock: Clock, out: &mut Vec<Action>) {
    let mut is_done = false;
    let is_closed = card::dialog(ui, "audit", size::SETTINGS, |ui| {
        card::title(ui, Tone::Calm, t!("window-audit-title", room = room.place.room.as_str()));
        match &room.standing.acts {
            Some(list) if list.is_empty() => {
                card::words(ui, t!("window-audit-none"));
            }
            Some(list) => {
                for message in list.iter().rev() {
                    let Some(act) = message.body.act.as_deref() else { continue };
                    let time = moments::full(message.time, clock);
                    card::aside(ui, format!("{time}  {}", acts::in_words(&message.from, act)));
                }
            }
            None if room.is_connected() => {
                card::aside(ui, t!("window-access-asked"));
            }
            None => {
                card::aside(ui, t!("window-denied-offline"));
            }
        }
        is_done = card::main_button(ui, t!("screen-close")).clicked();
    });
    if is_closed || is_done {
        out.push(Action::CloseDialog);
    }
}
