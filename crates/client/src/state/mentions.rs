//! Going through the messages that are meant for the person, from the newest to the oldest: those that name them, and
//! answers to what they have said. Not here: counting those that nobody has read yet (`apply.rs`).

use std::sync::Arc;

use papo_proto::Seq;
use papo_words::t;

use super::action::Command;
use super::composer::Problem;
use super::room::Room;
use super::search::Hit;
use crate::markup::Mention;
use crate::timeline::{Content, Row};

/// The number of a search for mentions; those of what a person types begin with 1.
pub(super) const SERIAL: u64 = 0;

impl Room {
    /// Goes to the newest message for the person, each further time to the one before it, and behind the oldest one back
    /// to the room's end. What is not in memory is looked for in what this computer has kept.
    pub(super) fn next_mention(&mut self) -> Vec<Command> {
        let found = self.timeline.rows().rev().find(|row| self.is_further(row.seq) && self.is_for_us(row));
        // What is newer than what is in memory comes before it.
        let is_first = self.mentioned.is_some() || self.paging.is_at_end;
        if let Some(seq) = found.and_then(|row| row.seq).filter(|_| is_first) {
            return self.show_mention(seq);
        }
        if !self.paging.has_older && is_first {
            return self.no_more_mentions();
        }
        // What their word begins with, which the badge follows where there is one.
        let text = Arc::from(Mention::word(self.timeline.you(), false));
        vec![Command::Find { room: self.id, serial: SERIAL, text }]
    }

    /// Goes on to what was found in what this computer has kept.
    pub(super) fn on_mentions(&mut self, hits: &[Hit]) -> Vec<Command> {
        let is_for_us = |hit: &&Hit| {
            let is_seen = !self.timeline.is_ours(&hit.from.id) && !self.ignored.has(&hit.from.id);
            self.is_further(Some(hit.seq)) && is_seen && self.names_us(&hit.excerpt)
        };
        match hits.iter().find(is_for_us).map(|hit| hit.seq) {
            Some(seq) => self.show_mention(seq),
            None => self.no_more_mentions(),
        }
    }

    /// Whether a message lies behind the last one that was gone to.
    fn is_further(&self, seq: Option<Seq>) -> bool {
        seq.is_some_and(|seq| self.mentioned.is_none_or(|mentioned| seq < mentioned))
    }

    fn is_for_us(&self, row: &Row<'_>) -> bool {
        let Content::Text { text, .. } = row.content else { return false };
        let answers_us = || {
            let answered = row.reply.and_then(|seq| self.timeline.row(seq));
            answered.is_some_and(|answered| answered.is_own)
        };
        !row.is_own && !self.ignored.has(&row.from.id) && (answers_us() || self.names_us(text))
    }

    fn show_mention(&mut self, seq: Seq) -> Vec<Command> {
        self.mentioned = Some(seq);
        self.composer.problem = None;
        self.show(seq)
    }

    fn no_more_mentions(&mut self) -> Vec<Command> {
        let words = match self.mentioned.take() {
            Some(_) => t!("client-mentions-no-more"),
            None => t!("client-mentions-none"),
        };
        self.composer.problem = Some(Problem::Told(words));
        self.show_end()
    }
}
