//! WebSocket frames (RFC 6455, section 5): bytes to messages, and messages to bytes. Our own because of the
//! fan-out: the frames of a feed are made once and shared by all its listeners, which no library's connection
//! object allows. Without extensions, so a reserved bit is always a violation. Not here: the upgrade, and what
//! messages mean.

use std::ops::ControlFlow;

/// The longest payload of a control frame (section 5.5).
const CONTROL_BYTES_MAX: usize = 125;

/// The longest header that a client sends: two bytes, a length of eight, a mask of four.
const HEADER_BYTES_MAX: usize = 14;

/// The status codes of a close frame (section 7.4) that the server uses.
pub(crate) mod status {
    /// Everything was said.
    pub(crate) const NORMAL: u16 = 1000;
    /// The server stops.
    pub(crate) const GOING_AWAY: u16 = 1001;
    /// The peer broke the rules of WebSocket.
    pub(crate) const PROTOCOL_ERROR: u16 = 1002;
    /// Binary data, which the protocol does not have.
    pub(crate) const UNSUPPORTED: u16 = 1003;
    /// A text that is not UTF-8.
    pub(crate) const NOT_UTF8: u16 = 1007;
    /// The peer did not do what it promised: it was silent, or too late.
    pub(crate) const POLICY: u16 = 1008;
    /// A message longer than a message may be.
    pub(crate) const TOO_LARGE: u16 = 1009;
    /// The server has too much to do: come back later.
    pub(crate) const TRY_AGAIN: u16 = 1013;
}

/// What a frame is (section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

impl Opcode {
    fn parse(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }

    fn is_control(self) -> bool {
        self as u8 >= Self::Close as u8
    }
}

/// Something that a client has sent, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// A text message; it is UTF-8.
    Text(&'a [u8]),
    /// A binary message.
    Binary(&'a [u8]),
    /// Answer with a pong of the same bytes.
    Ping(&'a [u8]),
    /// An answer to a ping.
    Pong,
    /// The peer ends the connection, with its status code where it gave one. Nothing follows.
    Close(Option<u16>),
}

/// The stream breaks the rules and cannot be read on. The connection ends with this code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub(crate) struct Violation {
    /// The status code for the close frame.
    pub(crate) code: u16,
    /// Cause, for whoever writes the client.
    pub(crate) text: &'static str,
}

/// Appends the frame of a message: final, unmasked, and so the same for every listener.
pub(crate) fn write(opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
    let (header, len) = header(opcode, payload.len());
    out.extend_from_slice(&header[..len]);
    out.extend_from_slice(payload);
}

/// Makes a text frame of what stands in `out` from `from` on, a line feed at its end left out.
pub(crate) fn wrap(out: &mut Vec<u8>, from: usize) {
    if out.len() > from && out.last() == Some(&b'\n') {
        out.pop();
    }
    let (header, len) = header(Opcode::Text, out.len() - from);
    out.splice(from..from, header[..len].iter().copied());
}

/// Appends a close frame. The reason is cut to what a control frame holds.
pub(crate) fn write_close(code: u16, reason: &str, out: &mut Vec<u8>) {
    let mut end = reason.len().min(CONTROL_BYTES_MAX - 2);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    write(Opcode::Close, &payload, out);
}

/// The header of a server's frame and how many of its bytes count.
fn header(opcode: Opcode, len: usize) -> ([u8; 10], usize) {
    let mut header = [0; 10];
    header[0] = 0x80 | opcode as u8;
    if let Ok(len) = u8::try_from(len)
        && usize::from(len) <= CONTROL_BYTES_MAX
    {
        header[1] = len;
        (header, 2)
    } else if let Ok(len) = u16::try_from(len) {
        header[1] = 126;
        header[2..4].copy_from_slice(&len.to_be_bytes());
        (header, 4)
    } else {
        header[1] = 127;
        header[2..10].copy_from_slice(&(len as u64).to_be_bytes());
        (header, 10)
    }
}

/// Cuts a client's stream into messages. Between two messages it holds no buffer.
#[derive(Debug)]
pub(crate) struct FrameBuffer {
    /// What was given after a break and not read yet.
    rest: Vec<u8>,
    /// The part of a header that has come.
    header: [u8; HEADER_BYTES_MAX],
    header_len: usize,
    /// The frame whose payload is coming.
    frame: Option<Frame>,
    /// What the message is whose frames are coming.
    kind: Option<Opcode>,
    /// The message's payload so far.
    message: Vec<u8>,
    /// How much of `message` is known to be UTF-8.
    checked: usize,
    /// The payload of a control frame, which may come between the frames of a message.
    control: Vec<u8>,
    message_bytes_max: usize,
    /// Why nothing is read any more.
    violation: Option<Violation>,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    opcode: Opcode,
    is_final: bool,
    mask: [u8; 4],
    len: usize,
    /// How much of the payload has come.
    come: usize,
}

impl FrameBuffer {
    /// A buffer that takes messages of at most so many bytes.
    pub(crate) fn new(message_bytes_max: usize) -> Self {
        Self {
            rest: Vec::new(),
            header: [0; HEADER_BYTES_MAX],
            header_len: 0,
            frame: None,
            kind: None,
            message: Vec::new(),
            checked: 0,
            control: Vec::new(),
            message_bytes_max,
            violation: None,
        }
    }

    /// Takes the next bytes of the stream and hands over whatever they complete. Where `on_event` breaks, what
    /// follows is kept for the next call, which may bring no bytes of its own.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        on_event: impl FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<(), Violation> {
        if let Some(violation) = self.violation {
            return Err(violation);
        }
        let fed = self.read(bytes, on_event);
        self.violation = fed.err();
        fed
    }

    fn read(
        &mut self,
        bytes: &[u8],
        mut on_event: impl FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<(), Violation> {
        let mut kept = std::mem::take(&mut self.rest);
        let bytes = if kept.is_empty() {
            bytes
        } else {
            kept.extend_from_slice(bytes);
            &kept
        };
        let mut at = 0;
        loop {
            at += self.take(&bytes[at..])?;
            if self.frame.is_none_or(|frame| frame.come != frame.len) {
                return Ok(());
            }
            if self.end_of_frame(&mut on_event)?.is_break() {
                self.rest.extend_from_slice(&bytes[at..]);
                return Ok(());
            }
        }
    }

    /// Whether a message or a frame has begun and not ended.
    pub(crate) fn has_begun(&self) -> bool {
        self.kind.is_some() || self.frame.is_some() || self.header_len > 0 || !self.rest.is_empty()
    }

    /// How many bytes it holds.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn pending_len(&self) -> usize {
        self.rest.len() + self.message.len() + self.control.len() + self.header_len
    }

    /// Takes a header or a piece of payload, up to the end of a frame. Returns how many bytes that were.
    fn take(&mut self, bytes: &[u8]) -> Result<usize, Violation> {
        let mut at = 0;
        while self.frame.is_none() {
            let Some(&byte) = bytes.get(at) else { return Ok(at) };
            self.header[self.header_len] = byte;
            self.header_len += 1;
            at += 1;
            self.read_header()?;
        }
        let Some(frame) = &mut self.frame else { return Ok(at) };
        let piece = &bytes[at..bytes.len().min(at + frame.len - frame.come)];
        let into = if frame.opcode.is_control() { &mut self.control } else { &mut self.message };
        let from = into.len();
        into.extend_from_slice(piece);
        unmask(&mut into[from..], frame.mask, frame.come);
        frame.come += piece.len();
        if self.kind == Some(Opcode::Text) && !frame.opcode.is_control() {
            self.check_utf8()?;
        }
        Ok(at + piece.len())
    }

    /// Looks at the header as far as it has come; once it is whole, the frame begins.
    fn read_header(&mut self) -> Result<(), Violation> {
        let [first, second, ..] = self.header;
        if self.header_len < 2 {
            return Ok(());
        }
        let opcode = Opcode::parse(first & 0x0f).ok_or_else(|| protocol("an opcode that does not exist"))?;
        let is_final = first & 0x80 != 0;
        self.check_order(opcode, is_final, first, second)?;
        let extended = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let whole = 2 + extended + 4;
        if self.header_len < whole {
            return Ok(());
        }
        let len = match extended {
            0 => u64::from(second & 0x7f),
            _ => self.header[2..2 + extended].iter().fold(0, |len, &byte| len << 8 | u64::from(byte)),
        };
        let before = if opcode.is_control() { 0 } else { self.message.len() };
        let fits =
            usize::try_from(len).ok().filter(|len| len.saturating_add(before) <= self.message_bytes_max);
        let len = fits.ok_or(Violation { code: status::TOO_LARGE, text: "the message is too long" })?;
        let mut mask = [0; 4];
        mask.copy_from_slice(&self.header[2 + extended..whole]);
        if !opcode.is_control() && opcode != Opcode::Continuation {
            self.kind = Some(opcode);
        }
        self.frame = Some(Frame { opcode, is_final, mask, len, come: 0 });
        self.header_len = 0;
        Ok(())
    }

    /// The rules that the first two bytes of a header must obey.
    fn check_order(&self, opcode: Opcode, is_final: bool, first: u8, second: u8) -> Result<(), Violation> {
        if first & 0x70 != 0 {
            return Err(protocol("a reserved bit is set, but no extension was agreed on"));
        }
        if second & 0x80 == 0 {
            return Err(protocol("a client's frame must be masked"));
        }
        if opcode.is_control() && (!is_final || usize::from(second & 0x7f) > CONTROL_BYTES_MAX) {
            return Err(protocol("a control frame must be whole and hold at most 125 bytes"));
        }
        match (opcode, self.kind) {
            (Opcode::Continuation, None) => Err(protocol("nothing is there to be continued")),
            (Opcode::Text | Opcode::Binary, Some(_)) => {
                Err(protocol("a message begins before the last one has ended"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a text as soon as it cannot become UTF-8 any more.
    fn check_utf8(&mut self) -> Result<(), Violation> {
        match std::str::from_utf8(&self.message[self.checked..]) {
            Ok(_) => self.checked = self.message.len(),
            Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
            Err(_) => return Err(Violation { code: status::NOT_UTF8, text: "a text is not UTF-8" }),
        }
        Ok(())
    }

    /// A frame is whole: hands over what it completes.
    fn end_of_frame(
        &mut self,
        on_event: &mut impl FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Violation> {
        let Some(frame) = self.frame.take() else { return Ok(ControlFlow::Continue(())) };
        if frame.opcode.is_control() {
            let payload = std::mem::take(&mut self.control);
            return Ok(match frame.opcode {
                Opcode::Ping => on_event(Event::Ping(&payload)),
                Opcode::Pong => on_event(Event::Pong),
                _ => on_event(Event::Close(close_code(&payload)?)),
            });
        }
        if !frame.is_final {
            return Ok(ControlFlow::Continue(()));
        }
        let message = std::mem::take(&mut self.message);
        let kind = self.kind.take();
        if kind == Some(Opcode::Text) && std::mem::take(&mut self.checked) != message.len() {
            return Err(Violation { code: status::NOT_UTF8, text: "a text ends inside a character" });
        }
        let event = if kind == Some(Opcode::Text) { Event::Text(&message) } else { Event::Binary(&message) };
        Ok(on_event(event))
    }
}

/// The status code in the payload of a close frame (sections 5.5.1 and 7.4).
fn close_code(payload: &[u8]) -> Result<Option<u16>, Violation> {
    match payload {
        [] => Ok(None),
        [_] => Err(protocol("half a status code")),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if std::str::from_utf8(reason).is_err() {
                return Err(Violation { code: status::NOT_UTF8, text: "a reason is not UTF-8" });
            }
            match code {
                1000..=1003 | 1007..=1014 | 3000..=4999 => Ok(Some(code)),
                _ => Err(protocol("a status code that may not be sent")),
            }
        }
    }
}

fn protocol(text: &'static str) -> Violation {
    Violation { code: status::PROTOCOL_ERROR, text }
}

/// Takes the mask off a piece of payload that begins so many bytes into it.
fn unmask(bytes: &mut [u8], mut mask: [u8; 4], come: usize) {
    mask.rotate_left(come % 4);
    let mut fours = bytes.chunks_exact_mut(4);
    for four in &mut fours {
        for (byte, mask) in four.iter_mut().zip(mask) {
            *byte ^= mask;
        }
    }
    for (byte, mask) in fours.into_remainder().iter_mut().zip(mask) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BYTES_MAX: usize = 70_000;

    /// A client's frame, as a client makes it.
    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(Opcode::Text, payload, &mut bytes);
        let header_len = bytes.len() - payload.len();
        bytes[0] = first;
        bytes[1] |= 0x80;
        let mask = [7, 0, 255, 42];
        bytes.splice(header_len..header_len, mask);
        unmask(&mut bytes[header_len + 4..], mask, 0);
        bytes
    }

    /// What a stream says that comes in pieces of so many bytes, every event a line.
    fn read(stream: &[u8], piece_len: usize) -> (Vec<String>, Option<u16>) {
        let (mut buffer, mut said) = (FrameBuffer::new(BYTES_MAX), Vec::new());
        for piece in stream.chunks(piece_len.max(1)) {
            let fed = buffer.feed(piece, |event| {
                said.push(match event {
                    Event::Text(text) => format!("text {}", String::from_utf8(text.to_vec()).unwrap()),
                    Event::Binary(bytes) => format!("binary {bytes:?}"),
                    Event::Ping(bytes) => format!("ping {bytes:?}"),
                    Event::Pong => "pong".to_owned(),
                    Event::Close(code) => format!("close {code:?}"),
                });
                ControlFlow::Continue(())
            });
            if let Err(violation) = fed {
                return (said, Some(violation.code));
            }
        }
        (said, None)
    }

    #[test]
    fn every_violation_has_its_code() {
        let text = |first: u8, payload: &[u8]| masked(first, payload);
        let mut unmasked = Vec::new();
        write(Opcode::Text, b"oi", &mut unmasked);
        let endless = [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4].to_vec();
        let rows: Vec<(&str, Vec<u8>, u16)> = vec![
            ("unmasked", unmasked, 1002),
            ("a reserved bit", text(0xc1, b"oi"), 1002),
            ("an unknown opcode", text(0x83, b"oi"), 1002),
            ("an unknown control opcode", text(0x8b, b"oi"), 1002),
            ("a fragmented ping", text(0x09, b"oi"), 1002),
            ("a long ping", text(0x89, &[b'x'; 126]), 1002),
            ("a continuation of nothing", text(0x80, b"oi"), 1002),
            ("two messages in one", [text(0x01, b"o"), text(0x81, b"i")].concat(), 1002),
            ("announced as endless", endless, 1009),
            ("too long", text(0x81, &vec![b'x'; BYTES_MAX + 1]), 1009),
            ("too long in pieces", [text(0x01, &vec![b'x'; BYTES_MAX]), text(0x80, b"x")].concat(), 1009),
            ("not UTF-8", text(0x81, b"\xff"), 1007),
            ("overlong", text(0x81, b"\xc0\xaf"), 1007),
            ("a surrogate", text(0x81, b"\xed\xa0\x80"), 1007),
            ("half a character", text(0x81, b"\xe2\x82"), 1007),
            ("a close of one byte", text(0x88, b"\x03"), 1002),
            ("a close of 1005", text(0x88, &1005_u16.to_be_bytes()), 1002),
            ("a close that is not UTF-8", text(0x88, b"\x03\xe8\xff"), 1007),
        ];
        for (row, bytes, code) in rows {
            for piece_len in [1, 7, bytes.len()] {
                assert_eq!(read(&bytes, piece_len), (Vec::new(), Some(code)), "{row}, in {piece_len}s");
            }
        }
    }

    #[test]
    fn after_a_violation_nothing_is_read() {
        let mut buffer = FrameBuffer::new(BYTES_MAX);
        for _ in 0..40 {
            let fed = buffer.feed(&[0xff], |event| panic!("{event:?}"));
            assert!(fed.is_ok() || fed.unwrap_err().code == 1002);
        }
        assert_eq!(buffer.feed(&masked(0x81, b"oi"), |event| panic!("{event:?}")).unwrap_err().code, 1002);
    }

    #[test]
    fn a_text_is_refused_at_the_byte_that_spoils_it() {
        let mut bytes = masked(0x81, b"oi\xff and a lot that has not come");
        bytes.truncate(2 + 4 + 3);
        assert_eq!(read(&bytes, 1), (Vec::new(), Some(1007)));
    }

    #[test]
    fn messages_in_pieces_with_control_frames_between() {
        let stream = [
            masked(0x01, "ol\u{e1}".as_bytes()[..3].as_ref()),
            masked(0x89, b"?"),
            masked(0x80, "ol\u{e1}".as_bytes()[3..].as_ref()),
            masked(0x8a, b""),
            masked(0x82, &[0, 255]),
            masked(0x81, b""),
            masked(0x88, &1000_u16.to_be_bytes()),
        ]
        .concat();
        let said = ["ping [63]", "text ol\u{e1}", "pong", "binary [0, 255]", "text ", "close Some(1000)"];
        for piece_len in 1..stream.len() {
            assert_eq!(read(&stream, piece_len), (said.map(str::to_owned).to_vec(), None));
        }
    }

    #[test]
    fn after_a_break_nothing_is_lost() {
        let stream: Vec<u8> = (0..50).flat_map(|i| masked(0x81, format!("{i}").as_bytes())).collect();
        let (mut buffer, mut said) = (FrameBuffer::new(BYTES_MAX), Vec::new());
        for piece in std::iter::once(&stream[..]).chain(std::iter::repeat_n(&b""[..], 60)) {
            let one = |event: Event<'_>| {
                let Event::Text(text) = event else { panic!("{event:?}") };
                said.push(String::from_utf8(text.to_vec()).unwrap());
                ControlFlow::Break(())
            };
            buffer.feed(piece, one).unwrap();
        }
        assert_eq!(said, (0..50).map(|i: u8| i.to_string()).collect::<Vec<_>>());
    }

    proptest! {
        /// Invariant: however a stream is cut, it says the same; and no stream panics or makes the buffer grow
        /// beyond the longest message.
        #[test]
        fn cuts_do_not_matter(
            frames in prop::collection::vec(
                (any::<u8>(), prop::collection::vec(any::<u8>(), 0..200)), 0..8),
            noise in prop::collection::vec(any::<u8>(), 0..40),
            piece_len in 1_usize..300,
        ) {
            let mut stream: Vec<u8> =
                frames.iter().flat_map(|(first, payload)| masked(*first, payload)).collect();
            stream.extend(noise);
            prop_assert_eq!(read(&stream, piece_len), read(&stream, stream.len()));
        }

        /// Invariant: what is wrapped is what is read.
        #[test]
        fn a_frame_reads_back(text in "\\PC{0,300}") {
            let mut out = b"before".to_vec();
            out.extend_from_slice(text.as_bytes());
            out.push(b'\n');
            wrap(&mut out, 6);
            let mut written = b"before".to_vec();
            write(Opcode::Text, text.as_bytes(), &mut written);
            prop_assert_eq!(&out, &written);
            prop_assert_eq!(read(&masked(0x81, text.as_bytes()), 16), (vec![format!("text {text}")], None));
        }
    }
}
