//! One member's connection: a socket, TLS, and a dialect. Not here: what the load makes of what is heard.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use crate::dialect::{Carrier, Dialect, Heard, Room, Seat};

/// The type of a TLS record that carries data (RFC 8446, section 5.1).
const APPLICATION_DATA: u8 = 23;

/// A member's connection.
pub(crate) struct Link {
    stream: TcpStream,
    tls: ClientConnection,
    dialect: Box<dyn Dialect>,
    /// What has come of a part that is not whole yet.
    waiting: Vec<u8>,
    records: Records,
    /// Whether the socket took less than there was.
    blocked: bool,
    /// Whether the line that comes before TLS is still to come.
    plain: bool,
    /// While set, nothing is read from the socket.
    pub(crate) asleep: bool,
}

/// What all connections of a run have in common.
pub(crate) struct Route {
    /// The servers over which members are spread; at least one.
    pub(crate) addresses: Vec<SocketAddr>,
    /// The rooms over which members are spread.
    pub(crate) rooms: usize,
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) carrier: Carrier,
}

impl Route {
    /// The server of a seat. Those of one room take turns, and so do the first members of the rooms, so that each
    /// room has members on all servers and each server has members of all rooms.
    fn address(&self, seat: &Seat) -> SocketAddr {
        let room = if let Room::Loud(room) = seat.room { room } else { 0 };
        self.addresses[(seat.index / self.rooms + room) % self.addresses.len()]
    }
}

/// What one look at a socket has brought.
pub(crate) struct Received {
    /// Bytes read from the socket.
    pub(crate) bytes: usize,
    /// TLS records of data that began in them.
    pub(crate) records: u64,
    /// Whether the socket is known to have no more for now.
    pub(crate) drained: bool,
}

impl Link {
    /// Begins to connect. What the member says first is queued: TLS sends it as soon as the handshake is done.
    pub(crate) fn open(route: &Route, registry: &Registry, token: Token, seat: Seat) -> io::Result<Self> {
        let mut link = Self::silent(route, registry, token, seat)?;
        let mut hello = Vec::new();
        link.dialect.hello(&mut hello);
        link.tls.writer().write_all(&hello)?;
        Ok(link)
    }

    /// Begins to connect, with nothing to say.
    pub(crate) fn silent(route: &Route, registry: &Registry, token: Token, seat: Seat) -> io::Result<Self> {
        let address = route.address(&seat);
        let mut stream = TcpStream::connect(address)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        let name = ServerName::IpAddress(address.ip().into());
        let mut tls = ClientConnection::new(Arc::clone(&route.config), name).map_err(io::Error::other)?;
        tls.set_buffer_limit(None);
        Ok(Self {
            stream,
            tls,
            dialect: route.carrier.dialect(seat),
            waiting: Vec::new(),
            records: Records::default(),
            // Until the system says that the connection stands.
            blocked: true,
            plain: route.carrier.begins_in_plain(),
            asleep: false,
        })
    }

    /// Whether the handshake is done.
    pub(crate) fn is_established(&self) -> bool {
        !self.tls.is_handshaking()
    }

    /// The socket may be written to again.
    pub(crate) fn unblock(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.blocked, false) {
            // mio: a connection that failed says so here.
            if let Some(error) = self.stream.take_error()? {
                return Err(error);
            }
            let _ = self.stream.set_nodelay(true);
        }
        self.flush()
    }

    /// Queues a text under an id; [`flush`](Self::flush) sends it.
    pub(crate) fn say(&mut self, id: u64, text: &[u8], scratch: &mut Vec<u8>) -> io::Result<()> {
        scratch.clear();
        self.dialect.say(id, text, scratch);
        self.tls.writer().write_all(scratch)
    }

    /// Sends what is queued, as far as the socket takes it.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        while self.tls.wants_write() && !self.blocked && !self.plain {
            match self.tls.write_tls(&mut self.stream) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.blocked = true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads once and hands over what is heard. `None` when there is nothing to read.
    pub(crate) fn receive(
        &mut self,
        scratch: &mut [u8],
        mut on_heard: impl FnMut(Heard),
    ) -> io::Result<Option<Received>> {
        if self.asleep {
            return Ok(None);
        }
        let len = match self.stream.read(scratch) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(error) => return Err(error),
        };
        let mut rest = self.after_plain(&scratch[..len]);
        let records = self.records.count(rest);
        let mut answer = Vec::new();
        while !rest.is_empty() {
            self.tls.read_tls(&mut rest)?;
            self.tls.process_new_packets().map_err(io::Error::other)?;
            loop {
                let mut reader = self.tls.reader();
                let chunk = match reader.fill_buf() {
                    Ok([]) => break,
                    Ok(chunk) => chunk,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error),
                };
                let chunk_len = chunk.len();
                hear(&mut *self.dialect, &mut self.waiting, chunk, &mut answer, &mut on_heard)?;
                reader.consume(chunk_len);
            }
        }
        self.tls.writer().write_all(&answer)?;
        self.flush()?;
        // Elsewhere the next event comes only after a read that found nothing.
        let drained = cfg!(unix) && len > 0 && len < scratch.len();
        Ok(Some(Received { bytes: len, records, drained }))
    }

    /// What comes behind the line before TLS.
    fn after_plain<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if !self.plain {
            return bytes;
        }
        let Some(at) = memchr::memchr(b'\n', bytes) else { return &[] };
        self.plain = false;
        &bytes[at + 1..]
    }
}

/// Cuts what has come and hears each part of it. Keeps what is not whole.
fn hear(
    dialect: &mut dyn Dialect,
    waiting: &mut Vec<u8>,
    chunk: &[u8],
    answer: &mut Vec<u8>,
    on_heard: &mut impl FnMut(Heard),
) -> io::Result<()> {
    let joined = !waiting.is_empty();
    if joined {
        waiting.extend_from_slice(chunk);
    }
    let stream = if joined { waiting.as_slice() } else { chunk };
    let mut used = 0;
    while let Some(len) = dialect.cut(&stream[used..]).map_err(io::Error::other)? {
        on_heard(dialect.hear(&stream[used..used + len], answer));
        used += len;
    }
    if joined {
        waiting.drain(..used);
    } else {
        waiting.extend_from_slice(&chunk[used..]);
    }
    Ok(())
}

/// Counts the records of data in a stream of bytes, wherever it is cut.
#[derive(Debug, Default)]
struct Records {
    header: [u8; 5],
    header_len: usize,
    body_left: usize,
}

impl Records {
    fn count(&mut self, mut bytes: &[u8]) -> u64 {
        let mut records = 0;
        while !bytes.is_empty() {
            if self.body_left > 0 {
                let skipped = self.body_left.min(bytes.len());
                self.body_left -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            let taken = (self.header.len() - self.header_len).min(bytes.len());
            self.header[self.header_len..self.header_len + taken].copy_from_slice(&bytes[..taken]);
            self.header_len += taken;
            bytes = &bytes[taken..];
            if self.header_len == self.header.len() {
                self.header_len = 0;
                self.body_left = usize::from(u16::from_be_bytes([self.header[3], self.header[4]]));
                records += u64::from(self.header[0] == APPLICATION_DATA);
            }
        }
        records
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use papo_proto::Fingerprint;

    use super::*;
    use crate::tls;

    #[test]
    fn records_are_counted_wherever_the_stream_is_cut() {
        let mut stream = Vec::new();
        for (kind, len) in [(22_u8, 3_u16), (23, 0), (23, 700), (21, 2), (23, 1)] {
            stream.extend_from_slice(&[kind, 3, 3]);
            stream.extend_from_slice(&len.to_be_bytes());
            stream.resize(stream.len() + usize::from(len), 0x17);
        }
        for cut in 1..stream.len() {
            let mut records = Records::default();
            let counted: u64 = stream.chunks(cut).map(|bytes| records.count(bytes)).sum();
            assert_eq!(counted, 3, "cut every {cut} bytes");
        }
    }

    #[test]
    fn each_room_has_members_on_every_server_and_each_server_has_as_many() {
        let config = tls::config(Fingerprint([7; 32]), Vec::new()).unwrap();
        for (servers, rooms) in [(1_u16, 1), (2, 1), (3, 1), (2, 300), (3, 300)] {
            let addresses = (1..=servers).map(|port| ([127, 0, 0, 1], port).into()).collect();
            let route = Route { addresses, rooms, config: Arc::clone(&config), carrier: Carrier::Lines };
            let of = |room: usize| {
                let seats = (0..6).map(|turn| Seat {
                    index: room + turn * rooms,
                    room: Room::Loud(room),
                    text_len: 0,
                });
                seats.map(|seat| route.address(&seat).port()).collect::<Vec<_>>()
            };
            for room in 0..rooms {
                let on: BTreeSet<u16> = of(room).into_iter().collect();
                assert_eq!(on, (1..=servers).collect(), "room {room} of {rooms}");
            }
            for server in 1..=servers {
                let members = (0..rooms).flat_map(of).filter(|&port| port == server).count();
                assert_eq!(members, 6 * rooms / usize::from(servers), "server {server} of {servers}");
            }
        }
    }
}
