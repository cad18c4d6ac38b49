//! Who was seen lately under which name, so that two people of one name can be told apart. Not here: what
//! tells them apart, which is the badge of their ids.

use std::collections::{HashMap, VecDeque};

use papo_proto::{Member, MemberId};

/// How many members are remembered: more than anybody keeps in mind, little enough for a room of any size.
const MEMBERS_MAX: usize = 4096;

/// The members seen lately.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Who goes by a name, as it looks to people who do not mind capitals.
    by_name: HashMap<String, Vec<MemberId>>,
    /// The same in the order in which they were first seen, for forgetting.
    order: VecDeque<Member>,
}

impl Names {
    /// Takes note of members.
    pub(super) fn see<'a>(&mut self, members: impl IntoIterator<Item = &'a Member>) {
        for member in members {
            let ids = self.by_name.entry(folded(member)).or_default();
            if ids.contains(&member.id) {
                continue;
            }
            ids.push(member.id.clone());
            self.order.push_back(member.clone());
            if self.order.len() > MEMBERS_MAX {
                self.forget_oldest();
            }
        }
    }

    /// Whether somebody else goes by the same name.
    pub(super) fn is_ambiguous(&self, member: &Member) -> bool {
        self.by_name.get(&folded(member)).is_some_and(|ids| ids.iter().any(|id| *id != member.id))
    }

    fn forget_oldest(&mut self) {
        let Some(member) = self.order.pop_front() else { return };
        let name = folded(&member);
        if let Some(ids) = self.by_name.get_mut(&name) {
            ids.retain(|id| *id != member.id);
            if ids.is_empty() {
                self.by_name.remove(&name);
            }
        }
    }
}

fn folded(member: &Member) -> String {
    member.name.as_str().to_lowercase()
}

#[cfg(test)]
mod tests {
    use papo_proto::Name;

    use super::*;

    fn member(id: u64, name: &str) -> Member {
        Member { id: MemberId::of_guest(id.to_be_bytes()), name: Name::parse(name).unwrap() }
    }

    #[test]
    fn a_name_is_ambiguous_from_its_second_bearer_on() {
        let mut names = Names::default();
        let (ana, other, zoe) = (member(1, "Ana"), member(2, "ANA"), member(3, "Zoë"));
        names.see([&ana, &ana, &zoe]);
        assert!(!names.is_ambiguous(&ana) && !names.is_ambiguous(&zoe));
        assert!(names.is_ambiguous(&other), "somebody else has been seen under it");
        names.see([&other]);
        assert!(names.is_ambiguous(&ana) && !names.is_ambiguous(&zoe));
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut names = Names::default();
        names.see([&member(0, "Ana")]);
        for id in 1..=MEMBERS_MAX as u64 {
            names.see([&member(id, "Zoë")]);
        }
        assert_eq!((names.order.len(), names.by_name.len()), (MEMBERS_MAX, 1));
        assert!(!names.is_ambiguous(&member(9, "Ana")));
    }
}
