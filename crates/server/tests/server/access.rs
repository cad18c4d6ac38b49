//! Who may come in and who may do what, from outside: over real sockets, with a real log.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use papo_proto::{
    Act, ClosingCode, ErrorCode, InviteSecret, MemberId, Message, Role, RoomAccess, RoomName, ServerMessage,
    Whom,
};
use papo_server::operator::{OperatorAnswer, OperatorAsk, OperatorRequest};
use papo_server::{AccessRules, Slow, invite_id};

use crate::common::{Key, RawClient, TestServer, text_of};

fn sala() -> RoomName {
    RoomName::parse("sala").unwrap()
}

/// A server whose rooms are by invite.
fn by_invite() -> TestServer {
    TestServer::start(|config| config.access = AccessRules { open: false, slow: Slow::Off })
}

fn ask(server: &TestServer, ask: OperatorAsk) -> OperatorAnswer {
    server.operator.ask(OperatorRequest { room: sala(), ask })
}

fn act(server: &TestServer, act: Act) -> Message {
    match ask(server, OperatorAsk::Act(act)) {
        OperatorAnswer::Done(message) => message,
        other => panic!("not done: {other:?}"),
    }
}

/// Makes an invite into the room `sala`, and returns the field of a join that has its secret.
fn invite(server: &TestServer, number: u8, uses: Option<u32>, seconds: Option<u32>) -> String {
    let secret = InviteSecret::new([number; 20]);
    act(server, Act::Invite { invite: invite_id(&secret, &sala()), uses, seconds, owner: false });
    format!(r#","invite":"{}""#, secret.reveal())
}

fn op(server: &TestServer, key: &Key, role: Role) {
    act(server, Act::Op { whom: Whom::new(key.id()), role });
}

/// A member of `sala`, with what is said of the room.
fn enter(server: &TestServer, key: &Key, name: &str, fields: &str) -> (RawClient, Option<RoomAccess>) {
    let mut client = server.client();
    client.join_with_key(key, name, "sala", fields);
    client.send(r#"{"type":"ping"}"#);
    match client.answer() {
        ServerMessage::Pong => (client, None),
        ServerMessage::Access(access) => {
            assert_eq!(client.answer(), ServerMessage::Pong);
            (client, Some(*access))
        }
        other => panic!("{other:?}"),
    }
}

/// Why somebody with this key is not let in; the connection stays.
fn refused(server: &TestServer, key: &Key, fields: &str) -> ErrorCode {
    let mut client = server.client();
    let (nonce, binding) = (client.welcome(), client.binding());
    client.send(&key.join_line("Zoë", "sala", &nonce, &binding, fields));
    let refusal = client.refusal();
    client.expect_pong();
    refusal.code
}

fn do_it(client: &mut RawClient, id: &str, act: &str) {
    client.send(&format!(r#"{{"type":"say","id":"{id}","act":{act}}}"#));
}

fn about(id: &MemberId) -> String {
    format!(r#""whom":{{"id":"{id}"}}"#)
}

/// The next message, which must be an act.
fn next_act(client: &mut RawClient) -> Act {
    let message = client.message();
    *message.body.act.unwrap_or_else(|| panic!("no act: {:?}", message.body.text))
}

/// Invariant: of a hundred who come at the same time by an invite for one, exactly one comes in, and the others learn
/// why.
#[test]
fn a_hundred_race_for_one_use_and_one_wins() {
    let server = by_invite();
    let secret = invite(&server, 1, Some(1), None);
    let (server, barrier) = (Arc::new(server), Arc::new(Barrier::new(100)));
    let race = |_| {
        let (server, barrier, secret) = (Arc::clone(&server), Arc::clone(&barrier), secret.clone());
        thread::spawn(move || {
            let key = Key::new();
            let mut client = server.client();
            let (nonce, binding) = (client.welcome(), client.binding());
            barrier.wait();
            client.send(&key.join_line("Ana", "sala", &nonce, &binding, &secret));
            let answer = client.answer();
            match answer {
                ServerMessage::Joined { .. } => Some((client, key)),
                ServerMessage::Error(refusal) => {
                    assert_eq!(refusal.code, ErrorCode::InviteUsed, "{refusal:?}");
                    None
                }
                other => panic!("{other:?}"),
            }
        })
    };
    let racers: Vec<_> = (0..100).map(race).collect();
    let winners: Vec<_> = racers.into_iter().filter_map(|racer| racer.join().unwrap()).collect();
    assert_eq!(winners.len(), 1);
    let OperatorAnswer::Audit(acts) = ask(&server, OperatorAsk::Audit { limit: 1000 }) else { panic!() };
    let entered = acts.iter().filter(|act| matches!(act.body.act.as_deref(), Some(Act::Enter { .. })));
    assert_eq!(entered.count(), 1, "the log says so as well");
}

/// Everything that a stranger is told, the nonce apart, while they try all that one can try: as a guest, or with a key.
fn transcript(server: &TestServer, room: &str, key: Option<&Key>) -> Vec<String> {
    let mut client = server.client();
    let nonce = client.welcome();
    if let Some(key) = key {
        let binding = client.binding();
        client.send(&key.join_line("Eva", room, &nonce, &binding, ""));
        client.send(&key.join_line("Eva", room, &nonce, &binding, r#","after":0"#));
    }
    let secret = InviteSecret::new([77; 20]).reveal();
    for line in [
        format!(r#"{{"type":"join","name":"Eva","room":"{room}"}}"#),
        r#"{"type":"members"}"#.to_owned(),
        r#"{"type":"history"}"#.to_owned(),
        r#"{"type":"audit"}"#.to_owned(),
        r#"{"type":"access"}"#.to_owned(),
        r#"{"type":"say","id":"1","text":"oi"}"#.to_owned(),
        r#"{"type":"say","id":"2","act":{"do":"announce","on":true}}"#.to_owned(),
        format!(r#"{{"type":"join","name":"Eva","room":"{room}","after":0}}"#),
        format!(r#"{{"type":"join","name":"Eva","room":"{room}","invite":"{secret}"}}"#),
        r#"{"type":"typing"}"#.to_owned(),
        r#"{"type":"leave"}"#.to_owned(),
    ] {
        client.send(&line);
    }
    let mut said = Vec::new();
    while let Some(line) = client.line() {
        said.push(String::from_utf8(line).unwrap());
    }
    said
}

/// Invariant: who is not let in gets not one byte that depends on the room: the same for a room full of people who
/// talk as for one that does not exist, and the no comes after the same time.
#[test]
fn a_stranger_learns_nothing_of_a_room() {
    let server = by_invite();
    let (ana, zoe) = (Key::new(), Key::new());
    let secret = invite(&server, 1, None, None);
    let (mut first, _) = enter(&server, &ana, "Bela", &secret);
    let (_second, _) = enter(&server, &zoe, "Caio", &secret);
    for number in 0..20 {
        first.say(&number.to_string(), "hush");
    }
    // While somebody comes, writes and is called otherwise there all the time.
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let busy = thread::spawn(move || {
        let mut said = 100;
        while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            first.say(&said.to_string(), "hush");
            first.send(r#"{"type":"typing"}"#);
            first.send(&format!(r#"{{"type":"rename","name":"Bela {said}"}}"#));
            first.send(r#"{"type":"ping"}"#);
            // Its own echoes come before.
            while first.answer() != ServerMessage::Pong {}
            said += 1;
        }
    });
    let (key, server) = (Key::new(), &server);
    let [full, empty, full_by_key, empty_by_key] = thread::scope(|scope| {
        let told = |room, key| scope.spawn(move || transcript(server, room, key));
        let asked = [("sala", None), ("nowhere", None), ("sala", Some(&key)), ("nowhere", Some(&key))];
        asked.map(|(room, key)| told(room, key)).map(|told| told.join().unwrap())
    });
    drop(stop);
    busy.join().unwrap();
    assert_eq!(full, empty);
    assert_eq!(full_by_key, empty_by_key);
    assert_eq!(full.iter().filter(|line| line.contains(r#""no_entry""#)).count(), 3, "{full:?}");
    let told = |word: &str| full.iter().any(|line| line.contains(word));
    assert!(!told("Bela") && !told("Caio") && !told("hush"), "{full:?}");
    let begun = std::time::Instant::now();
    assert_eq!(refused(server, &Key::new(), ""), ErrorCode::NoEntry);
    assert!(begun.elapsed() >= Duration::from_millis(300), "the no comes at its time");
}

/// Invariant: whoever came in by an invite once needs none any more, also after a restart; what is over is told apart
/// only to those who have the secret.
#[test]
fn an_admitted_key_stays_a_member_and_an_invite_ends() {
    let mut server = by_invite();
    let ana = Key::new();
    let once = invite(&server, 1, Some(1), None);
    let (client, access) = enter(&server, &ana, "Ana", &once);
    let access = access.expect("by invite is not the usual");
    assert_eq!((access.role, access.open, access.invites.len()), (Role::Member, false, 0));
    drop(client);
    server = server.restart();
    let (_client, _) = enter(&server, &ana, "Ana", "");
    assert_eq!(refused(&server, &Key::new(), &once), ErrorCode::InviteUsed);
    let revoked = invite(&server, 2, None, None);
    act(&server, Act::Revoke { invite: invite_id(&InviteSecret::new([2; 20]), &sala()) });
    assert_eq!(refused(&server, &Key::new(), &revoked), ErrorCode::InviteRevoked);
    let other_room = InviteSecret::new([3; 20]);
    let elsewhere = RoomName::parse("elsewhere").unwrap();
    let act =
        Act::Invite { invite: invite_id(&other_room, &elsewhere), uses: None, seconds: None, owner: false };
    server.operator.ask(OperatorRequest { room: elsewhere, ask: OperatorAsk::Act(act) });
    let field = format!(r#","invite":"{}""#, other_room.reveal());
    assert_eq!(refused(&server, &Key::new(), &field), ErrorCode::NoEntry, "a secret is for one room");
}

/// Invariant: the first key that comes by the invite of a new server owns the room, and nobody else by the same.
#[test]
fn the_first_by_the_first_invite_is_the_owner() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = crate::common::server::config(folder.path());
    config.access = AccessRules { open: false, slow: Slow::Off };
    let server = papo_server::Server::bind(config).unwrap();
    let unused = server.owner_invite(&sala()).unwrap().expect("there is no owner yet");
    let secret = server.owner_invite(&sala()).unwrap().expect("nobody has used it");
    assert_ne!(unused, secret);
    let (address, stopper) = (server.addresses()[0], server.stopper());
    let running = thread::spawn(move || server.run());
    let join = |key: &Key, secret: &InviteSecret| {
        let mut client = RawClient::connect(address, &crate::common::Dial::default()).unwrap();
        let (nonce, binding) = (client.welcome(), client.binding());
        let field = format!(r#","invite":"{}""#, secret.reveal());
        client.send(&key.join_line("Ana", "sala", &nonce, &binding, &field));
        client.answer();
        match client.answer() {
            ServerMessage::Access(access) => (client, access.role),
            other => panic!("{other:?}"),
        }
    };
    let (owner, second) = (Key::new(), Key::new());
    assert_eq!(join(&owner, &secret).1, Role::Owner);
    assert_eq!(join(&second, &secret).1, Role::Member);
    stopper.stop();
    running.join().unwrap().unwrap();
}

/// Invariant: an act is a message of the room for everybody, at one place, once, however often it is sent; whom it
/// puts out is told why and gets nothing that comes after it.
#[test]
fn a_kick_is_seen_by_all_and_ends_the_connection() {
    let server = by_invite();
    let secret = invite(&server, 1, None, None);
    let (ana, zoe, bo) = (Key::new(), Key::new(), Key::new());
    let (mut owner, _) = enter(&server, &ana, "Ana", &secret);
    op(&server, &ana, Role::Owner);
    let (mut guilty, _) = enter(&server, &zoe, "Zoë", &secret);
    let (mut again, _) = enter(&server, &zoe, "Zoë", "");
    let (mut other, _) = enter(&server, &bo, "Bo", &secret);
    let kick = format!(r#"{{"do":"kick",{},"why":"spam"}}"#, about(&zoe.id()));
    do_it(&mut other, "1", &kick);
    other.expect_error(ErrorCode::NotAllowed, Some("1"));
    do_it(&mut owner, "1", &kick);
    do_it(&mut owner, "1", &kick);
    for client in [&mut guilty, &mut again] {
        while !matches!(next_act(client), Act::Kick { .. }) {}
        assert_eq!(client.expect_closing(ClosingCode::Kicked), None);
    }
    let act = next_act(&mut other);
    assert_eq!(act.whom().unwrap().name.as_ref().unwrap().as_str(), "Zoë", "the server says who that is");
    assert_eq!(act.why(), Some("spam"));
    assert_eq!(refused(&server, &zoe, ""), ErrorCode::NoEntry, "another invite is needed");
    owner.say("2", "done");
    assert_eq!(text_of(&other.message()), "done", "the same act twice is one act");
    let (_back, _) = enter(&server, &zoe, "Zoë", &secret);
}

/// Invariant: whoever was kicked from a room that everybody may enter, and comes back, may speak at once.
#[test]
fn who_comes_back_after_a_kick_may_speak() {
    let server = TestServer::start(|_| {});
    let zoe = Key::new();
    let (mut kicked, _) = enter(&server, &zoe, "Zoë", "");
    // Somebody stays: a room that was closed knows nothing of whom it put out.
    let (_stays, _) = server.guest("Bo", "sala");
    act(&server, Act::Kick { whom: Whom::new(zoe.id()), why: None });
    assert!(matches!(next_act(&mut kicked), Act::Kick { .. }));
    kicked.expect_closing(ClosingCode::Kicked);
    let (mut back, _) = enter(&server, &zoe, "Zoë", "");
    back.say("1", "sorry");
    assert_eq!(text_of(&back.message()), "sorry");
}

/// Invariant: a ban holds over a restart for the key, for a guest's address, and ends when it is taken back.
#[test]
fn a_ban_keeps_out_the_key_and_the_guests_address() {
    let mut server = TestServer::start(|_| {});
    let (ana, zoe) = (Key::new(), Key::new());
    op(&server, &ana, Role::Moderator);
    let (mut moderator, access) = enter(&server, &ana, "Ana", "");
    assert_eq!(access.map(|access| access.role), Some(Role::Moderator));
    let (mut banned, _) = enter(&server, &zoe, "Zoë", "");
    do_it(&mut moderator, "1", &format!(r#"{{"do":"ban",{}}}"#, about(&zoe.id())));
    assert!(matches!(next_act(&mut banned), Act::Ban { .. }));
    banned.expect_closing(ClosingCode::Banned);
    let (mut guest, joined) = server.guest("Eva", "sala");
    let (mut same_address, _) = server.guest("Bo", "sala");
    do_it(&mut moderator, "2", &format!(r#"{{"do":"ban",{},"seconds":600}}"#, about(&joined.you.id)));
    for client in [&mut guest, &mut same_address] {
        assert!(matches!(next_act(client), Act::Ban { .. }));
        client.expect_closing(ClosingCode::Banned);
    }
    drop(moderator);
    server = server.restart();
    assert_eq!(refused(&server, &zoe, ""), ErrorCode::Banned);
    let mut guest = server.client();
    guest.welcome();
    guest.send(r#"{"type":"join","name":"Eva","room":"sala"}"#);
    let refusal = guest.expect_error(ErrorCode::Banned, None);
    assert!((1..=600).contains(&refusal.retry_after.unwrap()), "{refusal:?}");
    let (mut moderator, access) = enter(&server, &ana, "Ana", "");
    assert!(access.unwrap().bans.is_empty(), "the lists are for who asks");
    moderator.send(r#"{"type":"access"}"#);
    let ServerMessage::Access(access) = moderator.answer() else { panic!() };
    assert_eq!(access.bans.len(), 2);
    for id in [zoe.id(), joined.you.id] {
        do_it(&mut moderator, id.as_str(), &format!(r#"{{"do":"unban",{}}}"#, about(&id)));
        assert!(matches!(next_act(&mut moderator), Act::Unban { .. }));
    }
    let (_back, _) = enter(&server, &zoe, "Zoë", "");
    let (_back, _) = server.guest("Eva", "sala");
}

/// Invariant: who may not speak is told why and nothing is stored; a message that was stored before is still known.
#[test]
fn a_mute_slow_mode_and_announcements_hold_back_messages() {
    let server = TestServer::start(|_| {});
    let (ana, zoe) = (Key::new(), Key::new());
    let (mut quiet, _) = enter(&server, &zoe, "Zoë", "");
    quiet.say("1", "before");
    assert_eq!(text_of(&quiet.message()), "before");
    op(&server, &ana, Role::Moderator);
    let (mut moderator, _) = enter(&server, &ana, "Ana", "");
    next_act(&mut quiet);
    do_it(&mut moderator, "1", &format!(r#"{{"do":"mute",{},"seconds":60}}"#, about(&zoe.id())));
    assert!(matches!(next_act(&mut quiet), Act::Mute { .. }));
    quiet.say("2", "muted");
    assert!(quiet.expect_error(ErrorCode::Muted, Some("2")).retry_after.is_some());
    quiet.say("1", "before");
    assert_eq!(text_of(&quiet.message()), "before", "what is in the log is acknowledged again");
    do_it(&mut moderator, "2", &format!(r#"{{"do":"unmute",{}}}"#, about(&zoe.id())));
    do_it(&mut moderator, "3", r#"{"do":"announce","on":true}"#);
    assert!(matches!(next_act(&mut quiet), Act::Unmute { .. }));
    assert!(matches!(next_act(&mut quiet), Act::Announce { on: true }));
    quiet.say("3", "hello");
    quiet.expect_error(ErrorCode::AnnounceOnly, Some("3"));
    do_it(&mut moderator, "4", r#"{"do":"announce","on":false}"#);
    do_it(&mut moderator, "5", r#"{"do":"slow","seconds":600}"#);
    assert!(matches!(next_act(&mut quiet), Act::Announce { on: false }));
    assert!(matches!(next_act(&mut quiet), Act::Slow { seconds: Some(600) }));
    quiet.say("4", "one");
    assert_eq!(text_of(&quiet.message()), "one");
    quiet.say("5", "two");
    assert!(quiet.expect_error(ErrorCode::SlowMode, Some("5")).retry_after.is_some_and(|wait| wait > 500));
    for number in 0..3 {
        moderator.say(&format!("m{number}"), "moderators do not wait");
        assert_eq!(text_of(&quiet.message()), "moderators do not wait");
    }
}

/// Invariant: nobody new comes into a locked room; who was inside comes back. What was done stays readable as such.
#[test]
fn a_locked_room_keeps_who_is_inside_and_the_audit_tells_what_was_done() {
    let server = TestServer::start(|_| {});
    let (ana, zoe) = (Key::new(), Key::new());
    op(&server, &ana, Role::Owner);
    let (mut owner, _) = enter(&server, &ana, "Ana", "");
    let (mut inside, _) = enter(&server, &zoe, "Zoë", "");
    do_it(&mut owner, "1", r#"{"do":"lock","on":true}"#);
    assert!(matches!(next_act(&mut inside), Act::Lock { on: true, inside } if inside.contains(&zoe.id())));
    assert_eq!(refused(&server, &Key::new(), ""), ErrorCode::Locked);
    drop(inside);
    let (mut back, access) = enter(&server, &zoe, "Zoë", "");
    assert!(access.is_some_and(|access| access.locked && access.role == Role::Member));
    back.say("1", "still here");
    back.message();
    back.send(r#"{"type":"audit","limit":1}"#);
    match back.answer() {
        ServerMessage::Audit { acts, more: true } => {
            assert!(matches!(acts[0].body.act.as_deref(), Some(Act::Lock { .. })));
            assert_eq!(acts[0].from.id, ana.id());
            back.send(&format!(r#"{{"type":"audit","before":{}}}"#, acts[0].seq));
        }
        other => panic!("{other:?}"),
    }
    match back.answer() {
        ServerMessage::Audit { acts, more: false } => {
            assert!(acts.iter().all(|act| act.from.id.is_operator()), "{acts:?}");
        }
        other => panic!("{other:?}"),
    }
    let (history, _) = back.history(r#","after":0"#);
    crate::common::assert_consecutive(&history, 1);
}
