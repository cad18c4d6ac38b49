//! papo's JSON objects, one a line. Not here: the protocol, which has a crate of its own; its decoder makes far
//! more of a message than the load needs, and would make the generator dearer than the server.

use std::io::Write as _;

use super::{Dialect, Heard, Seat, Strange, cut_line, digits, stamp_before};

/// How every delivered message begins.
const MESSAGE: &[u8] = br#"{"type":"message","seq":"#;

/// How the answer to a join begins.
const JOINED: &[u8] = br#"{"type":"joined","#;

/// How the server says that messages are missing.
const TRUNCATED: &[u8] = br#"{"type":"truncated","#;

/// How the server says no, and how it says goodbye.
const REFUSED: [&[u8]; 2] = [br#"{"type":"error","#, br#"{"type":"closing","#];

/// How the server asks who has said nothing for a while, and the answer without which it lets go.
pub(super) const ASKED: &[u8] = br#"{"type":"ping""#;
pub(super) const ANSWER: &[u8] = br#"{"type":"pong"}"#;

/// What stands behind the text, which is the last field, on a line without its end.
const AFTER_TEXT: &[u8] = b"\"}";

pub(super) struct Lines(Seat);

impl Lines {
    pub(super) fn new(seat: Seat) -> Self {
        Self(seat)
    }
}

impl Dialect for Lines {
    fn hello(&mut self, out: &mut Vec<u8>) {
        join(self.0, out);
        out.push(b'\n');
    }

    fn cut(&mut self, stream: &[u8]) -> Result<Option<usize>, Strange> {
        Ok(cut_line(stream))
    }

    fn hear(&mut self, part: &[u8], answer: &mut Vec<u8>) -> Heard {
        if part.starts_with(ASKED) {
            answer.extend_from_slice(ANSWER);
            answer.push(b'\n');
        }
        object(part.trim_ascii_end(), self.0.text_len)
    }

    fn say(&self, id: u64, text: &[u8], out: &mut Vec<u8>) {
        say(id, text, out);
        out.push(b'\n');
    }
}

/// Appends the `join` object.
pub(super) fn join(seat: Seat, out: &mut Vec<u8>) {
    let Seat { index, room, .. } = seat;
    // Writing to memory cannot fail.
    let _ = write!(out, r#"{{"type":"join","name":"m{index}","room":"{room}"}}"#);
}

/// Appends a `say` object.
pub(super) fn say(id: u64, text: &[u8], out: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = write!(out, r#"{{"type":"say","id":"{id}","text":""#);
    out.extend_from_slice(text);
    out.extend_from_slice(AFTER_TEXT);
}

/// What one of the server's objects means, whose texts have this length.
pub(super) fn object(object: &[u8], text_len: usize) -> Heard {
    if let Some(rest) = object.strip_prefix(MESSAGE) {
        let stamp = stamp_before(object, AFTER_TEXT.len(), text_len);
        return stamp.map_or(Heard::Nothing, |stamp| Heard::Message { seq: Some(digits(rest)), stamp });
    }
    if object.starts_with(JOINED) {
        return Heard::Joined { next: number_after(object, b"\"head\":") + 1 };
    }
    if object.starts_with(TRUNCATED) {
        return Heard::Skipped { next: number_after(object, b"\"next\":") };
    }
    if REFUSED.iter().any(|refusal| object.starts_with(refusal)) {
        return Heard::Refused;
    }
    Heard::Nothing
}

/// The number behind a key.
fn number_after(object: &[u8], key: &[u8]) -> u64 {
    memchr::memmem::find(object, key).map_or(0, |at| digits(&object[at + key.len()..]))
}

#[cfg(test)]
mod tests {
    use papo_proto::codec::{decode_client, encode_server};
    use papo_proto::{Seq, ServerMessage};

    use super::*;
    use crate::dialect::testing::{STAMP, hear_all, seat, text};

    #[test]
    fn the_stream_is_understood_however_it_is_cut() {
        let mut stream = br#"{"type":"welcome","protocol":1,"server":"papo 0.1.0"}
{"type":"joined","you":{"id":"guest-a","name":"m7"},"room":"bench-0","first":1,"head":41,"count":3}
"#
        .to_vec();
        stream.extend_from_slice(br#"{"type":"message","seq":42,"time":"2026-11-22T14:06:57.042Z","from":{"id":"guest-a","name":"m7"},"id":"3","text":""#);
        stream.extend_from_slice(&text());
        stream.extend_from_slice(b"\"}\r\n");
        let (heard, answer) = hear_all(|| Box::new(Lines::new(seat())), &stream);
        let message = Heard::Message { seq: Some(42), stamp: STAMP };
        assert_eq!(heard, [Heard::Joined { next: 42 }, message]);
        assert!(answer.is_empty());
    }

    #[test]
    fn what_papo_encodes_means_what_it_says() {
        let encoded = |message| {
            let mut line = Vec::new();
            encode_server(&message, &mut line);
            object(line.trim_ascii_end(), 40)
        };
        let truncated = ServerMessage::Truncated { first: Seq::new(9), next: Seq::new(11) };
        assert_eq!(encoded(truncated), Heard::Skipped { next: 11 });
        assert_eq!(encoded(ServerMessage::Count { count: 3 }), Heard::Nothing);
    }

    #[test]
    fn a_ping_is_answered_or_a_load_ends_after_a_minute() {
        let mut ping = Vec::new();
        encode_server(&ServerMessage::Ping, &mut ping);
        let (heard, answer) = hear_all(|| Box::new(Lines::new(seat())), &ping);
        assert_eq!(heard, []);
        assert_eq!(decode_client(answer.trim_ascii_end()).unwrap(), papo_proto::ClientMessage::Pong);
    }

    #[test]
    fn what_the_members_say_is_papos_protocol() {
        let mut out = Vec::new();
        Lines::new(seat()).hello(&mut out);
        Lines::new(seat()).say(5, &text(), &mut out);
        for line in out.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            decode_client(line).unwrap_or_else(|refusal| panic!("{refusal:?}"));
        }
    }
}
