//! The configuration file as the window sees it: where it is, what is wrong with it, and what follows when it was read.
//! Not here: the file itself ([`crate::configuration`]).

use std::path::PathBuf;

use super::State;
use super::action::{Command, Dialog};
use super::room::Room;
use super::settings::Settings;
use crate::configuration::{Choices, Configured};

/// The file that the settings stand in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigurationFile {
    /// Where it is; nothing where settings are kept with the rooms.
    pub path: Option<PathBuf>,
    /// The same as people write it.
    pub shown: String,
    /// What is wrong with it, with the remedy; nothing is written into it while that is so.
    pub fault: Option<String>,
    /// What was wrong with the rest of it when the program began, which then went by nothing that stands there.
    pub rest: Option<String>,
    /// What it said when it could be read last.
    pub known: Choices,
    /// Whether the person has another name here than the file says, and none is written into it.
    pub is_name_apart: bool,
}

impl State {
    /// The person's choices, for the file.
    pub fn choices(&self) -> Choices {
        let name = (!self.configuration.is_name_apart).then(|| self.name.clone());
        Choices { settings: self.settings.clone(), name }
    }

    /// The settings that are kept with the rooms: all where there is no file, and where it has a fault what was chosen
    /// since it could be read. All the rest would be taken for the person's choice once the fault is gone.
    pub(super) fn settings_kept(&self) -> Option<Settings> {
        if self.configuration.path.is_none() {
            return Some(self.settings.clone());
        }
        self.configuration.fault.as_ref()?;
        let known = &self.configuration.known;
        let mut chosen = Choices::default();
        chosen.take_over(known, &self.choices());
        // Everybody is called something; a name that the file does not say is kept apart.
        chosen.name = chosen.name.filter(|_| known.name.is_some());
        (chosen != Choices::default()).then_some(chosen.settings)
    }

    /// Takes over what has changed in the file, or notes what is wrong with it.
    pub(super) fn on_configured(&mut self, configured: Result<Box<Configured>, String>) -> Vec<Command> {
        let Configured { before, now } = match configured {
            Ok(configured) => *configured,
            Err(fault) => {
                // Whoever has just been at the file is to know why nothing has changed.
                if self.configuration.fault.is_none() && self.dialog.is_none() {
                    self.dialog = Some(Dialog::Settings);
                }
                self.configuration.fault = Some(fault);
                return Vec::new();
            }
        };
        self.configuration.fault = None;
        self.configuration.known = now.clone();
        let mut choices = self.choices();
        choices.take_over(&before, &now);
        self.settings = choices.settings;
        if before.name != now.name
            && let Some(name) = choices.name.filter(|_| !self.configuration.is_name_apart)
        {
            self.start.name = name.to_string();
            self.name = name;
        }
        if !self.settings.moves_shown {
            self.rooms.iter_mut().for_each(Room::forget_moves);
        }
        vec![Command::Save]
    }

    pub(super) fn open_configuration_folder(&self) -> Vec<Command> {
        let folder = self.configuration.path.as_ref().and_then(|path| path.parent());
        folder.map_or_else(Vec::new, |folder| vec![Command::OpenFolder(folder.to_owned())])
    }
}
