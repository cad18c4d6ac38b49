//! The functions that a fuzzer calls. Each takes any bytes, gives them to code that reads what others have written,
//! and panics where a promise does not hold. Not here: those that need what only their own crate can reach (the
//! server's shard, the configuration file), and the fuzzer itself.
//!
//! - `decoders.rs`: lines, messages, invites, names, ids, proofs.
//! - `shown.rs`: what makes text safe for a terminal, and what a reader sees of a room.
//! - `session.rs`: the client's conversation with a server that says anything at any time.

mod decoders;
mod script;
mod session;
mod shown;

pub use decoders::{client_message, invite, lines, names, proof, server_message};
pub use script::Script;
pub use session::session;
pub use shown::{markup, sanitiser, timeline};

/// Something to be fuzzed.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: that of the program in `fuzz/fuzz_targets` and of the folder in `fuzz/corpus`.
    pub name: &'static str,
    /// Takes any bytes, and panics where a promise does not hold.
    pub run: fn(&[u8]),
    /// Words that random changes would take long to find.
    pub words: &'static [&'static str],
}

/// The targets of this crate.
pub const TARGETS: [Target; 10] = [
    Target { name: "lines", run: lines, words: &["\n", "\r\n", "\n\n"] },
    Target { name: "client_message", run: client_message, words: CLIENT_WORDS },
    Target { name: "server_message", run: server_message, words: SERVER_WORDS },
    Target { name: "invite", run: invite, words: &["https://", "#", ":12345", "[::1]", "/lobby", "%", "."] },
    Target { name: "names", run: names, words: NAME_WORDS },
    Target { name: "proof", run: proof, words: &["papo join 1\0"] },
    Target { name: "sanitiser", run: sanitiser, words: TEXT_WORDS },
    Target { name: "markup", run: markup, words: MARKUP_WORDS },
    Target { name: "timeline", run: timeline, words: &[] },
    Target { name: "session", run: session, words: SERVER_WORDS },
];

/// What client messages are made of.
pub const CLIENT_WORDS: &[&str] = &[
    "{\"type\":\"join\",\"name\":\"Ana\"}",
    "{\"type\":\"say\",\"id\":\"1\",\"text\":\"oi\"}",
    "\"type\":",
    "\"history\"",
    "\"members\"",
    "\"rename\"",
    "\"typing\"",
    "\"ping\"",
    "\"pong\"",
    "\"leave\"",
    "\"room\":",
    "\"after\":",
    "\"before\":",
    "\"epoch\":",
    "\"key\":",
    "\"proof\":",
    "\"agent\":",
    "\"limit\":",
    "\"reply\":",
    "\"edit\":",
    "\"delete\":",
    "\"react\":{\"to\":1,\"emoji\":\"+\"}",
    "9007199254740991",
    "9007199254740992",
    "-1",
    "1e999",
    "\\ud800",
    "\\u0000",
    "[[[[[[[[",
    "null",
];

/// What server messages are made of.
pub const SERVER_WORDS: &[&str] = &[
    "{\"type\":\"welcome\",\"protocol\":1,\"server\":\"s\",\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\"}",
    "{\"type\":\"pong\"}\n",
    "{\"type\":\"closing\",\"code\":\"stopping\",\"text\":\"\"}\n",
    "\"type\":\"message\"",
    "\"type\":\"history\"",
    "\"members\":[]",
    "\"count\":1",
    "\"more\":true",
    "\"seq\":1",
    "\"time\":\"2026-01-01T00:00:00.000Z\"",
    "\"from\":{\"id\":\"~aaaaaaaaaaaaa\",\"name\":\"A\"}",
    "\"text\":\"\"",
    "\"code\":\"too_fast\"",
    "\"retry_after\":1",
];

const NAME_WORDS: &[&str] =
    &["lobby", "socket", "~", "T00:00:00.000Z", "\u{202E}", "\u{200B}", "e\u{301}", "2026-01-01"];

const TEXT_WORDS: &[&str] = &[
    "\u{1b}[2J",
    "\u{1b}]52;c;",
    "\u{9b}",
    "\r",
    "\t",
    "\n",
    "\u{202E}",
    "\u{2066}",
    "\u{301}",
    "\u{200D}",
    "\u{2028}",
];

const MARKUP_WORDS: &[&str] = &[
    "**",
    "*",
    "_",
    "~~",
    "`",
    "```\n",
    "> ",
    "- ",
    "  - ",
    "1. ",
    "\\",
    "@Ana",
    "#abcd",
    "https://a.example/",
    "mailto:a@b",
    "javascript:",
    "](",
    "\n\n",
    "\r\n",
    "@",
    "\u{1b}[2J",
    "\u{202E}",
];
