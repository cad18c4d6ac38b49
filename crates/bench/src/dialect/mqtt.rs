//! MQTT 3.1.1 (OASIS standard) at quality of service 0. Not here: everything else of MQTT.

use papo_words::t;

use super::{Dialect, Heard, Seat, Strange, stamp_before};

// The types of packets, in the upper half of the first byte (section 2.2.1), with the flags they must have.
const CONNECT: u8 = 0x10;
const CONNACK: u8 = 0x20;
const PUBLISH: u8 = 0x30;
const SUBSCRIBE: u8 = 0x82;
const SUBACK: u8 = 0x90;

/// The upper half of the first byte.
const TYPE_MASK: u8 = 0xf0;

/// The protocol's name and version, a clean session, and no keep-alive (section 3.1.2).
const CONNECT_HEADER: &[u8] = b"\x00\x04MQTT\x04\x02\x00\x00";

/// The remaining length has at most so many bytes (section 2.2.3).
const LENGTH_BYTES_MAX: usize = 4;

pub(super) struct Mqtt(Seat);

impl Mqtt {
    pub(super) fn new(seat: Seat) -> Self {
        Self(seat)
    }

    fn topic(&self) -> Vec<u8> {
        string(&self.0.room.to_string())
    }
}

impl Dialect for Mqtt {
    fn hello(&mut self, out: &mut Vec<u8>) {
        packet(CONNECT, &[CONNECT_HEADER, &string(&format!("m{}", self.0.index))], out);
    }

    fn cut(&mut self, stream: &[u8]) -> Result<Option<usize>, Strange> {
        let mut body_len = 0_usize;
        for at in 1..=LENGTH_BYTES_MAX {
            let Some(&byte) = stream.get(at) else { return Ok(None) };
            body_len |= usize::from(byte & 0x7f) << (7 * (at - 1));
            if byte < 0x80 {
                let len = 1 + at + body_len;
                return Ok((stream.len() >= len).then_some(len));
            }
        }
        Err(Strange(t!("bench-strange-packet")))
    }

    fn hear(&mut self, part: &[u8], answer: &mut Vec<u8>) -> Heard {
        match part[0] & TYPE_MASK {
            PUBLISH => {
                let stamp = stamp_before(part, 0, self.0.text_len);
                stamp.map_or(Heard::Nothing, |stamp| Heard::Message { seq: None, stamp })
            }
            // The last byte of the answer to a connection is 0 where it was accepted (section 3.2.2.3).
            CONNACK if part.last() == Some(&0) => {
                // Packet 1 asks for the topic at quality 0.
                packet(SUBSCRIBE, &[&[0, 1], &self.topic(), &[0]], answer);
                Heard::Nothing
            }
            SUBACK => Heard::Joined { next: 0 },
            CONNACK => Heard::Refused,
            _ => Heard::Nothing,
        }
    }

    fn say(&self, _id: u64, text: &[u8], out: &mut Vec<u8>) {
        packet(PUBLISH, &[&self.topic(), text], out);
    }
}

/// A string behind its length in two bytes (section 1.5.3). The names here are short.
#[expect(clippy::cast_possible_truncation, reason = "names of members and rooms are far shorter than 64 KiB")]
fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_be_bytes(), text.as_bytes()].concat()
}

/// Appends a packet: its type, how much follows in groups of seven bits, and that.
fn packet(kind: u8, parts: &[&[u8]], out: &mut Vec<u8>) {
    let mut len: usize = parts.iter().map(|part| part.len()).sum();
    out.push(kind);
    loop {
        let (group, more) = ((len % 128).to_le_bytes()[0], len >= 128);
        out.push(group | if more { 0x80 } else { 0 });
        len /= 128;
        if !more {
            break;
        }
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::testing::{STAMP, hear_all, seat, text};

    #[test]
    fn the_stream_is_understood_however_it_is_cut() {
        let mut stream = b"\x20\x02\x00\x00\x90\x03\x00\x01\x00".to_vec();
        let mut long = seat();
        long.text_len = 200;
        let mut text = text();
        text.resize(200, b'x');
        Mqtt::new(long).say(1, &text, &mut stream);
        let (heard, answer) = hear_all(|| Box::new(Mqtt::new(long)), &stream);
        assert_eq!(heard, [Heard::Joined { next: 0 }, Heard::Message { seq: None, stamp: STAMP }]);
        assert_eq!(answer, b"\x82\x0c\x00\x01\x00\x07bench-0\x00");
    }

    #[test]
    fn a_refusal_is_told() {
        let (heard, _) = hear_all(|| Box::new(Mqtt::new(seat())), b"\x20\x02\x00\x05");
        assert_eq!(heard, [Heard::Refused]);
        Mqtt::new(seat()).cut(&[0x30, 0xff, 0xff, 0xff, 0xff]).expect_err("no packet is that long");
    }
}
