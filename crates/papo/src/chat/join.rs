//! `papo join`: a visit line by line. It reads lines and says them, and prints what the room says; it works in
//! a terminal and in a pipe. Not here: what a line means (`commands`) and what a message looks like (`line`).

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use papo_client::event::{Command, ConnectionState, Event};
use papo_client::names::Names;
use papo_client::session::Follow;
use papo_client::text::for_terminal_line;
use papo_proto::{Body, Member, Message, MessageId, Name, Seq};

use super::commands::{self, Typed};
use super::input::{self, Credit};
use super::line::{self, Clock};
use super::link::{self, Happening, Link};
use super::words;
use crate::exit::{EXIT_INTERRUPTED, Exit, Failure};
use crate::output;
use crate::settings::Join;

/// How long the end of the input waits for the room without any progress. Longer than the longest pause
/// between two attempts to connect (30 s) takes with its spread.
const LAST_WORDS_MAX: Duration = Duration::from_mins(1);

/// Visits the room until the input ends, the person leaves, or the server refuses.
pub(crate) fn run(asked: Join) -> Result<(), Failure> {
    let profile = link::profile(&asked.client)?;
    let local = |error: &dyn std::fmt::Display| Failure::local(error.to_string());
    let store = profile.store(&asked.client.address, &asked.client.room).map_err(|error| local(&error))?;
    let waiting = store.outbox().map_err(|error| local(&error))?;
    if !waiting.is_empty() {
        output::words(&words::resending(waiting.len()));
    }
    let link = Link::start(&asked.client, &profile, Follow::Live, Some(store), true)?;
    let interrupted = link.sender();
    let asked_before = AtomicBool::new(false);
    let on_signal = move || {
        let asked_before = asked_before.swap(true, Ordering::SeqCst);
        // A second one, or a visit so busy that it does not even take the first one, ends at once.
        if asked_before || interrupted.try_send(Happening::Interrupted).is_err() {
            process::exit(EXIT_INTERRUPTED);
        }
    };
    ctrlc::set_handler(on_signal)
        .map_err(|error| Failure::new(Exit::Other, format!("signals cannot be received: {error}")))?;
    let text = |body: Body| body.text.unwrap_or_default();
    let mut visit = Visit {
        under_way: waiting.into_iter().map(|outgoing| (outgoing.id, text(outgoing.body))).collect(),
        asked,
        link,
        credit: None,
        you: None,
        names: Names::default(),
        clock: Clock::system(),
        oldest: None,
        held: None,
        listing: false,
        ending: None,
        leaving: false,
        failed: None,
    };
    let result = visit.until_left();
    visit.link.leave();
    result
}

/// A visit.
struct Visit {
    asked: Join,
    link: Link,
    /// Lets the input go on; `None` before the room is entered: until then a person may be asked something.
    credit: Option<Credit>,
    /// Who we are in the room.
    you: Option<Member>,
    names: Names,
    clock: Clock,
    /// The oldest message that was printed, where `/history` goes on.
    oldest: Option<Seq>,
    /// What was said before the earlier messages came that are printed on entering.
    held: Option<Vec<Message>>,
    /// Whether the person has asked who is here.
    listing: bool,
    /// What was said and is not known to be stored, with its text.
    under_way: HashMap<MessageId, String>,
    /// Until when the end of the input waits for what is under way.
    ending: Option<Instant>,
    /// Whether the person has asked to leave; what is typed after that is not meant for the room.
    leaving: bool,
    /// The first message that the server has refused for good.
    failed: Option<Failure>,
}

/// Whether the visit goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goes {
    On,
    Out,
}

impl Visit {
    fn until_left(&mut self) -> Result<(), Failure> {
        loop {
            if self.ending.is_some() && self.under_way.is_empty() && self.held.is_none() {
                break;
            }
            let goes = match self.link.next(self.ending) {
                // Perhaps the person is being asked about the server: that thread cannot be waited for.
                Some(Happening::Interrupted) if !self.link.has_joined() => process::exit(EXIT_INTERRUPTED),
                Some(Happening::Interrupted) => self.on_leave(),
                None => Goes::Out,
                Some(Happening::Event(event)) => self.on_event(event)?,
                Some(Happening::Line(line)) => self.on_line(&line),
                Some(Happening::BadLine(why)) => self.on_bad_line(&why),
                Some(Happening::InputEnded) => self.on_end(),
            };
            if goes == Goes::Out {
                break;
            }
        }
        self.outcome()
    }

    /// How the visit went. A person at a terminal has read of refusals already; a script needs the exit code.
    fn outcome(&mut self) -> Result<(), Failure> {
        if !self.under_way.is_empty() {
            return Err(Failure::new(Exit::Lost, words::kept(self.under_way.len())));
        }
        match self.failed.take() {
            Some(failed) if !io::stdin().is_terminal() => Err(failed),
            _ => Ok(()),
        }
    }

    fn on_event(&mut self, event: Event) -> Result<Goes, Failure> {
        match event {
            Event::State(ConnectionState::Left) => return Ok(Goes::Out),
            Event::State(state) => self.link.on_state(&state)?,
            Event::Joined { you, head, count, members, .. } => self.on_joined(you, head, count, members),
            Event::Message(message) => self.on_message(message)?,
            Event::History { messages, more } => self.on_history(&messages, more)?,
            Event::Sent { id, .. } => self.on_settled(&id),
            Event::Failed { id, refusal } => {
                let words = words::not_sent(&refusal, self.under_way.get(&id).map(String::as_str));
                output::words(&format!("* {words}"));
                self.failed.get_or_insert(Failure::new(Exit::Refused, words));
                self.on_settled(&id);
            }
            Event::Refused(refusal) => {
                output::words(&words::refused(&refusal));
                if refusal.about.is_none() {
                    // Perhaps the earlier messages were refused; the live ones must not wait for them for ever.
                    self.release()?;
                }
            }
            Event::Reset => {
                output::words(words::NEW_LOG);
                self.oldest = None;
            }
            Event::Truncated { next, .. } => output::words(&words::truncated(next)),
            presence => self.on_presence(presence),
        }
        Ok(Goes::On)
    }

    fn on_joined(&mut self, you: Member, head: Seq, count: u64, members: Option<Vec<Member>>) {
        self.names.see(members.iter().flatten());
        self.names.see([&you]);
        if self.you.is_none() {
            let name = line::who(&you, &self.names);
            let client = &self.asked.client;
            output::words(&words::joined(&client.room, &client.address, &name, count));
            self.tell_who(&members.unwrap_or_default(), count);
            self.ask_for_the_past(head);
            self.credit = Some(input::start(self.link.sender()));
        }
        self.you = Some(you);
    }

    /// Asks for the messages before the first live one; live ones wait, so that all are printed in order.
    fn ask_for_the_past(&mut self, head: Seq) {
        self.oldest = Some(head.next());
        if self.asked.history_len > 0 && head > Seq::ZERO {
            self.held = Some(Vec::new());
            let limit = self.asked.history_len;
            self.link.command(Command::History { before: Some(head.next()), after: None, limit });
        }
    }

    fn on_message(&mut self, message: Message) -> Result<(), Failure> {
        match &mut self.held {
            Some(held) => held.push(message),
            None => self.print(&message)?,
        }
        Ok(())
    }

    fn on_history(&mut self, messages: &[Message], more: bool) -> Result<(), Failure> {
        if self.held.is_none() {
            output::words(&words::older(messages.len(), more));
        }
        if let Some(first) = messages.first() {
            self.oldest = Some(first.seq);
        }
        self.names.see(messages.iter().map(|message| &message.from));
        for message in messages {
            self.print(message)?;
        }
        self.release()
    }

    /// Prints what has waited for the earlier messages.
    fn release(&mut self) -> Result<(), Failure> {
        for message in self.held.take().unwrap_or_default() {
            self.print(&message)?;
        }
        Ok(())
    }

    fn print(&mut self, message: &Message) -> Result<(), Failure> {
        self.names.see([&message.from]);
        output::line(&line::message(message, &self.names, &self.clock))
    }

    fn on_presence(&mut self, event: Event) {
        match event {
            Event::Members { members, count, .. } => {
                self.names.see(&members);
                if std::mem::take(&mut self.listing) {
                    self.tell_who(&members, count);
                }
            }
            Event::Entered { members, count } => {
                self.names.see(&members);
                self.tell_others(&members, |names| words::came(names, count));
            }
            Event::Left { members, count } => self.tell_others(&members, |names| words::went(names, count)),
            Event::Renamed { members } => {
                self.names.see(&members);
                // What we are called ourselves was told when we said so.
                let us = self.you.as_ref().map(|you| &you.id);
                for member in members.iter().filter(|member| Some(&member.id) != us) {
                    output::words(&words::renamed(member.id.badge(), &line::who(member, &self.names)));
                }
            }
            // Who is writing, and the mere number of those in a large room, would only fill the lines.
            _ => {}
        }
    }

    /// Tells what others have done; our own coming and going is no news to us.
    fn tell_others(&self, members: &[Member], words: impl Fn(&[String]) -> String) {
        let us = self.you.as_ref().map(|you| &you.id);
        let others = members.iter().filter(|member| Some(&member.id) != us);
        let names: Vec<String> = others.map(|member| line::who(member, &self.names)).collect();
        if !names.is_empty() {
            output::words(&words(&names));
        }
    }

    fn tell_who(&self, members: &[Member], count: u64) {
        let names: Vec<String> = members.iter().map(|member| line::who(member, &self.names)).collect();
        if !names.is_empty() {
            output::words(&words::here_and_more(&names, count));
        }
    }

    fn on_line(&mut self, line: &str) -> Goes {
        match commands::read(line) {
            typed if self.leaving && typed != Typed::Leave => return Goes::On,
            Typed::Say(text) => return self.say(text),
            Typed::Nothing => {}
            Typed::Help => output::words(words::HELP),
            Typed::Leave => return self.on_leave(),
            Typed::Rename(name) => self.rename(name),
            Typed::Who => {
                self.listing = true;
                self.link.command(Command::Members { after: None });
            }
            Typed::History(limit) => {
                self.link.command(Command::History { before: self.oldest, after: None, limit });
            }
            Typed::Unknown(command) => return self.on_bad_line(&words::unknown_command(&command)),
            Typed::Wrong(why) => return self.on_bad_line(&why),
        }
        self.give_credit();
        Goes::On
    }

    fn rename(&mut self, name: Name) {
        output::words(&words::you_are(&for_terminal_line(name.as_str())));
        self.link.command(Command::Rename(name));
    }

    fn say(&mut self, text: String) -> Goes {
        let body = Body::text(text.clone());
        if let Err(error) = body.to_json() {
            return self.on_bad_line(&error.to_string());
        }
        let id = self.link.say(body);
        self.under_way.insert(id, text);
        Goes::On
    }

    /// A line that cannot be sent is told; in a script it also is a failure in the end.
    fn on_bad_line(&mut self, why: &str) -> Goes {
        output::words(&words::bad_line(why));
        self.failed.get_or_insert_with(|| Failure::usage(words::LINES_NOT_SENT));
        self.give_credit();
        Goes::On
    }

    /// Leaves when the room has what was said; at once where that takes a connection which is not there, or
    /// where the person insists.
    fn on_leave(&mut self) -> Goes {
        if self.leaving || self.under_way.is_empty() || !self.link.is_connected() {
            return Goes::Out;
        }
        self.leaving = true;
        self.on_end()
    }

    fn on_end(&mut self) -> Goes {
        self.ending = Some(Instant::now() + LAST_WORDS_MAX);
        Goes::On
    }

    fn on_settled(&mut self, id: &MessageId) {
        if self.under_way.remove(id).is_some() {
            self.give_credit();
        }
        if self.ending.is_some() {
            self.on_end();
        }
    }

    fn give_credit(&self) {
        self.credit.iter().for_each(Credit::give);
    }
}
