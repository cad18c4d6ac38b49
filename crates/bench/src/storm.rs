//! Members that all come at once while others talk: how many get in, how long that takes, and how many are sent
//! away. Not here: what the talk of the others suffers, which the meter knows.

use std::io;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token};

use crate::crowd::PATIENCE;
use crate::dialect::{Heard, Room, Seat};
use crate::link::{Link, Route};

/// How many sockets are looked at between two looks at the members who talk. Each may mean a handshake's worth of
/// work for the generator, which must not show in the latency of the others.
const EVENTS_MAX: usize = 8;

/// How many connections are opened between two looks.
const OPENED_MAX: usize = 4;

/// The members of the storm.
pub(crate) struct Storm {
    route: Route,
    poll: Poll,
    events: Events,
    links: Vec<Newcomer>,
    /// How many are still to be opened, and how many of the opened ones wait.
    left: usize,
    waiting: usize,
    first_index: usize,
    scratch: Vec<u8>,
    began: Instant,
    ended: Option<Duration>,
}

struct Newcomer {
    link: Option<Link>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    In,
    SentAway,
}

/// How a storm went.
pub(crate) struct Outcome {
    pub(crate) joined: usize,
    /// Refused, cut off, or still waiting when patience ended.
    pub(crate) refused: usize,
    /// From the first connection until all were in or sent away.
    pub(crate) time: Duration,
}

impl Storm {
    /// So many newcomers, whose names follow those of the members already there.
    pub(crate) fn new(route: Route, count: usize, first_index: usize) -> io::Result<Self> {
        Ok(Self {
            route,
            poll: Poll::new()?,
            events: Events::with_capacity(EVENTS_MAX),
            links: Vec::with_capacity(count),
            left: count,
            waiting: 0,
            first_index,
            scratch: vec![0; 16 * 1024],
            began: Instant::now(),
            ended: None,
        })
    }

    /// Goes on a little.
    pub(crate) fn turn(&mut self) -> io::Result<()> {
        for _ in 0..self.left.min(OPENED_MAX) {
            self.open();
        }
        let mut events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        let polled = self.poll.poll(&mut events, Some(Duration::ZERO));
        for event in &events {
            self.look(event.token().0, event.is_writable());
        }
        self.events = events;
        match polled {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        let all_are_answered = self.left + self.waiting == 0;
        if self.ended.is_none() && (all_are_answered || self.began.elapsed() > PATIENCE) {
            self.ended = Some(self.began.elapsed());
        }
        Ok(())
    }

    /// How it went, once it is over.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        let time = self.ended?;
        let joined = self.links.iter().filter(|newcomer| newcomer.state == State::In).count();
        Some(Outcome { joined, refused: self.links.len() + self.left - joined, time })
    }

    fn open(&mut self) {
        self.left -= 1;
        let index = self.links.len();
        let seat = Seat { index: self.first_index + index, room: Room::Storm, text_len: 0 };
        let link = Link::open(&self.route, self.poll.registry(), Token(index), seat).ok();
        let state = if link.is_some() { State::Waiting } else { State::SentAway };
        self.waiting += usize::from(link.is_some());
        self.links.push(Newcomer { link, state });
    }

    fn look(&mut self, index: usize, writable: bool) {
        let newcomer = &mut self.links[index];
        let Some(link) = &mut newcomer.link else { return };
        let was = newcomer.state;
        let state = &mut newcomer.state;
        let on_heard = |heard| match heard {
            Heard::Joined { .. } => *state = State::In,
            Heard::Refused => *state = State::SentAway,
            _ => {}
        };
        if exchange(link, writable, &mut self.scratch, on_heard).is_err() {
            newcomer.state = State::SentAway;
        }
        self.waiting -= usize::from(was == State::Waiting && newcomer.state != State::Waiting);
        if newcomer.state == State::SentAway {
            newcomer.link = None;
        }
    }
}

fn exchange(
    link: &mut Link,
    writable: bool,
    scratch: &mut [u8],
    mut on_heard: impl FnMut(Heard),
) -> io::Result<()> {
    if writable {
        link.unblock()?;
    }
    while let Some(received) = link.receive(scratch, &mut on_heard)? {
        if received.drained {
            break;
        }
    }
    Ok(())
}
