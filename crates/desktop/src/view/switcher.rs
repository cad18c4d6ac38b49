//! Finding a room by a part of its name. Not here: joining one that is not in the list.

use egui::{Id, Key, Modal, Modifiers, Role, ScrollArea, TextEdit, Ui, WidgetInfo};
use papo_client::State;
use papo_client::state::{Action, Room};
use papo_words::t;

use super::parts;
use crate::theme::size;

/// What the switcher keeps for itself.
#[derive(Debug, Default)]
pub(super) struct Local {
    text: String,
    at: usize,
}

/// The id of the field in which the name is written.
pub(super) fn field_id() -> Id {
    Id::unique("switcher")
}

/// Draws the switcher.
pub(super) fn view(ui: &Ui, state: &State, local: &mut Local, out: &mut Vec<Action>) {
    let id = field_id();
    let small = local.text.to_lowercase();
    let is_wanted = |room: &&Room| {
        room.place.room.as_str().contains(&small) || room.place.address.host.to_lowercase().contains(&small)
    };
    let rooms: Vec<&Room> = state.rooms.iter().filter(is_wanted).collect();
    let mut chosen = None;
    let shown = Modal::new(Id::unique("switcher-modal")).show(ui.ctx(), |ui| {
        ui.set_width(size::CARD);
        let label = ui.label(t!("window-switcher"));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowDown) {
            local.at += 1;
        }
        if pressed(Key::ArrowUp) {
            local.at = local.at.saturating_sub(1);
        }
        local.at = local.at.min(rooms.len().saturating_sub(1));
        if pressed(Key::Enter) {
            chosen = rooms.get(local.at).map(|room| room.id);
        }
        let edit = TextEdit::singleline(&mut local.text).id(id).desired_width(f32::INFINITY);
        ui.memory_mut(|memory| memory.request_focus(id));
        ui.add(edit).labelled_by(label.id);
        ScrollArea::vertical().max_height(size::HITS).show(ui, |ui| {
            for (at, room) in rooms.iter().enumerate() {
                let words = format!("{}  {}", room.place.room, room.place.address);
                let entry = ui.selectable_label(at == local.at, &words);
                entry.widget_info(|| WidgetInfo::selected(Role::ListItem, true, at == local.at, &words));
                if entry.clicked() {
                    chosen = Some(room.id);
                }
            }
        });
        if rooms.is_empty() {
            parts::soft(ui, t!("window-switcher-none"));
        }
    });
    if let Some(room) = chosen {
        *local = Local::default();
        out.push(Action::ShowRoom(room));
    } else if shown.should_close() {
        *local = Local::default();
        out.push(Action::CloseDialog);
    }
}
