//! This server among others that share its log: a thread that hears of what they append and has the rooms here fed.
//! Wake-ups may be lost, so every second it also compares what the log has with what was fed. Not here: feeding
//! (`writer::follow`), and how servers hear of one another (the log).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use papo_log::{News, RoomLog, Shared};
use papo_proto::RoomName;

use crate::desk::Job;
use crate::room::{Hub, Room};
use crate::writer::WriterQueue;

/// How long the thread waits for news at a time; then it looks whether the server stops.
const WAIT: Duration = Duration::from_millis(100);

/// How often the log is compared with what was fed.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// How many rooms are asked for at a time.
const ROOMS_MAX: usize = 1000;

/// The thread's own.
pub(crate) struct Cluster {
    pub(crate) log: Arc<dyn RoomLog>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) queue: Arc<WriterQueue>,
    /// Set when the server stops.
    pub(crate) stopping: Arc<AtomicBool>,
    /// Set here when the log is another one than it was; then the thread ends, and the server with it.
    pub(crate) replaced: Arc<AtomicBool>,
}

impl Cluster {
    /// The thread: works until the server stops, or must stop.
    pub(crate) fn run(&self) {
        let Some(shared) = self.log.shared() else { return };
        for warning in shared.warnings() {
            tracing::warn!("{warning}");
        }
        let mut next_sweep = Instant::now() + SWEEP_EVERY;
        while !self.stopping.load(Ordering::SeqCst) {
            let news = shared.wait(WAIT);
            if news.contains(&News::Replaced) {
                tracing::error!(
                    "the log was restored or made anew: this server stops, so that it begins again with it"
                );
                self.replaced.store(true, Ordering::SeqCst);
                return;
            }
            self.follow(&news);
            if news.contains(&News::Everything) || Instant::now() >= next_sweep {
                self.sweep(shared);
                next_sweep = Instant::now() + SWEEP_EVERY;
            }
        }
    }

    /// Has the rooms fed in which others have said something.
    fn follow(&self, news: &[News]) {
        let changed: BTreeSet<&str> = news
            .iter()
            .filter_map(|news| match news {
                News::Entries { room } => Some(&**room),
                _ => None,
            })
            .collect();
        let open = changed.into_iter().filter_map(|room| RoomName::parse(room).ok());
        let mut jobs: Vec<Job> =
            open.filter(|room| self.hub.find(room).is_some()).map(|room| Job::Follow { room }).collect();
        if !jobs.is_empty() {
            self.queue.submit(&mut jobs);
        }
    }

    /// Has the rooms fed of which the log has more than the feed.
    fn sweep(&self, shared: &dyn Shared) {
        for rooms in self.hub.rooms().chunks(ROOMS_MAX) {
            // Before the log is asked: what is fed meanwhile is not missing.
            let fed: Vec<u64> = rooms.iter().map(|room| room.messages.head()).collect();
            let names: Vec<Arc<str>> = rooms.iter().map(|room| room.name.shared()).collect();
            let Ok(heads) = shared.heads(&names) else { return };
            let mut jobs = Vec::new();
            for ((room, fed), head) in rooms.iter().zip(fed).zip(heads) {
                if head > fed {
                    jobs.push(Job::Follow { room: room.name.clone() });
                } else if head < fed {
                    renew(shared, room, fed, head);
                }
            }
            if !jobs.is_empty() {
                self.queue.submit(&mut jobs);
            }
        }
    }
}

/// The log has less than our members were shown: it was restored to an earlier state.
fn renew(shared: &dyn Shared, room: &Room, fed: u64, head: u64) {
    tracing::error!(room = %room.name, fed, head, "the log has lost messages that it had");
    if let Err(error) = shared.renew() {
        tracing::error!("the log could not be given another epoch: {error}");
    }
}
