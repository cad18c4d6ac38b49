//! Bytes to lines, lines to messages, and messages to bytes. Not here: sockets, and the WebSocket carrier,
//! whose frames a library makes and which needs only the middle part.

use std::iter;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::body::{Body, BodyError, Reaction};
use crate::error::ErrorCode;
use crate::id::{Epoch, IdError, MemberId, MessageId, PublicKey, Seq, Signature};
use crate::invite::InviteSecret;
use crate::limits::{AGENT_BYTES_MAX, LINE_BYTES_MAX};
use crate::message::{ClientMessage, Join, Refusal, ServerMessage};
use crate::name::{Name, RoomName};
use crate::timestamp::Timestamp;

/// Cuts a stream of bytes into lines. Keeps only what no line feed has ended yet.
#[derive(Debug, Default)]
pub struct LineBuffer {
    rest: Vec<u8>,
    /// How many bytes at the front of `rest` are known to hold no line feed. Without it, a long line that
    /// comes byte by byte would be searched from its beginning for each byte.
    searched: usize,
}

/// A line is longer than [`LINE_BYTES_MAX`]; the stream cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line is longer than {LINE_BYTES_MAX} bytes: split what you send into several messages")]
pub struct LineTooLong;

impl LineBuffer {
    /// Takes the next bytes of the stream and hands each ended line to `on_line`, without its line feed and
    /// a carriage return before it; empty lines are skipped. Where `on_line` breaks, what follows is kept for
    /// the next call, which may bring no bytes of its own.
    pub fn feed(
        &mut self,
        bytes: &[u8],
        mut on_line: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), LineTooLong> {
        if self.rest.is_empty() {
            let (used, searched) = split(bytes, 0, &mut on_line)?;
            self.rest.extend_from_slice(&bytes[used..]);
            self.searched = searched;
            return Ok(());
        }
        self.rest.extend_from_slice(bytes);
        let (used, searched) = split(&self.rest, self.searched, &mut on_line)?;
        self.rest.drain(..used);
        self.searched = searched;
        if self.rest.is_empty() {
            // Most connections are between two lines most of the time: then they hold no memory.
            self.rest = Vec::new();
        }
        Ok(())
    }

    /// How many bytes wait for their line's end, or for a call after a break.
    pub fn pending_len(&self) -> usize {
        self.rest.len()
    }
}

/// Hands over the lines of `bytes`, whose first `searched` bytes hold no line feed. Returns how many bytes the
/// lines took, and how many of the others are known to hold no line feed.
fn split(
    bytes: &[u8],
    mut searched: usize,
    on_line: &mut impl FnMut(&[u8]) -> ControlFlow<()>,
) -> Result<(usize, usize), LineTooLong> {
    let mut used = 0;
    while let Some(len) = bytes[used + searched..].iter().position(|&b| b == b'\n') {
        let len = searched + len;
        searched = 0;
        if len > LINE_BYTES_MAX {
            return Err(LineTooLong);
        }
        let line = &bytes[used..used + len];
        used += len + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() && on_line(line).is_break() {
            return Ok((used, 0));
        }
    }
    let rest_len = bytes.len() - used;
    if rest_len > LINE_BYTES_MAX { Err(LineTooLong) } else { Ok((used, rest_len)) }
}

/// Reads what a client said. What cannot be read is answered with the refusal.
pub fn decode_client(line: &[u8]) -> Result<ClientMessage, Refusal> {
    let text = std::str::from_utf8(line).map_err(|error| {
        let at = error.valid_up_to();
        Refusal::new(ErrorCode::BadUtf8, format!("byte {at} of the line is not UTF-8: send text as UTF-8"))
    })?;
    if !text.trim_ascii_start().starts_with('{') {
        // serde would also read a list of the fields' values in their order here, which nobody means.
        return Err(Refusal::new(ErrorCode::BadJson, NOT_AN_OBJECT));
    }
    let fields: Fields<'_> = serde_json::from_str(text).map_err(|error| refuse_json(&error, text))?;
    fields.into_message()
}

const NOT_AN_OBJECT: &str = "the line is not a JSON object: send for example {\"type\":\"ping\"}";

/// The refusal of a line that serde cannot read: either no JSON object at all, or a field of a wrong kind.
fn refuse_json(error: &serde_json::Error, text: &str) -> Refusal {
    let said = error.to_string();
    // serde's own words name fields and positions, and repeat what a field holds only where a string stands
    // in place of another type. It goes back to its sender only, and cut: with every character escaped, the
    // string of a full line would not fit into the answer's line.
    let cause: String = said.chars().take(CAUSE_CHARS_MAX).collect();
    match error.classify() {
        serde_json::error::Category::Data if !said.starts_with("duplicate field") => {
            let field = wrong_field(text).map_or("a field".to_owned(), |field| format!("`{field}`"));
            Refusal::new(ErrorCode::BadField, format!("{field} has a value it cannot have: {cause}"))
        }
        _ => Refusal::new(
            ErrorCode::BadJson,
            format!("the line is not one JSON object: {cause}; send for example {{\"type\":\"ping\"}}"),
        ),
    }
}

/// Which field cannot have its value, for whoever has written the line: read one by one, since serde names only
/// the column. Unknown fields are never at fault, so this is one of ours and short.
fn wrong_field(text: &str) -> Option<String> {
    let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    fields.into_iter().find_map(|(field, value)| {
        let alone = serde_json::Value::Object(iter::once((field.clone(), value)).collect());
        Fields::deserialize(&alone).is_err().then_some(field)
    })
}

/// As much of serde's words as says what is wrong.
const CAUSE_CHARS_MAX: usize = 200;

/// Every field that any client message has. One flat record reads a line in one pass, without the
/// intermediate tree that a tagged enum needs, and finds a field that stands there twice.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<std::borrow::Cow<'a, str>>,
    name: Option<String>,
    room: Option<String>,
    after: Option<serde_json::Value>,
    before: Option<Seq>,
    epoch: Option<Epoch>,
    key: Option<PublicKey>,
    proof: Option<Signature>,
    invite: Option<InviteSecret>,
    agent: Option<String>,
    limit: Option<u32>,
    id: Option<String>,
    text: Option<String>,
    reply: Option<Seq>,
    edit: Option<Seq>,
    delete: Option<Seq>,
    react: Option<Reaction>,
    act: Option<Box<Act>>,
}

impl Fields<'_> {
    fn into_message(self) -> Result<ClientMessage, Refusal> {
        match self.kind.as_deref() {
            Some("say") => self.into_say(),
            Some("join") => self.into_join(),
            Some("history") => {
                Ok(ClientMessage::History { after: self.after()?, before: self.before, limit: self.limit })
            }
            Some("members") => self.into_members(),
            Some("audit") => Ok(ClientMessage::Audit { before: self.before, limit: self.limit }),
            Some("access") => Ok(ClientMessage::Access),
            Some("typing") => Ok(ClientMessage::Typing),
            Some("rename") => Ok(ClientMessage::Rename { name: name(self.name)? }),
            Some("leave") => Ok(ClientMessage::Leave),
            Some("ping") => Ok(ClientMessage::Ping),
            Some("pong") => Ok(ClientMessage::Pong),
            Some(_) => Err(Refusal::new(
                ErrorCode::UnknownType,
                "this `type` is not known here: use join, say, history, members, audit, access, typing, rename, leave, ping or pong",
            )),
            None => Err(missing("type", ErrorCode::UnknownType)),
        }
    }

    fn into_say(self) -> Result<ClientMessage, Refusal> {
        let id = self.id.ok_or_else(|| missing("id", ErrorCode::BadField))?;
        let id = MessageId::parse(&id).map_err(bad_id)?;
        let body = Body {
            text: self.text,
            reply: self.reply,
            edit: self.edit,
            delete: self.delete,
            react: self.react,
            act: self.act,
        };
        Ok(ClientMessage::Say { id, body })
    }

    fn into_join(self) -> Result<ClientMessage, Refusal> {
        let after = self.after()?;
        let room = self.room.map(|room| RoomName::parse(&room)).transpose();
        let room = room.map_err(|error| Refusal::new(ErrorCode::BadRoom, error.to_string()))?;
        let name = name(self.name)?;
        let Self { epoch, key, proof, invite, agent, .. } = self;
        if key.is_some() != proof.is_some() {
            return Err(Refusal::new(
                ErrorCode::BadField,
                "`key` and `proof` go together: send both or neither",
            ));
        }
        if agent.as_ref().is_some_and(|agent| agent.len() > AGENT_BYTES_MAX) {
            return Err(Refusal::new(
                ErrorCode::BadField,
                format!("`agent` is longer than {AGENT_BYTES_MAX} bytes: shorten it"),
            ));
        }
        Ok(ClientMessage::Join(Box::new(Join { name, room, after, epoch, key, proof, invite, agent })))
    }

    fn into_members(self) -> Result<ClientMessage, Refusal> {
        let after: Option<String> = self.after.map(serde_json::from_value).transpose().map_err(|_| {
            Refusal::new(
                ErrorCode::BadField,
                "`after` of `members` is the id of a member: send it as a string",
            )
        })?;
        let after = after.map(|id| MemberId::parse(&id)).transpose().map_err(bad_id)?;
        Ok(ClientMessage::Members { after, limit: self.limit })
    }

    /// `after` is a place for `join` and `history`, and a member for `members`.
    fn after(&self) -> Result<Option<Seq>, Refusal> {
        self.after.clone().map(serde_json::from_value).transpose().map_err(|_| {
            Refusal::new(
                ErrorCode::BadField,
                "`after` is the sequence number of a message: a whole number from 0 to 2^53 - 1",
            )
        })
    }
}

fn name(name: Option<String>) -> Result<Name, Refusal> {
    let name = name.ok_or_else(|| missing("name", ErrorCode::BadName))?;
    Name::parse(&name).map_err(|error| Refusal::new(ErrorCode::BadName, error.to_string()))
}

fn missing(field: &str, code: ErrorCode) -> Refusal {
    Refusal::new(code, format!("the field `{field}` is missing: add it"))
}

fn bad_id(error: IdError) -> Refusal {
    Refusal::new(ErrorCode::BadField, error.to_string())
}

/// The refusal of a body.
pub fn refuse_body(error: BodyError, id: MessageId) -> Refusal {
    let code = match error {
        BodyError::TooLarge { .. } => ErrorCode::TooLarge,
        BodyError::Empty | BodyError::Shape | BodyError::Act => ErrorCode::BadBody,
    };
    Refusal::new(code, error.to_string()).about(id)
}

/// Reads what a server said. A message of an unknown type is [`ServerMessage::Unknown`].
pub fn decode_server(line: &[u8]) -> Result<ServerMessage, serde_json::Error> {
    serde_json::from_slice(line)
}

/// Appends what a client says as one line.
pub fn encode_client(message: &ClientMessage, out: &mut Vec<u8>) {
    encode(message, out);
}

/// Appends what a server says as one line.
pub fn encode_server(message: &ServerMessage, out: &mut Vec<u8>) {
    encode(message, out);
}

fn encode<T: Serialize>(message: &T, out: &mut Vec<u8>) {
    #[expect(
        clippy::expect_used,
        reason = "writing to memory does not fail, and no map here has a key that is no string"
    )]
    serde_json::to_writer(&mut *out, message).expect("messages are JSON");
    out.push(b'\n');
}

/// The parts of a `message` as a log keeps them: all of them have been checked when they came in.
#[derive(Clone, Copy, Debug)]
pub struct MessageParts<'a> {
    /// Its place in the room.
    pub seq: Seq,
    /// When the server took it.
    pub time: Timestamp,
    /// The sender's id.
    pub from_id: &'a str,
    /// What the sender was called.
    pub from_name: &'a str,
    /// The sender's own id for it.
    pub id: &'a str,
    /// The body as [`Body::to_json`] made it: a JSON object with at least one field.
    pub body_json: &'a str,
}

impl MessageParts<'_> {
    /// Appends the `message` as one line: the same bytes as [`encode_server`] writes, but without taking
    /// the body apart, since this runs once for every message of every room.
    pub fn encode_line(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(br#"{"type":"message","#);
        self.encode_fields(out);
        out.extend_from_slice(b"}\n");
    }

    /// Appends the `message` as an element of `history`'s list, without `type`.
    pub fn encode_element(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        self.encode_fields(out);
        out.push(b'}');
    }

    fn encode_fields(&self, out: &mut Vec<u8>) {
        use std::io::Write as _;
        // Writing to a vector cannot fail.
        let _ = write!(out, r#""seq":{},"time":"{}","from":{{"id":"#, self.seq, self.time);
        string(self.from_id, out);
        out.extend_from_slice(br#","name":"#);
        string(self.from_name, out);
        out.extend_from_slice(br#"},"id":"#);
        string(self.id, out);
        out.push(b',');
        let fields = self.body_json.strip_prefix('{').and_then(|fields| fields.strip_suffix('}'));
        out.extend_from_slice(fields.unwrap_or_default().as_bytes());
    }
}

fn string(text: &str, out: &mut Vec<u8>) {
    // A string is always JSON, and writing to a vector cannot fail.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::Member;
    use crate::message::Message;

    fn code(line: &[u8]) -> ErrorCode {
        decode_client(line).expect_err("refused").code
    }

    #[test]
    fn bad_lines_are_refused_by_name() {
        let deep_field = format!("{{\"after\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        for (line, expected) in [
            (&b"\xff{}"[..], ErrorCode::BadUtf8),
            (b"\xc0\xaf", ErrorCode::BadUtf8),
            (b"hello", ErrorCode::BadJson),
            (b"GET / HTTP/1.1", ErrorCode::BadJson),
            (deep.as_bytes(), ErrorCode::BadJson),
            (deep_field.as_bytes(), ErrorCode::BadJson),
            (br#"["say","Ana"]"#, ErrorCode::BadJson),
            (br#"{"type":"ping""#, ErrorCode::BadJson),
            (br#"{"type":"ping"} {"#, ErrorCode::BadJson),
            (br#"{"type":"say","id":"1","id":"2","text":"x"}"#, ErrorCode::BadJson),
            (br#"{"type":"say","id":"1","text":"\ud800"}"#, ErrorCode::BadJson),
            (br#"{"name":"Ana"}"#, ErrorCode::UnknownType),
            (br#"{"type":"dance"}"#, ErrorCode::UnknownType),
            (br#"{"type":7}"#, ErrorCode::BadField),
            (br#"{"type":"say","text":"x"}"#, ErrorCode::BadField),
            (br#"{"type":"say","id":"a b","text":"x"}"#, ErrorCode::BadField),
            (br#"{"type":"join"}"#, ErrorCode::BadName),
            (br#"{"type":"join","name":" "}"#, ErrorCode::BadName),
            (br#"{"type":"join","name":"Ana","room":"a/b"}"#, ErrorCode::BadRoom),
            (br#"{"type":"join","name":"Ana","after":-1}"#, ErrorCode::BadField),
            (br#"{"type":"join","name":"Ana","after":9007199254740992}"#, ErrorCode::BadField),
            (br#"{"type":"join","name":"Ana","after":1e999}"#, ErrorCode::BadJson),
            (br#"{"type":"join","name":"Ana","key":"AA"}"#, ErrorCode::BadField),
            (br#"{"type":"history","limit":-1}"#, ErrorCode::BadField),
            (br#"{"type":"history","before":1.5}"#, ErrorCode::BadField),
            (br#"{"type":"members","after":7}"#, ErrorCode::BadField),
            (br#"{"type":"rename","name":"\u202eanA"}"#, ErrorCode::BadName),
        ] {
            let shown = String::from_utf8_lossy(&line[..line.len().min(80)]);
            assert_eq!(code(line), expected, "{shown}");
        }
    }

    #[test]
    fn a_field_with_a_wrong_value_is_named() {
        for (line, field) in [
            (r#"{"type":7}"#, "type"),
            (r#"{"type":"history","x":{},"limit":-1}"#, "limit"),
            (r#"{"type":"history","before":1.5}"#, "before"),
            (r#"{"type":"join","name":"Ana","key":"AA"}"#, "key"),
            (r#"{"type":"say","id":"1","text":["x"]}"#, "text"),
            (r#"{"type":"say","id":"1","react":{"to":"x"}}"#, "react"),
        ] {
            let refusal = decode_client(line.as_bytes()).unwrap_err();
            assert_eq!(refusal.code, ErrorCode::BadField, "{line}");
            assert!(refusal.text.starts_with(&format!("`{field}` has a value")), "{line}: {}", refusal.text);
        }
    }

    #[test]
    fn a_refusal_fits_into_a_line_whatever_it_refuses() {
        // Once the whole string was repeated, six times as long for its escapes.
        for symbol in ["\u{7f}", "x", "\u{10ffff}", "\\u0001", "\\\""] {
            let text = symbol.repeat((LINE_BYTES_MAX - 40) / symbol.len());
            let refusal = decode_client(format!(r#"{{"type":"history","limit":"{text}"}}"#).as_bytes());
            let mut line = Vec::new();
            encode_server(&ServerMessage::Error(refusal.expect_err("refused")), &mut line);
            assert!(line.len() <= 4096, "{} bytes for {symbol:?}", line.len());
        }
    }

    #[test]
    fn unknown_fields_are_passed_over_and_escapes_mean_the_same() {
        let said = decode_client(br#"{"colour":{"x":[1]},"t\u0079pe":"s\u0061y","id":"1","text":"oi"}"#);
        assert_eq!(said, Ok(ClientMessage::Say { id: "1".parse().unwrap(), body: Body::text("oi") }));
    }

    #[test]
    fn a_line_longer_than_the_limit_is_an_error_before_it_is_kept() {
        let mut buffer = LineBuffer::default();
        assert_eq!(buffer.feed(&vec![b'x'; LINE_BYTES_MAX], |_| ControlFlow::Continue(())), Ok(()));
        assert_eq!(buffer.feed(b"x", |_| ControlFlow::Continue(())), Err(LineTooLong));
    }

    #[test]
    fn a_break_keeps_what_follows_for_the_next_call() {
        let mut buffer = LineBuffer::default();
        let mut lines = Vec::new();
        for bytes in [&b"a\nb\r\n\nc"[..], b"", b"d\n", b""] {
            let break_after_one = |line: &[u8]| {
                lines.push(String::from_utf8_lossy(line).into_owned());
                ControlFlow::Break(())
            };
            buffer.feed(bytes, break_after_one).unwrap();
        }
        assert_eq!(lines, ["a", "b", "cd"]);
        assert_eq!(buffer.pending_len(), 0);
    }

    proptest! {
        /// However a stream is cut, and wherever the reader pauses, the same lines come out.
        #[test]
        fn lines_do_not_depend_on_how_the_stream_is_cut(
            lines in prop::collection::vec("[a-z]{0,20}", 0..20),
            cuts in prop::collection::vec(1_usize..30, 1..40),
            pause_every in 1_usize..5,
        ) {
            let stream: Vec<u8> = lines.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect();
            let (mut buffer, mut got, mut at) = (LineBuffer::default(), Vec::new(), 0);
            for cut in cuts.iter().cycle() {
                let end = (at + cut).min(stream.len());
                buffer.feed(&stream[at..end], |line| {
                    got.push(String::from_utf8_lossy(line).into_owned());
                    if got.len() % pause_every == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                }).unwrap();
                at = end;
                if at == stream.len() && buffer.pending_len() == 0 {
                    break;
                }
            }
            let expected: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
            prop_assert_eq!(got, expected);
        }

        /// The fast way of writing a message says the same as the plain one, whatever is in it.
        #[test]
        fn both_ways_of_writing_a_message_agree(text in ".{1,40}", seq in 1_u64..1 << 50, ms in 0_u64..1 << 47) {
            prop_assume!(!text.trim().is_empty());
            let body = Body { reply: Some(Seq::new(3)), ..Body::text(text) };
            let message = Message {
                seq: Seq::new(seq),
                time: Timestamp::from_unix_ms(ms),
                from: Member { id: MemberId::of_guest([1; 8]), name: Name::parse("A \"na\"").unwrap() },
                id: "x\"\\".parse().unwrap(),
                body: body.clone(),
            };
            let body_json = body.to_json().unwrap();
            let parts = MessageParts {
                seq: message.seq,
                time: message.time,
                from_id: message.from.id.as_str(),
                from_name: message.from.name.as_str(),
                id: message.id.as_str(),
                body_json: &body_json,
            };
            let (mut fast, mut plain) = (Vec::new(), Vec::new());
            parts.encode_line(&mut fast);
            encode_server(&ServerMessage::Message(message.clone()), &mut plain);
            prop_assert_eq!(&fast, &plain);
            prop_assert_eq!(decode_server(fast.trim_ascii_end()).unwrap(), ServerMessage::Message(message));
        }

        /// No input makes the decoder panic.
        #[test]
        fn any_bytes_are_either_understood_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode_client(&bytes);
        }
    }
}
