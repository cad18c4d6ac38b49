//! `papo join`: a visit line by line. It reads lines and says them, and prints what the room says; it works in
//! a terminal and in a pipe. Not here: what a line means (`commands`) and what a message looks like (`line`).

mod orders;
mod pointing;

use std::collections::{HashMap, VecDeque};
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use papo_client::event::{Command, ConnectionState, Event};
use papo_client::ignored::Ignored;
use papo_client::names::{Double, Doubles};
use papo_client::petnames::Petnames;
use papo_client::session::Follow;
use papo_client::store::Store;
use papo_proto::{Body, ErrorCode, Invite, InviteId, Member, Message, MessageId, Refusal, Seq};
use papo_words::t;
use terminal_size::{Height, Width, terminal_size};

use super::commands::{self, Typed};
use super::input::{self, Credit};
use super::line::{self, Scribe};
use super::link::{self, Happening, Link};
use super::presence::Presence;
use super::slowed::Slowed;
use super::typed::{self, TypedLine};
use super::words;
use crate::exit::{EXIT_INTERRUPTED, Exit, Failure};
use crate::output;
use crate::settings::Join;

/// How many acts `/audit` shows.
const ACTS_SHOWN: u32 = 50;

/// How long the end of the input waits for the room without any progress. Longer than the longest pause
/// between two attempts to connect (30 s) takes with its spread.
const LAST_WORDS_MAX: Duration = Duration::from_mins(1);

/// Visits the room until the input ends, the person leaves, or the server refuses.
pub(crate) fn run(asked: Join) -> Result<(), Failure> {
    let profile = link::profile(&asked.client)?;
    let local = |error: &dyn std::fmt::Display| Failure::local(error.to_string());
    let store = profile.store(&asked.client.address, &asked.client.room).map_err(|error| local(&error))?;
    let archive = profile.store(&asked.client.address, &asked.client.room).map_err(|error| local(&error))?;
    let waiting = store.outbox().map_err(|error| local(&error))?;
    if !waiting.is_empty() {
        output::aside(&words::resending(waiting.len()));
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
        .map_err(|error| Failure::new(Exit::Other, t!("cli-no-signals", cause = %error)))?;
    let text = |body: Body| body.text.unwrap_or_default();
    let mut visit = Visit {
        under_way: waiting.into_iter().map(|outgoing| (outgoing.id, text(outgoing.body))).collect(),
        asked,
        link,
        credit: None,
        you: None,
        scribe: Scribe::new(),
        petnames: profile.petnames(),
        ignored_file: profile.ignored(),
        archive,
        presence: Presence::default(),
        doubles: Doubles::default(),
        is_dialogue: output::is_dialogue(),
        oldest: None,
        log: Log::AsBefore,
        held: None,
        listing: false,
        invites: HashMap::new(),
        met: Vec::new(),
        seen_invites: Vec::new(),
        bounds: Some(Vec::new()),
        waiting_lines: VecDeque::new(),
        ending: None,
        leaving: false,
        slowed: Slowed::default(),
        failed: None,
    };
    visit.scribe.set_ignored(Ignored::read(&profile.ignored()).map_err(|error| local(&error))?);
    visit.scribe.set_petnames(Petnames::read(&visit.petnames).map_err(|error| local(&error))?);
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
    scribe: Scribe,
    /// Where it is kept what the person calls others.
    petnames: PathBuf,
    /// Where it is kept whose messages are not shown.
    ignored_file: PathBuf,
    /// What this computer has kept of the room, to be searched.
    archive: Store,
    presence: Presence,
    doubles: Doubles,
    /// Whether what is typed appears where messages are printed.
    is_dialogue: bool,
    /// The oldest message that was printed, where `/history` goes on.
    oldest: Option<Seq>,
    log: Log,
    /// What was said before the earlier messages came that are printed on entering.
    held: Option<Vec<Message>>,
    /// Whether the person has asked who is here.
    listing: bool,
    /// Our invites that the room does not have yet.
    invites: HashMap<InviteId, Invite>,
    /// Whom and which invites the room named when it was last asked how it stands.
    met: Vec<Member>,
    seen_invites: Vec<InviteId>,
    /// What the person was last told of what they may not do here; `None` while they have asked how the room stands.
    bounds: Option<Vec<String>>,
    /// What was said and is not known to be stored, with its text.
    under_way: HashMap<MessageId, String>,
    /// What was typed behind something that is under way and can be done only after it. No more than the lines that may be
    /// read ahead ([`input::LINES_UNDER_WAY_MAX`]), for none of them lets a further one be read.
    waiting_lines: VecDeque<TypedLine>,
    /// Until when the end of the input waits for what is under way.
    ending: Option<Instant>,
    /// Whether the person has asked to leave; what is typed after that is not meant for the room.
    leaving: bool,
    slowed: Slowed,
    /// The first message that the server has refused for good.
    failed: Option<Failure>,
}

/// Whether the room has the log that it had.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Log {
    #[default]
    AsBefore,
    /// It has another one, and it was not said yet where that goes on.
    Another,
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
            let is_done = self.under_way.is_empty() && self.held.is_none() && self.waiting_lines.is_empty();
            if self.ending.is_some() && is_done {
                break;
            }
            self.tell_who_stayed_away();
            let deadline = [self.ending, self.presence.settles_at()].into_iter().flatten().min();
            let goes = match self.link.next(deadline) {
                // Perhaps the person is being asked about the server: that thread cannot be waited for.
                Some(Happening::Interrupted) if !self.link.has_joined() => {
                    output::end_typed_line();
                    process::exit(EXIT_INTERRUPTED)
                }
                Some(Happening::Interrupted) => {
                    output::end_typed_line();
                    self.on_leave()
                }
                None if self.ending.is_some_and(|ending| ending <= Instant::now()) => Goes::Out,
                None => Goes::On,
                Some(Happening::Event(event)) => self.on_event(event)?,
                Some(Happening::Line(line)) => self.on_line(line),
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
        self.tell_not_done();
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
            Event::State(state) => return self.on_state(&state),
            Event::Joined { you, head, count, members, .. } => {
                self.on_joined(you, head, count, members.as_deref());
            }
            Event::Message(message) => self.on_message(message)?,
            Event::History { messages, more } => return self.on_history(&messages, more),
            Event::Sent { id, .. } => return Ok(self.on_settled(&id)),
            Event::Failed { id, refusal } => {
                let words = words::not_sent(&refusal, self.under_way.get(&id).map(String::as_str));
                output::words(&format!("* {words}"));
                self.failed.get_or_insert(Failure::new(Exit::Refused, words));
                return Ok(self.on_settled(&id));
            }
            Event::Refused(refusal) => {
                self.tell_refused(&refusal);
                if refusal.about.is_none() {
                    // Perhaps the earlier messages were refused; the live ones must not wait for them for ever.
                    return self.release();
                }
            }
            Event::Reset => {
                output::aside(&words::new_log());
                self.scribe.forget();
                self.oldest = None;
                self.log = Log::Another;
            }
            // In another log nothing is missing before it: what it has is asked for.
            Event::Truncated { .. } if std::mem::take(&mut self.log) == Log::Another => {}
            Event::Truncated { next, .. } => output::aside(&words::truncated(next)),
            Event::Access(access) => self.on_access(&access),
            Event::Audit { acts, .. } => {
                for act in &acts {
                    output::line(&self.scribe.message(act))?;
                }
            }
            presence => self.on_presence(presence),
        }
        Ok(Goes::On)
    }

    fn tell_refused(&mut self, refusal: &Refusal) {
        let is_slow = refusal.code == ErrorCode::TooFast;
        let seconds = refusal.retry_after.unwrap_or(1);
        if is_slow && !self.slowed.begins(Instant::now(), seconds) {
            return;
        }
        match self.under_way.len() {
            waiting @ 1.. if is_slow => output::words(&words::slowed(waiting, seconds)),
            _ => output::words(&words::refused(refusal)),
        }
    }

    fn on_state(&mut self, state: &ConnectionState) -> Result<Goes, Failure> {
        self.link.on_state(state)?;
        if self.link.is_connected() {
            return Ok(Goes::On);
        }
        self.presence.lost();
        Ok(self.wait_no_longer())
    }

    fn on_joined(&mut self, you: Member, head: Seq, count: u64, members: Option<&[Member]>) {
        let is_first = self.you.is_none();
        self.scribe.set_us(&you);
        let namesake = self.scribe.see(members.into_iter().flatten()).cloned();
        let news = self.presence.joined(&you.id, members, count, Instant::now());
        let others = members.into_iter().flatten().filter(|member| member.id != you.id);
        let others = self.sorted_names(others);
        self.you = Some(you);
        if is_first {
            output::aside(&words::joined(&self.asked.client.room, &self.own_name(), &others, count));
            self.ask_for_the_past(head);
            self.credit = Some(input::start(self.link.sender()));
        } else {
            if self.log == Log::Another {
                self.ask_for_the_past(head);
            }
            self.tell(&news, |names| words::came(names, count));
            self.tell_namesake(namesake.as_ref(), true);
            self.tell_doubles(&news, namesake.as_ref());
        }
    }

    /// Asks for the messages before the first live one; live ones wait, so that all are printed in order.
    fn ask_for_the_past(&mut self, head: Seq) {
        self.oldest = Some(head.next());
        if self.asked.earlier_len > 0 && head > Seq::ZERO {
            self.held = Some(Vec::new());
            let limit = self.asked.earlier_len;
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

    fn on_history(&mut self, messages: &[Message], more: bool) -> Result<Goes, Failure> {
        if self.held.is_none() {
            output::aside(&words::older(messages.len(), more));
        }
        if let Some(first) = messages.first() {
            self.oldest = Some(first.seq);
        }
        self.see_speakers(messages.iter().map(|message| &message.from));
        for message in messages {
            self.print(message)?;
        }
        self.release()
    }

    /// Prints what has waited for the earlier messages.
    fn release(&mut self) -> Result<Goes, Failure> {
        for message in self.held.take().unwrap_or_default() {
            self.print(&message)?;
        }
        Ok(self.go_on())
    }

    fn print(&mut self, message: &Message) -> Result<(), Failure> {
        self.see_speakers([&message.from]);
        let line = self.scribe.message(message);
        if self.scribe.ignored().has(&message.from.id) && message.body.act.is_none() {
            return Ok(());
        }
        output::line(&line)?;
        self.tell_invite(message);
        Ok(())
    }

    fn see_speakers<'a>(&mut self, members: impl IntoIterator<Item = &'a Member>) {
        let namesake = self.scribe.see(members);
        self.tell_namesake(namesake, false);
    }

    fn on_presence(&mut self, event: Event) {
        match event {
            Event::Members { members, count, .. } => {
                let namesake = self.scribe.see(&members);
                self.presence.listed(&members);
                if std::mem::take(&mut self.listing) {
                    output::aside(&words::here_and_more(&self.sorted_names(&members), count));
                }
                self.tell_namesake(namesake, true);
            }
            Event::Entered { members, count } => {
                let namesake = self.scribe.see(&members);
                let news = self.presence.entered(&members, count);
                self.tell(&news, |names| words::came(names, count));
                self.tell_namesake(namesake, true);
                self.tell_doubles(&news, namesake);
            }
            Event::Left { members, count } => {
                let news = self.presence.left(&members, count);
                self.tell(&news, |names| words::went(names, count));
            }
            Event::Renamed { members } => self.on_renamed(&members),
            Event::Count { count } => self.presence.counted(count),
            // Who is writing would only fill the lines.
            _ => {}
        }
    }

    fn on_renamed(&mut self, members: &[Member]) {
        let (us, others): (Vec<&Member>, Vec<&Member>) =
            members.iter().partition(|member| self.you.as_ref().is_some_and(|you| you.id == member.id));
        // What we are called ourselves was told when we said so.
        if let Some(&us) = us.first() {
            self.scribe.set_us(us);
            self.you = Some(us.clone());
        }
        let was = |member: &Member| match self.presence.known(&member.id) {
            Some(known) => self.scribe.who(known),
            None => format!("#{}", member.id.badge()),
        };
        let before: Vec<String> = others.iter().map(|member| was(member)).collect();
        let namesake = self.scribe.see(others.iter().copied());
        self.presence.listed(members);
        for (before, member) in before.iter().zip(others) {
            output::aside(&words::renamed(before, &self.scribe.who(member)));
        }
        self.tell_namesake(namesake, true);
        let is_other = |member: &&Member| self.you.as_ref().is_none_or(|you| you.id != member.id);
        let others: Vec<Member> = members.iter().filter(is_other).cloned().collect();
        self.tell_doubles(&others, namesake);
    }

    /// Tells who was here before a break and has had the time to come back since.
    fn tell_who_stayed_away(&mut self) {
        let gone = self.presence.settle(Instant::now());
        let count = self.presence.count();
        self.tell(&gone, |names| words::went(names, count));
    }

    /// Tells what these have done, if there are any.
    fn tell(&self, members: &[Member], words: impl Fn(&[String]) -> String) {
        let names: Vec<String> = members.iter().map(|member| self.scribe.who(member)).collect();
        if !names.is_empty() {
            output::aside(&words(&names));
        }
    }

    /// Tells that our own name no longer says who we are, if that is so because of somebody.
    fn tell_namesake(&self, namesake: Option<&Member>, is_here: bool) {
        if let Some(other) = namesake {
            let other = line::name_alone(&other.name);
            output::aside(&words::namesake(&self.own_name(), &other, is_here));
        }
    }

    /// Tells of those who have come, or are called otherwise, and could be taken for somebody here. `namesake` was
    /// told of already.
    fn tell_doubles(&mut self, newcomers: &[Member], namesake: Option<&Member>) {
        let present = self.presence.here().chain(&self.you);
        for Double { newcomer, present } in self.doubles.among(newcomers, present) {
            if namesake.is_none_or(|told| told.id != newcomer.id) {
                output::words(&words::double(&self.scribe.who(&newcomer), &self.scribe.who(&present)));
            }
        }
    }

    fn own_name(&self) -> String {
        self.you.as_ref().map(|you| self.scribe.who(you)).unwrap_or_default()
    }

    fn sorted_names<'a>(&self, members: impl IntoIterator<Item = &'a Member>) -> Vec<String> {
        let mut names: Vec<String> = members.into_iter().map(|member| self.scribe.who(member)).collect();
        names.sort_by_cached_key(|name| name.to_lowercase());
        names
    }

    fn on_line(&mut self, line: TypedLine) -> Goes {
        if self.waiting_lines.is_empty() {
            return self.do_line(line);
        }
        self.waiting_lines.push_back(line);
        Goes::On
    }

    fn do_line(&mut self, line: TypedLine) -> Goes {
        match commands::read(&line.text) {
            typed if self.leaving && typed != Typed::Command(commands::LEAVE) => return Goes::On,
            typed if self.waits(&typed) => self.waiting_lines.push_front(line),
            Typed::Nothing => self.give_credit(),
            Typed::Say(text) => return self.say(text, &line),
            Typed::Command(command) => return self.on_command(command),
            Typed::Wrong(why) => return self.on_bad_line(&why),
        }
        Goes::On
    }

    fn say(&mut self, text: String, line: &TypedLine) -> Goes {
        let body = Body::text(text.clone());
        if let Err(error) = body.to_json() {
            return self.on_bad_line(&error.to_string());
        }
        if self.link.is_connected() {
            self.erase(line);
        } else {
            self.link.tell_keeping();
        }
        let id = self.link.say(body);
        self.under_way.insert(id, text);
        Goes::On
    }

    /// Takes what was typed off the terminal: the room is about to show it, with time and name.
    fn erase(&self, line: &TypedLine) {
        if let Some((Width(columns), Height(rows))) = terminal_size().filter(|_| self.is_dialogue)
            && let Some(sequence) = typed::erasure(line, output::written_at(), columns, rows)
        {
            output::moves(&sequence);
        }
    }

    /// A line that cannot be sent is told; in a script it also is a failure in the end.
    fn on_bad_line(&mut self, why: &str) -> Goes {
        output::words(&words::bad_line(why));
        self.failed.get_or_insert_with(|| Failure::usage(words::lines_not_sent()));
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

    fn on_settled(&mut self, id: &MessageId) -> Goes {
        if self.under_way.remove(id).is_some() {
            self.give_credit();
            if !self.under_way.is_empty() {
                self.slowed.continues(Instant::now());
            }
        }
        if self.ending.is_some() {
            self.on_end();
        }
        self.go_on()
    }

    fn give_credit(&self) {
        self.credit.iter().for_each(Credit::give);
    }
}
