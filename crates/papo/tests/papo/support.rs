//! What the tests stand on: a world with its own folders, programs whose output is awaited line by line, and a
//! running server. Nothing here sleeps; whatever is awaited has a deadline.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use papo_torture::leaks;
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

/// How long anything may take on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// Folders of its own, so that nothing of the person who runs the tests is read or written.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A path in this world.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with these arguments, and with nothing of the surroundings but the system's own variables.
    pub(crate) fn papo<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_papo"));
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("PAPO_")) {
            command.env_remove(name);
        }
        for (variable, folder) in
            [("HOME", "home"), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("APPDATA", "data")]
        {
            command.env(variable, self.path(folder));
        }
        // Whatever the machine speaks; a test of another language says so.
        command.env("PAPO_LANG", "en");
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// The program as one person: a name and a profile of their own.
    pub(crate) fn as_person(&self, profile: &str, name: &str, arguments: &[&str]) -> Command {
        let mut command = self.papo(arguments);
        command.env("PAPO_NAME", name).env("PAPO_PROFILE", self.path(profile));
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Running::start(self.papo(arguments)).end()
    }
}

/// A stream of lines that can be awaited.
struct Lines {
    name: &'static str,
    incoming: Receiver<String>,
    seen: Vec<String>,
    /// How many of those seen were handed out already.
    taken: usize,
}

impl Lines {
    fn of(name: &'static str, stream: impl Read + Send + 'static) -> Self {
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stream).lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { name, incoming: lines, seen: Vec::new(), taken: 0 }
    }

    /// The next line that has not been handed out; `None` at the end of the stream.
    fn next(&mut self, awaited: &str) -> Option<String> {
        if self.taken == self.seen.len() {
            match self.incoming.recv_timeout(DEADLINE) {
                Ok(line) => {
                    leaks::remember_invites(&line);
                    self.seen.push(line);
                }
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    panic!(
                        "{} brought nothing more while {awaited:?} was awaited: {:#?}",
                        self.name, self.seen
                    )
                }
            }
        }
        self.taken += 1;
        Some(self.seen[self.taken - 1].clone())
    }

    fn until(&mut self, awaited: &str) -> String {
        loop {
            match self.next(awaited) {
                Some(line) if line.contains(awaited) => return line,
                Some(_) => {}
                None => panic!("{} ended before {awaited:?}: {:#?}", self.name, self.seen),
            }
        }
    }

    fn rest(&mut self) -> String {
        while self.next("the end").is_some() {}
        self.seen.join("\n")
    }
}

/// A program that runs. It is killed if the test ends first. What it has written to its standard error is looked
/// through: nothing that is nobody else's business may stand there.
pub(crate) struct Running {
    child: Child,
    /// Of papo itself: what was started, for whoever reads of a failure, and where it keeps a key if it has one.
    papo: Option<(String, Option<PathBuf>)>,
    input: Option<ChildStdin>,
    out: Lines,
    err: Lines,
}

/// The program, to be run on a terminal of its own of so many columns. What is written to it is typed there, and
/// what the terminal shows, with what it is told to do, is the standard output.
#[cfg(unix)]
pub(crate) fn on_terminal(program: &Command, columns: u16) -> Command {
    const SPAWN: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
    let mut command = Command::new("python3");
    let set_size = format!("stty rows 24 cols {columns} && exec \"$0\" \"$@\"");
    command.args(["-c", SPAWN, "sh", "-c", &set_size]).arg(program.get_program()).args(program.get_args());
    command.env("TERM", "xterm-256color").env_remove("NO_COLOR");
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.current_dir(program.get_current_dir().unwrap_or(Path::new(".")));
    command
}

/// What a terminal shows that was told this: its rows, without colours, and without an end at the bottom.
#[cfg(unix)]
pub(crate) fn screen(told: &str, columns: usize) -> Vec<String> {
    let mut rows: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column, mut saved) = (0, 0, (0, 0));
    let mut told = told.chars();
    while let Some(c) = told.next() {
        match c {
            '\r' => column = 0,
            '\n' => (row, column) = (row + 1, 0),
            '\u{1b}' => match told.next() {
                Some('7') => saved = (row, column),
                Some('8') => (row, column) = saved,
                Some('[') => {
                    let mut number = String::new();
                    let end = told.by_ref().find(|c| {
                        number.extend(c.is_ascii_digit().then_some(*c));
                        c.is_ascii_alphabetic()
                    });
                    match end.expect("the sequence has an end") {
                        'm' => {}
                        'A' => row -= number.parse::<usize>().unwrap(),
                        'M' => {
                            let end = row + number.parse::<usize>().unwrap();
                            rows.drain(row..end.min(rows.len()));
                        }
                        other => panic!("the terminal does not know {other:?}"),
                    }
                }
                other => panic!("the terminal does not know {other:?}"),
            },
            c => {
                if column == columns {
                    (row, column) = (row + 1, 0);
                }
                rows.resize_with(rows.len().max(row + 1), Vec::new);
                let blank_len = rows[row].len().max(column + 1);
                rows[row].resize(blank_len, ' ');
                rows[row][column] = c;
                column += 1;
            }
        }
        rows.resize_with(rows.len().max(row + 1), Vec::new);
    }
    rows.into_iter().map(String::from_iter).collect()
}

/// A program that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Checks the exit code, and that the words hold each of these pieces.
    #[track_caller]
    pub(crate) fn check(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for piece in words {
            assert!(self.err.contains(piece), "{piece:?} is missing: {self:#?}");
        }
        assert!(!self.err.contains("panicked"), "{self:#?}");
    }
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = Lines::of("standard output", child.stdout.take().unwrap());
        let err = Lines::of("standard error", child.stderr.take().unwrap());
        let profile = || command.get_envs().find(|(name, _)| *name == "PAPO_PROFILE").and_then(|pair| pair.1);
        let papo = (command.get_program() == env!("CARGO_BIN_EXE_papo"))
            .then(|| (format!("{command:?}"), profile().map(PathBuf::from)));
        // A sentence among the arguments is a message.
        let words = command.get_args().map(OsStr::to_string_lossy);
        words.filter(|word| word.contains(' ')).for_each(|word| leaks::remember(&word));
        Self { input: child.stdin.take(), child, papo, out, err }
    }

    /// Writes a line to standard input.
    pub(crate) fn write(&mut self, line: &str) {
        self.press(&format!("{line}\n"));
    }

    /// Writes to standard input as it is, without an end of the line.
    pub(crate) fn press(&mut self, keys: &str) {
        // Commands, and words that the program may have as well, are nobody's secret.
        if keys.len() > 12 && !keys.starts_with('/') {
            leaks::remember(keys);
        }
        let input = self.input.as_mut().expect("the input is still open");
        input.write_all(keys.as_bytes()).and_then(|()| input.flush()).unwrap();
    }

    /// Awaits a line on standard output that holds this.
    #[track_caller]
    pub(crate) fn out(&mut self, awaited: &str) -> String {
        self.out.until(awaited)
    }

    /// Awaits a line on standard error that holds this.
    #[track_caller]
    pub(crate) fn err(&mut self, awaited: &str) -> String {
        self.err.until(awaited)
    }

    /// Asks the program to end, as Ctrl-C or a service manager does.
    pub(crate) fn interrupt(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Stops the program where it is: it does nothing more, and whoever is connected to it does not learn of that.
    pub(crate) fn freeze(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-STOP", &id]).status().unwrap().success());
        let start = Instant::now();
        let is_frozen = || {
            let state = Command::new("ps").args(["-o", "stat=", "-p", &id]).output().unwrap().stdout;
            state.starts_with(b"T")
        };
        while !is_frozen() {
            assert!(start.elapsed() < DEADLINE, "the program does not stop");
            thread::yield_now();
        }
    }

    /// Closes standard input and waits for the end.
    pub(crate) fn end(mut self) -> Ended {
        self.input = None;
        let (out, err) = (self.out.rest(), self.err.rest());
        let code = self.wait().code();
        Ended { code, out, err }
    }

    /// Looks through all that it has written to its standard error, once it has ended.
    fn look_through(&mut self) {
        let Some((shown, profile)) = &self.papo else { return };
        // Its end is the end of what it writes, unless it has started something that lives on.
        while let Ok(line) = self.err.incoming.recv_timeout(Duration::from_secs(5)) {
            self.err.seen.push(line);
        }
        let written = self.err.seen.join("\n");
        if let Some(profile) = profile {
            leaks::look_for_file(shown, &written, &profile.join("identity.key"));
        }
        // What a person asks for in a chat, such as an invite, is shown to them there.
        if !shown.contains("\"join\"") {
            leaks::look_through(shown, &written);
        }
    }

    fn wait(&mut self) -> std::process::ExitStatus {
        let start = Instant::now();
        loop {
            // Both outputs are closed, so it is as good as over.
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < DEADLINE, "the program closed its outputs and does not end");
            thread::yield_now();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !thread::panicking() {
            self.look_through();
        }
    }
}

/// A running `papo serve`.
pub(crate) struct Server {
    pub(crate) running: Running,
    pub(crate) invite: String,
    pub(crate) port: u16,
}

impl Server {
    /// A server on a free port, with its folder in this world.
    pub(crate) fn start(world: &World, options: &[&str]) -> Self {
        Self::start_on(world, 0, options)
    }

    pub(crate) fn start_on(world: &World, port: u16, options: &[&str]) -> Self {
        let (port, data) = (port.to_string(), world.path("server"));
        let mut command = world.papo(["serve", "-ip", "127.0.0.1", "-p", &port, "--data"]);
        command.arg(data).args(options);
        let mut running = Running::start(command);
        let invite = running.out("https://");
        let port = invite.split([':', '/']).nth(4).and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no port in {invite}"));
        running.err("Ctrl-C");
        Self { running, invite, port }
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The fingerprint in its invite.
    pub(crate) fn fingerprint(&self) -> &str {
        self.invite.rsplit('#').next().unwrap()
    }

    /// Stops it in order and checks that it says so.
    #[track_caller]
    pub(crate) fn stop(self) {
        self.stop_and_tell();
    }

    /// The same; returns everything that it has written.
    #[track_caller]
    pub(crate) fn stop_and_tell(self) -> Ended {
        self.running.interrupt();
        let ended = self.running.end();
        ended.check(0, &["The room is closed"]);
        ended
    }
}

/// A port where nothing listens, and nothing can as long as this is kept.
pub(crate) struct ClosedPort {
    pub(crate) port: u16,
    _bound: Socket,
}

impl ClosedPort {
    pub(crate) fn new() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let port = socket.local_addr().unwrap().as_socket().unwrap().port();
        Self { port, _bound: socket }
    }
}

/// A free port that the system gives to nobody by itself, so that a server can come back to it: below the range
/// that it takes ports from when somebody asks for any.
pub(crate) fn lasting_port() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 8000).unwrap();
    let next = || 20_000 + (first + TAKEN.fetch_add(1, Ordering::Relaxed)) % 10_000;
    std::iter::repeat_with(next).find(|&port| TcpListener::bind(("127.0.0.1", port)).is_ok()).unwrap()
}

/// A file's path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
