//! The client protocol of NATS: lines, some of which a payload follows. Its first line comes before TLS, and the
//! link has read it. Not here: everything else of NATS.

use std::io::Write as _;

use papo_words::t;

use super::{Dialect, Heard, Seat, Strange, cut_line, digits, stamp_before};

/// What ends a line, and a payload.
const LINE_END: &[u8] = b"\r\n";

pub(super) struct Nats(Seat);

impl Nats {
    pub(super) fn new(seat: Seat) -> Self {
        Self(seat)
    }
}

impl Dialect for Nats {
    fn hello(&mut self, out: &mut Vec<u8>) {
        // Writing to memory cannot fail, here and below. The answer to PING says that all before it was taken.
        let _ = write!(
            out,
            "CONNECT {{\"verbose\":false,\"pedantic\":false,\"tls_required\":true,\"name\":\"m{}\",\
             \"lang\":\"rust\",\"version\":\"1\",\"protocol\":1}}\r\nSUB {} 1\r\nPING\r\n",
            self.0.index, self.0.room
        );
    }

    fn cut(&mut self, stream: &[u8]) -> Result<Option<usize>, Strange> {
        let Some(line_len) = cut_line(stream) else { return Ok(None) };
        let line = stream[..line_len].trim_ascii_end();
        if !line.starts_with(b"MSG ") {
            return Ok(Some(line_len));
        }
        // `MSG SUBJECT SUBSCRIPTION [REPLY] LENGTH`
        let last = memchr::memrchr(b' ', line).map_or(line, |at| &line[at + 1..]);
        let payload_len = usize::try_from(digits(last)).map_err(|_| Strange(t!("bench-strange-payload")))?;
        let len = line_len + payload_len + LINE_END.len();
        Ok((stream.len() >= len).then_some(len))
    }

    fn hear(&mut self, part: &[u8], answer: &mut Vec<u8>) -> Heard {
        if part.starts_with(b"MSG ") {
            let stamp = stamp_before(part, LINE_END.len(), self.0.text_len);
            return stamp.map_or(Heard::Nothing, |stamp| Heard::Message { seq: None, stamp });
        }
        if part.starts_with(b"PONG") {
            return Heard::Joined { next: 0 };
        }
        if part.starts_with(b"-ERR") {
            return Heard::Refused;
        }
        if part.starts_with(b"PING") {
            answer.extend_from_slice(b"PONG\r\n");
        }
        Heard::Nothing
    }

    fn say(&self, _id: u64, text: &[u8], out: &mut Vec<u8>) {
        let _ = write!(out, "PUB {} {}\r\n", self.0.room, text.len());
        out.extend_from_slice(text);
        out.extend_from_slice(LINE_END);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::testing::{STAMP, TEXT_LEN, hear_all, seat, text};

    #[test]
    fn the_stream_is_understood_however_it_is_cut() {
        let mut stream = format!("PONG\r\nINFO {{}}\r\nMSG bench-0 1 {TEXT_LEN}\r\n").into_bytes();
        stream.extend_from_slice(&text());
        stream.extend_from_slice(b"\r\nPING\r\n-ERR 'Slow Consumer'\r\n");
        let (heard, answer) = hear_all(|| Box::new(Nats::new(seat())), &stream);
        let message = Heard::Message { seq: None, stamp: STAMP };
        assert_eq!(heard, [Heard::Joined { next: 0 }, message, Heard::Refused]);
        assert_eq!(answer, b"PONG\r\n");
    }
}
