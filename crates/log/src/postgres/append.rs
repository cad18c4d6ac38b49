//! The one transaction that stores a batch.
//!
//! It locks the rows of its rooms first. Whoever appends to the same room waits there, so everything that is looked up
//! afterwards holds until the commit: the ids that are taken, and the next number. Two ways to the server and back: one
//! for locking and looking up, one for storing and committing.

use std::collections::{BTreeSet, HashMap, HashSet};

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::{Appended, Entry, Kind, NewEntry};

use super::fault::Fault;
use super::read::{self, to_column, to_unsigned};
use super::session::Session;

/// The rooms that are known to have a row. Beyond so many they are asked for again.
pub(super) const ROOMS_KNOWN_MAX: usize = 100_000;

/// The values of a statement.
type Values<'a, const LEN: usize> = [&'a (dyn ToSql + Sync); LEN];

/// What an earlier attempt at the same batch has tried to commit, without hearing whether it did.
#[derive(Default)]
pub(super) struct Doubt {
    stored: Vec<HashSet<u64>>,
}

/// Stores a batch and returns what became of each entry. After an error of the connection it may be stored or not;
/// `doubt` then remembers it, so that the next attempt knows its own entries again.
pub(super) async fn append(
    session: &Session,
    known_rooms: &mut HashSet<Box<str>>,
    doubt: &mut Doubt,
    now_ms: u64,
    batch: &[NewEntry],
) -> Result<Vec<Appended>, Fault> {
    let names: Vec<&str> = batch.iter().map(|new| &*new.room).collect::<BTreeSet<_>>().into_iter().collect();
    make_rooms(session, known_rooms, &names).await?;
    let (rooms, known) = begin(session, &names, batch).await?;
    if rooms.len() < names.len() {
        known_rooms.clear();
        session.client.batch_execute("ROLLBACK").await?;
        return Err(Fault::Passing("a room that was there is gone".to_owned()));
    }
    let mut plan = Plan { now_ms, rooms, taken: HashMap::new(), new: Vec::new() };
    let appended: Vec<Appended> =
        batch.iter().enumerate().map(|(place, new)| plan.entry(new, known.get(&place))).collect();
    if plan.new.is_empty() {
        session.client.batch_execute("ROLLBACK").await?;
        return Ok(doubt.recognise(appended));
    }
    let numbers = appended.iter().map(|appended| match appended {
        Appended::New { seq, .. } => HashSet::from([*seq]),
        _ => HashSet::new(),
    });
    let appended = doubt.recognise(appended.clone());
    doubt.remember(numbers.collect());
    store(session, &plan).await?;
    Ok(appended)
}

/// Makes the rows of rooms that are not known to have one. In a transaction of its own: a room without entries is in
/// no way different from none, and locks are then taken in one order only.
async fn make_rooms(session: &Session, known: &mut HashSet<Box<str>>, names: &[&str]) -> Result<(), Fault> {
    let missing: Vec<&[u8]> =
        names.iter().filter(|name| !known.contains(**name)).map(|name| name.as_bytes()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    session.client.execute(&session.statements.make_rooms, &[&missing]).await?;
    if known.len() > ROOMS_KNOWN_MAX {
        known.clear();
    }
    known.extend(names.iter().map(|name| Box::from(*name)));
    Ok(())
}

/// Begins the transaction: locks the rooms and finds the entries whose ids are taken already, by their place in the
/// batch.
async fn begin<'a>(
    session: &Session,
    names: &[&'a str],
    batch: &[NewEntry],
) -> Result<(HashMap<&'a str, Room>, HashMap<usize, Entry>), Fault> {
    let Session { client, statements, .. } = session;
    let names_bytes: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
    let places: Vec<i64> = (0_i64..).take(batch.len()).collect();
    let column = |of: fn(&NewEntry) -> &str| batch.iter().map(|new| of(new).as_bytes()).collect::<Vec<_>>();
    let (rooms, senders, ids) = (column(|new| &new.room), column(|new| &new.sender), column(|new| &new.id));
    // Sent at once. Each statement sees what was committed when it begins, so the second one sees everything that
    // those had stored for whom the first one has waited.
    let (of_rooms, of_ids): (Values<'_, 1>, Values<'_, 4>) =
        ([&names_bytes], [&places, &rooms, &senders, &ids]);
    let (begun, locked, known) = tokio::join!(
        client.batch_execute("BEGIN"),
        client.query(&statements.lock_rooms, &of_rooms),
        client.query(&statements.known, &of_ids),
    );
    begun?;
    let mut rooms = HashMap::new();
    for row in locked? {
        let name: &[u8] = row.get(1);
        let Ok(at) = names.binary_search_by(|other| other.as_bytes().cmp(name)) else { continue };
        rooms.insert(names[at], Room::read(&row)?);
    }
    let mut taken = HashMap::new();
    for row in known? {
        let place: i64 = row.get(0);
        taken.insert(usize::try_from(place).unwrap_or(usize::MAX), read::to_entry(&row, 1)?);
    }
    Ok((rooms, taken))
}

/// Where a room stands after the entries of the batch so far.
#[derive(Clone, Copy)]
struct Room {
    key: i64,
    head: u64,
    time_ms: u64,
}

impl Room {
    fn read(row: &Row) -> Result<Self, Fault> {
        Ok(Self { key: row.get(0), head: to_unsigned(row, 2)?, time_ms: to_unsigned(row, 3)? })
    }
}

/// What the transaction will store.
struct Plan<'a> {
    now_ms: u64,
    rooms: HashMap<&'a str, Room>,
    /// The entries of this batch, by room, sender and id: later ones may repeat them.
    taken: HashMap<(&'a str, &'a str, &'a str), Entry>,
    new: Vec<(i64, Entry)>,
}

impl<'a> Plan<'a> {
    fn entry(&mut self, new: &'a NewEntry, known: Option<&Entry>) -> Appended {
        let id = (&*new.room, &*new.sender, &*new.id);
        if let Some(first) = known.or_else(|| self.taken.get(&id)) {
            let same = first.body == new.body && first.kind == new.kind;
            return if same {
                Appended::Repeated(first.clone())
            } else {
                Appended::Conflict { seq: first.seq }
            };
        }
        let room = self.rooms.entry(&new.room).or_insert(Room { key: 0, head: 0, time_ms: 0 });
        room.head += 1;
        room.time_ms = room.time_ms.max(self.now_ms);
        let entry = Entry {
            seq: room.head,
            time_ms: room.time_ms,
            kind: new.kind,
            sender: new.sender.clone(),
            name: new.name.clone(),
            id: new.id.clone(),
            body: new.body.clone(),
        };
        let appended = Appended::New { seq: entry.seq, time_ms: entry.time_ms };
        self.new.push((room.key, entry.clone()));
        self.taken.insert(id, entry);
        appended
    }
}

/// Stores what was planned, and commits.
async fn store(session: &Session, plan: &Plan<'_>) -> Result<(), Fault> {
    let Session { client, statements, .. } = session;
    let all = Columns::of(plan.new.iter());
    let acts = Columns::of(plan.new.iter().filter(|(_, entry)| entry.kind == Kind::Act));
    let rooms: Vec<&Room> = plan.rooms.values().collect();
    let keys: Vec<i64> = rooms.iter().map(|room| room.key).collect();
    let heads: Vec<i64> = rooms.iter().map(|room| to_column(room.head)).collect();
    let times: Vec<i64> = rooms.iter().map(|room| to_column(room.time_ms)).collect();
    // Sent at once as well. Where one fails, the server takes no further one and makes the commit a rollback, which
    // it does not call an error: so all answers are looked at, in their order.
    let moves: Values<'_, 3> = [&keys, &heads, &times];
    let (inserted, acted, moved, committed) = tokio::join!(
        all.insert(session, &statements.insert),
        acts.insert(session, &statements.insert_acts),
        client.execute(&statements.move_heads, &moves),
        client.batch_execute("COMMIT"),
    );
    inserted?;
    acted?;
    moved?;
    Ok(committed?)
}

/// Entries as the columns of their table.
#[derive(Default)]
struct Columns<'a> {
    numbers: [Vec<i64>; 4],
    texts: [Vec<&'a [u8]>; 4],
}

impl<'a> Columns<'a> {
    fn of(entries: impl Iterator<Item = &'a (i64, Entry)>) -> Self {
        let mut columns = Self::default();
        for (room, entry) in entries {
            let numbers = [*room, to_column(entry.seq), to_column(entry.time_ms), entry.kind.code()];
            columns.numbers.iter_mut().zip(numbers).for_each(|(column, number)| column.push(number));
            let texts = [&*entry.sender, &*entry.name, &*entry.id, &*entry.body];
            columns.texts.iter_mut().zip(texts).for_each(|(column, text)| column.push(text.as_bytes()));
        }
        columns
    }

    async fn insert(
        &self,
        session: &Session,
        statement: &tokio_postgres::Statement,
    ) -> Result<(), tokio_postgres::Error> {
        let Self { numbers: [rooms, seqs, times, kinds], texts: [senders, names, ids, bodies] } = self;
        if rooms.is_empty() {
            return Ok(());
        }
        let columns: Values<'_, 8> = [rooms, seqs, times, kinds, senders, names, ids, bodies];
        session.client.execute(statement, &columns).await.map(drop)
    }
}

impl Doubt {
    /// These numbers may be stored from now on.
    fn remember(&mut self, numbers: Vec<HashSet<u64>>) {
        self.stored.resize_with(numbers.len().max(self.stored.len()), HashSet::new);
        self.stored.iter_mut().zip(numbers).for_each(|(stored, numbers)| stored.extend(numbers));
    }

    /// What an earlier attempt has stored is no repeat. An entry under the number that the attempt gave it, with the
    /// same id and body, is its own: a stranger's entry has another id.
    fn recognise(&self, appended: Vec<Appended>) -> Vec<Appended> {
        let ours = |place: usize, seq| self.stored.get(place).is_some_and(|stored| stored.contains(&seq));
        let recognised = appended.into_iter().enumerate().map(|(place, appended)| match appended {
            Appended::Repeated(entry) if ours(place, entry.seq) => {
                Appended::New { seq: entry.seq, time_ms: entry.time_ms }
            }
            other => other,
        });
        recognised.collect()
    }
}
