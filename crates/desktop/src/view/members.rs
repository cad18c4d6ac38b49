//! Who is in the room: how many, by name as far as the server tells, with what they are there and what one may do about
//! each. Not here: who is writing, and what follows from keeping order.

use egui::{Align, Button, Layout, Popup, Response, Role, ScrollArea, Sense, Ui, UiBuilder};
use papo_client::orders::Verb;
use papo_client::state::{Action, Denied, Dialog, Room};
use papo_proto::{Act, Member, Whom};
use papo_words::t;

use super::parts;
use crate::theme::{self, size, space};

/// Draws the list of members. A press on one opens what can be done about them.
pub(super) fn view(ui: &mut Ui, room: &Room, out: &mut Vec<Action>) {
    let count = room.presence.count();
    if count == 0 {
        // One who is in is there oneself: nobody means that nothing is known.
        return;
    }
    parts::soft(ui, papo_words::people(count));
    ui.add_space(space::TINY);
    let members = room.presence.members();
    let builder = UiBuilder::new().accessibility_role(Role::List).accessibility_label(t!("window-members"));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = space::SMALL;
        ScrollArea::vertical().auto_shrink(false).show_rows(
            ui,
            size::AVATAR_SMALL,
            members.len(),
            |ui, rows| {
                for member in members.get(rows).into_iter().flatten() {
                    entry(ui, room, member, out);
                }
            },
        );
    });
    if (members.len() as u64) < count {
        parts::soft(ui, t!("window-members-more", count = count - members.len() as u64));
    }
}

fn entry(ui: &mut Ui, room: &Room, member: &Member, out: &mut Vec<Action>) {
    let needs_badge = room.timeline.needs_badge(member);
    let is_you = room.timeline.is_ours(&member.id);
    let words = parts::name_in_words(member, needs_badge);
    let words = if is_you { t!("window-you", name = words) } else { words };
    let ignored = room.ignores(&member.id).then(|| t!("window-ignored"));
    let role = ignored.or_else(|| role_in_words(room.role_of(&member.id)));
    let label = role.as_ref().map_or_else(|| words.clone(), |role| format!("{words}, {role}"));
    let builder = UiBuilder::new()
        .id_salt(&member.id)
        .accessibility_role(Role::ListItem)
        .accessibility_label(label.as_str());
    ui.scope_builder(builder, |ui| {
        ui.horizontal(|ui| {
            parts::avatar(ui, member, size::AVATAR_SMALL);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(role) = role {
                    parts::soft(ui, role);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let response = name(ui, member, is_you);
                    if needs_badge {
                        parts::badge(ui, &member.id);
                    }
                    Popup::menu(&response).show(|ui| menu(ui, room, member, out));
                });
            });
        });
    });
}

fn name(ui: &mut Ui, member: &Member, is_you: bool) -> Response {
    let name = parts::name(member);
    let name = if is_you { t!("window-you", name = name) } else { name };
    let line = parts::one_line(ui, name, theme::plain(size::LABEL), theme::palette(ui).ink);
    let response = ui.add(line.selectable(false).sense(Sense::click()));
    if response.has_focus() {
        parts::focus_frame(ui, response.rect.expand(2.0));
    }
    response
}

/// What somebody is, where that is more than the usual.
pub(super) fn role_in_words(role: papo_proto::Role) -> Option<String> {
    match role {
        papo_proto::Role::Guest => Some(t!("window-role-guest")),
        papo_proto::Role::Member => None,
        papo_proto::Role::Moderator => Some(t!("window-role-moderator")),
        papo_proto::Role::Owner => Some(t!("window-role-owner")),
        papo_proto::Role::Operator => Some(t!("window-role-operator")),
    }
}

/// What can be done about a member. What one may not do says why.
pub(super) fn menu(ui: &mut Ui, room: &Room, member: &Member, out: &mut Vec<Action>) {
    let is_you = room.timeline.is_ours(&member.id);
    if !is_you && ui.button(t!("window-mention", name = parts::name(member))).clicked() {
        out.push(Action::Mention(room.id, member.clone()));
        ui.close();
    }
    if is_you {
        // One does not put oneself out; there is leaving for that.
        parts::soft(ui, t!("window-denied-oneself"));
        return;
    }
    let is_ignored = room.ignores(&member.id);
    let words = if is_ignored { t!("window-unignore") } else { t!("window-ignore") };
    if ui.button(words).on_hover_text(t!("window-ignore-why")).clicked() {
        out.push(Action::Ignore(room.id, member.id.clone(), !is_ignored));
        ui.close();
    }
    let whom = || Whom::new(member.id.clone());
    let ask = |verb| Action::Show(Dialog::About(room.id, verb, member.clone()));
    let act = |act| Action::Act(room.id, act);
    let role = room.role_of(&member.id);
    let mute = if room.is_muted(&member.id) {
        (Verb::Unmute, t!("window-do-unmute"), act(Act::Unmute { whom: whom() }))
    } else {
        (Verb::Mute, t!("window-do-mute"), ask(Verb::Mute))
    };
    let has_role = matches!(role, papo_proto::Role::Moderator | papo_proto::Role::Owner);
    let op = if has_role {
        (Verb::Deop, t!("window-do-deop"), act(Act::Deop { whom: whom() }))
    } else {
        let role = papo_proto::Role::Moderator;
        (Verb::Op, t!("window-do-op"), act(Act::Op { whom: whom(), role }))
    };
    let mut entries = vec![
        mute,
        (Verb::Kick, t!("window-do-kick"), ask(Verb::Kick)),
        (Verb::Ban, t!("window-do-ban"), ask(Verb::Ban)),
        op,
    ];
    if role != papo_proto::Role::Owner {
        entries.push((Verb::Own, t!("window-do-own"), ask(Verb::Own)));
    }
    ui.separator();
    let mut denials: Vec<Denied> = Vec::new();
    for (verb, words, action) in entries {
        let denied = room.may(verb, &member.id).err();
        let button = ui.add_enabled(denied.is_none(), Button::new(words));
        let why = denied.map(denied_in_words).unwrap_or_default();
        if button.on_disabled_hover_text(why).clicked() {
            out.push(action);
            ui.close();
        }
        if let Some(denied) = denied.filter(|denied| !denials.contains(denied)) {
            denials.push(denied);
        }
    }
    for denied in denials {
        parts::soft(ui, denied_in_words(denied));
    }
}

/// Why one may not do something.
pub(super) fn denied_in_words(denied: Denied) -> String {
    match denied {
        Denied::Offline => t!("window-denied-offline"),
        Denied::Moderator => t!("window-denied-moderator"),
        Denied::Owner => t!("window-denied-owner"),
        Denied::Rank => t!("window-denied-rank"),
        Denied::Oneself => t!("window-denied-oneself"),
        Denied::Guest => t!("window-denied-guest"),
    }
}
