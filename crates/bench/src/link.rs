//! One member's connection: a socket, TLS, and the lines that come out of it. Not here: what the lines mean.

use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use papo_proto::LineBuffer;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

/// The type of a TLS record that carries data (RFC 8446, section 5.1).
const APPLICATION_DATA: u8 = 23;

/// A member's connection.
pub(crate) struct Link {
    stream: TcpStream,
    tls: ClientConnection,
    lines: LineBuffer,
    records: Records,
    /// Whether the socket took less than there was.
    blocked: bool,
    /// While set, nothing is read from the socket.
    pub(crate) asleep: bool,
}

/// What one look at a socket has brought.
pub(crate) struct Received {
    /// Bytes read from the socket.
    pub(crate) bytes: usize,
    /// TLS records of data that began in them.
    pub(crate) records: u64,
}

impl Link {
    /// Begins to connect.
    pub(crate) fn open(
        address: SocketAddr,
        config: &Arc<ClientConfig>,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        let name = ServerName::IpAddress(address.ip().into());
        let mut tls = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
        tls.set_buffer_limit(None);
        Ok(Self {
            stream,
            tls,
            lines: LineBuffer::default(),
            records: Records::default(),
            // Until the system says that the connection stands.
            blocked: true,
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

    /// Queues bytes; [`flush`](Self::flush) sends them.
    pub(crate) fn queue(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.tls.writer().write_all(bytes)
    }

    /// Sends what is queued, as far as the socket takes it.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        while self.tls.wants_write() && !self.blocked {
            match self.tls.write_tls(&mut self.stream) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.blocked = true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads once and hands over the lines that have ended. `None` when there is nothing to read.
    pub(crate) fn receive(
        &mut self,
        scratch: &mut [u8],
        plain: &mut [u8],
        mut on_line: impl FnMut(&[u8]),
    ) -> io::Result<Option<Received>> {
        if self.asleep {
            return Ok(None);
        }
        let len = match self.stream.read(scratch) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                return Ok(Some(Received { bytes: 0, records: 0 }));
            }
            Err(error) => return Err(error),
        };
        let received = Received { bytes: len, records: self.records.count(&scratch[..len]) };
        let mut rest = &scratch[..len];
        while !rest.is_empty() {
            self.tls.read_tls(&mut rest)?;
            let state = self.tls.process_new_packets().map_err(io::Error::other)?;
            let mut left = state.plaintext_bytes_to_read();
            while left > 0 {
                let read = self.tls.reader().read(plain)?;
                left = left.saturating_sub(read.max(1));
                let each = |line: &[u8]| {
                    on_line(line);
                    ControlFlow::Continue(())
                };
                self.lines.feed(&plain[..read], each).map_err(io::Error::other)?;
            }
        }
        self.flush()?;
        Ok(Some(received))
    }
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
    use super::*;

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
}
