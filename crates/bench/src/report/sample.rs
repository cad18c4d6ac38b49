//! A measurement with every figure there is, for tests of how figures are told.

use clap::FromArgMatches as _;

use super::{HandshakesReport, Idle, Latency, Newcomers, Report, ServerCpu, Slow, StormReport};
use crate::meter::{Percentiles, Slice};
use crate::options::{Log, Options};

/// The measurement. Its figures do not fit each other; each is one that shows how it is written.
pub(super) fn full() -> Report {
    let command = <Options as clap::Args>::augment_args(clap::Command::new("bench"));
    let matches = command.get_matches_from(["bench", "--listeners", "2000", "--log", "disk"]);
    let percentiles = Percentiles { p50: 87.4, p90: 87.4, p99: 1_234.0, p999: 1_234.0, max: 2.5e6 };
    let newcomers = Newcomers { server_memory_bytes_each: 10_240.4, server_cpu_us_each: 321.0 };
    let slice = |at_seconds| Slice {
        at_seconds,
        deliveries_per_second: 56_789.0,
        latency_us: Some(percentiles),
        server_memory_bytes: Some(11 << 20),
    };
    Report {
        seconds: 10.0,
        messages: 617,
        messages_per_second: 61.7,
        deliveries: 1_234_567,
        deliveries_per_second: 56_789.0,
        latency_us: Latency { delivery: percentiles, echo: percentiles },
        deliveries_per_record: 1.5,
        bytes_per_delivery: 180.0,
        server_cpu: Some(ServerCpu {
            us_per_delivery: 2.5,
            user_us_per_delivery: 1.0,
            system_us_per_delivery: 1.5,
        }),
        server_cores: Some(0.95),
        generator_busy: 0.5,
        server_memory_bytes: Some([10 << 20, 11 << 20]),
        disk_sync_us: Some(percentiles),
        newcomers: Some(newcomers),
        handshakes: Some(HandshakesReport { connections: 3, seconds: 0.5, server_cpu_us_each: Some(400.0) }),
        idle: Some(Idle {
            connections: 30,
            came_in_seconds: 0.1,
            newcomers: Some(newcomers),
            server_memory_bytes_first: Some(1e6),
            server_cores_at_rest: Some(0.0),
        }),
        storm: Some(StormReport {
            connections: 40,
            joined: 39,
            refused: 1,
            seconds: 1.5,
            latency_us: percentiles,
        }),
        slow: Some(Slow { listeners: 2, caught_up: 1, messages_left_out_by_name: 1 }),
        distribution: vec![(0.0, 10.0), (0.5, 87.4), (0.99, 1_234.0), (1.0, 2.5e6)],
        timeline: vec![slice(1.0), slice(2.0)],
        log: Some(Log::Disk),
        ..Report::of(&Options::from_arg_matches(&matches).unwrap())
    }
}
