//! How loud a room is: which of its messages a person is told of while looking elsewhere. Not here: the settings, which
//! hold for every room that has no choice of its own, and telling.

use egui::Ui;
use papo_client::State;
use papo_client::state::{Action, Notify, Room};
use papo_words::t;

use super::parts;

/// What there is to choose from, in a menu of the room.
pub(super) fn menu(ui: &mut Ui, state: &State, room: &Room, out: &mut Vec<Action>) {
    parts::soft(ui, t!("window-notify"));
    let usual = t!("window-notify-usual", choice = in_words(state.settings.notify));
    let choices = [
        (None, usual),
        (Some(Notify::All), in_words(Notify::All)),
        (Some(Notify::Mentions), in_words(Notify::Mentions)),
        (Some(Notify::None), in_words(Notify::None)),
    ];
    for (choice, words) in choices {
        if ui.radio(room.notify == choice, words).clicked() {
            out.push(Action::ChangeNotify(room.id, choice));
            ui.close();
        }
    }
}

fn in_words(notify: Notify) -> String {
    match notify {
        Notify::Mentions => t!("screen-notify-mentions"),
        Notify::All => t!("screen-notify-all"),
        Notify::None => t!("screen-notify-none"),
    }
}
