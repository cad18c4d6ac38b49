//! Tells the checker of histories what clients have said and seen in a run, in its words, and keeps what else is
//! wrong. Not here: what the wire carries, and what must hold, which the checker knows.

use papo_client::event::{ConnectionState, Event, Outgoing};
use papo_client::session::Follow;
use papo_log::Entry as LogEntry;
use papo_proto::{Body, Message, Seq};
use papo_torture::history::{Entry, History as Checker, Violation};

use super::disk::{Disk, SimulatedLog};
use super::plan::Plan;

/// Everything that was said and seen, in the order in which it happened.
pub(super) struct History {
    checker: Checker,
    /// Which clients are in their room, as far as they know.
    joined: Vec<bool>,
    /// What is wrong beside histories: panics, delays, lines that cannot be read.
    others: Vec<String>,
    /// What the comparison with the log has found.
    compared: Vec<Violation>,
}

impl History {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut checker = Checker::new();
        for client in &plan.clients {
            checker.add_client(&client.room, client.guest);
        }
        Self { checker, joined: vec![false; plan.clients.len()], others: Vec::new(), compared: Vec::new() }
    }

    /// Something is wrong that no history shows.
    pub(super) fn violation(&mut self, violation: String) {
        self.others.push(violation);
    }

    /// A history is wrong.
    pub(super) fn add(&mut self, violation: Violation) {
        self.checker.add(violation);
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_right(&self) -> bool {
        self.others.is_empty() && self.checker.violations().is_empty()
    }

    /// What is wrong with histories, and what else is.
    pub(super) fn take_wrong(&mut self) -> (Vec<Violation>, Vec<String>) {
        let found =
            if self.compared.is_empty() { self.checker.violations().to_vec() } else { self.compared.clone() };
        (found, std::mem::take(&mut self.others))
    }

    /// A client's program starts.
    pub(super) fn starts(&mut self, client: usize, follow: Follow) {
        self.joined[client] = false;
        let after = match follow {
            Follow::Live => None,
            Follow::After { seq, .. } => Some(seq.number()),
        };
        self.checker.starts(client, after);
    }

    /// A client says something.
    pub(super) fn says(&mut self, client: usize, outgoing: &Outgoing) {
        self.checker.invoke(client, outgoing.id.as_str(), &outgoing.body.to_json().unwrap());
    }

    /// A client's session reports something.
    pub(super) fn saw(&mut self, client: usize, event: &Event) {
        if let Event::State(state) = event {
            self.joined[client] = matches!(state, ConnectionState::Joined { .. });
        }
        match event {
            Event::Joined { you, epoch, head, .. } => {
                self.checker.joined(client, you.id.as_str(), &epoch.to_string(), head.number());
            }
            Event::Message(message) => self.checker.saw(client, shown(message)),
            Event::Sent { id, seq, .. } => self.checker.ok(client, id.as_str(), seq.number()),
            Event::History { messages, .. } => {
                self.checker.saw_page(client, messages.iter().map(shown).collect());
            }
            // The log was never made anew, nothing was dropped, and nothing is wrong with what is said.
            Event::Reset
            | Event::Truncated { .. }
            | Event::Failed { .. }
            | Event::State(ConnectionState::Stopped { .. } | ConnectionState::Left) => {
                self.checker.unexpected(client, format!("{event:?}"));
            }
            _ => {}
        }
    }

    /// How many messages were said.
    pub(super) fn said_len(&self) -> usize {
        self.checker.invoked_len()
    }

    /// Whether everything that was said is answered, and everybody has seen everything that the disk has.
    pub(super) fn is_settled(&self, disk: &Disk) -> bool {
        self.checker.is_settled(|room| disk.head(room))
    }

    /// Whether every client is in its room, as far as they know.
    pub(super) fn are_all_joined(&self) -> bool {
        self.joined.iter().all(|joined| *joined)
    }

    /// What was said and is not answered.
    pub(super) fn unanswered(&self) -> Vec<&str> {
        self.checker.unknown()
    }

    /// Compares everything with what a server that starts now would find on its disk.
    pub(super) fn compare(&mut self, log: &SimulatedLog, plan: &Plan) {
        let is_at_rest = self.is_right();
        for room in self.checker.rooms() {
            let entries: Vec<Entry> = log.all(&room).iter().map(stored).collect();
            let check = if is_at_rest { Checker::check_settled } else { Checker::check_kept };
            self.compared.extend(check(&self.checker, &room, &entries));
            if !plan.refuses {
                self.compared.extend(self.checker.check_order(&entries));
            }
        }
    }
}

fn shown(message: &Message) -> Entry {
    Entry {
        seq: message.seq.number(),
        time_ms: message.time.unix_ms(),
        sender: message.from.id.to_string(),
        name: message.from.name.to_string(),
        id: message.id.to_string(),
        text: message.body.to_json().unwrap(),
    }
}

fn stored(entry: &LogEntry) -> Entry {
    Entry {
        seq: Seq::new(entry.seq).number(),
        time_ms: entry.time_ms,
        sender: entry.sender.to_string(),
        name: entry.name.to_string(),
        id: entry.id.to_string(),
        // As it would be shown: read, and written again.
        text: Body::from_json(&entry.body).unwrap().to_json().unwrap(),
    }
}
