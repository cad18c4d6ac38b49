//! What a person is told while the server takes their messages more slowly than they come: once for each stretch, since the
//! server says it again for every pause that it makes. Pure: the time is an argument. Not here: the messages, which wait
//! in the outbox and are sent by themselves.

use std::time::{Duration, Instant};

/// How long nothing may go slowly until it is another stretch.
const STRETCH_ENDS_AFTER: Duration = Duration::from_secs(5);

/// Whether things go slowly at the moment.
#[derive(Debug, Default)]
pub(super) struct Slowed {
    until: Option<Instant>,
}

impl Slowed {
    /// The server says that it takes things more slowly, for so many seconds as a start. Returns whether that is news.
    pub(super) fn begins(&mut self, now: Instant, seconds: u32) -> bool {
        let is_news = !self.goes_on(now);
        self.until = Some(now + Duration::from_secs(seconds.into()) + STRETCH_ENDS_AFTER);
        is_news
    }

    /// One of the messages that had to wait is through, and others still wait.
    pub(super) fn continues(&mut self, now: Instant) {
        if self.goes_on(now) {
            self.until = self.until.max(Some(now + STRETCH_ENDS_AFTER));
        }
    }

    fn goes_on(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A long paste is one stretch however often the server pauses; what comes after a rest is another one.
    #[test]
    fn a_stretch_is_told_once() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut slowed = Slowed::default();
        assert!(slowed.begins(at(0), 1));
        for second in 1..60 {
            assert!(!slowed.begins(at(second), 1), "second {second}");
        }
        for second in 60..90 {
            slowed.continues(at(second));
        }
        assert!(!slowed.begins(at(90), 1), "some of it was still on its way");
        assert!(slowed.begins(at(110), 1), "this is another paste");
        slowed.continues(at(200));
        assert!(slowed.begins(at(201), 1), "a message at an ordinary time begins no stretch");
    }
}
