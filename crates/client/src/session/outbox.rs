//! What is left to be said: kept in order until the room's log has it. Not here: the copy on disk, which
//! [`crate::store`] keeps.

use std::collections::VecDeque;
use std::time::Duration;

use papo_proto::MessageId;

use crate::event::Outgoing;

/// How many messages may wait. A person never gets there; a program that does is told.
pub const OUTBOX_LEN_MAX: usize = 10_000;

/// How many messages may be on their way without an answer: enough for the fastest log over a slow line, and
/// few enough that what waits in the socket's buffers stays small.
pub const IN_FLIGHT_MAX: usize = 256;

/// The longest wait before a message is said again that the server could not store.
pub const RESEND_AFTER_MAX: Duration = Duration::from_mins(1);

/// The wait where the server does not say how long.
const RESEND_AFTER_DEFAULT: Duration = Duration::from_secs(1);

/// The messages left to be said, oldest first.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    messages: VecDeque<Outgoing>,
    /// How many of them, from the front, were said on this connection and not answered yet.
    in_flight: usize,
    /// Nothing is said before then.
    held_until: Option<Duration>,
}

impl Outbox {
    pub(super) fn contains(&self, id: &MessageId) -> bool {
        self.messages.iter().any(|outgoing| outgoing.id == *id)
    }

    pub(super) fn is_full(&self) -> bool {
        self.messages.len() >= OUTBOX_LEN_MAX
    }

    pub(super) fn push(&mut self, outgoing: Outgoing) {
        self.messages.push_back(outgoing);
    }

    /// Takes out a message that is settled. Returns whether it was there.
    pub(super) fn remove(&mut self, id: &MessageId) -> bool {
        // Answers come in order: nearly always it is the first.
        let Some(at) = self.messages.iter().position(|outgoing| outgoing.id == *id) else {
            return false;
        };
        self.messages.remove(at);
        if at < self.in_flight {
            self.in_flight -= 1;
        }
        if self.messages.is_empty() {
            // A refusal that came late, of what has been stored since, must not hold up what is said next.
            self.held_until = None;
        }
        true
    }

    /// The next message to say, which counts as said from then on.
    pub(super) fn next_to_send(&mut self, now: Duration) -> Option<&Outgoing> {
        if self.held_until.is_some_and(|until| until > now) || self.in_flight >= IN_FLIGHT_MAX {
            return None;
        }
        self.held_until = None;
        let next = self.messages.get(self.in_flight)?;
        self.in_flight += 1;
        Some(next)
    }

    /// Everything is to be said again, from the first, on another connection.
    pub(super) fn restart(&mut self) {
        self.in_flight = 0;
    }

    /// Everything is to be said again, from the first, because the server could not store a message.
    pub(super) fn hold(&mut self, now: Duration, seconds: Option<u32>) {
        let wait = seconds.map_or(RESEND_AFTER_DEFAULT, |seconds| Duration::from_secs(seconds.into()));
        self.held_until = Some(now + wait.min(RESEND_AFTER_MAX));
        self.in_flight = 0;
    }

    /// Whether it waits already because of what the server has said.
    pub(super) fn is_held(&self, now: Duration) -> bool {
        self.held_until.is_some_and(|until| until > now)
    }

    pub(super) fn held_until(&self) -> Option<Duration> {
        self.held_until
    }
}
