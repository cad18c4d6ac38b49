//! What was measured: the figures, and their JSON. Not here: the words for people, which are in `words`, and the
//! page with its plots, in `page` and `plot`.

mod page;
mod plot;
#[cfg(test)]
mod sample;
mod words;

use serde::Serialize;

use crate::dialect::Carrier;
use crate::meter::{Percentiles, Slice};
use crate::options::{Log, Options};

pub use page::{About, page};
pub(crate) use words::moment;

/// From this share of its time on, the load generator itself is what is measured.
const GENERATOR_BUSY_MAX: f64 = 0.9;

/// One measurement. Times are in the unit that their name ends with; what is `None` the system does not tell.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What was measured: `papo`, `yardstick` or `given`.
    pub target: &'static str,
    /// How the members spoke.
    pub carrier: Carrier,
    /// How many members listened only.
    pub listeners: usize,
    /// How many wrote.
    pub writers: usize,
    /// How many rooms they were spread over.
    pub rooms: usize,
    /// How many servers they were spread over.
    pub servers: usize,
    /// Messages a second on schedule, if there was one.
    pub rate: Option<u32>,
    /// Messages in flight, where there was no schedule.
    pub window: Option<usize>,
    /// The text of a message in bytes.
    pub bytes: usize,
    /// What the server kept, where it was started for the run.
    pub log: Option<Log>,
    /// Its threads that served connections, likewise.
    pub shards: Option<usize>,
    /// The time measured, in seconds.
    pub seconds: f64,
    /// Messages that came back to their writer in that time.
    pub messages: u64,
    /// Messages a second.
    pub messages_per_second: f64,
    /// Messages that reached a member in that time.
    pub deliveries: u64,
    /// Deliveries a second.
    pub deliveries_per_second: f64,
    /// Messages that a member never got; 0 or the server is broken.
    pub lost: u64,
    /// Messages that a member got again or in another order; 0 or the server is broken.
    pub repeated: u64,
    /// How long messages took, in microseconds.
    pub latency_us: Latency,
    /// Deliveries in a TLS record.
    pub deliveries_per_record: f64,
    /// Encrypted bytes that a member received for a delivery.
    pub bytes_per_delivery: f64,
    /// The server's processor time.
    pub server_cpu: Option<ServerCpu>,
    /// The server's load, in cores.
    pub server_cores: Option<f64>,
    /// The same for each of the servers' processes, in the order in which they were named.
    pub server_cores_each: Vec<f64>,
    /// The load generator's load, in cores; it never sleeps.
    pub generator_cores: Option<f64>,
    /// The share of the time in which the load generator had something to do, from 0 to 1.
    pub generator_busy: f64,
    /// The server's resident memory in bytes: before the load, and after it.
    pub server_memory_bytes: Option<[u64; 2]>,
    /// What the disk itself took to make 4 KiB durable meanwhile, where the server waited for it.
    pub disk_sync_us: Option<Percentiles>,
    /// What writers and listeners cost when they came in.
    pub newcomers: Option<Newcomers>,
    /// Connections that only shook hands.
    pub handshakes: Option<HandshakesReport>,
    /// Connections that only stayed.
    pub idle: Option<Idle>,
    /// Members who all came at once.
    pub storm: Option<StormReport>,
    /// Listeners that did not read.
    pub slow: Option<Slow>,
    /// Pairs: a share of the deliveries, and the microseconds that they took at most.
    pub distribution: Vec<(f64, f64)>,
    /// The measurement in slices.
    pub timeline: Vec<Slice>,
}

/// How long messages took, in microseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Latency {
    /// From when a message should have been sent until a member had it.
    pub delivery: Percentiles,
    /// The same until its writer had the echo.
    pub echo: Percentiles,
}

/// The server's processor time for a delivery, in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ServerCpu {
    /// All of it, by the scheduler's clock.
    pub us_per_delivery: f64,
    /// In user space, as the system samples it.
    pub user_us_per_delivery: f64,
    /// In the system.
    pub system_us_per_delivery: f64,
}

/// What each member has cost the server by coming in.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Newcomers {
    /// The growth of its resident memory, in bytes.
    pub server_memory_bytes_each: f64,
    /// Its processor time for a handshake and a join, in microseconds.
    pub server_cpu_us_each: f64,
}

/// Connections that only shake hands.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct HandshakesReport {
    /// How many.
    pub connections: usize,
    /// How long it took until all were through.
    pub seconds: f64,
    /// The server's processor time for one, in microseconds, where the system tells.
    pub server_cpu_us_each: Option<f64>,
}

/// Connections that only stay.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Idle {
    /// How many.
    pub connections: usize,
    /// How long it took until all were in.
    pub came_in_seconds: f64,
    /// What each of them has cost, but for the first.
    pub newcomers: Option<Newcomers>,
    /// By how much the server's resident memory grew with the first of them, in bytes: mostly its own code and
    /// tables, which nothing before it had needed.
    pub server_memory_bytes_first: Option<f64>,
    /// The server's load while nothing happens, in cores.
    pub server_cores_at_rest: Option<f64>,
}

/// Members who all come at once.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct StormReport {
    /// How many.
    pub connections: usize,
    /// How many got in.
    pub joined: usize,
    /// How many were sent away, cut off, or not let in within a minute.
    pub refused: usize,
    /// From the first connection until all were in or sent away.
    pub seconds: f64,
    /// The latency of the others' messages meanwhile.
    pub latency_us: Percentiles,
}

/// Listeners that did not read while the load went on.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Slow {
    /// How many.
    pub listeners: usize,
    /// How many of them reached the end when they read on.
    pub caught_up: usize,
    /// Messages that they never got because the server had not kept them, and said so.
    pub messages_left_out_by_name: u64,
}

impl Report {
    /// The report of a measurement that has just begun.
    pub(crate) fn of(options: &Options) -> Self {
        let target = match (&options.invite, options.yardstick) {
            (Some(_), _) => "given",
            (None, true) => "yardstick",
            (None, false) => "papo",
        };
        let started = target == "papo";
        Self {
            target,
            carrier: options.carrier,
            listeners: options.listeners,
            writers: options.writers,
            rooms: options.rooms,
            servers: options.invite.as_ref().map_or(1, |invite| 1 + invite.others.len()),
            rate: options.rate,
            window: options.rate.is_none().then(|| options.window()),
            bytes: options.bytes,
            log: started.then_some(options.log),
            shards: started.then_some(options.shards),
            seconds: 0.0,
            messages: 0,
            messages_per_second: 0.0,
            deliveries: 0,
            deliveries_per_second: 0.0,
            lost: 0,
            repeated: 0,
            latency_us: Latency::default(),
            deliveries_per_record: 0.0,
            bytes_per_delivery: 0.0,
            server_cpu: None,
            server_cores: None,
            server_cores_each: Vec::new(),
            generator_cores: None,
            generator_busy: 0.0,
            server_memory_bytes: None,
            disk_sync_us: None,
            newcomers: None,
            handshakes: None,
            idle: None,
            storm: None,
            slow: None,
            distribution: Vec::new(),
            timeline: Vec::new(),
        }
    }

    /// Whether the load generator was busier than a measurement allows, and the server was not.
    pub fn generator_was_the_bottleneck(&self) -> bool {
        self.generator_busy > GENERATOR_BUSY_MAX
            && self.server_cores.is_none_or(|cores| cores < GENERATOR_BUSY_MAX)
    }
}
