//! The writer's part in who may come in and who may do what: it judges and stores acts between two commits of
//! messages, so that each of them stands at one place of the log and everything behind it obeys it. Not here: the
//! rules themselves (`access`), and what a room has of them in memory (`gate`).

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use papo_log::{Entry, LogError};
use papo_proto::codec::encode_server;
use papo_proto::limits::INSIDE_LISTED_MAX;
use papo_proto::{
    Act, ClosingCode, Member, MemberId, MessageId, Refusal, RoomAccess, RoomName, ServerMessage, Whom,
};

use super::{Writer, id_reused, parts_of};
use crate::desk::{Asking, ConnectionId, Mail, not_stored};
use crate::feed::Batch;
use crate::gate::{Gate, Performed, refusal};
use crate::guard::Origin;
use crate::room::Room;
use crate::tags::AddressTags;

impl Writer {
    /// Does what a member has asked for, or says why not.
    pub(super) fn act(&mut self, asking: &Asking, now_ms: u64) {
        let Asking { room, member, id, act, from } = asking;
        let (from, about) = (*from, Some(id.clone()));
        let refuse = |refusal: Refusal| Mail::Refused {
            to: from,
            refusal: Refusal { about, ..refusal },
            answers: false,
        };
        let mail = match self.perform(room, member, id, act, now_ms) {
            // The echo comes with the room's feed.
            Ok(Performed::Done(_)) => return,
            Ok(Performed::Repeated(first)) => {
                let mut frame = Vec::new();
                parts_of(&first).encode_line(&mut frame);
                Mail::Frame { to: from, frame, answers: false }
            }
            Ok(Performed::Conflict(seq)) => refuse(id_reused(seq, id.as_str())),
            Ok(Performed::Denied(denied)) => refuse(refusal(denied, now_ms)),
            Err(error) => {
                self.failed(&error, now_ms);
                refuse(not_stored(&error, None))
            }
        };
        self.shards[from.shard].post(mail);
    }

    /// Does an act in a room and what follows from it there.
    pub(super) fn perform(
        &mut self,
        name: &RoomName,
        actor: &Member,
        id: &MessageId,
        act: &Act,
        now_ms: u64,
    ) -> Result<Performed, LogError> {
        let room = self.hub.find(name);
        let log = Arc::clone(&self.log);
        let rules = self.gates.rules;
        self.learn(name, now_ms)?;
        let gate = self.gates.load(&*log, name)?;
        let act = complete(act, gate, room.as_deref(), rules.open, |room, guest| {
            let origin = room.guests().get(guest).copied();
            let tag = origin.map(|origin| self.tags.tag(origin));
            tag.or_else(|| self.elsewhere.lock().tag_of(&room.name, guest))
        });
        let performed = gate.perform(&*log, name, actor, (id, &act), now_ms)?;
        if let Performed::Done(entry) = &performed {
            let out = who_goes(&act, room.as_deref(), &self.tags);
            out.iter().for_each(|id| gate.expel(id, now_ms));
            if let Some(room) = &room {
                // Before anybody is put out: who comes in at this moment without being looked at is put out as well.
                room.set_plain(gate.is_plain(rules));
            }
            self.gates.changed(name);
            self.tell(name, entry, now_ms);
            if let Some(room) = &room {
                self.put_out(room, &act, &out);
            }
        }
        if room.is_none() {
            self.gates.forget(name);
        }
        Ok(performed)
    }

    /// Feeds an act to its room.
    pub(super) fn tell(&mut self, name: &RoomName, entry: &Entry, now_ms: u64) {
        let Some(room) = self.hub.find(name) else { return };
        if self.is_shared && entry.seq != room.messages.head() + 1 {
            return self.follow(name, now_ms, &BTreeSet::from([entry.seq]));
        }
        let mut batch = Batch::starting_at(entry.seq).fed(self.clock.now());
        batch.push(|out| parts_of(entry).encode_line(out));
        room.messages.push(Arc::new(batch));
        self.update_first(&room);
        self.wake(&room);
    }

    pub(super) fn put_out(&self, room: &Arc<Room>, act: &Act, out: &[MemberId]) {
        let (code, cause) = match act {
            Act::Kick { .. } => (ClosingCode::Kicked, "you were put out of this room"),
            _ => (ClosingCode::Banned, "you were shut out of this room"),
        };
        let text = act.why().map_or_else(|| cause.to_owned(), |why| format!("{cause}: {why}"));
        for id in out {
            for shard in room.subscribers().filter(|&shard| shard < self.shards.len()) {
                let (room, id, text) = (room.name.clone(), id.clone(), text.clone());
                self.shards[shard].post(Mail::PutOut { room, id, code, text });
            }
        }
    }

    /// Tells a member how the room stands.
    pub(super) fn describe(&mut self, name: &RoomName, member: &MemberId, from: ConnectionId, now_ms: u64) {
        let mail = match self.view(name, member, now_ms) {
            Ok(view) => {
                let mut frame = Vec::new();
                encode_server(&ServerMessage::Access(Box::new(view)), &mut frame);
                Mail::Frame { to: from, frame, answers: true }
            }
            Err(error) => Mail::Refused { to: from, refusal: not_stored(&error, None), answers: true },
        };
        self.shards[from.shard].post(mail);
    }

    /// How a room stands, as this member may see it.
    pub(super) fn view(
        &mut self,
        name: &RoomName,
        member: &MemberId,
        now_ms: u64,
    ) -> Result<RoomAccess, LogError> {
        let count = self.hub.find(name).map_or(0, |room| room.presence().count());
        let (rules, log) = (self.gates.rules, Arc::clone(&self.log));
        let gate = self.gates.load(&*log, name)?;
        let view = gate.access.view_whole(member, gate.circumstances(rules, now_ms, count));
        self.forget_if_closed(name);
        Ok(view)
    }

    /// A stranger's knocking leaves nothing behind.
    pub(super) fn forget_if_closed(&mut self, name: &RoomName) {
        if self.hub.find(name).is_none() {
            self.gates.forget(name);
        }
    }

    /// Answers a message that may not be said: with the first one, where it was said before.
    pub(super) fn answer_quiet(&self, entry: &papo_log::NewEntry, to: ConnectionId, refusal: Refusal) {
        let found = self.log.find(&entry.room, &entry.sender, &entry.id);
        let mail = match found {
            Ok(Some(first)) if first.kind == entry.kind && first.body == entry.body => {
                let mut frame = Vec::new();
                parts_of(&first).encode_line(&mut frame);
                Mail::Frame { to, frame, answers: false }
            }
            Ok(_) => {
                let about = MessageId::parse(&entry.id).ok();
                Mail::Refused { to, refusal: Refusal { about, ..refusal }, answers: false }
            }
            Err(error) => {
                let refusal = not_stored(&error, MessageId::parse(&entry.id).ok());
                Mail::Refused { to, refusal, answers: false }
            }
        };
        self.shards[to.shard].post(mail);
    }
}

/// An act with what only the server knows: what somebody is called, a guest's address, who is inside.
fn complete(
    act: &Act,
    gate: &Gate,
    room: Option<&Room>,
    open: bool,
    tag_of: impl Fn(&Room, &MemberId) -> Option<papo_proto::AddressTag>,
) -> Act {
    let named = |whom: &Whom| {
        let present = room.and_then(|room| room.presence().name_of(&whom.id));
        present.or_else(|| gate.access.name_of(&whom.id).cloned())
    };
    let name = act.whom().and_then(named);
    match act.as_asked().named(name) {
        Act::Ban { whom, seconds, why, .. } if whom.id.is_guest() => {
            let address = room.and_then(|room| tag_of(room, &whom.id));
            Act::Ban { whom, seconds, why, address }
        }
        Act::Lock { on: true, .. } if open => {
            let inside = room.map_or_else(Vec::new, |room| room.presence().keys(INSIDE_LISTED_MAX));
            Act::Lock { on: true, inside }
        }
        act => act,
    }
}

/// Who has to go after an act: whom it is about, and with the address of a guest whoever else has it.
pub(super) fn who_goes(act: &Act, room: Option<&Room>, tags: &AddressTags) -> Vec<MemberId> {
    let (Act::Kick { whom, .. } | Act::Ban { whom, .. }) = act else { return Vec::new() };
    let mut out = vec![whom.id.clone()];
    if let (Act::Ban { address: Some(address), .. }, Some(room)) = (act, room) {
        // A mark takes a hash: each address once, and not while others wait to come in.
        let guests: Vec<(MemberId, Origin)> =
            room.guests().iter().map(|(id, origin)| (id.clone(), *origin)).collect();
        let origins: HashSet<Origin> = guests.iter().map(|(_, origin)| *origin).collect();
        let banned: HashSet<Origin> =
            origins.into_iter().filter(|origin| tags.tag(*origin) == *address).collect();
        let same = guests.into_iter().filter(|(id, origin)| *id != whom.id && banned.contains(origin));
        out.extend(same.map(|(id, _)| id));
    }
    out
}
