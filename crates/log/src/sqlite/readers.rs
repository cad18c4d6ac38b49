//! The read-only connections: opened when needed, at most four, lent to one call at a time.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};

use crate::LogError;

use super::{fault, settings};

/// How many connections read at once. Reads are short, and the disk serves few at a time; each
/// connection costs up to 2 MiB of cache.
const CONNECTIONS_MAX: usize = 4;

/// The pool of reading connections.
pub(super) struct Readers {
    path: PathBuf,
    /// Held only to take or give back a connection, never while opening one or reading.
    pool: Mutex<Pool>,
    /// Signalled when a connection comes back, or when one is lost.
    returned: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    /// How many more may be opened is the maximum less this: those idle, lent and being opened.
    open: usize,
}

impl Readers {
    /// Makes a pool for the file at `path`. Nothing is opened yet.
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), pool: Mutex::default(), returned: Condvar::new() }
    }

    /// Runs one read on a connection of its own, waiting for one if all are lent.
    pub(super) fn run<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LogError> {
        let mut place = Place { readers: self, connection: self.idle_or_room() };
        place.read(read).map_err(|error| fault::while_reading(&self.path, &error))
    }

    /// Takes an idle connection, or `None` together with the right to open one.
    fn idle_or_room(&self) -> Option<Connection> {
        let mut pool = self.pool();
        loop {
            if let Some(connection) = pool.idle.pop() {
                return Some(connection);
            }
            if pool.open < CONNECTIONS_MAX {
                pool.open += 1;
                return None;
            }
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        // Each holder changes the pool in one step, so a panic cannot leave it half changed.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the few places to read from. Dropping it frees the place, also when a read panics.
struct Place<'a> {
    readers: &'a Readers,
    /// Opened by the first read that has this place, and then kept.
    connection: Option<Connection>,
}

impl Place<'_> {
    fn read<T>(&mut self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.readers.path)?,
        };
        read(self.connection.insert(connection))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut pool = self.readers.pool();
        match self.connection.take() {
            Some(connection) => pool.idle.push(connection),
            None => pool.open -= 1,
        }
        drop(pool);
        self.readers.returned.notify_one();
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    settings::apply_for_reading(&connection)?;
    Ok(connection)
}
