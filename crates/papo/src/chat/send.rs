//! `papo send`: says something and ends when the room's log has it. Not here: the outbox on disk; whoever runs
//! a script wants to know now, and a message that goes out some other day would surprise.

use std::collections::HashSet;
use std::io;
use std::time::Instant;

use papo_client::event::{ConnectionState, Event};
use papo_client::said::Said;
use papo_client::session::Follow;
use papo_proto::limits::BODY_BYTES_MAX;
use papo_proto::{Body, ErrorCode, MessageId, Refusal};

use super::input::{self, Credit};
use super::link::{self, Happening, Link};
use super::words;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::settings::Send;

/// Says what it was asked to.
pub(crate) fn run(asked: Send) -> Result<(), Failure> {
    // Read before connecting: a wrong text is told at once, and the room does not watch somebody type.
    let first = match (&asked.text, asked.lines) {
        (Some(text), _) => Some(body(text)?),
        (None, false) => Some(body(&whole_input()?)?),
        (None, true) => None,
    };
    let profile = link::profile(&asked.client)?;
    let may_ask = asked.text.is_some();
    let link = Link::start(&asked.client, &profile, Follow::Live, None, may_ask)?;
    let credit = asked.lines.then(|| input::start(link.sender()));
    let mut sending = Sending {
        link,
        credit,
        under_way: HashSet::new(),
        is_slowed: false,
        refused: None,
        bad_line: None,
        deadline: Instant::now() + asked.timeout,
        asked,
    };
    if let Some(body) = first {
        sending.say(body);
    }
    let result = sending.until_stored();
    sending.link.leave();
    result
}

fn whole_input() -> Result<String, Failure> {
    let read = input::read_all(io::stdin().lock(), BODY_BYTES_MAX);
    let text = read.map_err(|error| Failure::new(Exit::Other, words::input_unreadable(&error)))?;
    let text = text.map_err(Failure::usage)?;
    if text.trim().is_empty() { Err(Failure::usage(words::nothing_to_say())) } else { Ok(text) }
}

/// The body that says a text, if one can.
fn body(text: &str) -> Result<Body, Failure> {
    let body = Body::text(text);
    match body.to_json() {
        Ok(_) => Ok(body),
        Err(error) => Err(Failure::usage(error.said())),
    }
}

/// What is being sent.
struct Sending {
    asked: Send,
    link: Link,
    /// Where lines are read: what lets the reader go on, until the input has ended.
    credit: Option<Credit>,
    /// What was said and is not known to be stored.
    under_way: HashSet<MessageId>,
    /// Whether the person knows that the server takes this more slowly than it comes.
    is_slowed: bool,
    /// What the server last said about a message that it did not store yet.
    refused: Option<Refusal>,
    /// The line that could not be sent: no further one is read, and those before it are still waited for.
    bad_line: Option<Failure>,
    deadline: Instant,
}

impl Sending {
    /// Waits until everything is stored, or until that can no longer be expected.
    fn until_stored(&mut self) -> Result<(), Failure> {
        while self.credit.is_some() || !self.under_way.is_empty() {
            let Some(happening) = self.link.next(Some(self.deadline)) else {
                // Whoever types lines may take any time to think.
                if self.under_way.is_empty() && self.link.has_joined() {
                    self.extend();
                    continue;
                }
                return Err(self.timed_out());
            };
            match happening {
                Happening::Event(event) => self.on_event(event)?,
                Happening::Line(line) => self.on_line(&line.text),
                Happening::BadLine(why) => self.on_bad_line(Failure::usage(why)),
                Happening::InputEnded | Happening::Interrupted => self.credit = None,
            }
        }
        self.bad_line.take().map_or(Ok(()), Err)
    }

    fn on_event(&mut self, event: Event) -> Result<(), Failure> {
        match event {
            Event::State(state) => {
                if matches!(state, ConnectionState::Waiting { .. }) {
                    self.refused = None;
                }
                self.link.on_state(&state)
            }
            Event::Sent { id, .. } => {
                if self.under_way.remove(&id) {
                    self.refused = None;
                    self.extend();
                    self.credit.iter().for_each(Credit::give);
                }
                Ok(())
            }
            Event::Failed { refusal, .. } => {
                Err(Failure::new(Exit::Refused, words::not_sent(&refusal, None)))
            }
            Event::Refused(refusal) => {
                // That it is slowed is told once: it would be again and again for a long input.
                if refusal.code != ErrorCode::TooFast || !std::mem::replace(&mut self.is_slowed, true) {
                    output::words(&words::refused(&refusal));
                }
                if refusal.code == ErrorCode::LogFailed {
                    self.refused = Some(refusal);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn on_line(&mut self, line: &str) {
        if self.bad_line.is_some() {
            return;
        }
        if line.trim().is_empty() {
            self.credit.iter().for_each(Credit::give);
            return;
        }
        match body(line) {
            Ok(body) => self.say(body),
            Err(failure) => self.on_bad_line(failure),
        }
    }

    /// What stands behind a line that cannot be sent is not sent either: the order would have a hole.
    fn on_bad_line(&mut self, failure: Failure) {
        self.bad_line.get_or_insert(failure);
        self.credit = None;
    }

    fn say(&mut self, body: Body) {
        if self.under_way.is_empty() {
            self.extend();
        }
        self.under_way.insert(self.link.say(body));
    }

    fn extend(&mut self) {
        self.deadline = Instant::now() + self.asked.timeout;
    }

    fn timed_out(&self) -> Failure {
        if let Some(refusal) = &self.refused {
            return Failure::new(Exit::Refused, words::not_sent(refusal, None));
        }
        if !self.link.has_joined() {
            return Failure::new(Exit::NoConnection, words::timed_out_before_joining(self.asked.timeout));
        }
        Failure::new(Exit::Lost, words::timed_out_unknown(self.asked.timeout, self.under_way.len()))
    }
}
