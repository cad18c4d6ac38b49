//! The durable room log: what was said in each room, in order, for as long as it is kept.
//!
//! A room is a sequence of entries numbered 1, 2, 3 … without gaps. An entry exists once
//! [`RoomLog::append`] has returned it, and from then on it survives whatever the log's
//! [`Durability`] covers. All implementations obey the same rules and the same tests:
//! [`SqliteLog`] keeps one file, [`MemoryLog`] keeps a bounded tail and nothing on disk, and [`PostgresLog`] and
//! [`NatsLog`] are shared by several servers.
//!
//! This crate knows no sockets, no clock and no message format: bodies are opaque text, and the
//! time comes in with each call. It is not the queue in front of the log either: callers gather
//! what waits and append it as one batch, which is one commit. Every call may block on the disk,
//! so an event loop calls from a thread of its own.

mod bus;
mod engine;
mod entry;
mod error;
mod memory;
mod nats;
mod postgres;
mod room_log;
mod shared;
mod sqlite;
mod url;

pub use bus::NOTES_WAITING_MAX;
pub use entry::{Appended, Entry, Epoch, Kind, NewEntry, Page, RoomState};
pub use error::LogError;
pub use memory::{MemoryLimits, MemoryLog};
pub use nats::NatsLog;
pub use postgres::PostgresLog;
pub use room_log::RoomLog;
pub use shared::{NOTE_BYTES_MAX, News, Shared};
pub use sqlite::{Durability, Options, SqliteLog};
pub use url::{EngineKind, EngineUrl, EngineUrlError};

/// Opens the log that servers share at this address. What an engine needs on this server's own disk is kept in `folder`.
pub fn open_shared(
    url: &EngineUrl,
    folder: &std::path::Path,
) -> Result<std::sync::Arc<dyn RoomLog>, LogError> {
    Ok(match url.kind() {
        EngineKind::Postgres => std::sync::Arc::new(PostgresLog::open(url)?),
        EngineKind::Nats => std::sync::Arc::new(NatsLog::open(url, folder)?),
    })
}
