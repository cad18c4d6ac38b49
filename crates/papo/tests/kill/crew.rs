//! People who write as fast as they can, each with a key and an outbox on the disk, and one thread that
//! sees everything that any of them sees. Not here: what has to hold of it.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use papo_client::event::{Command, ConnectionState};
use papo_client::session::Follow;
use papo_client::{Client, ConnectError, Event, Options, Profile, Trust};
use papo_proto::{Address, Body, ClosingCode, ErrorCode, Invite, Message, Name, Seq};
use papo_torture::history::{Entry, History};
use papo_torture::leaks;

use crate::server::{PATIENCE, Place};
use crate::waits::Waits;

/// The most messages that one of them has on the way at once: from 1 up to this.
const WINDOW_MAX: usize = 4;

/// Who comes back how after a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ComingBack {
    /// Each one when its client sees fit.
    ByItself,
    /// As soon as the server is there again, as if every person pressed the key for it. By themselves, clients
    /// that lose one connection after the other stay away for up to half a minute.
    AtOnce,
}

/// How many there are and what they do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cast {
    pub(crate) people: usize,
    /// The first so many write. The others read, and keep nothing on the disk.
    pub(crate) writers: usize,
    /// How much time each writer lets pass between two messages.
    pub(crate) pace: Duration,
}

impl From<usize> for Cast {
    /// So many, who all write as fast as they can.
    fn from(people: usize) -> Self {
        Self { people, writers: people, pace: Duration::ZERO }
    }
}

/// All of them.
pub(crate) struct Crew {
    cast: Cast,
    people: Vec<Person>,
    history: History,
    /// Who was refused because the log could not be written, and how often; where that is expected.
    refused: Option<HashMap<usize, usize>>,
    /// What each of them was told last by a refusal.
    excuses: HashMap<usize, String>,
    /// Who was shown a page of older messages.
    readers: HashSet<usize>,
    events: Receiver<(Instant, usize, Event)>,
    /// How long writers have waited for echoes.
    pub(crate) waits: Waits,
    coming_back: ComingBack,
    is_writing: bool,
    is_server_up: bool,
    /// How many echoes anybody has seen since the server was last started.
    pub(crate) echoes: u64,
    /// The highest place that an echo has told anybody of.
    head: u64,
}

struct Person {
    client: Client,
    window: usize,
    /// The messages said and not echoed yet.
    unsettled: HashSet<String>,
    /// Nothing is said before then.
    next_at: Instant,
    /// How many more echoes there have to be until one is of a message said since the last blow.
    behind: usize,
    connection: Connection,
    /// Whether the server has said goodbye since it was last started.
    is_told: bool,
    /// The last place shown.
    last: u64,
}

/// What a person knows of their connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connection {
    Coming,
    Joined,
    /// It was lost, or could not be made.
    Waiting,
}

impl Crew {
    /// Everybody, connected as soon as the server lets them in. They say nothing yet.
    pub(crate) fn gather(place: &Place, invite: &Invite, coming_back: ComingBack, people: usize) -> Self {
        Self::gather_at(place, invite, &[], coming_back, people)
    }

    /// The same where the room is on further servers as well.
    pub(crate) fn gather_at(
        place: &Place,
        invite: &Invite,
        others: &[Address],
        coming_back: ComingBack,
        cast: impl Into<Cast>,
    ) -> Self {
        let cast = cast.into();
        let (sender, events) = channel();
        let mut crew = Self {
            cast,
            people: Vec::new(),
            history: History::new(),
            refused: None,
            excuses: HashMap::new(),
            readers: HashSet::new(),
            events,
            waits: Waits::new(cast.writers),
            coming_back,
            is_writing: false,
            is_server_up: true,
            echoes: 0,
            head: 0,
        };
        for index in 0..cast.people {
            let mut options = options(profile_folder(place, index), index, invite, others);
            if index >= cast.writers {
                options.store = None;
            }
            let client = crew.history.add_client(invite.room.as_str(), false);
            let after = match options.follow {
                Follow::After { seq, .. } => Some(seq.number()),
                Follow::Live => None,
            };
            crew.history.starts(client, after);
            let sender = sender.clone();
            // Once the crew is gone nobody listens any more.
            let hear = move |event| drop(sender.send((Instant::now(), index, event)));
            let client = Client::start(options, hear).unwrap();
            let window = index % WINDOW_MAX + 1;
            crew.people.push(Person {
                client,
                window,
                unsettled: HashSet::new(),
                next_at: Instant::now(),
                behind: 0,
                connection: Connection::Coming,
                is_told: false,
                last: 0,
            });
        }
        crew
    }

    /// What everybody has said and seen.
    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// In this run the disk fails: who is told so has seen nothing unexpected.
    #[cfg(target_os = "linux")]
    pub(crate) fn expect_refusals(&mut self) {
        self.refused = Some(HashMap::new());
    }

    /// How often anybody was refused.
    #[cfg(target_os = "linux")]
    pub(crate) fn refusals(&self) -> usize {
        self.refused.iter().flat_map(HashMap::values).sum()
    }

    /// How many were refused at least once.
    #[cfg(target_os = "linux")]
    pub(crate) fn refused_people(&self) -> usize {
        self.refused.as_ref().map_or(0, HashMap::len)
    }

    /// Whether this one was told so by a refusal, since that was asked for the last time.
    #[cfg(target_os = "linux")]
    pub(crate) fn was_told(&self, index: usize, what: &str) -> bool {
        self.excuses.get(&index).is_some_and(|told| told.contains(what))
    }

    /// Whether this one was shown the older messages that were asked for.
    #[cfg(target_os = "linux")]
    pub(crate) fn has_read(&self, index: usize) -> bool {
        self.readers.contains(&index)
    }

    /// Forgets what anybody was told, and has this one ask for older messages.
    #[cfg(target_os = "linux")]
    pub(crate) fn read_back(&mut self, index: usize) {
        self.excuses.clear();
        self.readers.clear();
        let before = Seq::new(self.people[index].last + 1);
        self.people[index].client.command(Command::History { before: Some(before), after: None, limit: 50 });
    }

    /// From now on everybody writes.
    pub(crate) fn write(&mut self) {
        self.is_writing = true;
        self.say_what_is_due();
    }

    /// From now on nobody writes.
    pub(crate) fn stop_writing(&mut self) {
        self.is_writing = false;
    }

    pub(crate) fn server_is_down(&mut self) {
        self.is_server_up = false;
    }

    /// The server takes connections again.
    pub(crate) fn server_is_up(&mut self) {
        self.is_server_up = true;
        self.echoes = 0;
        for index in 0..self.people.len() {
            self.people[index].is_told = false;
            self.come_back(index);
        }
    }

    /// Follows what happens until this is so. It has to come soon: events alone are no progress, since an idle
    /// client still tells how long a ping took.
    pub(crate) fn follow_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !is_so(self) {
            let left = PATIENCE.saturating_sub(start.elapsed());
            assert!(!left.is_zero(), "it does not come to this: {what}; {}", self.state());
            match self.events.recv_timeout(left.min(self.due_in())) {
                Ok((at, index, event)) => self.happened(at, index, event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("every client has ended"),
            }
            self.say_what_is_due();
        }
    }

    /// Follows what happens until this is so, for so long at most. Returns whether it is so.
    #[cfg(target_os = "linux")]
    pub(crate) fn follow_within(&mut self, time: Duration, is_so: impl Fn(&Self) -> bool) -> bool {
        let until = Instant::now() + time;
        while !is_so(self) {
            let Some(left) = until.checked_duration_since(Instant::now()) else { return false };
            if let Ok((at, index, event)) = self.events.recv_timeout(left.min(self.due_in())) {
                self.happened(at, index, event);
            }
            self.say_what_is_due();
        }
        true
    }

    /// Follows what happens for so long.
    #[cfg(target_os = "linux")]
    pub(crate) fn follow_for(&mut self, time: Duration) {
        self.follow_within(time, |_| false);
    }

    /// Follows what has happened already.
    pub(crate) fn catch_up(&mut self) {
        while let Ok((at, index, event)) = self.events.try_recv() {
            self.happened(at, index, event);
        }
    }

    pub(crate) fn is_all_joined(&self) -> bool {
        self.people.iter().all(|person| person.connection == Connection::Joined)
    }

    /// Whether the server has said goodbye to everybody.
    pub(crate) fn is_all_told(&self) -> bool {
        self.people.iter().all(|person| person.is_told)
    }

    /// Whether everything said is echoed, and everybody was shown everything.
    pub(crate) fn is_settled(&self) -> bool {
        self.people.iter().all(|person| person.unsettled.is_empty() && person.last >= self.head)
    }

    /// Something is about to be broken: from now on [`is_recovered`](Self::is_recovered) tells of what comes after it.
    pub(crate) fn brace(&mut self) {
        for person in &mut self.people[..self.cast.writers] {
            person.behind = person.unsettled.len() + 1;
        }
    }

    /// Whether every writer has had the echo of something said since it was braced for a blow.
    pub(crate) fn is_recovered(&self) -> bool {
        self.people.iter().all(|person| person.behind == 0)
    }

    /// Ends all clients, and returns what they have said and seen, and how many messages are still in the outboxes
    /// on the disk.
    pub(crate) fn dismiss(self, place: &Place, invite: &Invite) -> (History, usize) {
        let writers = self.cast.writers;
        drop(self.people);
        let left = |index| {
            let profile = Profile::open(Some(profile_folder(place, index))).unwrap();
            profile.store(&invite.address, &invite.room).unwrap().outbox().unwrap().len()
        };
        (self.history, (0..writers).map(left).sum())
    }

    fn happened(&mut self, at: Instant, index: usize, event: Event) {
        let (person, history) = (&mut self.people[index], &mut self.history);
        match event {
            Event::Joined { you, epoch, head, .. } => {
                history.joined(index, you.id.as_str(), &epoch.to_string(), head.number());
            }
            Event::Message(message) => {
                person.last = message.seq.number();
                history.saw(index, entry(message));
            }
            Event::Sent { id, seq, .. } => {
                person.unsettled.remove(id.as_str());
                person.behind = person.behind.saturating_sub(1);
                self.waits.echoed(index, at, !person.unsettled.is_empty());
                self.echoes += 1;
                self.head = self.head.max(seq.number());
                history.ok(index, id.as_str(), seq.number());
                self.say(index);
            }
            Event::State(state) => self.state_changed(index, state),
            Event::Refused(refusal) if refusal.code == ErrorCode::LogFailed && self.refused.is_some() => {
                self.excuses.insert(index, refusal.text);
                *self.refused.get_or_insert_default().entry(index).or_default() += 1;
            }
            Event::Reset | Event::Truncated { .. } | Event::Failed { .. } | Event::Refused(_) => {
                history.unexpected(index, format!("{event:?}"));
            }
            Event::History { messages, .. } => {
                self.readers.insert(index);
                history.saw_page(index, messages.into_iter().map(entry).collect());
            }
            Event::Members { .. }
            | Event::Audit { .. }
            | Event::Access(_)
            | Event::Entered { .. }
            | Event::Left { .. }
            | Event::Renamed { .. }
            | Event::Typing { .. }
            | Event::Count { .. } => {}
        }
    }

    fn state_changed(&mut self, index: usize, state: ConnectionState) {
        let person = &mut self.people[index];
        person.connection = match state {
            ConnectionState::Connecting => Connection::Coming,
            ConnectionState::Joined { .. } => Connection::Joined,
            ConnectionState::Waiting { cause, .. } => {
                person.is_told |= matches!(cause, ConnectError::Closed { code: ClosingCode::Stopping, .. });
                Connection::Waiting
            }
            ended @ (ConnectionState::Stopped { .. } | ConnectionState::Left) => {
                panic!("client {index} has given up: {ended:?}")
            }
        };
        if self.is_server_up {
            self.come_back(index);
        }
    }

    /// Has a person who waits try again now, if that is how they do.
    fn come_back(&self, index: usize) {
        let Person { client, connection, .. } = &self.people[index];
        if self.coming_back == ComingBack::AtOnce && *connection == Connection::Waiting {
            client.command(Command::RetryNow);
        }
    }

    /// Has everybody say as much as their windows and the pace allow.
    fn say_what_is_due(&mut self) {
        (0..self.cast.writers).for_each(|index| self.say(index));
    }

    /// How long it is until somebody may say something again because of the pace.
    fn due_in(&self) -> Duration {
        let now = Instant::now();
        let writers = self.people[..self.cast.writers].iter();
        let waiting = writers.filter(|person| self.is_writing && person.unsettled.len() < person.window);
        waiting.map(|person| person.next_at.saturating_duration_since(now)).min().unwrap_or(Duration::MAX)
    }

    /// Has a person say as much as their window and the pace allow.
    fn say(&mut self, index: usize) {
        if index >= self.cast.writers {
            return;
        }
        let person = &mut self.people[index];
        let now = Instant::now();
        while self.is_writing && person.unsettled.len() < person.window && person.next_at <= now {
            person.next_at = now + self.cast.pace;
            let text = format!("{index} says {}", self.history.invoked_len());
            leaks::remember(&text);
            let id = person.client.say(Body::text(text.clone())).to_string();
            self.history.invoke(index, &id, &text);
            person.unsettled.insert(id);
            self.waits.said(index, now);
            if self.cast.pace > Duration::ZERO {
                return;
            }
        }
    }

    fn state(&self) -> String {
        let line = |person: &Person| {
            let Person { connection, unsettled, last, .. } = person;
            format!("{connection:?}, {} unsettled, read to {last}", unsettled.len())
        };
        format!("head {}, {:#?}", self.head, self.people.iter().map(line).collect::<Vec<_>>())
    }
}

/// Half of them want to read everything, the others from when they come.
fn options(folder: PathBuf, index: usize, invite: &Invite, others: &[Address]) -> Options {
    let profile = Profile::open(Some(folder)).unwrap();
    let name = format!("Person {index}");
    leaks::remember(&name);
    let name = Name::parse(&name).unwrap();
    // Everybody begins at another server, where there are several.
    let all = std::iter::once(&invite.address).chain(others).cloned();
    let len = 1 + others.len();
    let mut addresses = all.cycle().skip(index % len).take(len);
    let address = addresses.next().unwrap();
    let trust = Trust { fingerprint: Some(invite.fingerprint), ..Trust::default() };
    Options {
        identity: Some(Arc::new(profile.identity().unwrap())),
        store: Some(profile.store(&invite.address, &invite.room).unwrap()),
        follow: if index.is_multiple_of(2) {
            Follow::After { epoch: None, seq: Seq::ZERO }
        } else {
            Follow::Live
        },
        // One core may have to do all fifty handshakes of a debug build at once.
        connect_timeout: PATIENCE,
        others: addresses.collect(),
        ..Options::new(address, trust, name, invite.room.clone())
    }
}

fn profile_folder(place: &Place, index: usize) -> PathBuf {
    place.path(&format!("profile{index}"))
}

fn entry(message: Message) -> Entry {
    let Message { seq, time, from, id, body } = message;
    Entry {
        seq: seq.number(),
        time_ms: time.unix_ms(),
        sender: from.id.to_string(),
        name: from.name.to_string(),
        id: id.to_string(),
        text: body.text.unwrap_or_default(),
    }
}
