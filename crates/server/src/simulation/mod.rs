//! The whole of papo but TLS and threads, in one thread, one seed and virtual time: the real shards, rooms and
//! writer, the real client sessions, and between them a network and a disk that do what networks and disks do at
//! their worst. Afterwards a checker asks whether everything that anybody was told is true. Not here: real
//! sockets and the real log, which have tests of their own.
//!
//! A failure names its seed and the command that repeats it. `PAPO_SIM_SECONDS=600` tries new seeds for as long.
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

/// In how many seeds a sabotage has to be found.
const SABOTAGE_SEEDS: std::ops::Range<u64> = 100..112;

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
    violations: Vec<String>,
    last_lines: Vec<String>,
    /// Which situations it has come into, and how often.
    met: BTreeMap<&'static str, u64>,
    /// How much virtual time it took.
    elapsed: Duration,
}

impl Run {
    /// Fails with everything that is needed to repeat the run and to understand it.
    fn assert_right(&self, seed: u64) {
        assert!(
            self.violations.is_empty(),
            "seed {seed} is wrong. Repeat it with: PAPO_SIM_SEED={seed} cargo test -p papo-server simulation\n\n\
             {}\n\nThe end of its trace:\n{}",
            self.violations.iter().take(5).cloned().collect::<Vec<_>>().join("\n"),
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
    let seconds = env::var("PAPO_SIM_SECONDS").map_or(0, |seconds| seconds.parse().expect("a number"));
    let until = Instant::now() + Duration::from_secs(seconds);
    let new = RandomState::new().hash_one("a seed") >> 16;
    println!("new seed: {new}");
    let (mut elapsed, mut met) = (Duration::ZERO, BTreeMap::new());
    for (count, seed) in SEEDS.chain(new..).enumerate() {
        if count > SEEDS.count() && Instant::now() >= until {
            println!("{count} runs, {} simulated seconds; met: {met:#?}", elapsed.as_secs());
            break;
        }
        let run = play(seed, None);
        run.assert_right(seed);
        elapsed += run.elapsed;
        for (situation, times) in run.met {
            *met.entry(situation).or_insert(0) += times;
        }
    }
    for situation in SITUATIONS {
        assert!(met.contains_key(situation), "no run has come into this: {situation}");
    }
}

/// Invariant: a seed is a run, so that a failure can be repeated.
#[test]
fn equal_seeds_are_equal_runs() {
    for seed in [3, 4] {
        assert_eq!(play(seed, None).hash, play(seed, None).hash, "seed {seed}");
    }
    assert_ne!(play(3, None).hash, play(4, None).hash);
}

/// Invariant: the checker finds what it is there for.
#[test]
fn every_sabotage_is_found() {
    use Sabotage::{AckBeforeCommit, NoDedupe, ResumeTooFar, Unsorted};
    for sabotage in [AckBeforeCommit, NoDedupe, ResumeTooFar, Unsorted] {
        let found = SABOTAGE_SEEDS
            .map(|seed| (seed, play(seed, Some(sabotage))))
            .find(|(_, run)| !run.violations.is_empty());
        let (seed, run) = found.unwrap_or_else(|| panic!("{sabotage:?} is not found"));
        println!("{sabotage:?}: seed {seed}: {}", run.violations[0]);
    }
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
