//! This server among others that share its log: a thread that hears of what they append and has the rooms here fed, and
//! that tells them who is here and hears who is there. Wake-ups may be lost, so every second what the log has is compared
//! with what was fed, by another thread: a log that does not answer must not keep this one from being heard. Not here:
//! feeding (`writer::follow`), who is on which server (`elsewhere`), and how servers hear of one another (the log).

mod speaker;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use papo_log::{News, RoomLog, Shared};
use papo_proto::RoomName;

use crate::desk::{Mail, Post};
use crate::elsewhere::{Changes, Item, Note, SharedElsewhere};
use crate::room::{Hub, Room};
use crate::tags::AddressTags;
use crate::writer::WriterQueue;

use speaker::Speaker;

/// How long the thread waits for news at a time; then it looks whether the server stops. Also how long changes of who is
/// here are gathered before the others are told, and changes there before the members here are.
const WAIT: Duration = Duration::from_millis(100);

/// How often the log is compared with what was fed, and how long counts of large rooms are gathered.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// How many rooms are asked for at a time.
const ROOMS_MAX: usize = 1000;

/// Whoever has heard nothing of itself for so long may have missed others as well: some heartbeats.
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);

/// The thread's own.
pub(crate) struct Cluster {
    pub(crate) log: Arc<dyn RoomLog>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) queue: Arc<WriterQueue>,
    pub(crate) shards: Vec<Arc<dyn Post>>,
    pub(crate) tags: Arc<AddressTags>,
    pub(crate) elsewhere: Arc<SharedElsewhere>,
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
        let (sweeps, asked) = sync_channel(1);
        thread::scope(|scope| {
            scope.spawn(move || self.sweep_when_asked(shared, &asked));
            self.work(shared, sweeps);
        });
    }

    // By value: the other thread ends with the sender.
    #[expect(clippy::needless_pass_by_value, reason = "dropping it ends the thread that sweeps")]
    fn work(&self, shared: &dyn Shared, sweeps: SyncSender<()>) {
        let mut speaker = Speaker::new(shared.node());
        let mut changed = BTreeSet::new();
        let mut servers = 0;
        let start = Instant::now();
        let (mut last_turn, mut next_sweep) = (start, start + SWEEP_EVERY);
        speaker.begin(shared);
        loop {
            let news = shared.wait(WAIT);
            if self.stopping.load(Ordering::SeqCst) {
                return speaker.end(shared);
            }
            if news.contains(&News::Replaced) {
                tracing::error!(
                    "the log was restored or made anew: this server stops, so that it begins again with it"
                );
                self.replaced.store(true, Ordering::SeqCst);
                return;
            }
            self.follow(&news);
            for news in &news {
                if let News::Note { node, text } = news {
                    self.hear(*node, text, &mut speaker, &mut changed);
                }
            }
            let now = Instant::now();
            let sweep_is_due = now >= next_sweep;
            if sweep_is_due || news.contains(&News::Everything) {
                next_sweep = now + SWEEP_EVERY;
                // Where it is full, the other thread is about to look anyway.
                let _ = sweeps.try_send(());
            }
            if now.duration_since(last_turn) < WAIT && !sweep_is_due {
                continue;
            }
            if shared.hears_itself(CONNECTED_WITHIN) {
                let mut elsewhere = self.elsewhere.lock();
                let changes = elsewhere.pass(now.duration_since(last_turn).min(SWEEP_EVERY));
                self.apply(&changes, &mut changed);
                if std::mem::replace(&mut servers, elsewhere.servers_len()) != elsewhere.servers_len() {
                    tracing::info!(servers, "other servers that share the log are heard");
                }
            }
            last_turn = now;
            speaker.tell(shared, &self.hub, &self.tags, sweep_is_due, now);
            self.publish(&mut changed, sweep_is_due);
        }
    }

    /// Takes in what another server says of who is there.
    fn hear(&self, node: u64, text: &str, speaker: &mut Speaker, changed: &mut BTreeSet<RoomName>) {
        let Some(note) = Note::decode(text) else { return };
        speaker.is_asked |= note
            .items
            .iter()
            .any(|item| matches!(item, Item::Ask(whom) if whom.is_none_or(|whom| whom == speaker.server)));
        let mut elsewhere = self.elsewhere.lock();
        let (changes, ask) = elsewhere.hear(node, &note);
        self.apply(&changes, changed);
        drop(elsewhere);
        if ask {
            speaker.ask(node);
        }
    }

    /// Does changes to the rooms that are open here. Called with the lock of what is known held.
    fn apply(&self, changes: &Changes, changed: &mut BTreeSet<RoomName>) {
        for (name, change) in changes {
            if let Some(room) = self.hub.find(name) {
                change.apply(&mut room.presence());
                changed.insert(name.clone());
            }
        }
    }

    /// Tells the members here what has changed elsewhere; in large rooms only where counts are due.
    fn publish(&self, changed: &mut BTreeSet<RoomName>, counts_are_due: bool) {
        changed.retain(|name| {
            let Some(room) = self.hub.find(name) else { return false };
            if room.presence().is_large() && !counts_are_due {
                return true;
            }
            if room.publish_presence() {
                for shard in room.subscribers().filter_map(|index| self.shards.get(index)) {
                    shard.post(Mail::News(Arc::clone(&room)));
                }
            }
            false
        });
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
        self.queue.submit_follows(open.filter(|room| self.hub.find(room).is_some()));
    }

    /// The other thread: compares the log with what was fed whenever it is asked to.
    fn sweep_when_asked(&self, shared: &dyn Shared, asked: &Receiver<()>) {
        while asked.recv().is_ok() {
            self.sweep(shared);
        }
    }

    /// Has the rooms fed of which the log has more than the feed.
    fn sweep(&self, shared: &dyn Shared) {
        for rooms in self.hub.rooms().chunks(ROOMS_MAX) {
            // Before the log is asked: what is fed meanwhile is not missing.
            let fed: Vec<u64> = rooms.iter().map(|room| room.messages.head()).collect();
            let names: Vec<Arc<str>> = rooms.iter().map(|room| room.name.shared()).collect();
            let Ok(heads) = shared.heads(&names) else { return };
            let mut behind = Vec::new();
            for ((room, fed), head) in rooms.iter().zip(fed).zip(heads) {
                if head > fed {
                    behind.push(room.name.clone());
                } else if head < fed {
                    renew(shared, room, fed, head);
                }
            }
            self.queue.submit_follows(behind.into_iter());
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
