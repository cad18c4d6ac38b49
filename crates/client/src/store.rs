//! What must survive the end of the program: the outbox, the local history and where else the room is, in one file for each profile
//! that several processes may use at once. Not here: what is sent when, which is the session's business.
//!
//! A store is one room at one address. The address stands for the server because outbox and history are
//! needed before the first connection, when nothing else about the server is known; that messages of two
//! logs never mix is up to the log's epoch.

mod reading;
mod servers;

use std::path::{Path, PathBuf};
use std::time::Duration;

use papo_proto::{Address, Body, Epoch, Message, MessageId, RoomName, Seq};
use papo_words::{system, t};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::event::Outgoing;
use crate::private_file;

/// The name of the file in the profile's folder.
const FILE_NAME: &str = "messages.db";

/// Marks the file as this program's: `pApC`, in `SQLite`'s `application_id`.
const APPLICATION_ID: u32 = 0x7041_7043;

/// The format that this program reads and writes, in `SQLite`'s `user_version`.
const FORMAT: u32 = 1;

/// How long a process waits for another one that is writing: far longer than any write here takes.
const BUSY_WAIT: Duration = Duration::from_secs(10);

/// How many messages of a room are kept here. The server has them all; this many need some 30 MB.
const HISTORY_MESSAGES_MAX: u64 = 100_000;

/// `room.last` is the place up to which the stream has been seen, gapless but for what the server no longer
/// had. `outgoing.key` keeps the order in which messages were written.
const SCHEMA: &str = "
    CREATE TABLE room(
        key INTEGER PRIMARY KEY,
        address TEXT NOT NULL,
        name TEXT NOT NULL,
        epoch TEXT,
        last INTEGER,
        UNIQUE (address, name)
    ) STRICT;
    CREATE TABLE outgoing(
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        room INTEGER NOT NULL,
        id TEXT NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (room, id)
    ) STRICT;
    CREATE TABLE message(
        room INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY (room, seq)
    ) STRICT;
";

/// Outbox and history of one room at one address.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    room: i64,
}

impl Store {
    /// Opens the file `messages.db` in this folder, which is there, or makes it first.
    pub fn open(folder: &Path, address: &Address, room: &RoomName) -> Result<Self, StoreError> {
        let path = folder.join(FILE_NAME);
        let explain = |error| StoreError::new(&path, error);
        if !path.exists() {
            private_file::create_whole(&path, build).map_err(explain)?;
        }
        let connection = connect(&path).and_then(check_format).map_err(explain)?;
        connection.execute_batch(servers::SCHEMA).map_err(|error| explain(error.into()))?;
        let room = room_key(&connection, address, room).map_err(|error| explain(error.into()))?;
        Ok(Self { connection, path, room })
    }

    /// Takes messages into the outbox, all or none. When this returns, they are on the disk. Those whose body
    /// no server would take are left out.
    pub fn put_outgoing(&mut self, outgoing: &[Outgoing]) -> Result<(), StoreError> {
        self.set_synchronous("FULL")?;
        let room = self.room;
        let put = self.write(|transaction| {
            let mut insert = transaction
                .prepare_cached("INSERT OR IGNORE INTO outgoing(room, id, body) VALUES (?1, ?2, ?3)")?;
            for Outgoing { id, body } in outgoing {
                if let Ok(body) = body.to_json() {
                    insert.execute(params![room, id.as_str(), body])?;
                }
            }
            Ok(())
        });
        put.and(self.set_synchronous("NORMAL"))
    }

    /// Drops a message from the outbox: it is in the log, or has been refused for good. Should a power cut
    /// undo this, the message is sent once more, and its id keeps it from being stored twice.
    pub fn forget(&mut self, id: &MessageId) -> Result<(), StoreError> {
        let sql = "DELETE FROM outgoing WHERE room = ?1 AND id = ?2";
        let deleted = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut delete| delete.execute(params![self.room, id.as_str()]));
        deleted.map(drop).map_err(|error| self.explain(error))
    }

    /// What is still to be sent, in the order in which it was written.
    pub fn outbox(&self) -> Result<Vec<Outgoing>, StoreError> {
        let rows = self.rows("SELECT id, body FROM outgoing WHERE room = ?1 ORDER BY key", |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let read = |(id, body): (String, String)| {
            let id = MessageId::parse(&id).map_err(|_| self.damaged(t!("client-store-outbox")))?;
            let body = Body::from_json(&body).map_err(|_| self.damaged(t!("client-store-outbox")))?;
            Ok(Outgoing { id, body })
        };
        rows.into_iter().map(read).collect()
    }

    /// Says which log the server has now. What was kept of another log is dropped.
    pub fn enter(&mut self, epoch: Epoch) -> Result<(), StoreError> {
        let room = self.room;
        self.write(|transaction| {
            let known: Option<String> =
                transaction.query_row("SELECT epoch FROM room WHERE key = ?1", [room], |row| row.get(0))?;
            if known.as_deref() != Some(&epoch.to_string()) {
                forget_history(transaction, room)?;
            }
            transaction
                .execute("UPDATE room SET epoch = ?2 WHERE key = ?1", params![room, epoch.to_string()])?;
            transaction.execute(
                "DELETE FROM message WHERE room = ?1
                 AND seq <= (SELECT max(seq) FROM message WHERE room = ?1) - ?2",
                params![room, HISTORY_MESSAGES_MAX.cast_signed()],
            )?;
            Ok(())
        })
    }

    /// Keeps messages of the log that was [entered](Self::enter). Those that follow on each other from the
    /// [position](Self::position) on advance it; older and repeated ones are kept as well, once.
    pub fn remember(&mut self, messages: &[Message]) -> Result<(), StoreError> {
        let room = self.room;
        self.write(|transaction| {
            let mut last = last_of(transaction, room)?;
            let mut insert = transaction
                .prepare_cached("INSERT OR IGNORE INTO message(room, seq, json) VALUES (?1, ?2, ?3)")?;
            for message in messages {
                let json = serde_json::to_string(message)
                    .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
                insert.execute(params![room, column(message.seq), json])?;
                if last.is_some_and(|last| last.next() == message.seq) {
                    last = Some(message.seq);
                }
            }
            set_last(transaction, room, last)
        })
    }

    /// Says at which place the stream goes on: at the first message of somebody who joins without a past,
    /// or after messages that the server no longer has.
    pub fn go_on_at(&mut self, next: Seq) -> Result<(), StoreError> {
        let room = self.room;
        self.write(|transaction| set_last(transaction, room, Some(Seq::new(next.number().saturating_sub(1)))))
    }

    /// The log, and the place up to which its stream has been kept; `None` where nothing has.
    pub fn position(&self) -> Result<Option<(Epoch, Seq)>, StoreError> {
        let rows = self.rows("SELECT epoch, last FROM room WHERE key = ?1", |row| {
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<i64>>(1)?))
        })?;
        match rows.into_iter().next() {
            Some((Some(epoch), Some(last))) => {
                let epoch = epoch.parse().map_err(|_| self.damaged(t!("client-store-position")))?;
                Ok(Some((epoch, Seq::new(last.unsigned_abs()))))
            }
            _ => Ok(None),
        }
    }

    /// At most `limit` messages below `before`, or the newest ones, in order. The page ends above the first
    /// place that is not here; what lies below it is for the server to tell.
    pub fn page_before(&self, before: Option<Seq>, limit: usize) -> Result<Vec<Message>, StoreError> {
        let sql = format!(
            "SELECT seq, json FROM message WHERE room = ?1 AND seq < {} ORDER BY seq DESC LIMIT {}",
            before.map_or(i64::MAX, column),
            i64::try_from(limit).unwrap_or(i64::MAX)
        );
        let rows = self.rows(&sql, |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let mut expected = before.map(|before| column(before) - 1);
        let mut page = Vec::new();
        for (seq, json) in rows {
            if expected.is_some_and(|expected| expected != seq) {
                break;
            }
            expected = Some(seq - 1);
            page.push(serde_json::from_str(&json).map_err(|_| self.damaged(t!("client-store-history")))?);
        }
        page.reverse();
        Ok(page)
    }

    /// Drops the history and the position of this room. The outbox stays: it belongs to no log yet.
    pub fn reset(&mut self) -> Result<(), StoreError> {
        let room = self.room;
        self.write(|transaction| forget_history(transaction, room))
    }

    /// Does everything or nothing, with no other process in between.
    fn write(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let path = &self.path;
        // Immediate: a transaction that reads first and writes later could find itself out of date.
        self.connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                work(&transaction)?;
                transaction.commit()
            })
            .map_err(|error| StoreError::new(path, error.into()))
    }

    fn set_synchronous(&self, mode: &str) -> Result<(), StoreError> {
        self.connection.pragma_update(None, "synchronous", mode).map_err(|error| self.explain(error))
    }

    /// Every row that `sql` finds for this room, which is its only parameter.
    fn rows<T>(
        &self,
        sql: &str,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let select = self.connection.prepare_cached(sql);
        select
            .and_then(|mut select| select.query_map([self.room], read)?.collect())
            .map_err(|error| self.explain(error))
    }

    fn explain(&self, error: rusqlite::Error) -> StoreError {
        StoreError::new(&self.path, error.into())
    }

    fn damaged(&self, detail: String) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), detail }
    }
}

/// Fills a new file with empty tables.
fn build(path: &Path) -> Result<(), Fault> {
    let connection = connect(path)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORMAT)?;
    connection.execute_batch(SCHEMA)?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(())
}

fn connect(path: &Path) -> Result<Connection, Fault> {
    // Without CREATE: a file that SQLite made itself could be read by others.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_WAIT)?;
    // Readers and one writer at a time do not wait for each other. The mode stays in the file.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // Only what nobody else has needs to wait for the disk; see `put_outgoing`.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // macOS hands `fsync` to a cache that a power cut empties; elsewhere this changes nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    Ok(connection)
}

fn check_format(connection: Connection) -> Result<Connection, Fault> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let (application, found) = (number("application_id")?, number("user_version")?);
    match found {
        _ if application != APPLICATION_ID => Err(Fault::Foreign),
        FORMAT => Ok(connection),
        _ => Err(Fault::Newer(found)),
    }
}

/// Finds the room's row, or makes it.
fn room_key(connection: &Connection, address: &Address, room: &RoomName) -> rusqlite::Result<i64> {
    let names = params![address.to_string(), room.as_str()];
    let find = "SELECT key FROM room WHERE address = ?1 AND name = ?2";
    if let Some(key) = connection.query_row(find, names, |row| row.get(0)).optional()? {
        return Ok(key);
    }
    // Another process may do the same at this moment; one of the two makes the row.
    connection.execute("INSERT OR IGNORE INTO room(address, name) VALUES (?1, ?2)", names)?;
    connection.query_row(find, names, |row| row.get(0))
}

fn last_of(transaction: &Transaction<'_>, room: i64) -> rusqlite::Result<Option<Seq>> {
    let last = transaction
        .prepare_cached("SELECT last FROM room WHERE key = ?1")?
        .query_row([room], |row| row.get::<_, Option<i64>>(0))?;
    Ok(last.map(|last| Seq::new(last.unsigned_abs())))
}

fn set_last(transaction: &Transaction<'_>, room: i64, last: Option<Seq>) -> rusqlite::Result<()> {
    let mut update = transaction.prepare_cached("UPDATE room SET last = ?2 WHERE key = ?1")?;
    update.execute(params![room, last.map(column)]).map(drop)
}

fn forget_history(transaction: &Transaction<'_>, room: i64) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM message WHERE room = ?1", [room])?;
    transaction.execute("UPDATE room SET epoch = NULL, last = NULL WHERE key = ?1", [room])?;
    Ok(())
}

/// A place as a column holds it; places are at most 2^53 - 1.
fn column(seq: Seq) -> i64 {
    seq.number().cast_signed()
}

/// What went wrong, before the file's name is known to it.
enum Fault {
    Io(std::io::Error),
    Database(rusqlite::Error),
    Foreign,
    Newer(u32),
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// Why outbox or history cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A newer version of the program has written the file.
    #[error("{}", t!("client-store-newer", file = %path.display(), found = found.to_string(), known = FORMAT.to_string()))]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format of the file.
        found: u32,
    },
    /// The file is damaged, or some other program's.
    #[error("{}", t!("client-store-damaged", file = %path.display(), detail = detail))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The disk is full.
    #[error("{}", t!("client-store-full", file = %path.display()))]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("{}", t!("client-store-unusable", file = %path.display(), detail = detail))]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
}

impl StoreError {
    fn new(path: &Path, fault: Fault) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase};
        let path = path.to_owned();
        match fault {
            Fault::Newer(found) => Self::Newer { path, found },
            Fault::Foreign => Self::Damaged { path, detail: t!("client-store-foreign") },
            Fault::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => Self::Full { path },
            Fault::Io(error) => Self::Unusable { path, detail: system(&error) },
            Fault::Database(error) => match error.sqlite_error_code() {
                Some(DatabaseCorrupt | NotADatabase) => Self::Damaged { path, detail: error.to_string() },
                Some(DiskFull) => Self::Full { path },
                _ => Self::Unusable { path, detail: error.to_string() },
            },
        }
    }
}
