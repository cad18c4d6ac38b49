//! How long to stay away after a connection was lost. Not here: the clock, and the decision to come back.

use std::time::Duration;

/// The first wait, before it is spread.
pub const BACKOFF_FIRST: Duration = Duration::from_millis(500);

/// The longest wait, before it is spread: a person notices soon enough that the server is back.
pub const BACKOFF_MAX: Duration = Duration::from_secs(30);

/// A connection that has held for so long was a good one: the waits begin from the first again.
pub const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(30);

/// The longest absence that a server can ask for; a wrong number must not keep a client away for ever.
pub const COME_BACK_AFTER_MAX: Duration = Duration::from_mins(5);

/// Within this time all who were on a server that is gone are on another one. None of them need wait for anything, but a
/// server would have them all at once.
pub const MOVING_SPREAD: Duration = Duration::from_secs(5);

/// Waits that double, each spread by half of itself to either side.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
    random: u64,
}

impl Backoff {
    pub(super) fn new(seed: u64) -> Self {
        Self { next: BACKOFF_FIRST, random: seed }
    }

    /// A connection was in the room for so long.
    pub(super) fn was_joined_for(&mut self, time: Duration) {
        if time >= BACKOFF_RESET_AFTER {
            self.next = BACKOFF_FIRST;
        }
    }

    /// How long to wait now. Where the server has asked for an absence it is kept, and spread by up to half
    /// of itself, lest everybody whom it asked comes back at once.
    pub(super) fn next_wait(&mut self, at_least: Duration) -> Duration {
        let wait = self.next.mul_f64(0.5 + self.random_fraction());
        self.next = (self.next * 2).min(BACKOFF_MAX);
        if at_least.is_zero() {
            return wait;
        }
        let asked = at_least.min(COME_BACK_AFTER_MAX);
        wait.max(asked + asked.mul_f64(0.5 * self.random_fraction()))
    }

    /// How long to wait before going to another server: any time within [`MOVING_SPREAD`].
    pub(super) fn moving_wait(&mut self) -> Duration {
        MOVING_SPREAD.mul_f64(self.random_fraction())
    }

    /// A number from 0 to below 1, by `SplitMix64` (Steele, Lea and Flood, 2014). It spreads load and keeps no
    /// secret, and a test can repeat it.
    fn random_fraction(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let top_32_bits = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(0);
        f64::from(top_32_bits) / (f64::from(u32::MAX) + 1.0)
    }
}
