//! From the first connection to the last: limits on connections, deadlines, exchanging the certificate, stopping.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use papo_proto::{ClosingCode, Message, ServerMessage};
use papo_server::{Certificate, History, PemFiles};

use crate::common::{Dial, PATIENCE, RawClient, TestServer, assert_consecutive, lines, said};

/// Invariant: at the limit further connections are told that the server is full, and when to come back; with one
/// gone there is room again.
#[test]
fn connections_beyond_the_limit_are_told_so() {
    let server = TestServer::start(|config| config.limits.connections_max = 3);
    let mut held: Vec<RawClient> = (0..3).map(|_| server.guest("Ana", "lobby").0).collect();
    for _ in 0..3 {
        let mut refused = server.client();
        refused.welcome();
        assert!(refused.expect_closing(ClosingCode::Full).is_some(), "with a time to come back");
    }
    held.iter_mut().for_each(RawClient::expect_pong);
    held.pop();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mut client = server.client();
        client.send(r#"{"type":"join","name":"Zoe"}"#);
        client.welcome();
        // The server may not have noticed yet who is gone.
        if matches!(client.next(), ServerMessage::Joined { .. }) {
            break;
        }
        assert!(Instant::now() < deadline, "there is room again");
    }
}

/// Invariant: who does not join in time is told so; who has joined has no such deadline.
#[test]
fn who_joins_too_late_is_told_so() {
    let server = TestServer::start(|config| config.limits.join_seconds_max = 1);
    let (mut member, _) = server.guest("Ana", "lobby");
    let mut late = server.client();
    late.welcome();
    late.expect_pong();
    assert_eq!(late.expect_closing(ClosingCode::TooLate), None);
    // A bare peer that never says a byte is bounded as well.
    let mut bare = server.bare();
    bare.expect_closing(ClosingCode::TooLate);
    member.expect_pong();
}

/// Invariant: a peer that does not finish the handshake is dropped, whether it says nothing or half of it.
#[test]
fn a_handshake_has_a_deadline() {
    let server = TestServer::start(|config| config.limits.handshake_seconds_max = 1);
    let (mut member, _) = server.guest("Ana", "lobby");
    for first in [&b""[..], &[22], &[22, 3, 1, 2, 0, 1, 0]] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(first).unwrap();
        let begun = Instant::now();
        let mut said = Vec::new();
        let _ = stream.read_to_end(&mut said);
        assert!(said.is_empty(), "{first:?}: {said:?}");
        assert!((1..6).contains(&begun.elapsed().as_secs()), "{first:?}: {:?}", begun.elapsed());
    }
    member.expect_pong();
}

/// Puts a new pair of files where the server's are. Their time is set, since two changes may fall into one tick
/// of the file system's clock.
fn replace_certificate(folder: &Path, seconds: u64) -> Certificate {
    let new = tempfile::tempdir().unwrap();
    let made = Certificate::make(new.path(), &["localhost".into()]).unwrap();
    let (from, to) = (PemFiles::in_folder(new.path()), PemFiles::in_folder(folder));
    for (from, to) in [(from.certificate, to.certificate), (from.key, to.key)] {
        fs::copy(from, &to).unwrap();
        touch(&to, seconds);
    }
    made
}

fn touch(path: &Path, seconds: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000 + seconds);
    File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}

/// Invariant: a changed certificate is used for new connections, one that cannot be used changes nothing, and
/// old connections never notice.
#[test]
fn a_certificate_is_exchanged_while_the_server_runs() {
    let server = TestServer::start(|_| {});
    let folder = &server.config.data;
    let shown = || RawClient::connect(server.address, &Dial::default()).unwrap().fingerprint;
    let (mut member, _) = server.guest("Ana", "lobby");
    assert!(!server.reloader.reload().unwrap(), "nothing has changed");
    let second = replace_certificate(folder, 1);
    assert!(server.reloader.reload().unwrap());
    assert_eq!(shown(), second.fingerprint());
    assert_ne!(second.fingerprint(), server.fingerprint);
    member.expect_pong();
    let files = PemFiles::in_folder(folder);
    fs::write(&files.certificate, "no certificate").unwrap();
    touch(&files.certificate, 2);
    let error = server.reloader.reload().unwrap_err().to_string();
    assert!(error.contains(files.certificate.to_str().unwrap()), "{error}");
    assert_eq!(shown(), second.fingerprint(), "the old one stays");
    let third = replace_certificate(folder, 3);
    assert!(server.reloader.reload().unwrap(), "and is followed by the next good one");
    assert_eq!(shown(), third.fingerprint());
    member.expect_pong();
}

/// Invariant: when the server stops, everybody gets every echo and then `closing` with the time to come back,
/// and what was echoed is in the log.
#[test]
fn stopping_tells_everybody_and_loses_no_echo() {
    for durability in [papo_log::Durability::Os, papo_log::Durability::Disk] {
        let mut server = TestServer::start(|config| {
            config.history = History::Disk { durability, bytes_max: None };
            config.shards = 3;
        });
        let clients: Vec<RawClient> = (0..6).map(|i| server.guest(&format!("W{i}"), "lobby").0).collect();
        let threads: Vec<_> =
            clients.into_iter().map(|client| thread::spawn(|| write_until_closing(client))).collect();
        // It stops in the middle of a storm: as soon as somebody sees it going.
        let (mut watcher, _) = server.guest("Watcher", "lobby");
        watcher.messages(300);
        server.begin_stop();
        drop(watcher);
        let transcripts: Vec<Vec<Message>> =
            threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        let took = server.stop();
        assert!(took < Duration::from_secs(5), "{took:?}");
        let server = server.restart();
        let mut later = server.client();
        let joined = later.join(r#"{"type":"join","name":"Later","after":0}"#);
        let stored = later.messages(usize::try_from(joined.head).unwrap());
        for transcript in transcripts {
            let first = transcript[0].seq.number();
            assert_consecutive(&transcript, first);
            let from = usize::try_from(first).unwrap() - 1;
            assert_eq!(transcript, stored[from..from + transcript.len()], "what was told is stored");
            let last = transcript[transcript.len() - 1].seq.number();
            assert_eq!(last, joined.head, "and what was stored was told before the goodbye");
        }
    }
}

/// Writes in bursts until the server says goodbye; returns everything that was said in the room meanwhile.
fn write_until_closing(mut client: RawClient) -> Vec<Message> {
    let mut transcript = Vec::new();
    for burst in 0.. {
        client.send_bytes(&lines((0..10).map(|i| said(&format!("{burst}-{i}"), "storm"))));
        let mut echoes = 0;
        while echoes < 10 {
            match client.answer() {
                ServerMessage::Message(message) => {
                    echoes += usize::from(message.id.as_str().starts_with(&format!("{burst}-")));
                    transcript.push(message);
                }
                ServerMessage::Closing { code: ClosingCode::Stopping, after: Some(_), .. } => {
                    client.end();
                    return transcript;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    transcript
}

/// Invariant: stopping ends within five seconds whatever peers do: one that does not read, one that says nothing
/// at all, one in the middle of the handshake.
#[test]
fn stopping_does_not_wait_for_peers() {
    let mut server = TestServer::start(|config| config.shards = 1);
    let mut stalled = server.connect(&Dial { receive_bytes: Some(8 * 1024), ..Dial::default() });
    stalled.join(r#"{"type":"join","name":"Slow"}"#);
    let mut half = TcpStream::connect(server.address).unwrap();
    half.write_all(&[22, 3, 1, 2, 0, 1, 0]).unwrap();
    let _silent = TcpStream::connect(server.address).unwrap();
    let (mut ana, _) = server.guest("Ana", "lobby");
    for burst in 0..40 {
        ana.send_bytes(&lines((0..10).map(|i| said(&format!("{burst}-{i}"), &"x".repeat(20_000)))));
        ana.messages(10);
    }
    let mut fresh = server.client();
    fresh.welcome();
    let took = server.stop();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(ana.expect_closing(ClosingCode::Stopping).is_some());
    assert!(fresh.expect_closing(ClosingCode::Stopping).is_some(), "who has not joined yet is told as well");
}

/// Invariant: nobody can connect any more once the server has stopped, and its port is free again.
#[test]
fn a_stopped_server_leaves_its_port() {
    let mut server = TestServer::start(|_| {});
    let (address, _member) = (server.address, server.guest("Ana", "lobby"));
    server.stop();
    assert!(TcpStream::connect(address).is_err());
    let again = TestServer::start(|config| config.listen = vec![address]);
    assert_eq!(again.address, address);
    again.guest("Ana", "lobby").0.expect_pong();
}

/// Invariant: peers that come and vanish at any point leave nothing behind and hurt nobody.
#[test]
fn coming_and_vanishing_at_any_point_leaves_nothing_behind() {
    let server = TestServer::start(|config| config.limits.connections_max = 60);
    let (mut ana, _) = server.guest("Ana", "lobby");
    for round in 0..100 {
        match round % 5 {
            0 => drop(TcpStream::connect(server.address).unwrap()),
            1 => server.client().reset(),
            2 => {
                let mut client = server.client();
                client.send(&format!(r#"{{"type":"join","name":"V","room":"new-{round}"}}"#));
                client.reset();
            }
            3 => {
                let (mut client, _) = server.guest("V", "lobby");
                client.send_bytes(&lines([r#"{"type":"history"}"#, r#"{"type":"ping"}"#]));
                client.reset();
            }
            _ => {
                let (mut client, _) = server.guest("V", "lobby");
                client.send(r#"{"type":"leave"}"#);
            }
        }
        ana.say(&round.to_string(), "still here");
        ana.message();
    }
    // All of them were counted and given back: there is room for as many as the limit says.
    let deadline = Instant::now() + PATIENCE;
    let mut held = Vec::new();
    while held.len() < 59 {
        let mut client = server.client();
        client.send(r#"{"type":"join","name":"H","room":"held"}"#);
        client.welcome();
        if matches!(client.next(), ServerMessage::Joined { .. }) {
            held.push(client);
        }
        assert!(Instant::now() < deadline, "{} of 59", held.len());
    }
}
