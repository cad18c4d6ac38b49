//! This server's copy of the stream: the log that follows from its records, in a `SQLite` file. Everything is read from
//! it, also while the engine is away. It can be removed at any time: the stream has it all. Not here: getting the records.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::sqlite::{SqliteLog, apply};
use crate::{Appended, Durability, Epoch, LogError};

use super::record::{Change, Record};

/// The copy's file in the server's folder.
const FILE: &str = "mirror.db";

/// What is kept of a copy that did not fit its stream any more, for whoever wants to look.
const FILE_REPLACED: &str = "mirror.replaced.db";

const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS mirror(
        one INTEGER PRIMARY KEY CHECK (one = 1),
        position INTEGER NOT NULL,
        record INTEGER NOT NULL,
        epoch INTEGER NOT NULL
    ) STRICT;
";

/// How far the copy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The stream's sequence number of the newest record applied; 0 for none.
    pub(super) position: u64,
    /// That record's id.
    pub(super) record: u64,
    /// The epoch after it.
    pub(super) epoch: Epoch,
}

/// The copy and its place. Records are applied by one caller at a time.
pub(super) struct Mirror {
    pub(super) log: SqliteLog,
}

impl Mirror {
    /// Opens the copy in this folder, or makes an empty one. It needs no sync: what a power cut takes is read again.
    pub(super) fn open(folder: &Path) -> Result<Self, LogError> {
        let log = SqliteLog::open(&folder.join(FILE), Durability::Os)?;
        log.change(|connection| connection.execute_batch(TABLE))?;
        Ok(Self { log })
    }

    /// Moves a copy that does not fit its stream out of the way.
    pub(super) fn set_aside(folder: &Path) -> Result<(), LogError> {
        let path = folder.join(FILE);
        let old = folder.join(FILE_REPLACED);
        let beside = |path: &PathBuf, end: &str| PathBuf::from(format!("{}{end}", path.display()));
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(beside(&old, end));
            match fs::rename(beside(&path, end), beside(&old, end)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(LogError::at_open(&path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// How far it has come.
    pub(super) fn place(&self) -> Result<Place, LogError> {
        self.log.change(|connection| place(connection))
    }

    /// Applies records that follow the place one another, in one transaction, and returns the place behind them and
    /// what became of each record's entries.
    pub(super) fn apply(&self, records: &[(u64, Record)]) -> Result<(Place, Vec<Vec<Appended>>), LogError> {
        self.log.change(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut place = place(&transaction)?;
            let mut outcomes = Vec::with_capacity(records.len());
            for (position, record) in records {
                outcomes.push(apply_one(&transaction, &mut place, record)?);
                (place.position, place.record) = (*position, record.id);
            }
            transaction.execute(
                "INSERT OR REPLACE INTO mirror(one, position, record, epoch) VALUES (1, ?1, ?2, ?3)",
                params![
                    place.position.cast_signed(),
                    place.record.cast_signed(),
                    place.epoch.bits().cast_signed()
                ],
            )?;
            transaction.commit()?;
            Ok((place, outcomes))
        })
    }
}

fn apply_one(
    transaction: &Transaction<'_>,
    place: &mut Place,
    record: &Record,
) -> rusqlite::Result<Vec<Appended>> {
    match &record.change {
        Change::Founded(epoch) => place.epoch = *epoch,
        Change::Entries { now_ms, entries } => return apply::append(transaction, *now_ms, entries),
        Change::Pruned { room, first } => while apply::prune_chunk(transaction, room, *first)? {},
    }
    Ok(Vec::new())
}

fn place(connection: &Connection) -> rusqlite::Result<Place> {
    let found = connection
        .prepare_cached("SELECT position, record, epoch FROM mirror")?
        .query_row([], |row| {
            let number = |column| row.get(column).map(i64::cast_unsigned);
            Ok(Place { position: number(0)?, record: number(1)?, epoch: Epoch::from_bits(number(2)?) })
        })
        .optional()?;
    Ok(found.unwrap_or(Place { position: 0, record: 0, epoch: Epoch::from_bits(0) }))
}
