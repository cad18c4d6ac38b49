//! What an operator may bound, with defaults that suit people. Not here: the protocol's own bounds, which
//! both sides know.

/// What the server allows. Every default has its reason beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many connections the server holds. What the system allows is usually less and holds as well.
    pub connections_max: usize,
    /// How fast one connection may send messages; `None` for as fast as it can, which is for load tests.
    pub messages: Option<Rate>,
    /// How long a TLS handshake may take, in seconds: slow networks need two, attackers take for ever.
    pub handshake_seconds_max: u64,
    /// How long a client may take from the handshake to its `join`, in seconds: enough to type it by hand.
    pub join_seconds_max: u64,
    /// How long a peer may take nothing off its socket while something waits for it, in seconds. Its cost is
    /// bounded, so this only ends what is dead or will never read on.
    pub stall_seconds_max: u64,
}

/// A rate with a burst: `burst` at once, and then so many a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many a second in the long run; at least 1.
    pub per_second: u32,
    /// How many at once; at least 1.
    pub burst: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 100_000,
            // Faster than anybody types or pastes, slow enough that a flood stays readable.
            messages: Some(Rate { per_second: 10, burst: 50 }),
            handshake_seconds_max: 10,
            join_seconds_max: 30,
            stall_seconds_max: 300,
        }
    }
}

impl Limits {
    /// The defaults without a rate of messages, for load tests on one's own machine.
    pub fn without_rates() -> Self {
        Self { messages: None, ..Self::default() }
    }
}
