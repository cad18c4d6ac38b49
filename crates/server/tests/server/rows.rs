//! The shape of a row of bad input: who says what, what the answer is, and with it what becomes of the connection. The tables
//! are in `bad_inputs` and `bad_acts`, and what all of them cost in memory is looked at in `memory`. Not here: what else has
//! to be unchanged after a row, which each table looks at for itself.

use papo_proto::{ClosingCode, ErrorCode, ServerMessage};

use crate::common::RawClient;

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Somebody who has not joined.
    Stranger,
    /// A guest who is in the room.
    Guest,
    Member,
    Moderator,
    /// One of two owners.
    Owner,
}

/// A row of a table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) who: Who,
    /// The lines, each without its line feed.
    pub(crate) lines: Vec<String>,
    pub(crate) answer: Answer,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Each line is refused with this code; the connection stays as it was.
    Refused(ErrorCode),
    /// The connection ends with this code.
    Closed(ClosingCode),
    /// It is a `ping` all the same.
    Pong,
    /// Each line is a message like any other.
    Stored,
    /// The first line is stored, the others are refused with this code.
    FirstStored(ErrorCode),
    /// It is let in, and told that its place is none of this log.
    JoinedAnew,
    /// A page of history.
    Page,
}

impl Row {
    /// Says what the row says, filled in, and checks the answer and that the connection is as it should be. Returns how
    /// many messages of it are stored.
    pub(crate) fn check(&self, client: &mut RawClient, fill_in: impl Fn(&str) -> String) -> u64 {
        self.lines.iter().for_each(|line| client.send(&fill_in(line)));
        let name = self.name;
        let mut stored = 0;
        match self.answer {
            Answer::Closed(code) => {
                client.expect_closing(code);
                return 0;
            }
            Answer::Refused(code) => {
                for _ in &self.lines {
                    let refusal = client.refusal();
                    assert_eq!(refusal.code, code, "{name}: {refusal:?}");
                    assert!(refusal.text.len() < 500, "{name}: an answer is short whatever was said");
                }
            }
            Answer::Pong => assert_eq!(client.answer(), ServerMessage::Pong, "{name}"),
            Answer::Stored => {
                let said: serde_json::Value = serde_json::from_str(&self.lines[0]).unwrap();
                let message = client.message();
                assert_eq!(message.body.text.as_deref(), said["text"].as_str(), "{name}: byte for byte");
                stored = 1;
            }
            Answer::FirstStored(code) => {
                // The refusal may come before the echo, which takes the way through the feed.
                let answers: Vec<ServerMessage> = self.lines.iter().map(|_| client.answer()).collect();
                let is_refusal = |said: &&ServerMessage| matches!(said, ServerMessage::Error(refusal) if refusal.code == code);
                let is_first = |said: &&ServerMessage| matches!(said, ServerMessage::Message(message) if message.body.text.as_deref() == Some("one"));
                stored = 1;
                assert_eq!(answers.iter().filter(is_first).count(), 1, "{name}: {answers:?}");
                assert_eq!(
                    answers.iter().filter(is_refusal).count(),
                    self.lines.len() - 1,
                    "{name}: {answers:?}"
                );
            }
            Answer::JoinedAnew => {
                let head = client.joined().head;
                let said = client.answer();
                let is_right =
                    matches!(said, ServerMessage::Truncated { next, .. } if next.number() == head + 1);
                assert!(is_right, "{name}: {said:?}");
            }
            Answer::Page => {
                let said = client.answer();
                let is_right =
                    matches!(&said, ServerMessage::History { messages, .. } if messages.len() <= 200);
                assert!(is_right, "{name}: {said:?}");
            }
        }
        client.expect_pong();
        stored
    }
}
