//! `docs/PROTOCOL.md` is what others write their clients from, so its examples, limits and lists of codes
//! are compared with the code. Not here: its prose, which needs a reader.

#![expect(clippy::expect_used, clippy::panic, reason = "a test reports what is wrong by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use papo_proto::codec;
use papo_proto::limits::{
    AGENT_BYTES_MAX, BODY_BYTES_MAX, EMOJI_BYTES_MAX, HISTORY_MESSAGES_MAX, LINE_BYTES_MAX,
    MEMBERS_LISTED_MAX, MESSAGE_ID_BYTES_MAX, NAME_CHARS_MAX, NONCE_BYTES, PING_AFTER_SECONDS,
    PRESENCE_MEMBERS_MAX, ROOM_BYTES_MAX, SEQ_MAX, SILENCE_SECONDS_MAX,
};
use papo_proto::{ClosingCode, ErrorCode, Refusal, ServerMessage};

#[test]
fn every_example_is_a_line_as_papo_writes_it() {
    let document = read("../../docs/PROTOCOL.md");
    for example in examples(&document, "C: ") {
        let message =
            codec::decode_client(example.as_bytes()).unwrap_or_else(|error| panic!("{example}: {error:?}"));
        let mut line = Vec::new();
        codec::encode_client(&message, &mut line);
        assert_eq!(String::from_utf8_lossy(line.trim_ascii_end()), example);
    }
    for example in examples(&document, "S: ") {
        let message =
            codec::decode_server(example.as_bytes()).unwrap_or_else(|error| panic!("{example}: {error}"));
        assert_eq!(line_of(&message), example);
    }
}

#[test]
fn everything_that_can_be_said_has_an_example() {
    let document = read("../../docs/PROTOCOL.md");
    for (side, vectors) in [("C: ", "client_messages.json"), ("S: ", "server_messages.json")] {
        let shown: BTreeSet<String> = examples(&document, side).map(|line| text_of(line, "type")).collect();
        for vector in vectors_of(vectors) {
            let kind = text_of(vector["line"].as_str().expect("a line"), "type");
            assert!(shown.contains(&kind), "no example begins with {side}{{\"type\":\"{kind}\"");
        }
    }
}

/// A reader who tries their code on the examples must find the same signatures as in the vectors.
#[test]
fn every_proof_in_an_example_is_one_of_the_vectors() {
    let vectors = vectors_of("join_proof.json");
    let lines: Vec<&str> = vectors.iter().filter_map(|vector| vector["line"].as_str()).collect();
    let document = read("../../docs/PROTOCOL.md");
    let with_proof: Vec<&str> =
        examples(&document, "C: ").filter(|line| line.contains("\"proof\"")).collect();
    assert!(!with_proof.is_empty());
    for line in with_proof {
        assert!(lines.contains(&line), "{line}");
    }
}

#[test]
fn the_limits_are_those_of_the_code() {
    let document = read("../../docs/PROTOCOL.md");
    let limits = [
        ("LINE_BYTES_MAX", LINE_BYTES_MAX as u64),
        ("BODY_BYTES_MAX", BODY_BYTES_MAX as u64),
        ("NAME_CHARS_MAX", NAME_CHARS_MAX as u64),
        ("ROOM_BYTES_MAX", ROOM_BYTES_MAX as u64),
        ("MESSAGE_ID_BYTES_MAX", MESSAGE_ID_BYTES_MAX as u64),
        ("AGENT_BYTES_MAX", AGENT_BYTES_MAX as u64),
        ("EMOJI_BYTES_MAX", EMOJI_BYTES_MAX as u64),
        ("SEQ_MAX", SEQ_MAX),
        ("HISTORY_MESSAGES_MAX", HISTORY_MESSAGES_MAX as u64),
        ("MEMBERS_LISTED_MAX", MEMBERS_LISTED_MAX as u64),
        ("PRESENCE_MEMBERS_MAX", PRESENCE_MEMBERS_MAX as u64),
        ("NONCE_BYTES", NONCE_BYTES as u64),
        ("PING_AFTER_SECONDS", PING_AFTER_SECONDS),
        ("SILENCE_SECONDS_MAX", SILENCE_SECONDS_MAX),
    ];
    for (name, value) in limits {
        assert!(document.contains(&format!("\n| `{name}` | {value} | ")), "{name} is {value}");
    }
}

#[test]
fn every_code_has_its_row() {
    let document = read("../../docs/PROTOCOL.md");
    let errors = ErrorCode::ALL.map(|code| ServerMessage::Error(Refusal::new(code, "")));
    let closings =
        ClosingCode::ALL.map(|code| ServerMessage::Closing { code, text: String::new(), after: None });
    for (heading, messages) in [("\n## 11. Errors\n", &errors[..]), ("\n## 12. Closings\n", &closings[..])] {
        let (_, section) = document.split_once(heading).expect(heading);
        let section = section.split("\n## ").next().unwrap_or_default();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        let rows: BTreeSet<String> = rows.map(|(code, _)| code.to_owned()).collect();
        assert_eq!(rows, messages.iter().map(|message| text_of(&line_of(message), "code")).collect());
    }
}

fn examples<'a>(document: &'a str, side: &'a str) -> impl Iterator<Item = &'a str> {
    document.lines().filter_map(move |line| line.strip_prefix(side))
}

fn line_of(message: &ServerMessage) -> String {
    let mut line = Vec::new();
    codec::encode_server(message, &mut line);
    String::from_utf8(line).expect("UTF-8").trim_end().to_owned()
}

fn text_of(line: &str, field: &str) -> String {
    let object: Value = serde_json::from_str(line).expect(line);
    object[field].as_str().unwrap_or_else(|| panic!("{line} has no {field}")).to_owned()
}

fn vectors_of(name: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(&read(&format!("vectors/{name}"))).expect(name);
    file["vectors"].as_array().expect(name).clone()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}
