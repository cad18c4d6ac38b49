//! The durable room log: what was said in each room, in order, for as long as it is kept.
//!
//! A room is a sequence of entries numbered 1, 2, 3 … without gaps. An entry exists once
//! [`RoomLog::append`] has returned it, and from then on it survives whatever the log's
//! [`Durability`] covers. Two implementations obey the same rules and the same tests:
//! [`SqliteLog`] keeps one file, [`MemoryLog`] keeps a bounded tail and nothing on disk.
//!
//! This crate knows no sockets, no clock and no message format: bodies are opaque text, and the
//! time comes in with each call. It is not the queue in front of the log either: callers gather
//! what waits and append it as one batch, which is one commit. Every call may block on the disk,
//! so an event loop calls from a thread of its own.

mod entry;
mod error;
mod memory;
mod room_log;
mod sqlite;

pub use entry::{Appended, Entry, Epoch, Kind, NewEntry, Page, RoomState};
pub use error::LogError;
pub use memory::{MemoryLimits, MemoryLog};
pub use room_log::RoomLog;
pub use sqlite::{Durability, Options, SqliteLog};
