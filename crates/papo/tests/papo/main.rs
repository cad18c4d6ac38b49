//! Tests of the real binary, as people and scripts use it: command line, exit codes, conversations, raw clients.

// Said once more, for the lints: helpers of tests may panic as tests do.
#![cfg(test)]

mod access;
mod chat;
mod cli;
#[cfg(target_os = "linux")]
mod clock;
mod errors;
mod health;
mod http;
mod key;
mod language;
mod pair;
mod pointing;
mod raw;
mod support;
#[cfg(unix)]
mod terminal;
