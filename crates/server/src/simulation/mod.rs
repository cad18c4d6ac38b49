//! The whole of papo but TLS and threads, in one thread, one seed and virtual time: the real shards, rooms and
//! writer, the real client sessions, and between them a network and a disk that do what networks and disks do at
//! their worst. Afterwards a checker asks whether everything that anybody was told is true. Not here: real
//! sockets and the real log, which have tests of their own.
//!
//! A failure names its seed and the command that repeats it, and the seed is kept in `kept-seeds.txt`.
//! `PAPO_SOAK_SECONDS=600` tries new seeds for as long.
//!
//! - `plan.rs`: what a seed says will happen; `world.rs`: what a run shares; `director.rs`: plays it.
//! - `server.rs`, `disk.rs`, `client.rs`: the two sides, and the disk that outlives a crash.
//! - `wire.rs`, `history.rs`: what must hold on each connection, and over all.

mod client;
mod director;
mod disk;
mod history;
mod plan;
mod server;
mod wire;
mod world;

use std::collections::BTreeMap;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use papo_client::Identity;
use papo_torture::history::Violation;

use director::play;

/// The seeds of every test run: enough to meet every kind of fault.
const SEEDS: std::ops::Range<u64> = 1..25;

/// What the fixed seeds must come into, or they would show nothing.
const SITUATIONS: [&str; 23] = [
    "a client found its connection silent",
    "a client was killed",
    "a connection was cut",
    "a connection was reset",
    "a link was cut",
    "a link was late",
    "a repeat was answered",
    "closed by the server",
    "messages were swallowed",
    "read from the log what the feed had dropped",
    "read history",
    "resumed behind the head",
    "the clock jumped",
    "the disk broke in a commit",
    "the disk could not be read",
    "the disk was full",
    "the power was cut in a commit",
    "the power was cut",
    "the server was killed",
    "the server was restarted",
    "the writer's queue was full",
    "told that the log has failed",
    "told to be slower",
];

/// In how many seeds a sabotage has to be found. Most are found in the first; who comes back too late must come back
/// while something is missing.
const SABOTAGE_SEEDS: std::ops::Range<u64> = 100..140;

/// A fault that is put in on purpose, to see that the checker finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sabotage {
    /// The log acknowledges what a crash may still take away.
    AckBeforeCommit,
    /// The log stores a repeated id again.
    NoDedupe,
    /// Whoever comes back gets what follows one too late.
    ResumeTooFar,
    /// The server sends two messages in the wrong order.
    Unsorted,
}

/// What became of a run.
struct Run {
    hash: u64,
    /// Which promises are broken.
    found: Vec<Violation>,
    /// What else is wrong.
    others: Vec<String>,
    /// How many messages were said.
    said_len: usize,
    last_lines: Vec<String>,
    /// Which situations it has come into, and how often.
    met: BTreeMap<&'static str, u64>,
    /// How much virtual time it took.
    elapsed: Duration,
}

impl Run {
    fn is_right(&self) -> bool {
        self.found.is_empty() && self.others.is_empty()
    }

    /// Fails with everything that is needed to repeat the run and to understand it.
    fn assert_right(&self, seed: u64) {
        let found = self.found.iter().map(|violation| format!("{violation:?}"));
        let wrong: Vec<String> = self.others.iter().cloned().chain(found).collect();
        assert!(
            wrong.is_empty(),
            "seed {seed} is wrong. Repeat it with: PAPO_SIM_SEED={seed} cargo test -p papo-server simulation\n\n\
             {}\n\nThe end of its trace:\n{}",
            wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n"),
            self.last_lines.join("\n"),
        );
    }
}

/// Invariant: whatever network, disk, clock and processes do, what was echoed is in the log once and at its place,
/// everybody sees the log from their beginning without a gap, and all is answered a minute after the faults.
#[test]
fn nothing_is_lost_and_nothing_comes_twice() {
    if let Ok(seed) = env::var("PAPO_SIM_SEED") {
        let seed = seed.parse().expect("PAPO_SIM_SEED is a number");
        return play(seed, None).assert_right(seed);
    }
    let seconds = env::var("PAPO_SOAK_SECONDS").map_or(0, |seconds| seconds.parse().expect("a number"));
    let until = Instant::now() + Duration::from_secs(seconds);
    let kept = kept_seeds();
    let new = RandomState::new().hash_one("a seed") >> 16;
    println!("new seed: {new}");
    let (mut runs, mut said_len, mut elapsed, mut met) = (0, 0, Duration::ZERO, BTreeMap::new());
    let fixed = kept.iter().copied().chain(SEEDS).map(|seed| (seed, true));
    for (seed, is_fixed) in fixed.chain((new..).map(|seed| (seed, false))) {
        if !is_fixed && seed > new && Instant::now() >= until {
            break;
        }
        let run = play(seed, None);
        if !run.is_right() && !kept.contains(&seed) {
            keep_seed(seed);
        }
        run.assert_right(seed);
        runs += 1;
        said_len += run.said_len;
        elapsed += run.elapsed;
        for (situation, times) in run.met {
            *met.entry(situation).or_insert(0) += times;
        }
    }
    println!("met: {met:#?}");
    println!(
        "soak: simulation: {runs} runs, {} simulated seconds, {said_len} messages said, 0 broken promises",
        elapsed.as_secs()
    );
    for situation in SITUATIONS {
        assert!(met.contains_key(situation), "no run has come into this: {situation}");
    }
}

/// The seeds that have failed once.
fn kept_seeds() -> Vec<u64> {
    let lines = include_str!("kept-seeds.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.parse().expect("a line of kept-seeds.txt is a seed")).collect()
}

/// Writes a seed down that has failed, so that every run from now on plays it.
fn keep_seed(seed: u64) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/simulation/kept-seeds.txt");
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    writeln!(file, "{seed}").unwrap();
}

/// Invariant: a seed is a run, so that a failure can be repeated.
#[test]
fn equal_seeds_are_equal_runs() {
    for seed in [3, 4] {
        assert_eq!(play(seed, None).hash, play(seed, None).hash, "seed {seed}");
    }
    assert_ne!(play(3, None).hash, play(4, None).hash);
}

/// Invariant: the checker of histories finds what it is there for, and calls it by its name.
#[test]
fn every_sabotage_is_found() {
    check_found(Sabotage::AckBeforeCommit, |found| matches!(found, Violation::Lost { told: Some(_), .. }));
    check_found(Sabotage::NoDedupe, |found| matches!(found, Violation::Doubled { .. }));
    check_found(Sabotage::ResumeTooFar, |found| {
        matches!(found, Violation::Gap { .. } | Violation::OutOfOrder { .. })
    });
    check_found(Sabotage::Unsorted, |found| matches!(found, Violation::OutOfOrder { .. }));
}

/// Plays seeds with a fault that is put in on purpose, until the checker has found what such a fault does.
#[track_caller]
fn check_found(sabotage: Sabotage, is_it: impl Fn(&Violation) -> bool) {
    for seed in SABOTAGE_SEEDS {
        let run = play(seed, Some(sabotage));
        if let Some(found) = run.found.iter().find(|found| is_it(found)) {
            println!("{sabotage:?}: seed {seed}: {found:?}");
            return;
        }
    }
    panic!("{sabotage:?} is not found");
}

/// The key of a client: always the same one, so that equal runs are equal.
fn identity_of(client: usize) -> Arc<Identity> {
    static KEYS: Mutex<BTreeMap<usize, Arc<Identity>>> = Mutex::new(BTreeMap::new());
    let mut keys = KEYS.lock().unwrap();
    Arc::clone(keys.entry(client).or_insert_with(|| Arc::new(make_identity(client))))
}

/// An identity is a file that only its owner may read, as temporary files are.
fn make_identity(client: usize) -> Identity {
    let folder = tempfile::tempdir().unwrap();
    // An Ed25519 key in PKCS#8 (RFC 8410, section 7): a fixed beginning, then the key, here of equal letters.
    let letter = char::from(b'A' + u8::try_from(client).unwrap());
    let base64 = format!("MC4CAQAwBQYDK2VwBCIEI{}", letter.to_string().repeat(43));
    let mut file = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
    write!(file, "-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n").unwrap();
    file.persist(folder.path().join("identity.key")).unwrap();
    Identity::load_or_make(folder.path()).unwrap()
}
