//! The tests of the log, as one program: it also plays the child that some of them kill.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that meets the unexpected should fail at that place, and say what it was doing"
)]

mod appender;
mod conformance;
#[cfg(target_os = "linux")]
mod encrypted;
mod faults;
mod folder;
mod kill;
mod migration;
mod model;
mod seed;
#[cfg(target_os = "linux")]
mod starved;
