//! The real window on a screen in memory, driven by the keyboard as a person drives it, against the real server and
//! a real terminal client. What it shows is read as a screen reader reads it. On Linux alone: elsewhere screens and
//! screen readers are other ones.

// The first is said once more, for the lints: helpers of tests may panic as tests do.
#![cfg(test)]
#![cfg(all(target_os = "linux", feature = "desktop"))]

mod ears;
mod hands;
mod keyboard;
mod pair;
mod talk;

#[path = "../papo/support.rs"]
#[allow(dead_code, reason = "this crate of tests needs only a part of what they all stand on")]
mod support;

use std::process::Command;

use ears::Ears;
use hands::Hands;
use support::{Running, World};

/// A program that these tests start.
fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    // As the machine's own language and folders have it, nothing would be the same everywhere.
    command.env("LC_ALL", "C.UTF-8");
    command
}

/// Says what to do where a program is not there.
#[track_caller]
fn need(name: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    assert!(
        is_there,
        "{name} is not there, and these tests need it: run `cargo xtask test`, which gets it, or on Debian \
         apt-get install xvfb xdotool dbus at-spi2-core libgl1-mesa-dri"
    );
}

/// Starts one of them.
#[track_caller]
fn start(command: Command) -> Running {
    need(&command.get_program().to_string_lossy());
    Running::start(command)
}

/// A computer with a screen and a screen reader.
struct Computer {
    world: World,
    hands: Hands,
    ears: Ears,
}

impl Computer {
    fn new() -> Self {
        let world = World::new();
        let (hands, ears) = (Hands::new(), Ears::new(&world));
        Self { world, hands, ears }
    }

    /// Opens the window of one person, and gives it the keyboard.
    fn window(&self, arguments: &[&str]) -> Running {
        let mut command = self.world.as_person("clara", "Clara", &["desktop"]);
        command.args(arguments);
        self.hands.show(&mut command);
        self.ears.listen_to(&mut command);
        let window = Running::start(command);
        self.hands.focus();
        window
    }
}
