//! Reading entries and rooms. A page is read in chunks of rows, so that a page of few bytes does not fetch many.

use tokio_postgres::{Row, Statement};

use crate::{Entry, Kind, Page};

use super::fault::{Fault, Lasting};
use super::session::Session;

/// How many rows are fetched at a time.
const CHUNK_ROWS: usize = 128;

/// Reads the oldest entries after a place, ascending and without a hole: where a prune has come between two chunks,
/// the page ends before it.
pub(super) async fn after(
    session: &Session,
    room: &str,
    after: u64,
    page: Page,
) -> Result<Vec<Entry>, Fault> {
    let mut entries = chunks(session, &session.statements.after, room, after, page).await?;
    if let Some(last) = entries.windows(2).position(|pair| pair[1].seq != pair[0].seq + 1) {
        entries.truncate(last + 1);
    }
    Ok(entries)
}

/// Reads the oldest acts after a place, ascending.
pub(super) async fn acts_after(
    session: &Session,
    room: &str,
    after: u64,
    page: Page,
) -> Result<Vec<Entry>, Fault> {
    chunks(session, &session.statements.acts_after, room, after, page).await
}

/// Reads the newest entries or acts before a place, ascending.
pub(super) async fn before(
    session: &Session,
    statement: &Statement,
    room: &str,
    before: u64,
    page: Page,
) -> Result<Vec<Entry>, Fault> {
    let mut entries = chunks(session, statement, room, before, page).await?;
    entries.reverse();
    Ok(entries)
}

/// Reads entries from a place on, in the direction of the statement, until the page is full.
async fn chunks(
    session: &Session,
    statement: &Statement,
    room: &str,
    from: u64,
    page: Page,
) -> Result<Vec<Entry>, Fault> {
    let (mut entries, mut place) = (Vec::new(), to_column(from));
    loop {
        let wanted = page.entries_max.saturating_sub(entries.len()).clamp(1, CHUNK_ROWS);
        let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
        let rows = session.client.query(statement, &[&room.as_bytes(), &place, &limit]).await?;
        for row in &rows {
            entries.push(to_entry(row, 0)?);
        }
        let bytes: usize = entries.iter().map(Entry::text_bytes).sum();
        if rows.len() < wanted || entries.len() >= page.entries_max || bytes > page.bytes_max {
            return page.fill(entries.into_iter().map(Ok));
        }
        place = entries.last().map_or(place, |last: &Entry| to_column(last.seq));
    }
}

/// Finds the entry that a sender has stored in a room under an id.
pub(super) async fn find(
    session: &Session,
    room: &str,
    sender: &str,
    id: &str,
) -> Result<Option<Entry>, Fault> {
    let keys = [room, sender, id].map(str::as_bytes);
    let row = session.client.query_opt(&session.statements.find, &[&keys[0], &keys[1], &keys[2]]).await?;
    row.map(|row| to_entry(&row, 0)).transpose()
}

/// Reads the oldest sequence number of a room and the newest; those of an empty room if there is none.
pub(super) async fn bounds(session: &Session, room: &str) -> Result<(u64, u64), Fault> {
    let row = session.client.query_opt(&session.statements.bounds, &[&room.as_bytes()]).await?;
    row.map_or(Ok((1, 0)), |row| Ok((to_unsigned(&row, 0)?, to_unsigned(&row, 1)?)))
}

/// Reads the newest sequence numbers of rooms, in their order.
pub(super) async fn heads(session: &Session, rooms: &[&str]) -> Result<Vec<u64>, Fault> {
    let names: Vec<&[u8]> = rooms.iter().map(|room| room.as_bytes()).collect();
    let mut heads = vec![0; rooms.len()];
    // Here, because every server asks this every second: all of them notice when the log is another one.
    let epoch = session.client.query_opt(&session.statements.epoch, &[]).await?;
    if epoch.is_none_or(|row| row.get::<_, i64>(0) != session.epoch) {
        return Err(Fault::Lasting(Lasting::Replaced));
    }
    for row in session.client.query(&session.statements.heads, &[&names]).await? {
        let place: i64 = row.get(0);
        let place = usize::try_from(place - 1).ok().and_then(|place| heads.get_mut(place));
        if let Some(head) = place {
            *head = to_unsigned(&row, 1)?;
        }
    }
    Ok(heads)
}

/// A number as the database's signed column; what is beyond its range means "from the end" there as well.
pub(super) fn to_column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number from the database's signed column.
pub(super) fn to_unsigned(row: &Row, column: usize) -> Result<u64, Fault> {
    let number: i64 = row.get(column);
    u64::try_from(number).map_err(|_| damaged("a number below zero"))
}

/// An entry whose columns begin at this one.
pub(super) fn to_entry(row: &Row, column: usize) -> Result<Entry, Fault> {
    let kind = Kind::from_code(row.get(column + 2)).ok_or_else(|| damaged("an entry of unknown kind"))?;
    Ok(Entry {
        seq: to_unsigned(row, column)?,
        time_ms: to_unsigned(row, column + 1)?,
        kind,
        sender: text(row, column + 3)?.into(),
        name: text(row, column + 4)?.into(),
        id: text(row, column + 5)?.into(),
        body: text(row, column + 6)?.into(),
    })
}

fn text(row: &Row, column: usize) -> Result<&str, Fault> {
    std::str::from_utf8(row.get(column)).map_err(|_| damaged("a text that is none"))
}

fn damaged(what: &str) -> Fault {
    Fault::Lasting(Lasting::Refused(format!("the table has {what}")))
}
