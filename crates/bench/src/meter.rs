//! Counts what comes and how long it took. Not here: where it comes from.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::Serialize;

/// The shortest latency that is told apart from nothing, in nanoseconds.
const LATENCY_NS_MIN: u64 = 1_000;

/// The longest latency that is told apart, in nanoseconds: a minute.
const LATENCY_NS_MAX: u64 = 60_000_000_000;

/// Significant digits of a latency.
const LATENCY_DIGITS: u8 = 3;

/// In how many slices a measurement is told over time, and the shortest of them: in less, too little happens.
const SLICES: u32 = 120;
const SLICE_MIN: Duration = Duration::from_millis(100);

/// How finely the distribution of latencies is told: so many points for each factor of ten in rarity.
const POINTS_PER_DECADE: u32 = 8;

/// What was delivered during the measurement.
pub(crate) struct Meter {
    pub(crate) deliveries: u64,
    pub(crate) bytes: u64,
    pub(crate) records: u64,
    /// Messages that a member missed, and messages it got twice or out of order.
    pub(crate) lost: u64,
    pub(crate) repeated: u64,
    /// Messages that the server told a member it left out, because the member read too slowly.
    pub(crate) skipped: u64,
    /// Whether what comes is measured. Order and completeness are checked all the time.
    pub(crate) measuring: bool,
    /// While a storm goes on: the latency meanwhile.
    pub(crate) storm: Option<Histogram<u64>>,
    /// From when a message should have been sent until a member had it, in nanoseconds.
    latency: Histogram<u64>,
    /// The same until its sender had the echo.
    echo: Histogram<u64>,
    /// The current slice's share of `latency`.
    slice: Histogram<u64>,
    slice_time: Duration,
    slice_began: Instant,
    slices: Vec<Slice>,
    began: Instant,
}

/// Percentiles in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// Half were at most this.
    pub p50: f64,
    /// Nine in ten were at most this.
    pub p90: f64,
    /// 99 in a hundred were at most this.
    pub p99: f64,
    /// 999 in a thousand were at most this.
    pub p999: f64,
    /// The longest.
    pub max: f64,
}

/// A slice of the time of a measurement.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Slice {
    /// Its end, in seconds since the measurement began.
    pub at_seconds: f64,
    /// Deliveries a second in it.
    pub deliveries_per_second: f64,
    /// Their latency in microseconds, where there were any.
    pub latency_us: Option<Percentiles>,
    /// The server's resident memory at its end in bytes, where the system tells.
    pub server_memory_bytes: Option<u64>,
}

impl Meter {
    /// A meter for about so long a measurement.
    pub(crate) fn new(time: Duration) -> Self {
        Self {
            deliveries: 0,
            bytes: 0,
            records: 0,
            lost: 0,
            repeated: 0,
            skipped: 0,
            measuring: false,
            storm: None,
            latency: histogram(),
            echo: histogram(),
            slice: histogram(),
            slice_time: (time / SLICES).max(SLICE_MIN),
            slice_began: Instant::now(),
            slices: Vec::new(),
            began: Instant::now(),
        }
    }

    /// From now on it counts.
    pub(crate) fn begin(&mut self) {
        self.measuring = true;
        self.began = Instant::now();
        self.slice_began = self.began;
    }

    /// A member got a message that should have been sent this long ago.
    pub(crate) fn delivered(&mut self, latency_ns: u64, own: bool) {
        if !self.measuring {
            return;
        }
        self.deliveries += 1;
        self.slice.saturating_record(latency_ns);
        if own {
            self.echo.saturating_record(latency_ns);
        }
        if let Some(storm) = &mut self.storm {
            storm.saturating_record(latency_ns);
        }
    }

    /// So much was read from a socket.
    pub(crate) fn received(&mut self, bytes: usize, records: u64) {
        if self.measuring {
            self.bytes += bytes as u64;
            self.records += records;
        }
    }

    /// Whether the current slice is over.
    pub(crate) fn slice_is_over(&self, now: Instant) -> bool {
        now.duration_since(self.slice_began) >= self.slice_time
    }

    /// The slice ends; `memory_bytes` is what the server holds. Returns it.
    pub(crate) fn end_slice(&mut self, now: Instant, memory_bytes: Option<u64>) -> Slice {
        let seconds = now.duration_since(self.slice_began).as_secs_f64().max(f64::EPSILON);
        let any = !self.slice.is_empty();
        let slice = Slice {
            at_seconds: now.duration_since(self.began).as_secs_f64(),
            deliveries_per_second: float(self.slice.len()) / seconds,
            latency_us: any.then(|| percentiles(&self.slice)),
            server_memory_bytes: memory_bytes,
        };
        // Both have the same bounds, so this cannot fail.
        let _ = self.latency.add(&self.slice);
        self.slice.reset();
        // What is left at the end may be too short to say anything of its own.
        if self.slices.is_empty() || 2.0 * seconds >= self.slice_time.as_secs_f64() {
            self.slices.push(slice);
        }
        self.slice_began = now;
        slice
    }

    /// Every slice so far.
    pub(crate) fn slices(&self) -> &[Slice] {
        &self.slices
    }

    /// The latency of all slices that have ended.
    pub(crate) fn latency(&self) -> Percentiles {
        percentiles(&self.latency)
    }

    /// Messages whose writer had their echo, and how long it took.
    pub(crate) fn echo(&self) -> (u64, Percentiles) {
        (self.echo.len(), percentiles(&self.echo))
    }

    /// The whole distribution, as pairs: a share of the deliveries, and the microseconds that they took at most.
    pub(crate) fn distribution(&self) -> Vec<(f64, f64)> {
        let mut points = Vec::new();
        for step in 0_u32.. {
            let rarity = 10_f64.powf(-f64::from(step) / f64::from(POINTS_PER_DECADE));
            if rarity * float(self.latency.len()) < 1.0 {
                break;
            }
            points.push((1.0 - rarity, microseconds(&self.latency, 1.0 - rarity)));
        }
        if !points.is_empty() {
            points.push((1.0, microseconds(&self.latency, 1.0)));
        }
        points
    }
}

/// The percentiles of nanoseconds, in microseconds.
pub(crate) fn percentiles(histogram: &Histogram<u64>) -> Percentiles {
    let at = |quantile: f64| microseconds(histogram, quantile);
    Percentiles { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1.0) }
}

fn microseconds(histogram: &Histogram<u64>, quantile: f64) -> f64 {
    float(histogram.value_at_quantile(quantile)) / 1000.0
}

/// An empty histogram of latencies in nanoseconds.
pub(crate) fn histogram() -> Histogram<u64> {
    #[expect(clippy::expect_used, reason = "constant bounds")]
    Histogram::new_with_bounds(LATENCY_NS_MIN, LATENCY_NS_MAX, LATENCY_DIGITS).expect("bounds in order")
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts of a run have fewer digits than a float holds")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() <= right * 0.01
    }

    #[test]
    fn what_is_not_measured_is_not_counted() {
        let mut meter = Meter::new(Duration::from_secs(1));
        meter.delivered(5_000, true);
        meter.received(10, 1);
        assert_eq!((meter.deliveries, meter.bytes, meter.records, meter.echo().0), (0, 0, 0, 0));
        meter.begin();
        meter.delivered(5_000, true);
        meter.received(10, 1);
        assert_eq!((meter.deliveries, meter.bytes, meter.records, meter.echo().0), (1, 10, 1, 1));
    }

    #[test]
    fn the_distribution_rises_to_the_longest() {
        let mut meter = Meter::new(Duration::from_secs(1));
        assert!(meter.distribution().is_empty());
        meter.begin();
        (1..=1000).for_each(|microseconds| meter.delivered(microseconds * 1000, false));
        let slice = meter.end_slice(Instant::now(), None);
        assert!(close(slice.latency_us.unwrap().p90, 900.0), "{slice:?}");
        assert!(close(meter.latency().p50, 500.0), "{:?}", meter.latency());
        let distribution = meter.distribution();
        assert!(distribution.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1), "{distribution:?}");
        assert!(close(distribution.last().unwrap().1, 1000.0), "{distribution:?}");
    }
}
