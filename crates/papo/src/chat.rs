//! The three commands that visit a room: `join`, `send` and `tail`, and what they have in common. Not here:
//! the conversation with the server, which is the client library's business.

mod commands;
mod input;
pub(crate) mod join;
mod line;
mod link;
mod presence;
mod quotes;
pub(crate) mod send;
mod slowed;
mod style;
pub(crate) mod tail;
mod typed;
mod words;

pub(crate) use line::Clock;
pub(crate) use link::failure;
