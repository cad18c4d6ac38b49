//! Bad input about who may come in and who may do what, row by row: who says it, what the answer is, and that nothing is
//! left of it: the connection is as it was, the room's log has no entry more, its rules and lists are the same, and
//! nobody else was held up. Not here: what the acts do when they are right (`access`), and what bad input costs in
//! memory (`memory`).

use papo_proto::limits::WHY_CHARS_MAX;
use papo_proto::{
    Act, ClosingCode, ErrorCode, InviteSecret, MemberId, Role, RoomAccess, RoomName, ServerMessage, Whom,
};
use papo_server::operator::{OperatorAnswer, OperatorAsk, OperatorRequest};
use papo_server::{AccessRules, Rate, Slow, invite_id};

use crate::common::{Key, RawClient, TestServer};
use crate::rows::{Answer, Row, Who};

/// A room with somebody of each kind in it, and what they are called in the rows.
pub(crate) struct Cast {
    room: RoomName,
    guest: (RawClient, MemberId),
    member: (RawClient, Key),
    moderator: (RawClient, Key),
    owner: (RawClient, Key),
    /// Says nothing bad, and tells how the room stands.
    watcher: (RawClient, Key),
}

fn operate(server: &TestServer, room: &RoomName, act: Act) {
    let ask = OperatorAsk::Act(act);
    let answer = server.operator.ask(OperatorRequest { room: room.clone(), ask });
    assert!(matches!(answer, OperatorAnswer::Done(_)), "{answer:?}");
}

/// Makes an invite, and returns the field of a join that has its secret.
fn invite(server: &TestServer, room: &RoomName, number: u8, uses: Option<u32>) -> String {
    let secret = InviteSecret::new([number; 20]);
    operate(
        server,
        room,
        Act::Invite { invite: invite_id(&secret, room), uses, seconds: None, owner: false },
    );
    format!(r#","invite":"{}""#, secret.reveal())
}

fn enter(server: &TestServer, room: &RoomName, name: &str, invite: &str) -> (RawClient, Key) {
    let (mut client, key) = (server.client(), Key::new());
    client.join_with_key(&key, name, room.as_str(), invite);
    (client, key)
}

impl Cast {
    /// Everybody, in a room by invite.
    pub(crate) fn assemble(server: &TestServer, room: &str) -> Self {
        let room = RoomName::parse(room).unwrap();
        let secret = invite(server, &room, 1, None);
        let [member, moderator, owner, watcher] =
            ["Bo", "Mia", "Ana", "Zoë"].map(|name| enter(server, &room, name, &secret));
        for (key, role) in
            [(&moderator.1, Role::Moderator), (&owner.1, Role::Owner), (&watcher.1, Role::Owner)]
        {
            operate(server, &room, Act::Op { whom: Whom::new(key.id()), role });
        }
        let mut guest = server.client();
        let joined = guest.join(&format!(r#"{{"type":"join","name":"Gast","room":"{room}"{secret}}}"#));
        let mut cast = Self { room, guest: (guest, joined.you.id), member, moderator, owner, watcher };
        for who in [Who::Guest, Who::Member, Who::Moderator, Who::Owner] {
            settle(cast.client(who));
        }
        settle(&mut cast.watcher.0);
        cast
    }

    /// The connection of somebody who is in the room.
    pub(crate) fn client(&mut self, who: Who) -> &mut RawClient {
        match who {
            Who::Stranger => panic!("a stranger is not in the room"),
            Who::Guest => &mut self.guest.0,
            Who::Member => &mut self.member.0,
            Who::Moderator => &mut self.moderator.0,
            Who::Owner => &mut self.owner.0,
        }
    }

    /// A line of a row with everybody's ids. `{guest}`, `{member}`, `{moderator}`, `{owner}` and `{watcher}` are ids;
    /// `{invite}` is a good invite's.
    pub(crate) fn filled_in(&self, act: &str) -> String {
        let invite = invite_id(&InviteSecret::new([1; 20]), &self.room);
        act.replace("{guest}", self.guest.1.as_str())
            .replace("{member}", self.member.1.id().as_str())
            .replace("{moderator}", self.moderator.1.id().as_str())
            .replace("{owner}", self.owner.1.id().as_str())
            .replace("{watcher}", self.watcher.1.id().as_str())
            .replace("{invite}", &invite.to_string())
    }

    /// How the room stands, and how many entries its log has.
    fn state(&mut self) -> (RoomAccess, u64) {
        let client = &mut self.watcher.0;
        client.send(r#"{"type":"access"}"#);
        let access = loop {
            if let ServerMessage::Access(access) = client.answer() {
                break *access;
            }
        };
        let (newest, _) = client.history(r#","limit":1"#);
        (access, newest[0].seq.number())
    }
}

/// Reads everything that was said until now.
fn settle(client: &mut RawClient) {
    client.send(r#"{"type":"ping"}"#);
    while client.answer() != ServerMessage::Pong {}
}

fn row(name: &'static str, who: Who, act: &str, code: ErrorCode) -> Row {
    let lines = vec![format!(r#"{{"type":"say","id":"{{id}}","act":{act}}}"#)];
    Row { name, who, lines, answer: Answer::Refused(code) }
}

/// The hash of an invite that nobody has made.
fn no_invite() -> String {
    "a".repeat(52)
}

/// Every row; `{id}` in its line is the message's id.
pub(crate) fn rows() -> impl Iterator<Item = Row> {
    let groups = [
        without_a_role(),
        taking_a_role(),
        above_themselves(),
        of_what_there_is_not(),
        of_the_server(),
        out_of_shape(),
    ];
    groups.into_iter().flatten()
}

/// Who has no role.
fn without_a_role() -> Vec<Row> {
    let hash = no_invite();
    vec![
        row("a member kicks", Who::Member, r#"{"do":"kick","whom":{"id":"{guest}"}}"#, ErrorCode::NotAllowed),
        row("a guest bans", Who::Guest, r#"{"do":"ban","whom":{"id":"{member}"}}"#, ErrorCode::NotAllowed),
        row(
            "a member kicks themselves",
            Who::Member,
            r#"{"do":"kick","whom":{"id":"{member}"}}"#,
            ErrorCode::NotAllowed,
        ),
        row("a member mutes", Who::Member, r#"{"do":"mute","whom":{"id":"{guest}"}}"#, ErrorCode::NotAllowed),
        row("a member locks", Who::Member, r#"{"do":"lock","on":true}"#, ErrorCode::NotAllowed),
        row("a guest slows", Who::Guest, r#"{"do":"slow","seconds":600}"#, ErrorCode::NotAllowed),
        row("a member announces", Who::Member, r#"{"do":"announce","on":true}"#, ErrorCode::NotAllowed),
        row(
            "a member makes an invite",
            Who::Member,
            &format!(r#"{{"do":"invite","invite":"{hash}"}}"#),
            ErrorCode::NotAllowed,
        ),
        row(
            "a member takes an invite back",
            Who::Member,
            r#"{"do":"revoke","invite":"{invite}"}"#,
            ErrorCode::NotAllowed,
        ),
    ]
}

/// Who takes a role.
fn taking_a_role() -> Vec<Row> {
    vec![
        row(
            "a member becomes an owner",
            Who::Member,
            r#"{"do":"op","whom":{"id":"{member}"},"role":"owner"}"#,
            ErrorCode::NotAllowed,
        ),
        row(
            "a moderator becomes an owner",
            Who::Moderator,
            r#"{"do":"op","whom":{"id":"{moderator}"},"role":"owner"}"#,
            ErrorCode::NotAllowed,
        ),
        row(
            "a moderator gives a role",
            Who::Moderator,
            r#"{"do":"op","whom":{"id":"{member}"},"role":"moderator"}"#,
            ErrorCode::NotAllowed,
        ),
        row(
            "an owner gives a guest a role",
            Who::Owner,
            r#"{"do":"op","whom":{"id":"{guest}"},"role":"moderator"}"#,
            ErrorCode::BadAct,
        ),
        row(
            "an owner gives a role twice",
            Who::Owner,
            r#"{"do":"op","whom":{"id":"{moderator}"},"role":"moderator"}"#,
            ErrorCode::BadAct,
        ),
        row(
            "an owner lowers an owner",
            Who::Owner,
            r#"{"do":"op","whom":{"id":"{watcher}"},"role":"moderator"}"#,
            ErrorCode::NotAllowed,
        ),
        row(
            "a role that cannot be given",
            Who::Owner,
            r#"{"do":"op","whom":{"id":"{member}"},"role":"operator"}"#,
            ErrorCode::BadBody,
        ),
        row(
            "the role of a member",
            Who::Owner,
            r#"{"do":"op","whom":{"id":"{member}"},"role":"member"}"#,
            ErrorCode::BadBody,
        ),
        row(
            "a role that there is not",
            Who::Owner,
            r#"{"do":"op","whom":{"id":"{member}"},"role":"king"}"#,
            ErrorCode::BadField,
        ),
        row(
            "a role without a name",
            Who::Owner,
            r#"{"do":"op","whom":{"id":"{member}"}}"#,
            ErrorCode::BadField,
        ),
    ]
}

/// Who acts above themselves.
fn above_themselves() -> Vec<Row> {
    vec![
        row(
            "a moderator kicks an owner",
            Who::Moderator,
            r#"{"do":"kick","whom":{"id":"{owner}"}}"#,
            ErrorCode::NotAllowed,
        ),
        row(
            "a moderator bans a moderator",
            Who::Moderator,
            r#"{"do":"ban","whom":{"id":"{moderator}"}}"#,
            ErrorCode::NotAllowed,
        ),
        row(
            "an owner bans an owner",
            Who::Owner,
            r#"{"do":"ban","whom":{"id":"{watcher}"}}"#,
            ErrorCode::NotAllowed,
        ),
        row(
            "somebody bans whoever runs the server",
            Who::Owner,
            r#"{"do":"ban","whom":{"id":"operator"}}"#,
            ErrorCode::BadField,
        ),
        row(
            "a moderator takes a role away",
            Who::Moderator,
            r#"{"do":"deop","whom":{"id":"{owner}"}}"#,
            ErrorCode::NotAllowed,
        ),
    ]
}

/// What there is not.
fn of_what_there_is_not() -> Vec<Row> {
    let hash = no_invite();
    vec![
        row(
            "a ban that there is not",
            Who::Owner,
            r#"{"do":"unban","whom":{"id":"{member}"}}"#,
            ErrorCode::BadAct,
        ),
        row(
            "a mute that there is not",
            Who::Owner,
            r#"{"do":"unmute","whom":{"id":"{member}"}}"#,
            ErrorCode::BadAct,
        ),
        row(
            "a role that somebody has not",
            Who::Owner,
            r#"{"do":"deop","whom":{"id":"{member}"}}"#,
            ErrorCode::BadAct,
        ),
        row(
            "an invite that there is not",
            Who::Owner,
            &format!(r#"{{"do":"revoke","invite":"{hash}"}}"#),
            ErrorCode::BadAct,
        ),
        row(
            "a guest who has gone",
            Who::Owner,
            r#"{"do":"ban","whom":{"id":"guest-aebagbafaydqq"}}"#,
            ErrorCode::BadAct,
        ),
        row(
            "an invite that is there already",
            Who::Owner,
            r#"{"do":"invite","invite":"{invite}"}"#,
            ErrorCode::BadAct,
        ),
    ]
}

/// What is the server's own.
fn of_the_server() -> Vec<Row> {
    let hash = no_invite();
    vec![
        row(
            "an entrance that a client says",
            Who::Owner,
            r#"{"do":"enter","invite":"{invite}","role":"owner"}"#,
            ErrorCode::BadBody,
        ),
        row(
            "an invite for an owner",
            Who::Owner,
            &format!(r#"{{"do":"invite","invite":"{hash}","owner":true}}"#),
            ErrorCode::NotAllowed,
        ),
        row("an act of a later version", Who::Owner, r#"{"do":"dance"}"#, ErrorCode::BadBody),
    ]
}

/// What is out of shape.
fn out_of_shape() -> Vec<Row> {
    let hash = no_invite();
    let why = |chars: usize| {
        format!(r#"{{"do":"kick","whom":{{"id":"{{member}}"}},"why":"{}"}}"#, "x".repeat(chars))
    };
    vec![
        row("a reason too long by one", Who::Owner, &why(WHY_CHARS_MAX + 1), ErrorCode::BadBody),
        row("a reason of 40,000 characters", Who::Owner, &why(40_000), ErrorCode::BadBody),
        row(
            "an invite for nobody",
            Who::Owner,
            &format!(r#"{{"do":"invite","invite":"{hash}","uses":0}}"#),
            ErrorCode::BadBody,
        ),
        row(
            "an invite for no time",
            Who::Owner,
            &format!(r#"{{"do":"invite","invite":"{hash}","seconds":0}}"#),
            ErrorCode::BadBody,
        ),
        row(
            "an invite for 2^32",
            Who::Owner,
            &format!(r#"{{"do":"invite","invite":"{hash}","uses":4294967296}}"#),
            ErrorCode::BadField,
        ),
        row("a hash too short", Who::Owner, r#"{"do":"invite","invite":"abc"}"#, ErrorCode::BadField),
        row("whom of a wrong kind", Who::Owner, r#"{"do":"kick","whom":"{member}"}"#, ErrorCode::BadField),
        row("nobody to be kicked", Who::Owner, r#"{"do":"kick"}"#, ErrorCode::BadField),
        row(
            "an id that is none",
            Who::Owner,
            r#"{"do":"kick","whom":{"id":"../../etc/passwd"}}"#,
            ErrorCode::BadField,
        ),
        row("seconds below nothing", Who::Owner, r#"{"do":"slow","seconds":-1}"#, ErrorCode::BadField),
        row("an act that is a text", Who::Owner, r#""kick""#, ErrorCode::BadField),
        row("an act that is a list", Who::Owner, "[]", ErrorCode::BadField),
        row("an act without a name", Who::Owner, "{}", ErrorCode::BadField),
    ]
}

/// Invariant: an act that its sender may not do, or that is none, is refused by its code and changes nothing: not the
/// log, not the rules, not the lists, not the connection.
#[test]
fn every_bad_act_has_its_answer_and_changes_nothing() {
    let server = TestServer::start(|config| config.access = AccessRules { open: false, slow: Slow::Off });
    let mut cast = Cast::assemble(&server, "sala");
    let before = cast.state();
    for (index, row) in rows().enumerate() {
        println!("{}", row.name);
        let line = cast.filled_in(&row.lines[0]).replace("{id}", &index.to_string());
        row.check(cast.client(row.who), |_| line.clone());
        assert_eq!(cast.state(), before, "{} has changed something", row.name);
    }
    // An act beside a text is neither.
    let act = r#"{"do":"lock","on":true}"#;
    let owner = cast.client(Who::Owner);
    owner.send(&format!(r#"{{"type":"say","id":"both","text":"oi","act":{act}}}"#));
    owner.expect_error(ErrorCode::BadBody, Some("both"));
    assert_eq!(cast.state(), before);
}

/// Invariant: an invite that does not hold lets nobody in and says why to those only who have its secret; the
/// connection stays, and nothing is written down.
#[test]
fn every_bad_invite_has_its_answer_and_changes_nothing() {
    let server = TestServer::start(|config| config.access = AccessRules { open: false, slow: Slow::Off });
    let mut cast = Cast::assemble(&server, "sala");
    let room = cast.room.clone();
    let used_up = invite(&server, &room, 2, Some(1));
    let (_came, _) = enter(&server, &room, "Caio", &used_up);
    let revoked = invite(&server, &room, 3, None);
    operate(&server, &room, Act::Revoke { invite: invite_id(&InviteSecret::new([3; 20]), &room) });
    let elsewhere = invite(&server, &RoomName::parse("elsewhere").unwrap(), 4, None);
    let expired = InviteSecret::new([5; 20]);
    let act = Act::Invite { invite: invite_id(&expired, &room), uses: None, seconds: Some(1), owner: false };
    operate(&server, &room, act);
    let expired = format!(r#","invite":"{}""#, expired.reveal());
    // A second passes by itself: whoever comes too early is let in, so somebody comes until nobody is.
    while can_enter(&server, &room, &expired) {}
    settle(&mut cast.watcher.0);
    let before = cast.state();
    let unknown = format!(r#","invite":"{}""#, InviteSecret::new([99; 20]).reveal());
    let rows: [(&str, &str, ErrorCode); 10] = [
        ("none", "", ErrorCode::NoEntry),
        ("one that nobody made", &unknown, ErrorCode::NoEntry),
        ("one of another room", &elsewhere, ErrorCode::NoEntry),
        ("one that is used up", &used_up, ErrorCode::InviteUsed),
        ("one that was taken back", &revoked, ErrorCode::InviteRevoked),
        ("one whose time is over", &expired, ErrorCode::InviteExpired),
        ("one too short", r#","invite":"abc""#, ErrorCode::BadField),
        ("one of 60,000 characters", &format!(r#","invite":"{}""#, "a".repeat(60_000)), ErrorCode::BadField),
        ("a number", r#","invite":7"#, ErrorCode::BadField),
        ("a role beside it", r#","role":"owner","owner":true"#, ErrorCode::NoEntry),
    ];
    for (name, fields, code) in rows {
        println!("{name}");
        let (mut client, key) = (server.client(), Key::new());
        let (nonce, binding) = (client.welcome(), client.binding());
        client.send(&key.join_line("Eva", room.as_str(), &nonce, &binding, fields));
        assert_eq!(client.refusal().code, code, "{name}");
        client.expect_pong();
        assert_eq!(cast.state(), before, "{name} has changed something");
    }
}

fn can_enter(server: &TestServer, room: &RoomName, invite: &str) -> bool {
    let (mut client, key) = (server.client(), Key::new());
    let (nonce, binding) = (client.welcome(), client.binding());
    client.send(&key.join_line("Early", room.as_str(), &nonce, &binding, invite));
    matches!(client.answer(), ServerMessage::Joined { .. })
}

/// Invariant: whoever tries one secret after the other is sent away after so many, with the time to come back, and
/// whoever has the right one is let in from the same address at the same moment.
#[test]
fn a_flood_of_wrong_secrets_is_sent_away_and_the_right_one_is_not() {
    const BURST: u32 = 5;
    // Far more than the burst and what is added to it while a busy machine answers them.
    const TRIES: u8 = 60;
    let server = TestServer::start(|config| {
        config.access = AccessRules { open: false, slow: Slow::Off };
        config.limits.wrong_secrets_per_address = Some(Rate { per_second: 1, burst: BURST });
    });
    let cast = Cast::assemble(&server, "sala");
    let good = format!(r#","invite":"{}""#, InviteSecret::new([1; 20]).reveal());
    let clients: Vec<_> = (0..TRIES).map(|_| server.client()).collect();
    let try_one = |(mut client, number): (RawClient, u8)| {
        let (nonce, binding) = (client.welcome(), client.binding());
        let field = format!(r#","invite":"{}""#, InviteSecret::new([100 + number; 20]).reveal());
        client.send(&Key::new().join_line("Eva", cast.room.as_str(), &nonce, &binding, &field));
        client
    };
    let asked: Vec<RawClient> = clients.into_iter().zip(0..).map(try_one).collect();
    let (mut stayed, mut sent_away) = (0, 0);
    for mut client in asked {
        assert_eq!(client.refusal().code, ErrorCode::NoEntry, "the answer is the same for each");
        client.send(r#"{"type":"ping"}"#);
        match client.answer() {
            ServerMessage::Pong => stayed += 1,
            ServerMessage::Closing { code, after, .. } => {
                assert_eq!(code, ClosingCode::TooMany);
                assert!(after.is_some_and(|after| after >= 1), "{after:?}");
                sent_away += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(stayed >= BURST && sent_away >= 1, "{stayed} stayed, {sent_away} were sent away");
    let (_in_at_once, _) = enter(&server, &cast.room, "Eva", &good);
}
