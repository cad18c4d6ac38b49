//! A visit to a room: the client library's connection, the lines of standard input and the signals, brought
//! together into one queue. Not here: what is done about any of them.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Instant;

use papo_client::event::{Command, ConnectionState, Event};
use papo_client::session::Follow;
use papo_client::trust::{Ask, Trust};
use papo_client::{Client, ConnectError, Options, Profile, Store};
use papo_proto::{Body, MessageId};

use super::typed::TypedLine;
use super::words;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::settings;

/// How many happenings wait at most. The connection waits in turn, so a room faster than the output it is
/// printed to is read no faster than it can be printed.
const HAPPENINGS_MAX: usize = 1024;

/// What this client says of itself to the server.
const AGENT: &str = concat!("papo/", env!("CARGO_PKG_VERSION"));

/// What a visit has to deal with.
#[derive(Debug)]
pub(super) enum Happening {
    /// The connection or the room.
    Event(Event),
    /// A line of standard input.
    Line(TypedLine),
    /// A line that cannot be sent, and why.
    BadLine(String),
    /// Standard input has ended.
    InputEnded,
    /// A signal asks to end.
    Interrupted,
}

/// A visit to a room. Dropping it ends the connection.
pub(super) struct Link {
    // The queue goes before the client: a client's thread that waits for room in the queue is freed by its end.
    happenings: Receiver<Happening>,
    sender: SyncSender<Happening>,
    client: Client,
    waits: Waits,
    /// Why there was no connection when that was last told.
    told: Option<ConnectError>,
    /// Whether the person knows, in this break, that what is said now is kept.
    is_keeping_told: bool,
}

/// How it stood with the connection last, so that only changes are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    ForTheFirstTime,
    No,
    Again,
}

/// The profile of a visit, opened.
pub(super) fn profile(client: &settings::Client) -> Result<Profile, Failure> {
    Profile::open(client.profile.clone()).map_err(|error| Failure::local(error.to_string()))
}

impl Link {
    /// Begins to connect. A person at a terminal may be asked about an unknown server if `may_ask`.
    pub(super) fn start(
        settings: &settings::Client,
        profile: &Profile,
        follow: Follow,
        store: Option<Store>,
        may_ask: bool,
    ) -> Result<Self, Failure> {
        let identity = profile.identity().map_err(|error| Failure::local(error.to_string()))?;
        let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        let trust = Trust {
            fingerprint: settings.fingerprint,
            ca_file: settings.ca.clone(),
            known_servers: Some(profile.known_servers()),
        };
        let (name, room) = (settings.name.clone(), settings.room.clone());
        let options = Options {
            identity: Some(Arc::new(identity)),
            invite: settings.invite.clone(),
            others: settings.others.clone(),
            store,
            follow,
            agent: AGENT.to_owned(),
            ask: (may_ask && terminal).then(|| Box::new(ask) as Ask),
            ..Options::new(settings.address.clone(), trust, name, room)
        };
        let (sender, happenings) = mpsc::sync_channel(HAPPENINGS_MAX);
        let events = sender.clone();
        // Where nobody takes events any more, the visit is over and they do not matter.
        let client = Client::start(options, move |event| drop(events.send(Happening::Event(event))))
            .map_err(|cause| failure(&cause))?;
        Ok(Self {
            happenings,
            sender,
            client,
            waits: Waits::ForTheFirstTime,
            told: None,
            is_keeping_told: false,
        })
    }

    /// Where others put what they have for this visit.
    pub(super) fn sender(&self) -> SyncSender<Happening> {
        self.sender.clone()
    }

    /// The next happening; `None` where the deadline passes first.
    pub(super) fn next(&mut self, deadline: Option<Instant>) -> Option<Happening> {
        let Some(deadline) = deadline else { return self.happenings.recv().ok() };
        self.happenings.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
    }

    /// Whether the room has let us in at least once.
    pub(super) fn has_joined(&self) -> bool {
        self.waits != Waits::ForTheFirstTime
    }

    /// Whether there is a connection to the room now.
    pub(super) fn is_connected(&self) -> bool {
        self.waits == Waits::No
    }

    /// Takes note of how it stands with the connection and tells the person what has changed. A visit that has
    /// never got into the room ends with the first failure; later ones are for the library to mend.
    pub(super) fn on_state(&mut self, state: &ConnectionState) -> Result<(), Failure> {
        match state {
            ConnectionState::Connecting | ConnectionState::Left => {}
            ConnectionState::Joined { .. } => {
                if self.waits == Waits::Again {
                    output::aside(&words::back());
                }
                self.waits = Waits::No;
                self.told = None;
                self.is_keeping_told = false;
            }
            ConnectionState::Waiting { cause, .. } if self.waits == Waits::ForTheFirstTime => {
                return Err(failure(cause));
            }
            ConnectionState::Waiting { retry_in, cause } => {
                let is_told = self.told.replace(cause.clone()).as_ref() == Some(cause);
                output::aside(&words::waiting((!is_told).then_some(cause), *retry_in));
                self.waits = Waits::Again;
            }
            ConnectionState::Stopped { cause } => return Err(failure(cause)),
        }
        Ok(())
    }

    /// Tells, once in a break, what becomes of what is said during it.
    pub(super) fn tell_keeping(&mut self) {
        if !std::mem::replace(&mut self.is_keeping_told, true) {
            output::aside(&words::kept_for_later());
        }
    }

    pub(super) fn say(&self, body: Body) -> MessageId {
        self.client.say(body)
    }

    pub(super) fn command(&self, command: Command) {
        self.client.command(command);
    }

    /// Leaves the room and ends the connection.
    pub(super) fn leave(self) {
        let Self { happenings, client, .. } = self;
        // What comes now matters to nobody, and must not keep the client's thread waiting for room.
        drop(happenings);
        client.leave();
        client.wait();
    }
}

/// A connection's failure with its exit code.
pub(crate) fn failure(cause: &ConnectError) -> Failure {
    use papo_client::error::Category;
    let exit = match cause.category() {
        Category::Unreachable => Exit::NoConnection,
        Category::Untrusted => Exit::NotTrusted,
        Category::Refused => Exit::Refused,
        Category::Lost => Exit::Lost,
        Category::Local => Exit::LocalFile,
    };
    Failure::new(exit, words::cause(cause))
}

/// Asks the person at the terminal about an unknown server. Whatever is no clear yes is a no.
fn ask(address: &papo_proto::Address, fingerprint: &papo_proto::Fingerprint) -> bool {
    output::words(&words::ask(address, fingerprint));
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.is_ok() && words::is_yes(&answer)
}
