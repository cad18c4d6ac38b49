//! The state of a program that shows rooms side by side, and how it changes. It is pure: what happened and
//! what the person did go in ([`State::apply`], [`State::act`]), what has to be done outside comes out
//! ([`Command`]). No socket, no file, no clock, of randomness only the ids of messages, and nothing that draws: a window, a terminal and a test
//! drive the same state. Not here: the conversation with one server ([`crate::session`]).
//!
//! - `action.rs`: the three enums that are the whole interface.
//! - `act.rs` and `apply.rs`: what the person does, and what happens.
//! - `hosting.rs`: a room opened in this program, and the links that open the program.
//! - `pairing.rs`: one person on two devices.
//! - `complete.rs` and `emoji.rs`: how a draft may go on.
//! - `paste.rs`: a large text that was pasted.
//! - `typed.rs`: what a command that was typed does.
//! - `order.rs`: keeping order in a room; `moves.rs`: who has come and gone; `mentions.rs`: going through what is meant
//!   for the person.
//! - `room.rs`, `composer.rs`, `presence.rs`, `search.rs`: what a room is made of; `rows.rs`: its timeline
//!   as lines to be drawn.
//! - `settings.rs` and `memory.rs`: what outlives the program; `configured.rs`: the file that the settings stand in.

mod act;
mod action;
mod apply;
pub mod complete;
mod composer;
mod configured;
pub mod emoji;
mod hosting;
mod memory;
mod mentions;
mod moves;
mod order;
mod paging;
mod pairing;
pub mod paste;
mod presence;
mod room;
pub mod rows;
mod search;
mod settings;
mod typed;

use std::sync::Arc;

use papo_proto::{Address, Invite, MemberId, Name, NameError, RoomName};

use papo_proto::invite::InviteError;

use crate::ignored::Ignored;
use crate::petnames::Petnames;

pub use action::{Action, Command, Dialog, Happening, Notification, Page, Wanted};
pub use composer::{Composer, Mode, Problem};
pub use configured::ConfigurationFile;
pub use hosting::{Hosted, Hosting, Links, Opening, Reach};
pub use memory::{Memory, Panes, RoomMemory, WindowMemory};
pub use moves::Moves;
pub use order::{Denied, Standing};
pub use pairing::{Offering, Pair, Pairing, PairingOrder};
pub use presence::Presence;
pub use room::{Jump, Place, Room, RoomId, Target, Trouble};
pub use search::{Hit, Search};
pub use settings::{Clock, Notify, OnClose, QuietHours, Settings, TEXT_PERCENT, Theme};

/// Everything that a surface shows.
#[derive(Debug)]
pub struct State {
    /// The rooms, in the order in which they are listed.
    pub rooms: Vec<Room>,
    /// What fills the window.
    pub screen: Screen,
    /// What lies over it.
    pub dialog: Option<Dialog>,
    /// What the person has chosen.
    pub settings: Settings,
    /// The file that this stands in.
    pub configuration: ConfigurationFile,
    /// What the start screen holds.
    pub start: Start,
    /// The server that runs in this program.
    pub hosting: Hosting,
    /// What was opened here last.
    pub opening: Option<Opening>,
    /// Whether `papo://` links open this program.
    pub links: Links,
    /// How it stands with the key that goes to or comes from another device.
    pub pairing: Pairing,
    /// Whether the person looks at the window.
    pub is_focused: bool,
    /// Where the window was last.
    pub window: WindowMemory,
    /// What the person calls others.
    pub petnames: Arc<Petnames>,
    /// Whose messages are not shown.
    pub ignored: Arc<Ignored>,
    /// What the person is called in the rooms that are joined.
    name: Name,
    person: MemberId,
    next_room: u32,
}

/// What fills the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Joining, opening, and the rooms known from before.
    Start,
    /// This room.
    Room(RoomId),
}

/// The start screen's own state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// What the person wants to be called; suggested until it is changed.
    pub name: String,
    /// What stands in the field for invite or address.
    pub target: String,
    /// Why the last attempt to join was none.
    pub problem: Option<JoinProblem>,
    /// Rooms that were left, newest first.
    pub recent: Vec<Place>,
}

/// Why what was typed is no way into a room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinProblem {
    /// Neither an invite nor an address.
    #[error(transparent)]
    Target(#[from] InviteError),
    /// Nobody can be called so.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl State {
    /// The state that a memory describes, for the person of this key, who is called so until another name is
    /// chosen.
    pub fn new(memory: Memory, person: MemberId, name: &Name) -> Self {
        let mut settings = memory.settings.unwrap_or_default();
        if let Some(panes) = memory.panes {
            (settings.rooms_shown, settings.members_shown) = (panes.rooms, panes.members);
        }
        let mut state = Self {
            rooms: Vec::new(),
            screen: Screen::Start,
            dialog: None,
            settings,
            configuration: ConfigurationFile::default(),
            start: Start {
                name: memory.name.as_ref().unwrap_or(name).to_string(),
                target: String::new(),
                problem: None,
                recent: memory.recent,
            },
            hosting: Hosting::Off,
            opening: memory.opening,
            links: Links::default(),
            pairing: Pairing::Off,
            is_focused: true,
            window: memory.window,
            petnames: Arc::default(),
            ignored: Arc::default(),
            name: memory.name.clone().unwrap_or_else(|| name.clone()),
            person,
            next_room: 0,
        };
        for remembered in memory.rooms {
            state.add_remembered(remembered);
        }
        if let Some(room) = memory.current.and_then(|at| state.rooms.get(at)) {
            state.screen = Screen::Room(room.id);
        }
        state
    }

    /// Adds a room without showing it, or finds it where it is there already.
    pub fn add(&mut self, place: Place) -> RoomId {
        if let Some(known) = self.rooms.iter_mut().find(|room| room.place.is_same(&place)) {
            // A new invite may hold a newer key.
            known.place = place;
            return known.id;
        }
        let id = RoomId(self.next_room);
        self.next_room += 1;
        let mut room = Room::new(id, place, self.person.clone());
        room.timeline.set_petnames(Arc::clone(&self.petnames));
        room.ignored = Arc::clone(&self.ignored);
        self.rooms.push(room);
        id
    }

    /// What the person calls others, in every room.
    pub fn set_petnames(&mut self, petnames: Petnames) {
        self.petnames = Arc::new(petnames);
        for room in &mut self.rooms {
            room.timeline.set_petnames(Arc::clone(&self.petnames));
            room.touch();
        }
    }

    /// Whose messages are not shown, in any room.
    pub fn set_ignored(&mut self, ignored: Ignored) {
        self.ignored = Arc::new(ignored);
        for room in &mut self.rooms {
            room.ignored = Arc::clone(&self.ignored);
            room.count_unread();
            room.touch();
        }
    }

    /// A room.
    pub fn room(&self, id: RoomId) -> Option<&Room> {
        self.rooms.iter().find(|room| room.id == id)
    }

    /// The room that fills the window.
    pub fn current(&self) -> Option<&Room> {
        match self.screen {
            Screen::Room(id) => self.room(id),
            Screen::Start => None,
        }
    }

    /// How many messages nobody has read yet, in all rooms.
    pub fn unread(&self) -> u64 {
        self.rooms.iter().map(|room| room.unread).sum()
    }

    /// What has to outlive the program.
    pub fn memory(&self) -> Memory {
        let current = |id| self.rooms.iter().position(|room| room.id == id);
        Memory {
            name: Name::parse(&self.start.name).ok(),
            settings: self.settings_kept(),
            panes: Some(Panes { rooms: self.settings.rooms_shown, members: self.settings.members_shown }),
            current: match self.screen {
                Screen::Room(id) => current(id),
                Screen::Start => None,
            },
            recent: self.start.recent.clone(),
            opening: self.opening.clone(),
            window: self.window,
            rooms: self.rooms.iter().map(RoomMemory::of).collect(),
        }
    }

    pub(crate) fn room_mut(&mut self, id: RoomId) -> Option<&mut Room> {
        self.rooms.iter_mut().find(|room| room.id == id)
    }

    fn add_remembered(&mut self, remembered: RoomMemory) {
        let id = self.add(remembered.place);
        if let Some(room) = self.room_mut(id) {
            room.read = remembered.read;
            room.reading = remembered.reading;
            room.composer.draft = remembered.draft;
            room.notify = remembered.notify;
        }
    }
}

/// Reads what a person gives as the way into a room: an invite link, or an address with or without a port.
pub fn place_of(target: &str, room: Option<RoomName>, name: Name) -> Result<Place, InviteError> {
    let target = target.trim();
    let name_of_room = room;
    let mut place = Place {
        address: Address::default(),
        room: RoomName::default(),
        name,
        fingerprint: None,
        invite: None,
        ca_file: None,
        others: Vec::new(),
    };
    if target.contains("://") {
        let invite: Invite = target.parse()?;
        place = Place {
            address: invite.address,
            room: invite.room,
            fingerprint: Some(invite.fingerprint),
            invite: invite.secret,
            others: invite.others,
            ..place
        };
    } else if !target.is_empty() {
        place.address = target.parse()?;
    }
    place.room = name_of_room.unwrap_or(place.room);
    Ok(place)
}
