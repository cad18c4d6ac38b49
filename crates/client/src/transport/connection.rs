//! One connection to the server: TCP, then TLS, then bytes both ways; never waiting. Not here: what the
//! bytes say, and when to give up.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use papo_proto::Address;
use papo_proto::limits::ALPN_LINES;
use papo_proto::proof::{CHANNEL_BINDING_LABEL, ChannelBinding};
use papo_words::t;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection};

use super::failure;
use crate::error::ConnectError;

/// How many bytes are taken off the connection at once: two TLS records of the largest size.
const READ_BYTES: usize = 32 * 1024;

/// A connection, from the first packet to the last.
#[derive(Debug)]
pub(super) struct Connection {
    address: Address,
    /// The host's further addresses, in the system's order of preference.
    others: VecDeque<SocketAddr>,
    stream: TcpStream,
    phase: Phase,
    tls: ClientConnection,
    /// What TLS has not taken yet, from `outgoing_start` on.
    outgoing: Vec<u8>,
    outgoing_start: usize,
    /// Why nothing can be written any more. What the server said last may still be read.
    write_failure: Option<ConnectError>,
    buffer: Box<[u8]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Connecting,
    Handshaking,
    Open,
}

/// What [`Connection::advance`] has come to.
#[derive(Debug)]
pub(super) enum Step<'a> {
    /// The handshake is done, and the server has proven that it holds its key.
    Established { binding: ChannelBinding },
    /// Bytes have come.
    Received(&'a [u8]),
    /// Nothing to do before the socket has news.
    Waiting,
}

impl Connection {
    /// Begins to connect to the first of the addresses that accepts; there is at least one.
    pub(super) fn open(
        registry: &Registry,
        token: Token,
        address: &Address,
        found: Vec<SocketAddr>,
        config: ClientConfig,
    ) -> Result<Self, ConnectError> {
        let unknown = || ConnectError::UnknownHost { host: address.host.clone() };
        let name = ServerName::try_from(address.host.clone()).map_err(|_| unknown())?;
        let tls = ClientConnection::new(Arc::new(config), name)
            .map_err(|error| failure::in_handshake(&error, address))?;
        let mut others = VecDeque::from(found);
        let stream = connect_next(registry, token, address, &mut others)?.ok_or_else(unknown)?;
        Ok(Self {
            address: address.clone(),
            others,
            stream,
            phase: Phase::Connecting,
            tls,
            outgoing: Vec::new(),
            outgoing_start: 0,
            write_failure: None,
            buffer: vec![0; READ_BYTES].into(),
        })
    }

    /// Whether somebody has accepted the connection; TLS may still have to begin.
    pub(super) fn is_accepted(&self) -> bool {
        self.phase != Phase::Connecting
    }

    /// Whether the host's current address has not answered yet and there is a further one to try.
    pub(super) fn can_try_next(&self) -> bool {
        self.phase == Phase::Connecting && !self.others.is_empty()
    }

    /// Gives the current address up and begins with the next one. Returns whether there was one.
    pub(super) fn try_next(&mut self, registry: &Registry, token: Token) -> Result<bool, ConnectError> {
        match connect_next(registry, token, &self.address, &mut self.others)? {
            Some(stream) => {
                self.stream = stream;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Does what can be done without waiting, up to the next thing worth telling. To be called again until
    /// it says [`Step::Waiting`].
    pub(super) fn advance(&mut self, registry: &Registry, token: Token) -> Result<Step<'_>, ConnectError> {
        if self.phase == Phase::Connecting && !self.finish_connecting(registry, token)? {
            return Ok(Step::Waiting);
        }
        loop {
            self.flush();
            if self.phase == Phase::Handshaking && !self.tls.is_handshaking() {
                self.phase = Phase::Open;
                return self.established();
            }
            match self.tls.reader().read(&mut self.buffer) {
                Ok(len) if len > 0 => return Ok(Step::Received(&self.buffer[..len])),
                _ => {}
            }
            if !self.read_records()? {
                return match self.write_failure.take() {
                    Some(cause) => Err(cause),
                    None => Ok(Step::Waiting),
                };
            }
        }
    }

    /// Takes bytes to be sent; [`flush`](Self::flush) sends them.
    pub(super) fn queue(&mut self, bytes: &[u8]) {
        self.outgoing.extend_from_slice(bytes);
    }

    /// Sends what the socket takes. A failure is told by [`advance`](Self::advance).
    pub(super) fn flush(&mut self) {
        if self.phase == Phase::Connecting || self.write_failure.is_some() {
            return;
        }
        match self.write_records() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                self.write_failure = Some(ConnectError::from(&error));
            }
            _ => {}
        }
    }

    /// How many bytes wait until the server takes some.
    pub(super) fn queued_len(&self) -> usize {
        self.outgoing.len() - self.outgoing_start
    }

    /// The certificate that the server has shown, once it has.
    pub(super) fn certificate(&self) -> Option<&CertificateDer<'_>> {
        self.tls.peer_certificates().and_then(<[_]>::first)
    }

    /// Whether TLS is up.
    pub(super) fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    /// Says good-bye as TLS does, as far as the socket takes it, and closes.
    pub(super) fn close(mut self) {
        self.tls.send_close_notify();
        self.flush();
        // Whatever the system thinks of it: the connection is over.
        drop(self.stream.shutdown(Shutdown::Write));
    }

    /// Whether TCP has connected; on a refusal, goes on with the host's next address.
    fn finish_connecting(&mut self, registry: &Registry, token: Token) -> Result<bool, ConnectError> {
        let connected = match self.stream.take_error() {
            Ok(Some(error)) | Err(error) => Err(error),
            Ok(None) => self.stream.peer_addr().map(drop),
        };
        match connected {
            Ok(()) => {
                // Messages are small and people wait for them.
                drop(self.stream.set_nodelay(true));
                self.phase = Phase::Handshaking;
                Ok(true)
            }
            Err(error) if is_pending(&error) => Ok(false),
            Err(error) => {
                let cause = ConnectError::from_connecting(&error, &self.address);
                if self.try_next(registry, token)? { Ok(false) } else { Err(cause) }
            }
        }
    }

    fn established(&mut self) -> Result<Step<'_>, ConnectError> {
        // A server that has never heard of ALPN would wait for our first word, and we for its.
        if self.tls.alpn_protocol() != Some(ALPN_LINES) {
            return Err(ConnectError::NotPapo);
        }
        let binding = self
            .tls
            .export_keying_material(ChannelBinding::default(), CHANNEL_BINDING_LABEL, None)
            .map_err(|error| failure::in_handshake(&error, &self.address))?;
        Ok(Step::Established { binding })
    }

    /// Takes records off the socket. Returns whether there were any.
    fn read_records(&mut self) -> Result<bool, ConnectError> {
        match self.tls.read_tls(&mut self.stream) {
            Ok(0) => return Err(self.ended()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            Err(error) => return Err(ConnectError::from(&error)),
        }
        if let Err(error) = self.tls.process_new_packets() {
            // Tells the server why, so that its operator need not guess.
            self.flush();
            return Err(match self.phase {
                Phase::Open => failure::in_traffic(&error),
                _ => failure::in_handshake(&error, &self.address),
            });
        }
        Ok(true)
    }

    fn ended(&self) -> ConnectError {
        let detail = match self.phase {
            Phase::Open => t!("client-detail-closed"),
            _ => t!("client-detail-closed-early"),
        };
        ConnectError::Lost { detail }
    }

    fn write_records(&mut self) -> io::Result<()> {
        loop {
            if self.queued_len() > 0 {
                self.outgoing_start += self.tls.writer().write(&self.outgoing[self.outgoing_start..])?;
            }
            if self.queued_len() == 0 || self.outgoing_start >= READ_BYTES {
                // Not at every turn: what is left moves to the front.
                self.outgoing.drain(..self.outgoing_start);
                self.outgoing_start = 0;
            }
            if !self.tls.wants_write() {
                return Ok(());
            }
            match self.tls.write_tls(&mut self.stream) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
    }
}

/// Begins to connect to the next address; failures that show at once lead to the one after it. `None` where
/// there is none left.
fn connect_next(
    registry: &Registry,
    token: Token,
    address: &Address,
    others: &mut VecDeque<SocketAddr>,
) -> Result<Option<TcpStream>, ConnectError> {
    let mut failure = None;
    while let Some(next) = others.pop_front() {
        let connecting = TcpStream::connect(next).and_then(|mut stream| {
            registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
            Ok(stream)
        });
        match connecting {
            Ok(stream) => return Ok(Some(stream)),
            Err(error) => failure = Some(ConnectError::from_connecting(&error, address)),
        }
    }
    failure.map_or(Ok(None), Err)
}

/// Whether a socket is only not connected yet.
fn is_pending(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotConnected | io::ErrorKind::WouldBlock)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::time::Duration;

    use mio::{Events, Poll};

    use super::*;
    use crate::trust::Trust;

    const TOKEN: Token = Token(1);

    #[test]
    fn the_next_address_is_tried_where_the_first_one_refuses() {
        let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (closed, open) = (bind().local_addr().unwrap(), bind());
        let address = Address::new("several.example", 1);
        let connect = |poll: &mut Poll, found: Vec<SocketAddr>| {
            let config = Trust::default().tls_config(&address, None).unwrap();
            let mut connection = Connection::open(poll.registry(), TOKEN, &address, found, config)?;
            let mut events = Events::with_capacity(1);
            while connection.phase == Phase::Connecting {
                poll.poll(&mut events, Some(Duration::from_secs(30))).unwrap();
                assert!(!events.is_empty(), "no news of the socket");
                connection.advance(poll.registry(), TOKEN)?;
            }
            Ok::<_, ConnectError>(connection.stream.peer_addr().unwrap())
        };
        let mut poll = Poll::new().unwrap();
        let reachable = open.local_addr().unwrap();
        assert_eq!(connect(&mut poll, vec![closed, reachable]), Ok(reachable));
        assert_eq!(
            connect(&mut poll, vec![closed, closed]),
            Err(ConnectError::Refused { address: address.clone() })
        );
        assert_eq!(connect(&mut poll, vec![]), Err(ConnectError::UnknownHost { host: address.host.clone() }));
    }
}
