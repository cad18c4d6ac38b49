//! A terminal in which one person types: what was typed and what the program printed, in the order in which it
//! happened. Not here: who types what, and how it is drawn.

use std::{
    env,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use crate::process;

/// How long anything may take that is awaited; a busy machine is slow.
const PATIENCE: Duration = Duration::from_mins(1);

/// After how long without a further line nothing more is expected.
const QUIET: Duration = Duration::from_millis(400);

/// One thing that can be seen in a terminal, a line or more wide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A command with its arguments, as a shell takes it.
    Command(String),
    /// What was typed while a program ran, without the end of the line.
    Typed(String),
    /// A line that a program printed, on either of its outputs.
    Printed(String),
    /// Our own words about what is not shown.
    Remark(String),
}

/// A terminal, with at most one program in it at a time.
pub(super) struct Terminal {
    program: PathBuf,
    folder: PathBuf,
    /// The name of the home folder: each person has a computer of their own, so to speak.
    home: &'static str,
    entries: Vec<Entry>,
    /// How many of the entries come before what is awaited next.
    awaited_len: usize,
    running: Option<Running>,
}

/// A program that runs. It is killed if it is dropped.
struct Running {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Terminal {
    /// An empty terminal that stands in `folder`, for `program` alone.
    pub(super) fn new(program: &Path, folder: &Path, home: &'static str) -> Self {
        Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            home,
            entries: Vec::new(),
            awaited_len: 0,
            running: None,
        }
    }

    /// Everything seen so far.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Starts the program with these arguments.
    pub(super) fn command(&mut self, arguments: &[&str]) -> Result<(), String> {
        let words: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        self.entries.push(Entry::Command(format!("papo {}", words.join(" "))));
        self.awaited_len = self.entries.len();
        let running = Running::start(self.environment().args(arguments));
        self.running = Some(running.map_err(|error| format!("papo could not be started: {error}"))?);
        Ok(())
    }

    /// Types a line to the program.
    pub(super) fn type_line(&mut self, line: &str) -> Result<(), String> {
        self.settle();
        self.entries.push(Entry::Typed(line.to_owned()));
        let input = self.running.as_mut().map(|running| &mut running.input);
        let input = input.ok_or("nothing runs that could be typed to")?;
        writeln!(input, "{line}").map_err(|error| format!("`{line}` could not be typed: {error}"))
    }

    /// Types Ctrl-C and waits for the program's end.
    pub(super) fn interrupt(&mut self) -> Result<(), String> {
        self.settle();
        self.entries.push(Entry::Typed("^C".to_owned()));
        let mut running = self.running.take().ok_or("nothing runs that could be interrupted")?;
        if cfg!(windows) {
            return Err("this needs `kill`, which Windows has not: run it on Linux or macOS".to_owned());
        }
        process::run(Command::new("kill").args(["-INT", &running.child.id().to_string()]))?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match running.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.entries.push(self.printed(&line)),
                // Both outputs are closed; all that is left is to be waited for.
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => return Err(self.lacks("its end")),
            }
        }
        let status = running.child.wait().map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(self.lacks(&format!("success, but ended with {status}"))) }
    }

    /// The next line that holds `text`.
    pub(super) fn wait_for(&mut self, text: &str) -> Result<String, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            while let Some(entry) = self.entries.get(self.awaited_len) {
                self.awaited_len += 1;
                if let Entry::Printed(line) = entry
                    && line.contains(text)
                {
                    return Ok(line.clone());
                }
            }
            if !self.take_line(deadline.saturating_duration_since(Instant::now())) {
                return Err(self.lacks(text));
            }
        }
    }

    /// Takes what the program prints until it has been quiet for a while.
    pub(super) fn settle(&mut self) {
        while self.take_line(QUIET) {}
    }

    /// Takes one line; false if none came in this time.
    fn take_line(&mut self, time: Duration) -> bool {
        let line = self.running.as_ref().and_then(|running| running.lines.recv_timeout(time).ok());
        let is_taken = line.is_some();
        self.entries.extend(line.map(|line| self.printed(&line)));
        is_taken
    }

    /// A line as everybody sees it. Where the folder lies is this machine's business; it stands for a home folder.
    fn printed(&self, line: &str) -> Entry {
        Entry::Printed(line.replace(&*self.folder.to_string_lossy(), "~"))
    }

    /// The program with nothing of the surroundings but the system's own variables.
    fn environment(&self) -> Command {
        let mut command = Command::new(&self.program);
        let names = env::vars_os().map(|(name, _)| name);
        for name in names.filter(|name| name.to_string_lossy().starts_with("PAPO_")) {
            command.env_remove(name);
        }
        for (variable, folder) in
            [("HOME", ""), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("APPDATA", "data")]
        {
            command.env(variable, self.folder.join(self.home).join(folder));
        }
        command.current_dir(&self.folder);
        command
    }

    fn lacks(&self, awaited: &str) -> String {
        format!("{awaited:?} was awaited and did not come: {:#?}", self.entries)
    }
}

impl Running {
    /// Both outputs go into one pipe, since what was printed first has to stand above.
    fn start(command: &mut Command) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        command.stdin(Stdio::piped()).stdout(writer.try_clone()?).stderr(writer);
        let spawned = command.spawn();
        // The command keeps our copies of the pipe's end, and as long as there are any it does not end.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = spawned?;
        let input = child.stdin.take().ok_or_else(|| io::Error::other("it has no standard input"))?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(reader).lines().map_while(Result::ok);
            lines.map(|line| sender.send(line)).take_while(Result::is_ok).for_each(drop);
        });
        Ok(Self { child, input, lines })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "-_./:=".contains(char);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{word}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_only_where_a_shell_would_read_it_otherwise() {
        for (word, expected) in
            [("--name", "--name"), ("Zoë", "Zoë"), ("room/server.crt", "room/server.crt"), ("a#b", "'a#b'")]
        {
            assert_eq!(quoted(word), expected);
        }
    }
}
