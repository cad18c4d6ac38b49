//! A history against the log. Not here: how the log is read, which is best done by a program that is not ours.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Client, Entry, History, Violation};

impl History {
    /// What is wrong by now, whatever is still on its way: anything found so far, and anything that somebody in this
    /// room was told or shown and the log does not have so. `log` is all of the room, in its order.
    pub fn check_kept(&self, room: &str, log: &[Entry]) -> Vec<Violation> {
        let mut wrong = self.violations.clone();
        check_log(log, &mut wrong);
        self.check_said(room, log, &mut wrong);
        for (index, client) in self.in_room(room) {
            for entry in client.seen.iter().chain(client.pages.iter().flatten()) {
                if at(log, entry.seq) != Some(entry) {
                    wrong.push(Violation::Differs { client: index, seq: entry.seq });
                }
            }
        }
        self.check_ok(room, log, &mut wrong);
        wrong
    }

    /// What is wrong once everything has come to rest: what [`check_kept`](Self::check_kept) finds, and anything that
    /// is missing on either side.
    pub fn check_settled(&self, room: &str, log: &[Entry]) -> Vec<Violation> {
        let mut wrong = self.check_kept(room, log);
        let stored = self.stored(log);
        for ((client, id), say) in
            self.says.iter().filter(|((client, _), _)| self.clients[*client].room == room)
        {
            let (client, id) = (*client, id.clone());
            if say.seq.is_none() && !stored.contains_key(&(client, id.as_str())) {
                wrong.push(Violation::Lost { client, id: id.clone(), told: None });
            }
            if say.seq.is_none() {
                wrong.push(Violation::Unanswered { client, id });
            }
        }
        let head = log.last().map_or(0, |entry| entry.seq);
        for (index, client) in self.in_room(room).filter(|(_, client)| client.reached != Some(head)) {
            wrong.push(Violation::Behind { client: index, reached: client.reached, head });
        }
        wrong
    }

    /// What stands in another order than it was said in. It is no part of the other two: a disk that refuses a
    /// message and takes the next changes the order.
    pub fn check_order(&self, log: &[Entry]) -> Vec<Violation> {
        let mut newest: HashMap<&str, usize> = HashMap::new();
        let mut wrong = Vec::new();
        for entry in log {
            let Some(order) = self.owner(entry).and_then(|key| self.says.get(&key)).map(|say| say.order)
            else {
                continue;
            };
            let earlier = newest.insert(&entry.sender, order);
            if earlier.is_some_and(|earlier| earlier > order) {
                wrong.push(Violation::SaidOrder { seq: entry.seq });
            }
        }
        wrong
    }

    fn in_room(&self, room: &str) -> impl Iterator<Item = (usize, &Client)> {
        self.clients.iter().enumerate().filter(move |(_, client)| client.room == room)
    }

    /// Which message of which client an entry is, if anybody's.
    fn owner(&self, entry: &Entry) -> Option<(usize, String)> {
        Some((*self.owners.get(&entry.sender)?, entry.id.clone()))
    }

    /// Where the log has each message.
    fn stored<'a>(&self, log: &'a [Entry]) -> BTreeMap<(usize, &'a str), Vec<u64>> {
        let mut stored: BTreeMap<(usize, &str), Vec<u64>> = BTreeMap::new();
        for entry in log {
            if let Some(&client) = self.owners.get(&entry.sender) {
                stored.entry((client, &entry.id)).or_default().push(entry.seq);
            }
        }
        stored
    }

    /// Everything in the log was said, in this room and in these words.
    fn check_said(&self, room: &str, log: &[Entry], wrong: &mut Vec<Violation>) {
        for entry in log {
            let said = self.owner(entry).filter(|(client, _)| self.clients[*client].room == room);
            if said.and_then(|key| self.says.get(&key)).is_none_or(|say| say.text != entry.text) {
                wrong.push(Violation::NeverSaid { seq: entry.seq });
            }
        }
    }

    /// Everything that was told to be in the log is there, where it was told to be.
    fn check_ok(&self, room: &str, log: &[Entry], wrong: &mut Vec<Violation>) {
        let stored = self.stored(log);
        for ((client, id), say) in
            self.says.iter().filter(|((client, _), _)| self.clients[*client].room == room)
        {
            let Some(told) = say.seq else { continue };
            let (client, id) = (*client, id.clone());
            let found = stored.get(&(client, id.as_str())).cloned();
            match found {
                None => wrong.push(Violation::Lost { client, id, told: Some(told) }),
                Some(found) if found == [told] => {}
                // A guest is somebody else on each connection; its message may be there once for each.
                Some(found) if self.clients[client].is_guest && found.contains(&told) => {}
                Some(found) => wrong.push(Violation::Misplaced { client, id, told, found }),
            }
        }
    }
}

/// The log by itself.
fn check_log(log: &[Entry], wrong: &mut Vec<Violation>) {
    let mut ids = HashSet::new();
    for (entry, expected) in log.iter().zip(1..) {
        if entry.seq != expected {
            wrong.push(Violation::LogGap { expected, found: entry.seq });
        }
        if !ids.insert((&entry.sender, &entry.id)) {
            wrong.push(Violation::Doubled { id: entry.id.clone(), seq: entry.seq });
        }
    }
    for pair in log.windows(2).filter(|pair| pair[1].time_ms < pair[0].time_ms) {
        wrong.push(Violation::TimeBack { seq: pair[1].seq });
    }
}

/// What the log has at a place, found in one step where it has no gaps.
fn at(log: &[Entry], seq: u64) -> Option<&Entry> {
    let index = usize::try_from(seq.checked_sub(1)?).ok()?;
    log.get(index).filter(|entry| entry.seq == seq).or_else(|| log.iter().find(|entry| entry.seq == seq))
}
