//! What a log stores and returns: entries, pages of them, and the state of a room. No storage here.

use std::fmt;
use std::sync::Arc;

/// What an entry is. Stored as an integer.
///
/// A new kind comes with a new step of the file's schema, so that a program too old to know the kind
/// refuses the file instead of misreading an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Something a member said.
    Message,
    /// A change of the room itself. Acts stay when old entries are dropped: what a room is follows from them.
    Act,
}

impl Kind {
    /// The integer that stands for the kind in a file.
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Message => 1,
            Self::Act => 2,
        }
    }

    /// The kind that `code` stands for, if this program knows it.
    pub(crate) fn from_code(code: i64) -> Option<Self> {
        [Self::Message, Self::Act].into_iter().find(|kind| kind.code() == code)
    }
}

/// An entry to be stored. Sequence number and time are the log's to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// The room's name.
    pub room: Arc<str>,
    /// What the entry is.
    pub kind: Kind,
    /// The member id of whoever sends it.
    pub sender: Arc<str>,
    /// The sender's name at this time. A repeat under another name is still a repeat.
    pub name: Arc<str>,
    /// The sender's own id for it, unique per room and sender.
    pub id: Box<str>,
    /// Opaque text; papo stores a JSON object.
    pub body: Box<str>,
}

/// A stored entry of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the room: 1, 2, 3 … without gaps.
    pub seq: u64,
    /// When it was stored: Unix time in milliseconds (UTC), never less than that of the entry before.
    pub time_ms: u64,
    /// What the entry is.
    pub kind: Kind,
    /// The member id of its sender.
    pub sender: Arc<str>,
    /// The sender's name when it was stored.
    pub name: Arc<str>,
    /// The sender's own id for it.
    pub id: Box<str>,
    /// Opaque text, as it was given.
    pub body: Box<str>,
}

impl Entry {
    /// The bytes of its four texts: what pages and memory limits count.
    pub fn text_bytes(&self) -> usize {
        self.sender.len() + self.name.len() + self.id.len() + self.body.len()
    }
}

/// What became of one entry of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It was stored.
    New {
        /// Its place in the room.
        seq: u64,
        /// The time it was given, Unix milliseconds.
        time_ms: u64,
    },
    /// The same sender has stored the same id, kind and body before: this is that first entry.
    Repeated(Entry),
    /// The same sender has used the same id for another body or kind; nothing was stored.
    Conflict {
        /// The place of the entry that has the id.
        seq: u64,
    },
}

/// Which making of the log this is: random, and another one when the log was made anew.
///
/// It tells a client that the sequence numbers it remembers belong to another history. One epoch
/// serves all rooms of a log, so a room has it before its first entry, and looking costs no write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// Makes an epoch of its 64 bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Its 64 bits.
    pub fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Epoch {
    /// Sixteen hexadecimal digits, lower case.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// What the log holds of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomState {
    /// The epoch of the log.
    pub epoch: Epoch,
    /// The oldest sequence number held; `head + 1` when none is.
    pub first: u64,
    /// The newest sequence number ever given; 0 in a room that never had an entry.
    pub head: u64,
}

/// How much one read returns. It ends at whichever limit comes first, but holds at least one entry
/// if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The most entries; 0 counts as 1.
    pub entries_max: usize,
    /// The most bytes of text, counted by [`Entry::text_bytes`].
    pub bytes_max: usize,
}

impl Page {
    /// Takes entries from a stream until the page is full; the first error ends it.
    pub(crate) fn fill<E>(
        self,
        entries: impl IntoIterator<Item = Result<Entry, E>>,
    ) -> Result<Vec<Entry>, E> {
        let mut taken = Vec::new();
        let mut bytes = 0_usize;
        for entry in entries {
            let entry = entry?;
            bytes = bytes.saturating_add(entry.text_bytes());
            if !taken.is_empty() && bytes > self.bytes_max {
                break;
            }
            taken.push(entry);
            if taken.len() >= self.entries_max {
                break;
            }
        }
        Ok(taken)
    }
}
