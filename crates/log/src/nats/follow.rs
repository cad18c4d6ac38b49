//! How this server's copy follows the stream, and how its own records get into it. Not here: what a record changes.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use async_nats::{Client, Subscriber};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use tokio::runtime::Handle;
use tokio::time::sleep;

use crate::bus::{Bus, random_bits};
use crate::shared::News;
use crate::{Appended, Epoch, LogError};

use super::NO_EPOCH;
use super::mirror::{Mirror, Place};
use super::record::{Change, Record};
use super::stream::{Fault, Stream};

/// The time between two attempts.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// How often the copy looks for records of which it was told nothing.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Each so many looks, the newest record applied is looked at as well: is it still the one?
const CHECK_EVERY_LOOKS: u32 = 10;

/// How many records are asked for at the same time.
const FETCH_MAX: u64 = 64;

/// The time between two messages to the others: the first goes at once, and what is appended meanwhile into the next.
const GATHER: Duration = Duration::from_millis(3);

/// What the calls, the follower's thread and the engine's tasks share.
pub(super) struct Inner {
    pub(super) engine: String,
    pub(super) stream: Stream,
    pub(super) mirror: Mirror,
    pub(super) bus: Bus,
    /// How far the copy has come. Held while records are fetched and applied, by one caller at a time.
    applied: Mutex<Place>,
    /// The epoch since the log was opened.
    epoch: Epoch,
    /// Records of ours on their way, and what became of their entries once the copy has them. Held for a moment.
    pending: Mutex<HashMap<u64, Option<Vec<Appended>>>>,
    /// Whether the stream is another one than it was.
    replaced: AtomicBool,
    handle: Handle,
    /// Whether the follower should look, and whether it should end.
    signal: Mutex<(bool, bool)>,
    signalled: Condvar,
}

/// Trying again until a moment.
pub(super) struct Insistence<'a> {
    pub(super) engine: &'a str,
    pub(super) handle: &'a Handle,
    pub(super) until: Instant,
}

impl Insistence<'_> {
    /// Tries until it succeeds, fails for good, or the time is over.
    pub(super) fn on<T>(&self, attempt: impl Fn() -> Result<T, Fault>) -> Result<T, LogError> {
        loop {
            match attempt() {
                Ok(done) => return Ok(done),
                Err(Fault::Passing(_)) if Instant::now() < self.until => self.pause(),
                Err(fault) => return Err(fault.into_error(self.engine)),
            }
        }
    }

    fn pause(&self) {
        self.handle.block_on(async { sleep(AGAIN_AFTER).await });
    }
}

impl Inner {
    pub(super) fn new(
        engine: String,
        stream: Stream,
        mirror: Mirror,
        handle: Handle,
    ) -> Result<Self, LogError> {
        let applied = Mutex::new(mirror.place()?);
        Ok(Self {
            engine,
            stream,
            mirror,
            bus: Bus::new(),
            applied,
            epoch: NO_EPOCH,
            pending: Mutex::default(),
            replaced: AtomicBool::new(false),
            handle,
            signal: Mutex::default(),
            signalled: Condvar::new(),
        })
    }

    pub(super) fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Begins the log where the stream is empty, or where it is a restored one that still has the epoch of the copy
    /// that does not fit it any more.
    pub(super) fn found(&self, replaced: Option<Epoch>) -> Result<(), Fault> {
        let found = *lock(&self.applied);
        let is_empty = found.position == 0;
        if !is_empty && replaced != Some(found.epoch) {
            return Ok(());
        }
        let founded = Change::Founded(Epoch::from_bits(random_bits()));
        let record = Record { id: random_bits(), change: founded };
        match self.handle.block_on(self.stream.publish(record.id, &record.encode(), is_empty)) {
            // Another server was quicker where the stream is not empty any more.
            Ok(_) | Err(Fault::Lasting(_)) => {}
            Err(fault) => return Err(fault),
        }
        self.catch_up(None)?;
        let begun = lock(&self.applied).epoch != found.epoch;
        if begun { Ok(()) } else { Err(Fault::Passing("the stream could not be begun".to_owned())) }
    }

    /// From now on another epoch means that somebody has replaced the log.
    pub(super) fn start_from_here(&mut self) {
        self.epoch = lock(&self.applied).epoch;
        self.replaced = AtomicBool::new(false);
        self.bus.wait(Duration::ZERO);
    }

    /// The follower should end.
    pub(super) fn end(&self) {
        lock(&self.signal).1 = true;
        self.signalled.notify_all();
    }

    fn look(&self) {
        lock(&self.signal).0 = true;
        self.signalled.notify_all();
    }

    /// Puts a record into the stream and waits until the copy has it. After an error it may be stored or not.
    pub(super) fn submit(&self, record: &Record, until: Instant) -> Result<Vec<Appended>, LogError> {
        lock(&self.pending).insert(record.id, None);
        let submitted = self.submit_pending(record, until);
        // However it went: what the copy has is stored.
        let outcome = lock(&self.pending).remove(&record.id).flatten();
        outcome.map_or_else(|| submitted.map(|()| Vec::new()), Ok)
    }

    fn submit_pending(&self, record: &Record, until: Instant) -> Result<(), LogError> {
        let insistence = Insistence { engine: &self.engine, handle: &self.handle, until };
        let bytes = record.encode();
        let position = insistence.on(|| {
            if self.is_replaced() {
                return Err(Fault::Replaced);
            }
            self.handle.block_on(self.stream.publish(record.id, &bytes, false))
        })?;
        insistence.on(|| self.catch_up(Some((position, record))))?;
        if lock(&self.pending).get(&record.id).is_some_and(Option::is_some) {
            return Ok(());
        }
        // The copy is behind its place and has not seen it: the stream has gone back and begun again from there.
        self.replace();
        Err(Fault::Replaced.into_error(&self.engine))
    }

    /// Applies what the stream has and the copy has not: up to a record of ours at its place, or everything.
    pub(super) fn catch_up(&self, own: Option<(u64, &Record)>) -> Result<(), Fault> {
        let mut applied = lock(&self.applied);
        let mut window = 1;
        loop {
            let from = applied.position + 1;
            let goal = own.map_or(u64::MAX, |(position, _)| position);
            if from > goal {
                return Ok(());
            }
            let mut records = self.fetch(from, goal.min(from + window))?;
            if let Some((position, record)) = own
                && position == from + records.len() as u64
            {
                // One's own record needs no fetching.
                records.push((position, record.clone()));
            }
            if records.is_empty() {
                return match own {
                    None => Ok(()),
                    Some(_) => Err(Fault::Passing("a record is not there yet".to_owned())),
                };
            }
            window = (window * 4).min(FETCH_MAX);
            self.apply(&mut applied, &records)?;
        }
    }

    /// The records from a place on, as many as there are before `end`.
    fn fetch(&self, from: u64, end: u64) -> Result<Vec<(u64, Record)>, Fault> {
        let found = self.handle.block_on(async {
            match end - from {
                // How every look begins, perhaps while nobody answers.
                1 => vec![self.stream.get_insisting(from).await],
                _ => join_all((from..end).map(|position| self.stream.get(position))).await,
            }
        });
        let mut records = Vec::new();
        for (position, bytes) in (from..end).zip(found) {
            let Some(bytes) = bytes? else { break };
            records.push((position, Record::decode(&bytes)?));
        }
        Ok(records)
    }

    fn apply(&self, applied: &mut Place, records: &[(u64, Record)]) -> Result<(), Fault> {
        let before = applied.epoch;
        let (place, outcomes) = self.mirror.apply(records)?;
        *applied = place;
        let mut rooms = BTreeSet::new();
        let mut pending = lock(&self.pending);
        for ((_, record), outcome) in records.iter().zip(outcomes) {
            match (pending.get_mut(&record.id), &record.change) {
                (Some(known), _) => {
                    known.get_or_insert(outcome);
                }
                (None, Change::Entries { entries, .. }) => rooms.extend(entries.iter().map(|new| &new.room)),
                (None, _) => {}
            }
        }
        drop(pending);
        rooms.into_iter().for_each(|room| self.bus.push(News::Entries { room: Arc::clone(room) }));
        if before != place.epoch && before != NO_EPOCH {
            self.replace();
        }
        Ok(())
    }

    fn is_replaced(&self) -> bool {
        self.replaced.load(Ordering::SeqCst)
    }

    /// This handle's log is not the stream's any more.
    fn replace(&self) {
        self.replaced.store(true, Ordering::SeqCst);
        self.bus.push(News::Replaced);
    }

    /// Whether the stream still has the newest record that the copy has.
    fn check(&self) {
        let applied = lock(&self.applied);
        let kept = self.handle.block_on(self.stream.has(applied.position, applied.record));
        if matches!(kept, Ok(false)) {
            self.replace();
        }
    }

    /// Waits until something may be new. Returns whether the follower should go on.
    fn wait_for_signal(&self) -> bool {
        let mut signal = lock(&self.signal);
        if !signal.0 && !signal.1 {
            signal =
                self.signalled.wait_timeout(signal, LOOK_EVERY).unwrap_or_else(PoisonError::into_inner).0;
        }
        signal.0 = false;
        !signal.1
    }
}

/// The follower's thread: keeps the copy up to date until the log is dropped.
pub(super) fn run(log: &Weak<Inner>) {
    let mut looks: u32 = 0;
    while let Some(inner) = log.upgrade() {
        if !inner.wait_for_signal() {
            return;
        }
        if !inner.is_replaced() {
            // What fails now is tried at the next look.
            let _ = inner.catch_up(None);
        }
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(CHECK_EVERY_LOOKS) {
            inner.check();
        }
    }
}

/// Carries what servers tell one another, until the log is dropped. The client connects again by itself; should it give a
/// subscription up all the same, there is another one soon.
pub(super) async fn carry(log: Weak<Inner>) {
    while let Some(inner) = log.upgrade() {
        let (client, subject) = (inner.stream.client.clone(), inner.stream.news_subject.clone());
        drop(inner);
        if let Ok(news) = client.subscribe(subject.clone()).await {
            pass_on(&log, &client, &subject, news).await;
        }
        sleep(AGAIN_AFTER).await;
    }
}

/// Tells and hears, until the subscription ends or the log is dropped.
async fn pass_on(log: &Weak<Inner>, client: &Client, subject: &str, mut news: Subscriber) {
    let mut told = None::<Instant>;
    while let Some(inner) = log.upgrade() {
        let gathering = told.and_then(|told| GATHER.checked_sub(told.elapsed())).unwrap_or_default();
        if gathering.is_zero() {
            while let Some(message) = inner.bus.next_message() {
                // Best effort: the others look by themselves from time to time.
                let _ = client.publish(subject.to_owned(), message.into()).await;
                told = Some(Instant::now());
            }
        }
        tokio::select! {
            message = news.next() => match message {
                Some(message) => hear(&inner, &message.payload),
                None => return,
            },
            () = inner.bus.waiting.notified(), if gathering.is_zero() => {}
            () = sleep(if gathering.is_zero() { LOOK_EVERY } else { gathering }) => {}
        }
    }
}

fn hear(inner: &Inner, message: &[u8]) {
    for news in inner.bus.read(&String::from_utf8_lossy(message)) {
        match news {
            News::Note { .. } => inner.bus.push(news),
            // What is new is known once the copy has it.
            _ => inner.look(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while records were applied has rolled the copy's transaction back; its place is read from there.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
