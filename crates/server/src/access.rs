//! Who may do what in a room, and who may come in: a pure fold over the acts in the room's log. The same acts give
//! the same state on every server, so nothing of it is kept anywhere else. Each act is judged at its place, and one
//! that nobody may do there changes nothing. Not here: where acts come from, and what a room does about what follows
//! from them (`gate`).

mod view;

pub(crate) use view::Circumstances;

use std::collections::{BTreeMap, HashMap};

use papo_proto::{Act, AddressTag, InviteId, Member, MemberId, Name, Role, Whom};

/// How long a guest's address is banned where it is not said: addresses change hands.
const GUEST_BAN_SECONDS: u32 = 24 * 60 * 60;

/// How many bans, and how many mutes, a room has at most. Above, those that are over make room.
const SANCTIONS_MAX: usize = 10_000;

/// How many invites a room has at most. Above, those that are over make room.
const INVITES_MAX: usize = 1000;

/// How many members a room knows at most: about a hundred MiB, and more than one room holds.
const MEMBERS_MAX: usize = 1 << 20;

/// Why an act cannot be done, or somebody cannot come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// It takes this role.
    Role(Role),
    /// Whom it is about has a role as high as one's own.
    Rank,
    /// There is nothing that could be taken back, or it is so already.
    Nothing,
    /// Nobody would be left to hold the door.
    LastOwner,
    /// A guest is somebody else tomorrow.
    GuestRole,
    /// The guest has gone, and with them their address.
    GuestGone,
    /// There are as many already as there may be.
    TooMany,
    /// Such an invite is there already.
    InviteKnown,
    /// An act of a later version, or one that is the server's own.
    Unknown,
    /// There is no way in.
    NoEntry,
    /// The invite held for a time that is over.
    InviteExpired,
    /// As many as may have come in by the invite.
    InviteUsed,
    /// The invite was taken back.
    InviteRevoked,
    /// Shut out, until this Unix time in milliseconds or for good.
    Banned(Option<u64>),
    /// Nobody new comes in.
    Locked,
}

/// How somebody comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entrance {
    /// As whoever they are already.
    Known,
    /// By an act that has to be in the log first, with this role.
    ByInvite(Role),
}

/// What an entrance changes, as it was before: so that it can be taken back while nothing else has changed.
#[derive(Debug)]
pub(crate) struct Before {
    id: MemberId,
    known: Option<Known>,
    invite: InviteId,
    used: u32,
    owners: usize,
    acts: u64,
}

/// How long members wait between two messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slow {
    /// Not at all.
    #[default]
    Off,
    /// So many seconds.
    Seconds(u32),
    /// As long as the size of the room asks for.
    Auto,
}

/// Who stands at a room's door.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visitor<'a> {
    pub(crate) id: &'a MemberId,
    /// The mark of the address, where they are a guest.
    pub(crate) address: Option<AddressTag>,
    /// The invite whose secret they have.
    pub(crate) invite: Option<InviteId>,
}

/// The state of a room after the acts so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Access {
    /// Everybody with a key whom the room knows.
    members: HashMap<MemberId, Known>,
    owners: usize,
    bans: BTreeMap<MemberId, Sanctioned>,
    /// The banned addresses, with the guest who had each.
    addresses: HashMap<AddressTag, (MemberId, Option<u64>)>,
    mutes: BTreeMap<MemberId, Sanctioned>,
    invites: BTreeMap<InviteId, Invited>,
    announce: bool,
    locked: bool,
    slow: Option<Slow>,
    /// How many acts there were: what was given later has a higher number.
    acts: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    role: Role,
    name: Option<Name>,
    number: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Sanctioned {
    name: Option<Name>,
    /// The Unix time in milliseconds at which it ends.
    until_ms: Option<u64>,
    number: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Invited {
    by: Member,
    uses: Option<u32>,
    used: u32,
    until_ms: Option<u64>,
    owner: bool,
    revoked: bool,
    number: u64,
}

impl Access {
    /// Whether the acts so far change nothing for anybody: nobody has a role, is kept out or kept quiet.
    pub(crate) fn is_blank(&self) -> bool {
        let Self { members, bans, addresses, mutes, announce, locked, slow, .. } = self;
        members.is_empty()
            && bans.is_empty()
            && addresses.is_empty()
            && mutes.is_empty()
            && !announce
            && !locked
            && slow.is_none()
    }

    /// Whether somebody may be kept from speaking.
    pub(crate) fn has_quiet(&self) -> bool {
        self.announce || !self.mutes.is_empty()
    }

    /// What somebody is here.
    pub(crate) fn role_of(&self, id: &str) -> Role {
        match self.members.get(id) {
            Some(known) => known.role,
            None if id == MemberId::operator().as_str() => Role::Operator,
            None if id.starts_with("guest-") => Role::Guest,
            None => Role::Member,
        }
    }

    /// Whether the room knows somebody by an act: only who has a key.
    pub(crate) fn knows(&self, id: &MemberId) -> bool {
        self.members.contains_key(id)
    }

    /// Whether there is an owner.
    pub(crate) fn has_owner(&self) -> bool {
        self.owners > 0
    }

    /// What somebody whom an act was about is called.
    pub(crate) fn name_of(&self, id: &MemberId) -> Option<&Name> {
        let known = self.members.get(id).and_then(|known| known.name.as_ref());
        known
            .or_else(|| self.bans.get(id).and_then(|ban| ban.name.as_ref()))
            .or_else(|| self.mutes.get(id).and_then(|mute| mute.name.as_ref()))
    }

    /// How many have come in by an invite.
    pub(crate) fn uses_of(&self, invite: &InviteId) -> u32 {
        self.invites.get(invite).map_or(0, |invited| invited.used)
    }

    /// The invites that would make their first user the owner and let somebody in.
    pub(crate) fn owner_invites(&self, now_ms: u64) -> Vec<InviteId> {
        let waits = |(id, invite): &(&InviteId, &Invited)| invite.owner && self.usable(id, now_ms).is_ok();
        self.invites.iter().filter(waits).map(|(id, _)| *id).collect()
    }

    /// What the room itself says about slow mode.
    pub(crate) fn slow(&self) -> Option<Slow> {
        self.slow
    }

    /// Whether only moderators and owners speak.
    pub(crate) fn announces(&self) -> bool {
        self.announce
    }

    /// Until when somebody may not speak; `Some(None)` for until it is taken back.
    #[expect(clippy::option_option, reason = "whether, and until when, are two questions")]
    pub(crate) fn muted_until(&self, id: &str, now_ms: u64) -> Option<Option<u64>> {
        self.mutes.get(id).map(|mute| mute.until_ms).filter(|until| holds(*until, now_ms))
    }

    /// How a visitor comes in, or why not. Who is unknown learns nothing: whether there is such a room is for those
    /// who know it by a secret or by a key that was banned here.
    pub(crate) fn entrance(&self, visitor: Visitor<'_>, open: bool, now_ms: u64) -> Result<Entrance, Denied> {
        let Visitor { id, address, invite } = visitor;
        if id.is_operator() {
            // No key has this id. Were there one, it must not take a right from it.
            return Err(Denied::NoEntry);
        }
        if let Some(ban) = self.bans.get(id).filter(|ban| holds(ban.until_ms, now_ms)) {
            return Err(Denied::Banned(ban.until_ms));
        }
        let known = self.knows(id);
        let invite = invite.map(|invite| self.usable(&invite, now_ms));
        let entrance = match invite {
            Some(Ok(invite)) if invite.owner && !self.has_owner() && !id.is_guest() => {
                Entrance::ByInvite(Role::Owner)
            }
            _ if known || open => Entrance::Known,
            Some(Ok(_)) if !id.is_guest() => Entrance::ByInvite(Role::Member),
            // Where nothing is counted, a guest who comes and goes leaves no trace.
            Some(Ok(invite)) if invite.uses.is_none() => Entrance::Known,
            Some(Ok(_)) => Entrance::ByInvite(Role::Guest),
            Some(Err(denied)) => return Err(denied),
            None => return Err(Denied::NoEntry),
        };
        if let Some((_, until)) =
            address.and_then(|tag| self.addresses.get(&tag)).filter(|(_, until)| holds(*until, now_ms))
        {
            return Err(Denied::Banned(*until));
        }
        let full = matches!(entrance, Entrance::ByInvite(_)) && self.members.len() >= MEMBERS_MAX;
        if (self.locked || full) && !known { Err(Denied::Locked) } else { Ok(entrance) }
    }

    fn usable(&self, invite: &InviteId, now_ms: u64) -> Result<&Invited, Denied> {
        let invited = self.invites.get(invite).ok_or(Denied::NoEntry)?;
        match invited {
            _ if invited.revoked => Err(Denied::InviteRevoked),
            _ if invited.uses.is_some_and(|uses| invited.used >= uses) => Err(Denied::InviteUsed),
            _ if !holds(invited.until_ms, now_ms) => Err(Denied::InviteExpired),
            _ => Ok(invited),
        }
    }

    /// Whether somebody may do this now.
    pub(crate) fn judge(&self, actor: &MemberId, act: &Act, now_ms: u64) -> Result<(), Denied> {
        let role = self.role_of(actor.as_str());
        let needs = |needed: Role| if role >= needed { Ok(()) } else { Err(Denied::Role(needed)) };
        let some = |is_there: bool| if is_there { Ok(()) } else { Err(Denied::Nothing) };
        let room_for = |list: &BTreeMap<MemberId, Sanctioned>| {
            let lasting = || list.values().filter(|one| holds(one.until_ms, now_ms)).count();
            if list.len() < SANCTIONS_MAX || lasting() < SANCTIONS_MAX {
                Ok(())
            } else {
                Err(Denied::TooMany)
            }
        };
        match act {
            Act::Kick { whom, .. } => self.outranks(role, whom),
            Act::Ban { whom, address, .. } => {
                self.outranks(role, whom)?;
                if whom.id.is_guest() && address.is_none() {
                    Err(Denied::GuestGone)
                } else {
                    room_for(&self.bans)
                }
            }
            Act::Mute { whom, .. } => self.outranks(role, whom).and_then(|()| room_for(&self.mutes)),
            Act::Unban { whom } => {
                needs(Role::Moderator)?;
                some(self.bans.contains_key(&whom.id))
            }
            Act::Unmute { whom } => {
                needs(Role::Moderator)?;
                some(self.mutes.contains_key(&whom.id))
            }
            Act::Slow { .. } | Act::Announce { .. } | Act::Lock { .. } => needs(Role::Moderator),
            Act::Op { whom, role: given } => {
                needs(Role::Owner)?;
                self.may_be_given(role, whom, *given)
            }
            Act::Deop { whom } => self.may_be_taken(actor, role, whom),
            Act::Invite { invite, owner, .. } => {
                needs(if *owner { Role::Operator } else { Role::Moderator })?;
                let lasting = || self.invites.keys().filter(|one| self.usable(one, now_ms).is_ok()).count();
                match self.invites.contains_key(invite) {
                    true => Err(Denied::InviteKnown),
                    false if self.invites.len() >= INVITES_MAX && lasting() >= INVITES_MAX => {
                        Err(Denied::TooMany)
                    }
                    false => Ok(()),
                }
            }
            Act::Revoke { invite } => {
                needs(Role::Moderator)?;
                some(self.invites.get(invite).is_some_and(|invite| !invite.revoked))
            }
            Act::Enter { invite, role } => {
                let visitor = Visitor { id: actor, address: None, invite: Some(*invite) };
                match self.entrance(visitor, false, now_ms)? {
                    Entrance::ByInvite(given) if given == *role => Ok(()),
                    _ => Err(Denied::Nothing),
                }
            }
            Act::Unknown => Err(Denied::Unknown),
        }
    }

    fn outranks(&self, role: Role, whom: &Whom) -> Result<(), Denied> {
        if role < Role::Moderator {
            Err(Denied::Role(Role::Moderator))
        } else if self.role_of(whom.id.as_str()) >= role {
            Err(Denied::Rank)
        } else {
            Ok(())
        }
    }

    fn may_be_given(&self, role: Role, whom: &Whom, given: Role) -> Result<(), Denied> {
        let has = self.role_of(whom.id.as_str());
        match has {
            Role::Guest => Err(Denied::GuestRole),
            _ if has == given => Err(Denied::Nothing),
            // An owner made a moderator has lost something.
            _ if has > given && has >= role => Err(Denied::Rank),
            _ => Ok(()),
        }
    }

    fn may_be_taken(&self, actor: &MemberId, role: Role, whom: &Whom) -> Result<(), Denied> {
        match self.role_of(whom.id.as_str()) {
            Role::Guest | Role::Member => Err(Denied::Nothing),
            Role::Owner if *actor == whom.id && self.owners == 1 => Err(Denied::LastOwner),
            _ if *actor == whom.id => Ok(()),
            _ if role < Role::Owner => Err(Denied::Role(Role::Owner)),
            has if has >= role => Err(Denied::Rank),
            _ => Ok(()),
        }
    }

    /// Takes the next act of the log, at the Unix time in milliseconds that the log gave it. One that its sender may
    /// not do at this place changes nothing.
    pub(crate) fn apply(&mut self, actor: &Member, act: &Act, time_ms: u64) -> Result<(), Denied> {
        self.judge(&actor.id, act, time_ms)?;
        self.acts += 1;
        let end = |seconds: &Option<u32>| seconds.map(|seconds| time_ms + u64::from(seconds) * 1000);
        match act {
            Act::Kick { whom, .. } => self.put_out(&whom.id),
            Act::Ban { whom, seconds, address, .. } => {
                let for_guests = whom.id.is_guest().then_some(GUEST_BAN_SECONDS);
                let until_ms = end(&seconds.or(for_guests));
                self.put_out(&whom.id);
                make_room(&mut self.bans, time_ms);
                self.addresses.retain(|_, (_, until)| holds(*until, time_ms));
                if let Some(tag) = address {
                    self.addresses.insert(*tag, (whom.id.clone(), until_ms));
                }
                self.bans.insert(whom.id.clone(), self.sanctioned(whom, until_ms));
            }
            Act::Unban { whom } => {
                self.bans.remove(&whom.id);
                self.addresses.retain(|_, (guest, _)| *guest != whom.id);
            }
            Act::Mute { whom, seconds, .. } => {
                make_room(&mut self.mutes, time_ms);
                self.mutes.insert(whom.id.clone(), self.sanctioned(whom, end(seconds)));
            }
            Act::Unmute { whom } => drop(self.mutes.remove(&whom.id)),
            Act::Slow { seconds } => {
                self.slow = Some(match seconds {
                    None => Slow::Auto,
                    Some(0) => Slow::Off,
                    Some(seconds) => Slow::Seconds(*seconds),
                });
            }
            Act::Announce { on } => self.announce = *on,
            Act::Lock { on, inside } => {
                self.locked = *on;
                for id in inside.iter().filter(|id| !id.is_guest()) {
                    self.know(id, Role::Member, None);
                }
            }
            Act::Op { whom, role } => self.set_role(&whom.id, *role, whom.name.clone()),
            Act::Deop { whom } => self.set_role(&whom.id, Role::Member, whom.name.clone()),
            Act::Invite { invite, uses, seconds, owner } => {
                self.forget_invites(time_ms);
                let invited = Invited {
                    by: actor.clone(),
                    uses: *uses,
                    used: 0,
                    until_ms: end(seconds),
                    owner: *owner,
                    revoked: false,
                    number: self.acts,
                };
                self.invites.insert(*invite, invited);
            }
            Act::Revoke { invite } => {
                if let Some(invited) = self.invites.get_mut(invite) {
                    invited.revoked = true;
                }
            }
            Act::Enter { invite, role } => {
                if let Some(invited) = self.invites.get_mut(invite) {
                    invited.used += 1;
                }
                if *role > Role::Guest {
                    self.set_role(&actor.id, *role, Some(actor.name.clone()));
                }
            }
            Act::Unknown => {}
        }
        Ok(())
    }

    /// What an entrance by this invite would change, as it is now.
    pub(crate) fn before(&self, id: &MemberId, invite: InviteId) -> Before {
        let (known, used) = (self.members.get(id).cloned(), self.uses_of(&invite));
        Before { id: id.clone(), known, invite, used, owners: self.owners, acts: self.acts }
    }

    /// Takes an entrance back, which must be the newest of all changes.
    pub(crate) fn take_back(&mut self, before: Before) {
        let Before { id, known, invite, used, owners, acts } = before;
        match known {
            Some(known) => drop(self.members.insert(id, known)),
            None => drop(self.members.remove(&id)),
        }
        if let Some(invited) = self.invites.get_mut(&invite) {
            invited.used = used;
        }
        (self.owners, self.acts) = (owners, acts);
    }

    fn sanctioned(&self, whom: &Whom, until_ms: Option<u64>) -> Sanctioned {
        let name = whom.name.clone().or_else(|| self.name_of(&whom.id).cloned());
        Sanctioned { name, until_ms, number: self.acts }
    }

    fn put_out(&mut self, id: &MemberId) {
        if let Some(Known { role: Role::Owner, .. }) = self.members.remove(id) {
            self.owners -= 1;
        }
    }

    /// Takes note of somebody, unless the room knows them already.
    fn know(&mut self, id: &MemberId, role: Role, name: Option<Name>) {
        if !self.members.contains_key(id) && self.members.len() < MEMBERS_MAX {
            self.members.insert(id.clone(), Known { role, name, number: self.acts });
        }
    }

    fn set_role(&mut self, id: &MemberId, role: Role, name: Option<Name>) {
        let before = self.members.get(id);
        let name = name.or_else(|| before.and_then(|known| known.name.clone()));
        let was_owner = before.is_some_and(|known| known.role == Role::Owner);
        self.owners = self.owners + usize::from(role == Role::Owner) - usize::from(was_owner);
        self.members.insert(id.clone(), Known { role, name, number: self.acts });
    }

    /// Forgets the invites that are over, where there are too many: they are kept only to tell whoever has one why it
    /// does not work any more.
    fn forget_invites(&mut self, now_ms: u64) {
        if self.invites.len() >= INVITES_MAX {
            let over: Vec<InviteId> =
                self.invites.keys().filter(|one| self.usable(one, now_ms).is_err()).copied().collect();
            over.iter().for_each(|invite| drop(self.invites.remove(invite)));
        }
    }
}

/// Forgets the sanctions that are over, where there are too many.
fn make_room(list: &mut BTreeMap<MemberId, Sanctioned>, now_ms: u64) {
    if list.len() >= SANCTIONS_MAX {
        list.retain(|_, one| holds(one.until_ms, now_ms));
    }
}

/// Whether something that ends at this time, if ever, is not over.
fn holds(until_ms: Option<u64>, now_ms: u64) -> bool {
    until_ms.is_none_or(|until| now_ms < until)
}

#[cfg(test)]
mod tests;
