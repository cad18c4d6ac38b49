//! The members of the load and their sockets, all on one thread: they come in, hear, and check what they hear.
//! Not here: what is said when, and what the figures become.

use std::time::{Duration, Instant};

use mio::{Events, Poll, Token};
use papo_words::{system, t};

use crate::BenchError;
use crate::dialect::{Heard, Room, Seat};
use crate::link::{Link, Route};
use crate::member::{Member, Role};
use crate::meter::Meter;
use crate::options::Options;

/// How many connections are in their handshake at a time: enough to keep a server busy, and not so many that one
/// whose queue of new connections is short resets some. Whoever waits for more than that, as IRC has people wait,
/// keeps nobody else waiting.
const OPENING_MAX: usize = 32;

/// How long coming in or draining may take without any progress.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// How much is read from a socket at a time: a few of the largest TLS records.
const SCRATCH_BYTES: usize = 64 * 1024;

/// The members and what they have heard so far.
pub(crate) struct Crowd {
    pub(crate) links: Vec<Link>,
    pub(crate) members: Vec<Member>,
    pub(crate) meter: Meter,
    /// Messages that have come back to their writers.
    pub(crate) echoed: u64,
    route: Route,
    text_len: usize,
    poll: Poll,
    events: Events,
    /// Room by room and stream by stream, the place behind the last message that anybody has heard.
    ends: Vec<Vec<u64>>,
    /// The indexes of the writers.
    writers: Vec<usize>,
    /// For each writer, the member whose copy counts as the echo: itself, where the carrier echoes.
    witnesses: Vec<usize>,
    started: Instant,
    scratch: Vec<u8>,
}

impl Crowd {
    /// Nobody, so far.
    pub(crate) fn new(options: &Options, route: Route) -> std::io::Result<Self> {
        Ok(Self {
            links: Vec::new(),
            members: Vec::new(),
            meter: Meter::new(Duration::from_secs(options.seconds)),
            echoed: 0,
            route,
            text_len: options.bytes,
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            ends: vec![Vec::new(); options.rooms],
            writers: Vec::new(),
            witnesses: Vec::new(),
            started: Instant::now(),
            scratch: vec![0; SCRATCH_BYTES],
        })
    }

    /// Opens connections, a bounded number at a time, and waits until all have joined.
    pub(crate) fn bring_in(&mut self, role: Role, count: usize) -> Result<(), BenchError> {
        let until = self.members.len() + count;
        let mut patience = Instant::now() + PATIENCE;
        let mut waiting: Vec<usize> = Vec::new();
        let mut brought = 0;
        while self.members.len() < until || !waiting.is_empty() {
            let shaking_hands = waiting.iter().filter(|&&index| !self.links[index].is_established()).count();
            for _ in shaking_hands..OPENING_MAX.min(shaking_hands + until - self.members.len()) {
                let room =
                    if role == Role::Idle { Room::Idle } else { Room::Loud(brought % self.ends.len()) };
                waiting.push(self.open(role, room)?);
                brought += 1;
            }
            self.turn(Some(Duration::from_millis(100)))?;
            let before = waiting.len();
            waiting.retain(|&index| !self.members[index].joined);
            if waiting.len() < before {
                patience = Instant::now() + PATIENCE;
            }
            if Instant::now() > patience {
                return Err(BenchError::NotJoined(t!(
                    "bench-members-wait",
                    waiting = waiting.len(),
                    count = count
                )));
            }
        }
        Ok(())
    }

    fn open(&mut self, role: Role, room: Room) -> Result<usize, BenchError> {
        let index = self.links.len();
        let seat = Seat { index, room, text_len: self.text_len };
        self.links.push(Link::open(&self.route, self.poll.registry(), Token(index), seat)?);
        self.members.push(Member::new(role, room));
        Ok(index)
    }

    /// The load begins: the clock that stamps count from starts, and the writers and their witnesses are known.
    pub(crate) fn begin(&mut self) -> Vec<usize> {
        self.writers = self.of(Role::Writer);
        let listeners = self.of(Role::Listener);
        let echoes = self.route.carrier.echoes();
        let witness = |&writer: &usize| {
            let same_room = |&&index: &&usize| self.members[index].room == self.members[writer].room;
            let other = listeners.iter().find(same_room).copied();
            if echoes { writer } else { other.unwrap_or(writer) }
        };
        self.witnesses = self.writers.iter().map(witness).collect();
        self.started = Instant::now();
        self.writers.clone()
    }

    /// The time since the load began.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// The members of a role.
    pub(crate) fn of(&self, role: Role) -> Vec<usize> {
        (0..self.members.len()).filter(|&index| self.members[index].role == role).collect()
    }

    /// Lets the slow listeners stop reading, or read on.
    pub(crate) fn set_asleep(&mut self, asleep: bool) -> Result<(), BenchError> {
        for index in self.of(Role::Slow) {
            self.links[index].asleep = asleep;
            // What came while they slept has left no event behind.
            self.receive(index)?;
        }
        Ok(())
    }

    /// Looks at the sockets once. Returns whether there was anything.
    pub(crate) fn turn(&mut self, timeout: Option<Duration>) -> Result<bool, BenchError> {
        let mut events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        let polled = self.poll.poll(&mut events, timeout);
        let any = !events.is_empty();
        for event in &events {
            let index = event.token().0;
            if event.is_writable() {
                let unblocked = self.links[index].unblock();
                unblocked.map_err(|error| self.lost(index, &error))?;
            }
            if event.is_readable() || event.is_read_closed() || event.is_error() {
                self.receive(index)?;
            }
        }
        self.events = events;
        match polled {
            Err(error) if error.kind() != std::io::ErrorKind::Interrupted => Err(error.into()),
            _ => Ok(any),
        }
    }

    /// Takes everything that a member's socket has.
    fn receive(&mut self, index: usize) -> Result<(), BenchError> {
        loop {
            let now_ns = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
            let mut refused = false;
            let mut ears = Ears {
                index,
                members: &mut self.members,
                ends: &mut self.ends,
                meter: &mut self.meter,
                witnesses: &self.witnesses,
                writers: &self.writers,
                echoed: &mut self.echoed,
            };
            let received = self.links[index].receive(&mut self.scratch, |heard| match heard {
                Heard::Nothing => {}
                Heard::Refused => refused = true,
                heard => ears.hear(heard, now_ns),
            });
            let received = received.map_err(|error| self.lost(index, &error))?;
            if refused {
                let joined = self.members[index].joined;
                let cause = if joined { t!("bench-said-no") } else { t!("bench-not-let-in") };
                return Err(BenchError::Lost { index, cause });
            }
            let Some(received) = received else { return Ok(()) };
            self.meter.received(received.bytes, received.records);
            if received.drained {
                return Ok(());
            }
        }
    }

    fn lost(&self, index: usize, error: &std::io::Error) -> BenchError {
        let cause = system(error);
        let established = self.links[index].is_established();
        let cause = if established { cause } else { t!("bench-during-handshake", cause = cause) };
        BenchError::Lost { index, cause }
    }

    /// How many messages each of the members that listen has not got.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (Role, u64)> + '_ {
        let echoes = self.route.carrier.echoes();
        self.members.iter().enumerate().filter_map(move |(index, member)| {
            let Room::Loud(room) = member.room else { return None };
            let own = self.writers.iter().position(|&writer| writer == index).filter(|_| !echoes);
            Some((member.role, member.missing(&self.ends[room], own)))
        })
    }

    /// A number that grows with everything that is heard.
    pub(crate) fn progress(&self) -> u64 {
        self.members.iter().flat_map(|member| &member.next).sum::<u64>() + self.echoed
    }
}

/// What hearing changes, apart from the link that is heard.
struct Ears<'a> {
    index: usize,
    members: &'a mut [Member],
    ends: &'a mut [Vec<u64>],
    meter: &'a mut Meter,
    witnesses: &'a [usize],
    writers: &'a [usize],
    echoed: &'a mut u64,
}

impl Ears<'_> {
    fn hear(&mut self, heard: Heard, now_ns: u64) {
        let member = &mut self.members[self.index];
        match heard {
            Heard::Joined { next } => {
                member.joined = true;
                member.next = vec![next];
            }
            Heard::Skipped { next } => self.meter.skipped += member.skip_to(next),
            Heard::Message { seq, stamp } => {
                let (stream, place) = match seq {
                    Some(seq) => (0, seq),
                    None => (usize::try_from(stamp.writer).unwrap_or(usize::MAX), stamp.count),
                };
                let Room::Loud(room) = member.room else { return };
                if stream > self.writers.len() {
                    // Somebody else's message, in a room that is not the load's alone.
                    return;
                }
                note_end(&mut self.ends[room], stream, place);
                let disorder = member.note(stream, place);
                self.meter.lost += disorder.lost;
                self.meter.repeated += disorder.repeated;
                let slow = member.role == Role::Slow;
                let writer = usize::try_from(stamp.writer).unwrap_or(usize::MAX);
                let own = self.witnesses.get(writer) == Some(&self.index);
                if own {
                    *self.echoed += 1;
                    let writer = &mut self.members[self.writers[writer]];
                    writer.in_flight = writer.in_flight.saturating_sub(1);
                }
                if !slow {
                    self.meter.delivered(now_ns.saturating_sub(stamp.due_ns), own);
                }
            }
            Heard::Nothing | Heard::Refused => {}
        }
    }
}

fn note_end(ends: &mut Vec<u64>, stream: usize, place: u64) {
    if ends.len() <= stream {
        ends.resize(stream + 1, 0);
    }
    ends[stream] = ends[stream].max(place + 1);
}
