//! The servers whose keys a person has accepted: a text file with a line `HOST:PORT FINGERPRINT` for each.
//! A line is taken out by a person who knows why a server's key has changed, or replaced by the key in an
//! invite that such a person has used. Not here: what is decided by it, which is [`crate::trust`]'s business.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use papo_proto::{Address, Fingerprint};
use papo_words::{system, t};

use crate::private_file;

/// The fingerprint that was accepted for this address, if one was. A file that is not there knows nobody.
pub fn find(path: &Path, address: &Address) -> Result<Option<Fingerprint>, KnownServersError> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|cause| KnownServersError::File { path: path.to_owned(), cause })?,
    };
    let wanted = address.to_string();
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        if !words.next().is_some_and(|word| word.eq_ignore_ascii_case(&wanted)) {
            continue;
        }
        // A damaged line must not count as none: the next key that comes along would be asked about as if
        // the server had never been seen.
        let damaged = || KnownServersError::Line { path: path.to_owned(), number: index + 1 };
        let fingerprint: String = words.collect();
        return fingerprint.parse().map(Some).map_err(|_| damaged());
    }
    Ok(None)
}

/// Adds a server. The file is made, for its owner only, where there is none.
pub fn remember(path: &Path, address: &Address, fingerprint: &Fingerprint) -> Result<(), KnownServersError> {
    add(path, address, fingerprint).map_err(|cause| KnownServersError::File { path: path.to_owned(), cause })
}

/// Puts this fingerprint in the place of what was accepted for this address; all other lines stay. A server
/// that another process adds at the same moment may be lost by that, and is asked about again.
pub(crate) fn replace(
    path: &Path,
    address: &Address,
    fingerprint: &Fingerprint,
) -> Result<(), KnownServersError> {
    let file = |cause| KnownServersError::File { path: path.to_owned(), cause };
    let wanted = address.to_string();
    let is_other =
        |line: &&str| !line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case(&wanted));
    let old = fs::read_to_string(path).map_err(file)?;
    let others: String = old.lines().filter(is_other).flat_map(|line| [line, "\n"]).collect();
    private_file::replace_whole(path, format!("{others}{address} {fingerprint}\n").as_bytes()).map_err(file)
}

fn add(path: &Path, address: &Address, fingerprint: &Fingerprint) -> io::Result<()> {
    match private_file::create_empty(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // A person may have edited the last line without ending it.
    let ended = fs::read(path)?.last().is_none_or(|&byte| byte == b'\n');
    let line = format!("{}{address} {fingerprint}\n", if ended { "" } else { "\n" });
    // One write at the end of the file: two processes that add at once do not mix their lines.
    let mut file = File::options().append(true).open(path)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

/// Why the known servers cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum KnownServersError {
    /// A line does not end in a fingerprint.
    #[error("{}", t!("client-known-line", number = number.to_string(), file = %path.display()))]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        number: usize,
    },
    /// The file cannot be read or written.
    #[error("{}", t!("client-known-file", file = %path.display(), cause = system(cause)))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}
