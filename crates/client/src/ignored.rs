//! Whose messages a person does not want to see. It belongs to a key, so that another name helps nobody round it, and
//! nobody else learns of it. Not here: leaving the messages out, which each surface does.
//!
//! They are a text file in the profile, an id on each line.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use papo_proto::MemberId;
use papo_words::{system, t};

use crate::private_file;

/// Those whose messages are not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignored(BTreeSet<MemberId>);

impl Ignored {
    /// Those in this file; nobody where there is no file. Lines of other kinds are passed over.
    pub fn read(path: &Path) -> Result<Self, IgnoredError> {
        match private_file::read_any(path) {
            Ok(bytes) => Ok(Self::of_text(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(cause) => Err(IgnoredError { path: path.to_owned(), cause }),
        }
    }

    /// Ignores somebody from now on, or no longer. What another program has changed in the file meanwhile is kept.
    /// Returns all of them as they are now.
    pub fn change(path: &Path, id: &MemberId, is_ignored: bool) -> Result<Self, IgnoredError> {
        let changed = Self::read(path)?.with(id, is_ignored);
        // A guest has another id the next time.
        let lasting = changed.0.iter().filter(|id| !id.is_guest());
        let text: String = lasting.flat_map(|id| [id.as_str(), "\n"]).collect();
        let written = private_file::replace_whole(path, text.as_bytes());
        written.map_err(|cause| IgnoredError { path: path.to_owned(), cause })?;
        Ok(changed)
    }

    /// The same, with this one in it or not.
    #[must_use]
    pub fn with(&self, id: &MemberId, is_ignored: bool) -> Self {
        let mut ids = self.0.clone();
        if is_ignored {
            ids.insert(id.clone());
        } else {
            ids.remove(id);
        }
        Self(ids)
    }

    /// Whether this one's messages are not to be shown.
    pub fn has(&self, id: &MemberId) -> bool {
        self.0.contains(id)
    }

    /// All of them.
    pub fn ids(&self) -> impl Iterator<Item = &MemberId> {
        self.0.iter()
    }

    fn of_text(text: &str) -> Self {
        Self(text.lines().filter_map(|line| MemberId::parse(line.trim()).ok()).collect())
    }
}

/// The file of those who are ignored cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}", t!("client-ignored-file", file = %path.display(), cause = system(cause)))]
pub struct IgnoredError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub cause: io::Error,
}

#[cfg(test)]
mod tests {
    use std::fs;

    use papo_proto::PublicKey;

    use super::*;

    #[test]
    fn who_is_ignored_stays_so_and_what_another_program_wrote_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ignored");
        let [ana, zoe] = [1, 2].map(|byte| MemberId::of_key(&PublicKey([byte; 32])));
        assert_eq!(Ignored::read(&path).unwrap(), Ignored::default());
        Ignored::change(&path, &ana, true).unwrap();
        fs::write(&path, format!("{}\n{}\nno id\n", ana.as_str(), zoe.as_str())).unwrap();
        let ignored = Ignored::change(&path, &ana, false).unwrap();
        assert!(ignored.has(&zoe) && !ignored.has(&ana));
        assert_eq!(Ignored::read(&path).unwrap(), ignored);
        assert_eq!(ignored.ids().count(), 1);
    }
}
