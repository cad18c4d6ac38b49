//! How fast something may happen: a token bucket in one number, shared between threads without a lock. Not here:
//! which rates there are, and what happens to whoever is too fast.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::limits::Rate;

const NANOS_IN_SECOND: u64 = 1_000_000_000;

/// A token bucket, written down as the time at which it will be full again, in nanoseconds (the generic cell rate
/// algorithm of ITU-T I.371). A new one is full. `now` is the time since the server's start.
///
/// All its steps are one atomic number's, so those who share it (the connections of one key or address, on whatever
/// threads) never wait for one another. It publishes nothing else, hence the relaxed orderings.
#[derive(Debug, Default)]
pub(crate) struct Meter(AtomicU64);

impl Meter {
    /// Takes one, whether or not there was one: what has come is done, what follows waits. Returns for how long, if
    /// it has to.
    pub(crate) fn take(&self, rate: Rate, now: Duration) -> Option<Duration> {
        let now = nanos(now);
        let (each, burst) = cost(rate);
        let mut full_at = self.0.load(Ordering::Relaxed);
        loop {
            let next = full_at.max(now).saturating_add(each);
            match self.0.compare_exchange_weak(full_at, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return over(next, now, burst),
                Err(changed) => full_at = changed,
            }
        }
    }

    /// Takes so many that were used elsewhere, whether or not there were so many.
    pub(crate) fn charge(&self, rate: Rate, count: u64, now: Duration) {
        let (each, _) = cost(rate);
        let taken = |full_at: u64| Some(full_at.max(nanos(now)).saturating_add(each.saturating_mul(count)));
        // It is never refused.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken);
    }

    /// Takes one if there is one; else takes nothing and returns after how long there will be.
    pub(crate) fn try_take(&self, rate: Rate, now: Duration) -> Result<(), Duration> {
        let now = nanos(now);
        let (each, burst) = cost(rate);
        let mut full_at = self.0.load(Ordering::Relaxed);
        loop {
            let next = full_at.max(now).saturating_add(each);
            if let Some(wait) = over(next, now, burst) {
                return Err(wait);
            }
            match self.0.compare_exchange_weak(full_at, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(changed) => full_at = changed,
            }
        }
    }

    /// Whether it is full: then it remembers nothing, and a new one is as good.
    pub(crate) fn is_full(&self, now: Duration) -> bool {
        self.0.load(Ordering::Relaxed) <= nanos(now)
    }
}

/// What one costs and what a full bucket holds, in nanoseconds.
fn cost(rate: Rate) -> (u64, u64) {
    let each = NANOS_IN_SECOND / u64::from(rate.per_second.max(1));
    (each, each * u64::from(rate.burst.max(1)))
}

/// How far a bucket is in debt that will be full at this time.
fn over(full_at: u64, now: u64, burst: u64) -> Option<Duration> {
    let missing = full_at.saturating_sub(now).saturating_sub(burst);
    (missing > 0).then(|| Duration::from_nanos(missing))
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 10, burst: 3 };

    #[test]
    fn a_meter_gives_its_burst_and_then_its_rate() {
        let mut now = Duration::from_secs(100);
        let meter = Meter::default();
        for _ in 0..3 {
            assert_eq!(meter.take(RATE, now), None);
        }
        let wait = meter.take(RATE, now).expect("the fourth is taken, the fifth waits");
        assert_eq!(wait, Duration::from_millis(100));
        let started = now;
        for _ in 0..50 {
            now += meter.take(RATE, now).unwrap_or_default();
        }
        let seconds = now.saturating_sub(started).as_secs_f64();
        assert!((4.9..5.3).contains(&seconds), "50 at 10 a second took {seconds} s");
        assert_eq!(meter.take(RATE, now + Duration::from_hours(1)), None);
    }

    /// Invariant: what was used elsewhere is as good as used here.
    #[test]
    fn what_was_used_elsewhere_counts() {
        let now = Duration::from_secs(5);
        let meter = Meter::default();
        meter.charge(RATE, 3, now);
        assert_eq!(meter.take(RATE, now), Some(Duration::from_millis(100)));
        meter.charge(RATE, 10, now);
        assert_eq!(meter.take(RATE, now), Some(Duration::from_millis(1200)));
    }

    #[test]
    fn what_is_refused_costs_nothing() {
        let now = Duration::from_secs(5);
        let meter = Meter::default();
        for _ in 0..3 {
            assert_eq!(meter.try_take(RATE, now), Ok(()));
        }
        let wait = Duration::from_millis(100);
        for _ in 0..1000 {
            assert_eq!(meter.try_take(RATE, now), Err(wait));
        }
        assert_eq!(meter.try_take(RATE, now + wait), Ok(()));
        assert!(!meter.is_full(now + wait));
        assert!(meter.is_full(now + Duration::from_millis(400)));
    }

    #[test]
    fn those_who_share_a_meter_share_its_rate() {
        let meter = Meter::default();
        let rate = Rate { per_second: 1, burst: 1000 };
        let taken: usize = std::thread::scope(|scope| {
            let take = || (0..1000).filter(|_| meter.try_take(rate, Duration::from_secs(9)).is_ok()).count();
            let threads = [scope.spawn(take), scope.spawn(take), scope.spawn(take)];
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(taken, 1000, "no more than a burst, and all of it");
    }

    #[test]
    fn extreme_rates_and_times_do_no_harm() {
        for per_second in [0, 1, u32::MAX] {
            for burst in [0, 1, u32::MAX] {
                let (meter, rate) = (Meter::default(), Rate { per_second, burst });
                assert_eq!(meter.take(rate, Duration::ZERO), None, "{rate:?}");
                let _ = meter.take(rate, Duration::MAX);
                let _ = meter.take(rate, Duration::ZERO);
            }
        }
    }
}
