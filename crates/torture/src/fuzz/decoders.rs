//! Targets: everything that reads bytes or text from outside and makes a type of it. What is read must be written
//! and read back as the same; what is refused must be answered with words that fit into a line. Not here: what
//! becomes of it.

use std::fmt::{Debug, Display};
use std::ops::ControlFlow;
use std::str::FromStr;

use papo_proto::codec::{decode_client, decode_server, encode_client, encode_server};
use papo_proto::limits::{LINE_BYTES_MAX, MESSAGE_ID_BYTES_MAX, NAME_CHARS_MAX, ROOM_BYTES_MAX};
use papo_proto::proof::join_proof;
use papo_proto::{
    Address, ClientMessage, Epoch, Fingerprint, Invite, LineBuffer, MemberId, MessageId, Name, Nonce,
    PublicKey, RoomName, ServerMessage, Signature, Timestamp,
};

use super::Script;

/// Enough for a line that is too long and some before it.
const STREAM_BYTES_MAX: usize = 2 * LINE_BYTES_MAX;

/// The stream is cut into the same lines whatever pieces it comes in, and wherever reading pauses.
pub fn lines(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let piece_len = usize::from(script.byte()).max(1);
    let pause_every = usize::from(script.byte());
    let stream = stretched(bytes.get(2..).unwrap_or_default());
    let (whole, whole_fits) = cut(&stream, stream.len().max(1), 0);
    let (pieces, pieces_fit) = cut(&stream, piece_len, pause_every);
    assert_eq!(whole_fits, pieces_fit, "a line is as long in pieces as it is whole");
    assert_eq!(whole, pieces, "the lines do not depend on the pieces");
    for line in &whole {
        assert!(line.len() <= LINE_BYTES_MAX && !line.is_empty() && !line.contains(&b'\n'));
    }
    if whole_fits {
        let mut all_lines: Vec<&[u8]> = stream.split(|&byte| byte == b'\n').collect();
        // What no line feed has ended is no line yet.
        all_lines.pop();
        let expected: Vec<&[u8]> = all_lines
            .into_iter()
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(whole, expected, "no line is lost and none is made up");
    }
}

/// The same bytes, but with `0xFF` as 8 KiB of letters: so a few bytes make a line that is too long.
fn stretched(bytes: &[u8]) -> Vec<u8> {
    let stretch = |&byte: &u8| if byte == 0xFF { vec![b'x'; 8 * 1024] } else { vec![byte] };
    bytes.iter().flat_map(stretch).take(STREAM_BYTES_MAX).collect()
}

/// The lines of a stream that comes in such pieces, and whether all of them fit. Pauses after so many lines.
fn cut(stream: &[u8], piece_len: usize, pause_every: usize) -> (Vec<Vec<u8>>, bool) {
    let (mut lines, mut buffer) = (Vec::new(), LineBuffer::default());
    for piece in stream.chunks(piece_len) {
        let mut next = piece;
        loop {
            let mut paused = false;
            let fed = buffer.feed(next, |line| {
                lines.push(line.to_vec());
                paused = pause_every > 0 && lines.len().is_multiple_of(pause_every);
                if paused { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            if fed.is_err() {
                // What comes before the long line may have come in an earlier piece, or in the same.
                return (lines, false);
            }
            assert!(
                buffer.pending_len() <= LINE_BYTES_MAX + piece.len(),
                "it keeps a line, and what it was given"
            );
            if !paused {
                break;
            }
            next = &[];
        }
    }
    (lines, true)
}

/// What a client says.
pub fn client_message(line: &[u8]) {
    match decode_client(line) {
        Ok(message) => {
            let written = written(&message, encode_client);
            assert_eq!(decode_client(&written).as_ref(), Ok(&message), "it is read back as it was");
            if let ClientMessage::Say { body, .. } = &message
                && let Ok(json) = body.to_json()
            {
                assert_eq!(papo_proto::Body::from_json(&json).as_ref(), Ok(body));
            }
        }
        Err(refusal) => {
            assert!(!refusal.text.is_empty());
            if line.len() <= LINE_BYTES_MAX {
                let answer = ServerMessage::Error(refusal);
                let written = written(&answer, encode_server);
                assert!(written.len() <= LINE_BYTES_MAX, "the answer fits into a line: {}", written.len());
                assert_eq!(decode_server(&written).unwrap(), answer);
            }
        }
    }
}

/// What a server says.
pub fn server_message(line: &[u8]) {
    if let Ok(message) = decode_server(line) {
        let written = written(&message, encode_server);
        assert_eq!(decode_server(&written).unwrap(), message, "it is read back as it was");
    }
}

fn written<T>(message: &T, encode: fn(&T, &mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(message, &mut bytes);
    assert_eq!(bytes.pop(), Some(b'\n'));
    assert!(!bytes.contains(&b'\n'), "a message is one line");
    bytes
}

/// Addresses and invite links.
pub fn invite(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    reads_back::<Address>(&text);
    if let Some(invite) = reads_back::<Invite>(&text) {
        assert!(
            invite.address.host.bytes().all(|byte| byte.is_ascii_graphic()),
            "nothing odd gets into the host"
        );
        assert!(!invite.to_string().contains(char::is_whitespace));
    }
}

/// Names, rooms, ids, keys and times.
pub fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(name) = reads_back::<Name>(&text) {
        let chars = name.as_str().chars().count();
        assert!((1..=NAME_CHARS_MAX).contains(&chars) && name.as_str().trim() == name.as_str());
        assert!(!name.as_str().contains(char::is_control));
    }
    if let Some(room) = reads_back::<RoomName>(&text) {
        assert!((1..=ROOM_BYTES_MAX).contains(&room.as_str().len()));
        assert!(!room.as_str().contains(['/', '%', '\\', '#', '?']) && !room.as_str().starts_with('.'));
    }
    if let Ok(id) = MessageId::parse(&text) {
        assert_eq!(MessageId::parse(id.as_str()).as_ref(), Ok(&id));
        assert!((1..=MESSAGE_ID_BYTES_MAX).contains(&id.as_str().len()));
    }
    if let Ok(id) = MemberId::parse(&text) {
        assert_eq!(MemberId::parse(id.as_str()).as_ref(), Ok(&id));
        assert!(!id.badge().is_empty());
    }
    reads_back::<Epoch>(&text);
    reads_back::<Fingerprint>(&text);
    reads_back::<Nonce>(&text);
    reads_back::<PublicKey>(&text);
    reads_back::<Signature>(&text);
    if let Ok(time) = Timestamp::parse(&text) {
        assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
    }
}

/// Reads a text as a type. What was read is read again from how it is shown.
fn reads_back<T: FromStr<Err: Debug> + Display + Debug + PartialEq>(text: &str) -> Option<T> {
    let read = text.parse::<T>().ok()?;
    let shown = read.to_string();
    assert_eq!(shown.parse::<T>().as_ref().ok(), Some(&read), "{text:?} is shown as {shown:?}");
    Some(read)
}

/// What a member signs says unmistakably what it is for: the fields can be taken out of it again.
pub fn proof(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let (nonce, key, binding) = (Nonce(script.array()), PublicKey(script.array()), script.array());
    let room = String::from_utf8_lossy(script.piece());
    let room = RoomName::parse(&room).unwrap_or_default();
    let proof = join_proof(&nonce, &room, &key, &binding);
    let mut rest = proof.strip_prefix(b"papo join 1\0").expect("it begins with the label");
    for field in [nonce.0.as_slice(), room.as_str().as_bytes(), &key.0, &binding] {
        let (len, behind) = rest.split_first_chunk::<4>().expect("a length");
        let (found, behind) = behind.split_at(u32::from_be_bytes(*len) as usize);
        assert_eq!(found, field);
        rest = behind;
    }
    assert!(rest.is_empty());
}
