//! What was measured, as words and as JSON.

use std::fmt;

use serde::Serialize;

use crate::meter::{Percentiles, Second};

/// One measurement.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What was measured: `papo`, `yardstick` or `given`.
    pub target: String,
    /// How many members listened only.
    pub listeners: usize,
    /// How many wrote.
    pub writers: usize,
    /// How many rooms they were spread over.
    pub rooms: usize,
    /// Messages a second on schedule, if there was one.
    pub rate: Option<u32>,
    /// Messages in flight, where there was no schedule.
    pub window: usize,
    /// The text of a message in bytes.
    pub bytes: usize,
    /// What the server kept.
    pub log: String,
    /// The time measured, in seconds.
    pub seconds: f64,
    /// Messages that the log accepted in that time.
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
    /// From when a message should have been sent until a member had it, in microseconds.
    pub latency_us: Percentiles,
    /// The same until its sender had the echo.
    pub echo_us: Percentiles,
    /// Deliveries in a TLS record.
    pub deliveries_per_record: f64,
    /// The server's processor time for a delivery, in microseconds, where the system tells.
    pub server_cpu_us_per_delivery: Option<f64>,
    /// The share of it in user space, from 0 to 1.
    pub server_user_share: Option<f64>,
    /// The server's load, in cores.
    pub server_cores: Option<f64>,
    /// The load generator's load, in cores. Near 1 it is the bottleneck.
    pub generator_cores: Option<f64>,
    /// The server's resident memory in bytes: before the load, and after it.
    pub server_memory_bytes: Option<[u64; 2]>,
    /// Its growth for each connection that joined, in bytes.
    pub server_memory_per_connection: Option<f64>,
    /// The server's processor time for a handshake and a join, in microseconds.
    pub server_cpu_us_per_handshake: Option<f64>,
    /// Members that stopped reading and then read everything in order.
    pub slow_caught_up: usize,
    /// Handshakes made beside the load.
    pub storm: usize,
    /// Each second by itself.
    pub timeline: Vec<Second>,
}

impl Report {
    /// Whether the load generator was busier than a measurement allows.
    pub fn generator_was_the_bottleneck(&self) -> bool {
        match (self.generator_cores, self.server_cores) {
            (Some(generator), Some(server)) => generator > 0.9 && server < 0.9 && self.rate.is_none(),
            _ => false,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, listeners, writers, rooms, bytes, log, seconds, .. } = self;
        let load = self.rate.map_or_else(|| format!("{} in flight", self.window), |rate| format!("{rate}/s"));
        writeln!(
            f,
            "{target}: {listeners} listeners, {writers} writers, {rooms} room(s), {bytes} bytes, {load}, log {log}, {seconds:.1} s"
        )?;
        writeln!(f, "messages          {:>12}  {:>12.0} a second", self.messages, self.messages_per_second)?;
        writeln!(
            f,
            "deliveries        {:>12}  {:>12.0} a second",
            self.deliveries, self.deliveries_per_second
        )?;
        writeln!(f, "lost, repeated    {:>12}  {:>12}", self.lost, self.repeated)?;
        for (what, latency) in [("latency", self.latency_us), ("echo", self.echo_us)] {
            let Percentiles { p50, p90, p99, p999, max } = latency;
            writeln!(
                f,
                "{what:<8} µs  p50 {p50:>9.0}  p90 {p90:>9.0}  p99 {p99:>9.0}  p99.9 {p999:>9.0}  max {max:>9.0}"
            )?;
        }
        writeln!(f, "per TLS record    {:>12.1} deliveries", self.deliveries_per_record)?;
        if let (Some(cpu), Some(user), Some(cores)) =
            (self.server_cpu_us_per_delivery, self.server_user_share, self.server_cores)
        {
            writeln!(
                f,
                "server CPU        {cpu:>12.3} µs a delivery ({:.0} % user), {cores:.2} cores",
                user * 100.0
            )?;
        }
        if let Some(cpu) = self.server_cpu_us_per_handshake {
            writeln!(f, "handshake + join  {cpu:>12.0} µs of server CPU")?;
        }
        if let (Some([before, after]), Some(each)) =
            (self.server_memory_bytes, self.server_memory_per_connection)
        {
            writeln!(
                f,
                "server memory     {before:>12} bytes before, {after} after; {each:.0} a connection"
            )?;
        }
        if self.slow_caught_up > 0 {
            writeln!(
                f,
                "read on later     {:>12} members that had stopped, everything in order",
                self.slow_caught_up
            )?;
        }
        if let Some(cores) = self.generator_cores {
            writeln!(f, "generator         {cores:>12.2} cores")?;
        }
        if self.generator_was_the_bottleneck() {
            writeln!(f, "the load generator was the bottleneck: the server could do more than this says")?;
        }
        Ok(())
    }
}
