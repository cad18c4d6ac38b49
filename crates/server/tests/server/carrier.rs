//! Bytes, lines and TLS: what the server does with whatever a socket brings.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use papo_proto::limits::LINE_BYTES_MAX;
use papo_proto::{ClosingCode, ErrorCode, ServerMessage};
use rustls::crypto::aws_lc_rs::kx_group::{X25519, X25519MLKEM768};
use rustls::{AlertDescription, NamedGroup};

use crate::common::{Dial, PATIENCE, RawClient, TestServer, lines, said, text_of};

/// Invariant: with ALPN the server speaks first.
#[test]
fn welcome_comes_unasked_where_alpn_has_named_the_carrier() {
    let server = TestServer::start(|_| {});
    let (mut one, mut two) = (server.client(), server.client());
    assert_ne!(one.welcome(), two.welcome(), "every connection has a nonce of its own");
    one.expect_pong();
}

/// Invariant: without ALPN the server waits for a byte, so that another carrier could still be meant.
#[test]
fn welcome_waits_for_the_first_byte_without_alpn() {
    let server = TestServer::start(|_| {});
    let mut client = server.bare();
    assert!(client.is_quiet_for(Duration::from_millis(200)));
    client.send_bytes(b"{");
    client.welcome();
    client.send_bytes(b"\"type\":\"ping\"}\n");
    assert_eq!(client.next(), ServerMessage::Pong);
}

/// Invariant: lines are what line feeds end, however they are cut into records and reads.
#[test]
fn lines_are_cut_at_line_feeds_and_nowhere_else() {
    const PING: &[u8] = b"{\"type\":\"ping\"}\n";
    let bytewise: Vec<Vec<u8>> = PING.iter().map(|&byte| vec![byte]).collect();
    let rows: Vec<(&str, Vec<Vec<u8>>, usize)> = vec![
        ("a line", vec![PING.to_vec()], 1),
        ("byte by byte", bytewise, 1),
        ("with a carriage return", vec![b"{\"type\":\"ping\"}\r\n".to_vec()], 1),
        ("empty lines say nothing", vec![b"\n\r\n\n".to_vec(), PING.to_vec(), b"\n".to_vec()], 1),
        ("many lines in one write", vec![PING.repeat(2000)], 2000),
        ("lines over writes", vec![[PING, &PING[..5]].concat(), [&PING[5..], PING].concat()], 3),
        ("blanks around", vec![b"  {\"type\" : \"ping\"}  \n".to_vec()], 1),
    ];
    let server = TestServer::start(|_| {});
    for (row, chunks, pongs) in rows {
        let mut client = server.client();
        client.welcome();
        for chunk in &chunks {
            client.send_bytes(chunk);
        }
        for _ in 0..pongs {
            assert_eq!(client.next(), ServerMessage::Pong, "{row}");
        }
        client.send(r#"{"type":"leave"}"#);
        assert_eq!(client.expect_closing(ClosingCode::Left), None, "{row}");
    }
}

/// Invariant: a line of exactly the limit is read; a longer one ends the connection by name, whether its line
/// feed comes or not.
#[test]
fn a_line_may_be_as_long_as_the_limit_and_no_longer() {
    let padded = |bytes: usize, end: &str| {
        let (head, tail) = ("{\"type\":\"ping\"", "}");
        format!("{head}{}{tail}{end}", " ".repeat(bytes - head.len() - tail.len())).into_bytes()
    };
    let server = TestServer::start(|_| {});
    let rows = [
        ("the limit", padded(LINE_BYTES_MAX, "\n"), true),
        ("a carriage return counts", padded(LINE_BYTES_MAX - 1, "\r\n"), true),
        ("one more", padded(LINE_BYTES_MAX + 1, "\n"), false),
        ("one more by the carriage return", padded(LINE_BYTES_MAX, "\r\n"), false),
        ("never ended", padded(LINE_BYTES_MAX + 1, ""), false),
        ("far more", padded(5 * LINE_BYTES_MAX, "\n{\"type\":\"ping\"}\n"), false),
    ];
    for (row, bytes, fits) in rows {
        let mut client = server.client();
        client.welcome();
        client.send_bytes(&bytes);
        if fits {
            assert_eq!(client.next(), ServerMessage::Pong, "{row}");
        } else {
            assert_eq!(client.expect_closing(ClosingCode::TooLarge), None, "{row}");
        }
    }
}

/// Invariant: a line that cannot be read is answered by name, and the connection goes on.
#[test]
fn every_bad_line_of_the_vectors_gets_its_code_and_the_connection_stays() {
    let vectors = include_str!("../../../proto/vectors/bad_lines.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert!(vectors.len() > 20, "the file has its vectors");
    let server = TestServer::start(|_| {});
    let (mut client, _) = server.guest("Ana", "lobby");
    for vector in vectors {
        let code: ErrorCode = serde_json::from_value(vector["code"].clone()).unwrap();
        assert_ne!(code, ErrorCode::Unknown);
        let mut line = line_of(vector);
        line.push(b'\n');
        client.send_bytes(&line);
        client.expect_error(code, vector["about"].as_str());
    }
    client.say("1", "still here");
    assert_eq!(client.message().seq.number(), 1, "what was refused has no place");
}

/// The line of a vector, as its file's `about` tells.
fn line_of(vector: &serde_json::Value) -> Vec<u8> {
    if let Some(line) = vector["line"].as_str() {
        return line.as_bytes().to_vec();
    }
    if let Some(hex) = vector["line_hex"].as_str() {
        let digits: Vec<u8> =
            hex.chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
        return digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    }
    let parts = vector["line_parts"].as_array().expect("a vector has a line");
    let piece = |part: &serde_json::Value| {
        let times = usize::try_from(part["times"].as_u64().unwrap()).unwrap();
        part["text"].as_str().unwrap().repeat(times).into_bytes()
    };
    parts.iter().flat_map(piece).collect()
}

/// Invariant: an unknown `type` is refused and harms nothing, so that later versions can try.
#[test]
fn unknown_types_and_fields_are_survived() {
    let server = TestServer::start(|_| {});
    let (mut client, _) = server.guest("Ana", "lobby");
    client.send(r#"{"type":"dance","with":"wolves"}"#);
    client.expect_error(ErrorCode::UnknownType, None);
    client.send(r#"{"type":"say","id":"1","text":"oi","colour":"red"}"#);
    assert!(client.message().body.text.is_some(), "a field of another name is ignored");
}

/// Invariant: the server answers in the order of questions, also while it fetches an answer from the log.
#[test]
fn answers_come_in_the_order_of_questions() {
    let server = TestServer::start(|_| {});
    let (mut client, _) = server.guest("Ana", "lobby");
    client.send_bytes(&lines((0..300).map(|i| said(&i.to_string(), &"x".repeat(200)))));
    client.messages(300);
    let questions =
        (0..600).map(|i| if i % 2 == 0 { r#"{"type":"history","limit":3}"# } else { r#"{"type":"ping"}"# });
    client.send_bytes(&lines(questions));
    for i in 0..600 {
        match client.answer() {
            ServerMessage::History { messages, .. } => assert!(i % 2 == 0 && messages.len() == 3, "{i}"),
            ServerMessage::Pong => assert!(i % 2 == 1, "{i}"),
            other => panic!("{other:?}"),
        }
    }
}

/// Invariant: after `closing` nothing follows, whatever was asked before and behind it.
#[test]
fn nothing_follows_a_closing() {
    let server = TestServer::start(|_| {});
    let (mut client, _) = server.guest("Ana", "lobby");
    let ping = r#"{"type":"ping"}"#;
    let behind = vec![ping; 3000];
    let all = [vec![r#"{"type":"history"}"#, ping, r#"{"type":"leave"}"#], behind].concat();
    client.send_bytes(&lines(all));
    assert!(matches!(client.answer(), ServerMessage::History { .. }));
    assert_eq!(client.answer(), ServerMessage::Pong);
    client.expect_closing(ClosingCode::Left);
}

/// Invariant: TLS 1.2 is refused with `protocol_version`.
#[test]
fn tls_1_2_is_refused() {
    let server = TestServer::start(|_| {});
    // A ClientHello of RFC 5246, section 7.4.1.2, without `supported_versions`.
    let mut hello = vec![3, 3];
    hello.extend_from_slice(&[0x5a; 32]);
    // No session, two cipher suites (ECDHE-ECDSA and ECDHE-RSA with AES-128-GCM), no compression.
    hello.extend_from_slice(&[0, 0, 4, 0xc0, 0x2b, 0xc0, 0x2f, 1, 0]);
    let groups = [0, 10, 0, 4, 0, 2, 0, 29];
    let schemes = [0, 13, 0, 6, 0, 4, 4, 3, 8, 4];
    hello.extend_from_slice(&[0, 18]);
    hello.extend_from_slice(&groups);
    hello.extend_from_slice(&schemes);
    let mut record = vec![22, 3, 1, 0, 0, 1, 0, 0, u8::try_from(hello.len()).unwrap()];
    record.extend_from_slice(&hello);
    record[4] = u8::try_from(record.len() - 5).unwrap();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(&record).unwrap();
    let mut alert = Vec::new();
    stream.read_to_end(&mut alert).unwrap();
    assert_eq!(alert, [21, 3, 3, 0, 2, 2, 70], "the fatal alert protocol_version");
}

/// Invariant: versions part in the handshake: who offers no name of ours is told so by TLS.
#[test]
fn alpn_decides_the_version() {
    let server = TestServer::start(|_| {});
    let rows: [(&'static [&'static [u8]], bool); 4] =
        [(&[b"papo/1"], true), (&[b"papo/2", b"papo/1"], true), (&[b"papo/2"], false), (&[b"h2"], false)];
    for (alpn, good) in rows {
        let dialled = RawClient::connect(server.address, &Dial { alpn, ..Dial::default() });
        match dialled {
            Ok(mut client) => {
                assert!(good, "{alpn:?}");
                assert_eq!(client.tls.alpn_protocol(), Some(&b"papo/1"[..]));
                client.welcome();
            }
            Err(error) => {
                assert!(!good, "{alpn:?}: {error}");
                let error = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
                let told = rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol);
                assert_eq!(error, Some(&told), "{alpn:?}");
            }
        }
    }
}

/// Invariant: the key exchange is safe from later quantum computers where the client can do it.
#[test]
fn the_hybrid_key_exchange_is_taken_where_it_is_offered() {
    let server = TestServer::start(|_| {});
    let rows =
        [(vec![X25519MLKEM768, X25519], NamedGroup::X25519MLKEM768), (vec![X25519], NamedGroup::X25519)];
    for (groups, expected) in rows {
        let offered: Vec<NamedGroup> = groups.iter().map(|group| group.name()).collect();
        let mut client = server.connect(&Dial { groups, ..Dial::default() });
        client.welcome();
        let group = client.tls.negotiated_key_exchange_group().unwrap();
        assert_eq!(group.name(), expected, "{offered:?}");
    }
}

/// Invariant: whatever comes instead of TLS ends that connection only.
#[test]
fn what_is_not_tls_does_not_hurt() {
    let server = TestServer::start(|_| {});
    let (mut member, _) = server.guest("Ana", "lobby");
    let ones = vec![0xff; 20_000];
    let rows: [&[u8]; 6] = [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"{\"type\":\"join\",\"name\":\"Ana\"}\n",
        &[0; 1000],
        &ones,
        // A handshake record of the greatest length, with nothing sensible in it.
        &[22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff, 0, 0, 0],
        // Data before any handshake.
        &[23, 3, 3, 0, 1, 0],
    ];
    for bytes in rows {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        // A reset ends it as well as a proper end; only waiting for ever would not.
        if let Err(error) = stream.read_to_end(&mut answer) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{bytes:?}");
        }
        assert!(answer.is_empty() || answer[0] == 21, "an alert or nothing: {answer:?}");
        member.expect_pong();
    }
}

/// Invariant: a broken record inside a connection ends that connection only.
#[test]
fn a_forged_record_ends_its_connection_only() {
    let server = TestServer::start(|_| {});
    let (mut member, _) = server.guest("Ana", "lobby");
    let (mut other, _) = server.guest("Zoe", "lobby");
    other.stream.write_all(&[23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]).unwrap();
    other.stream.write_all(&[16, 17, 18, 19, 20]).unwrap();
    while other.line().is_some() {}
    member.expect_pong();
}

/// Invariant: what a client has said before it closes is taken; how it ends harms nobody else.
#[test]
fn who_closes_has_said_what_it_said() {
    let server = TestServer::start(|_| {});
    let (mut member, _) = server.guest("Ana", "lobby");
    let (mut closes, _) = server.guest("Zoe", "lobby");
    closes.say("1", "bye");
    closes.tls.send_close_notify();
    closes.send_bytes(b"");
    assert_eq!(text_of(&member.message()), "bye");
    let (mut cut, _) = server.guest("Eva", "lobby");
    cut.say("1", "cut");
    assert_eq!(text_of(&member.message()), "cut");
    cut.reset();
    member.expect_pong();
}
