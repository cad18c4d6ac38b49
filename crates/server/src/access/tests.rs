//! What the fold owes: the same acts, the same state; nobody acts above their role; an invite lets in as many as it
//! says.

use papo_proto::{Act, AddressTag, InviteId, Member, MemberId, Name, Role, Whom};
use proptest::prelude::*;

use super::{Access, Circumstances, Denied, Entrance, Slow, Visitor};

const NOW: u64 = 1_000_000_000;

fn member(number: u8) -> Member {
    let id = MemberId::parse(&papo_proto::id::base32().encode(&[number; 15])).unwrap();
    Member { id, name: Name::parse(&format!("Member {number}")).unwrap() }
}

fn guest(number: u8) -> Member {
    Member { id: MemberId::of_guest([number; 8]), name: Name::parse("Guest").unwrap() }
}

fn operator() -> Member {
    Member { id: MemberId::operator(), name: Name::parse("operator").unwrap() }
}

fn whom(member: &Member) -> Whom {
    Whom { id: member.id.clone(), name: Some(member.name.clone()) }
}

fn invite(number: u8, uses: Option<u32>, seconds: Option<u32>) -> Act {
    Act::Invite { invite: InviteId([number; 32]), uses, seconds, owner: false }
}

fn enter(number: u8, role: Role) -> Act {
    Act::Enter { invite: InviteId([number; 32]), role }
}

fn op(number: u8, role: Role) -> Act {
    Act::Op { whom: whom(&member(number)), role }
}

/// A room with an owner (1), a moderator (2) and a member (3).
fn room() -> Access {
    let mut access = Access::default();
    for (number, role) in [(1, Role::Owner), (2, Role::Moderator)] {
        access.apply(&operator(), &op(number, role), NOW).unwrap();
    }
    access.apply(&member(1), &invite(9, None, None), NOW).unwrap();
    access.apply(&member(3), &enter(9, Role::Member), NOW).unwrap();
    access
}

fn entrance(access: &Access, who: &Member, by: Option<u8>, open: bool) -> Result<Entrance, Denied> {
    let invite = by.map(|number| InviteId([number; 32]));
    let address = who.id.is_guest().then_some(AddressTag([5; 16]));
    access.entrance(Visitor { id: &who.id, address, invite }, open, NOW)
}

#[test]
fn nobody_acts_above_their_role() {
    let access = room();
    let kick = |number| Act::Kick { whom: whom(&member(number)), why: None };
    let rows = [
        (member(3), kick(4), Err(Denied::Role(Role::Moderator))),
        (member(2), kick(3), Ok(())),
        (member(2), kick(2), Err(Denied::Rank)),
        (member(2), kick(1), Err(Denied::Rank)),
        (member(1), kick(2), Ok(())),
        (member(1), kick(1), Err(Denied::Rank)),
        (operator(), kick(1), Ok(())),
        (guest(1), kick(3), Err(Denied::Role(Role::Moderator))),
        (member(2), op(3, Role::Moderator), Err(Denied::Role(Role::Owner))),
        (member(1), op(3, Role::Moderator), Ok(())),
        (member(1), op(3, Role::Owner), Ok(())),
        (member(1), op(2, Role::Moderator), Err(Denied::Nothing)),
        (member(1), Act::Op { whom: whom(&guest(1)), role: Role::Moderator }, Err(Denied::GuestRole)),
        (member(1), Act::Deop { whom: whom(&member(2)) }, Ok(())),
        (member(2), Act::Deop { whom: whom(&member(2)) }, Ok(())),
        (member(1), Act::Deop { whom: whom(&member(1)) }, Err(Denied::LastOwner)),
        (member(1), Act::Deop { whom: whom(&member(3)) }, Err(Denied::Nothing)),
        (member(2), Act::Deop { whom: whom(&member(1)) }, Err(Denied::Role(Role::Owner))),
        (member(3), Act::Announce { on: true }, Err(Denied::Role(Role::Moderator))),
        (member(3), invite(1, None, None), Err(Denied::Role(Role::Moderator))),
        (member(2), invite(1, None, None), Ok(())),
        (member(2), invite(9, None, None), Err(Denied::InviteKnown)),
        (member(2), Act::Unban { whom: whom(&member(3)) }, Err(Denied::Nothing)),
        (member(2), Act::Revoke { invite: InviteId([1; 32]) }, Err(Denied::Nothing)),
        (
            member(1),
            Act::Invite { invite: InviteId([1; 32]), uses: None, seconds: None, owner: true },
            Err(Denied::Role(Role::Operator)),
        ),
        (member(3), enter(9, Role::Owner), Err(Denied::Nothing)),
        (member(4), enter(9, Role::Member), Ok(())),
        (member(4), enter(8, Role::Member), Err(Denied::NoEntry)),
        (operator(), Act::Unknown, Err(Denied::Unknown)),
    ];
    for (actor, act, expected) in rows {
        assert_eq!(access.judge(&actor.id, &act, NOW), expected, "{} {act:?}", actor.name);
    }
}

#[test]
fn an_act_that_may_not_be_changes_nothing() {
    let mut access = room();
    let before = access.clone();
    let ban = Act::Ban { whom: whom(&member(1)), seconds: None, why: None, address: None };
    for actor in [member(2), member(3), guest(1)] {
        assert!(access.apply(&actor, &ban, NOW).is_err());
    }
    assert_eq!(access, before);
}

#[test]
fn an_invite_lets_in_whom_it_says_and_tells_its_holder_why_not() {
    let mut access = room();
    let stranger = member(7);
    for by in [None, Some(8)] {
        assert_eq!(entrance(&access, &stranger, by, false), Err(Denied::NoEntry), "{by:?}");
        assert_eq!(entrance(&access, &stranger, by, true), Ok(Entrance::Known), "an open room: {by:?}");
        assert_eq!(entrance(&access, &member(3), by, false), Ok(Entrance::Known), "a member: {by:?}");
    }
    assert_eq!(entrance(&access, &stranger, Some(9), false), Ok(Entrance::ByInvite(Role::Member)));
    assert_eq!(entrance(&access, &guest(1), Some(9), false), Ok(Entrance::Known), "nothing is counted");
    access.apply(&member(2), &invite(5, Some(1), None), NOW).unwrap();
    assert_eq!(entrance(&access, &guest(1), Some(5), false), Ok(Entrance::ByInvite(Role::Guest)));
    access.apply(&guest(1), &enter(5, Role::Guest), NOW).unwrap();
    assert_eq!(entrance(&access, &stranger, Some(5), false), Err(Denied::InviteUsed));
    assert_eq!(access.apply(&stranger, &enter(5, Role::Member), NOW), Err(Denied::InviteUsed));
    access.apply(&member(2), &invite(6, None, Some(10)), NOW - 9_999).unwrap();
    assert_eq!(entrance(&access, &stranger, Some(6), false), Ok(Entrance::ByInvite(Role::Member)));
    access.apply(&member(2), &invite(4, None, Some(10)), NOW - 10_000).unwrap();
    assert_eq!(entrance(&access, &stranger, Some(4), false), Err(Denied::InviteExpired));
    access.apply(&member(2), &Act::Revoke { invite: InviteId([6; 32]) }, NOW).unwrap();
    assert_eq!(entrance(&access, &stranger, Some(6), false), Err(Denied::InviteRevoked));
}

#[test]
fn the_first_key_by_the_owners_invite_is_the_owner_and_the_second_is_not() {
    let mut access = Access::default();
    let first = Act::Invite { invite: InviteId([1; 32]), uses: None, seconds: None, owner: true };
    access.apply(&operator(), &first, NOW).unwrap();
    for open in [true, false] {
        assert_eq!(entrance(&access, &guest(1), Some(1), open), Ok(Entrance::Known), "a guest owns nothing");
        assert_eq!(entrance(&access, &member(1), Some(1), open), Ok(Entrance::ByInvite(Role::Owner)));
    }
    access.apply(&member(1), &enter(1, Role::Owner), NOW).unwrap();
    assert_eq!(access.role_of(member(1).id.as_str()), Role::Owner);
    assert_eq!(access.apply(&member(2), &enter(1, Role::Owner), NOW), Err(Denied::Nothing));
    assert_eq!(entrance(&access, &member(2), Some(1), false), Ok(Entrance::ByInvite(Role::Member)));
    assert_eq!(
        entrance(&access, &member(2), Some(1), true),
        Ok(Entrance::Known),
        "an open room counts nobody"
    );
}

#[test]
fn bans_hold_for_keys_and_for_addresses_of_guests_and_end() {
    let mut access = room();
    let ban = |who: &Member, seconds, address| Act::Ban { whom: whom(who), seconds, why: None, address };
    assert_eq!(access.judge(&member(1).id, &ban(&guest(1), None, None), NOW), Err(Denied::GuestGone));
    access.apply(&member(1), &ban(&guest(1), None, Some(AddressTag([5; 16]))), NOW).unwrap();
    let day = NOW + 24 * 60 * 60 * 1000;
    assert_eq!(
        entrance(&access, &guest(2), Some(9), true),
        Err(Denied::Banned(Some(day))),
        "the same address"
    );
    assert_eq!(
        entrance(&access, &guest(2), None, false),
        Err(Denied::NoEntry),
        "a stranger does not learn of it"
    );
    assert!(entrance(&access, &member(3), None, false).is_ok(), "a key is not its address");
    access.apply(&member(1), &ban(&member(3), Some(10), None), NOW - 9_000).unwrap();
    assert_eq!(entrance(&access, &member(3), None, true), Err(Denied::Banned(Some(NOW + 1000))));
    access.apply(&member(1), &Act::Unban { whom: whom(&member(3)) }, NOW).unwrap();
    assert_eq!(entrance(&access, &member(3), None, false), Err(Denied::NoEntry), "a ban ends the membership");
    access.apply(&member(1), &Act::Unban { whom: whom(&guest(1)) }, NOW).unwrap();
    assert!(entrance(&access, &guest(2), Some(9), false).is_ok());
}

#[test]
fn a_locked_room_lets_in_whom_it_knows() {
    let mut access = room();
    let lock = |on| Act::Lock { on, inside: if on { vec![member(6).id] } else { Vec::new() } };
    access.apply(&member(2), &lock(true), NOW).unwrap();
    for known in [1, 2, 3, 6] {
        assert_eq!(entrance(&access, &member(known), None, true), Ok(Entrance::Known), "{known}");
    }
    assert_eq!(entrance(&access, &member(7), Some(9), false), Err(Denied::Locked));
    assert_eq!(entrance(&access, &member(7), None, true), Err(Denied::Locked));
    assert_eq!(
        entrance(&access, &member(7), None, false),
        Err(Denied::NoEntry),
        "a stranger does not learn of it"
    );
    access.apply(&member(2), &lock(false), NOW).unwrap();
    assert!(entrance(&access, &member(7), Some(9), false).is_ok());
}

#[test]
fn a_view_shows_the_lists_to_those_who_keep_order_alone() {
    let mut access = room();
    access
        .apply(&member(1), &Act::Mute { whom: whom(&member(3)), seconds: Some(5), why: None }, NOW)
        .unwrap();
    let view = |number: u8| {
        let circumstances = Circumstances { open: false, slow: Slow::Auto, slow_seconds: 3, now_ms: NOW };
        access.view_whole(&member(number).id, circumstances)
    };
    let (owner, muted, other) = (view(1), view(3), view(8));
    assert_eq!(
        (owner.role, owner.staff.len(), owner.mutes.len(), owner.invites.len()),
        (Role::Owner, 2, 1, 1)
    );
    assert_eq!(owner.staff[0].role, Role::Owner);
    assert!(muted.muted.is_some_and(|until| until.until.is_some()));
    for view in [muted, other] {
        assert_eq!((view.bans.len(), view.mutes.len(), view.invites.len(), view.staff.len()), (0, 0, 0, 2));
        assert_eq!((view.slow, view.slow_auto), (3, true));
    }
}

fn any_act() -> impl Strategy<Value = (u8, Act)> {
    let someone = || (0_u8..6).prop_map(|number| whom(&if number == 5 { guest(5) } else { member(number) }));
    let seconds = || prop::option::of(1_u32..5);
    let act = prop_oneof![
        someone().prop_map(|whom| Act::Kick { whom, why: None }),
        (someone(), seconds()).prop_map(|(whom, seconds)| {
            let address = whom.id.is_guest().then_some(AddressTag([5; 16]));
            Act::Ban { whom, seconds, why: None, address }
        }),
        someone().prop_map(|whom| Act::Unban { whom }),
        (someone(), seconds()).prop_map(|(whom, seconds)| Act::Mute { whom, seconds, why: None }),
        someone().prop_map(|whom| Act::Unmute { whom }),
        seconds().prop_map(|seconds| Act::Slow { seconds }),
        any::<bool>().prop_map(|on| Act::Announce { on }),
        any::<bool>().prop_map(|on| Act::Lock { on, inside: vec![member(4).id] }),
        (someone(), any::<bool>()).prop_map(|(whom, owner)| {
            let role = if owner { Role::Owner } else { Role::Moderator };
            Act::Op { whom, role }
        }),
        someone().prop_map(|whom| Act::Deop { whom }),
        (0_u8..4, prop::option::of(1_u32..3), seconds(), any::<bool>()).prop_map(
            |(number, uses, seconds, owner)| {
                Act::Invite { invite: InviteId([number; 32]), uses, seconds, owner }
            }
        ),
        (0_u8..4).prop_map(|number| Act::Revoke { invite: InviteId([number; 32]) }),
        (0_u8..4, 0_u8..3).prop_map(|(number, role)| {
            enter(number, [Role::Guest, Role::Member, Role::Owner][usize::from(role)])
        }),
    ];
    (0_u8..7, act)
}

proptest! {
    /// Invariants: the state follows from the acts alone; an act that was denied may as well be left out; an invite is
    /// never used more often than it says; owners are counted right; nobody gains a right without an act.
    #[test]
    fn the_same_acts_give_the_same_state(acts in prop::collection::vec(any_act(), 0..60)) {
        let (mut access, mut allowed) = (Access::default(), Vec::new());
        for (index, (actor, act)) in acts.iter().enumerate() {
            let actor = match actor {
                6 => operator(),
                5 => guest(5),
                number => member(*number),
            };
            let time_ms = NOW + index as u64 * 700;
            let before = access.clone();
            if access.apply(&actor, act, time_ms).is_ok() {
                allowed.push((actor, act.clone(), time_ms));
            } else {
                prop_assert_eq!(&access, &before);
            }
            let owners = access.members.values().filter(|known| known.role == Role::Owner).count();
            prop_assert_eq!(access.owners, owners);
            prop_assert!(access.invites.values().all(|one| one.uses.is_none_or(|uses| one.used <= uses)));
            prop_assert!(access.members.keys().all(|id| !id.is_guest() && !id.is_operator()));
        }
        let mut again = Access::default();
        for (actor, act, time_ms) in &allowed {
            prop_assert_eq!(again.apply(actor, act, *time_ms), Ok(()));
        }
        prop_assert_eq!(access, again);
    }
}
