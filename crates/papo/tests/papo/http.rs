//! The real program as hostile HTTP meets it: over TLS, row by row, each on a connection of its own. Not here: the rows of the
//! head's reader, which has more of them, and what good requests are answered.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::support::{DEADLINE, Server, World};

/// A WebSocket, asked for as the page does.
const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// What is sent, and the status of the one answer.
fn rows() -> Vec<(&'static str, String, u16)> {
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let with = |fields: &str| format!("GET / HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
    let chunked = "Transfer-Encoding: chunked\r\n";
    let hidden = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let long_head = with(&format!("X: {}\r\n", "x".repeat(100_000)));
    let many_fields = with(&"X: y\r\n".repeat(1000));
    vec![
        ("a length and chunks", with(&format!("Content-Length: 6\r\n{chunked}")) + "0\r\n\r\n" + hidden, 400),
        ("chunks and a length", with(&format!("{chunked}Content-Length: 6\r\n")) + "0\r\n\r\n" + hidden, 400),
        ("two lengths", with("Content-Length: 0\r\nContent-Length: 50\r\n") + hidden, 400),
        ("chunks by another name", with("Transfer-Encoding : chunked\r\n") + hidden, 400),
        ("a GET with a body", with("Content-Length: 50\r\n") + hidden, 413),
        ("a POST", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nGET ".to_owned(), 405),
        ("a CONNECT", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(), 405),
        ("a head of 100 KB", long_head, 431),
        ("a target of 100 KB", get(&format!("/{}", "x".repeat(100_000))), 431),
        ("a thousand fields", many_fields, 431),
        ("an absolute target", get("https://localhost/lobby"), 400),
        ("a target elsewhere", get("http://evil.example/"), 400),
        ("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 505),
        ("HTTP/1.0", "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n".to_owned(), 505),
        ("another host", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(), 421),
        ("two hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n".to_owned(), 400),
        (
            "a WebSocket at another host",
            format!("GET /socket HTTP/1.1\r\nHost: evil.example\r\n{UPGRADE}\r\n"),
            421,
        ),
        (
            "a WebSocket for another page",
            format!(
                "GET /socket HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n{UPGRADE}\r\n"
            ),
            403,
        ),
        ("the folder above", get("/../server.key"), 404),
        ("the same in hexadecimal", get("/%2e%2e/server.key"), 404),
        ("the same twice over", get("/%252e%252e/server.key"), 404),
        ("above the page's files", get("/assets/../../server.key"), 404),
        ("a NUL in hexadecimal", get("/server.key%00.html"), 404),
        ("a NUL", get("/server.key\0.html"), 400),
        ("a backslash", get("/..\\server.key"), 404),
        ("a share of Windows", get("//evil.example/share"), 404),
        ("the same with backslashes", get("/\\\\evil.example\\share"), 404),
        ("a drive of Windows", get("/C:/server.key"), 404),
        ("a letter too long for UTF-8", get("/%c0%ae%c0%ae/server.key"), 404),
    ]
}

/// Invariant: what two readers could understand in two ways, what is too large, what is meant for somebody else and what
/// would leave the page's files gets one answer that says no, nothing behind it is read as another request, nothing of
/// the server's folder comes out, and the server goes on.
#[test]
fn hostile_requests_have_one_answer_each() {
    let world = World::new();
    let server = Server::start(&world, &["--limits", "off"]);
    let key = std::fs::read_to_string(world.path("server/server.key")).unwrap();
    let secret = key.lines().nth(1).expect("the key is PEM");
    for (name, request, status) in rows() {
        println!("{name}");
        let answers = ask(&world, &server, &request);
        assert!(answers.starts_with(&format!("HTTP/1.1 {status} ")), "{name}: {}", head(&answers));
        assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{name}: {answers}");
        assert!(!answers.contains(secret) && !answers.contains("PRIVATE KEY"), "{name}: {answers}");
        let good =
            ask(&world, &server, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assert!(good.starts_with("HTTP/1.1 200 ") && good.ends_with("ok\n"), "after {name}: {good}");
    }
    let said = server.stop_and_tell();
    assert!(said.err.lines().count() < 20, "requests can fill the diary: {said:?}");
}

/// Sends a request and returns all that comes until the server closes. Whoever was answered 404 may go on, so that is said
/// to be the last one.
fn ask(world: &World, server: &Server, request: &str) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(world.path("server/server.crt")).unwrap()).unwrap();
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(server.address()).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket.set_write_timeout(Some(DEADLINE)).unwrap();
    let mut stream = StreamOwned::new(connection, socket);
    let last = request.replacen("Host: localhost\r\n\r\n", "Host: localhost\r\nConnection: close\r\n\r\n", 1);
    // It may be closed before everything was taken.
    let _ = stream.write_all(last.as_bytes()).and_then(|()| stream.flush());
    let mut answers = Vec::new();
    match stream.read_to_end(&mut answers) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            panic!("the server keeps it open: {request:.80}")
        }
        // An answer, and then a reset since it did not want the rest.
        _ => String::from_utf8_lossy(&answers).into_owned(),
    }
}

fn head(answers: &str) -> &str {
    answers.lines().next().unwrap_or("nothing was answered")
}
