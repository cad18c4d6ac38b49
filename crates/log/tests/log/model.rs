//! Any sequence of calls does to a log what it does to a plain list of entries.

use std::collections::HashMap;

use papo_log::{Appended, Durability, Entry, MemoryLimits, MemoryLog, NewEntry, Page, RoomLog, SqliteLog};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::conformance::entry;
use crate::folder::Folder;

const ROOMS: [&str; 3] = ["one", "two", "three"];

/// One call. Numbers are small so that repeats, conflicts and pruned places are common.
#[derive(Clone, Debug)]
enum Call {
    Append { now_ms: u64, batch: Vec<(usize, u8, u8, u8)> },
    ReadAfter { room: usize, after: u64, page: (usize, usize) },
    ReadBefore { room: usize, before: u64, page: (usize, usize) },
    Prune { room: usize, first: u64 },
    Reopen,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let room = || 0..ROOMS.len();
    let page = || (0..8_usize, 0..60_usize);
    let said = (room(), 0..3_u8, 0..8_u8, 0..2_u8);
    let call = prop_oneof![
        6 => (0..100_u64, vec(said, 0..12)).prop_map(|(now_ms, batch)| Call::Append { now_ms, batch }),
        3 => (room(), 0..20_u64, page()).prop_map(|(room, after, page)| Call::ReadAfter { room, after, page }),
        3 => (room(), 0..20_u64, page())
            .prop_map(|(room, before, page)| Call::ReadBefore { room, before, page }),
        1 => (room(), 0..20_u64).prop_map(|(room, first)| Call::Prune { room, first }),
        1 => Just(Call::Reopen),
    ];
    vec(call, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_is_a_list_of_entries(calls in calls()) {
        let folder = Folder::new();
        let open = || SqliteLog::open(&folder.log(), Durability::Os).unwrap();
        let mut log = Some(open());
        let mut model = Model::new(None);
        for call in &calls {
            if matches!(call, Call::Reopen) {
                drop(log.take());
            }
            model.check(log.get_or_insert_with(open), call);
        }
    }

    #[test]
    fn memory_is_a_list_of_the_newest_entries(calls in calls(), entries_max in 0..12_usize) {
        let limits = MemoryLimits { entries_max, bytes_max: 60 };
        let log = MemoryLog::new(limits);
        let mut model = Model::new(Some(limits));
        for call in &calls {
            model.check(&log, call);
        }
    }
}

/// The rules, said as plainly as possible: every answer is a search through a list.
struct Model {
    rooms: HashMap<&'static str, Room>,
    limits: Option<MemoryLimits>,
}

#[derive(Default)]
struct Room {
    held: Vec<Entry>,
    head: u64,
    time_ms: u64,
}

impl Model {
    fn new(limits: Option<MemoryLimits>) -> Self {
        Self { rooms: HashMap::new(), limits }
    }

    /// Makes the call on both and compares the answers, and what both then hold of every room.
    fn check(&mut self, log: &dyn RoomLog, call: &Call) {
        match call {
            Call::Append { now_ms, batch } => {
                let batch: Vec<_> = batch.iter().map(|said| (ROOMS[said.0], said_by(said))).collect();
                let expected: Vec<_> =
                    batch.iter().map(|(room, new)| self.append(room, *now_ms, new)).collect();
                let news: Vec<_> = batch.into_iter().map(|(_, new)| new).collect();
                assert_eq!(log.append(*now_ms, &news).unwrap(), expected);
            }
            Call::ReadAfter { room, after, page } => {
                let expected = take(self.held(*room).filter(|entry| entry.seq > *after), *page);
                assert_eq!(log.read_after(ROOMS[*room], *after, to_page(*page)).unwrap(), expected);
            }
            Call::ReadBefore { room, before, page } => {
                let mut expected = take(self.held(*room).rev().filter(|entry| entry.seq < *before), *page);
                expected.reverse();
                assert_eq!(log.read_before(ROOMS[*room], *before, to_page(*page)).unwrap(), expected);
            }
            Call::Prune { room, first } => {
                log.prune(ROOMS[*room], *first).unwrap();
                if let Some(room) = self.rooms.get_mut(ROOMS[*room]) {
                    room.held.retain(|entry| entry.seq >= *first);
                }
            }
            Call::Reopen => {}
        }
        for (at, name) in ROOMS.into_iter().enumerate() {
            let state = log.state(name).unwrap();
            let head = self.rooms.get(name).map_or(0, |room| room.head);
            let first = self.held(at).next().map_or(head + 1, |oldest| oldest.seq);
            assert_eq!((state.first, state.head), (first, head), "{name}");
        }
    }

    fn append(&mut self, room: &'static str, now_ms: u64, new: &NewEntry) -> Appended {
        let room = self.rooms.entry(room).or_default();
        if let Some(first) = room.held.iter().find(|held| held.sender == new.sender && held.id == new.id) {
            let same = first.body == new.body && first.kind == new.kind;
            return if same {
                Appended::Repeated(first.clone())
            } else {
                Appended::Conflict { seq: first.seq }
            };
        }
        room.head += 1;
        room.time_ms = room.time_ms.max(now_ms);
        room.held.push(Entry {
            seq: room.head,
            time_ms: room.time_ms,
            kind: new.kind,
            sender: new.sender.clone(),
            name: new.name.clone(),
            id: new.id.clone(),
            body: new.body.clone(),
        });
        if let Some(limits) = self.limits {
            let too_much = |held: &[Entry]| {
                let bytes: usize = held.iter().map(Entry::text_bytes).sum();
                held.len() > limits.entries_max || bytes > limits.bytes_max
            };
            while room.held.len() > 1 && too_much(&room.held) {
                room.held.remove(0);
            }
        }
        Appended::New { seq: room.head, time_ms: room.time_ms }
    }

    fn held(&self, room: usize) -> std::slice::Iter<'_, Entry> {
        self.rooms.get(ROOMS[room]).map_or([].iter(), |room| room.held.iter())
    }
}

fn said_by(&(room, sender, id, body): &(usize, u8, u8, u8)) -> NewEntry {
    let body = "oi ".repeat(usize::from(body) * 4);
    entry(ROOMS[room], &sender.to_string(), &id.to_string(), &body)
}

fn to_page((entries_max, bytes_max): (usize, usize)) -> Page {
    Page { entries_max, bytes_max }
}

/// The longest prefix within both limits, or one entry.
fn take<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    (entries_max, bytes_max): (usize, usize),
) -> Vec<Entry> {
    let entries: Vec<_> = entries.cloned().collect();
    let fits = |count: &usize| {
        let bytes: usize = entries[..*count].iter().map(Entry::text_bytes).sum();
        *count <= 1 || (*count <= entries_max && bytes <= bytes_max)
    };
    let count = (0..=entries.len()).rev().find(fits).unwrap();
    entries[..count].to_vec()
}
