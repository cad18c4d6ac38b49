//! Several real servers share one log in real engines, and all of them are killed again and again while people write:
//! single servers, single engines, all engines at once. What must hold is what holds with one server. And the stall: how
//! long anybody waited for an echo, as a whole and beyond the moment at which the engines could store again, since how long
//! they take for that is theirs.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use papo_torture::engines::{Led, Nats, Postgres};
use papo_torture::history::History;

use crate::crew::{Cast, ComingBack, Crew};
use crate::nodes::{EVERYTHING, NODES, Nodes};
use crate::random::Random;
use crate::server::entry;
use crate::waits::Stall;
use crate::{number, take_machine};

/// How many people write.
const WRITERS: usize = 12;

/// A few people, for a run of some seconds.
const SHORT: Cast = Cast { people: 30, writers: WRITERS, pace: Duration::from_millis(20) };

/// Many people. At this pace a program that was built for tests serves them on two cores.
const LONG: Cast = Cast { people: 300, writers: WRITERS, pace: Duration::from_millis(250) };

/// A blow comes after fewer echoes than this since everybody has recovered from the one before.
const ECHOES_MAX: u64 = 100;

/// The engines are started again after so long in which they store nothing, as their operator would. Two elections in turn
/// take 18 s at most. Killed in close succession, 2.9.10 may take more than a minute.
const RESCUE_AFTER: Duration = Duration::from_secs(25);

/// How often they are. Then nobody would believe any more that it is the engines.
const RESCUES_MAX: usize = 3;

/// What the databases call one another.
const NAMES: [&str; 3] = ["p0", "p1", "p2"];

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Blow {
    /// One papo.
    Server,
    /// One engine of NATS.
    Engine,
    /// Two of three engines: the third has nobody to agree with until they are back.
    TwoEngines,
    /// All of them.
    AllEngines,
    /// The database that is written to: a standby takes over.
    Primary,
    /// One of the two databases that follow.
    Standby,
}

/// A run: what was done to whom, and how long the stalls were.
struct Run {
    cast: Cast,
    random: Random,
    start: Instant,
    seconds: u64,
    kinds: &'static [Blow],
    /// What is left of the present round.
    left: Vec<Blow>,
    stalls: BTreeMap<Blow, Vec<Stall>>,
}

impl Run {
    /// A short run with one of each kind, or, where `PAPO_SOAK_SECONDS` says how long, a long one with many people.
    fn new(kinds: &'static [Blow]) -> Self {
        let seconds = number("PAPO_SOAK_SECONDS");
        Self {
            cast: if seconds > 0 { LONG } else { SHORT },
            random: Random::from_environment(),
            start: Instant::now(),
            seconds,
            kinds,
            left: kinds.to_vec(),
            stalls: BTreeMap::new(),
        }
    }

    /// In a long run, where the stall matters, by themselves.
    fn coming_back(&self) -> ComingBack {
        if self.seconds > 0 { ComingBack::ByItself } else { ComingBack::AtOnce }
    }

    /// The next blow and which of so many it hits, as long as the run lasts.
    fn next(&mut self, len: usize) -> Option<(Blow, usize)> {
        if self.left.is_empty() && self.start.elapsed() < Duration::from_secs(self.seconds) {
            self.left = self.kinds.to_vec();
        }
        let mut below = |bound: usize| usize::try_from(self.random.below(bound as u64)).unwrap();
        let last = self.left.len().checked_sub(1)?;
        let blow = self.left.remove(below(last + 1));
        Some((blow, below(len)))
    }

    /// Lets some time pass before a blow, and returns when that is over.
    fn brace(&mut self, crew: &mut Crew) -> Instant {
        let goal = crew.echoes + self.random.below(ECHOES_MAX);
        crew.follow_until("life goes on", |crew| crew.echoes >= goal);
        crew.brace();
        Instant::now()
    }

    /// Returns once everybody has had an echo of something said after a blow. `able` tells at the end when the engines
    /// became able to store.
    fn recover(&mut self, crew: &mut Crew, blow: Blow, since: Instant, able: impl Fn() -> Vec<Instant>) {
        crew.follow_until(&format!("everybody recovers from {blow:?}"), Crew::is_recovered);
        let stall = crew.waits.longest_since(since, &able());
        println!("{blow:?} after {:.1} s: {}", (since - self.start).as_secs_f64(), said(&stall));
        self.stalls.entry(blow).or_default().push(stall);
    }

    fn report(&self, history: &History) {
        for (blow, stalls) in &self.stalls {
            let longest = Stall {
                whole: stalls.iter().map(|stall| stall.whole).max().unwrap_or_default(),
                beyond: stalls.iter().filter_map(|stall| stall.beyond).max(),
            };
            println!("{blow:?}: {} times, {}", stalls.len(), said(&longest));
        }
        println!(
            "{} people, {} of them writers, on {NODES} servers; {:.1} s; PAPO_KILL_SEED={}\n\
             soak: nodes: {} blows, {} messages said, {} echoed, 0 broken promises",
            self.cast.people,
            self.cast.writers,
            self.start.elapsed().as_secs_f64(),
            self.random.seed,
            self.stalls.values().map(Vec::len).sum::<usize>(),
            history.invoked_len(),
            history.ok_len(),
        );
    }
}

/// A stall in words.
fn said(stall: &Stall) -> String {
    let beyond = stall.beyond.map_or_else(String::new, |beyond| {
        format!(", {:.2} s of it after the engine could store again", beyond.as_secs_f64())
    });
    format!("a stall of {:.2} s{beyond}", stall.whole.as_secs_f64())
}

/// Three servers of NATS keep the log. `PAPO_SOAK_SECONDS` says for how long it goes on, with three hundred people then.
#[test]
fn servers_that_share_a_stream_lose_nothing_when_they_or_it_are_killed() {
    let _machine = take_machine();
    let short = number("PAPO_SOAK_SECONDS") == 0;
    let mut run = Run::new(if short {
        &[Blow::Server, Blow::Engine, Blow::AllEngines]
    } else {
        &[Blow::Server, Blow::Engine, Blow::TwoEngines, Blow::AllEngines]
    });
    let mut engines = Nats::cluster(3);
    let hosts: Vec<String> = engines.iter().map(Nats::address).collect();
    let led: Vec<Led> = engines.iter().map(Nats::led).collect();
    // A leader of the stream lets it be written to, one of the book lets it be read.
    let able = || led.iter().flat_map(|led| [led.the_stream(), led.the_book()].concat()).collect();
    let mut nodes = Nodes::start(&format!("nats://{}/room", hosts.join(",")));
    let mut crew = nodes.gather(run.cast, run.coming_back());
    while let Some((blow, one)) = run.next(engines.len()) {
        let since = run.brace(&mut crew);
        match blow {
            Blow::Server => nodes.kill(one),
            Blow::Engine => engines[one].kill(),
            _ => {
                let down = |at: &usize| blow == Blow::AllEngines || *at != one;
                (0..engines.len()).filter(down).for_each(|at| engines[at].kill());
                (0..engines.len()).filter(down).for_each(|at| engines[at].restart());
            }
        }
        let mut is_left_alone = true;
        for _ in 0..RESCUES_MAX {
            if blow == Blow::Server || crew.follow_within(RESCUE_AFTER, Crew::is_recovered) {
                break;
            }
            println!("the engines store nothing for {RESCUE_AFTER:?}: all of them are started again");
            nodes.places.iter().for_each(|place| println!("{}", last_words(&place.diary())));
            engines.iter_mut().for_each(Nats::kill);
            engines.iter_mut().for_each(Nats::restart);
            is_left_alone = false;
        }
        // With a papo's end the engines have nothing to do, even where they elect somebody meanwhile.
        run.recover(&mut crew, blow, since, || if blow == Blow::Server { Vec::new() } else { able() });
        match blow {
            Blow::Server => nodes.restart(one),
            Blow::Engine if is_left_alone => engines[one].restart(),
            _ => {}
        }
    }
    let history = nodes.finish(crew, |place| place.read_file("mirror.db"));
    run.report(&history);
}

/// The end of what a server has said.
fn last_words(diary: &str) -> String {
    let lines: Vec<&str> = diary.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}

/// Two databases follow a third, and a commit waits for either of them. Where that third is killed, the one that has more
/// takes over, and the servers find it by themselves.
#[test]
fn servers_that_share_a_database_lose_nothing_when_it_fails_over() {
    let _machine = take_machine();
    let mut run = Run::new(&[Blow::Server, Blow::Standby, Blow::Primary]);
    let mut databases = Databases::start();
    let hosts = databases.all.each_ref().map(Postgres::host).join(",");
    let mut nodes = Nodes::start(&format!("postgres://papo@{hosts}/postgres"));
    let mut crew = nodes.gather(run.cast, run.coming_back());
    while let Some((blow, one)) = run.next(NODES) {
        let since = run.brace(&mut crew);
        let (old, standby) = (databases.primary, databases.standbys()[one % 2]);
        let mut able = Vec::new();
        match blow {
            Blow::Server => nodes.kill(one),
            Blow::Standby => databases.all[standby].kill(),
            _ => able.push(databases.fail_over()),
        }
        run.recover(&mut crew, blow, since, || able.clone());
        match blow {
            Blow::Server => nodes.restart(one),
            Blow::Standby => databases.all[standby].restart(),
            _ => databases.rebuild(old),
        }
    }
    let primary = &databases.all[databases.primary];
    let history = nodes.finish(crew, |_| primary.sql(EVERYTHING).lines().map(entry).collect());
    run.report(&history);
}

/// A database and two that follow it.
struct Databases {
    all: [Postgres; 3],
    /// Which one is written to.
    primary: usize,
}

impl Databases {
    fn start() -> Self {
        let first = Postgres::start();
        let [second, third] = [1, 2].map(|at| first.standby(NAMES[at]));
        first.wait_for_any(&NAMES.join(", "));
        Self { all: [first, second, third], primary: 0 }
    }

    fn standbys(&self) -> [usize; 2] {
        [(self.primary + 1) % 3, (self.primary + 2) % 3]
    }

    /// Kills the one that is written to and has another take its place, as a failover tool does. Returns when that one
    /// could store.
    fn fail_over(&mut self) -> Instant {
        self.all[self.primary].kill();
        let [mut next, mut other] = self.standbys();
        if self.all[other].received() > self.all[next].received() {
            (next, other) = (other, next);
        }
        self.all[next].promote();
        self.all[next].wait_for_any(&NAMES.join(", "));
        self.all[other].follow(&self.all[next], NAMES[other]);
        self.primary = next;
        // It waits for the other one, like every commit.
        self.all[next].sql("SELECT pg_logical_emit_message(true, 'papo', 'a commit')");
        Instant::now()
    }

    /// Makes one that is dead follow the one that is written to.
    fn rebuild(&mut self, dead: usize) {
        let [dead_one, primary] = self.all.get_disjoint_mut([dead, self.primary]).unwrap();
        dead_one.copy(primary, NAMES[dead]);
    }
}
