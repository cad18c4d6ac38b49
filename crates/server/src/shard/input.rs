//! What a shard does with what a connection says. Not here: how it is read from a socket, and how anything
//! is written to one.

use std::cmp::Reverse;
use std::mem;
use std::ops::ControlFlow;
use std::time::Duration;

use papo_log::{Kind, NewEntry};
use papo_proto::codec::LineTooLong;
use papo_proto::codec::{decode_client, refuse_body};
use papo_proto::limits::{HISTORY_MESSAGES_MAX, MEMBERS_LISTED_MAX, PROTOCOL_VERSION};
use papo_proto::{
    Body, ClientMessage, ClosingCode, ErrorCode, Member, MemberId, MessageId, Name, Refusal, RoomName, Seq,
    ServerMessage,
};

use super::{DIRECT_BYTES_MAX, Shard, Timer};
use crate::carrier::Inbox;
use crate::connection::{Hold, Stage};
use crate::desk::{Job, ReadJob, Wanted};
use crate::guard::{Usage, take};
use crate::limits::Rate;
use crate::meter::Meter;
use crate::web::frame::{self, Event, Opcode, Violation, status};

impl Shard {
    /// Takes bytes that a connection has sent; none, to go on with what was kept while it was held.
    pub(crate) fn input(&mut self, slot: usize, bytes: &[u8]) {
        if !bytes.is_empty() {
            let connection = &mut self.connections[slot];
            connection.heard_at = self.now;
            connection.pinged = false;
            self.welcome(slot);
        }
        let may_read = self.may_read(slot);
        let connection = &mut self.connections[slot];
        if !may_read {
            // One read may bring more than the piece that has led to the hold. After a goodbye nothing counts.
            if connection.held.any() {
                connection.kept.extend_from_slice(bytes);
            }
            return;
        }
        // What was kept is taken when the last hold goes, which brings no bytes: never both.
        let kept = mem::take(&mut connection.kept);
        debug_assert!(kept.is_empty() || bytes.is_empty(), "what was read first comes first");
        let bytes = if kept.is_empty() { bytes } else { &kept };
        let mut inbox = mem::take(&mut connection.inbox);
        // What has waited while the connection was held begins to count now.
        let mut ended = bytes.is_empty();
        match &mut inbox {
            Inbox::Lines(lines) => {
                let fed = lines.feed(bytes, |line| {
                    ended = true;
                    self.line(slot, line);
                    self.go_on(slot)
                });
                if let Err(error) = fed {
                    self.close(slot, ClosingCode::TooLarge, &error.to_string(), None);
                }
            }
            Inbox::WebSocket(frames) => {
                let fed = frames.feed(bytes, |event| {
                    ended |= matches!(event, Event::Text(_));
                    self.event(slot, event);
                    self.go_on(slot)
                });
                if let Err(violation) = fed {
                    self.violated(slot, violation);
                }
            }
        }
        let connection = &mut self.connections[slot];
        let begun = if ended { None } else { connection.line_since };
        connection.line_since = inbox.has_begun().then(|| begun.unwrap_or(self.now));
        connection.inbox = inbox;
    }

    fn go_on(&self, slot: usize) -> ControlFlow<()> {
        if self.may_read(slot) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    /// A whole message of a WebSocket.
    fn event(&mut self, slot: usize, event: Event<'_>) {
        match event {
            Event::Text(text) => self.line(slot, text),
            Event::Binary(_) => {
                let text = "binary data: send objects as text messages";
                self.violated(slot, Violation { code: status::UNSUPPORTED, text });
            }
            Event::Ping(payload) => {
                self.count(slot, Verb::Request, None);
                frame::write(Opcode::Pong, payload, &mut self.connections[slot].direct);
                self.queue(slot);
                self.bound_answers(slot);
            }
            Event::Pong => self.count(slot, Verb::Request, None),
            Event::Close(code) => self.end_web_socket(slot, code.unwrap_or(status::NORMAL), ""),
        }
    }

    /// A WebSocket cannot be read on.
    fn violated(&mut self, slot: usize, violation: Violation) {
        if violation.code == status::TOO_LARGE {
            return self.close(slot, ClosingCode::TooLarge, &LineTooLong.to_string(), None);
        }
        self.end_web_socket(slot, violation.code, violation.text);
    }

    /// Ends a WebSocket by its own means: whoever breaks its rules does not get to the protocol's.
    fn end_web_socket(&mut self, slot: usize, code: u16, reason: &str) {
        frame::write_close(code, reason, &mut self.connections[slot].direct);
        self.queue(slot);
        self.leave_room(slot);
        self.connections[slot].stage = Stage::Closing;
    }

    /// Says `welcome`, once.
    pub(super) fn welcome(&mut self, slot: usize) {
        let Stage::Fresh(fresh) = &mut self.connections[slot].stage else { return };
        if mem::replace(&mut fresh.welcomed, true) {
            return;
        }
        let server = concat!("papo/", env!("CARGO_PKG_VERSION")).to_owned();
        let welcome = ServerMessage::Welcome { protocol: PROTOCOL_VERSION, server, nonce: fresh.nonce };
        self.send(slot, &welcome);
    }

    fn line(&mut self, slot: usize, line: &[u8]) {
        match decode_client(line) {
            Ok(message) => self.message(slot, message),
            Err(refusal) => {
                self.count(slot, Verb::Request, None);
                self.refuse(slot, refusal);
            }
        }
        self.bound_answers(slot);
        if self.desk.is_full() {
            self.connections[slot].held.add(Hold::WriterFull);
            self.starved.push(self.id_of(slot));
        }
    }

    /// Who takes no answers asks no more.
    fn bound_answers(&mut self, slot: usize) {
        if self.connections[slot].direct.len() > DIRECT_BYTES_MAX {
            self.connections[slot].held.add(Hold::Unread);
        }
    }

    fn message(&mut self, slot: usize, message: ClientMessage) {
        let joined = matches!(self.connections[slot].stage, Stage::Joined(_));
        // Messages and joins have rates of their own.
        if !matches!(message, ClientMessage::Say { .. } | ClientMessage::Join(_)) || !joined {
            self.count(slot, Verb::Request, None);
        }
        match message {
            ClientMessage::Ping => self.send(slot, &ServerMessage::Pong),
            ClientMessage::Pong => {}
            ClientMessage::Leave => self.close(slot, ClosingCode::Left, "goodbye", None),
            ClientMessage::Join(join) if !joined => self.join(slot, *join),
            ClientMessage::Join(_) => self.refuse(
                slot,
                Refusal::new(
                    ErrorCode::AlreadyJoined,
                    "this connection is in a room already: open another connection for another room",
                ),
            ),
            _ if !joined => self.refuse(
                slot,
                Refusal::new(
                    ErrorCode::JoinFirst,
                    "nothing is joined yet: send for example {\"type\":\"join\",\"name\":\"Ana\"} first",
                ),
            ),
            ClientMessage::Say { id, body } => self.say(slot, id, body),
            ClientMessage::History { before, after, limit } => self.history(slot, before, after, limit),
            ClientMessage::Members { after, limit } => self.members(slot, after.as_ref(), limit),
            ClientMessage::Audit { before, limit } => self.audit(slot, before, limit),
            ClientMessage::Access => self.describe(slot),
            ClientMessage::Typing => self.typing(slot),
            ClientMessage::Rename { name } => self.rename(slot, name),
        }
    }

    fn say(&mut self, slot: usize, id: MessageId, body: Body) {
        let json = match body.to_json() {
            Ok(json) => json,
            Err(error) => return self.refuse(slot, refuse_body(error, id)),
        };
        self.count(slot, Verb::Message, Some(&id));
        if let Some(act) = body.act {
            return self.act(slot, id, *act);
        }
        let Some((room, member)) = self.membership(slot) else { return };
        let entry = NewEntry {
            room: room.shared(),
            kind: Kind::Message,
            sender: member.id.shared(),
            name: member.name.shared(),
            id: id.as_str().into(),
            body: json.into(),
        };
        let from = self.id_of(slot);
        self.jobs.push(Job::Append { room, entry, from });
    }

    /// Counts what a connection has sent, for its member and for its address. Where it comes too fast, this is taken
    /// and what follows waits unread: nothing is lost, nothing is reordered, and a flood fills its own sender's
    /// buffers only.
    fn count(&mut self, slot: usize, verb: Verb, about: Option<&MessageId>) {
        let limits = self.guard.limits();
        let connection = &mut self.connections[slot];
        let (mine, ours) = match verb {
            Verb::Message => (limits.messages, limits.messages_per_address),
            Verb::Request => (limits.requests, limits.requests_per_address),
        };
        let of_member = match &connection.stage {
            Stage::Joined(membership) => take((verb.meter(&membership.usage), mine), self.now),
            _ => None,
        };
        let of_address = take((verb.meter(&connection.pace.account.usage), ours), self.now);
        let Some(wait) = of_member.max(of_address) else {
            connection.pace.told = false;
            return;
        };
        connection.held.add(Hold::Rate);
        // Once for a whole paste: a notice for each of its lines would bury what the room says.
        let is_news = !mem::replace(&mut connection.pace.told, true);
        let generation = connection.generation;
        self.timers.push(Reverse((self.now + wait, Timer::Resume { slot, generation })));
        if is_news {
            let rate = if of_member >= of_address { mine } else { ours };
            let refusal = verb.too_fast(rate, of_member >= of_address).retry_after(seconds(wait));
            self.refuse(slot, Refusal { about: about.cloned(), ..refusal });
        }
    }

    /// A secret or a proof of this connection was wrong. After too many from one address it has to go and wait.
    pub(super) fn wrong_secret(&mut self, slot: usize) {
        let account = &self.connections[slot].pace.account;
        if let Some(wait) = account.wrong_secret(self.guard.limits(), self.now) {
            self.turn_away(slot, wait, "too many wrong secrets came from your network");
        }
    }

    /// Sends a connection away that may come back after a while.
    pub(super) fn turn_away(&mut self, slot: usize, wait: Duration, cause: &str) {
        let seconds = seconds(wait);
        let text = format!("{cause}: come back in {seconds} s");
        self.close(slot, ClosingCode::TooMany, &text, Some(seconds));
    }

    fn history(&mut self, slot: usize, before: Option<Seq>, after: Option<Seq>, limit: Option<u32>) {
        let messages_max = limit_of(limit, HISTORY_MESSAGES_MAX);
        let wanted = match (before, after) {
            (Some(_), Some(_)) => {
                let text = "`before` and `after` do not go together: ask for one of them";
                return self.refuse(slot, Refusal::new(ErrorCode::BadField, text));
            }
            (_, Some(after)) => Wanted::After { seq: after.number(), messages_max },
            (before, None) => Wanted::Before { seq: before.map_or(u64::MAX >> 1, Seq::number), messages_max },
        };
        let Some((room, _)) = self.membership(slot) else { return };
        self.connections[slot].held.add(Hold::Answer);
        self.desk.read(ReadJob { room, wanted, from: self.id_of(slot) });
    }

    fn members(&mut self, slot: usize, after: Option<&MemberId>, limit: Option<u32>) {
        let Some(index) = self.room_of(slot) else { return };
        let (members, count, more) = {
            let presence = self.rooms[index].room.presence();
            let (members, more) = presence.page(after, limit_of(limit, MEMBERS_LISTED_MAX));
            (members, presence.count(), more)
        };
        self.send(slot, &ServerMessage::Members { members, count, more });
    }

    fn typing(&mut self, slot: usize) {
        let Some(index) = self.room_of(slot) else { return };
        let Some((_, member)) = self.membership(slot) else { return };
        self.rooms[index].room.presence().typing(&member.id);
        self.schedule_presence(index);
    }

    fn rename(&mut self, slot: usize, name: Name) {
        let Stage::Joined(membership) = &mut self.connections[slot].stage else { return };
        membership.member.name = name;
        let (index, member) = (membership.room, membership.member.clone());
        self.rooms[index].room.presence().rename(&member);
        self.schedule_presence(index);
    }

    fn room_of(&self, slot: usize) -> Option<usize> {
        match &self.connections[slot].stage {
            Stage::Joined(membership) => Some(membership.room),
            _ => None,
        }
    }

    pub(super) fn membership(&self, slot: usize) -> Option<(RoomName, Member)> {
        match &self.connections[slot].stage {
            Stage::Joined(membership) => {
                Some((self.rooms[membership.room].room.name.clone(), membership.member.clone()))
            }
            _ => None,
        }
    }
}

/// What a line is counted as.
#[derive(Clone, Copy)]
enum Verb {
    /// A message for the room.
    Message,
    /// Anything else.
    Request,
}

impl Verb {
    fn meter(self, usage: &Usage) -> &Meter {
        match self {
            Self::Message => &usage.messages,
            Self::Request => &usage.requests,
        }
    }

    /// That it comes faster than this rate, which is the member's own or that of its address.
    fn too_fast(self, rate: Option<Rate>, own: bool) -> Refusal {
        let what = match self {
            Self::Message => "messages",
            Self::Request => "requests",
        };
        let whose = if own { "" } else { " from your network" };
        let per_second = rate.map_or(0, |rate| rate.per_second);
        let text = format!(
            "{what}{whose} come faster than {per_second} a second: nothing is lost, but what follows waits; send more slowly"
        );
        Refusal::new(ErrorCode::TooFast, text)
    }
}

/// So many whole seconds that the time is over by then.
fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

/// How many a page holds: what was asked for, between one and the limit.
pub(super) fn limit_of(asked: Option<u32>, max: usize) -> usize {
    asked.map_or(max, |asked| usize::try_from(asked).unwrap_or(max).clamp(1, max))
}
