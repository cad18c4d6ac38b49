//! What a shard owes its connections in situations that a socket reaches only by luck.

use std::io::IoSlice;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use papo_proto::codec::{decode_server, encode_server};
use papo_proto::limits::LINE_BYTES_MAX;
use papo_proto::{ClosingCode, Epoch, Nonce, RoomName, ServerMessage};

use super::{Arrival, Output, Shard};
use crate::carrier::Carrier;
use crate::desk::{Asked, ConnectionId, Desk, Job, Mail, ReadJob};
use crate::feed::{WINDOW_BYTES_MAX, Window};
use crate::guard::{Account, Guard};
use crate::limits::{Limits, Rate};
use crate::room::{Hub, Room};

/// A desk where jobs lie until a test takes them.
#[derive(Default)]
struct Pile {
    jobs: Mutex<Vec<Job>>,
}

impl Desk for Pile {
    fn submit(&self, jobs: &mut Vec<Job>) {
        self.jobs.lock().unwrap().append(jobs);
    }

    fn is_full(&self) -> bool {
        false
    }

    fn read(&self, _job: ReadJob) {}

    fn announce(&self, _room: &Arc<Room>) {}
}

/// A shard with one connection, which is in the returned room.
fn shard_with_a_member() -> (Shard, ConnectionId, Arc<Room>) {
    shard_with_limits(Limits::without_rates())
}

/// The same with these limits.
fn shard_with_limits(limits: Limits) -> (Shard, ConnectionId, Arc<Room>) {
    let guard = Arc::new(Guard::new(limits));
    let account = guard.account([127, 0, 0, 1].into(), Duration::ZERO);
    let (hub, pile) = (Arc::new(Hub::default()), Arc::new(Pile::default()));
    let desk = Arc::clone(&pile) as Arc<dyn Desk>;
    let mut shard = Shard::new(0, Arc::clone(&hub), desk, guard, Duration::ZERO);
    let slot = shard.insert(arrival(account));
    shard.input(slot, b"{\"type\":\"join\",\"name\":\"Ana\"}\n");
    shard.submit();
    let job = pile.jobs.lock().unwrap().pop();
    let Some(Job::Open(asked)) = job else { panic!("the room has to be opened: {job:?}") };
    let Asked { room: name, from, .. } = *asked;
    assert_eq!(name, RoomName::default());
    let room = hub.open(Room::new(name, Epoch([1; 8]), 1, Window::after(0)));
    room.set_plain(true);
    shard.deliver(Mail::Opened { to: from, room: Arc::clone(&room), access: None });
    let said = written(&mut shard, slot);
    assert!(matches!(said.last(), Some(ServerMessage::Joined { .. })), "{said:?}");
    assert_eq!(shard.take_resumed(), [slot], "it was held while the room was opened");
    (shard, from, room)
}

/// Everything that the shard writes to a connection until it has nothing more.
fn written(shard: &mut Shard, slot: usize) -> Vec<ServerMessage> {
    let mut bytes = Vec::new();
    let take = |slices: &[IoSlice<'_>], bytes: &mut Vec<u8>| {
        slices.iter().for_each(|slice| bytes.extend_from_slice(slice));
    };
    while shard.output(slot, |slices| take(slices, &mut bytes)) == Output::Written {}
    bytes
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| decode_server(line.trim_ascii_end()).unwrap())
        .collect()
}

/// Invariant: who has missed news of presence is told at once how many there are, not with the next message.
#[test]
fn missed_presence_is_told_without_waiting_for_a_message() {
    let (mut shard, id, room) = shard_with_a_member();
    let news = ServerMessage::Count { count: 77 };
    let mut frame = Vec::new();
    encode_server(&news, &mut frame);
    for _ in 0..=WINDOW_BYTES_MAX / frame.len() {
        room.presence_frames.push_frame(|out| out.extend_from_slice(&frame));
    }
    shard.deliver(Mail::News(room));
    assert_eq!(written(&mut shard, id.slot), [ServerMessage::Count { count: 1 }]);
}

/// Invariant: nothing follows a goodbye, also if an answer comes from the log behind it.
#[test]
fn an_answer_behind_the_goodbye_is_dropped() {
    let (mut shard, id, _room) = shard_with_a_member();
    shard.input(id.slot, b"{\"type\":\"history\"}\n{\"type\":\"ping\"}\n");
    shard.close(id.slot, ClosingCode::Stopping, "goodbye", Some(1));
    shard.deliver(Mail::Frame { to: id, frame: b"{\"type\":\"pong\"}\n".to_vec(), answers: true });
    let refusal = papo_proto::Refusal::new(papo_proto::ErrorCode::LogFailed, "too late");
    shard.deliver(Mail::Refused { to: id, refusal, answers: true });
    shard.input(id.slot, b"{\"type\":\"ping\"}\n");
    let said = written(&mut shard, id.slot);
    assert!(matches!(said.last(), Some(ServerMessage::Closing { .. })), "{said:?}");
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(shard.output(id.slot, |_| {}), Output::Close);
}

/// Invariant: whatever a read brings behind a question waits until the question is answered, in its order.
#[test]
fn what_comes_behind_a_question_waits_for_the_answer() {
    let (mut shard, id, _room) = shard_with_a_member();
    shard.input(id.slot, b"{\"type\":\"history\"}\n");
    // Further pieces of the same read: the shard is held by now.
    for piece in [&b"{\"type\":\"ping\"}\n{\"ty"[..], b"pe\":\"ping\"}\n", b"{\"type\":\"rename\"}\n"] {
        shard.input(id.slot, piece);
    }
    assert_eq!(written(&mut shard, id.slot), [], "nothing overtakes the answer");
    let answer = ServerMessage::History { messages: Vec::new(), more: false };
    let mut frame = Vec::new();
    encode_server(&answer, &mut frame);
    shard.deliver(Mail::Frame { to: id, frame, answers: true });
    let said = written(&mut shard, id.slot);
    assert_eq!(said[..3], [answer, ServerMessage::Pong, ServerMessage::Pong]);
    assert!(matches!(said[3..], [ServerMessage::Error(_)]), "{said:?}");
    assert_eq!(shard.take_resumed(), [id.slot]);
}

/// Invariant: a newcomer costs the same in a full room as in an empty one: nobody else is looked at.
#[test]
fn a_newcomer_wakes_nobody_else() {
    let (mut shard, id, _room) = shard_with_a_member();
    while shard.pop_ready().is_some() {}
    let account = shard.guard.account([127, 0, 0, 1].into(), Duration::ZERO);
    let newcomer = shard.insert(arrival(account));
    shard.input(newcomer, b"{\"type\":\"join\",\"name\":\"Bia\"}\n");
    let queued: Vec<usize> = std::iter::from_fn(|| shard.pop_ready()).collect();
    assert_eq!(queued, [newcomer], "and not {}", id.slot);
}

const SECOND: Duration = Duration::from_secs(1);

fn say(id: usize) -> Vec<u8> {
    format!("{{\"type\":\"say\",\"id\":\"{id}\",\"text\":\"x\"}}\n").into_bytes()
}

/// Sends one line a millisecond for so long and returns how many were taken.
fn flood(shard: &mut Shard, slot: usize, line: impl Fn(usize) -> Vec<u8>, time: Duration) -> usize {
    let (started, mut sent) = (shard.now, 0);
    while shard.now < started + time {
        shard.advance(shard.now + Duration::from_millis(1));
        if shard.may_read(slot) {
            shard.input(slot, &line(sent));
            sent += 1;
        }
        shard.submit();
    }
    sent
}

/// Invariant: a flood is slowed to its rate, said once, and nothing of it is lost.
#[test]
fn a_flood_is_slowed_to_its_rate() {
    let limits = Limits { messages: Some(Rate { per_second: 10, burst: 50 }), ..Limits::without_rates() };
    let (mut shard, id, _room) = shard_with_limits(limits);
    let sent = flood(&mut shard, id.slot, say, 10 * SECOND);
    assert!((148..=152).contains(&sent), "{sent} in ten seconds");
    let said = written(&mut shard, id.slot);
    let notices = said.iter().filter(|message| matches!(message, ServerMessage::Error(_))).count();
    assert_eq!((notices, said.len()), (1, 1), "{said:?}");
}

/// Invariant: an address has a rate over all of its connections, which no number of guests gets round.
#[test]
fn an_address_is_slowed_over_all_of_its_guests() {
    let rate = Some(Rate { per_second: 20, burst: 20 });
    let limits = Limits { messages_per_address: rate, ..Limits::without_rates() };
    let (mut shard, first, room) = shard_with_limits(limits);
    let slots: Vec<usize> = (0..9)
        .map(|_| {
            let account = shard.guard.account([127, 0, 0, 1].into(), Duration::ZERO);
            joined(&mut shard, account, &room)
        })
        .chain([first.slot])
        .collect();
    let other = shard.guard.account([127, 0, 0, 2].into(), Duration::ZERO);
    let other = joined(&mut shard, other, &room);
    let mut taken = 0;
    for _ in 0..10_000 {
        shard.advance(shard.now + Duration::from_millis(1));
        for &slot in &slots {
            if shard.may_read(slot) {
                shard.input(slot, &say(1));
                taken += 1;
            }
        }
        shard.submit();
    }
    assert!((220..=240).contains(&taken), "{taken} messages in ten seconds");
    assert!(shard.may_read(other), "another address pays nothing");
}

/// Invariant: what is no message has a rate as well, whatever it is.
#[test]
fn questions_and_rubbish_are_slowed_too() {
    for line in ["{\"type\":\"typing\"}\n", "{\"type\":\"ping\"}\n", "rubbish\n", "{\"type\":\"members\"}\n"]
    {
        let requests = Some(Rate { per_second: 10, burst: 100 });
        let (mut shard, id, _room) = shard_with_limits(Limits { requests, ..Limits::without_rates() });
        let mut sent = 0;
        for _ in 0..10 {
            sent += flood(&mut shard, id.slot, |_| line.into(), SECOND);
            written(&mut shard, id.slot);
        }
        assert!((195..=205).contains(&sent), "{sent} times {line}");
    }
}

/// Invariant: a line that is begun has to end in time, however slowly its bytes come; the time in which the server
/// does not read does not count.
#[test]
fn a_begun_line_has_a_deadline() {
    let limits = Limits { line_seconds_max: 60, ..Limits::without_rates() };
    let (mut shard, id, _room) = shard_with_limits(limits);
    shard.input(id.slot, b"{\"type\":\"typing\"}\n{");
    for _ in 0..60 {
        shard.advance(shard.now + SECOND);
        shard.input(id.slot, b" ");
    }
    assert!(shard.may_read(id.slot));
    // A line that ends is a new beginning for the next one.
    shard.input(id.slot, b"\"type\":\"history\"}\n{");
    for _ in 0..100 {
        shard.advance(shard.now + SECOND);
    }
    shard.deliver(Mail::Frame { to: id, frame: b"{\"type\":\"pong\"}\n".to_vec(), answers: true });
    for _ in 0..59 {
        shard.advance(shard.now + SECOND);
        shard.input(id.slot, b" ");
    }
    assert!(shard.may_read(id.slot), "it was held for a while");
    for _ in 0..3 {
        shard.advance(shard.now + SECOND);
        shard.input(id.slot, b" ");
    }
    let said = written(&mut shard, id.slot);
    let Some(ServerMessage::Closing { code, .. }) = said.last() else { panic!("{said:?}") };
    assert_eq!(*code, ClosingCode::TooLate);
}

/// Invariant: who comes too often is told when to come back, before any cryptography is done.
#[test]
fn joins_have_a_rate_by_address() {
    let joins_per_address = Some(Rate { per_second: 1, burst: 2 });
    let (mut shard, _id, room) = shard_with_limits(Limits { joins_per_address, ..Limits::without_rates() });
    let account = shard.guard.account([127, 0, 0, 1].into(), Duration::ZERO);
    joined(&mut shard, Arc::clone(&account), &room);
    let slot = shard.insert(arrival(account));
    shard.input(slot, b"{\"type\":\"join\",\"name\":\"Ana\"}\n");
    let said = written(&mut shard, slot);
    let Some(ServerMessage::Closing { code, after, .. }) = said.last() else { panic!("{said:?}") };
    assert_eq!((*code, *after), (ClosingCode::TooMany, Some(1)));
}

/// Invariant: one address cannot try proofs for ever.
#[test]
fn wrong_proofs_end_a_connection() {
    let wrong_secrets_per_address = Some(Rate { per_second: 1, burst: 5 });
    let (mut shard, id, _room) =
        shard_with_limits(Limits { wrong_secrets_per_address, ..Limits::without_rates() });
    let account = Arc::clone(&shard.connections[id.slot].pace.account);
    let slot = shard.insert(arrival(account));
    let join = format!(
        "{{\"type\":\"join\",\"name\":\"Ana\",\"key\":\"{}\",\"proof\":\"{}\"}}\n",
        "A".repeat(43),
        "A".repeat(86)
    );
    for _ in 0..100 {
        shard.input(slot, join.as_bytes());
    }
    let said = written(&mut shard, slot);
    let refused = said.iter().filter(|message| matches!(message, ServerMessage::Error(_))).count();
    assert_eq!(refused, 6, "{said:?}");
    let Some(ServerMessage::Closing { code, .. }) = said.last() else { panic!("{said:?}") };
    assert_eq!(*code, ClosingCode::TooMany);
}

fn arrival(account: Arc<Account>) -> Arrival {
    Arrival {
        nonce: Nonce([0; 16]),
        guest: [9; 8],
        binding: [0; 32],
        carrier: Carrier::Lines,
        is_named: true,
        account,
    }
}

/// A further member of an open room.
fn joined(shard: &mut Shard, account: Arc<Account>, room: &Room) -> usize {
    let slot = shard.insert(arrival(account));
    let name = room.name.as_str();
    shard.input(slot, format!("{{\"type\":\"join\",\"name\":\"Zoe\",\"room\":\"{name}\"}}\n").as_bytes());
    let said = written(shard, slot);
    assert!(said.iter().any(|message| matches!(message, ServerMessage::Joined { .. })), "{said:?}");
    slot
}

/// Invariant: a line that is refused costs nothing once it is answered, however long or deep it is; half of one costs
/// what has come of it; and one that is too long costs no more than one that is not, and that only to the end of the
/// connection.
#[test]
fn bad_input_leaves_nothing_in_memory() {
    let vectors = include_str!("../../../proto/vectors/bad_lines.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
    let (mut shard, id, _room) = shard_with_a_member();
    let slot = id.slot;
    let _ = written(&mut shard, slot);
    assert_eq!(shard.bytes_kept(slot), 0);
    for vector in vectors["vectors"].as_array().unwrap() {
        let line = bad_line(vector);
        let (one, other) = line.split_at(line.len() / 2);
        shard.input(slot, one);
        assert!(shard.bytes_kept(slot) <= line.len(), "{}", vector["name"]);
        shard.input(slot, other);
        shard.input(slot, b"\n");
        let said = written(&mut shard, slot);
        let refusals = said.iter().filter(|said| matches!(said, ServerMessage::Error(_))).count();
        assert_eq!((refusals, shard.bytes_kept(slot)), (1, 0), "{}: {said:?}", vector["name"]);
        assert!(shard.may_read(slot), "{}", vector["name"]);
    }
    for _ in 0..100 {
        shard.input(slot, &[b'x'; 16 * 1024]);
    }
    let said = written(&mut shard, slot);
    assert!(matches!(said[..], [ServerMessage::Closing { code: ClosingCode::TooLarge, .. }]), "{said:?}");
    assert!(
        shard.bytes_kept(slot) <= LINE_BYTES_MAX + 16 * 1024,
        "what it is until the connection is closed"
    );
}

/// The line of a vector, as its file's `about` tells.
fn bad_line(vector: &serde_json::Value) -> Vec<u8> {
    if let Some(line) = vector["line"].as_str() {
        return line.as_bytes().to_vec();
    }
    if let Some(hex) = vector["line_hex"].as_str() {
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        return (0..hex.len()).step_by(2).map(digit).collect();
    }
    let parts = vector["line_parts"].as_array().unwrap().iter();
    let text = |part: &serde_json::Value| {
        part["text"].as_str().unwrap().repeat(usize::try_from(part["times"].as_u64().unwrap()).unwrap())
    };
    parts.map(text).collect::<String>().into_bytes()
}
