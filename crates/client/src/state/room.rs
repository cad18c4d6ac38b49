//! A room: where it is, how it stands with the connection, what was said, who is there, what is being
//! written, and how far it was read. Not here: how it changes (`apply.rs`, `act.rs`).

use std::path::PathBuf;
use std::sync::Arc;

use papo_proto::invite::InviteSecret;
use papo_proto::{Address, Epoch, Fingerprint, Member, MemberId, Name, RoomName, Seq};
use serde::{Deserialize, Serialize};

use super::composer::Composer;
use super::moves::Moves;
use super::order::Standing;
use super::paging::Paging;
use super::presence::Presence;
use super::search::Search;
use super::settings::Notify;
use crate::error::ConnectError;
use crate::event::ConnectionState;
use crate::ignored::Ignored;
use crate::markup::{self, Block, Kind, Mention};
use crate::names::{Double, Doubles};
use crate::timeline::Timeline;

/// Which room, for as long as the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomId(pub(super) u32);

impl RoomId {
    /// A number that no other room of this run has; for the names of threads, and for what a surface
    /// remembers.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// Where a room is, and who one is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Place {
    /// Where the server is.
    #[serde(with = "super::memory::as_text")]
    pub address: Address,
    /// The room.
    pub room: RoomName,
    /// What one is called there.
    pub name: Name,
    /// The fingerprint in the invite, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// The secret in the invite, until one has come in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<InviteSecret>,
    /// The file with the server's certificate, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Where the invite says that the room is as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Address>,
}

impl Place {
    /// Whether both are the same room of the same server.
    pub fn is_same(&self, other: &Self) -> bool {
        self.address == other.address && self.room == other.room
    }
}

/// A room.
#[derive(Debug)]
pub struct Room {
    /// Which one it is.
    pub id: RoomId,
    /// Where it is.
    pub place: Place,
    /// How it stands with the connection.
    pub connection: ConnectionState,
    /// What was said, as far as it is in memory.
    pub timeline: Timeline,
    /// Which part of what was said that is.
    pub paging: Paging,
    /// Who is there.
    pub presence: Presence,
    /// Who has come and gone since the room is shown.
    pub moves: Vec<Moves>,
    /// How it stands with those who keep order.
    pub standing: Standing,
    /// What is being written.
    pub composer: Composer,
    /// What is being searched for.
    pub search: Option<Search>,
    /// The server that nothing is known of, while the person is asked about it.
    pub asked: Option<(Address, Fingerprint)>,
    /// The newest message that the room is known to have.
    pub head: Seq,
    /// The newest message that was read.
    pub read: Seq,
    /// The message at the upper edge of what the reader sees; none where that is the end.
    pub reading: Option<Seq>,
    /// The message before which the line of unread ones stands: it stays put while the room is shown.
    pub unread_line: Option<Seq>,
    /// How many messages have not been read.
    pub unread: u64,
    /// How many of them name or answer the person.
    pub mentions: u64,
    /// The message for the person that was gone to last, until they are back at the end.
    pub(super) mentioned: Option<Seq>,
    /// Where the view shall go.
    pub jump: Option<Jump>,
    /// Who has come and could be taken for somebody present, newest last, until the person has seen it.
    pub doubles: Vec<Double>,
    /// What a person should know of what was done last, until it is done again.
    pub trouble: Option<Trouble>,
    /// How it notifies, where that is not as the settings say.
    pub notify: Option<Notify>,
    /// Rises whenever the rows may be others.
    pub version: u64,
    /// Up to where the person has cleared what is shown, until the room is opened again.
    pub cleared: Option<Seq>,
    /// Whose messages are not shown.
    pub(super) ignored: Arc<Ignored>,
    /// The log that the places belong to.
    pub(super) epoch: Option<Epoch>,
    /// Up to where messages that come are not news: the room had them when it let us in.
    pub(super) news_after: Seq,
    pub(super) jumps: u64,
    /// Whom of them the person was told of.
    pub(super) doubles_told: Doubles,
}

/// A place that the view shall go to. Each has a number of its own, so that the same target can be asked
/// for twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// The number.
    pub serial: u64,
    /// Where to.
    pub target: Target,
}

/// Where a view can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// This message, to be pointed out.
    Message(Seq),
    /// Where the reader was, with this message at the upper edge.
    Place(Seq),
    /// The end.
    End,
}

/// What has gone wrong without ending anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server has refused something.
    Refused(papo_proto::Refusal),
    /// The room has begun anew: its earlier messages are gone.
    NewLog,
    /// The server no longer has what was said before this message.
    Truncated(Seq),
}

impl Room {
    pub(super) fn new(id: RoomId, place: Place, person: MemberId) -> Self {
        let you = Member { id: person, name: place.name.clone() };
        Self {
            id,
            place,
            connection: ConnectionState::Connecting,
            timeline: Timeline::new(you),
            paging: Paging::default(),
            presence: Presence::default(),
            moves: Vec::new(),
            standing: Standing::default(),
            composer: Composer::default(),
            search: None,
            asked: None,
            head: Seq::ZERO,
            read: Seq::ZERO,
            reading: None,
            unread_line: None,
            unread: 0,
            mentions: 0,
            mentioned: None,
            jump: None,
            doubles: Vec::new(),
            trouble: None,
            notify: None,
            version: 0,
            cleared: None,
            ignored: Arc::default(),
            epoch: None,
            news_after: Seq::ZERO,
            jumps: 0,
            doubles_told: Doubles::default(),
        }
    }

    /// Why there is no connection and none will be tried before the person has done something.
    pub fn stopped(&self) -> Option<&ConnectError> {
        match &self.connection {
            ConnectionState::Stopped { cause } => Some(cause),
            _ => None,
        }
    }

    /// Whether what is said now reaches the room at once.
    pub fn is_connected(&self) -> bool {
        matches!(self.connection, ConnectionState::Joined { .. })
    }

    /// The text of a message, where it has one.
    pub fn text_of(&self, seq: Seq) -> Option<&str> {
        match self.timeline.row(seq)?.content {
            crate::timeline::Content::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether a text names the person.
    pub fn names_us(&self, text: &str) -> bool {
        // Most messages name nobody, and reading one takes far longer than looking for a sign.
        text.contains('@')
            && markup::parse(text).iter().flat_map(Block::spans).any(|span| match &span.kind {
                Kind::Mention(mention) => self.is_us(mention),
                _ => false,
            })
    }

    /// Whether a mention means the person.
    pub fn is_us(&self, mention: &Mention) -> bool {
        let you = self.timeline.you();
        mention.is_of(you)
    }

    pub(super) fn go_to(&mut self, target: Target) {
        self.jumps += 1;
        self.jump = Some(Jump { serial: self.jumps, target });
    }

    pub(super) fn touch(&mut self) {
        self.version += 1;
    }

    /// The last message of ours that can be changed.
    pub(super) fn last_own(&self) -> Option<Seq> {
        let own = |row: &crate::timeline::Row<'_>| {
            row.is_own && matches!(row.content, crate::timeline::Content::Text { .. })
        };
        self.timeline.rows().rev().filter(own).find_map(|row| row.seq)
    }
}
