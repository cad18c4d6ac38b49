//! Who comes in, as whom, and into which room.

use papo_proto::limits::{NAME_CHARS_MAX, ROOM_BYTES_MAX};
use papo_proto::{ClosingCode, ErrorCode, Nonce, ServerMessage};

use crate::common::{Key, TestServer, lines, said};

/// Invariant: without a key a member is a guest, with another id on each connection.
#[test]
fn guests_are_told_apart_by_id_and_not_by_name() {
    let server = TestServer::start(|_| {});
    let (_one, first) = server.guest("Ana", "lobby");
    let (_two, second) = server.guest("Ana", "lobby");
    assert!(first.you.id.is_guest() && second.you.id.is_guest());
    assert_ne!(first.you.id, second.you.id);
    assert_eq!(first.you.name, second.you.name);
    assert_eq!((first.first, first.head, first.count), (1, 0, 1), "an empty room");
    assert_eq!(second.count, 2);
    let members = second.members.unwrap();
    assert!(members.is_sorted_by(|one, two| one.id < two.id));
    assert!(members.contains(&first.you) && members.contains(&second.you));
}

/// Invariant: a key that is proven for this connection and room is who one is, on every connection.
#[test]
fn a_proven_key_is_the_same_member_on_every_connection() {
    let server = TestServer::start(|_| {});
    let key = Key::new();
    let mut one = server.client();
    let joined = one.join_with_key(&key, "Ana", "lobby", "");
    assert_eq!(joined.you.id, key.id());
    let mut two = server.client();
    let joined = two.join_with_key(&key, "Ana Maria", "lobby", r#","agent":"test/1""#);
    assert_eq!(joined.you.id, key.id());
    assert_eq!((joined.count, joined.members.unwrap().len()), (1, 1), "one member with two connections");
}

/// Invariant: a proof holds for one nonce, one room, one connection and one key; else it is `bad_proof`, and the
/// connection may try again.
#[test]
fn a_proof_for_anything_else_is_refused() {
    let server = TestServer::start(|_| {});
    let (key, other_key) = (Key::new(), Key::new());
    let mut client = server.client();
    let (nonce, binding) = (client.welcome(), client.binding());
    let mut other_connection = server.client();
    let other_nonce = other_connection.welcome();
    // A browser tells a page nothing of its TLS: there the binding is the page's origin, and the nonce keeps
    // connections apart.
    let other_binding = if crate::OVER_WEBSOCKET { [7; 32] } else { other_connection.binding() };
    assert_ne!(binding, other_binding);
    let good = key.prove("sala", &nonce, &binding);
    let mut turned = good;
    turned.0[63] ^= 1;
    let rows = [
        ("another connection's nonce", key.prove("sala", &other_nonce, &binding)),
        ("no nonce", key.prove("sala", &Nonce([0; 16]), &binding)),
        ("another room", key.prove("lobby", &nonce, &binding)),
        ("another connection's binding", key.prove("sala", &nonce, &other_binding)),
        ("no binding", key.prove("sala", &nonce, &[0; 32])),
        ("another key's proof", other_key.prove("sala", &nonce, &binding)),
        ("one bit", turned),
    ];
    for (row, proof) in rows {
        let public = key.public();
        client.send(&format!(
            r#"{{"type":"join","name":"Ana","room":"sala","key":"{public}","proof":"{proof}"}}"#
        ));
        let refusal = client.refusal();
        assert_eq!((refusal.code, refusal.about), (ErrorCode::BadProof, None), "{row}");
    }
    // The whole line of another connection does not help either: somebody in between cannot pass it on.
    let line = key.join_line("Ana", "sala", &nonce, &binding, "");
    other_connection.send(&line);
    other_connection.expect_error(ErrorCode::BadProof, None);
    client.send(&line);
    assert_eq!(client.joined().you.id, key.id());
    client.send(&line);
    client.expect_error(ErrorCode::AlreadyJoined, None);
}

/// Invariant: only `join`, `ping`, `pong` and `leave` work before `joined`, and `join` only once.
#[test]
fn a_connection_joins_first_and_once() {
    let server = TestServer::start(|_| {});
    let mut client = server.client();
    client.welcome();
    for line in [
        r#"{"type":"say","id":"1","text":"oi"}"#,
        r#"{"type":"history"}"#,
        r#"{"type":"members"}"#,
        r#"{"type":"typing"}"#,
        r#"{"type":"rename","name":"Eva"}"#,
    ] {
        client.send(line);
        client.expect_error(ErrorCode::JoinFirst, None);
    }
    client.send(r#"{"type":"pong"}"#);
    client.send(r#"{"type":"join","name":"Ana"}"#);
    let joined = client.joined();
    assert_eq!((joined.room.as_str(), joined.head), ("lobby", 0), "what came too early was not stored");
    client.send(r#"{"type":"join","name":"Ana","room":"other"}"#);
    client.expect_error(ErrorCode::AlreadyJoined, None);
    let mut leaves = server.client();
    leaves.welcome();
    leaves.send(r#"{"type":"leave"}"#);
    leaves.expect_closing(ClosingCode::Left);
}

/// Invariant: names of members and rooms are taken as the protocol says, or refused by name.
#[test]
fn names_are_tidied_or_refused() {
    let server = TestServer::start(|_| {});
    let long = |length: usize| "a".repeat(length);
    let rows = [
        ("Ana".to_owned(), "lobby".to_owned(), Ok(("Ana".to_owned(), "lobby".to_owned()))),
        ("  Ana \u{3000}".into(), " Sala-1 ".into(), Ok(("Ana".into(), "sala-1".into()))),
        (long(NAME_CHARS_MAX), long(ROOM_BYTES_MAX), Ok((long(NAME_CHARS_MAX), long(ROOM_BYTES_MAX)))),
        (long(NAME_CHARS_MAX + 1), "lobby".into(), Err(ErrorCode::BadName)),
        ("   ".into(), "lobby".into(), Err(ErrorCode::BadName)),
        ("A\\u0007na".into(), "lobby".into(), Err(ErrorCode::BadName)),
        ("A\u{202e}na".into(), "lobby".into(), Err(ErrorCode::BadName)),
        ("Ana".into(), String::new(), Err(ErrorCode::BadRoom)),
        ("Ana".into(), long(ROOM_BYTES_MAX + 1), Err(ErrorCode::BadRoom)),
        ("Ana".into(), "-sala".into(), Err(ErrorCode::BadRoom)),
        ("Ana".into(), "sala/1".into(), Err(ErrorCode::BadRoom)),
        ("Ana".into(), "../log".into(), Err(ErrorCode::BadRoom)),
        ("Ana".into(), "metrics".into(), Err(ErrorCode::BadRoom)),
    ];
    for (name, room, expected) in rows {
        let mut client = server.client();
        client.welcome();
        client.send(&format!(r#"{{"type":"join","name":"{name}","room":"{room}"}}"#));
        match expected {
            Ok((name, room)) => {
                let joined = client.joined();
                assert_eq!((joined.you.name.as_str(), joined.room.as_str()), (&*name, &*room));
            }
            Err(code) => {
                client.expect_error(code, None);
                client.send(r#"{"type":"join","name":"Ana","room":"again"}"#);
                assert_eq!(client.joined().room, "again", "a refused join may be tried again");
            }
        }
    }
}

/// Invariant: what is sent behind a `join` waits for it, however the room has to be opened and the bytes come.
#[test]
fn what_follows_a_join_at_once_waits_for_it() {
    let server = TestServer::start(|_| {});
    for round in 0..8 {
        let mut client = server.client();
        let join = format!(r#"{{"type":"join","name":"Ana","room":"new-{round}"}}"#);
        let rest = lines((0..100).map(|i| said(&i.to_string(), &"x".repeat(100))));
        // Two records that may come with one read: the second is opened when the first one holds.
        let records = [lines([join]), rest, lines([r#"{"type":"ping"}"#])];
        for record in &records {
            client.offer(record);
        }
        client.send_bytes(b"");
        client.welcome();
        assert_eq!(client.joined().head, 0);
        let (mut messages, mut pongs) = (0, 0);
        while messages < 100 || pongs < 1 {
            match client.answer() {
                ServerMessage::Message(message) => {
                    messages += 1;
                    assert_eq!(message.id.as_str(), (messages - 1).to_string());
                }
                ServerMessage::Pong => pongs += 1,
                other => panic!("{other:?}"),
            }
        }
    }
}
