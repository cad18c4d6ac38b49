//! Whether a server is the right one: the question at the first contact, and the stop where a known server shows
//! another key. Not here: what is decided by the answer.

use egui::Ui;
use papo_client::ConnectError;
use papo_client::event::ConnectionState;
use papo_client::state::{Action, Room, RoomId, place_of};
use papo_proto::{Address, Fingerprint};
use papo_words::t;

use super::card::{self, Tone};

/// The field for a new invite, while it is open.
#[derive(Debug, Default)]
pub(super) struct Local {
    renewing: Option<(RoomId, String)>,
    is_wrong: bool,
}

/// Draws the question or the stop in the room's place, if there is one. Returns whether there was.
pub(super) fn view(ui: &mut Ui, room: &Room, local: &mut Local, out: &mut Vec<Action>) -> bool {
    if let Some((address, fingerprint)) = &room.asked {
        card::middle(ui, |ui| card::card(ui, Tone::Calm, |ui| ask(ui, room.id, address, fingerprint, out)));
        return true;
    }
    let ConnectionState::Stopped { cause } = &room.connection else { return false };
    let (ConnectError::NotTrusted { address, expected, found, .. }
    | ConnectError::OtherCertificate { address, expected, found, .. }) = cause
    else {
        return false;
    };
    card::middle(ui, |ui| {
        card::card(ui, Tone::Warn, |ui| changed(ui, room, (address, expected, found), local, out));
    });
    true
}

/// Is the question being asked, or the stop shown?
pub(super) fn is_shown(room: &Room) -> bool {
    let is_stop = matches!(
        &room.connection,
        ConnectionState::Stopped {
            cause: ConnectError::NotTrusted { .. } | ConnectError::OtherCertificate { .. }
        }
    );
    room.asked.is_some() || is_stop
}

fn ask(ui: &mut Ui, room: RoomId, address: &Address, fingerprint: &Fingerprint, out: &mut Vec<Action>) {
    card::title(ui, Tone::Calm, t!("screen-ask"));
    card::words(ui, t!("screen-ask-words", address = address.to_string()));
    card::fingerprint(ui, Tone::Calm, &t!("screen-shown-now"), fingerprint);
    card::aside(ui, t!("screen-ask-how"));
    ui.horizontal_wrapped(|ui| {
        if card::main_button(ui, t!("screen-ask-no")).clicked() {
            out.push(Action::AnswerTrust { room, accept: false });
        }
        if card::button(ui, t!("screen-ask-yes")).clicked() {
            out.push(Action::AnswerTrust { room, accept: true });
        }
    });
}

fn changed(
    ui: &mut Ui,
    room: &Room,
    (address, expected, found): (&Address, &Fingerprint, &Fingerprint),
    local: &mut Local,
    out: &mut Vec<Action>,
) {
    card::title(ui, Tone::Warn, t!("screen-changed"));
    card::words(ui, t!("screen-changed-words", address = address.to_string()));
    card::fingerprint(ui, Tone::Warn, &t!("screen-expected"), expected);
    card::fingerprint(ui, Tone::Warn, &t!("screen-shown-now"), found);
    card::aside(ui, t!("screen-changed-how"));
    if local.renewing.as_ref().is_some_and(|(renewed, _)| *renewed == room.id) {
        renew(ui, room, local, out);
        return;
    }
    ui.horizontal_wrapped(|ui| {
        if card::main_button(ui, t!("screen-close")).clicked() {
            out.push(Action::ShowStart);
        }
        if card::button(ui, t!("screen-new-invite")).clicked() {
            *local = Local { renewing: Some((room.id, String::new())), is_wrong: false };
        }
    });
}

fn renew(ui: &mut Ui, room: &Room, local: &mut Local, out: &mut Vec<Action>) {
    let Some((_, link)) = &mut local.renewing else { return };
    let width = ui.available_width();
    let typed = card::field(ui, t!("screen-new-invite-field"), "https://", link, width);
    if typed.changed() {
        local.is_wrong = false;
    }
    if local.is_wrong {
        card::problem(ui, t!("screen-new-invite-wrong", address = room.place.address.to_string()));
    }
    let link = link.clone();
    ui.horizontal_wrapped(|ui| {
        if card::main_button(ui, t!("screen-cancel")).clicked() {
            *local = Local::default();
        }
        if card::button(ui, t!("screen-use-invite")).clicked() {
            let place = place_of(&link, None, room.place.name.clone());
            let fits =
                place.is_ok_and(|place| place.address == room.place.address && place.fingerprint.is_some());
            if fits {
                *local = Local::default();
                out.push(Action::UseInvite { room: room.id, link });
            } else {
                local.is_wrong = true;
            }
        }
    });
}
