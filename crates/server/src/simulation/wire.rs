//! What one connection carries, looked at between session and socket. A session puts right much of what a wrong
//! server does, so a fault must be seen here. Not here: what surfaces see, and what the log has.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use papo_proto::codec::decode_server;
use papo_proto::{ClientMessage, ClosingCode, ErrorCode, LineBuffer, MemberId, Message, Seq, ServerMessage};

use super::world::World;

/// One connection of one client.
#[derive(Debug)]
pub(super) struct Wire {
    client: usize,
    lines: LineBuffer,
    /// The `after` of `join`.
    after: Option<Seq>,
    you: Option<MemberId>,
    /// The place up to which the stream has come.
    reached: Seq,
    /// What was asked and not answered yet.
    asked: VecDeque<Question>,
    closed: bool,
}

/// A kind of question. The server answers them in the order in which they were asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    History,
    Members,
    Ping,
}

impl Wire {
    pub(super) fn new(client: usize) -> Self {
        Self {
            client,
            lines: LineBuffer::default(),
            after: None,
            you: None,
            reached: Seq::ZERO,
            asked: VecDeque::new(),
            closed: false,
        }
    }

    /// The client's session says this.
    pub(super) fn sent(&mut self, message: &ClientMessage) {
        match message {
            ClientMessage::Join(join) => self.after = join.after,
            ClientMessage::History { .. } => self.asked.push_back(Question::History),
            ClientMessage::Members { .. } => self.asked.push_back(Question::Members),
            ClientMessage::Ping => self.asked.push_back(Question::Ping),
            _ => {}
        }
    }

    /// These bytes have come from the server.
    pub(super) fn received(&mut self, bytes: &[u8], world: &World) {
        let mut lines = std::mem::take(&mut self.lines);
        let fed = lines.feed(bytes, |line| {
            let checked = match decode_server(line) {
                Ok(message) => self.check(message, world),
                Err(error) => Err(format!("cannot be read: {error}: {}", String::from_utf8_lossy(line))),
            };
            if let Err(wrong) = checked {
                let violation = format!("on a connection of client {}: {wrong}", self.client);
                world.history.borrow_mut().violation(violation);
            }
            ControlFlow::Continue(())
        });
        self.lines = lines;
        if let Err(error) = fed {
            world.history.borrow_mut().violation(error.to_string());
        }
    }

    fn check(&mut self, message: ServerMessage, world: &World) -> Result<(), String> {
        if self.closed {
            return Err(format!("something follows `closing`: {message:?}"));
        }
        match message {
            ServerMessage::Joined { you, head, .. } => {
                if self.after.is_some_and(|after| after < head) {
                    world.met("resumed behind the head");
                }
                self.joined(you.id, head)
            }
            ServerMessage::Message(message) => self.message(&message, world),
            ServerMessage::Truncated { .. } => Err("`truncated`, but nothing was dropped".to_owned()),
            ServerMessage::Error(refusal) => match refusal.code {
                ErrorCode::TooFast => {
                    world.met("told to be slower");
                    Ok(())
                }
                ErrorCode::LogFailed => {
                    world.met("told that the log has failed");
                    if refusal.about.is_none() && self.you.is_some() {
                        self.answered(Question::History)
                    } else {
                        Ok(())
                    }
                }
                _ => Err(format!("refused: {refusal:?}")),
            },
            ServerMessage::Closing { code, .. } => {
                self.closed = true;
                match code {
                    ClosingCode::Stopping | ClosingCode::Silent | ClosingCode::TooLate => {
                        world.met("closed by the server");
                        Ok(())
                    }
                    _ => Err(format!("closed with {code:?}")),
                }
            }
            ServerMessage::History { .. } => self.answered(Question::History),
            ServerMessage::Members { .. } => self.answered(Question::Members),
            ServerMessage::Pong => self.answered(Question::Ping),
            ServerMessage::Unknown => Err("a type that is unknown".to_owned()),
            _ => Ok(()),
        }
    }

    fn answered(&mut self, question: Question) -> Result<(), String> {
        match self.asked.pop_front() {
            Some(asked) if asked == question => Ok(()),
            asked => Err(format!("the answer to {question:?} where that to {asked:?} comes next")),
        }
    }

    fn joined(&mut self, you: MemberId, head: Seq) -> Result<(), String> {
        self.reached = self.after.unwrap_or(head);
        if self.you.replace(you).is_some() {
            return Err("joined twice".to_owned());
        }
        if self.reached > head {
            return Err(format!("the log ends at {head} and was seen up to {}", self.reached));
        }
        Ok(())
    }

    /// The places of the stream rise by exactly one. Only repeated answers to one's own repeats come between.
    fn message(&mut self, message: &Message, world: &World) -> Result<(), String> {
        if self.you.is_none() {
            return Err(format!("message {} before `joined`", message.seq));
        }
        if message.seq == self.reached.next() {
            self.reached = message.seq;
            return Ok(());
        }
        if self.you.as_ref() == Some(&message.from.id) {
            world.met("a repeat was answered");
            return Ok(());
        }
        Err(format!("message {} follows {}", message.seq, self.reached))
    }
}
