//! The one connection that writes, and when it must never write again.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::LogError;

use super::fault;

/// How many pages (of 4 KiB) the journal may hold before they are moved into the main file. Seldom
/// enough to write in long runs, often enough for the journal to stay near 32 MiB.
const JOURNAL_PAGES_MAX: i64 = 8000;

/// How many further pages the journal must grow by before a move that failed is tried again. On a full
/// disk, trying after every commit would slow each down and gain nothing.
const RETRY_PAGES: i64 = 1000;

/// The writing connection. After an error that leaves the disk in doubt it writes no more: the kernel
/// may have dropped the very pages that it failed to write, and would call a second attempt a success.
pub(super) struct Writer {
    connection: Connection,
    /// The first thing that failed; set once and never cleared.
    failed: Option<String>,
    /// The journal's length, in pages, from which on it is moved into the main file.
    move_at_pages: i64,
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, failed: None, move_at_pages: JOURNAL_PAGES_MAX }
    }

    /// Runs one transaction. `change` begins and commits it; an error must leave it rolled back.
    pub(super) fn run<T>(
        &mut self,
        path: &Path,
        change: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LogError> {
        if let Some(cause) = &self.failed {
            return Err(LogError::Failed { path: path.to_owned(), cause: cause.clone() });
        }
        match change(&mut self.connection) {
            Ok(value) => {
                self.move_journal_if_due();
                Ok(value)
            }
            Err(error) => Err(self.stop_unless_harmless(path, &error)),
        }
    }

    /// Moves a long journal into the main file.
    ///
    /// `SQLite` would do this by itself, but would keep quiet about a disk that fails meanwhile. What was
    /// committed stays in the journal until the main file has it for certain, so the commit that
    /// came before is good whatever happens here.
    fn move_journal_if_due(&mut self) {
        let moved = journal_pages(&self.connection, "PRAGMA wal_checkpoint(NOOP)").and_then(|pages| {
            if pages < self.move_at_pages {
                return Ok(self.move_at_pages);
            }
            match journal_pages(&self.connection, "PRAGMA wal_checkpoint(PASSIVE)") {
                Err(error) if fault::is_harmless(&error) => Ok(pages + RETRY_PAGES),
                // A long read keeps part of the journal in use; the rest waits for the next move.
                Ok(left) => Ok(JOURNAL_PAGES_MAX.max(left + RETRY_PAGES)),
                Err(error) => Err(error),
            }
        });
        match moved {
            Ok(move_at_pages) => self.move_at_pages = move_at_pages,
            Err(error) if fault::is_harmless(&error) => {}
            Err(error) => self.stop(&error),
        }
    }

    fn stop_unless_harmless(&mut self, path: &Path, error: &rusqlite::Error) -> LogError {
        // A transaction that could not be rolled back would be joined by the next one.
        if !fault::is_harmless(error) || !self.connection.is_autocommit() {
            self.stop(error);
        }
        fault::while_writing(path, error)
    }

    fn stop(&mut self, error: &rusqlite::Error) {
        self.failed = Some(fault::cause(error));
        // Closing would move the journal into the main file: that, too, is left to the next start. This
        // sets a flag in memory and cannot fail on an open connection.
        let _ = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    }
}

/// Runs a checkpoint of some mode and returns how many pages of the journal the main file still lacks.
fn journal_pages(connection: &Connection, checkpoint: &str) -> rusqlite::Result<i64> {
    connection.prepare_cached(checkpoint)?.query_row([], |row| {
        let (in_journal, moved): (i64, i64) = (row.get(1)?, row.get(2)?);
        Ok(in_journal - moved)
    })
}
