//! Keeping order in the window: the member's menu, how the room stands, invites, what was done. Not here: what the server
//! makes of it.

use egui::Role as Seen;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use papo_client::event::{Command as Wish, Event};
use papo_client::state::{Action, Command, Dialog};
use papo_proto::act::Standing;
use papo_proto::{Act, Body, InviteId, InviteState, Member, Role, RoomAccess, Sanction, Until, Whom};

use super::support::{Drawn, ana, asked, happen, joined, member, message, room_id, said, write, zoe};

fn named(member: &Member) -> Whom {
    Whom { id: member.id.clone(), name: Some(member.name.clone()) }
}

/// A room by invite in which we have this role, and Zoë that one.
fn access(ours: Role, zoes: Role) -> RoomAccess {
    let staff = [(ana(), ours), (zoe(), zoes)];
    let staff = staff.into_iter().filter(|(_, role)| *role >= Role::Moderator);
    let staff = staff.map(|(member, role)| Standing { whom: named(&member), role }).collect();
    RoomAccess { open: false, staff, ..RoomAccess::usual(ours) }
}

fn room(access: RoomAccess) -> Drawn {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    window.state_mut().desk.state.rooms[0].place.fingerprint = Some(papo_proto::Fingerprint([7; 32]));
    happen(&mut window, Event::Access(Box::new(access)));
    window.run_ok();
    asked(&mut window);
    window
}

fn click(window: &mut Drawn, button: &str) {
    window.get_by_role_and_label(Seen::Button, button).click();
    window.run_ok();
}

fn open_menu_of_zoe(window: &mut Drawn) {
    // Another one is in the timeline, which is drawn after the panes beside it.
    let first = window.query_all_by_role_and_label(Seen::Label, "Zoë").next();
    first.unwrap().click();
    window.run_ok();
}

/// The acts that were asked for since the last time.
fn acts(window: &mut Drawn) -> Vec<Act> {
    said(window).into_iter().filter_map(|(_, body)| body.act.map(|act| *act)).collect()
}

#[test]
fn the_members_list_says_who_keeps_order() {
    let window = room(access(Role::Owner, Role::Moderator));
    assert!(window.query_by_role_and_label(Seen::ListItem, "Zoë, moderator").is_some());
    assert!(window.query_by_role_and_label(Seen::ListItem, "Ana (you), owner").is_some());
}

#[test]
fn an_owner_does_from_the_menu_what_the_commands_do() {
    let mut window = room(access(Role::Owner, Role::Member));
    open_menu_of_zoe(&mut window);
    click(&mut window, "Make a moderator");
    let op = Act::Op { whom: Whom::new(zoe().id), role: Role::Moderator };
    assert_eq!(acts(&mut window), [op]);
    open_menu_of_zoe(&mut window);
    click(&mut window, "Put out");
    assert_eq!(acts(&mut window), [], "not before the question");
    window.get_by_role_and_label(Seen::TextInput, "Why (everybody reads it; may stay empty)").focus();
    window.run_ok();
    window
        .get_by_role_and_label(Seen::TextInput, "Why (everybody reads it; may stay empty)")
        .type_text(" spam ");
    window.run_ok();
    click(&mut window, "Put out");
    assert_eq!(acts(&mut window), [Act::Kick { whom: Whom::new(zoe().id), why: Some("spam".into()) }]);
    assert_eq!(window.state().desk.state.dialog, None);
    open_menu_of_zoe(&mut window);
    click(&mut window, "Let only read");
    click(&mut window, "1 hour");
    click(&mut window, "Let only read");
    let mute = Act::Mute { whom: Whom::new(zoe().id), seconds: Some(3_600), why: None };
    assert_eq!(acts(&mut window), [mute], "and the reason of before is gone");
}

#[test]
fn what_one_may_not_do_says_why() {
    for (ours, zoes, why) in [
        (Role::Member, Role::Member, "Only moderators and owners of the room may do that."),
        (Role::Moderator, Role::Moderator, "Their role is as high as yours."),
        (Role::Moderator, Role::Member, "Only owners of the room may do that."),
    ] {
        let mut window = room(access(ours, zoes));
        open_menu_of_zoe(&mut window);
        assert!(window.query_by_label(why).is_some(), "{ours:?} about {zoes:?}: {why}");
        let is_barred = ours == zoes;
        let button = window.get_by_role_and_label(Seen::Button, "Put out");
        assert_eq!(button.accesskit_node().is_disabled(), is_barred, "{ours:?} about {zoes:?}");
    }
}

#[test]
fn commands_do_it_too_and_a_word_that_means_two_is_asked_about() {
    let mut window = room(access(Role::Owner, Role::Member));
    write(&mut window, "/mute zoë 10m of course");
    window.key_press(egui::Key::Enter);
    window.run_ok();
    let mute = Act::Mute { whom: Whom::new(zoe().id), seconds: Some(600), why: Some("of course".into()) };
    assert_eq!(acts(&mut window), [mute]);
    let other = member("Zoe", 9);
    happen(&mut window, Event::Entered { members: vec![Member { name: zoe().name, ..other }], count: 3 });
    write(&mut window, "/kick Zoë");
    window.key_press(egui::Key::Enter);
    window.run_ok();
    assert_eq!(acts(&mut window), []);
    assert!(window.query_by_label_contains("several are called Zoë: Zoë#").is_some());
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "/kick Zoë", "what was typed stays");
}

#[test]
fn how_a_room_stands_is_shown_and_changed() {
    let gone = member("Bia", 5);
    let invite = InviteId([9; 32]);
    let standing = RoomAccess {
        bans: vec![Sanction { whom: named(&gone), until: Until { until: None } }],
        invites: vec![InviteState {
            invite,
            by: ana(),
            used: 2,
            left: Some(1),
            until: Until { until: None },
            owner: false,
        }],
        ..access(Role::Owner, Role::Member)
    };
    let mut window = room(standing);
    let id = room_id(&window);
    window.state_mut().desk.state.act(Action::Show(Dialog::Access(id)), papo_proto::Timestamp::default());
    window.run_ok();
    for (control, role, act) in [
        ("Nobody new comes in", Seen::CheckBox, Act::Lock { on: true, inside: Vec::new() }),
        ("Only moderators and owners speak", Seen::CheckBox, Act::Announce { on: true }),
        ("30 seconds", Seen::Button, Act::Slow { seconds: Some(30) }),
        ("as many are here", Seen::Button, Act::Slow { seconds: None }),
        ("Take the ban back", Seen::Button, Act::Unban { whom: Whom::new(gone.id.clone()) }),
        ("Take back", Seen::Button, Act::Revoke { invite }),
    ] {
        window.get_by_role_and_label(role, control).click();
        window.run_ok();
        assert_eq!(acts(&mut window), [act], "{control}");
    }
    let sentence = window.get_by_label_contains("For 1 more person").rect();
    let button = window.get_by_role_and_label(Seen::Button, "Take back").rect();
    assert!(
        button.height() < 30.0 && button.left() >= sentence.right(),
        "{button} is not squeezed by {sentence}"
    );
    click(&mut window, "What was done");
    let audit = Command::Tell(id, Wish::Audit { before: None, limit: 200 });
    assert!(asked(&mut window).contains(&audit));
    let kick = Act::Kick { whom: named(&gone), why: Some("spam".into()) };
    let acts = vec![papo_proto::Message { body: Body::act(kick), ..message(2, &ana(), "") }];
    happen(&mut window, Event::Audit { acts, more: false });
    window.run_ok();
    assert!(window.query_by_label_contains("Ana put Bia out. Why: spam").is_some());
    let operator = Member { id: papo_proto::MemberId::operator(), ..ana() };
    let lock = Act::Lock { on: true, inside: Vec::new() };
    let acts = vec![papo_proto::Message { body: Body::act(lock), ..message(3, &operator, "") }];
    happen(&mut window, Event::Audit { acts, more: false });
    window.run_ok();
    assert!(window.query_by_label_contains("Whoever runs the server locked the room").is_some());
}

/// Invariant: the link of an invite is shown once the room has it, and never before.
#[test]
fn a_new_invite_is_made_shown_and_for_whom_it_was_asked() {
    let mut window = room(access(Role::Moderator, Role::Member));
    click(&mut window, "Invite");
    assert!(window.query_by_label_contains("Nobody comes into this room without an invite.").is_some());
    assert!(window.query_by_role_and_label(Seen::Button, "Copy the link").is_none());
    click(&mut window, "for one person");
    click(&mut window, "1 day");
    click(&mut window, "Make an invite");
    let (id, body) = said(&mut window).pop().unwrap();
    let Some(Act::Invite { uses: Some(1), seconds: Some(86_400), owner: false, .. }) = body.act.as_deref()
    else {
        panic!("{body:?}")
    };
    assert!(window.query_by_role_and_label(Seen::Button, "Copy the link").is_none());
    let stored = papo_proto::Message { id, body, ..message(2, &ana(), "") };
    happen(&mut window, Event::Message(stored));
    window.run_ok();
    click(&mut window, "Copy the link");
    let copied = asked(&mut window).into_iter().find_map(|command| match command {
        Command::Copy(link) => Some(link),
        _ => None,
    });
    let link: papo_proto::Invite = copied.unwrap().parse().unwrap();
    assert!(link.secret.is_some() && link.room.as_str() == "lobby");
}

#[test]
fn whoever_may_not_make_an_invite_is_told_whom_to_ask() {
    let mut window = room(access(Role::Member, Role::Owner));
    click(&mut window, "Invite");
    assert!(window.query_by_label_contains("Ask a moderator or an owner for one.").is_some());
    assert!(window.query_by_role_and_label(Seen::Button, "Make an invite").is_none());
}

#[test]
fn who_may_only_read_is_told_where_one_would_write() {
    for (change, words) in [
        (
            RoomAccess { muted: Some(Until { until: None }), ..access(Role::Member, Role::Owner) },
            "You may only read here for now.",
        ),
        (
            RoomAccess { announce: true, ..access(Role::Member, Role::Owner) },
            "Only moderators and owners speak here for now.",
        ),
        (
            RoomAccess { slow: 30, ..access(Role::Member, Role::Owner) },
            "In this room one waits 30 s between two messages.",
        ),
    ] {
        assert!(room(change).query_by_label(words).is_some(), "{words}");
    }
    let staff = RoomAccess { announce: true, ..access(Role::Moderator, Role::Owner) };
    assert!(room(staff).query_by_label("Only moderators and owners speak here for now.").is_none());
}

#[test]
fn a_newcomer_who_looks_like_somebody_present_is_told_of_until_it_was_seen() {
    let mut window = joined(vec![]);
    let other = Member { name: zoe().name, ..member("x", 9) };
    happen(&mut window, Event::Entered { members: vec![other.clone()], count: 3 });
    window.run_ok();
    let words = format!("Zoë #{} is here now, who is not Zoë #{}", other.id.badge(), zoe().id.badge());
    assert!(window.query_by_label_contains(&words).is_some(), "{words}");
    click(&mut window, "I have seen it");
    assert!(window.query_by_label_contains(&words).is_none());
}
