//! How members speak with a server: papo's own two carriers, and the protocols of the servers that papo is
//! compared with. A dialect cuts the stream, answers what must be answered, and finds the stamps. It does only
//! what the load needs; it is no client. Not here: sockets and TLS.

mod irc;
mod lines;
mod mqtt;
mod nats;
mod websocket;
mod xmpp;

use std::fmt;

use papo_proto::limits::ALPN_LINES;
use papo_words::t;
use serde::Serialize;

use crate::stamp::Stamp;

/// A protocol that the load can be spoken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Carrier {
    /// papo: JSON objects, one a line
    #[default]
    Lines,
    /// papo's objects, each a WebSocket message (RFC 6455)
    Websocket,
    /// Internet Relay Chat (RFC 2812), a room is a channel
    Irc,
    /// MQTT 3.1.1, quality of service 0, a room is a topic
    Mqtt,
    /// NATS, a room is a subject
    Nats,
    /// XMPP over direct TLS, anonymous login, a room is one of XEP-0045
    Xmpp,
}

/// One member, as its dialect sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    /// The member's index; its name is made of it.
    pub(crate) index: usize,
    pub(crate) room: Room,
    /// The length of every message's text.
    pub(crate) text_len: usize,
}

/// Which room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// One of those where the load is.
    Loud(usize),
    /// That of the members who only stay.
    Idle,
    /// That of the members who come in a storm.
    Storm,
}

/// What a part of the stream means to the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nothing.
    Nothing,
    /// The member is in.
    Joined {
        /// The place that the next message has in its room, where the protocol numbers them.
        next: u64,
    },
    /// A message.
    Message {
        /// Its place in its room, where the protocol numbers them.
        seq: Option<u64>,
        stamp: Stamp,
    },
    /// The server says that it left out what came before this place.
    Skipped { next: u64 },
    /// The server says no.
    Refused,
}

/// The stream makes no sense in this protocol, so nothing after it can be understood either.
#[derive(Debug, thiserror::Error)]
#[error("{}", t!("bench-strange", detail = .0))]
pub(crate) struct Strange(pub(crate) String);

/// One member's side of a protocol.
pub(crate) trait Dialect {
    /// What the member says first.
    fn hello(&mut self, out: &mut Vec<u8>);

    /// The length of the first whole part of the stream, if there is one.
    fn cut(&mut self, stream: &[u8]) -> Result<Option<usize>, Strange>;

    /// What a whole part means. What must be answered to it is appended.
    fn hear(&mut self, part: &[u8], answer: &mut Vec<u8>) -> Heard;

    /// Says a text under an id that nobody else has.
    fn say(&self, id: u64, text: &[u8], out: &mut Vec<u8>);
}

impl Carrier {
    /// A member's side of it.
    pub(crate) fn dialect(self, seat: Seat) -> Box<dyn Dialect> {
        match self {
            Self::Lines => Box::new(lines::Lines::new(seat)),
            Self::Websocket => Box::new(websocket::WebSocket::new(seat)),
            Self::Irc => Box::new(irc::Irc::new(seat)),
            Self::Mqtt => Box::new(mqtt::Mqtt::new(seat)),
            Self::Nats => Box::new(nats::Nats::new(seat)),
            Self::Xmpp => Box::new(xmpp::Xmpp::new(seat)),
        }
    }

    /// Whether it is one of papo's own.
    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Lines | Self::Websocket)
    }

    /// Whether the writer of a message gets it as well.
    pub(crate) fn echoes(self) -> bool {
        self != Self::Irc
    }

    /// Whether the server sends one line before TLS begins.
    pub(crate) fn begins_in_plain(self) -> bool {
        self == Self::Nats
    }

    /// What the member offers by ALPN (RFC 7301).
    pub(crate) fn alpn(self) -> Vec<Vec<u8>> {
        match self {
            Self::Lines => vec![ALPN_LINES.to_vec()],
            Self::Websocket => vec![b"http/1.1".to_vec()],
            Self::Irc | Self::Mqtt | Self::Nats | Self::Xmpp => Vec::new(),
        }
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loud(index) => write!(f, "bench-{index}"),
            Self::Idle => f.write_str("bench-idle"),
            Self::Storm => f.write_str("bench-storm"),
        }
    }
}

/// The length of the first line, its end included.
fn cut_line(stream: &[u8]) -> Option<usize> {
    Some(memchr::memchr(b'\n', stream)? + 1)
}

/// The stamp of the text that ends so many bytes before the end of a part.
fn stamp_before(part: &[u8], after_len: usize, text_len: usize) -> Option<Stamp> {
    Stamp::read(part.get(part.len().checked_sub(text_len + after_len)?..)?)
}

/// The decimal number at the beginning.
fn digits(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, byte| number * 10 + u64::from(byte - b'0'))
}

/// What the tests of every dialect check: however the stream is cut, its parts mean the same.
#[cfg(test)]
mod testing {
    use super::*;

    pub(super) const TEXT_LEN: usize = 40;
    pub(super) const STAMP: Stamp = Stamp { due_ns: 123_456_789, writer: 7, count: 300 };

    pub(super) fn seat() -> Seat {
        Seat { index: 7, room: Room::Loud(0), text_len: TEXT_LEN }
    }

    pub(super) fn text() -> Vec<u8> {
        let mut text = Vec::new();
        STAMP.write(&mut text);
        text.resize(TEXT_LEN, b'x');
        text
    }

    /// What is heard in a stream that comes in pieces of each size, and what is answered.
    pub(super) fn hear_all(dialect: impl Fn() -> Box<dyn Dialect>, stream: &[u8]) -> (Vec<Heard>, Vec<u8>) {
        let whole = hear(&mut *dialect(), stream, stream.len());
        for len in 1..stream.len() {
            assert_eq!(hear(&mut *dialect(), stream, len), whole, "in pieces of {len} bytes");
        }
        whole
    }

    fn hear(dialect: &mut dyn Dialect, stream: &[u8], piece_len: usize) -> (Vec<Heard>, Vec<u8>) {
        let (mut waiting, mut answer, mut heard) = (Vec::new(), Vec::new(), Vec::new());
        for piece in stream.chunks(piece_len) {
            waiting.extend_from_slice(piece);
            while let Some(len) = dialect.cut(&waiting).unwrap() {
                let part: Vec<u8> = waiting.drain(..len).collect();
                let meaning = dialect.hear(&part, &mut answer);
                if meaning != Heard::Nothing {
                    heard.push(meaning);
                }
            }
        }
        assert!(waiting.is_empty(), "left over: {:?}", String::from_utf8_lossy(&waiting));
        (heard, answer)
    }
}
