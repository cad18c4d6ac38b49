//! Dropping the oldest entries of a room, a chunk at a time.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::read::{to_column, to_unsigned};

/// How many entries one transaction drops: some milliseconds of work, so that appends hardly wait.
const CHUNK_ENTRIES: u64 = 1000;

/// Drops one chunk of the entries below `first`, in one transaction, and returns whether there is more.
///
/// The room's own `first` rises with each chunk, so an interrupted prune leaves a room without gaps.
pub(super) fn chunk(connection: &mut Connection, room: &str, first: u64) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let more = chunk_within(&transaction, room, first)?;
    transaction.commit()?;
    Ok(more)
}

/// Drops one chunk as part of a transaction.
pub(crate) fn chunk_within(transaction: &Transaction<'_>, room: &str, first: u64) -> rusqlite::Result<bool> {
    let found = transaction
        .prepare_cached("SELECT key, first, head FROM room WHERE name = ?1")?
        .query_row([room], |row| {
            let key: i64 = row.get(0)?;
            Ok((key, to_unsigned(row, 1)?, to_unsigned(row, 2)?))
        })
        .optional()?;
    let Some((key, oldest, head)) = found else { return Ok(false) };
    let goal = first.min(head + 1);
    let end = goal.min(oldest + CHUNK_ENTRIES);
    if end > oldest {
        transaction
            .prepare_cached("DELETE FROM entry WHERE room = ?1 AND seq < ?2")?
            .execute(params![key, to_column(end)])?;
        transaction
            .prepare_cached("UPDATE room SET first = ?2 WHERE key = ?1")?
            .execute(params![key, to_column(end)])?;
    }
    Ok(end < goal)
}
