//! Questions before something that cannot be undone. Not here: the link that is to be opened.

use egui::{Modal, Ui};
use papo_client::State;
use papo_client::state::{Action, Dialog};
use papo_words::t;

use super::parts;
use crate::theme::{self, size, space};

/// Asks the question of a dialog, if it is one of these. The button that changes nothing is the first.
pub(super) fn view(ui: &Ui, state: &State, dialog: &Dialog, out: &mut Vec<Action>) {
    let (question, words, confirm, action) = match dialog {
        Dialog::Leave(id) => {
            let Some(room) = state.room(*id) else { return };
            let question = t!("window-leave-question", room = room.place.room.as_str());
            (question, t!("window-leave-words"), t!("window-leave"), Action::LeaveRoom(*id))
        }
        Dialog::Delete(id, seq) => (
            t!("window-delete-question"),
            t!("window-delete-words"),
            t!("window-delete"),
            Action::Delete(*id, *seq),
        ),
        Dialog::StopHosting => (
            t!("window-stop-hosting-question"),
            t!("window-stop-hosting-words"),
            t!("window-stop-hosting"),
            Action::StopHosting,
        ),
        _ => return,
    };
    let shown = Modal::new(egui::Id::unique("confirm")).show(ui.ctx(), |ui| {
        ui.set_width(size::CARD);
        ui.label(egui::RichText::new(question).font(theme::bold(size::TITLE)));
        ui.add_space(space::SMALL);
        ui.label(words);
        ui.add_space(space::MEDIUM);
        ui.horizontal(|ui| {
            let stay = parts::main_button(ui, t!("window-cancel"));
            if ui.memory(|memory| memory.focused().is_none()) {
                stay.request_focus();
            }
            if stay.clicked() {
                out.push(Action::CloseDialog);
            }
            if ui.button(confirm).clicked() {
                out.push(action);
                out.push(Action::CloseDialog);
            }
        });
    });
    if shown.should_close() {
        out.push(Action::CloseDialog);
    }
}
