//! How the database is told to behave, and proof that it does. What is stored stands in `schema.rs`.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;

use crate::LogError;

use super::{Durability, Options, fault};

/// The size of a page in bytes. It is fixed when the file is made.
pub(super) const PAGE_BYTES: u64 = 4096;

/// How long a statement waits while another program (a backup, a person with a shell) holds the
/// file locked, in milliseconds.
const LOCK_WAIT_MS: i64 = 5000;

/// The settings of the connection that writes. Each is read back, for `SQLite` ignores what it does
/// not know, and keeps the journal mode where the file system cannot do better.
pub(super) fn apply_for_writing(
    connection: &Connection,
    path: &Path,
    options: Options,
) -> Result<(), LogError> {
    let synchronous = match options.durability {
        Durability::Disk => 2, // FULL
        Durability::Os => 1,   // NORMAL
    };
    let wanted: [(&'static str, Value); 11] = [
        ("busy_timeout", LOCK_WAIT_MS.into()),
        ("journal_mode", "wal".to_owned().into()),
        ("synchronous", synchronous.into()),
        // On macOS a plain fsync leaves the data in the disk's own cache; elsewhere these do nothing.
        ("fullfsync", 1.into()),
        ("checkpoint_fullfsync", 1.into()),
        // The writer moves the journal itself, see `writer.rs`.
        ("wal_autocheckpoint", 0.into()),
        ("journal_size_limit", (64 << 20).into()),
        ("cache_size", (-65_536).into()), // negative: KiB
        // No file may appear outside the log's folder.
        ("temp_store", 2.into()),
        ("cell_size_check", 1.into()),
        // What a damaged or prepared file might contain beyond our tables is never run.
        ("trusted_schema", 0.into()),
    ];
    for (setting, value) in wanted {
        set(connection, path, setting, &value)?;
    }
    keep_plans(connection).map_err(|error| fault::while_opening(path, &error))?;
    limit_size(connection, options.bytes_max).map_err(|error| fault::while_opening(path, &error))
}

/// Has a prepared statement stay as it is whatever is bound to it. `SQLite` would otherwise look at the values and
/// prepare a look-up anew for each, in the hope of a better plan; there is one plan here.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// The settings of a connection that only reads.
pub(super) fn apply_for_reading(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("PRAGMA query_only=1; PRAGMA cell_size_check=1; PRAGMA trusted_schema=0")?;
    connection.pragma_update(None, "busy_timeout", LOCK_WAIT_MS)?;
    keep_plans(connection)?;
    // Moving the journal is the writer's alone, also at the end.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(())
}

fn set(connection: &Connection, path: &Path, setting: &'static str, wanted: &Value) -> Result<(), LogError> {
    let found = connection
        .pragma_update(None, setting, wanted)
        .and_then(|()| connection.pragma_query_value(None, setting, |row| row.get::<_, Value>(0)))
        .map_err(|error| fault::while_opening(path, &error))?;
    if found == *wanted {
        return Ok(());
    }
    Err(LogError::Unsafe { path: path.to_owned(), setting, wanted: text(wanted), found: text(&found) })
}

fn limit_size(connection: &Connection, bytes_max: Option<u64>) -> rusqlite::Result<()> {
    let Some(bytes_max) = bytes_max else { return Ok(()) };
    // SQLite takes at most 2^32 - 2 pages, and never less than the file has.
    let pages_max = i64::try_from(bytes_max / PAGE_BYTES).unwrap_or(i64::MAX).clamp(1, 0xffff_fffe);
    connection.pragma_update_and_check(None, "max_page_count", pages_max, |_| Ok(()))
}

fn text(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}
