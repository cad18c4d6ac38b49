//! papo's JSON objects over WebSocket (RFC 6455): the upgrade, and whole messages in one frame each. Not here:
//! extensions, and messages in several frames, which none of the servers sends.

use papo_words::t;

use super::lines::{ANSWER, ASKED, join, object, say};
use super::{Dialect, Heard, Seat, Strange};

/// The upgrade of section 4.1. The key is that of section 1.3: a server that is measured needs no secret one.
const UPGRADE: &[u8] =
    b"GET /socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// What ends an HTTP header.
const HEADER_END: &[u8] = b"\r\n\r\n";

/// The mask of everything a member sends. It has to be unpredictable where a proxy might be fooled (section
/// 10.3); here nobody is between, and it only has to make the server work.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

// The first byte of a frame: its last of a message, and what it holds (section 5.2).
const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;

/// In the second byte of a frame: whether it is masked, and the lengths that say that a longer one follows.
const MASKED: u8 = 0x80;
const LENGTH_IN_2_BYTES: u8 = 126;
const LENGTH_IN_8_BYTES: u8 = 127;

pub(super) struct WebSocket {
    seat: Seat,
    upgraded: bool,
}

impl WebSocket {
    pub(super) fn new(seat: Seat) -> Self {
        Self { seat, upgraded: false }
    }
}

impl Dialect for WebSocket {
    fn hello(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(UPGRADE);
    }

    fn cut(&mut self, stream: &[u8]) -> Result<Option<usize>, Strange> {
        if !self.upgraded {
            return Ok(memchr::memmem::find(stream, HEADER_END).map(|at| at + HEADER_END.len()));
        }
        let Some((header_len, payload_len)) = header(stream)? else { return Ok(None) };
        Ok((stream.len() - header_len >= payload_len).then_some(header_len + payload_len))
    }

    fn hear(&mut self, part: &[u8], answer: &mut Vec<u8>) -> Heard {
        if !self.upgraded {
            self.upgraded = part.starts_with(b"HTTP/1.1 101 ");
            if !self.upgraded {
                return Heard::Refused;
            }
            let mut text = Vec::new();
            join(self.seat, &mut text);
            frame(TEXT, &text, answer);
            return Heard::Nothing;
        }
        let Ok(Some((header_len, _))) = header(part) else { return Heard::Nothing };
        let payload = &part[header_len..];
        match part[0] {
            TEXT if payload.starts_with(ASKED) => frame(TEXT, ANSWER, answer),
            TEXT => return object(payload, self.seat.text_len),
            PING => frame(PONG, payload, answer),
            CLOSE => return Heard::Refused,
            _ => {}
        }
        Heard::Nothing
    }

    fn say(&self, id: u64, text: &[u8], out: &mut Vec<u8>) {
        let mut object = Vec::new();
        say(id, text, &mut object);
        frame(TEXT, &object, out);
    }
}

/// The lengths of a frame's header and of its payload, once the header is there.
fn header(frame: &[u8]) -> Result<Option<(usize, usize)>, Strange> {
    let Some(&[first, second]) = frame.first_chunk() else { return Ok(None) };
    if ![TEXT, CLOSE, PING, PONG].contains(&first) || second & MASKED != 0 {
        return Err(Strange(t!("bench-strange-frame")));
    }
    let rest = &frame[2..];
    let long = match second {
        LENGTH_IN_2_BYTES => rest.first_chunk().map(|&len| (4, u64::from(u16::from_be_bytes(len)))),
        LENGTH_IN_8_BYTES => rest.first_chunk().map(|&len| (10, u64::from_be_bytes(len))),
        len => Some((2, u64::from(len))),
    };
    let Some((header_len, payload_len)) = long else { return Ok(None) };
    let payload_len = usize::try_from(payload_len).map_err(|_| Strange(t!("bench-strange-length")))?;
    Ok(Some((header_len, payload_len)))
}

/// Appends a frame with a masked payload, as clients have to send it.
fn frame(kind: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(len), _) if len < LENGTH_IN_2_BYTES => out.push(MASKED | len),
        (_, Ok(len)) => {
            out.push(MASKED | LENGTH_IN_2_BYTES);
            out.extend_from_slice(&len.to_be_bytes());
        }
        _ => {
            out.push(MASKED | LENGTH_IN_8_BYTES);
            out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&MASK);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::testing::{STAMP, hear_all, seat, text};

    fn from_server(payload: &[u8]) -> Vec<u8> {
        let len = u16::try_from(payload.len()).unwrap();
        let mut frame = vec![TEXT];
        if len < 126 {
            frame.push(len.to_be_bytes()[1]);
        } else {
            frame.push(LENGTH_IN_2_BYTES);
            frame.extend_from_slice(&len.to_be_bytes());
        }
        frame.extend_from_slice(payload);
        frame
    }

    #[test]
    fn the_stream_is_understood_however_it_is_cut() {
        let mut message = br#"{"type":"message","seq":1,"time":"2026-11-22T14:06:57.042Z","from":{"id":"guest-aaaaaaaaaaaaa","name":"m7"},"id":"3","text":""#.to_vec();
        message.extend_from_slice(&text());
        message.extend_from_slice(b"\"}");
        let mut stream = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n".to_vec();
        stream.extend_from_slice(&from_server(br#"{"type":"joined","head":0}"#));
        stream.extend_from_slice(&[PING, 1, b'!']);
        stream.extend_from_slice(&from_server(&message));
        let (heard, answer) = hear_all(|| Box::new(WebSocket::new(seat())), &stream);
        assert_eq!(heard, [Heard::Joined { next: 1 }, Heard::Message { seq: Some(1), stamp: STAMP }]);
        assert!(answer.ends_with(&[PONG, MASKED | 1, MASK[0], MASK[1], MASK[2], MASK[3], b'!' ^ MASK[0]]));
    }

    #[test]
    fn a_masked_frame_holds_what_it_was_given() {
        for len in [0_usize, 125, 126, 65_535, 65_536] {
            let payload: Vec<u8> = (0..len).map(|at| at.to_le_bytes()[0]).collect();
            let mut out = Vec::new();
            frame(TEXT, &payload, &mut out);
            let header_len = out.len() - len;
            assert_eq!(
                header_len,
                if len < 126 {
                    6
                } else if len < 65_536 {
                    8
                } else {
                    14
                }
            );
            let mask: [u8; 4] = out[header_len - 4..header_len].try_into().unwrap();
            let unmasked = out[header_len..].iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
            assert_eq!(unmasked.collect::<Vec<_>>(), payload);
        }
    }
}
