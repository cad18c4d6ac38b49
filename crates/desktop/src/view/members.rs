//! Who is in the room. Not here: who is writing.

use egui::{ScrollArea, Ui};
use papo_client::state::Room;

/// Draws the list of members.
pub(super) fn view(ui: &mut Ui, room: &Room) {
    ui.label(papo_words::people(room.presence.count()));
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for member in room.presence.members() {
            ui.label(member.name.as_str());
        }
    });
}
