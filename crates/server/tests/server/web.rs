//! The server as browsers meet it: the page and its files, what is refused, and the way to a WebSocket. What is said
//! over a WebSocket is tested in `over_websocket`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use papo_server::Rate;

use crate::common::{Dial, PATIENCE, RawClient, TestServer};

/// A request without anything that a browser adds.
fn get(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n")
}

/// What a browser says by ALPN.
const HTTP: &[&[u8]] = &[b"http/1.1"];

/// An answer.
struct Answer {
    status: u16,
    fields: BTreeMap<String, String>,
    content: Vec<u8>,
}

/// A connection that speaks HTTP.
struct Browser(RawClient);

impl Browser {
    fn new(server: &TestServer) -> Self {
        Self(server.connect(&Dial { alpn: HTTP, ..Dial::default() }))
    }

    fn ask(&mut self, request: &str) -> Answer {
        self.0.send_bytes(request.as_bytes());
        self.answer(request.starts_with("HEAD"))
    }

    /// The next so many bytes, whatever they are.
    fn bytes(&mut self, len: usize) -> Vec<u8> {
        let client = &mut self.0;
        while client.received.len() - client.taken < len {
            client.receive(Instant::now() + PATIENCE).expect("bytes before the test's patience ends");
        }
        let bytes = client.received[client.taken..client.taken + len].to_vec();
        client.taken += len;
        bytes
    }

    fn answer(&mut self, is_head: bool) -> Answer {
        let line = |client: &mut RawClient| {
            let line = client.line().expect("an answer comes");
            String::from_utf8(line).unwrap().trim_end_matches('\r').to_owned()
        };
        let status = line(&mut self.0);
        let status = status.strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap();
        let mut fields = BTreeMap::new();
        loop {
            let field = line(&mut self.0);
            let Some((name, value)) = field.split_once(": ") else { break };
            fields.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let len = fields.get("content-length").map_or(0, |len| len.parse().unwrap());
        let content = self.bytes(if is_head { 0 } else { len });
        Answer { status, fields, content }
    }
}

/// Invariant: one port serves everybody, whether ALPN says what comes or the first byte does.
#[test]
fn http_is_known_by_its_first_byte_too() {
    let server = TestServer::start(|_| {});
    for alpn in [HTTP, &[]] {
        let mut browser = Browser(server.connect(&Dial { alpn, ..Dial::default() }));
        let answer = browser.ask(&get("/healthz", ""));
        assert_eq!((answer.status, &*answer.content), (200, &b"ok\n"[..]));
        let again = browser.ask(&get("/healthz", ""));
        assert_eq!(again.status, 200, "a connection serves more than one request");
    }
    let mut bare = server.bare();
    bare.send(r#"{"type":"ping"}"#);
    bare.welcome();
}

/// Invariant: the page is there for every room, and nothing else is.
#[test]
fn rooms_have_the_page_and_other_paths_have_nothing() {
    let server = TestServer::start(|_| {});
    let mut browser = Browser::new(&server);
    for path in ["/", "/lobby", "/sala-1", "/lobby?utm=x", "/Lobby"] {
        let answer = browser.ask(&get(path, ""));
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.fields["content-type"], "text/html; charset=utf-8", "{path}");
        assert!(answer.content.starts_with(b"<!doctype html>"), "{path}");
    }
    for path in [
        "//",
        "/a/b",
        "/../etc/passwd",
        "/..",
        "/%2e%2e/etc/passwd",
        "/.git/config",
        "/lobby/",
        "/ol%C3%A1",
        "/assets",
        "/assets/",
        "/assets/x/icon.svg",
        "/assets/../server.key",
        "/metrics/x",
        "/index.html%00",
        "/C:\\x",
    ] {
        assert_eq!(browser.ask(&get(path, "")).status, 404, "{path}");
    }
}

/// Invariant: files are compressed, cached for ever, and found again by the page that names them; the page is asked
/// for each time and not sent again where it is known.
#[test]
fn files_are_compressed_and_cached() {
    let server = TestServer::start(|_| {});
    let mut browser = Browser::new(&server);
    let page = browser.ask(&get("/", ""));
    assert_eq!(page.fields["cache-control"], "no-cache");
    let known = browser.ask(&get("/", &format!("If-None-Match: {}\r\n", page.fields["etag"])));
    assert_eq!((known.status, known.content.len()), (304, 0));
    let text = String::from_utf8(page.content).unwrap();
    let icon = text.split('"').find(|part| part.ends_with("/icon.svg")).unwrap();
    let plain = browser.ask(&get(icon, ""));
    assert_eq!(plain.fields["content-type"], "image/svg+xml");
    assert!(plain.fields["cache-control"].contains("immutable"));
    for (accepted, coding) in [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")] {
        let packed = browser.ask(&get(icon, &format!("Accept-Encoding: {accepted}\r\n")));
        assert_eq!(packed.fields["content-encoding"], coding);
        assert!(packed.content.len() < plain.content.len());
    }
    let head = browser.ask(&get(icon, "").replacen("GET", "HEAD", 1));
    assert_eq!(head.fields["content-length"], plain.fields["content-length"]);
    assert_eq!(browser.ask(&get("/healthz", "")).status, 200, "a HEAD has no content behind it");
}

/// Invariant: every answer carries what keeps a page safe.
#[test]
fn every_answer_is_strict() {
    let server = TestServer::start(|_| {});
    let mut browser = Browser::new(&server);
    for path in ["/", "/nothing/here", "/healthz", "/favicon.ico", "/robots.txt"] {
        let answer = browser.ask(&get(path, ""));
        let policy = &answer.fields["content-security-policy"];
        for part in ["default-src 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        // A picture may have no script at all.
        let may_script = policy.contains("script-src") || policy.contains("connect-src");
        assert_eq!(may_script, path != "/favicon.ico", "{path}: {policy}");
        assert!(!may_script || policy.contains("require-trusted-types-for 'script'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.fields["x-content-type-options"], "nosniff", "{path}");
        assert!(
            !answer.fields.contains_key("strict-transport-security"),
            "nobody has signed this certificate"
        );
        assert!(!answer.fields.contains_key("set-cookie"), "there are no cookies");
    }
}

/// Invariant: what two readers could understand in two ways ends the connection (request smuggling), and a name that
/// is not the server's gets nothing (DNS rebinding).
#[test]
fn doubtful_requests_are_refused() {
    let server = TestServer::start(|_| {});
    let rows = [
        ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nGET ", 405),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nGET ", 413),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
        ("GET /socket HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
        ("GET / HTTP/1.0\r\n\r\n", 505),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ];
    for (request, status) in rows {
        let mut browser = Browser::new(&server);
        let answer = browser.ask(request);
        assert_eq!(answer.status, status, "{request}");
        assert!(!answer.content.is_empty(), "it says why: {request}");
        browser.0.end();
    }
    let mut browser = Browser::new(&server);
    let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(100_000));
    assert_eq!(browser.ask(&long).status, 431);
}

/// Invariant: only the server's own page opens a WebSocket in a browser; programs, which name no page, do too.
#[test]
fn the_origin_of_a_web_socket_is_checked() {
    const ASKS: &str = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let server = TestServer::start(|_| {});
    let rows = [
        (format!("{ASKS}Origin: https://localhost\r\n"), 101),
        (format!("{ASKS}Sec-WebSocket-Extensions: permessage-deflate\r\n"), 101),
        (format!("{ASKS}Origin: https://evil.example\r\n"), 403),
        (format!("{ASKS}Origin: https://localhost.evil.example\r\n"), 403),
        (format!("{ASKS}Origin: https://localhost:12346\r\n"), 403),
        (format!("{ASKS}Origin: http://localhost\r\n"), 403),
        (format!("{ASKS}Origin: null\r\n"), 403),
        (ASKS.replace("13", "8"), 400),
        (ASKS.replace("dGhl", ""), 400),
        (String::new(), 426),
    ];
    for (fields, status) in rows {
        let mut browser = Browser::new(&server);
        let answer = browser.ask(&get("/socket", &fields));
        assert_eq!(answer.status, status, "{fields}");
        assert!(!answer.fields.contains_key("sec-websocket-extensions"), "no extension is agreed on");
    }
    let mut browser = Browser::new(&server);
    assert_eq!(browser.ask(&get("/lobby", ASKS)).status, 200, "elsewhere the page comes as ever");
    assert_eq!(
        browser.ask(&get("/echo", ASKS)).status,
        200,
        "the echo is for the suite only: this is a room"
    );
}

/// Invariant: requests may come in any pieces, and several at once are answered one after the other.
#[test]
fn pieces_and_pipelines_are_the_same_to_it() {
    let server = TestServer::start(|_| {});
    let mut browser = Browser::new(&server);
    for byte in get("/healthz", "").bytes() {
        browser.0.send_bytes(&[byte]);
    }
    assert_eq!(browser.answer(false).status, 200);
    let paths = ["/healthz", "/", "/nothing/here", "/robots.txt"];
    browser.0.send_bytes(paths.map(|path| get(path, "")).concat().as_bytes());
    let statuses = paths.map(|_| browser.answer(false).status);
    assert_eq!(statuses, [200, 200, 404, 200]);
    assert!(browser.0.is_quiet_for(Duration::from_millis(50)));
}

/// Invariant: whoever asks over HTTP without end is told when to come back and cut off, for files, the page and the
/// WebSocket alike, and does not hold up those who are in a room.
#[test]
fn too_many_requests_are_sent_away() {
    let server = TestServer::start(|config| {
        config.limits.http_per_address = Some(Rate { per_second: 1, burst: 10 });
    });
    let mut bare = server.bare();
    bare.join(r#"{"type":"join","name":"Ana","room":"lobby"}"#);
    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (path, fields) in [("/healthz", ""), ("/lobby", ""), ("/nothing/here", ""), ("/socket", upgrade)] {
        let mut browser = Browser::new(&server);
        let mut answer = browser.ask(&get(path, fields));
        let mut asked = 1;
        while answer.status != 429 {
            // A WebSocket is no browser any more.
            if answer.status == 101 {
                browser = Browser::new(&server);
            }
            asked += 1;
            assert!(asked < 1000, "{path}: nobody is sent away");
            answer = browser.ask(&get(path, fields));
        }
        let after: u32 = answer.fields["retry-after"].parse().unwrap();
        assert!((1..=10).contains(&after), "{path}: {after}");
        assert_eq!(answer.fields["connection"], "close", "{path}");
        assert!(browser.0.line().is_none(), "{path}: the connection ends");
    }
    bare.expect_pong();
}
