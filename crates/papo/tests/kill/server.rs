//! The real program as a server: started, killed, stopped in order, and its log read by a program that is not
//! ours.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use papo_proto::Invite;
use papo_torture::history::Entry;
use papo_torture::leaks;
use tempfile::TempDir;

use crate::random::fresh_number;

/// How long anything may take on a busy machine before the test counts as broken.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The log's file; beside it is what is not yet in it while a server has it open or was killed.
const LOG_FILE: &str = "log.db";

/// Every message, one on a line; the fields, which hold no tabs, with tabs between them.
const EVERYTHING: &str = "
    SELECT entry.seq, entry.time_ms, sender.member, entry.name, entry.id, json_extract(entry.body, '$.text')
    FROM entry LEFT JOIN sender ON sender.key = entry.sender
    ORDER BY entry.room, entry.seq";

/// Where the server keeps its things and where it listens, over all its runs.
pub(crate) struct Place {
    folder: TempDir,
    port: u16,
    /// What is said to the server beyond the usual.
    options: Vec<String>,
    /// Its limits.
    limits: String,
}

/// A running server. It is killed if the test ends first.
pub(crate) struct Server {
    child: Child,
    /// Whether the child is another program, which has started the server.
    is_under: bool,
    /// The lines of its standard output, which ends when it ends.
    output: Receiver<String>,
    pub(crate) invite: Invite,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            port: lasting_port(),
            options: Vec::new(),
            limits: "off".to_owned(),
        }
    }

    /// A server that shares this log with others; they have the key of the first.
    #[cfg(target_os = "linux")]
    pub(crate) fn sharing(log: &str, first: Option<&Self>) -> Self {
        let mut options = vec!["--log".to_owned(), log.to_owned()];
        if let Some(first) = first {
            for (option, file) in [("--cert", "server.crt"), ("--key", "server.key")] {
                options.extend([option.to_owned(), first.data().join(file).display().to_string()]);
            }
        }
        let mut place = Self::new();
        place.options = options;
        place
    }

    /// The server names these as having the same rooms.
    #[cfg(target_os = "linux")]
    pub(crate) fn name_others(&mut self, others: &[SocketAddr]) {
        let others: Vec<String> = others.iter().map(SocketAddr::to_string).collect();
        self.options.extend(["--also".to_owned(), others.join(",")]);
    }

    /// The server has these limits, and not none.
    #[cfg(target_os = "linux")]
    pub(crate) fn limit(&mut self, limits: &str) {
        limits.clone_into(&mut self.limits);
    }

    /// A path beside the server's own folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("server")
    }

    /// What the server has written into its diary in all its runs, for a person who looks at a failure.
    pub(crate) fn diary(&self) -> String {
        fs::read_to_string(self.path("server.diary")).unwrap_or_default()
    }

    /// Starts the server, again and again as long as its port is taken: by the connections of its last run,
    /// or by another program that was given it for a moment.
    pub(crate) fn start(&self) -> Server {
        self.start_under(&[])
    }

    /// The same with another program in front, such as `strace` and its arguments.
    pub(crate) fn start_under(&self, front: &[String]) -> Server {
        let start = Instant::now();
        loop {
            let mut child = self.command(front).spawn().unwrap();
            let output = lines_of(&mut child);
            match output.recv_timeout(PATIENCE) {
                Ok(line) => {
                    leaks::remember_invites(&line);
                    let invite = line.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
                    return Server { child, is_under: !front.is_empty(), output, invite };
                }
                Err(cause) => {
                    // It has ended, or says nothing and has to.
                    let _ = child.kill();
                    let status = child.wait().unwrap();
                    let diary = self.diary();
                    let taken = diary.trim_end().lines().last().is_some_and(|line| line.contains("is taken"));
                    let again = cause == RecvTimeoutError::Disconnected && taken;
                    assert!(again && start.elapsed() < PATIENCE, "no start: {cause}, {status}\n{diary}");
                }
            }
        }
    }

    /// Runs the server with another program in front to its end. Returns its exit code.
    pub(crate) fn run_under(&self, front: &[String]) -> Option<i32> {
        self.command(front).status().unwrap().code()
    }

    fn command(&self, front: &[String]) -> Command {
        let papo = [env!("CARGO_BIN_EXE_papo").to_owned()];
        let mut words = front.iter().chain(&papo);
        let mut command = Command::new(words.next().unwrap());
        command.args(words);
        let names = std::env::vars_os().map(|(name, _)| name);
        for name in names.filter(|name| name.to_string_lossy().starts_with("PAPO_")) {
            command.env_remove(name);
        }
        let diary = File::options().create(true).append(true).open(self.path("server.diary")).unwrap();
        command
            .args(["serve", &format!("127.0.0.1:{}", self.port), "--limits", &self.limits, "--data"])
            .arg(self.data())
            .args(&self.options)
            .env("PAPO_LANG", "en")
            .env("HOME", self.path("home"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(diary);
        command
    }

    /// Reads the whole log with the `sqlite3` program, from a copy: looking must not repair what the server
    /// itself has to repair when it starts again. The server must not be running.
    pub(crate) fn read_log(&self) -> Vec<Entry> {
        self.read_file(LOG_FILE)
    }

    /// The same with another file than the usual one.
    pub(crate) fn read_file(&self, name: &str) -> Vec<Entry> {
        let copy = tempfile::tempdir_in(self.folder.path()).unwrap();
        // A third one, `log.db-shm`, is made anew from these two.
        for name in [name.to_owned(), format!("{name}-wal")] {
            let from = self.data().join(&name);
            if from.exists() {
                fs::copy(from, copy.path().join(name)).unwrap();
            }
        }
        let database = copy.path().join(name);
        assert_eq!(query(&database, "PRAGMA integrity_check"), "ok\n");
        let log: Vec<Entry> = query(&database, EVERYTHING).lines().map(entry).collect();
        let rooms = query(&database, "SELECT first, head FROM room");
        let expected = if rooms.is_empty() { String::new() } else { format!("1\t{}\n", log.len()) };
        assert_eq!(rooms, expected, "what the log says of its only room");
        log
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !thread::panicking() {
            let diary = self.diary();
            leaks::look_for_file("the server's diary", &diary, &self.data().join("server.key"));
            leaks::look_through("the server's diary", &diary);
        }
    }
}

impl Server {
    /// Ends it without a warning: SIGKILL.
    pub(crate) fn kill(mut self) {
        self.signal("-KILL");
        self.child.wait().unwrap();
    }

    /// The number of the server's process.
    pub(crate) fn program_id(&self) -> u32 {
        let id = self.child.id();
        if !self.is_under {
            return id;
        }
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        children.split_whitespace().next().expect("it has started the server").parse().unwrap()
    }

    fn signal(&self, signal: &str) {
        let id = self.program_id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Asks it to end, as a service manager does.
    pub(crate) fn ask_to_stop(&self) {
        self.signal("-TERM");
    }

    /// Waits until it has ended, and returns its exit code.
    pub(crate) fn wait(mut self) -> Option<i32> {
        // The output ends with the program, and unlike the end itself it can be awaited for a limited time.
        loop {
            match self.output.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the server does not end"),
            }
        }
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already. What is in front of it would let it live on.
        if self.is_under && matches!(self.child.try_wait(), Ok(None)) {
            self.signal("-KILL");
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(child: &mut Child) -> Receiver<String> {
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = channel();
    thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    lines
}

/// A free port below the range from which the system gives ports by itself. From within it, a client that knocks
/// while no server runs could be given the very port that it knocks at, and would be connected to itself.
fn lasting_port() -> u16 {
    let any = || 20_000 + u16::try_from(fresh_number() % 10_000).unwrap();
    std::iter::repeat_with(any).find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()).unwrap()
}

fn query(database: &Path, sql: &str) -> String {
    let ran =
        Command::new("sqlite3").args(["-bail", "-batch", "-separator", "\t"]).arg(database).arg(sql).output();
    let ran = ran.expect("the program sqlite3 is needed to read the log: install it");
    assert!(ran.status.success(), "{sql}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

pub(crate) fn entry(line: &str) -> Entry {
    let fields: Vec<&str> = line.split('\t').collect();
    let [seq, time_ms, sender, name, id, text] = fields[..] else { panic!("not an entry: {line}") };
    let [sender, name, id, text] = [sender, name, id, text].map(str::to_owned);
    Entry { seq: seq.parse().unwrap(), time_ms: time_ms.parse().unwrap(), sender, name, id, text }
}
