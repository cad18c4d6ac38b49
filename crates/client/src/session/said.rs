//! What the server says, and what follows from it. Not here: when to give it up ([`Session::handle`] with a
//! tick), and the bytes.

use std::time::Duration;

use papo_proto::limits::{PROTOCOL_VERSION, SERVERS_MAX};
use papo_proto::{
    ClientMessage, ClosingCode, ErrorCode, Member, Message, MessageId, Refusal, Seq, ServerMessage, Timestamp,
};
use papo_words::t;

use super::requests::Request;
use super::stream::Place;
use super::{Effect, IDS_REMEMBERED_MAX, Phase, Session};
use crate::error::ConnectError;
use crate::event::{ConnectionState, Event};
use crate::said::Said;

/// A message of ours that the log has.
struct Sent {
    id: MessageId,
    seq: Seq,
    time: Timestamp,
}

impl Session {
    pub(super) fn server_said(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Ping => self.tell(&ClientMessage::Pong),
            ServerMessage::Pong => self.pong(),
            ServerMessage::Closing { code, text, after } => self.closing(code, text, after),
            ServerMessage::Welcome { protocol, nonce, .. } => match self.phase {
                Phase::Greeting { .. } if protocol != PROTOCOL_VERSION => {
                    self.close(ConnectError::Version { server: Some(protocol) });
                }
                Phase::Greeting { binding, .. } => self.join(&nonce, &binding),
                _ => {}
            },
            ServerMessage::Error(refusal) => match self.phase {
                Phase::Joined { .. } | Phase::Leaving { .. } => self.refused(refusal),
                _ => self.join_refused(refusal),
            },
            joined @ ServerMessage::Joined { .. } => {
                if matches!(self.phase, Phase::Joining { .. }) {
                    self.joined(joined);
                }
            }
            other => {
                if matches!(self.phase, Phase::Joined { .. } | Phase::Leaving { .. }) {
                    self.room_said(other);
                }
            }
        }
    }

    fn joined(&mut self, joined: ServerMessage) {
        let ServerMessage::Joined { you, room, epoch, first, head, count, members } = joined else {
            return;
        };
        if self.stream.joined(epoch, head) {
            self.event(Event::Reset);
        }
        if self.is_another_guest(&you) {
            self.stream.catch_up_to(head);
        }
        self.remember_own(&you);
        self.phase = Phase::Joined { since: self.now };
        self.event(Event::State(ConnectionState::Joined { latency: None }));
        self.event(Event::Joined { you, room, epoch, first, head, count, members });
        // First, so that the answer measures the way and not the work.
        self.ping();
        for message in self.requests.restart() {
            self.tell(&message);
        }
        self.send_name();
        self.outbox.restart();
        self.send_outbox();
    }

    /// A guest is somebody else on each connection, and the server cannot know that a message comes again.
    /// It must be read first whether the one before has said it already.
    fn is_another_guest(&self, you: &Member) -> bool {
        self.mine.last().is_some_and(|earlier| *earlier != you.id)
    }

    fn remember_own(&mut self, you: &Member) {
        self.mine.retain(|id| *id != you.id);
        if self.mine.len() >= IDS_REMEMBERED_MAX {
            self.mine.remove(0);
        }
        self.mine.push(you.id.clone());
        self.name_accepted = Some(you.name.clone());
    }

    /// What only somebody in the room is told.
    fn room_said(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Message(message) => self.message(message),
            ServerMessage::History { messages, more } => self.history(messages, more),
            ServerMessage::Truncated { first, next } => {
                if self.stream.truncated(next) {
                    self.event(Event::Reset);
                }
                self.event(Event::Truncated { first, next });
                self.send_outbox();
            }
            ServerMessage::Members { members, count, more } => {
                self.requests.pop_members();
                self.event(Event::Members { members, count, more });
            }
            ServerMessage::Audit { acts, more } => {
                self.requests.pop_audit();
                self.event(Event::Audit { acts, more });
            }
            ServerMessage::Access(access) => {
                self.requests.pop_access();
                self.event(Event::Access(access));
            }
            ServerMessage::Entered { members, count } => self.event(Event::Entered { members, count }),
            ServerMessage::Left { members, count } => self.event(Event::Left { members, count }),
            ServerMessage::Renamed { members } => {
                if let Some(you) = members.iter().find(|member| Some(&member.id) == self.mine.last()) {
                    self.name_accepted = Some(you.name.clone());
                }
                self.event(Event::Renamed { members });
            }
            ServerMessage::Typing { members } => self.event(Event::Typing { members }),
            ServerMessage::Count { count } => self.event(Event::Count { count }),
            ServerMessage::Servers { mut servers } => {
                servers.truncate(SERVERS_MAX);
                self.has_others |= !servers.is_empty();
                self.effects.push(Effect::Servers(servers));
            }
            _ => {}
        }
    }

    fn message(&mut self, message: Message) {
        match self.stream.place(message.seq) {
            Place::Seen => self.settle(&message),
            Place::Next => self.show(message),
            Place::Beyond => {
                if let Some(after) = self.stream.miss(message.seq) {
                    self.request(Request::Fill { after });
                }
            }
        }
        self.send_outbox();
    }

    fn show(&mut self, message: Message) {
        self.stream.advance(message.seq);
        let sent = self.take_own(&message);
        self.event(Event::Message(message));
        self.report_sent(sent);
    }

    fn settle(&mut self, message: &Message) {
        let sent = self.take_own(message);
        self.report_sent(sent);
    }

    /// If this is a message of ours that waits, it waits no longer.
    fn take_own(&mut self, message: &Message) -> Option<Sent> {
        let Message { id, from, seq, time, .. } = message;
        let settled = self.mine.contains(&from.id) && self.outbox.remove(id);
        settled.then(|| Sent { id: id.clone(), seq: *seq, time: *time })
    }

    fn report_sent(&mut self, sent: Option<Sent>) {
        if let Some(Sent { id, seq, time }) = sent {
            self.event(Event::Sent { id: id.clone(), seq, time });
            self.effects.push(Effect::Forget(id));
        }
    }

    fn history(&mut self, messages: Vec<Message>, more: bool) {
        match self.requests.pop_history() {
            Some(Request::Fill { after }) => self.fill(after, messages),
            Some(_) => {
                messages.iter().for_each(|message| self.settle(message));
                self.event(Event::History { messages, more });
            }
            None => {}
        }
        self.send_outbox();
    }

    /// Takes a page of what was missing, and asks for the next where that was not all.
    fn fill(&mut self, after: Seq, messages: Vec<Message>) {
        for message in messages {
            if self.stream.place(message.seq) == Place::Beyond {
                // The log has dropped what was missing before it could be asked for.
                self.event(Event::Truncated { first: message.seq, next: message.seq });
                self.stream.go_to(message.seq);
            }
            match self.stream.place(message.seq) {
                Place::Next => self.show(message),
                _ => self.settle(&message),
            }
        }
        if !self.stream.is_filling() {
            return;
        }
        if self.stream.last() > after {
            self.request(Request::Fill { after: self.stream.last() });
        } else {
            let detail = t!("client-detail-beyond-log", seq = %after);
            self.close(ConnectError::Garbled { detail });
        }
    }

    fn refused(&mut self, refusal: Refusal) {
        match (&refusal.about, refusal.code) {
            (Some(id), code) if code.is_final() && self.outbox.remove(id) => {
                let id = id.clone();
                self.fail(id, refusal);
                return self.send_outbox();
            }
            // Nothing is lost: the server reads on later, and what was said is still on its way.
            (_, ErrorCode::TooFast) => {}
            // All that wait are refused, one by one: the first tells everything.
            (Some(_), ErrorCode::SlowMode) if self.outbox.is_held(self.now) => return,
            (Some(id), _) if self.outbox.contains(id) => self.outbox.hold(self.now, refusal.retry_after),
            (None, ErrorCode::LogFailed) => {
                // The answer to a `history`.
                if let Some(Request::Fill { .. }) = self.requests.pop_history() {
                    let wait = seconds(refusal.retry_after);
                    return self.close_for(ConnectError::Lost { detail: refusal.said() }, wait);
                }
            }
            (None, ErrorCode::BadName) => {
                if let Some(accepted) = &self.name_accepted {
                    self.name = accepted.clone();
                    self.name_told = accepted.clone();
                }
            }
            _ => {}
        }
        self.event(Event::Refused(refusal));
    }

    fn join_refused(&mut self, refusal: Refusal) {
        match refusal.code {
            ErrorCode::TooFast => self.event(Event::Refused(refusal)),
            ErrorCode::LogFailed => {
                let wait = seconds(refusal.retry_after).max(Duration::from_secs(1));
                self.close_for(ConnectError::JoinRefused(refusal), wait);
            }
            _ => self.close(ConnectError::JoinRefused(refusal)),
        }
    }

    fn pong(&mut self) {
        if let Phase::Joined { .. } = self.phase
            && let Some(at) = self.pinged_at.take()
        {
            let latency = Some(self.now.saturating_sub(at));
            self.event(Event::State(ConnectionState::Joined { latency }));
        }
    }

    fn closing(&mut self, code: ClosingCode, text: String, after: Option<u32>) {
        if code == ClosingCode::Left && after.is_none() {
            self.effects.push(Effect::Close);
            self.end(Phase::Left, ConnectionState::Left);
        } else if matches!(code, ClosingCode::Kicked | ClosingCode::Banned) {
            // When a ban ends is for the person to know; nobody comes back by themselves.
            self.close(ConnectError::Closed { code, text, after });
        } else {
            self.close_for(ConnectError::Closed { code, text, after }, seconds(after));
        }
    }
}

fn seconds(number: Option<u32>) -> Duration {
    Duration::from_secs(number.unwrap_or(0).into())
}
