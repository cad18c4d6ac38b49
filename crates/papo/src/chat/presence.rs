//! Who is here, and which coming and going is news to the person. A server tells of both in batches: a newcomer
//! may find somebody in the list and hear of their arrival afterwards, and after a restart everybody arrives
//! anew. It is pure: the time comes from outside. Not here: how news are worded.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use papo_proto::limits::PRESENCE_MEMBERS_MAX;
use papo_proto::{Member, MemberId};

/// How long after a break those who were here before it may take to come back without being told of: a little
/// more than a few attempts to connect.
const SETTLING: Duration = Duration::from_secs(30);

/// How many members are known at most. Larger rooms tell only how many are there, so that this bounds what a
/// server can make us keep.
const KNOWN_MAX: usize = 2 * PRESENCE_MEMBERS_MAX;

type Members = HashMap<MemberId, Member>;

/// Who is here, apart from ourselves.
#[derive(Debug, Default)]
pub(super) struct Presence {
    us: Option<MemberId>,
    here: Members,
    /// Whether `here` was complete when the room was last entered.
    is_complete: bool,
    /// Those who were here before the last break and are not known to be back.
    before: Members,
    /// Until when they may come back.
    settles_at: Option<Instant>,
    count: u64,
}

impl Presence {
    /// How many are in the room, ourselves included, as far as the server has told.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Somebody who is here or was before a break, by the name that they were last known by.
    pub(super) fn known(&self, id: &MemberId) -> Option<&Member> {
        self.here.get(id).or_else(|| self.before.get(id))
    }

    /// Who is here, ourselves apart.
    pub(super) fn here(&self) -> impl Iterator<Item = &Member> {
        self.here.values()
    }

    /// When [`settle`](Self::settle) is due.
    /// Everybody who is known to be here.
    pub(super) fn all(&self) -> impl Iterator<Item = &Member> {
        self.here.values()
    }

    pub(super) fn settles_at(&self) -> Option<Instant> {
        self.settles_at
    }

    /// The room was entered. After a break, returns who has come since.
    pub(super) fn joined(
        &mut self,
        us: &MemberId,
        members: Option<&[Member]>,
        count: u64,
        now: Instant,
    ) -> Vec<Member> {
        let can_compare = self.us.is_some() && self.is_complete && members.is_some();
        self.us = Some(us.clone());
        self.is_complete = members.is_some();
        self.here.clear();
        let news = self.entered(members.unwrap_or_default(), count);
        if can_compare {
            self.settles_at = Some(now + SETTLING);
            return news;
        }
        self.forget_before();
        Vec::new()
    }

    /// The connection is lost. May be told more than once.
    pub(super) fn lost(&mut self) {
        self.before.extend(self.here.drain());
        self.settles_at = None;
    }

    /// These have come. Returns those of whom that is news.
    pub(super) fn entered(&mut self, members: &[Member], count: u64) -> Vec<Member> {
        self.count = count;
        let mut news = Vec::new();
        for member in members {
            let was_before = self.before.contains_key(&member.id);
            if self.learn(member) && !was_before {
                news.push(member.clone());
            }
        }
        news
    }

    /// These have gone. Returns those of whom that is news now; the others may come back before it is.
    pub(super) fn left(&mut self, members: &[Member], count: u64) -> Vec<Member> {
        self.count = count;
        for member in members {
            self.here.remove(&member.id);
        }
        let is_news =
            |member: &&Member| Some(&member.id) != self.us.as_ref() && !self.before.contains_key(&member.id);
        members.iter().filter(is_news).cloned().collect()
    }

    /// These are here, and are called so.
    pub(super) fn listed(&mut self, members: &[Member]) {
        for member in members {
            self.learn(member);
        }
    }

    /// The room has become too large for telling who comes and goes.
    pub(super) fn counted(&mut self, count: u64) {
        self.count = count;
        self.here.clear();
        self.is_complete = false;
        self.forget_before();
    }

    /// Once those who were here before a break have had the time to come back, returns those who have not.
    pub(super) fn settle(&mut self, now: Instant) -> Vec<Member> {
        if self.settles_at.is_none_or(|at| at > now) {
            return Vec::new();
        }
        self.before.retain(|id, _| !self.here.contains_key(id));
        let mut gone: Vec<Member> = self.before.drain().map(|(_, member)| member).collect();
        gone.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        self.forget_before();
        gone
    }

    fn forget_before(&mut self) {
        self.before.clear();
        self.settles_at = None;
    }

    /// Takes note of a member. Returns whether it is somebody else who was not known to be here.
    fn learn(&mut self, member: &Member) -> bool {
        if Some(&member.id) == self.us.as_ref() {
            return false;
        }
        if let Some(known) = self.here.get_mut(&member.id) {
            *known = member.clone();
            return false;
        }
        if self.here.len() < KNOWN_MAX {
            self.here.insert(member.id.clone(), member.clone());
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use papo_proto::Name;

    use super::*;

    /// Somebody with this name, and an id made from its first letter.
    fn member(name: &str) -> Member {
        Member { id: MemberId::of_guest([name.as_bytes()[0]; 8]), name: Name::parse(name).unwrap() }
    }

    fn members(names: &[&str]) -> Vec<Member> {
        names.iter().map(|name| member(name)).collect()
    }

    fn names(members: &[Member]) -> Vec<&str> {
        members.iter().map(|member| member.name.as_str()).collect()
    }

    /// Ana's view of a room that she has just entered, and in which these others are; and the time.
    fn entered(others: &[&str]) -> (Presence, Instant) {
        let (mut presence, now) = (Presence::default(), Instant::now());
        let list = [&["Ana"], others].concat();
        let news = presence.joined(&member("Ana").id, Some(&members(&list)), list.len() as u64, now);
        assert!(news.is_empty(), "who is there on entering is told as such");
        (presence, now)
    }

    fn come_back(presence: &mut Presence, others: &[&str], now: Instant) -> Vec<Member> {
        let list = [&["Ana"], others].concat();
        presence.joined(&member("Ana").id, Some(&members(&list)), list.len() as u64, now)
    }

    #[test]
    fn an_arrival_is_told_once_and_ones_own_never() {
        let (mut presence, _) = entered(&["Zoë"]);
        assert!(presence.entered(&members(&["Ana", "Zoë"]), 2).is_empty(), "both are known to be here");
        assert_eq!(names(&presence.entered(&members(&["Bia", "Zoë"]), 3)), ["Bia"]);
        assert_eq!(names(&presence.left(&members(&["Ana", "Zoë"]), 2)), ["Zoë"]);
        assert_eq!(names(&presence.entered(&members(&["Zoë"]), 3)), ["Zoë"], "gone and back is news twice");
        assert_eq!(presence.count(), 3);
    }

    #[test]
    fn those_who_come_back_after_a_break_are_no_news() {
        let (mut presence, now) = entered(&["Zoë", "Bia", "Eva"]);
        presence.lost();
        presence.lost();
        assert_eq!(names(&come_back(&mut presence, &["Zoë", "Caio"], now)), ["Caio"], "who is new is told");
        assert!(presence.entered(&members(&["Bia"]), 4).is_empty());
        assert!(presence.left(&members(&["Zoë"]), 3).is_empty(), "she may come back");
        assert!(presence.entered(&members(&["Zoë"]), 4).is_empty(), "as she does");
        assert_eq!(names(&presence.entered(&members(&["Davi"]), 5)), ["Davi"]);
        assert_eq!(presence.settles_at(), Some(now + SETTLING));
        assert!(presence.settle(now).is_empty());
        assert_eq!(names(&presence.settle(now + SETTLING)), ["Eva"], "she alone has not come back");
        assert_eq!(presence.settles_at(), None);
        assert_eq!(names(&presence.entered(&members(&["Eva"]), 6)), ["Eva"]);
        assert_eq!(names(&presence.left(&members(&["Zoë"]), 5)), ["Zoë"], "from now on all is news again");
    }

    #[test]
    fn a_second_break_forgets_nobody() {
        let (mut presence, now) = entered(&["Zoë", "Bia"]);
        presence.lost();
        come_back(&mut presence, &["Zoë"], now);
        presence.lost();
        assert_eq!(presence.settles_at(), None, "nobody can come back during a break");
        let later = now + SETTLING;
        assert!(come_back(&mut presence, &["Zoë", "Bia"], later).is_empty());
        assert!(presence.settle(later + SETTLING).is_empty());
    }

    #[test]
    fn in_a_room_without_a_list_nothing_is_compared() {
        let (mut presence, now) = (Presence::default(), Instant::now());
        let us = member("Ana").id;
        presence.joined(&us, None, 200, now);
        presence.lost();
        assert!(come_back(&mut presence, &["Zoë"], now).is_empty(), "she may have been here all the time");
        presence.counted(600);
        presence.lost();
        assert!(come_back(&mut presence, &["Zoë"], now).is_empty());
        assert_eq!(presence.settles_at(), None);
        assert!(presence.settle(now + SETTLING).is_empty());
    }

    #[test]
    fn what_a_server_tells_is_kept_within_bounds() {
        let (mut presence, _) = entered(&[]);
        for number in 0..=KNOWN_MAX as u64 {
            let id = MemberId::of_guest(number.to_be_bytes());
            presence.listed(&[Member { id, name: Name::parse("x").unwrap() }]);
        }
        assert_eq!(presence.here.len(), KNOWN_MAX);
    }
}
