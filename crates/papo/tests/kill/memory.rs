//! What bad input costs the real server: its memory is looked at from outside, by way of Linux's `/proc`. Not here:
//! what the answers are, row by row, which the server's own tests show.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use papo_torture::leaks;

use crate::server::{Place, Server};
use crate::take_machine;

/// How often each bad line is said on one connection.
const TIMES: usize = 200;

/// How much of what is said is looked for in the diary: the beginning, since what follows repeats it.
const REMEMBERED_BYTES_MAX: usize = 256 * 1024;

/// How much the server may grow between the second round and the last: what an allocator keeps here and there.
const GROWTH_KIB_MAX: u64 = 4 * 1024;

/// Invariant: bad input leaves nothing behind. Round after round of it, on connection after connection, the server is
/// as large as before, still answers, and has not filled its diary.
#[test]
fn bad_input_costs_no_memory() {
    let _machine = take_machine();
    let place = Place::new();
    let server = place.start();
    let vectors = include_str!("../../../proto/vectors/bad_lines.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
    // The long ones are said less often, so that a round stays short.
    let mut input = br#"{"type":"join","name":"Ana"}"#.to_vec();
    let mut lines = 0;
    for vector in vectors["vectors"].as_array().unwrap() {
        let line = vector["line"].as_str().unwrap_or("[[[[[[[[");
        input.push(b'\n');
        input.extend(format!("{line}\n").repeat(TIMES).bytes());
        lines += TIMES;
    }
    input.extend(b"{\"type\":\"leave\"}\n");
    let mut sizes = Vec::new();
    for _ in 0..5 {
        let answers = say(&place, &input);
        assert_eq!(answers.matches("\"type\":\"error\"").count(), lines, "every line has its answer");
        assert!(answers.contains("\"type\":\"closing\""), "and the connection was there to the end");
        // A line that never ends, and one that ends too late.
        for _ in 0..20 {
            let answers = say(&place, &vec![b'x'; 300 * 1024]);
            assert!(answers.contains("too_large"), "{answers}");
        }
        sizes.push(resident_kib(&server));
    }
    println!("resident after each round, in KiB: {sizes:?}");
    assert!(sizes[4] <= sizes[1] + GROWTH_KIB_MAX, "the server grows: {sizes:?}");
    let diary = place.diary();
    assert!(diary.lines().count() < 50, "a peer can fill the diary:\n{diary}");
    server.kill();
}

/// Says something to the server by way of OpenSSL, and returns all that comes back.
fn say(place: &Place, bytes: &[u8]) -> String {
    let mut client = Command::new("openssl")
        .args(["s_client", "-quiet", "-alpn", "papo/1", "-connect"])
        .arg(place.address().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program openssl is needed as a client: install it");
    let mut input = client.stdin.take().unwrap();
    leaks::remember_lines(&bytes[..bytes.len().min(REMEMBERED_BYTES_MAX)]);
    let bytes = bytes.to_vec();
    // The end of the input would be the end of the client, so it stays open until the answers have ended.
    let writer = thread::spawn(move || {
        let _ = input.write_all(&bytes);
        input
    });
    let mut answers = Vec::new();
    client.stdout.take().unwrap().read_to_end(&mut answers).unwrap();
    drop(writer.join().unwrap());
    client.wait().unwrap();
    String::from_utf8_lossy(&answers).into_owned()
}

fn resident_kib(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.program_id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}
