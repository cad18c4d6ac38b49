//! Plays a run from its beginning to its end: lets time pass, does to the world what the plan says, and decides
//! when it is over. Not here: what is planned, and what is checked.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

use turmoil::{Builder, Sim};

use super::client::{host_name, live};
use super::disk::SimulatedLog;
use super::plan::{Fault, Way};
use super::server::serve;
use super::world::World;
use super::{Run, Sabotage};

/// How much time passes between two looks at the network. Within it, each host has its own.
const STEP: Duration = Duration::from_millis(10);

/// How long everything may take once nothing goes wrong any more: a client may notice only after 45 s that its
/// connection is gone, wait 45 s before it comes back (30 s and half of that), and need 10 s to connect.
const CALM_MAX: Duration = Duration::from_mins(2);

/// How long a message may take where nothing is wrong: some times over the slowest network, disk and rate.
const PROMPT_MAX: Duration = Duration::from_secs(5);

/// The server's name on the network.
const SERVER: &str = "server";

/// Something to be done at a certain time. The number keeps those of one time in their order.
type Due = Reverse<(Duration, usize, Action)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Action {
    /// The plan's fault of this number begins.
    Begin(usize),
    StartServer,
    /// The power is back, and the network with it.
    RestorePower,
    StartClient(usize),
    /// A link is whole again.
    Mend(usize),
    NoLoss,
    DiskEmptied,
    Readable,
    /// The faults are over.
    Calm,
}

struct Director<'a> {
    world: Rc<World>,
    sim: Sim<'a>,
    due: BinaryHeap<Due>,
    planned: usize,
    is_lossy: bool,
    /// Whether somebody has been told to start the server again.
    is_returning: bool,
    /// When everything was said in calm.
    said_at: Option<Duration>,
    last_words: Option<LastWords>,
}

/// What everybody says in the end.
#[derive(Clone, Copy)]
struct LastWords {
    at: Duration,
    /// How many messages are said with them.
    said_len: usize,
}

/// Plays the run of a seed.
pub(super) fn play(seed: u64, sabotage: Option<Sabotage>) -> Run {
    let world = World::new(seed, sabotage);
    let mut director = Director::new(seed, &world);
    director.play();
    let elapsed = director.sim.elapsed();
    drop(director);
    let found = SimulatedLog::open(&world.disk);
    world.history.borrow_mut().compare(&found, &world.plan);
    let (found, others) = world.history.borrow_mut().take_wrong();
    let said_len = world.history.borrow().said_len();
    Run {
        hash: world.hash(),
        found,
        others,
        said_len,
        last_lines: world.last_lines(),
        met: world.met.take(),
        elapsed,
    }
}

impl Director<'_> {
    fn new(seed: u64, world: &Rc<World>) -> Self {
        let mut sim = Builder::new()
            .rng_seed(seed)
            .epoch(UNIX_EPOCH)
            .tick_duration(STEP)
            .simulation_duration(Duration::MAX)
            .tcp_capacity(4096)
            .min_message_latency(Duration::ZERO)
            .max_message_latency(world.plan.latency_max)
            .build();
        let shared = Rc::clone(world);
        sim.host(SERVER, move || serve(Rc::clone(&shared)));
        for index in 0..world.plan.clients.len() {
            let shared = Rc::clone(world);
            sim.host(host_name(index), move || live(Rc::clone(&shared), index));
        }
        let mut director = Self {
            world: Rc::clone(world),
            sim,
            due: BinaryHeap::new(),
            planned: 0,
            is_lossy: false,
            is_returning: false,
            said_at: None,
            last_words: None,
        };
        for (index, (at, _)) in world.plan.faults.iter().enumerate() {
            director.plan(*at, Action::Begin(index));
        }
        director.plan(world.plan.stormy_for, Action::Calm);
        director
    }

    fn play(&mut self) {
        while !self.is_over() {
            if let Err(error) = self.sim.step() {
                self.world.history.borrow_mut().violation(format!("a host has ended: {error}"));
            }
            self.look_after_server();
            if self.is_lossy {
                self.world.clients.iter().for_each(|client| client.swallowed.set(true));
            }
            while self.due.peek().is_some_and(|Reverse((at, ..))| *at <= self.sim.elapsed()) {
                if let Some(Reverse((_, _, action))) = self.due.pop() {
                    self.act(action);
                }
            }
        }
    }

    /// Over is what is wrong, or late, or finished. In the end, when everybody is there and everything is settled,
    /// everybody says one more message, which must be seen at once.
    fn is_over(&mut self) -> bool {
        let world = Rc::clone(&self.world);
        let mut history = world.history.borrow_mut();
        let now = self.sim.elapsed();
        let all_said = || {
            let mut clients = world.clients.iter().zip(&world.plan.clients);
            clients.all(|(client, plan)| client.saved.borrow().said >= plan.says)
        };
        if !history.is_right() {
            return true;
        }
        if !world.calm.get() || !all_said() {
            return false;
        }
        let said_at = *self.said_at.get_or_insert(now);
        let is_settled = history.is_settled(&world.disk());
        if !history.are_all_joined() {
            // Somebody has just found out that the server was started again.
            self.last_words = None;
        } else if let Some(LastWords { at, said_len }) = self.last_words {
            if is_settled && history.said_len() == said_len {
                return true;
            }
            if now > at + PROMPT_MAX {
                history.violation(format!("in calm, a message has not come to everybody in {PROMPT_MAX:?}"));
            }
        } else if is_settled {
            world.clients.iter().for_each(|client| client.speak.notify_one());
            self.last_words = Some(LastWords { at: now, said_len: history.said_len() + world.clients.len() });
        }
        if self.last_words.is_none() && now > said_at + CALM_MAX {
            let late = format!("after {CALM_MAX:?} of calm, not answered: {:?}", history.unanswered());
            history.violation(late);
        }
        false
    }

    /// Somebody starts the server again when it has gone by itself.
    fn look_after_server(&mut self) {
        let (power_off, broken) = {
            let disk = self.world.disk();
            (disk.power_off, disk.broken)
        };
        if power_off && self.sim.is_host_running(SERVER) {
            self.world.met("the power was cut in a commit");
            self.cut_power();
        } else if self.world.stopped.take() && self.sim.is_host_running(SERVER) {
            self.note(format_args!("the server has stopped"));
            self.sim.crash(SERVER);
        } else if broken && !self.is_returning {
            self.world.met("the disk broke in a commit");
            let back = self.world.draw(|rng| rng.ms(0..=6000));
            self.is_returning = true;
            self.plan_in(back, Action::StartServer);
        }
        if !self.sim.is_host_running(SERVER) && !self.is_returning {
            let back = self.world.draw(|rng| rng.ms(0..=3000));
            self.is_returning = true;
            self.plan_in(back, Action::RestorePower);
        }
    }

    fn act(&mut self, action: Action) {
        self.note(format_args!("{action:?}"));
        match action {
            Action::Begin(fault) => {
                let (_, fault) = self.world.plan.faults[fault].clone();
                self.begin(&fault);
            }
            Action::StartServer => self.start_server(),
            Action::RestorePower => {
                (0..self.world.plan.clients.len()).for_each(|client| self.mend(client));
                self.start_server();
            }
            Action::StartClient(client) => {
                if !self.sim.is_host_running(host_name(client)) {
                    self.sim.bounce(host_name(client));
                }
            }
            Action::Mend(client) => self.mend(client),
            Action::NoLoss => {
                self.is_lossy = false;
                self.sim.set_fail_rate(0.0);
                (0..self.world.plan.clients.len()).for_each(|client| self.mend(client));
            }
            Action::DiskEmptied => self.world.disk().full = false,
            Action::Readable => self.world.disk().unreadable = false,
            Action::Calm => self.calm(),
        }
    }

    fn begin(&mut self, fault: &Fault) {
        self.note(format_args!("{fault:?}"));
        self.world.met(fault.name());
        match *fault {
            Fault::Kill { back } => {
                self.sim.crash(SERVER);
                self.is_returning = true;
                self.plan_in(back, Action::StartServer);
            }
            Fault::PowerCut { back } => {
                self.cut_power();
                self.is_returning = true;
                self.plan_in(back, Action::RestorePower);
            }
            Fault::Restart { back } => {
                self.world.stop.notify_one();
                self.is_returning = true;
                // Not before it has had the time that it takes.
                self.plan_in(back + Duration::from_secs(5), Action::StartServer);
            }
            Fault::KillClient { client, back } => {
                self.sim.crash(host_name(client));
                self.plan_in(back, Action::StartClient(client));
            }
            Fault::Reset { client } => self.world.clients[client].reset.notify_one(),
            Fault::Partition { client, way, lasts } => {
                self.world.clients[client].swallowed.set(true);
                match way {
                    Way::Both => self.sim.partition(SERVER, host_name(client)),
                    Way::ToServer => self.sim.partition_oneway(host_name(client), SERVER),
                    Way::ToClient => self.sim.partition_oneway(SERVER, host_name(client)),
                }
                self.plan_in(lasts, Action::Mend(client));
            }
            Fault::Hold { client, lasts } => {
                self.sim.hold(SERVER, host_name(client));
                self.plan_in(lasts, Action::Mend(client));
            }
            Fault::Loss { percent, lasts } => {
                self.is_lossy = true;
                self.sim.set_fail_rate(f64::from(u32::try_from(percent).unwrap()) / 100.0);
                self.plan_in(lasts, Action::NoLoss);
            }
            Fault::ClockJump { ms } => self.world.wall_offset_ms.set(ms),
            Fault::DiskFull { lasts } => {
                self.world.disk().full = true;
                self.plan_in(lasts, Action::DiskEmptied);
            }
            Fault::Unreadable { lasts } => {
                self.world.disk().unreadable = true;
                self.plan_in(lasts, Action::Readable);
            }
        }
    }

    /// The machine is gone: no connection is closed, and what is under way is lost.
    fn cut_power(&mut self) {
        self.note(format_args!("the power is cut"));
        for (index, client) in self.world.clients.iter().enumerate() {
            client.swallowed.set(true);
            self.sim.partition(SERVER, host_name(index));
        }
        self.sim.crash(SERVER);
    }

    fn start_server(&mut self) {
        self.is_returning = false;
        self.world.stopped.set(false);
        self.sim.bounce(SERVER);
    }

    /// Everything between a client and the server passes again, also what was held.
    fn mend(&self, client: usize) {
        self.sim.release(SERVER, host_name(client));
    }

    /// From now on nothing goes wrong any more. What the network has swallowed is found out by TCP.
    fn calm(&mut self) {
        self.world.calm.set(true);
        self.world.disk().calm();
        self.due.clear();
        self.act(Action::NoLoss);
        if self.is_returning || self.world.disk().broken || !self.sim.is_host_running(SERVER) {
            self.start_server();
        }
        for index in 0..self.world.clients.len() {
            self.act(Action::StartClient(index));
            let client = &self.world.clients[index];
            if client.swallowed.take() {
                client.reset.notify_one();
            }
        }
    }

    fn plan_in(&mut self, time: Duration, action: Action) {
        self.plan(self.sim.elapsed() + time, action);
    }

    fn plan(&mut self, at: Duration, action: Action) {
        self.planned += 1;
        self.due.push(Reverse((at, self.planned, action)));
    }

    fn note(&self, line: std::fmt::Arguments<'_>) {
        self.world.note(self.sim.elapsed(), line);
    }
}
