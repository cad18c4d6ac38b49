//! What one connection carries, looked at between session and socket. A session puts right much of what a wrong
//! server does, so a fault must be seen here. Not here: what surfaces see, and what the log has.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use papo_proto::codec::decode_server;
use papo_proto::{ClientMessage, ClosingCode, ErrorCode, LineBuffer, Message, Seq, ServerMessage};
use papo_torture::history::{Delivered, Delivery, Violation};

use super::world::World;

/// One connection of one client.
#[derive(Debug)]
pub(super) struct Wire {
    client: usize,
    lines: LineBuffer,
    /// The messages of the room.
    delivery: Delivery,
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
            delivery: Delivery::new(client),
            asked: VecDeque::new(),
            closed: false,
        }
    }

    /// The client's session says this.
    pub(super) fn sent(&mut self, message: &ClientMessage) {
        match message {
            ClientMessage::Join(join) => self.delivery.asks(join.after.map(Seq::number)),
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
            let checked =
                match decode_server(line) {
                    Ok(message) => self.check(message, world),
                    Err(error) => Err(self
                        .unexpected(&format!("cannot be read: {error}: {}", String::from_utf8_lossy(line)))),
                };
            if let Err(wrong) = checked {
                world.history.borrow_mut().add(wrong);
            }
            ControlFlow::Continue(())
        });
        self.lines = lines;
        if let Err(error) = fed {
            world.history.borrow_mut().violation(error.to_string());
        }
    }

    fn check(&mut self, message: ServerMessage, world: &World) -> Result<(), Violation> {
        if self.closed {
            return Err(self.unexpected(&format!("something follows `closing`: {message:?}")));
        }
        match message {
            ServerMessage::Joined { you, head, .. } => {
                if self.delivery.joined(you.id.as_str(), head.number())? {
                    world.met("resumed behind the head");
                }
                Ok(())
            }
            ServerMessage::Message(message) => self.message(&message, world),
            ServerMessage::Truncated { .. } => Err(self.unexpected("`truncated`, but nothing was dropped")),
            ServerMessage::Error(refusal) => match refusal.code {
                ErrorCode::TooFast => {
                    world.met("told to be slower");
                    Ok(())
                }
                ErrorCode::LogFailed => {
                    world.met("told that the log has failed");
                    if refusal.about.is_none() && self.delivery.is_joined() {
                        self.answered(Question::History)
                    } else {
                        Ok(())
                    }
                }
                _ => Err(self.unexpected(&format!("refused: {refusal:?}"))),
            },
            ServerMessage::Closing { code, .. } => {
                self.closed = true;
                match code {
                    ClosingCode::Stopping | ClosingCode::Silent | ClosingCode::TooLate => {
                        world.met("closed by the server");
                        Ok(())
                    }
                    _ => Err(self.unexpected(&format!("closed with {code:?}"))),
                }
            }
            ServerMessage::History { .. } => self.answered(Question::History),
            ServerMessage::Members { .. } => self.answered(Question::Members),
            ServerMessage::Pong => self.answered(Question::Ping),
            ServerMessage::Unknown => Err(self.unexpected("a type that is unknown")),
            _ => Ok(()),
        }
    }

    fn answered(&mut self, question: Question) -> Result<(), Violation> {
        match self.asked.pop_front() {
            Some(asked) if asked == question => Ok(()),
            asked => {
                let what = format!("the answer to {question:?} where that to {asked:?} comes next");
                Err(self.unexpected(&what))
            }
        }
    }

    fn message(&mut self, message: &Message, world: &World) -> Result<(), Violation> {
        if self.delivery.message(message.seq.number(), message.from.id.as_str())? == Delivered::Repeated {
            world.met("a repeat was answered");
        }
        Ok(())
    }

    fn unexpected(&self, what: &str) -> Violation {
        Violation::Unexpected { client: self.client, what: format!("on a connection: {what}") }
    }
}
