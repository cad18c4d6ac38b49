//! What changes a room besides what is said in it: who may do what, who may come in. Acts are entries of the
//! room's log like messages, in the same order of places, so that everybody sees them and every server that has
//! the log agrees. Not here: who may act and what follows from it, which the server works out.

use serde::{Deserialize, Serialize};

use crate::body::BodyError;
use crate::id::{AddressTag, InviteId, Member, MemberId};
use crate::limits::{INSIDE_LISTED_MAX, WHY_CHARS_MAX};
use crate::name::Name;
use crate::timestamp::Timestamp;

/// What somebody may do in a room. Each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Somebody without a key.
    Guest,
    /// Somebody with a key.
    Member,
    /// Somebody who may keep order: remove, mute, invite.
    Moderator,
    /// Somebody who may also say who keeps order.
    Owner,
    /// Whoever runs the server. Not a member of the room.
    Operator,
}

/// Somebody whom an act is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whom {
    /// Who it is.
    pub id: MemberId,
    /// What the server knows them to be called. What a client puts here is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
}

impl Whom {
    /// Whoever has this id.
    pub fn new(id: MemberId) -> Self {
        Self { id, name: None }
    }
}

/// A change of the room. Times are in seconds, counted from the act's own `time`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Act {
    /// Put somebody out. They may come again where the room is open or with another invite.
    Kick {
        /// Whom.
        whom: Whom,
        /// Why, for everybody to read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// Put somebody out and let them in no more: a key, or the address of a guest.
    Ban {
        /// Whom.
        whom: Whom,
        /// For how long; for good where it is not said, and a day for a guest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
        /// Why, for everybody to read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
        /// The mark of a guest's address. The server's to say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<AddressTag>,
    },
    /// Take a ban back.
    Unban {
        /// Whom.
        whom: Whom,
    },
    /// Let somebody read but not speak.
    Mute {
        /// Whom.
        whom: Whom,
        /// For how long; until it is taken back where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
        /// Why, for everybody to read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// Let somebody speak again.
    Unmute {
        /// Whom.
        whom: Whom,
    },
    /// Have everybody wait between two messages.
    Slow {
        /// How long; 0 for not at all. Where it is not said, it follows how many are in the room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
    },
    /// Only moderators and owners speak, or everybody again.
    Announce {
        /// Whether only they speak.
        on: bool,
    },
    /// Let nobody new in, whatever invite they have, or let them in again.
    Lock {
        /// Whether nobody new comes in.
        on: bool,
        /// Who was in an open room when it was locked, and may therefore come back. The server's to say.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        inside: Vec<MemberId>,
    },
    /// Give somebody a role.
    Op {
        /// Whom.
        whom: Whom,
        /// Moderator or owner.
        role: Role,
    },
    /// Take somebody's role away.
    Deop {
        /// Whom.
        whom: Whom,
    },
    /// Make an invite.
    Invite {
        /// The hash of its secret, which is never said.
        invite: InviteId,
        /// How many may come in by it; any number where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uses: Option<u32>,
        /// For how long it holds; for good where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
        /// Whether the first member who comes by it becomes the room's owner. Only the operator's may.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        owner: bool,
    },
    /// Take an invite back.
    Revoke {
        /// Which.
        invite: InviteId,
    },
    /// Somebody has come in by an invite. Only the server says this.
    Enter {
        /// By which.
        invite: InviteId,
        /// What they are from then on.
        role: Role,
    },
    /// An act of a later version.
    #[serde(other)]
    Unknown,
}

impl Act {
    /// Whom it is about, where it is about somebody.
    pub fn whom(&self) -> Option<&Whom> {
        match self {
            Self::Kick { whom, .. }
            | Self::Ban { whom, .. }
            | Self::Unban { whom }
            | Self::Mute { whom, .. }
            | Self::Unmute { whom }
            | Self::Op { whom, .. }
            | Self::Deop { whom } => Some(whom),
            _ => None,
        }
    }

    /// The same, with whom it is about called by this name, or by none.
    #[must_use]
    pub fn named(mut self, name: Option<Name>) -> Self {
        match &mut self {
            Self::Kick { whom, .. }
            | Self::Ban { whom, .. }
            | Self::Unban { whom }
            | Self::Mute { whom, .. }
            | Self::Unmute { whom }
            | Self::Op { whom, .. }
            | Self::Deop { whom } => whom.name = name,
            _ => {}
        }
        self
    }

    /// What a client has asked for, without what only the server adds.
    #[must_use]
    pub fn as_asked(&self) -> Self {
        match self.clone().named(None) {
            Self::Lock { on, .. } => Self::Lock { on, inside: Vec::new() },
            Self::Ban { whom, seconds, why, .. } => Self::Ban { whom, seconds, why, address: None },
            act => act,
        }
    }

    /// Why it was done, where somebody has said so.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Kick { why, .. } | Self::Ban { why, .. } | Self::Mute { why, .. } => why.as_deref(),
            _ => None,
        }
    }

    /// Whether it is one that can be asked for, and within its bounds.
    pub(crate) fn check_shape(&self) -> Result<(), BodyError> {
        let is_good = match self {
            Self::Unknown | Self::Enter { .. } => false,
            Self::Op { role, .. } => matches!(role, Role::Moderator | Role::Owner),
            Self::Invite { uses, seconds, .. } => *uses != Some(0) && *seconds != Some(0),
            Self::Lock { inside, .. } => inside.len() <= INSIDE_LISTED_MAX,
            _ => self.why().is_none_or(|why| why.chars().count() <= WHY_CHARS_MAX),
        };
        if is_good { Ok(()) } else { Err(BodyError::Act) }
    }
}

/// How a room stands, as one of its members may see it: follows `joined` where it is not the usual (an open room,
/// everybody speaks), and answers `access`. The lists are there in the answer only, the newest first and bounded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four settings that have nothing to do with one another")]
pub struct RoomAccess {
    /// What the client is here.
    pub role: Role,
    /// Whether everybody who reaches the server may come in.
    pub open: bool,
    /// Whether nobody new comes in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// Whether only moderators and owners speak.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub announce: bool,
    /// How many seconds a member waits between two messages; 0 for not at all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub slow: u32,
    /// Whether that follows how many are in the room.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub slow_auto: bool,
    /// Until when the client may not speak, where that is so: `None` inside for until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<Until>,
    /// Who is owner or moderator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub staff: Vec<Standing>,
    /// Who is banned; for moderators and owners only, as what follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bans: Vec<Sanction>,
    /// Who is muted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mutes: Vec<Sanction>,
    /// The invites that still let somebody in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invites: Vec<InviteState>,
}

impl RoomAccess {
    /// An open room in which this member may do what everybody may.
    pub fn usual(role: Role) -> Self {
        Self {
            role,
            open: true,
            locked: false,
            announce: false,
            slow: 0,
            slow_auto: false,
            muted: None,
            staff: Vec::new(),
            bans: Vec::new(),
            mutes: Vec::new(),
            invites: Vec::new(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// When something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Until {
    /// By the server's clock; where it is not said, when it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Somebody with a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Who.
    #[serde(flatten)]
    pub whom: Whom,
    /// Moderator or owner.
    pub role: Role,
}

/// Somebody who is banned or muted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sanction {
    /// Who.
    #[serde(flatten)]
    pub whom: Whom,
    /// Until when.
    #[serde(flatten)]
    pub until: Until,
}

/// An invite that still lets somebody in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteState {
    /// The hash of its secret.
    pub invite: InviteId,
    /// Who has made it.
    pub by: Member,
    /// How many have come in by it.
    pub used: u32,
    /// How many may still come in by it; any number where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
    /// Until when it holds.
    #[serde(flatten)]
    pub until: Until,
    /// Whether the next member who comes by it becomes the room's owner.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owner: bool,
}
