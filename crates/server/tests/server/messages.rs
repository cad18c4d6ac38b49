//! What is said, once and for all: echoes, repeats, refusals, pages of the past, rooms, rates, a full log.

use std::time::{Duration, Instant};

use papo_proto::limits::{BODY_BYTES_MAX, HISTORY_MESSAGES_MAX};
use papo_proto::{ErrorCode, Message, ServerMessage};
use papo_server::{History, Rate};

use crate::common::{Key, RawClient, TestServer, assert_consecutive, lines, said, text_of};

/// Invariant: the echo is the acknowledgement, and everybody sees the same message.
#[test]
fn a_message_is_echoed_and_everybody_gets_the_same() {
    let server = TestServer::start(|_| {});
    let (mut ana, joined) = server.guest("Ana", "lobby");
    let (mut zoe, _) = server.guest("Zoe", "lobby");
    let largest = "x".repeat(BODY_BYTES_MAX - r#"{"text":""}"#.len());
    let bodies = [
        r#""text":"oi""#.to_owned(),
        r#""text":"sim","reply":1"#.into(),
        r#""text":"não 👋🏽 \u0000 \"\\ \u001b[31m","edit":1"#.into(),
        r#""delete":1"#.into(),
        r#""react":{"to":1,"emoji":"👍🏽"}"#.into(),
        r#""react":{"to":99,"emoji":"👍🏽","remove":true}"#.into(),
        format!(r#""text":"{largest}""#),
    ];
    for (place, body) in (1..).zip(&bodies) {
        ana.send(&format!(r#"{{"type":"say","id":"id-{place}",{body}}}"#));
        let echo = ana.message();
        assert_eq!((echo.seq.number(), echo.id.as_str()), (place, &*format!("id-{place}")));
        assert_eq!(echo.from, joined.you);
        let expected: serde_json::Value = serde_json::from_str(&format!("{{{body}}}")).unwrap();
        assert_eq!(serde_json::to_value(&echo.body).unwrap(), expected);
        assert_eq!(zoe.message(), echo);
    }
    ana.send(&said("too-large", &format!("{largest}x")));
    ana.expect_error(ErrorCode::TooLarge, Some("too-large"));
}

/// Invariant: one id of one sender makes at most one message, across connections and restarts. The repeat is
/// answered with the first message, to its sender alone; another body under the same id is refused.
#[test]
fn a_repeated_id_makes_no_second_message() {
    let mut server = TestServer::start(|_| {});
    let key = Key::new();
    let mut ana = server.client();
    ana.join_with_key(&key, "Ana", "lobby", "");
    ana.say("1", "once");
    let first = ana.message();
    for round in 0..3 {
        if round == 2 {
            drop(ana);
            server = server.restart();
        }
        ana = server.client();
        let joined = ana.join_with_key(&key, "Another Name", "lobby", "");
        assert_eq!(joined.head, 1, "nothing was stored twice");
        let (mut zoe, _) = server.guest("Zoe", "lobby");
        ana.send_bytes(&lines([said("1", "once"), said("1", "twice"), said("1", "once")]));
        assert_eq!(ana.message(), first, "with its old place and name");
        let refusal = ana.refusal();
        assert_eq!(refusal.code, ErrorCode::IdReused);
        assert_eq!(refusal.about.unwrap().as_str(), "1");
        assert_eq!(ana.message(), first);
        zoe.send(r#"{"type":"ping"}"#);
        assert_eq!(zoe.answer(), ServerMessage::Pong, "others are not told again");
    }
    let (mut zoe, _) = server.guest("Zoe", "lobby");
    zoe.say("1", "mine");
    assert_eq!(zoe.message().seq.number(), 2, "ids are the sender's own");
    ana.join_elsewhere_and_say(&server, &key);
}

impl RawClient {
    /// The same sender and id in another room is another message.
    fn join_elsewhere_and_say(&mut self, server: &TestServer, key: &Key) {
        *self = server.client();
        self.join_with_key(key, "Ana", "elsewhere", "");
        self.say("1", "once");
        assert_eq!(self.message().seq.number(), 1);
    }
}

/// Invariant: what was echoed is there after a restart, in the same epoch and at the same places.
#[test]
fn what_was_echoed_survives_a_restart() {
    let server = TestServer::start(|config| config.history = History::default());
    let (mut ana, before) = server.guest("Ana", "lobby");
    ana.send_bytes(&lines((0..50).map(|i| said(&i.to_string(), "durable"))));
    let echoed = ana.messages(50);
    drop(ana);
    let server = server.restart();
    let mut zoe = server.client();
    let joined = zoe.join(r#"{"type":"join","name":"Zoe","after":0}"#);
    assert_eq!((joined.epoch, joined.head), (before.epoch, 50));
    assert_eq!(zoe.messages(50), echoed);
}

/// Invariant: history, paged from either end and with any size of page, equals the stream.
#[test]
fn history_equals_the_stream_from_both_ends() {
    let server = TestServer::start(|_| {});
    let (mut ana, _) = server.guest("Ana", "lobby");
    // Some so large that a page of the full number does not fit into a line.
    let text = |i: usize| "x".repeat(if i.is_multiple_of(50) { 30_000 } else { i });
    ana.send_bytes(&lines((0..450).map(|i| said(&i.to_string(), &text(i)))));
    let stream = ana.messages(450);
    assert_consecutive(&stream, 1);
    for limit in ["", r#","limit":7"#, r#","limit":1000000"#] {
        assert_eq!(pages_backwards(&mut ana, limit), stream, "backwards {limit}");
        assert_eq!(pages_forwards(&mut ana, limit), stream, "forwards {limit}");
    }
    let (newest, more) = ana.history(r#","limit":3"#);
    assert_eq!((newest.as_slice(), more), (&stream[447..], true), "neither end: the newest");
    assert_eq!(ana.history(r#","limit":0"#).0.len(), 1, "0 is taken as 1");
    assert_eq!(ana.history(r#","after":450"#), (vec![], false));
    assert_eq!(ana.history(r#","before":1"#), (vec![], false));
    assert_eq!(ana.history(r#","before":0"#), (vec![], false));
    assert_eq!(ana.history(r#","before":9007199254740991,"limit":1"#).0, stream[449..]);
    assert_eq!(ana.history(r#","after":9007199254740991"#), (vec![], false));
    ana.send(r#"{"type":"history","before":3,"after":1}"#);
    ana.expect_error(ErrorCode::BadField, None);
}

fn pages_backwards(client: &mut RawClient, limit: &str) -> Vec<Message> {
    let (mut all, mut before, mut more) = (Vec::new(), 451, true);
    while more {
        let (page, further) = client.history(&format!(r#","before":{before}{limit}"#));
        assert!(!page.is_empty() && page.len() <= HISTORY_MESSAGES_MAX);
        before = page[0].seq.number();
        all.splice(0..0, page);
        more = further;
    }
    all
}

fn pages_forwards(client: &mut RawClient, limit: &str) -> Vec<Message> {
    let (mut all, mut after, mut more) = (Vec::new(), 0, true);
    while more {
        let (page, further) = client.history(&format!(r#","after":{after}{limit}"#));
        assert!(!page.is_empty() && page.len() <= HISTORY_MESSAGES_MAX);
        after = page[page.len() - 1].seq.number();
        all.extend(page);
        more = further;
    }
    all
}

/// Invariant: rooms know nothing of one another: not what is said, not who is there, not how many.
#[test]
fn rooms_are_isolated() {
    let server = TestServer::start(|_| {});
    let rooms = ["a", "b", "c"];
    let mut members: Vec<_> = rooms.map(|room| (server.guest("Ana", room), server.guest("Zoe", room))).into();
    for i in 0..20 {
        for (room, ((ana, _), _)) in rooms.iter().zip(&mut members) {
            ana.say(&i.to_string(), room);
        }
    }
    for (room, ((ana, first), (zoe, second))) in rooms.iter().zip(&mut members) {
        assert_eq!((first.count, second.count), (1, 2));
        let stream = ana.messages(20);
        assert_consecutive(&stream, 1);
        assert!(stream.iter().all(|message| text_of(message) == *room));
        assert_eq!(zoe.messages(20), stream);
        assert_eq!(zoe.history("").0, stream);
        zoe.send(r#"{"type":"members"}"#);
        match zoe.answer() {
            ServerMessage::Members { members, count: 2, more: false } => {
                assert!(members.contains(&first.you) && members.contains(&second.you));
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Invariant: who writes faster than the rate is told so once, and slowed down; nothing is lost, nothing changes its
/// order, and others do not wait.
#[test]
fn too_fast_is_told_and_loses_nothing() {
    let rate = Rate { per_second: 20, burst: 5 };
    let server = TestServer::start(|config| {
        config.limits.messages = Some(rate);
        config.shards = 1;
    });
    let (mut ana, _) = server.guest("Ana", "lobby");
    let (mut zoe, _) = server.guest("Zoe", "lobby");
    let begun = Instant::now();
    // More than one read's worth, so that some wait in the server and some in the socket.
    ana.send_bytes(&lines((0..30).map(|i| said(&i.to_string(), &"x".repeat(1000)))));
    ana.send(r#"{"type":"ping"}"#);
    zoe.say("0", "meanwhile");
    let (mut echoes, mut told, mut place_of_zoe) = (Vec::new(), Vec::new(), 0);
    loop {
        match ana.answer() {
            ServerMessage::Message(message) if text_of(&message) == "meanwhile" => {
                place_of_zoe = message.seq.number();
            }
            ServerMessage::Message(message) => echoes.push(message),
            ServerMessage::Error(refusal) => {
                assert_eq!((refusal.code, refusal.retry_after), (ErrorCode::TooFast, Some(1)));
                told.push(refusal.about.unwrap().as_str().parse::<usize>().unwrap());
            }
            ServerMessage::Pong => break,
            other => panic!("{other:?}"),
        }
    }
    let ids: Vec<&str> = echoes.iter().map(|message| message.id.as_str()).collect();
    let expected: Vec<String> = (0..echoes.len()).map(|i| i.to_string()).collect();
    assert_eq!(ids, expected, "each once, in order");
    // The last echo may come behind the answer to the ping, which needs no log.
    assert!(echoes.len() >= 29, "{}", echoes.len());
    assert!((1..30).contains(&place_of_zoe), "others do not wait: {place_of_zoe}");
    // On a machine that is slow itself the bucket fills meanwhile, and being too fast begins anew after that:
    // then it is told more than once. All of them together take as long in any case.
    assert!(told.first().is_some_and(|&first| first >= 5), "five are allowed at once: {told:?}");
    assert!(told.is_sorted_by(|a, b| a < b) && told.last() < Some(&30), "each is told once: {told:?}");
    assert!(told.len() <= 5, "a burst is told as a whole and not message by message: {told:?}");
    let slowed = begun.elapsed();
    assert!(slowed >= Duration::from_millis(24 * 50), "30 at 20 a second after 5 at once: {slowed:?}");
}

/// Invariant: a full log refuses what it cannot store, by name and with its id; what is stored can be read, and
/// the server goes on.
#[test]
fn a_full_log_refuses_by_name_and_reading_goes_on() {
    let server = TestServer::start(|config| {
        config.history = History::Disk { durability: papo_log::Durability::Os, bytes_max: Some(400 * 1024) };
    });
    let (mut ana, _) = server.guest("Ana", "lobby");
    let (mut stored, mut refused) = (Vec::new(), 0);
    for i in 0..100 {
        ana.say(&i.to_string(), &"x".repeat(10_000));
        match ana.answer() {
            ServerMessage::Message(message) => stored.push(message),
            ServerMessage::Error(refusal) => {
                assert_eq!(refusal.code, ErrorCode::LogFailed);
                assert_eq!(refusal.about.unwrap().as_str(), i.to_string());
                assert!(refusal.retry_after.is_some(), "it may be tried again");
                assert!(!refusal.text.contains(".db"), "no path of the server: {}", refusal.text);
                refused += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(stored.len() >= 10 && refused >= 10, "{} stored, {refused} refused", stored.len());
    assert_consecutive(&stored, 1);
    let (page, _) = ana.history(r#","after":0,"limit":4"#);
    assert_eq!(page, stored[..4]);
    let mut zoe = server.client();
    let joined = zoe.join(r#"{"type":"join","name":"Zoe","after":0}"#);
    assert_eq!(joined.head, stored.len() as u64);
    assert_eq!(zoe.messages(stored.len()), stored);
}
