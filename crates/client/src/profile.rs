//! The folder in which a client keeps what is its own: key, known servers, outbox and history. Not here:
//! what a server keeps, and the configuration.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use papo_proto::{Address, RoomName};
use papo_words::{system, t};

use crate::identity::{Identity, IdentityError};
use crate::private_file;
use crate::store::{Store, StoreError};

/// The name of the folder inside the platform's folder for application data.
#[cfg(not(any(target_os = "macos", windows)))]
const BASE: (&str, &[&str]) = ("XDG_DATA_HOME", &[".local", "share"]);
#[cfg(target_os = "macos")]
const BASE: (&str, &[&str]) = ("", &["Library", "Application Support"]);
#[cfg(windows)]
const BASE: (&str, &[&str]) = ("APPDATA", &["AppData", "Roaming"]);

/// The name of the file with rooms, drafts and settings.
const MEMORY: &str = "surfaces.json";

/// A profile: one folder, which is there and belongs to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    folder: PathBuf,
}

impl Profile {
    /// The profile in this folder, or in the [default one](default_folder); the folder is made if it is
    /// not there, for its owner only.
    pub fn open(folder: Option<PathBuf>) -> Result<Self, ProfileError> {
        let folder = folder.or_else(default_folder).ok_or(ProfileError::NoHome)?;
        match private_file::make_folder(&folder) {
            Ok(()) => Ok(Self { folder }),
            Err(cause) => Err(ProfileError::Folder { folder, cause }),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The key that its owner is, made on first use.
    pub fn identity(&self) -> Result<Identity, IdentityError> {
        Identity::load_or_make(&self.folder)
    }

    /// Outbox and history of one room at one server.
    pub fn store(&self, address: &Address, room: &RoomName) -> Result<Store, StoreError> {
        Store::open(&self.folder, address, room)
    }

    /// What the surfaces remember ([`Memory`](crate::state::Memory)), as it was written last; `None` the first
    /// time.
    pub fn read_memory(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(self.folder.join(MEMORY)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps what the surfaces remember: the old text or the new one, whatever happens in between.
    pub fn write_memory(&self, text: &str) -> io::Result<()> {
        private_file::replace_whole(&self.folder.join(MEMORY), text.as_bytes())
    }

    /// The file of what its owner calls others.
    pub fn petnames(&self) -> PathBuf {
        self.folder.join("petnames")
    }

    /// The file of those whose messages its owner does not want to see.
    pub fn ignored(&self) -> PathBuf {
        self.folder.join("ignored")
    }

    /// The file of the servers whose keys have been accepted: a line `HOST:PORT FINGERPRINT` for each.
    pub fn known_servers(&self) -> PathBuf {
        self.folder.join("known_servers")
    }
}

/// Where a profile is if nobody says otherwise: `papo` in `$XDG_DATA_HOME` or `~/.local/share` (XDG Base
/// Directory Specification), in `~/Library/Application Support` on macOS, in `%APPDATA%` on Windows.
/// `None` where no home folder is known.
pub fn default_folder() -> Option<PathBuf> {
    folder_from(env::var_os(BASE.0).map(PathBuf::from), env::home_dir())
}

fn folder_from(named: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    // The specification says that a relative path in the variable is to be ignored.
    let base = named.filter(|path| path.is_absolute()).or_else(|| {
        let home = home.filter(|path| path.is_absolute())?;
        Some(BASE.1.iter().fold(home, |path, part| path.join(part)))
    })?;
    Some(base.join("papo"))
}

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No home folder is known.
    #[error("{}", t!("client-no-home"))]
    NoHome,
    /// The folder cannot be made.
    #[error("{}", t!("client-profile-folder", folder = %folder.display(), cause = system(cause)))]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_the_variables_then_the_homes_then_none() {
        let absolute = |name: &str| env::temp_dir().join(name);
        let in_home = BASE.1.iter().fold(absolute("home"), |path, part| path.join(part)).join("papo");
        for (named, home, expected) in [
            (Some(absolute("data")), Some(absolute("home")), Some(absolute("data").join("papo"))),
            (Some("relative".into()), Some(absolute("home")), Some(in_home.clone())),
            (None, Some(absolute("home")), Some(in_home)),
            (None, Some("relative".into()), None),
            (None, None, None),
        ] {
            assert_eq!(folder_from(named.clone(), home), expected, "{named:?}");
        }
    }
}
