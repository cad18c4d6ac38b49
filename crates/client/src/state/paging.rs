//! Which part of a room's log is in memory: one stretch without a gap, that grows towards where the reader
//! goes and is cut at the other end. Not here: reading the messages.

use papo_proto::{Message, Seq};

use super::action::{Command, Page, Wanted};
use super::room::{Room, Target};
use crate::event::{self, Event};

/// How many messages of a room are in memory at most. A reader sees some thirty; this many make paging rare
/// and cost about a megabyte.
pub(super) const MESSAGES_IN_MEMORY_MAX: usize = 2_000;

/// How many messages are asked of the server at once.
const PAGE_LEN: u32 = 200;

/// Which part of the log is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Whether the stretch reaches the room's end, so that what comes is added to it.
    pub is_at_end: bool,
    /// Whether there is something older, as far as is known.
    pub has_older: bool,
    /// What was asked for and has not come yet.
    pub waits_for: Option<Wanted>,
    /// Whether the server is asked too.
    asks_server: bool,
    /// The message that the reader waits for.
    goal: Option<Target>,
    /// Where the reader was when the program ended, as long as they have not been brought back there.
    back_to: Option<Seq>,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            is_at_end: true,
            has_older: true,
            waits_for: None,
            asks_server: false,
            goal: None,
            back_to: None,
        }
    }
}

impl Room {
    /// Asks for messages unless something is asked for already.
    pub(super) fn want(&mut self, wanted: Wanted) -> Vec<Command> {
        if self.paging.waits_for.is_some() {
            return Vec::new();
        }
        self.paging.waits_for = Some(wanted);
        self.paging.asks_server = false;
        vec![Command::Load(self.id, wanted)]
    }

    pub(super) fn want_older(&mut self) -> Vec<Command> {
        match self.timeline.oldest() {
            Some(oldest) if self.paging.has_older => self.want(Wanted::Before(oldest)),
            _ => Vec::new(),
        }
    }

    pub(super) fn want_newer(&mut self) -> Vec<Command> {
        match self.timeline.newest() {
            Some(newest) if !self.paging.is_at_end => self.want(Wanted::After(newest)),
            None if !self.paging.is_at_end => self.want(Wanted::Newest),
            _ => Vec::new(),
        }
    }

    /// Goes to a message, wherever it is.
    pub(super) fn show(&mut self, seq: Seq) -> Vec<Command> {
        // Who goes there wants to see it.
        self.cleared.take_if(|floor| seq <= *floor);
        if self.timeline.row(seq).is_some() {
            self.go_to(Target::Message(seq));
            return Vec::new();
        }
        self.paging.goal = Some(Target::Message(seq));
        self.paging.waits_for = None;
        self.want(Wanted::Around(seq))
    }

    /// Reads the newest messages, and then those around the place where the reader was.
    pub(super) fn want_first(&mut self) -> Vec<Command> {
        self.paging.back_to = self.reading;
        self.want(Wanted::Newest)
    }

    /// Brings the reader back to where they were. Only to what this computer has kept: who was there, had it here.
    fn come_back(&mut self) -> Vec<Command> {
        let Some(seq) = self.paging.back_to.take() else { return Vec::new() };
        if self.timeline.row(seq).is_some() {
            self.go_to(Target::Place(seq));
            return Vec::new();
        }
        self.paging.goal = Some(Target::Place(seq));
        self.want(Wanted::Around(seq))
    }

    /// Goes to the room's end.
    pub(super) fn show_end(&mut self) -> Vec<Command> {
        self.go_to(Target::End);
        if self.paging.is_at_end {
            return Vec::new();
        }
        self.paging.goal = None;
        self.paging.waits_for = None;
        self.want(Wanted::Newest)
    }

    /// Takes messages that this computer has kept; where it has none, the server is asked.
    pub(super) fn take_page(&mut self, page: &Page) -> Vec<Command> {
        if self.paging.waits_for != Some(page.wanted) {
            return Vec::new();
        }
        let is_return = matches!(self.paging.goal, Some(Target::Place(_)));
        if page.messages.is_empty() && !is_return && self.ask_server(page.wanted) {
            return vec![self.history(page.wanted)];
        }
        self.paging.waits_for = None;
        self.take(page.wanted, &page.messages);
        self.after_page()
    }

    /// Takes messages that the server has told on request.
    pub(super) fn take_history(&mut self, messages: &[Message], more: bool) -> Vec<Command> {
        let Some(wanted) = self.paging.waits_for.take() else {
            return Vec::new();
        };
        self.paging.asks_server = false;
        self.take(wanted, messages);
        if !matches!(wanted, Wanted::After(_)) && !more {
            self.paging.has_older = false;
        }
        let mut commands = Vec::new();
        if let (Some(first), Some(last)) = (messages.first(), messages.last()) {
            // What has changed them was said later, and may be beyond what is in memory.
            commands.push(Command::LoadChanges(self.id, first.seq, last.seq));
        }
        commands.extend(self.after_page());
        commands
    }

    /// Asks again for what a lost connection or a refusal has left unanswered, when the reader asks again.
    pub(super) fn forget_request(&mut self) {
        if self.paging.asks_server {
            self.paging.waits_for = None;
            self.paging.asks_server = false;
        }
    }

    /// Takes a message that has just been said. Where the reader is far back, it is not added to what is in
    /// memory: it would leave a gap.
    pub(super) fn take_live(&mut self, event: &Event) {
        if self.paging.is_at_end {
            self.timeline.apply(event);
            self.paging.has_older |= self.timeline.keep_newest(MESSAGES_IN_MEMORY_MAX);
        } else {
            self.timeline.apply_elsewhere(event);
        }
    }

    fn ask_server(&mut self, wanted: Wanted) -> bool {
        let there_is_more = match wanted {
            Wanted::Newest => self.head > Seq::ZERO,
            Wanted::Before(seq) => seq.number() > 1 && self.paging.has_older,
            Wanted::After(seq) => seq < self.head,
            Wanted::Around(_) => true,
        };
        if !there_is_more && matches!(wanted, Wanted::Before(_)) {
            self.paging.has_older = false;
        }
        self.paging.asks_server = there_is_more;
        there_is_more
    }

    fn history(&self, wanted: Wanted) -> Command {
        let (before, after) = match wanted {
            Wanted::Newest => (Some(self.head.next()), None),
            Wanted::Before(seq) => (Some(seq), None),
            Wanted::After(seq) => (None, Some(seq)),
            Wanted::Around(seq) => (Some(Seq::new(seq.number() + u64::from(PAGE_LEN) / 2)), None),
        };
        Command::Tell(self.id, event::Command::History { before, after, limit: PAGE_LEN })
    }

    fn take(&mut self, wanted: Wanted, messages: &[Message]) {
        let (Some(first), Some(last)) = (messages.first(), messages.last()) else {
            if matches!(wanted, Wanted::After(_)) {
                self.paging.is_at_end = true;
            }
            return;
        };
        if !self.joins(first.seq, last.seq) {
            if matches!(wanted, Wanted::Before(_) | Wanted::After(_)) && self.timeline.newest().is_some() {
                // What was said meanwhile has cut off the end that this page was for; the reader asks again.
                return;
            }
            self.timeline.clear();
            self.paging.has_older = true;
            self.paging.is_at_end = false;
        }
        self.timeline.add(messages);
        match wanted {
            Wanted::Before(_) => {
                self.paging.is_at_end &= !self.timeline.keep_oldest(MESSAGES_IN_MEMORY_MAX);
            }
            _ => self.paging.has_older |= self.timeline.keep_newest(MESSAGES_IN_MEMORY_MAX),
        }
        self.head = self.head.max(last.seq);
        self.paging.is_at_end |= self.timeline.newest() >= Some(self.head);
        self.paging.has_older &= self.timeline.oldest().is_some_and(|oldest| oldest.number() > 1);
    }

    /// Whether a stretch touches the one in memory.
    fn joins(&self, first: Seq, last: Seq) -> bool {
        match (self.timeline.oldest(), self.timeline.newest()) {
            (Some(oldest), Some(newest)) => first <= newest.next() && oldest <= last.next(),
            _ => false,
        }
    }

    fn after_page(&mut self) -> Vec<Command> {
        if let Some(goal) = self.paging.goal.take()
            && let Target::Message(seq) | Target::Place(seq) = goal
            && self.timeline.row(seq).is_some()
        {
            self.go_to(goal);
        }
        let back = self.come_back();
        if !back.is_empty() {
            return back;
        }
        // What was said while the page was being read is in neither.
        let is_near_end = self
            .timeline
            .newest()
            .is_some_and(|newest| newest.number() + u64::from(PAGE_LEN) > self.head.number());
        if !self.paging.is_at_end && is_near_end { self.want_newer() } else { Vec::new() }
    }
}
