//! What everything in a simulated run shares: the seed's randomness, the wall clock, what survives a crash, and
//! the trace of what has happened. Not here: what is random in a run (the plan), and what must hold (the
//! history).

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use papo_client::event::Outgoing;
use papo_proto::{Epoch, Seq};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::Sabotage;
use super::disk::Disk;
use super::history::History;
use super::plan::Plan;

/// How many lines of the trace are kept for whoever looks into a failure.
const LINES_KEPT: usize = 60;

/// The wall clock at the beginning of every run, in Unix milliseconds.
const WALL_START_MS: i64 = 1_795_000_000_000;

/// Numbers from a seed: `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Debug)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn range(&mut self, range: RangeInclusive<u64>) -> u64 {
        range.start() + self.next() % (range.end() - range.start() + 1)
    }

    pub(super) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.range(0..=len as u64 - 1)).unwrap()
    }

    pub(super) fn ms(&mut self, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.range(range))
    }

    /// True so many times in a hundred.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next().to_be_bytes()[0])
    }
}

/// What has happened, as a hash of everything and the last lines of it.
#[derive(Debug, Default)]
struct Trace {
    hasher: DefaultHasher,
    lines: VecDeque<String>,
}

/// What a client keeps on its disk. A crash of the client leaves it as it is.
#[derive(Debug, Default)]
pub(super) struct Saved {
    pub(super) outbox: Vec<Outgoing>,
    /// The last place that the client wrote down, and the log it belongs to.
    pub(super) position: Option<(Epoch, Seq)>,
    /// How many messages it has said so far.
    pub(super) said: usize,
}

/// A client as the rest of the world sees it.
#[derive(Debug, Default)]
pub(super) struct Outside {
    pub(super) saved: RefCell<Saved>,
    /// Whether the network has swallowed something of the client's connection. A real TCP would send it again
    /// or give the connection up; the simulated one does neither.
    pub(super) swallowed: Cell<bool>,
    /// Tells the client that its connection was reset.
    pub(super) reset: Notify,
    /// Tells the client to say one more message.
    pub(super) speak: Notify,
}

/// Everything in a run.
pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) sabotage: Option<Sabotage>,
    pub(super) disk: Arc<Mutex<Disk>>,
    pub(super) clients: Vec<Outside>,
    pub(super) history: RefCell<History>,
    /// Tells the server to stop in an orderly way.
    pub(super) stop: Notify,
    /// Whether it has done so, and its process can end.
    pub(super) stopped: Cell<bool>,
    /// Whether the faults are over.
    pub(super) calm: Cell<bool>,
    pub(super) wall_offset_ms: Cell<i64>,
    rng: RefCell<Rng>,
    trace: RefCell<Trace>,
    /// Which situations the run has come into, and how often.
    pub(super) met: RefCell<BTreeMap<&'static str, u64>>,
}

impl World {
    pub(super) fn new(seed: u64, sabotage: Option<Sabotage>) -> Rc<Self> {
        let mut rng = Rng::new(seed);
        let plan = Plan::new(&mut rng);
        let disk = Disk::new(Rng::new(rng.next()), plan.mishaps_permille, sabotage);
        Rc::new(Self {
            sabotage,
            disk: Arc::new(Mutex::new(disk)),
            clients: plan.clients.iter().map(|_| Outside::default()).collect(),
            history: RefCell::new(History::new(&plan)),
            stop: Notify::new(),
            stopped: Cell::new(false),
            calm: Cell::new(false),
            wall_offset_ms: Cell::new(0),
            rng: RefCell::new(rng),
            trace: RefCell::default(),
            met: RefCell::default(),
            plan,
        })
    }

    /// Draws from the seed. Everything runs in one thread, so equal seeds draw in an equal order.
    pub(super) fn draw<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.rng.borrow_mut())
    }

    pub(super) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap()
    }

    /// What the server's clock shows to people. It jumps when the plan says so.
    pub(super) fn wall_ms(&self) -> u64 {
        let elapsed = i64::try_from(turmoil::sim_elapsed().unwrap_or_default().as_millis()).unwrap();
        u64::try_from(WALL_START_MS + elapsed + self.wall_offset_ms.get()).unwrap()
    }

    /// The run has come into a situation that runs are there for.
    pub(super) fn met(&self, situation: &'static str) {
        *self.met.borrow_mut().entry(situation).or_default() += 1;
    }

    /// Writes down what has happened.
    pub(super) fn note(&self, at: Duration, line: std::fmt::Arguments<'_>) {
        let mut trace = self.trace.borrow_mut();
        let line = format!("{:>8} ms  {line}", at.as_millis());
        line.hash(&mut trace.hasher);
        trace.lines.push_back(line);
        if trace.lines.len() > LINES_KEPT {
            trace.lines.pop_front();
        }
    }

    /// The same, from within a host.
    pub(super) fn note_here(&self, line: std::fmt::Arguments<'_>) {
        self.note(turmoil::sim_elapsed().unwrap_or_default(), line);
    }

    /// Writes down bytes that went over the wire.
    pub(super) fn note_bytes(&self, whose: usize, bytes: &[u8]) {
        let mut trace = self.trace.borrow_mut();
        (turmoil::sim_elapsed(), whose, bytes).hash(&mut trace.hasher);
    }

    /// A number that is equal for equal runs.
    pub(super) fn hash(&self) -> u64 {
        self.trace.borrow().hasher.finish()
    }

    /// The end of the trace, for people.
    pub(super) fn last_lines(&self) -> Vec<String> {
        self.trace.borrow().lines.iter().cloned().collect()
    }
}

/// Starts a task. The runtime keeps a panic to itself; here it fails the run.
pub(super) fn spawn(world: &Rc<World>, task: impl Future<Output = ()> + 'static) {
    let guard = Guard(Rc::clone(world));
    tokio::task::spawn_local(async move {
        let _guard = guard;
        task.await;
    });
}

/// Reports the panic of the task that holds it.
pub(super) struct Guard(pub(super) Rc<World>);

impl Drop for Guard {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.history.borrow_mut().violation("a task has panicked, see its message above".to_owned());
        }
    }
}

/// Waits, in the host's own time.
pub(super) async fn after(time: Duration) {
    if !time.is_zero() {
        sleep_until(Instant::now() + time).await;
    }
}
