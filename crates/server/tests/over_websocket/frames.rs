//! What holds for frames alone: how a WebSocket ends, and that its own pings are no matter of the protocol.

use std::time::Duration;

use papo_proto::ClosingCode;
use papo_proto::limits::LINE_BYTES_MAX;

use crate::common::TestServer;

/// Invariant: who breaks the rules of WebSocket is told which, by the standard's own code, and is gone.
#[test]
fn broken_rules_end_the_connection_by_their_code() {
    let server = TestServer::start(|_| {});
    let rows: [(&str, &[u8], u16); 6] = [
        ("unmasked", &[0x81, 2, b'o', b'i'], 1002),
        ("a reserved bit", &[0xc1, 0x80, 0, 0, 0, 0], 1002),
        ("binary", &[0x82, 0x81, 0, 0, 0, 0, 1], 1003),
        ("not UTF-8", &[0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),
        ("endless", &[0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], 1009),
        ("a goodbye", &[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8], 1000),
    ];
    for (row, bytes, code) in rows {
        let (mut client, _) = server.guest("Ana", "lobby");
        let (mut other, _) = server.guest("Bob", "lobby");
        client.send_raw(bytes);
        while client.line().is_some() {}
        assert_eq!(client.close_code, Some(code), "{row}");
        other.expect_pong();
    }
}

/// Invariant: a message may be as long as a line and no longer.
#[test]
fn a_message_has_the_limit_of_a_line() {
    let server = TestServer::start(|_| {});
    let padded = |bytes: usize| format!("{{\"type\":\"ping\"{}}}", " ".repeat(bytes - 15));
    let mut client = server.client();
    client.welcome();
    client.send(&padded(LINE_BYTES_MAX));
    assert_eq!(client.next(), papo_proto::ServerMessage::Pong);
    client.send(&padded(LINE_BYTES_MAX + 1));
    assert_eq!(client.expect_closing(ClosingCode::TooLarge), None);
    assert_eq!(client.close_code, Some(1009));
}

/// Invariant: a goodbye of the protocol is one of WebSocket too.
#[test]
fn leaving_closes_both() {
    let server = TestServer::start(|_| {});
    let (mut client, _) = server.guest("Ana", "lobby");
    client.send_raw(&[0x89, 0x80, 0, 0, 0, 0]);
    client.expect_pong();
    assert!(client.is_quiet_for(Duration::from_millis(50)), "a ping of WebSocket is none of the protocol");
    client.send(r#"{"type":"leave"}"#);
    client.expect_closing(ClosingCode::Left);
    assert_eq!(client.close_code, Some(1000));
}
