//! Asks a server whether it is ready, over the port that its members come to, as a health check does: one question,
//! one answer, within a deadline. Not here: what makes a server ready, which is its own business.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use papo_proto::Address;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::failure;
use crate::error::ConnectError;
use crate::trust::Trust;

/// How many bytes of an answer are read: its head and a line of text have a tenth of it.
const ANSWER_BYTES_MAX: u64 = 8 * 1024;

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It takes messages and stores them.
    Ready,
    /// It runs but is not to be sent anybody; why, in its own words, which are English.
    NotReady(String),
}

/// Asks the server at this address whether it is ready (`GET /readyz`). From connecting on it takes no longer than `within`;
/// a host's name the system looks up as slowly as it likes.
///
/// # Errors
///
/// [`ConnectError`] where there is no server, where it is not the one that is meant, or where it does not answer as a
/// papo server does.
pub fn ask(address: &Address, trust: &Trust, within: Duration) -> Result<Health, ConnectError> {
    let unknown = || ConnectError::UnknownHost { host: address.host.clone() };
    let name = ServerName::try_from(address.host.clone()).map_err(|_| unknown())?;
    let mut config = trust.tls_config(address, None)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let tls = ClientConnection::new(Arc::new(config), name)
        .map_err(|error| failure::in_handshake(&error, address))?;
    let found = (&*address.host, address.port).to_socket_addrs().map_err(|_| unknown())?;
    // From here on the other side can keep one waiting.
    let until = Instant::now() + within;
    let stream = connect(found, address, until)?;
    let mut stream = StreamOwned::new(tls, Timed { stream, until });
    let question = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let explain = |error| explain(&error, address);
    stream.write_all(question.as_bytes()).and_then(|()| stream.flush()).map_err(explain)?;
    let mut answer = Vec::new();
    match stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer) {
        // Whoever leaves without TLS's good-bye may have said all the same what counts.
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(explain(error)),
        _ => {}
    }
    read(&answer).ok_or(ConnectError::NotPapo)
}

/// Connects to the first of the addresses that accepts.
fn connect(
    found: impl Iterator<Item = SocketAddr>,
    address: &Address,
    until: Instant,
) -> Result<TcpStream, ConnectError> {
    let mut cause = ConnectError::UnknownHost { host: address.host.clone() };
    for next in found {
        match left(until).and_then(|left| TcpStream::connect_timeout(&next, left)) {
            Ok(stream) => return Ok(stream),
            Err(error) => cause = ConnectError::from_connecting(&error, address),
        }
    }
    Err(cause)
}

/// What an answer says; `None` where it is none of a papo server.
fn read(answer: &[u8]) -> Option<Health> {
    let (head, text) = std::str::from_utf8(answer).ok()?.split_once("\r\n\r\n")?;
    match head.strip_prefix("HTTP/1.1 ")?.get(..3)? {
        "200" if text == "ok\n" => Some(Health::Ready),
        "503" => Some(Health::NotReady(text.trim_end().to_owned())),
        _ => None,
    }
}

/// What a failure means: TLS's own are explained as for every connection.
fn explain(error: &io::Error, address: &Address) -> ConnectError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error) => failure::in_handshake(error, address),
        None if is_late(error) => ConnectError::NoHandshake { address: address.clone() },
        None => ConnectError::from(error),
    }
}

/// Whether nothing came in time; systems disagree about the name of that.
fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// How much time is left, never nothing: a socket would take that for eternity.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// A socket that all reading and writing together may use until then: a peer that sends a byte now and then gains
/// nothing.
#[derive(Debug)]
struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.until)?))?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.until)?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    use super::*;

    #[test]
    fn only_an_answer_of_papo_counts() {
        let not_ready = |text: &str| Some(Health::NotReady(text.to_owned()));
        for (answer, expected) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n", Some(Health::Ready)),
            (
                "HTTP/1.1 503 Service Unavailable\r\n\r\nit is being stopped\n",
                not_ready("it is being stopped"),
            ),
            ("HTTP/1.1 200 OK\r\n\r\n<html>", None),
            ("HTTP/1.1 404 Not Found\r\n\r\nok\n", None),
            ("HTTP/1.1 200 OK\r\n", None),
            ("", None),
        ] {
            assert_eq!(read(answer.as_bytes()), expected, "{answer:?}");
        }
        assert_eq!(read(b"HTTP/1.1 200 OK\r\n\r\n\xff"), None);
    }

    /// A peer that accepts and says nothing, or a drop now and then, holds nobody longer than the deadline.
    #[test]
    fn who_says_nothing_is_given_up() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = Address::new("127.0.0.1".to_owned(), listener.local_addr().unwrap().port());
        // It takes what comes and answers nothing, until the other side is gone.
        let silent = thread::spawn(move || io::copy(&mut listener.accept().unwrap().0, &mut io::sink()));
        let told = ask(&address, &Trust::default(), Duration::from_millis(50));
        // A slow machine may not even have connected by then.
        let late = matches!(told, Err(ConnectError::NoHandshake { .. } | ConnectError::TimedOut { .. }));
        assert!(late, "{told:?}");
        drop(silent.join().unwrap());
        let refused = ask(&address, &Trust::default(), Duration::from_secs(30));
        assert_eq!(refused, Err(ConnectError::Refused { address }));
    }
}
