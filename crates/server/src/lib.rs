//! papo's server: it orders what is said in a room, keeps it in a log, and delivers it to everyone who is there.
//! What the messages mean is for clients; the server reads the envelope only.
//!
//! The life of a message, hop by hop, is told in `docs/ARCHITECTURE.md`. In short: a shard's
//! `event_loop` reads it from a socket, the `shard` checks it, the `writer` appends it with whatever else
//! has queued and feeds it to its `room`, and every shard with members there writes it to them.

mod access;
mod acme;
mod admin;
mod carrier;
pub mod certificate;
mod cluster;
mod config;
mod connection;
pub mod control;
mod desk;
mod elsewhere;
mod event_loop;
mod feed;
mod files;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod gate;
mod guard;
mod identity;
mod limits;
#[cfg(target_os = "linux")]
mod linux;
mod listener;
mod meter;
mod metrics;
pub mod operator;
mod outward;
mod presence;
mod reader;
mod reload;
mod room;
mod server;
mod shard;
#[cfg(test)]
mod simulation;
mod tags;
mod tls;
#[cfg(unix)]
mod unix;
mod web;
#[cfg(windows)]
mod windows;
mod words;
mod writer;

pub use access::Slow;
pub use acme::AcmeConfig;
pub use certificate::{Certificate, CertificateError, PemFiles};
pub use config::{Config, History};
pub use gate::{AccessRules, invite_id, new_invite_secret};
pub use limits::{Limits, Rate};
pub use listener::Stopper;
pub use outward::outward;
pub use reload::Reloader;
pub use server::{ServeError, Server};
