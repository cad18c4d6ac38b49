//! What servers that share a log tell one another, as text. A later version's items are passed over. Not here: what
//! follows from them.

use papo_log::NOTE_BYTES_MAX;
use papo_proto::{AddressTag, MemberId, Name, RoomName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How much of a note the items may take: what is left is for the number and the commas.
const ITEMS_BYTES_MAX: usize = NOTE_BYTES_MAX - 100;

/// How many members one item names at most: three of the longest names and more fit into a note.
const PEOPLE_MAX: usize = 10;

/// Somebody in a room: who, called what, and the mark of a guest's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person(pub(crate) MemberId, pub(crate) Name, pub(crate) Option<AddressTag>);

/// One thing that a server tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Item {
    /// From here on comes everything.
    Begin,
    /// That was everything: rooms that were not told have nobody.
    End,
    /// The server with this number is asked for everything; every server where there is none.
    Ask(Option<u64>),
    /// The server stops.
    Bye,
    /// These are all in the room, so far.
    All(RoomName, Vec<Person>),
    /// These have come, or are called something else.
    Came(RoomName, Vec<Person>),
    /// These have gone.
    Gone(RoomName, Vec<MemberId>),
    /// So many are in the room.
    Count(RoomName, u64),
    /// These are writing.
    Typing(RoomName, Vec<MemberId>),
    /// Something of a later version.
    #[serde(skip)]
    Unknown,
}

/// A server's notes are numbered, so that a missing one is noticed. One without items says that the server is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) number: u64,
    pub(crate) items: Vec<Item>,
}

#[derive(Deserialize)]
struct Written {
    n: u64,
    #[serde(default)]
    i: Vec<Value>,
}

impl Note {
    /// Reads a note.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let Written { n: number, i } = serde_json::from_str(text).ok()?;
        let items = i.into_iter().map(|item| serde_json::from_value(item).unwrap_or(Item::Unknown));
        Some(Self { number, items: items.collect() })
    }
}

/// Puts items into as few notes as they fit into, in their order, and counts the number up for each.
pub(crate) fn pack(items: Vec<Item>, number: &mut u64) -> Vec<String> {
    let (mut notes, mut text) = (Vec::new(), String::new());
    let mut close = |text: &mut String| {
        notes.push(format!("{{\"n\":{number},\"i\":[{text}]}}"));
        *number += 1;
        text.clear();
    };
    for item in items.into_iter().flat_map(small) {
        let Ok(item) = serde_json::to_string(&item) else { continue };
        if !text.is_empty() && text.len() + item.len() > ITEMS_BYTES_MAX {
            close(&mut text);
        }
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(&item);
    }
    close(&mut text);
    notes
}

/// Cuts an item into such as fit into a note.
fn small(item: Item) -> Vec<Item> {
    let cut = |people: Vec<Person>, item: &dyn Fn(Vec<Person>) -> Item| -> Vec<Item> {
        people.chunks(PEOPLE_MAX).map(|people| item(people.to_vec())).collect()
    };
    match item {
        Item::All(room, mut people) => {
            let rest = people.split_off(people.len().min(PEOPLE_MAX));
            let mut items = vec![Item::All(room.clone(), people)];
            items.extend(cut(rest, &|people| Item::Came(room.clone(), people)));
            items
        }
        Item::Came(room, people) => cut(people, &|people| Item::Came(room.clone(), people)),
        Item::Gone(room, ids) => {
            ids.chunks(PEOPLE_MAX).map(|ids| Item::Gone(room.clone(), ids.to_vec())).collect()
        }
        Item::Typing(room, ids) => {
            ids.chunks(PEOPLE_MAX).map(|ids| Item::Typing(room.clone(), ids.to_vec())).collect()
        }
        item => vec![item],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant: what is packed reads back, in notes that each travel whole, whatever the names.
    #[test]
    fn notes_read_back_as_they_were_packed() {
        let longest = Name::parse(&"\u{1f600}".repeat(papo_proto::limits::NAME_CHARS_MAX)).unwrap();
        let person = |number: u8| {
            Person(MemberId::of_guest([number; 8]), longest.clone(), Some(AddressTag([number; 16])))
        };
        let people: Vec<Person> = (0..200).map(person).collect();
        let room = RoomName::parse("sala").unwrap();
        let ids: Vec<MemberId> = people.iter().map(|person| person.0.clone()).collect();
        let mut number = 5;
        let items = vec![
            Item::Begin,
            Item::All(room.clone(), people.clone()),
            Item::Gone(room.clone(), ids.clone()),
            Item::Count(room.clone(), 9),
            Item::Ask(Some(u64::MAX)),
            Item::End,
        ];
        let notes = pack(items, &mut number);
        assert!(notes.len() > 2 && notes.iter().all(|note| note.len() <= NOTE_BYTES_MAX));
        assert_eq!(number, 5 + notes.len() as u64);
        let (mut found, mut gone, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for (at, text) in notes.iter().enumerate() {
            let note = Note::decode(text).unwrap();
            assert_eq!(note.number, 5 + at as u64);
            for item in note.items {
                match item {
                    Item::All(_, some) | Item::Came(_, some) => found.extend(some),
                    Item::Gone(_, some) => gone.extend(some),
                    other => others.push(other),
                }
            }
        }
        assert_eq!((found, gone), (people, ids));
        assert_eq!(others, [Item::Begin, Item::Count(room, 9), Item::Ask(Some(u64::MAX)), Item::End]);
        assert_eq!(pack(Vec::new(), &mut number).len(), 1, "a heartbeat");
        let later = r#"{"n":1,"i":["begin",{"dance":["lobby"]},"end"]}"#;
        assert_eq!(Note::decode(later).unwrap().items, [Item::Begin, Item::Unknown, Item::End]);
        for bad in ["", "oi", "{}", "[]"] {
            assert_eq!(Note::decode(bad), None);
        }
    }
}
