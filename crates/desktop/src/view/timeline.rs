//! What was said, in virtual rows. Not here: one message.

use egui::{ScrollArea, Ui};
use papo_client::State;
use papo_client::state::rows::{Key, Line, lines};
use papo_client::state::{Action, Room};
use papo_client::text::for_terminal;
use papo_client::timeline::Content;

/// What the timeline keeps for itself.
#[derive(Debug, Default)]
pub(super) struct Local {}

/// Draws the timeline of a room.
pub(super) fn view(ui: &mut Ui, _state: &State, room: &Room, _local: &mut Local, _out: &mut Vec<Action>) {
    ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).show(ui, |ui| {
        for line in lines(room, |_| 0) {
            let Line::Message { key, .. } = line else { continue };
            let row = match &key {
                Key::Stored(seq) => room.timeline.row(*seq),
                Key::Own(id) => room.timeline.row_of(id),
            };
            let Some(row) = row else { continue };
            ui.label(row.from.name.as_str());
            if let Content::Text { text, .. } = row.content {
                ui.label(for_terminal(text));
            }
        }
    });
}
