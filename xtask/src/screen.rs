//! A screen in memory and a window on it: for the tasks that open the real window. Not here: what is done in it.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::process;

/// How often a window is looked for and looked at, a second apart, before it is given up.
pub(crate) const LOOKS_MAX: usize = 40;

/// A screen in memory.
pub(crate) struct Screen {
    display: String,
    _server: Running,
}

impl Screen {
    /// Starts it, under a number that is free.
    pub(crate) fn open() -> Result<Self, String> {
        let mut command = Command::new("Xvfb");
        // It takes a number that is free and says which.
        command.args(["-displayfd", "1", "-noreset", "-screen", "0", "1700x1100x24"]);
        let mut server = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
        let output = server.0.stdout.take().ok_or("Xvfb has no output")?;
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number).map_err(|error| error.to_string())?;
        Ok(Self { display: format!(":{}", number.trim()), _server: server })
    }

    /// A program that will show itself on this screen.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY");
        command
    }

    /// Runs `xdotool` with these arguments, and returns what it prints.
    pub(crate) fn tool(&self, arguments: &[&str]) -> Result<String, String> {
        process::read(self.command(Path::new("xdotool")).args(arguments))
    }

    /// The window with this title, once there is one.
    pub(crate) fn find(&self, title: &str) -> Result<String, String> {
        for _ in 0..LOOKS_MAX {
            let found = self.tool(&["search", "--onlyvisible", "--name", title]).unwrap_or_default();
            if let Some(id) = found.lines().next_back() {
                return Ok(id.to_owned());
            }
            self.tool(&["sleep", "1"])?;
        }
        Err(format!("no window with the title {title} came"))
    }
}

/// A program that is ended when it is dropped.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Starts a program.
    pub(crate) fn start(command: &mut Command) -> Result<Self, String> {
        let shown = process::shown(command);
        command.spawn().map(Self).map_err(|error| format!("`{shown}` could not be started: {error}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
