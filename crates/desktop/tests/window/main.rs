//! The window without a display: what stands on it is found by role and name, as a screen reader finds it, and
//! driven by keys and presses. Not here: connections, which the client library tests, and pictures.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test relies on is there, or the test fails")]

mod commands;
mod compose;
mod faults;
mod keyboard;
mod notes;
mod offers;
mod order;
mod reading;
mod rooms;
mod selection;
mod support;
