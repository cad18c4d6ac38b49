//! The yardstick: one thread, mio and rustls, and nothing but the encrypted writes. No protocol beyond what the
//! load needs, no checks, no log, one room, no order to stop. What papo costs above this is what papo adds; it
//! is kept this bare so that nobody takes it for a server.

use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use papo_client::trust::fingerprint_of;
use papo_proto::limits::ALPN_LINES;
use papo_proto::{Address, Invite, LineBuffer, RoomName};
use papo_words::t;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{CipherSuite, ServerConfig, ServerConnection};

/// The token of the listening socket.
const LISTENER: Token = Token(usize::MAX);

/// As much plaintext as one TLS record holds.
const RECORD_BYTES: usize = 16 * 1024;

/// How much of what was said is kept at least; the load's members never fall behind so far.
const KEPT_BYTES: usize = 8 * 1024 * 1024;

/// All that a member needs to know before it gets messages.
const JOINED_LINE: &[u8] = b"{\"type\":\"joined\",\"head\":0}\n";

/// Everything that was said, as one stream of bytes, and everyone who listens.
struct Yardstick {
    peers: Vec<Option<Peer>>,
    said: Vec<u8>,
    /// Where in the stream `said` begins.
    base: u64,
    seq: u64,
}

struct Peer {
    stream: TcpStream,
    tls: ServerConnection,
    lines: LineBuffer,
    /// How far it has read the stream; `None` before it has joined.
    cursor: Option<u64>,
    blocked: bool,
}

/// Serves until it is killed. Prints an invite first, as papo does.
pub fn serve(address: SocketAddr, mut out: impl io::Write) -> io::Result<()> {
    let (config, fingerprint) = tls()?;
    let mut listener = TcpListener::bind(address)?;
    let bound = listener.local_addr()?;
    let address = Address::new(bound.ip().to_string(), bound.port());
    let room = RoomName::default();
    writeln!(out, "{}", Invite { address, room, fingerprint, secret: None, others: Vec::new() })?;
    out.flush()?;
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut yardstick = Yardstick { peers: Vec::new(), said: Vec::new(), base: 0, seq: 0 };
    let mut events = Events::with_capacity(1024);
    loop {
        match poll.poll(&mut events, None::<Duration>) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        let before = yardstick.end();
        for event in &events {
            if event.token() == LISTENER {
                yardstick.accept(&listener, &poll, &config)?;
            } else {
                yardstick.event(event.token().0, event.is_writable());
            }
        }
        if yardstick.end() > before {
            yardstick.write_all();
        }
    }
}

fn tls() -> io::Result<(Arc<ServerConfig>, papo_proto::Fingerprint)> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).map_err(io::Error::other)?;
    let certificate = made.cert.der().clone();
    let fingerprint = fingerprint_of(&certificate).ok_or_else(|| io::Error::other(t!("bench-no-key")))?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![ALPN_LINES.to_vec()];
    config.ignore_client_order = true;
    config.send_tls13_tickets = 0;
    Ok((Arc::new(config), fingerprint))
}

impl Yardstick {
    /// Where the stream ends.
    fn end(&self) -> u64 {
        self.base + self.said.len() as u64
    }

    fn accept(&mut self, listener: &TcpListener, poll: &Poll, config: &Arc<ServerConfig>) -> io::Result<()> {
        loop {
            let mut stream = match listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            let _ = stream.set_nodelay(true);
            let token = Token(self.peers.len());
            poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
            let mut tls = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
            tls.set_buffer_limit(None);
            let lines = LineBuffer::default();
            self.peers.push(Some(Peer { stream, tls, lines, cursor: None, blocked: false }));
        }
    }

    fn event(&mut self, index: usize, writable: bool) {
        let Some(peer) = &mut self.peers[index] else { return };
        let mut said = Vec::new();
        let read = peer.read(&mut said);
        if writable {
            peer.blocked = false;
        }
        let mut joined = false;
        for line in said {
            if let Some(rest) = line.strip_prefix(br#"{"type":"say""#.as_slice()) {
                self.seq += 1;
                let head = format!(
                    "{{\"type\":\"message\",\"seq\":{},\"time\":\"2026-01-01T00:00:00.000Z\",\"from\":{{\"id\":\"guest-{index:013}\",\"name\":\"m{index}\"}},",
                    self.seq
                );
                self.said.extend_from_slice(head.as_bytes());
                self.said.extend_from_slice(&rest[1..]);
                self.said.push(b'\n');
            } else {
                joined = true;
            }
        }
        let end = self.end();
        if let (true, Some(peer)) = (joined, &mut self.peers[index]) {
            peer.cursor = Some(end);
            let _ = peer.tls.writer().write_all(JOINED_LINE);
        }
        if read.is_err() {
            self.peers[index] = None;
        } else {
            self.write(index);
        }
    }

    fn write_all(&mut self) {
        for index in 0..self.peers.len() {
            self.write(index);
        }
        // Rarely, and then half of it, so that moving the rest costs next to nothing for each message.
        if self.said.len() > 2 * KEPT_BYTES {
            self.said.drain(..KEPT_BYTES);
            self.base += KEPT_BYTES as u64;
        }
    }

    fn write(&mut self, index: usize) {
        let end = self.end();
        let Some(peer) = &mut self.peers[index] else { return };
        loop {
            if peer.flush().is_err() {
                self.peers[index] = None;
                return;
            }
            let Some(cursor) = peer.cursor.filter(|&cursor| cursor < end && !peer.blocked) else { return };
            let from = usize::try_from(cursor.saturating_sub(self.base)).unwrap_or(usize::MAX);
            let to = self.said.len().min(from.saturating_add(RECORD_BYTES));
            let _ = peer.tls.writer().write_all(&self.said[from..to]);
            peer.cursor = Some(self.base + to as u64);
        }
    }
}

impl Peer {
    fn read(&mut self, said: &mut Vec<Vec<u8>>) -> io::Result<()> {
        let mut scratch = [0; RECORD_BYTES];
        loop {
            let len = match self.stream.read(&mut scratch) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(len) => len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            let mut rest = &scratch[..len];
            while !rest.is_empty() {
                self.tls.read_tls(&mut rest)?;
                let mut left =
                    self.tls.process_new_packets().map_err(io::Error::other)?.plaintext_bytes_to_read();
                let mut plain = [0; 4096];
                while left > 0 {
                    let read = self.tls.reader().read(&mut plain)?;
                    left = left.saturating_sub(read.max(1));
                    let each = |line: &[u8]| {
                        said.push(line.to_vec());
                        ControlFlow::Continue(())
                    };
                    self.lines.feed(&plain[..read], each).map_err(io::Error::other)?;
                }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.tls.wants_write() && !self.blocked {
            match self.tls.write_tls(&mut self.stream) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.blocked = true,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
