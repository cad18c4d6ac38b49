//! The server from outside: real sockets, real TLS, the real log. Each file has one part of what the protocol
//! promises; each test names the invariant that it holds. Not here: what the server's core does in a simulated
//! world, and what papo's own client does.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

/// The tests run over lines; most of them run over WebSocket as well, in a program of their own.
const OVER_WEBSOCKET: bool = false;

#[path = "../common/mod.rs"]
mod common;

mod access;
mod bad_acts;
mod bad_inputs;
mod carrier;
mod join;
mod lifecycle;
#[cfg(target_os = "linux")]
mod memory;
mod messages;
mod metrics;
mod order;
mod presence;
mod rows;
mod slow;
mod starting;
mod web;
