//! What clients have said and seen in a run, and whether all of it is true. Not here: what the wire carries.

use std::collections::{BTreeMap, BTreeSet};

use papo_client::event::{ConnectionState, Event, Outgoing};
use papo_client::session::Follow;
use papo_log::Entry;
use papo_proto::{Body, Epoch, Message, MessageId, Seq};

use super::disk::{Disk, SimulatedLog};
use super::plan::Plan;

/// Everything that was said and seen, in the order in which it happened.
#[derive(Debug)]
pub(super) struct History {
    says: BTreeMap<MessageId, Say>,
    clients: Vec<Seen>,
    /// The newest place that anybody in the room knows to be in the log.
    known: BTreeMap<String, u64>,
    epoch: Option<Epoch>,
    pub(super) violations: Vec<String>,
    unanswered: usize,
}

/// A message that was said.
#[derive(Debug)]
struct Say {
    client: usize,
    room: String,
    body: Body,
    /// The newest place known to anybody before it was said: it must get a later one.
    known: u64,
    /// The place that the client was told, once it was.
    answered: Option<Seq>,
}

/// What a client has seen, over all its lives.
#[derive(Debug)]
struct Seen {
    room: String,
    guest: bool,
    /// The place up to which it has seen everything; none before it has joined for the first time.
    reached: Option<Seq>,
    /// Whether it is in the room, as far as it knows.
    is_joined: bool,
    /// The same for its present life, which may begin a little before.
    life_reached: Option<Seq>,
    messages: Vec<Message>,
    pages: Vec<Vec<Message>>,
}

impl History {
    pub(super) fn new(plan: &Plan) -> Self {
        let seen = |client: &super::plan::ClientPlan| Seen {
            room: client.room.clone(),
            guest: client.guest,
            reached: None,
            is_joined: false,
            life_reached: None,
            messages: Vec::new(),
            pages: Vec::new(),
        };
        Self {
            says: BTreeMap::new(),
            clients: plan.clients.iter().map(seen).collect(),
            known: BTreeMap::new(),
            epoch: None,
            violations: Vec::new(),
            unanswered: 0,
        }
    }

    /// Something is wrong.
    pub(super) fn violation(&mut self, violation: String) {
        self.violations.push(violation);
    }

    /// A client's program starts.
    pub(super) fn starts(&mut self, client: usize, follow: Follow) {
        let seen = &mut self.clients[client];
        seen.is_joined = false;
        seen.life_reached = match follow {
            Follow::Live => None,
            Follow::After { seq, .. } => Some(seq),
        };
        if seen.reached.is_none() {
            seen.reached = seen.life_reached;
        }
    }

    /// A client says something.
    pub(super) fn says(&mut self, client: usize, outgoing: &Outgoing) {
        let room = self.clients[client].room.clone();
        let known = self.known.get(&room).copied().unwrap_or(0);
        let say = Say { client, room, body: outgoing.body.clone(), known, answered: None };
        self.unanswered += 1;
        assert!(self.says.insert(outgoing.id.clone(), say).is_none(), "every message has an id of its own");
    }

    /// A client's session reports something.
    pub(super) fn saw(&mut self, client: usize, event: &Event) {
        if let Event::State(state) = event {
            self.clients[client].is_joined = matches!(state, ConnectionState::Joined { .. });
        }
        let checked = match event {
            Event::Joined { epoch, head, .. } => self.joined(client, *epoch, *head),
            Event::Message(message) => self.message(client, message),
            Event::Sent { id, seq, .. } => self.answered(client, id, *seq),
            Event::History { messages, .. } => {
                self.clients[client].pages.push(messages.clone());
                Ok(())
            }
            Event::Reset | Event::Truncated { .. } | Event::Failed { .. } => Err(format!(
                "{event:?}, but the log was never made anew, nothing was dropped, and nothing is wrong with what is said"
            )),
            Event::State(ConnectionState::Stopped { .. } | ConnectionState::Left) => {
                Err(format!("gives up: {event:?}"))
            }
            _ => Ok(()),
        };
        if let Err(wrong) = checked {
            self.violation(format!("client {client}: {wrong}"));
        }
    }

    /// How many messages were said.
    pub(super) fn said_len(&self) -> usize {
        self.says.len()
    }

    /// Whether everything that was said is answered, and everybody has seen everything that the disk has.
    pub(super) fn is_settled(&self, disk: &Disk) -> bool {
        let has_seen = |seen: &Seen| seen.reached.is_some_and(|seq| seq.number() == disk.head(&seen.room));
        self.unanswered == 0 && self.clients.iter().all(has_seen)
    }

    /// Whether every client is in its room, as far as they know.
    pub(super) fn are_all_joined(&self) -> bool {
        self.clients.iter().all(|seen| seen.is_joined)
    }

    /// What was said and is not answered.
    pub(super) fn unanswered(&self) -> Vec<&str> {
        self.says.iter().filter(|(_, say)| say.answered.is_none()).map(|(id, _)| id.as_str()).collect()
    }

    fn joined(&mut self, client: usize, epoch: Epoch, head: Seq) -> Result<(), String> {
        let seen = &mut self.clients[client];
        seen.life_reached.get_or_insert(head);
        seen.reached.get_or_insert(head);
        match self.epoch.replace(epoch) {
            Some(earlier) if earlier != epoch => Err(format!("the epoch was {earlier} and is {epoch}")),
            _ => Ok(()),
        }
    }

    fn message(&mut self, client: usize, message: &Message) -> Result<(), String> {
        let seen = &mut self.clients[client];
        let expected = seen.life_reached.map(Seq::next);
        seen.life_reached = Some(message.seq);
        seen.reached = seen.reached.max(Some(message.seq));
        seen.messages.push(message.clone());
        self.knows(client, message.seq);
        if expected == Some(message.seq) {
            Ok(())
        } else {
            Err(format!("sees {} where {expected:?} comes next", message.seq))
        }
    }

    fn answered(&mut self, client: usize, id: &MessageId, seq: Seq) -> Result<(), String> {
        let say = self.says.get_mut(id).ok_or_else(|| format!("{} was never said", id.as_str()))?;
        let known = say.known;
        if say.client != client {
            return Err(format!("is told of {}, which another client has said", id.as_str()));
        }
        match say.answered.replace(seq) {
            None => self.unanswered -= 1,
            Some(earlier) if earlier == seq => {}
            Some(earlier) => return Err(format!("{} was told to be {earlier} and then {seq}", id.as_str())),
        }
        self.knows(client, seq);
        if seq.number() <= known {
            return Err(format!("{} is {seq}, but was said after {known} was seen", id.as_str()));
        }
        Ok(())
    }

    /// Somebody in the client's room knows of this place.
    fn knows(&mut self, client: usize, seq: Seq) {
        let known = self.known.entry(self.clients[client].room.clone()).or_default();
        *known = seq.number().max(*known);
    }

    /// Compares everything with what a server that starts now would find on its disk.
    pub(super) fn compare(&mut self, log: &SimulatedLog, plan: &Plan) {
        let mut wrong = Vec::new();
        for room in plan.rooms() {
            let entries = log.all(room);
            wrong.extend(self.compare_log(room, &entries));
            for (client, seen) in self.clients.iter().enumerate().filter(|(_, seen)| seen.room == room) {
                let shown = seen.messages.iter().chain(seen.pages.iter().flatten());
                for message in shown.filter(|message| !is_entry(message, &entries)) {
                    wrong.push(format!("client {client} saw what is not in the log: {message:?}"));
                }
                for page in &seen.pages {
                    if page.windows(2).any(|pair| pair[1].seq != pair[0].seq.next()) {
                        wrong.push(format!("client {client} got a page with gaps: {page:?}"));
                    }
                }
            }
            if !plan.refuses {
                wrong.extend(compare_order(room, &entries));
            }
        }
        self.violations.extend(wrong);
    }

    /// What was said is in the log, what was echoed at its place, and nothing twice or from nowhere.
    fn compare_log(&self, room: &str, entries: &[Entry]) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut ids = BTreeSet::new();
        for (entry, seq) in entries.iter().zip(1..) {
            if entry.seq != seq {
                wrong.push(format!("{room}: {} stands at {seq}", entry.seq));
            }
            if !ids.insert((&entry.sender, &entry.id)) {
                wrong.push(format!("{room}: {} is in the log twice", entry.id));
            }
            let said = MessageId::parse(&entry.id).ok().and_then(|id| self.says.get(&id));
            if said
                .is_none_or(|say| say.room != room || Ok(&say.body) != Body::from_json(&entry.body).as_ref())
            {
                wrong.push(format!("{room}: nobody has said {entry:?}"));
            }
        }
        if entries.windows(2).any(|pair| pair[1].time_ms < pair[0].time_ms) {
            wrong.push(format!("{room}: the time goes back"));
        }
        for (id, say) in self.says.iter().filter(|(_, say)| say.room == room) {
            let Some(seq) = say.answered else { continue };
            let there: Vec<u64> =
                entries.iter().filter(|entry| *entry.id == *id.as_str()).map(|entry| entry.seq).collect();
            // A guest is somebody else on each connection; its message may be there once for each.
            let right =
                there == [seq.number()] || self.clients[say.client].guest && there.contains(&seq.number());
            if !right {
                wrong.push(format!(
                    "{room}: {} was echoed as {seq} and is in the log at {there:?}",
                    id.as_str()
                ));
            }
        }
        wrong
    }
}

/// A sender's messages stand in the log in the order in which they were said.
fn compare_order(room: &str, entries: &[Entry]) -> Vec<String> {
    let mut newest: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for entry in entries {
        let Some((_, number)) = entry.id.split_once('-') else { continue };
        let number: usize = number.parse().unwrap();
        if newest.insert(&entry.sender, number).is_some_and(|earlier| earlier > number) {
            wrong.push(format!("{room}: {} stands behind what its sender said later", entry.id));
        }
    }
    wrong
}

fn is_entry(message: &Message, entries: &[Entry]) -> bool {
    let index = usize::try_from(message.seq.number()).unwrap().wrapping_sub(1);
    entries.get(index).is_some_and(|entry| {
        entry.seq == message.seq.number()
            && *entry.sender == *message.from.id.as_str()
            && *entry.name == *message.from.name.as_str()
            && *entry.id == *message.id.as_str()
            && entry.time_ms == message.time.unix_ms()
            && Body::from_json(&entry.body).as_ref() == Ok(&message.body)
    })
}
