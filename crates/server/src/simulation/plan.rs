//! What happens in a run, drawn from its seed before it begins: who is there, how the network and the disk are,
//! and which faults come when. Not here: the small coincidences, which are drawn as the run goes on.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::limits::Rate;

use super::world::Rng;

/// Who is there and what goes wrong.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) shards: usize,
    pub(super) clients: Vec<ClientPlan>,
    /// How long a commit takes.
    pub(super) commit_ms: RangeInclusive<u64>,
    /// How long a thread of the server takes to wake up.
    pub(super) wake_ms: RangeInclusive<u64>,
    /// How many jobs may wait for the log.
    pub(super) queue_jobs_max: usize,
    pub(super) rate: Option<Rate>,
    pub(super) latency_max: Duration,
    /// How many of a thousand commits end in a power cut or in a broken disk.
    pub(super) mishaps_permille: u64,
    /// How many of a hundred connections are cut after some bytes.
    pub(super) cuts_percent: u64,
    /// How long faults come.
    pub(super) stormy_for: Duration,
    /// In the order of their time.
    pub(super) faults: Vec<(Duration, Fault)>,
    /// Whether the disk refuses a message at times: the one thing that may change a sender's order.
    pub(super) refuses: bool,
}

/// A client.
#[derive(Debug)]
pub(super) struct ClientPlan {
    pub(super) room: String,
    /// Whether it has no key.
    pub(super) guest: bool,
    /// Whether it wants the whole room, or only what is new when it first comes.
    pub(super) from_start: bool,
    /// How many messages it says.
    pub(super) says: usize,
    /// How long its texts are, in characters.
    pub(super) text_len: RangeInclusive<u64>,
    /// How many bytes it reads or writes at a time, at most.
    pub(super) chunk_bytes_max: u64,
    /// How many of a hundred `say` lines it sends twice.
    pub(super) repeats_percent: u64,
    /// How many places it may be behind with writing its position down.
    pub(super) position_lag: u64,
}

/// Something that goes wrong for a while.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// The server's process is killed, and comes back.
    Kill { back: Duration },
    /// The server's machine loses its power: nobody is told, and nothing more comes from it.
    PowerCut { back: Duration },
    /// The server is stopped in an orderly way, and comes back.
    Restart { back: Duration },
    /// A client's process is killed, and comes back.
    KillClient { client: usize, back: Duration },
    /// A client's connection is reset.
    Reset { client: usize },
    /// Nothing passes between a client and the server, or only one way.
    Partition { client: usize, way: Way, lasts: Duration },
    /// Everything between a client and the server is late.
    Hold { client: usize, lasts: Duration },
    /// Any message may be swallowed.
    Loss { percent: u64, lasts: Duration },
    /// The server's wall clock jumps.
    ClockJump { ms: i64 },
    /// The disk is full.
    DiskFull { lasts: Duration },
    /// The disk cannot be read.
    Unreadable { lasts: Duration },
}

/// Which way of a link is cut.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    Both,
    ToServer,
    ToClient,
}

impl Plan {
    pub(super) fn new(rng: &mut Rng) -> Self {
        let rooms = 1 + rng.index(2);
        let large = rng.percent(20);
        let clients = 2 + rng.index(3);
        let clients = (0..clients).map(|_| ClientPlan::new(rng, rooms, large)).collect::<Vec<_>>();
        let stormy_for = rng.ms(15_000..=70_000);
        let mut faults: Vec<(Duration, Fault)> = (0..rng.range(0..=12))
            .map(|_| (Duration::from_millis(rng.next() % ms_of(stormy_for)), Fault::new(rng, clients.len())))
            .collect();
        faults.sort_by_key(|(at, _)| *at);
        let mishaps_permille = [0, 0, 20, 80][rng.index(4)];
        let refuses =
            mishaps_permille > 0 || faults.iter().any(|(_, fault)| matches!(fault, Fault::DiskFull { .. }));
        Self {
            shards: 1 + rng.index(4),
            clients,
            commit_ms: [0..=2, 1..=30, 5..=400][rng.index(3)].clone(),
            wake_ms: [0..=0, 0..=3, 0..=40][rng.index(3)].clone(),
            queue_jobs_max: [1, 3, 1000][rng.index(3)],
            rate: [None, Some(Rate { per_second: 10, burst: 50 }), Some(Rate { per_second: 4, burst: 2 })]
                [rng.index(3)],
            latency_max: Duration::from_millis([10, 60, 400][rng.index(3)]),
            mishaps_permille,
            cuts_percent: [0, 20, 60][rng.index(3)],
            stormy_for,
            faults,
            refuses,
        }
    }
}

impl ClientPlan {
    fn new(rng: &mut Rng, rooms: usize, large: bool) -> Self {
        // Enough to fall out of a room's window, where `large`.
        let text_len = if large { 5_000..=25_000 } else { 1..=120 };
        let chunk_bytes_max = if large { 60_000 } else { [3, 100, 20_000][rng.index(3)] };
        Self {
            room: format!("room-{}", rng.index(rooms)),
            guest: rng.percent(20),
            from_start: rng.percent(50),
            says: 4 + rng.index(17),
            text_len,
            chunk_bytes_max,
            repeats_percent: [0, 20][rng.index(2)],
            position_lag: [0, 5][rng.index(2)],
        }
    }
}

impl Fault {
    fn new(rng: &mut Rng, clients: usize) -> Self {
        let client = rng.index(clients);
        let back = rng.ms(0..=4000);
        // Sometimes long enough for both sides to find the connection silent.
        let lasts = if rng.percent(15) { rng.ms(40_000..=70_000) } else { rng.ms(50..=8000) };
        match rng.range(0..=12) {
            0 | 1 => Self::Kill { back },
            2 => Self::PowerCut { back },
            3 => Self::Restart { back },
            4 => Self::KillClient { client, back },
            5 => Self::Reset { client },
            6 | 7 => Self::Partition {
                client,
                way: [Way::Both, Way::ToServer, Way::ToClient][rng.index(3)],
                lasts,
            },
            8 => Self::Hold { client, lasts },
            9 => Self::Loss { percent: rng.range(1..=10), lasts },
            10 => Self::ClockJump { ms: i64::try_from(rng.range(0..=200_000_000)).unwrap() - 100_000_000 },
            11 => Self::DiskFull { lasts },
            _ => Self::Unreadable { lasts },
        }
    }
}

impl Fault {
    /// Its kind.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Kill { .. } => "the server was killed",
            Self::PowerCut { .. } => "the power was cut",
            Self::Restart { .. } => "the server was restarted",
            Self::KillClient { .. } => "a client was killed",
            Self::Reset { .. } => "a connection was reset",
            Self::Partition { .. } => "a link was cut",
            Self::Hold { .. } => "a link was late",
            Self::Loss { .. } => "messages were swallowed",
            Self::ClockJump { .. } => "the clock jumped",
            Self::DiskFull { .. } => "the disk was full",
            Self::Unreadable { .. } => "the disk could not be read",
        }
    }
}

fn ms_of(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}
