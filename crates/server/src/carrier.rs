//! The two ways in which the protocol's objects travel, as the shard needs them: lines on a bare TLS stream, or
//! text messages of a WebSocket. Everything else about a connection is the same for both. Not here: the frames
//! of WebSocket, and how a connection comes to be one.

use papo_proto::ClosingCode;
use papo_proto::LineBuffer;

use crate::web::frame::{self, FrameBuffer, Opcode, status};

/// How a connection carries the protocol's objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// One object a line.
    #[default]
    Lines,
    /// One object a text message.
    WebSocket,
}

/// What has come of objects that are not whole yet.
#[derive(Debug)]
pub(crate) enum Inbox {
    Lines(LineBuffer),
    WebSocket(Box<FrameBuffer>),
}

impl Default for Inbox {
    fn default() -> Self {
        Self::Lines(LineBuffer::default())
    }
}

impl Inbox {
    /// Whether an object has begun and not ended.
    pub(crate) fn has_begun(&self) -> bool {
        match self {
            Self::Lines(lines) => lines.pending_len() > 0,
            Self::WebSocket(frames) => frames.has_begun(),
        }
    }

    /// How many bytes it holds.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn pending_len(&self) -> usize {
        match self {
            Self::Lines(lines) => lines.pending_len(),
            Self::WebSocket(frames) => frames.pending_len(),
        }
    }
}

impl Carrier {
    /// Appends the object that `encode` writes as a line, in this carrier's form.
    pub(crate) fn put(self, out: &mut Vec<u8>, encode: impl FnOnce(&mut Vec<u8>)) {
        let from = out.len();
        encode(out);
        if self == Self::WebSocket {
            frame::wrap(out, from);
        }
    }

    /// Appends the question whether the peer is still there, if this carrier has one of its own. WebSocket has:
    /// every library and every browser answers it by itself, also for a page whose timers sleep.
    pub(crate) fn put_ping(self, out: &mut Vec<u8>) -> bool {
        if self == Self::WebSocket {
            frame::write(Opcode::Ping, b"", out);
        }
        self == Self::WebSocket
    }

    /// Appends the carrier's own goodbye behind the `closing`, if it has one.
    pub(crate) fn put_end(self, code: ClosingCode, out: &mut Vec<u8>) {
        if self == Self::Lines {
            return;
        }
        let code = match code {
            ClosingCode::Stopping => status::GOING_AWAY,
            ClosingCode::TooLarge => status::TOO_LARGE,
            ClosingCode::TooLate | ClosingCode::Silent => status::POLICY,
            ClosingCode::TooSlow | ClosingCode::Full | ClosingCode::TooMany => status::TRY_AGAIN,
            _ => status::NORMAL,
        };
        frame::write_close(code, "", out);
    }

    /// An empty inbox.
    pub(crate) fn inbox(self) -> Inbox {
        match self {
            Self::Lines => Inbox::default(),
            Self::WebSocket => {
                Inbox::WebSocket(Box::new(FrameBuffer::new(papo_proto::limits::LINE_BYTES_MAX)))
            }
        }
    }
}
