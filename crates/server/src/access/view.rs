//! How a room stands, told to one of its members in the protocol's words. Not here: who may be told.

use papo_proto::limits::ACCESS_LISTED_MAX;
use papo_proto::{
    InviteState, Member, MemberId, Role, RoomAccess, Sanction, Standing, Timestamp, Until, Whom,
};

use super::{Access, Invited, Sanctioned, Slow, holds};

/// What a view needs to know beside the acts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances {
    /// Whether everybody may come in.
    pub(crate) open: bool,
    /// What holds for slow mode, and how many seconds that are now.
    pub(crate) slow: Slow,
    pub(crate) slow_seconds: u32,
    /// The Unix time in milliseconds.
    pub(crate) now_ms: u64,
}

impl Access {
    /// What a member is told on coming in.
    pub(crate) fn view(&self, id: &MemberId, circumstances: Circumstances) -> RoomAccess {
        let Circumstances { open, slow, slow_seconds, now_ms } = circumstances;
        let muted = self.muted_until(id.as_str(), now_ms);
        RoomAccess {
            open,
            locked: self.locked,
            announce: self.announce,
            slow: slow_seconds,
            slow_auto: slow == Slow::Auto,
            muted: muted.map(until),
            ..RoomAccess::usual(self.role_of(id.as_str()))
        }
    }

    /// The same with the lists that the member may see.
    pub(crate) fn view_whole(&self, id: &MemberId, circumstances: Circumstances) -> RoomAccess {
        let mut view = self.view(id, circumstances);
        let staff = self.members.iter().filter(|(_, known)| known.role >= Role::Moderator);
        let mut staff: Vec<_> = staff.collect();
        staff.sort_by_key(|(_, known)| (std::cmp::Reverse(known.role), std::cmp::Reverse(known.number)));
        let standing = |(id, known): (&MemberId, &super::Known)| {
            let whom = Whom { id: id.clone(), name: known.name.clone() };
            Standing { whom, role: known.role }
        };
        view.staff = staff.into_iter().take(ACCESS_LISTED_MAX).map(standing).collect();
        if view.role >= Role::Moderator {
            let now_ms = circumstances.now_ms;
            view.bans = sanctions(self.bans.iter(), now_ms);
            view.mutes = sanctions(self.mutes.iter(), now_ms);
            let lasting = self.invites.iter().filter(|(invite, _)| self.usable(invite, now_ms).is_ok());
            let mut lasting: Vec<_> = lasting.collect();
            lasting.sort_by_key(|(_, invited)| std::cmp::Reverse(invited.number));
            let state = |(invite, invited): (&papo_proto::InviteId, &Invited)| InviteState {
                invite: *invite,
                by: invited.by.clone(),
                used: invited.used,
                left: invited.uses.map(|uses| uses - invited.used),
                until: until(invited.until_ms),
                owner: invited.owner && !self.has_owner(),
            };
            view.invites = lasting.into_iter().take(ACCESS_LISTED_MAX).map(state).collect();
        }
        view
    }

    /// Those whom the room knows by name, for whoever runs the server: `papo room` takes names.
    pub(crate) fn named(&self) -> impl Iterator<Item = Member> + '_ {
        let known = self.members.iter().map(|(id, known)| (id, &known.name));
        let sanctioned = self.bans.iter().chain(&self.mutes).map(|(id, one)| (id, &one.name));
        // First those about whom something was done: where only so many are wanted, it is more often about them.
        sanctioned.chain(known).filter_map(|(id, name)| Some(Member { id: id.clone(), name: name.clone()? }))
    }
}

fn sanctions<'a>(list: impl Iterator<Item = (&'a MemberId, &'a Sanctioned)>, now_ms: u64) -> Vec<Sanction> {
    let mut lasting: Vec<_> = list.filter(|(_, one)| holds(one.until_ms, now_ms)).collect();
    lasting.sort_by_key(|(_, one)| std::cmp::Reverse(one.number));
    let sanction = |(id, one): (&MemberId, &Sanctioned)| Sanction {
        whom: Whom { id: id.clone(), name: one.name.clone() },
        until: until(one.until_ms),
    };
    lasting.into_iter().take(ACCESS_LISTED_MAX).map(sanction).collect()
}

fn until(until_ms: Option<u64>) -> Until {
    Until { until: until_ms.map(Timestamp::from_unix_ms) }
}
