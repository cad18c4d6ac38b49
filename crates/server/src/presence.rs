//! Who is in a room, on this server and on others that share its log. Changes are gathered and told in batches, at best
//! effort and never through the log. Not here: when a batch is due, which the shard decides, who gets it, which the feed
//! decides, and how servers tell one another (`elsewhere`).

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
    /// How many of the members have a connection to this server.
    here: usize,
    /// How many there are on other servers that tell only that.
    uncounted_elsewhere: u64,
    /// What the other servers have not been told; nothing where there are none.
    outward: Option<Box<Outward>>,
}

#[derive(Debug)]
struct Present {
    name: Name,
    /// To this server.
    connections: u32,
    /// On how many other servers the member is.
    elsewhere: u32,
}

/// What other servers have been told of this one's members, and have not.
#[derive(Debug, Default)]
struct Outward {
    told: Told,
    changed: BTreeSet<MemberId>,
    typing: BTreeSet<MemberId>,
}

/// What other servers know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Told {
    #[default]
    Nothing,
    Members,
    Count(u64),
}

/// What other servers are to be told of this one's members of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    /// These are all.
    All(Vec<Member>),
    /// These have come or are called something else, and these have gone.
    Changed { entered: Vec<Member>, left: Vec<MemberId> },
    /// There are so many.
    Count(u64),
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
    /// From now on other servers are told of the members here.
    pub(crate) fn share(&mut self) {
        self.outward = Some(Box::default());
    }

    /// One more connection of this member.
    pub(crate) fn enter(&mut self, member: &Member) {
        self.add(member, (1, 0));
        if self.members.get(&member.id).is_some_and(|present| present.connections == 1) {
            self.here += 1;
            self.change_outward(&member.id);
        }
    }

    /// The member is on one more of the other servers.
    pub(crate) fn enter_elsewhere(&mut self, member: &Member) {
        self.add(member, (0, 1));
    }

    fn add(&mut self, member: &Member, (connections, elsewhere): (u32, u32)) {
        if let Some(present) = self.members.get_mut(&member.id) {
            present.connections += connections;
            present.elsewhere += elsewhere;
            self.call(member);
            return;
        }
        let present = Present { name: member.name.clone(), connections, elsewhere };
        self.members.insert(member.id.clone(), present);
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
        self.here -= 1;
        self.change_outward(id);
        self.remove_if_gone(id);
    }

    /// The member is on one less of the other servers.
    pub(crate) fn leave_elsewhere(&mut self, id: &MemberId) {
        let Some(present) = self.members.get_mut(id) else { return };
        present.elsewhere = present.elsewhere.saturating_sub(1);
        self.remove_if_gone(id);
    }

    fn remove_if_gone(&mut self, id: &MemberId) {
        if self.members.get(id).is_none_or(|present| present.connections + present.elsewhere > 0) {
            return;
        }
        self.typing.remove(id);
        let Some(present) = self.members.remove(id) else { return };
        if self.changes.remove(id) != Some(Change::Entered) {
            self.changes.insert(id.clone(), Change::Left(present.name));
        }
    }

    /// On other servers are so many besides those who are named.
    pub(crate) fn count_elsewhere(&mut self, count: u64) {
        self.uncounted_elsewhere = count;
    }

    /// What is known so far is news for nobody.
    pub(crate) fn forget_news(&mut self) {
        self.changes.clear();
    }

    /// The member is called something else, or still the same.
    pub(crate) fn rename(&mut self, member: &Member) {
        if self.members.get(&member.id).is_some_and(|present| present.name != member.name) {
            self.change_outward(&member.id);
        }
        self.call(member);
    }

    /// A member of another server is called something else there.
    pub(crate) fn rename_elsewhere(&mut self, member: &Member) {
        self.call(member);
    }

    fn call(&mut self, member: &Member) {
        let Some(present) = self.members.get_mut(&member.id) else { return };
        if present.name != member.name {
            present.name = member.name.clone();
            self.changes.entry(member.id.clone()).or_insert(Change::Renamed);
        }
    }

    /// The member is writing.
    pub(crate) fn typing(&mut self, id: &MemberId) {
        if self.is_large() {
            return;
        }
        self.typing.insert(id.clone());
        if let Some(outward) = &mut self.outward {
            outward.typing.insert(id.clone());
        }
    }

    /// The member is writing on another server.
    pub(crate) fn typing_elsewhere(&mut self, id: &MemberId) {
        if !self.is_large() && self.members.contains_key(id) {
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

    /// How many members there are. Whoever is both here and on a server that tells only how many it has counts twice.
    pub(crate) fn count(&self) -> u64 {
        self.members.len() as u64 + self.uncounted_elsewhere
    }

    /// How many members have a connection to this server.
    pub(crate) fn count_here(&self) -> u64 {
        self.here as u64
    }

    /// How many of the members are here by name where others are told: none where the room is too large for that.
    pub(crate) fn nameable(&self) -> usize {
        if self.here > PRESENCE_MEMBERS_MAX { 0 } else { self.here }
    }

    /// Whether the room is too large for telling who comes and goes.
    pub(crate) fn is_large(&self) -> bool {
        self.count() > PRESENCE_MEMBERS_MAX as u64
    }

    /// The members, where they are few.
    pub(crate) fn list_if_few(&self) -> Option<Vec<Member>> {
        (self.count() <= MEMBERS_LISTED_MAX as u64).then(|| self.members.iter().map(member).collect())
    }

    /// A page of members in the order of their ids, and whether more follow.
    pub(crate) fn page(&self, after: Option<&MemberId>, len_max: usize) -> (Vec<Member>, bool) {
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let mut rest = self.members.range::<MemberId, _>((from, std::ops::Bound::Unbounded));
        let page = rest.by_ref().take(len_max).map(member).collect();
        (page, rest.next().is_some())
    }

    /// What the other servers are to be told of the members here, and forgets it. Where there are many, or `by_name` says
    /// no, only how many, and that only where counts are due.
    pub(crate) fn take_telling(&mut self, counts_are_due: bool, by_name: bool) -> Option<Telling> {
        let here = self.here;
        let outward = self.outward.as_mut()?;
        if here > PRESENCE_MEMBERS_MAX || !by_name {
            outward.changed.clear();
            // What was cleared is told to nobody: from here on the names that the others know are not those that are here.
            if outward.told == Told::Members {
                outward.told = Told::Count(u64::MAX);
            }
            let count = Told::Count(here as u64);
            if !counts_are_due || std::mem::replace(&mut outward.told, count) == count {
                return None;
            }
            return Some(Telling::Count(here as u64));
        }
        let told = std::mem::replace(&mut outward.told, Told::Members);
        let changed = std::mem::take(&mut outward.changed);
        if told != Told::Members {
            return Some(self.tell_all(true));
        }
        if changed.is_empty() {
            return None;
        }
        let (mut entered, mut left) = (Vec::new(), Vec::new());
        for id in changed {
            match self.members.get(&id).filter(|present| present.connections > 0) {
                Some(present) => entered.push(Member { id, name: present.name.clone() }),
                None => left.push(id),
            }
        }
        Some(Telling::Changed { entered, left })
    }

    /// What a server is to be told of the members here that knows nothing, apart from what is still to be taken.
    pub(crate) fn tell_all(&self, by_name: bool) -> Telling {
        if self.here > PRESENCE_MEMBERS_MAX || !by_name {
            return Telling::Count(self.here as u64);
        }
        Telling::All(self.members.iter().filter(|(_, present)| present.connections > 0).map(member).collect())
    }

    /// Who has written here since the last call.
    pub(crate) fn take_typing(&mut self) -> Vec<MemberId> {
        self.outward
            .as_mut()
            .map_or_else(Vec::new, |outward| std::mem::take(&mut outward.typing).into_iter().collect())
    }

    fn change_outward(&mut self, id: &MemberId) {
        if let Some(outward) = &mut self.outward {
            outward.changed.insert(id.clone());
        }
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

    /// Invariant: a member is in the list once, on however many servers, and until gone from all of them; the other
    /// servers are told of this one's members only.
    #[test]
    fn a_member_of_several_servers_is_there_once() {
        let (ana, zoe) = (guest(1), guest(2));
        let mut room = Presence::default();
        room.share();
        room.enter_elsewhere(&ana);
        room.forget_news();
        room.enter(&ana);
        room.enter_elsewhere(&zoe);
        assert_eq!((room.count(), room.count_here()), (2, 1));
        assert_eq!(room.take_news(), [ServerMessage::Entered { members: vec![zoe.clone()], count: 2 }]);
        assert_eq!(room.take_telling(false, true), Some(Telling::All(vec![ana.clone()])));
        assert_eq!(room.take_telling(true, true), None, "nothing new");
        let anna = called(&ana, "Anna");
        room.rename(&anna);
        let changed = |entered, left| Some(Telling::Changed { entered, left });
        assert_eq!(room.take_telling(false, true), changed(vec![anna.clone()], Vec::new()));
        room.take_news();
        room.leave(&ana.id);
        assert_eq!(room.take_telling(false, true), changed(Vec::new(), vec![ana.id.clone()]));
        assert_eq!(room.take_news(), [], "still on the other server");
        room.typing_elsewhere(&zoe.id);
        assert_eq!(room.take_typing(), [], "not our own to tell");
        assert_eq!(room.take_news(), [ServerMessage::Typing { members: vec![zoe.clone()] }]);
        room.leave_elsewhere(&ana.id);
        assert_eq!(room.take_news(), [ServerMessage::Left { members: vec![anna], count: 1 }]);
        room.count_elsewhere(600);
        assert!(room.is_large() && room.list_if_few().is_none());
        assert_eq!(room.take_news(), [ServerMessage::Count { count: 601 }]);
    }

    /// Invariant: of many members here the other servers are told how many there are, and all of them once they are few.
    #[test]
    fn of_many_members_other_servers_are_told_the_count() {
        let mut room = Presence::default();
        room.share();
        let members: Vec<Member> = (0..501).map(guest).collect();
        members.iter().for_each(|member| room.enter(member));
        assert_eq!(room.take_telling(false, true), None);
        assert_eq!(room.take_telling(true, true), Some(Telling::Count(501)));
        assert_eq!(room.take_telling(true, true), None);
        room.leave(&members[0].id);
        let Some(Telling::All(told)) = room.take_telling(false, true) else { panic!("all are told again") };
        assert_eq!(told.len(), 500);
        assert!(members[1..].iter().all(|member| told.contains(member)));
    }

    /// Invariant: where a room is large only for a moment, between two countings, the other servers learn of everybody who
    /// came and went in it; and where it stays so, how many there are.
    #[test]
    fn what_changed_while_many_were_here_is_told_afterwards() {
        let members: Vec<Member> = (0..501).map(guest).collect();
        let mut room = Presence::default();
        room.share();
        members[..500].iter().for_each(|member| room.enter(member));
        assert!(matches!(room.take_telling(false, true), Some(Telling::All(_))));
        room.enter(&members[500]);
        assert_eq!(room.take_telling(false, true), None, "no count is due");
        room.leave(&members[0].id);
        let Some(Telling::All(told)) = room.take_telling(false, true) else { panic!("all are told again") };
        assert!(told.len() == 500 && told.contains(&members[500]) && !told.contains(&members[0]));
        assert_eq!(room.take_telling(false, false), None, "not by name for a moment");
        assert_eq!(room.take_telling(true, false), Some(Telling::Count(500)));
        assert_eq!(room.take_telling(true, false), None);
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
