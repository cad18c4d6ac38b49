//! A world made up by chance: a server that is true to the protocol except where a fault says otherwise, and
//! a network that delays, breaks, and falls silent. Invariants: every message said is acknowledged exactly
//! once and is in the log exactly once; what is shown rises by one and is what the log has; and once the
//! faults stop, everything is said and shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::time::Duration;

use papo_client::error::ConnectError;
use papo_client::event::{Command, Event};
use papo_client::session::{Effect, Follow, Input, Session, SessionOptions};
use papo_proto::codec::{decode_client, encode_server};
use papo_proto::{
    Body, ClientMessage, ClosingCode, Epoch, ErrorCode, LineBuffer, Member, MemberId, Message, MessageId,
    Nonce, Refusal, RoomName, Seq, ServerMessage, Timestamp,
};
use proptest::prelude::*;

use super::options;
use super::script::{member, outgoing};

const EPOCH: Epoch = Epoch([1; 8]);

/// For so long things go wrong.
const FAULTS_END: Duration = Duration::from_mins(2);

/// Until then everything must have come right: a silence of 45 s, two waits of 45 s, and some time to talk.
const WORLD_ENDS: Duration = Duration::from_mins(5);

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_goes_wrong_every_message_is_said_once_and_shown_once(
        seed in any::<u64>(),
        guest in any::<bool>(),
        messages in 1_usize..40,
        fault_percent in 0_u64..30,
    ) {
        let mut world = World::new(seed, guest, messages, fault_percent);
        world.run();
        world.check_everything_came_right(messages);
    }
}

/// What will happen.
enum Happening {
    ToServer(usize, Vec<u8>),
    ToClient(usize, Vec<u8>),
    Connected(usize),
    Broken(usize),
    WeSay(usize),
    BobSays,
    NetworkBreaks,
}

struct World {
    random: u64,
    guest: bool,
    fault_percent: u64,
    now: Duration,
    /// By time, and by number among those of one time.
    future: BTreeMap<(Duration, u64), Happening>,
    happenings: u64,
    session: Session,
    /// The newest connection; there is one for each `Connect`.
    connection: usize,
    open: bool,
    /// When the last bytes of each direction arrive: a stream keeps its order.
    arrivals: (Duration, Duration),
    server: Server,
    /// The last place shown; none before the first `joined`.
    shown: Option<Seq>,
    sent: BTreeSet<MessageId>,
    forgotten: BTreeSet<MessageId>,
}

#[derive(Default)]
struct Server {
    log: Vec<Message>,
    places: HashMap<(MemberId, MessageId), usize>,
    lines: LineBuffer,
    you: Option<Member>,
}

impl World {
    fn new(seed: u64, guest: bool, messages: usize, fault_percent: u64) -> Self {
        let mut world = Self {
            random: seed,
            guest,
            fault_percent,
            now: Duration::ZERO,
            future: BTreeMap::new(),
            happenings: 0,
            session: Session::new(SessionOptions { seed, ..options(Follow::Live) }),
            connection: 0,
            open: false,
            arrivals: (Duration::ZERO, Duration::ZERO),
            server: Server::default(),
            shown: None,
            sent: BTreeSet::new(),
            forgotten: BTreeSet::new(),
        };
        let talk_ms = u64::try_from(FAULTS_END.as_millis()).unwrap();
        for number in 0..messages {
            let at = Duration::from_millis(world.chance(talk_ms));
            world.happens_at(at, Happening::WeSay(number));
        }
        for _ in 0..30 {
            let at = Duration::from_millis(world.chance(talk_ms));
            world.happens_at(at, Happening::BobSays);
        }
        // What a server has forgotten to tell shows with the next message only.
        world.happens_at(FAULTS_END, Happening::BobSays);
        for _ in 0..fault_percent / 3 {
            let at = Duration::from_millis(world.chance(talk_ms));
            world.happens_at(at, Happening::NetworkBreaks);
        }
        world
    }

    /// A number below `bound`.
    fn chance(&mut self, bound: u64) -> u64 {
        // Xorshift (Marsaglia, 2003), which must not begin at zero.
        self.random = self.random.max(1);
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % bound
    }

    fn goes_wrong(&mut self) -> bool {
        self.now < FAULTS_END && self.chance(100) < self.fault_percent
    }

    fn happens_at(&mut self, at: Duration, happening: Happening) {
        self.happenings += 1;
        self.future.insert((at, self.happenings), happening);
    }

    fn run(&mut self) {
        loop {
            let next = self.future.keys().next().map_or(WORLD_ENDS, |(at, _)| *at);
            let due = self.session.deadline().unwrap_or(WORLD_ENDS);
            if next.min(due) >= WORLD_ENDS {
                return;
            }
            self.now = self.now.max(next.min(due));
            if due <= next {
                self.put(Input::Tick);
                assert!(self.session.deadline().is_none_or(|next| next > self.now), "a tick is done with");
            } else if let Some((_, happening)) = self.future.pop_first() {
                self.happen(happening);
            }
        }
    }

    fn happen(&mut self, happening: Happening) {
        let current = |connection: usize, world: &Self| world.open && connection == world.connection;
        match happening {
            Happening::WeSay(number) => {
                let say = Command::Say(outgoing(&format!("{number}"), "oi"));
                self.put(Input::Command(say));
            }
            Happening::BobSays => {
                let id = MessageId::parse(&format!("bob-{}", self.server.log.len())).unwrap();
                self.append(member("bob"), id, Body::text("hello"));
            }
            Happening::NetworkBreaks => self.network_breaks(),
            Happening::Connected(connection) if connection == self.connection => {
                self.open = true;
                self.server.lines = LineBuffer::default();
                self.server.you = None;
                self.put(Input::Connected { binding: [0; 32] });
                let welcome =
                    ServerMessage::Welcome { protocol: 1, server: "model".into(), nonce: Nonce([0; 16]) };
                self.tell(&welcome);
            }
            Happening::Broken(connection) if connection == self.connection => {
                self.put(Input::Disconnected(ConnectError::Silent));
            }
            Happening::ToServer(connection, bytes) if current(connection, self) => self.server_hears(&bytes),
            Happening::ToClient(connection, bytes) if current(connection, self) => {
                let cut = usize::try_from(self.chance(bytes.len() as u64)).unwrap();
                self.put(Input::Bytes(&bytes[..cut]));
                if current(connection, self) {
                    self.put(Input::Bytes(&bytes[cut..]));
                }
            }
            _ => {}
        }
    }

    /// Everything on its way is lost. The client hears of it soon, or has to find out by the silence.
    fn network_breaks(&mut self) {
        if self.open {
            self.open = false;
            self.server.you = None;
            if self.chance(4) > 0 {
                let at = self.now + Duration::from_millis(self.chance(2000));
                self.happens_at(at, Happening::Broken(self.connection));
            }
        }
    }

    fn put(&mut self, input: Input<'_>) {
        for effect in self.session.handle(self.now, input) {
            match effect {
                Effect::Send(bytes) => {
                    let delay = self.chance(300);
                    self.arrivals.0 = self.arrivals.0.max(self.now + Duration::from_millis(delay));
                    self.happens_at(self.arrivals.0, Happening::ToServer(self.connection, bytes));
                }
                Effect::Connect => {
                    self.connection += 1;
                    self.open = false;
                    let happening = if self.goes_wrong() { Happening::Broken } else { Happening::Connected };
                    let at = self.now + Duration::from_millis(self.chance(1000));
                    self.happens_at(at, happening(self.connection));
                }
                Effect::Close => {
                    self.open = false;
                    self.server.you = None;
                }
                Effect::Event(event) => self.check(event),
                Effect::Servers(servers) => panic!("nobody has named {servers:?}"),
                Effect::Forget(id) => assert!(self.sent.contains(&id) && self.forgotten.insert(id)),
            }
        }
    }

    fn check(&mut self, event: Event) {
        match event {
            // The first time nothing older than the head is wanted.
            Event::Joined { head, .. } => self.shown = self.shown.or(Some(head)),
            Event::Message(message) => {
                assert_eq!(Some(message.seq), self.shown.map(Seq::next), "what is shown rises by one");
                assert_eq!(message, self.server.log[index(message.seq)], "it is what the log has");
                self.shown = Some(message.seq);
            }
            Event::Sent { id, seq, time } => {
                let stored = &self.server.log[index(seq)];
                assert_eq!((&stored.id, stored.time), (&id, time), "the log has it there");
                assert!(self.sent.insert(id), "acknowledged once");
            }
            Event::Failed { .. } | Event::Truncated { .. } | Event::Reset => panic!("not here: {event:?}"),
            _ => {}
        }
    }

    fn server_hears(&mut self, bytes: &[u8]) {
        let mut messages = Vec::new();
        let mut lines = std::mem::take(&mut self.server.lines);
        lines
            .feed(bytes, |line| {
                messages.push(decode_client(line).unwrap());
                ControlFlow::Continue(())
            })
            .unwrap();
        self.server.lines = lines;
        for message in messages {
            if self.open {
                self.server_answers(message);
            }
        }
    }

    fn server_answers(&mut self, message: ClientMessage) {
        match message {
            ClientMessage::Join(join) => self.let_in(join.after),
            ClientMessage::Say { id, body } => self.take(id, body),
            ClientMessage::History { after, .. } => {
                let start = index(after.unwrap().next());
                let end = (start + 3).min(self.server.log.len());
                let messages = self.server.log[start..end].to_vec();
                self.tell(&ServerMessage::History { messages, more: end < self.server.log.len() });
            }
            ClientMessage::Ping => self.tell(&ServerMessage::Pong),
            other => panic!("nobody has asked for {other:?}"),
        }
    }

    fn let_in(&mut self, after: Option<Seq>) {
        let who = if self.guest { format!("a{}", self.connection) } else { "ana".to_owned() };
        let (you, head) = (member(&who), Seq::new(self.server.log.len() as u64));
        self.server.you = Some(you.clone());
        let (room, first) = (RoomName::default(), Seq::new(1));
        self.tell(&ServerMessage::Joined { you, room, epoch: EPOCH, first, head, count: 1, members: None });
        let start = after.map_or(self.server.log.len(), |seq| index(seq.next()));
        let missed = self.server.log[start..].to_vec();
        for message in missed {
            self.tell(&ServerMessage::Message(message));
        }
        if self.goes_wrong() {
            self.tell(&ServerMessage::Closing {
                code: ClosingCode::Stopping,
                text: String::new(),
                after: Some(1),
            });
        }
    }

    /// A message of ours comes in, perhaps once more.
    fn take(&mut self, id: MessageId, body: Body) {
        let you = self.server.you.clone().unwrap();
        if let Some(&at) = self.server.places.get(&(you.id.clone(), id.clone())) {
            return self.tell(&ServerMessage::Message(self.server.log[at].clone()));
        }
        if self.goes_wrong() {
            let refusal = Refusal::new(ErrorCode::LogFailed, "full").about(id).retry_after(2);
            return self.tell(&ServerMessage::Error(refusal));
        }
        if self.goes_wrong() {
            let refusal = Refusal::new(ErrorCode::TooFast, "slowly").about(id.clone()).retry_after(1);
            self.tell(&ServerMessage::Error(refusal));
        }
        self.append(you, id, body);
    }

    fn append(&mut self, from: Member, id: MessageId, body: Body) {
        let at = self.server.log.len();
        self.server.places.insert((from.id.clone(), id.clone()), at);
        let time = Timestamp::from_unix_ms(u64::try_from(self.now.as_millis()).unwrap());
        let message = Message { seq: Seq::new(at as u64 + 1), time, from, id, body };
        self.server.log.push(message.clone());
        // A server that forgets a message, or says it twice: the client mends the one and ignores the other.
        let times = if self.goes_wrong() { 2 * self.chance(2) } else { 1 };
        for _ in 0..times {
            self.tell(&ServerMessage::Message(message.clone()));
        }
    }

    fn tell(&mut self, message: &ServerMessage) {
        let in_room = self.server.you.is_some() || matches!(message, ServerMessage::Welcome { .. });
        if self.open && in_room {
            let mut bytes = Vec::new();
            encode_server(message, &mut bytes);
            let delay = self.chance(300);
            self.arrivals.1 = self.arrivals.1.max(self.now + Duration::from_millis(delay));
            self.happens_at(self.arrivals.1, Happening::ToClient(self.connection, bytes));
        }
    }

    fn check_everything_came_right(&self, messages: usize) {
        assert_eq!(self.sent.len(), messages, "everything is said");
        assert_eq!(self.forgotten, self.sent, "and forgotten");
        let ours = self.server.log.iter().filter(|message| message.from.name.as_str() != "Bob");
        let ids: Vec<&MessageId> = ours.map(|message| &message.id).collect();
        assert_eq!(ids.len(), messages, "everything is in the log once: {ids:?}");
        assert_eq!(self.shown, Some(Seq::new(self.server.log.len() as u64)), "everything is shown");
    }
}

fn index(seq: Seq) -> usize {
    usize::try_from(seq.number()).unwrap() - 1
}
