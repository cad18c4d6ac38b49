//! Files and folders that only their owner may read. How a platform forbids the others stands in the file
//! named for it; here is what all have in common. Not here: what the files hold.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use papo_words::t;

#[cfg(unix)]
#[path = "private_file/unix.rs"]
mod platform;
#[cfg(windows)]
#[path = "private_file/windows.rs"]
mod platform;

/// Why a private file was not read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The system says so.
    Io(io::Error),
    /// Others than its owner may read it; these are its permissions.
    Exposed { mode: u32 },
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Larger than any file that is read here; whoever points us at something endless gets an error.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Reads a file that nobody else may read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ReadError> {
    let file = File::open(path)?;
    // Asked of the open file, not of the path: nobody can exchange the file in between.
    if let Some(mode) = platform::exposed_mode(&file.metadata()?) {
        return Err(ReadError::Exposed { mode });
    }
    read_bounded(file).map_err(ReadError::Io)
}

/// Reads a file whoever may read it: what it holds is protected otherwise.
pub(crate) fn read_any(path: &Path) -> io::Result<Vec<u8>> {
    read_bounded(File::open(path)?)
}

fn read_bounded(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, t!("client-file-too-large")));
    }
    Ok(bytes)
}

/// Makes a folder that only its owner may enter, with those above it; one that is there stays as it is.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    platform::make_folder(folder)
}

/// Puts a file into place that `fill` writes, whole or not at all, unless there is one already, which stays.
/// `fill` gets the path of an empty file of another name in the same folder.
pub(crate) fn create_whole<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let part = create_part(path)?;
    let filled = fill(&part).and_then(|()| Ok(place(&part, path)?));
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => filled.and(Err(error.into())),
        _ => filled,
    }
}

/// Puts these bytes in the place of a file, whole or not at all.
pub(crate) fn replace_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = create_part(path)?;
    let replaced = write_synced(&part, bytes)
        .and_then(|()| fs::rename(&part, path))
        .and_then(|()| platform::sync_folder(path));
    if replaced.is_err() {
        // The error says more than a part that cannot be removed either.
        let _ = fs::remove_file(&part);
    }
    replaced
}

/// Puts these bytes in the place of a file that may be others' business too: where it is a link, of what that leads to,
/// with the permissions that are there. A new one is private.
pub(crate) fn rewrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (path, permissions) = match fs::canonicalize(path) {
        Ok(path) => (path.clone(), Some(fs::metadata(path)?.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(error),
    };
    replace_whole(&path, bytes)?;
    permissions.map_or(Ok(()), |permissions| fs::set_permissions(&path, permissions))
}

/// Fills a file that is there, and waits until the disk has it.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes).and_then(|()| File::options().write(true).open(path)?.sync_all())
}

/// Gives a complete file its name, if the name is still free.
fn place(part: &Path, path: &Path) -> io::Result<()> {
    File::options().write(true).open(part)?.sync_all()?;
    // A hard link fails where the name is taken, so that the first of several processes wins.
    match fs::hard_link(part, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        // File systems without links, such as FAT, know only this.
        Err(_) if !path.exists() => fs::rename(part, path)?,
        other => other?,
    }
    platform::sync_folder(path)
}

/// Makes an empty private file beside `path`.
fn create_part(path: &Path) -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{count}.part", process::id()));
    let part = path.with_file_name(name);
    // A process of the same number may have died here before.
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    create_empty(&part)?;
    Ok(part)
}

/// Makes an empty private file; `AlreadyExists` where there is one. Made first and opened afterwards, a file
/// is private even if what opens it does not know how to make one so.
pub(crate) fn create_empty(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    platform::only_for_owner(&mut options);
    options.open(path).map(drop)
}
