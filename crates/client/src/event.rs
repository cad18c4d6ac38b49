//! What a surface and the conversation with the server say to each other: commands down, events up. Not
//! here: what the wire carries (`papo_proto`), and how one becomes the other ([`crate::session`]).

use std::time::Duration;

use papo_proto::{
    Body, Epoch, Member, MemberId, Message, MessageId, Name, Refusal, RoomAccess, RoomName, Seq, Timestamp,
};

use crate::error::ConnectError;

/// A message that one wants to say: kept, and said again after every break, until the room has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its id, which no other message of the same sender has. It makes saying it again harmless.
    pub id: MessageId,
    /// What is said.
    pub body: Body,
}

/// What a surface wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Say this. It is answered by exactly one [`Event::Sent`] or [`Event::Failed`], however long that takes.
    Say(Outgoing),
    /// The person is writing something. Told to the room now and then; forgotten while there is no connection.
    Typing,
    /// Be called something else from now on.
    Rename(Name),
    /// Ask for a page of older or newer messages, answered by [`Event::History`]. Of at most
    /// [`REQUESTS_WAITING_MAX`](crate::session::REQUESTS_WAITING_MAX) unanswered requests none is lost with
    /// a connection; further ones are dropped.
    History {
        /// Only messages below this place.
        before: Option<Seq>,
        /// Only messages above this place.
        after: Option<Seq>,
        /// How many at most; taken as the nearest number that the protocol allows.
        limit: u32,
    },
    /// Ask who is in the room, answered by [`Event::Members`]; kept like `History`.
    Members {
        /// Only members whose id comes after this one.
        after: Option<MemberId>,
    },
    /// Ask for the acts in the room, the newest first, answered by [`Event::Audit`]; kept like `History`.
    Audit {
        /// Only acts below this place.
        before: Option<Seq>,
        /// How many at most; taken as the nearest number that the protocol allows.
        limit: u32,
    },
    /// Ask how the room stands, answered by [`Event::Access`]; kept like `History`.
    Access,
    /// Try to connect now instead of waiting, or again after [`ConnectionState::Stopped`].
    RetryNow,
    /// Leave the room for good. What is still to be said stays in the outbox for the next time.
    Leave,
}

/// How it stands with the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// A connection is being made.
    Connecting,
    /// The room has let us in.
    Joined {
        /// How long the server took to answer the last `ping`, once it has answered one.
        latency: Option<Duration>,
    },
    /// There is no connection; the next attempt comes by itself.
    Waiting {
        /// How long from now.
        retry_in: Duration,
        /// Why there is none.
        cause: ConnectError,
    },
    /// There is no connection, and none will be tried before a person has done something.
    Stopped {
        /// Why.
        cause: ConnectError,
    },
    /// The room was left, as was asked for.
    Left,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// How it stands with the connection has changed.
    State(ConnectionState),
    /// The room has let us in, for the first time or once more.
    Joined {
        /// Who the server takes us for.
        you: Member,
        /// The room.
        room: RoomName,
        /// Which log the places belong to.
        epoch: Epoch,
        /// The oldest place that the log still has; `head` + 1 where it has none.
        first: Seq,
        /// The newest place.
        head: Seq,
        /// How many are in the room.
        count: u64,
        /// Who they are, where they are few.
        members: Option<Vec<Member>>,
    },
    /// The room has another log than before: drop what was kept of it. Precedes `Joined` or `Truncated`.
    Reset,
    /// The log no longer has what came between the last message and `next`.
    Truncated {
        /// The oldest place that the log still has.
        first: Seq,
        /// The place of the next message.
        next: Seq,
    },
    /// Something was said. Each place comes once and the places rise by exactly one, except that after
    /// `Truncated` they go on at its `next`.
    Message(Message),
    /// The room's log has a message of ours.
    Sent {
        /// The message.
        id: MessageId,
        /// Its place.
        seq: Seq,
        /// When the server took it, by the server's clock.
        time: Timestamp,
    },
    /// A message of ours cannot be said, however often it is tried.
    Failed {
        /// The message.
        id: MessageId,
        /// Why, and what to do.
        refusal: Refusal,
    },
    /// The server has refused something that ends no message: a request, or a message that is said again
    /// by itself (`too_fast`, `log_failed`).
    Refused(Refusal),
    /// The answer to [`Command::History`].
    History {
        /// The messages, in order.
        messages: Vec<Message>,
        /// Whether there are further ones in the direction that was asked for.
        more: bool,
    },
    /// The answer to [`Command::Members`].
    Members {
        /// The members, in the order of their ids.
        members: Vec<Member>,
        /// How many are in the room altogether.
        count: u64,
        /// Whether there are further ones.
        more: bool,
    },
    /// The answer to [`Command::Audit`].
    Audit {
        /// The acts, in order.
        acts: Vec<Message>,
        /// Whether there are older ones.
        more: bool,
    },
    /// How the room stands: the answer to [`Command::Access`]; unasked on coming in, where it is not the usual.
    Access(Box<RoomAccess>),
    /// Somebody came.
    Entered {
        /// Who.
        members: Vec<Member>,
        /// How many are in the room now.
        count: u64,
    },
    /// Somebody went.
    Left {
        /// Who.
        members: Vec<Member>,
        /// How many are in the room now.
        count: u64,
    },
    /// Somebody is called something else now.
    Renamed {
        /// Who, with the new names.
        members: Vec<Member>,
    },
    /// Somebody is writing.
    Typing {
        /// Who.
        members: Vec<Member>,
    },
    /// How many are in a room that is too large for telling who comes and goes.
    Count {
        /// How many are in the room now.
        count: u64,
    },
}
