//! A log in one `SQLite` file: the default of a server that keeps its history.
//!
//! One connection writes, behind a lock that only one call holds; a few read-only connections read
//! beside it and see nothing but what is committed. A second process is kept out by a lock file.
//! The statements stand in `append.rs`, `read.rs` and `prune.rs`; this file joins them.

mod append;
mod fault;
mod file;
mod open;
#[cfg(unix)]
#[path = "unix.rs"]
mod platform;
#[cfg(not(unix))]
#[path = "windows.rs"]
mod platform;
mod prune;
mod read;
mod readers;
mod schema;
mod settings;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{Appended, Entry, Epoch, LogError, NewEntry, Page, RoomLog, RoomState};

/// What changes a log as part of a transaction of somebody else's, for a copy of a shared log.
pub(crate) mod apply {
    pub(crate) use super::append::append_within as append;
    pub(crate) use super::prune::chunk_within as prune_chunk;
}

use self::file::Lock;
use self::readers::Readers;
use self::writer::Writer;

/// What an acknowledged entry survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A power cut: every commit waits until the disk has it (`synchronous=FULL`).
    Disk,
    /// The end of the process, but the last moments before a power cut may be lost
    /// (`synchronous=NORMAL`). The file stays sound in any case.
    Os,
}

/// How to open a [`SqliteLog`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What an acknowledged entry survives.
    pub durability: Durability,
    /// The size in bytes that the file may grow to; `None` leaves it to the disk. A file that has
    /// grown past it before keeps its size. Beside the file there is its journal, some 32 MiB.
    pub bytes_max: Option<u64>,
}

/// A log in one `SQLite` file.
///
/// Beside `FILE` there are `FILE-wal` and `FILE-shm` while it is open, which belong to it, and the
/// empty `FILE.lock`. On Unix, files that are made here are for their owner only. Pruned space is used
/// again, but not returned to the file system.
pub struct SqliteLog {
    // Fields are dropped in this order: connections close before another process may come in.
    readers: Readers,
    /// Held through a whole commit. Nothing else may be locked or awaited while holding it.
    writer: Mutex<Writer>,
    path: PathBuf,
    epoch: Epoch,
    /// Keeps other processes out for as long as it is open.
    _lock: Lock,
}

impl SqliteLog {
    /// Opens the log at `path`, or makes it. The folder must exist.
    ///
    /// What a crash has left behind is recovered and made durable before this returns, so nobody is
    /// shown an entry that a second crash could take back. The check for damage reads the file's
    /// header and structure, and all of its pages while it is smaller than 64 MiB; in a larger file,
    /// a damaged page is found when it is read. Damage that only changes the letters of a text shows
    /// in neither: the format has no checksums.
    pub fn open(path: &Path, durability: Durability) -> Result<Self, LogError> {
        Self::open_with(path, Options { durability, bytes_max: None })
    }

    /// Opens the log at `path` as [`SqliteLog::open`] does, with all options.
    pub fn open_with(path: &Path, options: Options) -> Result<Self, LogError> {
        open::open(path, options)
    }

    /// Changes the file in one transaction, which `change` begins and commits; an error must leave it rolled back.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LogError> {
        self.writer().run(&self.path, change)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic while the lock was held has rolled its transaction back by unwinding.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RoomLog for SqliteLog {
    fn append(&self, now_ms: u64, batch: &[NewEntry]) -> Result<Vec<Appended>, LogError> {
        self.writer().run(&self.path, |connection| append::append(connection, now_ms, batch))
    }

    fn read_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.readers.run(|connection| read::after(connection, room, after, page))
    }

    fn read_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.readers.run(|connection| read::before(connection, room, before, page))
    }

    fn read_acts_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.readers.run(|connection| read::acts_after(connection, room, after, page))
    }

    fn read_acts_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.readers.run(|connection| read::acts_before(connection, room, before, page))
    }

    fn find(&self, room: &str, sender: &str, id: &str) -> Result<Option<Entry>, LogError> {
        self.readers.run(|connection| read::find(connection, room, sender, id))
    }

    fn state(&self, room: &str) -> Result<RoomState, LogError> {
        let (first, head) = self.readers.run(|connection| read::bounds(connection, room))?;
        Ok(RoomState { epoch: self.epoch, first, head })
    }

    fn prune(&self, room: &str, first: u64) -> Result<(), LogError> {
        // The lock is taken anew for each chunk, so that appends get their turn.
        while self.writer().run(&self.path, |connection| prune::chunk(connection, room, first))? {}
        Ok(())
    }
}
