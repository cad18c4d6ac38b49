//! A connection from its acceptance to the end of its TLS handshake: what it may cost before anybody knows who it is.
//! Not here: who is accepted at all, which the guard decides.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use mio::net::TcpStream;
use mio::{Interest, Token};
use papo_proto::limits::{ALPN_LINES, NONCE_BYTES};
use papo_proto::proof::{CHANNEL_BINDING_LABEL, ChannelBinding};
use papo_proto::{ClosingCode, Nonce};
use rustls::ServerConnection;

use super::{EventLoop, Gone, HANDSHAKES_A_TURN, Socket};
use crate::carrier::Carrier;
use crate::guard::{Pass, Refused};
use crate::metrics::{HANDSHAKE_DONE, Unsaid};
use crate::shard::Arrival;
use crate::tls::ALPN_ACME;
use crate::web;

/// How many bytes a client may send before the handshake is done. With everything that clients put into one it is
/// some three thousand; TLS itself would allow 64 KiB in pieces.
const HANDSHAKE_BYTES_MAX: usize = 16 * 1024;

/// How long a handshake may take while others wait for its place: two round trips over a bad line. A crowd of slow
/// handshakes cannot keep the others out for longer.
const PRESSED_AFTER: Duration = Duration::from_secs(3);

/// What every record of a TLS handshake begins with (RFC 8446, 5.1).
const HANDSHAKE_RECORD: u8 = 22;

/// When those should come back for whom there is no place, in seconds.
const BACK_WHEN_FULL_SECONDS: u32 = 30;

/// A handshake that is going on.
#[derive(Debug)]
pub(super) struct Handshake {
    begun_at: Duration,
    received_bytes: usize,
}

impl Handshake {
    /// Whether it has taken longer than it may while others wait.
    pub(super) fn is_slow(&self, now: Duration) -> bool {
        now.saturating_sub(self.begun_at) >= PRESSED_AFTER
    }

    /// What it is counted as where it broke the rules. `first_byte` is that of the bytes that have just come.
    pub(super) fn why_failed(&self, first_byte: Option<u8>) -> Unsaid {
        let is_first = self.received_bytes == 0;
        if is_first && first_byte != Some(HANDSHAKE_RECORD) {
            Unsaid::NotTls
        } else {
            Unsaid::HandshakeFailed
        }
    }
}

impl Refused {
    /// How it is told.
    fn words(self) -> (ClosingCode, &'static str) {
        match self {
            Self::Full => {
                (ClosingCode::Full, "this server holds as many connections as it may: try again in a while")
            }
            Self::TooMany => (
                ClosingCode::TooMany,
                "this server holds as many connections of your network as it may: try again in a while",
            ),
        }
    }
}

impl Socket {
    /// Whether it is not through with the handshake.
    pub(super) fn is_stranger(&self) -> bool {
        self.deadline.is_some() && self.slot.is_none() && self.visit.is_none() && !self.lingering
    }

    /// Why its time is over, if it is. `pressed` is whether others wait for a handshake.
    pub(super) fn why_over(&self, now: Duration, stall_max: Duration, pressed: bool) -> Option<Unsaid> {
        if self.deadline.is_some_and(|deadline| now >= deadline) {
            return Some(match (&self.visit, &self.tls) {
                (Some(visit), _) if visit.is_idle() => Unsaid::HttpIdle,
                (Some(_), _) => Unsaid::RequestLate,
                (None, Some(_)) => Unsaid::HandshakeLate,
                // What waits for a place is listed, so that it is listed once.
                (None, None) if self.listed => Unsaid::NoPlace,
                (None, None) => Unsaid::Silent,
            });
        }
        if self.blocked_since.is_some_and(|since| now.saturating_sub(since) >= stall_max) {
            return Some(Unsaid::NotReading);
        }
        let gives_way = pressed && self.handshake.as_ref().is_some_and(|handshake| handshake.is_slow(now));
        gives_way.then_some(Unsaid::HandshakeGaveWay)
    }
}

impl EventLoop {
    /// Takes a connection. Until it says something it is a place in a table, and nothing of TLS is made for it.
    pub(super) fn accept(&mut self, stream: std::net::TcpStream, pass: Pass, refused: Option<Refused>) {
        let entry = self.sockets.vacant_entry();
        let mut stream = TcpStream::from_std(stream);
        let interest = Interest::READABLE | Interest::WRITABLE;
        if let Err(error) = self.poll.registry().register(&mut stream, Token(entry.key()), interest) {
            tracing::warn!("a connection could not be taken: {error}");
            return;
        }
        let handshake_max = Duration::from_secs(self.shared.guard.limits().handshake_seconds_max);
        entry.insert(Socket {
            stream,
            tls: None,
            handshake: None,
            pass,
            slot: None,
            visit: None,
            refused,
            listed: false,
            blocked_since: None,
            deadline: Some(self.now + handshake_max),
            lingering: false,
        });
    }

    /// Has a connection wait until there is a place for its handshake. It stays listed, so that no event lists it
    /// once more.
    pub(super) fn wait_for_handshake(&mut self, key: usize) {
        self.sockets[key].listed = true;
        self.waiting.push_back(key);
    }

    /// Whether some wait for a handshake and there is a place.
    pub(super) fn may_begin_handshakes(&self) -> bool {
        !self.waiting.is_empty() && self.handshakes < self.shared.handshakes_max
    }

    /// Has those read from that have waited longest, as many as there are places. A key may be another connection's
    /// by now; that one then has nothing to read, and that is all.
    pub(super) fn begin_waiting(&mut self) {
        let places = self.shared.handshakes_max.saturating_sub(self.handshakes);
        let count = self.waiting.len().min(places).min(HANDSHAKES_A_TURN);
        for key in self.waiting.drain(..count) {
            if self.sockets.contains(key) {
                self.readable.push(key);
            }
        }
    }

    /// The first bytes have come: makes what TLS needs.
    pub(super) fn begin_handshake(&mut self, key: usize) -> Result<(), Gone> {
        let opened = ServerConnection::new(Arc::clone(&self.shared.tls)).map_err(io::Error::other);
        let mut tls = opened.map_err(|error| {
            tracing::warn!("a connection could not be taken: {error}");
            Gone
        })?;
        // What is sealed is bounded by what is offered: one record at a time.
        tls.set_buffer_limit(None);
        let socket = &mut self.sockets[key];
        socket.tls = Some(Box::new(tls));
        socket.handshake = Some(Box::new(Handshake { begun_at: self.now, received_bytes: 0 }));
        self.handshakes += 1;
        Ok(())
    }

    /// So many bytes of a handshake have come, and perhaps it is done.
    pub(super) fn handshake_went_on(&mut self, key: usize, len: usize) -> Result<(), Gone> {
        let socket = &mut self.sockets[key];
        let (Some(tls), Some(handshake)) = (&mut socket.tls, &mut socket.handshake) else { return Err(Gone) };
        if tls.is_handshaking() {
            handshake.received_bytes += len;
            if handshake.received_bytes > HANDSHAKE_BYTES_MAX {
                self.shard.counters().unsaid.add(Unsaid::HandshakeTooLarge);
                return Err(Gone);
            }
            return Ok(());
        }
        socket.handshake = None;
        self.handshakes -= 1;
        self.shard.counters().handshakes[HANDSHAKE_DONE].add(1);
        socket.deadline = None;
        socket.pass.established();
        self.establish(key)
    }

    /// The handshake is done: the connection becomes one of the shard's, or a visit.
    fn establish(&mut self, key: usize) -> Result<(), Gone> {
        let socket = &mut self.sockets[key];
        let Some(tls) = &mut socket.tls else { return Err(Gone) };
        if tls.alpn_protocol() == Some(web::ALPN_HTTP) {
            self.visited(key);
            return Ok(());
        }
        if tls.alpn_protocol() == Some(ALPN_ACME) {
            // An authority has seen what it came for.
            return Err(Gone);
        }
        let mut binding = ChannelBinding::default();
        tls.export_keying_material(&mut binding, CHANNEL_BINDING_LABEL, None).map_err(|_| Gone)?;
        let is_named = tls.alpn_protocol() == Some(ALPN_LINES);
        self.admit(key, binding, Carrier::Lines, is_named)
    }

    /// The connection becomes one of the shard's.
    pub(super) fn admit(
        &mut self,
        key: usize,
        binding: ChannelBinding,
        carrier: Carrier,
        is_named: bool,
    ) -> Result<(), Gone> {
        let socket = &mut self.sockets[key];
        socket.deadline = None;
        let random = self.shared.tls.crypto_provider().secure_random;
        let (mut nonce, mut guest) = ([0; NONCE_BYTES], [0; 8]);
        random.fill(&mut nonce).and_then(|()| random.fill(&mut guest)).map_err(|_| Gone)?;
        let account = Arc::clone(socket.pass.account());
        let arrival = Arrival { nonce: Nonce(nonce), guest, binding, carrier, is_named, account };
        let slot = self.shard.insert(arrival);
        socket.slot = Some(slot);
        if self.socket_of.len() <= slot {
            self.socket_of.resize(slot + 1, usize::MAX);
        }
        self.socket_of[slot] = key;
        if let Some(refused) = socket.refused {
            tracing::info!(from = %socket.pass.account().origin(), "a connection above a limit: {refused:?}");
            let (code, text) = refused.words();
            self.shard.close(slot, code, text, Some(BACK_WHEN_FULL_SECONDS));
        }
        Ok(())
    }

    /// Drops whoever is not through with the handshake: there is nobody yet who could be told anything.
    pub(super) fn drop_strangers(&mut self) {
        let keys: Vec<usize> =
            self.sockets.iter().filter(|(_, socket)| socket.is_stranger()).map(|(key, _)| key).collect();
        keys.into_iter().for_each(|key| self.remove(key));
    }
}
