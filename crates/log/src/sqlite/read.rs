//! Reading entries and rooms. Each function is one statement, hence one consistent view of the file.

use rusqlite::types::Type;
use rusqlite::{CachedStatement, Connection, Error, OptionalExtension, Params, Row, params};

use crate::{Entry, Kind, Page};

/// The columns that [`to_entry`] expects, in its order, and where they come from. `CROSS` makes `SQLite`
/// go from the entries to their senders, never the other way round.
macro_rules! select_entries {
    ($condition:literal) => {
        select_entries!("entry", $condition)
    };
    ($table:literal, $condition:literal) => {
        concat!(
            "SELECT e.seq, e.time_ms, e.kind, s.member, e.name, e.id, e.body
             FROM ",
            $table,
            " e CROSS JOIN sender s ON s.key = e.sender WHERE ",
            $condition
        )
    };
}

/// Reads the oldest entries after `after`, ascending.
pub(super) fn after(
    connection: &Connection,
    room: &str,
    after: u64,
    page: Page,
) -> rusqlite::Result<Vec<Entry>> {
    let statement = connection.prepare_cached(select_entries!(
        "e.room = (SELECT key FROM room WHERE name = ?1) AND e.seq > ?2 ORDER BY e.seq"
    ))?;
    page_of(statement, params![room, to_column(after)], page)
}

/// Reads the newest entries before `before`, ascending.
pub(super) fn before(
    connection: &Connection,
    room: &str,
    before: u64,
    page: Page,
) -> rusqlite::Result<Vec<Entry>> {
    let statement = connection.prepare_cached(select_entries!(
        "e.room = (SELECT key FROM room WHERE name = ?1) AND e.seq < ?2 ORDER BY e.seq DESC"
    ))?;
    let mut entries = page_of(statement, params![room, to_column(before)], page)?;
    entries.reverse();
    Ok(entries)
}

/// Reads the oldest acts after `after`, ascending.
pub(super) fn acts_after(
    connection: &Connection,
    room: &str,
    after: u64,
    page: Page,
) -> rusqlite::Result<Vec<Entry>> {
    let statement = connection.prepare_cached(select_entries!(
        "act",
        "e.room = (SELECT key FROM room WHERE name = ?1) AND e.seq > ?2 ORDER BY e.seq"
    ))?;
    page_of(statement, params![room, to_column(after)], page)
}

/// Reads the newest acts before `before`, ascending.
pub(super) fn acts_before(
    connection: &Connection,
    room: &str,
    before: u64,
    page: Page,
) -> rusqlite::Result<Vec<Entry>> {
    let statement = connection.prepare_cached(select_entries!(
        "act",
        "e.room = (SELECT key FROM room WHERE name = ?1) AND e.seq < ?2 ORDER BY e.seq DESC"
    ))?;
    let mut acts = page_of(statement, params![room, to_column(before)], page)?;
    acts.reverse();
    Ok(acts)
}

/// Finds the entry that a member has stored in a room under an id.
pub(super) fn find(
    connection: &Connection,
    room: &str,
    sender: &str,
    id: &str,
) -> rusqlite::Result<Option<Entry>> {
    connection
        .prepare_cached(select_entries!(
            "e.room = (SELECT key FROM room WHERE name = ?1)
             AND e.sender = (SELECT key FROM sender WHERE member = ?2) AND e.id = ?3"
        ))?
        .query_row(params![room, sender, id], to_entry)
        .optional()
}

/// Finds the entry that a sender has stored under an id.
pub(super) fn by_id(
    connection: &Connection,
    room: i64,
    sender: i64,
    id: &str,
) -> rusqlite::Result<Option<Entry>> {
    connection
        .prepare_cached(select_entries!("e.room = ?1 AND e.sender = ?2 AND e.id = ?3"))?
        .query_row(params![room, sender, id], to_entry)
        .optional()
}

/// Reads the oldest sequence number of a room and the newest; those of an empty room if there is none.
pub(super) fn bounds(connection: &Connection, room: &str) -> rusqlite::Result<(u64, u64)> {
    let found = connection
        .prepare_cached("SELECT first, head FROM room WHERE name = ?1")?
        .query_row([room], |row| Ok((to_unsigned(row, 0)?, to_unsigned(row, 1)?)))
        .optional()?;
    Ok(found.unwrap_or((1, 0)))
}

/// A number as the file's signed column. Nothing real comes near the end of its range: it is reached
/// only by a caller that says "from the end", and means the same there.
pub(super) fn to_column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number from the file's signed column.
pub(super) fn to_unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| Error::IntegralValueOutOfRange(column, number))
}

fn page_of(
    mut statement: CachedStatement<'_>,
    parameters: impl Params,
    page: Page,
) -> rusqlite::Result<Vec<Entry>> {
    // The rows are made one by one, so a page that is full ends the work.
    page.fill(statement.query_map(parameters, to_entry)?)
}

fn to_entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let code = row.get(2)?;
    let kind = Kind::from_code(code)
        .ok_or_else(|| Error::FromSqlConversionFailure(2, Type::Integer, "unknown kind of entry".into()))?;
    Ok(Entry {
        seq: to_unsigned(row, 0)?,
        time_ms: to_unsigned(row, 1)?,
        kind,
        sender: row.get(3)?,
        name: row.get(4)?,
        id: row.get(5)?,
        body: row.get(6)?,
    })
}
