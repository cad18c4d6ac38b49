//! What shards and the log's threads hand each other: jobs one way, mail the other way. Not here: the
//! threads themselves, and the queues between them.

use std::sync::Arc;

use papo_log::NewEntry;
use papo_proto::{Act, ClosingCode, InviteId, Member, MemberId, MessageId, Refusal, RoomAccess, RoomName};

use crate::feed::Batch;
use crate::guard::Origin;
use crate::operator::Operation;
use crate::room::Room;

/// Which connection something is for. The generation tells it from an earlier one in the same slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId {
    pub(crate) shard: usize,
    pub(crate) slot: usize,
    pub(crate) generation: u64,
}

/// Something for the log's writer, who does one after the other in the order of coming.
#[derive(Debug)]
pub(crate) enum Job {
    /// Append a message and feed it to the room.
    Append { room: RoomName, entry: NewEntry, from: ConnectionId },
    /// Bring somebody into a room, and open it for them.
    Open(Box<Asked>),
    /// Do what a member asks for.
    Act(Box<Asking>),
    /// Tell a member how the room stands.
    Describe { room: RoomName, member: MemberId, from: ConnectionId },
    /// Do or tell what whoever runs the server asks for.
    Operate(Box<Operation>),
    /// Close the room if nobody is in it.
    Close { room: RoomName },
    /// Look whether other servers have appended to the room.
    Follow { room: RoomName },
}

impl Job {
    /// About how much memory the job holds, in bytes.
    pub(crate) fn bytes_len(&self) -> usize {
        match self {
            Self::Append { entry, .. } => entry.body.len() + entry.id.len() + size_of::<Self>(),
            Self::Open(_) | Self::Act(_) => 4 * size_of::<Self>(),
            Self::Describe { .. } | Self::Operate(_) | Self::Close { .. } | Self::Follow { .. } => {
                size_of::<Self>()
            }
        }
    }
}

/// Somebody who wants to come into a room.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) room: RoomName,
    pub(crate) member: Member,
    /// The invite whose secret they have.
    pub(crate) invite: Option<InviteId>,
    /// Where they come from.
    pub(crate) origin: Origin,
    pub(crate) from: ConnectionId,
}

/// A member who wants to change a room.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) room: RoomName,
    pub(crate) member: Member,
    pub(crate) id: MessageId,
    pub(crate) act: Act,
    pub(crate) from: ConnectionId,
}

/// Something to be read from the log.
#[derive(Debug)]
pub(crate) struct ReadJob {
    pub(crate) room: RoomName,
    pub(crate) wanted: Wanted,
    pub(crate) from: ConnectionId,
}

/// What a connection wants to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The frames after this `seq`, for a reader that has fallen out of the feed.
    Frames { after: u64 },
    /// A page of `history` below this `seq`, of at most so many messages.
    Before { seq: u64, messages_max: usize },
    /// A page of `history` above this `seq`, of at most so many messages.
    After { seq: u64, messages_max: usize },
    /// A page of `audit` below this `seq`, of at most so many acts.
    Acts { before: u64, acts_max: usize },
}

/// Something for a shard.
#[derive(Debug)]
pub(crate) enum Mail {
    /// The room's feeds have something new.
    News(Arc<Room>),
    /// The room that the connection waits for is open, and the connection is counted in it.
    Opened { to: ConnectionId, room: Arc<Room>, access: Option<Box<RoomAccess>> },
    /// The connection is not let in.
    TurnedAway { to: ConnectionId, refusal: Refusal, is_wrong_secret: bool },
    /// Somebody has to leave the room.
    PutOut { room: RoomName, id: MemberId, code: ClosingCode, text: String },
    /// The room that the connection waits for could not be opened.
    NotOpened { to: ConnectionId, refusal: Refusal },
    /// A frame for this connection alone: a repeated message, or a page of history.
    Frame { to: ConnectionId, frame: Vec<u8>, answers: bool },
    /// A message of this connection was not stored.
    Refused { to: ConnectionId, refusal: Refusal, answers: bool },
    /// The frames that the connection asked for; none where the log could not be read.
    Frames { to: ConnectionId, frames: Option<Arc<Batch>> },
    /// The writer's queue has room again.
    Drained,
}

/// Where a shard takes its jobs. Nothing here blocks.
pub(crate) trait Desk: Send + Sync {
    /// Takes all jobs, in their order.
    fn submit(&self, jobs: &mut Vec<Job>);
    /// Whether so much waits for the log that nothing should be added. Then [`Mail::Drained`] will come.
    fn is_full(&self) -> bool;
    /// Takes a job for the readers.
    fn read(&self, job: ReadJob);
    /// Tells every shard with members in the room that its feeds have something new.
    fn announce(&self, room: &Arc<Room>);
}

/// Where a shard gets its mail.
pub(crate) trait Post: Send + Sync {
    /// Delivers, and wakes the shard.
    fn post(&self, mail: Mail);
}

/// The refusal of a message that the log could not take.
pub(crate) fn not_stored(cause: &papo_log::LogError, id: Option<MessageId>) -> Refusal {
    // The log's own words name the file on the server; a member needs only what to do.
    let (text, retry_seconds) = match cause {
        papo_log::LogError::DiskFull { .. } => (
            "the server's disk is full, so this cannot be stored now; nothing sent before is lost. It will be tried again; tell whoever runs the server",
            RETRY_SECONDS,
        ),
        papo_log::LogError::Away { .. } => (
            "the log that this server shares with others does not answer at the moment; nothing sent before is lost. It will be tried again",
            RETRY_AWAY_SECONDS,
        ),
        _ => (
            "the server's log cannot be written at the moment; nothing sent before is lost. It will be tried again; tell whoever runs the server",
            RETRY_SECONDS,
        ),
    };
    let refusal = Refusal::new(papo_proto::ErrorCode::LogFailed, text).retry_after(retry_seconds);
    Refusal { about: id, ..refusal }
}

/// After how many seconds a message that the log could not take may be sent again: often enough to go on
/// soon after an operator has made space, rarely enough for a thousand clients.
const RETRY_SECONDS: u32 = 5;

/// The same where an engine does not answer, which has been tried for seconds already and mends by itself.
const RETRY_AWAY_SECONDS: u32 = 1;
