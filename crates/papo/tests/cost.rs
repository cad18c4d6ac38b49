//! What a delivery costs in system calls, counted and not timed: the guard that the fan-out stays one write a
//! member, whatever the machine and its load. Not here: how long anything takes, which is for `papo bench`.

// Said once more, for the lints: helpers of tests may panic as tests do.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const LISTENERS: u64 = 50;
const MESSAGES: u64 = 100;

/// Writes for a connection that are no deliveries: two flights of the handshake, the answer to its join, some
/// batches of presence, the goodbye, and the wake-ups of the threads. Measured: 6.
const OTHER_WRITES_EACH: u64 = 10;

/// What is neither a write nor explained by a delivery: for a connection, and for a message. Measured: 1,200 to
/// 1,300 altogether.
const OTHER_CALLS_EACH: u64 = 30;
const OTHER_CALLS_A_MESSAGE: u64 = 10;

/// A server under `strace -c`, ended with its tracer.
struct Traced(Child);

impl Traced {
    /// Ends the server in order; its tracer then writes its counts.
    fn stop(mut self) {
        assert!(self.signal("-INT"), "the server runs");
        assert!(self.0.wait().unwrap().success());
    }

    /// Sends a signal to the server, which is the tracer's only child. Whether it was there.
    fn signal(&self, signal: &str) -> bool {
        let tracer = self.0.id();
        let children =
            fs::read_to_string(format!("/proc/{tracer}/task/{tracer}/children")).unwrap_or_default();
        let Some(server) = children.split_whitespace().next() else { return false };
        Command::new("kill").args([signal, server]).status().is_ok_and(|status| status.success())
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        // Both have ended already, unless the test has failed.
        self.signal("-KILL");
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Invariant: in a calm room a delivery costs one system call, and nothing else grows with the deliveries.
#[test]
fn a_delivery_costs_one_write() {
    let folder = tempfile::tempdir().unwrap();
    let counts = folder.path().join("counts");
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-c", "-U", "name,calls", "-o"]).arg(&counts);
    tracer.arg(env!("CARGO_BIN_EXE_papo")).args([
        "serve",
        "127.0.0.1:0",
        "--limits",
        "off",
        "--history",
        "none",
    ]);
    tracer.args(["--shards", "1", "--data"]).arg(folder.path().join("data"));
    let spawned = tracer.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut server = Traced(spawned.expect("install strace: it counts the server's system calls"));
    let mut output = BufReader::new(server.0.stdout.take().unwrap());
    let mut invite = String::new();
    output.read_line(&mut invite).unwrap();
    load(invite.trim());
    server.stop();
    let deliveries = MESSAGES * (LISTENERS + 1);
    let others = OTHER_WRITES_EACH * (LISTENERS + 1);
    let writes = calls(&counts, &["write", "writev", "sendto", "sendmsg"]);
    // A tenth more, for the records that the socket took in two pieces.
    let bound = deliveries + deliveries / 10 + others;
    assert!(writes <= bound, "{writes} writes for {deliveries} deliveries, at most {bound} are explained");
    let reads = calls(&counts, &["read", "readv", "recvfrom", "recvmsg", "epoll_wait", "epoll_ctl", "futex"]);
    let bound = OTHER_CALLS_EACH * (LISTENERS + 1) + OTHER_CALLS_A_MESSAGE * MESSAGES;
    assert!(reads <= bound, "{reads} other system calls, at most {bound} are explained");
}

fn load(invite: &str) {
    let (listeners, messages) = (LISTENERS.to_string(), MESSAGES.to_string());
    let mut bench = Command::new(env!("CARGO_BIN_EXE_papo"));
    bench.args(["bench", invite, "--writers", "1", "--rate", "50", "--seconds", "60", "--json"]);
    bench.args(["--listeners", &listeners, "--messages", &messages]);
    let ended = bench.output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let report: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!((&report["lost"], &report["repeated"]), (&0.into(), &0.into()));
}

/// How often the server made these calls, from strace's table of names and counts.
fn calls(counts: &Path, names: &[&str]) -> u64 {
    let table = fs::read_to_string(counts).unwrap();
    let row = |line: &str| {
        let mut columns = line.split_whitespace();
        let (name, count) = (columns.next()?, columns.next()?);
        names.contains(&name).then(|| count.parse::<u64>().ok())?
    };
    let counted: u64 = table.lines().filter_map(row).sum();
    assert!(counted > 0, "no counts in:\n{table}");
    counted
}
