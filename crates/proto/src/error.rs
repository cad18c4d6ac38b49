//! The closed lists of codes by which a server refuses something or closes a connection. A code is for
//! programs and never changes its meaning; the text beside it is for people.

use serde::{Deserialize, Serialize};

/// Why a server has refused a line. The connection stays unless a `closing` follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The line is not UTF-8.
    BadUtf8,
    /// The line is not one JSON object, nests too deep, or names a field twice.
    BadJson,
    /// `type` is missing or none that this server knows.
    UnknownType,
    /// A field is missing or has a value it cannot have; the text names it.
    BadField,
    /// The name is empty, too long, or holds characters that a name cannot have.
    BadName,
    /// The room's name is none that a room can have.
    BadRoom,
    /// The body is empty, or its fields do not go together.
    BadBody,
    /// The body is longer than a message may be.
    TooLarge,
    /// Only `join` is understood before `joined`.
    JoinFirst,
    /// The connection is in a room already.
    AlreadyJoined,
    /// The signature does not prove the key for this connection and room.
    BadProof,
    /// The id was used before for a message with another body; nothing was stored.
    IdReused,
    /// Messages come faster than the server's rate. What is sent is not lost: it waits.
    TooFast,
    /// The log cannot be written at the moment; nothing was stored. Send the same message again later.
    LogFailed,
    /// There is no such room, or no way in: both look the same from outside.
    NoEntry,
    /// The invite has held for a time that is over.
    InviteExpired,
    /// As many as may have come in by the invite.
    InviteUsed,
    /// The invite was taken back.
    InviteRevoked,
    /// Whoever holds the key, or has the address, was shut out.
    Banned,
    /// Nobody new is let in at the moment.
    Locked,
    /// The member may read but not speak.
    Muted,
    /// Everybody waits between two messages here. Send the same message again later.
    SlowMode,
    /// Only moderators and owners speak here at the moment.
    AnnounceOnly,
    /// The act takes a role that the member does not have.
    NotAllowed,
    /// The act cannot be done: there is nothing to be taken back, or nobody would be left to hold the door.
    BadAct,
    /// A code that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why a server closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosingCode {
    /// The server stops or restarts.
    Stopping,
    /// A line was longer than a line may be.
    TooLarge,
    /// Nothing was joined within the deadline.
    TooLate,
    /// The peer was silent for too long after a `ping`.
    Silent,
    /// The peer has taken nothing off its socket for too long.
    TooSlow,
    /// The server holds as many connections as it may.
    Full,
    /// Too much comes from the peer's key or address: connections, joins, or wrong secrets.
    TooMany,
    /// The peer asked to leave.
    Left,
    /// Somebody who keeps order has put the member out.
    Kicked,
    /// Somebody who keeps order has shut the member out.
    Banned,
    /// A code that this version does not know.
    #[serde(other)]
    Unknown,
}

impl ErrorCode {
    /// Every code that a server of this version sends.
    pub const ALL: [Self; 25] = [
        Self::BadUtf8,
        Self::BadJson,
        Self::UnknownType,
        Self::BadField,
        Self::BadName,
        Self::BadRoom,
        Self::BadBody,
        Self::TooLarge,
        Self::JoinFirst,
        Self::AlreadyJoined,
        Self::BadProof,
        Self::IdReused,
        Self::TooFast,
        Self::LogFailed,
        Self::NoEntry,
        Self::InviteExpired,
        Self::InviteUsed,
        Self::InviteRevoked,
        Self::Banned,
        Self::Locked,
        Self::Muted,
        Self::SlowMode,
        Self::AnnounceOnly,
        Self::NotAllowed,
        Self::BadAct,
    ];

    /// Whether the message concerned will be refused however often it is sent, unlike one that only came
    /// at a bad moment.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::TooFast | Self::LogFailed | Self::SlowMode)
    }
}

impl ClosingCode {
    /// Every code that a server of this version sends.
    pub const ALL: [Self; 10] = [
        Self::Stopping,
        Self::TooLarge,
        Self::TooLate,
        Self::Silent,
        Self::TooSlow,
        Self::Full,
        Self::TooMany,
        Self::Left,
        Self::Kicked,
        Self::Banned,
    ];

    /// Whether coming back by oneself is not wanted.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Left | Self::Kicked | Self::Banned)
    }
}
