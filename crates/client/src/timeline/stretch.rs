//! The timeline of a reader who has only a stretch of the room in memory: cutting it at either end, and
//! taking note of what happens beyond it. Not here: which stretch that is ([`crate::state`]).

use std::collections::BTreeSet;

use papo_proto::{MemberId, Message, MessageId, Seq};

use super::fold::Change;
use super::{Logged, Row, Timeline};
use crate::event::Event;

impl Timeline {
    /// The oldest place in memory.
    pub fn oldest(&self) -> Option<Seq> {
        self.log.keys().next().copied()
    }

    /// The newest place in memory.
    pub fn newest(&self) -> Option<Seq> {
        self.log.keys().next_back().copied()
    }

    /// Whether this is or was one of our own ids.
    pub fn is_ours(&self, id: &MemberId) -> bool {
        self.mine.contains(id)
    }

    /// The row of a message of ours that the room does not have yet.
    pub fn row_of(&self, id: &MessageId) -> Option<Row<'_>> {
        let unsettled = self.outgoing.iter().find(|one| one.outgoing.id == *id)?;
        self.unsettled(unsettled)
    }

    /// Forgets what was said; names and what is still to be said stay.
    pub fn clear(&mut self) {
        self.log.clear();
        self.changes.clear();
        self.holes.clear();
    }

    /// Adds messages in order, such as a page of the history.
    pub fn add(&mut self, messages: &[Message]) {
        self.add_page(messages);
    }

    /// Takes note of messages beyond the stretch that change some in it, such as a page of the history that was read
    /// from the middle. They are not added themselves, lest there is a gap before them.
    pub fn add_changes(&mut self, messages: &[Message]) {
        let mut targets = BTreeSet::new();
        for message in messages {
            if let Some((target, change)) = Change::of(message)
                && target < message.seq
                && matches!(self.log.get(&target), Some(Logged::Row(_)))
            {
                self.changes.entry(target).or_default().insert(message.seq, change);
                targets.insert(target);
            }
        }
        targets.into_iter().for_each(|target| self.fold(target, None));
    }

    /// Forgets the oldest messages until no more than these are left. Returns whether there were any.
    pub fn keep_newest(&mut self, messages_max: usize) -> bool {
        let is_cut = self.log.len() > messages_max;
        while self.log.len() > messages_max {
            self.drop_oldest();
        }
        is_cut
    }

    /// Forgets the newest messages until no more than these are left. Returns whether there were any. What
    /// they have changed stays changed.
    pub fn keep_oldest(&mut self, messages_max: usize) -> bool {
        let is_cut = self.log.len() > messages_max;
        while self.log.len() > messages_max {
            if let Some((seq, Logged::Row(_))) = self.log.pop_last() {
                self.forget_changes_beyond(seq);
            }
        }
        is_cut
    }

    /// Takes note of what was said beyond the stretch in memory: nothing is added, but a message in memory may
    /// be changed by it, and one of ours is no longer on its way.
    pub fn apply_elsewhere(&mut self, event: &Event) {
        match event {
            Event::Message(message) => {
                self.see(&message.from);
                if self.mine.contains(&message.from.id) {
                    self.outgoing.retain(|one| one.outgoing.id != message.id);
                }
                if let Some((target, change)) = Change::of(message)
                    && matches!(self.log.get(&target), Some(Logged::Row(_)))
                {
                    self.changes.entry(target).or_default().insert(message.seq, change);
                    self.fold(target, Some(message.seq));
                }
            }
            Event::Sent { id, .. } => self.outgoing.retain(|one| one.outgoing.id != *id),
            other => self.apply(other),
        }
    }
}
