//! A server in this program, and the links that open the program: what is asked for, and what follows when it is there.
//! Not here: the server, and what the system does with links.

use papo_proto::invite::InviteSecret;
use papo_proto::{Address, Invite, Name, RoomName};
use serde::{Deserialize, Serialize};

use super::action::{Command, Dialog};
use super::{Place, Room, Screen, State};

/// The server in this program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hosting {
    /// There is none.
    #[default]
    Off,
    /// It is being started.
    Starting,
    /// It runs.
    On(Box<Hosted>),
    /// It could not be started; the text names cause and remedy.
    Failed(String),
}

/// A server that runs in this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosted {
    /// Where this program reaches it, however others do.
    pub address: Address,
    /// What others need to come in.
    pub invite: Invite,
    /// What lets the person in who has opened it, as the room's owner, where the room has none yet.
    pub entry: Option<InviteSecret>,
    /// Who reaches it.
    pub reach: Reach,
    /// Whether it has the usual port: the invites of another one hold until it stops.
    pub has_usual_port: bool,
}

/// Who reaches a room that is opened here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Whoever is in the same network and has an invite.
    #[default]
    Network,
    /// Programs on this computer; these need no invite.
    ThisComputer,
}

/// A room that is to be opened here. Kept, so that it can be opened again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Opening {
    /// Its name.
    pub room: RoomName,
    /// Who reaches it.
    pub reach: Reach,
    /// The invite that others were given last: it is used again for as long as it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite: Option<InviteSecret>,
}

/// Whether `papo://` links open this program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// This system has no way that this version knows.
    #[default]
    NotHere,
    /// They do not.
    No,
    /// They do.
    Here,
    /// It could not be changed; the text names the cause.
    Failed(String),
}

impl State {
    /// Opens a room in this program.
    pub(super) fn open_here(&mut self, room: RoomName, reach: Reach) -> Vec<Command> {
        let known = self.opening.take().filter(|known| known.room == room);
        let opening = Opening { room, reach, invite: known.and_then(|known| known.invite) };
        self.opening = Some(opening.clone());
        self.hosting = Hosting::Starting;
        self.dialog = None;
        vec![Command::OpenHere(Box::new(opening))]
    }

    /// Whether this room's server runs in this program.
    pub fn is_hosted(&self, room: &Room) -> bool {
        matches!(&self.hosting, Hosting::On(hosted) if hosted.address == room.place.address)
    }

    /// Whether this room was opened in this program the last time and could be so again.
    pub fn can_open_again(&self, room: &Room) -> Option<&Opening> {
        let is_idle = matches!(self.hosting, Hosting::Off | Hosting::Failed(_));
        let is_here = room.place.address.host == Address::default().host;
        self.opening.as_ref().filter(|opening| is_idle && is_here && opening.room == room.place.room)
    }

    pub(super) fn on_hosting(&mut self, hosting: Hosting) -> Vec<Command> {
        self.hosting = hosting;
        let Hosting::On(hosted) = &self.hosting else { return Vec::new() };
        let hosted = hosted.as_ref().clone();
        if let Some(opening) = &mut self.opening {
            opening.invite = hosted.invite.secret;
        }
        let Ok(name) = Name::parse(&self.start.name) else { return vec![Command::Save] };
        let mut commands = self.enter(Place {
            address: hosted.address,
            room: hosted.invite.room,
            name,
            fingerprint: Some(hosted.invite.fingerprint),
            invite: hosted.entry,
            ca_file: None,
            others: Vec::new(),
        });
        if let Screen::Room(id) = self.screen {
            self.dialog = Some(Dialog::Invite(id));
        }
        commands.push(Command::Save);
        commands
    }

    /// Opens a link that was handed to the program. A link comes from anywhere: where it leads to a room that the person
    /// has joined, that is shown; else the person sees where it leads before anything is connected.
    pub(super) fn open(&mut self, link: &str) -> Vec<Command> {
        let link =
            link.strip_prefix("papo://").map_or_else(|| link.to_owned(), |rest| format!("https://{rest}"));
        self.dialog = None;
        if let Ok(invite) = link.parse::<Invite>() {
            let is_joined = |room: &&Room| {
                room.place.address == invite.address
                    && room.place.room == invite.room
                    && room.place.fingerprint.is_none_or(|known| known == invite.fingerprint)
                    && room.is_connected()
            };
            if let Some(id) = self.rooms.iter().find(is_joined).map(|room| room.id) {
                return self.show(id);
            }
        }
        self.start.target = link;
        self.start.problem = None;
        self.screen = Screen::Start;
        Vec::new()
    }
}
