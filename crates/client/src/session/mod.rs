//! The conversation with a server, across as many connections as it takes: joining, saying, acknowledging,
//! filling gaps, keeping alive, coming back. It is pure: bytes and the time go in, effects come out. It opens
//! no socket, reads no clock, and of randomness has only the seed it was given, so that a test can play hours
//! of it in a moment. Not here: the sockets ([`crate::transport`]), and what a reader sees
//! ([`crate::timeline`]).
//!
//! - `mod.rs`: what goes in, what comes out, and the phases of a connection.
//! - `told.rs` and `said.rs`: what the server is told, and what it says and what follows from it.
//! - `outbox.rs`, `stream.rs`, `requests.rs`, `backoff.rs`: the four things that outlive a connection.

mod backoff;
mod outbox;
mod requests;
mod said;
mod stream;
mod told;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use papo_proto::codec::decode_server;
use papo_proto::limits::AGENT_BYTES_MAX;
use papo_proto::proof::ChannelBinding;
use papo_proto::{
    Address, ClientMessage, Epoch, InviteSecret, LineBuffer, MemberId, MessageId, Name, RoomName, Seq,
};

use crate::error::ConnectError;
use crate::event::{Command, ConnectionState, Event, Outgoing};
use crate::identity::Identity;

use backoff::Backoff;
use outbox::Outbox;
use requests::{Request, Requests};
use stream::Stream;

pub use backoff::{BACKOFF_FIRST, BACKOFF_MAX, BACKOFF_RESET_AFTER, COME_BACK_AFTER_MAX, MOVING_SPREAD};
pub use outbox::{IN_FLIGHT_MAX, OUTBOX_LEN_MAX, RESEND_AFTER_MAX};
pub use requests::REQUESTS_WAITING_MAX;

/// How long a server may take from the connection to `joined`. It has nothing to wait for.
pub const JOIN_DEADLINE: Duration = Duration::from_secs(10);

/// After how long without a byte from the server it is asked whether it is still there. Less than the
/// server's own 25 seconds, so that a connection costs one `ping` and not two.
pub const PING_AFTER: Duration = Duration::from_secs(20);

/// After how long without a byte from the server the connection counts as broken: a `ping` has had 25
/// seconds for its answer.
pub const SILENCE_MAX: Duration = Duration::from_secs(45);

/// How long the server's farewell is waited for.
pub const LEAVE_DEADLINE: Duration = Duration::from_secs(2);

/// The room is told of writing at most this often; the server forgets it after a few seconds.
pub const TYPING_EVERY: Duration = Duration::from_secs(2);

/// How many ids of ours are remembered. A guest gets a new one with each connection, and recognises its own
/// messages by the earlier ones; those of the last few connections are enough.
const IDS_REMEMBERED_MAX: usize = 16;

const _: () = assert!(PING_AFTER.as_secs() * 2 < SILENCE_MAX.as_secs(), "a ping has time for its answer");

/// What a session begins with.
#[derive(Debug)]
pub struct SessionOptions {
    /// What one wants to be called.
    pub name: Name,
    /// The room to enter.
    pub room: RoomName,
    /// From where on the room's messages are wanted.
    pub follow: Follow,
    /// The program and its version; cut at the protocol's limit.
    pub agent: String,
    /// The key that one is; a guest has none.
    pub identity: Option<Arc<Identity>>,
    /// The secret of the invite that one comes by, for a room that does not know one yet.
    pub invite: Option<InviteSecret>,
    /// What was left to be said when the program last ended, oldest first.
    pub outbox: Vec<Outgoing>,
    /// What the spread of the waiting times is made from: another one for each session, lest all the clients
    /// of a server come back at the same moment.
    pub seed: u64,
}

/// From where on the room's messages are wanted, the first time. After a break the session goes on where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// From now on.
    Live,
    /// From a place that was reached earlier.
    After {
        /// The log that the place belongs to, where it is known.
        epoch: Option<Epoch>,
        /// The last place that was seen.
        seq: Seq,
    },
}

/// What goes into a session.
#[derive(Debug)]
pub enum Input<'a> {
    /// The connection asked for by [`Effect::Connect`] is there, and the server is trusted.
    Connected {
        /// What ties a proof to this connection.
        binding: ChannelBinding,
    },
    /// These bytes came from the server.
    Bytes(&'a [u8]),
    /// There is no connection, or no longer one, and not because of [`Effect::Close`].
    Disconnected(ConnectError),
    /// A surface wants something.
    Command(Command),
    /// It is [`Session::deadline`]. A tick that comes early or twice does nothing.
    Tick,
}

/// What comes out of a session, to be done in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Open a connection now, and report `Connected` or `Disconnected`.
    Connect,
    /// Close the connection, or give up opening it. Nothing more is to be reported of it.
    Close,
    /// Tell the surfaces.
    Event(Event),
    /// This message is settled: drop it from the outbox on disk.
    Forget(MessageId),
    /// The room is on these servers as well: where this one is lost, the next `Connect` may go to one of them.
    Servers(Vec<Address>),
}

/// Where a session stands.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// No connection until then.
    Waiting { until: Duration },
    /// A connection was asked for.
    Connecting,
    /// The connection is there, the server's `welcome` is not.
    Greeting { since: Duration, binding: ChannelBinding },
    /// `join` was said.
    Joining { since: Duration },
    /// In the room.
    Joined { since: Duration },
    /// `leave` was said; what was said before it is still answered.
    Leaving { until: Duration },
    /// No connection, and none will be tried before a person has done something.
    Stopped,
    /// The end.
    Left,
}

/// The conversation with a server. See the [module](self).
#[derive(Debug)]
pub struct Session {
    name: Name,
    /// The name that the server was told last, on this connection.
    name_told: Name,
    /// The name that the server has accepted last: what one is called again if it refuses another.
    name_accepted: Option<Name>,
    room: RoomName,
    agent: String,
    identity: Option<Arc<Identity>>,
    invite: Option<InviteSecret>,
    /// The ids that the server has known us by, newest last.
    mine: Vec<MemberId>,
    stream: Stream,
    outbox: Outbox,
    requests: Requests,
    backoff: Backoff,
    /// Whether the room is on other servers as well.
    has_others: bool,
    phase: Phase,
    /// When the input at hand came.
    now: Duration,
    /// What the input at hand has caused so far.
    effects: Vec<Effect>,
    lines: LineBuffer,
    received_at: Duration,
    pinged_at: Option<Duration>,
    typed_at: Option<Duration>,
}

impl Session {
    /// A session that has not connected yet; the first tick makes it.
    pub fn new(options: SessionOptions) -> Self {
        let SessionOptions { name, room, follow, mut agent, identity, invite, outbox, seed } = options;
        agent.truncate(agent.floor_char_boundary(AGENT_BYTES_MAX));
        let mine = identity.iter().map(|identity| identity.member_id()).collect();
        let mut session = Self {
            name_told: name.clone(),
            name,
            name_accepted: None,
            room,
            agent,
            identity,
            invite,
            mine,
            stream: Stream::new(follow),
            outbox: Outbox::default(),
            requests: Requests::default(),
            backoff: Backoff::new(seed),
            has_others: false,
            phase: Phase::Waiting { until: Duration::ZERO },
            now: Duration::ZERO,
            effects: Vec::new(),
            lines: LineBuffer::default(),
            received_at: Duration::ZERO,
            pinged_at: None,
            typed_at: None,
        };
        for outgoing in outbox {
            session.keep(outgoing);
        }
        session
    }

    /// The room is on other servers as well: whoever is lost by one goes to another soon, at a moment of their own within
    /// [`MOVING_SPREAD`].
    pub fn can_move(&mut self) {
        self.has_others = true;
    }

    /// Takes what has happened at `now`, counted from any fixed beginning, and says what is to be done. `now`
    /// never goes back.
    pub fn handle(&mut self, now: Duration, input: Input<'_>) -> Vec<Effect> {
        self.now = now;
        match input {
            Input::Connected { binding } => self.connected(binding),
            Input::Bytes(bytes) => self.bytes(bytes),
            Input::Disconnected(cause) if self.has_connection() => self.lost(cause, Duration::ZERO),
            Input::Disconnected(_) => {}
            Input::Command(command) => self.command(command),
            Input::Tick => self.tick(),
        }
        std::mem::take(&mut self.effects)
    }

    /// When the next tick is due, if any.
    pub fn deadline(&self) -> Option<Duration> {
        match self.phase {
            Phase::Waiting { until } | Phase::Leaving { until } => Some(until),
            Phase::Greeting { since, .. } | Phase::Joining { since } => Some(since + JOIN_DEADLINE),
            Phase::Joined { .. } => {
                let alive = if self.is_pinged() { SILENCE_MAX } else { PING_AFTER };
                let alive = self.received_at + alive;
                // What is past and still held waits for something else than the time.
                let held = self.outbox.held_until().filter(|&held| held > self.now);
                Some(held.map_or(alive, |held| held.min(alive)))
            }
            Phase::Connecting | Phase::Stopped | Phase::Left => None,
        }
    }

    fn connected(&mut self, binding: ChannelBinding) {
        if matches!(self.phase, Phase::Connecting) {
            (self.received_at, self.pinged_at, self.typed_at) = (self.now, None, None);
            self.phase = Phase::Greeting { since: self.now, binding };
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if !self.has_connection() {
            return;
        }
        self.received_at = self.now;
        let mut lines = std::mem::take(&mut self.lines);
        let cut = lines.feed(bytes, |line| {
            match decode_server(line) {
                Ok(message) => self.server_said(message),
                Err(error) => self.garbled(error.to_string()),
            }
            if self.has_connection() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        if self.has_connection() {
            self.lines = lines;
            if let Err(too_long) = cut {
                self.garbled(too_long.to_string());
            }
        }
    }

    /// The stream cannot be read on: what follows an unreadable line may have depended on it.
    fn garbled(&mut self, detail: String) {
        self.close(match self.phase {
            Phase::Greeting { .. } => ConnectError::NotPapo,
            _ => ConnectError::Garbled { detail },
        });
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Say(outgoing) => {
                self.keep(outgoing);
                self.send_outbox();
            }
            Command::Typing => self.typing(),
            Command::Rename(name) => {
                self.name = name;
                self.send_name();
            }
            Command::History { before, after, limit } => self.request(Request::history(before, after, limit)),
            Command::Members { after } => self.request(Request::Members { after }),
            Command::Audit { before, limit } => self.request(Request::audit(before, limit)),
            Command::Access => self.request(Request::Access),
            Command::RetryNow => {
                if matches!(self.phase, Phase::Waiting { .. } | Phase::Stopped) {
                    self.connect();
                }
            }
            Command::Leave => self.leave(),
        }
    }

    fn tick(&mut self) {
        let now = self.now;
        match self.phase {
            Phase::Waiting { until } if until <= now => self.connect(),
            Phase::Greeting { since, .. } | Phase::Joining { since } if since + JOIN_DEADLINE <= now => {
                self.close(ConnectError::Silent);
            }
            Phase::Joined { .. } if self.received_at + SILENCE_MAX <= now => self.close(ConnectError::Silent),
            Phase::Joined { .. } => {
                if self.received_at + PING_AFTER <= now && !self.is_pinged() {
                    self.ping();
                }
                self.send_outbox();
            }
            Phase::Leaving { until } if until <= now => {
                self.effects.push(Effect::Close);
                self.end(Phase::Left, ConnectionState::Left);
            }
            _ => {}
        }
    }

    fn connect(&mut self) {
        self.phase = Phase::Connecting;
        self.event(Event::State(ConnectionState::Connecting));
        self.effects.push(Effect::Connect);
    }

    /// Whether the server has been asked since it last said something.
    fn is_pinged(&self) -> bool {
        self.pinged_at.is_some_and(|at| at > self.received_at)
    }

    fn leave(&mut self) {
        match self.phase {
            Phase::Joined { .. } => {
                self.tell(&ClientMessage::Leave);
                self.phase = Phase::Leaving { until: self.now + LEAVE_DEADLINE };
            }
            Phase::Connecting | Phase::Greeting { .. } | Phase::Joining { .. } => {
                self.effects.push(Effect::Close);
                self.end(Phase::Left, ConnectionState::Left);
            }
            Phase::Waiting { .. } | Phase::Stopped => self.end(Phase::Left, ConnectionState::Left),
            Phase::Leaving { .. } | Phase::Left => {}
        }
    }

    /// Closes the connection from this side.
    fn close(&mut self, cause: ConnectError) {
        self.close_for(cause, Duration::ZERO);
    }

    /// Closes the connection from this side, and stays away for at least so long.
    fn close_for(&mut self, cause: ConnectError, at_least: Duration) {
        self.effects.push(Effect::Close);
        self.lost(cause, at_least);
    }

    /// Decides what follows once there is no connection.
    fn lost(&mut self, cause: ConnectError, at_least: Duration) {
        if matches!(self.phase, Phase::Leaving { .. }) {
            self.end(Phase::Left, ConnectionState::Left);
        } else if cause.is_final() && at_least.is_zero() {
            // Where the server says when to come back, even a refusal is not the last word.
            self.end(Phase::Stopped, ConnectionState::Stopped { cause });
        } else {
            let mut retry_in = Duration::ZERO;
            if let Phase::Joined { since } = self.phase {
                self.backoff.was_joined_for(self.now.saturating_sub(since));
                if self.has_others {
                    // There is nothing to wait for, but everybody else comes as well.
                    retry_in = self.backoff.moving_wait();
                }
            }
            if retry_in.is_zero() {
                retry_in = self.backoff.next_wait(at_least);
            }
            self.end(
                Phase::Waiting { until: self.now + retry_in },
                ConnectionState::Waiting { retry_in, cause },
            );
        }
    }

    fn end(&mut self, phase: Phase, state: ConnectionState) {
        self.phase = phase;
        // Half a line is nothing to the next connection.
        self.lines = LineBuffer::default();
        self.event(Event::State(state));
    }

    fn has_connection(&self) -> bool {
        !matches!(self.phase, Phase::Waiting { .. } | Phase::Stopped | Phase::Left)
    }

    fn event(&mut self, event: Event) {
        self.effects.push(Effect::Event(event));
    }
}
