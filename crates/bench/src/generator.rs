//! The members of the load, all on one thread: they come in, listen, write on schedule or as fast as they are
//! echoed, and check every message they get. Not here: one member's connection, and what the figures become.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token};
use rustls::ClientConfig;

use crate::link::Link;
use crate::meter::{Meter, percentiles};
use crate::options::Options;
use crate::process::{Usage, usage};
use crate::report::Report;
use crate::target::Target;
use crate::{BenchError, tls};

/// How many connections are being opened at a time, so that nobody waits for long.
const OPENING_MAX: usize = 128;

/// How long coming in or draining may take without any progress.
const PATIENCE: Duration = Duration::from_mins(1);

/// What stands at the beginning of a message's text: when it should have been sent, in nanoseconds since the
/// start of the load, and its writer; both in hexadecimal.
const STAMP_BYTES: usize = 20;

/// How every delivered message begins.
const MESSAGE: &[u8] = br#"{"type":"message","seq":"#;

/// How the answer to a join begins.
const JOINED: &[u8] = br#"{"type":"joined","#;

/// The members and what they have measured so far.
pub(crate) struct Generator<'a> {
    options: &'a Options,
    target: &'a Target,
    config: Arc<ClientConfig>,
    address: SocketAddr,
    poll: Poll,
    events: Events,
    links: Vec<Link>,
    members: Vec<Member>,
    /// The newest `seq` that anybody has seen, room by room.
    heads: Vec<u64>,
    meter: Meter,
    measuring: bool,
    started: Instant,
    scratch: Vec<u8>,
    plain: Vec<u8>,
    /// The server before anybody came, and when everybody was in.
    empty: Option<Usage>,
    full: Option<Usage>,
    sent: u64,
    echoed: u64,
}

/// What one member is and has got.
struct Member {
    room: usize,
    role: Role,
    joined: bool,
    /// The `seq` that must come next.
    next: u64,
    /// A writer's messages that have not come back.
    in_flight: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Writer,
    Listener,
    Slow,
    Storm,
}

impl<'a> Generator<'a> {
    /// Has everybody come in.
    pub(crate) fn connect(
        options: &'a Options,
        target: &'a Target,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Self, BenchError> {
        let place = &target.invite.address;
        let address = (place.host.as_str(), place.port).to_socket_addrs()?.next();
        let address = address.ok_or_else(|| BenchError::NoServer("its address is unknown".into()))?;
        let config = tls::config(target.invite.fingerprint).map_err(std::io::Error::other)?;
        let mut generator = Self {
            options,
            target,
            config,
            address,
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            links: Vec::new(),
            members: Vec::new(),
            heads: vec![0; options.rooms.max(1)],
            meter: Meter::new(),
            measuring: false,
            started: Instant::now(),
            scratch: vec![0; 64 * 1024],
            plain: vec![0; 16 * 1024],
            empty: target.process().and_then(usage),
            full: None,
            sent: 0,
            echoed: 0,
        };
        let roles = [
            (Role::Writer, options.writers),
            (Role::Listener, options.listeners),
            (Role::Slow, options.slow),
        ];
        for (role, count) in roles {
            progress(&format!("{count} {} come in", role.plural()));
            generator.bring_in(role, count, OPENING_MAX)?;
        }
        generator.full = target.process().and_then(usage);
        Ok(generator)
    }

    /// Opens connections, at most so many at a time, and waits until all have joined.
    fn bring_in(&mut self, role: Role, count: usize, opening_max: usize) -> Result<(), BenchError> {
        let until = self.members.len() + count;
        let mut patience = Instant::now() + PATIENCE;
        let mut waiting: Vec<usize> = Vec::new();
        while self.members.len() < until || !waiting.is_empty() {
            while self.members.len() < until && waiting.len() < opening_max {
                waiting.push(self.open(role)?);
            }
            self.turn(Some(Duration::from_millis(100)))?;
            let before = waiting.len();
            waiting.retain(|&index| !self.members[index].joined);
            if waiting.len() < before {
                patience = Instant::now() + PATIENCE;
            }
            if Instant::now() > patience {
                return Err(BenchError::NotJoined(format!("{} of {count} wait", waiting.len())));
            }
        }
        Ok(())
    }

    fn open(&mut self, role: Role) -> Result<usize, BenchError> {
        let index = self.links.len();
        let mut link = Link::open(self.address, &self.config, self.poll.registry(), Token(index))?;
        let room = index % self.heads.len();
        let name = if role == Role::Storm { "storm".to_owned() } else { format!("bench-{room}") };
        // Queued now, sent by TLS itself as soon as the handshake is done.
        link.queue(format!("{{\"type\":\"join\",\"name\":\"m{index}\",\"room\":\"{name}\"}}\n").as_bytes())?;
        self.links.push(link);
        self.members.push(Member { room, role, joined: false, next: 0, in_flight: 0 });
        Ok(index)
    }

    /// Applies the load, waits until everybody has everything, and says what was measured.
    pub(crate) fn measure(&mut self, progress: &mut dyn FnMut(&str)) -> Result<Report, BenchError> {
        self.started = Instant::now();
        for index in self.indexes(Role::Slow) {
            self.links[index].asleep = true;
        }
        let mut load = Load::new(self.options, self.indexes(Role::Writer));
        self.run_for(Duration::from_secs(self.options.warmup), &mut load, &mut |_| {})?;
        self.measuring = true;
        let (began, server, own) = (Instant::now(), self.server(), usage(std::process::id()));
        let stormed = self.storm(&mut load)?;
        let left = Duration::from_secs(self.options.seconds).saturating_sub(began.elapsed());
        self.run_for(left, &mut load, progress)?;
        self.meter.end_second();
        let seconds = began.elapsed().as_secs_f64();
        let (server_after, own_after) = (self.server(), usage(std::process::id()));
        self.measuring = false;
        progress("waiting until everybody has everything");
        let caught_up = self.drain()?;
        let used = |before: Option<Usage>, after: Option<Usage>| Some(after?.cpu.saturating_sub(before?.cpu));
        let mut report = self.report(seconds);
        report.server_cpu(used(server, server_after), server_after);
        report.generator_cores = used(own, own_after).map(|cpu| cpu.as_secs_f64() / seconds);
        report.server_memory_bytes =
            self.full.zip(server_after).map(|(full, after)| [full.memory, after.memory]);
        report.slow_caught_up = caught_up;
        report.storm = stormed;
        Ok(report)
    }

    fn server(&self) -> Option<Usage> {
        self.target.process().and_then(usage)
    }

    fn indexes(&self, role: Role) -> Vec<usize> {
        (0..self.members.len()).filter(|&index| self.members[index].role == role).collect()
    }

    /// Makes handshakes as fast as they go, while the load goes on.
    fn storm(&mut self, load: &mut Load) -> Result<usize, BenchError> {
        let count = self.options.storm;
        let first = self.members.len();
        for _ in 0..count {
            self.open(Role::Storm)?;
        }
        let patience = Instant::now() + PATIENCE;
        while self.members[first..].iter().any(|member| !member.joined) {
            load.offer(self)?;
            self.turn(Some(Duration::ZERO))?;
            if Instant::now() > patience {
                let late = self.members[first..].iter().filter(|member| !member.joined).count();
                return Err(BenchError::NotJoined(format!("{late} of the storm's {count} wait")));
            }
        }
        Ok(count)
    }

    /// Keeps the load up for so long.
    fn run_for(
        &mut self,
        time: Duration,
        load: &mut Load,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), BenchError> {
        let end = Instant::now() + time;
        let mut next_second = Instant::now() + Duration::from_secs(1);
        loop {
            let now = Instant::now();
            if now >= end || self.options.messages.is_some_and(|messages| self.sent >= messages) {
                return Ok(());
            }
            if now >= next_second {
                next_second += Duration::from_secs(1);
                if self.measuring {
                    let second = self.meter.end_second();
                    let latency = second.latency_us;
                    progress(&format!(
                        "{:>10} deliveries/s   p50 {:>8.0} µs   p99 {:>8.0} µs",
                        second.deliveries, latency.p50, latency.p99
                    ));
                }
            }
            load.offer(self)?;
            // The load generator has a core of its own and never sleeps under load: waking it would cost the
            // server time that is not the server's.
            self.turn(Some(Duration::ZERO))?;
        }
    }

    /// Waits until everybody has every message. Returns how many of those that had stopped reading have.
    fn drain(&mut self) -> Result<usize, BenchError> {
        let slow = self.indexes(Role::Slow);
        slow.iter().for_each(|&index| self.links[index].asleep = false);
        let mut patience = Instant::now() + PATIENCE;
        let mut before = 0;
        loop {
            // What came while they slept has left no event behind.
            for &index in &slow {
                self.receive(index)?;
            }
            self.turn(Some(Duration::from_millis(1)))?;
            let has_all =
                |member: &Member| member.role == Role::Storm || member.next > self.heads[member.room];
            if self.echoed == self.sent && self.members.iter().all(has_all) {
                break;
            }
            let progress: u64 = self.members.iter().map(|member| member.next).sum::<u64>() + self.echoed;
            if progress > before {
                (before, patience) = (progress, Instant::now() + PATIENCE);
            }
            if Instant::now() > patience {
                break;
            }
        }
        for member in self.members.iter().filter(|member| member.role != Role::Storm) {
            self.meter.lost += (self.heads[member.room] + 1).saturating_sub(member.next);
        }
        Ok(slow
            .iter()
            .filter(|&&index| self.members[index].next > self.heads[self.members[index].room])
            .count())
    }

    /// Looks at the sockets once.
    fn turn(&mut self, timeout: Option<Duration>) -> Result<(), BenchError> {
        let mut events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        let polled = self.poll.poll(&mut events, timeout);
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
            _ => Ok(()),
        }
    }

    /// Takes everything that a member's socket has.
    fn receive(&mut self, index: usize) -> Result<(), BenchError> {
        let text_len = self.options.bytes.max(STAMP_BYTES);
        loop {
            let Self { links, members, heads, meter, scratch, plain, measuring, started, echoed, .. } = self;
            let member = &mut members[index];
            let now = started.elapsed();
            let received = links[index].receive(scratch, plain, |line| {
                let Some((seq, stamp, writer)) = parse(line, text_len) else {
                    if line.starts_with(JOINED) {
                        member.joined = true;
                        member.next = number_after(line, b"\"head\":") + 1;
                    }
                    return;
                };
                let head = &mut heads[member.room];
                *head = seq.max(*head);
                if seq < member.next {
                    meter.repeated += 1;
                } else {
                    meter.lost += seq - member.next;
                    member.next = seq + 1;
                }
                let own = member.role == Role::Writer && writer == index as u64;
                if own {
                    member.in_flight -= 1;
                    *echoed += 1;
                }
                if *measuring && member.role != Role::Slow {
                    meter.delivered(now.saturating_sub(Duration::from_nanos(stamp)), own);
                }
            });
            match received {
                Ok(None) => return Ok(()),
                Ok(Some(received)) if self.measuring => {
                    self.meter.bytes += received.bytes as u64;
                    self.meter.records += received.records;
                }
                Ok(Some(_)) => {}
                Err(error) => return Err(self.lost(index, &error)),
            }
        }
    }

    fn lost(&self, index: usize, error: &std::io::Error) -> BenchError {
        let established = if self.links[index].is_established() { "" } else { " during its handshake" };
        BenchError::Lost { index, cause: format!("{error}{established}") }
    }

    fn report(&self, seconds: f64) -> Report {
        let options = self.options;
        let messages = self.meter.echo.len();
        let target = match (&options.invite, options.yardstick) {
            (Some(_), _) => "given",
            (None, true) => "yardstick",
            (None, false) => "papo",
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of a run have fewer digits than a float holds"
        )]
        let per_second = |count: u64| count as f64 / seconds;
        let joined = self.members.iter().filter(|member| member.role != Role::Storm).count();
        #[expect(clippy::cast_precision_loss, reason = "as above")]
        let each = |before: f64, after: f64| (after - before) / joined as f64;
        let (empty, full) = (self.empty, self.full);
        #[expect(clippy::cast_precision_loss, reason = "as above")]
        let memory = empty.zip(full).map(|(empty, full)| each(empty.memory as f64, full.memory as f64));
        let microseconds = |usage: Usage| usage.cpu.as_secs_f64() * 1e6;
        Report {
            target: target.into(),
            listeners: options.listeners,
            writers: options.writers,
            rooms: options.rooms,
            rate: options.rate,
            window: options.window,
            bytes: options.bytes,
            log: options.log.clone(),
            seconds,
            messages,
            messages_per_second: per_second(messages),
            deliveries: self.meter.deliveries,
            deliveries_per_second: per_second(self.meter.deliveries),
            lost: self.meter.lost,
            repeated: self.meter.repeated,
            latency_us: percentiles(&self.meter.latency),
            echo_us: percentiles(&self.meter.echo),
            deliveries_per_record: per_second(self.meter.deliveries) / per_second(self.meter.records.max(1)),
            server_cpu_us_per_delivery: None,
            server_user_share: None,
            server_cores: None,
            generator_cores: None,
            server_memory_bytes: None,
            server_memory_per_connection: memory,
            server_cpu_us_per_handshake: empty
                .zip(full)
                .map(|(empty, full)| each(microseconds(empty), microseconds(full))),
            slow_caught_up: 0,
            storm: 0,
            timeline: self.meter.seconds().to_vec(),
        }
    }
}

impl Report {
    fn server_cpu(&mut self, used: Option<Duration>, after: Option<Usage>) {
        let (Some(used), Some(after)) = (used, after) else { return };
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of a run have fewer digits than a float holds"
        )]
        let deliveries = self.deliveries.max(1) as f64;
        self.server_cpu_us_per_delivery = Some(used.as_secs_f64() * 1e6 / deliveries);
        self.server_user_share = Some(after.user_share);
        self.server_cores = Some(used.as_secs_f64() / self.seconds);
    }
}

impl Role {
    fn plural(self) -> &'static str {
        match self {
            Self::Writer => "writers",
            Self::Listener => "listeners",
            Self::Slow => "slow listeners",
            Self::Storm => "of the storm",
        }
    }
}

/// When who sends what.
struct Load {
    writers: Vec<usize>,
    /// The time between two messages of the schedule.
    interval: Option<Duration>,
    /// When the next message should be sent, since the start of the load.
    next: Duration,
    /// At full speed, how many messages of one writer are in flight.
    window_each: usize,
    padding: String,
    line: Vec<u8>,
}

impl Load {
    fn new(options: &Options, writers: Vec<usize>) -> Self {
        let interval = options.rate.map(|rate| Duration::from_secs(1) / rate.max(1));
        let window_each = (options.window / writers.len().max(1)).max(1);
        let padding = "x".repeat(options.bytes.saturating_sub(STAMP_BYTES));
        Self { writers, interval, next: Duration::ZERO, window_each, padding, line: Vec::new() }
    }

    /// Sends whatever should have been sent by now.
    fn offer(&mut self, generator: &mut Generator<'_>) -> Result<(), BenchError> {
        if self.writers.is_empty() {
            return Ok(());
        }
        let now = generator.started.elapsed();
        if let Some(interval) = self.interval {
            while self.next <= now {
                let turn = usize::try_from(generator.sent).unwrap_or(usize::MAX) % self.writers.len();
                self.say(generator, self.writers[turn], self.next)?;
                generator.links[self.writers[turn]].flush()?;
                self.next += interval;
            }
            return Ok(());
        }
        for at in 0..self.writers.len() {
            let writer = self.writers[at];
            while generator.members[writer].in_flight < self.window_each {
                self.say(generator, writer, now)?;
            }
            generator.links[writer].flush()?;
        }
        Ok(())
    }

    fn say(
        &mut self,
        generator: &mut Generator<'_>,
        writer: usize,
        stamp: Duration,
    ) -> Result<(), BenchError> {
        use std::io::Write as _;
        self.line.clear();
        let (id, stamp) = (generator.sent, stamp.as_nanos());
        writeln!(
            self.line,
            "{{\"type\":\"say\",\"id\":\"{id}\",\"text\":\"{stamp:016x}{writer:04x}{}\"}}",
            self.padding
        )?;
        generator.links[writer].queue(&self.line)?;
        generator.members[writer].in_flight += 1;
        generator.sent += 1;
        Ok(())
    }
}

/// Reads `seq`, stamp and writer from a message whose text has this many bytes and is its last field.
fn parse(line: &[u8], text_len: usize) -> Option<(u64, u64, u64)> {
    let seq = digits(line.strip_prefix(MESSAGE)?);
    let text = line.get(line.len().checked_sub(text_len + 2)?..)?;
    Some((seq, hexadecimal(text.get(..16)?), hexadecimal(text.get(16..STAMP_BYTES)?)))
}

fn digits(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, byte| number * 10 + u64::from(byte - b'0'))
}

fn hexadecimal(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, &byte| {
        number << 4
            | u64::from(
                if byte.is_ascii_digit() { byte - b'0' } else { (byte | 0x20).wrapping_sub(b'a' - 10) } & 15,
            )
    })
}

/// The number behind a key.
fn number_after(line: &[u8], key: &[u8]) -> u64 {
    memchr::memmem::find(line, key).map_or(0, |at| digits(&line[at + key.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivered_message_tells_its_place_its_time_and_its_writer() {
        let text = format!("{:016x}{:04x}{}", 0x1234_5678_9abc_u64, 7, "x".repeat(12));
        let line = format!(
            "{{\"type\":\"message\",\"seq\":907,\"time\":\"2026-11-22T14:06:57.042Z\",\"from\":{{\"id\":\"guest-aaaaaaaaaaaaa\",\"name\":\"m7\"}},\"id\":\"3\",\"text\":\"{text}\"}}"
        );
        assert_eq!(parse(line.as_bytes(), text.len()), Some((907, 0x1234_5678_9abc, 7)));
        assert_eq!(parse(br#"{"type":"pong"}"#, 32), None);
        assert_eq!(number_after(br#"{"type":"joined","first":1,"head":42,"count":3}"#, b"\"head\":"), 42);
    }
}
