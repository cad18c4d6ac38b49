//! Owner-only files on Windows. The folder of a user's application data is closed to other users, and what
//! is made inside inherits that; so nothing has to be set here. Whoever chooses another folder with
//! `--profile` chooses who may read it.

use std::fs::{DirBuilder, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Permissions are inherited; no file is called exposed.
pub(super) fn exposed_mode(_metadata: &Metadata) -> Option<u32> {
    None
}

/// Permissions are inherited; nothing to set.
pub(super) fn only_for_owner(_options: &mut OpenOptions) {}

/// Makes a folder, and those above it.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

/// NTFS keeps its own journal of names; there is nothing to be synced by hand.
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every platform")]
pub(super) fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
