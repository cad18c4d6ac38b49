//! The same tests as in `server`, word for word, over the other carrier: a WebSocket is a member's connection like
//! any other, with the same promises and the same limits. Not here: what is said of lines alone.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

/// Every client of these tests comes in by an upgrade.
const OVER_WEBSOCKET: bool = true;

#[path = "../common/mod.rs"]
mod common;

#[path = "../server/bad_acts.rs"]
mod bad_acts;
#[path = "../server/bad_inputs.rs"]
mod bad_inputs;
mod frames;
#[path = "../server/join.rs"]
mod join;
#[path = "../server/lifecycle.rs"]
mod lifecycle;
#[path = "../server/messages.rs"]
mod messages;
#[path = "../server/order.rs"]
mod order;
#[path = "../server/presence.rs"]
mod presence;
#[path = "../server/rows.rs"]
mod rows;
#[path = "../server/slow.rs"]
mod slow;
