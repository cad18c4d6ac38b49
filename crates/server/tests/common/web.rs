//! A raw client's side of WebSocket: the upgrade, lines to masked frames, frames to lines. Written for the tests,
//! so that the server's own frames are read by other code than wrote them.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use super::{PATIENCE, RawClient};

impl RawClient {
    /// Makes the connection a WebSocket.
    pub(super) fn upgrade(&mut self, address: SocketAddr) -> io::Result<()> {
        let request = format!(
            "GET /socket HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        self.send_raw(request.as_bytes());
        let head = self.head()?;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{head}");
        let mut frames = std::mem::take(&mut self.received);
        take_lines(&mut frames, &mut self.received);
        self.web = Some(frames);
        Ok(())
    }

    /// The head of an answer; what follows it stays.
    fn head(&mut self) -> io::Result<String> {
        loop {
            if let Some(len) = self.received.windows(4).position(|end| end == b"\r\n\r\n") {
                let rest = self.received.split_off(len + 4);
                let head = std::mem::replace(&mut self.received, rest);
                return Ok(String::from_utf8(head).unwrap());
            }
            self.receive(Instant::now() + PATIENCE)?;
        }
    }
}

/// Each line as a masked text frame; what does not end is a message too. Where there are only empty lines, which
/// say nothing, each is a pong, which says nothing either.
pub(super) fn frames(bytes: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    if !bytes.is_empty() && bytes.iter().all(|&byte| byte == b'\n') {
        return [0x8a, 0x80, 0, 0, 0, 0].repeat(bytes.len());
    }
    let mut frames = Vec::new();
    for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        frames.push(0x81);
        match line.len() {
            len @ 0..=125 => frames.push(0x80 | u8::try_from(len).unwrap()),
            len @ 126..=0xffff => {
                frames.push(0x80 | 0x7e);
                frames.extend_from_slice(&u16::try_from(len).unwrap().to_be_bytes());
            }
            len => {
                frames.push(0x80 | 0x7f);
                frames.extend_from_slice(&(len as u64).to_be_bytes());
            }
        }
        frames.extend_from_slice(&MASK);
        frames.extend(line.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    }
    frames
}

/// Takes the whole frames off: each text becomes a line. Returns the status code of a close frame, which is
/// the end.
pub(super) fn take_lines(frames: &mut Vec<u8>, lines: &mut Vec<u8>) -> Option<u16> {
    let (mut at, mut close_code) = (0, None);
    while let Some(&[first, second]) = frames.get(at..at + 2) {
        assert_eq!(second & 0x80, 0, "a server does not mask");
        let extended = match second {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some(len) = frames.get(at + 2..at + 2 + extended) else { break };
        let len = len.iter().fold(0, |len, &byte| len << 8 | usize::from(byte));
        let len = if extended == 0 { usize::from(second) } else { len };
        let from = at + 2 + extended;
        let Some(payload) = frames.get(from..from + len) else { break };
        match first {
            0x81 => {
                assert!(!payload.contains(&b'\n'), "a message is one object without line feeds");
                lines.extend_from_slice(payload);
                lines.push(b'\n');
            }
            0x88 => close_code = payload.first_chunk().map(|code| u16::from_be_bytes(*code)),
            0x89..=0x8a => {}
            other => panic!("the server sends a frame that begins with {other:#x}"),
        }
        at = from + len;
    }
    frames.drain(..at);
    close_code
}
