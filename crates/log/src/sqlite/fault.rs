//! What an error of `SQLite` means for a log. The words for people stand in `crate::LogError`.

use std::path::Path;

use rusqlite::{Error, ErrorCode, ffi};

use crate::LogError;

/// Whether an error of a transaction leaves the log as it was, ready for the next one.
pub(super) fn is_harmless(error: &Error) -> bool {
    matches!(Fault::of(error), Fault::Full | Fault::Locked)
}

/// What the caller of a write is told.
pub(super) fn while_writing(path: &Path, error: &Error) -> LogError {
    Fault::of(error)
        .known(path, error)
        .unwrap_or_else(|| LogError::Failed { path: path.to_owned(), cause: cause(error) })
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
            Self::Corrupt => Some(LogError::Corrupt { path, cause: cause(error) }),
            Self::Other => None,
        }
    }
}
