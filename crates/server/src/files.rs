//! Files that only their owner may read. What is of one platform stands in the file named for it. Not here:
//! what is in them.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::SystemTime;

#[cfg(unix)]
pub(crate) use crate::unix::{close_to_others, make_folder_for_owner, refuse_readable_by_others};
#[cfg(windows)]
pub(crate) use crate::windows::{make_folder_for_owner, refuse_readable_by_others};

/// When a file was last changed, if that can be known.
pub(crate) fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// Puts a file that everybody may read in the place of one that may be there: whoever looks finds the old one or the
/// new one, whole.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    let mut file = fs::File::create(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

/// Writes a new file whole, for its owner only. Fails where there is one already.
pub(crate) fn write_for_owner(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    crate::unix::for_owner(&mut options);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
