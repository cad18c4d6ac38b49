//! Target: the client's conversation with a server that says anything at any time, over connections that come and
//! go. Whatever happens, what surfaces are told must keep its promises. Not here: whether it gets on with a server
//! that is right, which the session's own tests show.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use papo_client::error::ConnectError;
use papo_client::event::{Command, ConnectionState, Event, Outgoing};
use papo_client::session::{Effect, Follow, IN_FLIGHT_MAX, Input, Session, SessionOptions};
use papo_proto::codec::{decode_client, encode_server};
use papo_proto::limits::SERVERS_MAX;
use papo_proto::{
    Body, ClientMessage, ClosingCode, Epoch, ErrorCode, Member, Message, MessageId, Name, Nonce, Refusal,
    RoomName, Seq, ServerMessage, Timestamp,
};

use super::Script;
use super::shown::member;

/// A run is at most this long, lest an input that is long teaches nothing new slowly.
const STEPS_MAX: usize = 400;

/// Plays a script.
pub fn session(bytes: &[u8]) {
    let mut play = Play::new(Script::new(bytes));
    for _ in 0..STEPS_MAX {
        if play.script.is_over() {
            break;
        }
        play.step();
    }
}

struct Play<'a> {
    script: Script<'a>,
    session: Session,
    now: Duration,
    link: Link,
    /// The place of the next message; none where it may be any.
    next: Option<u64>,
    follow: Option<u64>,
    /// What was said and is not settled.
    unsettled: BTreeSet<MessageId>,
    settled: BTreeMap<MessageId, u32>,
    /// How often each message was said on this connection without an answer that asks for it again.
    said: usize,
    has_left: bool,
}

/// The connection, as the transport sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    None,
    Asked,
    There,
}

impl<'a> Play<'a> {
    fn new(mut script: Script<'a>) -> Self {
        let follow = match script.below(3) {
            0 => Follow::Live,
            1 => Follow::After { epoch: None, seq: Seq::new(script.below(8).into()) },
            _ => Follow::After { epoch: Some(Epoch([1; 8])), seq: Seq::new(script.below(8).into()) },
        };
        let start = match follow {
            Follow::Live => None,
            Follow::After { seq, .. } => Some(seq.number() + 1),
        };
        let session = Session::new(SessionOptions {
            name: Name::parse("Ana").unwrap(),
            room: RoomName::default(),
            follow,
            agent: "fuzz".to_owned(),
            identity: None,
            invite: None,
            outbox: Vec::new(),
            seed: script.byte().into(),
        });
        Self {
            script,
            session,
            now: Duration::ZERO,
            link: Link::None,
            next: start,
            follow: start,
            unsettled: BTreeSet::new(),
            settled: BTreeMap::new(),
            said: 0,
            has_left: false,
        }
    }

    fn step(&mut self) {
        match self.script.below(16) {
            0 => self.tick(),
            1 => {
                let time = Duration::from_millis(u64::from(self.script.byte()) * 100);
                self.pass(time);
            }
            2 if self.link == Link::Asked => {
                self.link = Link::There;
                self.said = 0;
                self.put(Input::Connected { binding: [7; 32] });
            }
            3 if self.link != Link::None => {
                self.link = Link::None;
                let lost = ConnectError::Lost { detail: "fuzz".to_owned() };
                let cause = if self.script.below(8) == 0 { ConnectError::NotPapo } else { lost };
                self.put(Input::Disconnected(cause));
            }
            4 | 5 => self.command(),
            6 => {
                let bytes = self.script.piece();
                self.hear(bytes);
            }
            _ => {
                let message = self.server_message();
                let mut line = Vec::new();
                encode_server(&message, &mut line);
                let cut = usize::from(self.script.byte()).min(line.len());
                self.hear(&line[..cut]);
                self.hear(&line[cut..]);
            }
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        if self.link == Link::There {
            self.put(Input::Bytes(bytes));
        }
    }

    /// Lets time pass up to the next deadline.
    fn tick(&mut self) {
        if let Some(due) = self.session.deadline() {
            self.now = self.now.max(due);
            self.put(Input::Tick);
            let next = self.session.deadline();
            assert!(next.is_none_or(|next| next > self.now), "a tick leaves nothing that is due: {next:?}");
        }
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.session.deadline().is_some_and(|due| due <= end) {
            self.tick();
        }
        self.now = self.now.max(end);
    }

    fn command(&mut self) {
        let command = match self.script.below(12) {
            0..=4 => {
                let id = MessageId::parse(&format!("m{}", self.script.below(40))).unwrap();
                if self.settled.contains_key(&id) || !self.unsettled.insert(id.clone()) {
                    return;
                }
                Command::Say(Outgoing { id, body: Body::text("oi") })
            }
            5 => Command::Typing,
            6 => Command::Rename(Name::parse(["Ana", "Bia"][usize::from(self.script.below(2))]).unwrap()),
            7 | 8 => {
                let place = Some(Seq::new(self.script.below(20).into()));
                let (before, after) = if self.script.below(2) == 0 { (place, None) } else { (None, place) };
                Command::History { before, after, limit: self.script.byte().into() }
            }
            9 => Command::Members { after: None },
            10 => Command::RetryNow,
            _ if self.script.below(6) == 0 => Command::Leave,
            _ => Command::Typing,
        };
        self.put(Input::Command(command));
    }

    fn server_message(&mut self) -> ServerMessage {
        let you = self.member();
        let seq = self.seq();
        match self.script.below(18) {
            0 | 1 => ServerMessage::Welcome {
                protocol: if self.script.below(16) == 0 { 9 } else { 1 },
                server: "fuzz".to_owned(),
                nonce: Nonce([3; 16]),
            },
            2 | 3 => ServerMessage::Joined {
                you,
                room: RoomName::default(),
                epoch: Epoch([1 + self.script.below(2); 8]),
                first: Seq::new(1),
                head: seq,
                count: 1,
                members: None,
            },
            4..=9 => ServerMessage::Message(self.message()),
            10 | 11 => {
                let count = self.script.below(6);
                let messages = (0..count).map(|_| self.message()).collect();
                ServerMessage::History { messages, more: self.script.below(2) == 0 }
            }
            12 => ServerMessage::Truncated { first: seq, next: self.seq() },
            13 => {
                let codes = [
                    ErrorCode::TooFast,
                    ErrorCode::LogFailed,
                    ErrorCode::BadName,
                    ErrorCode::BadField,
                    ErrorCode::JoinFirst,
                ];
                let code = codes[usize::from(self.script.below(5))];
                let id = MessageId::parse(&format!("m{}", self.script.below(40))).unwrap();
                let about = (self.script.below(3) > 0).then_some(id);
                let retry_after = (self.script.below(2) == 0).then(|| self.script.byte().into());
                ServerMessage::Error(Refusal { code, text: String::new(), about, retry_after })
            }
            14 => {
                let codes =
                    [ClosingCode::Stopping, ClosingCode::Left, ClosingCode::Silent, ClosingCode::TooLarge];
                let code = codes[usize::from(self.script.below(4))];
                let after = (self.script.below(2) == 0).then(|| self.script.byte().into());
                ServerMessage::Closing { code, text: String::new(), after }
            }
            15 => ServerMessage::Members { members: vec![you], count: 1, more: self.script.below(2) == 0 },
            16 => ServerMessage::Renamed { members: vec![you] },
            _ => [ServerMessage::Ping, ServerMessage::Pong][usize::from(self.script.below(2))].clone(),
        }
    }

    fn member(&mut self) -> Member {
        member(["Ana", "Bia"][usize::from(self.script.below(2))])
    }

    /// Mostly the next place, else one near the beginning.
    fn seq(&mut self) -> Seq {
        match self.script.byte() {
            byte @ 0..=127 => Seq::new(self.next.unwrap_or(1) + u64::from(byte % 3) / 2),
            byte => Seq::new(u64::from(byte - 128) % 24),
        }
    }

    fn message(&mut self) -> Message {
        let id = MessageId::parse(&format!("m{}", self.script.below(40))).unwrap();
        let seq = self.seq();
        Message {
            seq,
            time: Timestamp::from_unix_ms(seq.number()),
            from: self.member(),
            id,
            body: Body::text("oi"),
        }
    }

    fn put(&mut self, input: Input<'_>) {
        for effect in self.session.handle(self.now, input) {
            assert!(!self.has_left, "nothing follows the end: {effect:?}");
            match effect {
                Effect::Send(bytes) => {
                    assert_eq!(self.link, Link::There, "something is sent without a connection");
                    self.check_sent(&bytes);
                }
                Effect::Connect => {
                    assert_eq!(self.link, Link::None, "a second connection");
                    self.link = Link::Asked;
                }
                Effect::Close => {
                    assert_ne!(self.link, Link::None, "there is nothing to close");
                    self.link = Link::None;
                }
                Effect::Event(event) => self.check_event(event),
                Effect::Servers(servers) => assert!(servers.len() <= SERVERS_MAX),
                Effect::Forget(id) => {
                    assert!(self.settled.contains_key(&id), "{id:?} is forgotten without being settled");
                }
            }
        }
    }

    fn check_sent(&mut self, bytes: &[u8]) {
        assert_eq!(bytes.last(), Some(&b'\n'), "whole lines");
        for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            match decode_client(line).expect("what is sent can be read") {
                ClientMessage::Say { id, .. } => {
                    assert!(self.unsettled.contains(&id), "{id:?} is said although it is settled");
                    self.said += 1;
                    assert!(self.said <= IN_FLIGHT_MAX * STEPS_MAX, "bounded");
                }
                ClientMessage::Join(join) => {
                    let next = join.after.map(|after| after.number() + 1);
                    assert_eq!(next, self.next.or(self.follow), "it comes back to where it was");
                }
                _ => {}
            }
        }
    }

    fn check_event(&mut self, event: Event) {
        match event {
            // The first time nothing older than the head is wanted.
            Event::Joined { head, .. } => self.next = self.next.or(Some(head.number() + 1)),
            Event::Message(message) => {
                assert_eq!(Some(message.seq.number()), self.next, "the places rise by one");
                self.next = Some(message.seq.number() + 1);
            }
            Event::Truncated { next, .. } => self.next = Some(next.number().max(1)),
            // From the beginning, unless `Truncated` says otherwise.
            Event::Reset => self.next = Some(1),
            Event::Sent { id, .. } | Event::Failed { id, .. } => {
                assert!(self.unsettled.remove(&id), "{id:?} is answered, but was never said or is settled");
                *self.settled.entry(id).or_default() += 1;
            }
            Event::State(ConnectionState::Left) => self.has_left = true,
            _ => {}
        }
    }
}
