//! A target for fuzzing: two shards, their log, and connections that say anything, come and go, and read or do not.
//! Whatever they do, nothing panics, what the server says can be read, every member gets every place once and in
//! order, and nobody costs more than a bounded amount of memory. Not here: the fuzzer, and how its bytes come about.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "it fails as tests do, and is compiled for tests and fuzzers only"
)]

mod web;

use std::collections::VecDeque;
use std::io::IoSlice;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use papo_log::{MemoryLimits, MemoryLog, RoomLog};
use papo_proto::codec::decode_server;
use papo_proto::limits::LINE_BYTES_MAX;
use papo_proto::{LineBuffer, MemberId, Nonce, ServerMessage};

use crate::carrier::Carrier;
use crate::desk::{Desk, Job, Mail, Post, ReadJob};
use crate::gate::AccessRules;
use crate::guard::{Account, Guard};
use crate::limits::{Limits, Rate};
use crate::reader::Reader;
use crate::room::{Hub, Room};
use crate::shard::{Arrival, Output, Shard};
use crate::tags::AddressTags;
use crate::writer::Writer;

pub use web::{frames, http};

const SHARDS: usize = 2;

const CONNECTIONS_MAX: usize = 6;

/// A run is at most this long.
const STEPS_MAX: usize = 400;

/// What one connection may cost: a line and what one read brings behind it, answers up to the bound and the one that
/// passes it, and a page of the log.
const BYTES_KEPT_MAX: usize = 2 * LINE_BYTES_MAX + (128 + 64) * 1024 + 64 * 1024;

/// What is said most.
const LINES: [&str; 16] = [
    r#"{"type":"join","name":"Ana"}"#,
    r#"{"type":"join","name":"Bia","after":0}"#,
    r#"{"type":"join","name":"Zoe","after":3,"room":"b"}"#,
    r#"{"type":"join","name":"Zoe","after":9007199254740991,"epoch":"AQEBAQEBAQE"}"#,
    r#"{"type":"say","id":"1","text":"oi"}"#,
    r#"{"type":"say","id":"2","text":"tudo bem?","reply":1}"#,
    r#"{"type":"say","id":"3","react":{"to":1,"emoji":"+"}}"#,
    r#"{"type":"say","id":"4"}"#,
    r#"{"type":"history"}"#,
    r#"{"type":"history","after":0,"limit":2}"#,
    r#"{"type":"members"}"#,
    r#"{"type":"rename","name":"Eva"}"#,
    r#"{"type":"typing"}"#,
    r#"{"type":"ping"}"#,
    r#"{"type":"leave"}"#,
    r#"{"type":"say","id":"#,
];

/// Plays the bytes as a script.
pub fn shard(bytes: &[u8]) {
    let mut play = Play::new(bytes);
    for _ in 0..STEPS_MAX {
        if play.script.is_empty() {
            break;
        }
        play.step();
        play.check_memory();
    }
    play.come_to_rest();
}

struct Play<'a> {
    script: &'a [u8],
    now: Duration,
    log: Arc<MemoryLog>,
    reader: Reader,
    pile: Arc<Pile>,
    writer: Writer,
    shards: Vec<(Shard, Arc<Inbox>)>,
    account: Arc<Account>,
    peers: Vec<Peer>,
    said: u32,
}

/// One connection, as its peer sees it.
struct Peer {
    carrier: Carrier,
    /// Frames that are not whole yet.
    frames: Vec<u8>,
    shard: usize,
    slot: usize,
    lines: LineBuffer,
    /// What was sent and not taken by the server.
    unsent: Vec<u8>,
    /// The room and the place up to which it has been read, once it is joined.
    at: Option<(String, u64)>,
    you: Option<MemberId>,
    is_over: bool,
}

/// Where jobs lie until they are done.
struct Pile {
    jobs: Mutex<Vec<Job>>,
    reads: Mutex<VecDeque<ReadJob>>,
    full: Mutex<(bool, bool)>,
    inboxes: Vec<Arc<Inbox>>,
}

#[derive(Default)]
struct Inbox(Mutex<VecDeque<Mail>>);

impl Post for Inbox {
    fn post(&self, mail: Mail) {
        self.0.lock().unwrap().push_back(mail);
    }
}

impl Desk for Pile {
    fn submit(&self, jobs: &mut Vec<Job>) {
        self.jobs.lock().unwrap().append(jobs);
    }

    fn is_full(&self) -> bool {
        let mut full = self.full.lock().unwrap();
        full.1 |= full.0;
        full.0
    }

    fn read(&self, job: ReadJob) {
        self.reads.lock().unwrap().push_back(job);
    }

    fn announce(&self, room: &Arc<Room>) {
        room.subscribers().filter_map(|index| self.inboxes.get(index)).for_each(|inbox| {
            inbox.post(Mail::News(Arc::clone(room)));
        });
    }
}

impl<'a> Play<'a> {
    fn new(script: &'a [u8]) -> Self {
        let (kind, script) = script.split_first().unwrap_or((&0, &[]));
        // Small logs forget, so that readers fall out of them.
        let entries_max = if kind & 1 == 0 { usize::MAX } else { 4 };
        let log = Arc::new(MemoryLog::new(MemoryLimits { entries_max, bytes_max: usize::MAX }));
        let messages = if kind & 2 == 0 { None } else { Some(Rate { per_second: 2, burst: 2 }) };
        let guard = Arc::new(Guard::new(Limits { messages, ..Limits::default() }));
        let account = guard.account([127, 0, 0, 1].into(), Duration::ZERO);
        let hub = Arc::new(Hub::default());
        let inboxes: Vec<Arc<Inbox>> = (0..SHARDS).map(|_| Arc::default()).collect();
        let pile = Arc::new(Pile {
            jobs: Mutex::default(),
            reads: Mutex::default(),
            full: Mutex::default(),
            inboxes: inboxes.clone(),
        });
        let shard = |(index, inbox)| {
            let desk = Arc::clone(&pile) as Arc<dyn Desk>;
            (Shard::new(index, Arc::clone(&hub), desk, Arc::clone(&guard), Duration::ZERO), inbox)
        };
        let shards = inboxes.iter().cloned().enumerate().map(shard).collect();
        let posts = inboxes.into_iter().map(|inbox| inbox as Arc<dyn Post>).collect();
        let writer_log = Arc::clone(&log) as Arc<dyn RoomLog>;
        let alone = Writer::alone(writer_log, AccessRules::OPEN, Arc::new(AddressTags::new(&[7; 32])));
        let writer = Writer { hub, shards: posts, trims: kind & 1 != 0, ..alone };
        let now = Duration::ZERO;
        let reader = Reader::default();
        Self { script, now, log, reader, pile, writer, shards, account, peers: Vec::new(), said: 0 }
    }

    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.script.split_first() else { return 0 };
        self.script = rest;
        first
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    fn step(&mut self) {
        let peer = match self.peers.len() {
            0 => None,
            len => Some(self.below(len)),
        };
        match (self.below(20), peer) {
            (0, _) | (_, None) => self.connect(),
            (1..=6, Some(peer)) => self.say(peer),
            (7, Some(peer)) => {
                let len = usize::from(self.byte()).min(self.script.len());
                let (piece, rest) = self.script.split_at(len);
                self.script = rest;
                self.peers[peer].unsent.extend_from_slice(piece);
            }
            (8, Some(peer)) => {
                let fill = vec![b'x'; 1024 * usize::from(self.byte())];
                self.peers[peer].unsent.extend(fill);
            }
            (9..=11, Some(peer)) => {
                let len = 1 + 16 * usize::from(self.byte());
                self.server_reads(peer, len);
            }
            (12, _) => self.write(),
            (13, _) => self.read(),
            (14, _) => self.deliver(),
            (15 | 16, Some(peer)) => self.peer_reads(peer, 1),
            (17, _) => {
                let time = Duration::from_millis(250 * u64::from(self.byte()));
                self.pass(time);
            }
            (18, Some(peer)) => self.disconnect(peer),
            (_, Some(_)) => self.pile.full.lock().unwrap().0 ^= true,
        }
        self.shards.iter_mut().for_each(|(shard, _)| shard.submit());
    }

    fn connect(&mut self) {
        if self.peers.len() == CONNECTIONS_MAX {
            return;
        }
        let (shard, is_named, guest) = (self.below(SHARDS), self.byte() & 1 == 0, [self.byte(); 8]);
        let carrier = if self.byte() & 1 == 0 { Carrier::Lines } else { Carrier::WebSocket };
        let account = Arc::clone(&self.account);
        let arrival = Arrival { nonce: Nonce([0; 16]), guest, binding: [0; 32], carrier, is_named, account };
        let slot = self.shards[shard].0.insert(arrival);
        let lines = LineBuffer::default();
        let (unsent, at, you) = (Vec::new(), None, None);
        self.peers.push(Peer {
            carrier,
            frames: Vec::new(),
            shard,
            slot,
            lines,
            unsent,
            at,
            you,
            is_over: false,
        });
    }

    fn disconnect(&mut self, peer: usize) {
        let Peer { shard, slot, .. } = self.peers.swap_remove(peer);
        self.shards[shard].0.remove(slot);
    }

    /// One of the usual lines, sometimes with an id of its own.
    fn say(&mut self, peer: usize) {
        let mut line = LINES[self.below(LINES.len())].to_owned();
        if self.byte() & 1 == 0 {
            self.said += 1;
            line = line.replace(r#""id":""#, &format!(r#""id":"{}-"#, self.said));
        }
        let Peer { carrier, unsent, .. } = &mut self.peers[peer];
        if *carrier == Carrier::WebSocket {
            // A final text frame, with a mask that changes nothing.
            unsent.extend([0x81, 0x80 | u8::try_from(line.len()).unwrap(), 0, 0, 0, 0]);
        }
        unsent.extend_from_slice(line.as_bytes());
        if *carrier == Carrier::Lines {
            unsent.push(b'\n');
        }
    }

    /// The server takes so many of the bytes that were sent, if it reads at all.
    fn server_reads(&mut self, peer: usize, len: usize) {
        let Peer { shard, slot, unsent, .. } = &mut self.peers[peer];
        let shard = &mut self.shards[*shard].0;
        let len = len.min(unsent.len()).min(16 * 1024);
        if len > 0 && shard.may_read(*slot) {
            let bytes: Vec<u8> = unsent.drain(..len).collect();
            shard.input(*slot, &bytes);
        }
    }

    /// The writer does all that waits.
    fn write(&mut self) {
        let jobs = std::mem::take(&mut *self.pile.jobs.lock().unwrap());
        self.writer.work(jobs, u64::try_from(self.now.as_millis()).unwrap());
        let mut full = self.pile.full.lock().unwrap();
        if std::mem::take(&mut full.1) {
            self.pile.inboxes.iter().for_each(|inbox| inbox.post(Mail::Drained));
        }
    }

    fn read(&mut self) {
        let job = self.pile.reads.lock().unwrap().pop_front();
        if let Some(job) = job {
            self.pile.inboxes[job.from.shard].post(self.reader.read(&*self.log, &job));
        }
    }

    fn deliver(&mut self) {
        for (shard, inbox) in &mut self.shards {
            let mail = std::mem::take(&mut *inbox.0.lock().unwrap());
            mail.into_iter().for_each(|mail| shard.deliver(mail));
            shard.submit();
            shard.take_resumed();
            while shard.pop_ready().is_some() {}
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        for (shard, _) in &mut self.shards {
            shard.advance(self.now);
            shard.submit();
        }
    }

    /// The peer takes what the server writes, so many records of it.
    fn peer_reads(&mut self, peer: usize, records_max: usize) {
        let log = Arc::clone(&self.log);
        let peer = &mut self.peers[peer];
        let shard = &mut self.shards[peer.shard].0;
        for _ in 0..records_max {
            let mut bytes = Vec::new();
            let sink =
                |slices: &[IoSlice<'_>]| slices.iter().for_each(|slice| bytes.extend_from_slice(slice));
            let output = shard.output(peer.slot, sink);
            peer.hear(&bytes, &log);
            match output {
                Output::Written => {}
                Output::Nothing => break,
                Output::Close => {
                    assert!(peer.is_over, "it is closed with a goodbye");
                    break;
                }
            }
        }
        shard.submit();
    }

    fn check_memory(&self) {
        for Peer { shard, slot, .. } in &self.peers {
            let kept = self.shards[*shard].0.bytes_kept(*slot);
            assert!(kept <= BYTES_KEPT_MAX, "{kept} bytes are kept for one connection");
        }
    }

    /// Everybody takes what there is for them, also what has to be read from the log.
    fn fetch(&mut self) {
        for _ in 0..8 {
            self.deliver();
            (0..self.peers.len()).for_each(|peer| self.peer_reads(peer, 100));
            while !self.pile.reads.lock().unwrap().is_empty() {
                self.read();
            }
        }
    }

    /// Everybody reads, nothing holds anybody up: then everybody has everything.
    fn come_to_rest(&mut self) {
        self.pile.full.lock().unwrap().0 = false;
        // In the last rounds no time passes, so that nothing that was held up comes and is not waited for.
        for round in 0..44 {
            self.pass(if round < 40 { Duration::from_millis(500) } else { Duration::ZERO });
            (0..self.peers.len()).for_each(|peer| self.server_reads(peer, usize::MAX));
            self.write();
            self.fetch();
        }
        let unsettled = self.peers.iter().any(|peer| !peer.unsent.is_empty() && !peer.is_over);
        for peer in self.peers.iter().filter(|peer| !peer.is_over && !unsettled) {
            let Some((room, reached)) = &peer.at else { continue };
            let head = self.log.state(room).unwrap().head;
            assert_eq!(*reached, head, "a member of {room} has not got everything");
        }
    }
}

impl Peer {
    fn hear(&mut self, bytes: &[u8], log: &MemoryLog) {
        match self.carrier {
            Carrier::Lines => self.hear_lines(bytes, log),
            Carrier::WebSocket => self.hear_frames(bytes, log),
        }
    }

    /// Takes the whole frames off. The server's are final and not masked (RFC 6455, section 5.1).
    fn hear_frames(&mut self, bytes: &[u8], log: &MemoryLog) {
        self.frames.extend_from_slice(bytes);
        let frames = std::mem::take(&mut self.frames);
        let mut rest = frames.as_slice();
        while let [first, second, behind @ ..] = rest {
            let extended = match second {
                126 => 2,
                127 => 8,
                _ => 0,
            };
            assert!(second & 0x80 == 0, "a server does not mask");
            let Some((len, behind)) = behind.split_at_checked(extended) else { break };
            let len = len.iter().fold(0, |len, &byte| len << 8 | usize::from(byte));
            let len = if extended == 0 { usize::from(*second) } else { len };
            assert!(len <= LINE_BYTES_MAX, "a frame of the server is too long");
            let Some((payload, behind)) = behind.split_at_checked(len) else { break };
            match first {
                0x81 => self.hear_line(payload, log),
                0x88 => self.is_over = true,
                0x89 | 0x8a => assert!(payload.len() <= 125),
                other => panic!("the server sends a frame that begins with {other:#x}"),
            }
            rest = behind;
        }
        self.frames = rest.to_vec();
    }

    fn hear_line(&mut self, line: &[u8], log: &MemoryLog) {
        let message = decode_server(line).expect("what the server says can be read");
        assert!(!self.is_over, "something follows the goodbye: {message:?}");
        self.check(message, log);
    }

    fn hear_lines(&mut self, bytes: &[u8], log: &MemoryLog) {
        let mut lines = std::mem::take(&mut self.lines);
        let fed = lines.feed(bytes, |line| {
            self.hear_line(line, log);
            ControlFlow::Continue(())
        });
        assert!(fed.is_ok(), "a line of the server is too long");
        self.lines = lines;
    }

    fn check(&mut self, message: ServerMessage, log: &MemoryLog) {
        match message {
            ServerMessage::Joined { you, room, head, .. } => {
                assert!(self.at.is_none(), "joined twice");
                // Where it began is known from the first message only; it is at most the head.
                self.at = Some((room.to_string(), head.number()));
                self.you = Some(you.id);
            }
            ServerMessage::Truncated { next, .. } => {
                if let Some((_, reached)) = &mut self.at {
                    *reached = next.number() - 1;
                }
            }
            ServerMessage::Message(message) => {
                let (room, reached) = self.at.as_mut().expect("a message before `joined`");
                let (seq, head) = (message.seq.number(), log.state(room).unwrap().head);
                assert!(seq <= head, "{seq} is told, and the log ends at {head}");
                let is_next = seq == *reached + 1;
                // Who comes back gets what was missed. Who says again what the room has gets it at once, ahead of
                // what comes before it.
                let (is_missed, is_own) = (seq <= *reached, self.you.as_ref() == Some(&message.from.id));
                assert!(is_next || is_missed || is_own, "{seq} follows {reached}");
                if is_next {
                    *reached = seq;
                }
            }
            ServerMessage::Closing { .. } => self.is_over = true,
            ServerMessage::Unknown => panic!("a type that is unknown"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use papo_torture::explore::explore;
    use papo_torture::fuzz::{CLIENT_WORDS, Target};

    use super::{frames, http, shard};

    const HTTP_WORDS: &[&str] = &[
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "\r\n",
        "\r\n\r\n",
        "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Upgrade: websocket\r\n",
        "Origin: null\r\n",
        "HTTP/2.0",
        "POST",
    ];

    #[test]
    fn whatever_is_said_the_server_keeps_its_promises() {
        explore(&Target { name: "shard", run: shard, words: CLIENT_WORDS });
    }

    #[test]
    fn frames_are_the_same_in_any_pieces() {
        let words = &["\u{1}\0\0\0\0", "\u{81}", "oi", "\u{0}\u{0}"];
        explore(&Target { name: "frames", run: frames, words });
    }

    #[test]
    fn heads_are_read_once_they_are_whole() {
        explore(&Target { name: "http", run: http, words: HTTP_WORDS });
    }
}
