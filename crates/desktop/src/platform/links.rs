//! Whether links that begin with `papo://` open this program, and that the menu of programs has it: for one person,
//! without any right on the system. Not here: how each system does it, and what is done with a link.

use std::path::{Path, PathBuf};

use papo_client::state::Links;
use papo_words::t;

#[cfg(target_os = "linux")]
use super::linux as system;

/// Other systems bind a link to a program by its installer: on macOS by the bundle's `Info.plist`, on Windows by the
/// registry. There is none yet.
#[cfg(not(target_os = "linux"))]
mod system {
    use std::path::{Path, PathBuf};

    use super::{Installed, LinksError};

    pub(super) fn install(_profile: Option<&Path>) -> Result<Installed, LinksError> {
        Err(LinksError::NotHere)
    }

    pub(super) fn remove() -> Result<Vec<PathBuf>, LinksError> {
        Err(LinksError::NotHere)
    }

    pub(super) fn is_installed() -> Option<bool> {
        None
    }
}

/// What was put where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Whether links go to this program from now on; else the system lacks what makes one program the usual one, and
    /// asks or takes the only one that it finds.
    pub is_usual: bool,
}

/// Why links do not open this program.
#[derive(Debug, thiserror::Error)]
pub enum LinksError {
    /// This system has no way that this version knows.
    #[error("{}", t!("window-links-not-here"))]
    NotHere,
    /// Nobody says where the person's files are.
    #[error("{}", t!("window-links-no-home"))]
    NoHome,
    /// Where this program is cannot be found out, or cannot be written into a file of the menu.
    #[error("{}", t!("window-links-no-program"))]
    NoProgram,
    /// A file cannot be written, read or taken away.
    #[error("{}", t!("window-links-file", file = %file.display(), cause = papo_words::system(cause)))]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
}

/// Puts this program into the menu, and has it open `papo://` links, with this profile if one is named.
///
/// # Errors
/// If this system has no way for it, or a file cannot be written.
pub fn install(profile: Option<&Path>) -> Result<Installed, LinksError> {
    system::install(profile)
}

/// Takes away what [`install`] has put there, and returns which files that were.
///
/// # Errors
/// If this system has no way for it, or a file cannot be taken away.
pub fn remove() -> Result<Vec<PathBuf>, LinksError> {
    system::remove()
}

/// How it stands now.
pub(crate) fn state() -> Links {
    match system::is_installed() {
        None => Links::NotHere,
        Some(true) => Links::Here,
        Some(false) => Links::No,
    }
}

/// Does what the person has asked for in the settings, and tells how it stands then.
pub(crate) fn change(wanted: bool, profile: Option<&Path>) -> Links {
    let done = if wanted { install(profile).map(drop) } else { remove().map(drop) };
    match done {
        Ok(()) => state(),
        Err(error) => Links::Failed(error.to_string()),
    }
}
