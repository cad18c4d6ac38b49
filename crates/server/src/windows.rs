//! What is particular to Windows: a user's folders are that user's own there already.

use std::fs;
use std::io;
use std::path::Path;

/// Makes a folder, and those above it where they are missing. It inherits the rights of the user's own folder.
pub(crate) fn make_folder_for_owner(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Files in a user's folder are for that user; there are no bits to check.
pub(crate) fn refuse_readable_by_others(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// There is no such limit to raise.
pub(crate) fn raise_open_files() -> Option<u64> {
    None
}
