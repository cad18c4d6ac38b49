//! The trait every log obeys. The rules stand here; how they are kept stands with each implementation.

use crate::{Appended, Entry, LogError, NewEntry, Page, RoomState, Shared};

/// A log of rooms. Calls may come from any thread and may block on the disk.
///
/// A reader sees an entry only once it is committed, and then always: what `append` has returned is
/// in the next read of every thread.
pub trait RoomLog: Send + Sync + 'static {
    /// Stores a batch in one commit and answers for each entry, in the order of the batch.
    ///
    /// The batch is durable when this returns, and stored whole or not at all. `now_ms` is the Unix
    /// time in milliseconds (UTC); an entry gets the later of it and the time of the entry before it
    /// in its room, so times never decrease. The same room, sender and id make at most one entry, for
    /// as long as that entry is kept; a repeat may also refer to an earlier entry of the same batch.
    ///
    /// [`LogError::DiskFull`] and [`LogError::InUse`] stored nothing and leave the log usable: the
    /// same batch may be tried again. So it may after [`LogError::Away`], where it is unknown whether it was
    /// stored. After any other error it is unknown whether the batch was
    /// stored (trying again after a restart answers that), and every later append fails.
    fn append(&self, now_ms: u64, batch: &[NewEntry]) -> Result<Vec<Appended>, LogError>;

    /// Returns the oldest entries with a sequence number above `after`, ascending.
    fn read_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError>;

    /// Returns the newest entries with a sequence number below `before`, ascending.
    fn read_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError>;

    /// Returns the oldest acts with a sequence number above `after`, ascending, those among them whose places were
    /// pruned. It reads acts alone, so that a room with a long past opens as fast as a young one.
    fn read_acts_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError>;

    /// Returns the newest acts with a sequence number below `before`, ascending, as
    /// [`read_acts_after`](Self::read_acts_after) does.
    fn read_acts_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError>;

    /// Returns the entry that a sender has stored under an id, for as long as that entry is kept.
    fn find(&self, room: &str, sender: &str, id: &str) -> Result<Option<Entry>, LogError>;

    /// Returns what the log holds of a room. Looking at a room that does not exist does not make it.
    fn state(&self, room: &str) -> Result<RoomState, LogError>;

    /// Drops the entries with a sequence number below `first`; sequence numbers are never used again.
    ///
    /// Acts stay readable as such. The promise that an id is stored once ends with its entry. A `first` above the head empties
    /// the room. Other calls get their turn between the chunks of a long prune.
    fn prune(&self, room: &str, first: u64) -> Result<(), LogError>;

    /// The side that other servers see, where several may share this log. Then others append as well: the
    /// sequence numbers of one batch follow one another in each room, but what others said may stand before them.
    fn shared(&self) -> Option<&dyn Shared> {
        None
    }
}
