//! The vectors in `vectors/*.json`, which programs in any language read: this crate must find in every
//! line what the vector says, write every line byte for byte, and have a vector for everything there is.
//! Not here: whether the documentation's own examples are right, which is `document.rs`.

#![expect(clippy::expect_used, clippy::panic, reason = "a test reports what is wrong by panicking")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use papo_proto::codec::{self, LineTooLong};
use papo_proto::invite::InviteError;
use papo_proto::proof::join_proof;
use papo_proto::{
    Act, Body, ClientMessage, ClosingCode, ErrorCode, Invite, InviteSecret, Join, LineBuffer, MemberId,
    Message, Name, NameError, PublicKey, Reaction, Refusal, Role, RoomAccess, RoomName, RoomNameError,
    Sanction, ServerMessage, Until, Whom,
};

/// What a vector's line is called on the wire, and the list of all such names. The `match` has no arm for
/// the rest: a new variant does not compile until it stands here, and then needs a vector.
macro_rules! names_of {
    ($all:ident, $name:ident, $type:ident: $($variant:ident => $text:literal),* $(,)?) => {
        const $all: &[&str] = &[$($text),*];

        fn $name(value: &$type) -> &'static str {
            match value {
                $($type::$variant { .. } => $text),*
            }
        }
    };
}

names_of!(CLIENT_TYPES, client_type, ClientMessage:
    Join => "join", Say => "say", History => "history", Members => "members", Typing => "typing",
    Audit => "audit", Access => "access", Rename => "rename", Leave => "leave", Ping => "ping", Pong => "pong");

names_of!(SERVER_TYPES, server_type, ServerMessage:
    Welcome => "welcome", Joined => "joined", Truncated => "truncated", Message => "message",
    History => "history", Members => "members", Entered => "entered", Left => "left",
    Renamed => "renamed", Typing => "typing", Count => "count", Servers => "servers", Error => "error",
    Audit => "audit", Access => "access", Closing => "closing", Ping => "ping", Pong => "pong",
    Unknown => "unknown");

names_of!(ERROR_CODES, error_code, ErrorCode:
    BadUtf8 => "bad_utf8", BadJson => "bad_json", UnknownType => "unknown_type",
    BadField => "bad_field", BadName => "bad_name", BadRoom => "bad_room", BadBody => "bad_body",
    TooLarge => "too_large", JoinFirst => "join_first", AlreadyJoined => "already_joined",
    BadProof => "bad_proof", IdReused => "id_reused", TooFast => "too_fast",
    LogFailed => "log_failed", NoEntry => "no_entry", InviteExpired => "invite_expired",
    InviteUsed => "invite_used", InviteRevoked => "invite_revoked", Banned => "banned",
    Locked => "locked", Muted => "muted", SlowMode => "slow_mode", AnnounceOnly => "announce_only",
    NotAllowed => "not_allowed", BadAct => "bad_act", Unknown => "unknown");

names_of!(CLOSING_CODES, closing_code, ClosingCode:
    Stopping => "stopping", TooLarge => "too_large", TooLate => "too_late", Silent => "silent",
    TooSlow => "too_slow", Full => "full", TooMany => "too_many", Left => "left", Kicked => "kicked", Banned => "banned",
    Unknown => "unknown");

#[test]
fn client_messages_are_read_and_written_as_the_vectors_say() {
    let vectors = vectors("client_messages.json");
    for vector in &vectors {
        let name = text(vector, "name");
        let message = codec::decode_client(text(vector, "line").as_bytes()).expect(name);
        assert_eq!(client_meaning(&message), vector["meaning"], "{name}");
        assert_eq!(client_line(&message), text(vector, "line"), "{name}");
        if let ClientMessage::Say { body, .. } = &message {
            assert!(body.to_json().is_ok(), "{name}: a server would refuse it");
        }
    }
    assert_complete(&vectors, "type", CLIENT_TYPES);
}

#[test]
fn server_messages_are_read_and_written_as_the_vectors_say() {
    let mut vectors = vectors("server_messages.json");
    for vector in &vectors {
        check_server_line(vector);
    }
    vectors.extend(of_side("server"));
    assert_complete(&vectors, "type", SERVER_TYPES);
}

#[test]
fn every_error_code_has_a_vector() {
    let mut vectors = vectors("errors.json");
    for vector in &vectors {
        let ServerMessage::Error(refusal) = check_server_line(vector) else { panic!("{vector} is no error") };
        assert_eq!(json!(refusal.code.is_final()), vector["final"], "{vector}");
    }
    let sent: BTreeSet<&str> = ErrorCode::ALL.iter().map(error_code).collect();
    assert_eq!(sent, vectors.iter().map(|vector| text(&vector["meaning"], "code")).collect());
    vectors.extend(of_side("server"));
    assert_complete(&vectors, "code", ERROR_CODES);
}

#[test]
fn every_closing_code_has_a_vector() {
    let mut vectors = vectors("closings.json");
    for vector in &vectors {
        let message = check_server_line(vector);
        assert!(matches!(message, ServerMessage::Closing { .. }), "{vector} is no closing");
    }
    let sent: BTreeSet<&str> = ClosingCode::ALL.iter().map(closing_code).collect();
    assert_eq!(sent, vectors.iter().map(|vector| text(&vector["meaning"], "code")).collect());
    vectors.extend(of_side("server"));
    assert_complete(&vectors, "code", CLOSING_CODES);
}

#[test]
fn tolerated_lines_mean_what_the_vectors_say() {
    for vector in of_side("client") {
        let name = text(&vector, "name");
        let line = text(&vector, "line").trim_end_matches('\r');
        let message = codec::decode_client(line.as_bytes()).expect(name);
        assert_eq!(client_meaning(&message), vector["meaning"], "{name}");
        assert_eq!(client_line(&message), text(&vector, "canonical"), "{name}");
    }
    for vector in of_side("server") {
        let name = text(&vector, "name");
        let message = codec::decode_server(text(&vector, "line").as_bytes()).expect(name);
        assert_eq!(server_meaning(&message), vector["meaning"], "{name}");
        if let Some(canonical) = vector["canonical"].as_str() {
            assert_eq!(server_line(&message), canonical, "{name}");
        }
    }
}

#[test]
fn bad_lines_are_refused_with_the_codes_of_the_vectors() {
    let vectors = vectors("bad_lines.json");
    for vector in &vectors {
        let line = match (vector["line"].as_str(), vector["line_hex"].as_str()) {
            (Some(line), _) => line.as_bytes().to_vec(),
            (_, Some(line)) => bytes(line),
            _ => pieces(&vector["line_parts"]),
        };
        let refusal = refusal_of(&line).unwrap_or_else(|| panic!("{} was understood", vector["name"]));
        assert_eq!(error_code(&refusal.code), text(vector, "code"), "{}: {refusal:?}", vector["name"]);
        let about = refusal.about.as_ref().map(ToString::to_string);
        assert_eq!(json!(about), vector["about"], "{}", vector["name"]);
        let answer = server_line(&ServerMessage::Error(refusal));
        assert!(answer.len() <= papo_proto::limits::LINE_BYTES_MAX, "{}", vector["name"]);
    }
    let codes: BTreeSet<&str> = vectors.iter().map(|vector| text(vector, "code")).collect();
    let by_reading =
        ["bad_utf8", "bad_json", "unknown_type", "bad_field", "bad_name", "bad_room", "bad_body"];
    assert_eq!(codes, by_reading.into_iter().chain(["too_large"]).collect());
}

/// What a server answers to a line before it looks at rooms or members.
fn refusal_of(line: &[u8]) -> Option<Refusal> {
    match codec::decode_client(line) {
        Ok(ClientMessage::Say { id, body }) => {
            body.to_json().err().map(|error| codec::refuse_body(error, id))
        }
        Ok(_) => None,
        Err(refusal) => Some(refusal),
    }
}

#[test]
fn names_are_accepted_and_refused_as_the_vectors_say() {
    for vector in vectors("names.json") {
        let given = text(&vector, "text");
        let result = match text(&vector, "kind") {
            "member" => Name::parse(given).map(String::from).map_err(|error| match error {
                NameError::Empty => "empty",
                NameError::TooLong { .. } => "too_long",
                NameError::Character(_) => "character",
            }),
            "room" => RoomName::parse(given).map(String::from).map_err(|error| match error {
                RoomNameError::Length { .. } => "length",
                RoomNameError::Character => "character",
                RoomNameError::Reserved => "reserved",
            }),
            kind => panic!("{kind} has no names"),
        };
        let expected = vector["problem"].as_str().map_or_else(|| Ok(text(&vector, "becomes").into()), Err);
        assert_eq!(result, expected, "{}", vector["name"]);
    }
}

#[test]
fn invites_are_read_and_refused_as_the_vectors_say() {
    for vector in vectors("invites.json") {
        let name = text(&vector, "name");
        match text(&vector, "link").parse::<Invite>() {
            Ok(invite) => {
                let meaning = json!({
                    "host": invite.address.host,
                    "port": invite.address.port,
                    "room": invite.room.as_str(),
                    "fingerprint_hex": HEXLOWER.encode(&invite.fingerprint.0),
                    "secret_hex": invite.secret.as_ref().map(secret_hex),
                    "others": invite.others.iter().map(ToString::to_string).collect::<Vec<String>>(),
                });
                assert_eq!(meaning, vector["meaning"], "{name}");
                assert_eq!(json!(invite.to_string()), vector["canonical"], "{name}");
                assert_eq!(Value::Null, vector["problem"], "{name}");
            }
            Err(error) => {
                let problem = match error {
                    InviteError::Link => "link",
                    InviteError::Fingerprint => "fingerprint",
                    InviteError::Secret => "secret",
                    InviteError::Address(_) => "address",
                };
                assert_eq!(json!(problem), vector["problem"], "{name}");
            }
        }
    }
}

#[test]
fn member_ids_come_from_keys_as_the_vectors_say() {
    let file = file("member_ids.json");
    for vector in list(&file["vectors"]) {
        let id = match vector["key_hex"].as_str() {
            Some(key) => {
                let key = PublicKey(bytes(key).try_into().expect("32 bytes"));
                assert_eq!(key.to_string(), text(vector, "key"));
                MemberId::of_key(&key)
            }
            None => MemberId::of_guest(bytes(text(vector, "random_hex")).try_into().expect("8 bytes")),
        };
        assert_eq!(id.as_str(), text(vector, "id"));
        assert_eq!(id.badge(), text(vector, "badge"));
        assert_eq!(json!(id.is_guest()), vector["guest"]);
        assert_eq!(MemberId::parse(text(vector, "id")), Ok(id));
    }
    for bad in list(&file["bad"]) {
        assert!(MemberId::parse(bad.as_str().expect("a text")).is_err(), "{bad}");
    }
}

/// Checks the bytes that are signed. The signatures were made and verified by two other programs; that
/// papo's own client makes the same is for its tests, since this crate has no cryptography.
#[test]
fn join_proofs_sign_the_bytes_of_the_vectors() {
    for vector in vectors("join_proof.json") {
        let Ok(ClientMessage::Join(join)) = codec::decode_client(text(&vector, "line").as_bytes()) else {
            panic!("{} is no join", vector["name"]);
        };
        let (key, proof) = (join.key.expect("a key"), join.proof.expect("a proof"));
        let room = join.room.expect("a room");
        let nonce = text(&vector, "nonce").parse().expect("a nonce");
        let binding = bytes(text(&vector, "binding_hex")).try_into().expect("32 bytes");
        let signed = join_proof(&nonce, &room, &key, &binding);
        assert_eq!(HEXLOWER.encode(&signed), text(&vector, "signed_hex"), "{}", vector["name"]);
        assert_eq!(HEXLOWER.encode(&nonce.0), text(&vector, "nonce_hex"));
        assert_eq!(HEXLOWER.encode(&key.0), text(&vector, "key_hex"));
        assert_eq!(HEXLOWER.encode(&proof.0), text(&vector, "signature_hex"));
        assert_eq!(MemberId::of_key(&key).as_str(), text(&vector, "member_id"));
        assert_eq!(room.as_str(), text(&vector, "room"));
    }
}

#[test]
fn streams_are_cut_into_the_lines_of_the_vectors() {
    for vector in vectors("line_splitting.json") {
        let chunks: Vec<Vec<u8>> = list(&vector["chunks"]).iter().map(pieces).collect();
        let lines: Vec<Vec<u8>> = list(&vector["lines"]).iter().map(pieces).collect();
        let stream = chunks.concat();
        // However the same bytes arrive, the same comes out.
        let as_written = cut(chunks.iter().map(Vec::as_slice));
        let by_sevens = cut(stream.chunks(7));
        for (got, closing, pending_bytes) in [as_written, by_sevens] {
            assert_eq!(got, lines, "{}", vector["name"]);
            assert_eq!(json!(closing), vector["closing"], "{}", vector["name"]);
            if closing.is_none() {
                assert_eq!(json!(pending_bytes), vector["pending_bytes"], "{}", vector["name"]);
            }
        }
    }
}

fn cut<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, Option<&'static str>, usize) {
    let (mut buffer, mut lines) = (LineBuffer::default(), Vec::new());
    for chunk in chunks {
        let fed = buffer.feed(chunk, |line| {
            lines.push(line.to_vec());
            ControlFlow::Continue(())
        });
        if let Err(LineTooLong) = fed {
            return (lines, Some(closing_code(&ClosingCode::TooLarge)), 0);
        }
    }
    (lines, None, buffer.pending_len())
}

/// Reads the vector's line, checks its meaning, and writes it again.
fn check_server_line(vector: &Value) -> ServerMessage {
    let name = text(vector, "name");
    let message = codec::decode_server(text(vector, "line").as_bytes()).expect(name);
    assert_eq!(server_meaning(&message), vector["meaning"], "{name}");
    assert_eq!(server_line(&message), text(vector, "line"), "{name}");
    message
}

fn client_line(message: &ClientMessage) -> String {
    let mut line = Vec::new();
    codec::encode_client(message, &mut line);
    assert_eq!(line.pop(), Some(b'\n'));
    String::from_utf8(line).expect("UTF-8")
}

fn server_line(message: &ServerMessage) -> String {
    let mut line = Vec::new();
    codec::encode_server(message, &mut line);
    assert_eq!(line.pop(), Some(b'\n'));
    String::from_utf8(line).expect("UTF-8")
}

// The meanings are written field by field and not by serde, which made the lines.

fn client_meaning(message: &ClientMessage) -> Value {
    let kind = client_type(message);
    match message {
        ClientMessage::Join(join) => join_meaning(kind, join),
        ClientMessage::Say { id, body } => {
            json!({ "type": kind, "id": id.as_str(), "body": body_meaning(body) })
        }
        ClientMessage::History { before, after, limit } => json!({
            "type": kind,
            "before": before.map(papo_proto::Seq::number),
            "after": after.map(papo_proto::Seq::number),
            "limit": limit,
        }),
        ClientMessage::Members { after, limit } => {
            json!({ "type": kind, "after": after.as_ref().map(MemberId::as_str), "limit": limit })
        }
        ClientMessage::Audit { before, limit } => {
            json!({ "type": kind, "before": before.map(papo_proto::Seq::number), "limit": limit })
        }
        ClientMessage::Rename { name } => json!({ "type": kind, "name": name.as_str() }),
        ClientMessage::Access
        | ClientMessage::Typing
        | ClientMessage::Leave
        | ClientMessage::Ping
        | ClientMessage::Pong => {
            json!({ "type": kind })
        }
    }
}

fn join_meaning(kind: &str, join: &Join) -> Value {
    let Join { name, room, after, epoch, key, proof, invite, agent } = join;
    json!({
        "type": kind,
        "name": name.as_str(),
        "room": room.as_ref().map(RoomName::as_str),
        "after": after.map(papo_proto::Seq::number),
        "epoch_hex": epoch.map(|epoch| HEXLOWER.encode(&epoch.0)),
        "key_hex": key.map(|key| HEXLOWER.encode(&key.0)),
        "proof_hex": proof.map(|proof| HEXLOWER.encode(&proof.0)),
        "invite_hex": invite.as_ref().map(secret_hex),
        "agent": agent,
    })
}

fn server_meaning(message: &ServerMessage) -> Value {
    let kind = server_type(message);
    match message {
        ServerMessage::Welcome { protocol, server, nonce } => {
            let nonce_hex = HEXLOWER.encode(&nonce.0);
            json!({ "type": kind, "protocol": protocol, "server": server, "nonce_hex": nonce_hex })
        }
        ServerMessage::Joined { you, room, epoch, first, head, count, members } => json!({
            "type": kind,
            "you": member_meaning(you),
            "room": room.as_str(),
            "epoch_hex": HEXLOWER.encode(&epoch.0),
            "first": first.number(),
            "head": head.number(),
            "count": count,
            "members": members.as_deref().map(members_meaning),
        }),
        ServerMessage::Truncated { first, next } => {
            json!({ "type": kind, "first": first.number(), "next": next.number() })
        }
        ServerMessage::Message(message) => json!({ "type": kind, "message": message_meaning(message) }),
        ServerMessage::History { messages, more } => {
            let messages: Vec<Value> = messages.iter().map(message_meaning).collect();
            json!({ "type": kind, "messages": messages, "more": more })
        }
        ServerMessage::Members { members, count, more } => {
            json!({ "type": kind, "members": members_meaning(members), "count": count, "more": more })
        }
        ServerMessage::Audit { acts, more } => {
            let acts: Vec<Value> = acts.iter().map(message_meaning).collect();
            json!({ "type": kind, "acts": acts, "more": more })
        }
        ServerMessage::Access(access) => access_meaning(kind, access),
        ServerMessage::Entered { members, count } | ServerMessage::Left { members, count } => {
            json!({ "type": kind, "members": members_meaning(members), "count": count })
        }
        ServerMessage::Renamed { members } | ServerMessage::Typing { members } => {
            json!({ "type": kind, "members": members_meaning(members) })
        }
        ServerMessage::Count { count } => json!({ "type": kind, "count": count }),
        ServerMessage::Servers { servers } => {
            let servers: Vec<String> = servers.iter().map(ToString::to_string).collect();
            json!({ "type": kind, "servers": servers })
        }
        ServerMessage::Error(Refusal { code, text, about, retry_after }) => json!({
            "type": kind,
            "code": error_code(code),
            "text": text,
            "about": about.as_ref().map(ToString::to_string),
            "retry_after": retry_after,
        }),
        ServerMessage::Closing { code, text, after } => {
            json!({ "type": kind, "code": closing_code(code), "text": text, "after": after })
        }
        ServerMessage::Ping | ServerMessage::Pong | ServerMessage::Unknown => json!({ "type": kind }),
    }
}

fn message_meaning(message: &Message) -> Value {
    let Message { seq, time, from, id, body } = message;
    json!({
        "seq": seq.number(),
        "time_unix_ms": time.unix_ms(),
        "from": member_meaning(from),
        "id": id.as_str(),
        "body": body_meaning(body),
    })
}

fn body_meaning(body: &Body) -> Value {
    let Body { text, reply, edit, delete, react, act } = body;
    let react = react
        .as_ref()
        .map(|Reaction { to, emoji, remove }| json!({ "to": to.number(), "emoji": emoji, "remove": remove }));
    let mut meaning = json!({
        "text": text,
        "reply": reply.map(papo_proto::Seq::number),
        "edit": edit.map(papo_proto::Seq::number),
        "delete": delete.map(papo_proto::Seq::number),
        "react": react,
    });
    if let Some(act) = act {
        meaning["act"] = act_meaning(act);
    }
    meaning
}

fn act_meaning(act: &Act) -> Value {
    match act {
        Act::Kick { whom, why } => json!({ "do": "kick", "whom": whom_meaning(whom), "why": why }),
        Act::Ban { whom, seconds, why, address } => {
            let address = address.map(|tag| HEXLOWER.encode(&tag.0));
            json!({
                "do": "ban", "whom": whom_meaning(whom), "seconds": seconds, "why": why, "address_hex": address
            })
        }
        Act::Unban { whom } => json!({ "do": "unban", "whom": whom_meaning(whom) }),
        Act::Mute { whom, seconds, why } => {
            json!({ "do": "mute", "whom": whom_meaning(whom), "seconds": seconds, "why": why })
        }
        Act::Unmute { whom } => json!({ "do": "unmute", "whom": whom_meaning(whom) }),
        Act::Slow { seconds } => json!({ "do": "slow", "seconds": seconds }),
        Act::Announce { on } => json!({ "do": "announce", "on": on }),
        Act::Lock { on, inside } => {
            let inside: Vec<&str> = inside.iter().map(MemberId::as_str).collect();
            json!({ "do": "lock", "on": on, "inside": inside })
        }
        Act::Op { whom, role } => json!({ "do": "op", "whom": whom_meaning(whom), "role": role_name(*role) }),
        Act::Deop { whom } => json!({ "do": "deop", "whom": whom_meaning(whom) }),
        Act::Invite { invite, uses, seconds, owner } => {
            let invite = HEXLOWER.encode(&invite.0);
            json!({ "do": "invite", "invite_hex": invite, "uses": uses, "seconds": seconds, "owner": owner })
        }
        Act::Revoke { invite } => json!({ "do": "revoke", "invite_hex": HEXLOWER.encode(&invite.0) }),
        Act::Enter { invite, role } => {
            json!({ "do": "enter", "invite_hex": HEXLOWER.encode(&invite.0), "role": role_name(*role) })
        }
        Act::Unknown => json!({ "do": "unknown" }),
    }
}

fn access_meaning(kind: &str, access: &RoomAccess) -> Value {
    let until_ms = |until: &Until| json!(until.until.map(papo_proto::Timestamp::unix_ms));
    let sanctions = |list: &[Sanction]| -> Vec<Value> {
        let meaning = |one: &Sanction| {
            let whom = whom_meaning(&one.whom);
            json!({ "id": whom["id"], "name": whom["name"], "until_unix_ms": until_ms(&one.until) })
        };
        list.iter().map(meaning).collect()
    };
    let staff = access.staff.iter().map(|one| {
        let whom = whom_meaning(&one.whom);
        json!({ "id": whom["id"], "name": whom["name"], "role": role_name(one.role) })
    });
    let invites = access.invites.iter().map(|one| {
        json!({
            "invite_hex": HEXLOWER.encode(&one.invite.0),
            "by": member_meaning(&one.by),
            "used": one.used,
            "left": one.left,
            "until_unix_ms": until_ms(&one.until),
            "owner": one.owner,
        })
    });
    json!({
        "type": kind,
        "role": role_name(access.role),
        "open": access.open,
        "locked": access.locked,
        "announce": access.announce,
        "slow": access.slow,
        "slow_auto": access.slow_auto,
        "muted": access.muted.as_ref().map(|until| json!({ "until_unix_ms": until_ms(until) })),
        "staff": staff.collect::<Vec<Value>>(),
        "bans": sanctions(&access.bans),
        "mutes": sanctions(&access.mutes),
        "invites": invites.collect::<Vec<Value>>(),
    })
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Guest => "guest",
        Role::Member => "member",
        Role::Moderator => "moderator",
        Role::Owner => "owner",
        Role::Operator => "operator",
    }
}

fn whom_meaning(whom: &Whom) -> Value {
    json!({ "id": whom.id.as_str(), "name": whom.name.as_ref().map(Name::as_str) })
}

fn secret_hex(secret: &InviteSecret) -> String {
    HEXLOWER.encode(&papo_proto::id::base32().decode(secret.reveal().as_bytes()).expect("base32"))
}

fn members_meaning(members: &[papo_proto::Member]) -> Vec<Value> {
    members.iter().map(member_meaning).collect()
}

fn member_meaning(member: &papo_proto::Member) -> Value {
    json!({ "id": member.id.as_str(), "name": member.name.as_str() })
}

/// Checks that `all` is what stands in the field of the vectors' meanings.
fn assert_complete(vectors: &[Value], field: &str, all: &[&str]) {
    let found: BTreeSet<&str> =
        vectors.iter().filter_map(|vector| vector["meaning"][field].as_str()).collect();
    let missing: Vec<&&str> = all.iter().filter(|name| !found.contains(**name)).collect();
    assert!(missing.is_empty(), "no vector has the {field} {missing:?}: add one");
}

fn of_side(side: &str) -> Vec<Value> {
    vectors("tolerated_lines.json").into_iter().filter(|vector| vector["side"] == side).collect()
}

fn vectors(name: &str) -> Vec<Value> {
    let vectors = list(&file(name)["vectors"]).clone();
    assert!(!vectors.is_empty(), "{name} is empty");
    vectors
}

fn file(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name);
    serde_json::from_slice(&std::fs::read(path).expect(name)).expect(name)
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap_or_else(|| panic!("{vector} has no text {field}"))
}

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).expect("hexadecimal")
}

/// A text made of pieces, each repeated so many times.
fn pieces(value: &Value) -> Vec<u8> {
    let piece = |piece: &Value| {
        let once = piece["text"].as_str().map_or_else(|| bytes(text(piece, "hex")), Into::into);
        once.repeat(usize::try_from(piece["times"].as_u64().expect("a count")).expect("a small count"))
    };
    list(value).iter().flat_map(piece).collect()
}
