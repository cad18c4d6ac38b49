//! A log that cannot be right is refused by name, and a full one recovers. `starved.rs` has the
//! faults that only a failing system call can make.

use std::fs;
use std::path::Path;

use papo_log::{Appended, Durability, LogError, Options, Page, RoomLog, SqliteLog};
use rusqlite::Connection;

use crate::appender;
use crate::conformance::entry;
use crate::folder::Folder;

const ALL: Page = Page { entries_max: usize::MAX, bytes_max: usize::MAX };

/// Invariant: a full log stores nothing of the batch, loses nothing, is read as before, and stores again
/// in the same process once there is space.
#[test]
fn a_full_log_keeps_what_it_has_and_recovers() {
    let folder = Folder::new();
    let options = Options { durability: Durability::Disk, bytes_max: Some(200_000) };
    let log = SqliteLog::open_with(&folder.log(), options).unwrap();
    let body = "x".repeat(5000);
    let two = |at: usize| [0, 1].map(|part| entry("r", "a", &format!("{at}-{part}"), &body));
    let refused = (0..100).find_map(|at| log.append(0, &two(at)).err().map(|error| (at, error)));
    let (stored, full) = refused.expect("the log was full");
    assert!(matches!(&full, LogError::DiskFull { .. }), "{full}");
    assert!((5..50).contains(&stored), "{stored} batches of 10 kB fitted into 200 kB");
    assert!(matches!(
        log.append(0, &[entry("s", "a", "1", &body.repeat(9))]),
        Err(LogError::DiskFull { .. })
    ));
    assert_eq!(log.state("s").unwrap().head, 0);
    assert_eq!(log.read_after("r", 0, ALL).unwrap().len(), stored * 2);
    log.prune("r", 5).unwrap();
    let again = log.append(0, &[entry("r", "a", "again", &body)]).unwrap();
    assert!(matches!(again[0], Appended::New { seq, .. } if seq == stored as u64 * 2 + 1));
    drop(log);
    appender::check_integrity(&folder.log());
}

/// What a row does to the intact log at a path.
type Change<'a> = &'a dyn Fn(&Path);

/// Invariant: a file that is no intact log of this program is refused by name and is left as it was.
#[test]
fn files_that_are_no_log_are_refused_and_left_alone() {
    let random: Vec<u8> = (1..5000_u32).flat_map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    let rows: [(&str, &str, Change<'_>); 9] = [
        ("nothing in it", "too short", &|path| fs::write(path, "").unwrap()),
        ("a few bytes", "too short", &|path| fs::write(path, "oi").unwrap()),
        ("random bytes", "not a database", &|path| fs::write(path, &random).unwrap()),
        ("cut in the middle", "malformed", &|path| {
            let half = fs::metadata(path).unwrap().len() / 2;
            fs::File::options().write(true).open(path).unwrap().set_len(half / 4096 * 4096).unwrap();
        }),
        ("a page overwritten", "", &|path| {
            let mut bytes = fs::read(path).unwrap();
            let page = bytes.len() / 4096 / 2 * 4096;
            bytes[page..page + 4096].copy_from_slice(&random[..4096]);
            fs::write(path, bytes).unwrap();
        }),
        ("a table gone", "no such table", &|path| run(path, "DROP TABLE sender")),
        ("a newer format", "newer papo", &|path| run(path, "PRAGMA user_version = 4")),
        ("another program's", "another program's", &|path| run(path, "PRAGMA application_id = 17")),
        ("only its journal left", "the file is gone", &|path| {
            fs::rename(path, path.with_extension("db-wal")).unwrap();
        }),
    ];
    for (name, expected, change) in rows {
        println!("{name}");
        let folder = Folder::new();
        fill(&folder.log());
        change(&folder.log());
        let before = fs::read(folder.log()).ok();
        let error = SqliteLog::open(&folder.log(), Durability::Disk).err().unwrap();
        println!("  {error}");
        assert!(error.to_string().contains(expected), "{name}: {error}");
        let right_kind = match name {
            "a newer format" => matches!(error, LogError::Newer { found: 4, known: 3, .. }),
            "another program's" => matches!(error, LogError::Foreign { .. }),
            _ => matches!(error, LogError::Corrupt { .. }),
        };
        assert!(right_kind, "{name}: {error:?}");
        assert_eq!(before, fs::read(folder.log()).ok(), "{name}: the file was changed");
    }
}

/// Invariant: a place where no log can be is refused by name, and nothing is left there.
#[test]
fn places_that_cannot_hold_a_log_are_refused() {
    let folder = Folder::new();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let error = |path: &Path| SqliteLog::open(path, Durability::Disk).err().unwrap();
    let missing = error(&folder.path().join("missing").join("papo.db"));
    assert!(matches!(missing, LogError::NoFolder { .. }), "{missing}");
    let within_file = error(&file.join("papo.db"));
    assert!(matches!(within_file, LogError::NoFolder { .. }), "{within_file}");
    let a_folder = error(folder.path());
    assert!(matches!(a_folder, LogError::NotAFile { .. }), "{a_folder}");
    let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.pop().unwrap().unwrap().path(), file);
    assert!(left.is_empty(), "{left:?}");
}

/// Invariant: where files may not be made, the cause is named. `/sys` refuses everyone, also root.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_written_is_refused() {
    let error = SqliteLog::open(Path::new("/sys/papo.db"), Durability::Disk).err().unwrap();
    assert!(matches!(error, LogError::NotWritable { .. }), "{error}");
    assert!(error.to_string().contains("right to write"), "{error}");
}

/// Invariant: one log at a time has a file, in this process and among all; closing gives it back.
#[test]
fn a_second_log_on_the_same_file_is_refused() {
    let folder = Folder::new();
    let log = SqliteLog::open(&folder.log(), Durability::Disk).unwrap();
    let error = SqliteLog::open(&folder.log(), Durability::Disk).err().unwrap();
    assert!(matches!(error, LogError::InUse { .. }), "{error}");
    let lines = appender::Child::spawn(&folder.log(), &[]).lines();
    assert!(lines.iter().any(|line| line.starts_with("refused ") && line.contains("another program")));
    log.append(0, &[entry("r", "a", "1", "")]).unwrap();
    drop(log);
    assert_eq!(SqliteLog::open(&folder.log(), Durability::Disk).unwrap().state("r").unwrap().head, 1);
}

/// Invariant: what damage a running log meets is named, and it does not write over it.
#[test]
fn damage_met_while_running_is_named() {
    let folder = Folder::new();
    fill(&folder.log());
    run(&folder.log(), "PRAGMA writable_schema = 1; UPDATE entry SET seq = seq + 1000 WHERE seq = 40");
    run(&folder.log(), "UPDATE room SET head = 39");
    let log = SqliteLog::open(&folder.log(), Durability::Disk).unwrap();
    log.append(0, &[entry("r", "a", "new", "")]).unwrap();
    run(&folder.log(), "UPDATE entry SET seq = 41 WHERE seq = 1040");
    let error = log.append(0, &[entry("r", "a", "newer", "")]).unwrap_err();
    assert!(matches!(error, LogError::Corrupt { .. }), "{error}");
    let later = log.append(0, &[entry("s", "a", "1", "")]).unwrap_err();
    assert!(matches!(&later, LogError::Failed { cause, .. } if cause.contains("UNIQUE")), "{later}");
    assert_eq!(log.read_after("r", 39, ALL).unwrap().len(), 2, "reads go on");
}

/// Invariant: a start that was cut short while making the file leaves nothing that stops the next one.
#[test]
fn half_made_files_are_made_anew() {
    let folder = Folder::new();
    fs::write(folder.path().join("papo.db.new"), "half").unwrap();
    fs::write(folder.path().join("papo.db.new-journal"), "half").unwrap();
    let log = SqliteLog::open(&folder.log(), Durability::Disk).unwrap();
    assert_eq!(log.state("r").unwrap().head, 0);
    assert!(!folder.path().join("papo.db.new").exists());
}

/// Invariant: nobody but their owner may read the files.
#[cfg(unix)]
#[test]
fn new_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let log = SqliteLog::open(&folder.log(), Durability::Disk).unwrap();
    log.append(0, &[entry("r", "a", "1", "")]).unwrap();
    let mut names = Vec::new();
    for file in fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["papo.db", "papo.db-shm", "papo.db-wal", "papo.db.lock"]);
}

/// Makes a log of some 60 pages and closes it.
fn fill(path: &Path) {
    let log = SqliteLog::open(path, Durability::Os).unwrap();
    let batch: Vec<_> = (0..40).map(|at| entry("r", "a", &at.to_string(), &"x".repeat(5000))).collect();
    log.append(0, &batch).unwrap();
}

/// Runs a statement on the file as another program would.
fn run(path: &Path, statements: &str) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(statements).unwrap();
}
