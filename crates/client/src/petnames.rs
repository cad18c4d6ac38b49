//! What one calls others oneself, whatever they call themselves: *petnames*, as the field has it since Stiegler's
//! *Petname Systems* (2005). A petname belongs to a key, so nobody can take it over, and nobody else learns of it. Not
//! here: the names that people give themselves ([`crate::names`]), and how a surface shows both.
//!
//! They are a text file in the profile, a line `ID NAME` for each.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use papo_proto::{Member, MemberId, Name};
use papo_words::{system, t};

use crate::names::look;
use crate::private_file;

/// The names that the person has given to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Petnames {
    names: BTreeMap<MemberId, Name>,
    /// Whose name looks like this.
    looks: BTreeMap<String, MemberId>,
}

impl Petnames {
    /// The names in this file; none where there is no file. Lines of other kinds are passed over.
    pub fn read(path: &Path) -> Result<Self, PetnamesError> {
        Ok(Self::of_text(&read(path)?))
    }

    /// Calls somebody so from now on, or, without a name, as they call themselves. What another program has changed
    /// in the file meanwhile is kept. Returns the names as they are now.
    pub fn call(path: &Path, id: &MemberId, name: Option<&Name>) -> Result<Self, PetnamesError> {
        if id.is_guest() {
            return Err(PetnamesError::Guest);
        }
        let text = read(path)?;
        let known = Self::of_text(&text);
        if let Some(name) = name
            && let Some(other) = known.looks.get(&look(name)).filter(|other| *other != id)
        {
            return Err(PetnamesError::Taken { name: name.clone(), badge: other.badge().to_owned() });
        }
        let is_other = |line: &&str| line.split_whitespace().next() != Some(id.as_str());
        let mut text: String = text.lines().filter(is_other).flat_map(|line| [line, "\n"]).collect();
        if let Some(name) = name {
            text.extend([id.as_str(), " ", name.as_str(), "\n"]);
        }
        private_file::replace_whole(path, text.as_bytes()).map_err(|cause| file(path, cause))?;
        Ok(Self::of_text(&text))
    }

    /// What the person calls this member.
    pub fn of(&self, id: &MemberId) -> Option<&Name> {
        self.names.get(id)
    }

    /// Everybody who has a petname, under it.
    pub fn members(&self) -> impl Iterator<Item = Member> + '_ {
        self.names.iter().map(|(id, name)| Member { id: id.clone(), name: name.clone() })
    }

    /// Whether a member's own name, or what stands in it before a bracket, looks like a petname of somebody else: such
    /// a name could pass for the petname, and needs a badge.
    pub fn is_mimicked_by(&self, member: &Member) -> bool {
        let is_anothers = |text: &str| {
            let whose = Name::parse(text).ok().and_then(|name| self.looks.get(&look(&name)));
            whose.is_some_and(|id| *id != member.id)
        };
        let name = member.name.as_str();
        let before = name.split(['(', '（', '❨', '⁽', '﴾']).next().unwrap_or_default();
        !self.names.is_empty() && (is_anothers(name) || is_anothers(before))
    }

    fn of_text(text: &str) -> Self {
        let mut petnames = Self::default();
        for line in text.lines() {
            let Some((id, name)) = line.trim().split_once(char::is_whitespace) else { continue };
            if let (Ok(id), Ok(name)) = (MemberId::parse(id), Name::parse(name)) {
                petnames.looks.insert(look(&name), id.clone());
                petnames.names.insert(id, name);
            }
        }
        petnames
    }
}

fn read(path: &Path) -> Result<String, PetnamesError> {
    match private_file::read_any(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(cause) => Err(file(path, cause)),
    }
}

fn file(path: &Path, cause: io::Error) -> PetnamesError {
    PetnamesError::File { path: path.to_owned(), cause }
}

/// Why somebody cannot be called so.
#[derive(Debug, thiserror::Error)]
pub enum PetnamesError {
    /// Nobody can tell whether a guest is the same one the next time.
    #[error("{}", t!("client-petname-guest"))]
    Guest,
    /// Somebody else is called so, or so that it looks the same.
    #[error("{}", t!("client-petname-taken", name = %name, badge = badge))]
    Taken {
        /// The name.
        name: Name,
        /// The badge of the one who has it.
        badge: String,
    },
    /// The file cannot be read or written.
    #[error("{}", t!("client-petname-file", file = %path.display(), cause = system(cause)))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn id(byte: u8) -> MemberId {
        MemberId::parse(&papo_proto::id::base32().encode(&[byte; 15])).unwrap()
    }

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    /// Invariant: a petname is one key's, stays over restarts, and goes when it is taken back; what else stands in the
    /// file stays.
    #[test]
    fn a_petname_is_one_keys_until_it_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("petnames");
        assert_eq!(Petnames::read(&path).unwrap(), Petnames::default());
        fs::write(&path, "# a line of one's own\n").unwrap();
        Petnames::call(&path, &id(1), Some(&name("Mãe"))).unwrap();
        Petnames::call(&path, &id(2), Some(&name("Chefe"))).unwrap();
        let known = Petnames::call(&path, &id(1), Some(&name("Mamãe querida"))).unwrap();
        assert_eq!(Petnames::read(&path).unwrap(), known);
        assert_eq!((known.of(&id(1)), known.of(&id(3))), (Some(&name("Mamãe querida")), None));
        let taken = Petnames::call(&path, &id(3), Some(&name("CHEFE"))).unwrap_err();
        assert!(matches!(taken, PetnamesError::Taken { .. }), "{taken}");
        let guest = MemberId::of_guest([1; 8]);
        assert!(matches!(Petnames::call(&path, &guest, None), Err(PetnamesError::Guest)));
        let known = Petnames::call(&path, &id(1), None).unwrap();
        assert_eq!(known.members().map(|member| member.id).collect::<Vec<_>>(), [id(2)]);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("# a line of one's own\n{} Chefe\n", id(2)));
    }

    /// Invariant: who calls themselves like somebody's petname, or what a surface makes of it, is told apart.
    #[test]
    fn a_name_that_looks_like_a_petname_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let known = Petnames::call(&folder.path().join("petnames"), &id(1), Some(&name("Chefe"))).unwrap();
        let mimics = |byte: u8, text: &str| known.is_mimicked_by(&Member { id: id(byte), name: name(text) });
        for text in ["Chefe", "chefe", "Сhefe", "Chefe (Ana)", "Chefe（Ana）"] {
            assert!(mimics(2, text), "{text}");
            assert!(!mimics(1, text), "it is the one who is called so: {text}");
        }
        for text in ["Chef", "Ana (Chefe)", "(x)"] {
            assert!(!mimics(2, text), "{text}");
        }
    }
}
