//! Fuzzing with nothing but a stable compiler: every input that was kept, and random changes of them. It sees no
//! branches, as libFuzzer does, and is no replacement for it; but it runs in every test run and on every platform.
//! Not here: the targets.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use crate::fuzz::Target;

/// How many changed inputs are tried where nothing else is said: a second or two for each target.
const CASES_DEFAULT: u32 = 3000;

/// The longest input.
const INPUT_BYTES_MAX: usize = 8 * 1024;

/// A change of an input. Places and lengths are taken as parts of what there is.
#[derive(Clone, Debug)]
enum Change {
    Set { at: u16, byte: u8 },
    Flip { at: u16, bit: u8 },
    Remove { at: u16, len: u8 },
    Repeat { at: u16, len: u8, times: u8 },
    Insert { at: u16, bytes: Vec<u8> },
    Word { at: u16, word: u16 },
    Splice { at: u16, other: u16, from: u16 },
}

/// Replays what was kept of a target, then tries random changes: as many as `PAPO_FUZZ_CASES` says, or for
/// `PAPO_SOAK_SECONDS` seconds. The smallest input that was found to fail is
/// kept in the corpus.
pub fn explore(target: &Target) {
    let corpus = corpus(target.name);
    let start = Instant::now();
    for (path, bytes) in &corpus {
        println!("{}", path.display());
        (target.run)(bytes);
    }
    let inputs: Vec<Vec<u8>> = corpus.into_iter().map(|(_, bytes)| bytes).collect();
    let cases = number("PAPO_FUZZ_CASES").map_or(CASES_DEFAULT, |cases| u32::try_from(cases).unwrap());
    let seconds = number("PAPO_SOAK_SECONDS").map(Duration::from_secs);
    let (mut rounds, mut is_first) = (0_u64, true);
    while is_first || seconds.is_some_and(|seconds| start.elapsed() < seconds) {
        is_first = false;
        try_changes(target, &inputs, cases);
        rounds += 1;
    }
    let tried = rounds * u64::from(cases);
    println!(
        "soak: fuzz {}: {} inputs replayed, {tried} changed inputs, 0 failures",
        target.name,
        inputs.len()
    );
}

fn try_changes(target: &Target, inputs: &[Vec<u8>], cases: u32) {
    // What fails is kept in the corpus instead, where libFuzzer finds it too.
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let tried = runner.run(&(any::<u16>(), vec(change(), 0..12)), |(which, changes)| {
        let bytes = changed(target, inputs, which, &changes);
        let outcome = catch_unwind(|| (target.run)(&bytes));
        outcome.map_err(|_| TestCaseError::fail("it has panicked, see the messages above"))
    });
    match tried {
        Ok(()) => {}
        Err(TestError::Fail(cause, (which, changes))) => {
            let path = keep(target.name, &changed(target, inputs, which, &changes));
            panic!("{}: {cause}. The smallest input found is kept as {}", target.name, path.display());
        }
        Err(abort) => panic!("{}: {abort}", target.name),
    }
}

/// Puts an input that fails into the corpus, so that it fails from now on until the cause is mended.
fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let path = folder(name).join(format!("found-{:016x}", hasher.finish()));
    fs::write(&path, bytes).unwrap();
    path
}

fn change() -> impl Strategy<Value = Change> {
    let (at, byte) = (any::<u16>(), any::<u8>());
    prop_oneof![
        (at, byte).prop_map(|(at, byte)| Change::Set { at, byte }),
        (at, byte).prop_map(|(at, bit)| Change::Flip { at, bit }),
        (at, byte).prop_map(|(at, len)| Change::Remove { at, len }),
        (at, byte, 0..16_u8).prop_map(|(at, len, times)| Change::Repeat { at, len, times }),
        (at, vec(byte, 0..16)).prop_map(|(at, bytes)| Change::Insert { at, bytes }),
        (at, at).prop_map(|(at, word)| Change::Word { at, word }),
        (at, at, at).prop_map(|(at, other, from)| Change::Splice { at, other, from }),
    ]
}

fn changed(target: &Target, inputs: &[Vec<u8>], which: u16, changes: &[Change]) -> Vec<u8> {
    let chosen =
        |which: u16| inputs.get(usize::from(which) % inputs.len().max(1)).map_or(&[][..], Vec::as_slice);
    let mut bytes = chosen(which).to_vec();
    for change in changes {
        let len_before = bytes.len();
        let place = |at: u16| usize::from(at) % (len_before + 1);
        match change {
            Change::Set { at, byte } => {
                bytes.iter_mut().skip(place(*at)).take(1).for_each(|old| *old = *byte);
            }
            Change::Flip { at, bit } => {
                bytes.iter_mut().skip(place(*at)).take(1).for_each(|old| *old ^= 1 << (bit % 8));
            }
            Change::Remove { at, len } => {
                let end = (place(*at) + usize::from(*len)).min(len_before);
                bytes.drain(place(*at)..end);
            }
            Change::Repeat { at, len, times } => {
                let start = place(*at);
                let end = (start + usize::from(*len)).min(len_before);
                let piece = bytes[start..end].repeat((*times).into());
                bytes.splice(start..start, piece);
            }
            Change::Insert { at, bytes: new } => {
                drop(bytes.splice(place(*at)..place(*at), new.iter().copied()));
            }
            Change::Word { at, word } => {
                let word =
                    target.words.get(usize::from(*word) % target.words.len().max(1)).copied().unwrap_or("");
                bytes.splice(place(*at)..place(*at), word.bytes());
            }
            Change::Splice { at, other, from } => {
                let other = chosen(*other);
                let tail = &other[usize::from(*from) % (other.len() + 1)..];
                bytes.truncate(place(*at));
                bytes.extend_from_slice(tail);
            }
        }
        bytes.truncate(INPUT_BYTES_MAX);
    }
    bytes
}

/// Everything that was kept of a target, in the order of the files' names.
fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = folder(name);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name)
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a whole number, not {text:?}")))
}
