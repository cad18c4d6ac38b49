//! Who has come into a room and gone out of it, folded: what happens between two messages is one entry, and who comes and
//! goes in it was never away. Not here: who is there now ([`super::Presence`]).

use papo_proto::{Member, MemberId, Seq, Timestamp};

use super::Room;
use crate::event::Event;

/// How many entries are kept; who wants to know of earlier ones sees the messages they stood between.
const MOVES_KEPT_MAX: usize = 200;

/// How many of an entry are kept by name.
const NAMED_MAX: usize = 64;

/// Who has come and gone between two messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moves {
    /// A number that no other entry of the room has.
    pub serial: u64,
    /// The newest message before it.
    pub after: Seq,
    /// When the last of them came or went, by our own clock.
    pub time: Timestamp,
    /// Who has come and is still there, in the order of their coming.
    pub entered: Vec<Member>,
    /// How many further ones have come.
    pub entered_more: u64,
    /// Who has gone.
    pub left: Vec<Member>,
    /// How many further ones have gone.
    pub left_more: u64,
}

impl Moves {
    fn enter(&mut self, member: &Member) {
        if take(&mut self.left, &member.id) || self.entered.iter().any(|known| known.id == member.id) {
            return;
        }
        add(&mut self.entered, &mut self.entered_more, member);
    }

    fn leave(&mut self, member: &Member) {
        if !take(&mut self.entered, &member.id) {
            add(&mut self.left, &mut self.left_more, member);
        }
    }

    fn is_nothing(&self) -> bool {
        self.entered.is_empty() && self.left.is_empty() && self.entered_more == 0 && self.left_more == 0
    }
}

/// Takes somebody off a list. Returns whether they were on it.
fn take(list: &mut Vec<Member>, id: &MemberId) -> bool {
    let at = list.iter().position(|member| member.id == *id);
    at.map(|at| list.remove(at)).is_some()
}

fn add(list: &mut Vec<Member>, more: &mut u64, member: &Member) {
    if list.len() < NAMED_MAX {
        list.push(member.clone());
    } else {
        *more += 1;
    }
}

impl Room {
    /// The entry of this number.
    pub fn moves_of(&self, serial: u64) -> Option<&Moves> {
        self.moves.iter().find(|moves| moves.serial == serial)
    }

    /// Nobody wants to know who comes and goes.
    pub(super) fn forget_moves(&mut self) {
        self.moves.clear();
        self.touch();
    }

    /// Takes note of who has come and gone. Oneself does neither.
    pub(super) fn on_moves(&mut self, event: &Event, now: Timestamp) {
        let (members, has_come) = match event {
            Event::Entered { members, .. } => (members, true),
            Event::Left { members, .. } => (members, false),
            _ => return,
        };
        let after = self.head;
        if self.moves.last().is_none_or(|last| last.after != after) {
            let serial = self.moves.last().map_or(0, |last| last.serial + 1);
            self.moves.push(Moves {
                serial,
                after,
                time: now,
                entered: Vec::new(),
                entered_more: 0,
                left: Vec::new(),
                left_more: 0,
            });
        }
        let Some(last) = self.moves.last_mut() else { return };
        last.time = now;
        for member in members.iter().filter(|member| !self.timeline.is_ours(&member.id)) {
            if has_come { last.enter(member) } else { last.leave(member) }
        }
        if last.is_nothing() {
            self.moves.pop();
        }
        let surplus = self.moves.len().saturating_sub(MOVES_KEPT_MAX);
        self.moves.drain(..surplus);
    }
}
