//! A log in a stream of NATS `JetStream`, which several servers share.
//!
//! The stream is one sequence of records, each of them a batch of entries. What a record changes follows from those
//! before it and from nothing else: the numbers that its entries get, and which of them are repeats. So every server
//! that applies the stream has the same log, and no server has to ask another one. Each applies it to a copy of its own
//! (`mirror.rs`), from which everything is read, also while the engine is away. An append puts a record into the stream
//! and waits until the copy has come that far. Not here: the stream itself (`stream.rs`), how records are written
//! (`record.rs`), and how the copy follows (`follow.rs`).

mod follow;
mod mirror;
mod record;
mod stream;

use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::bus::random_bits;
use crate::engine::EngineThread;
use crate::shared::{News, Shared};
use crate::{Appended, EngineUrl, Entry, Epoch, LogError, NewEntry, Page, RoomLog, RoomState};

use self::follow::Inner;
use self::mirror::Mirror;
use self::record::{Change, Record, Unreadable, VERSION, parts};
use self::stream::{Address, Fault, Stream};

/// How long an append goes on trying: longer than another server of the cluster takes to be connected to. What it has not
/// taken by then its sender says again, so more would only keep people longer from learning why they wait.
const APPEND_WITHIN: Duration = Duration::from_secs(4);

/// How long a start goes on trying.
const OPEN_WITHIN: Duration = Duration::from_secs(20);

/// A log in a stream of `JetStream`.
///
/// It is as safe as the stream is: kept by three servers, it survives the end of any one of them. What a power cut of
/// all of them takes depends on their configuration; [`Shared::warnings`] says what is known of it.
pub struct NatsLog {
    inner: Arc<Inner>,
    address: Address,
    follower: Option<JoinHandle<()>>,
    /// Dropped last: everything else waits on it.
    thread: Option<EngineThread>,
}

impl NatsLog {
    /// Connects to the servers, makes the stream where there is none, and brings the copy in `folder` up to date.
    ///
    /// A copy that does not fit the stream any more, because that was restored or made anew, is set aside and made
    /// again; where the stream itself shows nothing of it, the log goes on under another epoch.
    pub fn open(url: &EngineUrl, folder: &Path) -> Result<Self, LogError> {
        let engine = url.to_string();
        let system =
            |error: std::io::Error| LogError::Away { engine: engine.clone(), cause: error.to_string() };
        let thread = EngineThread::start().map_err(system)?;
        let address = Address::new(url).map_err(|fault| fault.into_error(&engine))?;
        let until = Instant::now() + OPEN_WITHIN;
        let insist = follow::Insistence { engine: &engine, handle: &thread.handle(), until };
        let stream = insist.on(|| thread.wait(Stream::open(&address)))?;
        let (first, _) = insist.on(|| thread.wait(stream.bounds()))?;
        if first > 1 {
            let cause = "the stream has lost its beginning, but a log must keep everything".to_owned();
            return Err(LogError::Refused { engine, cause });
        }
        let mut mirror = Mirror::open(folder)?;
        let mut replaced_epoch = None;
        let place = mirror.place()?;
        if !insist.on(|| thread.wait(stream.has(place.position, place.record)))? {
            replaced_epoch = Some(place.epoch);
            drop(mirror);
            Mirror::set_aside(folder)?;
            mirror = Mirror::open(folder)?;
        }
        let mut inner = Inner::new(engine.clone(), stream, mirror, thread.handle())?;
        insist.on(|| inner.catch_up(None))?;
        insist.on(|| inner.found(replaced_epoch))?;
        inner.start_from_here();
        let inner = Arc::new(inner);
        thread.spawn(follow::carry(Arc::downgrade(&inner)));
        let following = Arc::downgrade(&inner);
        let follower = thread::Builder::new().name("papo-mirror".to_owned());
        let follower = follower.spawn(move || follow::run(&following)).map_err(system)?;
        Ok(Self { inner, address, follower: Some(follower), thread: Some(thread) })
    }

    fn submit(&self, change: Change) -> Result<Vec<Appended>, LogError> {
        self.inner.submit(&Record { id: random_bits(), change }, Instant::now() + APPEND_WITHIN)
    }
}

impl Drop for NatsLog {
    fn drop(&mut self) {
        self.inner.end();
        if let Some(follower) = self.follower.take() {
            // It ends within the time of one question.
            let _ = follower.join();
        }
        drop(self.thread.take());
    }
}

impl RoomLog for NatsLog {
    fn append(&self, now_ms: u64, batch: &[NewEntry]) -> Result<Vec<Appended>, LogError> {
        let mut appended = Vec::with_capacity(batch.len());
        if batch.is_empty() {
            return Ok(appended);
        }
        for part in parts(batch, self.inner.stream.record_bytes_max()) {
            appended.extend(self.submit(Change::Entries { now_ms, entries: part.to_vec() })?);
        }
        // The others look into the stream whichever room it is.
        self.inner.bus.appended(&batch[0].room);
        Ok(appended)
    }

    fn read_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.inner.mirror.log.read_after(room, after, page)
    }

    fn read_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.inner.mirror.log.read_before(room, before, page)
    }

    fn read_acts_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.inner.mirror.log.read_acts_after(room, after, page)
    }

    fn read_acts_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.inner.mirror.log.read_acts_before(room, before, page)
    }

    fn find(&self, room: &str, sender: &str, id: &str) -> Result<Option<Entry>, LogError> {
        self.inner.mirror.log.find(room, sender, id)
    }

    fn state(&self, room: &str) -> Result<RoomState, LogError> {
        Ok(RoomState { epoch: self.inner.epoch(), ..self.inner.mirror.log.state(room)? })
    }

    fn prune(&self, room: &str, first: u64) -> Result<(), LogError> {
        self.submit(Change::Pruned { room: room.into(), first })?;
        Ok(())
    }

    fn shared(&self) -> Option<&dyn Shared> {
        Some(self)
    }
}

impl Shared for NatsLog {
    fn node(&self) -> u64 {
        self.inner.bus.node
    }

    fn wait(&self, within: Duration) -> Vec<News> {
        self.inner.bus.wait(within)
    }

    fn tell(&self, note: &str) {
        self.inner.bus.tell(note);
    }

    fn hears_itself(&self, within: Duration) -> bool {
        self.inner.bus.hears_itself(within)
    }

    fn heads(&self, rooms: &[Arc<str>]) -> Result<Vec<u64>, LogError> {
        rooms.iter().map(|room| Ok(self.inner.mirror.log.state(room)?.head)).collect()
    }

    fn renew(&self) -> Result<(), LogError> {
        self.submit(Change::Founded(Epoch::from_bits(random_bits())))?;
        Ok(())
    }

    fn warnings(&self) -> Vec<String> {
        self.inner.stream.warnings(&self.address, &self.inner.engine)
    }
}

impl Fault {
    /// In words for the operator.
    fn into_error(self, engine: &str) -> LogError {
        let engine = engine.to_owned();
        match self {
            Self::Passing(cause) => LogError::Away { engine, cause },
            Self::Lasting(cause) => LogError::Refused { engine, cause },
            Self::Copy(error) => error,
            Self::Newer(found) => LogError::Newer { path: engine.into(), found, known: VERSION },
            Self::Replaced => LogError::Replaced { engine },
        }
    }
}

impl From<LogError> for Fault {
    fn from(error: LogError) -> Self {
        Self::Copy(error)
    }
}

impl From<Unreadable> for Fault {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Foreign => Self::Lasting("the stream is another program's".to_owned()),
            Unreadable::Newer(version) => Self::Newer(version),
        }
    }
}

/// The epoch of a copy that has applied nothing.
const NO_EPOCH: Epoch = Epoch::from_bits(0);
