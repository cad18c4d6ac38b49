//! What the server knows of one connection: where it stands in the protocol, how far it has read, and what
//! holds it up. Not here: its socket, which the event loop has, and what its messages do, which the shard
//! decides.

use std::mem;
use std::time::Duration;

use papo_proto::proof::ChannelBinding;
use papo_proto::{Epoch, Member, Nonce, Seq};

use crate::carrier::{Carrier, Inbox};
use crate::feed::Batch;
use crate::limits::Rate;

/// One connection. Between two messages it holds no buffer; a thousand idle ones cost what this struct costs.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) generation: u64,
    pub(crate) stage: Stage,
    pub(crate) carrier: Carrier,
    /// Bytes of objects that have not ended, or that wait while the connection is held.
    pub(crate) inbox: Inbox,
    /// What was read before the connection was held and opened after it: at most one read's worth.
    pub(crate) kept: Vec<u8>,
    /// Frames for this connection alone that no record has taken yet.
    pub(crate) direct: Vec<u8>,
    /// Why nothing is read from it at the moment.
    pub(crate) held: Holds,
    /// Whether it is queued for writing.
    pub(crate) queued: bool,
    /// Whether its peer has promised to answer `ping`, by naming the carrier in ALPN or by an upgrade.
    pub(crate) answers_pings: bool,
    pub(crate) pinged: bool,
    /// When something was last received.
    pub(crate) heard_at: Duration,
    pub(crate) bucket: Bucket,
}

/// Where a connection stands.
#[derive(Debug)]
pub(crate) enum Stage {
    /// Nothing is joined yet; what a proof needs is kept.
    Fresh(Box<Fresh>),
    /// The room is being opened.
    Opening(Box<Entrance>),
    /// In a room.
    Joined(Box<Membership>),
    /// Everything is said; the connection ends once that is written.
    Closing,
}

/// What a connection needs until it joins.
#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) nonce: Nonce,
    /// Random bytes for a guest's id.
    pub(crate) guest: [u8; 8],
    /// What ties a proof to this connection.
    pub(crate) binding: ChannelBinding,
    /// Whether `welcome` was said.
    pub(crate) welcomed: bool,
    /// When it must have joined.
    pub(crate) deadline: Duration,
}

/// How a member wants to come in.
#[derive(Debug)]
pub(crate) struct Entrance {
    pub(crate) member: Member,
    pub(crate) after: Option<Seq>,
    pub(crate) epoch: Option<Epoch>,
}

/// A connection's place in a room.
#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) member: Member,
    /// Which of the shard's rooms.
    pub(crate) room: usize,
    /// Where in that room's list of connections.
    pub(crate) index: usize,
    /// The `seq` up to which everything was written or put into a record.
    pub(crate) cursor: u64,
    /// The same for presence frames.
    pub(crate) presence_cursor: u64,
    /// A page from the log, while the connection is behind the feed.
    pub(crate) page: Option<Batch>,
    /// Whether a page was asked for.
    pub(crate) reading: bool,
}

/// The reasons for which a connection is not read from. It goes on when none is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holds(u8);

/// One reason for which a connection is not read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Hold {
    /// It has sent faster than it may.
    Rate = 1,
    /// The log's writer has enough to do.
    WriterFull = 2,
    /// An answer from the log is on its way: answers come in the order of questions.
    Answer = 4,
    /// It does not take the answers it asked for.
    Unread = 8,
}

impl Holds {
    pub(crate) fn add(&mut self, hold: Hold) {
        self.0 |= hold as u8;
    }

    /// Removes a reason; whether it was there.
    pub(crate) fn remove(&mut self, hold: Hold) -> bool {
        let there = self.0 & hold as u8 != 0;
        self.0 &= !(hold as u8);
        there
    }

    pub(crate) fn any(self) -> bool {
        self.0 != 0
    }
}

/// A token bucket that is filled by the clock and may go into debt by one message: that message is taken,
/// and the next one waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    /// In thousandths of a message.
    tokens_milli: i64,
    filled_at: Duration,
    /// Whether it was told that it is empty, and nothing was taken within the rate since.
    told: bool,
}

impl Bucket {
    /// A full bucket.
    pub(crate) fn full(rate: Option<Rate>, now: Duration) -> Self {
        let tokens_milli = rate.map_or(0, |rate| i64::from(rate.burst) * 1000);
        Self { tokens_milli, filled_at: now, told: false }
    }

    /// Takes one message out. Returns how long the next one has to wait, if it has to.
    pub(crate) fn take(&mut self, rate: Rate, now: Duration) -> Option<Duration> {
        let elapsed_ms =
            i64::try_from(now.saturating_sub(self.filled_at).as_millis()).unwrap_or(i64::MAX / 4000);
        let (per_second, burst) = (i64::from(rate.per_second.max(1)), i64::from(rate.burst.max(1)));
        self.tokens_milli =
            self.tokens_milli.saturating_add(elapsed_ms.saturating_mul(per_second)).min(burst * 1000);
        self.filled_at += Duration::from_millis(u64::try_from(elapsed_ms).unwrap_or(0));
        self.tokens_milli -= 1000;
        let missing = -self.tokens_milli;
        self.told &= missing > 0;
        (missing > 0).then(|| Duration::from_millis(u64::try_from(missing / per_second + 1).unwrap_or(0)))
    }

    /// Whether the sender has to be told that the messages come too fast: once, and not again before one was
    /// within the rate.
    pub(crate) fn tell(&mut self) -> bool {
        !mem::replace(&mut self.told, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let rate = Rate { per_second: 10, burst: 3 };
        let mut now = Duration::from_secs(100);
        let mut bucket = Bucket::full(Some(rate), now);
        for _ in 0..3 {
            assert_eq!(bucket.take(rate, now), None);
        }
        let wait = bucket.take(rate, now).expect("the fourth is taken, the fifth waits");
        assert!((100..=101).contains(&wait.as_millis()), "{wait:?}");
        let started = now;
        for _ in 0..50 {
            now += bucket.take(rate, now).unwrap_or_default();
        }
        let seconds = now.saturating_sub(started).as_secs_f64();
        assert!((4.9..5.3).contains(&seconds), "50 messages at 10 a second took {seconds} s");
        assert_eq!(bucket.take(rate, now + Duration::from_hours(1)), None);
    }

    #[test]
    fn being_too_fast_is_news_once_until_a_message_was_within_the_rate() {
        let rate = Rate { per_second: 10, burst: 1 };
        let now = Duration::from_secs(100);
        let mut bucket = Bucket::full(Some(rate), now);
        bucket.take(rate, now);
        let told: Vec<bool> = (0..9).map(|_| bucket.take(rate, now).is_some() && bucket.tell()).collect();
        assert_eq!(told.iter().position(|&told| told), Some(0), "{told:?}");
        assert_eq!(told.iter().filter(|&&told| told).count(), 1, "{told:?}");
        let later = now + Duration::from_mins(1);
        assert_eq!(bucket.take(rate, later), None);
        assert!(bucket.take(rate, later).is_some() && bucket.tell(), "it begins anew");
    }

    #[test]
    fn a_connection_goes_on_when_no_reason_is_left() {
        let mut holds = Holds::default();
        holds.add(Hold::Rate);
        holds.add(Hold::Answer);
        assert!(holds.remove(Hold::Rate));
        assert!(!holds.remove(Hold::Rate));
        assert!(holds.any());
        holds.remove(Hold::Answer);
        assert!(!holds.any());
    }
}
