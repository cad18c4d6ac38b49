//! A log that keeps a bounded tail of each room in memory and nothing on disk.
//!
//! It is for rooms without a history. What it acknowledges lives as long as the process, and no
//! longer than the limits allow, except for acts, which stay. It does not bound the number of rooms; who may make a room decides that.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Appended, Entry, Epoch, Kind, LogError, NewEntry, Page, RoomLog, RoomState};

/// How much of a room a [`MemoryLog`] keeps. The newest entry is always kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryLimits {
    /// The most entries of a room.
    pub entries_max: usize,
    /// The most bytes of text of a room, counted by [`Entry::text_bytes`].
    pub bytes_max: usize,
}

/// A log in memory. Its oldest entries make room for new ones: `first` rises as if they were pruned.
pub struct MemoryLog {
    limits: MemoryLimits,
    epoch: Epoch,
    /// Held for one call at a time; nothing waits or blocks while holding it.
    rooms: Mutex<HashMap<Arc<str>, Room>>,
}

impl MemoryLog {
    /// Makes an empty log with an epoch of its own.
    pub fn new(limits: MemoryLimits) -> Self {
        // The hasher is keyed by the system's random source. An epoch must differ from the last one,
        // not be a secret, so this is enough.
        let epoch = Epoch::from_bits(RandomState::new().hash_one("papo log"));
        Self { limits, epoch, rooms: Mutex::default() }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<Arc<str>, Room>> {
        // No code that runs under the lock leaves a room half changed, so a panic elsewhere in the
        // thread that held it does no harm.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RoomLog for MemoryLog {
    fn append(&self, now_ms: u64, batch: &[NewEntry]) -> Result<Vec<Appended>, LogError> {
        let mut rooms = self.rooms();
        let appended = batch.iter().map(|new| {
            let room = rooms.entry(Arc::clone(&new.room)).or_default();
            let appended = room.append(now_ms, new);
            room.shrink(self.limits);
            appended
        });
        Ok(appended.collect())
    }

    fn read_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        let rooms = self.rooms();
        let Some(room) = rooms.get(room) else { return Ok(Vec::new()) };
        let start = room.index_of(after.saturating_add(1));
        page.fill(room.entries.range(start..).map(|entry| Ok(entry.clone())))
    }

    fn read_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        let rooms = self.rooms();
        let Some(room) = rooms.get(room) else { return Ok(Vec::new()) };
        let end = room.index_of(before);
        let mut newest_first = page.fill(room.entries.range(..end).rev().map(|entry| Ok(entry.clone())))?;
        newest_first.reverse();
        Ok(newest_first)
    }

    fn read_acts_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        let rooms = self.rooms();
        let Some(room) = rooms.get(room) else { return Ok(Vec::new()) };
        let start = room.acts.partition_point(|act| act.seq <= after);
        page.fill(room.acts[start..].iter().map(|act| Ok(act.clone())))
    }

    fn read_acts_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        let rooms = self.rooms();
        let Some(room) = rooms.get(room) else { return Ok(Vec::new()) };
        let end = room.acts.partition_point(|act| act.seq < before);
        let mut newest_first = page.fill(room.acts[..end].iter().rev().map(|act| Ok(act.clone())))?;
        newest_first.reverse();
        Ok(newest_first)
    }

    fn find(&self, room: &str, sender: &str, id: &str) -> Result<Option<Entry>, LogError> {
        let rooms = self.rooms();
        let Some(room) = rooms.get(room) else { return Ok(None) };
        let seq = room.places.get(&(Arc::from(sender), Box::from(id)));
        Ok(seq.and_then(|&seq| room.entries.get(room.index_of(seq))).cloned())
    }

    fn state(&self, room: &str) -> Result<RoomState, LogError> {
        let rooms = self.rooms();
        let (first, head) = rooms.get(room).map_or((1, 0), |room| (room.first(), room.head));
        Ok(RoomState { epoch: self.epoch, first, head })
    }

    fn prune(&self, room: &str, first: u64) -> Result<(), LogError> {
        if let Some(room) = self.rooms().get_mut(room) {
            while room.entries.front().is_some_and(|oldest| oldest.seq < first) {
                room.drop_oldest();
            }
        }
        Ok(())
    }
}

/// The tail of one room. `entries` end at `head` and have no gaps.
#[derive(Default)]
struct Room {
    entries: VecDeque<Entry>,
    /// The place of each entry held, by sender and id.
    places: HashMap<(Arc<str>, Box<str>), u64>,
    /// Every act ever stored. Few: acts are what people do to a room, not what they say in it.
    acts: Vec<Entry>,
    head: u64,
    /// The time of the newest entry ever stored.
    time_ms: u64,
    /// The bytes of text of all entries held.
    bytes: usize,
}

impl Room {
    fn append(&mut self, now_ms: u64, new: &NewEntry) -> Appended {
        let key = (Arc::clone(&new.sender), new.id.clone());
        if let Some(&seq) = self.places.get(&key) {
            let first = self.entries.get(self.index_of(seq));
            return match first.filter(|first| first.body == new.body && first.kind == new.kind) {
                Some(first) => Appended::Repeated(first.clone()),
                None => Appended::Conflict { seq },
            };
        }
        self.head += 1;
        self.time_ms = self.time_ms.max(now_ms);
        let entry = Entry {
            seq: self.head,
            time_ms: self.time_ms,
            kind: new.kind,
            sender: Arc::clone(&new.sender),
            name: Arc::clone(&new.name),
            id: new.id.clone(),
            body: new.body.clone(),
        };
        if entry.kind == Kind::Act {
            self.acts.push(entry.clone());
        }
        self.bytes += entry.text_bytes();
        self.entries.push_back(entry);
        self.places.insert(key, self.head);
        Appended::New { seq: self.head, time_ms: self.time_ms }
    }

    fn shrink(&mut self, limits: MemoryLimits) {
        while self.entries.len() > 1
            && (self.entries.len() > limits.entries_max || self.bytes > limits.bytes_max)
        {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.entries.pop_front() {
            self.bytes -= oldest.text_bytes();
            self.places.remove(&(oldest.sender, oldest.id));
        }
    }

    fn first(&self) -> u64 {
        self.entries.front().map_or(self.head + 1, |oldest| oldest.seq)
    }

    /// Where in `entries` the first one with a sequence number of `seq` or more is, or their end.
    fn index_of(&self, seq: u64) -> usize {
        let index = seq.saturating_sub(self.first());
        usize::try_from(index).map_or(self.entries.len(), |index| index.min(self.entries.len()))
    }
}
