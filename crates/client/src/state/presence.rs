//! Who is in a room, as far as the server tells. Above some hundreds of members it tells only how many.
//! Not here: who of them could be taken for another ([`crate::names`]).

use std::collections::BTreeMap;

use papo_proto::{Member, MemberId, Timestamp};

use crate::event::Event;

/// How long after the last sign somebody counts as writing. A client tells it every few seconds.
const TYPING_SHOWN_MS: u64 = 6_000;

/// How many members are kept; a list that long is read by nobody, and the server counts the others.
const MEMBERS_KEPT_MAX: usize = 1_000;

/// Who is in a room.
#[derive(Debug, Default)]
pub struct Presence {
    members: BTreeMap<MemberId, Member>,
    count: u64,
    typing: Vec<(Member, Timestamp)>,
}

impl Presence {
    /// How many are in the room.
    pub fn count(&self) -> u64 {
        self.count.max(self.members.len() as u64)
    }

    /// Those who are known by name, in the order of their names; equal names in the order of their ids.
    pub fn members(&self) -> Vec<&Member> {
        let mut members: Vec<&Member> = self.members.values().collect();
        members.sort_by_cached_key(|member| member.name.as_str().to_lowercase());
        members
    }

    /// Who is writing at this moment.
    pub fn typing(&self, now: Timestamp) -> impl Iterator<Item = &Member> {
        self.typing.iter().filter(move |(_, until)| *until > now).map(|(member, _)| member)
    }

    /// When the next of those who write will count as having stopped.
    pub fn typing_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.typing.iter().map(|(_, until)| *until).filter(|until| *until > now).min()
    }

    /// Takes note of what has happened at `now`, by our own clock. `you` are not writing for others to see.
    pub(super) fn apply(&mut self, event: &Event, you: &MemberId, now: Timestamp) {
        match event {
            Event::Joined { members, count, .. } => {
                self.members.clear();
                self.typing.clear();
                self.add(members.as_deref().unwrap_or_default());
                self.count = *count;
            }
            Event::Members { members, count, .. } | Event::Entered { members, count } => {
                self.add(members);
                self.count = *count;
            }
            Event::Left { members, count } => {
                for member in members {
                    self.members.remove(&member.id);
                    self.stopped(&member.id);
                }
                self.count = *count;
            }
            Event::Renamed { members } => {
                for member in members {
                    if let Some(known) = self.members.get_mut(&member.id) {
                        known.clone_from(member);
                    }
                }
            }
            Event::Typing { members } => {
                let until = Timestamp::from_unix_ms(now.unix_ms() + TYPING_SHOWN_MS);
                self.typing.retain(|(_, until)| *until > now);
                for member in members.iter().filter(|member| member.id != *you) {
                    self.stopped(&member.id);
                    self.typing.push((member.clone(), until));
                }
            }
            Event::Message(message) => self.stopped(&message.from.id),
            Event::Count { count } => {
                self.count = *count;
                // Beyond this size nobody is told who goes; names that may have gone mislead.
                if *count > self.members.len() as u64 * 2 {
                    self.members.clear();
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, members: &[Member]) {
        for member in members {
            if self.members.len() < MEMBERS_KEPT_MAX || self.members.contains_key(&member.id) {
                self.members.insert(member.id.clone(), member.clone());
            }
        }
    }

    fn stopped(&mut self, id: &MemberId) {
        self.typing.retain(|(member, _)| member.id != *id);
    }
}
