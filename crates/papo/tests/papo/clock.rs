//! A computer whose clock jumps, as it does when it is set by hand or by the network: the real server under a library
//! that tells it another time. Not here: what the core does with such a clock, which the simulation shows.

use std::fs;
use std::process::Command;

use crate::support::{Running, World, text};

/// How much is said between two jumps.
const SAID: usize = 20;

/// What has to be preloaded for another time, where that is installed.
fn library() -> Option<String> {
    let asked = Command::new("faketime").args(["-m", "-f", "+0", "printenv", "LD_PRELOAD"]).output().ok()?;
    let path = String::from_utf8(asked.stdout).ok()?;
    Some(path.trim().to_owned()).filter(|path| !path.is_empty())
}

/// Invariant: whatever the clock does, messages keep their order, nothing is lost or doubled, and no message is older than
/// the one before it.
#[test]
fn a_clock_that_jumps_changes_no_order() {
    let Some(library) = library() else { return println!("not checked: there is no faketime here") };
    let world = World::new();
    let jump = |to: &str| fs::write(world.path("clock"), format!("{to}\n")).unwrap();
    jump("+0");
    let mut command = world.papo(["serve", "127.0.0.1:0", "--rate", "off", "--data", "s"]);
    command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", world.path("clock"));
    // How long something takes is the system's to say, which no set clock changes.
    command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let mut server = Running::start(command);
    let invite = server.out("https://").trim().to_owned();
    let jumps = ["+0", "-1d", "+1d", "-1h", "+0"];
    for to in jumps {
        jump(to);
        let mut sender = Running::start(world.as_person("a", "Ana", &["send", "--lines", &invite]));
        (0..SAID).for_each(|number| sender.write(&format!("{to}, {number}")));
        sender.end().check(0, &[]);
    }
    let tail = ["tail", "--json", "--after", "0", "--no-follow", &invite];
    let read = Running::start(world.as_person("r", "Reader", &tail)).end();
    read.check(0, &[]);
    let mut times: Vec<String> = Vec::new();
    let expected = jumps.into_iter().flat_map(|to| (0..SAID).map(move |number| format!("{to}, {number}")));
    let mut lines = read.out.lines();
    for (seq, expected) in (1..).zip(expected) {
        let line = lines.next().unwrap_or_else(|| panic!("{expected} is missing"));
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (message["seq"].as_u64(), message["text"].as_str()),
            (Some(seq), Some(&*expected)),
            "{line}"
        );
        times.push(message["time"].as_str().unwrap().to_owned());
    }
    assert_eq!(lines.next(), None);
    assert!(times.is_sorted(), "time falls: {times:?}");
    let days = times.first().map(|time| &time[..10]) != times.last().map(|time| &time[..10]);
    assert!(days, "the server has seen the jumps in {}", text(&world.path("clock")));
    server.interrupt();
    server.end().check(0, &[]);
}
