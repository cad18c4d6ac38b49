//! What the server counts of itself, for whoever watches it. Each thread has counters of its own, on cache lines of
//! its own, that it alone writes: counting is an addition in memory, without a lock and without an instruction that
//! other cores notice. Whoever asks adds them up. Nothing here knows a name, a key, a room or an address. Not here:
//! how it is written down (`text`, `page`), and who may ask (`admin`).

mod page;
mod process;
mod text;

use std::array;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use papo_proto::{ClosingCode, ErrorCode};

use crate::carrier::Carrier;

pub(crate) use page::{CONTENT_TYPE, Metrics};
pub(crate) use process::Process;

/// A number that only grows. One thread writes it, any may read it; with a second writer counts would be lost.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// Counts so many more. Only for the thread that owns the counter.
    pub(crate) fn add(&self, more: u64) {
        // Two plain moves instead of a locked addition, which would wait until the core has its writes out.
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
    }

    /// Says how many there are now, for what goes up and down. Only for the thread that owns it.
    pub(crate) fn set(&self, now: usize) {
        self.0.store(now as u64, Ordering::Relaxed);
    }

    /// The count.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The upper bounds of a histogram's buckets, in microseconds: two or three a decade, from a tenth of a millisecond,
/// below which nothing here is, to ten seconds, above which everything is as bad.
pub(crate) const BOUNDS_US: [u64; 15] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 10_000_000,
];

/// How long something takes, by buckets.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// The last one is for what lies above all bounds.
    buckets: [Counter; BOUNDS_US.len() + 1],
    sum_us: Counter,
}

impl Histogram {
    /// Counts one that took so long. Only for the thread that owns the histogram.
    pub(crate) fn observe(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.buckets[BOUNDS_US.partition_point(|&bound| bound < us)].add(1);
        self.sum_us.add(us);
    }

    /// How many there are in each bucket, and what all of them took together, in microseconds.
    pub(crate) fn counts(&self) -> ([u64; BOUNDS_US.len() + 1], u64) {
        (array::from_fn(|at| self.buckets[at].count()), self.sum_us.count())
    }
}

/// What one shard's thread counts. Aligned to two cache lines, which processors fetch in pairs.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct ShardCounters {
    /// Members' connections that have begun and ended: over lines, over WebSocket.
    pub(crate) begun: [Counter; 2],
    pub(crate) ended: [Counter; 2],
    /// Connections that speak HTTP, and those in the handshake, as of the last second.
    pub(crate) visits: Counter,
    pub(crate) strangers: Counter,
    /// Messages that were written to members, and the records and bytes that they were written in.
    pub(crate) deliveries: Counter,
    pub(crate) records: Counter,
    pub(crate) bytes: Counter,
    /// From when a message could be read by its room to when it was written to a member: of the oldest in each record.
    pub(crate) fan_out: Histogram,
    /// Handshakes that were done, that failed, and that took too long.
    pub(crate) handshakes: [Counter; 3],
    /// What was refused, in the order of [`ErrorCode::ALL`].
    pub(crate) refusals: [Counter; ErrorCode::ALL.len()],
    /// Connections that the server has ended, in the order of [`CLOSINGS`].
    pub(crate) closings: [Counter; CLOSINGS.len()],
    /// Connections that were closed without a word.
    pub(crate) unsaid: UnsaidCounters,
    /// Answers over HTTP by their status, in the order of [`STATUSES`]; the last one is for all others.
    pub(crate) answers: [Counter; STATUSES.len() + 1],
}

/// How handshakes end, in the order of [`ShardCounters::handshakes`].
pub(crate) const HANDSHAKE_DONE: usize = 0;
pub(crate) const HANDSHAKE_FAILED: usize = 1;
pub(crate) const HANDSHAKE_LATE: usize = 2;

/// Why a connection is closed without a word: there is nobody yet who could be told, or nobody who would hear it.
/// Connections that are told to go are counted by the code they are told, and those that go by themselves are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsaid {
    /// Its address begins more connections a second than it may.
    AddressTooFast,
    /// Its address has as many that are not through with the handshake as it may.
    AddressPending,
    /// Its address has as many as it may, and so many others are being told so that one more is not.
    AddressFull,
    /// The same for the server.
    Full,
    /// Not one byte has come from it in the time for a handshake.
    Silent,
    /// It got no place for its handshake in that time: others had them all.
    NoPlace,
    /// Its first byte begins no TLS.
    NotTls,
    /// It broke the rules of TLS in the handshake, or had nothing in common with the server.
    HandshakeFailed,
    /// It was not through with the handshake in time.
    HandshakeLate,
    /// Its handshake was slow while others waited for its place.
    HandshakeGaveWay,
    /// It sent more than belongs into any handshake.
    HandshakeTooLarge,
    /// It broke the rules of TLS after the handshake.
    TlsBroken,
    /// The head of its request was not there in time, or the answer not taken.
    RequestLate,
    /// It spoke HTTP and asked nothing more.
    HttpIdle,
    /// It took nothing off the line for too long.
    NotReading,
}

impl Unsaid {
    /// All of them, with the labels by which they are told.
    const ALL: [(Self, &'static str); 15] = [
        (Self::AddressTooFast, "address_too_fast"),
        (Self::AddressPending, "address_pending"),
        (Self::AddressFull, "address_full"),
        (Self::Full, "full"),
        (Self::Silent, "silent"),
        (Self::NoPlace, "no_place"),
        (Self::NotTls, "not_tls"),
        (Self::HandshakeFailed, "handshake_failed"),
        (Self::HandshakeLate, "handshake_late"),
        (Self::HandshakeGaveWay, "handshake_gave_way"),
        (Self::HandshakeTooLarge, "handshake_too_large"),
        (Self::TlsBroken, "tls_broken"),
        (Self::RequestLate, "request_late"),
        (Self::HttpIdle, "http_idle"),
        (Self::NotReading, "not_reading"),
    ];
}

/// How many connections were closed without a word, by the reason.
#[derive(Debug, Default)]
pub(crate) struct UnsaidCounters([Counter; Unsaid::ALL.len()]);

impl UnsaidCounters {
    /// Counts one. Only for the thread that owns the counters.
    pub(crate) fn add(&self, why: Unsaid) {
        self.0[why as usize].add(1);
    }
}

/// Why the server ends connections.
const CLOSINGS: [ClosingCode; 10] = [
    ClosingCode::Stopping,
    ClosingCode::TooLarge,
    ClosingCode::TooLate,
    ClosingCode::Silent,
    ClosingCode::TooSlow,
    ClosingCode::Full,
    ClosingCode::TooMany,
    ClosingCode::Left,
    ClosingCode::Kicked,
    ClosingCode::Banned,
];

/// The answers that are counted by themselves; 101 is a WebSocket.
const STATUSES: [u16; 11] = [101, 200, 304, 400, 403, 404, 405, 413, 421, 431, 503];

impl Default for ShardCounters {
    fn default() -> Self {
        Self {
            begun: array::from_fn(|_| Counter::default()),
            ended: array::from_fn(|_| Counter::default()),
            visits: Counter::default(),
            strangers: Counter::default(),
            deliveries: Counter::default(),
            records: Counter::default(),
            bytes: Counter::default(),
            fan_out: Histogram::default(),
            handshakes: array::from_fn(|_| Counter::default()),
            refusals: array::from_fn(|_| Counter::default()),
            closings: array::from_fn(|_| Counter::default()),
            unsaid: UnsaidCounters::default(),
            answers: array::from_fn(|_| Counter::default()),
        }
    }
}

impl ShardCounters {
    /// A member's connection has begun.
    pub(crate) fn begin(&self, carrier: Carrier) {
        self.begun[index_of(carrier)].add(1);
    }

    /// A member's connection has ended.
    pub(crate) fn end(&self, carrier: Carrier) {
        self.ended[index_of(carrier)].add(1);
    }

    /// A record with so many messages was written to a member. `waited` is how long the oldest of them did, where that
    /// says something about the server.
    pub(crate) fn deliver(&self, messages: u64, bytes: usize, waited: Option<Duration>) {
        self.deliveries.add(messages);
        self.records.add(1);
        self.bytes.add(bytes as u64);
        if let Some(waited) = waited {
            self.fan_out.observe(waited);
        }
    }

    /// Something was refused.
    pub(crate) fn refuse(&self, code: ErrorCode) {
        if let Some(at) = ErrorCode::ALL.iter().position(|&known| known == code) {
            self.refusals[at].add(1);
        }
    }

    /// A connection was told to go.
    pub(crate) fn close(&self, code: ClosingCode) {
        if let Some(at) = CLOSINGS.iter().position(|&known| known == code) {
            self.closings[at].add(1);
        }
    }

    /// A request of HTTP was answered.
    pub(crate) fn answer(&self, status: u16) {
        let at = STATUSES.iter().position(|&known| known == status).unwrap_or(STATUSES.len());
        self.answers[at].add(1);
    }
}

fn index_of(carrier: Carrier) -> usize {
    match carrier {
        Carrier::Lines => 0,
        Carrier::WebSocket => 1,
    }
}

/// What the log's writer counts.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct WriterCounters {
    /// Messages that were stored, that were stored before and sent again, and that had an id of another message.
    pub(crate) stored: Counter,
    pub(crate) repeated: Counter,
    pub(crate) conflicting: Counter,
    /// Messages that could not be stored.
    pub(crate) failed: Counter,
    /// How long each commit took, failed ones as well: some messages are stored together by each.
    pub(crate) commits: Histogram,
}

/// What the thread counts that accepts connections.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct DoorCounters {
    /// Connections that came, and those that were closed before anything was read from them.
    pub(crate) came: Counter,
    pub(crate) unsaid: UnsaidCounters,
    /// How often nothing could be accepted, for want of open files.
    pub(crate) paused: Counter,
}

/// For how long a failed commit counts where nothing is stored since: whoever has a message tries again every few
/// seconds, and where nobody has one, only new members can show that the log works again.
const FAILURE_COUNTS: Duration = Duration::from_mins(1);

/// Whether the server can do its work, as far as it knows itself.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// When the last commit failed, in milliseconds since 1970; 0 if it did not.
    log_failed_ms: AtomicU64,
    /// Whether it is being stopped.
    stops: AtomicBool,
}

impl Health {
    /// A commit has failed. Returns whether the one before it had not.
    pub(crate) fn log_failed(&self, now_ms: u64) -> bool {
        self.log_failed_ms.swap(now_ms.max(1), Ordering::Relaxed) == 0
    }

    /// A commit is done. Returns whether the one before it had failed.
    pub(crate) fn log_works(&self) -> bool {
        // Mostly nothing has to be written.
        self.log_failed_ms.load(Ordering::Relaxed) != 0 && self.log_failed_ms.swap(0, Ordering::Relaxed) != 0
    }

    /// The server is being stopped.
    pub(crate) fn stop(&self) {
        self.stops.store(true, Ordering::Relaxed);
    }

    /// Why the server should get no new members at the moment, if so.
    pub(crate) fn not_ready(&self, now: SystemTime) -> Option<&'static str> {
        if self.stops.load(Ordering::Relaxed) {
            return Some("the server is stopping");
        }
        let failed_at = UNIX_EPOCH + Duration::from_millis(self.log_failed_ms.load(Ordering::Relaxed));
        let is_long_ago = now.duration_since(failed_at).is_ok_and(|ago| ago > FAILURE_COUNTS);
        (!is_long_ago).then_some("the log cannot be written")
    }
}

/// The time since a server's start, for measuring; or no time at all, where nothing is to be measured.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock(Option<Instant>);

impl Clock {
    /// A clock that began with the server.
    pub(crate) fn since(started: Instant) -> Self {
        Self(Some(started))
    }

    /// The time.
    pub(crate) fn now(self) -> Option<Duration> {
        self.0.map(|started| started.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_is_counted_once_and_below_its_bound() {
        let histogram = Histogram::default();
        let rows =
            [(0, 0), (100, 0), (101, 1), (1_000, 3), (10_000_000, 14), (10_000_001, 15), (u64::MAX, 15)];
        for (us, bucket) in rows {
            let (before, _) = histogram.counts();
            histogram.observe(Duration::from_micros(us));
            let (after, _) = histogram.counts();
            let grown: Vec<usize> = (0..after.len()).filter(|&at| after[at] > before[at]).collect();
            assert_eq!(grown, [bucket], "{us} microseconds");
        }
    }

    #[test]
    fn every_code_that_a_server_says_has_a_counter() {
        let counters = ShardCounters::default();
        ErrorCode::ALL.iter().for_each(|&code| counters.refuse(code));
        CLOSINGS.iter().for_each(|&code| counters.close(code));
        [101, 200, 418].iter().for_each(|&status| counters.answer(status));
        assert!(counters.refusals.iter().chain(&counters.closings).all(|counter| counter.count() == 1));
        assert_eq!(counters.answers.iter().map(Counter::count).sum::<u64>(), 3);
        assert_eq!(counters.answers[STATUSES.len()].count(), 1, "an unusual one is counted too");
    }

    #[test]
    fn every_reason_has_a_counter_and_a_label_of_its_own() {
        let counters = UnsaidCounters::default();
        Unsaid::ALL.iter().for_each(|&(why, _)| counters.add(why));
        assert!(counters.0.iter().all(|counter| counter.count() == 1));
        let labels: std::collections::BTreeSet<&str> = Unsaid::ALL.iter().map(|&(_, label)| label).collect();
        assert_eq!(labels.len(), Unsaid::ALL.len());
    }

    #[test]
    fn not_ready_says_why() {
        let (health, now_ms) = (Health::default(), 1_700_000_000_000);
        let now = UNIX_EPOCH + Duration::from_millis(now_ms);
        assert_eq!((health.not_ready(now), health.log_works()), (None, false));
        assert!(health.log_failed(now_ms), "this is news");
        assert!(!health.log_failed(now_ms), "this is not");
        assert!(health.not_ready(now).is_some_and(|why| why.contains("log")));
        let later = now + FAILURE_COUNTS + Duration::from_secs(1);
        assert_eq!(health.not_ready(later), None, "nobody has a message to try it with");
        assert!(health.log_works(), "this is news");
        assert_eq!(health.not_ready(now), None);
        health.stop();
        assert!(health.not_ready(now).is_some_and(|why| why.contains("stopping")));
    }
}
