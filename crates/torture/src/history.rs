//! The one checker of histories: what clients have done and seen, and whether all of it can be true at once, by itself
//! and against the log. The simulation, the kills of the real program and the broken network all use it. Pure:
//! nothing is opened or run here, so that each rule can be shown to turn red.
//!
//! A message that is said is an operation: it is *invoked*, and it is *ok* once its sender was told its place. Until
//! then its outcome is *unknown*, never failed: it may be in the log or not, and its sender says it again.
//!
//! - `history.rs`: what is recorded, and what must hold at once. `log.rs`: what must hold against the log.
//! - `delivery.rs`: what must hold on one connection.

mod delivery;
mod log;
mod violation;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use delivery::{Delivered, Delivery};
pub use violation::Violation;

/// A message as a log has it, or as a client was shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the room.
    pub seq: u64,
    /// When the server took it, in Unix milliseconds by the server's clock.
    pub time_ms: u64,
    /// Who has said it: the id of a member.
    pub sender: String,
    /// What the sender was called.
    pub name: String,
    /// The sender's own id for it.
    pub id: String,
    /// What was said, in any one form.
    pub text: String,
}

/// What some clients have said and seen, in the order in which it happened.
#[derive(Debug, Default)]
pub struct History {
    clients: Vec<Client>,
    /// Which client each id of a member belongs to. A guest has one for each connection.
    owners: HashMap<String, usize>,
    says: BTreeMap<(usize, String), Say>,
    /// The newest place of each room that anybody knows to be in the log.
    known: BTreeMap<String, u64>,
    epochs: BTreeMap<String, String>,
    violations: Vec<Violation>,
    invoked: usize,
    ok: usize,
}

/// What one client has said and seen, over all its lives.
#[derive(Debug)]
struct Client {
    room: String,
    /// Whether it is somebody else on each connection.
    is_guest: bool,
    /// The place up to which it has seen everything; none before it was let in for the first time.
    reached: Option<u64>,
    /// The same for its present life, which may begin a little before.
    life_reached: Option<u64>,
    /// What it was told to be in the log, in its present life.
    life_ok: BTreeSet<String>,
    seen: Vec<Entry>,
    pages: Vec<Vec<Entry>>,
}

/// A message that was said.
#[derive(Debug)]
struct Say {
    /// How many messages its client had said before.
    order: usize,
    text: String,
    /// The newest place that anybody knew of when it was said: it must get a later one.
    known: u64,
    /// The place that its client was told, once it was.
    seq: Option<u64>,
}

impl History {
    /// A history in which nothing has happened.
    pub fn new() -> Self {
        Self::default()
    }

    /// A client that will be in this room. Returns the number by which it goes from now on: 0, 1, 2 …
    pub fn add_client(&mut self, room: &str, is_guest: bool) -> usize {
        self.clients.push(Client {
            room: room.to_owned(),
            is_guest,
            reached: None,
            life_reached: None,
            life_ok: BTreeSet::new(),
            seen: Vec::new(),
            pages: Vec::new(),
        });
        self.clients.len() - 1
    }

    /// A client's program starts, for the first time or again. It wants everything after this place, or only what is
    /// new when it is let in.
    pub fn starts(&mut self, client: usize, after: Option<u64>) {
        let client = &mut self.clients[client];
        client.life_reached = after;
        client.life_ok.clear();
        client.reached = client.reached.or(after);
    }

    /// The server has let a client in, as this member, into a log of this epoch that ends here.
    pub fn joined(&mut self, client: usize, member: &str, epoch: &str, head: u64) {
        let seen = &mut self.clients[client];
        seen.life_reached.get_or_insert(head);
        seen.reached.get_or_insert(head);
        self.owners.insert(member.to_owned(), client);
        let earlier = self.epochs.entry(seen.room.clone()).or_insert_with(|| epoch.to_owned());
        if earlier != epoch {
            let what = format!("the epoch was {earlier} and is {epoch}");
            self.violations.push(Violation::Unexpected { client, what });
        }
    }

    /// A client says something, under an id that it has not used before.
    pub fn invoke(&mut self, client: usize, id: &str, text: &str) {
        let known = self.known.get(&self.clients[client].room).copied().unwrap_or(0);
        let say = Say { order: self.invoked, text: text.to_owned(), known, seq: None };
        self.invoked += 1;
        if self.says.insert((client, id.to_owned()), say).is_some() {
            let what = format!("the test itself says {id} twice");
            self.violations.push(Violation::Unexpected { client, what });
        }
    }

    /// A client is told that a message of its own is in the log.
    pub fn ok(&mut self, client: usize, id: &str, seq: u64) {
        let Some(say) = self.says.get_mut(&(client, id.to_owned())) else {
            self.violations.push(Violation::NeverInvoked { client, id: id.to_owned() });
            return;
        };
        let known = say.known;
        match say.seq.replace(seq) {
            None => self.ok += 1,
            Some(earlier) if earlier == seq => {}
            Some(earlier) => {
                self.violations.push(Violation::OkMoved { client, id: id.to_owned(), earlier, later: seq });
            }
        }
        if !self.clients[client].life_ok.insert(id.to_owned()) {
            self.violations.push(Violation::OkTwice { client, id: id.to_owned() });
        }
        if seq <= known {
            self.violations.push(Violation::TooEarly { client, id: id.to_owned(), seq, known });
        }
        self.knows(client, seq);
    }

    /// A client is shown the next message of the room.
    pub fn saw(&mut self, client: usize, entry: Entry) {
        let seen = &mut self.clients[client];
        let (last, next) = (seen.life_reached.replace(entry.seq), entry.seq);
        seen.reached = seen.reached.max(Some(next));
        seen.seen.push(entry);
        match last {
            Some(last) if next <= last => self.violations.push(Violation::NotRising { client, last, next }),
            Some(last) if next > last + 1 => self.violations.push(Violation::Gap { client, last, next }),
            Some(_) => {}
            None => {
                let what = format!("{next} is shown before it was let in");
                self.violations.push(Violation::Unexpected { client, what });
            }
        }
        self.knows(client, next);
    }

    /// A client is shown a page of older messages.
    pub fn saw_page(&mut self, client: usize, page: Vec<Entry>) {
        for pair in page.windows(2).filter(|pair| pair[1].seq != pair[0].seq + 1) {
            self.violations.push(Violation::PageGap { client, last: pair[0].seq, next: pair[1].seq });
        }
        self.clients[client].pages.push(page);
    }

    /// A client is told something that has no place in this run, such as that the log is another one.
    pub fn unexpected(&mut self, client: usize, what: impl Into<String>) {
        self.violations.push(Violation::Unexpected { client, what: what.into() });
    }

    /// Something else has found a broken promise, such as a [`Delivery`].
    pub fn add(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    /// What was found to be wrong so far, without a look at the log.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// How many messages were said.
    pub fn invoked_len(&self) -> usize {
        self.invoked
    }

    /// How many of them their senders know to be in the log.
    pub fn ok_len(&self) -> usize {
        self.ok
    }

    /// The ids of the messages whose outcome is unknown.
    pub fn unknown(&self) -> Vec<&str> {
        self.says.iter().filter(|(_, say)| say.seq.is_none()).map(|((_, id), _)| id.as_str()).collect()
    }

    /// Whether every message said is known to be in the log, and everybody has seen all of their room, whose newest
    /// place `head` tells.
    pub fn is_settled(&self, head: impl Fn(&str) -> u64) -> bool {
        self.invoked == self.ok
            && self.clients.iter().all(|client| client.reached == Some(head(&client.room)))
    }

    /// The rooms that somebody is in.
    pub fn rooms(&self) -> BTreeSet<String> {
        self.clients.iter().map(|client| client.room.clone()).collect()
    }

    /// Somebody in the client's room knows of this place.
    fn knows(&mut self, client: usize, seq: u64) {
        let known = self.known.entry(self.clients[client].room.clone()).or_default();
        *known = seq.max(*known);
    }
}
