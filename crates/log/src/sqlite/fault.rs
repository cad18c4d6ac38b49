//! What an error of `SQLite` means for a log. The words for people stand in `crate::LogError`.

use std::io;
use std::path::Path;

use rusqlite::{Error, ErrorCode, ffi};

use crate::LogError;

/// Whether an error of a transaction leaves the log as it was, ready for the next one.
pub(super) fn is_harmless(error: &Error) -> bool {
    matches!(Fault::of(error), Fault::Full | Fault::Locked)
}

/// What the caller of a write is told.
pub(super) fn while_writing(path: &Path, error: &Error) -> LogError {
    let fault = Fault::of(error);
    // A log that has been written to and suddenly cannot be is one whose disk is in doubt: what holds from
    // here on is that nothing is stored until a restart.
    let known = if fault == Fault::NotWritable { None } else { fault.known(path, error) };
    known.unwrap_or_else(|| LogError::Failed { path: path.to_owned(), cause: cause(error) })
}

/// What the caller of a read is told.
pub(super) fn while_reading(path: &Path, error: &Error) -> LogError {
    Fault::of(error)
        .known(path, error)
        .unwrap_or_else(|| LogError::Unreadable { path: path.to_owned(), cause: cause(error) })
}

/// What the caller of an open is told.
pub(super) fn while_opening(path: &Path, error: &Error) -> LogError {
    if let Some(known) = Fault::of(error).known(path, error) {
        return known;
    }
    let (path, cause) = (path.to_owned(), cause(error));
    match error.sqlite_error_code() {
        // A statement of ours does not fit the tables: one is missing, or not as it was made.
        Some(ErrorCode::Unknown) => LogError::Corrupt { path, cause },
        _ => LogError::Unopened { path, cause },
    }
}

/// An error in words, with the number that tells a failed sync from a failed write.
pub(super) fn cause(error: &Error) -> String {
    if Fault::of(error) == Fault::NotWritable {
        return why_read_only(error).to_string();
    }
    match error.sqlite_extended_error_code() {
        Some(code) => format!("{error}, SQLite code {code}"),
        None => error.to_string(),
    }
}

/// The errors that mean the same whatever was being done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// No space on the disk, or the log has reached the size it may have.
    Full,
    /// Another program holds the file locked.
    Locked,
    /// The file or its folder may not be written.
    NotWritable,
    /// The file's content contradicts itself.
    Corrupt,
    /// Any other.
    Other,
}

impl Fault {
    fn of(error: &Error) -> Self {
        match error {
            Error::SqliteFailure(failure, _) => Self::of_code(*failure),
            // A column with another type or range than the schema allows.
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
            | Error::QueryReturnedNoRows => Self::Corrupt,
            _ => Self::Other,
        }
    }

    fn of_code(failure: ffi::Error) -> Self {
        match failure.code {
            ErrorCode::DiskFull => Self::Full,
            // The shared index of the journal cannot grow: a full disk, seen before anything was written.
            _ if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => Self::Full,
            // With all its extended codes: the folder may not be written, the journal may not, and so on.
            ErrorCode::ReadOnly => Self::NotWritable,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Locked,
            // Every insert is preceded by a look for its key within the same transaction of the only
            // writer, so a key that exists after all means an index that disagrees with its table.
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::ConstraintViolation => {
                Self::Corrupt
            }
            _ => Self::Other,
        }
    }

    fn known(self, path: &Path, error: &Error) -> Option<LogError> {
        let path = path.to_owned();
        match self {
            Self::Full => Some(LogError::DiskFull { path }),
            Self::Locked => Some(LogError::InUse { path }),
            Self::NotWritable => Some(LogError::NotWritable { path, source: why_read_only(error) }),
            Self::Corrupt => Some(LogError::Corrupt { path, cause: cause(error) }),
            Self::Other => None,
        }
    }
}

/// Why the database may only be read. `SQLite` has a number for it where the system had none.
fn why_read_only(error: &Error) -> io::Error {
    match error.sqlite_extended_error_code() {
        Some(ffi::SQLITE_READONLY_DIRECTORY) => {
            io::Error::new(io::ErrorKind::PermissionDenied, "its folder may only be read")
        }
        Some(ffi::SQLITE_READONLY_DBMOVED) => {
            io::Error::other("the file was moved away or replaced while it was open")
        }
        _ => io::Error::new(io::ErrorKind::PermissionDenied, "the file may only be read"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant: whatever may only be read is explained in words and not by `SQLite`'s number.
    #[test]
    fn what_may_only_be_read_is_said_in_words() {
        let path = Path::new("data/log.db");
        for code in [8, 264, 520, 776, 1032, 1288, 1544] {
            let error = Error::SqliteFailure(ffi::Error::new(code), None);
            let (opening, writing) = (while_opening(path, &error), while_writing(path, &error));
            assert!(matches!(opening, LogError::NotWritable { .. }), "{code}: {opening}");
            assert!(opening.to_string().contains("the right to write"), "{code}: {opening}");
            assert!(matches!(writing, LogError::Failed { .. }), "nothing is stored any more: {writing}");
            for text in [opening.to_string(), writing.to_string()] {
                assert!(!text.contains("SQLite"), "{code}: {text}");
            }
        }
    }
}
