//! How long writers wait for echoes: what a stall is, measured where a person would notice it. Pure. Not here: what
//! has caused it.

use std::time::{Duration, Instant};

/// Shorter waits are no stall and are not kept.
const KEPT_MIN: Duration = Duration::from_millis(50);

/// All that was waited.
pub(crate) struct Waits {
    /// Since when each writer has waited: since the echo before, or since something was said where nothing was on its way.
    since: Vec<Option<Instant>>,
    ended: Vec<Wait>,
}

/// A writer had said something, and heard no echo from here to there.
#[derive(Clone, Copy, Debug)]
struct Wait {
    from: Instant,
    to: Instant,
}

/// The longest waits of some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stall {
    /// The longest.
    pub(crate) whole: Duration,
    /// The longest beyond the moment at which the engine could store again; none where that never changed.
    pub(crate) beyond: Option<Duration>,
}

impl Waits {
    pub(crate) fn new(writers: usize) -> Self {
        Self { since: vec![None; writers], ended: Vec::new() }
    }

    /// A writer has said something.
    pub(crate) fn said(&mut self, writer: usize, at: Instant) {
        self.since[writer].get_or_insert(at);
    }

    /// A writer has heard an echo, and waits for more or not.
    pub(crate) fn echoed(&mut self, writer: usize, at: Instant, waits_for_more: bool) {
        let since = std::mem::replace(&mut self.since[writer], waits_for_more.then_some(at));
        let wait = since.map(|from| Wait { from, to: at });
        self.ended.extend(wait.filter(|wait| wait.to.saturating_duration_since(wait.from) >= KEPT_MIN));
    }

    /// The longest waits that have ended since this moment. `able` are the moments at which the engine became able to store.
    pub(crate) fn longest_since(&self, start: Instant, able: &[Instant]) -> Stall {
        let mut stall = Stall::default();
        for wait in self.ended.iter().filter(|wait| wait.to >= start) {
            stall.whole = stall.whole.max(wait.to - wait.from);
            let last = able.iter().filter(|able| **able >= start && **able <= wait.to).max();
            if let Some(last) = last {
                stall.beyond = stall.beyond.max(Some(wait.to - *last.max(&wait.from)));
            }
        }
        stall
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant: a wait is from echo to echo while something is on its way, and its end counts from when the engine
    /// could store.
    #[test]
    fn a_stall_is_what_a_writer_waits() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let ms = Duration::from_millis;
        let mut waits = Waits::new(2);
        // Nothing is on its way from 100 to 5000.
        waits.said(0, at(0));
        waits.echoed(0, at(100), false);
        waits.said(0, at(5000));
        waits.said(0, at(5500));
        waits.echoed(0, at(6000), true);
        waits.echoed(0, at(8000), false);
        let stall = |whole, beyond: Option<u64>| Stall { whole: ms(whole), beyond: beyond.map(ms) };
        assert_eq!(waits.longest_since(at(0), &[]), stall(2000, None));
        assert_eq!(waits.longest_since(at(0), &[at(7700)]), stall(2000, Some(300)));
        assert_eq!(waits.longest_since(at(0), &[at(5900)]), stall(2000, Some(2000)), "not before it waited");
        assert_eq!(waits.longest_since(at(7000), &[at(5900), at(9000)]), stall(2000, None));
        assert_eq!(waits.longest_since(at(8001), &[at(5900)]), stall(0, None));
        waits.said(1, at(9000));
        waits.echoed(1, at(9049), true);
        assert_eq!(waits.longest_since(at(8001), &[]), stall(0, None), "too short to be kept");
    }
}
