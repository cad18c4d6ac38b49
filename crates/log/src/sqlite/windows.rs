//! What Windows does in its own way: rights come from the folder, and folders need no syncing.

use std::fs::File;
use std::io;
use std::path::Path;

/// Opens a file for writing. One that is made has the rights of its folder, which for a user's data
/// folder are those of the user.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}

/// Does nothing: the file system journals its names itself, and a folder cannot be synced.
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every platform")]
pub(super) fn sync_folder_of(_path: &Path) -> io::Result<()> {
    Ok(())
}
