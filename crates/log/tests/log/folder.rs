//! A folder for one test, removed when the test ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// An empty folder on a real disk, below the build's own folder for such things.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("log-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Where the log of the test is.
    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("papo.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A test that fails may leave something open that keeps the folder; it is in the build's own.
        let _ = fs::remove_dir_all(&self.0);
    }
}
