//! One order for everybody, and no seam when somebody comes back. Each with one shard and with several.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use papo_proto::{Message, ServerMessage};

use crate::common::{RawClient, TestServer, assert_consecutive, by_sender, lines, said, text_of};

const SHARDS: [usize; 2] = [1, 3];

/// Invariant: every member gets every place once and in order, all get the same, and each sender's messages keep
/// the order in which they were sent.
#[test]
fn twenty_writers_and_every_transcript_is_the_same() {
    const WRITERS: usize = 20;
    const EACH: usize = 200;
    for shards in SHARDS {
        let server = TestServer::start(|config| config.shards = shards);
        let clients: Vec<RawClient> =
            (0..WRITERS).map(|i| server.guest(&format!("W{i}"), "lobby").0).collect();
        let write_and_read = |mut client: RawClient| {
            // In several records, so that writers take turns.
            let all: Vec<String> = (0..EACH).map(|i| said(&format!("{i}"), &format!("{i}"))).collect();
            all.chunks(10).for_each(|chunk| client.send_bytes(&lines(chunk)));
            client.messages(WRITERS * EACH)
        };
        let threads: Vec<_> =
            clients.into_iter().map(|client| thread::spawn(move || write_and_read(client))).collect();
        let transcripts: Vec<Vec<Message>> =
            threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_consecutive(&transcripts[0], 1);
        let expected: Vec<String> = (0..EACH).map(|i| i.to_string()).collect();
        let senders = by_sender(&transcripts[0]);
        assert_eq!(senders.len(), WRITERS);
        assert!(senders.values().all(|said| *said == expected), "{shards} shards: a sender's own order");
        for transcript in &transcripts {
            assert!(*transcript == transcripts[0], "{shards} shards: all see the same");
        }
    }
}

/// Invariant: with `after` = k, what follows is k + 1, k + 2 … without a seam, whoever writes meanwhile.
#[test]
fn resuming_in_a_storm_has_no_seam() {
    for shards in SHARDS {
        let server = TestServer::start(|config| config.shards = shards);
        let (stop, head) = (AtomicBool::new(false), AtomicU64::new(0));
        let transcript = thread::scope(|scope| {
            let mut writers = Vec::new();
            for name in ["Ana", "Zoe", "Eva"] {
                let (mut client, _) = server.guest(name, "lobby");
                let (stop, head) = (&stop, &head);
                writers.push(scope.spawn(move || write_until(&mut client, name, stop, head)));
            }
            resume_many_times(&server, &head);
            stop.store(true, Ordering::SeqCst);
            writers.into_iter().for_each(|writer| writer.join().unwrap());
            let mut last = server.client();
            let joined = last.join(r#"{"type":"join","name":"Last","after":0}"#);
            last.messages(usize::try_from(joined.head).unwrap())
        });
        assert_consecutive(&transcript, 1);
        for said in by_sender(&transcript).values() {
            let expected: Vec<String> = (0..said.len()).map(|i| i.to_string()).collect();
            assert_eq!(*said, expected, "{shards} shards");
        }
    }
}

/// Writes in small bursts, each when the one before has come back, and says how far the room is.
fn write_until(client: &mut RawClient, name: &str, stop: &AtomicBool, head: &AtomicU64) {
    const BURST: usize = 20;
    let mut said_so_far = 0;
    let mut last = 0;
    while !stop.load(Ordering::SeqCst) {
        let burst = (said_so_far..said_so_far + BURST).map(|i| said(&i.to_string(), &i.to_string()));
        client.send_bytes(&lines(burst));
        said_so_far += BURST;
        let mut own = 0;
        while own < BURST {
            let message = client.message();
            let place = message.seq.number();
            assert!(last == 0 || place == last + 1, "{place} after {last}");
            last = place;
            head.fetch_max(place, Ordering::SeqCst);
            own += usize::from(message.from.name.as_str() == name);
        }
    }
}

fn resume_many_times(server: &TestServer, head: &AtomicU64) {
    // A small generator of positions, the same on every run.
    let mut random: u64 = 0x5eed;
    let mut epoch = String::new();
    for round in 0..25 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let known = head.load(Ordering::SeqCst);
        // Near the head, where the seam is, and every third time anywhere.
        let back = (random >> 33) % if round % 3 == 0 { known + 1 } else { (known + 1).min(50) };
        let after = known - back;
        let mut client = server.client();
        let joined = client.join(&format!(r#"{{"type":"join","name":"R","after":{after}{epoch}}}"#));
        assert!(joined.head >= known, "what was echoed is in the room");
        epoch = format!(r#","epoch":"{}""#, joined.epoch);
        let beyond = usize::try_from(joined.head - after).unwrap() + 60;
        assert_consecutive(&client.messages(beyond), after + 1);
    }
}

/// Invariant: a position that the log does not have is answered by name, never by silence.
#[test]
fn a_position_of_another_log_or_beyond_the_head_is_told() {
    let server = TestServer::start(|_| {});
    let (mut ana, joined) = server.guest("Ana", "lobby");
    ana.send_bytes(&lines((0..5).map(|i| said(&i.to_string(), "old"))));
    ana.messages(5);
    let same = format!(r#","epoch":"{}""#, joined.epoch);
    let other = r#","epoch":"0123456789abcdef""#;
    let rows = [
        ("beyond the head", r#","after":6"#.to_owned(), Some(6), 0),
        ("far beyond the head", r#","after":9007199254740991"#.into(), Some(6), 0),
        ("another epoch", format!(r#","after":2{other}"#), Some(6), 0),
        ("another epoch, at the head", format!(r#","after":5{other}"#), Some(6), 0),
        ("the same epoch", format!(r#","after":2{same}"#), None, 3),
        ("no epoch", r#","after":2"#.into(), None, 3),
        ("at the head", format!(r#","after":5{same}"#), None, 0),
        ("from the start", r#","after":0"#.into(), None, 5),
        ("no position", same, None, 0),
    ];
    for (row, fields, truncated, old) in rows {
        let mut client = server.client();
        let joined = client.join(&format!(r#"{{"type":"join","name":"Z","room":"lobby"{fields}}}"#));
        assert_eq!((joined.first, joined.head), (1, 5), "{row}");
        if let Some(expected) = truncated {
            match client.answer() {
                ServerMessage::Truncated { first, next } => {
                    assert_eq!((first.number(), next.number()), (1, expected), "{row}");
                }
                other => panic!("{row}: {other:?}"),
            }
        }
        assert_eq!(client.messages(old).len(), old, "{row}");
        client.expect_pong();
    }
    ana.say("new", "new");
    assert_eq!(text_of(&ana.message()), "new");
}

/// Invariant: without `after` a member gets what is said from now on, and nothing of before.
#[test]
fn without_a_position_only_what_is_new_comes() {
    let server = TestServer::start(|_| {});
    let (mut ana, _) = server.guest("Ana", "lobby");
    ana.send_bytes(&lines((0..50).map(|i| said(&i.to_string(), "old"))));
    ana.messages(50);
    let (mut zoe, joined) = server.guest("Zoe", "lobby");
    assert_eq!((joined.first, joined.head), (1, 50));
    zoe.say("new", "new");
    assert_eq!(zoe.message().seq.number(), 51);
}
