//! A client that runs: one thread that holds the connection, drives the session and reports what happens.
//! Not here: what is said when, which is [`crate::session`]'s business.

mod addresses;
mod connection;
mod driver;
mod failure;
pub mod health;
mod keeper;
mod message_id;
mod resolve;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use mio::{Poll, Waker};
use papo_proto::{Address, Body, InviteSecret, MessageId, Name, RoomName};
use papo_words::t;

use crate::error::ConnectError;
use crate::event::{Command, Event, Outgoing};
use crate::identity::Identity;
use crate::session::Follow;
use crate::store::Store;
use crate::trust::{Ask, Trust};

use driver::Driver;
pub use message_id::new_message_id;

/// How many commands may wait for the client's thread. It takes them at once unless the server does not
/// keep up; then whoever gives more of them waits.
const COMMANDS_WAITING_MAX: usize = 1024;

/// How long it may take from looking up the host to the first word of the server.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where to, as whom, and how.
pub struct Options {
    /// Where the server is.
    pub address: Address,
    /// Where the same rooms are as well, with the same key: tried in turn where a connection fails or is lost. Those
    /// that the server named at an earlier visit are known from the store.
    pub others: Vec<Address>,
    /// Which server that has to be.
    pub trust: Trust,
    /// What one wants to be called.
    pub name: Name,
    /// The room.
    pub room: RoomName,
    /// The key that one is; without one, a guest.
    pub identity: Option<Arc<Identity>>,
    /// The secret of the invite that one comes by, for a room that does not know one yet.
    pub invite: Option<InviteSecret>,
    /// Where outbox and history are kept; without one, what is not sent when the program ends is lost.
    pub store: Option<Store>,
    /// From where on messages are wanted.
    pub follow: Follow,
    /// The program and its version, for the operator's eyes.
    pub agent: String,
    /// Whether a lost connection is made again. Without it, the first failure ends the client.
    pub reconnect: bool,
    /// Who is asked about a server that nothing is known of; without anybody, such a server is refused.
    pub ask: Option<Ask>,
    /// How long it may take from looking up the host to the first word of the server.
    pub connect_timeout: Duration,
}

impl Options {
    /// The usual: a guest in this room, from now on, who comes back after a break; nobody to ask, nothing
    /// kept.
    pub fn new(address: Address, trust: Trust, name: Name, room: RoomName) -> Self {
        Self {
            address,
            others: Vec::new(),
            trust,
            name,
            room,
            identity: None,
            invite: None,
            store: None,
            follow: Follow::Live,
            agent: concat!("papo/", env!("CARGO_PKG_VERSION")).to_owned(),
            reconnect: true,
            ask: None,
            connect_timeout: CONNECT_TIMEOUT,
        }
    }
}

/// A running client. Dropping it ends its thread and the connection.
#[derive(Debug)]
pub struct Client {
    commands: SyncSender<Command>,
    wake: Arc<Wake>,
    thread: Option<JoinHandle<()>>,
}

/// How the client's thread is reached from outside.
#[derive(Debug)]
struct Wake {
    /// Set when the thread has to end, whatever it is doing.
    stop: AtomicBool,
    waker: Waker,
}

impl Client {
    /// Starts the thread and connects. Everything that happens from then on is told to `on_event`, on that
    /// thread, so that it must not wait long. After [`Left`](crate::event::ConnectionState::Left), and
    /// without `reconnect` after [`Stopped`](crate::event::ConnectionState::Stopped), the thread ends.
    ///
    /// Fails with [`ConnectError::Local`] if the outbox cannot be read or the system gives no thread.
    pub fn start(
        options: Options,
        on_event: impl FnMut(Event) + Send + 'static,
    ) -> Result<Self, ConnectError> {
        let start = || {
            let poll = Poll::new()?;
            let waker = Waker::new(poll.registry(), driver::WAKE)?;
            Ok((poll, Arc::new(Wake { stop: AtomicBool::new(false), waker })))
        };
        let no_resources = |error: io::Error| ConnectError::Local {
            text: t!("client-no-resources", cause = papo_words::system(&error)),
        };
        let (poll, wake) = start().map_err(no_resources)?;
        let (commands, waiting) = sync_channel(COMMANDS_WAITING_MAX);
        let driver = Driver::new(options, poll, Arc::clone(&wake), waiting, on_event)?;
        let thread = thread::Builder::new()
            .name("papo-client".to_owned())
            .spawn(move || driver.run())
            .map_err(no_resources)?;
        Ok(Self { commands, wake, thread: Some(thread) })
    }

    /// Gives a command. Waits while too many are waiting already; therefore not to be called from within
    /// `on_event`. Does nothing once the client's thread has ended.
    pub fn command(&self, command: Command) {
        if self.commands.send(command).is_ok() {
            self.wake.wake();
        }
    }

    /// Says something, under a new id, which is returned. With a store, it is on the disk before it is sent.
    pub fn say(&self, body: Body) -> MessageId {
        let id = new_message_id();
        self.command(Command::Say(Outgoing { id: id.clone(), body }));
        id
    }

    /// Leaves the room, after what was said before.
    pub fn leave(&self) {
        self.command(Command::Leave);
    }

    /// Waits until the client's thread has ended by itself; see [`start`](Self::start).
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the client's thread has panicked");
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.wake.stop.store(true, Ordering::Release);
        self.wake.wake();
        self.join();
    }
}

impl Wake {
    fn wake(&self) {
        if let Err(error) = self.waker.wake() {
            tracing::error!(%error, "the client's thread cannot be woken");
        }
    }

    fn must_stop(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}
