//! A real server and blocking raw clients for the server's tests: real sockets, real TLS, no client library, so
//! that a test sees every line. Over which carrier, the test program says (`OVER_WEBSOCKET`). Nothing here sleeps;
//! whatever is waited for has a deadline.

mod client;
mod diary;
mod key;
pub(crate) mod server;
mod tls;
mod web;

use std::collections::BTreeMap;
use std::time::Duration;

use papo_proto::{MemberId, Message};

pub(crate) use client::{Dial, Joined, RawClient};
pub(crate) use key::Key;
pub(crate) use server::TestServer;

/// How long a test waits for anything: long enough for a busy machine, and an end for a broken test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A `say` as a line.
pub(crate) fn said(id: &str, text: &str) -> String {
    format!(r#"{{"type":"say","id":"{id}","text":"{text}"}}"#)
}

/// Many lines as one piece.
pub(crate) fn lines<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in lines {
        bytes.extend_from_slice(line.as_ref().as_bytes());
        bytes.push(b'\n');
    }
    bytes
}

pub(crate) fn text_of(message: &Message) -> &str {
    message.body.text.as_deref().expect("a text")
}

/// Fails unless these are the places from `first` on, each once and in order.
pub(crate) fn assert_consecutive(messages: &[Message], first: u64) {
    for (message, place) in messages.iter().zip(first..) {
        assert_eq!(message.seq.number(), place, "a place is missing, twice there or out of order");
    }
    assert!(messages.is_sorted_by_key(|message| message.time), "time never falls");
}

/// The texts that each sender has said, in their order.
pub(crate) fn by_sender(messages: &[Message]) -> BTreeMap<MemberId, Vec<String>> {
    let mut said: BTreeMap<MemberId, Vec<String>> = BTreeMap::new();
    for message in messages {
        said.entry(message.from.id.clone()).or_default().push(text_of(message).to_owned());
    }
    said
}
