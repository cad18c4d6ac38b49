//! A room's gate: the state that follows from its acts, and beside it what need not survive a restart (who has just
//! spoken, who was just put out). The log's writer alone has it, so that everything is judged in the order of the
//! log. Not here: what the acts mean (`access`), and telling anybody (`writer::acts`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use papo_log::{Appended, Entry, Kind, LogError, NewEntry, Page, RoomLog};
use papo_proto::{
    Act, Body, ErrorCode, InviteId, InviteSecret, Member, MemberId, MessageId, Name, Refusal, Role, RoomName,
};

use crate::access::{Access, Before, Circumstances, Denied, Slow, Visitor};

/// How many acts are read at a time when a room opens.
const ACTS_PAGE: Page = Page { entries_max: 1024, bytes_max: 1 << 20 };

/// For how long messages of somebody who was put out may still be on their way to the writer.
const EXPELLED_MS: u64 = 60_000;

/// With `auto`, a second for each so many members in the room.
const SLOW_MEMBERS_A_SECOND: u64 = 100;

/// The longest wait with `auto`: nobody remembers what they wanted to say for longer.
const SLOW_SECONDS_MAX: u32 = 60;

/// How many denied acts are remembered: more than the writer stores in one commit, since it asks for each of them.
const DENIED_REMEMBERED_MAX: usize = 2 * crate::writer::BATCH_ENTRIES_MAX;

/// How many who have spoken in slow mode are remembered before those whose wait is over are forgotten.
const SPOKEN_TIDY_FROM: usize = 1024;

/// Who may come into the rooms of a server, and how fast they may speak there, where a room does not say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessRules {
    /// Whether everybody who reaches the server may come in; else only by invite.
    pub open: bool,
    /// How long members wait between two messages.
    pub slow: Slow,
}

impl AccessRules {
    /// Everybody may come in, and speak as fast as they like.
    pub const OPEN: Self = Self { open: true, slow: Slow::Off };
}

/// The gates of the open rooms.
pub(crate) struct Gates {
    pub(crate) rules: AccessRules,
    rooms: HashMap<RoomName, Gate>,
    /// The rooms in which not everybody may speak at any time. Empty on most servers: then a message costs one look.
    strict: HashSet<RoomName>,
}

/// One room's gate.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    pub(crate) access: Access,
    /// In slow mode, when each member may speak again, as Unix time in milliseconds.
    spoken: HashMap<Arc<str>, u64>,
    /// Who was put out, and until when that is looked at.
    expelled: Vec<(Arc<str>, u64)>,
    /// The place of the newest act that the state follows from.
    applied: u64,
    /// Of the newest acts, those that were denied at their place. Only where several servers append, else they are
    /// judged before they are stored.
    denied: BTreeMap<u64, Denied>,
    /// What the entrances that are in the state and not yet in the log have changed, in their order.
    entering: Vec<Before>,
}

/// What became of an act.
#[derive(Debug)]
pub(crate) enum Performed {
    /// It is in the log.
    Done(Entry),
    /// It was in the log already.
    Repeated(Entry),
    /// Its id is another one's.
    Conflict(u64),
    /// It may not be.
    Denied(Denied),
}

impl Gates {
    pub(crate) fn new(rules: AccessRules) -> Self {
        Self { rules, rooms: HashMap::new(), strict: HashSet::new() }
    }

    /// The gate of a room, made from its acts where nobody is there yet.
    pub(crate) fn load(&mut self, log: &dyn RoomLog, room: &RoomName) -> Result<&mut Gate, LogError> {
        if !self.rooms.contains_key(room) {
            let gate = Gate::load(log, room)?;
            self.rooms.insert(room.clone(), gate);
            self.changed(room);
        }
        Ok(self.rooms.entry(room.clone()).or_default())
    }

    /// See [`Gate::keep_entrances`].
    pub(crate) fn keep_entrances(&mut self, room: &RoomName, newest: u64) {
        if let Some(gate) = self.rooms.get_mut(room) {
            gate.keep_entrances(newest);
        }
    }

    /// See [`Gate::take_back_entrances`].
    pub(crate) fn take_back_entrances(&mut self, room: &RoomName) {
        if let Some(gate) = self.rooms.get_mut(room) {
            gate.take_back_entrances();
        }
    }

    /// Nobody is in the room any more.
    pub(crate) fn forget(&mut self, room: &RoomName) {
        self.rooms.remove(room);
        self.strict.remove(room);
    }

    /// Something was done to the room: looks anew whether everybody may speak there.
    pub(crate) fn changed(&mut self, room: &RoomName) {
        let rules = self.rules;
        if self.rooms.get(room).is_some_and(|gate| gate.is_strict(rules)) {
            self.strict.insert(room.clone());
        } else {
            self.strict.remove(room);
        }
    }

    /// Why a message may not be said, if so. `count` says how many members the room has.
    pub(crate) fn quiet(
        &mut self,
        room: &RoomName,
        sender: &Arc<str>,
        now_ms: u64,
        count: impl FnOnce() -> u64,
    ) -> Option<Refusal> {
        if self.strict.is_empty() || !self.strict.contains(room) {
            return None;
        }
        self.rooms.get_mut(room)?.quiet(self.rules, sender, now_ms, count)
    }
}

impl Gate {
    /// Reads what was done in a room.
    pub(crate) fn load(log: &dyn RoomLog, room: &RoomName) -> Result<Self, LogError> {
        let mut gate = Self::default();
        gate.catch_up(log, room)?;
        Ok(gate)
    }

    /// Takes in the acts that are in the log and not in the state.
    pub(crate) fn catch_up(&mut self, log: &dyn RoomLog, room: &RoomName) -> Result<(), LogError> {
        loop {
            let acts = log.read_acts_after(room.as_str(), self.applied, ACTS_PAGE)?;
            if acts.is_empty() {
                return Ok(());
            }
            acts.iter().for_each(|entry| self.take_in(entry, room));
        }
    }

    /// Takes an act of the log into the state, unless it is there. One that may not be changes nothing.
    pub(crate) fn take_in(&mut self, entry: &Entry, room: &RoomName) {
        if entry.seq <= self.applied {
            return;
        }
        self.applied = entry.seq;
        let Some((actor, act)) = act_of(entry) else {
            tracing::error!(%room, seq = entry.seq, "an act in the log cannot be read");
            return;
        };
        if let Err(denied) = self.access.apply(&actor, &act, entry.time_ms) {
            if self.denied.len() >= DENIED_REMEMBERED_MAX {
                self.denied.pop_first();
            }
            self.denied.insert(entry.seq, denied);
        }
    }

    /// Takes an entrance into the state that will be in the log with others in one commit.
    pub(crate) fn enter_ahead(
        &mut self,
        member: &Member,
        invite: InviteId,
        act: &Act,
        now_ms: u64,
    ) -> Result<(), Denied> {
        let before = self.access.before(&member.id, invite);
        self.access.apply(member, act, now_ms)?;
        self.entering.push(before);
        Ok(())
    }

    /// The entrances of the last commit are in the log, the newest of them at this place, and it has them as they were
    /// judged here.
    pub(crate) fn keep_entrances(&mut self, newest: u64) {
        self.entering.clear();
        self.applied = self.applied.max(newest);
    }

    /// Takes back the entrances that the state has ahead of the log: what holds is what the log says, if it has them.
    pub(crate) fn take_back_entrances(&mut self) {
        while let Some(before) = self.entering.pop() {
            self.access.take_back(before);
        }
    }

    /// Why the act at this place changed nothing, if so and if it is not long ago.
    pub(crate) fn denied_at(&self, seq: u64) -> Option<Denied> {
        self.denied.get(&seq).copied()
    }

    /// What holds for slow mode here.
    fn slow(&self, rules: AccessRules) -> Slow {
        self.access.slow().unwrap_or(rules.slow)
    }

    fn is_strict(&self, rules: AccessRules) -> bool {
        self.access.has_quiet() || self.slow(rules) != Slow::Off || !self.expelled.is_empty()
    }

    /// Whether the room is like any other: open, and nobody has a role, is kept out or kept quiet. While somebody who
    /// was put out may still have messages on their way, it is not: whoever comes back is seen by [`Self::let_in`].
    pub(crate) fn is_plain(&self, rules: AccessRules) -> bool {
        rules.open && self.access.is_blank() && self.slow(rules) == Slow::Off && self.expelled.is_empty()
    }

    /// What a view of the room needs to know beside the acts.
    pub(crate) fn circumstances(&self, rules: AccessRules, now_ms: u64, count: u64) -> Circumstances {
        let slow = self.slow(rules);
        Circumstances { open: rules.open, slow, slow_seconds: slow_seconds(slow, count), now_ms }
    }

    fn quiet(
        &mut self,
        rules: AccessRules,
        sender: &Arc<str>,
        now_ms: u64,
        count: impl FnOnce() -> u64,
    ) -> Option<Refusal> {
        self.expelled.retain(|(_, until_ms)| now_ms < *until_ms);
        if self.expelled.iter().any(|(id, _)| id == sender) {
            return Some(refusal(Denied::NoEntry, now_ms));
        }
        if let Some(until_ms) = self.access.muted_until(sender, now_ms) {
            let text = "you may read but not speak here at the moment: nothing was stored";
            let refusal = Refusal::new(ErrorCode::Muted, text);
            return Some(Refusal { retry_after: seconds_to(until_ms, now_ms), ..refusal });
        }
        let slow = self.slow(rules);
        if self.access.role_of(sender) >= Role::Moderator {
            return None;
        }
        if self.access.announces() {
            let text = "only moderators and owners speak here at the moment: nothing was stored";
            return Some(Refusal::new(ErrorCode::AnnounceOnly, text));
        }
        if slow == Slow::Off { None } else { self.pace(slow_seconds(slow, count()), sender, now_ms) }
    }

    /// Has a member wait between two messages.
    fn pace(&mut self, seconds: u32, sender: &Arc<str>, now_ms: u64) -> Option<Refusal> {
        if let Some(&again_ms) = self.spoken.get(sender).filter(|&&again_ms| now_ms < again_ms) {
            let text = format!(
                "everybody waits {seconds} s between two messages here: this one was not stored, send it again later"
            );
            let refusal = Refusal::new(ErrorCode::SlowMode, text);
            return Some(Refusal { retry_after: seconds_to(Some(again_ms), now_ms), ..refusal });
        }
        if self.spoken.len() >= SPOKEN_TIDY_FROM {
            self.spoken.retain(|_, again_ms| now_ms < *again_ms);
        }
        if seconds > 0 {
            self.spoken.insert(Arc::clone(sender), now_ms + u64::from(seconds) * 1000);
        }
        None
    }

    /// Somebody was put out: what they have said meanwhile must not come after it.
    pub(crate) fn expel(&mut self, id: &MemberId, now_ms: u64) {
        self.expelled.push((id.shared(), now_ms + EXPELLED_MS));
    }

    /// Somebody comes in.
    pub(crate) fn let_in(&mut self, id: &MemberId) {
        self.expelled.retain(|(expelled, _)| **expelled != *id.as_str());
    }

    /// Does an act: judges it, puts it into the log and takes it into the state, unless it is there already. The
    /// same id never acts twice.
    pub(crate) fn perform(
        &mut self,
        log: &dyn RoomLog,
        room: &RoomName,
        actor: &Member,
        (id, act): (&MessageId, &Act),
        now_ms: u64,
    ) -> Result<Performed, LogError> {
        let new = match self.prepare(log, room, actor, (id, act), now_ms)? {
            Ok(new) => new,
            Err(performed) => return Ok(performed),
        };
        let appended = log.append(now_ms, std::slice::from_ref(&new))?.pop();
        let Some(Appended::New { seq, time_ms }) = appended else {
            // It was not there a moment ago, and whoever asks does so on one server at a time.
            return Ok(Performed::Denied(Denied::Unknown));
        };
        if log.shared().is_some() {
            // What other servers did meanwhile stands before it.
            self.catch_up(log, room)?;
        }
        let NewEntry { kind, sender, name, id, body, .. } = new;
        // The log's clock never goes back and may be ahead of ours: what holds is the entry's own time.
        let entry = Entry { seq, time_ms, kind, sender, name, id, body };
        self.take_in(&entry, room);
        Ok(match self.denied_at(seq) {
            Some(denied) => Performed::Denied(denied),
            None => Performed::Done(entry),
        })
    }

    /// Judges an act. Returns the entry that it becomes, or what has become of it already.
    pub(crate) fn prepare(
        &self,
        log: &dyn RoomLog,
        room: &RoomName,
        actor: &Member,
        (id, act): (&MessageId, &Act),
        now_ms: u64,
    ) -> Result<Result<NewEntry, Performed>, LogError> {
        if let Some(first) = log.find(room.as_str(), actor.id.as_str(), id.as_str())? {
            let same = act_of(&first).is_some_and(|(_, stored)| stored.as_asked() == act.as_asked());
            return Ok(Err(if same { Performed::Repeated(first) } else { Performed::Conflict(first.seq) }));
        }
        if let Err(denied) = self.access.judge(&actor.id, act, now_ms) {
            return Ok(Err(Performed::Denied(denied)));
        }
        let Ok(body) = Body::act(act.clone()).to_json_unchecked() else {
            return Ok(Err(Performed::Denied(Denied::Unknown)));
        };
        Ok(Ok(NewEntry {
            room: room.shared(),
            kind: Kind::Act,
            sender: actor.id.shared(),
            name: actor.name.shared(),
            id: id.as_str().into(),
            body: body.into(),
        }))
    }

    /// The act by which a visitor comes in. Its id is another one for each use of the invite.
    pub(crate) fn entering(&self, visitor: Visitor<'_>, role: Role) -> Option<(MessageId, Act)> {
        let invite = visitor.invite?;
        let id =
            MessageId::parse(&format!("enter-{}-{}", invite.short(), self.access.uses_of(&invite))).ok()?;
        Some((id, Act::Enter { invite, role }))
    }
}

/// How long members wait in a room of this size.
fn slow_seconds(slow: Slow, count: u64) -> u32 {
    match slow {
        Slow::Off => 0,
        Slow::Seconds(seconds) => seconds,
        Slow::Auto => u32::try_from(count / SLOW_MEMBERS_A_SECOND)
            .map_or(SLOW_SECONDS_MAX, |seconds| seconds.min(SLOW_SECONDS_MAX)),
    }
}

/// So many whole seconds that the time has come by then; none where it never does.
fn seconds_to(time_ms: Option<u64>, now_ms: u64) -> Option<u32> {
    let left_ms = time_ms?.saturating_sub(now_ms);
    Some(u32::try_from(left_ms.div_ceil(1000)).unwrap_or(u32::MAX).max(1))
}

/// Who has done what, by an entry of the log.
pub(crate) fn act_of(entry: &Entry) -> Option<(Member, Act)> {
    let actor = Member { id: MemberId::parse(&entry.sender).ok()?, name: Name::parse(&entry.name).ok()? };
    Some((actor, *Body::from_json(&entry.body).ok()?.act?))
}

/// A new secret; nothing where the system gives no random numbers.
pub fn new_invite_secret() -> Option<InviteSecret> {
    let mut random = [0; papo_proto::limits::INVITE_SECRET_BYTES];
    aws_lc_rs::rand::fill(&mut random).ok()?;
    Some(InviteSecret::new(random))
}

/// The id of the invite that has this secret.
pub fn invite_id(secret: &InviteSecret, room: &RoomName) -> InviteId {
    let mut id = [0; 32];
    id.copy_from_slice(digest(&SHA256, &secret.preimage(room)).as_ref());
    InviteId(id)
}

/// What is said to somebody who may not do something, or not come in.
pub(crate) fn refusal(denied: Denied, now_ms: u64) -> Refusal {
    let (code, text) = match denied {
        Denied::Role(Role::Owner) => (
            ErrorCode::NotAllowed,
            "only owners of this room may do that: ask one of them (`access` says who they are)",
        ),
        Denied::Role(Role::Operator) => (
            ErrorCode::NotAllowed,
            "only whoever runs the server may do that, with `papo room` on its own machine",
        ),
        Denied::Role(_) => (
            ErrorCode::NotAllowed,
            "only moderators and owners of this room may do that: ask one of them (`access` says who they are)",
        ),
        Denied::Rank => (
            ErrorCode::NotAllowed,
            "they have a role as high as yours: ask somebody above you, or whoever runs the server",
        ),
        Denied::Nothing => {
            (ErrorCode::BadAct, "there is nothing to be changed: it is so already, or was never done")
        }
        Denied::LastOwner => (
            ErrorCode::BadAct,
            "you are the only owner, and nobody would be left to hold the door: make another one first",
        ),
        Denied::GuestRole => (
            ErrorCode::BadAct,
            "guests have no key, so nobody would know them again: they cannot have a role",
        ),
        Denied::GuestGone => (
            ErrorCode::BadAct,
            "this guest has gone, and their address is not kept: a guest is banned while they are here",
        ),
        Denied::TooMany => (
            ErrorCode::BadAct,
            "there are as many already as a room may have: take back some that are not needed",
        ),
        Denied::InviteKnown => {
            (ErrorCode::BadAct, "this invite is there already: make a new secret for each")
        }
        Denied::Unknown => {
            (ErrorCode::BadAct, "this act is not known here, or is the server's own: update the server")
        }
        Denied::NoEntry => (
            ErrorCode::NoEntry,
            "there is no such room here, or no way in for you: ask somebody inside for an invite, and use the whole link",
        ),
        Denied::InviteExpired => {
            (ErrorCode::InviteExpired, "this invite held for a time that is over: ask for a new one")
        }
        Denied::InviteUsed => {
            (ErrorCode::InviteUsed, "as many as may have come in by this invite already: ask for a new one")
        }
        Denied::InviteRevoked => (ErrorCode::InviteRevoked, "this invite was taken back: ask for a new one"),
        Denied::Banned(_) => (
            ErrorCode::Banned,
            "you were shut out of this room: ask somebody who keeps order there, in another way",
        ),
        Denied::Locked => {
            (ErrorCode::Locked, "nobody new is let in at the moment: come back later, or ask somebody inside")
        }
    };
    let retry_after = if let Denied::Banned(until_ms) = denied { seconds_to(until_ms, now_ms) } else { None };
    Refusal { retry_after, ..Refusal::new(code, text) }
}
