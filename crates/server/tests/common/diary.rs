//! What the servers of this process write into their log, with every level on, so that it can be looked through. Not here:
//! what must not stand in it, which `papo_torture::leaks` knows.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use tracing_subscriber::filter::LevelFilter;

/// What was written since it was last taken.
static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Keeps what is written from now on.
pub(super) fn keep() {
    let lines = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_ansi(false);
    // From the second server on there is one.
    let _ = lines.with_writer(|| Diary).try_init();
}

/// Takes what was written until now.
pub(super) fn take() -> String {
    let written = std::mem::take(&mut *WRITTEN.lock().unwrap_or_else(PoisonError::into_inner));
    String::from_utf8_lossy(&written).into_owned()
}

struct Diary;

impl Write for Diary {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
