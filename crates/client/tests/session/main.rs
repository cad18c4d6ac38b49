//! The conversation with a server in virtual time: written-out exchanges (`exchanges.rs`, `refusals.rs`), the waiting times
//! and proofs that need more than a transcript (`times.rs`), and a faulty world made up by chance (`model.rs`).

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests, which clippy.toml allows for the tests themselves only"
)]

mod exchanges;
mod model;
mod refusals;
mod script;
mod times;

use papo_client::session::{Follow, SessionOptions};
use papo_proto::{Name, RoomName};

/// A guest called Ana on the way into the lobby.
fn options(follow: Follow) -> SessionOptions {
    SessionOptions {
        name: Name::parse("Ana").unwrap(),
        room: RoomName::default(),
        follow,
        agent: "test".to_owned(),
        identity: None,
        outbox: Vec::new(),
        invite: None,
        seed: 7,
    }
}
