//! Members that do not read, read late, or never stop writing: they cost the server little and others nothing.

use std::time::{Duration, Instant};

use papo_proto::{ClosingCode, ErrorCode, Message, ServerMessage};
use papo_server::History;

use crate::common::{Dial, PATIENCE, RawClient, TestServer, assert_consecutive, lines, said};

/// So many bytes overflow whatever sockets and the feed's window hold together.
const OVERFLOW_BYTES: usize = 14 * 1024 * 1024;

/// A client whose socket soon takes nothing more.
fn narrow(server: &TestServer) -> RawClient {
    server.connect(&Dial { receive_bytes: Some(8 * 1024), ..Dial::default() })
}

/// Writes until so many bytes of text were echoed. Returns the echoes and the longest wait for one burst.
fn write_much(client: &mut RawClient, bytes: usize) -> (Vec<Message>, Duration) {
    const TEXT_BYTES: usize = 4000;
    const BURST: usize = 50;
    let text = "x".repeat(TEXT_BYTES);
    let (mut echoes, mut longest) = (Vec::new(), Duration::ZERO);
    for burst in 0..bytes / TEXT_BYTES / BURST {
        let begun = Instant::now();
        client.send_bytes(&lines((0..BURST).map(|i| said(&(burst * BURST + i).to_string(), &text))));
        echoes.extend(client.messages(BURST));
        longest = longest.max(begun.elapsed());
    }
    (echoes, longest)
}

/// Invariant: a member that stops reading delays nobody, and when it reads on it gets every message in order.
#[test]
fn who_stops_reading_misses_nothing_and_delays_nobody() {
    let server = TestServer::start(|config| config.shards = 1);
    let mut stalled = narrow(&server);
    stalled.join(r#"{"type":"join","name":"Slow"}"#);
    let (mut ana, _) = server.guest("Ana", "lobby");
    let (mut zoe, _) = server.guest("Zoe", "lobby");
    let (echoes, longest) = write_much(&mut ana, OVERFLOW_BYTES);
    assert_consecutive(&echoes, 1);
    assert!(longest < Duration::from_secs(5), "a burst took {longest:?}");
    assert_eq!(zoe.messages(echoes.len()), echoes);
    // It is still a member, and what it says is heard.
    stalled.say("late", "I read on");
    let late = zoe.message();
    assert_eq!(stalled.messages(echoes.len()), echoes, "each once and in order");
    assert_eq!(stalled.message(), late, "and then what is new");
    stalled.expect_pong();
}

/// Invariant: where the log itself has dropped what a slow reader has not read, the gap is named and the stream
/// goes on behind it.
#[test]
fn without_history_a_gap_is_named() {
    let server = TestServer::start(|config| {
        config.shards = 1;
        config.history = History::None;
    });
    let mut stalled = narrow(&server);
    stalled.join(r#"{"type":"join","name":"Slow"}"#);
    let (mut ana, _) = server.guest("Ana", "lobby");
    let (echoes, _) = write_much(&mut ana, OVERFLOW_BYTES);
    let (mut position, mut gaps) = (0, 0);
    while position < echoes.len() {
        match stalled.answer() {
            ServerMessage::Message(message) => {
                assert_eq!(message, echoes[position], "behind {position}");
                position += 1;
            }
            ServerMessage::Truncated { first, next } => {
                let next = usize::try_from(next.number()).unwrap();
                assert!(next > position + 1, "{next} after {position}: a gap is one");
                assert!(first.number() <= next as u64);
                position = next - 1;
                gaps += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(gaps > 0, "the log keeps less than was written");
    let mut late = server.client();
    let joined = late.join(r#"{"type":"join","name":"Late","after":0}"#);
    assert!(joined.first > 1);
    match late.answer() {
        ServerMessage::Truncated { first, next } => {
            assert_eq!((first.number(), next.number()), (joined.first, joined.first));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(late.message(), echoes[usize::try_from(joined.first).unwrap() - 1]);
}

/// Invariant: who asks without reading the answers is not read from any more; when it reads, it gets them all,
/// and its goodbye is the last thing it gets.
#[test]
fn who_does_not_read_its_answers_is_not_read_from() {
    let server = TestServer::start(|config| config.shards = 1);
    let (mut ana, _) = server.guest("Ana", "lobby");
    for leaves in [false, true] {
        let mut greedy = narrow(&server);
        greedy.join(r#"{"type":"join","name":"Greedy"}"#);
        greedy.say("1", &"x".repeat(40_000));
        greedy.message();
        ana.message();
        // Each question is small and each answer large, so the answers back up long before the questions.
        let question = format!("{}\n", r#"{"type":"history","limit":1}"#);
        let questions = 300;
        greedy.send_bytes(question.repeat(questions).as_bytes());
        if leaves {
            greedy.send(r#"{"type":"leave"}"#);
        }
        ana.expect_pong();
        for i in 0..questions {
            assert!(matches!(greedy.answer(), ServerMessage::History { .. }), "{i}");
        }
        if leaves {
            greedy.expect_closing(ClosingCode::Left);
        } else {
            greedy.expect_pong();
        }
        ana.expect_pong();
    }
}

/// Invariant: pongs, which need no log, are bounded as well: a peer that asks for ever without reading fills its
/// own socket only.
#[test]
fn a_flood_of_pings_fills_its_own_socket_only() {
    let server = TestServer::start(|config| config.shards = 1);
    let (mut ana, _) = server.guest("Ana", "lobby");
    let mut greedy = narrow(&server);
    greedy.join(r#"{"type":"join","name":"Greedy"}"#);
    let pings = "{\"type\":\"ping\"}\n".repeat(1000);
    let deadline = Instant::now() + PATIENCE;
    let mut idle = 0;
    while idle < 20 {
        idle = if greedy.flood(pings.as_bytes()) == 0 { idle + 1 } else { 0 };
        ana.expect_pong();
        assert!(Instant::now() < deadline, "the server still takes more");
    }
    for _ in 0..10_000 {
        assert_eq!(greedy.answer(), ServerMessage::Pong);
    }
    greedy.reset();
    ana.expect_pong();
}

/// Invariant: a connection whose answers are more than its bound gets all of them, also if they all belong to
/// one read and its goodbye is behind them.
#[test]
fn one_read_with_more_answers_than_the_bound_is_answered_whole() {
    let server = TestServer::start(|config| config.shards = 1);
    let (mut ana, _) = server.guest("Ana", "lobby");
    let (mut terse, _) = server.guest("Terse", "lobby");
    // The shortest question with the longest answer: an error that names what is wrong.
    terse.send_bytes(&lines([vec!["x"; 5000], vec![r#"{"type":"leave"}"#]].concat()));
    for i in 0..5000 {
        assert_eq!(terse.refusal().code, ErrorCode::BadJson, "{i}");
    }
    terse.expect_closing(ClosingCode::Left);
    ana.expect_pong();
}

/// Invariant: a connection that was held goes on as soon as the reason is gone, not when something else happens.
#[test]
fn a_held_connection_goes_on_at_once() {
    const ROUNDS: u32 = 8;
    let server = TestServer::start(|config| config.shards = 1);
    let (mut terse, _) = server.guest("Terse", "lobby");
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        // A question that holds it, answers beyond the bound, and something that a later read brings.
        let questions = [vec![r#"{"type":"history"}"#], vec!["x"; 1500], vec![""; 60_000]].concat();
        terse.send_bytes(&lines([questions, vec![r#"{"type":"ping"}"#]].concat()));
        assert!(matches!(terse.answer(), ServerMessage::History { .. }));
        for _ in 0..1500 {
            assert_eq!(terse.refusal().code, ErrorCode::BadJson);
        }
        assert_eq!(terse.answer(), ServerMessage::Pong);
    }
    // Waiting for the next look at deadlines would take a second each.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(1) * ROUNDS / 2, "{took:?}");
}

/// Invariant: connections that always have something to read do not keep the server from reading others.
#[test]
fn busy_connections_do_not_starve_others() {
    let server = TestServer::start(|config| config.shards = 1);
    let mut busy: Vec<RawClient> = (0..80)
        .map(|i| {
            let mut client = server.client();
            client.join(&format!(r#"{{"type":"join","name":"B{i}","room":"busy-{i}"}}"#));
            client
        })
        .collect();
    // Empty lines cost the sender little and have no answer.
    let nothing = vec![b'\n'; 16 * 1024];
    let flood = |busy: &mut Vec<RawClient>| {
        for client in busy {
            client.flood(&nothing);
        }
    };
    flood(&mut busy);
    let (mut ana, _) = server.guest("Ana", "lobby");
    for _ in 0..5 {
        ana.send(r#"{"type":"ping"}"#);
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            flood(&mut busy);
            if let Some(answer) = ana.answer_until(Instant::now() + Duration::from_millis(1)) {
                assert_eq!(answer, ServerMessage::Pong);
                break;
            }
            assert!(Instant::now() < deadline, "no answer while others write");
        }
    }
}
