//! Who is in the rooms on the other servers that share the log, by what they tell one another. It is soft state: nothing
//! of it is stored, and a server that is not heard any more takes its members with it.
//!
//! Each server numbers its notes and tells changes only. Whoever misses a number, or hears a server for the first time,
//! asks it for everything. Pure: notes and time come in, changes of the rooms come out. Not here: how notes travel
//! (the log), and what members are shown (`presence`).

mod note;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use papo_proto::{AddressTag, Member, MemberId, RoomName};

pub(crate) use note::{Item, Note, Person, pack};

use crate::presence::Presence;

/// How often a server that has nothing else to say says that it is there.
pub(crate) const HEARTBEAT_EVERY: Duration = Duration::from_secs(2);

/// After so long a server that was not heard is taken for dead: some heartbeats, and less than the fifteen seconds that are
/// promised.
const DEAD_AFTER: Duration = Duration::from_secs(10);

/// How long the members of a server that stops in order are still shown: they are on their way to another one.
const MOVING: Duration = Duration::from_secs(6);

/// How often a server is asked for everything, until it tells.
const ASK_EVERY: Duration = Duration::from_secs(2);

/// How many rooms of one server are kept, so that a broken one cannot fill the memory.
const ROOMS_MAX: usize = 100_000;

/// The other servers.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere {
    servers: BTreeMap<u64, Server>,
}

/// Another server.
#[derive(Debug, Default)]
struct Server {
    /// The number that its next note must have; none while what it has told is not the whole.
    next: Option<u64>,
    /// For how long it was not heard, although it could have been.
    silent_for: Duration,
    /// When it was last asked for everything, by `silent_for`'s clock; counted down.
    ask_in: Duration,
    rooms: BTreeMap<RoomName, There>,
    /// While it tells everything: the rooms that it had and has not told again yet.
    untold: Option<BTreeSet<RoomName>>,
}

/// Who is in a room on one of them.
#[derive(Debug)]
enum There {
    Members(BTreeMap<MemberId, Person>),
    Count(u64),
}

impl Default for There {
    fn default() -> Self {
        Self::Members(BTreeMap::new())
    }
}

/// What changes in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A member is on one more server.
    Entered(Member),
    /// A member is on one server less.
    Left(MemberId),
    /// A member is called something else.
    Renamed(Member),
    /// All servers that tell only how many they have have so many.
    Count(u64),
    /// A member is writing.
    Typing(MemberId),
}

impl Change {
    /// Does it to who is shown in the room.
    pub(crate) fn apply(&self, presence: &mut Presence) {
        match self {
            Self::Entered(member) => presence.enter_elsewhere(member),
            Self::Left(id) => presence.leave_elsewhere(id),
            Self::Renamed(member) => presence.rename_elsewhere(member),
            Self::Count(count) => presence.count_elsewhere(*count),
            Self::Typing(id) => presence.typing_elsewhere(id),
        }
    }
}

/// Changes, each with its room.
pub(crate) type Changes = Vec<(RoomName, Change)>;

/// What the thread that hears the others and the one that opens rooms share.
#[derive(Default)]
pub(crate) struct SharedElsewhere(Mutex<Elsewhere>);

impl SharedElsewhere {
    /// Held while something is heard and put into the rooms, or while a room opens with what is known: so no change
    /// falls between the two.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Elsewhere> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Elsewhere {
    /// Takes in a note of another server. Returns what changes in the rooms, and whether that server should be asked for
    /// everything.
    pub(crate) fn hear(&mut self, from: u64, note: &Note) -> (Changes, bool) {
        let server = self.servers.entry(from).or_default();
        server.silent_for = Duration::ZERO;
        if note.items.iter().any(|item| matches!(item, Item::Begin)) {
            server.next = Some(note.number);
            server.untold = Some(server.rooms.keys().cloned().collect());
        }
        if server.next != Some(note.number) {
            server.next = None;
            server.untold = None;
            let ask = server.ask_in.is_zero();
            if ask {
                server.ask_in = ASK_EVERY;
            }
            return (Vec::new(), ask);
        }
        server.next = Some(note.number + 1);
        let mut changes = Vec::new();
        for item in &note.items {
            self.take_in(from, item, &mut changes);
        }
        (changes, false)
    }

    fn take_in(&mut self, from: u64, item: &Item, changes: &mut Changes) {
        let Some(server) = self.servers.get_mut(&from) else { return };
        match item {
            Item::Begin | Item::Ask(_) | Item::Unknown => {}
            Item::End => {
                for room in server.untold.take().unwrap_or_default() {
                    self.replace(from, &room, There::default(), changes);
                }
            }
            Item::Bye => server.silent_for = server.silent_for.max(DEAD_AFTER.saturating_sub(MOVING)),
            Item::All(room, people) => {
                let people = people.iter().map(|person| (person.0.clone(), person.clone())).collect();
                self.replace(from, room, There::Members(people), changes);
            }
            Item::Count(room, count) => self.replace(from, room, There::Count(*count), changes),
            Item::Came(room, people) => {
                let Some(members) = server.members(room) else { return };
                for person in people {
                    let member = Member { id: person.0.clone(), name: person.1.clone() };
                    let change = match members.insert(person.0.clone(), person.clone()) {
                        None => Change::Entered(member),
                        Some(before) if before.1 != member.name => Change::Renamed(member),
                        Some(_) => continue,
                    };
                    changes.push((room.clone(), change));
                }
            }
            Item::Gone(room, ids) => {
                let Some(members) = server.members(room) else { return };
                let gone = ids.iter().filter(|&id| members.remove(id).is_some());
                changes.extend(gone.map(|id| (room.clone(), Change::Left(id.clone()))));
            }
            Item::Typing(room, ids) => {
                changes.extend(ids.iter().map(|id| (room.clone(), Change::Typing(id.clone()))));
            }
        }
    }

    /// In this room that server has these, and no others.
    fn replace(&mut self, from: u64, room: &RoomName, there: There, changes: &mut Changes) {
        let Some(server) = self.servers.get_mut(&from) else { return };
        if let Some(untold) = &mut server.untold {
            untold.remove(room);
        }
        let is_empty = matches!(&there, There::Members(members) if members.is_empty());
        let before = server.rooms.remove(room).unwrap_or_default();
        let mut push = |change| changes.push((room.clone(), change));
        let none = BTreeMap::new();
        let members = |there: &There| match there {
            There::Members(members) => Some(members.clone()),
            There::Count(_) => None,
        };
        let (old, new) = (members(&before), members(&there));
        let (old, new) = (old.as_ref().unwrap_or(&none), new.as_ref().unwrap_or(&none));
        for (id, person) in new {
            let member = Member { id: id.clone(), name: person.1.clone() };
            match old.get(id) {
                None => push(Change::Entered(member)),
                Some(before) if before.1 != member.name => push(Change::Renamed(member)),
                Some(_) => {}
            }
        }
        old.keys().filter(|id| !new.contains_key(*id)).for_each(|id| push(Change::Left(id.clone())));
        let counts = matches!(before, There::Count(_)) || matches!(there, There::Count(_));
        if !is_empty && server.rooms.len() < ROOMS_MAX {
            server.rooms.insert(room.clone(), there);
        }
        if counts {
            changes.push((room.clone(), Change::Count(self.count(room))));
        }
    }

    /// Time has passed in which the others could be heard. Returns what changes because some are dead.
    pub(crate) fn pass(&mut self, time: Duration) -> Changes {
        let mut dead = Vec::new();
        for (&number, server) in &mut self.servers {
            server.silent_for += time;
            server.ask_in = server.ask_in.saturating_sub(time);
            if server.silent_for >= DEAD_AFTER {
                dead.push(number);
            }
        }
        let mut changes = Vec::new();
        for number in dead {
            let rooms: Vec<RoomName> = self
                .servers
                .get(&number)
                .map_or_else(Vec::new, |server| server.rooms.keys().cloned().collect());
            rooms.iter().for_each(|room| self.replace(number, room, There::default(), &mut changes));
            self.servers.remove(&number);
        }
        changes
    }

    /// Puts what is known of a room into the list of one that opens.
    pub(crate) fn fill(&self, room: &RoomName, presence: &mut Presence) {
        for there in self.servers.values().filter_map(|server| server.rooms.get(room)) {
            if let There::Members(members) = there {
                for person in members.values() {
                    presence.enter_elsewhere(&Member { id: person.0.clone(), name: person.1.clone() });
                }
            }
        }
        presence.count_elsewhere(self.count(room));
        presence.forget_news();
    }

    /// The mark of the address of a guest who is in the room on another server.
    pub(crate) fn tag_of(&self, room: &RoomName, guest: &MemberId) -> Option<AddressTag> {
        self.servers.values().find_map(|server| match server.rooms.get(room)? {
            There::Members(members) => members.get(guest)?.2,
            There::Count(_) => None,
        })
    }

    /// How many other servers there are.
    pub(crate) fn servers_len(&self) -> usize {
        self.servers.len()
    }

    /// How many are in the room on servers that tell only that.
    fn count(&self, room: &RoomName) -> u64 {
        let counts = self.servers.values().filter_map(|server| match server.rooms.get(room)? {
            There::Count(count) => Some(*count),
            There::Members(_) => None,
        });
        counts.fold(0, u64::saturating_add)
    }
}

impl Server {
    /// The members that it has in the room, if it tells who they are.
    fn members(&mut self, room: &RoomName) -> Option<&mut BTreeMap<MemberId, Person>> {
        if !self.rooms.contains_key(room) && self.rooms.len() >= ROOMS_MAX {
            return None;
        }
        match self.rooms.entry(room.clone()).or_default() {
            There::Members(members) => Some(members),
            There::Count(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use papo_proto::Name;

    use super::*;

    fn room() -> RoomName {
        RoomName::default()
    }

    fn person(number: u8, name: &str) -> Person {
        Person(MemberId::of_guest([number; 8]), Name::parse(name).unwrap(), Some(AddressTag([number; 16])))
    }

    fn member(person: &Person) -> Member {
        Member { id: person.0.clone(), name: person.1.clone() }
    }

    fn note(number: u64, items: Vec<Item>) -> Note {
        Note { number, items }
    }

    fn begin(number: u64, people: Vec<Person>) -> Note {
        note(number, vec![Item::Begin, Item::All(room(), people), Item::End])
    }

    fn here(changes: Vec<Change>) -> (Changes, bool) {
        (changes.into_iter().map(|change| (room(), change)).collect(), false)
    }

    /// Invariant: what a server has told is known for as long as no note of it is missed; then it is asked for
    /// everything, and only what has really changed meanwhile changes for members.
    #[test]
    fn a_missed_note_is_made_up_for() {
        let (ana, zoe) = (person(1, "Ana"), person(2, "Zoe"));
        let mut all = Elsewhere::default();
        let beat = |number| note(number, Vec::new());
        assert_eq!(all.hear(7, &beat(3)), (Vec::new(), true), "a new one is asked");
        assert_eq!(all.hear(7, &beat(4)), (Vec::new(), false), "and not for each note");
        let entered = |person: &Person| Change::Entered(member(person));
        assert_eq!(all.hear(7, &begin(5, vec![ana.clone()])), here(vec![entered(&ana)]));
        assert_eq!(all.tag_of(&room(), &ana.0), ana.2);
        let came = |number| note(number, vec![Item::Came(room(), vec![zoe.clone()])]);
        assert_eq!(all.hear(7, &came(7)), (Vec::new(), false), "a note is missing");
        assert_eq!(all.pass(ASK_EVERY), []);
        assert_eq!(all.hear(7, &beat(8)), (Vec::new(), true));
        let anna = person(1, "Anna");
        let expected = vec![Change::Renamed(member(&anna)), entered(&zoe)];
        assert_eq!(all.hear(7, &begin(9, vec![anna.clone(), zoe.clone()])), here(expected));
        assert_eq!(all.hear(7, &begin(10, vec![anna, zoe.clone()])), here(vec![]));
        let gone = note(11, vec![Item::Gone(room(), vec![zoe.0.clone()])]);
        assert_eq!(all.hear(7, &gone), here(vec![Change::Left(zoe.0)]));
        let nobody = note(12, vec![Item::Begin, Item::End]);
        assert_eq!(all.hear(7, &nobody), here(vec![Change::Left(ana.0)]), "a room that is not told is empty");
    }

    /// Invariant: a server that is not heard for ten seconds in which it could be takes its members with it, one that
    /// stops in order does so sooner, and counts are added up.
    #[test]
    fn the_members_of_a_dead_server_go() {
        let (ana, zoe) = (person(1, "Ana"), person(2, "Zoe"));
        let mut all = Elsewhere::default();
        all.hear(1, &begin(1, vec![ana.clone()]));
        all.hear(2, &begin(1, vec![zoe.clone()]));
        let many = |number, count| note(number, vec![Item::Begin, Item::Count(room(), count), Item::End]);
        assert_eq!(all.hear(3, &many(1, 600)), here(vec![Change::Count(600)]));
        assert_eq!(all.hear(4, &many(1, 700)), here(vec![Change::Count(1300)]));
        let mut presence = Presence::default();
        all.fill(&room(), &mut presence);
        assert_eq!(
            (presence.count(), presence.take_news()),
            (1302, vec![papo_proto::ServerMessage::Count { count: 1302 }])
        );
        assert_eq!(all.pass(DEAD_AFTER.saturating_sub(Duration::from_millis(1))), []);
        all.hear(2, &note(2, Vec::new()));
        all.hear(4, &note(2, vec![Item::Bye]));
        let expected = vec![Change::Left(ana.0), Change::Count(700)];
        assert_eq!((all.pass(Duration::from_millis(1)), false), here(expected));
        assert_eq!((all.pass(MOVING), false), here(vec![Change::Count(0)]));
        assert_eq!(all.servers_len(), 1);
    }
}
