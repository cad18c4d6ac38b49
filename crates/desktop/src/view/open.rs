//! Asks which room is to be opened here and who shall reach it. Not here: the server, and the invite that there is then.

use egui::{Key, Ui};
use papo_client::State;
use papo_client::said::Said;
use papo_client::state::{Action, Reach};
use papo_proto::RoomName;
use papo_words::t;

use super::card::{self, Tone};
use crate::theme::size;

/// What was chosen so far; what was opened last before anything was.
#[derive(Debug, Default)]
pub(super) struct Local {
    chosen: Option<(String, Reach)>,
}

/// Draws the questions.
pub(super) fn view(ui: &Ui, state: &State, local: &mut Local, out: &mut Vec<Action>) {
    let last = || {
        let opening = state.opening.clone().unwrap_or_default();
        (opening.room.to_string(), opening.reach)
    };
    let is_new = local.chosen.is_none();
    let (mut room, mut reach) = local.chosen.take().unwrap_or_else(last);
    let (mut is_asked, mut is_cancelled) = (false, false);
    let parsed = room.trim().parse::<RoomName>();
    let is_closed = card::dialog(ui, "open", size::CARD, |ui| {
        card::title(ui, Tone::Calm, t!("screen-open"));
        let width = ui.available_width();
        let field = card::field(ui, t!("screen-open-name"), "", &mut room, width);
        if is_new {
            field.request_focus();
        }
        is_asked |= field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if let Err(error) = &parsed {
            card::problem(ui, error.said());
        }
        card::aside(ui, t!("screen-open-who"));
        ui.horizontal_wrapped(|ui| {
            for (choice, words) in [
                (Reach::Network, t!("screen-open-network")),
                (Reach::ThisComputer, t!("screen-open-computer")),
            ] {
                if card::choice(ui, reach == choice, words) {
                    reach = choice;
                }
            }
        });
        card::words(
            ui,
            match reach {
                Reach::Network => t!("screen-open-network-words"),
                Reach::ThisComputer => t!("screen-open-computer-words"),
            },
        );
        ui.horizontal_wrapped(|ui| {
            is_asked |= card::main_button(ui, t!("screen-open-do")).clicked();
            is_cancelled = card::button(ui, t!("screen-cancel")).clicked();
        });
    });
    if let (true, Ok(room)) = (is_asked, parsed) {
        out.push(Action::OpenHere { room, reach });
    } else if is_closed || is_cancelled {
        out.push(Action::CloseDialog);
    } else {
        local.chosen = Some((room, reach));
    }
}
