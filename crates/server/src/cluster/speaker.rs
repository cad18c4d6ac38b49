//! What this server tells the others of who is here, and when. Not here: what they make of it (`elsewhere`).

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use papo_log::Shared;
use papo_proto::{Member, RoomName};

use crate::elsewhere::{HEARTBEAT_EVERY, Item, Person, pack};
use crate::presence::Telling;
use crate::room::{Hub, Room};
use crate::tags::AddressTags;

/// How often everything is told at most, whoever asks for it.
const ALL_EVERY: Duration = Duration::from_secs(1);

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
        let open = hub.rooms();
        for room in &open {
            let (telling, typing) = {
                let mut presence = room.presence();
                let changes = presence.take_telling(counts_are_due);
                let telling = if tells_all { Some(presence.tell_all()) } else { changes };
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
    fn closed(&mut self, open: &[std::sync::Arc<Room>]) -> Vec<Item> {
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
