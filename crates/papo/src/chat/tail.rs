//! `papo tail`: prints what is said in a room, one message after the other, without gaps or repeats. Not here:
//! who comes and goes; that is for those who take part.

use papo_client::Profile;
use papo_client::event::Event;
use papo_client::session::Follow;
use papo_proto::{Message, Seq};

use super::line::{self, Scribe};
use super::link::{self, Happening, Link};
use super::words;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::settings::{Start, Tail};

/// How many kept messages are read at a time.
const KEPT_PAGE: usize = 1000;

/// Prints until there is nothing more to print.
pub(crate) fn run(asked: Tail) -> Result<(), Failure> {
    let profile = link::profile(&asked.client)?;
    let (follow, last) = match asked.start {
        Start::Now => (Follow::Live, None),
        Start::After(seq) => (Follow::After { epoch: None, seq }, Some(seq)),
    };
    let mut printing = Printing { left: asked.count, last, end: None, scribe: Scribe::new(), asked };
    if printing.asked.offline {
        return printing.print_kept(&profile);
    }
    let mut link = Link::start(&printing.asked.client, &profile, follow, None, true)?;
    while !printing.is_done() {
        match link.next(None) {
            Some(Happening::Event(Event::State(state))) => link.on_state(&state)?,
            Some(Happening::Event(event)) => printing.on_event(event)?,
            _ => break,
        }
    }
    link.leave();
    Ok(())
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
            Event::Joined { head, members, .. } => {
                self.scribe.see(members.iter().flatten());
                if !self.asked.follow {
                    // What was said since the first connection does not put off the end.
                    self.end.get_or_insert(head);
                }
                Ok(())
            }
            Event::Reset => {
                output::aside(&words::new_log());
                self.scribe.forget();
                (self.end, self.last) = (None, self.last.map(|_| Seq::ZERO));
                Ok(())
            }
            Event::Truncated { next, .. } => {
                output::aside(&words::truncated(next));
                self.last = self.last.map(|_| Seq::new(next.number().saturating_sub(1)));
                Ok(())
            }
            Event::Entered { members, .. } | Event::Renamed { members } => {
                self.scribe.see(&members);
                Ok(())
            }
            Event::Message(message) => self.print(message),
            _ => Ok(()),
        }
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
