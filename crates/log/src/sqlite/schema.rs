//! The tables, as the steps that lead to them. A step that was ever released never changes.

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Marks a file as a log of papo: the ASCII letters `papo`, in `SQLite`'s `application_id`.
pub(super) const APPLICATION_ID: u32 = 0x7061_706f;

/// The newest format this program knows: how many steps there are.
pub(super) const KNOWN: u32 = 3;

/// Step n leads from format n - 1 to format n; `user_version` in the file says which it has.
const STEPS: [&str; KNOWN as usize] = [ROOMS_AND_ENTRIES, KINDS, ACTS];

/// `entry` is a rowid table: its id is one cursor over all rooms in the order of their commits, for
/// whatever tails the log. Senders are numbers there, which halves the index of ids.
const ROOMS_AND_ENTRIES: &str = "
    CREATE TABLE log(
        one INTEGER PRIMARY KEY CHECK (one = 1),
        epoch INTEGER NOT NULL
    ) STRICT;
    INSERT INTO log(one, epoch) VALUES (1, random());
    CREATE TABLE room(
        key INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        first INTEGER NOT NULL,
        head INTEGER NOT NULL,
        time_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE sender(
        key INTEGER PRIMARY KEY,
        member TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE entry(
        key INTEGER PRIMARY KEY,
        room INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        time_ms INTEGER NOT NULL,
        sender INTEGER NOT NULL,
        name TEXT NOT NULL,
        id TEXT NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX entry_by_seq ON entry(room, seq);
    CREATE UNIQUE INDEX entry_by_id ON entry(room, sender, id);
";

/// What was stored before there were kinds is a message.
const KINDS: &str = "
    ALTER TABLE entry ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;
";

/// Acts a second time, in the order of their places: a room's state is made from them without reading what was said
/// in between, and they stay when old entries are dropped. Messages are stored as before.
const ACTS: &str = "
    CREATE TABLE act(
        room INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        time_ms INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        sender INTEGER NOT NULL,
        name TEXT NOT NULL,
        id TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (room, seq)
    ) STRICT, WITHOUT ROWID;
";

/// Reads the format of a file; 0 when it has no tables yet.
pub(super) fn format(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Leads the file to the newest format, in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let found = format(connection)?;
    if found >= KNOWN {
        return Ok(());
    }
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    for step in STEPS.iter().skip(found as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", KNOWN)?;
    transaction.commit()
}
