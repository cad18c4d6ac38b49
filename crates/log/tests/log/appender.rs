//! A child process that appends and says what was acknowledged, and the checks of what it leaves behind.

use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child as Process, ChildStdout, Command, Stdio};

use papo_log::{Appended, Durability, LogError, Page, RoomLog, SqliteLog};
use rusqlite::Connection;

use crate::conformance::entry;
use crate::folder::Folder;

/// The path of the log; its presence makes `appends_and_acknowledges` the child.
const PATH: &str = "PAPO_LOG_TEST_PATH";
/// The bytes of each body, the entries of each batch, and the durability (`disk` or `os`).
const BODY_BYTES: &str = "PAPO_LOG_TEST_BODY_BYTES";
const BATCH_LEN: &str = "PAPO_LOG_TEST_BATCH_LEN";
const DURABILITY: &str = "PAPO_LOG_TEST_DURABILITY";
/// How many batches the child tries to append.
const BATCHES: &str = "PAPO_LOG_TEST_BATCHES";

const ROOM: &str = "lobby";

/// Invariant: acknowledged numbers rise by one. In a child, its parent checks that and much more.
#[test]
fn appends_and_acknowledges() {
    if let Some(path) = env::var_os(PATH) {
        // Not `println!`, which the test harness may hold back.
        return append(Path::new(&path), &mut io::stdout()).unwrap();
    }
    let folder = Folder::new();
    let mut output = Vec::new();
    append(&folder.log(), &mut output).unwrap();
    let lines = String::from_utf8(output).unwrap();
    let seqs: Vec<_> = lines.lines().filter_map(Acknowledged::parse).map(|ack| ack.seq).collect();
    assert_eq!(seqs, (1..=50).collect::<Vec<_>>());
}

/// Appends batches and writes a line for each entry: `ack ID SEQ`, or `failed` or `full` and the words.
/// It keeps trying whatever happens, as clients would.
fn append(path: &Path, output: &mut impl Write) -> io::Result<()> {
    let number = |name, default| env::var(name).map_or(default, |text| text.parse().unwrap());
    let durability =
        if env::var(DURABILITY).is_ok_and(|text| text == "os") { Durability::Os } else { Durability::Disk };
    let log = match SqliteLog::open(path, durability) {
        Ok(log) => log,
        Err(error) => return writeln!(output, "\nrefused {error}"),
    };
    writeln!(output, "\nopen")?;
    let body = "x".repeat(number(BODY_BYTES, 100));
    let mut next = log.state(ROOM).unwrap().head;
    for _ in 0..number(BATCHES, 50) {
        let ids: Vec<_> = (0..number(BATCH_LEN, 1) as u64).map(|at| (next + at).to_string()).collect();
        let batch: Vec<_> = ids.iter().map(|id| entry(ROOM, "a", id, &body)).collect();
        match log.append(0, &batch) {
            Ok(appended) => {
                next += appended.len() as u64;
                for (id, appended) in ids.iter().zip(appended) {
                    let Appended::New { seq, .. } = appended else { panic!("{id}: {appended:?}") };
                    writeln!(output, "ack {id} {seq}")?;
                }
            }
            Err(error @ LogError::DiskFull { .. }) => writeln!(output, "full {error}")?,
            Err(error) => writeln!(output, "failed {error}")?,
        }
        output.flush()?;
    }
    // A reader that works after all that: the count of what is there.
    let page = Page { entries_max: usize::MAX, bytes_max: usize::MAX };
    writeln!(output, "read {}", log.read_after(ROOM, 0, page).unwrap().len())
}

/// The child, as its parent sees it.
pub(crate) struct Child {
    process: Process,
    output: BufReader<ChildStdout>,
}

impl Child {
    /// Starts the child on a log, with some of the settings above.
    pub(crate) fn spawn(path: &Path, settings: &[(&str, String)]) -> Self {
        Self::spawn_under(&[], path, settings).unwrap()
    }

    /// Starts the child with another program in front, such as `strace` and its arguments.
    pub(crate) fn spawn_under(
        front: &[&OsStr],
        path: &Path,
        settings: &[(&str, String)],
    ) -> io::Result<Self> {
        let this_program = env::current_exe()?;
        let mut words = front.iter().copied().chain([this_program.as_os_str()]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args(["--exact", "appender::appends_and_acknowledges", "--nocapture"]);
        command.env(PATH, path).stdin(Stdio::null()).stdout(Stdio::piped());
        for (name, value) in settings {
            command.env(format!("PAPO_LOG_TEST_{name}"), value);
        }
        let mut process = command.spawn()?;
        let output = BufReader::new(process.stdout.take().unwrap());
        Ok(Self { process, output })
    }

    /// Waits for the next line; `None` when the child has ended.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.output.read_line(&mut line).unwrap() > 0).then(|| line.trim_end().to_owned())
    }

    /// Waits for all lines that are left, and for the end.
    pub(crate) fn lines(mut self) -> Vec<String> {
        let lines = std::iter::from_fn(|| self.line()).collect();
        self.process.wait().unwrap();
        lines
    }

    /// Ends the child at once (`SIGKILL` on Unix) and returns what it had said until then.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.process.kill().unwrap();
        self.lines()
    }
}

/// An entry that the child was promised to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    pub(crate) id: String,
    pub(crate) seq: u64,
}

impl Acknowledged {
    /// Reads a whole line of the child. A line that a kill has cut off counts only if it is whole; its
    /// number may then be too short, which no number that fits its id is.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("ack ")?.split(' ');
        let (id, seq) = (words.next()?.to_owned(), words.next()?.parse().ok()?);
        (id.parse::<u64>().ok()? + 1 == seq).then_some(Self { id, seq })
    }
}

/// Checks that a log holds all that was acknowledged, without gaps, and takes no id a second time.
pub(crate) fn check_nothing_lost(path: &Path, body_bytes: usize, acknowledged: &[Acknowledged]) {
    let log = SqliteLog::open(path, Durability::Disk).unwrap();
    let journal = std::fs::metadata(path.with_extension("db-wal")).unwrap();
    assert_eq!(journal.len(), 0, "what a crash left is in the main file before anybody is shown it");
    let page = Page { entries_max: usize::MAX, bytes_max: usize::MAX };
    let entries = log.read_after(ROOM, 0, page).unwrap();
    let state = log.state(ROOM).unwrap();
    assert_eq!((state.first, state.head), (1, entries.len() as u64));
    for (at, entry) in entries.iter().enumerate() {
        assert_eq!((entry.seq, entry.body.len()), (at as u64 + 1, body_bytes));
    }
    let body = "x".repeat(body_bytes);
    for ack in acknowledged {
        let stored =
            entries.get(usize::try_from(ack.seq).unwrap() - 1).expect("an acknowledged entry is lost");
        assert_eq!(*stored.id, *ack.id);
        let again = log.append(0, &[entry(ROOM, "a", &ack.id, &body)]).unwrap();
        assert_eq!(again, [Appended::Repeated(stored.clone())]);
    }
    drop(log);
    check_integrity(path);
}

/// Asks the database itself, apart from the log, whether all of the file is sound.
pub(crate) fn check_integrity(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}
