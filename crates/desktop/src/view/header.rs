//! Which room this is, and how it stands with the connection. Not here: what to do about a lost one.

use egui::Ui;
use papo_client::event::ConnectionState;
use papo_client::state::{Action, Dialog, Room};
use papo_words::t;

/// Draws the header of a room.
pub(super) fn view(ui: &mut Ui, room: &Room, out: &mut Vec<Action>) {
    ui.horizontal_centered(|ui| {
        ui.heading(room.place.room.as_str());
        ui.label(state_words(&room.connection));
        if ui.button(t!("window-invite")).clicked() {
            out.push(Action::Show(Dialog::Invite(room.id)));
        }
    });
}

/// How it stands with the connection, in words.
fn state_words(state: &ConnectionState) -> String {
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
