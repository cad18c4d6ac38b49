//! Being one person on two devices: the key goes over by a code, and whoever has taken one is somebody else here from then
//! on. Not here: what is proven and sent ([`crate::pairing`]).

use std::net::IpAddr;
use std::path::PathBuf;

use papo_proto::{MemberId, Timestamp};
use papo_words::t;

use super::action::{Command, Dialog};
use super::{Screen, State};
use crate::pairing::{PairingCode, PairingError};

/// How it stands with the key that goes over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Pairing {
    /// Nothing was begun.
    #[default]
    Off,
    /// The code is being made.
    Preparing,
    /// The key waits here for another device.
    Offering(Offering),
    /// Another device has it.
    Given {
        /// Where that is.
        from: IpAddr,
        /// Who both are.
        member: MemberId,
    },
    /// The key of another device is being fetched.
    Taking,
    /// It is here.
    Taken {
        /// Who one is from now on.
        member: MemberId,
        /// Where the key is kept that was here before.
        old: Option<PathBuf>,
    },
    /// It was here already.
    Same(MemberId),
    /// It came to nothing; the text says why, and what helps.
    Failed {
        /// Whether the key was to go from here.
        is_offer: bool,
        /// Cause and remedy.
        text: String,
    },
}

/// A key that waits for another device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offering {
    /// What is typed there.
    pub code: PairingCode,
    /// Until when it holds.
    pub ends: Timestamp,
    /// Whether only programs on this computer reach it: there is no network.
    pub is_alone: bool,
    /// How many have come with another code.
    pub strangers: u32,
}

/// What the person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pair {
    /// Show a code for this device's key.
    Offer,
    /// Fetch the key that waits under what was typed.
    Take(String),
}

/// What has to be done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PairingOrder {
    /// Wait with the key.
    Offer,
    /// Fetch the key that waits under this code, in the place of this device's own.
    Take(PairingCode),
    /// Do neither any more.
    GiveUp,
    /// Be the person whose key was fetched.
    Become,
}

impl State {
    pub(super) fn pair(&mut self, asked: Pair) -> Vec<Command> {
        self.dialog = Some(Dialog::Pair);
        let order = match asked {
            Pair::Offer => {
                self.pairing = Pairing::Preparing;
                PairingOrder::Offer
            }
            Pair::Take(typed) => match self.may_take(&typed) {
                Ok(code) => {
                    self.pairing = Pairing::Taking;
                    PairingOrder::Take(code)
                }
                Err(text) => {
                    self.pairing = Pairing::Failed { is_offer: false, text };
                    return Vec::new();
                }
            },
        };
        vec![Command::Pair(order)]
    }

    /// The code, or why no key is taken. What is on its way may be stored already under the person of before: said again by
    /// the person of the new key, it would stand there twice.
    fn may_take(&self, typed: &str) -> Result<PairingCode, String> {
        match self.rooms.iter().find(|room| room.timeline.has_pending()) {
            Some(room) => Err(t!("client-pairing-unsent", room = %room.place.room)),
            None => typed.parse().map_err(|error: PairingError| error.to_string()),
        }
    }

    /// Ends what the person does not look at any more: a code that nobody sees must not give a key away.
    pub(super) fn end_unseen_pairing(&mut self) -> Vec<Command> {
        let is_unseen = self.dialog != Some(Dialog::Pair) && self.pairing != Pairing::Off;
        if !is_unseen {
            return Vec::new();
        }
        self.pairing = Pairing::Off;
        vec![Command::Pair(PairingOrder::GiveUp)]
    }

    pub(super) fn on_pairing(&mut self, pairing: Pairing) -> Vec<Command> {
        let is_waiting = matches!(self.pairing, Pairing::Preparing | Pairing::Offering(_) | Pairing::Taking);
        match &pairing {
            // A key that has gone over has done so, whatever was given up meanwhile.
            Pairing::Given { .. } | Pairing::Same(_) => {
                self.dialog = Some(Dialog::Pair);
                self.pairing = pairing;
                Vec::new()
            }
            Pairing::Taken { member, .. } => {
                let member = member.clone();
                self.pairing = pairing;
                self.become_person(member)
            }
            _ if is_waiting => {
                self.pairing = pairing;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Enters every room again as somebody else. The rooms are new ones to whoever answers late what was asked before.
    fn become_person(&mut self, person: MemberId) -> Vec<Command> {
        let memory = self.memory();
        let mut commands: Vec<Command> = self.rooms.iter().map(|room| Command::Disconnect(room.id)).collect();
        commands.push(Command::Pair(PairingOrder::Become));
        self.person = person;
        self.rooms.clear();
        for room in memory.rooms {
            self.add_remembered(room);
        }
        let shown = memory.current.and_then(|at| self.rooms.get(at)).map(|room| room.id);
        self.screen = shown.map_or(Screen::Start, Screen::Room);
        commands.extend(self.begin());
        self.dialog = Some(Dialog::Pair);
        commands.push(Command::Save);
        commands
    }
}
