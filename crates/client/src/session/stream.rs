//! How far the room has been read: which places were shown, which one is next, and what is missing. Not
//! here: asking for what is missing.

use papo_proto::{Epoch, Seq};

use super::Follow;

/// Where a message belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It was shown, or is older than anything to be shown.
    Seen,
    /// It is the next one.
    Next,
    /// Something before it is missing.
    Beyond,
}

/// The position in the room's log.
#[derive(Debug)]
pub(super) struct Stream {
    epoch: Option<Epoch>,
    /// The last place shown. None before the first `joined` of somebody who wants no past.
    last: Option<Seq>,
    /// The newest place known that was not shown because something before it is missing.
    fill_to: Option<Seq>,
    /// Nothing may be said again before this place was read.
    catch_up_to: Seq,
}

impl Stream {
    pub(super) fn new(follow: Follow) -> Self {
        let (epoch, last) = match follow {
            Follow::Live => (None, None),
            Follow::After { epoch, seq } => (epoch, Some(seq)),
        };
        Self { epoch, last, fill_to: None, catch_up_to: Seq::ZERO }
    }

    /// The `after` and `epoch` of the next `join`.
    pub(super) fn resume_from(&self) -> (Option<Seq>, Option<Epoch>) {
        (self.last, self.epoch.filter(|_| self.last.is_some()))
    }

    /// The room has let us in. Returns whether it has another log than before; `truncated` will then say
    /// where it goes on.
    pub(super) fn joined(&mut self, epoch: Epoch, head: Seq) -> bool {
        let other_log = self.last.is_some_and(|last| {
            // A log that ends before what was shown has lost its end, whatever it calls itself.
            self.epoch.is_some_and(|known| known != epoch) || head < last
        });
        self.epoch = Some(epoch);
        self.fill_to = None;
        self.catch_up_to = Seq::ZERO;
        self.last = Some(if other_log { Seq::ZERO } else { self.last.unwrap_or(head) });
        other_log
    }

    /// What waits to be said must go on waiting until this place was read.
    pub(super) fn catch_up_to(&mut self, head: Seq) {
        self.catch_up_to = head;
    }

    pub(super) fn is_caught_up(&self) -> bool {
        self.last() >= self.catch_up_to
    }

    /// The stream goes on at `next`. Returns whether that is before what was shown.
    pub(super) fn truncated(&mut self, next: Seq) -> bool {
        let back = next <= self.last();
        self.go_to(next);
        back
    }

    pub(super) fn place(&self, seq: Seq) -> Place {
        match self.last() {
            last if seq <= last => Place::Seen,
            last if seq == last.next() => Place::Next,
            _ => Place::Beyond,
        }
    }

    /// The next message was shown.
    pub(super) fn advance(&mut self, seq: Seq) {
        self.last = Some(seq);
        self.fill_to = self.fill_to.filter(|&to| to > seq);
    }

    /// A message beyond the next was seen. Returns the place to ask from, unless that is under way.
    pub(super) fn miss(&mut self, seq: Seq) -> Option<Seq> {
        let under_way = self.fill_to.is_some();
        self.fill_to = self.fill_to.max(Some(seq));
        if under_way { None } else { Some(self.last()) }
    }

    /// Whether something is still missing.
    pub(super) fn is_filling(&self) -> bool {
        self.fill_to.is_some()
    }

    /// The stream goes on at `next` whatever is missing before it.
    pub(super) fn go_to(&mut self, next: Seq) {
        self.last = Some(Seq::new(next.number().saturating_sub(1)));
        self.fill_to = self.fill_to.filter(|&to| Some(to) > self.last);
    }

    pub(super) fn last(&self) -> Seq {
        self.last.unwrap_or_default()
    }
}
