//! Targets: what makes messages of a WebSocket's frames, and requests of HTTP. Not here: what becomes of them.

#![expect(
    clippy::missing_panics_doc,
    reason = "it fails as tests do, and is compiled for tests and fuzzers only"
)]

use std::ops::ControlFlow;

use crate::web::frame::{Event, FrameBuffer};
use crate::web::head;

/// Small, so that few bytes make a message that is too long.
const MESSAGE_BYTES_MAX: usize = 1000;

/// A stream of frames is cut into the same messages whatever pieces it comes in and wherever reading pauses, and is
/// given up at the same place for the same reason; texts are UTF-8; and no more than a message is kept.
pub fn frames(bytes: &[u8]) {
    let (&[piece_len, pause_every], stream) = bytes.split_first_chunk().unwrap_or((&[1, 0], bytes));
    let whole = cut(stream, stream.len().max(1), 0);
    let pieces = cut(stream, usize::from(piece_len).max(1), pause_every);
    assert_eq!(whole, pieces, "the messages do not depend on the pieces");
}

/// What a stream says that comes in such pieces, and the code with which it is given up.
fn cut(stream: &[u8], piece_len: usize, pause_every: u8) -> (Vec<(u8, Vec<u8>)>, Option<u16>) {
    let (mut buffer, mut said) = (FrameBuffer::new(MESSAGE_BYTES_MAX), Vec::new());
    for piece in stream.chunks(piece_len) {
        let mut next = piece;
        loop {
            let mut paused = false;
            let fed = buffer.feed(next, |event| {
                said.push(record(event));
                paused = pause_every > 0 && said.len() % usize::from(pause_every) == 0;
                if paused { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            if let Err(violation) = fed {
                return (said, Some(violation.code));
            }
            let kept = buffer.pending_len();
            // A message, the control frame that may come in its midst, a header, and what came behind a pause.
            assert!(kept <= MESSAGE_BYTES_MAX + 125 + 14 + piece.len(), "{kept} bytes are kept");
            if !paused {
                break;
            }
            next = &[];
        }
    }
    (said, None)
}

fn record(event: Event<'_>) -> (u8, Vec<u8>) {
    match event {
        Event::Text(text) => {
            assert!(std::str::from_utf8(text).is_ok() && text.len() <= MESSAGE_BYTES_MAX);
            (1, text.to_vec())
        }
        Event::Binary(bytes) => (2, bytes.to_vec()),
        Event::Ping(bytes) => (9, bytes.to_vec()),
        Event::Pong => (10, Vec::new()),
        Event::Close(code) => (8, code.map_or_else(Vec::new, |code| code.to_be_bytes().to_vec())),
    }
}

/// A head is read when it is whole and not before, whatever follows it; and what is read of it is plain.
pub fn http(bytes: &[u8]) {
    match head::read(bytes) {
        Ok(Some((request, len))) => {
            assert!(len <= head::HEAD_BYTES_MAX && bytes[..len].ends_with(b"\r\n\r\n"));
            assert!(request.path.starts_with('/') && !request.path.contains(['?', '\r', '\n', '\0']));
            assert!(request.host.bytes().all(|byte| byte.is_ascii_graphic()), "{:?}", request.host);
            let alone = head::read(&bytes[..len]);
            assert_eq!(alone, Ok(Some((request, len))), "what follows does not matter");
            for short in [0, 1, len / 2, len - 2, len - 1] {
                assert_eq!(head::read(&bytes[..short]), Ok(None), "it is read when it is whole");
            }
        }
        Ok(None) => assert!(bytes.len() <= head::HEAD_BYTES_MAX, "a head that never ends is refused"),
        Err(refused) => assert!((400..=505).contains(&refused.status) && !refused.text.is_empty()),
    }
}
