//! The log's writer: the one place where messages get their order. It appends whatever has queued in one
//! commit, and only then feeds it to the rooms. While the disk syncs, the next batch queues by itself, so
//! there is no timer. Not here: storing, which the log does, and sending, which the shards do.

mod acts;
mod door;
mod follow;
mod office;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use papo_log::{Appended, Entry, LogError, NewEntry, Page, RoomLog};
use papo_proto::codec::MessageParts;
use papo_proto::{Epoch, ErrorCode, MessageId, Refusal, RoomName, Seq, Timestamp};

use crate::desk::{ConnectionId, Job, Mail, Post, not_stored};
use crate::elsewhere::SharedElsewhere;
use crate::feed::{Batch, WINDOW_BYTES_MAX, Window};
use crate::gate::Gates;
use crate::guard::Guard;
use crate::metrics::{Clock, Health, WriterCounters};
use crate::room::{Hub, Room};
use crate::tags::AddressTags;

/// How many entries one commit holds at most. A commit of so many takes some hundredths of a second.
pub(crate) const BATCH_ENTRIES_MAX: usize = 4096;

/// How many jobs may wait before the shards stop reading from those who write: about two commits.
const QUEUE_JOBS_MAX: usize = 2 * BATCH_ENTRIES_MAX;

/// How many bytes may wait before the shards stop reading from those who write.
const QUEUE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// For how long a message that a shared log has not taken is waited for before others of its connection are taken:
/// some times as long as a client is asked to wait.
const AWAITED_MS: u64 = 30_000;

/// How many of a room's newest messages are read when it opens, for those who come back at once.
const OPENING_PAGE: Page = Page { entries_max: 1024, bytes_max: WINDOW_BYTES_MAX / 2 };

/// Does the jobs. Owned by the writer's thread.
pub(crate) struct Writer {
    pub(crate) log: Arc<dyn RoomLog>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) shards: Vec<Arc<dyn Post>>,
    /// Who may do what in the rooms that somebody is in.
    pub(crate) gates: Gates,
    /// Makes the marks of addresses that are banned.
    pub(crate) tags: Arc<AddressTags>,
    /// What each key has used of its rate, where other servers append as well: what is said there counts here.
    pub(crate) guard: Option<Arc<Guard>>,
    /// Who is on other servers that share the log.
    pub(crate) elsewhere: Arc<SharedElsewhere>,
    /// Whether other servers append to the log as well.
    pub(crate) is_shared: bool,
    /// Connections of which a shared log has not taken a message: which one, and until when it is waited for.
    pub(crate) awaited: HashMap<ConnectionId, (Box<str>, u64)>,
    /// Whether the log drops old entries by itself, so that its oldest has to be looked up.
    pub(crate) trims: bool,
    /// What it counts, and the time that it measures with.
    pub(crate) counters: Arc<WriterCounters>,
    pub(crate) clock: Clock,
    /// Says whether the last commit failed: the operator is told once when it begins and once when it ends.
    pub(crate) health: Arc<Health>,
}

impl Writer {
    /// Does these jobs in their order, each run of appends or of entrances in as few commits as possible. `now_ms` is the
    /// Unix time in milliseconds.
    pub(crate) fn work(&mut self, jobs: Vec<Job>, now_ms: u64) {
        let mut entries = Vec::new();
        let mut from = Vec::new();
        let mut visitors = Vec::new();
        for job in jobs {
            let is_another = !matches!(job, Job::Open(_));
            if !visitors.is_empty() && (is_another || visitors.len() == BATCH_ENTRIES_MAX) {
                self.open(&mut visitors, now_ms);
            }
            match job {
                Job::Append { entry, from: connection, room } => {
                    let count = || self.hub.find(&room).map_or(0, |room| room.presence().count());
                    if let Some(refusal) = self.gates.quiet(&room, &entry.sender, now_ms, count) {
                        self.commit(&mut entries, &mut from, now_ms);
                        self.answer_quiet(&entry, connection, refusal);
                        continue;
                    }
                    if !self.awaited.is_empty() && self.is_out_of_turn(connection, &entry.id, now_ms) {
                        self.refuse_for_now(connection, &entry.id);
                        continue;
                    }
                    entries.push(entry);
                    from.push((connection, room));
                    if entries.len() == BATCH_ENTRIES_MAX {
                        self.commit(&mut entries, &mut from, now_ms);
                    }
                }
                Job::Open(asked) => {
                    self.commit(&mut entries, &mut from, now_ms);
                    visitors.push(*asked);
                }
                Job::Act(asking) => {
                    self.commit(&mut entries, &mut from, now_ms);
                    self.act(&asking, now_ms);
                }
                Job::Describe { room, member, from: connection } => {
                    self.describe(&room, &member, connection, now_ms);
                }
                Job::Operate(operation) => {
                    self.commit(&mut entries, &mut from, now_ms);
                    self.operate(&operation, now_ms);
                }
                Job::Follow { room } => {
                    self.commit(&mut entries, &mut from, now_ms);
                    self.follow(&room, now_ms, &BTreeSet::new());
                }
                Job::Close { room } => {
                    self.commit(&mut entries, &mut from, now_ms);
                    if self.hub.close_if_empty(&room) {
                        self.gates.forget(&room);
                    }
                }
            }
        }
        self.open(&mut visitors, now_ms);
        self.commit(&mut entries, &mut from, now_ms);
    }

    fn commit(&mut self, entries: &mut Vec<NewEntry>, from: &mut Vec<(ConnectionId, RoomName)>, now_ms: u64) {
        if entries.is_empty() {
            return;
        }
        let begun = self.clock.now();
        let appended = self.log.append(now_ms, entries);
        let ended = self.clock.now();
        if let (Some(begun), Some(ended)) = (begun, ended) {
            self.counters.commits.observe(ended.saturating_sub(begun));
        }
        match appended {
            Ok(appended) => {
                self.recovered();
                self.publish(entries, from, appended, (ended, now_ms));
            }
            Err(error) => {
                self.failed(&error, now_ms);
                self.counters.failed.add(entries.len() as u64);
                for (entry, (to, _)) in entries.iter().zip(from.iter()) {
                    let refusal = not_stored(&error, MessageId::parse(&entry.id).ok());
                    self.shards[to.shard].post(Mail::Refused { to: *to, refusal, answers: false });
                    if self.is_shared {
                        let until_ms = now_ms.saturating_add(AWAITED_MS);
                        self.awaited.entry(*to).or_insert_with(|| (entry.id.clone(), until_ms));
                    }
                }
            }
        }
        entries.clear();
        from.clear();
    }

    /// Feeds what was stored to the rooms, and answers those whose message was not new.
    fn publish(
        &mut self,
        entries: &[NewEntry],
        from: &[(ConnectionId, RoomName)],
        appended: Vec<Appended>,
        (now, now_ms): (Option<Duration>, u64),
    ) {
        if self.is_shared {
            return self.publish_shared(entries, from, appended, (now, now_ms));
        }
        // In the order of names, so that equal work is done in an equal order.
        let mut batches: BTreeMap<&RoomName, Batch> = BTreeMap::new();
        for ((entry, (to, room)), appended) in entries.iter().zip(from).zip(appended) {
            match appended {
                Appended::New { seq, time_ms } => {
                    self.counters.stored.add(1);
                    let batch = batches.entry(room).or_insert_with(|| Batch::starting_at(seq).fed(now));
                    batch.push(|out| parts_of_new(entry, seq, time_ms).encode_line(out));
                }
                Appended::Repeated(first) => self.answer_repeat(*to, &first),
                Appended::Conflict { seq } => self.answer_conflict(*to, seq, &entry.id),
            }
        }
        for (name, batch) in batches {
            // A room without members has no feed to fill: its next member reads the log.
            if let Some(room) = self.hub.find(name) {
                room.messages.push(Arc::new(batch));
                self.update_first(&room);
                self.wake(&room);
            }
        }
    }

    /// Whether something was said behind a message that the log has not taken: it would overtake that, which its client
    /// says again first.
    fn is_out_of_turn(&mut self, connection: ConnectionId, id: &str, now_ms: u64) -> bool {
        self.awaited.retain(|_, (_, until_ms)| now_ms < *until_ms);
        match self.awaited.get(&connection) {
            Some((awaited, _)) if **awaited == *id => {
                self.awaited.remove(&connection);
                false
            }
            awaited => awaited.is_some(),
        }
    }

    fn refuse_for_now(&self, to: ConnectionId, id: &str) {
        let text = "what you said before this is not stored yet: it will be tried again in its turn";
        let refusal = Refusal::new(ErrorCode::LogFailed, text).retry_after(1);
        let refusal = Refusal { about: MessageId::parse(id).ok(), ..refusal };
        self.shards[to.shard].post(Mail::Refused { to, refusal, answers: false });
    }

    /// Whoever says something again gets what was stored the first time.
    fn answer_repeat(&self, to: ConnectionId, first: &Entry) {
        self.counters.repeated.add(1);
        let mut frame = Vec::new();
        parts_of(first).encode_line(&mut frame);
        self.shards[to.shard].post(Mail::Frame { to, frame, answers: false });
    }

    fn answer_conflict(&self, to: ConnectionId, seq: u64, id: &str) {
        self.counters.conflicting.add(1);
        self.shards[to.shard].post(Mail::Refused { to, refusal: id_reused(seq, id), answers: false });
    }

    fn update_first(&self, room: &Room) {
        if self.trims
            && let Ok(state) = self.log.state(room.name.as_str())
        {
            room.set_first(state.first);
        }
    }

    fn wake(&self, room: &Arc<Room>) {
        for shard in room.subscribers().filter(|&shard| shard < self.shards.len()) {
            self.shards[shard].post(Mail::News(Arc::clone(room)));
        }
    }

    fn read_room(&self, name: &RoomName) -> Result<Room, LogError> {
        let state = self.log.state(name.as_str())?;
        let newest = self.log.read_before(name.as_str(), state.head + 1, OPENING_PAGE)?;
        let mut window = Window::after(newest.first().map_or(state.head, |entry| entry.seq - 1));
        window.push(Arc::new(batch_of(&newest)));
        let mut room = Room::new(name.clone(), Epoch(state.epoch.bits().to_be_bytes()), state.first, window);
        room.is_shared = self.is_shared;
        Ok(room)
    }

    fn failed(&self, error: &LogError, now_ms: u64) {
        if self.health.log_failed(now_ms) {
            tracing::error!("messages are being refused: {error}");
        }
    }

    fn recovered(&self) {
        if self.health.log_works() {
            tracing::info!("messages are being stored again");
        }
    }
}

/// The frames of consecutive entries.
pub(crate) fn batch_of(entries: &[Entry]) -> Batch {
    let mut batch = Batch::starting_at(entries.first().map_or(1, |entry| entry.seq));
    for entry in entries {
        batch.push(|out| parts_of(entry).encode_line(out));
    }
    batch
}

/// An entry as the protocol writes it.
pub(crate) fn parts_of(entry: &Entry) -> MessageParts<'_> {
    MessageParts {
        seq: Seq::new(entry.seq),
        time: Timestamp::from_unix_ms(entry.time_ms),
        from_id: &entry.sender,
        from_name: &entry.name,
        id: &entry.id,
        body_json: &entry.body,
    }
}

/// An entry that was given this place, as the protocol writes it.
fn parts_of_new(entry: &NewEntry, seq: u64, time_ms: u64) -> MessageParts<'_> {
    MessageParts {
        seq: Seq::new(seq),
        time: Timestamp::from_unix_ms(time_ms),
        from_id: &entry.sender,
        from_name: &entry.name,
        id: &entry.id,
        body_json: &entry.body,
    }
}

fn id_reused(seq: u64, id: &str) -> Refusal {
    let text = format!(
        "this id was used before, for message {seq} with another body: give every message its own id"
    );
    Refusal { about: MessageId::parse(id).ok(), ..Refusal::new(ErrorCode::IdReused, text) }
}

/// What waits for the writer.
#[derive(Debug, Default)]
pub(crate) struct WriterQueue {
    /// Held for moving jobs in or out only.
    queue: Mutex<Queue>,
    ready: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    jobs: Vec<Job>,
    bytes: usize,
    /// Whether a shard was told that the queue is full, and now waits for [`Mail::Drained`].
    starved: bool,
    stopping: bool,
}

impl WriterQueue {
    /// Takes all jobs. The bound is kept by asking [`is_full`](Self::is_full) before each message is read.
    pub(crate) fn submit(&self, jobs: &mut Vec<Job>) {
        let mut queue = self.lock();
        queue.bytes += jobs.iter().map(Job::bytes_len).sum::<usize>();
        queue.jobs.append(jobs);
        drop(queue);
        self.ready.notify_one();
    }

    /// Takes rooms to be fed, unless very much waits already. What is left out is found missing and asked for again a
    /// second later: while a log is away, asking each second must not pile up.
    pub(crate) fn submit_follows(&self, rooms: impl Iterator<Item = RoomName>) {
        let mut queue = self.lock();
        let waiting = queue.jobs.len();
        queue
            .jobs
            .extend(rooms.take(QUEUE_JOBS_MAX.saturating_sub(waiting)).map(|room| Job::Follow { room }));
        drop(queue);
        self.ready.notify_one();
    }

    /// Whether nothing should be added for now.
    pub(crate) fn is_full(&self) -> bool {
        let mut queue = self.lock();
        let full = queue.jobs.len() >= QUEUE_JOBS_MAX || queue.bytes >= QUEUE_BYTES_MAX;
        queue.starved |= full;
        full
    }

    /// How many jobs wait, and how many bytes they hold.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let queue = self.lock();
        (queue.jobs.len(), queue.bytes)
    }

    /// Ends [`run`](Self::run) once everything that waits is done.
    pub(crate) fn stop(&self) {
        self.lock().stopping = true;
        self.ready.notify_one();
    }

    /// The writer's thread: works until stopped.
    pub(crate) fn run(&self, writer: &mut Writer, now_ms: impl Fn() -> u64) {
        while let Some((jobs, starved)) = self.take() {
            if starved {
                // The queue is empty already: the shards fill it while this batch is worked on.
                writer.shards.iter().for_each(|shard| shard.post(Mail::Drained));
            }
            writer.work(jobs, now_ms());
        }
    }

    /// Waits for jobs and takes all of them; nothing when stopped and empty.
    fn take(&self) -> Option<(Vec<Job>, bool)> {
        let mut queue = self.lock();
        while queue.jobs.is_empty() {
            if queue.stopping {
                return None;
            }
            queue = self.ready.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        queue.bytes = 0;
        Some((std::mem::take(&mut queue.jobs), std::mem::take(&mut queue.starved)))
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_to_be_fed_do_not_pile_up_while_the_log_is_away() {
        let queue = WriterQueue::default();
        let room = RoomName::parse("lobby").unwrap();
        for _ in 0..3 {
            queue.submit_follows(std::iter::repeat_n(room.clone(), QUEUE_JOBS_MAX - 1));
        }
        assert_eq!(queue.waiting().0, QUEUE_JOBS_MAX);
        queue.submit(&mut vec![Job::Follow { room }]);
        assert_eq!(queue.waiting().0, QUEUE_JOBS_MAX + 1, "what members say is never left out");
    }
}
