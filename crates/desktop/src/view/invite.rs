//! How to let others into a room: the link and its code, and making such a link where that takes one for each. Not here:
//! joining with one.

use egui::Ui;
use papo_client::State;
use papo_client::state::{Action, Hosted, Hosting, Reach, Room};
use papo_proto::{Invite, Role};
use papo_words::t;

use super::card::{self, Tone};
use super::{about, access, start};
use crate::theme::size;

/// For how long a new invite can hold, in seconds.
const TIMES: [Option<u32>; 3] = [None, Some(7 * 24 * 60 * 60), Some(24 * 60 * 60)];

/// What was chosen for a new invite.
#[derive(Debug, Default)]
pub(super) struct Local {
    is_for_one: bool,
    seconds: Option<u32>,
}

/// Shows the invite of a room.
pub(super) fn view(ui: &Ui, state: &State, room: &Room, local: &mut Local, out: &mut Vec<Action>) {
    let mut is_done = false;
    let is_closed = card::dialog(ui, "invite", size::CARD, |ui| {
        card::title(ui, Tone::Calm, t!("screen-invite", room = room.place.room.as_str()));
        let is_staff = room.is_connected() && room.role() >= Role::Moderator;
        match invite(state, room) {
            Some(invite) => {
                card::words(ui, t!("screen-invite-words"));
                start::link(ui, &invite.to_string(), out);
                if let Hosting::On(hosted) = &state.hosting
                    && state.is_hosted(room)
                {
                    card::aside(ui, reach(hosted));
                }
            }
            None if is_staff && room.place.fingerprint.is_some() => {
                card::words(ui, t!("screen-invite-make-words"));
            }
            None if room.place.fingerprint.is_some() => card::words(ui, t!("screen-invite-ask")),
            None => card::words(ui, t!("screen-invite-unknown")),
        }
        if is_staff && room.place.fingerprint.is_some() {
            new(ui, room, local, out);
            if let Some(access) = &room.standing.access {
                access::invites(ui, room, access, state.settings.clock, out);
            }
        }
        is_done = card::button(ui, t!("screen-close")).clicked();
    });
    if is_closed || is_done {
        out.push(Action::CloseDialog);
    }
}

/// What a new invite shall be.
fn new(ui: &mut Ui, room: &Room, local: &mut Local, out: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        for (is_for_one, words) in [(false, t!("window-invite-many")), (true, t!("window-invite-single"))] {
            if card::choice(ui, local.is_for_one == is_for_one, words) {
                local.is_for_one = is_for_one;
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        for seconds in TIMES {
            if card::choice(ui, local.seconds == seconds, about::time_in_words(seconds)) {
                local.seconds = seconds;
            }
        }
        if card::button(ui, t!("window-invite-make")).clicked() {
            let uses = local.is_for_one.then_some(1);
            out.push(Action::MakeInvite { room: room.id, uses, seconds: local.seconds });
        }
    });
}

/// For how long and from where the invite of a room that is open here leads into it.
fn reach(hosted: &Hosted) -> String {
    match hosted.reach {
        Reach::ThisComputer => t!("screen-invite-here"),
        Reach::Network if hosted.has_usual_port => t!("screen-invite-network"),
        Reach::Network => {
            t!("screen-invite-network-port", port = hosted.invite.address.port.to_string())
        }
    }
}

/// The invite that is known here: the one that was just made, that of the server in this program, or the one that led
/// here, where that is for more than one.
fn invite(state: &State, room: &Room) -> Option<Invite> {
    if let Some(invite) = &room.standing.invite {
        return Some(outside(state, room, invite.clone()));
    }
    if let Hosting::On(hosted) = &state.hosting
        && state.is_hosted(room)
        && (hosted.reach == Reach::ThisComputer || hosted.invite.room == room.place.room)
    {
        return Some(Invite { room: room.place.room.clone(), ..hosted.invite.clone() });
    }
    // A link without a secret lets nobody new into a room by invite.
    let is_open = room.standing.access.as_ref().is_none_or(|access| access.open);
    let fingerprint = room.place.fingerprint.filter(|_| is_open || room.place.invite.is_some())?;
    Some(Invite {
        address: room.place.address.clone(),
        room: room.place.room.clone(),
        fingerprint,
        secret: room.place.invite.clone(),
        others: room.place.others.clone(),
    })
}

/// The same as others reach it: a server in this program is reached from here by another address.
fn outside(state: &State, room: &Room, invite: Invite) -> Invite {
    match &state.hosting {
        Hosting::On(hosted) if state.is_hosted(room) => {
            Invite { address: hosted.invite.address.clone(), ..invite }
        }
        _ => invite,
    }
}
