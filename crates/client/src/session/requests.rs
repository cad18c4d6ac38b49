//! What was asked of the server and not answered yet. The server answers each kind in the order of the
//! questions, so that an answer needs no number. Not here: `ping`.

use std::collections::VecDeque;

use papo_proto::limits::{HISTORY_MESSAGES_MAX, MEMBERS_LISTED_MAX};
use papo_proto::{ClientMessage, MemberId, Seq};

/// How many requests of a surface may wait for their answers: a person's scrolling needs one or two.
pub const REQUESTS_WAITING_MAX: usize = 16;

/// A page's length where nobody has chosen one: all that an answer may hold.
const PAGE_LEN: u32 = 200;

const _: () = assert!(PAGE_LEN as usize == HISTORY_MESSAGES_MAX);

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// A surface wants to read.
    History { before: Option<Seq>, after: Option<Seq>, limit: u32 },
    /// A surface wants to know who is there.
    Members { after: Option<MemberId> },
    /// A surface wants to know what was done in the room.
    Audit { before: Option<Seq>, limit: u32 },
    /// A surface wants to know how the room stands.
    Access,
    /// The session fills a gap in the stream.
    Fill { after: Seq },
}

impl Request {
    /// A surface's request for a page, with a length that every server takes.
    pub(super) fn history(before: Option<Seq>, after: Option<Seq>, limit: u32) -> Self {
        Self::History { before, after, limit: limit.clamp(1, PAGE_LEN) }
    }

    /// A surface's request for a page of acts, with a length that every server takes.
    pub(super) fn audit(before: Option<Seq>, limit: u32) -> Self {
        Self::Audit { before, limit: limit.clamp(1, PAGE_LEN) }
    }

    fn is_history(&self) -> bool {
        matches!(self, Self::History { .. } | Self::Fill { .. })
    }

    fn to_message(&self) -> ClientMessage {
        match self.clone() {
            Self::History { before, after, limit } => {
                ClientMessage::History { before, after, limit: Some(limit) }
            }
            Self::Members { after } => {
                ClientMessage::Members { after, limit: u32::try_from(MEMBERS_LISTED_MAX).ok() }
            }
            Self::Audit { before, limit } => ClientMessage::Audit { before, limit: Some(limit) },
            Self::Access => ClientMessage::Access,
            Self::Fill { after } => {
                ClientMessage::History { before: None, after: Some(after), limit: Some(PAGE_LEN) }
            }
        }
    }
}

/// The questions without an answer, oldest first.
#[derive(Debug, Default)]
pub(super) struct Requests {
    waiting: VecDeque<Request>,
}

impl Requests {
    /// Keeps a question until it is answered and returns what to say, unless too many wait already. Filling
    /// a gap is never refused: there is one such question at a time.
    pub(super) fn push(&mut self, request: Request) -> Option<ClientMessage> {
        let fills = matches!(request, Request::Fill { .. });
        if self.waiting.len() >= REQUESTS_WAITING_MAX && !fills {
            return None;
        }
        let message = request.to_message();
        self.waiting.push_back(request);
        Some(message)
    }

    /// The question that a `history` answers.
    pub(super) fn pop_history(&mut self) -> Option<Request> {
        self.pop(Request::is_history)
    }

    /// The question that a `members` answers.
    pub(super) fn pop_members(&mut self) -> Option<Request> {
        self.pop(|request| matches!(request, Request::Members { .. }))
    }

    /// The question that an `audit` answers.
    pub(super) fn pop_audit(&mut self) -> Option<Request> {
        self.pop(|request| matches!(request, Request::Audit { .. }))
    }

    /// The question that an `access` answers, if one was asked.
    pub(super) fn pop_access(&mut self) -> Option<Request> {
        self.pop(|request| matches!(request, Request::Access))
    }

    fn pop(&mut self, is_answered: impl Fn(&Request) -> bool) -> Option<Request> {
        let at = self.waiting.iter().position(is_answered)?;
        self.waiting.remove(at)
    }

    /// What to ask again on another connection. A gap is not: the new connection has none.
    pub(super) fn restart(&mut self) -> Vec<ClientMessage> {
        self.waiting.retain(|request| !matches!(request, Request::Fill { .. }));
        self.waiting.iter().map(Request::to_message).collect()
    }
}
