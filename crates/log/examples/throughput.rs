//! Measures a log on this disk: durable appends, page reads, and beside them what the disk itself takes
//! to sync, without which the first figures mean little. Not a benchmark of a server.
//!
//! Run it with `cargo run --release -p papo-log --example throughput -- FOLDER`; it removes its files.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use papo_log::{Durability, Kind, NewEntry, Page, RoomLog, SqliteLog};

/// How long each figure is measured.
const EACH: Duration = Duration::from_secs(4);

/// The bytes of a body: a sentence or two.
const BODY_BYTES: usize = 300;

/// The rooms that entries go to; every second one goes to the first of them.
const ROOMS: u64 = 1000;

#[expect(clippy::print_stdout, reason = "its output is what this program is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).map_or_else(|| PathBuf::from("."), PathBuf::from);
    let folder = folder.join(format!("throughput-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    println!("disk sync of 4 KiB       {}", spread(&mut disk_syncs(&folder)?));
    for durability in [Durability::Disk, Durability::Os] {
        let path = folder.join(format!("{durability:?}.db"));
        let log = SqliteLog::open(&path, durability)?;
        let mut next = 0;
        for batch_len in [1, 128, 4096] {
            let first = next;
            let mut times = appends(&log, batch_len, &mut next)?;
            let rate = (next - first) / EACH.as_secs();
            println!("{durability:?}, {batch_len:>4} a batch  {rate:>6}/s  {}", spread(&mut times));
        }
        println!("{durability:?}, 100 from anywhere   {}", spread(&mut reads(&log)?));
        drop(log);
        let bytes = fs::metadata(&path)?.len();
        println!("{durability:?}, {next} entries, {} bytes each", bytes / next);
    }
    println!("disk sync of 4 KiB again {}", spread(&mut disk_syncs(&folder)?));
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Writes and syncs a page at a time: about the least that a durable commit can take.
fn disk_syncs(folder: &Path) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut file = File::create(folder.join("sync"))?;
    let mut times = Vec::new();
    let start = Instant::now();
    while start.elapsed() < EACH {
        let began = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    Ok(times)
}

fn appends(log: &SqliteLog, batch_len: u64, next: &mut u64) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut times = Vec::new();
    let start = Instant::now();
    while start.elapsed() < EACH {
        let batch: Vec<_> = (0..batch_len).map(|at| entry(*next + at)).collect();
        *next += batch_len;
        let began = Instant::now();
        log.append(*next, &batch)?;
        times.push(began.elapsed());
    }
    Ok(times)
}

/// Reads pages of 100 from places all over the busiest room.
fn reads(log: &SqliteLog) -> Result<Vec<Duration>, Box<dyn Error>> {
    let head = log.state("room 0")?.head;
    let page = Page { entries_max: 100, bytes_max: 1 << 20 };
    let mut times = Vec::new();
    for at in 0..2000_u64 {
        let after = at.wrapping_mul(0x9e37_79b9_7f4a_7c15) % head.saturating_sub(100).max(1);
        let began = Instant::now();
        log.read_after("room 0", after, page)?;
        times.push(began.elapsed());
    }
    Ok(times)
}

fn entry(number: u64) -> NewEntry {
    let room = if number.is_multiple_of(2) { 0 } else { number % ROOMS };
    // Ids rise with time, as clients' ids do, but not evenly.
    let id = format!("{number:012x}-{:08x}", (number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 32);
    NewEntry {
        room: Arc::from(format!("room {room}")),
        kind: Kind::Message,
        sender: Arc::from(format!("member {}", number % 500)),
        name: Arc::from("Ana"),
        id: id.into(),
        body: "x".repeat(BODY_BYTES).into(),
    }
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len().saturating_sub(1) * percent / 100).copied();
    let (median, p99) = (at(50).unwrap_or_default(), at(99).unwrap_or_default());
    format!("p50 {median:>9.1?}  p99 {p99:>9.1?}  ({} times)", times.len())
}
