//! The rooms, with what is unread in each, and who one is. Not here: joining one.

use egui::Ui;
use papo_client::State;
use papo_client::state::{Action, Screen};
use papo_words::t;

/// Draws the list of rooms.
pub(super) fn view(ui: &mut Ui, state: &State, out: &mut Vec<Action>) {
    if ui.selectable_label(state.screen == Screen::Start, t!("window-start")).clicked() {
        out.push(Action::ShowStart);
    }
    for room in &state.rooms {
        let name = room.place.room.as_str();
        if ui.selectable_label(state.screen == Screen::Room(room.id), name).clicked() {
            out.push(Action::ShowRoom(room.id));
        }
    }
}
