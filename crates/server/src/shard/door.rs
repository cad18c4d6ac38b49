//! How somebody comes into a room, what they ask of those who keep order, and how they are put out. Not here: who may
//! come in, which the log's writer decides.

use std::cmp::Reverse;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use papo_proto::limits::HISTORY_MESSAGES_MAX;
use papo_proto::{
    Act, ClosingCode, ErrorCode, Join, Member, MemberId, MessageId, Refusal, RoomAccess, RoomName, Seq,
    ServerMessage,
};

use super::input::limit_of;
use super::{LocalRoom, Shard, Timer};
use crate::connection::{Entrance, Fresh, Hold, MemberUsage, Membership, Stage};
use crate::desk::{Asked, Asking, ConnectionId, Job, ReadJob, Wanted};
use crate::feed::Window;
use crate::gate::invite_id;
use crate::guard::{Usage, try_take};
use crate::identity;
use crate::room::Room;

/// When a no at the door is said, counted from the question. Always the same time after it: how long a server has
/// looked must not tell a stranger whether there was something to look at.
const NO_AFTER: Duration = Duration::from_millis(300);

impl Shard {
    pub(super) fn join(&mut self, slot: usize, join: Join) {
        let Stage::Fresh(fresh) = &self.connections[slot].stage else { return };
        let (guard, now) = (Arc::clone(&self.guard), self.now);
        // Before any cryptography.
        let joins = (&self.connections[slot].pace.account.usage.joins, guard.limits().joins_per_address);
        if let Err(wait) = try_take(joins, now) {
            return self.turn_away(slot, wait, "your network joins too often");
        }
        let room = join.room.unwrap_or_default();
        let id = match (&join.key, &join.proof) {
            (Some(key), Some(proof)) => identity::prove(key, proof, &fresh.nonce, &room, &fresh.binding),
            _ => Some(guest_id(fresh)),
        };
        let Some(id) = id else {
            let text = "the signature does not prove this key for this connection and room: sign the bytes that the protocol names, with the nonce of this connection's `welcome`";
            self.refuse(slot, Refusal::new(ErrorCode::BadProof, text));
            return self.wrong_secret(slot);
        };
        let usage = match join.key {
            Some(_) => MemberUsage::Key(guard.usage_of(&id, now)),
            None => MemberUsage::Guest(Usage::default()),
        };
        if let Err(wait) = try_take((&usage.joins, guard.limits().joins), now) {
            return self.turn_away(slot, wait, "you join too often");
        }
        if let Some(agent) = &join.agent {
            tracing::debug!(agent = %agent.escape_debug(), "a client says what it is");
        }
        let member = Member { id, name: join.name };
        let Stage::Fresh(fresh) = mem::replace(&mut self.connections[slot].stage, Stage::Closing) else {
            return;
        };
        let entrance = Entrance {
            member: member.clone(),
            usage,
            after: join.after,
            epoch: join.epoch,
            fresh,
            asked_at: now,
            refusal: None,
        };
        self.connections[slot].stage = Stage::Opening(Box::new(entrance));
        let plain = if join.invite.is_none() { self.hub.enter_plain(&room) } else { None };
        if let Some(room) = plain {
            self.opened(slot, room, None);
        } else {
            self.connections[slot].held.add(Hold::Answer);
            let invite = join.invite.map(|secret| invite_id(&secret, &room));
            let origin = self.connections[slot].pace.account.origin();
            self.jobs.push(Job::Open(Box::new(Asked {
                room,
                member,
                invite,
                origin,
                from: self.id_of(slot),
            })));
        }
    }

    /// The room is open and the connection is counted in it: brings the member in.
    pub(super) fn opened(&mut self, slot: usize, room: Arc<Room>, access: Option<Box<RoomAccess>>) {
        let stage = mem::replace(&mut self.connections[slot].stage, Stage::Closing);
        let Stage::Opening(entrance) = stage else {
            self.connections[slot].stage = stage;
            return self.abandon(&room);
        };
        if room.is_shared && is_ahead(&entrance, &room) {
            self.jobs.push(Job::Follow { room: room.name.clone() });
            self.abandon(&room);
            self.connections[slot].stage = Stage::Opening(entrance);
            let text = "you have seen more on another server than has come here yet: come back in a moment";
            return self.close(slot, ClosingCode::Stopping, text, Some(1));
        }
        let index = self.local_room(room);
        let Entrance { member, usage, after, epoch, .. } = *entrance;
        let local = &mut self.rooms[index];
        let head = local.messages.head();
        let known = epoch.is_none_or(|epoch| epoch == local.room.epoch);
        // In another log a place is nothing that was seen, even where the number is the head's.
        let has = |after: Seq| known && after.number() <= head;
        let cursor = after.filter(|&after| has(after)).map_or(head, Seq::number);
        let lost = after.is_some_and(|after| !has(after));
        let (first, members) = (local.room.first(), {
            let mut presence = local.room.presence();
            presence.enter(&member);
            (presence.count(), presence.list_if_few())
        });
        if member.id.is_guest() {
            let origin = self.connections[slot].pace.account.origin();
            local.room.guests().insert(member.id.clone(), origin);
        }
        let joined = ServerMessage::Joined {
            you: member.clone(),
            room: local.room.name.clone(),
            epoch: local.room.epoch,
            first: Seq::new(first),
            head: Seq::new(head),
            count: members.0,
            members: members.1,
        };
        let membership = Membership {
            member,
            room: index,
            index: local.members.len(),
            cursor,
            presence_cursor: local.presence_frames.head(),
            page: None,
            reading: false,
            catches_up: cursor < head,
            usage,
        };
        local.members.push(slot);
        self.connections[slot].stage = Stage::Joined(Box::new(membership));
        self.send(slot, &joined);
        if lost {
            self.send(slot, &ServerMessage::Truncated { first: Seq::new(first), next: Seq::new(head + 1) });
        }
        if let Some(access) = access {
            self.send(slot, &ServerMessage::Access(access));
        }
        if !self.hub.also().is_empty() {
            let servers = self.hub.also().to_vec();
            self.send(slot, &ServerMessage::Servers { servers });
        }
        self.schedule_presence(index);
        self.release(self.id_of(slot), Hold::Answer);
    }

    /// The shard's own side of a room, up to date.
    fn local_room(&mut self, room: Arc<Room>) -> usize {
        if let Some(&index) = self.rooms_by_name.get(&room.name) {
            // Nobody is queued here: whoever has fed something wakes the shard, and looking at every member for
            // each newcomer would cost a room the square of its size.
            self.rooms[index].catch_up();
            return index;
        }
        // First the bit, then the copy: what is said between the two comes with a wake-up.
        room.subscribe(self.index);
        let name = room.name.clone();
        let (messages, presence_frames): (Window, Window) =
            (room.messages.copy(), room.presence_frames.copy());
        let local = LocalRoom { room, messages, presence_frames, members: Vec::new(), presence_due: false };
        let index = self.rooms.insert(local);
        self.rooms_by_name.insert(name, index);
        index
    }

    /// The writer does not let the connection in: it is told so when it is time.
    pub(super) fn turned_away(&mut self, to: ConnectionId, refusal: Refusal, is_wrong_secret: bool) {
        let Some(slot) = self.find_open(to) else { return };
        let Stage::Opening(entrance) = &mut self.connections[slot].stage else { return };
        entrance.refusal = Some((refusal, is_wrong_secret));
        let due = entrance.asked_at + NO_AFTER;
        if due <= self.now {
            self.say_no(to);
        } else {
            let ConnectionId { slot, generation, .. } = to;
            self.timers.push(Reverse((due, Timer::SayNo { slot, generation })));
        }
    }

    /// Tells a connection that it is not let in. It may try again.
    pub(super) fn say_no(&mut self, to: ConnectionId) {
        let Some(slot) = self.find_open(to) else { return };
        let stage = mem::replace(&mut self.connections[slot].stage, Stage::Closing);
        let Stage::Opening(entrance) = stage else {
            self.connections[slot].stage = stage;
            return;
        };
        let Entrance { fresh, refusal, .. } = *entrance;
        self.connections[slot].stage = Stage::Fresh(fresh);
        let Some((refusal, is_wrong_secret)) = refusal else { return };
        self.refuse(slot, refusal);
        if is_wrong_secret {
            self.wrong_secret(slot);
        }
        self.release(to, Hold::Answer);
    }

    /// Somebody has to leave a room, with all connections that they have here.
    pub(super) fn put_out(&mut self, room: &RoomName, id: &MemberId, code: ClosingCode, text: &str) {
        let Some(&index) = self.rooms_by_name.get(room) else { return };
        let is_theirs = |slot: &usize| match &self.connections[*slot].stage {
            Stage::Joined(membership) => membership.member.id == *id,
            _ => false,
        };
        let slots: Vec<usize> = self.rooms[index].members.iter().copied().filter(is_theirs).collect();
        slots.into_iter().for_each(|slot| self.close(slot, code, text, None));
    }

    /// A member wants to change the room.
    pub(super) fn act(&mut self, slot: usize, id: MessageId, act: Act) {
        let Some((room, member)) = self.membership(slot) else { return };
        self.jobs.push(Job::Act(Box::new(Asking { room, member, id, act, from: self.id_of(slot) })));
    }

    /// A member wants to know how the room stands.
    pub(super) fn describe(&mut self, slot: usize) {
        let Some((room, member)) = self.membership(slot) else { return };
        self.connections[slot].held.add(Hold::Answer);
        self.jobs.push(Job::Describe { room, member: member.id, from: self.id_of(slot) });
    }

    /// A member wants to know what was done in the room.
    pub(super) fn audit(&mut self, slot: usize, before: Option<Seq>, limit: Option<u32>) {
        let Some((room, _)) = self.membership(slot) else { return };
        self.connections[slot].held.add(Hold::Answer);
        let before = before.map_or(u64::MAX >> 1, Seq::number);
        let wanted = Wanted::Acts { before, acts_max: limit_of(limit, HISTORY_MESSAGES_MAX) };
        self.desk.read(ReadJob { room, wanted, from: self.id_of(slot) });
    }
}

/// Whether a visitor to a room that several servers share has seen more of it elsewhere than was fed here. To call that
/// lost would have them drop what they have.
fn is_ahead(entrance: &Entrance, room: &Room) -> bool {
    let known = entrance.epoch.is_none_or(|epoch| epoch == room.epoch);
    known && entrance.after.is_some_and(|after| after.number() > room.messages.head())
}

fn guest_id(fresh: &Fresh) -> MemberId {
    MemberId::of_guest(fresh.guest)
}
