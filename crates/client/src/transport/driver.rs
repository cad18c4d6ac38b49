//! The loop on the client's thread: carries bytes, time and commands to the session, and does what the
//! session says. Not here: the connection's own steps, and what is kept on the disk when.

use std::mem;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use mio::{Events, Poll, Token};
use papo_proto::{Address, Fingerprint};

use super::addresses::Addresses;
use super::connection::{Connection, Step};
use super::keeper::Keeper;
use super::resolve::Resolving;
use super::{Options, Wake};
use crate::error::ConnectError;
use crate::event::{Command, ConnectionState, Event, Outgoing};
use crate::session::{Effect, Input, Session, SessionOptions};
use crate::trust::{self, Ask, Trust};

/// What wakes the loop: a command, an answer of the resolver, or the end.
pub(super) const WAKE: Token = Token(0);

/// What the socket's news come under.
const SOCKET: Token = Token(1);

/// How many bytes may wait for the server before no further commands are taken.
const QUEUED_BYTES_MAX: usize = 1 << 20;

/// How many messages are taken into the outbox at once.
const SAID_MAX: usize = 64;

/// How often in a row the connection is read before commands get their turn.
const STEPS_MAX: usize = 16;

/// The client's thread.
pub(super) struct Driver<F> {
    addresses: Addresses,
    trust: Trust,
    /// The fingerprint that a person has accepted in this run.
    accepted: Option<Fingerprint>,
    ask: Option<Ask>,
    reconnect: bool,
    connect_timeout: Duration,
    session: Session,
    keeper: Keeper,
    on_event: F,
    commands: Receiver<Command>,
    wake: Arc<Wake>,
    poll: Poll,
    wire: Wire,
    /// When the attempt to connect has failed, unless the server has said something by then.
    attempt_until: Option<Duration>,
    /// When the host's next address is tried, if it has several.
    next_address_at: Option<Duration>,
    /// Why the connection that the session believes in is none.
    failure: Option<ConnectError>,
    /// Set when the session has come to its end.
    ended: bool,
    start: Instant,
}

/// How far the connection is.
#[derive(Debug)]
enum Wire {
    None,
    Resolving(Resolving),
    Connection(Box<Connection>),
}

impl<F: FnMut(Event)> Driver<F> {
    /// Reads what is left to be sent. Nothing is connected yet.
    pub(super) fn new(
        options: Options,
        poll: Poll,
        wake: Arc<Wake>,
        commands: Receiver<Command>,
        on_event: F,
    ) -> Result<Self, ConnectError> {
        let keeper = Keeper::new(options.store, options.follow);
        let mut session = Session::new(SessionOptions {
            name: options.name,
            room: options.room,
            follow: options.follow,
            agent: options.agent,
            identity: options.identity,
            invite: options.invite,
            outbox: keeper.outbox()?,
            seed: seed(),
        });
        let (known, key) = keeper.servers();
        let mut others = options.others;
        for server in known {
            if !others.contains(&server) && server != options.address {
                others.push(server);
            }
        }
        let addresses = Addresses::new(options.address, others, key);
        if addresses.has_others() {
            session.can_move();
        }
        Ok(Self {
            addresses,
            trust: options.trust,
            accepted: None,
            ask: options.ask,
            reconnect: options.reconnect,
            connect_timeout: options.connect_timeout,
            session,
            keeper,
            on_event,
            commands,
            wake,
            poll,
            wire: Wire::None,
            attempt_until: None,
            next_address_at: None,
            failure: None,
            ended: false,
            start: Instant::now(),
        })
    }

    /// Runs until the session ends or somebody says stop.
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(8);
        let mut more = false;
        self.input(Input::Tick);
        while !self.ended && !self.wake.must_stop() {
            let timeout = if more { Some(Duration::ZERO) } else { self.timeout() };
            if let Err(error) = self.poll.poll(&mut events, timeout)
                && error.kind() != std::io::ErrorKind::Interrupted
            {
                // Without the system's news nothing can go on; this does not happen to a valid poll.
                self.report(Event::State(ConnectionState::Stopped { cause: ConnectError::from(&error) }));
                break;
            }
            self.take_commands();
            more = self.advance();
            self.check_times();
            self.keeper.flush();
        }
        self.keeper.flush();
        self.close();
    }

    /// Where the server is looked for now.
    fn address(&self) -> Address {
        self.addresses.current()
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn timeout(&self) -> Option<Duration> {
        let times = [self.session.deadline(), self.attempt_until, self.next_address_at];
        times.into_iter().flatten().min().map(|at| at.saturating_sub(self.now()))
    }

    /// Takes the commands that wait, unless the server does not keep up.
    fn take_commands(&mut self) {
        loop {
            let is_behind = |it: &Connection| it.queued_len() > QUEUED_BYTES_MAX;
            if self.ended || matches!(&self.wire, Wire::Connection(it) if is_behind(it)) {
                return;
            }
            // What is said in a row goes to the disk at once, and waits for it once.
            let mut said = Vec::new();
            let mut other = None;
            while said.len() < SAID_MAX && other.is_none() {
                match self.commands.try_recv() {
                    Ok(Command::Say(outgoing)) => said.push(outgoing),
                    Ok(command) => other = Some(command),
                    // Whoever had the other end has set the flag that ends the loop.
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
                }
            }
            let is_last = said.is_empty() && other.is_none();
            self.say(said);
            if let Some(command) = other {
                self.input(Input::Command(command));
            }
            if is_last {
                return;
            }
        }
    }

    fn say(&mut self, said: Vec<Outgoing>) {
        if said.is_empty() {
            return;
        }
        match self.keeper.put_outgoing(&said) {
            Ok(()) => {
                for outgoing in said {
                    self.input(Input::Command(Command::Say(outgoing)));
                }
            }
            Err(failed) => failed.into_iter().for_each(|event| self.report(event)),
        }
    }

    /// Takes the connection as far as it goes without waiting. Returns whether it could go on at once.
    fn advance(&mut self) -> bool {
        for _ in 0..STEPS_MAX {
            if self.wake.must_stop() || self.ended {
                return false;
            }
            match mem::replace(&mut self.wire, Wire::None) {
                Wire::None => return false,
                Wire::Resolving(resolving) => match resolving.take() {
                    Ok(None) => {
                        self.wire = Wire::Resolving(resolving);
                        return false;
                    }
                    found => self.resolved(found.map(Option::unwrap_or_default)),
                },
                Wire::Connection(connection) => {
                    if !self.step(connection) {
                        return false;
                    }
                }
            }
        }
        true
    }

    fn resolved(&mut self, found: Result<Vec<std::net::SocketAddr>, ConnectError>) {
        let opened = found.and_then(|found| {
            let vouched = self.accepted.or(self.addresses.key());
            let config = self.trust.tls_config(&self.address(), vouched)?;
            let share = self.connect_timeout / u32::try_from(found.len().max(1)).unwrap_or(u32::MAX);
            self.next_address_at = (found.len() > 1).then(|| self.now() + share);
            Connection::open(self.poll.registry(), SOCKET, &self.address(), found, config)
        });
        match opened {
            Ok(connection) => self.wire = Wire::Connection(Box::new(connection)),
            Err(cause) => self.lost(cause),
        }
    }

    /// One step of the connection. Returns whether a further one may follow at once.
    fn step(&mut self, mut connection: Box<Connection>) -> bool {
        let mut received = Vec::new();
        let step = match connection.advance(self.poll.registry(), SOCKET) {
            Ok(Step::Waiting) => {
                self.wire = Wire::Connection(connection);
                return false;
            }
            Ok(Step::Received(bytes)) => {
                received.extend_from_slice(bytes);
                Input::Bytes(&received)
            }
            Ok(Step::Established { binding }) => Input::Connected { binding },
            Err(cause) => {
                drop(connection);
                self.lost(cause);
                return true;
            }
        };
        match step {
            // The server lives; from here on the session watches over it.
            Input::Bytes(_) => {
                self.attempt_until = None;
                self.addresses.answered();
            }
            _ => self.remember_key(&connection),
        }
        self.wire = Wire::Connection(connection);
        self.input(step);
        true
    }

    /// Keeps the key of a server that an invite, a person or another server has vouched for, now that it is proven.
    fn remember_key(&mut self, connection: &Connection) {
        self.next_address_at = None;
        let Some(found) = connection.certificate().and_then(trust::fingerprint_of) else { return };
        let of_another = self.addresses.key().filter(|_| self.trust.ca_file.is_none());
        let vouched = [self.trust.fingerprint, self.accepted, of_another].contains(&Some(found));
        if vouched && let Err(cause) = self.trust.remember(&self.address(), &found) {
            tracing::warn!(%cause, "the server's key is not remembered");
        }
    }

    fn check_times(&mut self) {
        let now = self.now();
        if self.next_address_at.is_some_and(|at| at <= now) {
            self.try_next_address(now);
        }
        if self.attempt_until.is_some_and(|until| until <= now) {
            let address = self.address();
            let cause = match mem::replace(&mut self.wire, Wire::None) {
                Wire::Connection(connection) if connection.is_open() => ConnectError::Silent,
                Wire::Connection(connection) if connection.is_accepted() => {
                    ConnectError::NoHandshake { address }
                }
                _ => ConnectError::TimedOut { address },
            };
            self.lost(cause);
        }
        if self.session.deadline().is_some_and(|deadline| deadline <= now) {
            self.input(Input::Tick);
        }
    }

    fn try_next_address(&mut self, now: Duration) {
        self.next_address_at = None;
        if let Wire::Connection(connection) = &mut self.wire
            && connection.can_try_next()
        {
            match connection.try_next(self.poll.registry(), SOCKET) {
                Ok(_) => self.next_address_at = Some(now + self.connect_timeout / 4),
                Err(cause) => {
                    self.wire = Wire::None;
                    self.lost(cause);
                }
            }
        }
    }

    /// Begins an attempt to connect.
    fn connect(&mut self) {
        self.close();
        self.addresses.turn();
        self.attempt_until = Some(self.now() + self.connect_timeout);
        match Resolving::start(&self.address(), Arc::clone(&self.wake)) {
            Ok(resolving) => self.wire = Wire::Resolving(resolving),
            Err(cause) => self.failure = Some(cause),
        }
    }

    /// Takes note that there is no connection any more, and asks about a server that nobody knows.
    fn lost(&mut self, cause: ConnectError) {
        (self.attempt_until, self.next_address_at) = (None, None);
        if let (ConnectError::UnknownServer { address, fingerprint, .. }, Some(ask)) = (&cause, &mut self.ask)
            && ask(address, fingerprint)
        {
            self.accepted = Some(*fingerprint);
            // To the session this is still the same attempt.
            self.addresses.stay();
            self.connect();
        } else {
            match self.addresses.failed(cause) {
                // This too: nobody was let in yet.
                None => self.connect(),
                failure => self.failure = failure,
            }
        }
        self.settle();
    }

    fn close(&mut self) {
        (self.attempt_until, self.next_address_at) = (None, None);
        if let Wire::Connection(connection) = mem::replace(&mut self.wire, Wire::None) {
            connection.close();
        }
    }

    /// Tells the session something, and does what it says.
    fn input(&mut self, input: Input<'_>) {
        let effects = self.session.handle(self.now(), input);
        self.apply(effects);
        self.settle();
    }

    /// Tells the session of the connection's end, if there was one.
    fn settle(&mut self) {
        while let Some(cause) = self.failure.take() {
            let effects = self.session.handle(self.now(), Input::Disconnected(cause));
            self.apply(effects);
        }
        if let Wire::Connection(connection) = &mut self.wire {
            connection.flush();
        }
    }

    fn apply(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(bytes) => {
                    if let Wire::Connection(connection) = &mut self.wire {
                        connection.queue(&bytes);
                    }
                }
                Effect::Connect => self.connect(),
                Effect::Close => self.close(),
                Effect::Forget(id) => self.keeper.forget(&id),
                Effect::Servers(servers) => self.learn(&servers),
                Effect::Event(event) => self.report(event),
            }
        }
    }

    /// The server says where else the room is. Who believes this server, for whatever reason, believes the others if they
    /// have the same key; also at the next visit, should this one be away then.
    fn learn(&mut self, servers: &[Address]) {
        let Wire::Connection(connection) = &self.wire else { return };
        let found = connection.certificate().and_then(trust::fingerprint_of);
        let others = self.addresses.learn(servers, found);
        self.keeper.keep_servers(&others, found.as_ref());
    }

    fn report(&mut self, event: Event) {
        let event = match event {
            Event::State(ConnectionState::Waiting { cause, .. }) if !self.reconnect => {
                Event::State(ConnectionState::Stopped { cause })
            }
            other => other,
        };
        match &event {
            Event::State(ConnectionState::Left) => self.ended = true,
            Event::State(ConnectionState::Stopped { .. }) => self.ended |= !self.reconnect,
            _ => {}
        }
        self.keeper.keep(&event);
        (self.on_event)(event);
    }
}

/// What the session's waiting times are spread by. Without randomness all that suffers is the spread.
fn seed() -> u64 {
    let mut bytes = [0; 8];
    if rand::fill(&mut bytes).is_err() {
        tracing::warn!("the system gives no random numbers");
    }
    u64::from_be_bytes(bytes)
}
