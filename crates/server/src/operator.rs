//! What whoever runs the server may ask of its rooms, on its own machine: every act, and how things stand. Not here:
//! how a question reaches the server (`control`), and what a room makes of it (`writer::office`).

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use papo_log::{Durability, SqliteLog};
use papo_proto::{
    Act, ErrorCode, InviteId, InviteSecret, MemberId, Message, Name, Refusal, Role, RoomAccess, RoomName,
};
use serde::{Deserialize, Serialize};

use crate::gate::AccessRules;
use crate::server::{ServeError, log_file, unix_ms};
use crate::tags::AddressTags;
use crate::writer::{Writer, WriterQueue};

/// How long an answer may take: the disk, and everything that waits before the question.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// A question about a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorRequest {
    /// The room; it need not have been used before.
    pub room: RoomName,
    /// What is asked.
    pub ask: OperatorAsk,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorAsk {
    /// Do this.
    Act(Act),
    /// Make this an invite whose first user becomes the owner; earlier ones of that kind hold no more.
    OwnerInvite(InviteId),
    /// How does the room stand?
    Access,
    /// What was done there: the newest so many acts.
    Audit {
        /// How many at most.
        limit: usize,
    },
    /// Who is there, and whom does the room know by name?
    People,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorAnswer {
    /// It is done: the entry in the room's log.
    Done(Message),
    /// The invite for an owner is made.
    OwnerInvited,
    /// The room has an owner already, so no invite makes one.
    HasOwner,
    /// How the room stands.
    Access(Box<RoomAccess>),
    /// The acts, in order.
    Audit(Vec<Message>),
    /// Who is there, and whom the room knows by name.
    People(Vec<Person>),
    /// It cannot be done.
    Refused(Refusal),
}

impl OperatorAnswer {
    /// That it cannot be done, and why.
    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(ErrorCode::LogFailed, text))
    }
}

/// Somebody whom an act may be about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub id: MemberId,
    /// What they are called, or were when the room came to know them.
    pub name: Name,
    /// Whether they are in the room now.
    pub here: bool,
    /// What they are there.
    pub role: Role,
}

/// A question on its way to the writer.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) request: OperatorRequest,
    /// Takes one answer without waiting.
    pub(crate) reply: SyncSender<OperatorAnswer>,
}

/// The way to the rooms of a running server.
#[derive(Clone, Debug)]
pub struct Operator {
    pub(crate) queue: Arc<WriterQueue>,
}

impl Operator {
    /// Asks, and waits some seconds for the answer, which only a running server gives.
    pub fn ask(&self, request: OperatorRequest) -> OperatorAnswer {
        let (reply, answer) = sync_channel(1);
        self.queue.submit(&mut vec![crate::desk::Job::Operate(Box::new(Operation { request, reply }))]);
        answer
            .recv_timeout(ANSWER_WITHIN)
            .unwrap_or_else(|_| OperatorAnswer::failed("the server is busy or stopping: ask again later"))
    }
}

/// Asks a server that does not run: opens its log, which nobody else may have open meanwhile.
pub fn ask_offline(
    data: &Path,
    rules: AccessRules,
    request: &OperatorRequest,
) -> Result<OperatorAnswer, ServeError> {
    let log = SqliteLog::open(&log_file(data), Durability::Disk)?;
    let tags = AddressTags::load_or_make(data)?;
    let mut office = Writer::alone(Arc::new(log), rules, Arc::new(tags));
    Ok(office.answer(request, unix_ms()))
}

/// The secret of an invite that makes its first user the owner of the room, if it has none yet.
pub(crate) fn owner_invite(office: &mut Writer, room: &RoomName) -> Result<Option<InviteSecret>, ServeError> {
    let none = || std::io::Error::other("the system gives no random numbers");
    let secret = crate::gate::new_invite_secret().ok_or_else(none)?;
    let made = office.make_owner_invite(room, crate::gate::invite_id(&secret, room), unix_ms())?;
    Ok(matches!(made, OperatorAnswer::OwnerInvited).then_some(secret))
}
