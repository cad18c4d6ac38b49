//! How the room stands: who may speak, who may come in, who keeps order, who is kept out, and what one may change of it.
//! Not here: the list of what was done (`audit.rs`), and what is done about a single member (`members.rs`).

use egui::{Align, Layout, Ui};
use papo_client::state::{Action, Dialog, Room};
use papo_client::text::for_terminal_line;
use papo_proto::{Act, InviteState, Role, RoomAccess, Sanction, Until, Whom};
use papo_words::t;

use super::card::{self, Tone};
use super::{about, members, moments};
use crate::theme::size;

/// The pauses between two messages that can be chosen, in seconds.
const PAUSES: [u32; 4] = [0, 10, 30, 60];

/// Draws how the room stands.
pub(super) fn view(ui: &Ui, room: &Room, clock: papo_client::state::Clock, out: &mut Vec<Action>) {
    let mut is_done = false;
    let is_closed = card::dialog(ui, "access", size::SETTINGS, |ui| {
        card::title(ui, Tone::Calm, t!("window-access", room = room.place.room.as_str()));
        match &room.standing.access {
            Some(access) => whole(ui, room, access, clock, out),
            None if room.is_connected() => {
                card::aside(ui, t!("window-access-asked"));
            }
            None => {
                card::aside(ui, t!("window-denied-offline"));
            }
        }
        ui.horizontal_wrapped(|ui| {
            is_done = card::main_button(ui, t!("screen-close")).clicked();
            if card::button(ui, t!("window-audit")).clicked() {
                out.push(Action::Show(Dialog::Audit(room.id)));
            }
            if card::button(ui, t!("window-invite")).clicked() {
                out.push(Action::Show(Dialog::Invite(room.id)));
            }
        });
    });
    // Of two dialogs the later one wins.
    if (is_closed || is_done) && !out.iter().any(|action| matches!(action, Action::Show(_))) {
        out.push(Action::CloseDialog);
    }
}

fn whole(
    ui: &mut Ui,
    room: &Room,
    access: &RoomAccess,
    clock: papo_client::state::Clock,
    out: &mut Vec<Action>,
) {
    let role = members::role_in_words(access.role).unwrap_or_else(|| t!("window-role-member"));
    let way_in = if access.open { t!("window-access-open") } else { t!("window-access-by-invite") };
    card::words(ui, format!("{} {way_in}", t!("window-access-you", role = role)));
    if access.muted.is_some() {
        card::problem(ui, t!("window-muted"));
    }
    let may = room.is_connected() && access.role >= Role::Moderator;
    ui.add_enabled_ui(may, |ui| switches(ui, room, access, out));
    if !may {
        let why =
            if room.is_connected() { t!("window-denied-moderator") } else { t!("window-denied-offline") };
        card::aside(ui, why);
    }
    for standing in &access.staff {
        let role = members::role_in_words(standing.role).unwrap_or_default();
        card::aside(ui, format!("{}: {}", role, name(&standing.whom)));
    }
    if !may {
        return;
    }
    let unban = |whom: Whom| Act::Unban { whom };
    let unmute = |whom: Whom| Act::Unmute { whom };
    sanctions(ui, room, &t!("window-banned"), &access.bans, clock, unban, &t!("window-do-unban"), out);
    sanctions(ui, room, &t!("window-muted-list"), &access.mutes, clock, unmute, &t!("window-do-unmute"), out);
    invites(ui, room, access, clock, out);
}

/// What holds for the whole room.
fn switches(ui: &mut Ui, room: &Room, access: &RoomAccess, out: &mut Vec<Action>) {
    let mut locked = access.locked;
    if ui.checkbox(&mut locked, t!("window-lock")).clicked() {
        out.push(Action::Act(room.id, Act::Lock { on: locked, inside: Vec::new() }));
    }
    let mut announce = access.announce;
    if ui.checkbox(&mut announce, t!("window-announce")).clicked() {
        out.push(Action::Act(room.id, Act::Announce { on: announce }));
    }
    card::aside(ui, t!("window-slow"));
    ui.horizontal_wrapped(|ui| {
        for seconds in PAUSES {
            let words =
                if seconds == 0 { t!("window-slow-none") } else { about::time_in_words(Some(seconds)) };
            if card::choice(ui, !access.slow_auto && access.slow == seconds, words) {
                out.push(Action::Act(room.id, Act::Slow { seconds: Some(seconds) }));
            }
        }
        if card::choice(ui, access.slow_auto, t!("window-slow-auto")) {
            out.push(Action::Act(room.id, Act::Slow { seconds: None }));
        }
    });
}

#[expect(
    clippy::too_many_arguments,
    reason = "two lists that differ in their words and in what ends an entry"
)]
fn sanctions(
    ui: &mut Ui,
    room: &Room,
    heading: &str,
    list: &[Sanction],
    clock: papo_client::state::Clock,
    end: impl Fn(Whom) -> Act,
    word: &str,
    out: &mut Vec<Action>,
) {
    for one in list {
        let words = format!("{heading}: {}{}", name(&one.whom), until(one.until, clock));
        ui.push_id(&one.whom.id, |ui| {
            if with_button(ui, words, word) {
                out.push(Action::Act(room.id, end(Whom::new(one.whom.id.clone()))));
            }
        });
    }
}

/// A sentence, and beside it what can be done about it, which is never squeezed. Returns whether it was pressed.
fn with_button(ui: &mut Ui, words: String, button: &str) -> bool {
    let row = |ui: &mut Ui| {
        ui.spacing_mut().interact_size.y = size::LABEL_LINE;
        ui.spacing_mut().button_padding.y = 0.0;
        let is_pressed = card::word_button(ui, button).clicked();
        ui.with_layout(Layout::top_down(Align::LEFT), |ui| card::aside(ui, words));
        is_pressed
    };
    ui.with_layout(Layout::right_to_left(Align::TOP), row).inner
}

/// The invites that still let somebody in, each with the way to take it back.
pub(super) fn invites(
    ui: &mut Ui,
    room: &Room,
    access: &RoomAccess,
    clock: papo_client::state::Clock,
    out: &mut Vec<Action>,
) {
    for one in &access.invites {
        ui.push_id(one.invite, |ui| {
            if with_button(ui, invite_in_words(one, clock), &t!("window-do-revoke")) {
                out.push(Action::Act(room.id, Act::Revoke { invite: one.invite }));
            }
        });
    }
}

fn invite_in_words(one: &InviteState, clock: papo_client::state::Clock) -> String {
    let by = if one.by.id.is_operator() {
        t!("window-role-operator")
    } else {
        for_terminal_line(one.by.name.as_str()).into_owned()
    };
    let left = match one.left {
        Some(left) => t!("window-invite-left", count = left),
        None => t!("window-invite-any"),
    };
    let short = one.invite.short();
    let until = until(one.until, clock);
    format!("{} {left}{until}", t!("window-invite-one", invite = short, by = by, used = one.used))
}

/// Until when something holds, behind a comma; nothing where it has no end.
fn until(until: Until, clock: papo_client::state::Clock) -> String {
    until.until.map_or_else(String::new, |time| {
        format!(", {}", t!("window-until", time = moments::full(time, clock)))
    })
}

fn name(whom: &Whom) -> String {
    match &whom.name {
        Some(name) => format!("{} #{}", for_terminal_line(name.as_str()), whom.id.badge()),
        None => format!("#{}", whom.id.badge()),
    }
}
