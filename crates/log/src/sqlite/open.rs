//! Making a log's file, and opening one that exists: refuse what cannot be right, recover what can.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Mutex;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::{Epoch, LogError, Page};

use super::readers::Readers;
use super::writer::Writer;
use super::{Options, SqliteLog, fault, file, platform, read, schema, settings};

/// Up to this size, every page is checked at each start. It takes some tenths of a second; a file of
/// gigabytes would keep a server from starting for minutes.
const CHECKED_WHOLE_BYTES_MAX: u64 = 64 << 20;

/// Opens the log at `path`, or makes it first.
pub(super) fn open(path: &Path, options: Options) -> Result<SqliteLog, LogError> {
    // A folder of that name is refused before a lock file appears beside it.
    file::exists(path)?;
    let lock = file::lock(path)?;
    if !file::exists(path)? {
        create(path)?;
    }
    file::check_header(path)?;
    let in_database = |error: rusqlite::Error| fault::while_opening(path, &error);
    let mut connection = connect(path).map_err(in_database)?;
    leave_unchanged_at_close(&connection, true).map_err(in_database)?;
    refuse_newer(&connection, path)?;
    settings::apply_for_writing(&connection, path, options)?;
    check_content(&connection, path)?;
    schema::migrate(&mut connection).map_err(in_database)?;
    settle(&connection).map_err(in_database)?;
    let epoch = epoch(&connection).map_err(in_database)?;
    leave_unchanged_at_close(&connection, false).map_err(in_database)?;
    Ok(SqliteLog {
        readers: Readers::new(path),
        writer: Mutex::new(Writer::new(connection)),
        path: path.to_owned(),
        epoch,
        _lock: lock,
    })
}

/// Makes an empty log. It is built under another name and renamed when it is complete and on the
/// disk, so that a start that is cut short never leaves half a log.
fn create(path: &Path) -> Result<(), LogError> {
    refuse_orphaned_journal(path)?;
    let new_path = file::beside(path, ".new");
    let in_files = |error| LogError::at_open(path, error);
    for leftover in [&new_path, &file::beside(&new_path, "-journal")] {
        match fs::remove_file(leftover) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(in_files(error)),
            _ => {}
        }
    }
    platform::open_private(&new_path).map_err(in_files)?;
    build(&new_path).map_err(|error| fault::while_opening(path, &error))?;
    fs::rename(&new_path, path).map_err(in_files)?;
    platform::sync_folder_of(path).map_err(in_files)
}

/// A journal without its main file holds the newest entries of a log that someone has moved or
/// removed. A new main file must not take it up: the two together would be neither log.
fn refuse_orphaned_journal(path: &Path) -> Result<(), LogError> {
    let journal = file::beside(path, "-wal");
    match fs::metadata(&journal) {
        Ok(found) if found.len() > 0 => Err(LogError::Corrupt {
            path: path.to_owned(),
            cause: format!("the file is gone, but {} is there", journal.display()),
        }),
        _ => Ok(()),
    }
}

fn build(new_path: &Path) -> rusqlite::Result<()> {
    let mut connection = connect(new_path)?;
    connection.pragma_update(None, "page_size", settings::PAGE_BYTES.cast_signed())?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    schema::migrate(&mut connection)?;
    connection.close().map_err(|(_, error)| error)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    // NO_MUTEX: the lock around the writer is the only one needed.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

/// Whether closing moves the journal into the main file. A file that is refused stays as it was found.
fn leave_unchanged_at_close(connection: &Connection, unchanged: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, unchanged).map(|_| ())
}

fn refuse_newer(connection: &Connection, path: &Path) -> Result<(), LogError> {
    let found = schema::format(connection).map_err(|error| fault::while_opening(path, &error))?;
    if found > schema::KNOWN {
        return Err(LogError::Newer { path: path.to_owned(), found, known: schema::KNOWN });
    }
    Ok(())
}

/// Looks for damage: in the whole file if it is small. `SQLite` itself compares the header with the
/// size of the file and reads the schema whenever it opens one, however large.
fn check_content(connection: &Connection, path: &Path) -> Result<(), LogError> {
    let size_bytes = fs::metadata(path).map_err(|error| LogError::at_open(path, error))?.len();
    if size_bytes > CHECKED_WHOLE_BYTES_MAX {
        return Ok(());
    }
    let verdict: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| fault::while_opening(path, &error))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(LogError::Corrupt { path: path.to_owned(), cause: verdict.replace('\n', " ") })
}

/// Moves everything that a crash left in the journal into the main file, on the disk.
///
/// A process that was killed between writing and syncing leaves entries that nobody was promised, in the
/// system's memory only. They count as stored from here on, and must not be lost by a power cut after
/// somebody has seen them.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// Reads the epoch, and a room that cannot be: a table or column that is missing shows at the start.
fn epoch(connection: &Connection) -> rusqlite::Result<Epoch> {
    read::bounds(connection, "")?;
    read::after(connection, "", 0, Page { entries_max: 1, bytes_max: 0 })?;
    read::acts_after(connection, "", 0, Page { entries_max: 1, bytes_max: 0 })?;
    let epoch: i64 = connection.query_row("SELECT epoch FROM log", [], |row| row.get(0))?;
    Ok(Epoch::from_bits(epoch.cast_unsigned()))
}
