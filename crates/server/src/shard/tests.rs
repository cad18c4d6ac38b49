//! What a shard owes its connections in situations that a socket reaches only by luck.

use std::io::IoSlice;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use papo_proto::codec::{decode_server, encode_server};
use papo_proto::{ClosingCode, Epoch, Nonce, RoomName, ServerMessage};

use super::{Arrival, Output, Shard};
use crate::carrier::Carrier;
use crate::desk::{ConnectionId, Desk, Job, Mail, ReadJob};
use crate::feed::{WINDOW_BYTES_MAX, Window};
use crate::limits::Limits;
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
    let (hub, pile) = (Arc::new(Hub::default()), Arc::new(Pile::default()));
    let limits = Limits::without_rates();
    let desk = Arc::clone(&pile) as Arc<dyn Desk>;
    let mut shard = Shard::new(0, Arc::clone(&hub), desk, limits, Duration::ZERO);
    let arrival = Arrival {
        nonce: Nonce([0; 16]),
        guest: [7; 8],
        binding: [0; 32],
        carrier: Carrier::Lines,
        is_named: true,
    };
    let slot = shard.insert(&arrival);
    shard.input(slot, b"{\"type\":\"join\",\"name\":\"Ana\"}\n");
    shard.submit();
    let job = pile.jobs.lock().unwrap().pop();
    let Some(Job::Open { room: name, from }) = job else { panic!("the room has to be opened: {job:?}") };
    assert_eq!(name, RoomName::default());
    let room = hub.open(Room::new(name, Epoch([1; 8]), 1, Window::after(0)));
    shard.deliver(Mail::Opened { to: from, room: Arc::clone(&room) });
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
    let arrival = Arrival {
        nonce: Nonce([0; 16]),
        guest: [8; 8],
        binding: [0; 32],
        carrier: Carrier::Lines,
        is_named: true,
    };
    let newcomer = shard.insert(&arrival);
    shard.input(newcomer, b"{\"type\":\"join\",\"name\":\"Bia\"}\n");
    let queued: Vec<usize> = std::iter::from_fn(|| shard.pop_ready()).collect();
    assert_eq!(queued, [newcomer], "and not {}", id.slot);
}
