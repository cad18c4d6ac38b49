//! The file around the database: its lock, and what its first bytes say. Nothing of its tables.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::LogError;

use super::{platform, schema};

/// The fixed part at the start of every `SQLite` file (its file format, section 1.3).
const HEADER_BYTES: usize = 100;

/// What every `SQLite` file starts with.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Where the header has the id of the program that the file belongs to: four bytes, big-endian.
const APPLICATION_ID_AT: usize = 68;

/// The lock on a log, held until it is dropped.
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone is not enough on Unix: a process that another thread is just starting shares
        // every open file until it becomes another program, and would hold the lock a moment longer.
        let _ = self.0.unlock();
    }
}

/// Takes the lock that keeps a second process (or a second log in this one) away from the file.
///
/// It comes before the first look at the database: closing any handle of a database file that this
/// process has open would, on Unix, drop the locks that `SQLite` holds on it. The lock file stays
/// behind when the log closes; removing it could remove another process's lock.
pub(super) fn lock(path: &Path) -> Result<Lock, LogError> {
    let lock_path = beside(path, ".lock");
    let file = platform::open_private(&lock_path).map_err(|error| LogError::at_open(path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(LogError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(LogError::at_open(path, error)),
    }
}

/// Whether there is a file at `path`.
pub(super) fn exists(path: &Path) -> Result<bool, LogError> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(LogError::NotAFile { path: path.to_owned() }),
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(LogError::at_open(path, error)),
    }
}

/// Refuses a file that is no log of papo, or that may not be written, before anything touches it.
pub(super) fn check_header(path: &Path) -> Result<(), LogError> {
    let corrupt = |cause: &str| LogError::Corrupt { path: path.to_owned(), cause: cause.to_owned() };
    let mut file =
        File::options().read(true).write(true).open(path).map_err(|error| LogError::at_open(path, error))?;
    let mut header = [0; HEADER_BYTES];
    file.read_exact(&mut header).map_err(|error| match error.kind() {
        // Logs get their name only when they are complete, so an empty one has lost its content.
        ErrorKind::UnexpectedEof => corrupt("it is too short to be a database"),
        _ => LogError::at_open(path, error),
    })?;
    if !header.starts_with(MAGIC) {
        return Err(corrupt("it is not a database"));
    }
    let mut application_id = [0; 4];
    application_id.copy_from_slice(&header[APPLICATION_ID_AT..APPLICATION_ID_AT + 4]);
    if u32::from_be_bytes(application_id) != schema::APPLICATION_ID {
        return Err(LogError::Foreign { path: path.to_owned() });
    }
    Ok(())
}

/// The path of a file that belongs to the one at `path`: its name with `suffix` behind it.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
