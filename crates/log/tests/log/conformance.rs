//! One suite for every log: rows of behaviour, each run on `SQLite` with both durabilities and on memory.

use std::sync::Arc;
use std::thread;

use papo_log::{
    Appended, Durability, Entry, Kind, MemoryLimits, MemoryLog, NewEntry, Page, RoomLog, SqliteLog,
};

use crate::folder::Folder;

#[cfg(target_os = "linux")]
use {
    papo_log::{NatsLog, PostgresLog},
    papo_torture::engines::{Nats, Postgres},
};

type Row = (&'static str, fn(&dyn RoomLog));

const ROWS: [Row; 16] = [
    ("a room that does not exist is empty and is not made by looking", empty_room),
    ("sequence numbers rise by one from one, across batches", order),
    ("every field comes back as it was stored", fields),
    ("rooms of one batch are numbered apart", many_rooms),
    ("a repeat returns the first entry and stores nothing", repeat),
    ("a repeat is found within its own batch", repeat_within_batch),
    ("an id used for another body stores nothing", conflict),
    ("an id belongs to one sender in one room", id_scope),
    ("times never decrease when the clock jumps back", clock),
    ("a page ends at its number of entries", page_by_entries),
    ("a page ends at its bytes, but holds one entry", page_by_bytes),
    ("reads from beyond either end are empty or whole", ends),
    ("pruning raises first, frees ids and reuses no number", prune),
    ("acts are read without what was said between them", acts),
    ("acts stay when the entries around them are dropped, and an entry is found by its id", kept_acts),
    ("readers see whole batches only, in order, while others append", readers_see_whole_batches),
];

const ALL: Page = Page { entries_max: usize::MAX, bytes_max: usize::MAX };

#[test]
fn sqlite_that_waits_for_the_disk_conforms() {
    check_all(|folder| Box::new(SqliteLog::open(&folder.log(), Durability::Disk).unwrap()));
}

#[test]
fn sqlite_that_waits_for_the_system_conforms() {
    check_all(|folder| Box::new(SqliteLog::open(&folder.log(), Durability::Os).unwrap()));
}

/// One server for all rows; each of them finds no tables.
#[cfg(target_os = "linux")]
#[test]
fn postgres_conforms() {
    let server = Postgres::start();
    check_all(|_| {
        server.sql("DROP SCHEMA IF EXISTS papo CASCADE");
        Box::new(PostgresLog::open(&server.url().parse().unwrap()).unwrap())
    });
}

/// One server for all rows, and a stream of its own for each.
#[cfg(target_os = "linux")]
#[test]
fn nats_conforms() {
    let server = Nats::start();
    let row = std::cell::Cell::new(0);
    check_all(|folder| {
        row.set(row.get() + 1);
        let url = format!("nats://{}/row{}", server.address(), row.get());
        Box::new(NatsLog::open(&url.parse().unwrap(), folder.path()).unwrap())
    });
}

#[test]
fn memory_conforms() {
    let limits = MemoryLimits { entries_max: 10_000, bytes_max: 1 << 20 };
    check_all(|_| Box::new(MemoryLog::new(limits)));
}

#[test]
fn memory_keeps_the_newest_within_its_limits() {
    let tail = MemoryLog::new(MemoryLimits { entries_max: 3, bytes_max: 40 });
    say(&tail, "r", "a", &["1", "2", "3", "4", "5"]);
    assert_eq!(bounds(&tail, "r"), (3, 5), "three entries at most");
    assert_eq!(seqs(&tail.read_after("r", 0, ALL).unwrap()), [3, 4, 5]);
    let long = "x".repeat(100);
    assert_eq!(tail.append(0, &[entry("r", "a", "6", &long)]).unwrap(), [new(6, 1000)]);
    assert_eq!(bounds(&tail, "r"), (6, 6), "one entry is kept, however long");
    assert_eq!(
        tail.append(0, &[entry("r", "a", "1", "1")]).unwrap(),
        [new(7, 1000)],
        "an evicted id is free"
    );
}

/// Invariant: what was stored, the bounds of its rooms and the epoch are the same after reopening.
#[test]
fn sqlite_is_the_same_after_reopening() {
    let folder = Folder::new();
    let log = SqliteLog::open(&folder.log(), Durability::Disk).unwrap();
    say(&log, "r", "a", &["1", "2", "3"]);
    log.prune("r", 2).unwrap();
    let looked_at = log.state("never made").unwrap();
    let before = (log.state("r").unwrap(), log.read_after("r", 0, ALL).unwrap());
    drop(log);
    let log = SqliteLog::open(&folder.log(), Durability::Os).unwrap();
    assert_eq!(before, (log.state("r").unwrap(), log.read_after("r", 0, ALL).unwrap()));
    say(&log, "never made", "a", &["1"]);
    assert_eq!(looked_at.epoch, log.state("never made").unwrap().epoch, "also once it is made");
    assert_eq!(log.append(0, &[entry("r", "a", "4", "")]).unwrap(), [new(4, 1000)]);
}

/// Invariant: two logs have different epochs, and an epoch shows as sixteen hexadecimal digits.
#[test]
fn epochs_tell_logs_apart() {
    let limits = MemoryLimits { entries_max: 1, bytes_max: 1 };
    let (one, two) = (Folder::new(), Folder::new());
    let epochs = [
        SqliteLog::open(&one.log(), Durability::Os).unwrap().state("r").unwrap().epoch,
        SqliteLog::open(&two.log(), Durability::Os).unwrap().state("r").unwrap().epoch,
        MemoryLog::new(limits).state("r").unwrap().epoch,
        MemoryLog::new(limits).state("r").unwrap().epoch,
    ];
    for (place, epoch) in epochs.iter().enumerate() {
        let shown = epoch.to_string();
        assert!(shown.len() == 16 && u64::from_str_radix(&shown, 16).unwrap() == epoch.bits(), "{shown}");
        assert!(!epochs[..place].contains(epoch), "{epochs:?}");
    }
}

fn check_all(make: impl Fn(&Folder) -> Box<dyn RoomLog>) {
    for (name, check) in ROWS {
        println!("{name}");
        let folder = Folder::new();
        check(make(&folder).as_ref());
    }
}

fn empty_room(log: &dyn RoomLog) {
    let state = log.state("r").unwrap();
    assert_eq!((state.first, state.head), (1, 0));
    assert_eq!(log.read_after("r", 0, ALL).unwrap(), []);
    assert_eq!(log.read_before("r", u64::MAX, ALL).unwrap(), []);
    log.prune("r", 7).unwrap();
    assert_eq!(log.state("r").unwrap(), state);
    assert_eq!(log.append(0, &[]).unwrap(), []);
    say(log, "r", "a", &["1"]);
    assert_eq!((log.state("r").unwrap().epoch, bounds(log, "r")), (state.epoch, (1, 1)));
}

fn order(log: &dyn RoomLog) {
    assert_eq!(say(log, "r", "a", &["1", "2"]), [new(1, 1000), new(2, 1000)]);
    assert_eq!(say(log, "r", "b", &["1"]), [new(3, 1000)]);
    let entries = log.read_after("r", 0, ALL).unwrap();
    assert_eq!(seqs(&entries), [1, 2, 3]);
    assert_eq!(entries, log.read_before("r", u64::MAX, ALL).unwrap());
}

fn fields(log: &dyn RoomLog) {
    let stored = NewEntry {
        room: Arc::from("sala é 🦜"),
        kind: Kind::Message,
        sender: Arc::from("k'ey\0\n"),
        name: Arc::from(""),
        id: Box::from("\u{202e}%_"),
        body: Box::from("{\"text\":\"oi \0 🦜\"}"),
    };
    assert_eq!(log.append(42, std::slice::from_ref(&stored)).unwrap(), [new(1, 42)]);
    let read = log.read_after("sala é 🦜", 0, ALL).unwrap().remove(0);
    assert_eq!((read.seq, read.time_ms, read.kind), (1, 42, stored.kind));
    assert_eq!((read.sender, read.name), (stored.sender, stored.name));
    assert_eq!((read.id, read.body), (stored.id, stored.body));
}

fn many_rooms(log: &dyn RoomLog) {
    let batch: Vec<_> =
        (0..300).map(|at| entry(&format!("room {}", at % 100), "a", &at.to_string(), "")).collect();
    let appended = log.append(5, &batch).unwrap();
    let expected: Vec<_> = (0..300).map(|at| new(at / 100 + 1, 5)).collect();
    assert_eq!(appended, expected);
    for at in 0..100 {
        assert_eq!(bounds(log, &format!("room {at}")), (1, 3));
    }
    assert_eq!(bounds(log, "room 100"), (1, 0));
}

fn repeat(log: &dyn RoomLog) {
    say(log, "r", "a", &["1", "2"]);
    let first = log.read_after("r", 0, ALL).unwrap().remove(0);
    let mut renamed = entry("r", "a", "1", "1");
    renamed.name = Arc::from("another name");
    assert_eq!(log.append(9000, &[renamed]).unwrap(), [Appended::Repeated(first)]);
    assert_eq!(bounds(log, "r"), (1, 2));
}

fn repeat_within_batch(log: &dyn RoomLog) {
    let batch = [entry("r", "a", "1", "x"), entry("r", "a", "1", "x"), entry("r", "a", "1", "y")];
    let appended = log.append(7, &batch).unwrap();
    let first = log.read_after("r", 0, ALL).unwrap().remove(0);
    assert_eq!(appended, [new(1, 7), Appended::Repeated(first), Appended::Conflict { seq: 1 }]);
    assert_eq!(bounds(log, "r"), (1, 1));
}

fn conflict(log: &dyn RoomLog) {
    say(log, "r", "a", &["1", "2"]);
    let batch = [entry("r", "a", "2", "other"), entry("r", "a", "3", "3")];
    assert_eq!(log.append(1000, &batch).unwrap(), [Appended::Conflict { seq: 2 }, new(3, 1000)]);
    assert_eq!(&*log.read_after("r", 1, ALL).unwrap()[0].body, "2");
}

fn id_scope(log: &dyn RoomLog) {
    say(log, "r", "a", &["1"]);
    assert_eq!(say(log, "r", "b", &["1"]), [new(2, 1000)]);
    assert_eq!(say(log, "s", "a", &["1"]), [new(1, 1000)]);
}

fn clock(log: &dyn RoomLog) {
    let times = [50, 10, 60, 0, 60].map(|now_ms| {
        let id = bounds(log, "r").1.to_string();
        match log.append(now_ms, &[entry("r", "a", &id, "")]).unwrap().remove(0) {
            Appended::New { time_ms, .. } => time_ms,
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(times, [50, 50, 60, 60, 60]);
    log.prune("r", 6).unwrap();
    assert_eq!(log.append(1, &[entry("r", "a", "x", "")]).unwrap(), [new(6, 60)], "also after pruning");
    assert_eq!(log.append(1, &[entry("s", "a", "x", "")]).unwrap(), [new(1, 1)], "each room by itself");
}

fn page_by_entries(log: &dyn RoomLog) {
    say(log, "r", "a", &["1", "2", "3", "4", "5"]);
    let page = |entries_max| Page { entries_max, bytes_max: usize::MAX };
    for (entries_max, after_one, before_five) in
        [(0, &[2][..], &[4][..]), (1, &[2], &[4]), (2, &[2, 3], &[3, 4]), (9, &[2, 3, 4, 5], &[1, 2, 3, 4])]
    {
        assert_eq!(seqs(&log.read_after("r", 1, page(entries_max)).unwrap()), after_one);
        assert_eq!(seqs(&log.read_before("r", 5, page(entries_max)).unwrap()), before_five);
    }
}

fn page_by_bytes(log: &dyn RoomLog) {
    say(log, "r", "a", &["1", "2", "3", "4", "5"]);
    let each = log.read_after("r", 0, ALL).unwrap()[0].text_bytes();
    let page = |bytes_max| Page { entries_max: 100, bytes_max };
    for (bytes_max, count) in [(0, 1), (each, 1), (2 * each - 1, 1), (2 * each, 2), (9 * each, 4)] {
        assert_eq!(log.read_after("r", 1, page(bytes_max)).unwrap().len(), count, "{bytes_max} bytes");
        let newest = log.read_before("r", 5, page(bytes_max)).unwrap();
        assert_eq!((newest.len(), newest.last().unwrap().seq), (count, 4), "{bytes_max} bytes");
    }
}

fn ends(log: &dyn RoomLog) {
    say(log, "r", "a", &["1", "2"]);
    for (after, expected) in [(0, &[1, 2][..]), (1, &[2]), (2, &[]), (3, &[]), (u64::MAX, &[])] {
        assert_eq!(seqs(&log.read_after("r", after, ALL).unwrap()), expected, "after {after}");
    }
    for (before, expected) in [(0, &[][..]), (1, &[]), (2, &[1]), (3, &[1, 2]), (u64::MAX, &[1, 2])] {
        assert_eq!(seqs(&log.read_before("r", before, ALL).unwrap()), expected, "before {before}");
    }
}

fn prune(log: &dyn RoomLog) {
    let batch: Vec<_> = (1..=2500).map(|at| entry("r", "a", &at.to_string(), "")).collect();
    log.append(1000, &batch).unwrap();
    say(log, "s", "a", &["1"]);
    for (first, expected) in [(0, (1, 2500)), (2, (2, 2500)), (1, (2, 2500)), (2400, (2400, 2500))] {
        log.prune("r", first).unwrap();
        assert_eq!(bounds(log, "r"), expected, "pruned below {first}");
    }
    assert_eq!(log.read_after("r", 0, ALL).unwrap()[0].seq, 2400);
    assert_eq!(log.append(1000, &[entry("r", "a", "1", "1")]).unwrap(), [new(2501, 1000)]);
    log.prune("r", u64::MAX).unwrap();
    assert_eq!((bounds(log, "r"), bounds(log, "s")), ((2502, 2501), (1, 1)));
    assert_eq!(log.read_before("r", u64::MAX, ALL).unwrap(), []);
    assert_eq!(say(log, "r", "a", &["next"]), [new(2502, 1000)]);
}

/// More readers than the pool has connections, so that some of them wait for one.
fn readers_see_whole_batches(log: &dyn RoomLog) {
    const BATCHES: u64 = 40;
    thread::scope(|scope| {
        let writer = Arc::new(scope.spawn(|| {
            for batch in 0..BATCHES {
                let ids = [0, 1, 2].map(|at| (batch * 3 + at).to_string());
                say(log, "r", "a", &ids.each_ref().map(String::as_str));
                assert_eq!(bounds(log, "r").1, batch * 3 + 3, "a read after the append sees it");
            }
        }));
        for _ in 0..6 {
            let writer = Arc::clone(&writer);
            scope.spawn(move || {
                let mut seen = 0;
                // Looked at before each read, so that the last read sees all.
                let mut last = false;
                while !last {
                    last = writer.is_finished();
                    let entries = log.read_after("r", seen, ALL).unwrap();
                    assert!(entries.len().is_multiple_of(3), "a part of a batch was seen");
                    for entry in entries {
                        assert_eq!(entry.seq, seen + 1);
                        seen += 1;
                    }
                }
                assert_eq!(seen, BATCHES * 3);
            });
        }
    });
}

/// Appends one batch of a sender's entries, with the ids as bodies, at the time 1000.
fn say(log: &dyn RoomLog, room: &str, sender: &str, ids: &[&str]) -> Vec<Appended> {
    let batch: Vec<_> = ids.iter().map(|id| entry(room, sender, id, id)).collect();
    log.append(1000, &batch).unwrap()
}

fn bounds(log: &dyn RoomLog, room: &str) -> (u64, u64) {
    let state = log.state(room).unwrap();
    (state.first, state.head)
}

fn seqs(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}

fn new(seq: u64, time_ms: u64) -> Appended {
    Appended::New { seq, time_ms }
}

pub(crate) fn entry(room: &str, sender: &str, id: &str, body: &str) -> NewEntry {
    NewEntry {
        room: Arc::from(room),
        kind: Kind::Message,
        sender: Arc::from(sender),
        name: Arc::from("Ana"),
        id: Box::from(id),
        body: Box::from(body),
    }
}

fn act(id: &str) -> NewEntry {
    NewEntry { kind: Kind::Act, ..entry("r", "a", id, id) }
}

fn acts(log: &dyn RoomLog) {
    let batch = [entry("r", "a", "1", "x"), act("2"), entry("r", "a", "3", "x"), act("4"), act("5")];
    log.append(0, &batch).unwrap();
    log.append(0, &[NewEntry { room: "other".into(), ..act("6") }]).unwrap();
    assert_eq!(seqs(&log.read_acts_after("r", 0, ALL).unwrap()), [2, 4, 5]);
    assert_eq!(seqs(&log.read_acts_after("r", 2, Page { entries_max: 1, ..ALL }).unwrap()), [4]);
    assert_eq!(seqs(&log.read_acts_before("r", 5, Page { entries_max: 1, ..ALL }).unwrap()), [4]);
    assert_eq!(seqs(&log.read_acts_before("r", u64::MAX, ALL).unwrap()), [2, 4, 5]);
    assert_eq!(
        seqs(&log.read_after("r", 0, ALL).unwrap()),
        [1, 2, 3, 4, 5],
        "they are entries like all others"
    );
    assert!(log.read_acts_after("none", 0, ALL).unwrap().is_empty());
    let read = log.read_acts_after("r", 0, ALL).unwrap();
    assert_eq!(read[..1], log.read_after("r", 1, ALL).unwrap()[..1], "every field is there twice");
}

fn kept_acts(log: &dyn RoomLog) {
    log.append(0, &[entry("r", "a", "1", "x"), act("2"), entry("r", "a", "3", "y"), act("4")]).unwrap();
    assert_eq!(log.find("r", "a", "3").unwrap().map(|found| found.seq), Some(3));
    log.prune("r", 4).unwrap();
    assert_eq!(seqs(&log.read_acts_after("r", 0, ALL).unwrap()), [2, 4]);
    assert_eq!(seqs(&log.read_after("r", 0, ALL).unwrap()), [4], "the stream has no hole");
    for (sender, id) in [("a", "3"), ("b", "4"), ("a", "9")] {
        assert_eq!(log.find("r", sender, id).unwrap(), None, "{sender} {id}");
    }
    assert_eq!(log.find("r", "a", "4").unwrap().map(|found| found.kind), Some(Kind::Act));
    assert_eq!(log.find("none", "a", "4").unwrap(), None);
}
