//! Files of every earlier format open, keep what they hold, and go on.

use papo_log::{Appended, Durability, Kind, Page, RoomLog, SqliteLog};
use rusqlite::Connection;

use crate::conformance::entry;
use crate::folder::Folder;

/// A file as the first step alone makes it, in its own words: this text never changes, so a change of
/// a released step shows here.
const FORMAT_1: &str = "
    PRAGMA application_id = 0x7061706f;
    CREATE TABLE log(one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL) STRICT;
    INSERT INTO log VALUES (1, -2);
    CREATE TABLE room(key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, first INTEGER NOT NULL,
        head INTEGER NOT NULL, time_ms INTEGER NOT NULL) STRICT;
    CREATE TABLE sender(key INTEGER PRIMARY KEY, member TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE entry(key INTEGER PRIMARY KEY, room INTEGER NOT NULL, seq INTEGER NOT NULL,
        time_ms INTEGER NOT NULL, sender INTEGER NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL,
        body TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX entry_by_seq ON entry(room, seq);
    CREATE UNIQUE INDEX entry_by_id ON entry(room, sender, id);
    INSERT INTO room VALUES (1, 'lobby', 2, 3, 500);
    INSERT INTO sender VALUES (7, 'a');
    INSERT INTO entry VALUES (2, 1, 2, 400, 7, 'Ana', 'x', 'oi'), (3, 1, 3, 500, 7, 'Bia', 'y', 'tchau');
    PRAGMA user_version = 1;
";

/// Invariant: entries of format 1 come out as messages, their ids are known, and the numbers go on.
#[test]
fn a_file_of_format_1_opens_and_goes_on() {
    let folder = Folder::new();
    Connection::open(folder.log()).unwrap().execute_batch(FORMAT_1).unwrap();
    let page = Page { entries_max: 10, bytes_max: 1000 };
    for opening in 0..2 {
        let log = SqliteLog::open(&folder.log(), Durability::Disk).unwrap();
        let state = log.state("lobby").unwrap();
        assert_eq!((state.first, state.head), (2, 3 + opening));
        assert_eq!(state.epoch.to_string(), "fffffffffffffffe");
        let entries = log.read_after("lobby", 0, page).unwrap();
        assert_eq!(entries.len() as u64, 2 + opening);
        assert!(log.read_acts_after("lobby", 0, page).unwrap().is_empty());
        assert!(entries.iter().all(|entry| entry.kind == Kind::Message));
        assert_eq!((entries[1].seq, entries[1].time_ms, &*entries[1].name), (3, 500, "Bia"));
        let batch = [entry("lobby", "a", "x", "oi"), entry("lobby", "a", "z", "!")];
        let appended = log.append(450, &batch).unwrap();
        assert_eq!(appended[0], Appended::Repeated(entries[0].clone()));
        if opening == 0 {
            assert_eq!(appended[1], Appended::New { seq: 4, time_ms: 500 });
        }
    }
    let format = Connection::open(folder.log()).unwrap();
    let format: i64 = format.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(format, 3);
}
