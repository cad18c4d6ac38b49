//! The protocol: what clients say to servers and servers to clients, one JSON object each, named by its
//! `type`. This is the one file to read; `docs/PROTOCOL.md` tells it in prose.

use serde::{Deserialize, Serialize};

use crate::act::RoomAccess;
use crate::body::Body;
use crate::error::{ClosingCode, ErrorCode};
use crate::id::{Epoch, Member, MemberId, MessageId, Nonce, PublicKey, Seq, Signature};
use crate::invite::{Address, InviteSecret};
use crate::name::{Name, RoomName};
use crate::timestamp::Timestamp;

/// What a client says. Fields of other names are ignored; a `type` of another name is an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Enter a room. The first message of a connection, and only once.
    Join(Box<Join>),
    /// Say something in the room. Its echo, the `message` with the same `id`, says that the log has it.
    Say {
        /// The sender's own id for it. Sending it again never makes a second message.
        id: MessageId,
        /// What is said.
        #[serde(flatten)]
        body: Body,
    },
    /// Ask for older or newer messages: a page below `before`, or above `after`, or the newest.
    History {
        /// Only messages below this place.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
        /// Only messages above this place.
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<Seq>,
        /// How many at most; 1 to 200, and 200 where it is not said.
        #[serde(skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
    },
    /// Ask who is in the room, in the order of ids.
    Members {
        /// Only members whose id comes after this one.
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<MemberId>,
        /// How many at most; 1 to 100, and 100 where it is not said.
        #[serde(skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
    },
    /// Ask for the acts in the room, the newest first: a page below `before`, or the newest.
    Audit {
        /// Only acts below this place.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
        /// How many at most; 1 to 200, and 200 where it is not said.
        #[serde(skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
    },
    /// Ask how the room stands: roles, settings and, for those who keep order, bans, mutes and invites.
    Access,
    /// The member is writing something. Forgotten by itself after a few seconds.
    Typing,
    /// Be called something else from now on.
    Rename {
        /// The new name.
        name: Name,
    },
    /// Leave the room and close the connection.
    Leave,
    /// Ask for a `pong`, to know that the other side lives and how far away it is.
    Ping,
    /// The answer to the server's `ping`.
    Pong,
}

/// How a client enters a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Join {
    /// What the member wants to be called.
    pub name: Name,
    /// The room; `lobby` where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// The last place seen: everything after it follows, then what is said from now on, without a seam.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Seq>,
    /// The log that `after` belongs to, as an earlier `joined` named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// The member's key. Without one the member is a guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PublicKey>,
    /// The signature that proves the key for this connection; see [`crate::proof`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Signature>,
    /// The secret of an invite, for a room that has not let the member in yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite: Option<InviteSecret>,
    /// The client's program and version, for the operator's eyes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

/// What a server says. A client ignores fields and types of other names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The first thing a server says: unasked where ALPN has named the carrier, else after the client's
    /// first byte.
    Welcome {
        /// The protocol's version.
        protocol: u32,
        /// The server's program and version.
        server: String,
        /// What a proof must be made for.
        nonce: Nonce,
    },
    /// The client is in the room.
    Joined {
        /// Who the server takes the client for.
        you: Member,
        /// The room.
        room: RoomName,
        /// Which log the places belong to.
        epoch: Epoch,
        /// The oldest place that the log still has; `head` + 1 where it has none.
        first: Seq,
        /// The newest place.
        head: Seq,
        /// How many are in the room, this one among them.
        count: u64,
        /// Who they are, where they are few (at most 100); else ask with `members`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        members: Option<Vec<Member>>,
    },
    /// Follows `joined` where the log does not have what comes after `after`, or `epoch` is another log's.
    Truncated {
        /// The oldest place that the log still has.
        first: Seq,
        /// The place at which the stream of messages goes on.
        next: Seq,
    },
    /// Something was said. Each member gets every place of the room once, in order.
    Message(Message),
    /// The answer to `history`.
    History {
        /// The messages, in order.
        messages: Vec<Message>,
        /// Whether there are further ones in the direction that was asked for.
        more: bool,
    },
    /// The answer to `members`.
    Members {
        /// The members, in the order of their ids.
        members: Vec<Member>,
        /// How many are in the room altogether.
        count: u64,
        /// Whether there are further ones.
        more: bool,
    },
    /// The answer to `audit`.
    Audit {
        /// The entries of the log that are acts, in order.
        acts: Vec<Message>,
        /// Whether there are older ones.
        more: bool,
    },
    /// How the room stands: the answer to `access`; unasked behind `joined` where it is not the usual.
    Access(Box<RoomAccess>),
    /// Somebody came. Presence is told in batches and at best effort; it is not in the log.
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
    /// The same rooms are on these servers as well, with the same key: where this one is lost or stops, a client goes on
    /// there. Behind `joined`, where there are any.
    Servers {
        /// Where they are; at most [`SERVERS_MAX`](crate::limits::SERVERS_MAX).
        servers: Vec<Address>,
    },
    /// Something was refused. The connection stays.
    Error(Refusal),
    /// The server closes the connection after this.
    Closing {
        /// Why, for programs.
        code: ClosingCode,
        /// Why and what to do, for people.
        text: String,
        /// After how many seconds coming back makes sense, where it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u32>,
    },
    /// The client has been silent; it answers with `pong`.
    Ping,
    /// The answer to the client's `ping`.
    Pong,
    /// A type that this version does not know.
    #[serde(other)]
    Unknown,
}

/// A message as the room has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its place in the room.
    pub seq: Seq,
    /// When the server took it, by the server's clock. For people; the order is that of the places.
    pub time: Timestamp,
    /// Who said it.
    pub from: Member,
    /// The sender's own id for it.
    pub id: MessageId,
    /// What is said.
    #[serde(flatten)]
    pub body: Body,
}

/// Why something was refused, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The cause, for programs.
    pub code: ErrorCode,
    /// Cause and remedy, for people.
    pub text: String,
    /// The id of the message concerned, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<MessageId>,
    /// After how many seconds trying again makes sense, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl Refusal {
    /// A refusal that is about no message in particular.
    pub fn new(code: ErrorCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), about: None, retry_after: None }
    }

    /// The same, about this message.
    #[must_use]
    pub fn about(self, id: MessageId) -> Self {
        Self { about: Some(id), ..self }
    }

    /// The same, worth another try after so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}
