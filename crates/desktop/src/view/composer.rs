//! Where a message is written. Not here: what the text means, which is the state's business.

use egui::{TextEdit, Ui};
use papo_client::State;
use papo_client::state::{Action, Room};
use papo_proto::Timestamp;
use papo_words::t;

/// Draws the composer of a room.
pub(super) fn view(ui: &mut Ui, _state: &State, room: &Room, _now: Timestamp, out: &mut Vec<Action>) {
    let mut draft = room.composer.draft.clone();
    ui.horizontal(|ui| {
        let label = ui.label(t!("window-message"));
        let edit = ui.add(TextEdit::multiline(&mut draft).desired_rows(1)).labelled_by(label.id);
        if edit.changed() {
            out.push(Action::Draft(room.id, draft.clone()));
        }
        if ui.button(t!("window-send")).clicked() {
            out.push(Action::Send(room.id));
        }
    });
}
