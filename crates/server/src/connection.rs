//! What the server knows of one connection: where it stands in the protocol, how far it has read, and what
//! holds it up. Not here: its socket, which the event loop has, and what its messages do, which the shard
//! decides.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use papo_proto::proof::ChannelBinding;
use papo_proto::{Epoch, Member, Nonce, Refusal, Seq};

use crate::carrier::{Carrier, Inbox};
use crate::feed::Batch;
use crate::guard::{Account, Usage};

/// One connection. Between two messages it holds no buffer; a thousand idle ones cost what this struct costs.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) generation: u64,
    pub(crate) stage: Stage,
    pub(crate) carrier: Carrier,
    /// Bytes of objects that have not ended, or that wait while the connection is held.
    pub(crate) inbox: Inbox,
    /// What was read before the connection was held and opened after it: at most one read's worth.
    pub(crate) kept: Vec<u8>,
    /// Frames for this connection alone that no record has taken yet.
    pub(crate) direct: Vec<u8>,
    /// Why nothing is read from it at the moment.
    pub(crate) held: Holds,
    /// Whether it is queued for writing.
    pub(crate) queued: bool,
    /// Whether its peer has promised to answer `ping`, by naming the carrier in ALPN or by an upgrade.
    pub(crate) answers_pings: bool,
    pub(crate) pinged: bool,
    /// When something was last received.
    pub(crate) heard_at: Duration,
    /// When the line that has begun and not ended did so, if there is one.
    pub(crate) line_since: Option<Duration>,
    pub(crate) pace: Pace,
}

/// How fast a connection may be, and what it knows of it.
#[derive(Debug)]
pub(crate) struct Pace {
    /// What its address has used.
    pub(crate) account: Arc<Account>,
    /// Whether it was told that it is too fast, and nothing was within the rates since.
    pub(crate) told: bool,
}

/// Where a connection stands.
#[derive(Debug)]
pub(crate) enum Stage {
    /// Nothing is joined yet; what a proof needs is kept.
    Fresh(Box<Fresh>),
    /// The room is being opened.
    Opening(Box<Entrance>),
    /// In a room.
    Joined(Box<Membership>),
    /// Everything is said; the connection ends once that is written.
    Closing,
}

/// What a connection needs until it joins.
#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) nonce: Nonce,
    /// Random bytes for a guest's id.
    pub(crate) guest: [u8; 8],
    /// What ties a proof to this connection.
    pub(crate) binding: ChannelBinding,
    /// Whether `welcome` was said.
    pub(crate) welcomed: bool,
    /// When it must have joined.
    pub(crate) deadline: Duration,
}

/// How a member wants to come in.
#[derive(Debug)]
pub(crate) struct Entrance {
    pub(crate) member: Member,
    pub(crate) usage: MemberUsage,
    pub(crate) after: Option<Seq>,
    pub(crate) epoch: Option<Epoch>,
    /// What it was before, and is again where it is not let in.
    pub(crate) fresh: Box<Fresh>,
    /// When it asked.
    pub(crate) asked_at: Duration,
    /// Why it is not let in, and whether the secret of an invite was wrong, until that is told.
    pub(crate) refusal: Option<(Refusal, bool)>,
}

/// A connection's place in a room.
#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) member: Member,
    /// Which of the shard's rooms.
    pub(crate) room: usize,
    /// Where in that room's list of connections.
    pub(crate) index: usize,
    /// The `seq` up to which everything was written or put into a record.
    pub(crate) cursor: u64,
    /// The same for presence frames.
    pub(crate) presence_cursor: u64,
    /// A page from the log, while the connection is behind the feed. Whoever else is at the same place has the same.
    pub(crate) page: Option<Arc<Batch>>,
    /// Whether a page was asked for.
    pub(crate) reading: bool,
    /// Whether it is still on its way to the newest message: what it gets until then has waited for it, and says
    /// nothing about the server.
    pub(crate) catches_up: bool,
    /// What the member has used.
    pub(crate) usage: MemberUsage,
}

/// What a member has used of its rates: a guest is its connection, a key may have many.
#[derive(Debug)]
pub(crate) enum MemberUsage {
    Guest(Usage),
    Key(Arc<Usage>),
}

impl Deref for MemberUsage {
    type Target = Usage;

    fn deref(&self) -> &Usage {
        match self {
            Self::Guest(usage) => usage,
            Self::Key(usage) => usage,
        }
    }
}

/// The reasons for which a connection is not read from. It goes on when none is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holds(u8);

/// One reason for which a connection is not read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Hold {
    /// It has sent faster than it may.
    Rate = 1,
    /// The log's writer has enough to do.
    WriterFull = 2,
    /// An answer from the log is on its way: answers come in the order of questions.
    Answer = 4,
    /// It does not take the answers it asked for.
    Unread = 8,
}

impl Holds {
    pub(crate) fn add(&mut self, hold: Hold) {
        self.0 |= hold as u8;
    }

    /// Removes a reason; whether it was there.
    pub(crate) fn remove(&mut self, hold: Hold) -> bool {
        let there = self.0 & hold as u8 != 0;
        self.0 &= !(hold as u8);
        there
    }

    pub(crate) fn any(self) -> bool {
        self.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_goes_on_when_no_reason_is_left() {
        let mut holds = Holds::default();
        holds.add(Hold::Rate);
        holds.add(Hold::Answer);
        assert!(holds.remove(Hold::Rate));
        assert!(!holds.remove(Hold::Rate));
        assert!(holds.any());
        holds.remove(Hold::Answer);
        assert!(!holds.any());
    }
}
