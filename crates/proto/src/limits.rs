//! Every bound of the protocol, with its reason, in one place. Not here: what an operator may set
//! (rates, deadlines), which belongs to the server.

/// The protocol's version: part of the ALPN name and of `welcome`.
pub const PROTOCOL_VERSION: u32 = 1;

/// The ALPN name of the lines carrier (RFC 7301). It carries the version, so that two sides without a
/// common version part during the TLS handshake.
pub const ALPN_LINES: &[u8] = b"papo/1";

/// The port where nothing else is said; the one the project has had from its first day.
pub const PORT_DEFAULT: u16 = 12_345;

/// The room where nothing else is said.
pub const ROOM_DEFAULT: &str = "lobby";

/// The longest line in either direction, its line feed not counted. Large enough for any message a
/// person writes, small enough that a thousand half-sent lines cost 64 MiB at the very worst.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// The longest body of a message, as JSON. Three quarters of a line: the server's envelope and the
/// names must fit around it whatever they are.
pub const BODY_BYTES_MAX: usize = 48 * 1024;

/// The longest envelope that the server puts around a body: ids, names, sequence number and time, with
/// every character of the name escaped (`\u0000` is six bytes).
pub const ENVELOPE_BYTES_MAX: usize = 2 * 1024;

/// The longest name of a member, in characters (Unicode scalar values).
pub const NAME_CHARS_MAX: usize = 64;

/// The longest name of a room, in bytes (they are ASCII). It stands in the path of an invite link.
pub const ROOM_BYTES_MAX: usize = 64;

/// The longest id that a client may give a message, in bytes. A UUID has 36.
pub const MESSAGE_ID_BYTES_MAX: usize = 64;

/// The longest word that a client may say of itself in `agent`, in bytes.
pub const AGENT_BYTES_MAX: usize = 128;

/// The longest emoji of a reaction, in bytes: a family with skin tones takes 41.
pub const EMOJI_BYTES_MAX: usize = 64;

/// The longest reason of an act, in characters (Unicode scalar values): a sentence or two.
pub const WHY_CHARS_MAX: usize = 200;

/// How many of those inside are named when an open room is locked. The others cannot come back by themselves.
pub const INSIDE_LISTED_MAX: usize = 1000;

/// How many entries each list of an `access` answer holds at most, so that the answer fits into a line.
pub const ACCESS_LISTED_MAX: usize = 25;

/// How many further servers a server or an invite names.
pub const SERVERS_MAX: usize = 16;

/// Random bytes in an invite's secret: 160 bits cannot be guessed, and make 32 characters without padding.
pub const INVITE_SECRET_BYTES: usize = 20;

/// The largest sequence number: what JavaScript's numbers hold exactly (2^53 - 1).
pub const SEQ_MAX: u64 = (1 << 53) - 1;

/// How many messages a `history` answer holds at most, and how many where the request does not say.
pub const HISTORY_MESSAGES_MAX: usize = 200;

/// How many members a `members` answer holds at most. Also the size up to which `joined` lists them.
pub const MEMBERS_LISTED_MAX: usize = 100;

/// Up to this many members a room tells who came and went; above it only how many there are, because
/// telling everyone of everyone costs the square of the room.
pub const PRESENCE_MEMBERS_MAX: usize = 500;

/// Random bytes in `welcome`'s nonce: 128 bits make a repeated one impossible in practice.
pub const NONCE_BYTES: usize = 16;

/// How long a peer that has promised to answer `ping` may be silent before it is asked, in seconds.
pub const PING_AFTER_SECONDS: u64 = 25;

/// How long such a peer may be silent before it is dropped, in seconds.
pub const SILENCE_SECONDS_MAX: u64 = 60;

const _: () = {
    assert!(BODY_BYTES_MAX + ENVELOPE_BYTES_MAX <= LINE_BYTES_MAX, "a message fits into a line");
    assert!(NAME_CHARS_MAX * 6 * 2 + MESSAGE_ID_BYTES_MAX * 6 + 256 <= ENVELOPE_BYTES_MAX);
    // A listed member: its id, its name of at most 4 bytes a character (names hold nothing that JSON escapes
    // to more than twice its size), and 64 bytes of JSON around them.
    assert!(MEMBERS_LISTED_MAX * (NAME_CHARS_MAX * 4 + 64 + 64) <= LINE_BYTES_MAX - ENVELOPE_BYTES_MAX);
    // An act's entry: the ids inside a locked room with their JSON, and a reason with every character escaped.
    assert!(INSIDE_LISTED_MAX * 32 + WHY_CHARS_MAX * 12 + 512 <= BODY_BYTES_MAX);
    // Four lists; an entry is a name as above, its ids, a time, and 128 bytes of JSON around them.
    assert!(4 * ACCESS_LISTED_MAX * (NAME_CHARS_MAX * 4 + 128 + 128) <= LINE_BYTES_MAX - ENVELOPE_BYTES_MAX);
    assert!(INVITE_SECRET_BYTES * 8 >= 128, "nobody guesses an invite");
    assert!(2 * PING_AFTER_SECONDS < SILENCE_SECONDS_MAX, "a ping has time for its answer");
    assert!(MEMBERS_LISTED_MAX <= PRESENCE_MEMBERS_MAX);
};
