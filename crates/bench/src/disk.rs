//! How long the disk itself takes to make something durable, sampled beside a measurement in the server's own
//! folder: what a durable message cannot be faster than. Not here: what the server makes of it.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::meter::{Percentiles, histogram, percentiles};

/// How often the disk is asked: often enough for a p99 in ten seconds, rarely enough not to be the load.
const EVERY: Duration = Duration::from_millis(50);

/// What is written before each sync: a page of the log.
const BYTES: usize = 4096;

/// Asks the disk again and again until it is finished with.
pub(crate) struct DiskProbe {
    stop: Sender<()>,
    thread: JoinHandle<Histogram<u64>>,
}

impl DiskProbe {
    /// Begins to ask the disk under this folder. Without a file there is nothing to measure.
    pub(crate) fn start(folder: &Path) -> Option<Self> {
        let file = File::create(folder.join("probe")).ok()?;
        let (stop, stopped) = channel();
        Some(Self { stop, thread: std::thread::spawn(move || sample(file, &stopped)) })
    }

    /// How long it took, in microseconds.
    pub(crate) fn finish(self) -> Option<Percentiles> {
        drop(self.stop);
        self.thread.join().ok().map(|latencies| percentiles(&latencies))
    }
}

fn sample(mut file: File, stopped: &Receiver<()>) -> Histogram<u64> {
    let mut latencies = histogram();
    while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
        let began = Instant::now();
        if file.write_all(&[0; BYTES]).and_then(|()| file.sync_all()).is_ok() {
            latencies.saturating_record(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX));
        }
    }
    latencies
}
