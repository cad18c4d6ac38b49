//! What a reader of a room sees, made from what happened: the messages in order, with what was edited, taken
//! back or put under them later, and at the end what is still to be said. Every surface draws this. It is
//! pure, and it may be told things in any order and more than once. Not here: how it looks, and making
//! foreign text safe to show ([`crate::text`]). `vectors/timeline.json` holds cases for every
//! implementation.
//!
//! - `mod.rs`: what goes in, and the rows that come out.
//! - `fold.rs`: what edits, deletions and reactions make of a message.
//! - `stretch.rs`: for who has only a part of the room in memory.

mod fold;
mod stretch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use papo_proto::{Act, Body, Member, MemberId, Message, MessageId, Refusal, Seq, Timestamp};

use crate::event::{Event, Outgoing};
use crate::names::Names;
use crate::petnames::Petnames;

use fold::{Change, Shown};

pub use fold::{EMOJI_PER_MESSAGE_MAX, Reactions};

/// How many messages are kept, changes among them; from then on each new one drops the oldest, which can be
/// read again from the history.
pub const MESSAGES_KEPT_MAX: usize = 50_000;

/// What a reader of a room sees.
#[derive(Debug)]
pub struct Timeline {
    you: Member,
    /// Every id that we have had: a guest gets a new one with each connection.
    mine: Vec<MemberId>,
    log: BTreeMap<Seq, Logged>,
    /// What was said about a message, by the message and then by the place of what was said. It may be there
    /// before the message is.
    changes: BTreeMap<Seq, BTreeMap<Seq, Change>>,
    /// Places directly before which the server has nothing more.
    holes: BTreeSet<Seq>,
    outgoing: Vec<Unsettled>,
    names: Names,
    petnames: Arc<Petnames>,
}

/// A place of the log that is known here.
#[derive(Debug)]
enum Logged {
    /// A message with a row of its own.
    Row(Box<Kept>),
    /// It changes that other message.
    Change { target: Seq },
}

#[derive(Debug)]
struct Kept {
    message: Message,
    shown: Shown,
}

/// A message of ours that the room does not have yet.
#[derive(Debug)]
struct Unsettled {
    outgoing: Outgoing,
    said_at: Timestamp,
    refusal: Option<Refusal>,
}

/// One message as it is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its place; none before the room has it.
    pub seq: Option<Seq>,
    /// The sender's own id for it.
    pub id: &'a MessageId,
    /// When the server took it; before that, when it was said by our own clock.
    pub time: Timestamp,
    /// Who said it.
    pub from: &'a Member,
    /// Whether that is us.
    pub is_own: bool,
    /// What is said.
    pub content: Content<'a>,
    /// The message that it answers.
    pub reply: Option<Seq>,
    /// The emoji under it, in the order in which the first of each came.
    pub reactions: &'a [Reactions],
    /// Whether the room has it.
    pub delivery: Delivery<'a>,
    /// Whether a change of it by us is on its way.
    pub is_changing: bool,
    /// Whether messages between the row before and this one are missing here.
    pub gap_before: bool,
}

/// What a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// A text, as its sender last left it.
    Text {
        /// The text, as it came: not safe to show as it is.
        text: &'a str,
        /// Whether it was another one at first.
        edited: bool,
    },
    /// It was taken back.
    Deleted,
    /// A change of ours that has failed: a deletion or a reaction.
    Change(&'a Body),
    /// The room itself was changed, or could not be.
    Act(&'a Act),
    /// Something that this version cannot show.
    Unknown,
}

/// Whether the room has a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// The room has it.
    Stored,
    /// It is on its way, or waits for a connection.
    Pending,
    /// It cannot be said. [`Timeline::dismiss`] takes it away and gives it back.
    Failed(&'a Refusal),
}

impl Timeline {
    /// An empty timeline. Each `Joined` corrects `you`; a guest who has not joined yet takes any guest's id.
    pub fn new(you: Member) -> Self {
        let mut timeline = Self {
            mine: vec![you.id.clone()],
            you,
            log: BTreeMap::new(),
            changes: BTreeMap::new(),
            holes: BTreeSet::new(),
            outgoing: Vec::new(),
            names: Names::default(),
            petnames: Arc::default(),
        };
        timeline.see(&timeline.you.clone());
        timeline
    }

    /// Who we are.
    pub fn you(&self) -> &Member {
        &self.you
    }

    /// Takes note of what has happened.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Joined { you, members, .. } => {
                self.is_now(you);
                self.see_all(members.as_deref().unwrap_or_default());
            }
            Event::Message(message) => self.append(message),
            Event::History { messages, .. } => self.add_page(messages),
            Event::Sent { id, seq, time } => self.sent(id, *seq, *time),
            Event::Failed { id, refusal } => {
                if let Some(unsettled) = self.outgoing.iter_mut().find(|one| one.outgoing.id == *id) {
                    unsettled.refusal = Some(refusal.clone());
                }
            }
            Event::Truncated { next, .. } => {
                self.holes.insert(*next);
            }
            Event::Reset => {
                self.log.clear();
                self.changes.clear();
                self.holes.clear();
            }
            Event::Renamed { members } => {
                if let Some(you) = members.iter().find(|member| member.id == self.you.id) {
                    self.you = you.clone();
                }
                self.see_all(members);
            }
            Event::Entered { members, .. } | Event::Members { members, .. } | Event::Typing { members } => {
                self.see_all(members);
            }
            Event::State(_)
            | Event::Refused(_)
            | Event::Left { .. }
            | Event::Count { .. }
            | Event::Audit { .. }
            | Event::Access(_) => {}
        }
    }

    /// Shows a message of ours at once, as on its way. `now` is the time by our own clock.
    pub fn say(&mut self, outgoing: Outgoing, now: Timestamp) {
        self.outgoing.push(Unsettled { outgoing, said_at: now, refusal: None });
    }

    /// Takes away a message of ours that has failed, and gives it back, to be said anew or copied.
    pub fn dismiss(&mut self, id: &MessageId) -> Option<Outgoing> {
        let failed = |one: &Unsettled| one.outgoing.id == *id && one.refusal.is_some();
        let at = self.outgoing.iter().position(failed)?;
        Some(self.outgoing.remove(at).outgoing)
    }

    /// The rows from the oldest to the newest, then what is still to be said, in the order in which it was
    /// said. Made anew on each call; a surface takes those that it shows.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = Row<'_>> {
        let changing: BTreeSet<Seq> = self.outgoing.iter().filter_map(Unsettled::changing).collect();
        let stored = self.log.values().filter_map(move |logged| match logged {
            Logged::Row(kept) => {
                Some(Row { is_changing: changing.contains(&kept.message.seq), ..self.stored(kept) })
            }
            Logged::Change { .. } => None,
        });
        stored.chain(self.outgoing.iter().filter_map(|unsettled| self.unsettled(unsettled)))
    }

    /// The row of the message at this place, for showing what another one answers.
    pub fn row(&self, seq: Seq) -> Option<Row<'_>> {
        match self.log.get(&seq)? {
            Logged::Row(kept) => {
                let is_changing = self.outgoing.iter().any(|one| one.changing() == Some(seq));
                Some(Row { is_changing, ..self.stored(kept) })
            }
            Logged::Change { .. } => None,
        }
    }

    /// The `before` with which to ask for older messages: the beginning of what is known without a gap up to
    /// the newest. None where nothing is known yet, or there is nothing older.
    pub fn history_before(&self) -> Option<Seq> {
        let mut places = self.log.keys().rev().copied();
        let mut oldest = places.next()?;
        for place in places {
            if place.next() != oldest && !self.holes.contains(&oldest) {
                break;
            }
            oldest = place;
        }
        Some(oldest).filter(|seq| seq.number() > 1)
    }

    /// Whether a member could be taken for another one that is present or was seen here, so that the name
    /// alone does not say who it is. Whoever has a petname is known by that.
    pub fn needs_badge(&self, member: &Member) -> bool {
        self.petnames.of(&member.id).is_none()
            && (self.names.is_shared(&member.name) || self.petnames.is_mimicked_by(member))
    }

    /// What the reader calls others from now on.
    pub fn set_petnames(&mut self, petnames: Arc<Petnames>) {
        self.petnames = petnames;
    }

    /// What the reader calls others.
    pub fn petnames(&self) -> &Arc<Petnames> {
        &self.petnames
    }

    fn is_now(&mut self, you: &Member) {
        if !self.mine.contains(&you.id) {
            self.mine.push(you.id.clone());
        }
        self.you = you.clone();
        self.see(you);
    }

    fn see_all(&mut self, members: &[Member]) {
        members.iter().for_each(|member| self.see(member));
    }

    fn see(&mut self, member: &Member) {
        // With several ids we are still one.
        let id = if self.mine.contains(&member.id) { &self.mine[0] } else { &member.id };
        self.names.see_as(&member.name, id);
    }

    fn append(&mut self, message: &Message) {
        if let Some(target) = self.insert(message) {
            self.fold(target, Some(message.seq));
        }
        while self.log.len() > MESSAGES_KEPT_MAX {
            self.drop_oldest();
        }
    }

    fn add_page(&mut self, messages: &[Message]) {
        // Folded once at the end: a page may hold hundreds of reactions to one message.
        let targets: BTreeSet<Seq> = messages.iter().filter_map(|message| self.insert(message)).collect();
        targets.into_iter().for_each(|target| self.fold(target, None));
    }

    /// Adds a message that is not there yet. Returns the row that has to be folded anew.
    fn insert(&mut self, message: &Message) -> Option<Seq> {
        if self.mine.contains(&message.from.id) {
            self.outgoing.retain(|one| one.outgoing.id != message.id);
        }
        if self.log.contains_key(&message.seq) {
            return None;
        }
        self.see(&message.from);
        let Some((target, change)) = Change::of(message) else {
            let kept = Kept { message: message.clone(), shown: Shown::default() };
            self.log.insert(message.seq, Logged::Row(Box::new(kept)));
            return Some(message.seq);
        };
        self.log.insert(message.seq, Logged::Change { target });
        if target >= message.seq {
            // Nothing can be about what was said later: a server would not know who said that.
            return None;
        }
        self.changes.entry(target).or_default().insert(message.seq, change);
        Some(target)
    }

    /// Works out what is to be shown of a message. `newest` is the one change that is new, where that is known.
    fn fold(&mut self, target: Seq, newest: Option<Seq>) {
        let (Some(Logged::Row(kept)), Some(changes)) = (self.log.get_mut(&target), self.changes.get(&target))
        else {
            return;
        };
        kept.shown.fold(&kept.message.from.id, changes, newest);
        if kept.shown.is_deleted() {
            // What was taken back is not kept either, and nothing that follows can bring it back.
            kept.message.body = Body::default();
            self.changes.remove(&target);
        }
    }

    fn drop_oldest(&mut self) {
        match self.log.pop_first() {
            Some((seq, Logged::Change { target })) => {
                if let Some(changes) = self.changes.get_mut(&target) {
                    changes.remove(&seq);
                    if changes.is_empty() {
                        self.changes.remove(&target);
                    }
                }
            }
            Some((seq, Logged::Row(_))) => self.forget_changes_beyond(seq),
            None => {}
        }
        let first = self.log.keys().next().copied().unwrap_or_default();
        self.holes = self.holes.split_off(&first);
    }

    /// Forgets of a message that is no longer in memory what is not in memory itself and would never be forgotten.
    fn forget_changes_beyond(&mut self, target: Seq) {
        let Some(changes) = self.changes.get_mut(&target) else { return };
        changes.retain(|seq, _| self.log.contains_key(seq));
        if changes.is_empty() {
            self.changes.remove(&target);
        }
    }

    fn sent(&mut self, id: &MessageId, seq: Seq, time: Timestamp) {
        let Some(at) = self.outgoing.iter().position(|one| one.outgoing.id == *id) else {
            return;
        };
        let Outgoing { id, body } = self.outgoing.remove(at).outgoing;
        // It may have been said on an earlier connection whose messages are not shown here.
        self.add_page(&[Message { seq, time, from: self.you.clone(), id, body }]);
    }

    fn stored<'a>(&'a self, kept: &'a Kept) -> Row<'a> {
        let Kept { message, shown } = kept;
        let content = match (shown.text(), &message.body.text) {
            _ if shown.is_deleted() => Content::Deleted,
            (Some(text), _) => Content::Text { text, edited: true },
            (None, Some(text)) => Content::Text { text, edited: false },
            (None, None) => message.body.act.as_deref().map_or(Content::Unknown, Content::Act),
        };
        Row {
            seq: Some(message.seq),
            id: &message.id,
            time: message.time,
            from: &message.from,
            is_own: self.mine.contains(&message.from.id),
            content,
            reply: message.body.reply,
            reactions: shown.reactions(),
            delivery: Delivery::Stored,
            is_changing: false,
            gap_before: self.is_gap_before(message.seq),
        }
    }

    fn is_gap_before(&self, seq: Seq) -> bool {
        let mut next = seq;
        for (&place, logged) in self.log.range(..seq).rev() {
            if place.next() != next {
                return true;
            }
            if matches!(logged, Logged::Row(_)) {
                return false;
            }
            next = place;
        }
        false
    }

    /// Whether something that was said is still on its way, so that nobody knows whether the room has it.
    pub fn has_pending(&self) -> bool {
        self.outgoing.iter().any(|one| one.refusal.is_none())
    }

    /// The row of a message of ours that the room does not have; a change shows only once it has failed.
    fn unsettled<'a>(&'a self, unsettled: &'a Unsettled) -> Option<Row<'a>> {
        let Outgoing { id, body } = &unsettled.outgoing;
        let delivery = match &unsettled.refusal {
            Some(refusal) => Delivery::Failed(refusal),
            // What changes a row or the room shows once it is done.
            None if unsettled.changing().is_some() || body.act.is_some() => return None,
            None => Delivery::Pending,
        };
        let content = match &body.text {
            Some(text) => Content::Text { text, edited: body.edit.is_some() },
            None => body.act.as_deref().map_or(Content::Change(body), Content::Act),
        };
        Some(Row {
            seq: None,
            id,
            time: unsettled.said_at,
            from: &self.you,
            is_own: true,
            content,
            reply: body.reply,
            reactions: &[],
            delivery,
            is_changing: false,
            gap_before: false,
        })
    }
}

impl Unsettled {
    /// The message that this one will change, unless it has failed.
    fn changing(&self) -> Option<Seq> {
        if self.refusal.is_some() { None } else { fold::target_of(&self.outgoing.body) }
    }
}
