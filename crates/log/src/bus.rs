//! News on its way in and out of a shared log, packed into short texts that either engine carries. Everything here is
//! bounded, and what does not fit is replaced by "look at everything". Not here: the carrying.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::News;
use crate::shared::NOTE_BYTES_MAX;

/// How much news waits for the reader before it becomes [`News::Everything`].
const INBOX_LEN_MAX: usize = 4096;

/// How many notes wait to be sent; the oldest give way.
pub const NOTES_WAITING_MAX: usize = 4096;

/// What is between two rooms of a message, and behind its head. No room's name has it in practice; one that has makes
/// the others look at everything.
const SEPARATOR: char = '\n';

/// Random bits: for a node's number, an epoch. They must differ from others, not be a secret.
pub(crate) fn random_bits() -> u64 {
    RandomState::new().hash_one("papo log")
}

/// Both directions of one handle's news.
pub(crate) struct Bus {
    /// This handle among those that share the log.
    pub(crate) node: u64,
    /// Held for adding or taking only.
    inbox: Mutex<Vec<News>>,
    arrived: Condvar,
    /// Held for adding or taking only.
    outbox: Mutex<Outbox>,
    /// When a message of our own came back last. Held for a moment.
    echoed: Mutex<Option<Instant>>,
    /// Wakes the task that sends.
    pub(crate) waiting: Notify,
}

#[derive(Default)]
struct Outbox {
    rooms: BTreeSet<Arc<str>>,
    notes: std::collections::VecDeque<String>,
}

impl Bus {
    pub(crate) fn new() -> Self {
        Self {
            node: random_bits(),
            inbox: Mutex::default(),
            arrived: Condvar::new(),
            outbox: Mutex::default(),
            echoed: Mutex::default(),
            waiting: Notify::new(),
        }
    }

    /// Something has happened.
    pub(crate) fn push(&self, news: News) {
        let mut inbox = lock(&self.inbox);
        if inbox.len() >= INBOX_LEN_MAX {
            let is_replaced = inbox.contains(&News::Replaced);
            inbox.clear();
            inbox.extend(is_replaced.then_some(News::Replaced));
            inbox.push(News::Everything);
        }
        inbox.push(news);
        drop(inbox);
        self.arrived.notify_one();
    }

    /// Waits for news and takes it.
    pub(crate) fn wait(&self, within: Duration) -> Vec<News> {
        let until = Instant::now() + within;
        let mut inbox = lock(&self.inbox);
        while inbox.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            inbox = self.arrived.wait_timeout(inbox, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        std::mem::take(&mut inbox)
    }

    /// The others should hear of new entries in this room.
    pub(crate) fn appended(&self, room: &Arc<str>) {
        lock(&self.outbox).rooms.insert(Arc::clone(room));
        self.waiting.notify_one();
    }

    /// The others should hear this.
    pub(crate) fn tell(&self, note: &str) {
        if note.len() > NOTE_BYTES_MAX {
            return;
        }
        let mut outbox = lock(&self.outbox);
        if outbox.notes.len() >= NOTES_WAITING_MAX {
            outbox.notes.pop_front();
        }
        outbox.notes.push_back(note.to_owned());
        drop(outbox);
        self.waiting.notify_one();
    }

    /// The next message to be sent: all rooms at once, or else a note.
    pub(crate) fn next_message(&self) -> Option<String> {
        let mut outbox = lock(&self.outbox);
        if !outbox.rooms.is_empty() {
            return Some(pack_rooms(self.node, &std::mem::take(&mut outbox.rooms)));
        }
        let note = outbox.notes.pop_front()?;
        Some(format!("n{:016x}{SEPARATOR}{note}", self.node))
    }

    /// What a message of some handle says; nothing where it is our own.
    pub(crate) fn read(&self, message: &str) -> Vec<News> {
        let Some((head, rest)) = message.split_once(SEPARATOR) else { return Vec::new() };
        let Some((kind, node)) = head.split_at_checked(1) else { return Vec::new() };
        match (kind, u64::from_str_radix(node, 16)) {
            (_, Err(_)) => Vec::new(),
            (_, Ok(node)) if node == self.node => {
                *lock(&self.echoed) = Some(Instant::now());
                Vec::new()
            }
            ("n", Ok(node)) => vec![News::Note { node, text: rest.to_owned() }],
            ("e", _) => rest.split(SEPARATOR).map(|room| News::Entries { room: Arc::from(room) }).collect(),
            // Of a later version: whatever it says, looking is right.
            _ => vec![News::Everything],
        }
    }

    /// Whether a message of our own came back within this time.
    pub(crate) fn hears_itself(&self, within: Duration) -> bool {
        lock(&self.echoed).is_some_and(|at| at.elapsed() < within)
    }

    /// Takes in what a message of some handle says.
    pub(crate) fn receive(&self, message: &str) {
        self.read(message).into_iter().for_each(|news| self.push(news));
    }
}

fn pack_rooms(node: u64, rooms: &BTreeSet<Arc<str>>) -> String {
    let bytes: usize = rooms.iter().map(|room| room.len() + 1).sum();
    if bytes > NOTE_BYTES_MAX || rooms.iter().any(|room| room.contains([SEPARATOR, '\0'])) {
        return format!("a{node:016x}{SEPARATOR}");
    }
    let rooms: Vec<&str> = rooms.iter().map(|room| &**room).collect();
    format!("e{node:016x}{SEPARATOR}{}", rooms.join("\n"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that runs under these locks leaves a half-done change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant: what one handle says the others hear, itself not; and a hearer that does not listen stays bounded.
    #[test]
    fn what_one_says_the_others_hear() {
        let (one, other) = (Bus::new(), Bus::new());
        one.appended(&"sala é".into());
        one.appended(&"lobby".into());
        one.appended(&"lobby".into());
        one.tell("oi\nall");
        one.tell(&"x".repeat(NOTE_BYTES_MAX + 1));
        assert!(!one.hears_itself(Duration::MAX));
        while let Some(message) = one.next_message() {
            one.receive(&message);
            other.receive(&message);
        }
        assert_eq!(one.wait(Duration::ZERO), []);
        assert!(one.hears_itself(Duration::MAX) && !other.hears_itself(Duration::MAX));
        let entries = |room: &str| News::Entries { room: room.into() };
        let note = News::Note { node: one.node, text: "oi\nall".into() };
        assert_eq!(other.wait(Duration::from_secs(30)), [entries("lobby"), entries("sala é"), note]);
        one.appended(&"two\nlines".into());
        other.receive(&one.next_message().unwrap());
        assert_eq!(other.wait(Duration::ZERO), [News::Everything]);
        (0..3 * INBOX_LEN_MAX).for_each(|_| other.push(entries("lobby")));
        let heard = other.wait(Duration::ZERO);
        assert!(heard.len() <= INBOX_LEN_MAX + 1 && heard.contains(&News::Everything));
        (0..3 * INBOX_LEN_MAX).for_each(|_| other.push(News::Replaced));
        (0..2 * INBOX_LEN_MAX).for_each(|_| other.push(entries("lobby")));
        let heard = other.wait(Duration::ZERO);
        assert!(heard.len() <= INBOX_LEN_MAX + 2 && heard.contains(&News::Replaced), "{}", heard.len());
    }
}
