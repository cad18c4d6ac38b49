//! What this server tells the others of who is here, and when. Not here: what they make of it (`elsewhere`).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use papo_log::{NOTE_BYTES_MAX, NOTES_WAITING_MAX, Shared};
use papo_proto::limits::{NAME_CHARS_MAX, ROOM_BYTES_MAX};
use papo_proto::{Member, RoomName};

use crate::elsewhere::{HEARTBEAT_EVERY, Item, Person, pack};
use crate::presence::Telling;
use crate::room::{Hub, Room};
use crate::tags::AddressTags;

/// How often everything is told at most, whoever asks for it.
const ALL_EVERY: Duration = Duration::from_secs(1);

/// How many members are told of by name at most: what everything takes then, with a count for each of very many rooms,
/// is less than what may wait to be sent.
const PEOPLE_NAMED_MAX: usize = 16_000;

/// How many bytes the longest name takes, with the rest of what is told of somebody and with their part of the room's name.
const PERSON_BYTES_MAX: usize = NAME_CHARS_MAX * 4 + 100;

/// How many rooms there may be besides, and what the count of one takes.
const ROOMS_COUNTED_MAX: usize = 50_000;
const COUNT_BYTES_MAX: usize = ROOM_BYTES_MAX + 40;

// Half a note may stay empty, since one thing that is told is not cut.
const _: () = assert!(
    2 * (PEOPLE_NAMED_MAX * PERSON_BYTES_MAX + ROOMS_COUNTED_MAX * COUNT_BYTES_MAX)
        <= NOTES_WAITING_MAX * NOTE_BYTES_MAX
);

/// This server's side of the talk between servers.
pub(super) struct Speaker {
    /// The number by which the others know this server.
    pub(super) server: u64,
    /// Whether somebody has asked for everything.
    pub(super) is_asked: bool,
    /// The number of the next note.
    number: u64,
    /// The rooms that the others may believe somebody is in.
    rooms: BTreeSet<RoomName>,
    /// Questions that wait to be asked.
    asking: Vec<Item>,
    told_at: Instant,
    /// When everything was told last.
    all_told_at: Instant,
}

impl Speaker {
    /// One that has said nothing yet.
    pub(super) fn new(server: u64) -> Self {
        let now = Instant::now();
        Self {
            server,
            is_asked: false,
            number: 1,
            rooms: BTreeSet::new(),
            asking: Vec::new(),
            told_at: now,
            all_told_at: now,
        }
    }

    /// The server is there, with nobody in it, and wants to know everything.
    pub(super) fn begin(&mut self, shared: &dyn Shared) {
        self.say(shared, vec![Item::Begin, Item::End, Item::Ask(None)]);
    }

    /// The server stops.
    pub(super) fn end(&mut self, shared: &dyn Shared) {
        self.say(shared, vec![Item::Bye]);
    }

    /// With the next note this server is asked for everything.
    pub(super) fn ask(&mut self, server: u64) {
        self.asking.push(Item::Ask(Some(server)));
    }

    /// Tells what has changed here since the last call; everything where that was asked for; and now and then that the
    /// server is there.
    pub(super) fn tell(
        &mut self,
        shared: &dyn Shared,
        hub: &Hub,
        tags: &AddressTags,
        counts_are_due: bool,
        now: Instant,
    ) {
        let tells_all = self.is_asked && now.duration_since(self.all_told_at) >= ALL_EVERY;
        let mut items = std::mem::take(&mut self.asking);
        if tells_all {
            (self.is_asked, self.all_told_at) = (false, now);
            items.push(Item::Begin);
        }
        let mut open = hub.rooms();
        let named = named_rooms(&mut open);
        for (room, by_name) in open.iter().zip((0..).map(|at| at < named)) {
            let (telling, typing) = {
                let mut presence = room.presence();
                let changes = presence.take_telling(counts_are_due, by_name);
                let telling = if tells_all { Some(presence.tell_all(by_name)) } else { changes };
                (telling, presence.take_typing())
            };
            if let Some(telling) = telling {
                self.rooms.insert(room.name.clone());
                items.extend(items_of(telling, room, tags));
            }
            if !typing.is_empty() {
                items.push(Item::Typing(room.name.clone(), typing));
            }
        }
        if self.rooms.len() > open.len() || counts_are_due {
            items.extend(self.closed(&open));
        }
        if tells_all {
            items.push(Item::End);
        }
        if !items.is_empty() || now.duration_since(self.told_at) >= HEARTBEAT_EVERY {
            self.say(shared, items);
        }
    }

    /// The rooms that were told of and that nobody here is in any more.
    fn closed(&mut self, open: &[Arc<Room>]) -> Vec<Item> {
        let open: BTreeSet<&RoomName> = open.iter().map(|room| &room.name).collect();
        let closed: Vec<RoomName> = self.rooms.iter().filter(|name| !open.contains(name)).cloned().collect();
        for name in &closed {
            self.rooms.remove(name);
        }
        closed.into_iter().map(|name| Item::All(name, Vec::new())).collect()
    }

    fn say(&mut self, shared: &dyn Shared, items: Vec<Item>) {
        for note in pack(items, &mut self.number) {
            shared.tell(&note);
        }
        self.told_at = Instant::now();
    }
}

/// In how many of the rooms, from the first on, members are told of by name: everything that is told at once has to fit
/// into what waits to be sent, or it would never arrive whole and be asked for again for ever. Of the others it is told
/// how many are there. Where not all are told of, the rooms are put into the order of their names, so that the same ones
/// are chosen each time.
fn named_rooms(rooms: &mut [Arc<Room>]) -> usize {
    let nameable = |room: &Arc<Room>| room.presence().nameable();
    if rooms.iter().map(nameable).sum::<usize>() <= PEOPLE_NAMED_MAX {
        return rooms.len();
    }
    rooms.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let mut people = 0;
    let fits = |room: &Arc<Room>| {
        people += nameable(room);
        people <= PEOPLE_NAMED_MAX
    };
    rooms.iter().map(fits).take_while(|fits| *fits).count()
}

/// What is told of a room, as the others read it. The mark of a guest's address goes along, so that whoever is banned
/// on one server is banned by address from all of them.
fn items_of(telling: Telling, room: &Room, tags: &AddressTags) -> Vec<Item> {
    let people = |members: Vec<Member>| {
        let guests = room.guests();
        let person = |Member { id, name }: Member| {
            let tag = guests.get(&id).map(|origin| tags.tag(*origin));
            Person(id, name, tag)
        };
        members.into_iter().map(person).collect()
    };
    match telling {
        Telling::All(members) => vec![Item::All(room.name.clone(), people(members))],
        Telling::Count(count) => vec![Item::Count(room.name.clone(), count)],
        Telling::Changed { entered, left } => {
            let mut items = Vec::new();
            if !left.is_empty() {
                items.push(Item::Gone(room.name.clone(), left));
            }
            if !entered.is_empty() {
                items.push(Item::Came(room.name.clone(), people(entered)));
            }
            items
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use papo_log::{LogError, News};
    use papo_proto::{Epoch, MemberId, Name};

    use super::*;
    use crate::elsewhere::{Change, Elsewhere, Note};
    use crate::feed::Window;

    /// What would be sent, if nobody sent it: the oldest gives way, as in a shared log.
    #[derive(Default)]
    struct Waiting(Mutex<std::collections::VecDeque<String>>);

    impl Shared for Waiting {
        fn node(&self) -> u64 {
            1
        }
        fn wait(&self, _: Duration) -> Vec<News> {
            Vec::new()
        }
        fn tell(&self, note: &str) {
            assert!(note.len() <= NOTE_BYTES_MAX);
            let mut waiting = self.0.lock().unwrap();
            if waiting.len() >= NOTES_WAITING_MAX {
                waiting.pop_front();
            }
            waiting.push_back(note.to_owned());
        }
        fn hears_itself(&self, _: Duration) -> bool {
            true
        }
        fn heads(&self, rooms: &[Arc<str>]) -> Result<Vec<u64>, LogError> {
            Ok(vec![0; rooms.len()])
        }
        fn renew(&self) -> Result<(), LogError> {
            Ok(())
        }
        fn warnings(&self) -> Vec<String> {
            Vec::new()
        }
    }

    impl Waiting {
        /// Has another server hear all of it. Returns what changed there, and whether it would ask for everything again.
        fn hear(&self, other: &mut Elsewhere) -> (Vec<Change>, bool) {
            let (mut changes, mut asks) = (Vec::new(), false);
            for note in self.0.lock().unwrap().drain(..) {
                let (changed, ask) = other.hear(1, &Note::decode(&note).unwrap());
                changes.extend(changed.into_iter().map(|(_, change)| change));
                asks |= ask;
            }
            (changes, asks)
        }
    }

    fn member(room: u16, number: u8) -> Member {
        let [high, low] = room.to_be_bytes();
        let name = Name::parse(&"\u{1f600}".repeat(NAME_CHARS_MAX)).unwrap();
        Member { id: MemberId::of_guest([high, low, number, 0, 0, 0, 0, 0]), name }
    }

    /// Invariant: however many members a server has, what it tells arrives whole, and everybody is counted; and from then on
    /// changes are told alone.
    #[test]
    fn what_is_told_of_sixty_thousand_in_two_thousand_rooms_arrives() {
        let hub = Hub::default();
        for number in 0..2000 {
            let name = RoomName::parse(&format!("room-{number}")).unwrap();
            let room = hub.open(Room::new(name, Epoch([0; 8]), 1, Window::after(0)));
            room.presence().share();
            (0..30).for_each(|person| room.presence().enter(&member(number, person)));
        }
        let (waiting, tags) = (Waiting::default(), AddressTags::new(&[7; 32]));
        let (mut speaker, mut other) = (Speaker::new(1), Elsewhere::default());
        speaker.begin(&waiting);
        assert!(!waiting.hear(&mut other).1);
        speaker.is_asked = true;
        let later = speaker.all_told_at + ALL_EVERY;
        speaker.tell(&waiting, &hub, &tags, true, later);
        let (changes, asks) = waiting.hear(&mut other);
        assert!(!asks, "a note is missing");
        let named = changes.iter().filter(|change| matches!(change, Change::Entered(_))).count();
        let counted: u64 =
            changes.iter().map(|change| if let Change::Count(count) = change { *count } else { 0 }).sum();
        assert_eq!(named as u64 + counted, 60_000);
        assert!((PEOPLE_NAMED_MAX - 30..=PEOPLE_NAMED_MAX).contains(&named), "{named}");
        speaker.tell(&waiting, &hub, &tags, true, later);
        assert_eq!(waiting.hear(&mut other), (Vec::new(), false));
        let room = hub.find(&RoomName::parse("room-0").unwrap()).unwrap();
        room.presence().leave(&member(0, 1).id);
        speaker.tell(&waiting, &hub, &tags, true, later);
        let (changes, asks) = waiting.hear(&mut other);
        assert!(!asks && changes.contains(&Change::Left(member(0, 1).id)), "{changes:?}");
    }
}
