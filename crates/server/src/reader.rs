//! Reads old messages from the log, for those who have fallen out of the feed or ask for history, on threads
//! of their own so that a disk never holds up a shard. Not here: what is new, which the feed has.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use papo_log::{Entry, LogError, Page, RoomLog, RoomState};
use papo_proto::RoomName;
use papo_proto::limits::{BODY_BYTES_MAX, ENVELOPE_BYTES_MAX, LINE_BYTES_MAX};

use crate::desk::{Mail, Post, ReadJob, Wanted, not_stored};
use crate::feed::Batch;
use crate::writer::{batch_of, parts_of};

/// What a reader out of the feed gets at a time: some hundred messages, and a bounded amount of memory for
/// each reader that does not read on.
const FRAMES_PAGE: Page = Page { entries_max: 1024, bytes_max: 48 * 1024 };

/// How many of these pages are kept for whoever wants the same next: a few megabytes, and seconds of a busy room.
const PAGES_KEPT_MAX: usize = 64;

/// How long the pages are kept when nobody wants one.
const PAGES_KEPT_FOR: Duration = Duration::from_secs(1);

/// To find out whether there is anything at all.
const ONE_ENTRY: Page = Page { entries_max: 1, bytes_max: 0 };

/// The JSON around the messages of a `history`.
const HISTORY_ENVELOPE_BYTES: usize = 64;

const _: () = assert!(BODY_BYTES_MAX + ENVELOPE_BYTES_MAX + HISTORY_ENVELOPE_BYTES <= LINE_BYTES_MAX);

/// What waits to be read. Its bound: each connection has at most one job here.
#[derive(Debug, Default)]
pub(crate) struct ReadQueue {
    /// Held for moving one job in or out only.
    queue: Mutex<(VecDeque<ReadJob>, bool)>,
    ready: Condvar,
    reader: Reader,
}

impl ReadQueue {
    /// Takes a job.
    pub(crate) fn submit(&self, job: ReadJob) {
        self.lock().0.push_back(job);
        self.ready.notify_one();
    }

    /// Ends [`run`](Self::run); what still waits is not read any more.
    pub(crate) fn stop(&self) {
        self.lock().1 = true;
        self.ready.notify_all();
    }

    /// A reading thread: works until stopped.
    pub(crate) fn run(&self, log: &dyn RoomLog, shards: &[Arc<dyn Post>]) {
        while let Some(job) = self.take() {
            shards[job.from.shard].post(self.reader.read(log, &job));
        }
    }

    /// How many jobs wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().0.len()
    }

    fn take(&self) -> Option<ReadJob> {
        let mut queue = self.lock();
        loop {
            if queue.1 {
                return None;
            }
            if let Some(job) = queue.0.pop_front() {
                return Some(job);
            }
            if self.reader.keeps_any() {
                let waited = self.ready.wait_timeout(queue, PAGES_KEPT_FOR);
                let (lock, wait) = waited.unwrap_or_else(PoisonError::into_inner);
                queue = lock;
                if wait.timed_out() {
                    self.reader.forget();
                }
            } else {
                queue = self.ready.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, (VecDeque<ReadJob>, bool)> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does the jobs. It keeps the pages that it read last: where a busy room has stood still for a moment, all its
/// members are behind the feed at once, and reading the same for each of them would keep them there for good.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// The oldest first. Held for looking through it only.
    pages: Mutex<VecDeque<(RoomName, Arc<Batch>)>>,
}

impl Reader {
    /// Does a job and returns the answer to it.
    pub(crate) fn read(&self, log: &dyn RoomLog, job: &ReadJob) -> Mail {
        let to = job.from;
        let read = match job.wanted {
            Wanted::Frames { after } => {
                self.frames(log, &job.room, after).map(|frames| Mail::Frames { to, frames: Some(frames) })
            }
            Wanted::Before { seq, messages_max } => {
                history(log, job, |page| log.read_before(job.room.as_str(), seq, page), messages_max, true)
            }
            Wanted::After { seq, messages_max } => {
                history(log, job, |page| log.read_after(job.room.as_str(), seq, page), messages_max, false)
            }
            Wanted::Acts { before, acts_max } => audit(log, job, before, acts_max),
        };
        read.unwrap_or_else(|error| {
            tracing::error!(room = %job.room, "reading the log failed: {error}");
            match job.wanted {
                Wanted::Frames { .. } => Mail::Frames { to, frames: None },
                _ => Mail::Refused { to, refusal: not_stored(&error, None), answers: true },
            }
        })
    }

    /// A page with the frame that follows `after`, or an empty one where there is none.
    fn frames(&self, log: &dyn RoomLog, room: &RoomName, after: u64) -> Result<Arc<Batch>, LogError> {
        let kept = |pages: &VecDeque<(RoomName, Arc<Batch>)>| {
            let page = pages.iter().find(|(name, page)| name == room && page.contains(after + 1));
            page.map(|(_, page)| Arc::clone(page))
        };
        if let Some(page) = kept(&self.pages()) {
            return Ok(page);
        }
        let page = Arc::new(batch_of(&log.read_after(room.as_str(), after, FRAMES_PAGE)?));
        if !page.is_empty() {
            let mut pages = self.pages();
            pages.push_back((room.clone(), Arc::clone(&page)));
            if pages.len() > PAGES_KEPT_MAX {
                pages.pop_front();
            }
        }
        Ok(page)
    }

    fn keeps_any(&self) -> bool {
        !self.pages().is_empty()
    }

    fn forget(&self) {
        *self.pages() = VecDeque::new();
    }

    fn pages(&self) -> MutexGuard<'_, VecDeque<(RoomName, Arc<Batch>)>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn history(
    log: &dyn RoomLog,
    job: &ReadJob,
    read: impl FnOnce(Page) -> Result<Vec<Entry>, LogError>,
    messages_max: usize,
    backwards: bool,
) -> Result<Mail, LogError> {
    let page = Page { entries_max: messages_max, bytes_max: LINE_BYTES_MAX };
    let entries = read(page)?;
    let state = log.state(job.room.as_str())?;
    let frame = history_frame(&entries, state, backwards);
    Ok(Mail::Frame { to: job.from, frame, answers: true })
}

/// The newest acts below a place, as many as fit into a line.
fn audit(log: &dyn RoomLog, job: &ReadJob, before: u64, acts_max: usize) -> Result<Mail, LogError> {
    let page = Page { entries_max: acts_max, bytes_max: LINE_BYTES_MAX };
    let (elements, farthest) = elements_of(&log.read_acts_before(job.room.as_str(), before, page)?, true);
    let more = match farthest {
        Some(oldest) => !log.read_acts_before(job.room.as_str(), oldest, ONE_ENTRY)?.is_empty(),
        None => false,
    };
    Ok(Mail::Frame {
        to: job.from,
        frame: page_frame(br#"{"type":"audit","acts":["#, &elements, more),
        answers: true,
    })
}

/// The `history` with as many of the entries as fit into a line: the newest of them when reading backwards,
/// else the oldest.
fn history_frame(entries: &[Entry], state: RoomState, backwards: bool) -> Vec<u8> {
    let (elements, farthest) = elements_of(entries, backwards);
    let more = farthest.is_some_and(|seq| if backwards { seq > state.first } else { seq < state.head });
    page_frame(br#"{"type":"history","messages":["#, &elements, more)
}

/// As many of the entries as fit into a line, in order, and the place of the one that is farthest from where reading
/// began.
fn elements_of(entries: &[Entry], backwards: bool) -> (Vec<Vec<u8>>, Option<u64>) {
    let mut elements: Vec<Vec<u8>> = Vec::new();
    let mut bytes = HISTORY_ENVELOPE_BYTES;
    let nearest_first: Box<dyn Iterator<Item = &Entry>> =
        if backwards { Box::new(entries.iter().rev()) } else { Box::new(entries.iter()) };
    let mut farthest = None;
    for entry in nearest_first {
        let mut element = Vec::new();
        parts_of(entry).encode_element(&mut element);
        bytes += element.len() + 1;
        if bytes > LINE_BYTES_MAX {
            break;
        }
        elements.push(element);
        farthest = Some(entry.seq);
    }
    if backwards {
        elements.reverse();
    }
    (elements, farthest)
}

fn page_frame(beginning: &[u8], elements: &[Vec<u8>], more: bool) -> Vec<u8> {
    let mut frame = beginning.to_vec();
    frame.extend_from_slice(&elements.join(&b','));
    frame.extend_from_slice(if more { b"],\"more\":true}\n" } else { b"],\"more\":false}\n" });
    frame
}

#[cfg(test)]
mod tests {
    use papo_log::{Kind, MemoryLimits, MemoryLog, NewEntry};
    use papo_proto::ServerMessage;
    use papo_proto::codec::decode_server;

    use super::*;
    use crate::desk::ConnectionId;

    fn entry(seq: u64, text_len: usize) -> Entry {
        Entry {
            seq,
            time_ms: 0,
            kind: Kind::Message,
            sender: "guest-aaaaaaaaaaaaa".into(),
            name: "Ana".into(),
            id: format!("{seq}").into(),
            body: format!(r#"{{"text":"{}"}}"#, "x".repeat(text_len)).into(),
        }
    }

    /// Invariant: a crowd that is behind together reads the log once, and each gets what follows its own place.
    #[test]
    fn a_page_that_was_just_read_is_not_read_again() {
        let log = MemoryLog::new(MemoryLimits { entries_max: usize::MAX, bytes_max: usize::MAX });
        let new = |number: u64| NewEntry {
            room: "lobby".into(),
            kind: Kind::Message,
            sender: "guest-aaaaaaaaaaaaa".into(),
            name: "Ana".into(),
            id: format!("{number}").into(),
            body: format!(r#"{{"text":"{}"}}"#, "x".repeat(1000)).into(),
        };
        log.append(0, &(1..=200).map(new).collect::<Vec<_>>()).unwrap();
        let reader = Reader::default();
        let page = |after: u64| {
            let from = ConnectionId { shard: 0, slot: 0, generation: 0 };
            let job =
                ReadJob { room: RoomName::parse("lobby").unwrap(), wanted: Wanted::Frames { after }, from };
            match reader.read(&log, &job) {
                Mail::Frames { frames: Some(frames), .. } => frames,
                other => panic!("no page: {other:?}"),
            }
        };
        let mut last = 0;
        while last < 200 {
            let first = page(last);
            for after in last..first.last() {
                assert!(Arc::ptr_eq(&page(after), &first), "what follows {after}");
            }
            assert!(first.contains(last + 1));
            last = first.last();
        }
        assert!(page(200).is_empty(), "nothing follows the newest");
        log.append(0, &[new(201)]).unwrap();
        assert_eq!(page(200).last(), 201, "an empty page is not kept");
        assert!(reader.keeps_any());
        reader.forget();
        assert!(!reader.keeps_any());
    }

    fn seqs(frame: &[u8]) -> (Vec<u64>, bool) {
        assert!(frame.len() <= LINE_BYTES_MAX + 1, "a line");
        match decode_server(frame.trim_ascii_end()).unwrap() {
            ServerMessage::History { messages, more } => {
                (messages.iter().map(|message| message.seq.number()).collect(), more)
            }
            other => panic!("not a history: {other:?}"),
        }
    }

    #[test]
    fn a_history_is_one_line_that_keeps_what_is_nearest() {
        let entries: Vec<Entry> = (1..=5).map(|seq| entry(seq, 20_000)).collect();
        let state = RoomState { epoch: papo_log::Epoch::from_bits(1), first: 1, head: 5 };
        assert_eq!(seqs(&history_frame(&entries, state, true)), (vec![3, 4, 5], true));
        assert_eq!(seqs(&history_frame(&entries, state, false)), (vec![1, 2, 3], true));
        assert_eq!(seqs(&history_frame(&entries[..3], state, true)), (vec![1, 2, 3], false));
        assert_eq!(seqs(&history_frame(&[], state, true)), (vec![], false));
        let largest = entry(5, BODY_BYTES_MAX - 20);
        assert_eq!(seqs(&history_frame(&[largest], state, false)), (vec![5], false));
    }
}
