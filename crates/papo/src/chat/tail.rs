//! `papo tail`: prints what is said in a room, one message after the other, without gaps or repeats. Not here:
//! who comes and goes; that is for those who take part.

use std::time::{Duration, Instant};

use papo_client::Profile;
use papo_client::event::{Command, Event};
use papo_client::session::Follow;
use papo_proto::{Message, Seq};

use super::line::{self, Scribe};
use super::link::{self, Happening, Link};
use super::words;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::settings::{Start, Tail};

/// How many messages are asked for at a time where the room has another log than before.
const REFILL_PAGE: u32 = 200;

/// How many kept messages are read at a time.
const KEPT_PAGE: usize = 1000;

/// Prints until there is nothing more to print.
pub(crate) fn run(asked: Tail) -> Result<(), Failure> {
    let profile = link::profile(&asked.client)?;
    let (follow, last) = match asked.start {
        Start::Now => (Follow::Live, None),
        Start::After(seq) => (Follow::After { epoch: None, seq }, Some(seq)),
    };
    let mut printing = Printing {
        left: asked.count,
        last,
        end: None,
        is_new_log: false,
        refill: Refill::default(),
        scribe: Scribe::new(),
        asked,
    };
    if printing.asked.offline {
        return printing.print_kept(&profile);
    }
    let mut link = Link::start(&printing.asked.client, &profile, follow, None, true)?;
    while !printing.is_done() {
        match link.next(printing.refill.again_at) {
            Some(Happening::Event(Event::State(state))) => link.on_state(&state)?,
            Some(Happening::Event(event)) => printing.on_event(event)?,
            None if printing.refill.again_at.is_some() => printing.refill.ask(),
            _ => break,
        }
        if let Some(after) = printing.refill.take_question() {
            link.command(Command::History { before: None, after: Some(after), limit: REFILL_PAGE });
        }
    }
    link.leave();
    Ok(())
}

/// A room that has another log than before, being printed from its beginning on.
#[derive(Default)]
struct Refill {
    /// The last message that was printed of it; nothing where the log is the one it was.
    after: Option<Seq>,
    /// The newest message known, with which live ones go on; nothing before it was said.
    to: Option<Seq>,
    /// Whether the next page should be asked for.
    is_due: bool,
    /// When to ask once more, where that was refused for a while.
    again_at: Option<Instant>,
}

impl Refill {
    fn ask(&mut self) {
        (self.is_due, self.again_at) = (true, None);
    }

    fn take_question(&mut self) -> Option<Seq> {
        std::mem::take(&mut self.is_due).then_some(self.after)?
    }

    /// Takes note of where the log ends, and asks for what it has.
    fn ends_at(&mut self, head: Seq) {
        if self.after.is_some() && self.to.is_none() {
            self.to = Some(head);
            self.ask();
            self.end_if_done();
        }
    }

    /// Live messages go on where everything before them was printed.
    fn end_if_done(&mut self) {
        if self.to.is_some_and(|to| self.after.is_some_and(|after| after >= to)) {
            *self = Self::default();
        }
    }
}

/// What is being printed.
struct Printing {
    asked: Tail,
    /// How many messages are still to be printed, where that was said.
    left: Option<u64>,
    /// The last message that was printed or is known to be gone.
    last: Option<Seq>,
    /// The message to end with, where only what is there was asked for.
    end: Option<Seq>,
    /// Whether the room has another log than before, and the server has not said yet where that goes on.
    is_new_log: bool,
    refill: Refill,
    scribe: Scribe,
}

impl Printing {
    fn is_done(&self) -> bool {
        let at_end = self.end.is_some_and(|end| self.last.is_none_or(|last| last >= end));
        at_end || self.left == Some(0)
    }

    /// Prints what earlier visits have kept of the room, from its oldest message on.
    fn print_kept(&mut self, profile: &Profile) -> Result<(), Failure> {
        let local = |error: &dyn std::fmt::Display| Failure::local(error.to_string());
        let client = &self.asked.client;
        let store = profile.store(&client.address, &client.room).map_err(|error| local(&error))?;
        let (mut pages, mut before) = (Vec::new(), None);
        loop {
            let page = store.page_before(before, KEPT_PAGE).map_err(|error| local(&error))?;
            let Some(oldest) = page.first() else { break };
            before = Some(oldest.seq);
            pages.push(page);
        }
        if pages.is_empty() {
            output::aside(&words::nothing_kept());
        }
        let kept = pages.into_iter().rev().flatten();
        for message in
            kept.filter(|message| self.last.is_none_or(|last| message.seq > last)).collect::<Vec<_>>()
        {
            self.print(message)?;
        }
        Ok(())
    }

    fn on_event(&mut self, event: Event) -> Result<(), Failure> {
        match event {
            Event::Joined { first, head, members, .. } => {
                self.scribe.see(members.iter().flatten());
                if !self.asked.follow {
                    // What was said since the first connection does not put off the end.
                    self.end.get_or_insert(head);
                }
                self.begin_refill(first, head);
                Ok(())
            }
            Event::Reset => {
                output::aside(&words::new_log());
                self.scribe.forget();
                self.is_new_log = true;
                self.end = None;
                let from = if let Start::After(seq) = self.asked.start { seq } else { Seq::ZERO };
                self.refill = Refill { after: Some(from), ..Refill::default() };
                self.last = self.last.map(|_| from);
                Ok(())
            }
            // Whoever begins at its beginning misses nothing.
            Event::Truncated { first, next } if std::mem::take(&mut self.is_new_log) => {
                self.begin_refill(first, Seq::new(next.number().saturating_sub(1)));
                Ok(())
            }
            Event::Truncated { next, .. } => {
                self.tell_truncated(next);
                Ok(())
            }
            Event::History { messages, .. } => self.on_history(messages),
            Event::Refused(refusal) if refusal.about.is_none() && self.refill.after.is_some() => {
                let wait = Duration::from_secs(refusal.retry_after.unwrap_or(1).into());
                self.refill.again_at = Some(Instant::now() + wait);
                Ok(())
            }
            Event::Entered { members, .. } | Event::Renamed { members } => {
                self.scribe.see(&members);
                Ok(())
            }
            // It is read in its turn.
            Event::Message(message) if self.refill.after.is_some() => {
                self.refill.to = self.refill.to.map(|to| to.max(message.seq));
                Ok(())
            }
            Event::Message(message) => self.print(message),
            _ => Ok(()),
        }
    }

    /// Another log begins and ends here: it is printed from where this began in the old one, or from its beginning.
    fn begin_refill(&mut self, first: Seq, head: Seq) {
        let Some(after) = self.refill.after.filter(|_| self.refill.to.is_none()) else { return };
        if after > head {
            // A place of the log before.
            self.refill.after = Some(Seq::ZERO);
            self.last = self.last.map(|_| Seq::ZERO);
        }
        self.refill.ends_at(head);
        if self.refill.after.is_some_and(|after| after.next() < first) {
            self.refill.after = Some(Seq::new(first.number().saturating_sub(1)));
            self.tell_truncated(first);
        }
    }

    fn tell_truncated(&mut self, next: Seq) {
        output::aside(&words::truncated(next));
        self.last = self.last.map(|_| Seq::new(next.number().saturating_sub(1)));
    }

    /// Prints a page of another log than before.
    fn on_history(&mut self, messages: Vec<Message>) -> Result<(), Failure> {
        let Some(after) = self.refill.after else { return Ok(()) };
        let is_empty = messages.is_empty();
        for message in messages.into_iter().filter(|message| message.seq > after) {
            self.refill.after = Some(message.seq);
            self.print(message)?;
        }
        if is_empty {
            // Nothing is there that could be asked for.
            self.refill.after = self.refill.to;
        }
        self.refill.ask();
        self.refill.end_if_done();
        Ok(())
    }

    fn print(&mut self, message: Message) -> Result<(), Failure> {
        if self.is_done() {
            return Ok(());
        }
        self.last = self.last.map(|_| message.seq);
        self.left = self.left.map(|left| left - 1);
        if self.asked.json {
            let json = line::json(message).map_err(|error| Failure::new(Exit::Other, error.to_string()))?;
            output::line(&json)
        } else {
            self.scribe.see([&message.from]);
            output::line(&self.scribe.message(&message))
        }
    }
}
