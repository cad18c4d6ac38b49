//! One measurement from its first connection to its report: the order of things, and what is looked at when. Not
//! here: the members, the load, the words.

use std::net::ToSocketAddrs as _;
use std::time::{Duration, Instant};

use papo_words::t;

use crate::crowd::{Crowd, PATIENCE};
use crate::disk::DiskProbe;
use crate::handshakes::Handshakes;
use crate::link::Route;
use crate::load::Load;
use crate::member::Role;
use crate::meter::{Meter, float, histogram, percentiles};
use crate::options::Options;
use crate::process::{Usage, usage};
use crate::report::{
    HandshakesReport, Idle, Latency, Newcomers, Report, ServerCpu, Slow, StormReport, moment,
};
use crate::storm::Storm;
use crate::target::Target;
use crate::{BenchError, tls};

/// How long a newly filled server is left alone before it is looked at while nothing happens: whatever it does
/// once after people came in is over then.
const REST_AFTER: Duration = Duration::from_secs(1);

/// How many handshakes go before those that are counted.
const HANDSHAKES_FIRST: usize = 32;

/// How long the generator sleeps at a time, where it sleeps: the shortest that every system can.
const NAP: Duration = Duration::from_millis(1);

/// A measurement under way.
pub(crate) struct Measurement<'a> {
    options: &'a Options,
    target: &'a Target,
    crowd: Crowd,
    progress: &'a mut dyn FnMut(&str),
    /// Time that the generator had nothing to do while measuring.
    waited: Duration,
    storm: Option<Storm>,
    storm_report: Option<StormReport>,
}

impl<'a> Measurement<'a> {
    /// Prepares a measurement.
    pub(crate) fn new(
        options: &'a Options,
        target: &'a Target,
        progress: &'a mut dyn FnMut(&str),
    ) -> Result<Self, BenchError> {
        let crowd = Crowd::new(options, route(options, target)?)?;
        Ok(Self { options, target, crowd, progress, waited: Duration::ZERO, storm: None, storm_report: None })
    }

    /// Makes the measurement.
    pub(crate) fn run(mut self) -> Result<Report, BenchError> {
        let empty = self.server();
        let mut report = Report::of(self.options);
        if self.options.handshakes > 0 {
            report.handshakes = Some(self.handshakes()?);
        }
        if self.options.idle > 0 {
            report.idle = Some(self.idle(empty)?);
        }
        let before = self.server();
        for (role, count) in [
            (Role::Writer, self.options.writers),
            (Role::Listener, self.options.listeners),
            (Role::Slow, self.options.slow),
        ] {
            self.bring_in(role, count)?;
        }
        let active = self.options.writers + self.options.listeners + self.options.slow;
        report.newcomers = newcomers(before, self.server(), active);
        if self.options.has_load() || self.options.storm > 0 {
            self.load(&mut report)?;
        }
        Ok(report)
    }

    /// What all servers together have used.
    fn server(&self) -> Option<Usage> {
        self.servers().into_iter().collect::<Option<Vec<_>>>()?.into_iter().reduce(|all, one| all + one)
    }

    fn servers(&self) -> Vec<Option<Usage>> {
        self.target.processes().into_iter().map(usage).collect()
    }

    fn bring_in(&mut self, role: Role, count: usize) -> Result<(), BenchError> {
        if count > 0 {
            (self.progress)(&role.come_in(count));
            self.crowd.bring_in(role, count)?;
        }
        Ok(())
    }

    /// Has connections shake hands and no more.
    fn handshakes(&mut self) -> Result<HandshakesReport, BenchError> {
        let count = self.options.handshakes;
        (self.progress)(&t!("bench-some-handshakes", count = count));
        let route = route(self.options, self.target)?;
        let mut handshakes = Handshakes::new()?;
        // What a server does once, with its first connections, belongs to none of those that are counted.
        handshakes.shake(&route, HANDSHAKES_FIRST)?;
        self.rest(REST_AFTER)?;
        let (before, began) = (self.server(), Instant::now());
        handshakes.shake(&route, count)?;
        let seconds = began.elapsed().as_secs_f64();
        // The last of them is done for the server when it has read what ours ended with.
        self.rest(REST_AFTER)?;
        let used = before.zip(self.server()).map(|(before, after)| after.cpu_since(before));
        let each = |used: Duration| used.as_secs_f64() * 1e6 / float(count as u64);
        Ok(HandshakesReport { connections: count, seconds, server_cpu_us_each: used.map(each) })
    }

    /// Brings in those who only stay, and watches the server while nothing happens.
    fn idle(&mut self, empty: Option<Usage>) -> Result<Idle, BenchError> {
        // The first has the server load code and make tables that it keeps; what the others add is what one costs.
        self.bring_in(Role::Idle, 1)?;
        self.rest(REST_AFTER)?;
        let (first, began, others) = (self.server(), Instant::now(), self.options.idle - 1);
        self.bring_in(Role::Idle, others)?;
        let came_in = began.elapsed();
        self.rest(REST_AFTER)?;
        let full = self.server();
        let time = Duration::from_secs(self.options.seconds);
        (self.progress)(&t!("bench-resting", seconds = self.options.seconds));
        self.rest(time)?;
        let rested = self.server();
        let cores = full.zip(rested).map(|(before, after)| after.cpu_since(before).as_secs_f64());
        Ok(Idle {
            connections: self.options.idle,
            came_in_seconds: came_in.as_secs_f64(),
            newcomers: newcomers(first, rested, others),
            server_memory_bytes_first: newcomers(empty, first, 1).map(|first| first.server_memory_bytes_each),
            server_cores_at_rest: cores.map(|seconds| seconds / time.as_secs_f64()),
        })
    }

    /// Lets time pass, and hears what there is to hear.
    fn rest(&mut self, time: Duration) -> Result<(), BenchError> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.crowd.turn(Some(left))?;
        }
        Ok(())
    }

    /// Applies the load, waits until everybody has everything, and writes down what was measured.
    fn load(&mut self, report: &mut Report) -> Result<(), BenchError> {
        let mut load = Load::new(self.options, self.crowd.begin());
        self.crowd.set_asleep(true)?;
        // A number of messages is counted from the first: no part of it goes into warming up.
        let warmup = if self.options.messages.is_some() { 0 } else { self.options.warmup };
        self.run_for(Duration::from_secs(warmup), &mut load)?;
        let (began, server, own) = (Instant::now(), self.server(), usage(std::process::id()));
        let servers = self.servers();
        let disk = self.target.durable_in.as_deref().and_then(DiskProbe::start);
        self.crowd.meter.begin();
        self.waited = Duration::ZERO;
        self.begin_storm()?;
        self.run_for(Duration::from_secs(self.options.seconds), &mut load)?;
        while self.storm.is_some() && self.storm_report.is_none() {
            // The load goes on until the last of the storm is in.
            self.run_for(Duration::from_millis(100), &mut load)?;
        }
        let seconds = began.elapsed().as_secs_f64();
        report.disk_sync_us = disk.and_then(DiskProbe::finish);
        let (server_after, own_after) = (self.server(), usage(std::process::id()));
        let each = servers.into_iter().zip(self.servers());
        report.server_cores_each = each.filter_map(|(before, after)| cores(before, after, seconds)).collect();
        self.end_slice();
        self.crowd.meter.measuring = false;
        (self.progress)(&t!("bench-draining"));
        self.drain(&load)?;

        report.seconds = seconds;
        report.meter(&self.crowd.meter);
        report.lost += load.sent - self.crowd.echoed;
        report.lost_and_slow(&self.crowd, self.options);
        report.storm = self.storm_report.take();
        report.generator_busy = 1.0 - (self.waited.as_secs_f64() / seconds).min(1.0);
        report.generator_cores = cores(own, own_after, seconds);
        report.server_cores = cores(server, server_after, seconds);
        if let Some((before, after)) = server.zip(server_after) {
            report.server_cpu = ServerCpu::of(before, after, self.crowd.meter.deliveries);
            report.server_memory_bytes = Some([before.memory, after.memory]);
        }
        Ok(())
    }

    fn begin_storm(&mut self) -> Result<(), BenchError> {
        let count = self.options.storm;
        if count > 0 {
            (self.progress)(&t!("bench-come-storm", count = count));
            self.crowd.meter.storm = Some(histogram());
            let route = route(self.options, self.target)?;
            self.storm = Some(Storm::new(route, count, self.crowd.members.len())?);
        }
        Ok(())
    }

    /// Keeps the load up for so long, or until all of its messages are written and echoed.
    fn run_for(&mut self, time: Duration, load: &mut Load) -> Result<(), BenchError> {
        let end = Instant::now() + time;
        let mut told = Instant::now();
        loop {
            let now = Instant::now();
            if now >= end || self.is_complete(load) {
                return Ok(());
            }
            if self.crowd.meter.measuring && self.crowd.meter.slice_is_over(now) {
                let tell = now.duration_since(told) >= Duration::from_secs(1);
                let slice = self.end_slice();
                if let (true, Some(latency)) = (tell, slice.latency_us) {
                    told = now;
                    (self.progress)(&moment(slice.deliveries_per_second, &latency));
                }
            }
            let wrote = load.offer(&mut self.crowd)?;
            let heard = self.crowd.turn(Some(self.nap(load)))?;
            if self.storm.is_some() {
                self.storm_turn()?;
            } else if !wrote && !heard {
                self.waited += now.elapsed();
            }
        }
    }

    /// How long the generator may sleep. It has a core of its own and does not sleep under load: waking it would
    /// cost the server time that is not the server's. But where the server waits for the disk and has time, so do
    /// the kernel's own threads, which would have to wait for a core that is never idle.
    fn nap(&self, load: &Load) -> Duration {
        let has_time = load.until_next(self.crowd.now()) > 2 * NAP;
        if self.target.durable_in.is_some() && has_time { NAP } else { Duration::ZERO }
    }

    /// Whether everything that was asked for is written and has reached everybody who reads.
    fn is_complete(&self, load: &Load) -> bool {
        let has_all = |(role, missing): (Role, u64)| role == Role::Slow || missing == 0;
        load.is_done() && self.crowd.echoed == load.sent && self.crowd.missing().all(has_all)
    }

    fn end_slice(&mut self) -> crate::meter::Slice {
        let memory = self.server().map(|server| server.memory);
        self.crowd.meter.end_slice(Instant::now(), memory)
    }

    fn storm_turn(&mut self) -> Result<(), BenchError> {
        let Some(storm) = &mut self.storm else { return Ok(()) };
        storm.turn()?;
        if self.storm_report.is_none()
            && let Some(outcome) = storm.outcome()
        {
            let latency = self.crowd.meter.storm.take().map(|histogram| percentiles(&histogram));
            self.storm_report = Some(StormReport {
                connections: self.options.storm,
                joined: outcome.joined,
                refused: outcome.refused,
                seconds: outcome.time.as_secs_f64(),
                latency_us: latency.unwrap_or_default(),
            });
        }
        Ok(())
    }

    /// Waits until everybody has every message, or until nothing comes any more.
    fn drain(&mut self, load: &Load) -> Result<(), BenchError> {
        self.crowd.set_asleep(false)?;
        let mut patience = Instant::now() + PATIENCE;
        let mut before = 0;
        while self.crowd.echoed < load.sent || self.crowd.missing().any(|(_, missing)| missing > 0) {
            self.crowd.turn(Some(Duration::from_millis(1)))?;
            let progress = self.crowd.progress();
            if progress > before {
                (before, patience) = (progress, Instant::now() + PATIENCE);
            }
            if Instant::now() > patience {
                break;
            }
        }
        Ok(())
    }
}

fn route(options: &Options, target: &Target) -> Result<Route, BenchError> {
    let mut addresses = Vec::new();
    let places = std::iter::once(&target.invite.address).chain(&target.invite.others);
    for place in places {
        let address = (place.host.as_str(), place.port).to_socket_addrs()?.next();
        addresses.push(address.ok_or_else(|| BenchError::NoServer(t!("bench-no-address")))?);
    }
    let config =
        tls::config(target.invite.fingerprint, options.carrier.alpn()).map_err(std::io::Error::other)?;
    Ok(Route { addresses, rooms: options.rooms, config, carrier: options.carrier })
}

fn cores(before: Option<Usage>, after: Option<Usage>, seconds: f64) -> Option<f64> {
    Some(after?.cpu_since(before?).as_secs_f64() / seconds)
}

/// What each of so many newcomers has cost.
fn newcomers(before: Option<Usage>, after: Option<Usage>, count: usize) -> Option<Newcomers> {
    let (before, after) = before.zip(after).filter(|_| count > 0)?;
    let count = float(count as u64);
    Some(Newcomers {
        server_memory_bytes_each: (float(after.memory) - float(before.memory)) / count,
        server_cpu_us_each: after.cpu_since(before).as_secs_f64() * 1e6 / count,
    })
}

impl ServerCpu {
    fn of(before: Usage, after: Usage, deliveries: u64) -> Option<Self> {
        if deliveries == 0 {
            return None;
        }
        let us_per_delivery = after.cpu_since(before).as_secs_f64() * 1e6 / float(deliveries);
        let user = after.user_share_since(before);
        Some(Self {
            us_per_delivery,
            user_us_per_delivery: us_per_delivery * user,
            system_us_per_delivery: us_per_delivery * (1.0 - user),
        })
    }
}

impl Report {
    fn meter(&mut self, meter: &Meter) {
        let per_second = |count: u64| float(count) / self.seconds;
        let (messages, echo) = meter.echo();
        let latency = meter.latency();
        self.messages = messages;
        self.messages_per_second = per_second(messages);
        self.deliveries = meter.deliveries;
        self.deliveries_per_second = per_second(meter.deliveries);
        self.deliveries_per_record = float(meter.deliveries) / float(meter.records.max(1));
        self.bytes_per_delivery = float(meter.bytes) / float(meter.deliveries.max(1));
        self.lost = meter.lost;
        self.repeated = meter.repeated;
        self.latency_us = Latency { delivery: latency, echo };
        self.distribution = meter.distribution();
        self.timeline = meter.slices().to_vec();
    }

    fn lost_and_slow(&mut self, crowd: &Crowd, options: &Options) {
        let missing: Vec<(Role, u64)> = crowd.missing().collect();
        self.lost += missing.iter().map(|(_, missing)| missing).sum::<u64>();
        let caught_up = missing.iter().filter(|&&(role, missing)| role == Role::Slow && missing == 0).count();
        if options.slow > 0 {
            self.slow = Some(Slow {
                listeners: options.slow,
                caught_up,
                messages_left_out_by_name: crowd.meter.skipped,
            });
        }
    }
}
