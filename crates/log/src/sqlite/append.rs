//! The one transaction that stores a batch.
//!
//! A clash of keys is impossible by construction: each entry's key is looked up first, in the same
//! transaction, of the only connection that writes. An earlier entry of the batch is found like any other.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::{Appended, Kind, NewEntry};

use super::read::{self, to_column, to_unsigned};

/// Stores a batch and returns what became of each entry. An error has rolled everything back.
pub(super) fn append(
    connection: &mut Connection,
    now_ms: u64,
    batch: &[NewEntry],
) -> rusqlite::Result<Vec<Appended>> {
    // Immediate: a transaction that reads first and writes later could find itself out of date.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let appended = append_within(&transaction, now_ms, batch)?;
    transaction.commit()?;
    Ok(appended)
}

/// Stores a batch as part of a transaction.
pub(crate) fn append_within(
    transaction: &Transaction<'_>,
    now_ms: u64,
    batch: &[NewEntry],
) -> rusqlite::Result<Vec<Appended>> {
    let mut store = Store { transaction, now_ms, rooms: HashMap::new(), senders: HashMap::new() };
    let appended = batch.iter().map(|new| store.entry(new)).collect::<rusqlite::Result<Vec<_>>>()?;
    store.rooms()?;
    Ok(appended)
}

/// A batch on its way into the file. Rooms and senders are looked up once per batch.
struct Store<'a> {
    transaction: &'a Transaction<'a>,
    now_ms: u64,
    rooms: HashMap<&'a str, Room>,
    senders: HashMap<&'a str, i64>,
}

/// Where a room stands after the entries of the batch so far.
#[derive(Clone, Copy)]
struct Room {
    key: i64,
    head: u64,
    time_ms: u64,
    changed: bool,
}

impl<'a> Store<'a> {
    fn entry(&mut self, new: &'a NewEntry) -> rusqlite::Result<Appended> {
        let mut room = self.room(&new.room)?;
        let sender = self.sender(&new.sender)?;
        if let Some(first) = read::by_id(self.transaction, room.key, sender, &new.id)? {
            let same = first.body == new.body && first.kind == new.kind;
            return Ok(if same { Appended::Repeated(first) } else { Appended::Conflict { seq: first.seq } });
        }
        room = Room {
            key: room.key,
            head: room.head + 1,
            time_ms: room.time_ms.max(self.now_ms),
            changed: true,
        };
        self.insert(room, sender, new)?;
        self.rooms.insert(&new.room, room);
        Ok(Appended::New { seq: room.head, time_ms: room.time_ms })
    }

    fn insert(&self, room: Room, sender: i64, new: &NewEntry) -> rusqlite::Result<()> {
        self.insert_into(
            "INSERT INTO entry(room, seq, time_ms, kind, sender, name, id, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            room,
            sender,
            new,
        )?;
        if new.kind == Kind::Act {
            self.insert_into(
                "INSERT INTO act(room, seq, time_ms, kind, sender, name, id, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                room,
                sender,
                new,
            )?;
        }
        Ok(())
    }

    fn insert_into(&self, statement: &str, room: Room, sender: i64, new: &NewEntry) -> rusqlite::Result<()> {
        self.transaction.prepare_cached(statement)?.execute(params![
            room.key,
            to_column(room.head),
            to_column(room.time_ms),
            new.kind.code(),
            sender,
            &*new.name,
            &*new.id,
            &*new.body,
        ])?;
        Ok(())
    }

    /// Finds a room, or makes it. A room without entries is in no way different from none.
    fn room(&mut self, name: &'a str) -> rusqlite::Result<Room> {
        if let Some(room) = self.rooms.get(name) {
            return Ok(*room);
        }
        let found = self
            .transaction
            .prepare_cached("SELECT key, head, time_ms FROM room WHERE name = ?1")?
            .query_row([name], |row| {
                let (key, head, time_ms) = (row.get(0)?, to_unsigned(row, 1)?, to_unsigned(row, 2)?);
                Ok(Room { key, head, time_ms, changed: false })
            })
            .optional()?;
        let room = if let Some(room) = found {
            room
        } else {
            let key = self
                .transaction
                .prepare_cached("INSERT INTO room(name, first, head, time_ms) VALUES (?1, 1, 0, 0)")?
                .insert([name])?;
            Room { key, head: 0, time_ms: 0, changed: false }
        };
        self.rooms.insert(name, room);
        Ok(room)
    }

    fn sender(&mut self, member: &'a str) -> rusqlite::Result<i64> {
        if let Some(key) = self.senders.get(member) {
            return Ok(*key);
        }
        let found = self
            .transaction
            .prepare_cached("SELECT key FROM sender WHERE member = ?1")?
            .query_row([member], |row| row.get(0))
            .optional()?;
        let key = match found {
            Some(key) => key,
            None => {
                self.transaction.prepare_cached("INSERT INTO sender(member) VALUES (?1)")?.insert([member])?
            }
        };
        self.senders.insert(member, key);
        Ok(key)
    }

    /// Writes down where the rooms that got entries stand now.
    fn rooms(&self) -> rusqlite::Result<()> {
        let mut update =
            self.transaction.prepare_cached("UPDATE room SET head = ?2, time_ms = ?3 WHERE key = ?1")?;
        for room in self.rooms.values().filter(|room| room.changed) {
            update.execute(params![room.key, to_column(room.head), to_column(room.time_ms)])?;
        }
        Ok(())
    }
}
