//! Counts what comes and how long it took. Not here: where it comes from.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest latency that is told apart, in nanoseconds: a minute.
const LATENCY_NS_MAX: u64 = 60_000_000_000;

/// What was delivered during the measurement.
pub(crate) struct Meter {
    pub(crate) deliveries: u64,
    pub(crate) bytes: u64,
    pub(crate) records: u64,
    /// Messages that a member missed, and messages it got twice or out of order.
    pub(crate) lost: u64,
    pub(crate) repeated: u64,
    /// From when a message should have been sent until a member had it, in nanoseconds.
    pub(crate) latency: Histogram<u64>,
    /// The same until its sender had the echo.
    pub(crate) echo: Histogram<u64>,
    /// The current second's share of `latency`.
    second: Histogram<u64>,
    seconds: Vec<Second>,
}

/// Percentiles in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
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

/// One second of a measurement.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Second {
    /// Deliveries in it.
    pub deliveries: u64,
    /// Their latency.
    pub latency_us: Percentiles,
}

impl Meter {
    pub(crate) fn new() -> Self {
        Self {
            deliveries: 0,
            bytes: 0,
            records: 0,
            lost: 0,
            repeated: 0,
            latency: histogram(),
            echo: histogram(),
            second: histogram(),
            seconds: Vec::new(),
        }
    }

    /// A member got a message that should have been sent this long ago.
    pub(crate) fn delivered(&mut self, latency: Duration, own: bool) {
        self.deliveries += 1;
        let nanoseconds = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        self.second.saturating_record(nanoseconds);
        if own {
            self.echo.saturating_record(nanoseconds);
        }
    }

    /// A second is over: its figures, for the progress line.
    pub(crate) fn end_second(&mut self) -> Second {
        let second = Second { deliveries: self.second.len(), latency_us: percentiles(&self.second) };
        // Both have the same bounds, so this cannot fail.
        let _ = self.latency.add(&self.second);
        self.second.reset();
        self.seconds.push(second);
        second
    }

    /// Every second so far.
    pub(crate) fn seconds(&self) -> &[Second] {
        &self.seconds
    }
}

/// The percentiles of nanoseconds, in microseconds.
pub(crate) fn percentiles(histogram: &Histogram<u64>) -> Percentiles {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a minute in nanoseconds has fewer digits than a float holds"
    )]
    let at = |quantile: f64| histogram.value_at_quantile(quantile) as f64 / 1000.0;
    Percentiles { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1.0) }
}

fn histogram() -> Histogram<u64> {
    #[expect(clippy::expect_used, reason = "constant bounds")]
    Histogram::new_with_bounds(1, LATENCY_NS_MAX, 3).expect("bounds in order and three digits")
}
