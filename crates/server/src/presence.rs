//! Who is in a room. Changes are gathered and told in batches, at best effort and never through the log.
//! Not here: when a batch is due, which the shard decides, and who gets it, which the feed decides.

use std::collections::{BTreeMap, BTreeSet};

use papo_proto::limits::{MEMBERS_LISTED_MAX, PRESENCE_MEMBERS_MAX};
use papo_proto::{Member, MemberId, Name, ServerMessage};

/// The members of a room and what has changed since the last batch. A member may be there through several
/// connections and is shown once, under the name that was said last.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    members: BTreeMap<MemberId, Present>,
    changes: BTreeMap<MemberId, Change>,
    typing: BTreeSet<MemberId>,
    /// The count that was told last, where the room tells counts only.
    told_count: Option<u64>,
}

#[derive(Debug)]
struct Present {
    name: Name,
    connections: u32,
}

/// What others have not been told of a member yet.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    Entered,
    /// With the name under which others knew it.
    Left(Name),
    Renamed,
}

impl Presence {
    /// One more connection of this member.
    pub(crate) fn enter(&mut self, member: &Member) {
        if let Some(present) = self.members.get_mut(&member.id) {
            present.connections += 1;
            self.rename(member);
            return;
        }
        self.members.insert(member.id.clone(), Present { name: member.name.clone(), connections: 1 });
        match self.changes.remove(&member.id) {
            // Left and back within one batch: nobody needs to know, except of another name.
            Some(Change::Left(name)) if name == member.name => {}
            Some(Change::Left(_)) => drop(self.changes.insert(member.id.clone(), Change::Renamed)),
            _ => drop(self.changes.insert(member.id.clone(), Change::Entered)),
        }
    }

    /// One connection of this member less.
    pub(crate) fn leave(&mut self, id: &MemberId) {
        let Some(present) = self.members.get_mut(id) else { return };
        present.connections -= 1;
        if present.connections > 0 {
            return;
        }
        self.typing.remove(id);
        let Some(present) = self.members.remove(id) else { return };
        if self.changes.remove(id) != Some(Change::Entered) {
            self.changes.insert(id.clone(), Change::Left(present.name));
        }
    }

    /// The member is called something else, or still the same.
    pub(crate) fn rename(&mut self, member: &Member) {
        let Some(present) = self.members.get_mut(&member.id) else { return };
        if present.name != member.name {
            present.name = member.name.clone();
            self.changes.entry(member.id.clone()).or_insert(Change::Renamed);
        }
    }

    /// The member is writing.
    pub(crate) fn typing(&mut self, id: &MemberId) {
        if self.members.len() <= PRESENCE_MEMBERS_MAX {
            self.typing.insert(id.clone());
        }
    }

    /// What a member who is here is called.
    pub(crate) fn name_of(&self, id: &MemberId) -> Option<Name> {
        self.members.get(id).map(|present| present.name.clone())
    }

    /// The members who are here with a key, at most so many.
    pub(crate) fn keys(&self, len_max: usize) -> Vec<MemberId> {
        self.members.keys().filter(|id| !id.is_guest()).take(len_max).cloned().collect()
    }

    /// How many members there are.
    pub(crate) fn count(&self) -> u64 {
        self.members.len() as u64
    }

    /// Whether the room is too large for telling who comes and goes.
    pub(crate) fn is_large(&self) -> bool {
        self.members.len() > PRESENCE_MEMBERS_MAX
    }

    /// The members, where they are few.
    pub(crate) fn list_if_few(&self) -> Option<Vec<Member>> {
        (self.members.len() <= MEMBERS_LISTED_MAX).then(|| self.members.iter().map(member).collect())
    }

    /// A page of members in the order of their ids, and whether more follow.
    pub(crate) fn page(&self, after: Option<&MemberId>, len_max: usize) -> (Vec<Member>, bool) {
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let mut rest = self.members.range::<MemberId, _>((from, std::ops::Bound::Unbounded));
        let page = rest.by_ref().take(len_max).map(member).collect();
        (page, rest.next().is_some())
    }

    /// What the others are to be told, and forgets it.
    pub(crate) fn take_news(&mut self) -> Vec<ServerMessage> {
        let changes = std::mem::take(&mut self.changes);
        let typing = std::mem::take(&mut self.typing);
        let count = self.count();
        if self.is_large() {
            let told = self.told_count.replace(count);
            return if told == Some(count) { Vec::new() } else { vec![ServerMessage::Count { count }] };
        }
        self.told_count = None;
        let (mut entered, mut left, mut renamed) = (Vec::new(), Vec::new(), Vec::new());
        for (id, change) in changes {
            match (change, self.members.get(&id)) {
                (Change::Left(name), _) => left.push(Member { id, name }),
                (Change::Entered, Some(present)) => entered.push(Member { id, name: present.name.clone() }),
                (Change::Renamed, Some(present)) => renamed.push(Member { id, name: present.name.clone() }),
                (_, None) => {}
            }
        }
        let typing = typing.into_iter().filter_map(|id| {
            let name = self.members.get(&id)?.name.clone();
            Some(Member { id, name })
        });
        let mut news = Vec::new();
        batches(left, |members| ServerMessage::Left { members, count }, &mut news);
        batches(entered, |members| ServerMessage::Entered { members, count }, &mut news);
        batches(renamed, |members| ServerMessage::Renamed { members }, &mut news);
        batches(typing.collect(), |members| ServerMessage::Typing { members }, &mut news);
        news
    }
}

fn member((id, present): (&MemberId, &Present)) -> Member {
    Member { id: id.clone(), name: present.name.clone() }
}

/// Cuts a list into messages that each fit into a line.
fn batches(
    members: Vec<Member>,
    message: impl Fn(Vec<Member>) -> ServerMessage,
    news: &mut Vec<ServerMessage>,
) {
    let mut members = members.into_iter().peekable();
    while members.peek().is_some() {
        news.push(message(members.by_ref().take(MEMBERS_LISTED_MAX).collect()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guest(number: u16) -> Member {
        let mut random = [0; 8];
        random[..2].copy_from_slice(&number.to_be_bytes());
        Member { id: MemberId::of_guest(random), name: Name::parse(&format!("N{number}")).unwrap() }
    }

    fn called(member: &Member, name: &str) -> Member {
        Member { id: member.id.clone(), name: Name::parse(name).unwrap() }
    }

    #[test]
    fn others_are_told_the_net_change_once() {
        let (ana, zoe) = (guest(1), guest(2));
        let mut room = Presence::default();
        room.enter(&ana);
        room.enter(&zoe);
        room.leave(&zoe.id);
        assert_eq!(room.take_news(), [ServerMessage::Entered { members: vec![ana.clone()], count: 1 }]);
        assert_eq!(room.take_news(), []);
        room.leave(&ana.id);
        room.enter(&ana);
        assert_eq!(room.take_news(), [], "gone and back within one batch");
        let anna = called(&ana, "Anna");
        room.rename(&anna);
        assert_eq!(room.take_news(), [ServerMessage::Renamed { members: vec![anna.clone()] }]);
        room.leave(&ana.id);
        assert_eq!(room.take_news(), [ServerMessage::Left { members: vec![anna], count: 0 }]);
    }

    #[test]
    fn a_member_with_two_connections_is_there_until_both_are_gone() {
        let ana = guest(1);
        let mut room = Presence::default();
        room.enter(&ana);
        room.enter(&ana);
        assert_eq!(room.count(), 1);
        room.take_news();
        room.leave(&ana.id);
        assert_eq!(room.take_news(), []);
        room.leave(&ana.id);
        assert_eq!(room.take_news(), [ServerMessage::Left { members: vec![ana], count: 0 }]);
    }

    #[test]
    fn a_large_room_tells_counts_only() {
        let mut room = Presence::default();
        let members: Vec<Member> = (0..600).map(guest).collect();
        members.iter().for_each(|member| room.enter(member));
        assert_eq!(room.take_news(), [ServerMessage::Count { count: 600 }]);
        room.typing(&members[0].id);
        assert_eq!(room.take_news(), [], "nothing new");
        members[..100].iter().for_each(|member| room.leave(&member.id));
        let news = room.take_news();
        assert_eq!(news.len(), 1, "500 are told again: {news:?}");
        assert!(matches!(&news[0], ServerMessage::Left { members, count: 500 } if members.len() == 100));
    }

    #[test]
    fn pages_follow_one_another_in_the_order_of_ids() {
        let mut room = Presence::default();
        (0..250).map(guest).for_each(|member| room.enter(&member));
        assert_eq!(room.list_if_few(), None);
        let (mut all, mut after, mut more) = (Vec::new(), None, true);
        while more {
            let (page, further) = room.page(after.as_ref(), 100);
            after = page.last().map(|member| member.id.clone());
            all.extend(page);
            more = further;
        }
        assert_eq!(all.len(), 250);
        assert!(all.is_sorted_by(|a, b| a.id < b.id));
    }
}
