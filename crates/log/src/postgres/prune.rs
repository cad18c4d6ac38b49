//! Dropping the oldest entries of a room, a chunk at a time.

use super::fault::Fault;
use super::read::{to_column, to_unsigned};
use super::session::Session;

/// How many entries one transaction drops, so that appends hardly wait.
const CHUNK_ENTRIES: u64 = 1000;

/// Drops one chunk of the entries below `first`, in one transaction, and returns whether there is more. The room's own
/// `first` rises with each chunk, so an interrupted prune leaves a room without gaps.
pub(super) async fn chunk(session: &mut Session, room: &str, first: u64) -> Result<bool, Fault> {
    let transaction = session.client.transaction().await?;
    let row = transaction
        .query_opt("SELECT key, first, head FROM papo.room WHERE name = $1 FOR UPDATE", &[&room.as_bytes()])
        .await?;
    let Some(row) = row else { return Ok(false) };
    let (key, oldest, head): (i64, _, _) = (row.get(0), to_unsigned(&row, 1)?, to_unsigned(&row, 2)?);
    let goal = first.min(head + 1);
    let end = goal.min(oldest + CHUNK_ENTRIES);
    if end > oldest {
        let end = to_column(end);
        transaction.execute("DELETE FROM papo.entry WHERE room = $1 AND seq < $2", &[&key, &end]).await?;
        transaction.execute("UPDATE papo.room SET first = $2 WHERE key = $1", &[&key, &end]).await?;
    }
    transaction.commit().await?;
    Ok(end < goal)
}
