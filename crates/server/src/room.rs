//! A room as the shards share it: its feeds and who is there. Not here: its messages, which the log has,
//! and its connections, which their shards have.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use papo_proto::codec::encode_server;
use papo_proto::{Address, Epoch, MemberId, RoomName};

use crate::feed::{Feed, Window};
use crate::guard::Origin;
use crate::presence::Presence;

/// How many shards there can be: one bit each in [`Room::shards`].
pub(crate) const SHARDS_MAX: usize = 64;

/// A room that somebody is in.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) name: RoomName,
    /// Which log the sequence numbers belong to.
    pub(crate) epoch: Epoch,
    /// Whether other servers append to its log: then a member may have seen more there than was fed here yet.
    pub(crate) is_shared: bool,
    /// The newest messages, numbered by `seq`.
    pub(crate) messages: Feed,
    /// The newest presence frames, numbered by themselves.
    pub(crate) presence_frames: Feed,
    /// The oldest `seq` that the log has.
    first: AtomicU64,
    /// Held for single changes, and for encoding one batch of news and putting it into the feed: were that two
    /// steps, two shards could tell a coming and a going in the wrong order.
    presence: Mutex<Presence>,
    /// Where the guests who are here come from: a guest is banned by address. Held for single changes.
    guests: Mutex<HashMap<MemberId, Origin>>,
    /// Whether everybody may come in and nobody has a role: then a shard lets members in without asking the writer.
    /// The writer clears it before it has anybody put out, so that whoever slips in at that moment is put out too.
    plain: AtomicBool,
    /// Which shards have members here: a bit each. A shard sets its bit before it copies the feed, so that no
    /// batch falls between the two.
    shards: AtomicU64,
    /// How many connections are in the room or about to be; counted up only under the hub's lock.
    connections: AtomicUsize,
}

impl Room {
    /// A room whose log begins at `first` and whose newest messages are in `window`.
    pub(crate) fn new(name: RoomName, epoch: Epoch, first: u64, window: Window) -> Self {
        Self {
            name,
            epoch,
            is_shared: false,
            messages: Feed::new(window),
            presence_frames: Feed::new(Window::after(0)),
            first: AtomicU64::new(first),
            presence: Mutex::default(),
            guests: Mutex::default(),
            plain: AtomicBool::new(false),
            shards: AtomicU64::new(0),
            connections: AtomicUsize::new(0),
        }
    }

    /// The oldest `seq` that the log has.
    pub(crate) fn first(&self) -> u64 {
        self.first.load(Ordering::Relaxed)
    }

    /// The log has dropped what was older.
    pub(crate) fn set_first(&self, first: u64) {
        self.first.store(first, Ordering::Relaxed);
    }

    /// Who is here.
    pub(crate) fn presence(&self) -> MutexGuard<'_, Presence> {
        self.presence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the guests who are here come from.
    pub(crate) fn guests(&self) -> MutexGuard<'_, HashMap<MemberId, Origin>> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says whether members may be let in without asking the writer.
    pub(crate) fn set_plain(&self, plain: bool) {
        self.plain.store(plain, Ordering::SeqCst);
    }

    /// Puts what has changed in the presence into its feed. Returns whether there was anything.
    pub(crate) fn publish_presence(&self) -> bool {
        let mut presence = self.presence();
        let news = presence.take_news();
        for message in &news {
            self.presence_frames.push_frame(|out| encode_server(message, out));
        }
        !news.is_empty()
    }

    /// From now on this shard is woken when something is new.
    pub(crate) fn subscribe(&self, shard: usize) {
        self.shards.fetch_or(1 << shard, Ordering::SeqCst);
    }

    /// This shard has no member here any more.
    pub(crate) fn unsubscribe(&self, shard: usize) {
        self.shards.fetch_and(!(1 << shard), Ordering::SeqCst);
    }

    /// The shards that have members here.
    pub(crate) fn subscribers(&self) -> impl Iterator<Item = usize> + use<> {
        let bits = self.shards.load(Ordering::SeqCst);
        (0..SHARDS_MAX).filter(move |shard| bits & (1 << shard) != 0)
    }

    /// One connection less. Returns whether it was the last.
    pub(crate) fn release(&self) -> bool {
        self.connections.fetch_sub(1, Ordering::SeqCst) == 1
    }
}

/// The rooms that somebody is in, by name. A room is opened and closed only by the log's writer, between two
/// commits, so that no message falls between reading its head and feeding its members.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    /// Held for looking up and counting only.
    rooms: Mutex<HashMap<RoomName, Arc<Room>>>,
    /// Where the same rooms are as well.
    also: Vec<Address>,
}

impl Hub {
    /// The rooms of a server whose rooms are on these as well.
    pub(crate) fn with_others(also: Vec<Address>) -> Self {
        Self { also, ..Self::default() }
    }

    /// Where the same rooms are as well.
    pub(crate) fn also(&self) -> &[Address] {
        &self.also
    }

    /// The room, counting one more connection in it, if it is open.
    pub(crate) fn enter(&self, name: &RoomName) -> Option<Arc<Room>> {
        let rooms = self.lock();
        let room = rooms.get(name)?;
        room.connections.fetch_add(1, Ordering::SeqCst);
        Some(Arc::clone(room))
    }

    /// The same, but only where everybody may come in.
    pub(crate) fn enter_plain(&self, name: &RoomName) -> Option<Arc<Room>> {
        let rooms = self.lock();
        let room = rooms.get(name).filter(|room| room.plain.load(Ordering::SeqCst))?;
        room.connections.fetch_add(1, Ordering::SeqCst);
        Some(Arc::clone(room))
    }

    /// Opens the room and counts one connection in it.
    pub(crate) fn open(&self, room: Room) -> Arc<Room> {
        let room = Arc::new(room);
        room.connections.fetch_add(1, Ordering::SeqCst);
        self.lock().insert(room.name.clone(), Arc::clone(&room));
        room
    }

    /// The room, if it is open.
    pub(crate) fn find(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.lock().get(name).map(Arc::clone)
    }

    /// How many rooms are open, and how many members of this server are in them altogether.
    pub(crate) fn counts(&self) -> (usize, u64) {
        // Each is looked at after the lock is given back: whoever counts holds nobody up.
        let rooms: Vec<Arc<Room>> = self.lock().values().map(Arc::clone).collect();
        (rooms.len(), rooms.iter().map(|room| room.presence().count_here()).sum())
    }

    /// Every open room.
    pub(crate) fn rooms(&self) -> Vec<Arc<Room>> {
        self.lock().values().cloned().collect()
    }

    /// Forgets the room if nobody is in it. Returns whether it is closed now.
    pub(crate) fn close_if_empty(&self, name: &RoomName) -> bool {
        let mut rooms = self.lock();
        if rooms.get(name).is_some_and(|room| room.connections.load(Ordering::SeqCst) == 0) {
            rooms.remove(name);
        }
        !rooms.contains_key(name)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RoomName, Arc<Room>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::TryLockError;
    use std::thread;
    use std::time::{Duration, Instant};

    use papo_proto::{Member, MemberId, Name};

    use super::*;

    /// Invariant: news is taken and fed in one step. Between two steps another shard could feed newer news first,
    /// and who has left would stay in everybody's list.
    #[test]
    fn news_is_taken_and_fed_in_one_step() {
        let room = Room::new(RoomName::default(), Epoch([1; 8]), 1, Window::after(0));
        let name = Name::parse("Ana").unwrap();
        room.presence().enter(&Member { id: MemberId::of_guest([1; 8]), name });
        let held = || matches!(room.presence.try_lock(), Err(TryLockError::WouldBlock));
        thread::scope(|scope| {
            // The feed is held while a frame is written, so the news gets as far as the feed and no further.
            room.presence_frames.push_frame(|_| {
                scope.spawn(|| assert!(room.publish_presence()));
                let deadline = Instant::now() + Duration::from_secs(10);
                while !held() {
                    assert!(Instant::now() < deadline, "the news was taken, or is not held until it is fed");
                    thread::yield_now();
                }
                for _ in 0..1000 {
                    assert!(held(), "the news was taken but is not fed");
                    thread::yield_now();
                }
            });
        });
        assert_eq!(room.presence_frames.copy().head(), 2);
    }
}
