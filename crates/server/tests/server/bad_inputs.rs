//! Bad input, row by row: what is said, in which state, what the answer is, and what is left of it. After each row the
//! connection is as it should be, another member has seen nothing but what was stored, and nobody else was held up.
//! Not here: lines that are bad by themselves, which are vectors of the protocol, and what a row costs in memory
//! (`memory`).

use std::iter;
use std::time::{Duration, Instant};

use papo_proto::limits::{BODY_BYTES_MAX, LINE_BYTES_MAX};
use papo_proto::{ClosingCode, ErrorCode};

use crate::common::TestServer;
use crate::rows::{Answer, Row, Who};

fn row(name: &'static str, joined: bool, answer: Answer, lines: impl IntoIterator<Item = String>) -> Row {
    let who = if joined { Who::Guest } else { Who::Stranger };
    Row { name, who, lines: lines.into_iter().collect(), answer }
}

/// Every row.
pub(crate) fn rows() -> impl Iterator<Item = Row> {
    in_the_wrong_state().chain(numbers()).chain(costly_lines()).chain(texts())
}

/// Rows of one line each.
fn rows_of<const N: usize>(
    joined: bool,
    rows: [(&'static str, &str, Answer); N],
) -> impl Iterator<Item = Row> {
    rows.map(|(name, line, answer)| row(name, joined, answer, [line.to_owned()])).into_iter()
}

/// What is said in the wrong state.
fn in_the_wrong_state() -> impl Iterator<Item = Row> {
    use Answer::{Closed, JoinedAnew, Refused};
    let first = Refused(ErrorCode::JoinFirst);
    let again = Refused(ErrorCode::AlreadyJoined);
    rows_of(
        false,
        [
            ("say before join", r#"{"type":"say","id":"1","text":"x"}"#, first),
            ("history before join", r#"{"type":"history"}"#, first),
            ("members before join", r#"{"type":"members"}"#, first),
            ("typing before join", r#"{"type":"typing"}"#, first),
            ("rename before join", r#"{"type":"rename","name":"Eva"}"#, first),
            ("leave before join", r#"{"type":"leave"}"#, Closed(ClosingCode::Left)),
            ("a place of the future", r#"{"type":"join","name":"A","after":9007199254740991}"#, JoinedAnew),
            (
                "a place of another log",
                r#"{"type":"join","name":"A","after":1,"epoch":"0101010101010101"}"#,
                JoinedAnew,
            ),
        ],
    )
    .chain(rows_of(
        true,
        [
            ("join twice", r#"{"type":"join","name":"Ana"}"#, again),
            ("join elsewhere", r#"{"type":"join","name":"Ana","room":"other"}"#, again),
        ],
    ))
}

/// Numbers that are too large, too small, or none.
fn numbers() -> impl Iterator<Item = Row> {
    use Answer::{Page, Pong, Refused};
    let field = Refused(ErrorCode::BadField);
    let long = format!("{{\"type\":\"history\",\"limit\":{}}}", "9".repeat(60_000));
    let unknown = format!("{{\"type\":\"ping\",\"n\":{}}}", "9".repeat(60_000));
    rows_of(
        true,
        [
            ("a limit of 2^31", r#"{"type":"history","limit":2147483648}"#, Page),
            ("a limit of 0", r#"{"type":"history","limit":0}"#, Page),
            ("a limit of 2^32", r#"{"type":"history","limit":4294967296}"#, field),
            ("a limit of -2^63", r#"{"type":"history","limit":-9223372036854775808}"#, field),
            ("a place of 2^53", r#"{"type":"history","after":9007199254740992}"#, field),
            ("a place of 2^64", r#"{"type":"history","before":18446744073709551616}"#, field),
            ("a place of minus zero", r#"{"type":"history","before":-0}"#, field),
            ("a place of 1e3", r#"{"type":"history","before":1e3}"#, field),
            ("a place of the future", r#"{"type":"history","after":9007199254740991}"#, Page),
        ],
    )
    .chain([
        row("a number of 60,000 digits", true, Refused(ErrorCode::BadJson), [long]),
        row("the same where nobody looks", true, Pong, [unknown]),
        row("a small one where nobody looks", true, Pong, [r#"{"type":"ping","n":-0.0e-9}"#.to_owned()]),
    ])
}

/// Lines that take long to read, or much memory if one reads them carelessly.
fn costly_lines() -> impl Iterator<Item = Row> {
    use Answer::{Closed, Pong, Refused};
    let keys = (0..6000).map(|key| format!(",\"k{key}\":0")).collect::<Vec<_>>().concat();
    let equal = ",\"k\":0".repeat(9000);
    let twice = r#"{"type":"ping","limit":1,"limit":1}"#.to_owned();
    let nested = format!("{{\"type\":\"ping\",\"x\":{}{}}}", "[".repeat(100), "]".repeat(100));
    let deep = format!("{{\"type\":\"ping\",\"x\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
    let blank = format!("{{\"type\":\"ping\"{}}}", " ".repeat(60_000));
    let escaped = format!("{{\"type\":\"ping\",\"x\":\"{}\"}}", "\\u0041".repeat(10_000));
    let long = |bytes: usize| "x".repeat(bytes);
    [
        row("6,000 unknown fields", true, Pong, [format!("{{\"type\":\"ping\"{keys}}}")]),
        row("one unknown field 9,000 times", true, Pong, [format!("{{\"type\":\"ping\"{equal}}}")]),
        row("a known field twice", true, Refused(ErrorCode::BadJson), [twice]),
        row("nested as deep as may be", true, Pong, [nested]),
        // What nobody reads is passed over without going down into it.
        row("nested 30,000 deep where nobody looks", true, Pong, [deep]),
        row("60,000 blanks", true, Pong, [blank]),
        row("10,000 escapes", true, Pong, [escaped]),
        row("one byte too long", true, Closed(ClosingCode::TooLarge), [long(LINE_BYTES_MAX + 1)]),
        row("far too long", true, Closed(ClosingCode::TooLarge), [long(40 * LINE_BYTES_MAX)]),
        row("too long before join", false, Closed(ClosingCode::TooLarge), [long(LINE_BYTES_MAX + 1)]),
        row(
            "a thousand bad lines at once",
            true,
            Refused(ErrorCode::BadJson),
            iter::repeat_n("nonsense".to_owned(), 1000),
        ),
    ]
    .into_iter()
}

/// Texts that could hurt a reader. The server carries them unread, byte for byte; surfaces make them harmless.
fn texts() -> impl Iterator<Item = Row> {
    let say = |text: &str| {
        let text = serde_json::to_string(text).unwrap();
        format!("{{\"type\":\"say\",\"id\":\"t\",\"text\":{text}}}")
    };
    let fits = "x".repeat(BODY_BYTES_MAX - r#"{"text":""}"#.len());
    let zalgo = format!("Z{}", "\u{301}".repeat(10_000));
    let texts: [(&'static str, &str); 9] = [
        ("control characters", "\u{0}\u{1b}[2J\u{1b}]52;c;YQ==\u{7}\u{9b}31m\u{7f}\r\u{85}"),
        ("a hyperlink of a terminal", "\u{1b}]8;;http://evil.example\u{1b}\\here\u{1b}]8;;\u{1b}\\"),
        ("direction characters", "\u{202e}evil\u{2066}\u{200f}\u{61c}"),
        ("invisible characters", "\u{200b}\u{feff}a\u{2060}"),
        ("ten thousand marks", &zalgo),
        ("ten thousand lines", &format!("a{}", "\n".repeat(10_000))),
        ("markup", "<script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:b) {{7*7}}"),
        ("the largest body", &fits),
        ("a line of the protocol", "\n{\"type\":\"leave\"}\n"),
    ];
    let rows: Vec<Row> =
        texts.into_iter().map(|(name, text)| row(name, true, Answer::Stored, [say(text)])).collect();
    let large = say(&format!("{fits}x"));
    let reused = ["one", "other"].map(say);
    rows.into_iter().chain([
        row("one byte more than the largest body", true, Answer::Refused(ErrorCode::TooLarge), [large]),
        row("one id, two texts", true, Answer::FirstStored(ErrorCode::IdReused), reused),
    ])
}

/// Invariant: every row has its answer, leaves the connection as it should be, and is seen by nobody else unless it was
/// stored.
#[test]
fn every_bad_input_has_its_answer_and_leaves_nothing_behind() {
    let server = TestServer::start(|_| {});
    for (index, row) in rows().enumerate() {
        println!("{}", row.name);
        let room = format!("room-{index}");
        let (mut watcher, _) = server.guest("Watcher", &room);
        watcher.say("before", "so that there is a message");
        let before = watcher.message().seq.number();
        let mut client = server.client();
        if row.who == Who::Guest {
            client.join(&format!(r#"{{"type":"join","name":"Ana","room":"{room}"}}"#));
        } else {
            client.welcome();
        }
        let in_room = |line: &str| match row.who {
            Who::Stranger => line.replace("\"name\"", &format!("\"room\":\"{room}\",\"name\"")),
            _ => line.to_owned(),
        };
        let stored = row.check(&mut client, in_room);
        let begun = Instant::now();
        watcher.say("after", "so that everything before it is there");
        for place in before + 1..=before + stored {
            assert_eq!(watcher.message().seq.number(), place, "{}", row.name);
        }
        let last = watcher.message();
        assert_eq!((last.seq.number(), last.id.as_str()), (before + stored + 1, "after"), "{}", row.name);
        assert!(begun.elapsed() < Duration::from_secs(10), "{} has held up others", row.name);
    }
}
