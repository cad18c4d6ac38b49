//! One connection, as its client sees it. A client puts right much of what a wrong server does, so that a fault must
//! be looked for here. Not here: what surfaces see.

use super::Violation;

/// The messages of one connection.
#[derive(Debug)]
pub struct Delivery {
    client: usize,
    /// The `after` of `join`.
    after: Option<u64>,
    member: Option<String>,
    /// The place up to which the stream has come.
    reached: u64,
}

/// What a message of a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The next of the room.
    Next,
    /// The answer to a message that the client had said before.
    Repeated,
}

impl Delivery {
    /// A connection of this client that has carried nothing yet.
    pub fn new(client: usize) -> Self {
        Self { client, after: None, member: None, reached: 0 }
    }

    /// The client asks for what comes after this place, or for what is new.
    pub fn asks(&mut self, after: Option<u64>) {
        self.after = after;
    }

    /// Whether the client was let in.
    pub fn is_joined(&self) -> bool {
        self.member.is_some()
    }

    /// The server has let the client in as this member, with a log that ends here. Returns whether something is to be
    /// made up for.
    pub fn joined(&mut self, member: &str, head: u64) -> Result<bool, Violation> {
        self.reached = self.after.unwrap_or(head);
        if self.member.replace(member.to_owned()).is_some() {
            return Err(self.unexpected("joined twice".to_owned()));
        }
        if self.reached > head {
            return Err(
                self.unexpected(format!("the log ends at {head} and was seen up to {}", self.reached))
            );
        }
        Ok(self.reached < head)
    }

    /// The server says a message of the room: the places rise by exactly one. Only the answers to what the client
    /// says for a second time come between.
    pub fn message(&mut self, seq: u64, sender: &str) -> Result<Delivered, Violation> {
        let Self { client, reached, .. } = *self;
        match &self.member {
            None => Err(self.unexpected(format!("message {seq} before `joined`"))),
            Some(_) if seq == reached + 1 => {
                self.reached = seq;
                Ok(Delivered::Next)
            }
            Some(member) if member == sender => Ok(Delivered::Repeated),
            Some(_) => Err(Violation::OutOfOrder { client, reached, next: seq }),
        }
    }

    fn unexpected(&self, what: String) -> Violation {
        Violation::Unexpected { client: self.client, what }
    }
}
