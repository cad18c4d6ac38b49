//! What an operator may bound, with defaults that suit people. Not here: the protocol's own bounds, which
//! both sides know.

/// What the server allows. Every default has its reason beside it; those by address suit a class of sixty behind one
/// address, each with a few rooms on a few devices, all coming back in the same second after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many connections the server holds. What the system allows is usually less and holds as well.
    pub connections_max: usize,
    /// How many of them one address may have. An address is an IPv4 address or an IPv6 /64, here and below.
    pub connections_per_address_max: usize,
    /// How many of them may be in the handshake at the same time, in all: each has TLS buffers by then. Those above it
    /// wait without.
    pub handshakes_max: usize,
    /// How many connections of one address may be not through with the handshake; further ones are not taken.
    pub pending_per_address_max: usize,
    /// How fast one address may connect; `None` for as fast as it can, here and below. Faster ones are not taken.
    pub connects_per_address: Option<Rate>,
    /// How fast one address may join rooms, and try to. Whoever is faster is told when to come back.
    pub joins_per_address: Option<Rate>,
    /// The same for one key.
    pub joins: Option<Rate>,
    /// How fast one member may send messages: one key over all of its connections, or a guest. Whoever is faster is
    /// read from later; nothing is lost.
    pub messages: Option<Rate>,
    /// The same for one address, over all of its members.
    pub messages_per_address: Option<Rate>,
    /// How fast one member may send anything else: questions for history and lists, names, lines that cannot be read.
    /// Whoever is faster is read from later.
    pub requests: Option<Rate>,
    /// The same for one address, over all of its members.
    pub requests_per_address: Option<Rate>,
    /// How fast one address may ask over HTTP: for the page, its files, a WebSocket. Whoever is faster is told when to
    /// come back, and the connection ends.
    pub http_per_address: Option<Rate>,
    /// How many wrong secrets and proofs one address may try.
    pub wrong_secrets_per_address: Option<Rate>,
    /// How long a connection may take from its beginning to the end of the TLS handshake, in seconds: slow networks
    /// need two, attackers take for ever.
    pub handshake_seconds_max: u64,
    /// How long a client may take from the handshake to its `join`, in seconds: enough to type it by hand.
    pub join_seconds_max: u64,
    /// How long a line may take from its first byte to its last, in seconds: the longest one over a slow phone.
    pub line_seconds_max: u64,
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

impl Rate {
    const fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second, burst }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 100_000,
            // Sixty people with three rooms on two devices are 360.
            connections_per_address_max: 512,
            // With what is sealed and opened in one, some 30 KiB each.
            handshakes_max: 2048,
            // A handshake is two round trips, so these are few even when everybody comes at once.
            pending_per_address_max: 256,
            // All 360 at once and once more; and then a handshake is half a thousandth of a core's second.
            connects_per_address: Some(Rate::new(30, 720)),
            joins_per_address: Some(Rate::new(30, 720)),
            // A key in thirty rooms, twice.
            joins: Some(Rate::new(2, 60)),
            // Faster than anybody types or pastes, slow enough that a flood stays readable.
            messages: Some(Rate::new(10, 50)),
            // Sixty who all paste something, and then five a second from each of them.
            messages_per_address: Some(Rate::new(300, 3000)),
            // Scrolling through 20,000 messages without a pause, and then 2,000 a second.
            requests: Some(Rate::new(10, 100)),
            requests_per_address: Some(Rate::new(200, 2000)),
            // Sixty who open the page at the same moment, thirty requests each, and once more.
            http_per_address: Some(Rate::new(100, 3600)),
            // A class that has copied the same invite wrongly; guessing 128 bits is hopeless at any rate.
            wrong_secrets_per_address: Some(Rate::new(1, 60)),
            handshake_seconds_max: 10,
            join_seconds_max: 30,
            line_seconds_max: 60,
            stall_seconds_max: 300,
        }
    }
}

impl Limits {
    /// The defaults without any rate and any limit by address, for load tests on one's own machine. Deadlines and
    /// the total of connections stay.
    pub fn without_rates() -> Self {
        Self {
            connections_per_address_max: usize::MAX,
            handshakes_max: usize::MAX,
            pending_per_address_max: usize::MAX,
            connects_per_address: None,
            joins_per_address: None,
            joins: None,
            messages: None,
            messages_per_address: None,
            requests: None,
            requests_per_address: None,
            http_per_address: None,
            wrong_secrets_per_address: None,
            ..Self::default()
        }
    }
}
