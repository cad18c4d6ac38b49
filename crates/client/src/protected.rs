//! The key that one is, in a file that a passphrase protects: for another computer, or for the drawer. Not here: the
//! key in the profile itself ([`crate::identity`]), which has no passphrase, how one is asked for it, and the way from
//! one device to another without a file ([`crate::pairing`]).
//!
//! The file is text: a first line and a last one as PEM has them (RFC 7468), base64 between. In the base64 stand,
//! numbers big-endian, the mark `papo-key`, the version 1 (one byte), Argon2id's memory in KiB, passes and lanes (32
//! bits each), its salt (16 bytes), the nonce (12 bytes), and the file `identity.key` encrypted with AES-256-GCM under
//! the key that Argon2id (RFC 9106) makes of the passphrase in UTF-8 (NFC). What stands before the nonce is
//! authenticated too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use data_encoding::BASE64;
use papo_proto::MemberId;
use papo_words::{system, t};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::identity::{self, Identity, IdentityError};
use crate::private_file;

const BEGIN: &str = "-----BEGIN PAPO PROTECTED KEY-----";
const END: &str = "-----END PAPO PROTECTED KEY-----";
const MARK: &[u8] = b"papo-key";
const VERSION: u8 = 1;
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 12;
const HEAD_BYTES: usize = MARK.len() + 1 + 3 * 4 + SALT_BYTES;

/// What one guess of a passphrase costs: RFC 9106, section 4, the second recommendation.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };

/// What a file may ask for at most, so that a forged one cannot keep the computer busy for hours.
const COST_MAX: Cost = Cost { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };

/// How long a new passphrase is at least, in characters.
pub const PASSPHRASE_CHARS_MIN: usize = 8;

/// A passphrase. It is wiped from memory when it is dropped, and shows itself nowhere.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// A passphrase as it was typed. Letters with accents are the same however the keyboard puts them together.
    pub fn new(typed: String) -> Self {
        let typed = Zeroizing::new(typed);
        Self(Zeroizing::new(typed.nfc().collect()))
    }

    /// The first line of a file that only its owner may read.
    pub fn read(file: &Path) -> Result<Self, ProtectedError> {
        let file = file.to_owned();
        let bytes = match private_file::read(&file) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(private_file::ReadError::Exposed { mode }) => {
                return Err(ProtectedError::PassphraseExposed { file, mode });
            }
            Err(private_file::ReadError::Io(cause)) => {
                return Err(ProtectedError::PassphraseUnreadable { file, cause });
            }
        };
        let text = std::str::from_utf8(&bytes).map_err(|error| ProtectedError::PassphraseUnreadable {
            file,
            cause: io::Error::new(io::ErrorKind::InvalidData, error),
        })?;
        Ok(Self::new(text.lines().next().unwrap_or_default().to_owned()))
    }

    /// Whether it may protect a new file.
    pub fn check_new(&self) -> Result<(), ProtectedError> {
        if self.0.chars().count() < PASSPHRASE_CHARS_MIN {
            return Err(ProtectedError::PassphraseShort);
        }
        Ok(())
    }

    /// Whether both are the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// A key that is about to be exported: it is there, and the file is not.
pub struct Export {
    pem: Zeroizing<Vec<u8>>,
    member: MemberId,
    file: PathBuf,
}

impl Export {
    /// Reads the key in this profile's folder. None is made: a new key is nobody yet.
    pub fn of(folder: &Path, file: PathBuf) -> Result<Self, ProtectedError> {
        let path = identity::file_in(folder);
        if !path.exists() {
            return Err(ProtectedError::NoKey { folder: folder.to_owned() });
        }
        if fs::symlink_metadata(&file).is_ok() {
            return Err(ProtectedError::Taken { file });
        }
        let (identity, pem) = Identity::read(&path)?;
        Ok(Self { pem, member: identity.member_id(), file })
    }

    /// Writes the file, for its owner only. Returns who is in it.
    pub fn write(self, passphrase: &Passphrase) -> Result<MemberId, ProtectedError> {
        passphrase.check_new()?;
        let text = seal(&self.pem, passphrase, COST)?;
        let unwritable = |cause: io::Error| ProtectedError::Unwritable { file: self.file.clone(), cause };
        private_file::create_empty(&self.file).map_err(|cause| match cause.kind() {
            io::ErrorKind::AlreadyExists => ProtectedError::Taken { file: self.file.clone() },
            _ => unwritable(cause),
        })?;
        if let Err(cause) = private_file::write_synced(&self.file, text.as_bytes()) {
            // Half a file is worse than none; that it cannot be removed either says nothing more.
            let _ = fs::remove_file(&self.file);
            return Err(unwritable(cause));
        }
        Ok(self.member)
    }
}

/// A file that is about to be imported: it looks like one, and there is a place for the key.
pub struct Import {
    folder: PathBuf,
    file: PathBuf,
    sealed: Vec<u8>,
    may_replace: bool,
}

/// What an import has done.
#[derive(Debug, PartialEq, Eq)]
pub enum Imported {
    /// The key is in the profile now.
    Done {
        /// Who one is from now on.
        member: MemberId,
        /// Where the key is kept that was there before.
        old: Option<PathBuf>,
    },
    /// It was there already.
    Same(MemberId),
}

impl Import {
    /// Reads a file for this profile's folder. A key that is there stays, unless it may be replaced.
    pub fn open(folder: &Path, file: PathBuf, may_replace: bool) -> Result<Self, ProtectedError> {
        let text = private_file::read_any(&file).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => ProtectedError::Missing { file: file.clone() },
            _ => ProtectedError::Unreadable { file: file.clone(), cause },
        })?;
        let sealed = unwrapped(&text).ok_or_else(|| ProtectedError::Damaged { file: file.clone() })?;
        if sealed.get(MARK.len()).is_some_and(|version| *version > VERSION) {
            return Err(ProtectedError::Newer { file });
        }
        if sealed.len() <= HEAD_BYTES + NONCE_BYTES || cost_of(&sealed).is_none() {
            return Err(ProtectedError::Damaged { file });
        }
        let path = identity::file_in(folder);
        // Whether it is the same key is known only behind the passphrase.
        if path.exists() && !may_replace {
            return Err(ProtectedError::KeyThere { path });
        }
        Ok(Self { folder: folder.to_owned(), file, sealed, may_replace })
    }

    /// Puts the key into the profile. Another one that was there is kept beside it.
    pub fn finish(self, passphrase: &Passphrase) -> Result<Imported, ProtectedError> {
        let pem = open(&self.sealed, passphrase).map_err(|opened| match opened {
            Opened::Wrong => ProtectedError::Wrong { file: self.file.clone() },
            Opened::NoMemory => ProtectedError::NoMemory,
        })?;
        put_key(&self.folder, &self.file, &pem, self.may_replace)
    }
}

/// Puts a key that came from somewhere into a profile's folder. A key that is there stays, unless it may be replaced;
/// then it is kept beside the new one.
pub(crate) fn put_key(
    folder: &Path,
    from: &Path,
    pem: &[u8],
    may_replace: bool,
) -> Result<Imported, ProtectedError> {
    let path = identity::file_in(folder);
    let member = Identity::from_pem(from, pem)?.member_id();
    let unwritable = |cause| ProtectedError::Unwritable { file: path.clone(), cause };
    private_file::make_folder(folder).map_err(unwritable)?;
    // Nothing happens where a key is there, also one that has just been made by another process.
    private_file::create_whole(&path, |part| fs::write(part, pem)).map_err(unwritable)?;
    // A key that cannot be read any more may be replaced as well, and is kept as it is.
    let there = private_file::read(&path).ok();
    if there.as_deref() == Some(pem) {
        return Ok(Imported::Done { member, old: None });
    }
    let same = there.and_then(|there| Identity::from_pem(&path, &there).ok());
    if same.is_some_and(|same| same.member_id() == member) {
        return Ok(Imported::Same(member));
    }
    if !may_replace {
        return Err(ProtectedError::KeyThere { path });
    }
    let old = keep_beside(&path).map_err(unwritable)?;
    private_file::replace_whole(&path, pem).map_err(unwritable)?;
    Ok(Imported::Done { member, old: Some(old) })
}

/// Copies a key to the first free name beside it.
fn keep_beside(path: &Path) -> io::Result<PathBuf> {
    let bytes = Zeroizing::new(fs::read(path)?);
    let mut number = 1_u32;
    loop {
        let old = path.with_added_extension(format!("old-{number}"));
        match private_file::create_empty(&old) {
            Ok(()) => return private_file::write_synced(&old, &bytes).map(|()| old),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

/// What a guess costs.
#[derive(Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Encrypts a key. The text ends with a line end.
fn seal(pem: &[u8], passphrase: &Passphrase, cost: Cost) -> Result<String, ProtectedError> {
    let mut head = MARK.to_vec();
    head.push(VERSION);
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        head.extend(number.to_be_bytes());
    }
    let mut salt = [0; SALT_BYTES];
    rand::fill(&mut salt).map_err(|_| ProtectedError::NoMemory)?;
    head.extend(salt);
    let key = derive(passphrase, &salt, cost).ok_or(ProtectedError::NoMemory)?;
    let mut sealed = pem.to_vec();
    let nonce =
        key.seal_in_place_append_tag(Aad::from(&head), &mut sealed).map_err(|_| ProtectedError::NoMemory)?;
    let all = [&*head, nonce.as_ref(), &sealed].concat();
    let base64 = BASE64.encode(&all);
    let mut text = format!("{BEGIN}\n");
    for line in base64.as_bytes().chunks(64) {
        text.extend(line.iter().map(|&byte| char::from(byte)));
        text.push('\n');
    }
    Ok(text + END + "\n")
}

/// Why nothing came out.
#[derive(Debug)]
enum Opened {
    Wrong,
    NoMemory,
}

/// Decrypts what [`seal`] has made.
fn open(sealed: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, Opened> {
    let (head, rest) = sealed.split_at_checked(HEAD_BYTES).ok_or(Opened::Wrong)?;
    let (nonce, rest) = rest.split_at_checked(NONCE_BYTES).ok_or(Opened::Wrong)?;
    let cost = cost_of(head).ok_or(Opened::Wrong)?;
    let salt = &head[HEAD_BYTES - SALT_BYTES..];
    let key = derive(passphrase, salt, cost).ok_or(Opened::NoMemory)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Opened::Wrong)?;
    let mut pem = Zeroizing::new(rest.to_vec());
    let len = key.open_in_place(nonce, Aad::from(head), &mut pem).map_err(|_| Opened::Wrong)?.len();
    pem.truncate(len);
    Ok(pem)
}

/// The cost in a head of this version, where it is within bounds.
fn cost_of(sealed: &[u8]) -> Option<Cost> {
    let numbers = sealed.strip_prefix(MARK)?.strip_prefix(&[VERSION])?;
    let (numbers, _) = numbers.as_chunks::<4>();
    let [memory_kib, passes, lanes] =
        numbers.get(..3)?.iter().copied().map(u32::from_be_bytes).collect::<Vec<_>>()[..]
    else {
        return None;
    };
    let is_bounded =
        memory_kib <= COST_MAX.memory_kib && passes <= COST_MAX.passes && lanes <= COST_MAX.lanes;
    is_bounded.then_some(Cost { memory_kib, passes, lanes })
}

/// The key that a passphrase stands for; `None` where the memory for it is not there.
fn derive(passphrase: &Passphrase, salt: &[u8], cost: Cost) -> Option<RandomizedNonceKey> {
    let mut key = Zeroizing::new([0; 32]);
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(key.len())).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(passphrase.0.as_bytes(), salt, &mut *key).ok()?;
    RandomizedNonceKey::new(&AES_256_GCM, &*key).ok()
}

/// What stands between the two lines.
fn unwrapped(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let (_, text) = text.split_once(BEGIN)?;
    let (base64, _) = text.split_once(END)?;
    // Mail programs and other systems add blanks and line ends of their own.
    let base64: String = base64.split_whitespace().collect();
    let bytes = BASE64.decode(base64.as_bytes()).ok()?;
    bytes.starts_with(MARK).then_some(bytes)
}

/// Why a key was not exported or imported.
#[derive(Debug, thiserror::Error)]
pub enum ProtectedError {
    /// There is no key to be exported.
    #[error("{}", t!("client-protected-no-key", folder = %folder.display()))]
    NoKey {
        /// The profile's folder.
        folder: PathBuf,
    },
    /// The file to be written is there already.
    #[error("{}", t!("client-protected-taken", file = %file.display()))]
    Taken {
        /// The file.
        file: PathBuf,
    },
    /// There is no such file.
    #[error("{}", t!("client-protected-missing", file = %file.display()))]
    Missing {
        /// The file.
        file: PathBuf,
    },
    /// The file cannot be read.
    #[error("{}", t!("client-protected-unreadable", file = %file.display(), cause = system(cause)))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file cannot be written.
    #[error("{}", t!("client-protected-unwritable", file = %file.display(), cause = system(cause)))]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is none of ours, or damaged.
    #[error("{}", t!("client-protected-damaged", file = %file.display()))]
    Damaged {
        /// The file.
        file: PathBuf,
    },
    /// The file is of a later version.
    #[error("{}", t!("client-protected-newer", file = %file.display()))]
    Newer {
        /// The file.
        file: PathBuf,
    },
    /// The passphrase does not open the file.
    #[error("{}", t!("client-protected-wrong", file = %file.display()))]
    Wrong {
        /// The file.
        file: PathBuf,
    },
    /// There is a key already, which was not to be replaced.
    #[error("{}", t!("client-protected-key-there", file = %path.display()))]
    KeyThere {
        /// The key's file.
        path: PathBuf,
    },
    /// The system has no memory for the work.
    #[error("{}", t!("client-protected-no-memory"))]
    NoMemory,
    /// A new passphrase is too short.
    #[error("{}", t!("client-passphrase-short", least = PASSPHRASE_CHARS_MIN))]
    PassphraseShort,
    /// Others may read the passphrase.
    #[error("{}", t!("client-passphrase-exposed", file = %file.display(), mode = format!("{mode:03o}")))]
    PassphraseExposed {
        /// The file.
        file: PathBuf,
        /// Its permissions, as Unix writes them.
        mode: u32,
    },
    /// The passphrase cannot be read.
    #[error("{}", t!("client-passphrase-unreadable", file = %file.display(), cause = system(cause)))]
    PassphraseUnreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The key itself.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned())
    }

    /// Invariant: only the passphrase opens a file, and no byte of it can be changed.
    #[test]
    fn only_the_passphrase_opens_an_untouched_file() {
        let cheap = Cost { memory_kib: 64, passes: 1, lanes: 1 };
        let text = seal(b"the key", &passphrase("caf\u{e9} com leite"), cheap).unwrap();
        assert!(text.lines().all(|line| line.len() <= 64) && !text.contains("the key"), "{text}");
        let sealed = unwrapped(text.replace('\n', "\r\n ").as_bytes()).unwrap();
        assert_eq!(**open(&sealed, &passphrase("cafe\u{301} com leite")).unwrap(), *b"the key");
        for wrong in ["cafe com leite", "", "caf\u{e9} com leite "] {
            assert!(matches!(open(&sealed, &passphrase(wrong)), Err(Opened::Wrong)), "{wrong:?}");
        }
        for at in 0..sealed.len() {
            // More memory is a wrong key too, but a dear one to find out.
            if (MARK.len() + 1..MARK.len() + 13).contains(&at) {
                continue;
            }
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(open(&other, &passphrase("caf\u{e9} com leite")).is_err(), "byte {at}");
        }
        for len in 0..sealed.len() {
            assert!(open(&sealed[..len], &passphrase("caf\u{e9} com leite")).is_err(), "{len} bytes");
        }
    }

    #[test]
    fn a_file_cannot_ask_for_more_than_a_computer_has() {
        let text = seal(b"x", &passphrase("12345678"), Cost { memory_kib: 64, passes: 1, lanes: 1 }).unwrap();
        let mut sealed = unwrapped(text.as_bytes()).unwrap();
        assert!(cost_of(&sealed).is_some());
        for at in [9, 13, 17] {
            let kept = sealed[at];
            sealed[at] = 0xff;
            assert!(cost_of(&sealed).is_none(), "byte {at}");
            sealed[at] = kept;
        }
    }

    /// Invariant: what is exported is imported; a key that is there stays unless it is to be replaced, and then it is
    /// kept.
    #[test]
    fn a_key_goes_to_another_profile() {
        let world = tempfile::tempdir().unwrap();
        let (one, other, file) =
            (world.path().join("a"), world.path().join("b"), world.path().join("key.txt"));
        let passphrase = passphrase("long enough");
        assert!(matches!(Export::of(&one, file.clone()), Err(ProtectedError::NoKey { .. })));
        let member = Identity::load_or_make(&one).unwrap().member_id();
        assert_eq!(Export::of(&one, file.clone()).unwrap().write(&passphrase).unwrap(), member);
        assert!(matches!(Export::of(&one, file.clone()), Err(ProtectedError::Taken { .. })));

        let import = |replace| {
            Import::open(&other, file.clone(), replace).and_then(|import| import.finish(&passphrase))
        };
        assert_eq!(import(false).unwrap(), Imported::Done { member: member.clone(), old: None });
        assert_eq!(Identity::load_or_make(&other).unwrap().member_id(), member);
        assert!(matches!(import(false), Err(ProtectedError::KeyThere { .. })));

        fs::remove_file(identity::file_in(&other)).unwrap();
        let second = Identity::load_or_make(&other).unwrap().member_id();
        let Imported::Done { old: Some(old), .. } = import(true).unwrap() else { panic!("nothing was kept") };
        assert_eq!(Identity::read(&old).unwrap().0.member_id(), second);
        assert_eq!(Identity::load_or_make(&other).unwrap().member_id(), member);
        assert!(matches!(import(true).unwrap(), Imported::Done { old: None, .. } | Imported::Same(_)));
    }
}
