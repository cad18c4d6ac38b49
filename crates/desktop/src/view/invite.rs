//! How to let others into a room: the link and its code. Not here: joining with one.

use egui::Ui;
use papo_client::State;
use papo_client::state::{Action, Hosting, Room};
use papo_proto::Invite;
use papo_words::t;

use super::card::{self, Tone};
use super::start;
use crate::theme::size;

/// Shows the invite of a room.
pub(super) fn view(ui: &Ui, state: &State, room: &Room, out: &mut Vec<Action>) {
    let mut is_done = false;
    let is_closed = card::dialog(ui, "invite", size::CARD, |ui| {
        card::title(ui, Tone::Calm, t!("screen-invite", room = room.place.room.as_str()));
        match invite(state, room) {
            Some(invite) => {
                card::words(ui, t!("screen-invite-words"));
                start::link(ui, &invite.to_string(), out);
            }
            None => card::words(ui, t!("screen-invite-unknown")),
        }
        is_done = card::button(ui, t!("screen-close")).clicked();
    });
    if is_closed || is_done {
        out.push(Action::CloseDialog);
    }
}

/// The invite that is known here: that of the server in this program, or the one that led here.
fn invite(state: &State, room: &Room) -> Option<Invite> {
    if let Hosting::On { address, invite } = &state.hosting
        && *address == room.place.address
    {
        return Some(Invite { room: room.place.room.clone(), ..(**invite).clone() });
    }
    let fingerprint = room.place.fingerprint?;
    Some(Invite {
        address: room.place.address.clone(),
        room: room.place.room.clone(),
        fingerprint,
        secret: room.place.invite.clone(),
    })
}
