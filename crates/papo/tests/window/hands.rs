//! A screen in memory, and a keyboard for what is on it. Not here: what is to be seen there.

use std::process::Command;

use super::support::Running;
use super::{need, program, start};

/// How long anything may take on a busy machine, in seconds; `timeout` counts it.
const DEADLINE_S: &str = "60";

/// A screen with a keyboard.
pub(crate) struct Hands {
    display: String,
    _screen: Running,
}

impl Hands {
    pub(crate) fn new() -> Self {
        need("xdotool");
        let mut command = program("Xvfb");
        // It takes a number that is free and says which.
        command.args(["-displayfd", "1", "-noreset", "-screen", "0", "1200x800x24"]);
        let mut screen = start(command);
        let number = screen.out("");
        Self { display: format!(":{}", number.trim()), _screen: screen }
    }

    /// Lets a program show itself here.
    pub(crate) fn show(&self, command: &mut Command) {
        command.env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY");
        // Whatever graphics card there is: none is shared by two tests.
        command.env("LIBGL_ALWAYS_SOFTWARE", "1");
    }

    /// Waits for a window, and gives it the keyboard; there is no window manager that would.
    pub(crate) fn focus(&self) {
        self.act(&["search", "--sync", "--onlyvisible", "--name", "papo", "windowfocus", "--sync", "%@"]);
    }

    /// Presses a key, such as `ctrl+q` or `Tab`.
    pub(crate) fn press(&self, key: &str) {
        self.act(&["key", "--clearmodifiers", key]);
    }

    /// Types a text of plain letters.
    pub(crate) fn write(&self, text: &str) {
        self.act(&["type", "--clearmodifiers", "--delay", "2", text]);
    }

    fn act(&self, words: &[&str]) {
        let mut command = program("timeout");
        self.show(&mut command);
        command.args([DEADLINE_S, "xdotool"]).args(words);
        let output = command.output().unwrap();
        assert!(output.status.success(), "xdotool {words:?}: {output:?}");
    }
}
