//! Where the room is looked for: at the server that was meant, and at those that have the same rooms. Not here:
//! connecting, and when.

use std::collections::VecDeque;
use std::iter;

use papo_proto::limits::SERVERS_MAX;
use papo_proto::{Address, Fingerprint};

use crate::error::{Category, ConnectError};

/// The servers, in the order in which they are tried.
#[derive(Debug)]
pub(super) struct Addresses {
    /// The server that was meant: what is kept belongs to it.
    home: Address,
    /// All of them; the first one is where the room is looked for now.
    ring: VecDeque<Address>,
    /// Whether the first of them was tried already.
    is_tried: bool,
    /// The key that the others have to have: that of the server that has named them.
    key: Option<Fingerprint>,
    /// How many are tried before the first failure counts as one. None once a server has answered: from then on the
    /// session says when to try again.
    untried: usize,
    /// Why the first of them could not be reached, while others are tried.
    first_failure: Option<ConnectError>,
}

impl Addresses {
    /// This server first, then the others. `key` is what the others have to have where nothing else vouches for them.
    pub(super) fn new(home: Address, others: Vec<Address>, key: Option<Fingerprint>) -> Self {
        let ring: VecDeque<Address> = iter::once(home.clone()).chain(others).collect();
        let untried = ring.len() - 1;
        Self { home, ring, is_tried: false, key, untried, first_failure: None }
    }

    /// Where the room is looked for now.
    pub(super) fn current(&self) -> Address {
        self.ring.front().cloned().unwrap_or_default()
    }

    /// Whether there is more than one.
    pub(super) fn has_others(&self) -> bool {
        self.ring.len() > 1
    }

    /// The key of this server, where another one has vouched for it.
    pub(super) fn key(&self) -> Option<Fingerprint> {
        self.key.filter(|_| !self.is_home())
    }

    /// Goes on to the next one, unless this one was not tried yet.
    pub(super) fn turn(&mut self) {
        if std::mem::replace(&mut self.is_tried, true) {
            // Whatever went wrong there, another server may do better.
            self.ring.rotate_left(1);
        }
    }

    /// The same one is tried once more.
    pub(super) fn stay(&mut self) {
        self.is_tried = false;
    }

    /// A server has said something.
    pub(super) fn answered(&mut self) {
        (self.untried, self.first_failure) = (0, None);
    }

    /// There is no connection with this one. `None` where another one is to be tried at once, else what to tell: where
    /// none could be reached, that is about the server that was meant.
    pub(super) fn failed(&mut self, cause: ConnectError) -> Option<ConnectError> {
        let cause = self.passed_over(cause);
        if self.untried > 0 && matches!(cause.category(), Category::Unreachable | Category::Lost) {
            self.untried -= 1;
            self.first_failure.get_or_insert(cause);
            return None;
        }
        Some(self.first_failure.take().unwrap_or(cause))
    }

    /// Takes note of what this server, which has this key, says of where else the room is. Returns the others as they
    /// are to be kept for the next visit.
    pub(super) fn learn(&mut self, servers: &[Address], key: Option<Fingerprint>) -> Vec<Address> {
        for server in servers {
            if !self.ring.contains(server) && self.ring.len() <= SERVERS_MAX {
                self.ring.push_back(server.clone());
            }
        }
        self.key = key.or(self.key);
        // This one names all but itself.
        let mut others: Vec<Address> = servers.iter().chain(self.ring.front()).cloned().collect();
        others.retain(|server| *server != self.home);
        others.truncate(SERVERS_MAX);
        others
    }

    fn is_home(&self) -> bool {
        self.ring.front() == Some(&self.home)
    }

    /// One of the others that shows another key is left out: whoever sits in front of it must not keep anybody from the
    /// rest. With the server that was meant, that is the end and for a person to look at.
    fn passed_over(&mut self, cause: ConnectError) -> ConnectError {
        if self.is_home() || cause.category() != Category::Untrusted {
            return cause;
        }
        tracing::warn!(%cause, "a further server is not the one that was named, and is left out");
        self.ring.pop_front();
        self.stay();
        ConnectError::Lost { detail: cause.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(port: u16) -> Address {
        Address::new("a.example", port)
    }

    fn gone(port: u16) -> ConnectError {
        ConnectError::TimedOut { address: at(port) }
    }

    fn foreign(port: u16) -> ConnectError {
        let (expected, found) = (Fingerprint([1; 32]), Fingerprint([2; 32]));
        ConnectError::NotTrusted { address: at(port), expected, found, remedy: "".into() }
    }

    #[test]
    fn all_are_tried_before_the_first_failure_is_told() {
        let mut addresses = Addresses::new(at(1), vec![at(2), at(3)], None);
        for port in 1..=2 {
            addresses.turn();
            assert_eq!(addresses.current(), at(port));
            assert_eq!(addresses.failed(gone(port)), None);
        }
        addresses.turn();
        assert_eq!(addresses.failed(gone(3)), Some(gone(1)), "it is about the one that was meant");
        addresses.turn();
        assert_eq!(
            (addresses.current(), addresses.failed(gone(1))),
            (at(1), Some(gone(1))),
            "from now on each is told"
        );
    }

    #[test]
    fn who_was_let_in_once_is_told_of_every_failure() {
        let mut addresses = Addresses::new(at(1), vec![at(2)], None);
        addresses.turn();
        addresses.answered();
        assert_eq!(addresses.failed(gone(1)), Some(gone(1)));
        addresses.turn();
        assert_eq!(addresses.current(), at(2));
    }

    #[test]
    fn another_key_ends_it_at_home_and_leaves_out_the_others() {
        let mut addresses = Addresses::new(at(1), vec![at(2), at(3)], None);
        addresses.turn();
        assert_eq!(addresses.failed(foreign(1)), Some(foreign(1)));
        addresses.answered();
        addresses.turn();
        assert!(matches!(addresses.failed(foreign(2)), Some(ConnectError::Lost { .. })), "it goes on");
        addresses.turn();
        assert_eq!(addresses.current(), at(3));
        addresses.turn();
        addresses.turn();
        assert_eq!(addresses.current(), at(3), "the second one is gone: {addresses:?}");
    }

    #[test]
    fn what_is_kept_is_all_but_the_one_that_was_meant() {
        let mut addresses = Addresses::new(at(1), Vec::new(), None);
        addresses.turn();
        let key = Some(Fingerprint([7; 32]));
        assert_eq!(addresses.learn(&[at(2), at(3)], key), [at(2), at(3)]);
        assert_eq!(addresses.key(), None, "nobody vouches for the one that was meant but oneself");
        addresses.turn();
        assert_eq!(addresses.key(), key);
        assert_eq!(addresses.learn(&[at(1), at(3)], key), [at(3), at(2)], "on the second one");
        assert_eq!(addresses.ring.len(), 3);
    }
}
