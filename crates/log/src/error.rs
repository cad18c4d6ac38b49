//! What can go wrong with a log, in words for the operator: the cause, and what to do about it.
//! How an error of an engine becomes one of these stands with the engine, such as in `sqlite/fault.rs`.

use std::io;
use std::path::{Path, PathBuf};

/// Why a log could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// There is no space to store more. Nothing stored is lost, and the next append may succeed.
    #[error(
        "{path}: no space is left for more messages. Nothing that was stored is lost, and storing goes on \
         by itself once there is space: free some on this disk, or raise the size limit of the log"
    )]
    DiskFull {
        /// The log's file.
        path: PathBuf,
    },
    /// Storing failed in a way that leaves the disk in doubt. Every later append fails the same way;
    /// reads go on.
    #[error(
        "{path}: storing messages failed ({cause}), and nothing more is stored until a restart. Check the \
         disk and the system's own log first, then start papo again: it finds all it has acknowledged"
    )]
    Failed {
        /// The log's file.
        path: PathBuf,
        /// The first thing that failed.
        cause: String,
    },
    /// Stored entries could not be read.
    #[error("{path}: reading stored messages failed ({cause}). Check the disk and the system's own log")]
    Unreadable {
        /// The log's file.
        path: PathBuf,
        /// What failed.
        cause: String,
    },
    /// The file is damaged, or is no database at all. It is never repaired silently.
    #[error(
        "{path}: the message log is damaged ({cause}). Put back a backup of it, or move it away to start \
         with an empty one"
    )]
    Corrupt {
        /// The log's file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A newer papo has written the file.
    #[error(
        "{path}: this message log was written by a newer papo (its format is {found}, this papo knows up to \
         {known}). Start that papo or a later one"
    )]
    Newer {
        /// The log's file.
        path: PathBuf,
        /// The format of the file.
        found: u32,
        /// The newest format this program knows.
        known: u32,
    },
    /// The file is a database of another program.
    #[error("{path}: this is another program's database, not a message log. Name another file")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Another process has the log open, or holds it locked.
    #[error("{path}: another program is using this message log. Stop it, or name another file")]
    InUse {
        /// The log's file.
        path: PathBuf,
    },
    /// The file or its folder may not be written.
    #[error(
        "{path}: the message log cannot be written here ({source}). Give the user that runs papo the right \
         to write to the file and its folder, or name another folder"
    )]
    NotWritable {
        /// The log's file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder the file should be in does not exist, or is not a folder.
    #[error("{path}: there is no such folder for the message log. Make it, or name another one")]
    NoFolder {
        /// The log's file.
        path: PathBuf,
    },
    /// The path is a folder where a file should be.
    #[error("{path}: the message log should be a file, but this is a folder. Name a file in it")]
    NotAFile {
        /// The folder.
        path: PathBuf,
    },
    /// The database does not do what durability needs, for example on a network file system.
    #[error(
        "{path}: the database refuses to work safely here ({setting} is {found}, not {wanted}). Put the \
         message log on a local disk"
    )]
    Unsafe {
        /// The log's file.
        path: PathBuf,
        /// The database's setting.
        setting: &'static str,
        /// What it should be.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// The file could not be opened for another reason.
    #[error("{path}: the message log cannot be opened ({cause}). Check the path and the disk")]
    Unopened {
        /// The log's file.
        path: PathBuf,
        /// What the system or the database said.
        cause: String,
    },
    /// The engine of a shared log does not answer. Whether the last append was stored is unknown, and the same
    /// batch may be tried again: nothing is stored twice.
    #[error(
        "{engine}: the message log cannot be reached at the moment ({cause}). Nothing that was stored is lost, and \
         papo goes on by itself once it answers: see that it runs, and that the network between is whole"
    )]
    Away {
        /// The engine's address, without password.
        engine: String,
        /// What happened last.
        cause: String,
    },
    /// The engine of a shared log refuses us.
    #[error(
        "{engine}: the message log cannot be used ({cause}). Check the address, user and password, and the \
         engine's own log"
    )]
    Refused {
        /// The engine's address, without password.
        engine: String,
        /// What the engine said.
        cause: String,
    },
    /// The engine of a shared log could lose what it acknowledges.
    #[error(
        "{engine}: what is stored here would not be safe ({setting} is {found}). Set it to {wanted} in the engine's \
         configuration"
    )]
    UnsafeEngine {
        /// The engine's address, without password.
        engine: String,
        /// The engine's setting.
        setting: &'static str,
        /// What it should be.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// The shared log was put back from a backup, or made anew, while it was open here.
    #[error(
        "{engine}: the message log was restored or made anew meanwhile. Start papo again: everybody's copy is then \
         made anew as well"
    )]
    Replaced {
        /// The engine's address, without password.
        engine: String,
    },
}

impl LogError {
    /// What an error of the file system means while the log at `path` is being opened.
    pub(crate) fn at_open(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoFolder { path },
            io::ErrorKind::IsADirectory => Self::NotAFile { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable { path, source: error }
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Unopened { path, cause: error.to_string() },
        }
    }
}
