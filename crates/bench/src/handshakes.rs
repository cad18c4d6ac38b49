//! Connections that only shake hands: what TLS alone costs a server, before anybody has said who they are. Not
//! here: what coming in costs, which the crowd's newcomers tell.

use std::time::Instant;

use mio::{Events, Poll, Token};
use papo_words::{system, t};

use crate::BenchError;
use crate::crowd::PATIENCE;
use crate::dialect::{Room, Seat};
use crate::link::{Link, Route};

/// How many are under way at a time: enough to keep a server busy, and fewer than any queue of new connections.
const OPENING_MAX: usize = 32;

/// The connections that have shaken hands or are about to. They stay until this is dropped, so that the server's
/// work for their end does not mix with that for their beginning.
pub(crate) struct Handshakes {
    poll: Poll,
    links: Vec<Link>,
}

impl Handshakes {
    pub(crate) fn new() -> Result<Self, BenchError> {
        Ok(Self { poll: Poll::new()?, links: Vec::new() })
    }

    /// Opens so many more connections, a bounded number at a time, and waits until TLS is established on all.
    pub(crate) fn shake(&mut self, route: &Route, count: usize) -> Result<(), BenchError> {
        let until = self.links.len() + count;
        let mut events = Events::with_capacity(OPENING_MAX);
        let mut scratch = vec![0; 16 * 1024];
        let mut waiting: Vec<usize> = Vec::new();
        let mut patience = Instant::now() + PATIENCE;
        while self.links.len() < until || !waiting.is_empty() {
            while waiting.len() < OPENING_MAX && self.links.len() < until {
                let index = self.links.len();
                let seat = Seat { index, room: Room::Idle, text_len: 0 };
                self.links.push(Link::silent(route, self.poll.registry(), Token(index), seat)?);
                waiting.push(index);
            }
            self.poll.poll(&mut events, Some(std::time::Duration::from_millis(100)))?;
            for event in &events {
                self.advance(event.token().0, event.is_writable(), &mut scratch)?;
            }
            let before = waiting.len();
            waiting.retain(|&index| !self.links[index].is_established());
            if waiting.len() < before {
                patience = Instant::now() + PATIENCE;
            }
            if Instant::now() > patience {
                return Err(BenchError::NotJoined(t!(
                    "bench-handshakes-wait",
                    waiting = waiting.len(),
                    count = count
                )));
            }
        }
        Ok(())
    }

    fn advance(&mut self, index: usize, writable: bool, scratch: &mut [u8]) -> Result<(), BenchError> {
        let link = &mut self.links[index];
        let lost = |error: std::io::Error| BenchError::Lost { index, cause: system(&error) };
        if writable {
            link.unblock().map_err(lost)?;
        }
        // What a server says behind the handshake is taken and means nothing here.
        while let Some(received) = link.receive(scratch, |_| {}).map_err(lost)? {
            if received.drained {
                break;
            }
        }
        Ok(())
    }
}
