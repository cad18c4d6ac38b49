//! Keeping order in a room: what one may do there, what one does, and how the room stands. Not here: what the typed
//! commands mean ([`crate::orders`]), and the judgement, which is the server's; what is worked out here only spares a
//! person from trying in vain.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use papo_proto::{
    Act, Body, Fingerprint, Invite, InviteId, InviteSecret, Member, MemberId, Message, Name, Role,
    RoomAccess, RoomName, Timestamp, Whom,
};
use papo_words::t;

use super::action::{Action, Command, Dialog};
use super::room::Room;
use super::{Problem, State};
use crate::event;
use crate::orders::{self, Order, Verb};

/// How many acts are asked for when a person wants to see what was done.
const ACTS_ASKED: u32 = 200;

/// How a room stands with those who keep order, as far as one may know it.
#[derive(Debug, Default)]
pub struct Standing {
    /// What the room has told last, with the lists that it told before.
    pub access: Option<RoomAccess>,
    /// What was done, the newest last, once it was asked for.
    pub acts: Option<Vec<Message>>,
    /// The invite that one has made last, once the room has it.
    pub invite: Option<Invite>,
    /// The secrets of invites that the room does not have yet.
    making: HashMap<InviteId, InviteSecret>,
    /// Whether an answer about the room is on its way.
    is_asked: bool,
    /// Whether something has changed since that was asked.
    is_stale: bool,
}

/// Why one may not do something to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// There is no connection.
    Offline,
    /// Only moderators and owners may.
    Moderator,
    /// Only owners may.
    Owner,
    /// They have the same role, or a higher one.
    Rank,
    /// It is oneself.
    Oneself,
    /// They have no key, and could be somebody else tomorrow.
    Guest,
}

impl State {
    /// Does in a room what the person asks for.
    pub(super) fn keep_order(&mut self, action: Action, now: Timestamp) -> Vec<Command> {
        match action {
            Action::Act(id, act) => self.room_mut(id).map_or_else(Vec::new, |room| room.act(act, now)),
            Action::MakeInvite { room: id, uses, seconds } => {
                let Some(room) = self.room_mut(id) else { return Vec::new() };
                let made = room.make_invite(uses, seconds, now);
                made.unwrap_or_else(|text| {
                    room.composer.problem = Some(Problem::Order(text));
                    Vec::new()
                })
            }
            _ => Vec::new(),
        }
    }
}

impl Room {
    /// What one is in the room.
    pub fn role(&self) -> Role {
        self.standing.access.as_ref().map_or(Role::Member, |access| access.role)
    }

    /// What somebody is in the room, as far as it is known.
    pub fn role_of(&self, id: &MemberId) -> Role {
        let staff = self.standing.access.iter().flat_map(|access| &access.staff);
        let known = staff.into_iter().find(|one| one.whom.id == *id).map(|one| one.role);
        known.unwrap_or(if id.is_guest() { Role::Guest } else { Role::Member })
    }

    /// Whether somebody may only read.
    pub fn is_muted(&self, id: &MemberId) -> bool {
        self.standing.access.iter().flat_map(|access| &access.mutes).any(|mute| mute.whom.id == *id)
    }

    /// Whether one may do this to somebody, as far as it is known here.
    ///
    /// # Errors
    /// Says why one may not.
    pub fn may(&self, verb: Verb, id: &MemberId) -> Result<(), Denied> {
        let (role, theirs) = (self.role(), self.role_of(id));
        let needed = match verb {
            Verb::Op | Verb::Own | Verb::Deop => Role::Owner,
            _ => Role::Moderator,
        };
        match verb {
            _ if !self.is_connected() => Err(Denied::Offline),
            _ if role < needed && needed == Role::Owner => Err(Denied::Owner),
            _ if role < needed => Err(Denied::Moderator),
            _ if self.timeline.is_ours(id) => Err(Denied::Oneself),
            Verb::Op | Verb::Own if theirs == Role::Guest => Err(Denied::Guest),
            Verb::Kick | Verb::Ban | Verb::Mute if theirs >= role => Err(Denied::Rank),
            _ => Ok(()),
        }
    }

    /// Does something in the room. Nothing of it shows before the room has it.
    pub(super) fn act(&mut self, act: Act, now: Timestamp) -> Vec<Command> {
        self.say(Body::act(act), now)
    }

    /// Does what was typed.
    pub(super) fn order(
        &mut self,
        order: Order,
        dialog: &mut Option<Dialog>,
        now: Timestamp,
    ) -> Result<Vec<Command>, String> {
        Ok(match order {
            Order::About { verb, whom, seconds, why } => {
                let whom = orders::find(&whom, &self.met())?;
                self.act(orders::act(verb, whom, seconds, why), now)
            }
            Order::Act(act) => self.act(act, now),
            Order::Invite { uses, seconds } => {
                let commands = self.make_invite(uses, seconds, now)?;
                *dialog = Some(Dialog::Invite(self.id));
                commands
            }
            Order::Revoke(beginning) => {
                let invite = self.invite_of(&beginning)?;
                self.act(Act::Revoke { invite }, now)
            }
            Order::Audit => {
                *dialog = Some(Dialog::Audit(self.id));
                self.ask_acts()
            }
            Order::Access => {
                *dialog = Some(Dialog::Access(self.id));
                self.ask_access()
            }
        })
    }

    /// Makes an invite; its link is there when the room has it.
    pub(super) fn make_invite(
        &mut self,
        uses: Option<u32>,
        seconds: Option<u32>,
        now: Timestamp,
    ) -> Result<Vec<Command>, String> {
        self.fingerprint().ok_or_else(|| t!("chat-order-no-link"))?;
        let secret = new_secret().ok_or_else(|| t!("window-no-random"))?;
        let invite = id_of(&secret, &self.place.room);
        self.standing.making.insert(invite, secret);
        self.standing.invite = None;
        Ok(self.act(Act::Invite { invite, uses, seconds, owner: false }, now))
    }

    /// Asks how the room stands, unless that is asked already.
    pub(super) fn ask_access(&mut self) -> Vec<Command> {
        if self.standing.is_asked {
            self.standing.is_stale = true;
            return Vec::new();
        }
        self.standing.is_asked = true;
        vec![Command::Tell(self.id, event::Command::Access)]
    }

    /// Asks what was done in the room.
    pub(super) fn ask_acts(&mut self) -> Vec<Command> {
        self.standing.acts = None;
        vec![Command::Tell(self.id, event::Command::Audit { before: None, limit: ACTS_ASKED })]
    }

    /// A connection begins: what was known of the room may be of yesterday.
    pub(super) fn forget_standing(&mut self) {
        self.standing.access = None;
        (self.standing.is_asked, self.standing.is_stale) = (false, false);
    }

    /// Takes note of how the room stands.
    pub(super) fn on_access(&mut self, access: &RoomAccess) -> Vec<Command> {
        let mut access = access.clone();
        let has_lists = !access.staff.is_empty() || !access.invites.is_empty();
        if let (false, Some(before)) = (has_lists, self.standing.access.take()) {
            // What is told unasked holds no lists, and those told before still hold.
            access.staff = before.staff;
            if access.role >= Role::Moderator {
                (access.bans, access.mutes, access.invites) = (before.bans, before.mutes, before.invites);
            }
        }
        self.standing.access = Some(access);
        self.standing.is_asked = false;
        if std::mem::take(&mut self.standing.is_stale) { self.ask_access() } else { Vec::new() }
    }

    /// Takes note of an act that has just come to be.
    pub(super) fn on_act(&mut self, act: &Act) -> Vec<Command> {
        if let Act::Invite { invite, .. } = act
            && let Some(secret) = self.standing.making.remove(invite)
            && let Some(fingerprint) = self.fingerprint()
        {
            let (address, room) = (self.place.address.clone(), self.place.room.clone());
            let others = self.place.others.clone();
            self.standing.invite = Some(Invite { address, room, fingerprint, secret: Some(secret), others });
        }
        if let (Act::Deop { whom }, Some(access)) = (act, &mut self.standing.access) {
            // An empty list is told as none.
            access.staff.retain(|one| one.whom.id != whom.id);
        }
        let is_of_staff = match act {
            Act::Op { .. } | Act::Deop { .. } => true,
            Act::Enter { role, .. } => *role >= Role::Moderator,
            _ => false,
        };
        let is_of_rest = !matches!(act, Act::Enter { .. } | Act::Kick { .. } | Act::Unknown);
        let shows_rest = is_of_rest && self.role() >= Role::Moderator;
        if is_of_staff || shows_rest { self.ask_access() } else { Vec::new() }
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        self.place.fingerprint
    }

    /// Calls somebody by a name of the person's own, or no longer.
    pub(super) fn call(&self, whom: &str, name: Option<Name>) -> Result<Command, String> {
        let petnames = self.timeline.petnames();
        let known: Vec<Member> = self.met().into_iter().chain(petnames.members()).collect();
        let id = orders::find(whom, &known)?.id;
        if name.is_none() && petnames.of(&id).is_none() {
            return Err(t!("client-petname-none", whom = whom));
        }
        Ok(Command::Call(self.id, id, name))
    }

    /// Everybody whom a word may mean: who is here, who has spoken, and whom the room names.
    pub(super) fn met(&self) -> Vec<Member> {
        let named = |whom: &Whom| Some(Member { id: whom.id.clone(), name: whom.name.clone()? });
        let access = self.standing.access.iter();
        let listed = access.flat_map(|access| {
            let staff = access.staff.iter().map(|one| &one.whom);
            staff.chain(access.bans.iter().chain(&access.mutes).map(|one| &one.whom)).filter_map(named)
        });
        let here = self.presence.members().into_iter().cloned();
        here.chain(self.timeline.rows().map(|row| row.from.clone())).chain(listed).collect()
    }

    fn invite_of(&self, beginning: &str) -> Result<InviteId, String> {
        let invites = self.standing.access.iter().flat_map(|access| &access.invites);
        let mut meant =
            invites.map(|one| one.invite).filter(|invite| invite.to_string().starts_with(beginning));
        match (meant.next(), meant.next()) {
            (Some(invite), None) => Ok(invite),
            _ => Err(t!("chat-order-no-invite", invite = beginning)),
        }
    }
}

/// A secret that nobody can guess.
fn new_secret() -> Option<InviteSecret> {
    let mut random = [0; papo_proto::limits::INVITE_SECRET_BYTES];
    aws_lc_rs::rand::fill(&mut random).ok()?;
    Some(InviteSecret::new(random))
}

/// The id by which the room knows the invite that has this secret.
fn id_of(secret: &InviteSecret, room: &RoomName) -> InviteId {
    let mut id = [0; 32];
    id.copy_from_slice(digest(&SHA256, &secret.preimage(room)).as_ref());
    InviteId(id)
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    /// Computed by another program from the document's words.
    #[test]
    fn an_invite_has_the_id_that_the_protocol_says() {
        let id = id_of(&InviteSecret::new([0xab; 20]), &RoomName::default());
        let expected = "914f4942b4cdee23c371ec00ccd51ba7b998cbeda5b8cbf298f165e75bfda19f";
        assert_eq!(HEXLOWER.encode(&id.0), expected);
    }
}
